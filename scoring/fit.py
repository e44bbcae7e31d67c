"""How well what is offered covers what is asked.

The arithmetic is a weighted fuzzy subsethood (Kosko 1986), the same as one-sided goal programming and as the
normalisation of the Reference Ideal Method (Cables, Lamata & Verdegay 2016): over-delivery earns nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd


class NothingAskedError(ValueError):
    """No item has an expectation above 0, or no domain with expectations has a weight: there is nothing to score."""


@dataclass(frozen=True, eq=False)
class Fit:
    """Fit of each offer, with its working; every total is derived from the points.

    asked    Series item -> level asked, items asked above 0 only, grouped by domain
    domains  Series item -> domain, same index as `asked`
    weights  Series domain -> share, only domains with points asked for, sums to 1
    covered  DataFrame offer x item: min(rating, asked), in levels
    """

    asked: pd.Series
    domains: pd.Series
    weights: pd.Series
    covered: pd.DataFrame

    @cached_property
    def asked_by_domain(self) -> pd.Series:
        """Points asked for in each domain."""
        return pd.Series(np.add.reduceat(self.asked.to_numpy(float), self._starts), index=self.weights.index)

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """offer x item: share of the asked level that is reached, 0 to 1."""
        return self.covered / self.asked

    @cached_property
    def domain_fit(self) -> pd.DataFrame:
        """offer x domain: share of the points asked for that is covered, 0 to 1."""
        points = np.add.reduceat(_rows(self.covered), self._starts, axis=1)
        return pd.DataFrame(points / self.asked_by_domain.to_numpy(), self.covered.index, self.weights.index)

    @cached_property
    def scores(self) -> pd.Series:
        """Fit of each offer, 0 to 1."""
        # row sums, not a matrix product: an offer's fit must not depend, to the bit, on which others stand beside it
        total = (_rows(self.domain_fit) * self.weights.to_numpy()).sum(axis=1)
        return pd.Series(total, self.covered.index, name="fit")

    @cached_property
    def item_weights(self) -> pd.Series:
        """item -> share of the whole fit that one level of the item is worth."""
        return self.domains.map(self.weights) / self.domains.map(self.asked_by_domain)

    @cached_property
    def contributions(self) -> pd.DataFrame:
        """offer x item: what the item brings to the fit; rows sum to the score."""
        return self.covered * self.item_weights

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """offer x item: levels missing."""
        return self.asked - self.covered

    @cached_property
    def lost(self) -> pd.DataFrame:
        """offer x item: share of the fit lost to the gap; rows sum to 1 - score."""
        return self.gaps * self.item_weights

    @cached_property
    def _starts(self) -> np.ndarray:
        """Where each domain begins among the items."""
        codes = self.domains.to_numpy()
        return np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])


def fit(levels: pd.DataFrame, expectations: pd.Series, domains: pd.Series, weights: pd.Series) -> Fit:
    """Compare what offers reach with what is asked.

    levels        offer x item, 0 to 4, without missing values
    expectations  item -> level asked, 0 to 4; items at 0 or missing do not count
    domains       item -> domain, items of a domain standing together
    weights       domain -> points, 0 or more; normalised here over the domains that have points asked for

    Raises NothingAskedError where no weighted domain has an expectation.
    """
    place = levels.columns.get_indexer(domains.index)
    asked = expectations.reindex(domains.index).fillna(0.0).to_numpy(float)
    weight = weights.reindex(domains.to_numpy()).fillna(0.0).to_numpy(float)
    kept = (place >= 0) & (asked > 0) & (weight > 0)
    if not kept.any():
        raise NothingAskedError("No item with an expectation lies in a domain with a weight.")
    asked, kept_domains = pd.Series(asked[kept], domains.index[kept]), domains[kept]
    kept_weights = pd.Series(weight[kept], kept_domains.to_numpy())
    kept_weights = kept_weights[~kept_weights.index.duplicated()]
    covered = np.minimum(np.ascontiguousarray(levels.to_numpy(float)[:, place[kept]]), asked.to_numpy())
    return Fit(asked, kept_domains, kept_weights / kept_weights.sum(), pd.DataFrame(covered, levels.index, asked.index))


def _rows(table: pd.DataFrame) -> np.ndarray:
    """The values with each row contiguous, so that a row is summed alike whatever stands around it."""
    return np.ascontiguousarray(table.to_numpy())
