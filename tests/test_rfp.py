"""The response grid: out to a vendor, back, checked with every problem at once, used where it is accepted."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from types import MappingProxyType

import openpyxl
import pytest

from exports.answers import compared, in_use, price_table
from exports.delivery import Delivery
from exports.rfp import (
    AMOUNT,
    ANSWERS,
    COMMENT,
    CURRENCY,
    ID,
    LEVEL,
    LINE,
    PLAN,
    PRICES,
    UNIT,
    WHO_ROWS,
    asked_items,
    read_answers,
    response_grid,
    unit_names,
)
from interface.language import catalogue
from tests.conftest import recalculated
from vendors.model import AddOn
from workshops.access import AT_HOME
from workshops.assess import assess
from workshops.model import OwnItem, ProjectError
from workshops.prepare.sample import create_sample
from workshops.store.projects import add_own_item, read_project, save_expectations
from workshops.store.ratings import accept_ratings

TODAY = dt.date(2026, 11, 21)
PRODUCT = "product-00"


@pytest.fixture
def with_module(edition):
    """The edition with a paid module for the product that is asked."""
    product = edition.products[PRODUCT]
    module = AddOn("maps", "Maps & Routes", product.plans[0].price)
    changed = dataclasses.replace(product, add_ons=(module,))
    return dataclasses.replace(edition, products=MappingProxyType({**edition.products, PRODUCT: changed}))


@pytest.fixture
def project_id(sqlite_database, functional_map, with_module):
    project_id = create_sample(sqlite_database, AT_HOME, functional_map, with_module.id, "en")
    add_own_item(sqlite_database, AT_HOME, project_id, OwnItem("own-1", "customer-service", "Warranty"))
    save_expectations(sqlite_database, AT_HOME, project_id, ["own-1"], {"own-1": {"level": 2}})
    return project_id


@pytest.fixture
def delivery(sqlite_database, functional_map, with_module, project_id):
    def made(language: str = "en") -> Delivery:
        project = read_project(sqlite_database, project_id)
        return Delivery(assess(project, with_module, functional_map), language, TODAY)

    return made


def filled_in(
    delivery: Delivery, answers: dict[str, dict[int, object]], *, prices=(), who="Ann Vendor", edit=None
) -> bytes:
    """The grid as a vendor sends it back.

    answers  item -> column -> value;  prices  (row, column, value)
    """
    book = openpyxl.load_workbook(io.BytesIO(response_grid(delivery, PRODUCT)))
    first, sheet, price_sheet = book.worksheets[0], book.worksheets[ANSWERS], book.worksheets[PRICES]
    start = next(row for row in range(1, 40) if first.cell(row, 1).value == delivery.t("rfp.who.company"))
    for place, value in enumerate(("Acme", who, "ann@example.com")):
        assert first.cell(start + place, 1).value == delivery.t(f"rfp.who.{WHO_ROWS[place]}")
        first.cell(start + place, 2).value = value
    rows = {sheet.cell(row, ID + 1).value: row for row in range(2, sheet.max_row + 1)}
    for item, cells in answers.items():
        for column, value in cells.items():
            sheet.cell(rows[item], column + 1).value = value
    for row, column, value in prices:
        price_sheet.cell(row, column + 1).value = value
    if edit:
        edit(book, rows)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def problems(content: bytes, delivery: Delivery) -> list[tuple[str, dict]]:
    with pytest.raises(ProjectError) as caught:
        read_answers(content, delivery)
    return caught.value.problems


# out


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_grid_asks_about_what_the_project_asks_in_five_sentences(delivery, functional_map, language):
    made = delivery(language)
    book = openpyxl.load_workbook(io.BytesIO(response_grid(made, PRODUCT)))
    rows = list(book.worksheets[ANSWERS].iter_rows(min_row=2, values_only=True))
    asked = made.assessment.project.asked()

    assert [row[ID] for row in rows] == asked_items(made)
    assert {row[ID] for row in rows} == {item for item, level in asked.items() if level > 0}
    for row in rows:
        if row[ID] in functional_map.items:
            sentences = [functional_map.items[row[ID]].levels[level][language] for level in range(1, 5)]
            assert row[3].splitlines()[1:] == [f"{level}  {text}" for level, text in enumerate(sentences, start=1)]
        assert bool(row[4]) == (row[ID] in made.assessment.project.must_haves())
        assert row[LEVEL] is None


def test_the_grid_does_not_say_which_level_is_asked(delivery):
    """Two projects that ask for the same functions at other levels send the same questions."""
    made = delivery()
    project = made.assessment.project
    higher = {
        item: dataclasses.replace(one, level=4 if one.level else one.level)
        for item, one in project.expectations.items()
    }
    other = Delivery(
        assess(
            dataclasses.replace(project, expectations=MappingProxyType(higher)),
            made.assessment.edition,
            made.assessment.map,
        ),
        "en",
        TODAY,
    )

    def questions(of: Delivery):
        book = openpyxl.load_workbook(io.BytesIO(response_grid(of, PRODUCT)))
        return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]

    assert questions(made) == questions(other)


def test_drop_downs_offer_the_scale_and_the_plans(delivery):
    book = openpyxl.load_workbook(io.BytesIO(response_grid(delivery(), PRODUCT)))
    rules = {
        str(one.sqref).split(":")[0]: one.formula1 for one in book.worksheets[ANSWERS].data_validations.dataValidation
    }

    assert rules["F2"] == '"0,1,2,3,4"'
    assert rules["G2"] == "_lists!$A$1:$A$5"
    assert [row[0].value for row in book["_lists"]["A1:A5"]] == [
        "Every plan",
        "Basic",
        "Pro",
        "Top",
        "Module: Maps & Routes",
    ]


# back


@pytest.mark.parametrize("language", ["en", "fr"])
def test_answers_come_back_as_they_were_given(delivery, language):
    made = delivery(language)
    t = made.t
    content = filled_in(
        made,
        {
            "sla": {LEVEL: 3, PLAN: "Pro", COMMENT: "See help/sla"},
            "lead-scoring": {LEVEL: "0"},
            "company-record": {LEVEL: 4.0, PLAN: t("rfp.every_plan")},
            "contact-record": {LEVEL: 2, PLAN: f"{t('rfp.module')} Maps & Routes"},
            "own-1": {LEVEL: 1, COMMENT: "planned"},
            "multiple-sites": {COMMENT: "We do not know."},
        },
        prices=[(2, AMOUNT, "12,50"), (2, UNIT, unit_names(t)[0]), (2, CURRENCY, "EUR")],
    )
    # whoever opens it in another language reads the same
    found = read_answers(content, delivery("en" if language == "fr" else "fr"))

    assert {one.item_id: (one.level, one.plan_id, one.add_on_id, one.comment) for one in found.answers} == {
        "sla": (3, "pro", "", "See help/sla"),
        "lead-scoring": (0, "", "", ""),
        "company-record": (4, "", "", ""),
        "contact-record": (2, "", "maps", ""),
        "own-1": (1, "", "", "planned"),
    }
    assert found.who == "Ann Vendor, Acme"
    assert found.product_id == PRODUCT
    assert found.asked == len(asked_items(made))
    assert [(one.line, one.amount, one.unit, one.currency) for one in found.prices] == [
        (f"{t('cost.licences')} · Basic", 12.5, "user-month", "EUR")
    ]


def test_every_problem_is_said_at_once_with_its_place(delivery):
    made = delivery()

    def edit(book, rows):
        sheet = book.worksheets[ANSWERS]
        sheet.cell(rows["multiple-sites"], ID + 1).value = "sla"
        sheet.cell(rows["account-classification"], ID + 1).value = "no-such-item"
        book.worksheets[PRICES].cell(2, AMOUNT + 1).value = -5
        book.worksheets[PRICES].cell(3, AMOUNT + 1).value = 5
        book.worksheets[PRICES].cell(4, AMOUNT + 1).value = 5
        book.worksheets[PRICES].cell(4, UNIT + 1).value = "month"
        book.worksheets[PRICES].cell(4, CURRENCY + 1).value = "XXX"

    content = filled_in(
        made,
        {
            "company-record": {LEVEL: 5},
            "contact-record": {LEVEL: "good"},
            "partner-relationships": {LEVEL: 2.5},
            "key-account-plan": {PLAN: "Pro"},
            "contact-several-companies": {LEVEL: 3, PLAN: "Ultimate"},
            "sla": {LEVEL: 3},
            "lead-scoring": {LEVEL: 1, COMMENT: "x" * 4_001},
            "multiple-sites": {LEVEL: 1},
            "account-classification": {LEVEL: 1},
        },
        who=None,
        edit=edit,
    )
    found = [problem.removeprefix("rfp.problem.") for problem, _ in problems(content, made)]

    assert sorted(found) == sorted(
        ["who", "level", "level", "level", "no_level", "plan", "comment", "twice", "item", "amount", "unit", "currency"]
    )
    for language in ("en", "fr"):
        t = delivery(language).t
        for problem, values in problems(content, made):
            assert t(problem, **values)


def test_the_sentence_names_the_cell(delivery):
    made = delivery()
    content = filled_in(made, {"sla": {LEVEL: 7}})
    row = 2 + asked_items(made).index("sla")

    assert problems(content, made) == [("rfp.problem.level", {"sheet": "Answers", "row": row, "value": "7"})]


def test_an_empty_grid_and_a_foreign_file_get_a_sentence(delivery, sqlite_database, functional_map, with_module):
    made = delivery()
    other_id = create_sample(sqlite_database, AT_HOME, functional_map, with_module.id, "en")
    other = Delivery(assess(read_project(sqlite_database, other_id), with_module, functional_map), "en", TODAY)
    plain = io.BytesIO()
    openpyxl.Workbook().save(plain)

    assert problems(filled_in(made, {}), made) == [("rfp.problem.empty", {})]
    assert problems(plain.getvalue(), made) == [("rfp.problem.not_a_grid", {})]
    assert problems(b"PK no workbook", made)[0][0].startswith("refused.")
    assert problems(filled_in(other, {"sla": {LEVEL: 1}}), made) == [("rfp.problem.project", {})]

    def set_key(name, value):
        def edit(book, rows):
            for row in book["_grid"].iter_rows():
                if row[0].value == name:
                    row[1].value = value

        return edit

    for name, value, problem in (
        ("format", "99", "version"),
        ("language", "xx", "version"),
        ("product", "gone", "product"),
        ("kind", "other", "not_a_grid"),
        ("who_row", "not a number", "not_a_grid"),
    ):
        content = filled_in(made, {"sla": {LEVEL: 1}}, edit=set_key(name, value))
        assert problems(content, made)[0][0] == f"rfp.problem.{problem}", name


def test_a_formula_in_an_answer_is_read_as_what_it_shows(delivery):
    """Nothing of a vendor's file is calculated: a formula without a stored value is no answer."""
    made = delivery()

    assert problems(filled_in(made, {"sla": {LEVEL: "=1+1"}}), made) == [("rfp.problem.empty", {})]


@pytest.mark.libreoffice
def test_a_grid_saved_by_an_office_suite_comes_back(delivery, tmp_path):
    made = delivery()
    content = filled_in(made, {"sla": {LEVEL: 3, PLAN: "Top", COMMENT: "é"}})
    saved = recalculated(content, tmp_path).read_bytes()

    assert [(one.item_id, one.level, one.plan_id, one.comment) for one in read_answers(saved, made).answers] == [
        ("sla", 3, "top", "é")
    ]


# beside ours, and used


def test_declared_stands_beside_documented(delivery):
    made = delivery()
    product = made.assessment.edition.products[PRODUCT]
    rated = next(item for item in asked_items(made) if item in product.ratings and product.ratings[item].rating < 4)
    unrated = next(item for item in asked_items(made) if item not in product.ratings)
    content = filled_in(made, {rated: {LEVEL: 4, PLAN: "Top"}, unrated: {LEVEL: 1}})
    table = compared(read_answers(content, made), made)

    assert table.at[rated, "ours"] == product.ratings[rated].rating
    assert table.at[rated, "difference"] == 4 - product.ratings[rated].rating
    assert table.at[rated, "plan"] == "Top"
    assert str(table.at[unrated, "ours"]) == "<NA>" and "not rated" in table.at[unrated, "known"]


def test_prices_stand_beside_ours(delivery):
    made = delivery()
    content = filled_in(
        made,
        {"sla": {LEVEL: 1}},
        prices=[
            (3, AMOUNT, 40),
            (3, UNIT, "user and month"),
            (3, CURRENCY, "EUR"),
            (14, LINE, "Hosting"),
            (14, AMOUNT, 9),
            (14, UNIT, "month"),
            (14, CURRENCY, "EUR"),
        ],
    )
    table = price_table(read_answers(content, made), made)
    ours = made.assessment.edition.products[PRODUCT].plan("pro").price.likely

    assert list(table["line"]) == ["Licences · Pro", "Hosting"]
    assert table["ours"][0].startswith(f"{ours:.2f} EUR")
    assert table["ours"][1] == ""


def test_accepted_answers_count_as_declared(delivery, sqlite_database, project_id):
    made = delivery()
    a = made.assessment
    item = next(
        one for one in asked_items(made) if one in a.edition.products[PRODUCT].ratings and a.project.asked()[one] >= 2
    )
    answers = read_answers(filled_in(made, {item: {LEVEL: 4, COMMENT: "Shown on request"}}), made)
    accept_ratings(
        sqlite_database,
        AT_HOME,
        project_id,
        answers.ratings(TODAY, {}),
        known_items=a.domains.index,
        known_products=a.edition.products,
    )
    after = delivery()

    assert set(after.assessment.offers.central.loc[[f"{PRODUCT}/top", f"{PRODUCT}/basic"], item]) == {4.0}
    assert after.assessment.basis(f"{PRODUCT}/top", item) == "declared"
    row = in_use(after, PRODUCT).iloc[0]
    assert (row["declared"], row["comment"], row["who"], row["on"]) == (
        4,
        "Shown on request",
        "Ann Vendor, Acme",
        "21\u00a0November 2026",
    )
    for language in ("en", "fr"):  # every column that the page shows has its heading
        assert {f"answers.column.{name}" for name in row.index} <= catalogue("exports", language).keys()
