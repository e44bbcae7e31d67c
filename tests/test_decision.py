"""The final choice: the matrix and what turns it, quotes, suitability for the team, the recorded decision."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pandas as pd
import pytest

from scoring.decision import matrix
from tests.test_demonstrations import LINE, TEAM, enrol, problem
from workshops.access import AT_HOME, NotAllowedError, Person
from workshops.assess import assess
from workshops.decide.decision import Choice, same_numbers, state_of
from workshops.evidence import CRITERIA, NOTHING_YET, Balance, Quote, Score, Suitability
from workshops.prepare.sample import create_sample
from workshops.store.decisions import (
    add_quote,
    decisions_of,
    record_decision,
    save_balance,
    save_suitability,
    withdraw_quote,
)
from workshops.store.demonstrations import (
    add_line,
    plan_demonstration,
    reveal_scores,
    save_score,
    script_of,
)
from workshops.store.privacy import erase_participant, kept_about
from workshops.store.projects import StaleError, history, read_project, save_context, save_expectations
from workshops.store.transfer import project_file, restore_project
from workshops.store.votes import join, open_workshop, participant_by_token

ME = dataclasses.replace(AT_HOME, name="Ada")
READER = Person("r", "Reader", "team")
DAY, TODAY = dt.date(2026, 11, 10), dt.date(2026, 11, 21)


# ---------------------------------------------------------------- matrix


def table(**rows: tuple[float, ...]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(rows, orient="index", columns=["need", "budget"])


def weighed(central: pd.DataFrame, need: float, budget: float, spread: float = 0.0):
    return matrix(central - spread, central, central + spread, pd.Series({"need": need, "budget": budget}))


def test_the_total_is_the_weighted_sum():
    """60 and 40 points: A 0.6 x 0.9 + 0.4 x 0.3 = 0.66, B 0.6 x 0.6 + 0.4 x 0.6 = 0.60."""
    result = weighed(table(A=(0.9, 0.3), B=(0.6, 0.6)), 60, 40)

    assert result.totals["central"].round(9).to_dict() == {"A": 0.66, "B": 0.6}
    assert result.leaders == ["A"]


def test_the_weight_at_which_the_order_turns():
    """A leads while 0.9 w + 0.3 (1 - w) > 0.6: from w = 0.5 of the need on, so from 0.5 of the budget down."""
    result = weighed(table(A=(0.9, 0.3), B=(0.6, 0.6)), 60, 40)

    assert result.overtaken[["part", "rival"]].to_numpy().tolist() == [["budget", "B"], ["need", "B"]]
    assert result.overtaken["needed"].tolist() == pytest.approx([0.5, 0.5])
    assert result.overtaken["move"].tolist() == pytest.approx([0.1, 0.1])
    turned = weighed(table(A=(0.9, 0.3), B=(0.6, 0.6)), 49, 51)
    assert turned.leaders == ["B"]


def test_an_offer_that_is_better_everywhere_is_never_overtaken():
    assert weighed(table(A=(0.9, 0.7), B=(0.6, 0.6)), 60, 40).overtaken.empty


def test_a_rival_that_is_level_at_the_whole_weight_only_never_leads():
    """Need 0.8 and 0.6, budget alike: at 100 % of the budget both are level, and no weight goes beyond."""
    assert weighed(table(A=(0.8, 0.5), B=(0.6, 0.5)), 60, 40).overtaken.empty


def test_equals_are_said_to_be_equal():
    assert weighed(table(A=(0.9, 0.3), B=(0.3, 0.9)), 50, 50).leaders == ["A", "B"]


def test_what_is_not_known_may_turn_the_order():
    """0.66 and 0.60 with 0.02 either way do not meet (0.64 against 0.62), with 0.04 they do (0.62 against 0.64)."""
    central = table(A=(0.9, 0.3), B=(0.6, 0.6))

    assert weighed(central, 60, 40, 0.02).could_lead == []
    assert weighed(central, 60, 40, 0.04).could_lead == ["B"]


def test_parts_without_any_weight_are_refused():
    with pytest.raises(ValueError, match="weight"):
        weighed(table(A=(1.0, 1.0)), 0, 0)


# ---------------------------------------------------------------- a project


@pytest.fixture
def project_id(database, functional_map, edition):
    project_id = create_sample(database, ME, functional_map, edition.id, "en")
    # no must-have and a wide envelope: every made-up product stays
    project = read_project(database, project_id)
    changes = {item: {"must_have": False} for item in project.must_haves()}
    save_expectations(database, ME, project_id, list(functional_map.items), changes)
    context = dataclasses.replace(
        project.context,
        budget=2_000_000.0,
        ergonomics=None,
        deployment=(),
        hosting_regions=(),
        languages=(),
        company_size="",
        discount_rate=0.0,
    )
    save_context(database, ME, project_id, context)
    return project_id


@pytest.fixture
def chosen(database, project_id, edition, functional_map):
    """The choice as it stands now."""
    return lambda: Choice(assess(read_project(database, project_id), edition, functional_map))


def quoted(offer: str, **changes) -> Quote:
    product, _, plan = offer.partition("/")
    return dataclasses.replace(Quote("", product, plan, 11_000.0, None, "EUR", DAY, None), **changes)


def take(database, project_id, quote: Quote, choice: Choice) -> str:
    rates = choice.assessment.edition.rates.per_euro
    return add_quote(database, ME, project_id, quote, per_euro=rates, known=list(choice.assessment.offers.table.index))


def test_a_quote_replaces_list_prices_and_shows_its_gap(database, project_id, chosen):
    """11,000 USD a year at 1.1 for a euro are 10,000 EUR, each year of the horizon, without discount."""
    before = chosen()
    offer = before.offers[0]
    quote_id = take(database, project_id, quoted(offer, currency="USD", setup=2_200.0), before)
    after = chosen()
    lines = after.assessment.cost.lines.set_index("offer").loc[offer]
    quotes = lines[lines["origin"] == "quote"]

    assert quotes["likely"].round(6).tolist() == [10_000, 2_000]
    assert quotes["low"].equals(quotes["high"])
    assert set(quotes["line"]) == {"licences", "implementation"}
    assert not set(lines["origin"]) & {"list-price", "quote-bracket", "edition-effort"}
    assert lines.loc[lines["line"] == "support", "likely"].tolist() == [
        pytest.approx(2_000 * after.project.context.costs.support_share)
    ]
    total = after.assessment.cost.totals.at[offer, "likely"]
    assert after.gap(after.project.evidence.quotes[0]) == pytest.approx(
        total - before.assessment.cost.totals.at[offer, "likely"]
    )
    others = before.assessment.cost.totals.drop(offer)
    pd.testing.assert_frame_equal(after.assessment.cost.totals.drop(offer), others)
    withdraw_quote(database, ME, project_id, quote_id)
    pd.testing.assert_frame_equal(chosen().assessment.cost.totals, before.assessment.cost.totals)
    assert [line["action"] for line in history(database, project_id)][:2] == ["withdraw-quote", "add-quote"]


def test_a_quote_that_says_nothing_of_the_set_up_keeps_the_effort(database, project_id, chosen):
    offer = chosen().offers[0]
    take(database, project_id, quoted(offer), chosen())
    lines = chosen().assessment.cost.lines.set_index("offer").loc[offer]

    assert "edition-effort" in set(lines["origin"])


def test_the_latest_quote_counts(database, project_id, chosen):
    offer = chosen().offers[0]
    take(database, project_id, quoted(offer, dated=DAY + dt.timedelta(days=3), yearly=5_000.0), chosen())
    take(database, project_id, quoted(offer, yearly=9_000.0), chosen())  # entered later, written earlier
    lines = chosen().assessment.cost.lines.set_index("offer").loc[offer]

    assert lines.loc[lines["origin"] == "quote", "likely"].tolist() == [5_000]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"currency": "XYZ"}, "quote.problem.currency"),
        ({"currency": ""}, "quote.problem.currency"),
        ({"yearly": -1.0}, "quote.problem.amount"),
        ({"yearly": float("nan")}, "quote.problem.amount"),
        ({"yearly": 0.0}, "quote.problem.empty"),
        ({"valid_until": DAY - dt.timedelta(days=1)}, "quote.problem.validity"),
        ({"plan_id": "nonsense"}, "demonstration.problem.offer"),
    ],
)
def test_a_quote_that_cannot_be_used_is_refused(database, project_id, chosen, changes, sentence):
    choice = chosen()

    assert problem(lambda: take(database, project_id, quoted(choice.offers[0], **changes), choice)) == sentence
    assert read_project(database, project_id).evidence == NOTHING_YET


def test_suitability_is_weighed_and_what_is_open_stays_open(database, project_id, chosen):
    """Weights 30 and 10; 4 of 4 on the first, the second open: from 0.75 to 1, the middle 0.875."""
    product = chosen().offers[0].partition("/")[0]
    criteria = dict.fromkeys(CRITERIA, 0.0) | {"references": 30.0, "exit": 10.0}
    save_balance(database, ME, project_id, Balance(criteria=criteria), version=0)
    save_suitability(database, ME, project_id, Suitability(product, "references", 4, " Called two. ", "Bea"))
    choice = chosen()

    assert choice.team.loc[product].tolist() == [0.75, 0.875, 1.0, 0.75]
    assert choice.team.drop(product).to_numpy().tolist()[0] == [0.0, 0.5, 1.0, 0.0]
    kept = choice.answer(product, "references")
    assert (kept.reason, kept.by, kept.version) == ("Called two.", "Bea", 1)
    with pytest.raises(StaleError):
        save_suitability(database, ME, project_id, Suitability(product, "references", 0, "No", "Cem"))
    save_suitability(database, ME, project_id, dataclasses.replace(kept, score=1, reason="Called a third."))
    line = history(database, project_id, f"{product}/references")[0]
    assert (line["before"]["score"], line["after"]["score"]) == (4, 1)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Suitability("a", "charm", 2, "Why", "Bea"), "suitability.problem.criterion"),
        (Suitability("a", "exit", 5, "Why", "Bea"), "suitability.problem.score"),
        (Suitability("a", "exit", 2, "  ", "Bea"), "suitability.problem.reason"),
        (Suitability("a", "exit", 2, "x" * 2001, "Bea"), "suitability.problem.long"),
    ],
)
def test_an_answer_without_a_reason_is_refused(database, project_id, answer, sentence):
    assert problem(lambda: save_suitability(database, ME, project_id, answer)) == sentence


def test_a_balance_that_weighs_nothing_is_refused(database, project_id):
    nothing = dict.fromkeys(("need", "team", "budget", "ergonomics"), 0.0)

    for parts, sentence in (
        (nothing, "balance.problem.zero"),
        (nothing | {"need": -1.0}, "balance.problem.value"),
        (nothing | {"need": float("inf")}, "balance.problem.value"),
        ({"charm": 1.0}, "balance.problem.value"),
    ):
        assert problem(lambda p=parts: save_balance(database, ME, project_id, Balance(p), version=0)) == sentence
    save_balance(database, ME, project_id, Balance(), version=0)
    with pytest.raises(StaleError):
        save_balance(database, ME, project_id, Balance(nothing | {"need": 1.0}), version=0)


def test_the_parts_are_on_one_scale_and_the_budget_is_what_is_left(database, project_id, chosen):
    choice = chosen()
    offer = choice.offers[0]
    row = choice.assessment.table.loc[offer]

    assert choice.matrix.central.loc[offer].tolist() == pytest.approx(
        [row["fit"], 0.5, 1 - row["cost"] / 2_000_000, row["ergonomics"] / 100]
    )
    assert choice.matrix.low.at[offer, "budget"] == pytest.approx(1 - row["cost_high"] / 2_000_000)
    assert choice.matrix.weights.to_dict() == {"need": 0.4, "team": 0.2, "budget": 0.2, "ergonomics": 0.2}


def test_without_an_envelope_the_budget_is_left_out(database, project_id, chosen):
    context = dataclasses.replace(read_project(database, project_id).context, budget=None)
    save_context(database, ME, project_id, context)

    assert chosen().parts == ["need", "team", "ergonomics"]
    assert chosen().matrix.weights.to_dict() == pytest.approx({"need": 0.5, "team": 0.25, "ergonomics": 0.25})


def test_what_was_shown_stands_in_the_matrix_and_what_fell_is_named(database, project_id, chosen):
    listed = chosen().offers
    shown = next(one for one in map(str, chosen().assessment.offers.table.index) if one not in listed)
    product, _, plan = shown.partition("/")
    add_line(database, ME, project_id, LINE)
    demonstration = plan_demonstration(
        database, ME, project_id, product_id=product, plan_id=plan, held_on=DAY, known=[shown]
    )
    line = script_of(database, project_id)[0]
    enrol(database, project_id, TEAM)
    for person in TEAM:
        save_score(database, person, demonstration, Score(line.id, "less", 0))
    reveal_scores(database, ME, demonstration)

    assert shown in chosen().offers
    assert chosen().fallen == []
    item = {"sla": {"level": 3, "must_have": True}}
    save_expectations(database, ME, project_id, ["sla"], item)
    assert shown not in chosen().offers
    assert chosen().fallen == [shown]


# ---------------------------------------------------------------- decision


def decide(database, project_id, choice: Choice, **changes) -> str:
    values = {
        "offer": choice.offers[0],
        "offers": choice.offers,
        "decided_on": DAY,
        "reasons": "It fits.",
        "dissent": (("Bea", "Too dear"),),
        "state": state_of(choice),
        "revision": choice.project.revision,
        "today": TODAY,
    }
    return record_decision(database, ME, project_id, **(values | changes))


def test_a_decision_is_read_again_as_it_was(database, project_id, chosen, edition):
    choice = chosen()
    decide(database, project_id, choice)
    first = decisions_of(database, project_id)[0]
    total = float(choice.matrix.totals.at[choice.offers[0], "central"])

    assert (first.offer, first.decided_on, first.reasons, first.by) == (choice.offers[0], DAY, "It fits.", "Ada")
    assert first.dissent == (("Bea", "Too dear"),)
    assert first.state["offers"][first.offer]["total"] == total
    assert same_numbers(first.state, chosen())
    save_expectations(database, ME, project_id, ["sla"], {"sla": {"level": 1}})
    assert decisions_of(database, project_id)[0] == first  # the project moved on, the record did not
    assert not same_numbers(first.state, chosen())
    decide(database, project_id, chosen(), offer=chosen().offers[1], reasons="Second thoughts")
    later, kept = decisions_of(database, project_id)
    assert (later.reasons, kept) == ("Second thoughts", first)
    line = history(database, project_id, later.offer)[0]
    assert (line["action"], line["before"]["offer"]) == ("record-decision", first.offer)
    copy = restore_project(database, ME, project_file(database, ME, project_id), editions={edition.id})
    assert [one.state for one in decisions_of(database, copy)] == [later.state, first.state]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"offer": "nobody/basic"}, "decision.problem.offer"),
        ({"reasons": "  "}, "decision.problem.reasons"),
        ({"reasons": "x" * 4001}, "decision.problem.long"),
        ({"dissent": (("", "No"),)}, "decision.problem.dissent"),
        ({"decided_on": TODAY + dt.timedelta(days=1)}, "decision.problem.date"),
    ],
)
def test_a_decision_that_cannot_be_defended_is_refused(database, project_id, chosen, changes, sentence):
    choice = chosen()

    assert problem(lambda: decide(database, project_id, choice, **changes)) == sentence
    assert decisions_of(database, project_id) == []


def test_a_decision_on_numbers_that_have_changed_is_refused(database, project_id, chosen):
    choice = chosen()
    save_expectations(database, ME, project_id, ["sla"], {"sla": {"level": 1}})

    with pytest.raises(StaleError):
        decide(database, project_id, choice)
    assert decisions_of(database, project_id) == []


def test_a_reader_decides_nothing(database, project_id, chosen):
    choice = chosen()
    for attempt in (
        lambda: save_balance(database, READER, project_id, Balance(), version=0),
        lambda: save_suitability(database, READER, project_id, Suitability("a", "exit", 2, "Why", "R")),
        lambda: add_quote(
            database, READER, project_id, quoted(choice.offers[0]), per_euro={"EUR": 1}, known=choice.offers
        ),
        lambda: withdraw_quote(database, READER, project_id, "x"),
        lambda: record_decision(
            database,
            READER,
            project_id,
            offer="a",
            offers=["a"],
            decided_on=DAY,
            reasons="b",
            dissent=(),
            state={},
            revision=0,
            today=TODAY,
        ),
    ):
        with pytest.raises(NotAllowedError):
            attempt()


# ---------------------------------------------------------------- who is erased


def test_who_is_erased_is_named_nowhere_any_more(database, project_id, chosen):
    """In the answers, in the decision as it was recorded, and in the journal; what they thought stays."""
    add_line(database, ME, project_id, LINE)
    offer = chosen().offers[0]
    product, _, plan = offer.partition("/")
    shown = plan_demonstration(database, ME, project_id, product_id=product, plan_id=plan, held_on=DAY, known=[offer])
    room = open_workshop(database, ME, project_id)
    token = join(database, room.code, name="Éve Noël", team="sales", teams=("sales",))
    participant = participant_by_token(database, room.code, token)[1]
    eve = Person(participant.id, participant.name, "participant")
    line = script_of(database, project_id)[0]
    save_score(database, eve, shown, Score(line.id, "as-asked"))
    reveal_scores(database, ME, shown)
    for criterion, by in (("support", "éve noël"), ("exit", "Evelyn")):
        answer = Suitability("product-00", criterion, 3, "They answer", by)
        save_suitability(database, ME, project_id, answer)
    save_suitability(database, ME, project_id, Suitability("product-00", "support", 2, "Slowly", "Éve Noël", version=1))
    decide(database, project_id, chosen(), dissent=(("Éve Noël", "Too dear"), ("Evelyn", "Fine")))
    kept = kept_about(database, ME, project_id, eve.id)
    assert [row["score"] for row in kept["suitability"]] == [2]
    assert kept["dissent"] == ["Too dear"]
    before = read_project(database, project_id).revision

    erase_participant(database, ME, project_id, eve.id)

    project, decision = read_project(database, project_id), decisions_of(database, project_id)[0]
    assert project.revision > before  # nothing that was read before is shown any longer
    assert {one.criterion: one.by for one in project.evidence.suitability} == {"exit": "Evelyn", "support": "–"}
    assert decision.dissent == (("–", "Too dear"), ("Evelyn", "Fine"))
    assert [one["by"] for one in decision.state["suitability"]] == ["Evelyn", "–"]
    assert {who for one in decision.state["seen"] for who in one["people"]} == {"–"}
    written = json.dumps(
        [[line["before"], line["after"]] for line in history(database, project_id)], ensure_ascii=False
    )
    assert "Too dear" not in written  # opinions stand with the decision only
    assert "oël" not in written
