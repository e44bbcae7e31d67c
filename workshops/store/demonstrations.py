"""The script, the demonstrations and their score sheets. Sheets stay hidden until the consultant reveals them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from workshops.access import NotAllowedError, Person, require
from workshops.decide.demonstrations import SCENES, Sheet
from workshops.evidence import (
    LONGEST_TEXT,
    MOST_LINES,
    SUS_ANSWERS,
    SUS_QUESTIONS,
    Demonstration,
    Score,
    ScriptLine,
    score_problems,
)
from workshops.model import LONGEST_NAME, ProjectError
from workshops.store import schema
from workshops.store.database import Database, in_utc, utc_now
from workshops.store.evidence import demonstrations_in, sheets_in
from workshops.store.members import require_member
from workshops.store.projects import StaleError, _changed, record

EDITABLE = ("level", "scene", "text", "look_for")

# ---------------------------------------------------------------- script


def script_of(database: Database, project_id: str, *, dropped: bool = False) -> list[ScriptLine]:
    """The script of a project, in the order in which it is played; with the lines that were taken out, if asked."""
    table = schema.script_line
    query = sa.select(table).where(table.c.project_id == project_id)
    if not dropped:
        query = query.where(~table.c.dropped)
    with database.reading() as connection:
        rows = connection.execute(query.order_by(table.c.place, table.c.id)).mappings().all()
    moments = list(SCENES)
    return sorted((_line(row) for row in rows), key=lambda line: moments.index(line.scene))


def save_script(database: Database, by: Person, project_id: str, lines: list[ScriptLine]) -> None:
    """Put a new script in place of the one there was; what was seen on the old lines stays.

    Raises ProjectError with every problem; nothing is written then.
    """
    require(by, "edit-project")
    problems = [problem for line in lines for problem in line.problems()]
    if len(lines) > MOST_LINES:
        problems.append(("script.problem.many", {"most": MOST_LINES}))
    if problems:
        raise ProjectError(problems)
    table = schema.script_line
    with database.writing() as connection:
        _changed(connection, project_id)
        done = connection.execute(
            table.update().where(table.c.project_id == project_id, ~table.c.dropped).values(dropped=True)
        )
        for place, line in enumerate(lines):
            connection.execute(table.insert().values(**_line_values(project_id, line, place)))
        record(
            connection,
            by,
            "write-script",
            project_id,
            before={"lines": done.rowcount},
            after={"items": [line.item_id for line in lines]},
        )


def add_line(database: Database, by: Person, project_id: str, line: ScriptLine) -> None:
    """Add a line at the end of its moment of the day. Raises ProjectError."""
    require(by, "edit-project")
    if problems := line.problems():
        raise ProjectError(problems)
    table = schema.script_line
    where = (table.c.project_id == project_id, ~table.c.dropped)
    with database.writing() as connection:
        _changed(connection, project_id)
        rows = connection.execute(sa.select(table.c.item_id, table.c.scene, table.c.place).where(*where)).all()
        if len(rows) >= MOST_LINES:
            raise ProjectError([("script.problem.many", {"most": MOST_LINES})])
        if line.item_id in {row.item_id for row in rows}:
            raise ProjectError([("script.problem.twice", {})])
        same = [row.place for row in rows if row.scene == line.scene]
        place = max(same, default=max((row.place for row in rows), default=-1)) + 1
        connection.execute(table.update().where(*where, table.c.place >= place).values(place=table.c.place + 1))
        connection.execute(table.insert().values(**_line_values(project_id, line, place)))
        record(connection, by, "add-script-line", project_id, line.item_id, after={"level": line.level})


def change_line(
    database: Database, by: Person, project_id: str, line_id: str, changes: Mapping[str, Any], *, version: int
) -> None:
    """Change the level, the moment of the day or the words of a line. Raises ProjectError and StaleError."""
    require(by, "edit-project")
    if unknown := set(changes) - set(EDITABLE):
        raise ProjectError([("script.problem.field", {"field": str(sorted(unknown)[0])[:40]})])
    if changes.get("scene", "behind") not in SCENES:
        raise ProjectError([("script.problem.scene", {})])
    table = schema.script_line
    with database.writing() as connection:
        row = _own_line(connection, project_id, line_id)
        before = {name: row[name] for name in EDITABLE}
        moved = {name: value for name, value in changes.items() if before[name] != value}
        if not moved:
            return
        if row["version"] != version:
            raise StaleError(row["item_id"], None)
        if problems := _line({**row, **moved}).problems():
            raise ProjectError(problems)
        _changed(connection, project_id)
        connection.execute(table.update().where(table.c.id == line_id).values(**moved, version=version + 1))
        record(
            connection,
            by,
            "change-script-line",
            project_id,
            row["item_id"],
            before={name: before[name] for name in moved},
            after=moved,
        )


def drop_line(database: Database, by: Person, project_id: str, line_id: str) -> None:
    """Take a line out of the script; what was seen on it stays."""
    require(by, "edit-project")
    table = schema.script_line
    with database.writing() as connection:
        row = _own_line(connection, project_id, line_id)
        _changed(connection, project_id)
        connection.execute(table.update().where(table.c.id == line_id).values(dropped=True))
        record(connection, by, "drop-script-line", project_id, row["item_id"], before={"text": row["text"]})


# ---------------------------------------------------------------- demonstrations


def demonstrations_of(database: Database, project_id: str) -> list[Demonstration]:
    """The demonstrations of a project, in the order in which they were held."""
    with database.reading() as connection:
        return demonstrations_in(connection, project_id)


def plan_demonstration(
    database: Database,
    by: Person,
    project_id: str,
    *,
    product_id: str,
    plan_id: str,
    held_on: dt.date,
    known: list[str],
) -> str:
    """Prepare a demonstration of a product under a plan; return its id.

    known  the offers of the edition, `product/plan`

    Raises ProjectError.
    """
    require(by, "edit-project")
    if f"{product_id}/{plan_id}" not in known:
        raise ProjectError([("demonstration.problem.offer", {})])
    demonstration_id, table = uuid.uuid4().hex, schema.demonstration
    same = (table.c.product_id == product_id, table.c.plan_id == plan_id, table.c.held_on == held_on)
    with database.writing() as connection:
        _changed(connection, project_id)
        if connection.execute(sa.select(table.c.id).where(table.c.project_id == project_id, *same)).first():
            raise ProjectError([("demonstration.problem.twice", {})])
        connection.execute(
            table.insert().values(
                id=demonstration_id,
                project_id=project_id,
                product_id=product_id,
                plan_id=plan_id,
                held_on=held_on,
                created_at=utc_now(),
            )
        )
        after = {"plan": plan_id, "held_on": held_on.isoformat()}
        record(connection, by, "plan-demonstration", project_id, product_id, after=after)
    return demonstration_id


def cancel_demonstration(database: Database, by: Person, demonstration_id: str) -> None:
    """Remove a demonstration that nobody has scored. Raises ProjectError where somebody has."""
    require(by, "edit-project")
    with database.writing() as connection:
        row = _demonstration(connection, demonstration_id)
        if connection.scalar(_count_scorers(demonstration_id)):
            raise ProjectError([("demonstration.problem.scored", {})])
        _changed(connection, row["project_id"])
        connection.execute(schema.demonstration.delete().where(schema.demonstration.c.id == demonstration_id))
        record(connection, by, "cancel-demonstration", row["project_id"], row["product_id"])


def reveal_scores(database: Database, by: Person, demonstration_id: str, *, revealed: bool = True) -> None:
    """Show what the team scored, which closes the sheets and lets it count; or hide it and open the sheets again.

    Raises ProjectError where nobody has scored.
    """
    require(by, "edit-project")
    with database.writing() as connection:
        row = _demonstration(connection, demonstration_id)
        scorers = connection.scalar(_count_scorers(demonstration_id))
        if revealed and not scorers:
            raise ProjectError([("demonstration.problem.nobody", {})])
        _changed(connection, row["project_id"])
        _count(connection, demonstration_id, revealed=revealed)
        action = "reveal-demonstration" if revealed else "hide-demonstration"
        record(connection, by, action, row["project_id"], row["product_id"], after={"scorers": scorers})


def scorers_of(database: Database, demonstration_id: str) -> list[tuple[str, int, int]]:
    """Who has a sheet: name, lines scored, questions answered. It says nothing of what they scored."""
    table = schema.scorer

    def counted(part: sa.Table) -> sa.ScalarSelect:
        return sa.select(sa.func.count()).where(part.c.scorer_id == table.c.id).scalar_subquery()

    query = sa.select(table.c.name, counted(schema.score), counted(schema.sus_answer)).where(
        table.c.demonstration_id == demonstration_id
    )
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(table.c.name, table.c.id))]


def revealed_sheets(database: Database, demonstration_id: str) -> tuple[Sheet, ...]:
    """The sheets of a demonstration; none while they are hidden."""
    with database.reading() as connection:
        if not _demonstration(connection, demonstration_id)["revealed"]:
            return ()
        return sheets_in(connection, demonstration_id)


# ---------------------------------------------------------------- a person's sheet


def own_sheet(database: Database, by: Person, demonstration_id: str) -> Sheet:
    """What a person has noted so far, for that person's own phone."""
    require(by, "score")
    with database.reading() as connection:
        require_member(connection, by, _demonstration(connection, demonstration_id)["project_id"])
        sheets = sheets_in(connection, demonstration_id, by.id)
    return sheets[0] if sheets else Sheet(by.name, (), {})


def save_score(database: Database, by: Person, demonstration_id: str, score: Score) -> None:
    """Keep what a person saw on a line; a second answer of the same person takes the place of the first.

    Raises ProjectError, also once the scores are revealed.
    """
    require(by, "score")
    with database.writing() as connection:
        demonstration, scorer_id = _sheet(connection, by, demonstration_id)
        line = _own_line(connection, demonstration["project_id"], score.line_id)
        if problems := score_problems(score, line["level"]):
            raise ProjectError(problems)
        level = {"as-asked": line["level"], "less": score.level, "not-shown": None}[score.outcome]
        values = {
            "outcome": score.outcome,
            "level": level,
            "effort": None if score.outcome == "not-shown" else score.effort,
            "comment": score.comment.strip(),
            "at": utc_now(),
        }
        upsert(connection, schema.score, {"scorer_id": scorer_id, "line_id": score.line_id}, values)
        _count(connection, demonstration_id)


def save_answer(database: Database, by: Person, demonstration_id: str, question: int, answer: int) -> None:
    """Keep an answer to a question of the System Usability Scale. Raises ProjectError."""
    require(by, "score")
    if question not in SUS_QUESTIONS or isinstance(answer, bool) or answer not in SUS_ANSWERS:
        raise ProjectError([("score.problem.answer", {})])
    with database.writing() as connection:
        _, scorer_id = _sheet(connection, by, demonstration_id)
        upsert(connection, schema.sus_answer, {"scorer_id": scorer_id, "question": question}, {"answer": answer})
        _count(connection, demonstration_id)


def save_comment(database: Database, by: Person, demonstration_id: str, comment: str) -> None:
    """Keep a person's comment on the whole demonstration. Raises ProjectError."""
    require(by, "score")
    if len(comment) > LONGEST_TEXT:
        raise ProjectError([("score.problem.comment", {"most": LONGEST_TEXT})])
    with database.writing() as connection:
        _, scorer_id = _sheet(connection, by, demonstration_id)
        table = schema.scorer
        connection.execute(table.update().where(table.c.id == scorer_id).values(comment=comment.strip()))
        _count(connection, demonstration_id)


# ---------------------------------------------------------------- inside


def upsert(connection: sa.Connection, table: sa.Table, keys: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Write a row, or the values of the one that has its keys."""
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table).values(**keys, **values)
    connection.execute(insert.on_conflict_do_update(index_elements=list(keys), set_=dict(values)))


def _sheet(connection: sa.Connection, by: Person, demonstration_id: str) -> tuple[Mapping[str, Any], str]:
    """The demonstration and the row of this person's sheet, made with the first answer.

    Raises NotAllowedError for a participant of another project, ProjectError once the scores are revealed.
    """
    demonstration = _demonstration(connection, demonstration_id)
    if by.role == "participant" and not _takes_part(connection, by, demonstration["project_id"]):
        raise NotAllowedError("score")
    require_member(connection, by, demonstration["project_id"])
    if demonstration["revealed"]:
        raise ProjectError([("score.problem.revealed", {})])
    if not 0 < len(by.name.strip()) <= LONGEST_NAME:
        raise ProjectError([("score.problem.name", {})])
    table, keys = schema.scorer, {"demonstration_id": demonstration_id, "person_id": by.id}
    where = [table.c[name] == value for name, value in keys.items()]
    scorer_id = connection.scalar(sa.select(table.c.id).where(*where))
    if scorer_id is None:
        new = {"id": uuid.uuid4().hex, "name": by.name.strip(), "at": utc_now()}
        insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table).values(**keys, **new)
        # two taps in the same instant make one sheet
        connection.execute(insert.on_conflict_do_nothing(index_elements=list(keys)))
        scorer_id = connection.scalar(sa.select(table.c.id).where(*where))
        record(connection, by, "score-demonstration", demonstration["project_id"], demonstration["product_id"])
    return demonstration, scorer_id


def _takes_part(connection: sa.Connection, by: Person, project_id: str) -> bool:
    person, room = schema.participant, schema.workshop
    query = (
        sa.select(person.c.id)
        .join(room, room.c.id == person.c.workshop_id)
        .where(person.c.id == by.id, room.c.project_id == project_id, ~person.c.removed)
    )
    return connection.scalar(query) is not None


def _demonstration(connection: sa.Connection, demonstration_id: str) -> Mapping[str, Any]:
    table = schema.demonstration
    row = connection.execute(sa.select(table).where(table.c.id == demonstration_id)).mappings().first()
    if row is None:
        raise ProjectError([("demonstration.problem.gone", {})])
    return row


def _count(connection: sa.Connection, demonstration_id: str, **values: Any) -> None:
    table = schema.demonstration
    connection.execute(
        table.update().where(table.c.id == demonstration_id).values(revision=table.c.revision + 1, **values)
    )


def _count_scorers(demonstration_id: str) -> sa.Select:
    return sa.select(sa.func.count()).where(schema.scorer.c.demonstration_id == demonstration_id)


def _own_line(connection: sa.Connection, project_id: str, line_id: str) -> Mapping[str, Any]:
    table = schema.script_line
    where = (table.c.id == line_id, table.c.project_id == project_id, ~table.c.dropped)
    row = connection.execute(sa.select(table).where(*where)).mappings().first()
    if row is None:
        raise ProjectError([("script.problem.gone", {})])
    return row


def _line_values(project_id: str, line: ScriptLine, place: int) -> dict[str, Any]:
    return {
        "id": uuid.uuid4().hex,
        "project_id": project_id,
        "item_id": line.item_id,
        "scene": line.scene,
        "place": place,
        "level": line.level,
        "why": line.why,
        "text": line.text.strip(),
        "look_for": line.look_for.strip(),
    }


def _line(row: Mapping[str, Any]) -> ScriptLine:
    return ScriptLine(**{name: in_utc(row[name]) for name in ScriptLine.__dataclass_fields__})
