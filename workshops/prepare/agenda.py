"""Two to five days of workshops, planned from the items in scope, the teams, the time there is and the pace.

What can change the shortlist is talked about; the rest is accepted in a batch. The time decides how much is the first.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workshops.model import ProjectError

FEWEST_DAYS, MOST_DAYS = 1, 5
WELCOME, WRAP_UP = 20, 15  # minutes at the start of the first day, and at the end of each
SITTING = 75  # minutes after which a pause is due
NOON = 12 * 60
CONCERNED = 1 / 3  # a team is concerned by a session when at least this share of its items is theirs


@dataclass(frozen=True)
class Settings:
    """The time there is, and how fast it is used; times of day are minutes after midnight."""

    days: int = 3
    start: int = 9 * 60
    end: int = 17 * 60
    lunch: int = 60
    pause: int = 15
    opening: float = 5.0  # minutes to open a session
    discuss: float = 4.0  # minutes for an item that is talked about
    accept: float = 0.25  # minutes for an item that is accepted in a batch

    def problems(self) -> list[tuple[str, dict[str, Any]]]:
        """What is wrong with it, as ids of sentences with their values."""
        found: list[tuple[str, dict[str, Any]]] = []
        if not FEWEST_DAYS <= self.days <= MOST_DAYS:
            found.append(("agenda.problem.days", {"least": FEWEST_DAYS, "most": MOST_DAYS}))
        if not 0 <= self.start < self.end <= 24 * 60:
            found.append(("agenda.problem.hours", {}))
        elif self.minutes_of_a_day < 60:
            found.append(("agenda.problem.short", {}))
        if not (0 <= self.lunch <= 180 and 0 <= self.pause <= 60):
            found.append(("agenda.problem.breaks", {}))
        if not (0 < self.accept < self.discuss <= 60 and 0 <= self.opening <= 60):
            found.append(("agenda.problem.pace", {}))
        return found

    @property
    def minutes_of_a_day(self) -> float:
        """Minutes of work in a day: without lunch, pauses and the wrap-up."""
        present = self.end - self.start - self.lunch - WRAP_UP
        return present - self.pause * max(0, present // (SITTING + self.pause) - 1)


@dataclass(frozen=True)
class Session:
    """One domain in one sitting: the first items are talked about, the rest is accepted in a batch."""

    id: str
    domain: str
    day: int  # from 1
    teams: tuple[str, ...]
    items: tuple[str, ...]  # the most decisive first
    discuss: int  # how many of them are talked about
    minutes: int

    @property
    def discussed(self) -> tuple[str, ...]:
        return self.items[: self.discuss]

    @property
    def accepted(self) -> tuple[str, ...]:
        return self.items[self.discuss :]


@dataclass(frozen=True)
class Agenda:
    """The sessions in their order, with the settings that they were planned with."""

    settings: Settings
    sessions: tuple[Session, ...]

    def session(self, session_id: str) -> Session | None:
        return next((one for one in self.sessions if one.id == session_id), None)

    def session_of(self, item_id: str) -> Session | None:
        return next((one for one in self.sessions if item_id in one.items), None)

    def to_json(self) -> dict[str, Any]:
        return {
            "settings": dataclasses.asdict(self.settings),
            "sessions": [dataclasses.asdict(one) for one in self.sessions],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Agenda:
        settings = {name: raw["settings"][name] for name in Settings.__dataclass_fields__ if name in raw["settings"]}
        sessions = [
            Session(**{**one, "teams": tuple(one["teams"]), "items": tuple(one["items"])}) for one in raw["sessions"]
        ]
        return cls(Settings(**settings), tuple(sessions))


@dataclass(frozen=True)
class Slot:
    """A piece of a day, as it stands on the printed agenda."""

    day: int
    start: int  # minutes after midnight
    end: int
    kind: str  # welcome, session, pause, lunch, wrap-up
    session: Session | None = None


def plan(
    items_of: Mapping[str, Iterable[str]],
    teams_of: Mapping[str, Iterable[str]],
    importance: pd.Series,
    settings: Settings = Settings(),
) -> Agenda:
    """Propose sessions that fill the time there is.

    items_of    domain -> its items in scope, in the order of the map
    teams_of    item -> teams that it concerns
    importance  item -> how much it can change the result; the most important items are talked about

    Raises ProjectError for settings that cannot be used.
    """
    if problems := settings.problems():
        raise ProjectError(problems)
    domains = {domain: _ranked(items, importance) for domain, items in items_of.items()}
    kept_free = 0.0
    for _ in range(
        12
    ):  # pauses fall where sessions end, so a full day may run over: a little less is talked about then
        agenda = _planned(domains, teams_of, _talked_about(domains, importance, settings, kept_free), settings)
        over = over_time(agenda)
        if not over or not any(one.discuss for one in agenda.sessions):
            break
        kept_free += max(sum(over.values()), 15)
    return agenda


def _planned(
    domains: Mapping[str, list[str]], teams_of: Mapping[str, Iterable[str]], talked: set[str], settings: Settings
) -> Agenda:
    sessions = []
    for domain, items in domains.items():
        # the items to talk about lead, however ties fell
        ordered = tuple(sorted(items, key=lambda item: item not in talked))
        count = sum(item in talked for item in items)
        minutes = minutes_for(count, len(items), settings)
        sessions.append(Session(domain, domain, 1, concerned_teams(items, teams_of), ordered, count, minutes))
    days = _days([one.minutes for one in sessions], settings.days)
    return Agenda(settings, tuple(dataclasses.replace(one, day=day) for one, day in zip(sessions, days, strict=True)))


def minutes_for(discussed: int, items: int, settings: Settings) -> int:
    """Minutes of a session in which some of the items are talked about."""
    return round(settings.opening + discussed * settings.discuss + (items - discussed) * settings.accept)


def discussed_in(minutes: float, items: int, settings: Settings) -> int:
    """How many items of a session can be talked about in some minutes."""
    left = minutes - settings.opening - items * settings.accept
    return max(0, min(items, int((left + 1e-9) // (settings.discuss - settings.accept))))


def concerned_teams(items: Iterable[str], teams_of: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The teams to invite, the most concerned first."""
    items = list(items)
    counts: dict[str, int] = {}
    for item in items:
        for team in teams_of.get(item, ()):
            counts[team] = counts.get(team, 0) + 1
    invited = [team for team, count in counts.items() if count >= CONCERNED * len(items)]
    return tuple(sorted(invited, key=lambda team: -counts[team]))


def timetable(agenda: Agenda) -> list[Slot]:
    """The days hour by hour: a pause when people have sat long enough, lunch around noon, a wrap-up at the end."""
    slots: list[Slot] = []
    for day in range(1, agenda.settings.days + 1):
        sessions = [one for one in agenda.sessions if one.day == day]
        if sessions:
            slots += _day(day, sessions, agenda.settings)
    return slots


def over_time(agenda: Agenda) -> dict[int, int]:
    """day -> minutes by which its sessions run over; days that hold are left out."""
    ends = {slot.day: slot.end for slot in timetable(agenda)}
    return {day: end - agenda.settings.end for day, end in ends.items() if end > agenda.settings.end}


def change_session(agenda: Agenda, session_id: str, **changes: Any) -> Agenda:
    """Change a session by hand: the minutes follow the number of items talked about, or the other way round.

    Raises ProjectError for a value that cannot be used.
    """
    old, problems = agenda.session(session_id), []
    if old is None:
        raise ProjectError([("agenda.problem.session", {})])
    if not 1 <= changes.get("day", old.day) <= agenda.settings.days:
        problems.append(("agenda.problem.day", {"most": agenda.settings.days}))
    if not 0 <= changes.get("discuss", old.discuss) <= len(old.items):
        problems.append(("agenda.problem.discuss", {"most": len(old.items)}))
    if not 5 <= changes.get("minutes", old.minutes) <= 600:
        problems.append(("agenda.problem.minutes", {}))
    if problems:
        raise ProjectError(problems)
    if "discuss" in changes and "minutes" not in changes:
        changes["minutes"] = minutes_for(changes["discuss"], len(old.items), agenda.settings)
    elif "minutes" in changes and "discuss" not in changes:
        changes["discuss"] = discussed_in(changes["minutes"], len(old.items), agenda.settings)
    new = dataclasses.replace(old, **changes)
    return dataclasses.replace(agenda, sessions=tuple(new if one.id == session_id else one for one in agenda.sessions))


def place_session(agenda: Agenda, session_id: str, position: int) -> Agenda:
    """Put a session at a position (from 1) among all; it takes the day of the session that stood there."""
    order = list(agenda.sessions)
    at = next(place for place, one in enumerate(order) if one.id == session_id)
    to = min(max(position - 1, 0), len(order) - 1)
    day = order[to].day
    session = order.pop(at)
    order.insert(to, dataclasses.replace(session, day=day))
    return dataclasses.replace(agenda, sessions=tuple(order))


def in_order(agenda: Agenda) -> Agenda:
    """The sessions by day, in the order they stand in."""
    return dataclasses.replace(agenda, sessions=tuple(sorted(agenda.sessions, key=lambda one: one.day)))


# ---------------------------------------------------------------- in the room


@dataclass(frozen=True)
class Forecast:
    """Where a running session stands."""

    left: tuple[str, ...]  # items still to be talked about
    minutes_per_item: float
    end: dt.datetime  # at this pace
    planned_end: dt.datetime
    accept: tuple[str, ...]  # what to accept in a batch instead, to be on time

    @property
    def late(self) -> int:
        """Minutes behind the plan; negative when ahead."""
        return round((self.end - self.planned_end).total_seconds() / 60)


def forecast(
    session: Session,
    settings: Settings,
    *,
    started: dt.datetime,
    now: dt.datetime,
    settled: Iterable[str],
    seconds: Mapping[str, float],
    importance: pd.Series,
) -> Forecast:
    """When the session ends at the pace of the room, and what to accept in a batch to end on time.

    settled   items that are agreed
    seconds   item -> how long it was talked about, for those that were
    importance  item -> how much it can change the result; what matters least is proposed for the batch first

    The pace is the mean of the items talked about so far, with the planned pace counted as two items.
    """
    done = set(settled)
    left = tuple(item for item in session.discussed if item not in done)
    batch = sum(item not in done for item in session.accepted)
    talked = [seconds[item] for item in session.items if seconds.get(item) and item in done]
    pace = (sum(talked) / 60 + 2 * settings.discuss) / (len(talked) + 2)
    planned_end = started + dt.timedelta(minutes=session.minutes)

    def end(discussed: int, accepted: int) -> dt.datetime:
        return now + dt.timedelta(minutes=discussed * pace + accepted * settings.accept)

    spare = sorted(left, key=lambda item: importance.get(item, 0.0))
    count = 0
    while count < len(spare) and end(len(left) - count, batch + count) > planned_end:
        count += 1
    return Forecast(left, pace, end(len(left), batch), planned_end, tuple(spare[:count]))


# ---------------------------------------------------------------- inside


def _ranked(items: Iterable[str], importance: pd.Series) -> list[str]:
    """The most important first; equals stay in the order of the map."""
    return sorted(items, key=lambda item: -float(importance.get(item, 0.0)))


def _talked_about(
    domains: Mapping[str, list[str]], importance: pd.Series, settings: Settings, kept_free: float
) -> set[str]:
    """As many of the most important items as the time allows; equals are taken from every domain in turn."""
    every = [
        (-float(importance.get(item, 0.0)), place, item)
        for items in domains.values()
        for place, item in enumerate(items)
    ]
    there_is = settings.days * settings.minutes_of_a_day - WELCOME - kept_free
    needed = len(domains) * settings.opening + len(every) * settings.accept
    count = int(max(0.0, there_is - needed) // (settings.discuss - settings.accept))
    return {item for _, _, item in sorted(every, key=lambda one: one[:2])[:count]}


def _days(minutes: list[int], days: int) -> list[int]:
    """The day of each session, in order, so that the longest day is as short as it can be."""
    total = [0]
    for one in minutes:
        total.append(total[-1] + one)
    count, days = len(minutes), min(days, len(minutes))
    # best[k][i]: the longest day when the first i sessions fill k days
    best = [[0.0 if i == k == 0 else float("inf") for i in range(count + 1)] for k in range(days + 1)]
    cut = [[0] * (count + 1) for _ in range(days + 1)]
    for k in range(1, days + 1):
        for i in range(k, count + 1):
            for j in range(k - 1, i):
                longest = max(best[k - 1][j], total[i] - total[j])
                if longest < best[k][i]:
                    best[k][i], cut[k][i] = longest, j
    found, end = [0] * count, count
    for k in range(days, 0, -1):
        start = cut[k][end]
        found[start:end] = [k] * (end - start)
        end = start
    return found


def _day(day: int, sessions: list[Session], settings: Settings) -> list[Slot]:
    slots: list[Slot] = []
    time = float(settings.start)

    def add(kind: str, minutes: float, session: Session | None = None) -> None:
        nonlocal time
        slots.append(Slot(day, round(time), round(time + minutes), kind, session))
        time += minutes

    if day == 1:
        add("welcome", WELCOME)
    sat, fed = time - settings.start, settings.lunch == 0
    for place, session in enumerate(sessions):
        # lunch before a session that would end further behind noon than it starts before it
        if not fed and place and time + session.minutes / 2 > NOON + 15 and time >= NOON - 60:
            add("lunch", settings.lunch)
            sat, fed = 0.0, True
        elif settings.pause and sat >= SITTING:
            add("pause", settings.pause)
            sat = 0.0
        add("session", session.minutes, session)
        sat += session.minutes
        if not fed and time >= NOON:
            add("lunch", settings.lunch)
            sat, fed = 0.0, True
    add("wrap-up", WRAP_UP)
    return slots
