"""The map: what is published keeps every rule, and bad edits are all reported at once."""

from __future__ import annotations

import shutil

import pytest
import yaml

from functional_map.__main__ import main
from functional_map.check import check_map, check_year, word_count
from functional_map.load import FOLDER, MapError, load_map, years
from functional_map.search import search, stem
from functional_map.workbook import map_problems, map_workbook


@pytest.mark.parametrize("year", years())
def test_the_published_map_keeps_every_rule(year):
    assert check_year(year) == []


def test_the_terminal_says_so(capsys):
    assert main([]) == 0
    assert "no problem" in capsys.readouterr().out


@pytest.fixture
def copy(tmp_path):
    """A copy of the map to spoil, and a way to spoil one item."""
    folder = tmp_path / "2026"
    shutil.copytree(FOLDER / "2026", folder)

    def spoil(file: str, change) -> None:
        raw = yaml.safe_load((folder / file).read_text(encoding="utf-8"))
        change(raw["areas"][0]["items"])
        (folder / file).write_text(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False), encoding="utf-8")

    return folder, spoil


def test_every_bad_edit_is_reported_at_once_with_file_and_item(copy):
    folder, spoil = copy

    def change(items):
        items[0]["label"].pop("fr")
        items[1]["levels"][3]["en"] = items[1]["levels"][2]["en"]
        items[2]["teams"] = ["salse"]
        items[3]["id"] = items[0]["id"]
        items[4]["levels"][4]["en"] = "A better and more advanced way."

    spoil("01-accounts-contacts.yaml", change)
    problems = check_map(folder)

    assert [one for one in problems if not one.startswith("01-accounts-contacts.yaml: ")] == []
    for words in (
        "company-record: label has no French text",
        "levels 2 and 3 (en) are the same sentence",
        'teams "salse" is not in the vocabulary',
        "company-record: this item id is used twice",
        'says "advanced"',
        'says "better"',
    ):
        assert any(words in one for one in problems), words


def test_a_broken_file_is_named_with_its_line(copy):
    folder, _ = copy
    (folder / "02-data-quality.yaml").write_text("id: data-quality\nlabel: {en: [", encoding="utf-8")

    assert any(one.startswith("02-data-quality.yaml: line") and "not valid YAML" in one for one in check_map(folder))


def test_a_key_written_twice_is_not_silently_lost(copy):
    folder, _ = copy
    path = folder / "02-data-quality.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\nid: again\n", encoding="utf-8")

    assert any("written twice" in one for one in check_map(folder))


def test_a_map_with_problems_is_not_loaded():
    with pytest.raises(MapError, match="vocabulary"):
        load_map(1999)


def test_words_are_counted_as_a_reader_counts_them():
    """Signs that stand alone are not words: « oui » is one word."""
    assert word_count("«\u00a0oui\u00a0» et non !") == 3


def test_search_forgives_accents_and_word_forms(functional_map):
    def found(words):
        return [item.id for item in search(functional_map, words)]

    assert found("doublons")[:2] == found("doublon")[:2] == ["duplicate-detection-entry", "duplicate-search-batch"]
    assert found("signature electronique") == found("signature électronique")
    assert "e-signature" in found("electronic signatures")
    assert len(found("")) == len(functional_map.items)
    assert found("zzzzqq") == []
    assert stem("signatures") == stem("signature")


def test_the_map_survives_a_workbook(functional_map):
    assert map_problems(map_workbook(functional_map), functional_map) == []


def test_a_bad_workbook_gets_a_sentence(functional_map):
    assert "not an Excel workbook" in map_problems(b"hello", functional_map)[0]
