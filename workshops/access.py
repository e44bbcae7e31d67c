"""Who is acting, and what their role may do. Functions that change something ask here first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ROLES = ("admin", "consultant", "team")  # what an account can be; a participant has no account

EVERYONE = frozenset({"read-privacy"})
TEAM = EVERYONE | {"read-reference", "read-project", "score", "own-password"}
CONSULTANT = TEAM | {"edit-project", "create-project", "read-journal"}
# what each role may do; an action that is not listed for a role is refused
ALLOWED: dict[str, frozenset[str]] = {
    "admin": CONSULTANT | {"publish-edition", "manage-accounts", "house-style"},
    "consultant": CONSULTANT,
    "team": TEAM,
    "participant": EVERYONE | {"vote", "score"},
    "nobody": EVERYONE | {"sign-in"},
}


class NotAllowedError(PermissionError):
    """The acting person's role does not include the action, or the project is not theirs."""

    reason = "error.not_allowed"  # the sentence that a visitor reads

    def __init__(self, action: str) -> None:
        self.action = action
        super().__init__(f"Not allowed: {action}.")


@dataclass(frozen=True)
class Person:
    """The acting person."""

    id: str
    name: str
    role: str

    def may(self, action: str) -> bool:
        return action in ALLOWED.get(self.role, frozenset())

    @property
    def sees_every_project(self) -> bool:
        """On one's own computer, and from its terminal; on a network a project is its members'."""
        return self.id in (AT_HOME.id, TERMINAL.id)


# on one's own computer the user is at home
AT_HOME = Person("local", "", "admin")
# who may log in to the server has every right there already
TERMINAL = Person("terminal", "terminal", "admin")
NOBODY = Person("", "", "nobody")


def require(person: Person, action: str) -> None:
    """Raise NotAllowedError unless the person's role includes the action.

    Whether the project is theirs is asked by the store, in the transaction of the change.
    """
    if not person.may(action):
        raise NotAllowedError(action)


def is_at_home(listens_on: str | None, headers: Mapping[str, str], setting: str = "") -> bool:
    """Whether a visitor can only be the user of this computer.

    listens_on  server.address; None listens everywhere
    headers     of the visitor's request
    setting     CRM_ACCESS; `network` says that a proxy stands in front, whatever the rest looks like
    """
    given = {name.casefold(): value for name, value in headers.items()}
    host = urlsplit(f"//{given.get('host', 'localhost')}").hostname
    forwarded = given.keys() & {"forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"}
    return setting != "network" and listens_on in LOOPBACK and host in LOOPBACK and not forwarded
