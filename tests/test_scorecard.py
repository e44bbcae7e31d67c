"""The scorecard: live formulas that a spreadsheet program calculates to the application's own numbers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from types import MappingProxyType

import openpyxl
import pytest

from exports.delivery import Delivery
from exports.scorecard import OFFER_COLUMNS, SHEETS, scorecard
from scoring.shortlist import best_offers
from tests.conftest import recalculated
from workshops.access import AT_HOME
from workshops.assess import assess
from workshops.evidence import Evidence, Quote, Seen
from workshops.model import CostOverride, Expectation, OwnItem, ProjectRating
from workshops.prepare.sample import create_sample
from workshops.store.projects import add_own_item, read_project, save_expectations

TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def project(sqlite_database, functional_map, edition):
    """The sample with an item of its own, a must-have outside the weighted domains and a domain of no weight."""
    project_id = create_sample(sqlite_database, AT_HOME, functional_map, edition.id, "en")
    add_own_item(
        sqlite_database, AT_HOME, project_id, OwnItem("own-1", "customer-service", "Warranty by serial number")
    )
    known = [*functional_map.items, "own-1"]
    save_expectations(sqlite_database, AT_HOME, project_id, known, {"own-1": {"level": 3}})
    project = read_project(sqlite_database, project_id)
    costs = dataclasses.replace(project.context.costs, internal_share=0.5)
    context = dataclasses.replace(project.context, currency="USD", budget=900_000.0, costs=costs)
    weights = MappingProxyType(dict(project.weights) | {"marketing": 0.0})
    return dataclasses.replace(
        project,
        context=context,
        weights=weights,
        # what the project knows better: a price, days, a quote, a level that was declared and one that was seen
        overrides=(
            CostOverride("product-01", "price", 31.0, 30.0, 33.0, "top", currency="GBP"),
            CostOverride("product-02", "implementation-days", 12.0, 9.0, 20.0),
            CostOverride("product-02", "other-yearly", 1_500.0, 1_000.0, 2_000.0),
        ),
        ratings=(ProjectRating("product-03", "sla", 4, "declared", "Acme", TODAY, plan_id="pro"),),
        evidence=Evidence(
            seen=(Seen("product-04", "pro", "lead-scoring", 3, 0.25, ("Bea",), TODAY),),
            quotes=(Quote("q", "product-05", "top", 40_000.0, 9_000.0, "EUR", TODAY, None, "A-1"),),
        ),
    )


@pytest.fixture
def assessment(project, edition, functional_map):
    return assess(project, edition, functional_map)


def sheet_of(book, name: str, language: str = "en"):
    return book.worksheets[SHEETS.index(name)]


def offers_of(book) -> dict[str, dict[str, object]]:
    """offer name -> column -> value, from the sheet of the offers."""
    rows = sheet_of(book, "offers").iter_rows(min_row=2, values_only=True)
    return {row[1]: dict(zip(OFFER_COLUMNS, row, strict=False)) for row in rows}


def assert_same_as_the_app(found: dict[str, dict[str, object]], assessment, offers) -> None:
    for offer in offers:
        row, mine = found[assessment.offer_name(offer)], assessment.table.loc[offer]
        for name, value in (
            ("fit", mine["fit"] * 100),
            ("cautious", mine["low"] * 100),
            ("generous", mine["high"] * 100),
            ("documented", mine["documented"]),
            ("cost", mine["cost"]),
            ("cost_low", mine["cost_low"]),
            ("cost_high", mine["cost_high"]),
        ):
            assert row[name] == pytest.approx(value, rel=1e-9, abs=1e-9), (offer, name)
        assert bool(row["passes"]) == (offer not in assessment.gates.excluded)


@pytest.mark.libreoffice
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_formula_gives_the_number_of_the_app(assessment, tmp_path, language):
    """The value written beside each formula is the app's; LibreOffice calculates each of them anew."""
    content = scorecard(Delivery(assessment, language, TODAY))
    written = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    formulas = openpyxl.load_workbook(io.BytesIO(content))
    calculated = openpyxl.load_workbook(recalculated(content, tmp_path), data_only=True)

    wrong, count = [], 0
    for sheet, mine, theirs in zip(formulas, written, calculated, strict=True):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                count += 1
                ours, other = mine[cell.coordinate].value, theirs[cell.coordinate].value
                same = ("" if ours is None else ours) == ("" if other is None else other)
                if isinstance(ours, int | float) and isinstance(other, int | float):
                    same = other == pytest.approx(ours, rel=1e-9, abs=1e-9)
                if not same:
                    wrong.append((sheet.title, cell.coordinate, cell.value, ours, other))
    assert wrong == []
    assert count > 2_000
    offers = best_offers(assessment.table, assessment.gates).index
    assert_same_as_the_app(offers_of(calculated), assessment, offers)


@pytest.mark.libreoffice
@pytest.mark.parametrize("policy", ["default", "strict", "lenient"])
def test_a_change_in_the_workbook_gives_what_the_app_gives(project, edition, functional_map, tmp_path, policy):
    """Weights, levels, a must-have, seats, years, rates, budget and policy changed by hand: fit, cost, gates, rank."""
    before = assess(project, edition, functional_map)
    book = openpyxl.load_workbook(io.BytesIO(scorecard(Delivery(before, "en", TODAY))))
    moved = {domain.id: float(place * place % 11) for place, domain in enumerate(functional_map.domains)}
    weights = sheet_of(book, "weights")
    for row, domain in enumerate(functional_map.domains, start=2):
        weights.cell(row, 2).value = moved[domain.id]
    requirements, items = sheet_of(book, "requirements"), list(before.domains.index)
    changed = dict(project.expectations)
    for item, level, must in (("lead-scoring", 4, False), ("company-record", 4, True), ("sla", 0, False)):
        requirements.cell(2 + items.index(item), 3).value = level
        requirements.cell(2 + items.index(item), 4).value = "yes" if must else None
        changed[item] = Expectation(item, level=level, must_have=must, status="agreed")
    context = dataclasses.replace(
        project.context,
        seats=MappingProxyType({"sales": 120, "service": 7}),
        years=7,
        discount_rate=0.0,
        budget=1_500_000.0,
        ergonomics=62.0,
        costs=dataclasses.replace(project.context.costs, day_rate=1_010.0, support_share=0.2),
    )
    settings = dataclasses.replace(project.settings, policy=policy, order_by="cautious")
    by_label = {row[0].value: row[1] for row in sheet_of(book, "settings").iter_rows(min_row=2)}
    texts = Delivery(before, "en", TODAY).t
    for label, value in (
        (texts("shortlist.budget", currency="USD"), 1_500_000),
        (texts("context.ergonomics"), 62),
        (texts("shortlist.policy"), texts(f"shortlist.policy_{policy}")),
        (texts("shortlist.order_by"), texts("shortlist.order_by_cautious")),
        (texts("context.years"), 7),
        (texts("scorecard.settings.discount"), 0),
        (texts("context.costs.day_rate"), 1_010),
        (texts("scorecard.settings.support"), 0.2),
        *(
            (texts("scorecard.settings.seats", team=label.en), {"sales": 120, "service": 7}.get(team, 0))
            for team, label in functional_map.vocabulary.teams.items()
        ),
    ):
        by_label[label].value = value
    changed_file = io.BytesIO()
    book.save(changed_file)

    after = assess(
        dataclasses.replace(
            project,
            weights=MappingProxyType(moved),
            expectations=MappingProxyType(changed),
            context=context,
            settings=settings,
        ),
        edition,
        functional_map,
    )
    calculated = openpyxl.load_workbook(recalculated(changed_file.getvalue(), tmp_path), data_only=True)
    found = offers_of(calculated)
    offers = best_offers(before.table, before.gates).index
    assert_same_as_the_app(found, after, offers)
    expected = best_offers(after.table.loc[offers], after.gates, "cautious").index
    assert sorted(found, key=lambda name: found[name]["rank"]) == [after.offer_name(offer) for offer in expected]
    ranking = sheet_of(calculated, "ranking")
    shown = [ranking.cell(row, 2).value for row in range(2, 2 + len(offers))]
    assert shown == [after.offer_name(offer) for offer in expected]


def test_the_ranking_says_what_the_screen_says(assessment):
    book = openpyxl.load_workbook(
        io.BytesIO(scorecard(Delivery(assessment, "fr", TODAY))), data_only=True, read_only=True
    )
    rows = list(book.worksheets[0].iter_rows(min_row=2, max_row=1 + len(assessment.shortlist.rows), values_only=True))
    best = best_offers(assessment.table, assessment.gates)

    assert [row[1] for row in rows] == [assessment.offer_name(offer) for offer in best.index]
    assert [row[3] for row in rows] == pytest.approx(list(best["fit"] * 100))
    assert [row[7] for row in rows] == pytest.approx(list(best["cost"]))
    assert [row[16] == "oui" for row in rows] == list(assessment.shortlist.rows["listed"].reindex(best.index))
    assert book.sheetnames == [
        "Classement",
        "Réglages",
        "Poids",
        "Besoins",
        "Couverture",
        "Adéquation par domaine",
        "Notes",
        "Notes prudentes",
        "Notes généreuses",
        "Preuves",
        "Coûts",
        "Offres",
    ]
