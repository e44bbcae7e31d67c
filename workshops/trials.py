"""What would become of one product if something were different: only what the change touches is computed anew.

The answers are those of a whole new assessment of the changed project, which takes ten times as long.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from scoring.fit import Fit
from scoring.gates import GATES, excluded
from scoring.robustness import chance_in_top, domain_spread, robustness
from scoring.shortlist import first_of_each, is_listed
from workshops.assess import Assessment
from workshops.model import Project


class Standing(NamedTuple):
    """Where a product stands: its best offer that passes every gate, on the list or not, its chance of the top."""

    offer: str
    listed: bool
    chance: float


class Trials:
    """What all trials on one assessment share."""

    def __init__(self, assessment: Assessment) -> None:
        self.assessment, self.settings = assessment, assessment.settings
        table = assessment.table
        self.names, self.products = table.index, table["product"].to_numpy(object)
        self.cost = table["cost"].to_numpy(float)
        self.weights = assessment.robustness.weights
        self.items = assessment.offers.central.columns.get_indexer(assessment.fit.asked.index)
        self.blocked = {
            gate: fails.T.to_numpy(bool).any(axis=1) for gate, fails in assessment.fails.T.groupby(level="gate")
        }

    def with_conditions(self, project: Project, gates: Collection[str], product_id: str) -> Standing | None:
        """A product in a project of which only conditions of some gates are others; None where a gate excludes it."""
        tried = Assessment(project, self.assessment.edition, self.assessment.map)
        rows = np.flatnonzero(~self._blocked(tried, gates))
        if product_id not in self.products[rows]:
            return None
        fits, low, high = self._fits(tried, rows)
        order = self._order(self._key(fits, low), self._cost(tried)[rows], rows)
        products = self.products[rows[order]]
        spread = domain_spread(low.iloc[order], high.iloc[order], fits.asked, fits.domains)
        values = robustness(fits.domain_fit.iloc[order], spread, self.weights).values
        place = int(np.flatnonzero(products == product_id)[0])
        return self._standing(str(self.names[rows[order[place]]]), values, place, np.arange(len(order)))

    def with_high_ratings(self, offer: str, items: pd.Index) -> Standing:
        """A candidate of which some ratings are known to be as high as their evidence allows."""
        a, candidates = self.assessment, self.assessment.candidates
        low, central, high = (one.covered.loc[[offer]] for one in (a.cautious, a.fit, a.generous))
        raised = central.columns.isin(items)
        low, central = (pd.DataFrame(np.where(raised, high, one), [offer], high.columns) for one in (low, central))
        fits, place = dataclasses.replace(a.fit, covered=central), candidates.get_loc(offer)
        spread = domain_spread(low, high, fits.asked, fits.domains)
        values = a.robustness.values.copy()
        values[:, place] = robustness(fits.domain_fit, spread, self.weights).values[:, 0]
        key = self._candidates_key.copy()
        key[place] = self._key(fits, low)[0]
        order = np.argsort(-key, kind="stable")
        return self._standing(offer, values, int(np.flatnonzero(order == place)[0]), order)

    def _standing(self, offer: str, values: np.ndarray, place: int, order: np.ndarray) -> Standing:
        """values: sample x offer; order: the offers' columns from best to worst; place: of the offer in that order."""
        chance = cache(lambda one: chance_in_top(values, int(order[one])))
        return Standing(offer, is_listed(place, chance, self.settings), chance(place))

    def _blocked(self, tried: Assessment, gates: Collection[str]) -> np.ndarray:
        """For each offer, whether a condition excludes it."""
        moved = set(gates)
        if tried.offers is not self.assessment.offers:  # must-haves that need other add-ons change levels and costs
            moved |= {"must-have", "budget"}
        found = np.zeros(len(self.names), dtype=bool)
        for gate in GATES:
            if gate not in moved:
                found |= self.blocked.get(gate, False)
                continue
            for one in tried.conditions_of(gate):
                ends = (end.to_numpy(float) for end in (one.low, one.central, one.high))
                found |= excluded(gate, *ends, one.bar, one.at_least, self.settings.policy)
        return found

    def _fits(self, tried: Assessment, rows: np.ndarray) -> tuple[Fit, pd.DataFrame, pd.DataFrame]:
        """The fit of some offers, and what they cover at the low and at the high end of their intervals."""
        known = self.assessment.fit
        asked = tried.expectations.reindex(known.asked.index)
        low, central, high = (
            pd.DataFrame(
                np.minimum(one.to_numpy(float)[np.ix_(rows, self.items)], asked.to_numpy()),
                self.names[rows],
                asked.index,
            )
            for one in (tried.offers.low, tried.offers.central, tried.offers.high)
        )
        return Fit(asked, known.domains, known.weights, central), low, high

    def _cost(self, tried: Assessment) -> np.ndarray:
        if tried.offers is self.assessment.offers:
            return self.cost
        return tried.cost.totals["likely"].reindex(self.names).to_numpy(float)

    def _key(self, fits: Fit, low: pd.DataFrame) -> np.ndarray:
        """What offers are ordered by, rounded as the shortlist does."""
        ordered = dataclasses.replace(fits, covered=low) if self.settings.order_by == "cautious" else fits
        return ordered.scores.to_numpy().round(9)

    def _order(self, key: np.ndarray, cost: np.ndarray, rows: np.ndarray) -> list[int]:
        """The best of each product, best first, as places among the rows."""
        order = np.lexsort((self.names[rows].to_numpy(str), cost, -key))
        return first_of_each(order, self.products[rows])

    @property
    def _candidates_key(self) -> np.ndarray:
        end = "low" if self.settings.order_by == "cautious" else "fit"
        return self.assessment.table.loc[self.assessment.candidates, end].to_numpy(float).round(9)


@lru_cache(maxsize=8)
def trials(assessment: Assessment) -> Trials:
    """The trials on an assessment; every product that is left out shares them."""
    return Trials(assessment)
