"""Workshops, participants and votes, on SQLite and on PostgreSQL."""

from __future__ import annotations

import dataclasses
import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

import workshops.store.votes as votes_module
from workshops.access import AT_HOME, NotAllowedError, Person
from workshops.model import ProjectError
from workshops.rooms.room import Answer, batches
from workshops.store import schema
from workshops.store.projects import StaleError, create_project, delete_project, history, read_project
from workshops.store.transfer import project_file, restore_project
from workshops.store.votes import (
    answers_of,
    counters,
    counters_of_participant,
    discussions_of,
    join,
    open_workshop,
    participant_by_token,
    participants_of,
    remove_participant,
    renew_code,
    reveal,
    run_session,
    save_agenda,
    save_answers,
    set_accepting,
    settle,
    show_item,
    votes_of,
    workshop_by_code,
    workshop_of,
)

ME = dataclasses.replace(AT_HOME, name="Ada")
READER = Person("r", "Reader", "team")
ITEMS = ("sla", "invoicing", "notes")
TEAMS = ("sales", "service")


@pytest.fixture
def project_id(database):
    return create_project(database, ME, name="First", client="Acme", edition_id="2026", weights={"a": 1.0})


@pytest.fixture
def room(database, project_id):
    return open_workshop(database, ME, project_id)


def joined(database, room, name="Bea", team="sales", personal_code="") -> tuple[str, Person]:
    """The token of a new browser, and the person that it stands for."""
    token = join(database, room.code, name=name, team=team, teams=TEAMS, personal_code=personal_code)
    _, participant = participant_by_token(database, room.code, token)
    return token, Person(participant.id, participant.name, "participant")


def problem(attempt) -> str:
    with pytest.raises(ProjectError) as caught:
        attempt()
    return caught.value.problems[0][0]


def test_a_project_has_one_room(database, project_id, room):
    assert open_workshop(database, ME, project_id) == room == workshop_of(database, project_id)
    assert workshop_by_code(database, f" {room.code[:3].lower()}-{room.code[3:].lower()}") == room  # as people type it
    assert workshop_by_code(database, "nonsense") is None
    assert workshop_of(database, "nobody") is None
    assert problem(lambda: open_workshop(database, ME, "nobody")) == "project.problem.gone"


def test_a_token_is_one_person_in_one_room(database, room):
    token, person = joined(database, room)
    workshop, participant = participant_by_token(database, room.code, token)

    assert (workshop.id, participant.name, participant.team) == (room.id, "Bea", "sales")
    assert participant_by_token(database, "AAAAAA", token) is None
    assert participant_by_token(database, room.code, token + "x") is None
    with database.reading() as connection:  # who reads the database cannot vote for somebody
        assert connection.scalar(sa.select(schema.device.c.token_hash)) != token
    assert person.may("vote") and not person.may("read-project")


def test_a_second_device_is_the_same_person_by_the_personal_code(database, room):
    _, person = joined(database, room, "Zoé  Martin ")
    code = participants_of(database, room.id)[0][0].personal_code

    # the same name, however it is typed, is not given away
    assert problem(lambda: joined(database, room, "zoe martin")) == "join.problem.taken"
    assert problem(lambda: joined(database, room, "Zoe Martin", personal_code="222222")) == "join.problem.personal_code"
    _, again = joined(database, room, "Zoe Martin", personal_code=f"{code[:3].lower()} {code[3:]}")
    assert again.id == person.id
    _, namesake = joined(database, room, "Zoe Martin", "service")  # another team: another person
    assert namesake.id != person.id


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "  "}, "join.problem.name"),
        ({"name": "x" * 61}, "join.problem.long"),
        ({"team": "pirates"}, "join.problem.team"),
        ({"code": "ZZZZZZ"}, "join.problem.code"),
    ],
)
def test_who_cannot_join_is_told_why(database, room, changes, sentence):
    values = {"code": room.code, "name": "Bea", "team": "sales"} | changes

    assert problem(lambda: join(database, values.pop("code"), teams=TEAMS, **values)) == sentence


def test_an_answer_is_kept_and_its_past_too(database, room):
    _, bea = joined(database, room)
    save_answers(database, bea, ITEMS, [Answer("sla", 2, seq=1)])
    save_answers(database, bea, ITEMS, [Answer("sla", 3, comment="within 4 h", seq=2), Answer("notes", None, True)])

    assert answers_of(database, bea.id) == {
        "sla": Answer("sla", 3, comment="within 4 h", seq=2),
        "notes": Answer("notes", None, True),
    }
    with database.reading() as connection:
        past = connection.execute(sa.select(schema.vote_event.c.level).order_by(schema.vote_event.c.id)).scalars().all()
    assert past == [2, 3, None]


def test_an_answer_that_arrives_late_or_twice_changes_nothing(database, room):
    """Sent 1, 3 and then 2 and 3 again, as a phone does after a lost connection: 3 stays, told once."""
    _, bea = joined(database, room)
    save_answers(database, bea, ITEMS, [Answer("sla", 1, seq=1)])
    save_answers(database, bea, ITEMS, [Answer("sla", 4, seq=3)])
    before = counters_of_participant(database, bea.id), counters(database, room.id)
    save_answers(database, bea, ITEMS, [Answer("sla", 2, seq=2), Answer("sla", 4, seq=3)])

    assert answers_of(database, bea.id)["sla"].level == 4
    assert (counters_of_participant(database, bea.id), counters(database, room.id)) == before
    with database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(schema.vote_event)) == 2


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Answer("sla", 5), "vote.problem.level"),
        (Answer("sla", True), "vote.problem.level"),
        (Answer("sla", 2, skipped=True), "vote.problem.both"),
        (Answer("sla", 2, comment="x" * 1001), "vote.problem.comment"),
        (Answer("sla", 2, seq=0), "vote.problem.seq"),
        (Answer("nonsense", 2), "vote.problem.item"),
    ],
)
def test_a_forged_answer_is_refused_with_all_that_came_with_it(database, room, answer, sentence):
    _, bea = joined(database, room)

    assert problem(lambda: save_answers(database, bea, ITEMS, [Answer("notes", 1), answer])) == sentence
    assert answers_of(database, bea.id) == {}


def test_only_a_participant_votes_and_only_while_the_room_is_open(database, room):
    _, bea = joined(database, room)
    with pytest.raises(NotAllowedError):
        save_answers(database, ME, ITEMS, [Answer("sla", 2)])
    with pytest.raises(NotAllowedError):
        save_answers(database, Person("nobody", "X", "participant"), ITEMS, [Answer("sla", 2)])
    set_accepting(database, ME, room.id, False)

    assert problem(lambda: save_answers(database, bea, ITEMS, [Answer("sla", 2)])) == "vote.problem.closed"
    assert problem(lambda: joined(database, room, "Cem")) == "join.problem.closed"
    set_accepting(database, ME, room.id, True)
    save_answers(database, bea, ITEMS, [Answer("sla", 2)])
    assert answers_of(database, bea.id)["sla"].level == 2


def test_a_participant_leads_nothing(database, room, project_id):
    _, bea = joined(database, room)
    for attempt in (
        lambda who: open_workshop(database, who, project_id),
        lambda who: set_accepting(database, who, room.id, False),
        lambda who: renew_code(database, who, room.id),
        lambda who: show_item(database, who, room.id, "sla"),
        lambda who: reveal(database, who, room.id, ["sla"]),
        lambda who: settle(database, who, room.id, ["sla"]),
        lambda who: run_session(database, who, room.id, "a"),
        lambda who: save_agenda(database, who, room.id, {}, version=0),
        lambda who: remove_participant(database, who, room.id, bea.id),
    ):
        for who in (bea, READER):
            with pytest.raises(NotAllowedError):
                attempt(who)


def test_votes_as_a_table(database, room):
    _, bea = joined(database, room)
    _, cem = joined(database, room, "Cem", "service")
    save_answers(database, bea, ITEMS, [Answer("sla", 2), Answer("notes", 4)])
    save_answers(database, cem, ITEMS, [Answer("sla", 4), Answer("notes", None, True)])
    table = votes_of(database, room.id)

    assert [tuple(row) for row in table[["name", "team", "item"]].itertuples(index=False)] == [
        ("Bea", "sales", "notes"),
        ("Cem", "service", "notes"),
        ("Bea", "sales", "sla"),
        ("Cem", "service", "sla"),
    ]
    assert table["level"].fillna(-1).tolist() == [4, -1, 2, 4]  # a skipped item is no vote
    assert len(votes_of(database, room.id, ["sla"])) == 2
    assert votes_of(database, room.id, []).empty
    assert [(one.name, answered) for one, answered in participants_of(database, room.id)] == [("Bea", 2), ("Cem", 2)]


def test_who_is_removed_counts_no_more_until_taken_back(database, room, project_id):
    token, bea = joined(database, room)
    save_answers(database, bea, ITEMS, [Answer("sla", 2)])
    remove_participant(database, ME, room.id, bea.id)

    assert votes_of(database, room.id).empty
    assert participant_by_token(database, room.code, token) is None
    assert problem(lambda: joined(database, room)) == "join.problem.removed"
    remove_participant(database, ME, room.id, bea.id, removed=False)
    assert votes_of(database, room.id)["level"].tolist() == [2]
    assert [line["action"] for line in history(database, project_id)][:2] == [
        "restore-participant",
        "remove-participant",
    ]


def test_the_projector_counts_time_and_hides_votes(database, room, monkeypatch):
    """Opened at 9:00, left at 9:04, and again from 10:00 to 14:00: 4 minutes and the 20 that a lunch counts at most."""
    clock = [dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)]
    monkeypatch.setattr(votes_module, "utc_now", lambda: clock[0])
    run_session(database, ME, room.id, "service")
    show_item(database, ME, room.id, "sla")
    assert discussions_of(database, room.id)["sla"].opened_at == clock[0]
    clock[0] += dt.timedelta(minutes=4)
    show_item(database, ME, room.id, "notes")
    clock[0] += dt.timedelta(minutes=56)
    show_item(database, ME, room.id, "sla")
    clock[0] += dt.timedelta(hours=4)
    reveal(database, ME, room.id, ["sla"])
    settle(database, ME, room.id, ["sla"])
    show_item(database, ME, room.id, "")

    found = discussions_of(database, room.id)
    assert (found["sla"].seconds, found["sla"].revealed, found["sla"].opened_at) == (24 * 60, True, None)
    assert (found["notes"].seconds, found["notes"].revealed, found["notes"].settled_at) == (20 * 60, False, None)
    assert found["sla"].settled_at == clock[0]
    now_room = workshop_of(database, room.project_id)
    assert (now_room.item_id, now_room.session_id, now_room.revision) == ("", "service", room.revision + 7)
    assert now_room.session_started_at == dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
    run_session(database, ME, room.id, "service")  # goes on
    assert workshop_of(database, room.project_id).session_started_at == now_room.session_started_at
    settle(database, ME, room.id, ["sla"], settled=False)
    assert discussions_of(database, room.id)["sla"].settled_at is None


def test_an_agenda_on_a_stale_screen_is_refused(database, room):
    save_agenda(database, ME, room.id, {"days": 2}, version=0)
    with pytest.raises(StaleError):
        save_agenda(database, ME, room.id, {"days": 3}, version=0)

    assert workshop_of(database, room.project_id).agenda == {"days": 2}


def test_another_code_keeps_those_who_have_joined(database, room):
    token, _ = joined(database, room)
    code = renew_code(database, ME, room.id)

    assert workshop_by_code(database, room.code) is None
    assert participant_by_token(database, code, token)[1].name == "Bea"


def test_many_phones_at_once_lose_nothing(database, room):
    """Twelve people tap 20 items each, with a second tap on every other: each last answer is there, each is counted."""
    names = [f"item-{number}" for number in range(20)]
    people = [joined(database, room, f"P{number}")[1] for number in range(12)]
    before = counters(database, room.id)[1]

    def tap(place: int) -> None:
        for number, name in enumerate(names):
            save_answers(database, people[place], names, [Answer(name, 0, seq=1)])
            if number % 2:
                save_answers(database, people[place], names, [Answer(name, place % 5, seq=2)])

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(tap, range(12)))

    table = votes_of(database, room.id)
    assert len(table) == 12 * 20
    assert counters(database, room.id)[1] == before + 12 * 30
    for place, person in enumerate(people):
        answers = answers_of(database, person.id)
        assert [answers[name].level for name in names] == [place % 5 if number % 2 else 0 for number in range(20)]


def test_a_name_taken_in_the_same_instant_is_one_person(database, room):
    def attempt(_) -> str:
        try:
            return join(database, room.code, name="Bea", team="sales", teams=TEAMS)
        except ProjectError as error:
            return error.problems[0][0]

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(attempt, range(6)))

    assert sorted(results).count("join.problem.taken") == 5
    assert len(participants_of(database, room.id)) == 1


def test_a_deleted_project_takes_its_room_along(database, room, project_id):
    token, bea = joined(database, room)
    save_answers(database, bea, ITEMS, [Answer("sla", 2)])
    show_item(database, ME, room.id, "sla")
    delete_project(database, ME, project_id)

    assert participant_by_token(database, room.code, token) is None
    with database.reading() as connection:
        for table in (schema.participant, schema.device, schema.vote, schema.vote_event, schema.discussion):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_a_restored_project_has_its_votes_and_codes_of_its_own(database, room, project_id):
    token, bea = joined(database, room)
    save_answers(database, bea, ITEMS, [Answer("sla", 2, comment="è")])
    restored = restore_project(database, ME, project_file(database, ME, project_id), editions={"2026"})
    copy = workshop_of(database, restored)

    assert read_project(database, restored) is not None
    assert votes_of(database, copy.id)[["name", "item", "level", "comment"]].values.tolist() == [["Bea", "sla", 2, "è"]]
    assert copy.code != room.code
    assert participant_by_token(database, copy.code, token) is None  # an address opens one room only


def test_batches_are_few_and_nearly_equal():
    """28 items in parts of at most 25: two parts of 14; nothing in, nothing out."""
    names = tuple(f"i{number}" for number in range(28))

    assert [len(part) for part in batches(names)] == [14, 14]
    assert [item for part in batches(names) for item in part] == list(names)
    assert [len(part) for part in batches(names[:25])] == [25]
    assert batches(()) == []
