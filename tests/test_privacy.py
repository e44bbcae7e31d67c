"""What is kept about a person: given to them whole, and erased for good, from the page to the bytes of the file."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest
from streamlit.web.server.server_util import is_url_from_allowed_origins

from tests.conftest import settle
from tests.test_access import everything
from tests.test_rooms_journey import installation, room, saved  # noqa: F401
from tests.test_rooms_journey import join as join_by_phone
from workshops.access import AT_HOME, Person
from workshops.evidence import Score, ScriptLine
from workshops.model import ProjectError
from workshops.rooms.room import Answer
from workshops.store import demonstrations, votes
from workshops.store.journal import journal_lines
from workshops.store.privacy import erase_participant, kept_about, participants_of
from workshops.store.projects import create_project, read_project, save_expectations

NAME, COMMENT = "Zébulon Quxley", "never the purple one"


@pytest.fixture
def taken_part(database):
    """Somebody who voted twice on an item, scored a demonstration and was quick to comment; another who voted too."""
    project_id = create_project(database, AT_HOME, name="P", client="", edition_id="2026", weights={"a": 1.0})
    save_expectations(database, AT_HOME, project_id, ["sla"], {"sla": {"level": 3, "owner": f" {NAME.upper()} "}})
    workshop = votes.open_workshop(database, AT_HOME, project_id)
    people = {}
    for name in (NAME, "Bea"):
        votes.join(database, workshop.code, name=name, team="sales", teams=["sales"])
        one = next(one for one, _ in votes.participants_of(database, workshop.id) if one.name == name)
        people[name] = Person(one.id, one.name, "participant")
        for seq, level in enumerate((1, 4), start=1):
            votes.save_answers(database, people[name], ["sla"], [Answer("sla", level, comment=COMMENT, seq=seq)])
    line = ScriptLine("", "sla", "service", 0, 2, "added", "Play it", "")
    demonstrations.save_script(database, AT_HOME, project_id, [line])
    shown = demonstrations.plan_demonstration(
        database, AT_HOME, project_id, product_id="x", plan_id="y", held_on=dt.date(2026, 11, 20), known=["x/y"]
    )
    line_id = demonstrations.script_of(database, project_id)[0].id
    demonstrations.save_score(database, people[NAME], shown, Score(line_id, "as-asked", comment=COMMENT))
    demonstrations.save_answer(database, people[NAME], shown, 1, 4)
    demonstrations.save_comment(database, people[NAME], shown, COMMENT)
    return project_id, workshop, people[NAME].id, shown


def test_everything_that_is_kept_is_given(database, taken_part):
    project_id, _, who, shown = taken_part
    given = kept_about(database, AT_HOME, project_id, who)

    assert (given["name"], given["team"]) == (NAME, "sales")
    assert [(one["item_id"], one["level"], one["comment"]) for one in given["answers"]] == [
        ("sla", 1, COMMENT),
        ("sla", 4, COMMENT),
    ]
    assert [(one["outcome"], one["comment"], one["line_comment"]) for one in given["demonstrations"]] == [
        ("as-asked", COMMENT, COMMENT)
    ]
    assert given["usability"] == [{"demonstration_id": shown, "question": 1, "answer": 4}]
    assert [one["action"] for one in given["journal"]] == ["join-workshop", "score-demonstration"]
    assert given["owner_of"] == ["sla"]
    assert len(given["browsers"]) == 1
    assert json.loads(json.dumps(given)) == given


def test_an_erased_participant_is_in_no_row_and_the_others_stay(database, taken_part):
    project_id, workshop, who, _ = taken_part
    erase_participant(database, AT_HOME, project_id, who)
    stored = {name: str(rows) for name, rows in everything(database).items()}

    # whom a requirement was given to stays in the journal, which nothing rewrites, and nowhere else
    assert [name for name, rows in stored.items() if "zébulon" in rows.lower()] == ["journal"]
    assert read_project(database, project_id).expectation("sla").owner == ""
    # the journal keeps that a participant came and went, under an id that leads to nobody any more
    assert [name for name, rows in stored.items() if who in rows] == ["journal"]
    assert [one["name"] for one in participants_of(database, AT_HOME, project_id)] == ["Bea"]
    assert votes.votes_of(database, workshop.id)["level"].tolist() == [4]
    assert str(everything(database)["vote_event"]).count(COMMENT) == 2  # Bea's
    assert read_project(database, project_id).asked() == {"sla": 3}  # what was agreed stays
    assert journal_lines(database, AT_HOME, project_id)[0]["action"] == "erase-participant"
    for again in (kept_about, erase_participant):
        with pytest.raises(ProjectError) as caught:
            again(database, AT_HOME, project_id, who)
        assert caught.value.problems == [("join.problem.gone", {})]


def test_an_erased_name_is_not_in_the_bytes_of_the_file_either(sqlite_database):
    project_id, _, who, _ = taken_part.__wrapped__(sqlite_database)
    files = lambda: b"".join(path.read_bytes() for path in _files(sqlite_database))
    assert NAME.encode() in files()
    erase_participant(sqlite_database, AT_HOME, project_id, who)

    assert NAME.encode() not in files()


def _files(database):
    from pathlib import Path

    place = Path(database.url.database)
    return place.parent.glob(f"{place.name}*")


def test_a_participant_of_another_project_is_not_reached(database, taken_part):
    _, _, who, _ = taken_part
    other = create_project(database, AT_HOME, name="Q", client="", edition_id="2026", weights={"a": 1.0})
    before = everything(database)
    for reach in (kept_about, erase_participant):
        with pytest.raises(ProjectError):
            reach(database, AT_HOME, other, who)

    assert everything(database) == before


@pytest.mark.browser
def test_from_the_phone_to_the_file_and_to_nothing(visit, room):  # noqa: F811
    """A participant reads what is stored, votes, asks for it, and asks for erasure."""
    phone = join_by_phone(visit, room, NAME)
    phone.locator(".level").nth(3).click()
    saved(phone)
    phone.get_by_text("What is stored about me").click()
    phone.get_by_text("Name, team, votes, scores and comments of participants").wait_for()
    phone.get_by_text("Back to the workshop").click()
    phone.locator(".level").first.wait_for()  # still the same person
    assert len(room.levels()) == 1

    people = visit(f"people?project={room.project}", base=room.address)
    with people.expect_download() as download:
        people.get_by_role("button", name="What is kept").click()
    given = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert given["name"] == NAME and [one["level"] for one in given["answers"]] == [3]
    people.get_by_role("button", name="Erase").click()
    people.get_by_role("button", name="Erase for good").click()
    people.get_by_text("Nobody has joined a workshop of this project yet.").wait_for()
    settle(people)
    assert room.levels() == {} and participants_of(room.database, AT_HOME, room.project) == []
    expect(phone.get_by_label("Your name")).to_be_visible(timeout=30_000)  # nobody is known there any more


def test_a_page_of_another_site_is_refused_without_asking_anybody_outside(monkeypatch, data_folder):
    """Streamlit would ask another site for this computer's address first, and stand still meanwhile."""
    app = AppTest.from_file("../app.py", default_timeout=60)
    app.run()
    asked = []
    monkeypatch.setattr("requests.get", lambda address, **_: asked.append(address))

    assert not app.exception
    assert not is_url_from_allowed_origins("http://evil.example") and asked == []
