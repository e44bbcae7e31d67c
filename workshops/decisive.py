"""Which items can still change the shortlist, and which unknowns to check first."""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import pandas as pd

from functional_map.model import FunctionalMap
from scoring.agreement import agreement
from scoring.decisiveness import decisiveness
from scoring.gates import DECIDING, LIKELY_FAIL
from scoring.groups import Groups, groups
from scoring.unknowns import check_first
from workshops.assess import Assessment, series
from workshops.model import Expectation, Project

# what a room may well ask for before anybody has voted: lowest and highest level, by how an item is taken and by whom
PRIOR_RANGES = {
    ("must-be", "common"): (2, 3),
    ("must-be", "specific"): (0, 3),
    ("one-dimensional", "common"): (1, 3),
    ("one-dimensional", "specific"): (0, 3),
    ("attractive", "common"): (0, 2),
    ("attractive", "specific"): (0, 2),
}
UNKNOWN_RANGE = (0, 4)  # of an item that the project added
SAMPLES = 256  # enough to order items by; the shortlist itself rests on all samples


def level_ranges(project: Project, functional_map: FunctionalMap, votes: pd.DataFrame | None = None) -> pd.DataFrame:
    """Between which levels each item in scope may still end: its votes, else its prior and what is said today.

    votes  DataFrame, one row per vote: item, level

    Returns a DataFrame item -> low, high.
    """
    own = [item.id for item in project.own_items]
    items = [item for item in [*functional_map.items, *own] if project.expectation(item).in_scope]
    table = pd.DataFrame([_prior_range(functional_map, item) for item in items], items, ["low", "high"])
    table.index = table.index.astype(object)
    said = series(project.asked()).reindex(table.index)
    table["low"] = np.fmin(table["low"], said)
    table["high"] = np.fmax(table["high"], said)
    if votes is not None and len(votes):
        voted = agreement(votes[votes["level"].notna()])
        table.update(voted[["low", "high"]].astype(float))
    return table


def _prior_range(functional_map: FunctionalMap, item_id: str) -> tuple[int, int]:
    item = functional_map.items.get(item_id)
    return PRIOR_RANGES.get((item.kano, item.commonness), UNKNOWN_RANGE) if item else UNKNOWN_RANGE


def decisive_items(assessment: Assessment, votes: pd.DataFrame | None = None) -> pd.DataFrame:
    """Items in the order in which they deserve to be discussed: `places` of the top that change hands over their range.

    Items nobody has spoken about yet count at the middle of their range, so that the first workshop starts from a
    plausible whole and not from nothing.
    """
    project = assessment.project
    ranges = level_ranges(project, assessment.map, votes)
    middle = np.floor(ranges.mean(axis="columns"))
    said = project.asked()
    filled = {
        item: Expectation(item, level=int(level), status="proposed")
        for item, level in middle.items()
        if item not in said
    }
    whole = Assessment(
        dataclasses.replace(project, expectations=MappingProxyType(dict(project.expectations) | filled)),
        assessment.edition,
        assessment.map,
    )
    chosen = whole.best.index
    drawn = whole.robustness_of(chosen, SAMPLES)
    errors = pd.DataFrame(drawn.values - whole.fit.scores.loc[chosen].to_numpy(), columns=whole.best["product"])
    fails = whole.gates.fails(whole.offers.table.index)
    must = series(project.must_haves())
    return decisiveness(
        whole.offers.central,
        whole.expectations,
        whole.domains,
        whole.weights,
        ranges,
        products=whole.offers.products,
        errors=errors,
        blocked=fails.sum(axis="columns"),
        must_haves=must,
        reached=deciding_levels(whole)[[item for item in must.index if item in whole.offers.central]],
    )


def deciding_levels(assessment: Assessment) -> pd.DataFrame:
    """offer x item: the end of the rating's interval that the project's policy holds against a must-have."""
    ends = {"central": "central", "bad": "low", "good": "high"}
    return getattr(assessment.offers, ends[DECIDING[assessment.project.settings.policy]])


@lru_cache(maxsize=32)
def unknowns(assessment: Assessment) -> pd.DataFrame:
    """Facts that would move an offer's chance of the top most, once known: what to check first."""
    inside, outside = assessment.candidates, _kept_out_by_one(assessment)
    drawn = pd.DataFrame(assessment.robustness.values, columns=inside)
    others = pd.DataFrame(assessment.robustness_of(outside).values, columns=outside) if len(outside) else None
    both = inside.append(outside)
    # where nothing passes, the order is of offers that are all excluded: their conditions are no open question
    passes = bool(assessment.best["gates_passed"].any())
    confirm, excluding = assessment.gates.to_confirm, assessment.gates.excluding
    unsure = pd.concat([confirm[confirm["offer"].isin(inside) & passes], excluding[excluding["offer"].isin(outside)]])
    return check_first(
        drawn,
        *(one.contributions.loc[both] for one in (assessment.cautious, assessment.fit, assessment.generous)),
        unsure=unsure,
        outside=others,
    )


def _kept_out_by_one(assessment: Assessment) -> pd.Index:
    """Of each product without an offer that passes: the best one that a single unsure condition excludes."""
    excluding = assessment.gates.excluding
    count = excluding["offer"].value_counts()
    one = excluding[
        (excluding["verdict"].to_numpy(object) == LIKELY_FAIL) & excluding["offer"].map(count).eq(1).to_numpy(bool)
    ]
    inside = set(assessment.best.loc[assessment.best["gates_passed"].to_numpy(bool), "product"])
    if not inside:
        return assessment.candidates[:0]
    table = assessment.table.loc[list(dict.fromkeys(one["offer"]))]
    table = table[~table["product"].isin(inside)].sort_values("fit", ascending=False, kind="stable")
    return table.drop_duplicates("product").index


def team_rankings(assessment: Assessment, votes: pd.DataFrame) -> Groups:
    """The candidates by what each team alone would ask.

    votes  DataFrame, one row per vote: item, team, level
    """
    given = votes[votes["level"].notna()].rename(columns={"team": "group"})
    return groups(
        assessment.offers.central.loc[assessment.candidates],
        assessment.expectations,
        assessment.domains,
        assessment.weights,
        given[["item", "group", "level"]],
    )
