"""What whoever leads a workshop is told: the votes, the order, the batch, the progress, the way back."""

from __future__ import annotations

import dataclasses
import datetime as dt
from types import MappingProxyType

import pandas as pd
import pytest

from workshops.access import AT_HOME
from workshops.model import Context, Expectation, OwnItem, Project, ShortlistSettings
from workshops.prepare.agenda import Agenda, Session, Settings
from workshops.rooms.ballot import ballot, batch_of, item_texts, items_in_scope, next_batch, progress
from workshops.rooms.leading import (
    Step,
    agenda_of,
    batch_table,
    neighbour,
    next_item,
    progress_by_domain,
    progress_by_team,
    rebased,
    settled,
    summary,
    tally,
)
from workshops.rooms.room import Answer, Discussion, Workshop
from workshops.store.projects import StaleError, create_project, read_project, save_expectations

NOW = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
SESSION = Session("a", "a", 1, (), ("x", "y", "z", "u"), 2, 30)


def votes(*rows: tuple[str, str, str, float | None]) -> pd.DataFrame:
    """name, team, item, level."""
    table = [(f"id-{name}", name, team, item, level, "") for name, team, item, level in rows]
    return pd.DataFrame(table, columns=["participant", "name", "team", "item", "level", "comment"])


@pytest.fixture
def project(functional_map):
    return Project(
        "p", "P", "", "2026", False, False, NOW, NOW, 1, Context(), ShortlistSettings(),
        MappingProxyType({domain.id: 1.0 for domain in functional_map.domains}),
        MappingProxyType({"sla": Expectation("sla", 3, status="agreed"), "notes": Expectation("notes", status="out-of-scope")}),
        (OwnItem("own-1", "leads", "Our thing", "What it is for"),),
    )  # fmt: skip


def test_the_votes_on_an_item():
    """2, 2, 3 and 4 with one skip: five voted, the lower median is 2; sales 2 and 3, service 2 and 4."""
    found = tally(
        votes(
            ("Ada", "sales", "x", 2), ("Bea", "sales", "x", 3), ("Cem", "service", "x", 2), ("Dia", "service", "x", 4),
            ("Eli", "it", "x", None), ("Ada", "sales", "y", 4),
        ),
        "x",
    )  # fmt: skip

    assert (found.voted, found.proposal, found.low, found.high) == (5, 2, 2, 4)
    assert found.by_team.to_dict() == {
        "sales": {0: 0, 1: 0, 2: 1, 3: 1, 4: 0},
        "service": {0: 0, 1: 0, 2: 1, 3: 0, 4: 1},
    }
    assert found.names[2] == ["Ada", "Cem"]
    assert found.apart is None
    # 1 + 2/4 log2(1 - 0.75/4) + 1/4 log2(1 - 0.25/4) + 1/4 log2(1 - 1.25/4) = 0.692: they differ a little
    assert found.consensus == pytest.approx(0.692, abs=0.001) and found.verdict == "minor"


def test_without_votes_nothing_is_proposed():
    found = tally(votes(("Eli", "it", "x", None)), "x")

    assert (found.voted, found.proposal, found.consensus, found.verdict) == (1, None, None, "too-few")
    assert tally(votes(), "x").voted == 0
    assert summary(votes()).empty


def test_the_next_item_is_the_next_that_is_talked_about_and_open():
    assert next_item(SESSION, done=[]) == "x"
    assert next_item(SESSION, done=[], after="x") == "y"
    assert next_item(SESSION, done=["y"], after="x") == ""  # z and u are for the batch
    assert next_item(SESSION, done=[], after="y") == "x"  # what was left aside comes back
    assert [neighbour(SESSION, "x", step) for step in (-1, 1)] == ["x", "y"]
    assert neighbour(SESSION, "gone", 1) == "x"


def test_a_batch_takes_the_votes_and_leaves_out_what_is_disputed(project):
    """x: 2, 2, 2, 3 agree; y: 0, 0, 4, 4 disagree; z: nobody voted, nothing asked; sla: nobody voted, 3 asked."""
    given = votes(
        *((f"P{n}", "sales", "x", level) for n, level in enumerate((2, 2, 2, 3))),
        *((f"P{n}", "sales", "y", level) for n, level in enumerate((0, 0, 4, 4))),
    )
    table = batch_table(SESSION, ["x", "y", "z", "sla"], given, project, done=set())

    assert table["level"].tolist()[:2] == [2, 0] and pd.isna(table.at["z", "level"]) and table.at["sla", "level"] == 3
    assert table["accept"].tolist() == [True, False, False, True]
    assert table["origin"].tolist() == ["votes", "votes", "none", "asked"]
    assert not batch_table(SESSION, ["x"], given, project, done={"x"})["accept"].any()


def test_teams_that_are_apart_are_not_accepted_in_a_batch(project):
    """3, 3, 3, 3 and 1: they nearly agree, but service stands two levels below."""
    given = votes(*((f"P{n}", "sales", "x", 3) for n in range(9)), ("Z", "service", "x", 1))

    assert batch_table(SESSION, ["x"], given, project, done=set())["accept"].tolist() == [False]


def test_an_agenda_follows_the_scope(project, functional_map):
    """notes is out of scope, so it leaves; the own item of leads joins; domains that are not planned are added."""
    leads = [item.id for item in functional_map.domain("leads").items]
    saved = Agenda(Settings(days=2), (Session("s", "leads", 1, ("sales",), tuple(leads[:3]), 2, 20),))
    room = Workshop("w", "p", "C", None, True, saved.to_json(), 1, "", None, "", 0, 0, created_at=NOW)
    agenda = agenda_of(room, project, functional_map, lambda: pytest.fail("nothing is to be proposed"))

    first = agenda.sessions[0]
    assert first.items == (*leads, "own-1") and first.discussed == tuple(leads[:2])
    assert {one.domain for one in agenda.sessions} == {domain.id for domain in functional_map.domains}
    assert "notes" not in {item for one in agenda.sessions for item in one.items}


def test_progress_by_domain_and_team(project, functional_map):
    given = summary(votes(("Ada", "sales", "sla", 2), ("Bea", "sales", "sla", 4)))
    domains = progress_by_domain(project, functional_map, given, disputed={"sla"})
    teams = progress_by_team(project, functional_map, given, disputed={"sla"})

    service = functional_map.domain("customer-service")
    assert domains.loc["customer-service"].tolist() == [len(service.items), 1, 1, 1]
    assert domains.at["leads", "total"] == len(functional_map.domain("leads").items) + 1  # with the own item
    concerned = sum("service" in item.teams for item in functional_map.items.values() if item.id != "notes") + 1
    assert teams.at["service", "total"] == concerned
    assert teams["agreed"].to_dict()["service"] == 1


def test_settled_is_what_the_room_agreed_on():
    found = {"x": Discussion("x", True, 60, None, NOW), "y": Discussion("y", True, 60, NOW, None)}

    assert settled(found) == {"x"}


def test_steps_are_taken_back_one_after_the_other(sqlite_database):
    """3, then 1, then 4 on one item, taken back three times; a change by somebody else in between is left alone."""
    me = dataclasses.replace(AT_HOME, name="Ada")
    project_id = create_project(sqlite_database, me, name="P", client="", edition_id="2026", weights={"a": 1.0})

    def write(level):
        change = save_expectations(sqlite_database, me, project_id, ["sla"], {"sla": {"level": level}})
        return Step(change, (), "")

    def undo(steps):
        *earlier, step = steps
        written = save_expectations(
            sqlite_database, me, project_id, ["sla"], step.change.before, versions=step.change.versions
        )
        return rebased(earlier, step.change, written)

    def level():
        return read_project(sqlite_database, project_id).expectation("sla").level

    steps, seen = [write(3), write(1), write(4)], []
    while steps:
        steps = undo(steps)
        seen.append(level())
    assert seen == [1, 3, None]

    steps = [write(2)]
    write(0)  # by somebody else
    steps = undo([*steps, write(3)])
    assert level() == 0
    with pytest.raises(StaleError):
        undo(steps)
    assert level() == 0


def test_a_team_is_asked_its_own_items_first(project, functional_map):
    """Decisive ones lead; the rest of the domain follows; batches have at most 25 items."""
    for team in functional_map.vocabulary.teams:
        for batch in ballot(project, functional_map, team):
            concerned = [
                team in functional_map.items[item].teams if item in functional_map.items else True
                for item in batch.items
            ]
            assert concerned == sorted(concerned, reverse=True) and sum(concerned) == batch.asked
            assert len(batch.items) <= 25
    every = [item for batch in ballot(project, functional_map, "sales") for item in batch.items]
    assert sorted(every) == sorted(item for items in items_in_scope(project, functional_map).values() for item in items)
    assert "notes" not in every and "own-1" in every


def test_progress_of_a_participant_and_the_next_subject(project, functional_map):
    asked = ballot(project, functional_map, "sales")
    first, second = asked[0], asked[1]
    answers = {item: Answer(item, 2) for item in first.concerns}
    answers[second.items[0]] = Answer(second.items[0], None, skipped=True)
    answers[second.items[1]] = Answer(second.items[1], None, comment="later")  # a comment is no answer yet

    assert progress(first, answers) == first.asked and progress(second, answers) == 1
    assert next_batch(asked, answers) == second
    assert next_batch(asked, answers, after=second.id) == asked[2]
    everything = {item: Answer(item, 1) for batch in asked for item in batch.concerns}
    assert next_batch(asked, everything) is None
    assert batch_of(asked, "sla").domain == "customer-service"
    assert batch_of(asked, "") is None


def test_an_own_item_reads_on_the_scale_of_all(functional_map, project):
    texts = item_texts(functional_map, "own-1", project.own_items[0], "en")

    assert (texts["label"], texts["definition"]) == ("Our thing", "What it is for")
    assert texts["levels"][2] == functional_map.vocabulary.as_expectation[2]["en"]
