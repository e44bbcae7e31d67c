"""The French of what editions say: found by the sentence, never invented, and with the same facts."""

from __future__ import annotations

import re
import shutil
from html import escape
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from interface.language import texts
from vendors import notes
from vendors.load import load_edition
from vendors.notes import french, missing_french, note, read_french, texts_of, translated_products
from vendors.publish import editions
from workshops.decide.suitability_widgets import edition_says


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of French of its own."""
    monkeypatch.setattr(notes, "FOLDER", tmp_path)
    french.cache_clear()
    yield tmp_path
    french.cache_clear()


@pytest.fixture(scope="module")
def shipped():
    return load_edition(editions()["2026"])


def test_a_text_without_french_is_shown_as_it_was_written(folder):
    (folder / "alpha.yaml").write_text('"no price read": "aucun prix lu"\n', encoding="utf-8")

    assert note("no price read", "alpha", "fr") == "aucun prix lu"
    assert note("no price read", "alpha", "en") == "no price read"
    assert note("reworded", "alpha", "fr") == "reworded"
    assert note("no price read", "beta", "fr") == "no price read"
    assert note("no price read", "../alpha", "fr") == "no price read"


def test_what_cannot_be_used_gets_a_sentence_and_the_rest_stays(folder):
    (folder / "alpha.yaml").write_text('"a": ""\n"b": [x]\n"c": "d"\n', encoding="utf-8")
    (folder / "beta.yaml").write_text('"a": "b"\n"a": "c"\n', encoding="utf-8")
    problems: list[str] = []

    assert read_french("alpha", problems) == {"c": "d"}
    assert [one.split('"')[1] for one in problems] == ["a", "b"]
    assert read_french("beta", problems) == {} and "written twice" in problems[-1]


def test_the_report_counts_what_has_no_french_and_what_is_left_over(folder, edition):
    product = next(iter(edition.products.values()))
    one, *others = texts_of(product)
    (folder / f"{product.id}.yaml").write_text(f'"{one}": "un"\n"gone": "parti"\n', encoding="utf-8")

    assert missing_french(edition).loc[product.id].tolist() == [1 + len(others), len(others), 1]


def test_the_shipped_french_is_nearly_whole_and_names_shipped_products(shipped):
    table = missing_french(shipped)

    assert set(translated_products()) <= set(shipped.products)
    assert table["without French"].sum() < 0.1 * table["texts"].sum()


@pytest.mark.parametrize("product", translated_products())
def test_no_number_changes_on_the_way_into_french(product):
    def numbers(text: str) -> list[str]:
        return sorted(re.findall(r"\d+", re.sub(r"(?<=\d)[\s\u00a0\u202f.,](?=\d)", "", text)))

    problems: list[str] = []
    pairs = read_french(product, problems).items()

    assert not problems
    assert [pair for pair in pairs if numbers(pair[0]) != numbers(pair[1])] == []
    assert [words for _, words in pairs if re.search(r" [:;?!»%](\s|$|\.|,)|« |'", words)] == []


def test_a_french_reader_of_decide_reads_the_trades_in_french(shipped):
    product, trade = next(
        (one, trade)
        for one in shipped.products.values()
        for trade in (one.sectors.values if one.sectors else ())
        if french(one.id).get(trade, trade) != trade
    )
    said = {
        language: edition_says(SimpleNamespace(edition=shipped), product.id, "references", texts("workshops", language))
        for language in ("en", "fr")
    }

    assert trade in said["en"] and trade not in said["fr"]
    assert french(product.id)[trade] in said["fr"]


def test_a_french_reader_of_products_reads_french(installed, shipped):
    shutil.rmtree(installed / "editions" / "2027-test")
    product, words = next(
        (one, french(one.id)[rating.note])
        for one in shipped.products.values()
        for rating in one.ratings.values()
        if rating.note in french(one.id)
    )
    app = AppTest.from_file("../app.py", default_timeout=60)
    app.query_params["language"] = "fr"
    app.run()
    app.switch_page("vendors/products_page.py").run()
    app.session_state["products_tabs"] = texts("vendors", "fr")("product.tab.ratings")
    app.selectbox(key="products_product").set_value(product.id).run()

    assert not app.exception
    assert any(escape(words) in one.value for one in app.html)
