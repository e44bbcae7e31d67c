"""What is kept about participants: given to them on request, and erased on request."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from functional_map.model import folded
from workshops.access import Person, require
from workshops.model import ProjectError
from workshops.store import schema
from workshops.store.database import Database, in_utc
from workshops.store.members import require_member
from workshops.store.projects import _changed, record

NOBODY_NAMED = "–"  # stands where the name of somebody who was erased stood


def participants_of(database: Database, by: Person, project_id: str) -> list[dict[str, Any]]:
    """id, name, team, joined_at and number of votes of everybody who took part, removed or not."""
    require(by, "read-journal")
    people, votes = schema.participant, schema.vote
    query = (
        sa.select(
            people.c.id, people.c.name, people.c.team, people.c.joined_at, sa.func.count(votes.c.item_id).label("votes")
        )
        .join(schema.workshop, schema.workshop.c.id == people.c.workshop_id)
        .join(votes, votes.c.participant_id == people.c.id, isouter=True)
        .where(schema.workshop.c.project_id == project_id)
        .group_by(people.c.id, people.c.name, people.c.team, people.c.joined_at)
        .order_by(people.c.name)
    )
    with database.reading() as connection:
        require_member(connection, by, project_id)
        rows = connection.execute(query).mappings().all()
    return [{**row, "joined_at": in_utc(row["joined_at"])} for row in rows]


def kept_about(database: Database, by: Person, project_id: str, participant_id: str) -> dict[str, Any]:
    """Everything that is kept about one participant, as they may ask for it.

    Raises ProjectError where the project has no such participant.
    """
    require(by, "read-journal")
    events, journal = schema.vote_event, schema.journal
    with database.reading() as connection:
        require_member(connection, by, project_id)
        person = _participant(connection, project_id, participant_id)
        given = connection.execute(
            sa.select(events.c.item_id, events.c.level, events.c.skipped, events.c.comment, events.c.at)
            .where(events.c.participant_id == participant_id)
            .order_by(events.c.id)
        )
        answers = [{**row, "at": in_utc(row["at"]).isoformat()} for row in given.mappings()]
        device = schema.device
        browsers = connection.scalars(
            sa.select(device.c.added_at).where(device.c.participant_id == participant_id).order_by(device.c.added_at)
        )
        joined = [in_utc(moment).isoformat() for moment in browsers]
        people, scores = schema.scorer, schema.score
        sheets = connection.execute(
            sa.select(people.c.comment, scores.c.line_id, scores.c.outcome, scores.c.level, scores.c.effort)
            .add_columns(scores.c.comment.label("line_comment"))
            .join(scores, scores.c.scorer_id == people.c.id, isouter=True)
            .where(people.c.person_id == participant_id)
        )
        scored = [dict(row) for row in sheets.mappings()]
        sus = schema.sus_answer
        ten = connection.execute(
            sa.select(people.c.demonstration_id, sus.c.question, sus.c.answer)
            .join(people, people.c.id == sus.c.scorer_id)
            .where(people.c.person_id == participant_id)
        )
        usability = [dict(row) for row in ten.mappings()]
        judged, named = schema.suitability, person["name"]
        answers_given = connection.execute(
            sa.select(judged.c.product_id, judged.c.criterion, judged.c.score, judged.c.reason, judged.c.by).where(
                judged.c.project_id == project_id
            )
        )
        suitability = [dict(row) for row in answers_given.mappings() if _is(named, row["by"])]
        opinions = connection.scalars(
            sa.select(schema.decision.c.dissent).where(schema.decision.c.project_id == project_id)
        )
        dissent = [what for given in opinions for who, what in given if _is(named, who)]
        asked = schema.expectation
        owners = connection.execute(
            sa.select(asked.c.item_id, asked.c.owner)
            .where(asked.c.project_id == project_id, asked.c.owner != "")
            .order_by(asked.c.item_id)
        )
        owned = [item for item, owner in owners if _is(named, owner)]
        concerns = sa.or_(journal.c.who == participant_id, journal.c.subject == participant_id)
        lines = connection.execute(
            sa.select(journal.c.at, journal.c.action, journal.c.after).where(concerns).order_by(journal.c.id)
        )
        told = [{**row, "at": in_utc(row["at"]).isoformat()} for row in lines.mappings()]
    return {
        "name": person["name"],
        "team": person["team"],
        "joined": in_utc(person["joined_at"]).isoformat(),
        "browsers": joined,
        "answers": answers,
        "demonstrations": scored,
        "usability": usability,
        "suitability": suitability,
        "dissent": dissent,
        "owner_of": owned,
        "journal": told,
    }


def erase_participant(database: Database, by: Person, project_id: str, participant_id: str) -> None:
    """Delete a participant's name, devices, answers and comments for good; agreed levels stay as they are.

    What they scored in demonstrations stays in the sums, without their name and their comments; what they judged or
    thought of the decision stays without their name, in recorded decisions too; what they own has no owner any more.
    Whoever has the same name in this project is no longer named there either. Sentences that others typed are not
    searched.

    The journal is never written again. It keeps that somebody joined, without a name; where one of its lines says whom
    a requirement was given to, the name typed there stays.
    Raises ProjectError where the project has no such participant.
    """
    require(by, "edit-project")
    with database.writing() as connection:
        require_member(connection, by, project_id)
        person = _participant(connection, project_id, participant_id)
        # written out, table by table: what is erased does not hang on a setting of the database
        for table in (schema.device, schema.vote_event, schema.vote):
            connection.execute(table.delete().where(table.c.participant_id == participant_id))
        _unname_scorer(connection, participant_id)
        _unname_judge(connection, project_id, person["name"])
        _unname_owner(connection, project_id, person["name"])
        connection.execute(schema.participant.delete().where(schema.participant.c.id == participant_id))
        room = schema.workshop
        connection.execute(
            room.update()
            .where(room.c.id == person["workshop_id"])
            .values(votes=room.c.votes + 1, revision=room.c.revision + 1)
        )
        _changed(connection, project_id)
        record(connection, by, "erase-participant", project_id, participant_id)
    database.empty_log()


def _unname_scorer(connection: sa.Connection, participant_id: str) -> None:
    people, scores = schema.scorer, schema.score
    sheets = sa.select(people.c.id).where(people.c.person_id == participant_id)
    connection.execute(scores.update().where(scores.c.scorer_id.in_(sheets)).values(comment=""))
    connection.execute(
        # the row's own id: one person cannot be told from another, and no two clash
        people.update()
        .where(people.c.person_id == participant_id)
        .values(name=NOBODY_NAMED, comment="", person_id=people.c.id)
    )


def _is(name: str, one: str) -> bool:
    return folded(one.strip()) == folded(name.strip())


def _unname_owner(connection: sa.Connection, project_id: str, name: str) -> None:
    asked = schema.expectation
    of_project = asked.c.project_id == project_id
    for owner in connection.scalars(sa.select(asked.c.owner).distinct().where(of_project)).all():
        if _is(name, owner):
            connection.execute(asked.update().where(of_project, asked.c.owner == owner).values(owner=""))


def _unname_judge(connection: sa.Connection, project_id: str, name: str) -> None:
    """Take a name out of the answers on suitability and the recorded decisions."""

    def unnamed(one: str) -> str:
        return NOBODY_NAMED if _is(name, one) else one

    answers, decisions = schema.suitability, schema.decision
    of_project = answers.c.project_id == project_id
    for by in connection.scalars(sa.select(answers.c.by).distinct().where(of_project)).all():
        if unnamed(by) != by:
            connection.execute(answers.update().where(of_project, answers.c.by == by).values(by=NOBODY_NAMED))
    for row in connection.execute(sa.select(decisions).where(decisions.c.project_id == project_id)).mappings().all():
        state = row["state"]
        seen = [one | {"people": sorted({unnamed(who) for who in one["people"]})} for one in state.get("seen", [])]
        judged = [one | {"by": unnamed(one["by"])} for one in state.get("suitability", [])]
        dissent = [[unnamed(who), what] for who, what in row["dissent"]]
        cleaned = {"dissent": dissent, "state": state | {"seen": seen, "suitability": judged}}
        connection.execute(decisions.update().where(decisions.c.id == row["id"]).values(**cleaned))


def _participant(connection: sa.Connection, project_id: str, participant_id: str) -> sa.RowMapping:
    people, room = schema.participant, schema.workshop
    query = (
        sa.select(people)
        .join(room, room.c.id == people.c.workshop_id)
        .where(people.c.id == participant_id, room.c.project_id == project_id)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        raise ProjectError([("join.problem.gone", {})])
    return row
