"""Why not this product, and the smallest change that would bring it in: every answer is tried out, not guessed."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np

from scoring.gates import LIKELY_FAIL
from workshops.assess import Assessment
from workshops.model import Context, Project
from workshops.reasons import verdicts
from workshops.trials import Standing, trials

LISTED, BEHIND = "listed", "behind"
MOST_PLANS_TRIED = 3
ROUND_BUDGET = 100.0
OUT_OF_REACH = 100.0  # steps of a condition that is met or not, never nearly


@dataclass(frozen=True)
class Change:
    """One condition moved as far as an offer needs, or one rating that turns out as well as it may.

    gate       "context", "must-have", "budget", "ergonomics", or "rating"
    condition  what it is about: an item, or the name of the condition
    now, then  the bar or the level as it is and as it would be
    provable   a condition whose evidence is unsure: finding out may do as well as moving the bar
    """

    gate: str
    condition: str
    now: float
    then: float
    provable: bool = False


@dataclass(frozen=True)
class WayIn:
    """What would bring a product onto the shortlist, under one of its plans.

    outcome  "listed", or "behind": it would pass every gate, and others would still be ahead
    chance   of being among the best then
    """

    offer: str
    changes: tuple[Change, ...]
    outcome: str
    chance: float


@lru_cache(maxsize=512)
def way_in(assessment: Assessment, product_id: str) -> WayIn | None:
    """The smallest change that would put a product on the shortlist; None where nothing that was tried would.

    For a product that a gate excludes, each of its plans is tried with every excluding condition moved just far enough,
    the smallest move first. For one that stays behind, the fewest ratings that would have to turn out as well as their
    evidence allows.
    """
    rows = assessment.shortlist.rows
    place = rows["product"].to_numpy(object).tolist().index(product_id)
    if rows["listed"].iat[place]:
        return None
    if rows["gates_passed"].iat[place]:
        return _better_ratings(assessment, str(rows.index[place]))
    return _moved_bars(assessment, product_id)


def _moved_bars(assessment: Assessment, product_id: str) -> WayIn | None:
    found: WayIn | None = None
    tried_fit = -1.0
    for offer, fit, changes in by_size(assessment, product_id)[:MOST_PLANS_TRIED]:
        if fit <= tried_fit:
            continue  # it would need more, for no better a fit than one that stayed behind
        tried_fit = fit
        levels = {one.condition: one.then for one in changes if one.gate == "must-have" and one.then}
        moved = {change.gate for change in changes}
        stands = trials(assessment).with_conditions(changed(assessment, offer, changes), moved, levels, product_id)
        if stands is None:
            continue
        way = WayIn(stands.offer, changes, LISTED if stands.listed else BEHIND, stands.chance)
        if stands.listed:
            return way
        found = found or way
    return found


def by_size(assessment: Assessment, product_id: str) -> list[tuple[str, float, tuple[Change, ...]]]:
    """The offers of a product with their fit and what each would need, the one that needs least first."""
    excluding, table = verdicts(assessment).excluding, assessment.table
    own = np.flatnonzero(table["product"].to_numpy(object) == product_id)
    known = (table.index[own], table["fit"].to_numpy(float)[own], table["cost"].to_numpy(float)[own])
    needs = []
    for offer, fit, cost in zip(*known, strict=True):
        conditions = excluding.get(offer, [])
        size = sum(min(row.steps, OUT_OF_REACH) for row in conditions)
        # of plans that need the same the better fit, then the cheaper one
        order = (round(size, 6), len(conditions), -fit, cost)
        needs.append((order, offer, fit, tuple(_needed(row) for row in conditions)))
    return [(offer, fit, changes) for _, offer, fit, changes in sorted(needs, key=lambda one: one[0])]


def _needed(row: Any) -> Change:
    """How far a condition would have to move for an offer that it excludes."""
    then = float(row.deciding)
    if row.gate == "budget":
        then = math.ceil(then / ROUND_BUDGET - 1e-9) * ROUND_BUDGET
    elif row.gate == "ergonomics":
        then = float(math.floor(then))
    return Change(row.gate, row.condition, float(row.bar), then, row.verdict == LIKELY_FAIL)


def changed(assessment: Assessment, offer: str, changes: tuple[Change, ...]) -> Project:
    """The project with conditions moved so that an offer meets them."""
    project = assessment.project
    context, expectations = project.context, dict(project.expectations)
    for change in changes:
        if change.gate == "budget":
            context = dataclasses.replace(context, budget=change.then)
        elif change.gate == "ergonomics":
            context = dataclasses.replace(context, ergonomics=change.then)
        elif change.gate == "context":
            context = _accepting(context, change.condition, assessment, offer)
        else:
            asked = expectations[change.condition]
            # at level 0 there is nothing to ask of this product: the item stays asked, but no longer as a must-have
            expectations[change.condition] = (
                dataclasses.replace(asked, level=int(change.then))
                if change.then
                else dataclasses.replace(asked, must_have=False)
            )
    return dataclasses.replace(project, context=context, expectations=MappingProxyType(expectations))


def _accepting(context: Context, condition: str, assessment: Assessment, offer: str) -> Context:
    """The context with one condition widened to what a product has."""
    fact = getattr(assessment.edition.products[assessment.offers.products[offer]], condition)
    has = fact.values if fact else ()
    if condition == "company_sizes":
        return dataclasses.replace(context, company_size="")
    if condition == "interface_languages":
        return dataclasses.replace(context, languages=tuple(one for one in context.languages if one in has))
    return dataclasses.replace(context, **{condition: tuple(dict.fromkeys((*getattr(context, condition), *has)))})


def _better_ratings(assessment: Assessment, offer: str) -> WayIn | None:
    """The fewest ratings that, as high as their evidence allows, would bring in an offer that passes every gate."""
    gain = assessment.generous.contributions.loc[offer] - assessment.fit.contributions.loc[offer]
    gain = gain[gain > 1e-9].sort_values(ascending=False, kind="stable")

    def with_best(count: int) -> Standing:
        return trials(assessment).with_high_ratings(offer, gain.index[:count])

    least, most = 0, len(gain)
    if not most or not (best := with_best(most)).listed:
        return None
    while most - least > 1:  # more good news never puts it further back
        middle = (least + most) // 2
        if (found := with_best(middle)).listed:
            most, best = middle, found
        else:
            least = middle
    high, central = assessment.generous.covered.loc[offer], assessment.offers.central.loc[offer]
    changes = tuple(
        Change("rating", str(item), float(central[item]), float(high[item]), True) for item in gain.index[:most]
    )
    return WayIn(offer, changes, LISTED, best.chance)
