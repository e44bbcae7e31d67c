"""The main job in a real browser: from an empty installation to a shortlist and a workbook."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.conftest import serving, settle

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """An installation in which nobody has done anything yet."""
    with serving(tmp_path_factory.mktemp("journey")) as address:
        yield address


def go(page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_text(name, exact=True).click()
    settle(page)


def test_from_the_sample_to_the_workbook(visit):
    page = visit()
    page.get_by_role("button", name="Open the sample").click()
    page.get_by_text("Is open").wait_for()
    go(page, "Shortlist")
    page.locator("table.clean").first.wait_for()
    assert page.get_by_text("items asked").is_visible()
    first = page.locator("table.clean tr").nth(1).locator("td").nth(1).inner_text()

    # a lower budget acts at once
    budget = page.get_by_label("Budget over the horizon (EUR)")
    budget.fill("1")
    budget.press("Enter")
    page.get_by_text("No product passes every gate").wait_for()
    budget.fill("9000000")
    budget.press("Enter")
    page.get_by_text("No product passes every gate").wait_for(state="hidden")

    # another level is saved at once and survives a reload
    go(page, "Requirements")
    page.locator("[class*=st-key-requirements_level_company-record]").get_by_text("4", exact=True).click()
    settle(page)
    page.reload()
    settle(page)
    assert page.locator("[class*=st-key-requirements_level_company-record] [aria-checked=true]").inner_text() == "4"

    go(page, "Compare")
    page.get_by_text("Furthest apart in").wait_for()
    go(page, "Exports")
    page.evaluate("delete window.showSaveFilePicker")
    with page.expect_download() as download:
        page.locator(".st-key-exports_scorecard button").click()
    with open(download.value.path(), "rb") as file:
        book = openpyxl.load_workbook(io.BytesIO(file.read()), data_only=True)
    best = next(row[1] for row in book.worksheets[0].iter_rows(values_only=True) if row[0] == 1)
    assert first.startswith(best)  # the workbook puts the same offer first as the screen


def test_french_from_the_first_page(visit):
    page = visit(language="fr")

    assert page.get_by_role("heading", name="Projets").is_visible()
    go(page, "Carte fonctionnelle")
    assert page.get_by_text("fonctions en").is_visible()


def test_the_language_keeps_its_choice_over_a_reload(visit):
    page = visit()
    page.get_by_text("Français", exact=True).click()
    settle(page)
    page.reload()
    settle(page)

    assert page.get_by_role("heading", name="Projets").is_visible()


def test_the_first_page_has_an_address_of_its_own(visit, server):
    page = visit()
    page.goto(f"{server}/projects")
    settle(page)

    assert page.get_by_role("heading", name="Projects").is_visible()
    assert page.get_by_text("Page not found").count() == 0
    assert page.get_by_test_id("stSidebarNav").get_by_text("Projects", exact=True).count() == 1
    page.goto(f"{server}/no-such-page")
    page.get_by_text("Page not found").wait_for()
