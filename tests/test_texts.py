"""The catalogues: the same ids and placeholders in each language, and every id that a page uses."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from interface.language import catalogue, texts

ROOT = Path(__file__).parents[1]
PACKAGES = ("interface", "functional_map", "vendors", "workshops", "exports")


def placeholders(text) -> set[str]:
    forms = text.values() if isinstance(text, dict) else [text]
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}


@pytest.mark.parametrize("package", PACKAGES)
def test_catalogues_have_the_same_ids_and_placeholders(package):
    english, french = catalogue(package, "en"), catalogue(package, "fr")

    assert english.keys() == french.keys()
    assert all(isinstance(key, str) and isinstance(text, str | dict) for key, text in english.items())
    assert {key: placeholders(text) for key, text in english.items()} == {
        key: placeholders(text) for key, text in french.items()
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_no_id_is_read_as_something_else_than_a_word(package):
    """YAML reads on, off, yes and no as true and false unless they stand between quotation marks."""
    wrong = [key for key in catalogue(package, "en") if {"True", "False", "None"} & set(key.split("."))]

    assert not wrong, wrong


@pytest.mark.parametrize("package", PACKAGES)
def test_every_id_that_a_page_names_exists(package):
    known = catalogue("interface", "en") | catalogue(package, "en")
    known = known | (catalogue("workshops", "en") if package == "exports" else {})
    missing = []
    for path in (ROOT / package).rglob("*.py"):
        for key in re.findall(r"\bt\(\"([a-z_.\-]+)\"", path.read_text(encoding="utf-8")):
            if key not in known:
                missing.append(f"{path.name}: {key}")

    assert not missing


@pytest.mark.parametrize("package", PACKAGES)
def test_french_typography(package):
    """A non-breaking space before double signs and inside « »."""
    wrong = []
    for key, text in catalogue(package, "fr").items():
        for form in text.values() if isinstance(text, dict) else [text]:
            if re.search(r" [:;?!»%](\s|$|\.|,)|« ", form):
                wrong.append(f"{key}: {form}")

    assert not wrong


def test_numbers_read_as_in_the_language():
    assert texts("workshops", "en").money(1234.4, "EUR") == "€1,234"
    assert texts("workshops", "fr").money(1234.4, "EUR") == "1\u202f234\u00a0€"
    assert texts("workshops", "fr").number(0.25, 2) == "0,25"
    assert texts("workshops", "fr").percent(0.256) == "26\u00a0%"
    assert texts("workshops", "en")("projects.count", count=1) == "1 project."
    assert texts("workshops", "fr")("projects.count", count=0) == "0 projet."
