"""Rank acceptability, central weights and confidence, against exact areas and published results."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from scoring.robustness import Robustness, descending, domain_spread, draw_participants, draw_weights, robustness

TWO = ["first", "second"]


def table(columns=TWO, **offers):
    return pd.DataFrame.from_dict(offers, orient="index", columns=columns).astype(float)


def uniform(columns) -> pd.DataFrame:
    """Weights from everywhere on the simplex alike: a Dirichlet of ones."""
    return draw_weights(pd.Series(1.0, columns), kappa=float(len(columns)))


def certain(fits: pd.DataFrame, weights: pd.DataFrame) -> Robustness:
    return robustness(fits, fits * 0.0, weights, vendor_bias=0.0)


def test_acceptability_is_the_share_of_the_weights_that_favour_an_offer():
    """x = (1, 0), y = (0, 1), z = (0.6, 0.6); w is the weight of the first domain, uniform on 0 to 1.

    x has w, y has 1 - w, z 0.6. Up to 0.4 the order is y, z, x; up to 0.5 z, y, x; up to 0.6 z, x, y; then x, z, y.
    So x is first in 0.4 of the weights, second in 0.1, third in 0.5; y likewise; z first in 0.2, second in 0.8.
    """
    found = certain(table(x=[1, 0], y=[0, 1], z=[0.6, 0.6]), uniform(TWO)).acceptability

    assert found.loc["x"].tolist() == pytest.approx([0.4, 0.1, 0.5], abs=0.015)
    assert found.loc["y"].tolist() == pytest.approx([0.4, 0.1, 0.5], abs=0.015)
    assert found.loc["z"].tolist() == pytest.approx([0.2, 0.8, 0.0], abs=0.015)


def test_central_weights_are_the_middle_of_the_favourable_ones():
    """x is first for w in 0.6 to 1: its central weight is 0.8; z for w in 0.4 to 0.6: 0.5."""
    found = certain(table(x=[1, 0], y=[0, 1], z=[0.6, 0.6]), uniform(TWO))

    assert found.central_weights["first"].to_dict() == pytest.approx({"x": 0.8, "y": 0.2, "z": 0.5}, abs=0.01)
    assert found.confidence.tolist() == [1.0, 1.0, 1.0]  # ratings that are certain leave no doubt


def test_three_domains_by_the_area_of_the_simplex():
    """x = (1, 0, 0) is ahead of y = (0.5, 0.5, 0.5) where w1 > 0.5: a quarter of the simplex, (1 - 0.5)^2."""
    found = certain(table(list("abc"), x=[1, 0, 0], y=[0.5, 0.5, 0.5]), uniform(list("abc")))

    assert found.acceptability.at["x", 1] == pytest.approx(0.25, abs=0.015)


def test_a_published_benefit_and_risk_study():
    """Thrombosis prophylaxis, as in the manual of the R package smaa by G. van Valkenhoef (version 0.3-3).

    Means and standard deviations are those of its measurements (proximal, distal thrombosis, bleeding); its results with
    weights from the whole simplex: Heparin first in 0.3504, central weights 0.187, 0.277, 0.536; Enoxaparin in 0.6496,
    central weights 0.407, 0.364, 0.229; confidence factors 0.6682 and 0.8956.
    """
    columns = ["proximal", "distal", "bleeding"]
    means = table(columns, Heparin=[0.4117, 0.4249, 0.9258], Enoxaparin=[0.7514, 0.6084, 0.6151])
    spread = table(columns, Heparin=[0.1218, 0.1565, 0.0728], Enoxaparin=[0.0838, 0.1525, 0.1655])
    found = robustness(means, spread, uniform(columns), vendor_bias=0.0)

    assert found.acceptability[1].to_dict() == pytest.approx({"Heparin": 0.3504, "Enoxaparin": 0.6496}, abs=0.02)
    assert found.central_weights.loc["Heparin"].tolist() == pytest.approx([0.187, 0.277, 0.536], abs=0.015)
    assert found.central_weights.loc["Enoxaparin"].tolist() == pytest.approx([0.407, 0.364, 0.229], abs=0.015)
    assert found.confidence.to_dict() == pytest.approx({"Heparin": 0.6682, "Enoxaparin": 0.8956}, abs=0.02)


def test_an_offer_that_is_worse_everywhere_never_wins_and_has_no_central_weights():
    found = certain(table(good=[1, 1], poor=[0.2, 0.9]), uniform(TWO))

    assert found.acceptability.loc["good"].tolist() == [1.0, 0.0]
    assert found.central_weights.loc["poor"].isna().all()
    assert np.isnan(found.confidence["poor"])


def test_every_sample_gives_every_rank_once():
    chance = np.random.default_rng(3)
    fits = pd.DataFrame(chance.random((7, 4)), [f"p{number}/x" for number in range(7)], list("abcd"))
    found = robustness(fits, fits * 0.1, draw_weights(pd.Series(1.0, list("abcd"))))

    assert found.acceptability.sum(axis="columns").tolist() == pytest.approx([1.0] * 7)
    assert found.acceptability.sum(axis="rows").tolist() == pytest.approx([1.0] * 7)
    assert found.expected_rank.sum() == pytest.approx(28.0)
    assert found.probability_in_top(3).sum() == pytest.approx(3.0)


def test_the_same_samples_stand_behind_every_view():
    """Beside other offers, and in another order, an offer's fit in each sample is the same."""
    fits = table(**{"a/x": [0.5, 0.8], "b/x": [0.7, 0.4], "c/x": [0.6, 0.6]})
    weights = draw_weights(pd.Series({"first": 2.0, "second": 1.0}))
    whole = robustness(fits, fits * 0.2, weights)
    part = robustness(fits.loc[["c/x", "a/x"]], fits.loc[["c/x", "a/x"]] * 0.2, weights)

    assert part.values[:, 1].tolist() == pytest.approx(whole.values[:, 0].tolist(), abs=1e-12)
    assert part.values[:, 0].tolist() == pytest.approx(whole.values[:, 2].tolist(), abs=1e-12)


def test_plans_of_a_product_share_their_errors():
    """The bias of a vendor does not turn its own plans around: the dearer one, better by a hair, stays ahead."""
    fits = table(**{"a/basic": [0.60, 0.60], "a/top": [0.61, 0.61]})
    found = robustness(fits, fits * 0.0 + 0.1, draw_weights(pd.Series(1.0, TWO)))

    assert found.chance_ahead("a/top", "a/basic") == 1.0


def test_weights_vary_around_the_agreed_ones_as_much_as_kappa_says():
    """Mean 0.25; variance 0.25 x 0.75 / (50 + 1) = 0.003676."""
    drawn = draw_weights(pd.Series({"a": 1.0, "b": 3.0}), kappa=50)

    assert drawn["a"].mean() == pytest.approx(0.25, abs=0.003)
    assert drawn["a"].var() == pytest.approx(0.003676, rel=0.05)
    assert drawn.sum(axis="columns").tolist() == pytest.approx([1.0] * len(drawn))


def test_participants_who_agree_leave_little_doubt_and_those_who_do_not_leave_more():
    """Three alike: variance 0.25 x 0.75 / 201 = 0.00093. Two opposed: the bootstrap adds to it."""
    alike = draw_participants(pd.DataFrame({"a": [1.0, 1.0, 1.0], "b": [3.0, 3.0, 3.0]}))
    opposed = draw_participants(pd.DataFrame({"a": [1.0, 0.0], "b": [0.0, 1.0]}))

    assert alike["a"].mean() == pytest.approx(0.25, abs=0.003)
    assert alike["a"].var() == pytest.approx(0.25 * 0.75 / 201, rel=0.08)
    assert opposed["a"].var() == pytest.approx(1 / 12, rel=0.08)  # two people: their mean is uniform


def test_spread_by_hand():
    """Two items of 2 points, intervals of 1 and 2 levels: sd 1/sqrt(12) and 2/sqrt(12), over 4 points.

    shared = 3/sqrt(12)/4 = 0.2165, alone = sqrt(5/12)/4 = 0.1614; sqrt((0.2165^2 + 0.1614^2) / 2) = 0.1909
    """
    items = ["i", "j"]
    low, high = pd.DataFrame([[0.0, 0.0]], ["x"], items), pd.DataFrame([[1.0, 2.0]], ["x"], items)
    found = domain_spread(low, high, pd.Series([2.0, 2.0], items), pd.Series(["d", "d"], items))

    assert found.at["x", "d"] == pytest.approx(0.19094, abs=1e-5)


@given(arrays.arrays(int, (5, 6), elements=st.integers(-900, 1900)))
def test_the_fast_order_is_the_order(thousandths):
    """Largest first; equals keep their order, as in a stable sort."""
    values = thousandths / 1000

    assert descending(values).tolist() == np.argsort(-values, axis=1, kind="stable").tolist()
