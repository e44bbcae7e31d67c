"""The final choice: a few parts of 0 to 1 with their weights, and what it would take for another offer to lead."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd


@dataclass(frozen=True)
class Matrix:
    """Offers against the parts of the decision, each 0 to 1 with its cautious and generous end.

    low, central, high   DataFrames offer x part
    weights              Series part -> share, sums to 1
    """

    low: pd.DataFrame
    central: pd.DataFrame
    high: pd.DataFrame
    weights: pd.Series

    @cached_property
    def totals(self) -> pd.DataFrame:
        """offer -> low, central, high: the weighted sum, best first."""
        table = pd.DataFrame(
            {name: (getattr(self, name) * self.weights).sum(axis=1) for name in ("low", "central", "high")}
        )
        # rounded, so that the last digit of a sum never decides between equals
        return table.assign(_key=table["central"].round(9)).sort_values("_key", ascending=False, kind="stable")[
            ["low", "central", "high"]
        ]

    @cached_property
    def leaders(self) -> list[str]:
        """The offers with the highest total; more than one where they are equal."""
        totals = self.totals["central"]
        return [str(offer) for offer in totals.index[totals >= totals.iloc[0] - 1e-9]] if len(totals) else []

    @cached_property
    def overtaken(self) -> pd.DataFrame:
        """part, weight, needed, rival: the weight of a part at which a rival draws level, the others keeping their
        proportions; the smallest move first. Empty where no weight of a single part changes the leader.
        """
        leader = self.totals.index[0]
        rows = []
        for part in self.central.columns:
            now = float(self.weights[part])
            if now >= 1.0:
                continue
            for rival in self.totals.index[1:]:
                ahead = self.central.loc[leader] - self.central.loc[rival]
                # the lead is a straight line in the weight w of the part: w * ahead[part] + (1 - w) * rest
                rest = float((ahead * self.weights).drop(part).sum()) / (1.0 - now)
                slope = float(ahead[part]) - rest
                if abs(slope) < 1e-12:
                    continue
                needed = -rest / slope
                if 1e-9 < needed < 1.0 - 1e-9:  # level at nothing or at all of it: no weight goes beyond
                    rows.append((part, now, needed, str(rival)))
        table = pd.DataFrame(rows, columns=["part", "weight", "needed", "rival"])
        return table.assign(move=(table["needed"] - table["weight"]).abs()).sort_values(
            ["move", "part", "rival"], kind="stable", ignore_index=True
        )

    @cached_property
    def could_lead(self) -> list[str]:
        """The offers whose generous end reaches the cautious end of the leader."""
        first = self.totals.iloc[0]
        others = self.totals.iloc[1:]
        return [str(offer) for offer in others.index[others["high"] >= first["low"]]]


def matrix(low: pd.DataFrame, central: pd.DataFrame, high: pd.DataFrame, weights: pd.Series) -> Matrix:
    """Weigh the parts.

    low, central, high  offer x part, 0 to 1, without missing values
    weights             part -> points, 0 or more; normalised here over the parts that the tables have

    Raises ValueError where no part has a weight.
    """
    given = weights.reindex(central.columns).fillna(0.0).astype(float)
    if given.sum() <= 0:
        raise ValueError("No part of the decision has a weight.")
    return Matrix(low, central, high, given / given.sum())
