"""Who is acting, and what their role may do. Functions that change something ask here first."""

from __future__ import annotations

from dataclasses import dataclass

ROLES = ("admin", "consultant", "team", "participant")

# what each role may do; an action that is not listed for a role is refused
ALLOWED: dict[str, frozenset[str]] = {
    "admin": frozenset(
        {"read-reference", "read-project", "edit-project", "create-project", "publish-edition", "score"}
    ),
    "consultant": frozenset({"read-reference", "read-project", "edit-project", "create-project", "score"}),
    "team": frozenset({"read-reference", "read-project", "score"}),
    "participant": frozenset({"vote", "score"}),
}


class NotAllowedError(PermissionError):
    """The acting person's role does not include the action."""

    def __init__(self, action: str) -> None:
        self.action = action
        super().__init__(f"Your role does not allow this: {action}.")


@dataclass(frozen=True)
class Person:
    """The acting person."""

    id: str
    name: str
    role: str

    def may(self, action: str) -> bool:
        return action in ALLOWED.get(self.role, frozenset())


# on one's own computer the user is at home
AT_HOME = Person("local", "", "admin")


def require(person: Person, action: str) -> None:
    """Raise NotAllowedError unless the person's role includes the action."""
    if not person.may(action):
        raise NotAllowedError(action)
