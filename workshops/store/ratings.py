"""Ratings of a project's own: written when a consultant accepts what a vendor declared or what was seen."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from workshops.access import Person, require
from workshops.model import ProjectError, ProjectRating
from workshops.store import schema
from workshops.store.database import Database, utc_now
from workshops.store.projects import StaleError, _changed, rating_of_row, record

KEY = ("product_id", "item_id", "basis")
VALUES = ("level", "plan_id", "add_on_id", "note", "who", "on")


def accept_ratings(
    database: Database,
    by: Person,
    project_id: str,
    ratings: Iterable[ProjectRating],
    *,
    known_items: Collection[str],
    known_products: Collection[str],
) -> int:
    """Use these ratings in the project from now on, all in one transaction; return how many changed something.

    The version of each is the one that was on the screen, 0 for a new one.

    Raises ProjectError with every problem, and StaleError where somebody changed one meanwhile; nothing is written then.
    """
    require(by, "edit-project")
    ratings = list(ratings)
    problems = [problem for one in ratings for problem in one.problems()]
    problems += [
        ("own_rating.problem.item", {"item": one.item_id}) for one in ratings if one.item_id not in known_items
    ]
    unknown = {one.product_id for one in ratings} - set(known_products)
    problems += [("own_rating.problem.product", {"product": product}) for product in sorted(unknown)]
    if problems:
        raise ProjectError(problems)
    with database.writing() as connection:
        moved = sum(_accept(connection, by, project_id, one) for one in ratings)
        if moved:
            _changed(connection, project_id)
    return moved


def drop_ratings(
    database: Database,
    by: Person,
    project_id: str,
    product_id: str,
    *,
    basis: str,
    items: Collection[str] | None = None,
) -> int:
    """Go back to the edition's ratings of a product, for some items or for all; return how many were dropped."""
    require(by, "edit-project")
    table = schema.project_rating
    where = [table.c.project_id == project_id, table.c.product_id == product_id, table.c.basis == basis]
    if items is not None:
        where.append(table.c.item_id.in_(list(items)))
    with database.writing() as connection:
        rows = connection.execute(sa.select(table).where(*where)).mappings().all()
        if not rows:
            return 0
        connection.execute(table.delete().where(*where))
        for row in rows:
            record(
                connection, by, "drop-rating", project_id, row["item_id"], before=_told(rating_of_row(row)), after=None
            )
        _changed(connection, project_id)
    return len(rows)


def _accept(connection: sa.Connection, by: Person, project_id: str, one: ProjectRating) -> bool:
    table = schema.project_rating
    where = [table.c.project_id == project_id, *(table.c[name] == getattr(one, name) for name in KEY)]
    row = connection.execute(sa.select(table).where(*where)).mappings().first()
    before = rating_of_row(row) if row else None
    if (before.version if before else 0) != one.version:
        raise StaleError(one.item_id, None)
    if before and all(getattr(before, name) == getattr(one, name) for name in VALUES):
        return False
    values = {name: getattr(one, name) for name in VALUES} | {
        "version": one.version + 1,
        "changed_by": by.name,
        "changed_at": utc_now(),
    }
    if before:
        done = connection.execute(table.update().where(*where, table.c.version == one.version).values(**values))
        if done.rowcount == 0:  # another server was faster between our read and our write
            raise StaleError(one.item_id, None)
    else:
        connection.execute(
            table.insert().values(project_id=project_id, **{name: getattr(one, name) for name in KEY}, **values)
        )
    record(
        connection,
        by,
        "accept-rating",
        project_id,
        one.item_id,
        before=_told(before) if before else None,
        after=_told(one),
    )
    return True


def _told(one: ProjectRating) -> Mapping[str, Any]:
    """A rating as the journal tells it."""
    return {
        name: str(value) if name == "on" else value
        for name, value in dataclasses.asdict(one).items()
        if name in (*KEY, *VALUES)
    }
