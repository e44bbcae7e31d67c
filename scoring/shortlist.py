"""From all offers to the few that deserve a demonstration, each left-out product with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

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


@dataclass(frozen=True)
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
        return self.rows[self.rows["listed"]]

    @cached_property
    def left_out(self) -> pd.DataFrame:
        return self.rows[~self.rows["listed"]]


def best_offers(table: pd.DataFrame, gates: Gates, order_by: str = "central") -> pd.DataFrame:
    """One offer for each product, best first: those that pass every gate, then the rest.

    table  DataFrame offer -> product, fit, low, high (fit at the ends of the intervals), cost (likely total)

    For each product the best offer is the one with the highest fit that passes every gate, the cheapest among equals;
    where none passes, the one with the highest fit stands for the product, with its reasons.
    """
    key = "low" if order_by == "cautious" else "fit"
    passes = [offer not in gates.excluded for offer in table.index]
    # rounded, so that the last digit of a sum never decides between equals
    ranked = table.assign(gates_passed=passes, _key=table[key].round(9), _name=table.index.astype(str))
    ranked = ranked.sort_values(["gates_passed", "_key", "cost", "_name"], ascending=[False, False, True, True])
    return ranked.drop_duplicates("product").drop(columns=["_key", "_name"])


def shortlist(table: pd.DataFrame, gates: Gates, probability: pd.Series, settings: Settings = Settings()) -> Shortlist:
    """Choose the offers worth a demonstration.

    table        as for `best_offers`
    probability  offer -> P(rank <= top) among the best offers that pass the gates
    """
    best = best_offers(table, gates, settings.order_by)
    best = best.assign(probability=probability.reindex(best.index).fillna(0.0))
    listed = _listed(best, settings)
    reason = pd.Series("behind", best.index).mask(~best["gates_passed"], "gate").mask(listed, "listed")
    rows = best.assign(listed=listed, reason=reason).sort_values("listed", ascending=False, kind="stable")
    offers = table.assign(gates_passed=[offer not in gates.excluded for offer in table.index])
    return Shortlist(rows, offers, gates, settings, funnel(offers, gates))


def _listed(best: pd.DataFrame, settings: Settings) -> pd.Series:
    """The first few always, then those that can plausibly be in the top, up to the largest size."""
    passing = best[best["gates_passed"]]
    plausible = (passing["probability"] >= settings.probability).to_numpy()
    place = pd.RangeIndex(len(passing))
    chosen = passing.index[(place < settings.at_least) | plausible][: settings.at_most]
    return pd.Series(best.index.isin(chosen), best.index)


def funnel(offers: pd.DataFrame, gates: Gates) -> list[tuple[str, list[str], list[str]]]:
    """Gate by gate: the products with an offer left, and those that lost their last one there."""
    steps: list[tuple[str, list[str], list[str]]] = []
    product_of = dict(zip(offers.index, offers["product"], strict=True))
    failed: dict[str, set[str]] = {gate: set() for gate in GATES}
    for gate, offer in zip(gates.excluding["gate"], gates.excluding["offer"], strict=True):
        failed[gate].add(offer)
    alive, products = set(product_of), list(dict.fromkeys(product_of.values()))
    steps.append(("all", products, []))
    for gate in GATES:
        alive -= failed[gate]
        left = {product_of[offer] for offer in alive}
        steps.append((gate, [one for one in products if one in left], [one for one in products if one not in left]))
        products = steps[-1][1]
    return steps
