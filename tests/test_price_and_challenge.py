"""What a must-have costs, what a level moves, and what the data calls for: three products, worked by hand.

Alpha and Beta reach level 3 of `sla`, Beta only in its dearer plan (level 2 below); Gamma reaches 1. Each plan costs ten
people 10 or 30 a month: 1,200 or 3,600 a year.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from types import MappingProxyType

import pandas as pd
import pytest

from functional_map.model import LEVELS as LEVELS_OF_THE_MAP
from interface.language import texts
from vendors.model import Plan, Price, Rating
from workshops.assess import Assessment
from workshops.model import Context, CostAssumptions, Expectation, Project, ShortlistSettings
from workshops.rooms.challenge import (
    challenges_of_item,
    challenges_of_project,
    far_apart,
    team_medians,
    teams_apart,
    unconfirmed_items,
)
from workshops.rooms.lead_widgets import answer_line
from workshops.rooms.price_tag import (
    Moves,
    cost_per_year,
    effect_of_level,
    moves,
    price_of_must_have,
    variant,
)
from workshops.rooms.room import Workshop

NOW = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
LEVELS = {
    "alpha": {"sla": Rating("sla", 3, "documented", "high"), "notes": Rating("notes", 3, "documented", "high")},
    "beta": {
        "sla": Rating("sla", 3, "documented", "high", plan="top", without=2),
        "notes": Rating("notes", 2, "documented", "high"),
    },
    "gamma": {"sla": Rating("sla", 1, "documented", "high"), "notes": Rating("notes", 2, "documented", "high")},
}


@pytest.fixture(scope="module")
def market(edition):
    """Three of the made-up products, with plans and ratings of their own."""

    def plan(name: str, amount: float) -> Plan:
        price = Price(amount, amount, amount, "EUR", "user-month", "yearly", "documented")
        return Plan(name, name.title(), price)

    products = {}
    for (name, ratings), made_up in zip(LEVELS.items(), edition.products.values(), strict=False):
        products[name] = dataclasses.replace(
            made_up,
            id=name,
            name=name.title(),
            plans=(plan("basic", 10.0), plan("top", 30.0)),
            ratings=MappingProxyType(ratings),
            implementation=None,
        )
    return dataclasses.replace(edition, products=MappingProxyType(products), priors=MappingProxyType({}))


def assessed(market, functional_map, **expectations: Expectation) -> Assessment:
    given = {one.item_id: one for one in expectations.values()}
    project = Project(
        "p", "P", "", market.id, False, False, NOW, NOW, 1,
        Context(
            seats=MappingProxyType({"sales": 10}), years=2,
            costs=CostAssumptions(training_days_per_ten_users=0.0, support_share=0.0),
        ),
        ShortlistSettings(),
        MappingProxyType({domain.id: 1.0 for domain in functional_map.domains}),
        MappingProxyType(given),
    )  # fmt: skip
    return Assessment(project, market, functional_map)


@pytest.fixture
def wishes(market, functional_map):
    return assessed(market, functional_map, sla=Expectation("sla", 3), notes=Expectation("notes", 2))


def test_a_must_have_removes_products_forces_plans_and_adds_cost(wishes):
    tag = price_of_must_have(wishes, "sla", 3)

    assert tag.removed == ("gamma",)
    assert set(tag.kept) == {"alpha", "beta"}
    (forced,) = tag.forced
    assert (forced.product, forced.before, forced.after) == ("beta", "beta/basic", "beta/top")
    assert forced.cost_per_year == pytest.approx(3_600 - 1_200)
    assert not tag.free and tag.to_confirm == ()


def test_a_must_have_that_every_plan_reaches_is_free(wishes):
    tag = price_of_must_have(wishes, "sla", 1)

    assert tag.free and set(tag.kept) == {"alpha", "beta", "gamma"}


def test_where_nothing_passes_a_must_have_removes_nothing(wishes):
    poor = dataclasses.replace(wishes.project, context=dataclasses.replace(wishes.project.context, budget=1.0))
    tag = price_of_must_have(Assessment(poor, wishes.edition, wishes.map), "sla", 3)

    assert not tag.spared and tag.removed == tag.kept == ()


def test_what_is_paid_once_is_spread_over_the_years(wishes):
    """No one-off cost here: the licences of ten people."""
    assert cost_per_year(wishes)["alpha/basic"] == pytest.approx(1_200)
    assert cost_per_year(wishes)["alpha/top"] == pytest.approx(3_600)


def test_trying_writes_nothing(wishes):
    other = variant(wishes.project, "sla", level=1, must_have=True)

    assert other.must_haves() == {"sla": 1}
    assert wishes.project.must_haves() == {} and wishes.project.asked()["sla"] == 3
    away = dataclasses.replace(
        wishes.project, expectations=MappingProxyType({"sla": Expectation("sla", status="out-of-scope")})
    )
    assert variant(away, "sla", level=2).asked() == {"sla": 2}  # asked for is in scope


def test_a_level_shows_what_it_moves(market, functional_map):
    """With the must-have at 3, Gamma is out; at 1 it comes in."""
    strict = assessed(market, functional_map, sla=Expectation("sla", 3, must_have=True), notes=Expectation("notes", 2))
    assert {one.partition("/")[0] for one in strict.shortlist.listed.index} == {"alpha", "beta"}
    effect = effect_of_level(strict, "sla", 1)

    assert [one.partition("/")[0] for one in effect.entering] == ["gamma"] and effect.leaving == ()
    same = effect_of_level(strict, "sla", 3)
    assert not same.moves and same.largest[1] == pytest.approx(0.0)


def prompts(assessment, item, level, *, must_have=False, votes=None, decisive=False, unconfirmed=False):
    votes = votes if votes is not None else pd.DataFrame(columns=["item", "team", "level"])
    found = challenges_of_item(
        assessment, item, level, must_have=must_have, votes=votes, decisive=decisive, unconfirmed=unconfirmed
    )
    return {one.rule: one.values for one in found}


def test_nobody_on_the_market(wishes):
    found = prompts(wishes, "sla", 4)

    assert found["nobody"] == {"level": 4, "best": 3, "products": ["Alpha", "Beta"]}
    assert "nobody" not in prompts(wishes, "sla", 3)
    assert prompts(wishes, "donations", 2) == {}  # nobody is rated: nothing is known against it


def test_a_must_have_that_only_one_product_reaches(wishes):
    assert prompts(wishes, "notes", 3, must_have=True)["only_one"] == {"level": 3, "product": "Alpha"}
    assert "only_one" not in prompts(wishes, "notes", 3)
    assert "only_one" not in prompts(wishes, "sla", 3, must_have=True)


def test_an_item_that_costs_a_higher_plan(wishes):
    """Of the two that reach 3, Beta needs its top plan; for 2 its basic one would do."""
    assert prompts(wishes, "sla", 3)["higher_plan"] == {
        "level": 3, "count": 1, "total": 2, "offers": ["Beta · Top"]
    }  # fmt: skip
    assert "higher_plan" not in prompts(wishes, "sla", 2)


def votes(**teams: list[int]) -> pd.DataFrame:
    rows = [("sla", team, float(level)) for team, levels in teams.items() for level in levels]
    return pd.DataFrame(rows, columns=["item", "team", "level"])


def test_teams_two_levels_apart_on_an_item_that_decides(wishes):
    """Medians: sales 4, service 2 (the lower of 2 and 3)."""
    given = votes(sales=[4, 4, 3], service=[3, 2])
    assert team_medians(given).to_dict() == {"sales": 4, "service": 2}
    assert prompts(wishes, "sla", 3, votes=given, decisive=True)["teams"] == {
        "low_team": "service", "low": 2, "high_team": "sales", "high": 4
    }  # fmt: skip
    assert "teams" not in prompts(wishes, "sla", 3, votes=given)
    assert far_apart(votes(sales=[4], service=[3])) is None
    assert far_apart(votes(sales=[4, 0])) is None  # one team cannot be apart from itself


def asked(market, functional_map, levels: list[int], musts: int = 0) -> Assessment:
    items = list(functional_map.items)[: len(levels)]
    return assessed(
        market,
        functional_map,
        **{
            item: Expectation(item, level, must_have=place < musts)
            for place, (item, level) in enumerate(zip(items, levels, strict=True))
        },
    )


def rules(assessment: Assessment) -> dict[str, dict]:
    found = challenges_of_project(assessment, {}, set(), set())
    return {one.rule: one.values for one in found if one.rule in ("all_top", "domain_top", "must_haves")}


def test_everything_at_the_top(market, functional_map):
    """Four of eight at level 4 is half of them; four of nine is not."""
    assert rules(asked(market, functional_map, [4] * 4 + [2] * 4))["all_top"] == {"share": 0.5, "count": 4, "total": 8}
    assert rules(asked(market, functional_map, [4] * 4 + [2] * 5)) == {}
    assert rules(asked(market, functional_map, [4] * 4)) == {}  # four items say nothing yet


def test_a_domain_at_the_top_where_the_whole_is_not(market, functional_map):
    first, second = functional_map.domains[0].items[:8], functional_map.domains[1].items[:9]
    given = {item.id: Expectation(item.id, 4) for item in first} | {item.id: Expectation(item.id, 1) for item in second}

    assert rules(assessed(market, functional_map, **given))["domain_top"] == {"share": 1.0, "count": 8, "total": 8}


def test_more_must_haves_than_a_tenth(market, functional_map):
    """Two of twenty are a tenth; three are more."""
    assert rules(asked(market, functional_map, [2] * 20, musts=2)) == {}
    assert rules(asked(market, functional_map, [2] * 20, musts=3))["must_haves"] == {
        "count": 3, "total": 20, "share": 0.15
    }  # fmt: skip


def test_what_was_there_before_the_room_opened_is_to_be_confirmed(market, functional_map):
    room = Workshop("w", "p", "C", None, True, {}, 0, "", None, "", 0, 0, created_at=NOW)
    given = assessed(
        market,
        functional_map,
        a=Expectation("sla", 3, changed_at=NOW - dt.timedelta(days=400)),
        b=Expectation("notes", 2, changed_at=NOW - dt.timedelta(days=400)),
        c=Expectation("invoicing", 2, changed_at=NOW + dt.timedelta(hours=1)),
    ).project

    assert unconfirmed_items(given, room, voted=set(), settled=set()) == {"sla", "notes"}
    assert unconfirmed_items(given, room, voted={"sla"}, settled={"notes"}) == set()
    assert unconfirmed_items(given, None, voted=set(), settled=set()) == set()


@pytest.mark.parametrize(
    ("before", "after", "entering", "leaving", "rising", "falling"),
    [
        ("ab", "ab", (), (), (), ()),
        ("abc", "acb", (), (), (("c", 2),), (("b", 3),)),
        # who comes in between pushes nobody: the others keep their order
        ("abc", "adbc", (("d", 2),), (), (), ()),
        # overtaken, and yet where it was
        ("abc", "cb", (), ("a",), (("c", 1),), ()),
        ("", "ab", (("a", 1), ("b", 2)), (), (), ()),
        ("ab", "", (), ("a", "b"), (), ()),
    ],
)
def test_who_moves_between_two_shortlists(before, after, entering, leaving, rising, falling):
    found = moves(before, after)

    assert found == Moves(entering, leaving, rising, falling)
    assert found.nobody == (before == after)


def test_the_line_of_an_answer_says_what_each_level_moves(market, functional_map):
    """With the must-have at 3 Gamma is out; at 0 and 1 it comes in at the third place; at 4 all are out."""
    strict = assessed(market, functional_map, sla=Expectation("sla", 3, must_have=True), notes=Expectation("notes", 2))
    effects = [effect_of_level(strict, "sla", level) for level in LEVELS_OF_THE_MAP]

    def read(proposal: int | None) -> list[str]:
        line = answer_line(effects, proposal, strict, texts("workshops", "en"))
        return [re.sub("<[^>]+>", "", part).strip() for part in re.split("<span>|<b>", line)[1:]]

    assert read(None) == ["0 1 Gamma enters at 3", "2 3 moves nobody", "4 nothing would pass every gate"]
    assert read(3)[0] == "Proposed: 3 moves nobody"
    assert read(3)[1:] == ["0 1 Gamma enters at 3", "2 moves nobody", "4 nothing would pass every gate"]


def test_the_line_of_an_answer_that_moves_nobody_is_one_sentence(wishes):
    """A level that all reach: whatever is asked of it, the three stay in their order."""
    effects = [effect_of_level(wishes, "sla", 3)]

    assert "no answer here moves anybody on the shortlist" in answer_line(effects, 3, wishes, texts("workshops", "en"))


def test_items_on_which_teams_are_apart_are_those_found_one_by_one():
    """Medians: sla 4 against 2; notes 3 against 2; invoicing has one team only; on donations service skipped."""
    given = {
        "notes": {"sales": [3, 3], "service": [2]},
        "sla": {"sales": [4, 4, 3], "service": [3, 2]},
        "invoicing": {"sales": [4, 0]},
        "donations": {"sales": [4], "service": [float("nan")]},
    }
    rows = [(item, team, level) for item, teams in given.items() for team, levels in teams.items() for level in levels]
    table = pd.DataFrame(rows, columns=["item", "team", "level"])

    one_by_one = {item: far_apart(table[table["item"] == item]) for item in given}
    assert list(teams_apart(table)) == ["sla"]
    assert teams_apart(table) == {item: apart for item, apart in one_by_one.items() if apart}
    assert teams_apart(table[:0]) == {}
    assert teams_apart(table[table["item"] == "donations"]) == {}


def test_prompts_of_the_whole_are_those_of_its_items(market, functional_map):
    """Nobody has sla at 4 and only Alpha notes at 3; nobody is rated on donations, which says nothing."""
    whole = assessed(
        market,
        functional_map,
        sla=Expectation("sla", 4),
        notes=Expectation("notes", 3, must_have=True),
        donations=Expectation("donations", 2),
    )
    one_by_one = {
        (rule, item): values
        for item, level in whole.project.asked().items()
        for rule, values in prompts(whole, item, level, must_have=item == "notes").items()
        if rule in ("nobody", "only_one")
    }
    together = {
        (one.rule, one.item_id): one.values
        for one in challenges_of_project(whole, {}, set(), set())
        if one.rule in ("nobody", "only_one")
    }

    assert set(together) == {("nobody", "sla"), ("only_one", "notes")}
    assert together == one_by_one
