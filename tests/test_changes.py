"""What would bring a product in: every answer is tried out here once more."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

import pytest

from interface.language import texts
from tests.synthetic import write_edition
from vendors.load import load_edition
from vendors.model import AddOn
from workshops.access import AT_HOME
from workshops.assess import Assessment
from workshops.changes import MOST_PLANS_TRIED, WayIn, by_size, changed, way_in
from workshops.decisive import decisive_items, level_ranges, unknowns
from workshops.model import Expectation
from workshops.prepare.sample import create_sample
from workshops.reasons import how_sure
from workshops.store.database import open_database
from workshops.store.projects import read_project
from workshops.words import Words


@pytest.fixture(scope="module")
def many(tmp_path_factory, functional_map):
    folder = tmp_path_factory.mktemp("many")
    edition = load_edition(write_edition(folder / "2026-many", functional_map, products=14, seed=5))
    database = open_database(f"sqlite:///{folder / 'projects.sqlite'}")
    project = read_project(database, create_sample(database, AT_HOME, functional_map, edition.id, "en"))
    return Assessment(project, edition, functional_map)


def again(assessment, project):
    return Assessment(project, assessment.edition, assessment.map)


def row_of(assessment, product):
    rows = assessment.shortlist.rows
    return rows[rows["product"] == product].iloc[0]


def test_every_change_that_is_said_to_bring_a_product_in_does(many):
    tried = 0
    for product in many.shortlist.left_out["product"]:
        way = way_in(many, product)
        if way and way.outcome == "listed" and way.changes[0].gate != "rating":
            tried += 1
            assert row_of(again(many, changed(many, way.offer, way.changes)), product)["listed"]
        if way and way.outcome == "behind":
            row = row_of(again(many, changed(many, way.offer, way.changes)), product)
            assert row["gates_passed"] and not row["listed"]
    assert tried


def test_a_little_less_would_not_do(many):
    """With any one of the changes undone, the offer still fails a gate."""
    for product in many.shortlist.left_out["product"]:
        way = way_in(many, product)
        if way is None or way.changes[0].gate == "rating":
            continue
        for undone in way.changes:
            kept = tuple(one for one in way.changes if one is not undone)
            assert way.offer in again(many, changed(many, way.offer, kept)).gates.excluded


# ---------------------------------------------------------------- against the plain way: everything assessed anew


def plain_moved_bars(assessment, product):
    """Every plan that needs least, with a whole new assessment of the project in which it gets that."""
    found, tried_fit = None, -1.0
    for offer, fit, changes in by_size(assessment, product)[:MOST_PLANS_TRIED]:
        if fit <= tried_fit:
            continue
        tried_fit = fit
        row = row_of(again(assessment, changed(assessment, offer, changes)), product)
        if row["gates_passed"]:
            outcome = "listed" if row["listed"] else "behind"
            way = WayIn(str(row.name), changes, outcome, float(row["probability"]))
            if outcome == "listed":
                return way
            found = found or way
    return found


def plain_better_ratings(assessment, offer, items):
    """The row of the shortlist when an offer's ratings on some items are as high as they may be."""
    known = assessment.offers
    low, central = known.low.copy(), known.central.copy()
    low.loc[offer, items] = central.loc[offer, items] = known.high.loc[offer, items]
    tried = again(assessment, assessment.project)
    vars(tried)["offers"] = dataclasses.replace(known, low=low, central=central)
    return tried.shortlist.rows.loc[offer]


def with_settings(assessment, budget=600_000.0, ergonomics=50.0, **settings):
    project = assessment.project
    context = dataclasses.replace(project.context, budget=budget, ergonomics=ergonomics)
    return again(
        assessment,
        dataclasses.replace(project, context=context, settings=dataclasses.replace(project.settings, **settings)),
    )


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"order_by": "cautious", "at_least": 1, "at_most": 2, "probability": 0.05},
        {"policy": "lenient", "at_least": 2, "at_most": 8, "probability": 0.02},
        {"budget": 60_000.0, "ergonomics": 70.0},
    ],
    ids=["as it is", "cautious and short", "lenient and long", "little money"],
)
def test_ways_in_are_those_of_whole_new_assessments(many, given):
    """What is tried on arrays says to the last digit what assessing everything anew for each try says."""
    project = with_settings(many, **given)
    rows, compared = project.shortlist.rows, 0
    for product in project.shortlist.left_out["product"]:
        row, way = row_of(project, product), way_in(project, product)
        if not row["gates_passed"]:
            assert way == plain_moved_bars(project, product)
            compared += way is not None
            continue
        offer = str(row.name)
        gain = project.generous.contributions.loc[offer] - project.fit.contributions.loc[offer]
        gain = gain[gain > 1e-9].sort_values(ascending=False, kind="stable")
        if way is None:
            assert not plain_better_ratings(project, offer, gain.index)["listed"]
            continue
        best = plain_better_ratings(project, offer, gain.index[: len(way.changes)])
        assert best["listed"] and float(best["probability"]) == way.chance
        assert not plain_better_ratings(project, offer, gain.index[: len(way.changes) - 1])["listed"]
        compared += 1
    assert compared and len(rows) == 14


def test_a_lower_must_have_may_need_no_add_on(many):
    """Where a must-have needs an add-on, lowering it changes levels and costs of other offers too."""
    item = next(iter(many.project.must_haves()))
    products, place_of = dict(many.edition.products), {about: place for place, about in enumerate(many.map.items)}
    for name in list(products)[::2]:
        one = products[name]
        if item not in one.ratings or not one.ratings[item].rating:
            continue
        plus = AddOn("plus", "Plus", one.plans[-1].price)
        # with the must-have come many other functions: an offer without the add-on is cheaper and has less
        ratings = {
            about: dataclasses.replace(rating, rating=3, add_on="plus", without=0 if about != item else 1, plan=None)
            for about, rating in one.ratings.items()
            if about == item or place_of[about] % 2
        }
        products[name] = dataclasses.replace(one, add_ons=(plus,), ratings={**one.ratings, **ratings})
    edition = dataclasses.replace(many.edition, products=products)
    project = dataclasses.replace(
        many.project, context=dataclasses.replace(many.project.context, budget=200_000.0, ergonomics=60.0)
    )
    paid = Assessment(project, edition, many.map)
    assert any(paid.offers.table["add_ons"])

    others = 0
    for product in paid.shortlist.left_out["product"]:
        if not row_of(paid, product)["gates_passed"]:
            way = way_in(paid, product)
            assert way == plain_moved_bars(paid, product)
            tried = way and again(paid, changed(paid, way.offer, way.changes))
            others += bool(tried) and tried.offers is not paid.offers
    assert others


# ---------------------------------------------------------------- the rest


def test_the_budget_that_is_missing_is_exact_to_the_hundred(many):
    """A budget below every cost; the change that is offered passes, a hundred less does not."""
    poor = again(
        many,
        dataclasses.replace(many.project, context=dataclasses.replace(many.project.context, budget=50_000.0)),
    )
    ways = [way for product in poor.shortlist.rows["product"] if (way := way_in(poor, product))]
    alone = [way for way in ways if [one.gate for one in way.changes] == ["budget"]]

    assert alone
    for way in alone:
        change = way.changes[0]
        short = dataclasses.replace(change, then=change.then - 100.0)
        assert way.offer not in again(poor, changed(poor, way.offer, (change,))).gates.excluded
        assert way.offer in again(poor, changed(poor, way.offer, (short,))).gates.excluded


def test_a_listed_product_needs_no_way_in(many):
    assert way_in(many, many.shortlist.listed["product"].iloc[0]) is None


def test_ways_in_read_as_sentences(many):
    for language in ("en", "fr"):
        words = Words(many, texts("workshops", language))
        for product in many.shortlist.left_out["product"]:
            sentence = words.way_in(way_in(many, product))
            assert sentence.endswith((".", ").")) and "{" not in sentence
            assert sentence[0] == sentence[0].upper()


def test_how_sure_says_what_the_samples_say(many):
    sentences = dict(how_sure(many))
    first = many.robustness.acceptability[1]
    kind = next(key for key in sentences if key in ("sure.clear", "sure.likely", "sure.open"))

    assert sentences[kind]["leader"] == many.candidates[0]
    assert sentences[kind]["share"] == first[many.candidates[0]]
    assert (kind == "sure.clear") == (first.iloc[0] >= 0.9)
    assert sentences["sure.listed"]["share"] == pytest.approx(first[many.shortlist.listed.index].sum())
    weight = sentences["sure.weight"]
    moved = dict(many.fit.weights)
    rest = sum(value for domain, value in moved.items() if domain != weight["domain"])
    past = weight["bar"] + (0.002 if weight["bar"] > weight["weight"] else -0.002)
    trial = {
        domain: past if domain == weight["domain"] else value / rest * (1 - past) for domain, value in moved.items()
    }
    fits = many.fit.domain_fit.loc[many.candidates] @ [trial[domain] for domain in many.fit.domain_fit.columns]
    assert fits[weight["rival"]] > fits[many.candidates[0]]


def test_nothing_passes_is_said(many):
    nobody = again(
        many, dataclasses.replace(many.project, context=dataclasses.replace(many.project.context, budget=1.0))
    )

    assert how_sure(nobody) == [("sure.none", {})]


def test_unknowns_name_facts_that_are_not_known(many):
    found = unknowns(many)

    assert (found["learned"].diff().dropna() <= 0).all()
    for row in found[found["gate"] == ""].head(40).itertuples():
        assert many.offers.high.at[row.offer, row.condition] > many.offers.low.at[row.offer, row.condition]
        assert row.chance_low <= row.chance <= row.chance_high
    for row in found[found["gate"] != ""].itertuples():
        conditions = many.gates.conditions
        one = conditions[
            (conditions["offer"] == row.offer)
            & (conditions["gate"] == row.gate)
            & (conditions["condition"] == row.condition)
        ].iloc[0]
        assert one["verdict"] in ("likely pass", "likely fail")


def test_an_item_ranges_over_its_votes_before_its_prior(many):
    import pandas as pd

    item = next(iter(many.map.items))
    votes = pd.DataFrame({"item": [item, item], "level": [1.0, 4.0]})

    assert level_ranges(many.project, many.map, votes).loc[item].tolist() == [1, 4]
    asked = many.project.asked().get(item, 2)
    low, high = level_ranges(many.project, many.map).loc[item]
    assert low <= asked <= high


def test_decisive_items_are_in_scope_and_in_order(many):
    item = next(iter(many.map.items))
    out = dict(many.project.expectations) | {item: Expectation(item, level=3, status="out-of-scope")}
    found = decisive_items(again(many, dataclasses.replace(many.project, expectations=MappingProxyType(out))))

    assert item not in found.index
    assert (found["places"].diff().dropna() <= 1e-12).all()
    assert set(found.index) == set(many.map.items) - {item}


def test_decisive_items_are_known_before_anything_is_asked(many):
    """The first workshop starts from the priors: an agenda needs no votes."""
    nothing = again(many, dataclasses.replace(many.project, expectations=MappingProxyType({})))

    assert decisive_items(nothing)["places"].max() > 0


def test_the_candidates_keep_their_numbers_whoever_asks(many):
    """Shortlist, robustness and comparison read the same tables."""
    rows = many.shortlist.rows
    top = many.robustness.probability_in_top(3)

    assert rows["fit"].to_dict() == many.fit.scores[rows.index].to_dict()
    assert rows.loc[many.candidates, "probability"].to_dict() == top[many.candidates].to_dict()
    assert rows["cost"].to_dict() == many.cost.totals.loc[rows.index, "likely"].to_dict()
    assert ((rows["low"] <= rows["fit"]) & (rows["fit"] <= rows["high"])).all()
    assert ((rows["cost_low"] <= rows["cost"]) & (rows["cost"] <= rows["cost_high"])).all()
