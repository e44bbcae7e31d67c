"""Which items can still change the shortlist, from what is agreed, what was voted, and what is usual before any vote."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from functional_map.model import Item
from scoring.decisiveness import decisiveness
from scoring.fit import Fit, fit
from scoring.gates import POLICIES
from scoring.robustness import domain_spread, draw_weights, robustness
from scoring.shortlist import best_offers
from workshops.assess import Assessment
from workshops.ballot import items_in_scope

SAMPLES = 1_000  # enough to order items; the shortlist itself uses ten times as many
# lowest and highest level that groups usually ask for, by what the map says of an item
USUAL = {"must-be": (2, 3), "one-dimensional": (1, 4), "attractive": (0, 3)}
USUAL_OWN = (1, 4)


def usual_range(item: Item | None) -> tuple[int, int]:
    """The levels between which groups end, before anything is known of this one; rare functions may not be needed."""
    if item is None:
        return USUAL_OWN
    low, high = USUAL.get(item.kano, USUAL_OWN)
    return (0, high) if item.commonness == "specific" else (low, high)


@lru_cache(maxsize=16)
def importance(assessment: Assessment, votes: tuple[tuple[str, int, int, int], ...] = ()) -> pd.DataFrame:
    """item -> low, high, places (of the shortlist that may change hands), swing, weight (to order by); most decisive first.

    votes  (item, lowest, highest, lower median) of the items that were voted on

    An item's level moves over the range of its votes; before any vote over what is usual, and over one level either
    side where something is agreed already.
    """
    project, functional_map = assessment.project, assessment.map
    items = [item for found in items_in_scope(project, functional_map).values() for item in found]
    if not items:
        return pd.DataFrame(columns=["low", "high", "places", "swing", "weight"], dtype=float)
    voted = {item: (low, high, middle) for item, low, high, middle in votes}
    ranges, levels = {}, {}
    for item in items:
        asked = project.expectation(item).level
        usual = usual_range(functional_map.items.get(item))
        if item in voted:
            low, high, middle = voted[item]
            ranges[item], levels[item] = (low, high), asked if asked is not None else middle
        elif asked is not None:
            ranges[item], levels[item] = (max(0, asked - 1), min(4, asked + 1)), asked
        else:
            ranges[item], levels[item] = usual, sum(usual) / 2
    table = pd.DataFrame.from_dict(ranges, orient="index", columns=["low", "high"])
    return _decisive(assessment, pd.Series(levels, dtype=float), table)


def vote_ranges(agreement: pd.DataFrame) -> tuple[tuple[str, int, int, int], ...]:
    """What `importance` needs of the votes, as a key that can be remembered."""
    return tuple(
        (str(item), int(low), int(high), int(middle))
        for item, low, high, middle in agreement[["low", "high", "proposal"]].itertuples()
    )


def _decisive(assessment: Assessment, expectations: pd.Series, ranges: pd.DataFrame) -> pd.DataFrame:
    offers = assessment.offers
    domains, weights = assessment.domains, assessment.weights
    central = fit(offers.central, expectations, domains, weights)
    found = decisiveness(
        offers.central,
        expectations,
        domains,
        weights,
        ranges,
        products=offers.table["product"],
        errors=_errors(assessment, central, expectations),
        blocked=_blocked(assessment),
        must_haves=pd.Series(assessment.project.must_haves(), dtype=float),
        reached=_deciding(assessment),
    )
    # places first; the swing decides among items that move nobody over the line
    return found.assign(weight=found["places"] + found["swing"] / 1000)


def _errors(assessment: Assessment, central: Fit, expectations: pd.Series) -> pd.DataFrame:
    """sample x product: how far the fit of a product's best offer may be from its central value."""
    offers = assessment.offers
    ends = [fit(table, expectations, assessment.domains, assessment.weights) for table in (offers.low, offers.high)]
    costs = assessment.cost.totals["likely"].reindex(offers.table.index)
    table = offers.table[["product"]].assign(fit=central.scores, low=ends[0].scores, cost=costs)
    best = best_offers(table, assessment.gates).index
    spread = domain_spread(ends[0].covered.loc[best], ends[1].covered.loc[best], central.asked, central.domains)
    drawn = draw_weights(central.weights, samples=SAMPLES)
    values = robustness(central.domain_fit.loc[best], spread, drawn).values
    errors = values - central.scores.loc[best].to_numpy()
    return pd.DataFrame(errors, columns=offers.table.loc[best, "product"].to_numpy(object))


def _blocked(assessment: Assessment) -> pd.Series:
    """offer -> how many conditions exclude it."""
    return assessment.gates.excluding["offer"].value_counts()


def _deciding(assessment: Assessment) -> pd.DataFrame:
    """offer x must-have: the level that decides, by the policy of the project's gates."""
    excluding = POLICIES[assessment.project.settings.policy]
    offers = assessment.offers
    table = offers.low if "likely pass" in excluding else offers.central if "likely fail" in excluding else offers.high
    return table[[item for item in assessment.project.must_haves() if item in table.columns]]
