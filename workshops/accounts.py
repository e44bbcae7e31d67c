"""Accounts from the server's terminal: `python -m workshops.accounts add ada@example.org --name Ada --role consultant`."""

from __future__ import annotations

import argparse
import getpass
import sys

from workshops.access import ROLES, TERMINAL
from workshops.model import ProjectError
from workshops.store import accounts
from workshops.store.database import StoreError, database_url, open_database

SENTENCES = {
    "account.problem.login": "The login is an e-mail address, such as ada@example.org.",
    "account.problem.name": "The name has 1 to {most} characters.",
    "account.problem.role": "The role is one of {roles}.",
    "account.problem.known": "{login} has an account already.",
    "account.problem.unknown": "{login} has no account; `list` shows those that exist.",
    "account.problem.member": "{login} is a member already.",
    "account.problem.password": "The password has {least} to {most} characters.",
    "account.problem.last_admin": "The last admin stays: make somebody else an admin first.",
    "project.problem.gone": "There is no such project.",
}


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; return 0, or 1 with a sentence."""
    given = _parser().parse_args(arguments)
    try:
        database = open_database(database_url())
        print(given.do(database, given))
    except ProjectError as error:
        for sentence, values in error.problems:
            print(SENTENCES[sentence].format(**values), file=sys.stderr)
        return 1
    except StoreError as error:
        print(f"The database cannot be used: {error}", file=sys.stderr)
        return 1
    return 0


def _add(database, given) -> str:
    password = None if given.organisation else _password(given)
    accounts.add_account(
        database, TERMINAL, login=given.login, name=given.name or given.login, role=given.role, password=password
    )
    way = "the organisation's sign-in" if given.organisation else "this password"
    return f"{given.login} may enter as {given.role}, with {way}."


def _list(database, given) -> str:
    lines = [
        f"{one.login}  {one.role}  {'password' if one.has_password else 'organisation'}{'  closed' * one.disabled}"
        for one in accounts.list_accounts(database, TERMINAL)
    ]
    return "\n".join(lines) or "No account yet: add one."


def _change_password(database, given) -> str:
    accounts.set_password(database, TERMINAL, given.login, _password(given))
    return f"{given.login} has another password, and has to sign in again."


def _change_role(database, given) -> str:
    accounts.set_role(database, TERMINAL, given.login, given.role)
    return f"{given.login} is now {given.role}."


def _close(database, given) -> str:
    accounts.set_enabled(database, TERMINAL, given.login, False)
    return f"{given.login} may not enter until the account is opened again."


def _open(database, given) -> str:
    accounts.set_enabled(database, TERMINAL, given.login, True)
    return f"{given.login} may enter again."


def _remove(database, given) -> str:
    accounts.remove_account(database, TERMINAL, given.login)
    return f"{given.login} may no longer enter."


def _join(database, given) -> str:
    accounts.add_member(database, TERMINAL, given.project, given.login)
    return f"{given.login} sees the project."


def _password(given) -> str:
    if given.password_from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(f"Password ({accounts.SHORTEST_PASSWORD} characters or more): ")
    if getpass.getpass("The same again: ") != first:
        raise SystemExit("The two passwords differ; nothing was changed.")
    return first


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m workshops.accounts", description="Who may enter on a network.")
    commands = parser.add_subparsers(required=True)

    def command(name: str, do, what: str, *, password: bool = False) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=what)
        one.set_defaults(do=do)
        if name != "list":
            one.add_argument("login", help="an e-mail address")
        if password:
            one.add_argument("--password-from-stdin", action="store_true", help="read it from the first line of input")
        return one

    add = command("add", _add, "let somebody in", password=True)
    add.add_argument("--name", help="as colleagues know them")
    add.add_argument("--role", choices=ROLES, default="consultant")
    add.add_argument("--organisation", action="store_true", help="no password: only the organisation's sign-in")
    command("list", _list, "who may enter")
    command("password", _change_password, "another password", password=True)
    command("role", _change_role, "another role").add_argument("role", choices=ROLES)
    command("close", _close, "let somebody in no longer, and keep the account")
    command("open", _open, "open an account that was closed")
    command("remove", _remove, "let somebody in no longer")
    command("join", _join, "let somebody see a project that has no member to do it").add_argument(
        "project", help="its id, from the address of its pages"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
