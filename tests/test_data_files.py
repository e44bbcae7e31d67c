"""Data files: the same values as PyYAML's own loader gives, and a sentence for what cannot be read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml

from functional_map.data_files import parse_yaml, read_yaml

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    "path",
    [
        *sorted((ROOT / "functional_map" / "2026").glob("*.yaml")),
        *(
            ROOT / "vendors" / "2026" / name
            for name in ("edition.yaml", "priors.yaml", "pipedrive.yaml", "sellsy.yaml")
        ),
    ],
    ids=lambda path: path.name,
)
def test_a_file_holds_what_the_safe_loader_reads(path):
    problems: list[str] = []

    assert read_yaml(path, problems) == yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    assert problems == []


def test_bare_words_are_read_as_what_they_are_and_quoted_ones_as_texts():
    text = "day: 2026-11-21\ncount: 3\nshare: 0.5\nyes: true\nnothing: ~\nquoted: ['2026-11-21', \"3\", 'true']\nword: three"

    assert parse_yaml(text, "a.yaml", []) == {
        "day": dt.date(2026, 11, 21),
        "count": 3,
        "share": 0.5,
        True: True,  # YAML 1.1: a bare yes is a truth
        "nothing": None,
        "quoted": ["2026-11-21", "3", "true"],
        "word": "three",
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\nb: 2\na: 3", ("line 3", '"a" is written twice')),
        ("a: &x [1]\nb: *x", ("line 2", "*x stands for a value written elsewhere")),
        ("a: 1\nday: 2026-13-01", ("line 2", "2026-13-01: month must be in 1..12")),
        ("a: !!python/object/apply:os.system [x]", ("line 1", "not a kind of value here")),
        ("a: !!python/name:os.system x", ("line 1", "not valid YAML")),
        ("? [a]\n: 1", ("line 1", "write a word before the colon")),
        ("a: 1\n---\nb: 2", ("line 2", "a file holds one")),
        ("a: " + "[" * 20_000 + "]" * 20_000, ("too deeply",)),
        ("a: {en: [", ("line 2", "not valid YAML")),
        ("", ("holds no entries",)),
        ("- a\n- b", ("holds no entries",)),
        ("a: \x00", ("not valid YAML",)),
    ],
    ids=["twice", "alias", "date", "call", "name", "list as a name", "two", "deep", "broken", "empty", "list", "nul"],
)
def test_what_cannot_be_read_is_said_with_its_line(text, words):
    problems: list[str] = []

    assert parse_yaml(text, "a.yaml", problems) is None
    assert len(problems) == 1
    assert problems[0].startswith("a.yaml:")
    assert all(word in problems[0] for word in words)
