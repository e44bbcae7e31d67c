"""The sample project: a made-up company, so that a newcomer sees a real shortlist within a minute."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from functional_map.model import FunctionalMap
from workshops.access import Person
from workshops.model import Context, Expectation
from workshops.store.database import Database
from workshops.store.projects import create_project

FILE = Path(__file__).with_name("sample.yaml")


def create_sample(database: Database, by: Person, functional_map: FunctionalMap, edition_id: str, language: str) -> str:
    """Create the sample project on an edition; return its id. What the map does not have is left out."""
    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    raw = _in_language(raw, language)
    return create_project(
        database,
        by,
        name=raw["name"],
        client=raw["client"],
        edition_id=edition_id,
        is_sample=True,
        weights={domain.id: raw["weights"].get(domain.id, 0.0) for domain in functional_map.domains},
        context=Context.from_json(raw["context"]),
        expectations=[
            _expectation(item_id, value)
            for item_id, value in raw["expectations"].items()
            if item_id in functional_map.items
        ],
    )


def _in_language(value: Any, language: str) -> Any:
    """The sample with one language of each of its texts."""
    if isinstance(value, dict):
        if set(value) == {"en", "fr"}:
            return value[language]
        return {key: _in_language(part, language) for key, part in value.items()}
    return [_in_language(part, language) for part in value] if isinstance(value, list) else value


def _expectation(item_id: str, value: Any) -> Expectation:
    """`3`, `[3, true]` or `[3, true, "a note"]`."""
    level, must_have, note = (
        (list(value) + [False, ""][len(value) - 1 :]) if isinstance(value, list) else (value, False, "")
    )
    return Expectation(item_id, level=level, must_have=must_have, note=note, status="agreed")
