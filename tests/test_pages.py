"""Every page through app.py, empty and with the sample project, in both languages."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from html import escape

import pytest
from streamlit.testing.v1 import AppTest

from functional_map.load import load_map
from interface.language import texts
from vendors.edition_widgets import source_links
from vendors.load import load_edition
from vendors.model import Source
from vendors.publish import editions
from workshops.access import AT_HOME
from workshops.prepare.sample import create_sample
from workshops.store.database import database_url, open_database
from workshops.store.projects import list_projects, read_project

PAGES = (
    "workshops/prepare/agenda_page.py",
    "workshops/rooms/lead_page.py",
    "workshops/rooms/vote_page.py",
    "workshops/prepare/projects_page.py",
    "workshops/prepare/context_page.py",
    "workshops/rooms/requirements_page.py",
    "workshops/choose/shortlist_page.py",
    "workshops/choose/compare_page.py",
    "workshops/decide/decide_page.py",
    "workshops/decide/score_page.py",
    "workshops/choose/robustness_page.py",
    "functional_map/map_page.py",
    "vendors/products_page.py",
    "vendors/market_page.py",
    "exports/exports_page.py",
)


@pytest.fixture
def sample(installed):
    return create_sample(open_database(database_url()), AT_HOME, load_map(2026), "2027-test", "en")


def opened(
    page: str = "workshops/prepare/projects_page.py", language: str = "en", project: str | None = None
) -> AppTest:
    app = AppTest.from_file("../app.py", default_timeout=60)
    app.query_params["language"] = language
    if project:
        app.query_params["project"] = project
    app.run()
    assert not app.exception
    if page != "workshops/prepare/projects_page.py":
        app.switch_page(page).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_without_a_project(page, language, installed):
    assert opened(page, language).title[0].value


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_the_sample(page, language, sample):
    assert opened(page, language, sample).title[0].value


def test_the_shipped_edition_gives_the_sample_a_shortlist():
    app = opened()
    app.button(key="projects_sample").click().run()
    app.switch_page("workshops/choose/shortlist_page.py").run()

    assert not app.exception
    assert "items asked" in app.html[1].value or any("items asked" in one.value for one in app.html)


def test_a_project_is_created_and_opened(installed):
    app = opened()
    app.text_input(key="projects_name").set_value("Autumn")
    app.button[[button.label for button in app.button].index("Create the project")].click()
    app.run()

    database = open_database(database_url())
    assert [one.name for one in list_projects(database)] == ["Autumn"]
    assert app.selectbox(key="project").value == list_projects(database)[0].id


def test_a_project_without_a_name_gets_a_sentence(installed):
    app = opened()
    app.button[[button.label for button in app.button].index("Create the project")].click()
    app.run()

    assert "needs a name" in app.error[0].value
    assert list_projects(open_database(database_url())) == []


def test_a_level_is_written_at_once(sample):
    app = opened("workshops/rooms/requirements_page.py", project=sample)
    app.selectbox(key="requirements_item").set_value("donations").run()
    level = next(one for one in app.segmented_control if one.key.startswith("requirements_level_donations"))
    level.set_value(4).run()

    assert not app.exception
    assert read_project(open_database(database_url()), sample).asked()["donations"] == 4


def test_a_budget_acts_at_once_and_an_empty_one_is_no_limit(sample):
    app = opened("workshops/choose/shortlist_page.py", project=sample)
    key = f"shortlist_budget_{sample}"
    app.number_input(key=key).set_value(1_000.0).run()

    assert read_project(open_database(database_url()), sample).context.budget == 1_000
    assert any("No product passes every gate" in one.value for one in app.info)
    app.number_input(key=key).set_value(0.0).run()
    assert read_project(open_database(database_url()), sample).context.budget is None


def test_a_stranger_in_the_address_is_ignored(installed):
    app = opened("workshops/choose/shortlist_page.py", language="xx", project="../../etc/passwd")

    assert app.title[0].value == "No project is open"


def test_projects_of_the_same_name_are_told_apart(sample):
    """A list is chosen from by what it shows: the second sample stays open over a change of page."""
    second = create_sample(open_database(database_url()), AT_HOME, load_map(2026), "2027-test", "en")
    app = opened("workshops/choose/shortlist_page.py", project=second)

    assert app.selectbox(key="project").value == second


def test_products_lists_every_rating_with_each_page_that_it_rests_on(installed):
    shutil.rmtree(installed / "editions" / "2027-test")  # the shipped edition: its cells rest on several pages
    product, rating = next(
        (product, rating)
        for product in load_edition(editions()["2026"]).products.values()
        for rating in product.ratings.values()
        if len(rating.sources) > 1
    )
    labels = {one.id: escape(one.label["en"]) for one in load_map(2026).items.values()}
    app = opened("vendors/products_page.py")
    app.session_state["products_tabs"] = texts("vendors", "en")("product.tab.ratings")
    app.selectbox(key="products_product").set_value(product.id).run()

    def shown() -> str:
        return next(one.value for one in app.html if f"Every rating of {product.name}" in one.value)

    every = shown()
    assert all(escape(product.sources[one].url) in every for one in rating.sources)
    assert every.count('aria-label="not rated"') == len(product.not_rated)
    assert all(label in every for label in labels.values())

    app.selectbox(key="products_basis").set_value("documented").run()
    documented = [one for one, found in product.ratings.items() if found.basis == "documented"]
    assert shown().count('class="basis"') == shown().count('aria-label="documented"') == len(documented)
    app.selectbox(key="products_domain").set_value(load_map(2026).domain_of[documented[0]]).run()
    assert labels[documented[0]] in shown() and 0 < shown().count('class="basis"') < len(documented)
    app.selectbox(key="products_basis").set_value("tested").run()
    assert any("No rating here is known in that way" in one.value for one in app.html)


def test_products_says_where_a_price_and_a_fact_were_read(installed):
    shutil.rmtree(installed / "editions" / "2027-test")
    product = next(
        one
        for one in load_edition(editions()["2026"]).products.values()
        if one.plans[0].price.source and one.plans[0].price.dated and one.interface_languages.sources
    )
    price = product.plans[0].price
    app = opened("vendors/products_page.py")
    app.selectbox(key="products_product").set_value(product.id).run()
    facts, prices = (
        next(one.value for one in app.html if word in one.value) for word in ("Publisher", "Limits and notes")
    )

    assert escape(product.sources[price.source].url) in prices
    assert f"as of {texts('vendors', 'en').date(price.dated)}" in prices
    assert all(escape(product.sources[one].url) in facts for one in product.interface_languages.sources)
    assert escape(product.company_sizes.note) in facts


def test_an_address_that_is_not_a_page_is_never_a_link(installed):
    product = load_edition(editions()["2027-test"]).products["product-01"]
    page = Source("p", "first-party", "<b>Help</b>", "javascript:alert(1)", None, dt.date(2026, 11, 21))
    shown = source_links(replace(product, sources={"p": page}), ["p", "gone"], texts("vendors", "en"))

    assert shown == '&lt;b&gt;Help&lt;/b&gt; <span class="muted small whole">read 21 Nov 2026</span>'
