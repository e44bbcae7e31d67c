"""The decision record, read back: the paper to decide on, and what was decided as it was recorded."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import zipfile

import pytest
from docx import Document

from exports.decision_record import decision_record, to_decide
from exports.delivery import Delivery
from exports.pack import decision_document, documents, parts
from workshops.access import AT_HOME
from workshops.assess import assess
from workshops.decide.decision import Choice, state_of
from workshops.evidence import Balance, Decision, Evidence, Quote, ScriptLine, Suitability, Usability
from workshops.prepare.sample import create_sample
from workshops.store.projects import read_project

DAY = dt.date(2026, 11, 20)


@pytest.fixture
def assessed(sqlite_database, functional_map, edition):
    """The numbers of the sample, every product let in, with some evidence."""
    project_id = create_sample(sqlite_database, AT_HOME, functional_map, edition.id, "en")
    project = read_project(sqlite_database, project_id)
    context = dataclasses.replace(
        project.context, budget=2_000_000.0, ergonomics=None, deployment=(), hosting_regions=(), languages=()
    )
    settings = dataclasses.replace(project.settings, policy="lenient")

    def with_evidence(evidence: Evidence, **changes):
        changed = dataclasses.replace(context, company_size="", **changes)
        return assess(
            dataclasses.replace(project, context=changed, settings=settings, evidence=evidence), edition, functional_map
        )

    return with_evidence


def evidence(offer: str, **changes) -> Evidence:
    product, _, plan = offer.partition("/")
    values = {
        "usability": {product: Usability(product, (70.0, 75.0, 80.0), 75.0, 5.0, 62.6, 87.4, DAY)},
        "quotes": (Quote("q", product, plan, 11_000.0, None, "EUR", DAY, dt.date(2026, 11, 21)),),
        "suitability": (Suitability(product, "exit", 3, "All data in <one> click", "Bea"),),
    }
    return Evidence(**(values | changes))


def decided(choice: Choice, **changes) -> Decision:
    values = {
        "id": "d",
        "offer": choice.offers[0],
        "decided_on": DAY,
        "reasons": "It fits.\nThe team liked it.",
        "dissent": (("Chloé", "Too dear & slow"),),
        "state": state_of(choice),
        "by": "Ada",
        "at": dt.datetime(2026, 11, 20, 10, 0, tzinfo=dt.UTC),
    }
    return Decision(**(values | changes))


def written(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_was_decided_reads_as_it_was_recorded(assessed, language):
    """The project changes its weights afterwards: the document keeps those of the decision, 40, 20, 20 and 20."""
    offer = Choice(assessed(Evidence())).offers[0]
    before = Choice(assessed(evidence(offer)))
    decision = decided(before)
    parts_now = {"need": 1.0, "team": 97.0, "budget": 1.0, "ergonomics": 1.0}
    now = assessed(evidence(offer, balance=Balance(parts_now)))
    delivery = Delivery(now, language, dt.date(2026, 12, 1), decisions=(decision,))
    record, text = decision_record(delivery), written(decision_document(delivery))

    t = delivery.t
    assert [name.rpartition(" · ")[2] for name in record.names[:-1]] == [t.percent(one) for one in (0.4, 0.2, 0.2, 0.2)]
    assert record.summary[1] == t("record.changed")
    for said in ("It fits.", "The team liked it.", "Chloé", "Too dear & slow", "All data in <one> click", "Bea"):
        assert said in text
    assert record.matrix[0].label in text
    assert t("demonstration.people", count=3) in text
    assert record.firm
    # on the day of the decision the quote still held
    assert not any(t("choice.expired", names="").rstrip(".") in one for one in record.open_points)
    assert record.quotes[0].gap == t.money(
        before.assessment.table.at[offer, "cost"] - before.estimates[offer], before.project.context.currency
    )


def test_before_the_decision_it_is_the_paper_to_decide_on(assessed):
    """The quote has expired meanwhile, and nobody wrote reasons yet."""
    offer = Choice(assessed(Evidence())).offers[0]
    delivery = Delivery(assessed(evidence(offer)), "en", dt.date(2026, 12, 1))
    record = decision_record(delivery)

    assert record.front.title == "Decision paper"
    assert record.reasons == record.dissent == record.earlier == ()
    assert any(one.startswith("Quote expired") for one in record.open_points)
    assert [row.score for row in record.team] == ["3 of 4"]
    assert "Reasons" not in written(decision_document(delivery))


def test_without_an_envelope_it_says_that_the_budget_is_left_out(assessed):
    delivery = Delivery(assessed(Evidence(), budget=None), "en", DAY)
    record = decision_record(delivery)

    assert [name.partition(" · ")[0] for name in record.names] == ["Need", "Team", "Ergonomics", "Total"]
    assert any("the budget is left out" in one for one in record.open_points)


def test_a_decision_recorded_without_its_ends_is_still_read(assessed):
    """What an earlier version recorded: nothing is said of how firm the order was."""
    choice = Choice(assessed(Evidence()))
    state = state_of(choice)
    offers = {
        name: {key: value for key, value in row.items() if key not in ("ends", "estimate")}
        for name, row in state["offers"].items()
    }
    old = decided(choice, state={**{k: v for k, v in state.items() if k != "fallen"}, "offers": offers})
    record = decision_record(Delivery(choice.assessment, "en", DAY, decisions=(old, old)))

    assert record.firm == ""
    assert len(record.matrix) == len(choice.offers)
    assert "It fits." in record.earlier[0]


def test_the_pack_takes_the_record_and_the_script_along(assessed):
    """The record only where there is something to decide: without weights there is no matrix."""
    delivery = Delivery(
        assessed(Evidence()), "en", DAY, script=(ScriptLine("1", "notes", "morning", 0, 2, "decisive", "Play", ""),)
    )
    names = [name for name, _ in parts(delivery, b"")]

    assert [name.rpartition("-")[2] for name in names if "decision" in name or "demonstration" in name] == [
        "record.docx",
        "script.docx",
    ]
    no_weight = Evidence(balance=Balance(criteria={}, parts={"team": 1.0}))
    bare = Delivery(assessed(no_weight), "en", DAY)
    assert not to_decide(bare)
    assert "decision" not in [one.kind for one in documents(bare)]
    made = dict(parts(delivery, b""))
    script = next(make for name, make in made.items() if "script" in name)
    assert zipfile.is_zipfile(io.BytesIO(script()))
