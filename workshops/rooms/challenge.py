"""Gentle, specific prompts where the data calls for one: each a rule, each with the numbers it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from scoring.agreement import level_counts, lower_median
from scoring.offers import Offers
from workshops.assess import Assessment
from workshops.model import Project
from workshops.rooms.room import Workshop

FEWEST = 8  # items asked, before a share of them says anything
TOP_SHARE = 0.5  # of the items at level 4, from which on nothing stands out
MUST_SHARE = 0.10
APART = 2  # levels between two teams
Apart = tuple[str, int, str, int]  # two teams on an item: the lower one and its median, the higher one and its median
NEAR = 0.5  # central levels are rounded to the nearest, halves up, as the gates do


@dataclass(frozen=True)
class Challenge:
    """A prompt: which sentence, about which item (or domain, or all), with the values of the sentence."""

    rule: str
    item_id: str = ""
    domain: str = ""
    values: dict[str, Any] = field(default_factory=dict, hash=False)


def challenges_of_item(
    assessment: Assessment,
    item_id: str,
    level: int | None,
    *,
    must_have: bool,
    votes: pd.DataFrame,
    decisive: bool,
    unconfirmed: bool,
) -> list[Challenge]:
    """What is worth asking about one item before a level is agreed.

    votes     DataFrame, one row per vote on the item: item, team, level
    decisive  whether the item can still change the shortlist
    """
    found = [*nobody_covers(assessment, item_id, level), *costs_a_higher_plan(assessment, item_id, level)]
    if must_have:
        found += only_one_covers(assessment, item_id, level)
    if decisive:
        found += teams_disagree(votes, item_id)
    if unconfirmed:
        found.append(Challenge("left_over", item_id, values={"level": level}))
    return found


def challenges_of_project(
    assessment: Assessment, apart: Mapping[str, Apart], decisive: set[str], unconfirmed: set[str]
) -> list[Challenge]:
    """Every prompt that the requirements call for, those about the whole first.

    apart  as `teams_apart` finds them
    """
    project = assessment.project
    asked, must_haves = project.asked(), project.must_haves()
    found = [*everything_at_the_top(assessment), *too_many_must_haves(assessment)]
    out_of_reach = _out_of_reach(assessment)
    for item_id, level in asked.items():
        if item_id in out_of_reach:
            found += nobody_covers(assessment, item_id, level)
        if item_id in must_haves:
            found += only_one_covers(assessment, item_id, level)
            found += costs_a_higher_plan(assessment, item_id, level)
    found += [_disagreement(item_id, teams) for item_id, teams in apart.items() if item_id in decisive]
    found += [
        Challenge("left_over", item_id, values={"level": asked[item_id]}) for item_id in asked if item_id in unconfirmed
    ]
    return found


def everything_at_the_top(assessment: Assessment) -> Iterator[Challenge]:
    """Where most items are asked at level 4, nothing sets the products apart."""
    asked = pd.Series(assessment.project.asked(), dtype=float)
    asked = asked[asked > 0]
    if len(asked) >= FEWEST and (share := float((asked == 4).mean())) >= TOP_SHARE:
        yield Challenge("all_top", values={"share": share, "count": int((asked == 4).sum()), "total": len(asked)})
        return  # one sentence for all of them, not one more for each domain
    for domain, levels in asked.groupby(assessment.domains.reindex(asked.index), sort=False):
        if len(levels) >= FEWEST and (share := float((levels == 4).mean())) >= TOP_SHARE:
            values = {"share": share, "count": int((levels == 4).sum()), "total": len(levels)}
            yield Challenge("domain_top", domain=str(domain), values=values)


def too_many_must_haves(assessment: Assessment) -> Iterator[Challenge]:
    """More must-haves than a tenth of what is asked: what can be compensated is a wish."""
    asked = [level for level in assessment.project.asked().values() if level > 0]
    count = len(assessment.project.must_haves())
    if len(asked) >= FEWEST and count > MUST_SHARE * len(asked):
        yield Challenge("must_haves", values={"count": count, "total": len(asked), "share": count / len(asked)})


def nobody_covers(assessment: Assessment, item_id: str, level: int | None) -> Iterator[Challenge]:
    """No product reaches the level, under any of its plans."""
    if not level or item_id not in assessment.offers.central.columns:
        return
    best = _best(assessment, item_id)
    if len(best) and (best < level).all():
        top = best.max()
        values = {"level": level, "best": int(top), "products": _names(assessment, best[best == top].index)}
        yield Challenge("nobody", item_id, values=values)


def only_one_covers(assessment: Assessment, item_id: str, level: int | None) -> Iterator[Challenge]:
    """A must-have that a single product reaches is a decision, not a requirement."""
    if not level or item_id not in assessment.offers.central.columns:
        return
    best = _best(assessment, item_id)
    able = best[best >= level].index
    if len(able) == 1:
        yield Challenge("only_one", item_id, values={"level": level, "product": _names(assessment, able)[0]})


def costs_a_higher_plan(assessment: Assessment, item_id: str, level: int | None) -> Iterator[Challenge]:
    """Most products that reach the level have it in a dearer plan only, and one level less would not need it."""
    if not level or item_id not in assessment.offers.central.columns:
        return
    first, first_below = (_first_plan(assessment, item_id, one) for one in (level, level - 1))
    dearer = [offer for product, (place, offer) in first.items() if place > first_below.get(product, (0, ""))[0]]
    if len(first) >= 2 and 2 * len(dearer) >= len(first):
        names = [assessment.offer_name(offer) for offer in dearer]
        yield Challenge(
            "higher_plan", item_id, values={"level": level, "count": len(dearer), "total": len(first), "offers": names}
        )


def teams_disagree(votes: pd.DataFrame, item_id: str) -> Iterator[Challenge]:
    """Two teams whose medians are two levels apart."""
    apart = far_apart(votes)
    if apart is not None:
        yield _disagreement(item_id, apart)


def _disagreement(item_id: str, apart: Apart) -> Challenge:
    return Challenge("teams", item_id, values=dict(zip(("low_team", "low", "high_team", "high"), apart, strict=True)))


def teams_apart(votes: pd.DataFrame) -> dict[str, Apart]:
    """item -> what `far_apart` finds on it, of the items on which it finds two teams, in the order of the votes."""
    given = votes[votes["level"].notna()]
    if given.empty:
        return {}
    item, items = pd.factorize(given["item"])
    team, teams = pd.factorize(given["team"], sort=True)
    each = lower_median(level_counts(given[["level"]].assign(item=item * len(teams) + team)))
    medians = np.full(len(items) * len(teams), np.nan)
    medians[each.index.to_numpy()] = each.to_numpy()
    medians = medians.reshape(len(items), len(teams))
    low, high = np.nanargmin(medians, axis=1), np.nanargmax(medians, axis=1)
    return {
        str(items[row]): (str(teams[one]), int(medians[row, one]), str(teams[other]), int(medians[row, other]))
        for row, (one, other) in enumerate(zip(low, high, strict=True))
        if medians[row, other] - medians[row, one] >= APART
    }


def far_apart(votes: pd.DataFrame) -> Apart | None:
    """The two teams that are furthest apart on one item, if by two levels or more: team and median of both."""
    medians = team_medians(votes)
    if len(medians) < 2 or medians.max() - medians.min() < APART:
        return None
    low, high = medians.idxmin(), medians.idxmax()
    return str(low), int(medians[low]), str(high), int(medians[high])


def team_medians(votes: pd.DataFrame) -> pd.Series:
    """team -> lower median of its votes on one item."""
    given = votes[votes["level"].notna()]
    if given.empty:
        return pd.Series(dtype=float)
    return lower_median(level_counts(given[["team", "level"]].rename(columns={"team": "item"})))


def unconfirmed_items(project: Project, workshop: Workshop | None, voted: set[str], settled: set[str]) -> set[str]:
    """Items whose level was there before the room opened, and that nobody has voted on or agreed to since."""
    if workshop is None:
        return set()
    return {
        item_id
        for item_id in project.asked()
        if item_id not in voted
        and item_id not in settled
        and (project.expectation(item_id).changed_at or workshop.created_at) < workshop.created_at
    }


def _out_of_reach(assessment: Assessment) -> set[str]:
    """The items on which no product, as far as it is rated, reaches what is asked."""
    asked, best = assessment.expectations, best_levels(assessment.offers)
    asked = asked[asked.index.isin(best.columns)]
    return set(asked.index[~(best[asked.index] >= asked).any(axis="index")])


def _best(assessment: Assessment, item_id: str) -> pd.Series:
    """product -> the level that its best plan reaches; products not rated on the item are left out."""
    return best_levels(assessment.offers)[item_id].dropna()


@lru_cache(maxsize=16)
def best_levels(offers: Offers) -> pd.DataFrame:
    """product x item: the level that the best plan reaches, rounded as the gates do; missing where it is not rated."""
    return reached_levels(offers).groupby(offers.products.to_numpy(object), sort=False).max()


@lru_cache(maxsize=16)
def reached_levels(offers: Offers) -> pd.DataFrame:
    """offer x item: the level reached, rounded as the gates do; missing where the product is not rated."""
    return np.floor(offers.central + NEAR).where(offers.rated)


def _first_plan(assessment: Assessment, item_id: str, level: int) -> dict[str, tuple[int, str]]:
    """product -> place of the first plan that reaches a level, and its offer; products that never do are left out."""
    offers = assessment.offers
    reaches = reached_levels(offers)[item_id] >= level
    table = offers.table[reaches.to_numpy()]
    first: dict[str, tuple[int, str]] = {}
    for offer, product, place in zip(table.index, table["product"], table["place"], strict=True):
        if product not in first or place < first[product][0]:
            first[product] = place, str(offer)
    return first


def _names(assessment: Assessment, products: pd.Index) -> list[str]:
    return [assessment.product_name(str(product)) for product in products]
