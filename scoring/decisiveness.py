"""Which items can still change the shortlist: those deserve the discussion, the rest can be accepted in a batch.

An item's level is moved from the low to the high end of its range (of its votes, or of its prior before any vote). The
measure is the number of places among the best that change hands between the two: 0 where nothing moves, 1 where one
product takes another's place for sure.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from scoring.robustness import TOP

# from here on an item is worth its discussion: it moves a place in one plausible world of twenty
DECISIVE_FROM = 0.05
CHUNK = 32  # items at a time: their samples fit the processor's cache


def decisiveness(
    levels: pd.DataFrame,
    expectations: pd.Series,
    domains: pd.Series,
    weights: pd.Series,
    ranges: pd.DataFrame,
    *,
    products: pd.Series,
    errors: pd.DataFrame,
    blocked: pd.Series | None = None,
    must_haves: pd.Series | None = None,
    reached: pd.DataFrame | None = None,
    top: int = TOP,
) -> pd.DataFrame:
    """How much the shortlist moves when each item's level moves over its range, the others staying as they are.

    levels, expectations, domains, weights   as for `fit`; items without an expectation count as 0
    ranges      DataFrame item -> low, high
    products    offer -> product; of each product the best offer that passes competes
    errors      DataFrame sample x product: what may be added to a fit, by the uncertainty of ratings and weights
    blocked     offer -> number of conditions that exclude it; none where not given
    must_haves  item -> level, of the items that exclude an offer which does not reach them
    reached     DataFrame offer x must-have: the level that decides whether it is reached

    Returns a DataFrame item -> low, high, places (that change hands), swing (largest change of one offer's fit against
    another's, 0 to 1), the most decisive first.
    """
    items = domains.index.intersection(ranges.index, sort=False).intersection(levels.columns, sort=False)
    world = _World(levels, expectations, domains, weights, items)
    grouped = _Products(products.reindex(levels.index), errors.columns)
    gate = _Gate(levels.index, items, blocked, must_haves, reached)
    low, high = (ranges.loc[items, end].to_numpy(float) for end in ("low", "high"))
    ends = []
    for level in (low, high):
        fits = world.fits(level)
        ends.append(grouped.best(np.where(gate.passes(level), fits, -np.inf)))
    places = np.zeros(len(items))
    noise = errors.to_numpy(np.float32)
    for part in _pieces(np.flatnonzero(_apart(*ends) > 1e-9)):
        before, after = (_chances(noise, end[:, part], top) for end in ends)
        change = after - before
        # where a product leaves and nobody takes its place, a place is lost all the same
        places[part] = np.maximum(change.clip(min=0).sum(axis=1), -change.clip(max=0).sum(axis=1))
    found = pd.DataFrame({"low": low, "high": high, "places": places, "swing": _swing(*ends)}, index=items)
    return found.sort_values(["places", "swing"], ascending=False, kind="stable")


class _World:
    """The fits of all offers when one item's level is another, all items at once."""

    def __init__(
        self, levels: pd.DataFrame, expectations: pd.Series, domains: pd.Series, weights: pd.Series, items: pd.Index
    ) -> None:
        every = domains.index.intersection(levels.columns, sort=False)
        names, code = np.unique(domains.reindex(every).to_numpy(object).astype(str), return_inverse=True)
        asked = expectations.reindex(every).fillna(0.0).to_numpy(float)
        reached = np.ascontiguousarray(levels.to_numpy(float)[:, levels.columns.get_indexer(every)])
        share = weights.reindex(names).fillna(0.0).to_numpy(float)
        self.asked_of = np.bincount(code, asked, len(names))
        onto = np.zeros((len(every), len(names)))
        onto[np.arange(len(every)), code] = 1.0
        self.covered_of = np.minimum(reached, asked) @ onto
        counts = self.asked_of > 0
        fits = self.covered_of / np.where(counts, self.asked_of, 1.0)
        # sums over the domains with something asked, before dividing by their weights
        self.total, self.weight = (fits * share * counts).sum(axis=1), (share * counts).sum()
        at = every.get_indexer(items)
        self.code, self.asked, self.reached = code[at], asked[at], reached[:, at]
        self.domain_fit, self.share, self.counts = fits[:, self.code], share[self.code], counts[self.code]

    def fits(self, level: np.ndarray) -> np.ndarray:
        """offer x item: the fit if this item were asked at this level."""
        asked = self.asked_of[self.code] - self.asked + level
        covered = self.covered_of[:, self.code] - np.minimum(self.reached, self.asked) + np.minimum(self.reached, level)
        stays = asked > 1e-12  # else nothing is asked in the domain any more
        domain_fit = np.where(stays, covered / np.where(stays, asked, 1.0), 0.0)
        total = self.total[:, None] + self.share * (domain_fit - self.domain_fit * self.counts)
        weight = self.weight + self.share * (stays.astype(float) - self.counts)
        return np.where(weight > 1e-12, total / np.where(weight > 1e-12, weight, 1.0), 0.0)


class _Products:
    """The best offer of each product."""

    def __init__(self, products: pd.Series, order: pd.Index) -> None:
        place = order.get_indexer(products.to_numpy(object))
        if (place < 0).any():
            raise ValueError("There is an offer whose product has no errors drawn.")
        self.rows = np.argsort(place, kind="stable")
        self.starts = np.flatnonzero(np.r_[True, np.diff(place[self.rows]) > 0])
        self.places, self.count = place[self.rows][self.starts], len(order)

    def best(self, values: np.ndarray) -> np.ndarray:
        """product x item: the highest of its offers; minus infinity for a product without an offer."""
        found = np.full((self.count, values.shape[1]), -np.inf)
        found[self.places] = np.maximum.reduceat(values[self.rows], self.starts, axis=0)
        return found


class _Gate:
    """Which offers pass when the level of a must-have is another."""

    def __init__(
        self,
        offers: pd.Index,
        items: pd.Index,
        blocked: pd.Series | None,
        must_haves: pd.Series | None,
        reached: pd.DataFrame | None,
    ) -> None:
        shape = len(offers), len(items)
        count = np.zeros(len(offers)) if blocked is None else blocked.reindex(offers).fillna(0).to_numpy(float)
        self.must = np.zeros(len(items), dtype=bool)
        self.reached = np.zeros(shape)
        others = np.repeat(count[:, None], len(items), axis=1)
        if must_haves is not None and reached is not None:
            for item, level in must_haves.items():
                place = items.get_indexer([item])[0]
                if place >= 0 and item in reached:
                    self.must[place] = True
                    self.reached[:, place] = np.floor(reached[item].reindex(offers).to_numpy(float) + 0.5)
                    others[:, place] -= self.reached[:, place] < level
        self.free = others <= 0
        if not (count <= 0).any():  # nobody passes: the order of all of them is what there is to move
            self.free, self.must = np.ones(shape, dtype=bool), np.zeros(len(items), dtype=bool)

    def passes(self, level: np.ndarray) -> np.ndarray:
        return self.free & (~self.must | (self.reached >= level))


def _chances(noise: np.ndarray, fits: np.ndarray, top: int) -> np.ndarray:
    """item x product: share of the samples in which the product is among the best."""
    values = noise[None, :, :] + fits.T[:, None, :].astype(np.float32)
    count = values.shape[2]
    if count <= top:
        return np.isfinite(values).mean(axis=1)
    bar = np.partition(values, count - top, axis=2)[:, :, count - top, None]
    return ((values >= bar) & np.isfinite(values)).mean(axis=1)


def _apart(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """For each item, whether some product moves against the others: 0 where all move alike."""
    return np.where((np.isfinite(one) != np.isfinite(other)).any(axis=0), 1.0, _swing(one, other))


def _swing(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Largest change of one product's fit against another's."""
    both = np.isfinite(one) & np.isfinite(other)
    change = np.where(both, np.where(both, other, 0.0) - np.where(both, one, 0.0), np.nan)
    highest, lowest = np.where(both, change, -np.inf).max(axis=0), np.where(both, change, np.inf).min(axis=0)
    return np.where(both.any(axis=0), highest - lowest, 0.0)


def _pieces(places: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(places), CHUNK):
        yield places[start : start + CHUNK]
