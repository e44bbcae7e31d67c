"""The agenda: what is planned from items, teams, time and pace, and what the room's pace makes of it."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd
import pytest

from workshops.model import ProjectError
from workshops.prepare.agenda import (
    Agenda,
    Session,
    Settings,
    change_session,
    concerned_teams,
    discussed_in,
    forecast,
    in_order,
    minutes_for,
    over_time,
    place_session,
    plan,
    timetable,
)

# one day of 3 hours without breaks: 180 - 15 to wrap up = 165 minutes of work
SHORT = Settings(days=1, start=540, end=720, lunch=0, pause=0, opening=5, discuss=5, accept=1)
ITEMS = {"a": [f"a{n}" for n in range(20)], "b": [f"b{n}" for n in range(20)]}
TEAMS = {item: ("sales",) if item[0] == "a" else ("service", "it") for items in ITEMS.values() for item in items}


def importance(**values: float) -> pd.Series:
    return pd.Series({item: values.get(item, 0.0) for items in ITEMS.values() for item in items})


def test_the_time_decides_how_much_is_talked_about():
    """165 - 20 of welcome = 145; two openings 10, 40 items at 1 = 40: 95 left, an item more costs 4: 23 items."""
    agenda = plan(ITEMS, TEAMS, importance(), SHORT)

    assert sum(one.discuss for one in agenda.sessions) == 23
    assert [one.discuss for one in agenda.sessions] == [12, 11]  # equals are taken from every domain in turn
    assert [one.minutes for one in agenda.sessions] == [5 + 12 * 5 + 8, 5 + 11 * 5 + 9]
    assert over_time(agenda) == {}


def test_what_matters_most_is_talked_about_first():
    agenda = plan(ITEMS, TEAMS, importance(b7=0.5, b3=0.9, a19=0.7), SHORT)

    assert agenda.session("b").items[:2] == ("b3", "b7")
    assert agenda.session("a").items[0] == "a19"
    assert {"b3", "b7", "a19"} <= {item for one in agenda.sessions for item in one.discussed}
    assert set(agenda.session("a").discussed) | set(agenda.session("a").accepted) == set(ITEMS["a"])


def test_with_too_little_time_everything_is_accepted_in_a_batch():
    agenda = plan(ITEMS, TEAMS, importance(), dataclasses.replace(SHORT, end=540 + 80))

    assert [one.discuss for one in agenda.sessions] == [0, 0]


@pytest.mark.parametrize("days", [2, 3, 4, 5])
def test_days_hold_and_are_alike(functional_map, days):
    items = {domain.id: [item.id for item in domain.items] for domain in functional_map.domains}
    teams = {item.id: item.teams for item in functional_map.items.values()}
    agenda = plan(items, teams, pd.Series(dtype=float), Settings(days=days))

    assert over_time(agenda) == {}
    assert {one.day for one in agenda.sessions} == set(range(1, days + 1))
    assert [one.day for one in agenda.sessions] == sorted(one.day for one in agenda.sessions)
    assert sorted(item for one in agenda.sessions for item in one.items) == sorted(functional_map.items)


def test_the_longest_day_is_as_short_as_it_can_be():
    """Sessions of 60, 60, 60, 120 and 60 minutes in two days: 180 and 180."""
    sessions = {f"d{n}": [f"d{n}i{k}" for k in range(size)] for n, size in enumerate((1, 1, 1, 2, 1))}
    settings = Settings(days=2, opening=0, discuss=60, accept=0.1, lunch=0, pause=0)
    agenda = plan(sessions, {}, pd.Series(dtype=float), settings)

    assert [(one.minutes, one.day) for one in agenda.sessions] == [(60, 1), (60, 1), (60, 1), (120, 2), (60, 2)]


def test_a_team_is_invited_from_a_third_of_the_items_on():
    teams = {"x": ("sales", "it"), "y": ("sales",), "z": ("service",), "u": ("sales",)}

    assert concerned_teams(["x", "y", "z"], teams) == ("sales", "it", "service")  # 2, 1 and 1 of 3
    assert concerned_teams(["x", "y", "z", "u"], teams) == ("sales",)  # 3, and 1 and 1 of 4


def test_minutes_and_items_follow_each_other():
    """5 + 3 x 5 + 7 x 1 = 27 minutes; in 30 minutes there are still 3 items, in 31 there are 4."""
    assert minutes_for(3, 10, SHORT) == 27
    assert [discussed_in(minutes, 10, SHORT) for minutes in (10, 27, 30, 31, 500)] == [0, 3, 3, 4, 10]


def test_a_session_is_changed_by_hand():
    agenda = plan(ITEMS, TEAMS, importance(), SHORT)
    longer = change_session(agenda, "a", discuss=20)
    shorter = change_session(agenda, "a", minutes=45)

    assert longer.session("a").minutes == 105 and longer.session("b") == agenda.session("b")
    assert (shorter.session("a").discuss, shorter.session("a").minutes) == (5, 45)  # (45 - 5 - 20) / 4
    assert over_time(longer) == {1: 20 + 105 + 69 + 15 - 180}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"day": 2}, "agenda.problem.day"),
        ({"discuss": 21}, "agenda.problem.discuss"),
        ({"minutes": 2}, "agenda.problem.minutes"),
    ],
)
def test_a_change_that_cannot_be_is_refused(changes, problem):
    with pytest.raises(ProjectError) as caught:
        change_session(plan(ITEMS, TEAMS, importance(), SHORT), "a", **changes)

    assert caught.value.problems[0][0] == problem


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"days": 6}, "agenda.problem.days"),
        ({"start": 1020, "end": 540}, "agenda.problem.hours"),
        ({"end": 600}, "agenda.problem.short"),
        ({"accept": 5.0, "discuss": 4.0}, "agenda.problem.pace"),
        ({"lunch": 300}, "agenda.problem.breaks"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(changes, problem):
    with pytest.raises(ProjectError) as caught:
        plan(ITEMS, TEAMS, importance(), dataclasses.replace(Settings(), **changes))

    assert problem in [key for key, _ in caught.value.problems]


def test_a_session_takes_the_place_and_the_day_of_another():
    agenda = Agenda(
        Settings(days=2),
        tuple(Session(one, one, day, (), ("x",), 1, 30) for one, day in zip("abcd", (1, 1, 2, 2), strict=True)),
    )

    assert [(one.id, one.day) for one in place_session(agenda, "a", 3).sessions] == [
        ("b", 1),
        ("c", 2),
        ("a", 2),
        ("d", 2),
    ]
    assert [(one.id, one.day) for one in place_session(agenda, "d", 1).sessions] == [
        ("d", 1),
        ("a", 1),
        ("b", 1),
        ("c", 2),
    ]
    assert place_session(agenda, "d", 99) == agenda
    # a changed day alone: the session joins the end of what stands before the next day
    moved = in_order(change_session(agenda, "a", day=2))
    assert [(one.id, one.day) for one in moved.sessions] == [("b", 1), ("a", 2), ("c", 2), ("d", 2)]


def test_the_day_has_its_pauses_and_its_lunch():
    """9:00 welcome, 9:20-10:40, a pause, 10:55-12:15, lunch until 13:15, 13:15-14:35, wrap-up until 14:50."""
    sessions = tuple(Session(name, name, 1, (), ("x",), 1, 80) for name in "abc")
    slots = timetable(Agenda(Settings(days=1), sessions))

    assert [(slot.kind, slot.start, slot.end) for slot in slots] == [
        ("welcome", 540, 560),
        ("session", 560, 640),
        ("pause", 640, 655),
        ("session", 655, 735),
        ("lunch", 735, 795),
        ("session", 795, 875),
        ("wrap-up", 875, 890),
    ]


def test_an_agenda_is_read_back_as_it_was_written():
    agenda = plan(ITEMS, TEAMS, importance(a3=1.0), SHORT)

    assert Agenda.from_json(agenda.to_json()) == agenda


NINE = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


def test_the_pace_of_the_room_forecasts_the_end():
    """Ten items at 5 minutes, none in a batch: 55 minutes planned with the opening. After 35 minutes three are agreed,
    at 10 minutes each: the pace is (30 + 2 x 5) / 5 = 8; seven items left take 56 minutes: 10:31 instead of 9:55. Of those
    minutes 20 are left: two items at 8 and five in the batch at 1 make 21, one at 8 and six make 14: six are proposed."""
    session = Session("a", "a", 1, (), tuple(f"a{n}" for n in range(10)), 10, 55)
    found = forecast(
        session,
        SHORT,
        started=NINE,
        now=NINE + dt.timedelta(minutes=35),
        settled=["a0", "a1", "a2"],
        seconds={"a0": 600, "a1": 600, "a2": 600},
        importance=pd.Series({f"a{n}": float(n) for n in range(10)}),
    )

    assert found.minutes_per_item == pytest.approx(8)
    assert found.late == 36
    assert found.accept == ("a3", "a4", "a5", "a6", "a7", "a8")  # the least important first
    assert len(found.left) == 7


def test_in_time_nothing_is_proposed_for_the_batch():
    session = Session("a", "a", 1, (), ("a0", "a1", "a2"), 2, 60)
    found = forecast(session, SHORT, started=NINE, now=NINE, settled=[], seconds={}, importance=pd.Series(dtype=float))

    # 2 x 5 + 1 x 1 = 11 minutes of 60
    assert (found.late, found.accept) == (11 - 60, ())
