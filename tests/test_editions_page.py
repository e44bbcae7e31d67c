"""The Editions page as an admin meets it: from the first workbook to the signature, and what others see."""

from __future__ import annotations

import io

import openpyxl
import pytest

from functional_map.load import load_map
from tests.synthetic import write_edition
from tests.test_pages import opened
from vendors.draft import current_draft
from vendors.layout import FIRST_ROW, ID_ROW
from vendors.load import load_edition
from vendors.publish import editions, newest_edition, publication
from workshops.access import Person

PAGE = "vendors/editions_page.py"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def installation(data_folder):
    """An installation whose newest edition is made up: one product."""
    write_edition(data_folder / "editions" / "2026-9", load_map(2026), products=1)


@pytest.fixture
def page(installation):
    app = opened(PAGE)
    app.button(key="editions_start").click().run()
    assert not app.exception
    return app


def step(app, name):
    app.segmented_control(key="editions_step").set_value(name).run()
    assert not app.exception
    return app


def said(elements) -> str:
    return " ".join(one.value for one in elements)


def workbook(app) -> bytes:
    step(app, "out")
    app.button(key="editions_prepare").click().run()
    assert not app.exception
    return app.session_state["editions_book"][1]


def rated(product="product-00"):
    ratings = current_draft().edition.products[product].ratings
    return next(one for one in ratings.values() if one.rating == 2 and one.basis == "assessed")


def changed(content: bytes, item: str, **values) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["product-00"]
    columns = {cell.value: cell.column for cell in sheet[ID_ROW + 1] if cell.value}
    row = next(one for one in range(FIRST_ROW + 1, sheet.max_row + 1) if sheet.cell(one, 1).value == item)
    for name, value in values.items():
        sheet.cell(row, columns[name]).value = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def uploaded(app, content: bytes, name: str = "back.xlsx"):
    step(app, "in")
    app.file_uploader[0].upload(name, content, XLSX).run()
    assert not app.exception
    return app


def brought(app, content: bytes, analyst: str):
    uploaded(app, content)
    next(one for one in app.text_input if one.key.startswith("editions_analyst")).set_value(analyst).run()
    app.button(key="editions_bring").click().run()
    assert not app.exception
    return app


def test_a_draft_starts_with_one_click(installation):
    app = opened(PAGE)
    assert "Edition 2026-9" in said(app.html) or "is in use" in said(app.html)
    app.button(key="editions_start").click().run()

    assert not app.exception
    assert current_draft().id == "2027"


def test_a_workbook_goes_out_comes_back_and_is_published(page):
    """The whole renewal in one session: out, one level changed, in, signed, newest."""
    item = rated().item_id
    brought(page, changed(workbook(page), item, rating=3), "Ana")
    assert "1 line changed" in said(page.success)
    assert current_draft().edition.products["product-00"].ratings[item].rating == 3

    step(page, "publish")
    page.text_input(key="editions_signed").set_value("Ada Lovelace")
    page.text_input(key="editions_note").set_value("Looked again.")
    page.button[[one.label for one in page.button].index("Publish edition 2027")].click().run()

    assert not page.exception
    assert newest_edition() == "2027"
    assert "Edition 2027 is published." in said(page.success)
    assert load_edition(editions()["2027"]).products["product-00"].ratings[item].rating == 3


def test_a_signature_is_asked_for(page):
    step(page, "publish")
    page.button[[one.label for one in page.button].index("Publish edition 2027")].click().run()

    assert "signed with a name" in said(page.error)
    assert newest_edition() == "2026-9"


def test_a_bad_workbook_is_refused_with_every_cell(page):
    item = rated().item_id
    uploaded(page, changed(workbook(page), item, rating=9, basis="hearsay", on="soon"))

    assert "3 problems keep this workbook out" in said(page.error)
    assert said(page.html).count("keeps it out") == 3
    assert not [one for one in page.button if one.key == "editions_bring"]
    page.button(key="editions_mark").click().run()
    assert not page.exception
    assert "editions_marked" in page.session_state


def test_a_broken_rule_is_told_and_does_not_block_the_draft(page):
    item = rated().item_id
    content = changed(workbook(page), item, rating=3, basis="documented")
    uploaded(page, content)
    assert "1 line will have to be mended" in said(page.warning)
    brought(page, content, "Ana")
    step(page, "mend")
    assert "1 thing keeps the draft" in said(page.warning)
    step(page, "publish")

    assert next(one for one in page.button if one.label == "Publish edition 2027").disabled


@pytest.mark.parametrize("language", ["en", "fr"])
def test_two_analysts_differ_and_an_admin_chooses(page, language):
    item, fresh = rated().item_id, workbook(page)
    brought(page, changed(fresh, item, rating=1), "Ana")
    brought(page, changed(fresh, item, rating=4), "Ben <b>")
    page.segmented_control(key="language").set_value(language).run()
    step(page, "choices")
    assert "Ben &lt;b&gt;" in said(page.html)
    card = next(one for one in page.segmented_control if one.key.startswith("editions_choice"))
    card.set_value("Ben <b>").run()
    page.button(key="editions_settle").click().run()

    assert not page.exception
    assert current_draft().choices == ()
    assert current_draft().edition.products["product-00"].ratings[item].rating == 4


def test_a_new_product_is_named_before_its_workbook(page):
    step(page, "out")
    page.text_input(key="editions_new").set_value("../etc").run()
    assert "cannot be an id" in said(page.error)
    page.text_input(key="editions_new").set_value("nova-crm").run()
    page.button(key="editions_prepare").click().run()

    assert (
        "nova-crm"
        in openpyxl.load_workbook(io.BytesIO(page.session_state["editions_book"][1]), read_only=True).sheetnames
    )


def test_differences_quality_and_history_open(page):
    brought(page, changed(workbook(page), rated().item_id, rating=4), "Ana")
    for part in ("differences", "quality", "history"):
        page.segmented_control(key="editions_part").set_value(part).run()
        assert not page.exception
        if part == "differences":
            assert "level up: **1**" in said(page.markdown)
        if part == "history":
            assert "brought a workbook of Ana into the draft of 2027" in said(page.html)


def test_others_read_and_do_not_renew(page, monkeypatch):
    monkeypatch.setattr("workshops.people.sign_in_widgets.AT_HOME", Person("c", "Cy", "consultant"))
    app = opened(PAGE)

    assert app.segmented_control(key="editions_part").options == ["Differences", "Quality", "History"]
    assert "in preparation" not in said(app.html)
    app.segmented_control(key="editions_part").set_value("history").run()
    assert not app.exception
    assert not [one for one in app.button if "again" in one.label]


def test_the_previous_edition_is_published_again(page):
    step(page, "publish")
    page.text_input(key="editions_signed").set_value("Ada")
    page.text_input(key="editions_note").set_value("Too early.")
    page.button[[one.label for one in page.button].index("Publish edition 2027")].click().run()
    page.segmented_control(key="editions_part").set_value("history").run()
    page.selectbox(key="editions_again_which").set_value("2026-9")
    page.text_input(key="editions_again_signed").set_value("Ada")
    page.text_input(key="editions_again_note").set_value("Back.")
    next(one for one in page.button if "again" in one.label).click().run()

    assert not page.exception
    assert newest_edition() == "2027-2"
    assert publication(editions()["2027-2"]).base == "2026-9"


def test_cells_and_rules_are_told_at_once(page):
    """A rating out of range keeps the workbook out; a rule that another line breaks is told in the same list."""
    ratings = current_draft().edition.products["product-00"].ratings
    first, second = [one.item_id for one in ratings.values() if one.rating == 2 and one.basis == "assessed"][:2]
    content = changed(workbook(page), first, rating=9)
    uploaded(page, changed(content, second, rating=3, basis="documented", sources=None))

    assert "1 problem keeps this workbook out" in said(page.error)
    assert "1 line breaks a rule, too" in said(page.warning)
    shown = said(page.html)
    assert shown.count("keeps it out") == 1 and shown.count("to mend") >= 1
    assert not [one for one in page.button if one.key == "editions_bring"]
