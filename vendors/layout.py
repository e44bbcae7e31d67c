"""What the renewal workbook looks like: its sheets, their columns, and which entry a row stands for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from vendors.entries import DAY_RATE, FLAT_FEE, Key
from vendors.model import (
    BASES,
    BILLINGS,
    CONFIDENCES,
    CRITERIA,
    CRITERION_HALF_WIDTH,
    FACTS,
    KINDS,
    SOURCE_KINDS,
    TEAM_SIZES,
    UNITS,
)

# every sheet starts with two hidden rows: what the sheet is, and the id of each column; then the headings
MARKER_ROW, ID_ROW, HEAD_ROW, FIRST_ROW = 0, 1, 2, 3
GUIDE = "guide"
REMOVE = "remove"
LAST_YEAR = "before."  # columns of last year's values, for comparing; never read back
LONGEST_SHEET_NAME = 31


@dataclass(frozen=True)
class Column:
    """One column that is read back."""

    field: str
    kind: str  # text, word, words, list, level, whole, number, date, yes
    width: float = 12
    choices: tuple[str, ...] = ()
    key: bool = False
    required: bool = False


def _price(*, required: bool) -> tuple[Column, ...]:
    return (
        Column("on_quote", "yes", 8),
        Column("amount", "number", 10),
        Column("low", "number", 9),
        Column("likely", "number", 9),
        Column("high", "number", 9),
        Column("currency", "word", 9),
        Column("unit", "word", 12, UNITS, required=required),
        Column("billing", "word", 10, BILLINGS, required=required),
        Column("minimum_seats", "whole", 9),
        Column("included_seats", "whole", 9),
        Column("basis", "word", 13, BASES, required=required),
        Column("source", "word", 16),
        Column("dated", "date", 12),
        Column("price_note", "text", 34),
    )


_PRODUCT = Column("product", "word", 20, key=True)
_NOTE = Column("note", "text", 44)
_SOURCES = Column("sources", "words", 22)
COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "product": (
        _PRODUCT,
        Column("name", "text", 22, required=True),
        Column("publisher", "text", 20, required=True),
        Column("country", "word", 9, required=True),
        Column("kind", "word", 15, KINDS, required=True),
        Column("website", "text", 26, required=True),
        Column("aliases", "list", 26),
        Column("first_party", "list", 26),
        Column("summary_en", "text", 40, required=True),
        Column("summary_fr", "text", 40, required=True),
        Column("for_whom_en", "text", 40, required=True),
        Column("for_whom_fr", "text", 40, required=True),
        Column("licence", "text", 16, required=True),
        Column("notes", "text", 50),
    ),
    "profile": (
        _PRODUCT,
        Column("fact", "word", 20, FACTS, key=True),
        Column("values", "list", 44, required=True),
        Column("basis", "word", 13, BASES, required=True),
        _SOURCES,
        _NOTE,
    ),
    "plans": (
        _PRODUCT,
        Column("plan", "word", 18, key=True),
        Column("line", "word", 10, ("", FLAT_FEE), key=True),
        Column("order", "whole", 7),
        Column("name", "text", 18),
        *_price(required=True),
        Column("quotas", "text", 40),
        _NOTE,
    ),
    "add_ons": (
        _PRODUCT,
        Column("add_on", "word", 20, key=True),
        Column("name", "text", 20, required=True),
        *_price(required=True),
        _NOTE,
    ),
    "implementation": (
        _PRODUCT,
        Column("line", "word", 10, ("", DAY_RATE), key=True),
        *(Column(f"{size}_{end}", "number", 8) for size in TEAM_SIZES for end in ("low", "likely", "high")),
        Column("reason", "text", 50),
        *_price(required=False),
    ),
    "ergonomics": (
        _PRODUCT,
        Column("criterion", "word", 17, CRITERIA, key=True),
        Column("score", "number", 8, required=True),
        Column("basis", "word", 13, tuple(CRITERION_HALF_WIDTH), required=True),
        Column("reason", "text", 60, required=True),
        _SOURCES,
    ),
    "ratings": (
        Column("item", "word", 20, key=True),
        Column("rating", "level", 8, ("0", "1", "2", "3", "4"), required=True),
        Column("plan", "word", 14),
        Column("without", "level", 9, ("0", "1", "2", "3", "4")),
        Column("add_on", "word", 14),
        Column("basis", "word", 14, BASES, required=True),
        Column("confidence", "word", 12, CONFIDENCES, required=True),
        _SOURCES,
        Column("on", "date", 12),
        Column("by", "text", 16),
        Column("searched", "list", 24),
        _NOTE,
    ),
    "sources": (
        _PRODUCT,
        Column("source", "word", 20, key=True),
        Column("kind", "word", 13, SOURCE_KINDS, required=True),
        Column("title", "text", 44, required=True),
        Column("url", "text", 60),
        Column("dated", "date", 12),
        Column("read", "date", 12, required=True),
    ),
    "rates": (
        Column("currency", "word", 12, key=True),
        Column("per_euro", "number", 14, required=True),
        Column("date", "date", 14, required=True),
        Column("source", "text", 60, required=True),
    ),
}
TABLES = tuple(name for name in COLUMNS if name != "ratings")  # those with one sheet for all products


def columns(table: str) -> tuple[Column, ...]:
    """The columns of a sheet; a row that should go says so, except a rating, which is emptied."""
    return COLUMNS[table] if table == "ratings" else (*COLUMNS[table], Column(REMOVE, "yes", 9))


def keys_of(table: str, product: str, entry: str) -> dict[str, str]:
    """The key cells of the row of an entry."""
    names = [column.field for column in COLUMNS[table] if column.key and column.field != "product"]
    first, _, line = entry.partition("/")
    keys = {"product": product, **dict(zip(names, (first, line), strict=False))}
    return keys | ({"line": line} if table == "implementation" else {})


def entry_of(table: str, keys: Mapping[str, str]) -> Key:
    """The entry that the key cells of a row name."""
    names = [column.field for column in COLUMNS[table] if column.key and column.field not in ("product", "line")]
    entry = keys[names[0]] if names else ""
    return Key(table, f"{entry}/{keys['line']}" if keys.get("line") else entry)


def sheet_name(product: str) -> str:
    """The name of a product's sheet: its id, shortened where spreadsheet programs would refuse it."""
    if len(product) <= LONGEST_SHEET_NAME:
        return product
    return f"{product[: LONGEST_SHEET_NAME - 5]}~{hashlib.sha256(product.encode()).hexdigest()[:4]}"
