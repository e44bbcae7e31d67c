"""Reading what a project gathered since its shortlist. Scores that are not revealed yet never leave this module."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from workshops.decide.demonstrations import Sheet, seen_ratings, usability
from workshops.evidence import Balance, Demonstration, Evidence, Quote, Score, Suitability
from workshops.store import schema
from workshops.store.database import in_utc


def evidence_of(connection: sa.Connection, project_id: str) -> Evidence:
    """Everything that is revealed."""
    revealed = [one for one in demonstrations_in(connection, project_id) if one.revealed]
    sheets = {one.id: sheets_in(connection, one.id) for one in revealed}
    items = dict(
        connection.execute(
            sa.select(schema.script_line.c.id, schema.script_line.c.item_id).where(
                schema.script_line.c.project_id == project_id
            )
        ).all()
    )
    balance = _rows(connection, schema.balance, project_id)
    return Evidence(
        seen=seen_ratings([(one, sheets[one.id]) for one in revealed], items),
        usability=MappingProxyType(usability([(one, sheets[one.id]) for one in revealed])),
        quotes=tuple(
            _made(Quote, row)
            for row in sorted(_rows(connection, schema.quote, project_id), key=lambda row: (row["dated"], row["id"]))
            if not row["withdrawn"]
        ),
        suitability=tuple(
            sorted(
                (_made(Suitability, row) for row in _rows(connection, schema.suitability, project_id)),
                key=lambda one: (one.product_id, one.criterion),
            )
        ),
        balance=Balance(MappingProxyType(balance[0]["parts"]), MappingProxyType(balance[0]["criteria"]))
        if balance
        else Balance(),
        balance_version=balance[0]["version"] if balance else 0,
    )


def demonstrations_in(connection: sa.Connection, project_id: str) -> list[Demonstration]:
    """The demonstrations of a project, in the order in which they were held."""
    rows = _rows(connection, schema.demonstration, project_id)
    return [_made(Demonstration, row) for row in sorted(rows, key=lambda row: (row["held_on"], row["created_at"]))]


def sheets_in(connection: sa.Connection, demonstration_id: str, person_id: str | None = None) -> tuple[Sheet, ...]:
    """The score sheets of a demonstration, or one person's."""
    table = schema.scorer
    where = [table.c.demonstration_id == demonstration_id]
    if person_id is not None:
        where.append(table.c.person_id == person_id)
    people = connection.execute(sa.select(table).where(*where).order_by(table.c.name, table.c.id)).mappings().all()
    ids = [row["id"] for row in people]
    scores, answers = defaultdict(list), defaultdict(dict)
    for row in connection.execute(sa.select(schema.score).where(schema.score.c.scorer_id.in_(ids))).mappings():
        scores[row["scorer_id"]].append(_made(Score, row))
    for row in connection.execute(sa.select(schema.sus_answer).where(schema.sus_answer.c.scorer_id.in_(ids))):
        answers[row.scorer_id][row.question] = row.answer
    return tuple(
        Sheet(row["name"], tuple(scores[row["id"]]), MappingProxyType(answers[row["id"]]), row["comment"])
        for row in people
    )


def _rows(connection: sa.Connection, table: sa.Table, project_id: str) -> list[Mapping[str, Any]]:
    return list(connection.execute(sa.select(table).where(table.c.project_id == project_id)).mappings())


def _made(kind: type, row: Mapping[str, Any]) -> Any:
    """A dataclass from the columns that carry the names of its fields."""
    return kind(**{name: in_utc(row[name]) for name in kind.__dataclass_fields__})
