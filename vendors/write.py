"""An edition's files, written as people edit them: one rating a line, grouped by domain, always in the same order."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from functional_map.model import FunctionalMap
from vendors.entries import Key, Record, raw_product
from vendors.model import Edition

# a word needs no quotes; what YAML would read as something else than a word does
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*(/[A-Za-z0-9_.-]+)*")
_UNSAFE = {"no", "yes", "on", "off", "true", "false", "null", "y", "n"}
# what JSON writes as it is, but YAML cannot read or takes for a line break
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
# fields that hold sentences stand in quotes even where a single word would not need them
_SENTENCES = {
    "name",
    "publisher",
    "website",
    "note",
    "reason",
    "title",
    "url",
    "licence",
    "notes",
    "by",
    "en",
    "fr",
    "aliases",
    "searched",
    "quotas",
    "sectors",
}


def product_text(product_id: str, found: Mapping[Key, Record], functional_map: FunctionalMap) -> str:
    """The text of one product's file."""
    raw = raw_product(product_id, found, functional_map.items)
    return "\n".join(_product_lines(raw, functional_map)) + "\n"


def edition_text(edition: Edition) -> str:
    """The text of edition.yaml."""
    rates = edition.rates
    return (
        "\n".join(
            [
                f"id: {_value(edition.id, 'note')}",
                f"year: {edition.year}",
                f"map: {edition.map_year}",
                f"published: {edition.published}",
                f"title: {_value({'en': edition.title.en, 'fr': edition.title.fr})}",
                "notes:",
                *_texts({"en": edition.notes.en, "fr": edition.notes.fr}),
                "rates:",
                f"  date: {rates.date}",
                f"  source: {_value(rates.source, 'note')}",
                f"  per_euro: {_value(dict(rates.per_euro))}",
            ]
        )
        + "\n"
    )


def priors_text(priors: Mapping[str, float], functional_map: FunctionalMap) -> str:
    """The text of priors.yaml: each item's prior, in the order of the map."""
    lines = [
        "# Mean of the evidenced levels of each item when the edition was published: what is likely of a product that is not rated on it."
    ]
    for domain in functional_map.domains:
        lines.append(f"# {domain.id}")
        lines += [f"{item.id}: {_value(priors[item.id])}" for item in domain.items if item.id in priors]
    return "\n".join(lines) + "\n"


def write_text(path: Path, text: str) -> None:
    """The same bytes on every system."""
    path.write_bytes(text.encode("utf-8"))


def _product_lines(raw: Mapping[str, Any], functional_map: FunctionalMap) -> Iterator[str]:
    for name in ("id", "name", "publisher", "country", "kind", "website", "aliases", "first_party"):
        yield f"{name}: {_value(raw[name], name)}"
    for name in ("summary", "for_whom"):
        yield f"{name}:"
        yield from _texts(raw[name])
    yield f"licence: {_value(raw['licence'], 'licence')}"
    yield from _block("profile", raw["profile"])
    for name in ("plans", "add_ons"):
        if entries := raw.get(name):
            yield f"{name}:"
            for entry in entries:
                for place, (field, value) in enumerate(entry.items()):
                    yield f"  {'-' if place == 0 else ' '} {field}: {_value(value, field)}"
    yield from _block("implementation", raw.get("implementation", {}))
    yield from _block("ergonomics", raw["ergonomics"])
    yield f"evidence: {_value(raw['evidence'])}"
    yield from _ratings(raw["ratings"], functional_map)
    yield f"not_rated: {_value(raw['not_rated'])}"
    yield from _block("sources", raw["sources"])
    if "notes" in raw:
        yield f"notes: {_value(raw['notes'], 'notes')}"


def _ratings(ratings: Mapping[str, Any], functional_map: FunctionalMap) -> Iterator[str]:
    yield "ratings:" if ratings else "ratings: {}"
    domain = None
    for item_id, rating in ratings.items():
        if functional_map.domain_of.get(item_id) != domain:
            domain = functional_map.domain_of.get(item_id)
            yield f"  # {domain or 'not on the map'}"
        yield f"  {_value(item_id)}: {_value(rating)}"


def _block(name: str, content: Mapping[str, Any]) -> Iterator[str]:
    if content:
        yield f"{name}:"
        for key, value in content.items():
            yield f"  {_value(key)}: {_value(value, key)}"


def _texts(texts: Mapping[str, str]) -> Iterator[str]:
    for language, text in texts.items():
        yield f"  {language}: {_value(text, language)}"


def _value(value: Any, field: str = "") -> str:
    """A value in flow style."""
    if isinstance(value, Mapping):
        # the words in quotas and in sectors are free, whatever they are called there
        inner = {"quotas": dict.fromkeys(value, "quotas"), "sectors": {"values": "sectors"}}.get(field, {})
        return (
            "{"
            + ", ".join(
                f"{_value(str(name))}: {_value(one, inner.get(name, str(name)))}" for name, one in value.items()
            )
            + "}"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(one, field) for one in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    text = str(value)
    if field not in _SENTENCES and _PLAIN.fullmatch(text) and text.casefold() not in _UNSAFE:
        return text
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
