"""Projects and what they ask for: every change is written at once, with its line in the journal."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from workshops.access import Person, require
from workshops.model import (
    LONGEST_NAME,
    LONGEST_NOTE,
    Change,
    Context,
    CostOverride,
    Expectation,
    OwnItem,
    Project,
    ProjectError,
    ProjectRating,
    ShortlistSettings,
    Summary,
    level_problems,
    weight_problems,
)
from workshops.store import schema
from workshops.store.database import Database, in_utc, utc_now
from workshops.store.evidence import evidence_of
from workshops.store.members import is_member, make_member, require_member

EDITABLE = ("level", "must_have", "note", "owner", "status")


class StaleError(RuntimeError):
    """Somebody changed the same thing meanwhile; the newer value is in `current`."""

    def __init__(self, item_id: str, current: Expectation | None) -> None:
        self.item_id, self.current = item_id, current
        super().__init__(f"{item_id} was changed meanwhile")


def projects_of(database: Database, by: Person) -> list[Summary]:
    """The projects that a person may see, the one changed last first."""
    if not by.may("read-project"):
        return []
    if by.sees_every_project:
        return list_projects(database)
    query = sa.select(schema.member.c.project_id).where(schema.member.c.account_id == by.id)
    with database.reading() as connection:
        theirs = set(connection.scalars(query))
    return [one for one in list_projects(database) if one.id in theirs]


def may_read(database: Database, by: Person, project_id: str) -> bool:
    """Whether a person may see a project."""
    if by.sees_every_project or not by.may("read-project"):
        return by.may("read-project")
    with database.reading() as connection:
        return is_member(connection, by, project_id)


def list_projects(database: Database) -> list[Summary]:
    """Every project, whosever it is, the one changed last first."""
    asked = (
        sa.select(schema.expectation.c.project_id, sa.func.count().label("asked"))
        .where(schema.expectation.c.level > 0, schema.expectation.c.status != "out-of-scope")
        .group_by(schema.expectation.c.project_id)
        .subquery()
    )
    query = (
        sa.select(schema.project, sa.func.coalesce(asked.c.asked, 0).label("asked"))
        .join(asked, asked.c.project_id == schema.project.c.id, isouter=True)
        .order_by(schema.project.c.changed_at.desc())
    )
    with database.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return [Summary(**{name: in_utc(row[name]) for name in Summary.__dataclass_fields__}) for row in rows]


def revision_of(database: Database, project_id: str) -> int | None:
    """The project's change counter; cheap enough to poll. None where there is no such project."""
    with database.reading() as connection:
        return connection.scalar(sa.select(schema.project.c.revision).where(schema.project.c.id == project_id))


def read_project(database: Database, project_id: str) -> Project | None:
    """The project as it stands, or None where there is none."""
    with database.reading() as connection:
        row = connection.execute(sa.select(schema.project).where(schema.project.c.id == project_id)).mappings().first()
        if row is None:
            return None
        weights = dict(
            connection.execute(
                sa.select(schema.domain_weight.c.domain_id, schema.domain_weight.c.points).where(
                    schema.domain_weight.c.project_id == project_id
                )
            ).all()
        )
        expectations = (
            connection.execute(sa.select(schema.expectation).where(schema.expectation.c.project_id == project_id))
            .mappings()
            .all()
        )
        own_items = (
            connection.execute(
                sa.select(schema.own_item)
                .where(schema.own_item.c.project_id == project_id)
                .order_by(schema.own_item.c.id)
            )
            .mappings()
            .all()
        )
        evidence = evidence_of(connection, project_id)
        overrides = (
            connection.execute(
                sa.select(schema.cost_override)
                .where(schema.cost_override.c.project_id == project_id)
                .order_by(
                    schema.cost_override.c.product_id, schema.cost_override.c.plan_id, schema.cost_override.c.what
                )
            )
            .mappings()
            .all()
        )
        table = schema.project_rating
        ratings = (
            connection.execute(
                sa.select(table)
                .where(table.c.project_id == project_id)
                .order_by(table.c.product_id, table.c.item_id, table.c.basis)
            )
            .mappings()
            .all()
        )
    return Project(
        **{
            name: in_utc(row[name])
            for name in (
                "id",
                "name",
                "client",
                "edition_id",
                "is_sample",
                "archived",
                "created_at",
                "changed_at",
                "revision",
            )
        },
        context=Context.from_json(row["context"]),
        settings=ShortlistSettings.from_json(row["settings"]),
        weights=MappingProxyType(weights),
        expectations=MappingProxyType({one["item_id"]: _expectation(one) for one in expectations}),
        own_items=tuple(OwnItem(one["id"], one["domain_id"], one["label"], one["definition"]) for one in own_items),
        overrides=tuple(_override(one) for one in overrides),
        evidence=evidence,
        ratings=tuple(rating_of_row(one) for one in ratings),
    )


def create_project(
    database: Database,
    by: Person,
    *,
    name: str,
    client: str,
    edition_id: str,
    weights: Mapping[str, float],
    context: Context = Context(),
    settings: ShortlistSettings = ShortlistSettings(),
    is_sample: bool = False,
    expectations: Iterable[Expectation] = (),
    own_items: Iterable[OwnItem] = (),
    overrides: Iterable[CostOverride] = (),
    ratings: Iterable[ProjectRating] = (),
) -> str:
    """Create a project, with what it asks for if that is known; return its id.

    Raises ProjectError with every problem, and NotAllowedError.
    """
    require(by, "create-project")
    expectations, overrides = list(expectations), list(overrides)
    problems = _name_problems(name, client) + context.problems() + settings.problems() + weight_problems(weights)
    for override in overrides:
        problems += override.problems()
    for one in expectations:
        problems += level_problems(one.level, one.must_have, one.note, one.owner, one.status, one.item_id)
    if problems:
        raise ProjectError(problems)
    project_id, now = uuid.uuid4().hex, utc_now()
    with database.writing() as connection:
        connection.execute(
            schema.project.insert().values(
                id=project_id,
                name=name.strip(),
                client=client.strip(),
                edition_id=edition_id,
                is_sample=is_sample,
                created_at=now,
                changed_at=now,
                context=context.to_json(),
                settings=settings.to_json(),
            )
        )
        make_member(connection, by, project_id)
        _write_weights(connection, project_id, weights)
        if expectations:
            connection.execute(
                schema.expectation.insert(),
                [
                    {
                        "project_id": project_id,
                        "item_id": one.item_id,
                        **{field: getattr(one, field) for field in EDITABLE},
                        "changed_by": by.name,
                        "changed_at": now,
                    }
                    for one in expectations
                ],
            )
        for item in own_items:
            connection.execute(
                schema.own_item.insert().values(
                    project_id=project_id,
                    id=item.id,
                    domain_id=item.domain,
                    label=item.label,
                    definition=item.definition,
                )
            )
        for override in overrides:
            connection.execute(
                schema.cost_override.insert().values(
                    project_id=project_id, **_override_values(override), version=1, changed_by=by.name, changed_at=now
                )
            )
        for one in ratings:
            values = {name: getattr(one, name) for name in ProjectRating.__dataclass_fields__ if name != "version"}
            connection.execute(schema.project_rating.insert().values(project_id=project_id, changed_at=now, **values))
        record(connection, by, "create-project", project_id, after={"name": name.strip(), "sample": is_sample})
    return project_id


def rename_project(database: Database, by: Person, project_id: str, *, name: str, client: str) -> None:
    """Raises ProjectError for a name that cannot be used."""
    require(by, "edit-project")
    if problems := _name_problems(name, client):
        raise ProjectError(problems)
    with database.writing() as connection:
        before = _changed(connection, project_id, name=name.strip(), client=client.strip())
        record(
            connection,
            by,
            "rename-project",
            project_id,
            before={"name": before["name"], "client": before["client"]},
            after={"name": name.strip(), "client": client.strip()},
        )


def archive_project(database: Database, by: Person, project_id: str, *, archived: bool = True) -> None:
    """Put a project out of the way, or bring it back; nothing of it is lost."""
    require(by, "edit-project")
    with database.writing() as connection:
        _changed(connection, project_id, archived=archived)
        record(connection, by, "archive-project" if archived else "unarchive-project", project_id)


def delete_project(database: Database, by: Person, project_id: str) -> None:
    """Remove a project for good; only its journal stays."""
    require(by, "create-project")
    with database.writing() as connection:
        row = connection.execute(sa.select(schema.project.c.name).where(schema.project.c.id == project_id)).first()
        if row is None:
            return
        record(connection, by, "delete-project", project_id, before={"name": row.name})
        connection.execute(schema.project.delete().where(schema.project.c.id == project_id))


def duplicate_project(database: Database, by: Person, project_id: str, *, name: str) -> str:
    """Create a second project that asks for the same; return its id."""
    project = read_project(database, project_id) if may_read(database, by, project_id) else None
    if project is None:
        raise ProjectError([("project.problem.gone", {})])
    return create_project(
        database,
        by,
        name=name,
        client=project.client,
        edition_id=project.edition_id,
        weights=project.weights,
        context=project.context,
        settings=project.settings,
        expectations=project.expectations.values(),
        own_items=project.own_items,
        overrides=project.overrides,
        ratings=project.ratings,
    )


def save_context(database: Database, by: Person, project_id: str, context: Context) -> None:
    """Raises ProjectError with every problem; nothing is written then."""
    require(by, "edit-project")
    if problems := context.problems():
        raise ProjectError(problems)
    _save_json(database, by, project_id, "context", context.to_json())


def save_settings(database: Database, by: Person, project_id: str, settings: ShortlistSettings) -> None:
    """Raises ProjectError with every problem; nothing is written then."""
    require(by, "edit-project")
    if problems := settings.problems():
        raise ProjectError(problems)
    _save_json(database, by, project_id, "settings", settings.to_json())


def save_weights(database: Database, by: Person, project_id: str, weights: Mapping[str, float]) -> None:
    """Write the points of every domain. Raises ProjectError where they cannot be used."""
    require(by, "edit-project")
    if problems := weight_problems(weights):
        raise ProjectError(problems)
    with database.writing() as connection:
        before = dict(
            connection.execute(
                sa.select(schema.domain_weight.c.domain_id, schema.domain_weight.c.points).where(
                    schema.domain_weight.c.project_id == project_id
                )
            ).all()
        )
        after = {domain: float(points) for domain, points in weights.items()}
        if before == after:
            return
        connection.execute(schema.domain_weight.delete().where(schema.domain_weight.c.project_id == project_id))
        _write_weights(connection, project_id, after)
        _changed(connection, project_id)
        moved = {domain for domain in before.keys() | after.keys() if before.get(domain) != after.get(domain)}
        record(
            connection,
            by,
            "set-weights",
            project_id,
            before={one: before.get(one) for one in sorted(moved)},
            after={one: after.get(one) for one in sorted(moved)},
        )


def save_expectations(
    database: Database,
    by: Person,
    project_id: str,
    known_items: Iterable[str],
    changes: Mapping[str, Mapping[str, Any]],
    *,
    versions: Mapping[str, int] | None = None,
) -> Change:
    """Change some fields of some items, all in one transaction: each with its line in the journal.

    Returns what it takes to take the change back: save `before` again, with its `versions`.

    changes      item -> {level, must_have, note, owner, status}, any of them
    known_items  ids of the map and of the project's own items
    versions     item -> version that was on the screen; an item changed since is refused

    Raises ProjectError with every problem, and StaleError; nothing is written then.
    """
    require(by, "edit-project")
    now, known = utc_now(), set(known_items)
    undo: dict[str, dict[str, Any]] = {}
    old_versions: dict[str, int] = {}
    problems: list[tuple[str, dict[str, Any]]] = []
    for item_id, change in changes.items():
        if item_id not in known:
            problems.append(("expectation.problem.unknown_item", {"item": item_id}))
        for field in set(change) - set(EDITABLE):
            problems.append(("expectation.problem.field", {"item": item_id, "field": field}))
    if problems:
        raise ProjectError(problems)
    with database.writing() as connection:
        rows = (
            connection.execute(
                sa.select(schema.expectation).where(
                    schema.expectation.c.project_id == project_id, schema.expectation.c.item_id.in_(list(changes))
                )
            )
            .mappings()
            .all()
        )
        current = {row["item_id"]: _expectation(row) for row in rows}
        for item_id, change in changes.items():
            old = current.get(item_id) or Expectation(item_id)
            if versions is not None and item_id in versions and versions[item_id] != old.version:
                raise StaleError(item_id, current.get(item_id))
            after = {field: getattr(old, field) for field in EDITABLE} | dict(change)
            if not after["level"] and "must_have" not in change:
                after["must_have"] = False  # a must-have lives on a level
            problems += level_problems(**after, item_id=item_id)
            before = {field: getattr(old, field) for field in EDITABLE}
            moved = {field: value for field, value in after.items() if before[field] != value}
            if not moved or problems:
                continue
            undo[item_id] = {field: before[field] for field in moved}
            old_versions[item_id] = old.version
            _upsert_expectation(connection, project_id, item_id, after, old.version, by.name, now)
            record(
                connection,
                by,
                "set-expectation",
                project_id,
                item_id,
                before=undo[item_id],
                after=moved,
            )
        if problems:
            raise ProjectError(problems)
        if undo:
            _changed(connection, project_id)
    return Change(undo, old_versions, {item_id: version + 1 for item_id, version in old_versions.items()})


def set_scope(database: Database, by: Person, project_id: str, items: Iterable[str], *, in_scope: bool) -> None:
    """Take items out of the project's scope, or back in: as agreed where a level was said, as open otherwise."""
    require(by, "edit-project")
    project = read_project(database, project_id)
    if project is None:
        raise ProjectError([("project.problem.gone", {})])
    items = list(items)
    changes = {
        item: {
            "status": ("agreed" if project.expectation(item).level is not None else "open")
            if in_scope
            else "out-of-scope"
        }
        for item in items
        if project.expectation(item).in_scope != in_scope
    }
    if changes:
        save_expectations(database, by, project_id, items, changes)


def add_own_item(database: Database, by: Person, project_id: str, item: OwnItem) -> None:
    """Raises ProjectError where the label is missing or too long."""
    require(by, "edit-project")
    if not 0 < len(item.label.strip()) <= LONGEST_NAME:
        raise ProjectError([("own_item.problem.label", {"most": LONGEST_NAME})])
    if len(item.definition) > LONGEST_NOTE:
        raise ProjectError([("own_item.problem.definition", {"most": LONGEST_NOTE})])
    with database.writing() as connection:
        connection.execute(
            schema.own_item.insert().values(
                project_id=project_id,
                id=item.id,
                domain_id=item.domain,
                label=item.label.strip(),
                definition=item.definition.strip(),
            )
        )
        _changed(connection, project_id)
        record(connection, by, "add-own-item", project_id, item.id, after={"label": item.label.strip()})


def remove_own_item(database: Database, by: Person, project_id: str, item_id: str) -> None:
    """Remove an own item with its expectation; the journal keeps both."""
    require(by, "edit-project")
    with database.writing() as connection:
        where = (schema.own_item.c.project_id == project_id, schema.own_item.c.id == item_id)
        row = connection.execute(sa.select(schema.own_item).where(*where)).mappings().first()
        if row is None:
            return
        connection.execute(schema.own_item.delete().where(*where))
        connection.execute(
            schema.expectation.delete().where(
                schema.expectation.c.project_id == project_id, schema.expectation.c.item_id == item_id
            )
        )
        _changed(connection, project_id)
        record(connection, by, "remove-own-item", project_id, item_id, before={"label": row["label"]})


def save_overrides(
    database: Database,
    by: Person,
    project_id: str,
    changes: Iterable[CostOverride],
    removed: Iterable[CostOverride] = (),
) -> None:
    """Write what the project knows better about costs, and forget what it no longer holds to.

    Each override carries the version that was on the screen: 0 for a new one.

    Raises ProjectError with every problem, and StaleError; nothing is written then.
    """
    require(by, "edit-project")
    changes, removed = list(changes), list(removed)
    if problems := [problem for one in changes for problem in one.problems()]:
        raise ProjectError(problems)
    if not changes and not removed:
        return
    now = utc_now()
    with database.writing() as connection:
        for one in changes:
            before = _current_override(connection, project_id, one)
            _write_override(connection, project_id, one, by.name, now)
            record(connection, by, "set-cost", project_id, one.product_id, before=before, after=_override_values(one))
        for one in removed:
            before = _current_override(connection, project_id, one)
            connection.execute(schema.cost_override.delete().where(*_override_key(project_id, one)))
            record(connection, by, "set-cost", project_id, one.product_id, before=before)
        _changed(connection, project_id)


def history(database: Database, project_id: str, subject: str | None = None, limit: int = 200) -> list[dict[str, Any]]:
    """The journal of a project, or of one of its items, newest first."""
    query = sa.select(schema.journal).where(schema.journal.c.project_id == project_id)
    if subject is not None:
        query = query.where(schema.journal.c.subject == subject)
    with database.reading() as connection:
        rows = connection.execute(query.order_by(schema.journal.c.id.desc()).limit(limit)).mappings().all()
    return [{**row, "at": in_utc(row["at"])} for row in rows]


def record(
    connection: sa.Connection,
    by: Person,
    action: str,
    project_id: str | None = None,
    subject: str = "",
    before: Any = None,
    after: Any = None,
) -> None:
    """Append a line to the journal, inside the transaction of the change that it tells.

    Raises NotAllowedError where the project is not the person's: the change is then undone with its line.
    """
    if project_id is not None:
        require_member(connection, by, project_id)
    connection.execute(
        schema.journal.insert().values(
            at=utc_now(),
            # a participant's name stays out of what cannot be erased
            who=by.id if by.role == "participant" else by.name or by.id,
            project_id=project_id,
            action=action,
            subject=subject,
            before=before,
            after=after,
        )
    )


def _name_problems(name: str, client: str) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    if not name.strip():
        found.append(("project.problem.name", {}))
    if len(name) > LONGEST_NAME or len(client) > LONGEST_NAME:
        found.append(("project.problem.long", {"most": LONGEST_NAME}))
    return found


def _changed(connection: sa.Connection, project_id: str, **values: Any) -> Mapping[str, Any]:
    """Count a change of the project and write columns of it; return the row as it was.

    Raises ProjectError where the project is gone.
    """
    before = connection.execute(sa.select(schema.project).where(schema.project.c.id == project_id)).mappings().first()
    if before is None:
        raise ProjectError([("project.problem.gone", {})])
    connection.execute(
        schema.project.update()
        .where(schema.project.c.id == project_id)
        .values(revision=schema.project.c.revision + 1, changed_at=utc_now(), **values)
    )
    return before


def _save_json(database: Database, by: Person, project_id: str, column: str, after: dict[str, Any]) -> None:
    with database.writing() as connection:
        before = connection.scalar(sa.select(schema.project.c[column]).where(schema.project.c.id == project_id))
        if before == after:
            return
        _changed(connection, project_id, **{column: after})
        moved = [name for name in after if (before or {}).get(name) != after[name]]
        record(
            connection,
            by,
            f"set-{column}",
            project_id,
            before={name: (before or {}).get(name) for name in moved},
            after={name: after[name] for name in moved},
        )


def _write_weights(connection: sa.Connection, project_id: str, weights: Mapping[str, float]) -> None:
    if weights:
        connection.execute(
            schema.domain_weight.insert(),
            [
                {"project_id": project_id, "domain_id": domain, "points": float(points)}
                for domain, points in weights.items()
            ],
        )


def _upsert_expectation(
    connection: sa.Connection,
    project_id: str,
    item_id: str,
    values: dict[str, Any],
    version: int,
    who: str,
    now: dt.datetime,
) -> None:
    stamp = {"version": version + 1, "changed_by": who, "changed_at": now}
    table = schema.expectation
    if version == 0:
        connection.execute(table.insert().values(project_id=project_id, item_id=item_id, **values, **stamp))
        return
    done = connection.execute(
        table.update()
        .where(table.c.project_id == project_id, table.c.item_id == item_id, table.c.version == version)
        .values(**values, **stamp)
    )
    if done.rowcount == 0:  # another server was faster between our read and our write
        raise StaleError(item_id, None)


def rating_of_row(row: Mapping[str, Any]) -> ProjectRating:
    return ProjectRating(**{name: row[name] for name in ProjectRating.__dataclass_fields__})


def _expectation(row: Mapping[str, Any]) -> Expectation:
    return Expectation(**{name: in_utc(row[name]) for name in Expectation.__dataclass_fields__})


def _override(row: Mapping[str, Any]) -> CostOverride:
    return CostOverride(**{name: in_utc(row[name]) for name in CostOverride.__dataclass_fields__})


def _override_values(override: CostOverride) -> dict[str, Any]:
    names = ("product_id", "plan_id", "what", "low", "likely", "high", "currency", "note")
    return {name: getattr(override, name) for name in names}


def _override_key(project_id: str, override: CostOverride) -> tuple[sa.ColumnElement[bool], ...]:
    table = schema.cost_override.c
    return (
        table.project_id == project_id,
        table.product_id == override.product_id,
        table.plan_id == override.plan_id,
        table.what == override.what,
    )


def _current_override(connection: sa.Connection, project_id: str, override: CostOverride) -> dict[str, Any] | None:
    """The override as it stands; raises StaleError where it is not the one that was on the screen."""
    query = sa.select(schema.cost_override).where(*_override_key(project_id, override))
    row = connection.execute(query).mappings().first()
    if override.version != (row["version"] if row else 0):
        raise StaleError(override.product_id, None)
    return _override_values(_override(row)) if row else None


def _write_override(
    connection: sa.Connection, project_id: str, override: CostOverride, who: str, now: dt.datetime
) -> None:
    table = schema.cost_override
    values = _override_values(override) | {"version": override.version + 1, "changed_by": who, "changed_at": now}
    if override.version == 0:
        connection.execute(table.insert().values(project_id=project_id, **values))
        return
    same = (*_override_key(project_id, override), table.c.version == override.version)
    if connection.execute(table.update().where(*same).values(**values)).rowcount == 0:
        raise StaleError(override.product_id, None)  # another server was faster between our read and our write
