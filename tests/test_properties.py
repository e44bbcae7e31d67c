"""Invariants that hold whatever the numbers are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from scoring.fit import fit
from scoring.gates import GATES, POLICIES, gates
from scoring.shortlist import Settings, shortlist

ITEMS, DOMAINS = 9, ("a", "b", "c")
OF = pd.Series({f"i{place}": DOMAINS[place // 3] for place in range(ITEMS)})
levels = st.integers(1, 8).flatmap(
    lambda count: arrays.arrays(float, (count, ITEMS), elements=st.sampled_from([0, 0.5, 1, 1.37, 2, 2.9, 3, 4]))
)
expectations = arrays.arrays(int, ITEMS, elements=st.integers(0, 4)).filter(lambda values: values.sum() > 0)
weights = arrays.arrays(float, 3, elements=st.floats(0.1, 100))


def frame(values: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(values, [f"p{row}/plan" for row in range(len(values))], OF.index)


def scores(values: pd.DataFrame, asked, weight) -> pd.Series:
    return fit(values, pd.Series(asked, OF.index), OF, pd.Series(weight, list(DOMAINS))).scores


@given(levels, expectations, weights, st.data())
def test_dropping_adding_or_copying_a_product_changes_nobody_else_to_the_bit(values, asked, weight, data):
    table = frame(values)
    everybody = scores(table, asked, weight)
    kept = table[data.draw(st.lists(st.booleans(), min_size=len(table), max_size=len(table)).filter(any))]
    copied = pd.concat([table, table.iloc[[0]].rename(index=lambda name: "copy/plan")])

    assert scores(kept, asked, weight).tolist() == everybody[kept.index].tolist()
    assert scores(copied, asked, weight).iloc[:-1].tolist() == everybody.tolist()
    assert scores(copied, asked, weight).iloc[-1] == everybody.iloc[0]


@given(levels, expectations, weights)
def test_the_order_of_products_does_not_matter(values, asked, weight):
    table = frame(values)

    assert scores(table.iloc[::-1], asked, weight).iloc[::-1].tolist() == scores(table, asked, weight).tolist()


@given(levels, expectations, weights, st.integers(0, ITEMS - 1), st.floats(0, 4))
def test_a_higher_rating_never_lowers_a_fit(values, asked, weight, item, more):
    better = values.copy()
    better[0, item] = min(4.0, better[0, item] + more)

    assert scores(frame(better), asked, weight).iloc[0] >= scores(frame(values), asked, weight).iloc[0] - 1e-12


@given(levels, expectations, weights, st.integers(0, ITEMS - 1))
def test_a_higher_expectation_never_raises_the_fit_of_a_product_that_does_not_reach_it(values, asked, weight, item):
    asked = np.minimum(asked, 3)
    asked[item] = max(asked[item], 1)
    values = values.copy()
    values[0, item] = 0.0
    higher = asked.copy()
    higher[item] += 1

    assert scores(frame(values), higher, weight).iloc[0] <= scores(frame(values), asked, weight).iloc[0] + 1e-12


@given(levels, expectations, weights)
def test_fit_lies_between_nothing_and_everything(values, asked, weight):
    assert scores(frame(values), asked, weight).between(0, 1 + 1e-12).all()


conditions = st.lists(
    st.tuples(
        st.sampled_from([f"p{number}/{plan}" for number in range(4) for plan in ("low", "top")]),
        st.sampled_from(GATES),
        st.tuples(st.floats(0, 4), st.floats(0, 4), st.floats(0, 4)).map(sorted),
        st.floats(0, 4),
        st.booleans(),
    ),
    max_size=25,
)


@settings(max_examples=200)
@given(
    conditions,
    st.sampled_from(sorted(POLICIES)),
    arrays.arrays(float, 8, elements=st.floats(0, 1)),
    arrays.arrays(float, 8, elements=st.floats(0, 1)),
)
def test_nothing_on_a_shortlist_breaks_a_gate(rows, policy, fits, chances):
    offers = pd.Index([f"p{number}/{plan}" for number in range(4) for plan in ("low", "top")], dtype=object)
    table = pd.DataFrame(
        {"product": [offer.split("/")[0] for offer in offers], "fit": fits, "low": fits / 2, "high": 1.0, "cost": 1.0},
        index=offers,
    )
    verdicts = gates(
        pd.DataFrame(
            [
                (offer, gate, f"c{number}", *ends, bar, at_least)
                for number, (offer, gate, ends, bar, at_least) in enumerate(rows)
            ],
            columns=["offer", "gate", "condition", "low", "central", "high", "bar", "at_least"],
        ),
        policy,
    )

    result = shortlist(table, verdicts, pd.Series(chances, offers), Settings(policy=policy))

    broken = verdicts.conditions[verdicts.conditions["verdict"].isin(POLICIES[policy])]
    assert not set(result.listed.index) & set(broken["offer"])
    assert result.rows["product"].is_unique
    assert set(result.rows["product"]) == set(table["product"])
    assert len(result.listed) <= 5
    for offer in result.listed.index:  # the best passing offer of its product
        others = table[(table["product"] == table.at[offer, "product"]) & ~table.index.isin(broken["offer"])]
        assert table.at[offer, "fit"] >= others["fit"].max() - 1e-9


def test_gates_are_never_compensated():
    """A perfect fit does not buy back a failed gate."""
    table = pd.DataFrame(
        {"product": ["good", "poor"], "fit": [1.0, 0.1], "low": [1.0, 0.1], "high": 1.0, "cost": 1.0},
        index=["good/x", "poor/x"],
    )
    verdicts = gates(
        pd.DataFrame(
            [("good/x", "must-have", "sso", 0, 0, 0, 3, True)],
            columns=["offer", "gate", "condition", "low", "central", "high", "bar", "at_least"],
        )
    )

    assert shortlist(table, verdicts, pd.Series({"good/x": 1.0, "poor/x": 1.0})).listed.index.tolist() == ["poor/x"]


def test_equals_are_decided_by_price():
    table = pd.DataFrame(
        {"product": "p", "fit": 0.5, "low": 0.4, "high": 0.6, "cost": [2.0, 1.0]}, index=["p/dear", "p/cheap"]
    )
    nothing = gates(pd.DataFrame(columns=["offer", "gate", "condition", "low", "central", "high", "bar", "at_least"]))

    assert shortlist(table, nothing, pd.Series({"p/cheap": 1.0})).listed.index.tolist() == ["p/cheap"]


@pytest.mark.parametrize("chance", [0.24, 0.25])
def test_the_fourth_is_listed_from_a_quarter_of_the_samples_on(chance):
    names = [f"p{number}/x" for number in range(4)]
    table = pd.DataFrame(
        {"product": names, "fit": [0.9, 0.8, 0.7, 0.6], "low": 0.1, "high": 1.0, "cost": 1.0}, index=names
    )
    nothing = gates(pd.DataFrame(columns=["offer", "gate", "condition", "low", "central", "high", "bar", "at_least"]))
    result = shortlist(table, nothing, pd.Series([1.0, 0.1, 0.1, chance], names))

    assert result.listed.index.tolist() == names[: 4 if chance >= 0.25 else 3]
