"""The decision record: the matrix with its weights, what would turn it, the reasons and the dissent, as a Word document.

Before a decision is recorded it is the paper to decide on; afterwards it says what was decided, from the recorded state.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exports.delivery import Delivery
from exports.front import Front, front, words_of
from exports.word import clean
from scoring.fit import NothingAskedError
from workshops.decide.decision import Choice, answered_in, measured_in, products_in, same_numbers, state_of
from workshops.evidence import CRITERIA, Decision
from workshops.words import how_firm, unsettled


@dataclass(frozen=True)
class MatrixRow:
    """An offer with a cell for each part and one for its total."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Opinion:
    who: str
    what: str


@dataclass(frozen=True)
class Answer:
    """How a product suits the team on one criterion."""

    product: str
    criterion: str
    score: str
    who: str
    why: str


@dataclass(frozen=True)
class Measure:
    """The System Usability Scale of a product, as the team measured it."""

    product: str
    score: str
    people: str
    on: str


@dataclass(frozen=True)
class QuoteRow:
    offer: str
    yearly: str
    setup: str
    dated: str
    valid_until: str
    gap: str


@dataclass(frozen=True)
class Record:
    """Everything that the document holds: the fields that its template may use."""

    front: Front
    words: Mapping[str, str]
    summary: tuple[str, ...]
    reasons: tuple[str, ...]
    dissent: tuple[Opinion, ...]
    names: tuple[str, ...]  # the parts with their weights, and the total
    matrix: tuple[MatrixRow, ...]
    firm: str
    open_points: tuple[str, ...]
    team: tuple[Answer, ...]
    criteria: str
    measures: tuple[Measure, ...]
    quotes: tuple[QuoteRow, ...]
    earlier: tuple[str, ...]
    basis: tuple[str, ...]


def to_decide(delivery: Delivery) -> bool:
    """Whether there is something to write: a recorded decision, or a matrix to decide on."""
    try:
        return bool(delivery.decisions) or Choice(delivery.assessment).matrix is not None
    except NothingAskedError:
        return False


def decision_record(delivery: Delivery) -> Record:
    """The decision that stands as it was recorded; the matrix as it is now while nothing is decided."""
    writer = _Writer(delivery)
    t, state = delivery.t, writer.state
    return Record(
        front=front(delivery, t("record.title" if writer.decision else "record.title_open")),
        words=words_of(t, "record"),
        summary=tuple(clean(one) for one in writer.summary()),
        reasons=tuple(clean(one) for one in writer.decision.reasons.splitlines() if one.strip())
        if writer.decision
        else (),
        dissent=tuple(Opinion(clean(who), clean(what)) for who, what in writer.decision.dissent)
        if writer.decision
        else (),
        names=(
            *(f"{t(f'choice.part.{part}')} · {t.percent(weight)}" for part, weight in state["weights"].items()),
            t("choice.part.total"),
        ),
        matrix=tuple(writer.matrix()),
        firm=clean(how_firm(state, t)),
        open_points=tuple(clean(one) for one in unsettled(state, t, writer.day_of)),
        team=tuple(writer.team()),
        criteria=clean(writer.criteria()),
        measures=tuple(writer.measures()),
        quotes=tuple(writer.quotes()),
        earlier=tuple(clean(f"{writer.line(one)} {one.reasons}") for one in delivery.decisions[1:]),
        basis=tuple(writer.basis()),
    )


class _Writer:
    """Puts the plain values that a decision keeps into rows and sentences."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery, self.t = delivery, delivery.t
        self.choice = Choice(delivery.assessment)
        self.decision: Decision | None = next(iter(delivery.decisions), None)
        self.state: Mapping[str, Any] = self.decision.state if self.decision else state_of(self.choice)
        self.day_of = self.decision.decided_on if self.decision else delivery.today

    def summary(self) -> Iterator[str]:
        if self.decision is None:
            yield self.t("decide.undecided")
            yield self.t("record.open")
            return
        yield self.line(self.decision)
        yield self.t("decision.same" if same_numbers(self.state, self.choice) else "record.changed")

    def line(self, decision: Decision) -> str:
        return self.t(
            "decision.line",
            offer=decision.state["offers"][decision.offer]["name"],
            day=self.t.date(decision.decided_on),
            by=decision.by if decision.by != "local" else self.t("decision.somebody"),
            at=self.t.time(decision.at),
        )

    def money(self, amount: float) -> str:
        return self.t.money(amount, self.state["context"]["currency"])

    def matrix(self) -> Iterator[MatrixRow]:
        t, measured, answered = self.t, measured_in(self.state), answered_in(self.state)
        for offer in self.state["order"]:
            row = self.state["offers"][offer]
            cells = []
            for part in self.state["weights"]:
                note, product = "", offer.partition("/")[0]
                if part == "team" and answered[product] < 1:
                    note = t("suitability.answered", share=t.percent(answered[product]))
                if part == "budget":
                    note = self.money(row["cost"])
                if part == "ergonomics":
                    note = t("choice.measured" if product in measured else "choice.assessed")
                cells.append(f"{t.number(row[part] * 100)}{f' ({note})' if note else ''}")
            between = t("report.between", low=t.number(row["total_low"] * 100), high=t.number(row["total_high"] * 100))
            yield MatrixRow(clean(row["name"]), (*cells, f"{t.number(row['total'] * 100, 1)} ({between})"))

    def name(self, product_id: str) -> str:
        """A product's name as it was recorded; as the edition has it where it was no candidate."""
        found = products_in(self.state).get(product_id)
        known = product_id in self.delivery.assessment.edition.products
        return clean(found or (self.delivery.assessment.product_name(product_id) if known else product_id))

    def team(self) -> Iterator[Answer]:
        t = self.t
        given = {(one["product_id"], one["criterion"]): one for one in self.state["suitability"]}
        for product in products_in(self.state):
            for criterion in CRITERIA:
                one = given.get((product, criterion))
                if one and self.state["criteria"].get(criterion, 0) > 0:
                    score = t("record.of_four", score=one["score"])
                    label = t(f"suitability.criterion.{criterion}")
                    yield Answer(self.name(product), label, score, clean(one["by"]), clean(one["reason"]))

    def criteria(self) -> str:
        """The weights of the criteria of suitability in one sentence; nothing where the team is no part."""
        weights = {name: weight for name, weight in self.state["criteria"].items() if weight > 0}
        if "team" not in self.state["weights"] or not weights:
            return ""
        total = sum(weights.values())
        named = [f"{self.t(f'suitability.criterion.{one}')} {self.t.percent(w / total)}" for one, w in weights.items()]
        return self.t("record.criteria", weights=self.t.list(named))

    def measures(self) -> Iterator[Measure]:
        t = self.t
        for one in self.state["usability"]:
            between = t("report.between", low=t.number(one["low"]), high=t.number(one["high"]))
            score = t("record.sus", mean=t.number(one["mean"], 1), between=between)
            people = t("demonstration.people", count=len(one["scores"]))
            yield Measure(self.name(one["product_id"]), score, people, self.day(one["on"]))

    def day(self, written: str | None) -> str:
        return self.t.date(dt.date.fromisoformat(written)) if written else "–"

    def quotes(self) -> Iterator[QuoteRow]:
        """The quotes that count: the latest of each offer."""
        t = self.t
        latest = {(one["product_id"], one["plan_id"]): one for one in self.state["quotes"]}
        for (product, plan), one in latest.items():
            row = self.state["offers"].get(f"{product}/{plan}", {})
            gap = row["cost"] - row["estimate"] if "estimate" in row else None
            yield QuoteRow(
                offer=clean(row.get("name") or f"{self.name(product)} · {plan}"),
                yearly=t.money(one["yearly"], one["currency"]),
                setup=t.money(one["setup"], one["currency"]) if one["setup"] is not None else "–",
                dated=self.day(one["dated"]),
                valid_until=self.day(one["valid_until"]),
                gap="–" if gap is None else f"{'+' if gap > 0 else ''}{self.money(gap)}",
            )

    def basis(self) -> Iterator[str]:
        t, state = self.t, self.state
        yield t("decision.as_it_was", edition=state["edition"], asked=len(state["asked"]), revision=state["revision"])
        context = state["context"]
        yield t(
            "record.cost",
            years=t("context.years_count", count=context["years"]),
            budget=self.money(context["budget"]) if context["budget"] is not None else t("context.no_budget"),
        )
        yield t("record.seen", count=len(state["seen"]))
        if self.decision is None:  # a recorded decision stands as it was, the settings of today are not its own
            yield from self.delivery.settings
