"""A workshop in a real browser: a phone votes, the projector sees it; nothing is lost on the way."""

from __future__ import annotations

import os
import signal

import pytest
from playwright.sync_api import expect

from functional_map.load import load_map
from tests.conftest import free_port, start_server
from tests.synthetic import write_edition
from workshops.access import AT_HOME
from workshops.prepare.sample import create_sample
from workshops.store.database import open_database
from workshops.store.votes import answers_of, open_workshop, participants_of, votes_of, workshop_of

pytestmark = pytest.mark.browser


class Installation:
    """A server that can be killed and started again on its data."""

    def __init__(self, folder) -> None:
        write_edition(folder / "data" / "editions" / "2027-test", load_map(2026), products=6)
        self.data, self.log, self.port = folder / "data", (folder / "log.txt").open("a"), free_port()
        self.database = open_database(f"sqlite:///{self.data / 'projects.sqlite'}")
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        self.process = start_server(self.port, self.data, self.log)

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(20)


class Room:
    """A sample project of its own on the installation, whose room is open."""

    def __init__(self, installation: Installation) -> None:
        self.database, self.address = installation.database, installation.address
        self.project = create_sample(self.database, AT_HOME, load_map(2026), "2027-test", "en")
        self.code = open_workshop(self.database, AT_HOME, self.project).code

    @property
    def workshop(self):
        return workshop_of(self.database, self.project)

    def levels(self) -> dict[tuple[str, str], float]:
        """(name, item) -> level, as stored."""
        table = votes_of(self.database, self.workshop.id)
        return {(row.name, row.item): row.level for row in table.itertuples(index=False, name="Row")}


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    one = Installation(tmp_path_factory.mktemp("rooms"))
    yield one
    one.process.terminate()
    one.process.wait(20)


@pytest.fixture
def room(installation):
    if installation.process.poll() is not None:  # a test that failed has left it dead
        installation.start()
    return Room(installation)


def join(visit, room, name: str, team: str = "Sales"):
    """A phone that has joined."""
    phone = visit(f"?join={room.code}", phone=True, base=room.address)
    phone.get_by_label("Your name").fill(name)
    phone.get_by_label("Your team").click()
    phone.get_by_text(team, exact=True).click()
    phone.get_by_role("button", name="Join").click()
    phone.locator(".level").first.wait_for()
    return phone


def saved(phone) -> None:
    expect(phone.locator(".state")).to_have_text("Saved", timeout=30_000)


def test_a_phone_votes_and_the_projector_sees_it(visit, room):
    projector = visit(f"lead?project={room.project}", base=room.address)
    projector.get_by_role("button", name="Start").first.click()
    projector.get_by_text("0 of 0 have voted.").wait_for()
    item = room.workshop.item_id
    phone = join(visit, room, "Bea")

    # the phone shows what is on the projector
    expect(phone.locator(".head b")).to_have_text("On the screen now")
    assert projector.locator("p.question").inner_text() == phone.locator("h2").inner_text()
    phone.locator(".level").nth(3).click()
    saved(phone)
    projector.get_by_text("1 of 1 have voted.").wait_for(timeout=5_000)
    assert room.levels() == {("Bea", item): 3}

    # hidden until shown; a late joiner counts too
    assert projector.locator("td.team").count() == 0
    late = join(visit, room, "Cem", "Customer service")
    late.locator(".level").nth(1).click()
    projector.get_by_text("2 of 2 have voted.").wait_for(timeout=5_000)
    projector.keyboard.press("v")
    expect(projector.locator("tr.chosen .mark")).to_have_text("proposed")
    assert projector.locator("tr.chosen .level").inner_text() == "1"  # the lower median of 1 and 3
    assert projector.get_by_text("Customer service are at 1, Sales at 3").count() >= 1
    assert not projector.get_by_text("Bea").count()  # teams, not names

    # one click agrees; another level changes it; undo takes both back
    projector.keyboard.press("a")
    expect(projector.locator("tr.chosen .mark")).to_have_text("✓ agreed")
    projector.locator(".st-key-lead_level_3 button:visible").first.click()
    expect(projector.locator("tr.chosen .level")).to_have_text("3")
    projector.keyboard.press("u")
    expect(projector.locator("tr.chosen .level")).to_have_text("1")

    # the next item comes to the phones by itself
    question = phone.locator("h2").inner_text()
    projector.keyboard.press("n")
    expect(phone.locator("h2")).not_to_have_text(question, timeout=10_000)


def test_a_killed_server_a_reload_and_a_second_device_lose_nothing(visit, installation, room):
    phone = join(visit, room, "Bea")
    phone.locator(".level").nth(2).click()
    saved(phone)
    assert list(room.levels().values()) == [2]
    phone.wait_for_timeout(700)  # the card moves on
    installation.kill()
    phone.locator(".level").nth(4).click()  # nobody listens
    expect(phone.locator(".state")).to_contain_text("kept on this phone", timeout=15_000)
    installation.start()
    expect(phone.locator(".state")).to_have_text("Saved", timeout=60_000)
    assert sorted(room.levels().values()) == [2, 4]

    # tapped without a connection, then reloaded: sent from what the phone has kept
    phone.wait_for_timeout(700)
    phone.context.set_offline(True)
    phone.locator(".level").nth(1).click()
    phone.context.set_offline(False)
    phone.reload()
    phone.locator(".level").first.wait_for()
    saved(phone)
    assert sorted(room.levels().values()) == [1, 2, 4]

    # the same browser that scans again is the same person; another device is by the personal code
    phone.goto(f"{room.address}/?join={room.code}")
    phone.locator(".level").first.wait_for()
    assert "p=" in phone.url
    ((person, answered),) = participants_of(room.database, room.workshop.id)
    assert answered == 3
    second = visit(f"?join={room.code}", phone=True, base=room.address)
    second.get_by_label("Your name").fill("bea")
    second.get_by_label("Your team").click()
    second.get_by_text("Sales", exact=True).click()
    second.get_by_role("button", name="Join").click()
    second.get_by_role("textbox", name="Your personal code").fill(person.personal_code)
    second.get_by_role("button", name="Join").click()
    second.locator(".level").first.wait_for()
    second.locator(".level").nth(0).click()
    saved(second)
    assert len(participants_of(room.database, room.workshop.id)) == 1
    assert len(answers_of(room.database, person.id)) == 4


def test_a_comment_and_a_skip_are_kept(visit, room):
    phone = join(visit, room, "Bea")
    phone.get_by_role("button", name="Comment").click()
    phone.locator("textarea").fill("Within <4> hours")
    phone.wait_for_timeout(1000)
    phone.locator(".level").nth(2).click()
    saved(phone)
    phone.get_by_role("button", name="Next").click()
    phone.get_by_role("button", name="Not my subject").click()
    saved(phone)
    person = participants_of(room.database, room.workshop.id)[0][0]
    first, second = answers_of(room.database, person.id).values()

    assert {(first.level, first.comment), (second.level, second.comment)} == {(2, "Within <4> hours"), (None, "")}
    assert first.skipped != second.skipped


def test_a_code_opens_the_vote_and_nothing_else(visit, room):
    phone = join(visit, room, "Bea")
    assert phone.get_by_test_id("stSidebarNav").count() == 0
    phone.goto(f"{room.address}/projects?{phone.url.partition('?')[2]}")
    expect(phone.locator(".level")).to_have_count(5, timeout=30_000)  # the vote, whatever page was asked for
    assert phone.get_by_text("Duplicate").count() == 0
    phone.goto(f"{room.address}/?join=ZZZZZZ")
    phone.get_by_text("This code opens no workshop").wait_for()
    phone.get_by_label("Code").fill(room.code.lower())
    phone.get_by_role("button", name="Continue").click()
    phone.get_by_label("Your name").or_(phone.locator(".level").first).first.wait_for()
