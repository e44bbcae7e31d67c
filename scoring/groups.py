"""Each group's own ranking, and the disagreement that an agreed level hides."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from scoring.agreement import kendall_w, level_counts, lower_median
from scoring.fit import NothingAskedError, fit


@dataclass(frozen=True, eq=False)
class Groups:
    """The fit of each offer by what each group alone would ask.

    agreed  Series offer -> fit by the agreed levels
    fits    DataFrame offer x group: fit by the group's own levels, the agreed ones where it did not vote
    voted   Series group -> items it voted on
    """

    agreed: pd.Series
    fits: pd.DataFrame
    voted: pd.Series

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """offer x group: the rank by the group's own levels, 1 for the best; equals share the better rank."""
        return self.fits.round(9).rank(ascending=False, method="min").astype(int)

    @cached_property
    def agreed_ranks(self) -> pd.Series:
        return self.agreed.round(9).rank(ascending=False, method="min").astype(int)

    @cached_property
    def hidden(self) -> pd.DataFrame:
        """offer x group: how much better (or worse) the offer fits the group than the agreed levels say."""
        return self.fits.sub(self.agreed, axis="rows")

    @cached_property
    def concordance(self) -> float:
        """Kendall's W: how far the groups would order the offers alike."""
        return kendall_w(self.fits.round(9))


def groups(
    levels: pd.DataFrame, expectations: pd.Series, domains: pd.Series, weights: pd.Series, votes: pd.DataFrame
) -> Groups:
    """Score the offers by what each group asks.

    levels, expectations, domains, weights   as for `fit`: the agreed levels
    votes   DataFrame, one row per vote: item, group, level

    A group's level on an item is the lower median of its votes; a group that asks for nothing at all is left out.
    """
    agreed = fit(levels, expectations, domains, weights).scores
    found: dict[str, pd.Series] = {}
    for name, own in votes.groupby("group", sort=True):
        proposal = lower_median(level_counts(own))
        asked = expectations.reindex(domains.index).astype(float)
        asked = proposal.reindex(domains.index).combine_first(asked)
        try:
            found[str(name)] = fit(levels, asked, domains, weights).scores
        except NothingAskedError:
            continue
    voted = votes.groupby("group")["item"].nunique().reindex(list(found)) if found else pd.Series(dtype=int)
    return Groups(agreed, pd.DataFrame(found, index=agreed.index, dtype=float), voted.astype(int))


def most_divided(votes: pd.DataFrame) -> pd.DataFrame:
    """Items on which groups differ: the lowest and the highest group median, and who holds them.

    Returns a DataFrame item -> low, high, low_group, high_group, apart (levels), the most divided first.
    """
    if votes.empty:
        return pd.DataFrame(columns=["low", "high", "low_group", "high_group", "apart"])
    table = pd.DataFrame({name: lower_median(level_counts(own)) for name, own in votes.groupby("group", sort=True)})
    table = table[table.notna().sum(axis="columns") >= 2]
    values = table.to_numpy(float)
    low, high = np.where(np.isnan(values), np.inf, values), np.where(np.isnan(values), -np.inf, values)
    names = table.columns.to_numpy(object)
    found = pd.DataFrame(
        {
            "low": low.min(axis=1, initial=np.inf),
            "high": high.max(axis=1, initial=-np.inf),
            "low_group": names[low.argmin(axis=1)] if len(table) else [],
            "high_group": names[high.argmax(axis=1)] if len(table) else [],
        },
        index=table.index,
    )
    found["apart"] = found["high"] - found["low"]
    return found[found["apart"] > 0].sort_values("apart", ascending=False, kind="stable")
