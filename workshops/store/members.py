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
        # the role is asked again: it may have been taken away since the page was shown
        .where(table.c.project_id == project_id, table.c.account_id == by.id, account.c.role == by.role)
    )
    return connection.execute(query).first() is not None


def require_member(connection: sa.Connection, by: Person, project_id: str) -> None:
    """Raise NotAllowedError unless the project is theirs.

    A participant has no account: what they may do is asked where votes are kept, by workshop.
    """
    if by.role != "participant" and not is_member(connection, by, project_id):
        raise NotAllowedError("enter-project")


def make_member(connection: sa.Connection, by: Person, project_id: str) -> None:
    """Who makes a project is its first member."""
    if not by.sees_every_project:
        connection.execute(schema.member.insert().values(project_id=project_id, account_id=by.id))
