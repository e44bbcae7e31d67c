"""Cost lines by hand, and what a project knows better than the edition."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

import pandas as pd
import pytest

from interface.language import texts
from workshops.access import AT_HOME, NotAllowedError, Person
from workshops.assess import Assessment
from workshops.costs import cost_lines
from workshops.model import Context, CostAssumptions, CostOverride, ProjectError, Work
from workshops.prepare.sample import create_sample
from workshops.store.projects import StaleError, duplicate_project, history, read_project, save_overrides
from workshops.words import Words

CONTEXT = Context(
    seats=MappingProxyType({"sales": 10}),
    years=2,
    systems=(Work("ERP", "medium"),),
    data=(Work("Customers", "simple"),),
    costs=CostAssumptions(day_rate=1000.0),
)
OFFER = pd.DataFrame({"product": ["product-00"], "plan": ["pro"], "add_ons": [()]}, ["product-00/pro"])


def lines(edition, context=CONTEXT, *overrides):
    found = cost_lines(OFFER, edition, context, overrides)
    return found.set_index("line")


def own(what, likely, low=None, high=None, **more):
    low, high = likely if low is None else low, likely if high is None else high
    return CostOverride("product-00", what, likely, low, high, **more)


def test_lines_of_an_offer_by_hand(edition):
    """Ten users: 10 days of implementation, 8 of integration, 2 of migration, 1 of training at 1,000; support is 15 %."""
    price = edition.products["product-00"].plan("pro").price.likely
    found = lines(edition)

    assert found["likely"].to_dict() == pytest.approx(
        {
            "licences": 10 * 12 * price,
            "implementation": 10_000,
            "integration": 8_000,
            "migration": 2_000,
            "training": 1_000,
            "support": 1_500,
        }
    )
    assert found["low"]["implementation"] == 5_000 and found["high"]["implementation"] == 20_000
    assert found["origin"].to_dict() == {
        "licences": "list-price",
        "implementation": "edition-effort",
        "integration": "project-assumption",
        "migration": "project-assumption",
        "training": "project-assumption",
        "support": "project-assumption",
    }


def test_a_negotiated_price_replaces_the_list_price_of_its_plan_only(edition):
    """30 a user and month: 10 x 12 x 30 = 3,600 a year, low and high alike."""
    agreed = own("price", 30.0, plan_id="pro", note="Offer of 12 November")
    found = lines(edition, CONTEXT, agreed).loc["licences"]
    other = lines(edition, CONTEXT, dataclasses.replace(agreed, plan_id="top")).loc["licences"]

    assert found[["low", "likely", "high"]].tolist() == [3_600, 3_600, 3_600]
    assert (found["origin"], found["basis"]) == ("negotiated", "declared")
    assert other["origin"] == "list-price"


def test_a_price_agreed_in_another_currency_is_converted_at_the_dated_rate(edition):
    """33 dollars at 1.10 for a euro: 30 euros, 3,600 a year."""
    found = lines(edition, CONTEXT, own("price", 33.0, plan_id="pro", currency="USD")).loc["licences"]

    assert found["likely"] == pytest.approx(3_600)


def test_days_and_the_rate_of_ones_own_integrator(edition):
    """6 days at 800 (700 to 900): 4,800; low 5 x 700, high 8 x 900. Integration keeps its days at the new rate: 8 x 800."""
    found = lines(edition, CONTEXT, own("implementation-days", 6.0, 5.0, 8.0), own("day-rate", 800.0, 700.0, 900.0))

    assert found.loc["implementation", ["low", "likely", "high"]].tolist() == [3_500, 4_800, 7_200]
    assert found.at["integration", "likely"] == 6_400
    assert found.at["support", "likely"] == pytest.approx(0.15 * 4_800)
    assert found.at["implementation", "origin"] == "negotiated"


def test_days_of_ones_own_people(edition):
    """Half a day for each of the 20 integrator days at 400: 4,000. Given outright, 7 days: 2,800."""
    context = dataclasses.replace(
        CONTEXT, costs=CostAssumptions(day_rate=1000.0, internal_share=0.5, internal_day_rate=400.0)
    )

    assert "internal" not in lines(edition).index
    assert lines(edition, context).at["internal", "likely"] == pytest.approx(4_000)
    assert lines(edition, context, own("internal-days", 7.0)).at["internal", "likely"] == pytest.approx(2_800)


def test_a_support_contract_and_anything_else(edition):
    found = cost_lines(
        OFFER, edition, CONTEXT, [own("support", 2_000.0), own("other-once", 500.0), own("other-yearly", 90.0)]
    )

    assert found.loc[found["line"] == "support", "likely"].tolist() == [2_000]
    extra = found[found["line"] == "other"]
    assert dict(zip(extra["timing"], extra["likely"], strict=True)) == {"once": 500, "yearly": 90}


def test_what_another_product_is_offered_for_changes_nothing_here(edition):
    foreign = dataclasses.replace(own("price", 1.0, plan_id="pro"), product_id="product-01")

    assert lines(edition, CONTEXT, foreign)["likely"].tolist() == lines(edition)["likely"].tolist()


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        (own("price", 30.0), "override.problem.what"),  # a price belongs to a plan
        (own("day-rate", 800.0, plan_id="pro"), "override.problem.what"),  # a rate does not
        (own("discount", 10.0), "override.problem.what"),
        (own("day-rate", -1.0), "override.problem.amount"),
        (own("day-rate", float("nan")), "override.problem.amount"),
        (own("day-rate", 800.0, 900.0, 1000.0), "override.problem.order"),
        (own("day-rate", 800.0, note="x" * 500), "override.problem.note"),
        (own("day-rate", 800.0, currency="XXX"), "context.problem.currency"),
    ],
)
def test_figures_that_cannot_be_used_get_a_sentence(override, sentence):
    found = override.problems()

    assert [key for key, _ in found] == [sentence]
    for language in ("en", "fr"):
        assert texts("workshops", language)(found[0][0], **found[0][1])


@pytest.fixture
def project_id(database, functional_map, edition):
    return create_sample(database, AT_HOME, functional_map, edition.id, "en")


def test_overrides_are_written_read_changed_and_forgotten(database, project_id):
    save_overrides(database, AT_HOME, project_id, [own("day-rate", 800.0, note="Quote 7")])
    first = read_project(database, project_id).overrides
    save_overrides(database, AT_HOME, project_id, [dataclasses.replace(first[0], likely=850.0, high=900.0)])
    second = read_project(database, project_id).overrides
    save_overrides(database, AT_HOME, project_id, [], removed=second)

    assert (first[0].likely, first[0].note, first[0].version) == (800.0, "Quote 7", 1)
    assert (second[0].likely, second[0].high, second[0].version) == (850.0, 900.0, 2)
    assert read_project(database, project_id).overrides == ()
    journal = [line for line in history(database, project_id, "product-00") if line["action"] == "set-cost"]
    assert [(line["before"] or {}).get("likely") for line in journal] == [850.0, 800.0, None]
    assert journal[0]["after"] is None


def test_a_figure_that_somebody_changed_meanwhile_is_not_written_over(database, project_id):
    save_overrides(database, AT_HOME, project_id, [own("day-rate", 800.0)])
    seen = read_project(database, project_id).overrides[0]
    save_overrides(database, AT_HOME, project_id, [dataclasses.replace(seen, likely=800.0, low=700.0)])

    for stale in ([own("day-rate", 1.0)], [dataclasses.replace(seen, likely=1.0, low=1.0)]):
        with pytest.raises(StaleError):
            save_overrides(database, AT_HOME, project_id, stale)
    with pytest.raises(StaleError):
        save_overrides(database, AT_HOME, project_id, [], removed=[seen])
    assert read_project(database, project_id).overrides[0].low == 700.0


def test_bad_figures_and_people_without_the_right_write_nothing(database, project_id):
    revision = read_project(database, project_id).revision

    with pytest.raises(ProjectError):
        save_overrides(database, AT_HOME, project_id, [own("day-rate", 800.0), own("price", -1.0, plan_id="pro")])
    with pytest.raises(NotAllowedError):
        save_overrides(database, Person("t", "Team", "team"), project_id, [own("day-rate", 800.0)])
    assert read_project(database, project_id).overrides == ()
    assert read_project(database, project_id).revision == revision


def test_a_copy_of_a_project_knows_the_same(database, project_id):
    save_overrides(database, AT_HOME, project_id, [own("day-rate", 800.0)])
    copy = read_project(database, duplicate_project(database, AT_HOME, project_id, name="Copy"))

    assert [(one.what, one.likely) for one in copy.overrides] == [("day-rate", 800.0)]


def test_a_negotiated_price_reaches_every_number(sqlite_database, functional_map, edition):
    """Total, budget gate and shortlist follow; the sentence says where the figure comes from."""
    project_id = create_sample(sqlite_database, AT_HOME, functional_map, edition.id, "en")
    before = Assessment(read_project(sqlite_database, project_id), edition, functional_map)
    offer = "product-00/top"
    save_overrides(sqlite_database, AT_HOME, project_id, [own("price", 1.0, plan_id="top", note="Quote 7")])
    after = Assessment(read_project(sqlite_database, project_id), edition, functional_map)

    plan, context = edition.products["product-00"].plan("top"), before.project.context
    saved = (plan.price.likely - 1.0) * 12 * context.users * sum(1.03**-year for year in range(context.years))
    assert before.table.at[offer, "cost"] - after.table.at[offer, "cost"] == pytest.approx(saved)
    budget = after.gates.conditions[
        (after.gates.conditions["offer"] == offer) & (after.gates.conditions["gate"] == "budget")
    ]
    assert budget["central"].tolist() == [pytest.approx(after.table.at[offer, "cost"])]
    line = after.cost.lines[(after.cost.lines["offer"] == offer) & (after.cost.lines["line"] == "licences")].iloc[0]
    sentence = Words(after, texts("workshops", "en")).origin(line["origin"], line["line"], line["detail"])
    assert sentence == f"{context.users} × 1.00 EUR per user and month, negotiated by the project. Quote 7"
