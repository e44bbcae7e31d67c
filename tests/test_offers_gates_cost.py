"""Offers by plan, gates and cost of ownership, by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from scoring.cost import annuity_in_advance, cost_of_ownership
from scoring.gates import gates
from scoring.offers import offers

PLANS = pd.DataFrame({"product": ["p", "p"], "plan": ["low", "top"], "place": [0, 1]})
PRIORS = pd.Series({"i": 1.5, "j": 2.0})


def rating(item="i", level=3.0, half=0.5, place=0, without=0.0, add_on="", known=True):
    return {
        "product": "p",
        "item": item,
        "level": level,
        "half_width": half,
        "place": place,
        "without": without,
        "add_on": add_on,
        "known": known,
    }


def made(*ratings, must_haves=None):
    return offers(pd.DataFrame(list(ratings)), PLANS, PRIORS, must_haves)


def test_a_plan_below_has_the_level_without():
    """Level 3 from the top plan on, 1 without it; the interval follows, half a level each way."""
    result = made(rating(place=1, without=1.0))

    assert result.central["i"].tolist() == [1, 3]
    assert result.low["i"].tolist() == [0.5, 2.5]
    assert result.high["i"].tolist() == [1.5, 3.5]


def test_not_rated_is_the_prior_between_the_ends_of_the_scale():
    result = made(rating())

    assert (result.low["j"].tolist(), result.central["j"].tolist(), result.high["j"].tolist()) == (
        [0, 0],
        [2, 2],
        [4, 4],
    )
    assert result.rated["j"].tolist() == [False, False]


def test_the_interval_stays_on_the_scale():
    result = made(rating(level=4.0, half=1.5), rating(item="j", level=0.0, half=1.5))

    assert result.high["i"].tolist() == [4, 4]
    assert result.low["j"].tolist() == [0, 0]


def test_an_add_on_is_part_of_an_offer_only_when_a_must_have_needs_it():
    ratings = rating(level=3.0, add_on="module", without=1.0), rating(item="j", level=2.0, add_on="module")

    without = made(*ratings)
    needed = made(*ratings, must_haves=pd.Series({"i": 2}))
    enough = made(*ratings, must_haves=pd.Series({"i": 1}))

    assert without.central["i"].tolist() == [1, 1] and without.table["add_ons"].tolist() == [(), ()]
    assert needed.central["i"].tolist() == [3, 3] and needed.table["add_ons"].tolist() == [("module",), ("module",)]
    assert needed.central["j"].tolist() == [2, 2]  # what is bought serves every item
    assert enough.table["add_ons"].tolist() == [(), ()]


def conditions(gate, low, central, high, bar, at_least=True):
    return pd.DataFrame(
        [
            {
                "offer": "x",
                "gate": gate,
                "condition": "c",
                "low": low,
                "central": central,
                "high": high,
                "bar": bar,
                "at_least": at_least,
            }
        ]
    )


@pytest.mark.parametrize(
    ("low", "central", "high", "bar", "verdict"),
    [
        (3, 3, 4, 3, "pass"),  # the bad end passes
        (2, 3, 4, 3, "likely pass"),  # the ends disagree, the centre passes
        (1, 2, 3, 3, "likely fail"),  # the ends disagree, the centre fails
        (0, 1, 2, 3, "fail"),  # the good end fails
        (2.5, 2.5, 2.5, 3, "pass"),  # halves are rounded up
        (2.49, 2.49, 2.49, 3, "fail"),
    ],
)
def test_one_rule_for_must_haves(low, central, high, bar, verdict):
    assert gates(conditions("must-have", low, central, high, bar)).conditions["verdict"].tolist() == [verdict]


@pytest.mark.parametrize(
    ("low", "likely", "high", "verdict", "near"),
    [
        (80, 90, 100, "pass", False),
        (80, 95, 120, "likely pass", False),
        (80, 110, 120, "likely fail", True),
        (111, 120, 130, "fail", False),
    ],
)
def test_for_a_cost_the_low_end_is_the_good_one(low, likely, high, verdict, near):
    """Budget 100; over by at most a tenth is a near miss."""
    result = gates(conditions("budget", low, likely, high, 100, at_least=False))

    assert result.conditions["verdict"].tolist() == [verdict]
    assert result.conditions["near_miss"].tolist() == [near]


def test_policies_say_which_verdicts_exclude():
    likely_pass, likely_fail = conditions("must-have", 2, 3, 4, 3), conditions("must-have", 1, 2, 3, 3)

    assert [len(gates(likely_pass, policy).excluding) for policy in ("lenient", "default", "strict")] == [0, 0, 1]
    assert [len(gates(likely_fail, policy).excluding) for policy in ("lenient", "default", "strict")] == [0, 1, 1]


def test_net_present_value_by_hand():
    """1000 at once and 100 a year for 3 years at 10 %: 1000 + 100 + 100/1.1 + 100/1.21 = 1273.55"""
    lines = pd.DataFrame(
        [("x", "implementation", "once", 1000, 1000, 1000), ("x", "licences", "yearly", 100, 100, 200)],
        columns=["offer", "line", "timing", "low", "likely", "high"],
    )

    result = cost_of_ownership(lines, years=3, discount_rate=0.10)

    assert result.totals.at["x", "likely"] == pytest.approx(1273.5537, abs=1e-4)
    assert result.totals.at["x", "high"] == pytest.approx(1000 + 2 * 273.5537, abs=1e-3)
    assert result.first_year["x"] == 1100
    assert result.yearly["x"] == 100
    assert annuity_in_advance(3, 0.0) == 3.0


def test_a_horizon_below_one_year_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        cost_of_ownership(pd.DataFrame(), years=0)
