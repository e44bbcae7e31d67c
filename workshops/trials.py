"""What would become of one product if something were different: only what the change touches is computed anew.

The answers are those of a whole new assessment of the changed project, which takes ten times as long.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache, cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from scoring.gates import GATES, excluded
from scoring.offers import Offers
from scoring.robustness import Samples, spread_of
from scoring.shortlist import first_of_each, is_listed
from workshops.assess import Assessment
from workshops.model import Project


class Standing(NamedTuple):
    """Where a product stands: its best offer that passes every gate, on the list or not, its chance of the top."""

    offer: str
    listed: bool
    chance: float


class Trials:
    """What all trials on one assessment share, as arrays offer x item asked for (low, central and high ends)."""

    def __init__(self, assessment: Assessment) -> None:
        self.assessment, self.settings = assessment, assessment.settings
        table, fit = assessment.table, assessment.fit
        self.names, self.products = table.index.to_numpy(str), table["product"].to_numpy(object)
        self.cost, self.weights = table["cost"].to_numpy(float), fit.weights.to_numpy()
        self.asked, self.items = fit.asked.to_numpy(float), fit.asked.index
        self.column = {item: place for place, item in enumerate(self.items)}
        domains = fit.domains.to_numpy()
        self.starts = np.flatnonzero(np.r_[True, domains[1:] != domains[:-1]])
        self.levels = self._levels(assessment.offers)
        self.samples = Samples(assessment.robustness.weights)

    def with_conditions(
        self, project: Project, gates: Collection[str], levels: Mapping[str, float], product_id: str
    ) -> Standing | None:
        """A product in a project that differs in conditions of some gates; None where a gate still excludes it.

        levels  item -> the level asked, where it is another
        """
        tried = Assessment(project, self.assessment.edition, self.assessment.map)
        offers = tried.offers if "must-have" in gates else self.assessment.offers
        same = offers is self.assessment.offers
        if not same:  # must-haves that need other add-ons: other levels and other costs
            gates = {*gates, "must-have", "budget"}
        rows = np.flatnonzero(~self._blocked(tried, gates))
        if product_id not in self.products[rows]:
            return None
        asked = self.asked.copy()
        for item, level in levels.items():
            if item in self.column:
                asked[self.column[item]] = level
        ends = [np.minimum(end[rows], asked) for end in (self.levels if same else self._levels(offers))]
        cost = self.cost if same else tried.cost.totals["likely"].reindex(offers.table.index).to_numpy(float)
        order = np.lexsort((self.names[rows], cost[rows], -self._key(*ends, asked)))
        order = first_of_each(order, self.products[rows])
        values = self._values(rows[order], *(end[order] for end in ends), asked)
        place = self.products[rows[order]].tolist().index(product_id)
        return self._standing(str(self.names[rows[order[place]]]), values, place, np.arange(len(order)))

    def with_high_ratings(self, offer: str, items: pd.Index) -> Standing:
        """A candidate of which some ratings are known to be as high as their evidence allows."""
        place = self.assessment.candidates.get_loc(offer)
        row = self._candidates[[place]]
        low, central, high = (np.minimum(end[row], self.asked) for end in self.levels)
        raised = self.items.get_indexer(items)
        low[:, raised] = central[:, raised] = high[:, raised]
        values, key = self._candidate_values.copy(), self._candidate_key.copy()
        values[place] = self._values(row, low, central, high, self.asked)[0]
        key[place] = self._key(low, central, high, self.asked)[0]
        order = np.argsort(-key, kind="stable")
        return self._standing(offer, values, order.tolist().index(place), order)

    def _standing(self, offer: str, values: np.ndarray, place: int, order: np.ndarray) -> Standing:
        """values: offer x sample; order: their rows from best to worst; place: of the offer in that order."""
        chance = cache(lambda one: Samples.chance_in_top(values, order[one]))
        return Standing(offer, is_listed(place, chance, self.settings), chance(place))

    def _blocked(self, tried: Assessment, gates: Collection[str]) -> np.ndarray:
        """For each offer, whether a condition excludes it: of some gates as they are tried, of the others as they are."""
        found = np.zeros(len(self.names), dtype=bool)
        for gate in GATES:
            if gate not in gates:
                found |= self._blocked_by[gate]
            elif parts := list(tried.conditions_of(gate)):
                ends = (np.stack([getattr(one, end).to_numpy(float) for one in parts]) for end in ENDS)
                bars = np.array([one.bar for one in parts], dtype=float)
                found |= excluded(gate, *ends, bars, parts[0].at_least, self.settings.policy).any(axis=0)
        return found

    @cached_property
    def _blocked_by(self) -> dict[str, np.ndarray]:
        """gate -> for each offer, whether it excludes."""
        excluding = self.assessment.gates.excluding
        gates, rows = excluding["gate"].to_numpy(object), self.assessment.table.index.get_indexer(excluding["offer"])
        found = {gate: np.zeros(len(self.names), dtype=bool) for gate in GATES}
        for gate, blocked in found.items():
            blocked[rows[gates == gate]] = True
        return found

    def _levels(self, offers: Offers) -> list[np.ndarray]:
        columns = offers.central.columns.get_indexer(self.items)
        return [np.ascontiguousarray(getattr(offers, end).to_numpy(float)[:, columns]) for end in ENDS]

    def _domain_fit(self, covered: np.ndarray, asked: np.ndarray) -> np.ndarray:
        return np.add.reduceat(covered, self.starts, axis=1) / np.add.reduceat(asked, self.starts)

    def _key(self, low: np.ndarray, central: np.ndarray, high: np.ndarray, asked: np.ndarray) -> np.ndarray:
        """What offers are ordered by, rounded as the shortlist does."""
        covered = low if self.settings.order_by == "cautious" else central
        return (self._domain_fit(covered, asked) * self.weights).sum(axis=1).round(9)

    def _values(
        self, rows: np.ndarray, low: np.ndarray, central: np.ndarray, high: np.ndarray, asked: np.ndarray
    ) -> np.ndarray:
        """offer x sample: the fits of some offers, by what they cover."""
        spread = spread_of(high - low, np.add.reduceat(asked, self.starts), self.starts)
        return self.samples.values(self.names[rows], self._domain_fit(central, asked), spread)

    @cached_property
    def _candidates(self) -> np.ndarray:
        return self.assessment.table.index.get_indexer(self.assessment.candidates)

    @cached_property
    def _candidate_values(self) -> np.ndarray:
        return np.ascontiguousarray(self.assessment.robustness.values.T)

    @cached_property
    def _candidate_key(self) -> np.ndarray:
        ends = (np.minimum(end[self._candidates], self.asked) for end in self.levels)
        return self._key(*ends, self.asked)


ENDS = ("low", "central", "high")


@lru_cache(maxsize=8)
def trials(assessment: Assessment) -> Trials:
    """The trials on an assessment; every product that is left out shares them."""
    return Trials(assessment)
