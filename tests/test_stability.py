"""Weight stability intervals, by hand and against their defining property."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from scoring.stability import fit_lines, moved, weight_stability


def test_two_domains_by_hand():
    """x = (0.9, 0.3), y = (0.5, 0.6), z = (0.2, 0.7); today the first domain weighs 0.6.

    With w for the first: x = 0.3 + 0.6 w, y = 0.6 - 0.1 w, z = 0.7 - 0.5 w. Today x 0.66, y 0.54, z 0.40.
    x and y cross at w = 0.3/0.7 = 3/7, x and z at 0.4/1.1 = 4/11, y and z at 0.1/0.4 = 0.25.
    Below 3/7 y takes the lead; the order x, y, z holds from 3/7 to 1.
    """
    fits = pd.DataFrame([[0.9, 0.3], [0.5, 0.6], [0.2, 0.7]], list("xyz"), ["a", "b"])
    found = weight_stability(fits, pd.Series({"a": 0.6, "b": 0.4}))

    assert found.loc["a", ["leader_low", "leader_high"]].tolist() == pytest.approx([3 / 7, 1.0])
    assert (found.at["a", "rival_low"], found.at["a", "rival_high"]) == ("y", None) or pd.isna(
        found.at["a", "rival_high"]
    )
    assert found.loc["a", ["order_low", "order_high"]].tolist() == pytest.approx([3 / 7, 1.0])
    # the other domain has the other side of the same crossing
    assert found.loc["b", ["leader_low", "leader_high"]].tolist() == pytest.approx([0.0, 4 / 7])
    assert found.at["b", "rival_high"] == "y"


def test_the_order_can_change_before_the_leader_does():
    """y and z cross at w = 0.25 of the first domain, x leads everywhere."""
    fits = pd.DataFrame([[0.9, 0.9], [0.5, 0.6], [0.2, 0.7]], list("xyz"), ["a", "b"])
    found = weight_stability(fits, pd.Series({"a": 0.6, "b": 0.4}))

    assert found.loc["a", ["leader_low", "leader_high"]].tolist() == [0.0, 1.0]
    assert found.loc["a", ["order_low", "order_high"]].tolist() == pytest.approx([0.25, 1.0])


def test_the_thresholds_of_a_published_sensitivity_analysis():
    """The example of Triantaphyllou & Sanchez (1997), Decision Sciences 28(1), 151-194: four alternatives and criteria.

    The weighted sums are 0.3162, 0.2768, 0.2623, 0.1449. Their theorem: with the other weights kept (and all of them
    normalised again), alternatives i and j change places where w_k is lowered by (P_j - P_i) / (a_jk - a_ik). For the
    first two and the third criterion: (0.27678 - 0.31618) / (0.1755 - 0.3867) = 0.1866. A weight of 0.2876 - 0.1866 is
    then 0.1010 / (1 - 0.1866) = 0.1242 of the whole.
    """
    names = ["c1", "c2", "c3", "c4"]
    values = pd.DataFrame(
        [
            [0.3088, 0.2897, 0.3867, 0.1922],
            [0.2163, 0.3458, 0.1755, 0.6288],
            [0.4509, 0.2473, 0.1194, 0.0575],
            [0.0240, 0.1172, 0.3184, 0.1215],
        ],
        ["a1", "a2", "a3", "a4"],
        names,
    )
    weights = pd.Series([0.3277, 0.3058, 0.2876, 0.0790], names)
    preference = values @ weights
    found = weight_stability(values, weights)

    assert preference.round(4).tolist() == [0.3162, 0.2768, 0.2623, 0.1449]
    delta = (preference["a2"] - preference["a1"]) / (values.at["a2", "c3"] - values.at["a1", "c3"])
    assert delta == pytest.approx(0.1866, abs=1e-4)
    # a2 or a3 ends the lead of a1 as the third weight falls: whichever is met first
    other = (preference["a3"] - preference["a1"]) / (values.at["a3", "c3"] - values.at["a1", "c3"])
    first = min(delta, other)
    total = weights.sum()
    assert found.at["c3", "leader_low"] == pytest.approx((weights["c3"] - first) / (total - first), abs=1e-9)
    assert found.at["c3", "leader_low"] == pytest.approx(0.1242, abs=1e-3)


def test_equals_leave_no_room():
    """x and y are equal today: x keeps the lead only while the domain in which it is better does not lose weight."""
    fits = pd.DataFrame([[0.8, 0.4], [0.4, 0.8]], list("xy"), ["a", "b"])
    found = weight_stability(fits, pd.Series({"a": 0.5, "b": 0.5}))

    assert found.loc["a", ["leader_low", "leader_high"]].tolist() == [0.5, 1.0]


def test_a_single_domain_and_a_single_offer_cannot_change():
    one_domain = weight_stability(pd.DataFrame({"a": [0.4, 0.6]}, ["x", "y"]), pd.Series({"a": 1.0}))
    one_offer = weight_stability(pd.DataFrame({"a": [0.4], "b": [0.2]}, ["x"]), pd.Series({"a": 1.0, "b": 3.0}))

    assert one_domain.loc["a", ["leader_low", "leader_high"]].tolist() == [0.0, 1.0]
    assert one_offer[["leader_low", "leader_high"]].to_numpy().tolist() == [[0.0, 1.0], [0.0, 1.0]]


fits = arrays.arrays(int, (4, 3), elements=st.integers(0, 1000))
shares = arrays.arrays(int, 3, elements=st.integers(1, 50))


@given(fits, shares, st.integers(0, 2), st.floats(0.02, 0.98))
def test_inside_the_interval_the_leader_leads_and_outside_it_does_not(thousandths, points, domain, where):
    values = pd.DataFrame(thousandths / 1000, list("wxyz"), list("abc"))
    weights = pd.Series(points / points.sum(), list("abc"))
    found = weight_stability(values, weights).iloc[domain]
    now = values @ weights
    leader = now.sort_values(ascending=False, kind="stable").index[0]
    low, high = found["leader_low"], found["leader_high"]

    assert low <= weights.iloc[domain] <= high
    inside = low + where * (high - low)
    trial = values @ moved(weights, "abc"[domain], inside)
    assert trial[leader] >= trial.max() - 1e-9
    for bar, beyond in ((low, low - 0.01), (high, high + 0.01)):
        if 0.0 < bar < 1.0 and 0.0 <= beyond <= 1.0:
            outside = values @ moved(weights, "abc"[domain], beyond)
            assert outside[leader] <= outside.max() + 1e-9
            assert outside.drop(leader).max() >= outside[leader] - 1e-9


@given(fits, shares, st.integers(0, 2), st.floats(0.05, 0.95))
def test_inside_the_interval_of_the_order_nobody_overtakes(thousandths, points, domain, where):
    values = pd.DataFrame(thousandths / 1000, list("wxyz"), list("abc"))
    weights = pd.Series(points / points.sum(), list("abc"))
    found = weight_stability(values, weights).iloc[domain]
    now = values @ weights
    assume(now.round(6).is_unique)
    inside = found["order_low"] + where * (found["order_high"] - found["order_low"])
    trial = (values @ moved(weights, "abc"[domain], inside))[now.sort_values(ascending=False).index]

    assert (np.diff(trial.to_numpy()) <= 1e-9).all()


def test_lines_meet_the_fits_of_today():
    values = pd.DataFrame([[0.9, 0.3, 0.1], [0.5, 0.6, 0.2]], list("xy"), list("abc"))
    weights = pd.Series([0.5, 0.25, 0.25], list("abc"))
    ends = fit_lines(values, weights, "a")

    assert (ends["at_none"] + 0.5 * (ends["at_all"] - ends["at_none"])).tolist() == pytest.approx(
        (values @ weights).tolist()
    )
    assert ends["at_all"].tolist() == pytest.approx([0.9, 0.5])


def test_moving_one_weight_keeps_the_proportions_of_the_others():
    found = moved(pd.Series({"a": 0.5, "b": 0.3, "c": 0.2}), "a", 0.0)

    assert found.to_dict() == pytest.approx({"a": 0.0, "b": 0.6, "c": 0.4})
