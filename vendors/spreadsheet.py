"""The renewal workbook: everything that is rated, a sheet per product, last year's values beside this year's.

What comes back is read by `vendors.spreadsheet_in`; the sheets and their columns are in `vendors.layout`.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from functional_map.model import FunctionalMap, Item
from interface.language import Texts
from interface.sheets import Book, clean
from interface.theme import LIGHT
from vendors.check import age_of_evidence
from vendors.entries import Key, Record
from vendors.layout import (
    FIRST_ROW,
    GUIDE,
    HEAD_ROW,
    ID_ROW,
    LAST_YEAR,
    MARKER_ROW,
    TABLES,
    Column,
    columns,
    keys_of,
    sheet_name,
)
from vendors.model import BASES, CONFIDENCES, CRITERIA, EVIDENCED, MONTHS_DOCUMENTED, MONTHS_FRESH, Edition
from vendors.problems import column_letters

ROWS_TO_ADD = 60  # empty rows, ready to be filled in, below a table
ROW_HEIGHT, HEAD_HEIGHT = 68, 32
LINE_HEIGHT, GUIDE_LINE_HEIGHT, MOST_LINES, GUIDE_WIDTH = 13.5, 15, 6, 110
CHANGED, STALE, OLD = "#FFE8B3", "#F3C6B8", "#F7E3C4"
Entries = Mapping[str, Mapping[Key, Record]]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Stamp:
    """Which state of the ratings a workbook was written from."""

    edition: str
    revision: int
    base: str
    made: dt.date


@dataclass(frozen=True)
class _Shown:
    """A column that is shown but not read back."""

    id: str
    heading: str
    width: float


def edition_workbook(
    edition: Edition,
    now: Entries,
    before: Entries,
    functional_map: FunctionalMap,
    t: Texts,
    stamp: Stamp,
    *,
    products: Sequence[str] = (),
    progress: Progress = lambda done, total: None,
) -> bytes:
    """The workbook of an edition, or of some of its products; an id that it does not have is a product to be rated.

    now, before   the entries as they stand, and those of last year, by product
    """
    chosen = list(products) or [one for one in now if one]
    maker = _Maker(edition, now, before, functional_map, t, chosen)
    maker.guide(stamp)
    for table in TABLES:
        maker.table(table)
    for place, product in enumerate(chosen, start=1):
        maker.ratings(product)
        progress(place, len(chosen))
    return maker.book.close()


class _Maker:
    def __init__(
        self,
        edition: Edition,
        now: Entries,
        before: Entries,
        functional_map: FunctionalMap,
        t: Texts,
        chosen: list[str],
    ) -> None:
        self.edition, self.now, self.before, self.map, self.t, self.chosen = (
            edition,
            now,
            before,
            functional_map,
            t,
            chosen,
        )
        self.book = Book()
        made = self.book.book.add_format
        base = {"valign": "top", "font_name": "Calibri", "font_size": 10, "font_color": LIGHT.ink, "text_wrap": True}
        locked = base | {"bg_color": LIGHT.panel, "border": 1, "border_color": LIGHT.line}
        open_ = base | {"locked": False}
        self.locked, self.open = made(locked), made(open_)
        self.day, self.open_day = (
            made(locked | {"num_format": "yyyy-mm-dd"}),
            made(open_ | {"num_format": "yyyy-mm-dd"}),
        )
        self.small = made(locked | {"font_size": 9})
        self.stale, self.old = made(locked | {"bg_color": STALE}), made(locked | {"bg_color": OLD})
        self.changed = made({"bg_color": CHANGED, "bold": True})
        self.id_row = made({"font_size": 8, "font_color": LIGHT.muted})
        self.head_before = made(
            {
                "bold": True,
                "text_wrap": True,
                "valign": "top",
                "bg_color": LIGHT.line,
                "font_color": LIGHT.ink,
                "border": 1,
                "border_color": LIGHT.line,
            }
        )
        self.levels_of = {item.id: self._levels(item) for item in functional_map.items.values()}

    # sheets

    def guide(self, stamp: Stamp) -> None:
        t, book = self.t, self.book
        sheet = book.book.add_worksheet(t("sheet.guide")[:31])
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 12, None, {"hidden": True})
        sheet.set_column(1, 1, 30)
        sheet.set_column(2, 2, GUIDE_WIDTH)
        sheet.write_string(MARKER_ROW, 0, GUIDE, self.id_row)
        sheet.write_string(0, 1, t("sheet.title", edition=self.edition.title[t.language]), book.title)
        sheet.write_string(2, 0, "stamp.analyst")
        sheet.write_string(2, 1, t("sheet.analyst"), book.bold)
        sheet.write_blank(
            2,
            2,
            None,
            self.book.book.add_format({"locked": False, "bg_color": CHANGED, "border": 1, "border_color": LIGHT.line}),
        )
        known = {
            "edition": stamp.edition,
            "revision": str(stamp.revision),
            "base": stamp.base,
            "made": stamp.made.isoformat(),
        }
        for line, (name, value) in enumerate(known.items(), start=3):
            sheet.write_string(line, 0, f"stamp.{name}")
            sheet.write_string(line, 1, t(f"sheet.stamp.{name}"), book.muted)
            sheet.write_string(line, 2, clean(value), book.text)
        line = 8
        for part in ("how", "colours", "rating", "scale", "basis", "confidence", "lists"):
            sheet.write_string(line, 1, t(f"sheet.{part}.title"), book.bold)
            for word, sentence in self._guide(part):
                text = clean(f"{word}: {sentence}" if word else sentence)
                sheet.set_row(line, GUIDE_LINE_HEIGHT * _lines(text, GUIDE_WIDTH))
                sheet.write_string(line, 2, text, book.wrapped)
                line += 1
            line += 1
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.protect("", {"select_locked_cells": True})

    def table(self, table: str) -> None:
        """One sheet with the rows of every chosen product."""
        products = [""] if table == "rates" else self.chosen
        rows = [(product, key) for product in products for key in self._keys(table, product)]
        spec = columns(table)
        sheet = self._sheet(self.t(f"table.{table}"), table, [], spec)
        for line, (product, key) in enumerate(rows, start=FIRST_ROW):
            keys = keys_of(table, product, key.id)
            record = keys | dict(self.now.get(product, {}).get(key, {}))
            sheet.set_row(line, _height(spec, record))
            self._row(sheet, line, 0, spec, record, fixed=set(keys))
            self._last_year(sheet, line, len(spec), spec, keys | dict(self.before.get(product, {}).get(key, {})))
        self._finish(sheet, 0, spec, len(rows) + ROWS_TO_ADD, frozen=sum(column.key for column in spec), per_product={})

    def ratings(self, product: str) -> None:
        """The sheet of one product: an item a row, with its written levels and last year's rating."""
        t, spec = self.t, columns("ratings")[1:]
        now, before = self.now.get(product, {}), self.before.get(product, {})
        shown = [
            _Shown("item", t("column.item"), 17),
            _Shown("info.label", t("column.label"), 26),
            _Shown("info.domain", t("column.domain"), 17),
            _Shown("info.question", t("column.question"), 40),
            _Shown("info.levels", t("column.levels"), 72),
            _Shown(LAST_YEAR + "rating", t("column.last_rating"), 8),
            _Shown(LAST_YEAR + "basis", t("column.last_basis"), 14),
            _Shown("info.age", t("column.age"), 20),
        ]
        sheet = self._sheet(sheet_name(product), f"ratings {product}", shown, spec)
        for line, item in enumerate(self.map.items.values(), start=FIRST_ROW):
            sheet.set_row(line, ROW_HEIGHT)
            key = Key("ratings", item.id)
            last = before.get(key, {})
            sheet.write_string(line, 0, item.id, self.small)
            sheet.write_string(line, 1, clean(item.label[t.language]), self.locked)
            sheet.write_string(line, 2, clean(self.map.domain(item.domain).label[t.language]), self.small)
            sheet.write_string(
                line, 3, clean(f"{item.definition[t.language]}\n{item.question[t.language]}"), self.small
            )
            sheet.write_string(line, 4, self.levels_of[item.id], self.small)
            self._write(sheet, line, 5, last.get("rating", ""), self.locked, self.day)
            self._write(sheet, line, 6, last.get("basis", ""), self.locked, self.day)
            self._age(sheet, line, 7, product, last)
            self._row(sheet, line, len(shown), spec, now.get(key, {}), fixed=set())
            self._last_year(sheet, line, len(shown) + len(spec), spec, last)
        ids = {
            table: [key.id for key in self._keys(table, product) if "/" not in key.id] for table in ("plans", "add_ons")
        }
        self._finish(
            sheet,
            len(shown),
            spec,
            len(self.map.items),
            frozen=2,
            per_product={"plan": ids["plans"], "add_on": ids["add_ons"]},
        )

    # parts of a sheet

    def _sheet(self, name: str, marker: str, shown: Sequence[_Shown], spec: Sequence[Column]) -> Any:
        sheet = self.book.book.add_worksheet(name[:31])
        sheet.write_string(MARKER_ROW, 0, marker, self.id_row)
        sheet.set_row(MARKER_ROW, None, None, {"hidden": True})
        sheet.set_row(ID_ROW, None, None, {"hidden": True})
        sheet.set_row(HEAD_ROW, HEAD_HEIGHT)
        for place, one in enumerate(shown):
            sheet.set_column(place, place, one.width)
            sheet.write_string(ID_ROW, place, one.id, self.id_row)
            sheet.write_string(HEAD_ROW, place, clean(one.heading), self.head_before)
        for place, column in enumerate(spec, start=len(shown)):
            sheet.set_column(place, place, column.width, self.open_day if column.kind == "date" else self.open)
            sheet.write_string(ID_ROW, place, column.field, self.id_row)
            sheet.write_string(HEAD_ROW, place, clean(self.t(f"column.{column.field}")), self.book.head)
            copy = place + len(spec)
            sheet.set_column(copy, copy, 4, None, {"hidden": True})
            sheet.write_string(ID_ROW, copy, LAST_YEAR + column.field, self.id_row)
        return sheet

    def _row(self, sheet: Any, line: int, start: int, spec: Sequence[Column], record: Record, fixed: set[str]) -> None:
        """This year's values; the keys of a row that exists are locked."""
        for place, column in enumerate(spec, start=start):
            value = record.get(column.field)
            if column.field in fixed:
                self._write(sheet, line, place, value, self.locked, self.day)
            elif value is not None:
                self._write(sheet, line, place, value, self.open, self.open_day)

    def _last_year(self, sheet: Any, line: int, start: int, spec: Sequence[Column], record: Record) -> None:
        for place, column in enumerate(spec, start=start):
            if (value := record.get(column.field)) is not None:
                self._write(sheet, line, place, value, None, self.day)

    def _write(self, sheet: Any, line: int, place: int, value: Any, look: Any, day: Any) -> None:
        if isinstance(value, bool):
            sheet.write_string(line, place, "yes" if value else "", look)
        elif isinstance(value, int | float):
            sheet.write_number(line, place, value, look)
        elif isinstance(value, dt.date):
            sheet.write_datetime(line, place, dt.datetime(value.year, value.month, value.day), day)
        elif value is not None:
            sheet.write_string(line, place, clean(joined(value)), look)

    def _finish(
        self,
        sheet: Any,
        start: int,
        spec: Sequence[Column],
        rows: int,
        *,
        frozen: int,
        per_product: Mapping[str, Sequence[str]],
    ) -> None:
        """Drop-downs, colours of what changed, frozen panes, filters and protection."""
        last = FIRST_ROW + max(rows, 1) - 1
        for place, column in enumerate(spec, start=start):
            if validation := self._validation(column, per_product.get(column.field)):
                sheet.data_validation(FIRST_ROW, place, last, place, validation)
            if not column.key:
                here, there = (f"{column_letters(one + 1)}{FIRST_ROW + 1}" for one in (place, place + len(spec)))
                sheet.conditional_format(
                    FIRST_ROW,
                    place,
                    last,
                    place,
                    {"type": "formula", "criteria": f'=NOT(EXACT(${here}&"",${there}&""))', "format": self.changed},
                )
        sheet.freeze_panes(FIRST_ROW, frozen)
        sheet.set_landscape()
        sheet.set_paper(8)  # A3
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD_ROW)
        sheet.autofilter(HEAD_ROW, 0, last, start + len(spec) - 1)
        sheet.protect(
            "", {"sort": True, "autofilter": True, "format_columns": True, "format_rows": True, "format_cells": True}
        )

    def _validation(self, column: Column, ids: Sequence[str] | None) -> dict[str, Any] | None:
        t = self.t
        words = (
            ["yes"] if column.kind == "yes" else [one for one in (ids if ids is not None else column.choices) if one]
        )
        if column.field == "product":
            words = self.chosen
        if words and len(",".join(words)) <= 255:
            # a plan may be new this year: its id is not refused, only pointed out
            return {
                "validate": "list",
                "source": list(words),
                "error_type": "warning" if ids is not None or column.key else "stop",
                "error_title": t("sheet.error.title"),
                "error_message": t("sheet.error.list")[:255],
            }
        if column.kind == "date":
            return {
                "validate": "date",
                "criteria": "between",
                "minimum": dt.date(1990, 1, 1),
                "maximum": dt.date(2100, 1, 1),
                "error_title": t("sheet.error.title"),
                "error_message": t("sheet.error.date")[:255],
            }
        if column.kind in ("number", "whole"):
            return {
                "validate": "decimal",
                "criteria": ">=",
                "value": 0,
                "error_title": t("sheet.error.title"),
                "error_message": t("sheet.error.number")[:255],
            }
        return None

    # words

    def _keys(self, table: str, product: str) -> list[Key]:
        """The entries of a table; those that a product needs but does not have yet stand there empty."""
        found = [key for key in self.now.get(product, {}) if key.table == table]
        needed: Iterable[str] = (
            ("",) if table in ("product", "implementation") else CRITERIA if table == "ergonomics" else ()
        )
        return found + [key for key in (Key(table, one) for one in needed) if key not in found]

    def _age(self, sheet: Any, line: int, place: int, product: str, last: Record) -> None:
        """How old the evidence of last year's rating will be, marked where it counts for less."""
        rated = self.edition.products.get(product)
        words, look = "", self.small
        if rated is not None and last.get("basis") in EVIDENCED:
            age = age_of_evidence(rated, last.get("sources", ()), self.edition.published)
            if age is None:
                words = self.t("sheet.age.undated")
            elif age > MONTHS_FRESH:
                too_old = age > MONTHS_DOCUMENTED
                words = self.t("sheet.age.too_old" if too_old else "sheet.age.old", count=age)
                look = self.stale if too_old else self.old
        sheet.write_string(line, place, words, look)

    def _levels(self, item: Item) -> str:
        return clean("\n".join(f"{level}  {text[self.t.language]}" for level, text in item.levels.items()))

    def _guide(self, part: str) -> list[tuple[str, str]]:
        t = self.t
        if part == "scale":
            return [(str(level), text[t.language]) for level, text in self.map.vocabulary.as_rating.items()]
        if part == "basis":
            return [(basis, t(f"sheet.basis.{basis}")) for basis in BASES]
        if part == "confidence":
            return [(one, t(f"confidence.{one}")) for one in CONFIDENCES]
        count = {"how": 7, "colours": 4, "rating": 5, "lists": 4}[part]
        return [("", t(f"sheet.{part}.{number}")) for number in range(1, count + 1)]


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column, about."""
    return sum(max(1, math.ceil(len(part) / width)) for part in text.split("\n"))


def _height(spec: Sequence[Column], record: Record) -> float:
    """The height of a row that shows its texts: not every program finds it by itself."""
    texts = ((joined(record[column.field]), column.width) for column in spec if column.field in record)
    return LINE_HEIGHT * min(MOST_LINES, max((_lines(text, width) for text, width in texts), default=1))


def joined(value: Any) -> str:
    """A value as the text of a cell: the words of a list between semicolons."""
    return "; ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
