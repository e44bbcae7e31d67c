"""Why an offer is where it is, as ids of sentences with their values: pages and documents put them into words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from workshops.assess import Assessment

Sentence = tuple[str, dict[str, Any]]
# share of the samples from which on a first place is called safe, and likely
CLEAR, LIKELY = 0.9, 0.6


@dataclass(frozen=True)
class Verdicts:
    """The conditions of every offer that exclude it, the near misses first, and those that are to be confirmed."""

    excluding: Mapping[str, list[Any]]
    to_confirm: Mapping[str, list[Any]]


@lru_cache(maxsize=64)
def verdicts(assessment: Assessment) -> Verdicts:
    """The rows of the gates' conditions by offer, looked up many times on a page."""
    excluding = assessment.gates.excluding.sort_values("near_miss", ascending=False, kind="stable")
    return Verdicts(_by_offer(excluding), _by_offer(assessment.gates.to_confirm))


def _by_offer(conditions: pd.DataFrame) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in conditions.itertuples(index=False):
        found.setdefault(row.offer, []).append(row)
    return found


def exclusions(assessment: Assessment, offer: str) -> list[Sentence]:
    """Each condition that excludes an offer, the near misses first."""
    return _sentences(verdicts(assessment).excluding.get(offer, []))


def confirmations(assessment: Assessment, offer: str) -> list[Sentence]:
    """Each condition that the offer likely meets, but that is to be confirmed."""
    return _sentences(verdicts(assessment).to_confirm.get(offer, []))


def how_sure(assessment: Assessment) -> list[Sentence]:
    """How sure the order is, in sentences that hold: the first place, the list as a whole, the weight that matters most."""
    robust, order = assessment.robustness, assessment.candidates
    if not assessment.best["gates_passed"].any():
        return [("sure.none", {})]
    if len(order) == 1:
        return [("sure.alone", {"leader": order[0]})]
    first = robust.acceptability[1]
    share, rest = float(first[order[0]]), first.drop(order[0])
    kind = "clear" if share >= CLEAR else "likely" if share >= LIKELY else "open"
    values = {"leader": order[0], "share": share, "rival": rest.idxmax(), "rival_share": float(rest.max())}
    listed = assessment.shortlist.listed.index
    sentences = [
        (f"sure.{kind}", values | {"samples": len(robust.values)}),
        ("sure.listed", {"count": len(listed), "share": float(first.reindex(listed).sum())}),
    ]
    return [*sentences, weakest_weight(assessment)]


def weakest_weight(assessment: Assessment) -> Sentence:
    """The domain whose weight, moved alone, takes the lead from the leader first."""
    table = assessment.stability
    moves = [
        (abs(bar - row.weight), domain, bar, row.weight, rival)
        for domain, row in zip(table.index, table.itertuples(), strict=True)
        for bar, rival in ((row.leader_low, row.rival_low), (row.leader_high, row.rival_high))
        if isinstance(rival, str)
    ]
    if not moves:
        return "sure.no_weight", {}
    _, domain, bar, weight, rival = min(moves)
    return "sure.weight", {"domain": domain, "bar": bar, "weight": weight, "rival": rival}


def _sentences(conditions: Iterable[Any]) -> list[Sentence]:
    return [
        (
            f"reason.{row.gate}",
            {
                "condition": row.condition,
                "low": row.low,
                "central": row.central,
                "high": row.high,
                "bar": row.bar,
                "verdict": row.verdict,
                "shortfall": row.shortfall,
                "near_miss": bool(row.near_miss),
            },
        )
        for row in conditions
    ]


def strengths_and_gaps(assessment: Assessment, offer: str, count: int = 5) -> tuple[pd.Series, pd.Series]:
    """The items that bring an offer most against the mean of the candidates, and those that cost it most.

    Both in points of fit on 100, largest first; items in which nothing is gained or lost are left out.
    """
    brought = assessment.fit.contributions
    ahead = (brought.loc[offer] - brought.loc[assessment.candidates].mean()) * 100
    lost = assessment.fit.lost.loc[offer] * 100
    return (
        ahead[ahead > 0.005].sort_values(ascending=False, kind="stable").head(count),
        lost[lost > 0.005].sort_values(ascending=False, kind="stable").head(count),
    )
