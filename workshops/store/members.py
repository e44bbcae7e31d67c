"""Whose project it is: on a network a project is visible to its members only."""

from __future__ import annotations

import sqlalchemy as sa

from workshops.access import NotAllowedError, Person
from workshops.store import schema


def is_member(connection: sa.Connection, by: Person, project_id: str) -> bool:
    if by.sees_every_project:
        return True
    table, account = schema.member, schema.account
    query = (
        sa.select(table.c.account_id)
        .join(account, account.c.id == table.c.account_id)
        .where(table.c.project_id == project_id, *_still(by))
    )
    return connection.execute(query).first() is not None


def require_account(connection: sa.Connection, by: Person, action: str) -> None:
    """Raise NotAllowedError where the person's account has lost its role, or was closed, since the page was shown."""
    query = sa.select(schema.account.c.id).where(*_still(by))
    if not by.sees_every_project and connection.execute(query).first() is None:
        raise NotAllowedError(action)


def require_member(connection: sa.Connection, by: Person, project_id: str) -> None:
    """Raise NotAllowedError unless the project is theirs.

    A participant has no account: what they may do is asked where votes are kept, by workshop.
    """
    if by.role != "participant" and not is_member(connection, by, project_id):
        raise NotAllowedError("enter-project")


def make_member(connection: sa.Connection, by: Person, project_id: str) -> None:
    """Who makes a project is its first member."""
    require_account(connection, by, "create-project")
    if not by.sees_every_project:
        connection.execute(schema.member.insert().values(project_id=project_id, account_id=by.id))


def _still(by: Person) -> tuple[sa.ColumnElement[bool], ...]:
    account = schema.account
    return account.c.id == by.id, account.c.role == by.role, ~account.c.disabled
