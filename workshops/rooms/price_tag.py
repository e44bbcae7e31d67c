"""What an answer costs before it is given: products that a must-have removes, plans that it forces, cost that it adds."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import pandas as pd

from scoring.fit import NothingAskedError
from workshops.assess import Assessment
from workshops.model import Project


@dataclass(frozen=True)
class PlanForced:
    """A product that still passes, but no longer with the cheapest offer that passed before."""

    product: str
    before: str  # offer
    after: str  # offer
    add_ons: tuple[str, ...]  # that the offer after has and the one before had not
    cost_per_year: float  # likely, in the project's currency


@dataclass(frozen=True)
class PriceTag:
    """The price of one must-have."""

    item_id: str
    level: int
    removed: tuple[str, ...]  # products that pass today and would not, best fit first
    kept: tuple[str, ...]  # products that would still pass, best fit first
    to_confirm: tuple[str, ...]  # of those, the ones whose rating is not sure enough
    forced: tuple[PlanForced, ...]  # the dearest first
    spared: bool  # whether anything passed before: where nothing did, there is nothing to remove

    @property
    def free(self) -> bool:
        return not (self.removed or self.forced)


@dataclass(frozen=True)
class Moves:
    """Who moves between two shortlists, by product.

    Whoever stays has moved where the place is another and the order among those who stay is too: who comes in or goes
    away above them moves nobody.
    """

    entering: tuple[tuple[str, int], ...] = ()  # with their place, from 1
    leaving: tuple[str, ...] = ()
    rising: tuple[tuple[str, int], ...] = ()  # with their new place
    falling: tuple[tuple[str, int], ...] = ()

    @property
    def nobody(self) -> bool:
        return not (self.entering or self.leaving or self.rising or self.falling)


def moves(before: Sequence[str], after: Sequence[str]) -> Moves:
    """What became of a shortlist: products in their order, before and after."""
    old, new = [one for one in before if one in after], [one for one in after if one in before]
    was, place = ({one: number for number, one in enumerate(table, start=1)} for table in (before, after))
    return Moves(
        entering=tuple((one, place[one]) for one in after if one not in before),
        leaving=tuple(one for one in before if one not in after),
        rising=tuple((one, place[one]) for one in new if new.index(one) < old.index(one) and place[one] < was[one]),
        falling=tuple((one, place[one]) for one in new if new.index(one) > old.index(one) and place[one] > was[one]),
    )


@dataclass(frozen=True)
class Effect:
    """What a level does to the shortlist, against the requirements as they stand."""

    level: int
    entering: tuple[str, ...]  # offers of products that are not on it now
    leaving: tuple[str, ...]  # offers of products that would no longer be on it
    leader: str  # offer that would lead, "" where nothing passes
    leader_changes: bool  # another product would lead
    order: Moves  # who enters, leaves, rises and falls, by product
    largest: tuple[str, float] | None  # offer of the present shortlist whose fit moves most, and by how much (0 to 1)

    @property
    def moves(self) -> bool:
        return bool(self.entering or self.leaving or self.leader_changes)


def variant(project: Project, item_id: str, **changes: Any) -> Project:
    """The project as it would be if one item were asked otherwise; nothing is written."""
    expectation = dataclasses.replace(project.expectation(item_id), **changes)
    if not expectation.in_scope:
        expectation = dataclasses.replace(expectation, status="open")
    return dataclasses.replace(project, expectations=MappingProxyType({**project.expectations, item_id: expectation}))


@lru_cache(maxsize=256)
def price_of_must_have(assessment: Assessment, item_id: str, level: int) -> PriceTag:
    """What making an item a must-have at a level would cost, against asking for the same level without it.

    The plan a must-have forces is read from the cheapest offer of each product that passes every gate: with the
    must-have, the cheaper plans no longer pass.
    """
    wish = _with(assessment, item_id, level=level, must_have=False)
    must = _with(assessment, item_id, level=level, must_have=True)
    before, after = _cheapest(wish), _cheapest(must)
    order = [product for product in _by_fit(wish) if product in before.index]
    kept = tuple(product for product in order if product in after.index)
    unsure = set(must.gates.to_confirm.query("gate == 'must-have' and condition == @item_id")["offer"])
    yearly_before, yearly_after = cost_per_year(wish), cost_per_year(must)
    forced = []
    for product in kept:
        old, new = before[product], after[product]
        added = tuple(
            one for one in must.offers.table.at[new, "add_ons"] if one not in wish.offers.table.at[old, "add_ons"]
        )
        cost = float(yearly_after[new] - yearly_before[old])
        if old != new or added:
            forced.append(PlanForced(product, old, new, added, cost))
    return PriceTag(
        item_id,
        level,
        removed=tuple(product for product in order if product not in after.index),
        kept=kept,
        to_confirm=tuple(product for product in kept if after[product] in unsure),
        forced=tuple(sorted(forced, key=lambda one: -one.cost_per_year)),
        spared=len(before) > 0,
    )


@lru_cache(maxsize=512)
def effect_of_level(assessment: Assessment, item_id: str, level: int) -> Effect:
    """What the shortlist would be if an item were asked at a level; a must-have stays one."""
    now = assessment.project.expectation(item_id)
    as_now = now.in_scope and now.level == level
    would_be = assessment if as_now else _with(assessment, item_id, level=level, must_have=now.must_have and level > 0)
    before, after = listed(assessment), listed(would_be)
    products_before, products_after = ([_product(offer) for offer in offers] for offers in (before, after))
    moved = None
    if len(before) and len(after):
        change = (would_be.fit.scores - assessment.fit.scores).reindex(before)
        offer = str(change.abs().idxmax())
        moved = (offer, float(change[offer]))
    return Effect(
        level,
        entering=tuple(str(one) for one in after if _product(one) not in products_before),
        leaving=tuple(str(one) for one in before if _product(one) not in products_after),
        leader=str(after[0]) if len(after) else "",
        leader_changes=products_after[:1] != products_before[:1],
        order=moves(products_before, products_after),
        largest=moved,
    )


def _product(offer: str) -> str:
    return offer.partition("/")[0]


def cost_per_year(assessment: Assessment) -> pd.Series:
    """offer -> likely cost of a mean year of the horizon, undiscounted: what is paid once is spread over the years."""
    cost = assessment.cost
    return (cost.first_year + (cost.years - 1) * cost.yearly) / cost.years


def _with(assessment: Assessment, item_id: str, **changes: Any) -> Assessment:
    return Assessment(variant(assessment.project, item_id, **changes), assessment.edition, assessment.map)


def _cheapest(assessment: Assessment) -> pd.Series:
    """product -> its cheapest offer that passes every gate; products without one are left out."""
    offers, costs = assessment.offers.table, assessment.cost.totals["likely"]
    passing = offers[[offer not in assessment.gates.excluded for offer in offers.index]]
    ranked = passing.assign(cost=costs.reindex(passing.index), name=passing.index.astype(str))
    ranked = ranked.sort_values(["cost", "place", "name"]).drop_duplicates("product")
    return pd.Series(ranked.index.to_numpy(object), ranked["product"].to_numpy(object))


def _by_fit(assessment: Assessment) -> list[str]:
    """Products by their best fit."""
    try:
        scores = assessment.fit.scores
    except NothingAskedError:
        return list(dict.fromkeys(assessment.offers.table["product"]))
    ranked = assessment.offers.table.assign(fit=scores).sort_values("fit", ascending=False, kind="stable")
    return list(dict.fromkeys(ranked["product"]))


def listed(assessment: Assessment) -> pd.Index:
    """The offers on the shortlist, best first; none while nothing is asked."""
    try:
        return assessment.shortlist.listed.index
    except NothingAskedError:
        return pd.Index([])
