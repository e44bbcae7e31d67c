"""What a workshop's room is made of: how it is joined, who takes part, what they answer, what stands on the projector."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from functional_map.model import LEVELS

LONGEST_COMMENT = 1_000
LONGEST_PERSON = 60
MOST_PARTICIPANTS = 300
LARGEST_BATCH = 25  # items that a participant is asked at a time
NO_TEAM = "other"


@dataclass(frozen=True)
class Workshop:
    """The room of a project."""

    id: str
    project_id: str
    code: str
    code_ends_at: dt.datetime | None  # nobody joins with the code after that
    accepting: bool  # whether participants may join and answer
    agenda: Mapping[str, Any]
    agenda_version: int
    session_id: str  # of the agenda, "" while none is running
    session_started_at: dt.datetime | None
    item_id: str  # on the projector, "" while none is
    revision: int  # counts what the lead does
    votes: int  # counts answers
    created_at: dt.datetime

    @property
    def has_ended(self) -> bool:
        """Whether the code opens nothing any more."""
        return self.code_ends_at is None or self.code_ends_at < dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Participant:
    """Somebody who votes in one workshop."""

    id: str
    workshop_id: str
    name: str
    team: str
    personal_code: str
    removed: bool
    revision: int  # counts this person's answers
    joined_at: dt.datetime


@dataclass(frozen=True)
class Answer:
    """What a participant says on an item: a level, or that it is not their subject; with or without a comment."""

    item_id: str
    level: int | None
    skipped: bool = False
    comment: str = ""
    seq: int = 1  # counts this person's answers on the item

    @property
    def given(self) -> bool:
        return self.level is not None or self.skipped


@dataclass(frozen=True)
class Discussion:
    """An item that stood on the projector, or was settled in a batch."""

    item_id: str
    revealed: bool
    seconds: int  # talked about so far, without the time since it was opened
    opened_at: dt.datetime | None  # missing while it is not on the projector
    settled_at: dt.datetime | None  # missing while nothing was agreed on it in the room


def answer_problems(answer: Answer) -> list[tuple[str, dict[str, Any]]]:
    """What is wrong with an answer, as ids of sentences with their values."""
    found: list[tuple[str, dict[str, Any]]] = []
    level = answer.level
    if level is not None and (isinstance(level, bool) or level not in LEVELS):
        found.append(("vote.problem.level", {"level": str(level)[:20]}))
    if level is not None and answer.skipped:
        found.append(("vote.problem.both", {}))
    if len(answer.comment) > LONGEST_COMMENT:
        found.append(("vote.problem.comment", {"most": LONGEST_COMMENT}))
    if isinstance(answer.seq, bool) or not 0 < answer.seq < 2**31:
        found.append(("vote.problem.seq", {}))
    return found


def batches(items: tuple[str, ...] | list[str], largest: int = LARGEST_BATCH) -> list[tuple[str, ...]]:
    """The items of a domain in as few parts as possible, of nearly equal size."""
    count = -(-len(items) // largest)
    starts = [round(part * len(items) / count) for part in range(count + 1)] if count else [0]
    return [tuple(items[start:end]) for start, end in pairwise(starts)]
