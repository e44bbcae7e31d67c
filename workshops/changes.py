"""Why not this product, and the smallest change that would bring it in: every answer is tried out, not guessed."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import pandas as pd

from scoring.gates import LIKELY_FAIL
from scoring.robustness import domain_spread, robustness
from scoring.shortlist import on_the_list
from workshops.assess import Assessment
from workshops.model import Context, Project

LISTED, BEHIND = "listed", "behind"
MOST_PLANS_TRIED = 3
ROUND_BUDGET = 100.0


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
    row = rows[rows["product"].to_numpy(object) == product_id].iloc[0]
    if row["listed"]:
        return None
    if row["gates_passed"]:
        return _better_ratings(assessment, str(row.name))
    return _moved_bars(assessment, product_id)


def _moved_bars(assessment: Assessment, product_id: str) -> WayIn | None:
    found: WayIn | None = None
    tried_fit = -1.0
    for offer, changes in _by_size(assessment, product_id)[:MOST_PLANS_TRIED]:
        if (fit := assessment.table.at[offer, "fit"]) <= tried_fit:
            continue  # it would need more, for no better a fit than one that stayed behind
        tried_fit = fit
        tried = Assessment(changed(assessment, offer, changes), assessment.edition, assessment.map)
        rows = tried.shortlist.rows
        row = rows[rows["product"].to_numpy(object) == product_id].iloc[0]
        if not row["gates_passed"]:
            continue
        outcome = LISTED if row["listed"] else BEHIND
        way = WayIn(str(row.name), changes, outcome, float(row["probability"]))
        if outcome == LISTED:
            return way
        found = found or way
    return found


def _by_size(assessment: Assessment, product_id: str) -> list[tuple[str, tuple[Change, ...]]]:
    """The offers of a product with what each would need, the one that needs least first."""
    excluding = assessment.gates.excluding
    own = assessment.offers.products.index[assessment.offers.products.to_numpy(object) == product_id]
    needs = []
    for offer in own:
        conditions = excluding[excluding["offer"].to_numpy(object) == offer]
        size = float(conditions["steps"].replace(np.inf, 100.0).sum())
        needs.append((size, len(conditions), offer, tuple(_needed(conditions))))
    # of plans that need the same the better fit, then the cheaper one
    table = assessment.table
    needs.sort(key=lambda one: (round(one[0], 6), one[1], -table.at[one[2], "fit"], table.at[one[2], "cost"]))
    return [(offer, changes) for _, _, offer, changes in needs]


def _needed(conditions: pd.DataFrame) -> Iterator[Change]:
    for row in conditions.itertuples():
        then = {
            "budget": lambda value: math.ceil(value / ROUND_BUDGET - 1e-9) * ROUND_BUDGET,
            "ergonomics": math.floor,
        }.get(row.gate, float)(row.deciding)
        yield Change(row.gate, row.condition, float(row.bar), float(then), row.verdict == LIKELY_FAIL)


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

    def enough(count: int) -> float | None:
        return _chance_with(assessment, offer, gain.index[:count])

    most = len(gain)
    if not most or enough(most) is None:
        return None
    least = 0
    while most - least > 1:  # more good news never puts it further back
        middle = (least + most) // 2
        least, most = (least, middle) if enough(middle) is not None else (middle, most)
    high, central = assessment.generous.covered.loc[offer], assessment.offers.central.loc[offer]
    changes = tuple(
        Change("rating", str(item), float(central[item]), float(high[item]), True) for item in gain.index[:most]
    )
    return WayIn(offer, changes, LISTED, float(enough(most) or 0.0))


def _chance_with(assessment: Assessment, offer: str, items: pd.Index) -> float | None:
    """The offer's chance of the top with some ratings known to be high; None where it would still not be listed."""
    chosen = assessment.candidates
    low, central, high = (one.covered.loc[chosen] for one in (assessment.cautious, assessment.fit, assessment.generous))
    low, central = low.copy(), central.copy()
    low.loc[offer, items] = central.loc[offer, items] = high.loc[offer, items]
    known = dataclasses.replace(assessment.fit, covered=central)
    spread = domain_spread(low, high, known.asked, known.domains)
    chance = robustness(known.domain_fit, spread, assessment.robustness.weights).probability_in_top()
    fits = known.scores if assessment.settings.order_by == "central" else dataclasses.replace(known, covered=low).scores
    order = np.argsort(-fits.to_numpy().round(9), kind="stable")
    listed = on_the_list(np.ones(len(order), dtype=bool), chance.to_numpy()[order], assessment.settings)
    return float(chance[offer]) if chosen[order][listed].isin([offer]).any() else None
