"""Why an offer is where it is, as ids of sentences with their values: pages and documents put them into words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workshops.assess import Assessment

Sentence = tuple[str, dict[str, Any]]
# share of the samples from which on a first place is called safe, and likely
CLEAR, LIKELY = 0.9, 0.6


def exclusions(assessment: Assessment, offer: str) -> list[Sentence]:
    """Each condition that excludes an offer, the near misses first."""
    table = assessment.gates.excluding
    return _sentences(table[table["offer"] == offer].sort_values("near_miss", ascending=False))


def confirmations(assessment: Assessment, offer: str) -> list[Sentence]:
    """Each condition that the offer likely meets, but that is to be confirmed."""
    table = assessment.gates.to_confirm
    return _sentences(table[table["offer"] == offer])


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


def _sentences(conditions: pd.DataFrame) -> list[Sentence]:
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
        for row in conditions.itertuples()
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
