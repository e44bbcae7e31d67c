"""The last step: need, team, budget and ergonomics side by side, and the decision as it was when it was taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from scoring.decision import Matrix, matrix
from workshops.assess import Assessment
from workshops.evidence import FEWEST_SCORERS, PARTS, Quote, Suitability
from workshops.model import Project

BEST_ANSWER = 4.0


@dataclass(frozen=True, eq=False)
class Choice:
    """What the final choice is made from. Raises NothingAskedError while nothing is asked."""

    assessment: Assessment

    @cached_property
    def offers(self) -> list[str]:
        """The offers of the shortlist, and those that were shown and pass every gate."""
        listed = [str(offer) for offer in self.assessment.shortlist.listed.index]
        return listed + [one for one in self._shown if one not in listed and one not in self.fallen]

    @cached_property
    def fallen(self) -> list[str]:
        """The offers that were shown and do not pass every gate (any more)."""
        passing = self.assessment.gates.passing(self.assessment.offers.table.index)
        return [one for one in self._shown if one not in passing]

    @cached_property
    def _shown(self) -> list[str]:
        shown = dict.fromkeys(f"{one.product_id}/{one.plan_id}" for one in self.project.evidence.seen)
        return [one for one in shown if one in self.assessment.offers.table.index]

    @cached_property
    def team(self) -> pd.DataFrame:
        """product -> low, central, high, 0 to 1, and answered: share of the weight of the criteria that was answered.

        A criterion without an answer may be worth anything; its central value is the middle.
        """
        weights = {name: weight for name, weight in self.project.evidence.balance.criteria.items() if weight > 0}
        total = sum(weights.values())
        given = {(one.product_id, one.criterion): one.score / BEST_ANSWER for one in self.project.evidence.suitability}
        rows = {}
        for product in dict.fromkeys(offer.partition("/")[0] for offer in self.offers):
            known = {name: given[product, name] for name in weights if (product, name) in given}
            sure = sum(weights[name] * value for name, value in known.items())
            open_weight = sum(weight for name, weight in weights.items() if name not in known)
            rows[product] = (
                (sure / total, (sure + open_weight / 2) / total, (sure + open_weight) / total, 1 - open_weight / total)
                if total
                else (0.0, 0.5, 1.0, 0.0)
            )
        return pd.DataFrame.from_dict(rows, orient="index", columns=["low", "central", "high", "answered"])

    @cached_property
    def parts(self) -> list[str]:
        """The parts that can be compared: without an envelope, nothing says what a budget is worth."""
        weights, budget = self.project.evidence.balance.parts, self.project.context.budget
        return [
            part
            for part in PARTS
            if weights.get(part, 0) > 0
            and (part != "budget" or budget is not None)
            and (part != "team" or any(weight > 0 for weight in self.project.evidence.balance.criteria.values()))
        ]

    @cached_property
    def matrix(self) -> Matrix | None:
        """The offers against the parts; None where there is no offer or no part to compare."""
        if not self.offers or not self.parts:
            return None
        frames = {end: self._values(end)[self.parts] for end in ("low", "central", "high")}
        weights = pd.Series(dict(self.project.evidence.balance.parts), dtype=float)
        return matrix(**frames, weights=weights)

    def _values(self, end: str) -> pd.DataFrame:
        """offer x part at one end, 0 to 1: fit, suitability, share of the envelope that is left, ergonomics."""
        table = self.assessment.table.loc[self.offers]
        products = table["product"]
        suffix = {"low": "_low", "central": "", "high": "_high"}[end]
        # the cautious end of a budget is the high cost
        cost = table[{"low": "cost_high", "central": "cost", "high": "cost_low"}[end]]
        budget = self.project.context.budget
        return pd.DataFrame(
            {
                "need": table[{"low": "low", "central": "fit", "high": "high"}[end]],
                "team": self.team[end].reindex(products).to_numpy(),
                "budget": (1 - cost / budget).clip(0, 1) if budget else 0.0,
                "ergonomics": table[f"ergonomics{suffix}"] / 100,
            },
            index=table.index,
        )

    @property
    def project(self) -> Project:
        return self.assessment.project

    @property
    def estimates(self) -> pd.Series:
        """offer -> likely cost over the horizon, whatever was quoted."""
        return self.assessment.estimate.totals["likely"]

    def gap(self, quote: Quote) -> float:
        """How much the cost over the horizon with the offer's quote is above the estimate, in the project's currency."""
        offer = f"{quote.product_id}/{quote.plan_id}"
        return float(self.assessment.cost.totals.at[offer, "likely"] - self.estimates[offer])

    def answer(self, product_id: str, criterion: str) -> Suitability | None:
        found = (one for one in self.project.evidence.suitability if one.product_id == product_id)
        return next((one for one in found if one.criterion == criterion), None)


def state_of(choice: Choice) -> dict[str, Any]:
    """Everything that a decision rests on, in plain values: what is recorded and read again as it was."""
    assessment, project, evidence = choice.assessment, choice.project, choice.project.evidence
    rows = {}
    for offer in choice.offers:
        row = assessment.table.loc[offer]
        rows[offer] = {
            "name": assessment.offer_name(offer),
            **{name: float(row[name]) for name in ("fit", "low", "high", "cost", "cost_low", "cost_high")},
            **{name: float(row[name]) for name in ("ergonomics", "ergonomics_low", "ergonomics_high")},
            **{part: float(choice.matrix.central.at[offer, part]) for part in choice.parts},
            "estimate": float(choice.estimates[offer]),
            "ends": {
                part: [float(choice.matrix.low.at[offer, part]), float(choice.matrix.high.at[offer, part])]
                for part in choice.parts
            },
            "total": float(choice.matrix.totals.at[offer, "central"]),
            "total_low": float(choice.matrix.totals.at[offer, "low"]),
            "total_high": float(choice.matrix.totals.at[offer, "high"]),
        }
    return {
        "revision": project.revision,
        "edition": project.edition_id,
        "context": project.context.to_json(),
        "settings": project.settings.to_json(),
        "domain_weights": dict(project.weights),
        "asked": {str(item): float(level) for item, level in assessment.fit.asked.items()},
        "must_haves": project.must_haves(),
        "weights": {part: float(choice.matrix.weights[part]) for part in choice.parts},
        "criteria": dict(evidence.balance.criteria),
        "offers": rows,
        "order": [str(offer) for offer in choice.matrix.totals.index],
        "fallen": [assessment.offer_name(one) for one in choice.fallen],
        "seen": [_plain(one) for one in evidence.seen],
        "usability": [_plain(one) for one in evidence.usability.values()],
        "quotes": [_plain(one) for one in evidence.quotes],
        "suitability": [_plain(one) for one in evidence.suitability],
    }


def matrix_of(state: Mapping[str, Any]) -> Matrix | None:
    """The matrix of a recorded state, so that it can be read like today's; None where its ends were not recorded."""
    parts, offers = list(state["weights"]), list(state["offers"])
    rows = state["offers"]
    if not all("ends" in row for row in rows.values()):
        return None

    def frame(value: Callable[[Mapping[str, Any], str], float]) -> pd.DataFrame:
        return pd.DataFrame([[value(rows[one], part) for part in parts] for one in offers], offers, parts)

    return matrix(
        low=frame(lambda row, part: row["ends"][part][0]),
        central=frame(lambda row, part: row[part]),
        high=frame(lambda row, part: row["ends"][part][1]),
        weights=pd.Series(state["weights"], dtype=float),
    )


def measured_in(state: Mapping[str, Any]) -> frozenset[str]:
    """The products whose ergonomics the team had measured."""
    return frozenset(one["product_id"] for one in state["usability"] if len(one["scores"]) >= FEWEST_SCORERS)


def products_in(state: Mapping[str, Any]) -> dict[str, str]:
    """product -> its name, for the offers of a state in their order."""
    return {offer.partition("/")[0]: state["offers"][offer]["name"].partition(" · ")[0] for offer in state["order"]}


def answered_in(state: Mapping[str, Any]) -> dict[str, float]:
    """product -> share of the weight of the criteria of suitability that was answered."""
    given = {(one["product_id"], one["criterion"]) for one in state["suitability"]}
    counting = {name: weight for name, weight in state["criteria"].items() if weight > 0}
    total = sum(counting.values())
    return {
        product: sum(weight for name, weight in counting.items() if (product, name) in given) / total if total else 0.0
        for product in products_in(state)
    }


def expired_in(state: Mapping[str, Any], day: dt.date) -> list[str]:
    """The offers of the matrix whose quote counts although it held no longer on a day."""
    latest = {f"{one['product_id']}/{one['plan_id']}": one["valid_until"] for one in state["quotes"]}
    return [one for one in state["order"] if latest.get(one) and dt.date.fromisoformat(latest[one]) < day]


def _plain(one: Any) -> dict[str, Any]:
    return {name: _value(getattr(one, name)) for name in one.__dataclass_fields__}


def _value(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def same_numbers(state: Mapping[str, Any], choice: Choice) -> bool:
    """Whether the project still says what it said when the decision was recorded."""
    if choice.matrix is None:
        return False
    now = state_of(choice)
    return all(now[name] == state.get(name) for name in now if name != "revision")
