"""Quotes, suitability for the team, what counts how much, and the recorded decision."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from workshops.access import Person, require
from workshops.evidence import Balance, Decision, Quote, Suitability, decision_problems
from workshops.model import ProjectError
from workshops.store import schema
from workshops.store.database import Database, in_utc, utc_now
from workshops.store.demonstrations import upsert
from workshops.store.projects import StaleError, _changed, record


def add_quote(
    database: Database,
    by: Person,
    project_id: str,
    quote: Quote,
    *,
    per_euro: Mapping[str, float],
    known: Collection[str],
) -> str:
    """Keep a quote; the latest one of an offer replaces its list prices. Return its id.

    per_euro  currencies with a rate in the edition
    known     the offers of the edition, `product/plan`

    Raises ProjectError with every problem.
    """
    require(by, "edit-project")
    problems = quote.problems(per_euro)
    if f"{quote.product_id}/{quote.plan_id}" not in known:
        problems.append(("demonstration.problem.offer", {}))
    if problems:
        raise ProjectError(problems)
    values = {name: getattr(quote, name) for name in Quote.__dataclass_fields__} | {"id": uuid.uuid4().hex}
    with database.writing() as connection:
        _changed(connection, project_id)
        connection.execute(schema.quote.insert().values(project_id=project_id, created_at=utc_now(), **values))
        record(connection, by, "add-quote", project_id, quote.product_id, after=_plain(values))
    return values["id"]


def withdraw_quote(database: Database, by: Person, project_id: str, quote_id: str) -> None:
    """Let a quote count no more; the list prices come back. The journal keeps it."""
    require(by, "edit-project")
    table = schema.quote
    where = (table.c.id == quote_id, table.c.project_id == project_id, ~table.c.withdrawn)
    with database.writing() as connection:
        row = connection.execute(sa.select(table).where(*where)).mappings().first()
        if row is None:
            return
        _changed(connection, project_id)
        connection.execute(table.update().where(*where).values(withdrawn=True))
        before = {name: row[name] for name in Quote.__dataclass_fields__}
        record(connection, by, "withdraw-quote", project_id, row["product_id"], before=_plain(before))


def save_suitability(database: Database, by: Person, project_id: str, answer: Suitability) -> None:
    """Keep an answer on how a product suits the team; `answer.version` is the one that was on the screen.

    Raises ProjectError with every problem, and StaleError where somebody answered meanwhile.
    """
    require(by, "edit-project")
    if problems := answer.problems():
        raise ProjectError(problems)
    table = schema.suitability
    keys = {"project_id": project_id, "product_id": answer.product_id, "criterion": answer.criterion}
    with database.writing() as connection:
        row = (
            connection.execute(sa.select(table).where(*(table.c[name] == value for name, value in keys.items())))
            .mappings()
            .first()
        )
        before = {name: row[name] for name in ("score", "reason", "by")} if row else None
        if (row["version"] if row else 0) != answer.version:
            raise StaleError(answer.criterion, None)
        after = {"score": answer.score, "reason": answer.reason.strip(), "by": answer.by.strip()}
        if before == after:
            return
        _changed(connection, project_id)
        upsert(connection, table, keys, after | {"at": utc_now(), "version": answer.version + 1})
        subject = f"{answer.product_id}/{answer.criterion}"
        # who says so may take part in the workshops: a name stays out of what cannot be erased
        told = [side and {name: side[name] for name in ("score", "reason")} for side in (before, after)]
        record(connection, by, "judge-suitability", project_id, subject, before=told[0], after=told[1])


def save_balance(database: Database, by: Person, project_id: str, balance: Balance, *, version: int) -> None:
    """Write what counts how much. Raises ProjectError, and StaleError where somebody changed it meanwhile."""
    require(by, "edit-project")
    if problems := balance.problems():
        raise ProjectError(problems)
    table = schema.balance
    after = {"parts": dict(balance.parts), "criteria": dict(balance.criteria)}
    with database.writing() as connection:
        row = connection.execute(sa.select(table).where(table.c.project_id == project_id)).mappings().first()
        if (row["version"] if row else 0) != version:
            raise StaleError("balance", None)
        before = {name: row[name] for name in after} if row else None
        if before == after:
            return
        _changed(connection, project_id)
        upsert(connection, table, {"project_id": project_id}, after | {"version": version + 1})
        record(connection, by, "set-balance", project_id, before=before, after=after)


def record_decision(
    database: Database,
    by: Person,
    project_id: str,
    *,
    offer: str,
    offers: list[str],
    decided_on: dt.date,
    reasons: str,
    dissent: tuple[tuple[str, str], ...],
    state: Mapping[str, Any],
    revision: int,
    today: dt.date,
) -> str:
    """Record the choice with everything it rests on; an earlier decision stays readable. Return its id.

    revision  of the project whose numbers are in `state`: a decision on numbers that have changed is refused

    Raises ProjectError with every problem, and StaleError.
    """
    require(by, "edit-project")
    if problems := decision_problems(offer, offers, reasons, dissent, decided_on, today=today):
        raise ProjectError(problems)
    decision_id = uuid.uuid4().hex
    with database.writing() as connection:
        before = connection.execute(_decisions(project_id).limit(1)).mappings().first()
        if _changed(connection, project_id)["revision"] != revision:
            raise StaleError("decision", None)
        connection.execute(
            schema.decision.insert().values(
                id=decision_id,
                project_id=project_id,
                offer=offer,
                decided_on=decided_on,
                reasons=reasons.strip(),
                dissent=[[who.strip(), what.strip()] for who, what in dissent],
                state=dict(state),
                by=by.name or by.id,
                at=utc_now(),
            )
        )
        record(
            connection,
            by,
            "record-decision",
            project_id,
            offer,
            before={"offer": before["offer"], "decided_on": before["decided_on"].isoformat()} if before else None,
            after={"offer": offer, "decided_on": decided_on.isoformat(), "reasons": reasons.strip()},
        )
    return decision_id


def decisions_of(database: Database, project_id: str) -> list[Decision]:
    """Every decision that was recorded, the last one first."""
    with database.reading() as connection:
        rows = connection.execute(_decisions(project_id)).mappings().all()
    return [
        Decision(
            **{name: in_utc(row[name]) for name in Decision.__dataclass_fields__ if name != "dissent"},
            dissent=tuple((who, what) for who, what in row["dissent"]),
        )
        for row in rows
    ]


def _decisions(project_id: str) -> sa.Select:
    table = schema.decision
    return sa.select(table).where(table.c.project_id == project_id).order_by(table.c.at.desc(), table.c.id)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Dates as text, for the journal."""
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()}
