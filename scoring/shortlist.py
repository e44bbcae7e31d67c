"""From all offers to the few that deserve a demonstration, each left-out product with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from scoring.gates import GATES, Gates


@dataclass(frozen=True)
class Settings:
    """The constants of a shortlist; all of them are shown and printed with the result."""

    at_least: int = 3
    at_most: int = 5
    top: int = 3
    probability: float = 0.25
    policy: str = "default"
    order_by: str = "central"  # or "cautious"

    def problems(self) -> list[str]:
        """What is wrong with the constants, as ids of sentences."""
        found = []
        if not 1 <= self.at_least <= self.at_most:
            found.append("size")
        if not 0 <= self.probability <= 1:
            found.append("probability")
        return found


@dataclass(frozen=True, eq=False)
class Shortlist:
    """The best offer of each vendor, those on the shortlist first.

    rows      DataFrame offer -> product, fit, low, high, probability, cost, gates_passed (bool), listed (bool),
              reason: "listed", "gate", or "behind" (passes every gate but others are ahead)
    offers    DataFrame of every offer with product, fit and gates_passed
    gates     the verdicts
    funnel    list of (step, products left, products lost there)
    """

    rows: pd.DataFrame
    offers: pd.DataFrame
    gates: Gates
    settings: Settings
    funnel: list[tuple[str, list[str], list[str]]] = field(default_factory=list)

    @cached_property
    def listed(self) -> pd.DataFrame:
        return self.rows[self.rows["listed"].to_numpy(bool)]

    @cached_property
    def left_out(self) -> pd.DataFrame:
        return self.rows[~self.rows["listed"].to_numpy(bool)]


def best_offers(table: pd.DataFrame, gates: Gates, order_by: str = "central") -> pd.DataFrame:
    """One offer for each product, best first: those that pass every gate, then the rest.

    table  DataFrame offer -> product, fit, low, high (fit at the ends of the intervals), cost (likely total)

    For each product the best offer is the one with the highest fit that passes every gate, the cheapest among equals;
    where none passes, the one with the highest fit stands for the product, with its reasons.
    """
    passes = gates.passes(table.index)
    # rounded, so that the last digit of a sum never decides between equals
    key = table["low" if order_by == "cautious" else "fit"].to_numpy(float).round(9)
    names = table.index.to_numpy(str) if len(table) else np.empty(0, dtype=str)
    order = np.lexsort((names, table["cost"].to_numpy(float), -key, ~passes))
    first = first_of_each(order, table["product"].to_numpy(object))
    return table.iloc[first].assign(gates_passed=passes[first])


def first_of_each(order: np.ndarray, products: np.ndarray) -> list[int]:
    """Of offers in an order, by place, the first one of each product."""
    seen: set[str] = set()
    return [int(one) for one in order if not (products[one] in seen or seen.add(products[one]))]


def shortlist(table: pd.DataFrame, gates: Gates, probability: pd.Series, settings: Settings = Settings()) -> Shortlist:
    """Choose the offers worth a demonstration.

    table        as for `best_offers`
    probability  offer -> P(rank <= top) among the best offers that pass the gates
    """
    best = best_offers(table, gates, settings.order_by)
    chance = probability.reindex(best.index).fillna(0.0).to_numpy()
    passed = best["gates_passed"].to_numpy(bool)
    listed = on_the_list(passed, chance, settings)
    reason = np.select([listed, ~passed], ["listed", "gate"], "behind").astype(object)
    rows = best.assign(probability=chance, listed=listed, reason=pd.Series(reason, best.index, dtype=object))
    rows = rows.iloc[np.argsort(~listed, kind="stable")]
    offers = table.assign(gates_passed=gates.passes(table.index))
    return Shortlist(rows, offers, gates, settings, funnel(offers, gates))


def on_the_list(passed: np.ndarray, chance: np.ndarray, settings: Settings) -> np.ndarray:
    """Of offers from best to worst: the first few always, then those that can plausibly be in the top, up to a size."""
    place = np.cumsum(passed) - 1
    worth = passed & ((place < settings.at_least) | (chance >= settings.probability))
    return worth & (np.cumsum(worth) <= settings.at_most)


def is_listed(place: int, chance: Callable[[int], float], settings: Settings) -> bool:
    """What `on_the_list` says of one offer where all pass, asking only for the chances that matter to it."""

    def worth(one: int) -> bool:
        return one < settings.at_least or chance(one) >= settings.probability

    return worth(place) and (place < settings.at_most or sum(map(worth, range(place))) < settings.at_most)


def frontier(table: pd.DataFrame) -> pd.Index:
    """The offers that no other beats on both fit and cost, from the cheapest to the dearest.

    table  DataFrame offer -> fit, cost
    """
    fit, cost = table["fit"].to_numpy(float).round(9), table["cost"].to_numpy(float)
    kept, best = [], -np.inf
    for place in np.lexsort((-fit, cost)):
        if fit[place] > best:
            kept.append(place)
            best = fit[place]
    return table.index[kept]


def funnel(offers: pd.DataFrame, gates: Gates) -> list[tuple[str, list[str], list[str]]]:
    """Gate by gate: the products with an offer left, and those that lost their last one there."""
    steps: list[tuple[str, list[str], list[str]]] = []
    product_of = dict(zip(offers.index, offers["product"].to_numpy(object), strict=True))
    failed: dict[str, set[str]] = {gate: set() for gate in GATES}
    excluding = gates.excluding
    for gate, offer in zip(excluding["gate"].to_numpy(object), excluding["offer"].to_numpy(object), strict=True):
        failed[gate].add(offer)
    alive, products = set(product_of), list(dict.fromkeys(product_of.values()))
    steps.append(("all", products, []))
    for gate in GATES:
        alive -= failed[gate]
        left = {product_of[offer] for offer in alive}
        steps.append((gate, [one for one in products if one in left], [one for one in products if one not in left]))
        products = steps[-1][1]
    return steps
