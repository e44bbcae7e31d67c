"""Other methods as witnesses, never as judges: TOPSIS, VIKOR and PROMETHEE II on the fits by domain, through pymcdm.

TOPSIS  Hwang & Yoon (1981), with fixed reference points: everything covered and nothing covered
VIKOR   Opricovic & Tzeng (2004), v = 0.5
PROMETHEE II  Brans & Vincke (1985), linear preference with an indifference of 2 and a preference of 20 points of fit

pymcdm is imported where it is used: it brings a plotting library that takes seconds to load.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

METHODS = ("TOPSIS", "VIKOR", "PROMETHEE II")
FEWEST = 3  # offers that an order can be compared on
INDIFFERENCE, PREFERENCE = 0.02, 0.20


@dataclass(frozen=True, eq=False)
class CrossCheck:
    """What other methods make of the same offers.

    fit     Series offer -> fit, best first
    scores  DataFrame offer x method: the method's own index, higher is better for all (VIKOR's Q with its sign turned)
    """

    fit: pd.Series
    scores: pd.DataFrame

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """offer x method, and the fit itself: rank, 1 for the best; equals share the better rank."""
        return self._all.rank(ascending=False, method="min").astype(int)

    @cached_property
    def correlation(self) -> pd.Series:
        """method -> Spearman's rank correlation with the fit; missing where one of them holds all for equal."""
        ranks = self._all.rank()
        return pd.Series({name: _correlation(ranks["fit"], ranks[name]) for name in self.scores}, dtype=float)

    def overlap(self, top: int = 3) -> pd.Series:
        """method -> how many of the best by fit are among the best by the method."""
        first = set(self.fit.index[:top])
        best = {name: self._all[name].sort_values(ascending=False, kind="stable").index[:top] for name in self.scores}
        return pd.Series({name: len(first & set(offers)) for name, offers in best.items()}, dtype=int)

    @cached_property
    def _all(self) -> pd.DataFrame:
        """offer x fit and methods, without the last digits: they never decide between equals."""
        return pd.concat([self.fit.rename("fit"), self.scores], axis="columns").round(9)


def cross_check(domain_fit: pd.DataFrame, weights: pd.Series) -> CrossCheck | None:
    """Rank the offers by other methods; None where fewer than three are there to compare.

    domain_fit  offer x domain, 0 to 1, without missing values
    weights     domain -> share
    """
    if len(domain_fit) < FEWEST:
        return None
    share = weights.reindex(domain_fit.columns).astype(float)
    share = share / share.sum()
    fit = pd.Series((domain_fit.to_numpy(float) * share.to_numpy()).sum(axis=1), domain_fit.index)
    order = np.argsort(-fit.to_numpy().round(9), kind="stable")
    table, fit = domain_fit.iloc[order], fit.iloc[order]
    if not np.isfinite(table.to_numpy(float)).all() or not np.isfinite(share.to_numpy()).all():
        raise ValueError("A fit by domain or a weight is missing; other methods cannot rank what is not there.")
    scores = {"TOPSIS": topsis(table, share), "VIKOR": -vikor(table, share), "PROMETHEE II": promethee(table, share)}
    return CrossCheck(fit, pd.DataFrame(scores, index=table.index)[list(METHODS)])


def topsis(
    table: pd.DataFrame, share: pd.Series, *, ideal: float | np.ndarray = 1.0, worst: float | np.ndarray = 0.0
) -> pd.Series:
    """Closeness to the ideal, 0 to 1; the reference points are given, not taken from the offers."""
    from pymcdm.methods import TOPSIS

    # pymcdm takes its reference points from the data, so they stand there as two more rows
    ends = [np.broadcast_to(end, table.shape[1]) for end in (ideal, worst)]
    found = _call(TOPSIS(normalization_function=_as_it_is), np.vstack([table.to_numpy(float), *ends]), share)
    return pd.Series(found[:-2], table.index)


def vikor(table: pd.DataFrame, share: pd.Series, *, v: float = 0.5) -> pd.Series:
    """Q, 0 for the best compromise and 1 for the worst."""
    from pymcdm.methods import VIKOR

    # a domain in which all offers are alike decides nothing, and would divide by zero
    varied = table.columns[(table.max() - table.min()).to_numpy() > 1e-12]
    weight = share.reindex(varied)
    if weight.sum() <= 0:
        return pd.Series(0.0, table.index)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = _call(
            VIKOR(normalization_function=_as_it_is, v=v), table[varied].to_numpy(float), weight / weight.sum()
        )
    # where all have the same group utility or the same regret, that part decides nothing
    return pd.Series(np.nan_to_num(found, nan=0.0), table.index)


def promethee(
    table: pd.DataFrame,
    share: pd.Series,
    *,
    indifference: float = INDIFFERENCE,
    preference: float = PREFERENCE,
    function: str = "vshape_2",
) -> pd.Series:
    """Net flow, -1 to 1."""
    from pymcdm.methods import PROMETHEE_II

    count = table.shape[1]
    # a new object each time: it keeps the thresholds of its last call
    thresholds = {} if function == "usual" else {"p": np.full(count, preference), "q": np.full(count, indifference)}
    method = PROMETHEE_II(function, **thresholds)
    return pd.Series(_call(method, table.to_numpy(float), share), table.index)


def _as_it_is(values: np.ndarray, cost: bool = False) -> np.ndarray:
    """All fits are on one scale already; said explicitly, because pymcdm's default would stretch each column."""
    return values


def _call(method: object, matrix: np.ndarray, share: pd.Series) -> np.ndarray:
    """More is better in every column. pymcdm's own validation warns of each dominated offer: its input is checked here."""
    return method(matrix, share.to_numpy(float), np.ones(len(share)), validation=False)


def _correlation(one: pd.Series, other: pd.Series) -> float:
    """Pearson's correlation of ranks; missing where one of them has no order."""
    if one.nunique() < 2 or other.nunique() < 2:
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])
