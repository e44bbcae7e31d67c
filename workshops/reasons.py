"""Why an offer is where it is, as ids of sentences with their values: pages and documents put them into words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workshops.assess import Assessment

Sentence = tuple[str, dict[str, Any]]


def exclusions(assessment: Assessment, offer: str) -> list[Sentence]:
    """Each condition that excludes an offer, the near misses first."""
    table = assessment.gates.excluding
    return _sentences(table[table["offer"] == offer].sort_values("near_miss", ascending=False))


def confirmations(assessment: Assessment, offer: str) -> list[Sentence]:
    """Each condition that the offer likely meets, but that is to be confirmed."""
    table = assessment.gates.to_confirm
    return _sentences(table[table["offer"] == offer])


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
