"""Join codes and personal codes: they open one room, they end, and nobody gets in by trying."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from functional_map.load import load_map
from tests.conftest import ROOT
from tests.test_access import go, pages_of_app
from workshops.access import AT_HOME
from workshops.model import ProjectError
from workshops.prepare.sample import create_sample
from workshops.store import attempts, schema, votes
from workshops.store.database import database_url, open_database, utc_now
from workshops.store.projects import create_project, read_project

DAY = dt.timedelta(days=1)


@pytest.fixture
def room(database):
    project_id = create_project(database, AT_HOME, name="P", client="", edition_id="2026", weights={"a": 1.0})
    return votes.open_workshop(database, AT_HOME, project_id)


def problem(act) -> str:
    with pytest.raises(ProjectError) as caught:
        act()
    return caught.value.problems[0][0]


def join(database, code: str, **named) -> str:
    return votes.join(database, code, **({"name": "Bea", "team": "sales", "teams": ["sales"]} | named))


def pass_time(database, moment: dt.datetime) -> None:
    """The room's code ends at a moment."""
    with database.writing() as connection:
        connection.execute(schema.workshop.update().values(code_ends_at=moment))


# ---------------------------------------------------------------- a code ends


def test_a_code_opens_for_thirty_days_and_then_nobody_joins(database, room):
    assert 29 * DAY < room.code_ends_at - utc_now() <= 30 * DAY
    token = join(database, room.code)
    pass_time(database, utc_now() - dt.timedelta(seconds=1))

    assert problem(lambda: join(database, room.code, name="Zoe")) == "join.problem.expired"
    assert problem(lambda: votes.try_code(database, room.code, "10.0.0.9")) == "join.problem.expired"
    found = votes.participant_by_token(database, room.code, token)  # who has joined stays
    assert found[1].name == "Bea"


@pytest.mark.parametrize(
    "use",
    [
        lambda d, room: votes.run_session(d, AT_HOME, room.id, "s1"),
        lambda d, room: votes.set_accepting(d, AT_HOME, room.id, True),
        lambda d, room: votes.renew_code(d, AT_HOME, room.id),
    ],
    ids=["a session starts", "the room opens", "another code"],
)
def test_a_room_that_is_used_goes_on(database, room, use):
    pass_time(database, utc_now() - DAY)
    use(database, room)
    now = votes.workshop_of(database, room.project_id)

    assert not now.has_ended and now.code_ends_at > utc_now() + 29 * DAY
    assert join(database, now.code)


def test_closing_a_room_or_ending_a_session_prolongs_nothing(database, room):
    votes.run_session(database, AT_HOME, room.id, "s1")
    pass_time(database, utc_now() - DAY)
    votes.set_accepting(database, AT_HOME, room.id, False)
    votes.run_session(database, AT_HOME, room.id, "")

    assert votes.workshop_of(database, room.project_id).has_ended


def test_a_revoked_code_opens_nothing(database, room):
    code = votes.renew_code(database, AT_HOME, room.id)

    assert code != room.code and votes.try_code(database, room.code, "10.0.0.9") is None
    assert problem(lambda: join(database, room.code)) == "join.problem.code"
    assert votes.try_code(database, code, "10.0.0.9").id == room.id


def test_a_code_is_one_of_nine_hundred_million():
    made = {schema.new_code() for _ in range(2_000)}

    assert len(made) > 1_990 and len(schema.CODE_LETTERS) ** schema.CODE_LENGTH == 887_503_681
    assert all(len(one) == 6 and set(one) <= set(schema.CODE_LETTERS) for one in made)


# ---------------------------------------------------------------- trying


def test_sixty_wrong_codes_from_one_address_then_even_the_right_one_waits(database, room):
    for number in range(60):
        assert votes.try_code(database, f"AAA{number:03}", "10.0.0.9") is None
    assert problem(lambda: votes.try_code(database, room.code, "10.0.0.9")) == "join.problem.wait"
    assert votes.try_code(database, room.code, "10.0.0.7").id == room.id  # the others go on


def test_right_codes_and_an_empty_one_are_not_counted(database, room):
    for _ in range(70):
        assert votes.try_code(database, room.code, "10.0.0.9") and votes.try_code(database, "", "10.0.0.9") is None

    assert votes.try_code(database, room.code, "10.0.0.9")


def test_who_waited_gets_in(database, room, monkeypatch):
    for _ in range(60):
        votes.try_code(database, "AAAAAA", "10.0.0.9")
    later = utc_now() + dt.timedelta(minutes=15, seconds=1)
    monkeypatch.setattr(attempts, "utc_now", lambda: later)

    assert votes.try_code(database, room.code, "10.0.0.9").id == room.id


def test_five_wrong_personal_codes_then_even_the_right_one_waits(database, room):
    join(database, room.code)
    right = votes.participants_of(database, room.id)[0][0].personal_code
    wrong = [join_problem(database, room, "222222") for _ in range(5)]

    assert wrong == ["join.problem.personal_code"] * 5
    assert join_problem(database, room, right) == "join.problem.wait"
    # spelling the name in another way is the same person, and no way round
    assert join_problem(database, room, right, name=" béa ") == "join.problem.wait"
    join(database, room.code, name="Zoe")  # nobody else waits


def join_problem(database, room, personal_code: str, **named) -> str:
    return problem(lambda: join(database, room.code, personal_code=personal_code, **named))


TRIES = """
import sys
from workshops.model import ProjectError
from workshops.store import accounts, votes
from workshops.store.database import open_database
database, code = open_database(sys.argv[1]), sys.argv[2]
for number in range(30):
    votes.try_code(database, "AAAAAA", "10.0.0.9")
for number in range(3):
    for act in (
        lambda: votes.join(database, code, name="Bea", team="sales", teams=["sales"], personal_code="222222"),
        lambda: accounts.sign_in(database, "ada@example.org", "a guess"),
    ):
        try:
            act()
        except ProjectError:
            pass
"""


def test_tries_are_counted_for_all_processes_together(database, room):
    """Two processes: 30 wrong codes each are 60; 3 and 2 personal codes, or passwords, are 5."""
    from workshops.store import accounts

    join(database, room.code)
    for _ in range(30):
        votes.try_code(database, "AAAAAA", "10.0.0.9")
    url = database.url.render_as_string(hide_password=False)
    subprocess.run([sys.executable, "-c", TRIES, url, room.code], cwd=ROOT, check=True)

    assert problem(lambda: votes.try_code(database, room.code, "10.0.0.9")) == "join.problem.wait"
    said = [join_problem(database, room, "222222") for _ in range(3)]
    assert said == ["join.problem.personal_code"] * 2 + ["join.problem.wait"]
    said = [problem(lambda: accounts.sign_in(database, "ada@example.org", "a guess")) for _ in range(3)]
    assert said == ["sign_in.problem.wrong"] * 2 + ["sign_in.problem.wait"]


def test_tries_leave_no_code_and_no_address_behind(database, room):
    votes.try_code(database, "SECRET", "10.0.0.9")
    with database.reading() as connection:
        kept = str(connection.execute(sa.select(schema.attempt)).all())

    assert "SECRET" not in kept and "10.0.0.9" not in kept and len(kept) > 64


# ---------------------------------------------------------------- as a phone sees it


@pytest.fixture
def project(installed):
    database = open_database(database_url())
    return database, create_sample(database, AT_HOME, load_map(2026), "2027-test", "en")


def phone(**address: str) -> AppTest:
    app = AppTest.from_file("../app.py", default_timeout=60)
    for name, value in (address | {"language": "en"}).items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def test_the_phone_says_what_is_wrong_with_a_code_and_asks_for_another(project, monkeypatch):
    database, project_id = project
    monkeypatch.setattr(
        "workshops.people.sign_in_widgets.address", lambda: "10.0.0.9"
    )  # a mock of its own in every AppTest
    room = votes.open_workshop(database, AT_HOME, project_id)
    name = read_project(database, project_id).name
    app = phone(join=room.code)
    assert app.text_input(key="vote_name") and name in str([one.value for one in app.html])
    pass_time(database, utc_now() - DAY)
    app = phone(join=room.code)
    assert "This code has expired" in app.error[0].value and app.text_input(key="vote_code")
    assert name not in str([one.value for one in app.html])  # whose room it was is not told any more
    app = phone(join="ZZZZZZ")
    assert "opens no workshop" in app.error[0].value and app.text_input(key="vote_code")
    monkeypatch.setattr(votes, "MOST_WRONG_CODES", 1)  # the one above
    assert "Too many wrong codes" in phone(join="ZZZZZZ").error[0].value


def test_a_participant_reads_what_is_stored_and_finds_the_way_back(project):
    database, project_id = project
    room = votes.open_workshop(database, AT_HOME, project_id)
    token = votes.join(database, room.code, name="Bea", team="sales", teams=["sales"])
    app = phone(join=room.code, p=token)
    app.switch_page("workshops/people/privacy_page.py").run()

    assert not app.exception and app.title[0].value == "Privacy"
    assert "Name, team, votes, scores and comments of participants" in str([one.value for one in app.html])


def test_a_participant_gets_no_page_but_their_own(project):
    """Asked for any page of the application as a browser asks, they get the vote, the score or what is stored."""
    database, project_id = project
    room = votes.open_workshop(database, AT_HOME, project_id)
    token = votes.join(database, room.code, name="Bea", team="sales", teams=["sales"])
    app = phone(join=room.code, p=token)
    shown = {}
    for page, (address, _) in pages_of_app().items():
        go(app, page)
        shown[address] = [one.value for one in app.title]
        assert app.session_state["person"].role == "participant"
        assert not app.sidebar.children and "project" not in app.session_state

    assert {address: titles for address, titles in shown.items() if titles} == {
        "privacy": ["Privacy"],
        "score": ["Score the demonstration"],
    }
