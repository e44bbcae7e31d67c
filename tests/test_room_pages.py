"""Lead and Requirements through app.py: a batch, a note with its owner, changes of many at once; each can be taken back."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from functional_map.load import load_map
from functional_map.model import LEVELS
from interface.language import texts
from tests.test_pages import opened
from vendors.load import load_edition
from vendors.publish import editions
from workshops.access import AT_HOME, Person
from workshops.assess import assess
from workshops.prepare.agenda import Agenda
from workshops.prepare.sample import create_sample
from workshops.rooms.lead_widgets import answer_line
from workshops.rooms.leading import proposal, settled
from workshops.rooms.price_tag import effect_of_level
from workshops.rooms.room import Answer
from workshops.store.database import database_url, open_database
from workshops.store.projects import read_project, save_expectations
from workshops.store.votes import (
    discussions_of,
    join,
    open_workshop,
    participant_by_token,
    run_session,
    save_agenda,
    save_answers,
    show_item,
    workshop_of,
)

LEAD, REQUIREMENTS = "workshops/rooms/lead_page.py", "workshops/rooms/requirements_page.py"
ADA = dataclasses.replace(AT_HOME, name="Ada")


class Engagement:
    """The sample project in a room whose first session runs with three items left to the batch."""

    def __init__(self) -> None:
        self.database, self.map = open_database(database_url()), load_map(2026)
        self.project = create_sample(self.database, AT_HOME, self.map, "2027-test", "en")
        room = open_workshop(self.database, AT_HOME, self.project)
        self.code, self.room = room.code, room.id
        order = pd.DataFrame({"places": 0.0, "swing": 0.0}, index=list(self.map.items))
        planned = proposal(self.read(), self.map, order)
        first = planned.sessions[0]
        # time enough, so that the page proposes nothing more for the batch
        self.session = dataclasses.replace(first, discuss=len(first.items) - 3, minutes=600)
        agenda = Agenda(planned.settings, (self.session, *planned.sessions[1:]))
        save_agenda(self.database, AT_HOME, self.room, agenda.to_json(), version=0)
        run_session(self.database, AT_HOME, self.room, self.session.id)
        show_item(self.database, AT_HOME, self.room, self.session.items[0])

    @property
    def batch(self) -> tuple[str, ...]:
        return self.session.accepted

    def read(self):
        return read_project(self.database, self.project)

    def levels(self, items) -> list[int | None]:
        return [self.read().expectation(item).level for item in items]

    def settled(self) -> set[str]:
        return settled(discussions_of(self.database, self.room))

    def votes(self, item: str, *levels: int) -> None:
        known = frozenset(self.map.items)
        for number, level in enumerate(levels):
            name = f"{item} {number}"
            token = join(self.database, self.code, name=name, team="sales", teams=["sales"])
            who = participant_by_token(self.database, self.code, token)[1]
            save_answers(self.database, Person(who.id, name, "participant"), known, [Answer(item, level)])

    def write(self, changes: dict) -> None:
        """As somebody else does it, on another screen."""
        save_expectations(self.database, ADA, self.project, list(self.map.items), changes)


@pytest.fixture
def engagement(installed):
    return Engagement()


def lead(engagement, language: str = "en") -> AppTest:
    return opened(LEAD, language, engagement.project)


def click(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def shown_batch(engagement) -> AppTest:
    """Three items: one voted 2, 2, 3, one that people dispute, one that nobody spoke about, asked before."""
    agreed, disputed, asked = engagement.batch
    engagement.write({agreed: {"level": 1}, disputed: {"level": 1}, asked: {"level": 3}})
    engagement.votes(agreed, 2, 2, 3)
    engagement.votes(disputed, 0, 0, 4, 4)
    app = lead(engagement)
    app.segmented_control(key="lead_view").set_value("batch").run()
    assert "lead_accept" not in {one.key for one in app.button}  # hidden until they are shown
    return click(app, "lead_reveal_batch")


def test_a_batch_takes_the_lower_median_or_what_is_asked_and_leaves_out_what_is_disputed(engagement):
    """2, 2, 3 make 2. 0, 0, 4, 4 are half and half at both ends: not proposed. Without a vote, the 3 asked before."""
    app = shown_batch(engagement)
    agreed, _, asked = engagement.batch

    assert [app.selectbox(key=f"lead_batch_level_{one}").value for one in engagement.batch] == [2, 0, 3]
    assert [app.checkbox(key=f"lead_batch_take_{one}").value for one in engagement.batch] == [True, False, True]
    click(app, "lead_accept")
    assert engagement.levels(engagement.batch) == [2, 1, 3]
    assert engagement.settled() == {agreed, asked}
    assert {engagement.read().expectation(one).status for one in (agreed, asked)} == {"agreed"}

    click(app, "lead_undo")
    assert engagement.levels(engagement.batch) == [1, 1, 3]
    assert engagement.settled() == set()


def test_what_is_taken_out_of_a_batch_or_changed_in_it_is_written_so(engagement):
    app = shown_batch(engagement)
    agreed, disputed, asked = engagement.batch
    app.checkbox(key=f"lead_batch_take_{asked}").uncheck().run()
    app.selectbox(key=f"lead_batch_level_{agreed}").set_value(4).run()
    app.checkbox(key=f"lead_batch_take_{disputed}").check().run()
    click(app, "lead_accept")

    assert engagement.levels(engagement.batch) == [4, 0, 3]
    assert engagement.settled() == {agreed, disputed}


def test_a_batch_on_a_stale_screen_is_refused_whole(engagement):
    """Somebody else agrees on one of the items between the look and the click: nothing of the batch is written."""
    app = shown_batch(engagement)
    agreed, _, asked = engagement.batch
    engagement.write({agreed: {"level": 4}})
    click(app, "lead_accept")

    assert "changed" in app.error[0].value
    assert engagement.levels([agreed, asked]) == [4, 3] and engagement.settled() == set()


@pytest.mark.parametrize("page", [LEAD, REQUIREMENTS])
def test_a_note_and_its_owner_are_kept_and_shown_again(engagement, page):
    item = engagement.session.items[0]
    fields = note_fields(engagement, page, item)
    fields("text_area").set_value("  Every plant, says Léa  ").run()
    fields("text_input").set_value("Léa").run()

    found = engagement.read().expectation(item)
    assert (found.note, found.owner) == ("Every plant, says Léa", "Léa")
    again = note_fields(engagement, page, item)
    assert (again("text_area").value, again("text_input").value) == ("Every plant, says Léa", "Léa")
    again("text_area").set_value("Only two plants").run()
    found = engagement.read().expectation(item)
    assert (found.note, found.owner) == ("Only two plants", "Léa")


@pytest.mark.parametrize("page", [LEAD, REQUIREMENTS])
@pytest.mark.parametrize(("language", "sentence"), [("en", "changed"), ("fr", "modifié")])
def test_a_note_on_a_stale_screen_is_refused_with_a_sentence(engagement, page, language, sentence):
    item = engagement.session.items[0]
    fields = note_fields(engagement, page, item, language)
    engagement.write({item: {"note": "Theirs", "owner": "Max"}})
    app = fields("text_area").set_value("Mine").run()

    assert not app.exception and sentence in app.error[0].value
    found = engagement.read().expectation(item)
    assert (found.note, found.owner) == ("Theirs", "Max")


def note_fields(engagement, page: str, item: str, language: str = "en"):
    """The fields of an item's note and owner on a page, by kind, as they stand after the last run."""
    app = opened(page, language, engagement.project)
    if page == LEAD:
        app.session_state["lead_tabs"] = "Note"
        app.run()
    else:
        app.selectbox(key="requirements_item").set_value(item).run()
    what = {"text_area": "note", "text_input": "owner"}
    start = page.rpartition("/")[2].removesuffix("_page.py")

    def field(kind: str):
        return next(one for one in getattr(app, kind) if (one.key or "").startswith(f"{start}_{what[kind]}_{item}"))

    return field


def test_many_items_change_at_once_and_come_back_at_once(engagement):
    """A domain leaves the scope, gets an owner, is proposed from the votes; each is one step back."""
    domain = engagement.session.domain
    items = [item.id for item in engagement.map.domain(domain).items]
    voted, other = items[:2]
    engagement.write({voted: {"level": 0, "status": "open"}, other: {"level": 2, "status": "proposed"}})
    engagement.votes(voted, 3, 3, 4)
    before = engagement.read()
    app = opened(REQUIREMENTS, project=engagement.project)
    app.selectbox(key="requirements_domain").set_value(domain).run()

    def expectations(project):
        return [
            (one.level, one.status, one.must_have, one.owner, one.note)
            for one in (project.expectation(item) for item in items)
        ]

    click(app, "requirements_bulk_propose")
    assert (engagement.read().expectation(voted).level, engagement.read().expectation(voted).status) == (3, "proposed")
    click(app, "requirements_bulk_agree")
    assert {engagement.read().expectation(one).status for one in (voted, other)} == {"agreed"}
    app.text_input(key="requirements_bulk_owner").set_value("Max").run()
    click(app, "requirements_bulk_own")
    assert {engagement.read().expectation(one).owner for one in items} == {"Max"}
    click(app, "requirements_bulk_leave")
    assert not any(engagement.read().expectation(one).in_scope for one in items)
    click(app, "requirements_bulk_return")
    assert all(engagement.read().expectation(one).status == "open" for one in items)
    for _ in range(5):
        click(app, "requirements_undo")
    assert expectations(engagement.read()) == expectations(before)
    assert app.button(key="requirements_undo").disabled


def test_must_haves_become_wishes_together(engagement):
    musts = sorted(engagement.read().must_haves())
    app = opened(REQUIREMENTS, project=engagement.project)
    app.selectbox(key="requirements_show").set_value("must-have").run()
    click(app, "requirements_bulk_wish")
    assert len(musts) > 1 and engagement.read().must_haves() == {}
    click(app, "requirements_undo")
    assert sorted(engagement.read().must_haves()) == musts


def test_requirements_say_what_the_last_change_moved(engagement):
    """Nothing before the first change; then one line, and another one for the next change."""
    app = opened(REQUIREMENTS, project=engagement.project)
    line = lambda: [one.value for one in app.html if "The last change" in one.value]
    assert line() == []
    click(app, "requirements_bulk_wish")
    assert len(line()) == 1
    first = line()
    app.selectbox(key="requirements_item").set_value(engagement.session.items[0]).run()
    assert line() == first  # looking changes nothing


@pytest.mark.parametrize("language", ["en", "fr"])
def test_lead_says_what_the_answer_moves(engagement, language):
    """The line stands there before the votes do, without a proposal; once they are shown, with their lower median."""
    item = engagement.session.items[0]
    engagement.votes(item, 1, 4)
    project = engagement.read()
    edition = load_edition(editions()[project.edition_id])
    assessment = assess(project, edition, engagement.map)
    effects = [effect_of_level(assessment, item, level) for level in LEVELS]
    app = lead(engagement, language)
    lines = lambda: [one.value for one in app.html if 'class="moves' in one.value]
    t = texts("workshops", language)

    assert lines() == [answer_line(effects, None, assessment, t)]
    click(app, "lead_reveal")
    assert lines() == [answer_line(effects, 1, assessment, t)]


def test_the_agenda_to_print_has_minutes_for_talk_and_batch(engagement):
    """Three items in the batch at a quarter of a minute each: one minute."""
    app = opened("workshops/prepare/agenda_page.py", project=engagement.project)
    sheet = next(one.value for one in app.html if 'class="sheet"' in one.value)

    assert "3 in a batch, 1 min" in sheet
    assert f"{engagement.session.discuss} talked about" in sheet
    assert sheet.count("<section class='day'>") == len(
        {one.day for one in Agenda.from_json(workshop_of(engagement.database, engagement.project).agenda).sessions}
    )
