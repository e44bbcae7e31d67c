"""Projects and editions: what open projects ask for, and the move of one of them to another edition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa

from workshops.access import Person, require
from workshops.model import Project, ProjectError
from workshops.store import schema
from workshops.store.database import Database, utc_now
from workshops.store.members import require_member
from workshops.store.projects import EDITABLE, record


def asked_by_open_projects(database: Database) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What every open project asks and weighs: project_id, item_id, level; and project_id, domain_id, points."""
    expectation, weight, project = schema.expectation, schema.domain_weight, schema.project
    asked = (
        sa.select(expectation.c.project_id, expectation.c.item_id, expectation.c.level)
        .join(project, project.c.id == expectation.c.project_id)
        .where(project.c.archived.is_(False), expectation.c.level > 0, expectation.c.status != "out-of-scope")
    )
    weighed = (
        sa.select(weight.c.project_id, weight.c.domain_id, weight.c.points)
        .join(project, project.c.id == weight.c.project_id)
        .where(project.c.archived.is_(False))
    )
    with database.reading() as connection:
        return (
            pd.DataFrame(connection.execute(asked).all(), columns=["project_id", "item_id", "level"]),
            pd.DataFrame(connection.execute(weighed).all(), columns=["project_id", "domain_id", "points"]),
        )


def move_project(database: Database, by: Person, before: Project, after: Project, renamed: Mapping[str, str]) -> None:
    """Write a project as it stands on another edition: what it asks, its weights, its own items; votes follow renamed items.

    Raises ProjectError where somebody changed the project since `before` was read; nothing is written then.
    """
    require(by, "edit-project")
    with database.writing() as connection:
        require_member(connection, by, before.id)
        done = connection.execute(
            schema.project.update()
            .where(schema.project.c.id == before.id, schema.project.c.revision == before.revision)
            .values(edition_id=after.edition_id, revision=schema.project.c.revision + 1, changed_at=utc_now())
        )
        if done.rowcount == 0:
            raise ProjectError([("renewal.problem.stale", {})])
        _move_expectations(connection, by, before, after)
        _move_weights(connection, before, after)
        known = {one.id for one in before.own_items}
        for item in after.own_items:
            if item.id not in known:
                values = {"id": item.id, "domain_id": item.domain, "label": item.label, "definition": item.definition}
                connection.execute(schema.own_item.insert().values(project_id=before.id, **values))
        for old, new in renamed.items():
            _rename_votes(connection, before.id, old, new)
        _rename_agenda(connection, before.id, renamed)
        gone = sorted(set(before.expectations) - set(after.expectations))
        come = sorted(set(after.expectations) - set(before.expectations))
        record(
            connection,
            by,
            "move-edition",
            before.id,
            before={"edition": before.edition_id, "items": gone},
            after={"edition": after.edition_id, "items": come},
        )


def _move_expectations(connection: sa.Connection, by: Person, before: Project, after: Project) -> None:
    table, now = schema.expectation, utc_now()
    changed = {item: one for item, one in after.expectations.items() if before.expectations.get(item) != one}
    leaving = [item for item in before.expectations if item not in after.expectations or item in changed]
    if leaving:
        connection.execute(table.delete().where(table.c.project_id == before.id, table.c.item_id.in_(leaving)))
    if changed:
        rows = [
            {
                "project_id": before.id,
                "item_id": item,
                **{field: getattr(one, field) for field in EDITABLE},
                "version": one.version + 1,
                "changed_by": by.name,
                "changed_at": now,
            }
            for item, one in changed.items()
        ]
        connection.execute(table.insert(), rows)


def _move_weights(connection: sa.Connection, before: Project, after: Project) -> None:
    if dict(before.weights) != dict(after.weights):
        table = schema.domain_weight
        connection.execute(table.delete().where(table.c.project_id == before.id))
        connection.execute(
            table.insert(),
            [
                {"project_id": before.id, "domain_id": domain, "points": points}
                for domain, points in after.weights.items()
            ],
        )


def _rename_votes(connection: sa.Connection, project_id: str, old: str, new: str) -> None:
    rooms = sa.select(schema.workshop.c.id).where(schema.workshop.c.project_id == project_id)
    # what was ever answered stays in the events under the id that it was answered on
    for table in (schema.vote, schema.discussion):
        connection.execute(
            table.update().where(table.c.workshop_id.in_(rooms), table.c.item_id == old).values(item_id=new)
        )


def _rename_agenda(connection: sa.Connection, project_id: str, renamed: Mapping[str, str]) -> None:
    table = schema.workshop
    row = connection.execute(sa.select(table).where(table.c.project_id == project_id)).mappings().first()
    if row is None or not renamed:
        return
    connection.execute(
        table.update()
        .where(table.c.id == row["id"])
        .values(
            agenda=_replaced(row["agenda"], renamed),
            agenda_version=row["agenda_version"] + 1,
            item_id=renamed.get(row["item_id"], row["item_id"]),
            revision=table.c.revision + 1,
        )
    )


def _replaced(value: Any, renamed: Mapping[str, str]) -> Any:
    """JSON in which every text that is an old item id is the new one."""
    if isinstance(value, dict):
        return {renamed.get(name, name): _replaced(one, renamed) for name, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, renamed) for one in value]
    return renamed.get(value, value) if isinstance(value, str) else value
