"""What a project gathers between the shortlist and the decision: what was seen, measured, offered and judged."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

OUTCOMES = ("as-asked", "less", "not-shown")
EFFORTS = (1, 2, 3)  # easy, some work, laborious
SUS_QUESTIONS = range(1, 11)
SUS_ANSWERS = range(1, 6)  # strongly disagree to strongly agree
FEWEST_SCORERS = 3  # below this a mean is the opinion of one or two people
CRITERIA = ("references", "integrator", "support", "skills", "exit", "vendor-risk")
SUITABILITY = range(5)  # 0: a reason not to choose, 4: a reason to choose
PARTS = ("need", "team", "budget", "ergonomics")
LONGEST_TEXT, LONGEST_REASON, LONGEST_WHO = 2_000, 4_000, 120
MOST_LINES = 60
MOST_AMOUNT = 1e9

Problems = list[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class ScriptLine:
    """One scenario of the demonstration script: the same for every vendor."""

    id: str
    item_id: str
    scene: str  # the moment of the working day
    place: int
    level: int  # asked when the script was written
    why: str  # must-have, decisive, uncertain, or added by hand
    text: str
    look_for: str
    version: int = 0

    def problems(self) -> Problems:
        found: Problems = []
        if isinstance(self.level, bool) or self.level not in range(1, 5):
            found.append(("script.problem.level", {"item": self.item_id}))
        if not self.text.strip():
            found.append(("script.problem.text", {"item": self.item_id}))
        if max(len(self.text), len(self.look_for)) > LONGEST_TEXT:
            found.append(("script.problem.long", {"item": self.item_id, "most": LONGEST_TEXT}))
        return found


@dataclass(frozen=True)
class Demonstration:
    """One product shown to the team under one plan."""

    id: str
    project_id: str
    product_id: str
    plan_id: str
    held_on: dt.date
    revealed: bool
    revision: int  # counts what scorers send: what pages poll


@dataclass(frozen=True)
class Score:
    """What one person saw on one line of the script."""

    line_id: str
    outcome: str
    level: int | None = None  # the level seen; missing while it was not said or shown
    effort: int | None = None
    comment: str = ""


def score_problems(score: Score, asked: int) -> Problems:
    """What is wrong with a score, as ids of sentences with their values."""
    found: Problems = []
    if score.outcome not in OUTCOMES:
        found.append(("score.problem.outcome", {}))
    seen_less = score.outcome == "less" and score.level is not None
    if seen_less and (isinstance(score.level, bool) or score.level not in range(asked)):
        found.append(("score.problem.level", {"asked": asked}))
    if score.effort is not None and score.effort not in EFFORTS:
        found.append(("score.problem.effort", {}))
    if len(score.comment) > LONGEST_TEXT:
        found.append(("score.problem.comment", {"most": LONGEST_TEXT}))
    return found


@dataclass(frozen=True)
class Seen:
    """A rating of this project: the level that its team saw in a demonstration. It never changes the edition."""

    product_id: str
    plan_id: str
    item_id: str
    level: int
    half_width: float
    people: tuple[str, ...]
    on: dt.date


@dataclass(frozen=True)
class Usability:
    """The System Usability Scale of a product, as a team measured it."""

    product_id: str
    scores: tuple[float, ...]  # one a person, 0 to 100
    mean: float
    deviation: float | None  # of the sample; missing for one person
    low: float  # 95 % confidence interval of the mean, within the scale
    high: float
    on: dt.date

    @property
    def enough(self) -> bool:
        """Whether it replaces the edition's interval."""
        return len(self.scores) >= FEWEST_SCORERS


@dataclass(frozen=True)
class Quote:
    """What a vendor offered in writing for this project; it replaces the list price of the offer."""

    id: str
    product_id: str
    plan_id: str
    yearly: float  # licences, flat fees and add-ons of one year
    setup: float | None  # implementation, once; missing where the quote says nothing of it
    currency: str
    dated: dt.date
    valid_until: dt.date | None
    reference: str = ""

    def problems(self, currencies: Mapping[str, float]) -> Problems:
        found: Problems = []
        if self.currency not in currencies:
            found.append(
                ("quote.problem.currency", {"currency": self.currency[:10] or "–", "known": ", ".join(currencies)})
            )
        for amount in (self.yearly, self.setup or 0.0):
            if not (math.isfinite(amount) and 0 <= amount <= MOST_AMOUNT):
                found.append(("quote.problem.amount", {}))
        if self.yearly == 0 and not self.setup:
            found.append(("quote.problem.empty", {}))
        if self.valid_until is not None and self.valid_until < self.dated:
            found.append(("quote.problem.validity", {}))
        if len(self.reference) > LONGEST_TEXT:
            found.append(("quote.problem.reference", {"most": LONGEST_TEXT}))
        return found


@dataclass(frozen=True)
class Suitability:
    """One answer on how a product suits the project team, with who says so and why."""

    product_id: str
    criterion: str
    score: int
    reason: str
    by: str
    at: dt.datetime | None = None
    version: int = 0

    def problems(self) -> Problems:
        found: Problems = []
        if self.criterion not in CRITERIA:
            found.append(("suitability.problem.criterion", {}))
        if isinstance(self.score, bool) or self.score not in SUITABILITY:
            found.append(("suitability.problem.score", {}))
        if not self.reason.strip():
            found.append(("suitability.problem.reason", {}))
        if len(self.reason) > LONGEST_TEXT:
            found.append(("suitability.problem.long", {"most": LONGEST_TEXT}))
        if not 0 < len(self.by.strip()) <= LONGEST_WHO:
            found.append(("suitability.problem.by", {"most": LONGEST_WHO}))
        return found


@dataclass(frozen=True)
class Balance:
    """What counts how much in the final choice: the four parts, and the criteria of suitability for the team."""

    parts: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType({"need": 40.0, "team": 20.0, "budget": 20.0, "ergonomics": 20.0})
    )
    criteria: Mapping[str, float] = field(default_factory=lambda: MappingProxyType(dict.fromkeys(CRITERIA, 10.0)))

    def problems(self) -> Problems:
        found: Problems = []
        for known, values in ((PARTS, self.parts), (CRITERIA, self.criteria)):
            if set(values) - set(known) or any(
                isinstance(one, bool) or not (math.isfinite(one) and 0 <= one <= 1000) for one in values.values()
            ):
                found.append(("balance.problem.value", {}))
        if not found and sum(self.parts.values()) <= 0:
            found.append(("balance.problem.zero", {}))
        return found


@dataclass(frozen=True)
class Evidence:
    """Everything that a project gathered since its shortlist, as far as it is revealed."""

    seen: tuple[Seen, ...] = ()
    usability: Mapping[str, Usability] = field(default_factory=lambda: MappingProxyType({}))  # by product
    quotes: tuple[Quote, ...] = ()
    suitability: tuple[Suitability, ...] = ()
    balance: Balance = Balance()
    balance_version: int = 0


NOTHING_YET = Evidence()


@dataclass(frozen=True)
class Decision:
    """The recorded choice, with everything it rested on as it was on that day."""

    id: str
    offer: str
    decided_on: dt.date
    reasons: str
    dissent: tuple[tuple[str, str], ...]  # who, and what they think
    state: Mapping[str, Any]
    by: str
    at: dt.datetime


def decision_problems(
    offer: str,
    offers: list[str],
    reasons: str,
    dissent: tuple[tuple[str, str], ...],
    decided_on: dt.date,
    *,
    today: dt.date,
) -> Problems:
    """What is wrong with a decision about to be recorded."""
    found: Problems = []
    if offer not in offers:
        found.append(("decision.problem.offer", {}))
    if not reasons.strip():
        found.append(("decision.problem.reasons", {}))
    if len(reasons) > LONGEST_REASON or any(len(what) > LONGEST_REASON for _, what in dissent):
        found.append(("decision.problem.long", {"most": LONGEST_REASON}))
    if any(not 0 < len(who.strip()) <= LONGEST_WHO or not what.strip() for who, what in dissent):
        found.append(("decision.problem.dissent", {}))
    if decided_on > today:
        found.append(("decision.problem.date", {}))
    return found
