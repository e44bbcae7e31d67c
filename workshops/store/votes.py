"""Workshops, participants and votes: every answer is appended and kept at once, in one transaction."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from functional_map.model import folded
from workshops.access import NotAllowedError, Person, require
from workshops.model import ProjectError
from workshops.rooms.room import (
    LONGEST_PERSON,
    MOST_PARTICIPANTS,
    Answer,
    Discussion,
    Participant,
    Workshop,
    answer_problems,
)
from workshops.store import schema
from workshops.store.attempts import minutes_to_wait, must_wait
from workshops.store.database import Database, in_utc, utc_now
from workshops.store.members import require_member
from workshops.store.projects import StaleError, record

# wrong join codes from one address (a whole room may share it), wrong personal codes for one name, before waiting
MOST_WRONG_CODES, MOST_PERSONAL_CODES, WITHIN = 60, 5, dt.timedelta(minutes=15)
LONGEST_DISCUSSION = 20 * 60  # seconds; a page that stays open over lunch is not a discussion

# what every phone asks for all the time is put together once: that takes longer than asking
_room, _person, _vote = schema.workshop.c, schema.participant.c, schema.vote.c
_IN_ROOM = schema.workshop.join(schema.participant, _person.workshop_id == _room.id)
_BY_TOKEN = (
    sa.select(
        *(column.label(f"w_{column.name}") for column in _room),
        *(column.label(f"p_{column.name}") for column in _person),
    )
    .select_from(_IN_ROOM.join(schema.device, schema.device.c.participant_id == _person.id))
    .where(_room.code == sa.bindparam("code"), schema.device.c.token_hash == sa.bindparam("token"), ~_person.removed)
)
_THIS_PERSON = (_person.id == sa.bindparam("person"), ~_person.removed)
_ROOM_OF_PERSON = sa.select(_room.id, _room.accepting).select_from(_IN_ROOM).where(*_THIS_PERSON)
_COUNTERS_OF_PERSON = sa.select(_room.revision, _person.revision).select_from(_IN_ROOM).where(*_THIS_PERSON)
_COUNTERS = sa.select(_room.revision, _room.votes).where(_room.id == sa.bindparam("workshop"))
_HOW_MANY = sa.select(sa.func.count()).where(_person.workshop_id == sa.bindparam("workshop"), ~_person.removed)
_ANSWERS = sa.select(_vote.item_id, _vote.level, _vote.skipped, _vote.comment, _vote.seq).where(
    _vote.participant_id == sa.bindparam("person")
)
_APPEND = schema.vote_event.insert()
_COUNT_ANSWERS = (
    schema.participant.update()
    .where(_person.id == sa.bindparam("person"))
    .values(revision=_person.revision + sa.bindparam("kept", type_=sa.Integer))
)
_COUNT_VOTE = schema.workshop.update().where(_room.id == sa.bindparam("workshop")).values(votes=_room.votes + 1)


def open_workshop(database: Database, by: Person, project_id: str) -> Workshop:
    """The room of a project, made if there is none yet.

    Raises ProjectError where the project is gone.
    """
    require(by, "edit-project")
    with database.writing() as connection:
        row = _row(connection, schema.workshop, schema.workshop.c.project_id == project_id)
        require_member(connection, by, project_id)
        if row is None:
            if _row(connection, schema.project, schema.project.c.id == project_id) is None:
                raise ProjectError([("project.problem.gone", {})])
            code = schema.new_code()
            values = {
                "id": uuid.uuid4().hex,
                "project_id": project_id,
                "code": code,
                "code_ends_at": schema.code_end(),
                "agenda": {},
                "created_at": utc_now(),
            }
            connection.execute(schema.workshop.insert().values(**values))
            record(connection, by, "open-workshop", project_id, after={"code": code})
            row = _row(connection, schema.workshop, schema.workshop.c.project_id == project_id)
    return _workshop(row)


def workshop_of(database: Database, project_id: str) -> Workshop | None:
    """The room of a project, or None while it has none."""
    with database.reading() as connection:
        row = _row(connection, schema.workshop, schema.workshop.c.project_id == project_id)
    return _workshop(row) if row else None


def workshop_by_code(database: Database, code: str) -> Workshop | None:
    """The room that a join code opens, however it was typed."""
    with database.reading() as connection:
        row = _row(connection, schema.workshop, schema.workshop.c.code == typed_code(code))
    return _workshop(row) if row else None


def try_code(database: Database, code: str, address: str) -> Workshop | None:
    """The room that a visitor's join code opens. From an address that has sent too many wrong codes none does.

    Raises ProjectError where the visitor has to wait, and where the code has expired.
    """
    key = f"code:{address}"
    if must_wait(database, key, most=MOST_WRONG_CODES, within=WITHIN):
        raise ProjectError([("join.problem.wait", {})])
    room = workshop_by_code(database, code)
    if room is None and typed_code(code):
        minutes_to_wait(database, key, most=MOST_WRONG_CODES, within=WITHIN)
    if room is not None and room.has_ended:
        raise ProjectError([("join.problem.expired", {})])
    return room


def typed_code(code: str) -> str:
    """A code as it was meant: without spaces and dashes, in capitals."""
    return "".join(letter for letter in code.upper()[:40] if letter.isalnum())[: schema.CODE_LENGTH]


def set_accepting(database: Database, by: Person, workshop_id: str, accepting: bool) -> None:
    """Open or close the room: while it is closed nobody joins and no answer is taken."""
    require(by, "edit-project")
    with database.writing() as connection:
        row = _lead(connection, by, workshop_id, accepting=accepting, **(_goes_on() if accepting else {}))
        record(
            connection,
            by,
            "set-accepting",
            row["project_id"],
            before={"accepting": row["accepting"]},
            after={"accepting": accepting},
        )


def renew_code(database: Database, by: Person, workshop_id: str) -> str:
    """Give the room another join code, which opens for a month; those who have joined stay."""
    require(by, "edit-project")
    code = schema.new_code()
    with database.writing() as connection:
        row = _lead(connection, by, workshop_id, code=code, **_goes_on())
        record(connection, by, "renew-code", row["project_id"], before={"code": row["code"]}, after={"code": code})
    return code


def save_agenda(database: Database, by: Person, workshop_id: str, agenda: Mapping[str, Any], *, version: int) -> None:
    """Write the agenda. Raises StaleError where somebody else changed it meanwhile."""
    require(by, "edit-project")
    with database.writing() as connection:
        row = _lead(connection, by, workshop_id)
        if row["agenda_version"] != version:
            raise StaleError("agenda", None)
        connection.execute(
            schema.workshop.update()
            .where(schema.workshop.c.id == workshop_id)
            .values(agenda=dict(agenda), agenda_version=version + 1)
        )
        before, after = ({"sessions": len(one.get("sessions", ()))} for one in (row["agenda"], agenda))
        record(connection, by, "set-agenda", row["project_id"], before=before, after=after)


# ---------------------------------------------------------------- participants


def join(
    database: Database, code: str, *, name: str, team: str, teams: Collection[str], personal_code: str = ""
) -> str:
    """Take part in a workshop; return the token that says who this browser is.

    Whoever joined before under the same name and team gives their personal code to be the same person again, on a
    second device or after a lost address.

    Raises ProjectError with every problem.
    """
    name, key = " ".join(name.split()), f"{folded(' '.join(name.split()))}|{team}"
    problems: list[tuple[str, dict[str, Any]]] = []
    if not name:
        problems.append(("join.problem.name", {}))
    if len(name) > LONGEST_PERSON:
        problems.append(("join.problem.long", {"most": LONGEST_PERSON}))
    if team not in teams:
        problems.append(("join.problem.team", {}))
    if problems:
        raise ProjectError(problems)
    tries = f"personal:{typed_code(code)}:{key}"
    if personal_code and minutes_to_wait(database, tries, most=MOST_PERSONAL_CODES, within=WITHIN):
        raise ProjectError([("join.problem.wait", {})])
    with database.writing() as connection:
        room = _row(connection, schema.workshop, schema.workshop.c.code == typed_code(code))
        if room is None:
            raise ProjectError([("join.problem.code", {})])
        if not room["accepting"]:
            raise ProjectError([("join.problem.closed", {})])
        if _workshop(room).has_ended:
            raise ProjectError([("join.problem.expired", {})])
        table = schema.participant
        known = _row(connection, table, table.c.workshop_id == room["id"], table.c.name_key == key)
        if known is None:
            participant_id = _new_participant(connection, room, name, team, key)
        elif known["removed"]:
            raise ProjectError([("join.problem.removed", {})])
        elif personal_code and secrets.compare_digest(typed_code(personal_code), known["personal_code"]):
            participant_id = known["id"]
        else:
            raise ProjectError([("join.problem.personal_code" if personal_code else "join.problem.taken", {})])
        token = secrets.token_urlsafe(24)
        connection.execute(
            schema.device.insert().values(token_hash=_hashed(token), participant_id=participant_id, added_at=utc_now())
        )
    return token


def participant_by_token(database: Database, code: str, token: str) -> tuple[Workshop, Participant] | None:
    """The room that a join code opens, and the person in it that a token stands for; None where one is not known."""
    with database.reading() as connection:
        row = connection.execute(_BY_TOKEN, {"code": typed_code(code), "token": _hashed(token)}).mappings().first()
    if row is None:
        return None
    return (
        _workshop({name[2:]: value for name, value in row.items() if name.startswith("w_")}),
        _participant({name[2:]: value for name, value in row.items() if name.startswith("p_")}),
    )


def participants_of(database: Database, workshop_id: str) -> list[tuple[Participant, int]]:
    """Everybody who ever joined, with how many items each has answered; by team and name."""
    table, votes = schema.participant, schema.vote
    answered = (
        sa.select(votes.c.participant_id, sa.func.count().label("answered"))
        .where(votes.c.workshop_id == workshop_id, votes.c.level.is_not(None) | votes.c.skipped)
        .group_by(votes.c.participant_id)
        .subquery()
    )
    query = (
        sa.select(table, sa.func.coalesce(answered.c.answered, 0).label("answered"))
        .join(answered, answered.c.participant_id == table.c.id, isouter=True)
        .where(table.c.workshop_id == workshop_id)
        .order_by(table.c.team, table.c.name_key)
    )
    with database.reading() as connection:
        return [(_participant(row), row["answered"]) for row in connection.execute(query).mappings()]


def count_participants(database: Database, workshop_id: str) -> int:
    """How many take part."""
    with database.reading() as connection:
        return int(connection.scalar(_HOW_MANY, {"workshop": workshop_id}))


def remove_participant(
    database: Database, by: Person, workshop_id: str, participant_id: str, *, removed: bool = True
) -> None:
    """Leave somebody's answers out of every count, or take them back in; nothing is deleted."""
    require(by, "edit-project")
    with database.writing() as connection:
        room = _lead(connection, by, workshop_id)
        table = schema.participant
        where = (table.c.id == participant_id, table.c.workshop_id == workshop_id)
        row = _row(connection, table, *where)
        if row is None:
            raise ProjectError([("join.problem.gone", {})])
        connection.execute(table.update().where(*where).values(removed=removed))
        connection.execute(_COUNT_VOTE, {"workshop": workshop_id})
        action = "remove-participant" if removed else "restore-participant"
        # by id: a name in the journal could not be erased
        record(connection, by, action, room["project_id"], participant_id)


# ---------------------------------------------------------------- votes


def save_answers(database: Database, by: Person, known_items: Collection[str], answers: list[Answer]) -> None:
    """Keep a participant's answers, all in one transaction; an answer older than the one that is kept changes nothing.

    Raises ProjectError with every problem; nothing is written then.
    """
    require(by, "vote")
    problems = [problem for answer in answers for problem in answer_problems(answer)]
    problems += [("vote.problem.item", {}) for answer in answers if answer.item_id not in known_items]
    if problems:
        raise ProjectError(problems)
    with database.writing() as connection:
        workshop_id = _room_that_takes(connection, by)
        moment, kept = utc_now(), 0
        for answer in answers:
            kept += _keep(connection, workshop_id, by.id, answer, moment)
        if kept:
            connection.execute(_COUNT_ANSWERS, {"person": by.id, "kept": kept})
            connection.execute(_COUNT_VOTE, {"workshop": workshop_id})


def answers_of(database: Database, participant_id: str) -> dict[str, Answer]:
    """Everything that a participant has answered, by item."""
    with database.reading() as connection:
        rows = connection.execute(_ANSWERS, {"person": participant_id}).all()
    return {row.item_id: Answer(*row) for row in rows}


def votes_of(database: Database, workshop_id: str, items: Collection[str] | None = None) -> pd.DataFrame:
    """One row per answer that counts: participant, name, team, item, level (missing where skipped), comment."""
    votes, people = schema.vote, schema.participant
    query = (
        sa.select(people.c.id, people.c.name, people.c.team, votes.c.item_id, votes.c.level, votes.c.comment)
        .join(people, people.c.id == votes.c.participant_id)
        .where(votes.c.workshop_id == workshop_id, ~people.c.removed)
        .order_by(votes.c.item_id, people.c.team, people.c.name_key)
    )
    if items is not None:
        query = query.where(votes.c.item_id.in_(list(items)))
    with database.reading() as connection:
        rows = connection.execute(query).all()
    table = pd.DataFrame(
        [tuple(row) for row in rows], columns=["participant", "name", "team", "item", "level", "comment"]
    )
    return table.astype({"level": float})


def votes_by_team(database: Database, project_id: str) -> pd.DataFrame:
    """One row per level that somebody voted in a project: participant, team, item, level. Empty before any vote."""
    workshop = workshop_of(database, project_id)
    if workshop is None:
        return pd.DataFrame(columns=["participant", "team", "item", "level"]).astype({"level": float})
    votes = votes_of(database, workshop.id)
    return votes.loc[votes["level"].notna(), ["participant", "team", "item", "level"]].astype({"level": float})


def counters(database: Database, workshop_id: str) -> tuple[int, int] | None:
    """What the lead did and what was answered, counted: cheap enough to poll. None where the room is gone."""
    with database.reading() as connection:
        row = connection.execute(_COUNTERS, {"workshop": workshop_id}).first()
    return tuple(row) if row else None


def counters_of_participant(database: Database, participant_id: str) -> tuple[int, int] | None:
    """What the lead did and what this person answered, counted."""
    with database.reading() as connection:
        row = connection.execute(_COUNTERS_OF_PERSON, {"person": participant_id}).first()
    return tuple(row) if row else None


# ---------------------------------------------------------------- projector


def run_session(database: Database, by: Person, workshop_id: str, session_id: str) -> None:
    """Start a session of the agenda, or end the running one (""); one that runs already goes on."""
    require(by, "edit-project")
    with database.writing() as connection:
        row = _row(connection, schema.workshop, schema.workshop.c.id == workshop_id)
        if row is not None and row["session_id"] == session_id:
            return
        started = {"session_started_at": utc_now(), **_goes_on()} if session_id else {"session_started_at": None}
        row = _lead(connection, by, workshop_id, session_id=session_id, **started)
        action = "start-session" if session_id else "end-session"
        record(connection, by, action, row["project_id"], after={"session": session_id or row["session_id"]})


def show_item(database: Database, by: Person, workshop_id: str, item_id: str) -> None:
    """Put an item on the projector ("" for none), and count the time that the one before it took.

    It is no decision, so the journal stays out of it: what was on the projector, and how long, is in `discussion`.
    """
    require(by, "edit-project")
    with database.writing() as connection:
        row = _lead(connection, by, workshop_id, item_id=item_id)
        if row["item_id"] == item_id:
            return
        moment, table = utc_now(), schema.discussion
        before = _row(connection, table, table.c.workshop_id == workshop_id, table.c.item_id == row["item_id"])
        if before is not None and before["opened_at"] is not None:
            passed = int((moment - in_utc(before["opened_at"])).total_seconds())
            connection.execute(
                table.update()
                .where(table.c.workshop_id == workshop_id, table.c.item_id == row["item_id"])
                .values(opened_at=None, seconds=before["seconds"] + min(max(passed, 0), LONGEST_DISCUSSION))
            )
        if item_id:
            _discuss(connection, workshop_id, item_id, opened_at=moment)


def reveal(database: Database, by: Person, workshop_id: str, items: Collection[str], revealed: bool = True) -> None:
    """Show the votes on some items, or hide them again."""
    require(by, "edit-project")
    with database.writing() as connection:
        _lead(connection, by, workshop_id)
        for item_id in items:
            _discuss(connection, workshop_id, item_id, revealed=revealed)


def settle(database: Database, by: Person, workshop_id: str, items: Collection[str], settled: bool = True) -> None:
    """Note that the room agreed on some items, or that it takes that back; what it agreed on is in the requirements."""
    require(by, "edit-project")
    with database.writing() as connection:
        _lead(connection, by, workshop_id)
        for item_id in items:
            _discuss(connection, workshop_id, item_id, settled_at=utc_now() if settled else None)


def discussions_of(database: Database, workshop_id: str) -> dict[str, Discussion]:
    """Every item that stood on the projector or was revealed."""
    table = schema.discussion
    with database.reading() as connection:
        rows = connection.execute(sa.select(table).where(table.c.workshop_id == workshop_id)).mappings().all()
    fields = Discussion.__dataclass_fields__
    return {row["item_id"]: Discussion(**{name: in_utc(row[name]) for name in fields}) for row in rows}


# ---------------------------------------------------------------- inside


def _new_participant(connection: sa.Connection, room: Mapping[str, Any], name: str, team: str, key: str) -> str:
    table, participant_id = schema.participant, uuid.uuid4().hex
    count = connection.scalar(sa.select(sa.func.count()).select_from(table).where(table.c.workshop_id == room["id"]))
    if count >= MOST_PARTICIPANTS:
        raise ProjectError([("join.problem.full", {"most": MOST_PARTICIPANTS})])
    insert = _insert(connection.dialect.name, table).values(
        id=participant_id,
        workshop_id=room["id"],
        name=name,
        team=team,
        name_key=key,
        personal_code=schema.new_code(),
        joined_at=utc_now(),
    )
    # two people of one name in the same instant: the second is asked like anybody who comes later
    if not _written(connection, insert.on_conflict_do_nothing(index_elements=["workshop_id", "name_key"])):
        raise ProjectError([("join.problem.taken", {})])
    connection.execute(_COUNT_VOTE, {"workshop": room["id"]})  # how many have voted, of how many
    person = Person(participant_id, name, "participant")
    record(connection, person, "join-workshop", room["project_id"], participant_id, after={"team": team})
    return participant_id


def _room_that_takes(connection: sa.Connection, by: Person) -> str:
    """The room of a participant, if answers are taken in it."""
    row = connection.execute(_ROOM_OF_PERSON, {"person": by.id}).first()
    if row is None:
        raise NotAllowedError("vote")
    if not row.accepting:
        raise ProjectError([("vote.problem.closed", {})])
    return row.id


def _keep(connection: sa.Connection, workshop_id: str, who: str, answer: Answer, moment: dt.datetime) -> int:
    """Upsert the answer unless a later one is kept; append what was kept. Returns 1 where it was."""
    values = {
        "participant_id": who,
        "item_id": answer.item_id,
        "level": answer.level,
        "skipped": answer.skipped,
        "comment": answer.comment,
        "seq": answer.seq,
        "at": moment,
    }
    if connection.execute(_guarded(connection.dialect.name), values | {"workshop_id": workshop_id}).first() is None:
        return 0
    connection.execute(_APPEND, values)
    return 1


@cache
def _guarded(dialect: str) -> Any:
    """Write an answer unless a later one is kept; says whether it was written."""
    table, key = schema.vote, ["participant_id", "item_id"]
    insert = _insert(dialect, table).values({column.name: sa.bindparam(column.name) for column in table.c})
    return insert.on_conflict_do_update(
        index_elements=key,
        set_={name: insert.excluded[name] for name in ("level", "skipped", "comment", "seq", "at")},
        where=insert.excluded.seq > table.c.seq,
    ).returning(sa.literal(1))


def _insert(dialect: str, table: sa.Table) -> Any:
    """An insert that knows ON CONFLICT, on either engine."""
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


def _written(connection: sa.Connection, insert: Any) -> bool:
    """Whether an insert with ON CONFLICT wrote its row; drivers do not agree on how they count."""
    return connection.execute(insert.returning(sa.literal(1))).first() is not None


def _discuss(connection: sa.Connection, workshop_id: str, item_id: str, **values: Any) -> None:
    insert = _insert(connection.dialect.name, schema.discussion).values(
        workshop_id=workshop_id, item_id=item_id, **values
    )
    connection.execute(insert.on_conflict_do_update(index_elements=["workshop_id", "item_id"], set_=values))


def _goes_on() -> dict[str, Any]:
    """A room that is used goes on: its code opens for another month."""
    return {"code_ends_at": schema.code_end()}


def _lead(connection: sa.Connection, by: Person, workshop_id: str, **values: Any) -> Mapping[str, Any]:
    """Count something that the lead does, and write columns of the room; return the row as it was."""
    table = schema.workshop
    before = _row(connection, table, table.c.id == workshop_id)
    if before is None:
        raise ProjectError([("project.problem.gone", {})])
    require_member(connection, by, before["project_id"])
    connection.execute(table.update().where(table.c.id == workshop_id).values(revision=table.c.revision + 1, **values))
    return before


def _row(connection: sa.Connection, table: sa.Table, *where: Any) -> Mapping[str, Any] | None:
    return connection.execute(sa.select(table).where(*where)).mappings().first()


def _workshop(row: Mapping[str, Any]) -> Workshop:
    return Workshop(**{name: in_utc(row[name]) for name in Workshop.__dataclass_fields__})


def _participant(row: Mapping[str, Any]) -> Participant:
    return Participant(**{name: in_utc(row[name]) for name in Participant.__dataclass_fields__})


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
