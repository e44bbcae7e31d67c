"""Decisive items, what to check first, groups, prices of gates, the frontier, options: by hand and against brute force."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from scoring.decisiveness import decisiveness
from scoring.fit import NothingAskedError, fit
from scoring.gates import gates, prices
from scoring.groups import groups, most_divided
from scoring.offers import offers, options
from scoring.shortlist import Settings, frontier, on_the_list
from scoring.unknowns import check_first

ITEMS = ["a1", "a2", "b1"]
DOMAINS = pd.Series({"a1": "a", "a2": "a", "b1": "b"})
WEIGHTS = pd.Series({"a": 1.0, "b": 1.0})


def levels(**offered):
    return pd.DataFrame({f"{name}/x": values for name, values in offered.items()}, ITEMS).T.astype(float)


def products(table):
    return pd.Series([name.split("/")[0] for name in table.index], table.index)


def nothing_unsure(table, samples=1):
    return pd.DataFrame(0.0, range(samples), list(dict.fromkeys(products(table))))


def ranges(**items):
    return pd.DataFrame.from_dict(items, orient="index", columns=["low", "high"])


def test_an_item_on_which_all_are_alike_is_not_decisive():
    table = levels(p=[3, 1, 2], q=[3, 4, 1])
    found = decisiveness(
        table,
        pd.Series({"a1": 2, "b1": 2}),
        DOMAINS,
        WEIGHTS,
        ranges(a1=(0, 3)),
        products=products(table),
        errors=nothing_unsure(table),
        top=1,
    )

    assert found.at["a1", "places"] == 0.0


def test_an_item_that_turns_the_order_moves_one_place():
    """Asked 2 on b1, nothing else: p has 2 (fit 1), q has 1 (fit 0.5). With a2 asked at 4: p (1/4 + 1)/2 = 0.625, q 0.75."""
    table = levels(p=[0, 1, 2], q=[0, 4, 1])
    found = decisiveness(
        table,
        pd.Series({"b1": 2}),
        DOMAINS,
        WEIGHTS,
        ranges(a2=(0, 4)),
        products=products(table),
        errors=nothing_unsure(table),
        top=1,
    )

    assert found.at["a2", "places"] == 1.0
    # p loses 0.375, q gains 0.25: 0.625 apart
    assert found.at["a2", "swing"] == pytest.approx(0.625)


def test_a_must_have_that_is_raised_puts_a_product_out():
    """p reaches 2 on a1, q reaches 3; asked at 2 both pass, at 3 q alone. p was ahead and leaves its place to q."""
    table = levels(p=[2, 4, 4], q=[3, 1, 1])
    asked = pd.Series({"a1": 2, "a2": 4, "b1": 4})
    found = decisiveness(
        table,
        asked,
        DOMAINS,
        WEIGHTS,
        ranges(a1=(2, 3)),
        products=products(table),
        errors=nothing_unsure(table),
        blocked=pd.Series({"p/x": 0, "q/x": 0}),
        must_haves=pd.Series({"a1": 2}),
        reached=table[["a1"]],
        top=1,
    )

    assert found.at["a1", "places"] == 1.0


def test_an_offer_that_another_gate_excludes_does_not_come_back():
    table = levels(p=[2, 4, 4], q=[3, 1, 1])
    found = decisiveness(
        table,
        pd.Series({"a1": 2, "a2": 4, "b1": 4}),
        DOMAINS,
        WEIGHTS,
        ranges(a1=(1, 3)),
        products=products(table),
        errors=nothing_unsure(table),
        blocked=pd.Series({"p/x": 1, "q/x": 0}),  # the budget excludes p
        must_haves=pd.Series({"a1": 2}),
        reached=table[["a1"]],
        top=1,
    )

    assert found.at["a1", "places"] == 0.0


def test_a_better_plan_of_the_same_product_takes_over():
    """p's cheap plan misses the raised must-have, its dear one reaches it: the product keeps its place."""
    table = pd.DataFrame([[2, 4, 4], [3, 4, 4], [3, 1, 1]], ["p/basic", "p/top", "q/x"], ITEMS).astype(float)
    found = decisiveness(
        table,
        pd.Series({"a1": 2, "a2": 4, "b1": 4}),
        DOMAINS,
        WEIGHTS,
        ranges(a1=(2, 3)),
        products=products(table),
        errors=nothing_unsure(table),
        must_haves=pd.Series({"a1": 2}),
        reached=table[["a1"]],
        top=1,
    )

    assert found.at["a1", "places"] == 0.0


def winners(table, asked, top):
    try:
        scores = fit(table, asked, DOMAINS, WEIGHTS).scores.round(9)
    except NothingAskedError:
        return None
    ordered = scores.sort_values(ascending=False)
    if len(ordered) > top and ordered.iloc[top - 1] == ordered.iloc[top]:
        return None  # equals at the bar: either would do
    return set(ordered.index[:top])


@settings(max_examples=150)
@given(
    arrays.arrays(int, (4, 3), elements=st.integers(0, 4)),
    arrays.arrays(int, 3, elements=st.integers(0, 4)),
    st.integers(0, 2),
)
def test_without_uncertainty_it_counts_the_changed_places(values, asked, place):
    """Against the fits computed anew at both ends of the range."""
    table = pd.DataFrame(values, [f"p{number}/x" for number in range(4)], ITEMS).astype(float)
    item, given_levels = ITEMS[place], pd.Series(asked, ITEMS).astype(float)
    found = decisiveness(
        table,
        given_levels,
        DOMAINS,
        WEIGHTS,
        ranges(**{item: (1, 4)}),
        products=products(table),
        errors=nothing_unsure(table),
        top=2,
    )
    ends = [winners(table, given_levels.where(given_levels.index != item, level), 2) for level in (1.0, 4.0)]
    if None not in ends:
        assert found.at[item, "places"] == len(ends[1] - ends[0])


def conditions(*rows):
    return pd.DataFrame(list(rows), columns=["offer", "gate", "condition", "low", "central", "high", "bar", "at_least"])


def test_what_knowing_a_rating_would_do():
    """One world; the third of p, q, r, s has 0.5. s has 0.45, and its rating may add 0.1 or take 0.1 away.

    In the cases 0.1, 0.3, 0.5, 0.7, 0.9 the fit is 0.37, 0.41, 0.45, 0.49, 0.53: only the last brings s in. Its chance
    goes from 0 to 1 in one case of five: 0.2 learned. p at 0.9 is in whatever happens.
    """
    values = pd.DataFrame([[0.9, 0.8, 0.5, 0.45]], columns=["p/x", "q/x", "r/x", "s/x"])
    central = pd.DataFrame(0.2, values.columns, ["i"])
    low, high = central.copy(), central.copy()
    for offer in ("p/x", "s/x"):
        low.at[offer, "i"], high.at[offer, "i"] = 0.1, 0.3
    found = check_first(values, low, central, high, unsure=conditions())

    assert found[["offer", "condition", "chance_low", "chance", "chance_high", "learned"]].to_numpy().tolist() == [
        ["s/x", "i", 0.0, 0.0, 1.0, pytest.approx(0.2)]
    ]


def test_an_unsure_gate_is_worth_the_chance_it_would_cost():
    """A budget of 100 against 80 to 140, likely 90: cases 82, 86, 90, 110, 130. Two of five fail: 0.4 of a sure place."""
    values = pd.DataFrame([[0.9, 0.8]], columns=["p/x", "q/x"])
    same = pd.DataFrame(0.2, values.columns, ["i"])
    found = check_first(
        values, same, same, same, unsure=conditions(("p/x", "budget", "budget", 80, 90, 140, 100, False))
    )

    assert found[["offer", "gate", "chance_low", "chance", "chance_high", "learned"]].to_numpy().tolist() == [
        ["p/x", "budget", 0.0, 1.0, 1.0, pytest.approx(0.4)]
    ]


def test_a_product_that_one_unsure_must_have_keeps_out_may_come_in():
    """Level 1 of 0 to 2, 2 asked: cases 0.2, 0.6, 1, 1.4, 1.8; only 1.8 is rounded to 2. Then it takes the place of r."""
    values = pd.DataFrame([[0.9, 0.8, 0.5]], columns=["p/x", "q/x", "r/x"])
    outside = pd.DataFrame([[0.6]], columns=["s/x"])
    same = pd.DataFrame(0.2, [*values.columns, "s/x"], ["i"])
    found = check_first(
        values, same, same, same, unsure=conditions(("s/x", "must-have", "i", 0, 1, 2, 2, True)), outside=outside
    )

    assert found[["offer", "gate", "condition", "chance", "chance_high", "learned"]].to_numpy().tolist() == [
        ["s/x", "must-have", "i", 0.0, 1.0, pytest.approx(0.2)]
    ]


def votes(*rows):
    return pd.DataFrame(list(rows), columns=["group", "item", "level"])


def test_each_group_ranks_by_what_it_asks():
    """Agreed: a1 at 2, b1 at 2. Sales asks a1 at 4 (median of 4, 4), IT b1 at 4 (lower median of 2, 4 is 2).

    p = (4, 0, 1), q = (1, 0, 4). Agreed: p (1 + 0.5)/2 = 0.75, q (0.5 + 1)/2 = 0.75. Sales: p 0.75, q (0.25 + 1)/2 = 0.625.
    """
    table = levels(p=[4, 0, 1], q=[1, 0, 4])
    found = groups(
        table,
        pd.Series({"a1": 2, "b1": 2}),
        DOMAINS,
        WEIGHTS,
        votes(("sales", "a1", 4), ("sales", "a1", 4), ("it", "b1", 2), ("it", "b1", 4)),
    )

    assert found.agreed.tolist() == [0.75, 0.75]
    assert found.fits["sales"].tolist() == [0.75, 0.625]
    assert found.fits["it"].tolist() == [0.75, 0.75]
    assert found.hidden["sales"].tolist() == pytest.approx([0.0, -0.125])
    assert found.ranks["sales"].tolist() == [1, 2] and found.ranks["it"].tolist() == [1, 1]
    assert found.voted.to_dict() == {"it": 1, "sales": 1}


def test_a_group_that_asks_for_nothing_is_left_out():
    table = levels(p=[4, 0, 1], q=[1, 0, 4])
    found = groups(table, pd.Series({"a1": 2}), DOMAINS, WEIGHTS, votes(("idle", "a1", 0), ("sales", "a1", 3)))

    assert found.fits.columns.tolist() == ["sales"]


def test_items_that_divide_the_groups_come_first():
    found = most_divided(
        votes(("s", "i", 4), ("t", "i", 1), ("s", "j", 2), ("t", "j", 3), ("s", "k", 2), ("t", "k", 2))
    )

    assert found.index.tolist() == ["i", "j"]
    assert found.loc["i", ["low", "high", "low_group", "high_group", "apart"]].tolist() == [1, 4, "t", "s", 3]
    assert most_divided(votes()).empty


def test_what_a_gate_costs_in_fit():
    """Best is p at 0.9 but over budget; q passes with 0.7: the budget costs 0.2. r fails two gates: no single one frees it."""
    table = pd.DataFrame({"fit": [0.9, 0.7, 0.95]}, ["p/x", "q/x", "r/x"])
    verdicts = gates(
        conditions(
            ("p/x", "budget", "budget", 110, 120, 130, 100, False),
            ("r/x", "budget", "budget", 110, 120, 130, 100, False),
            ("r/x", "must-have", "sso", 0, 0, 0, 3, True),
        )
    )
    found = prices(table, verdicts)

    assert found["points"].to_dict() == pytest.approx({"context": 0, "must-have": 0, "budget": 0.2, "ergonomics": 0})
    assert found.at["budget", "offer"] == "p/x"
    assert prices(table, verdicts, by="condition")["points"].to_dict() == pytest.approx(
        {("budget", "budget"): 0.2, ("must-have", "sso"): 0.0}
    )


def test_steps_measure_how_far_a_condition_is_missed():
    """Two levels short: 2 steps. 15 % over the budget: 1.5 steps. Ten points of ergonomics: 2 steps. A context: never near."""
    found = gates(
        conditions(
            ("x", "must-have", "sso", 1, 1, 1, 3, True),
            ("x", "budget", "budget", 115, 115, 115, 100, False),
            ("x", "ergonomics", "ergonomics", 40, 40, 40, 50, True),
            ("x", "context", "hosting_regions", 0, 0, 0, 1, True),
        )
    ).conditions

    assert found["steps"].tolist() == [2.0, pytest.approx(1.5), 2.0, np.inf]
    assert found["near_miss"].tolist() == [False, False, False, False]


def test_the_frontier_is_what_nobody_beats_on_both():
    """c is dearer and worse than b; d costs more and is better; e equals b in fit and costs more."""
    table = pd.DataFrame({"fit": [0.5, 0.7, 0.6, 0.9, 0.7], "cost": [10, 20, 30, 40, 25]}, list("abcde"))

    assert frontier(table).tolist() == ["a", "b", "d"]


@given(
    st.lists(st.booleans(), min_size=1, max_size=12).map(lambda passed: sorted(passed, reverse=True)),
    st.data(),
    st.integers(1, 5),
    st.integers(0, 4),
)
def test_the_list_keeps_to_its_sizes(passed, data, least, more):
    chances = np.array(data.draw(st.lists(st.floats(0, 1), min_size=len(passed), max_size=len(passed))))
    rules = Settings(at_least=least, at_most=least + more)
    found = on_the_list(np.array(passed), chances, rules)

    assert found.sum() <= rules.at_most
    assert found.sum() >= min(sum(passed), least)
    assert not (found & ~np.array(passed)).any()


PLANS = pd.DataFrame({"product": ["p", "p"], "plan": ["low", "top"], "place": [0, 1]})


def rating(item, level, *, add_on="", without=0.0, place=0):
    values = {"product": "p", "item": item, "level": level, "half_width": 0.0, "place": place}
    return values | {"without": without, "add_on": add_on, "known": True}


def test_an_option_is_an_add_on_that_raises_a_level():
    """`mail` raises i under every plan, `voice` raises j from the top plan on, `idle` raises nothing."""
    ratings = pd.DataFrame(
        [
            rating("i", 3, add_on="mail", without=1),
            rating("j", 2, add_on="voice", place=1),
            rating("k", 1, add_on="idle", without=1),
        ]
    )
    given_priors = pd.Series(2.0, ["i", "j", "k"])
    found = options(ratings, PLANS, given_priors)

    assert found.table[["offer", "add_on"]].to_numpy().tolist() == [
        ["p/low", "mail"],
        ["p/top", "mail"],
        ["p/top", "voice"],
    ]
    assert found.central.to_numpy().tolist() == [[3, 0, 1], [3, 0, 1], [1, 2, 1]]
    assert offers(ratings, PLANS, given_priors).central.to_numpy().tolist() == [[1, 0, 1], [1, 0, 1]]


def test_what_a_must_have_needs_is_no_option():
    ratings = pd.DataFrame([rating("i", 3, add_on="mail", without=1)])
    found = options(ratings, PLANS, pd.Series(2.0, ["i"]), pd.Series({"i": 2}))

    assert found.table.empty and found.central.empty
