"""The renewal workbook read back: every value checked, every problem with its sheet, row and column, nothing written.

What is read is a set of entries by product; whether they may become part of a draft is decided in `vendors.draft`.
"""

from __future__ import annotations

import datetime as dt
import difflib
import io
import logging
import math
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from functional_map.check import KEBAB
from functional_map.model import FunctionalMap
from functional_map.workbook_guard import links_elsewhere, refuse
from interface.language import LANGUAGES, Texts, texts
from vendors.check import LONGEST_TEXT
from vendors.entries import DAY_RATE, DAYS, FLAT_FEE, Key, Record, tidy, without_blanks
from vendors.layout import COLUMNS, GUIDE, REMOVE, Column, columns, entry_of, sheet_name
from vendors.problems import Problem
from vendors.spreadsheet import Progress, Stamp
from vendors.words import sentence
from vendors.workbook_cells import FORMULA, HEAD_LINES, Sheet, TooSpreadError, read_sheets

log = logging.getLogger(__name__)
MOST_SAID = 2_000  # problems; a workbook with more is broken in one way that repeats itself
LARGEST_AMOUNT = 1e9
ERRORS = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
MARK = "F3A683"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")
_NUMBER = re.compile(r"[+-]?\d{1,12}([.,]\d{1,9})?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}[.,]\d{3}")
_MARKER = re.compile(r"([a-z_]+)(?: ([a-z0-9-]+))?")

Place = tuple[str, int, Mapping[str, int]]  # sheet, row, and the column of each field


@dataclass
class Reading:
    """What a workbook says, entry by entry: None stands for an entry that is taken out."""

    stamp: Stamp | None = None
    analyst: str = ""
    entries: dict[str, dict[Key, Record | None]] = field(default_factory=lambda: defaultdict(dict))
    places: dict[tuple[str, Key], Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)  # keep the workbook out of the draft
    notices: list[Problem] = field(default_factory=list)  # worth knowing

    def said(self) -> Iterator[tuple[str, Key, Record | None]]:
        """Product, entry and record of every row."""
        for product, found in self.entries.items():
            for key, record in found.items():
                yield product, key, record

    def located(self, problem: Problem) -> Problem:
        """A broken rule with the cell of this workbook that it is about, where it has one."""
        place = self.places.get((problem.product, Key(problem.table, problem.entry)))
        if place is None:
            return problem
        sheet, row, fields = place
        return problem.at(sheet, row, fields.get(problem.field) or min(fields.values()))


def read_workbook(
    content: bytes,
    functional_map: FunctionalMap,
    known: Collection[str],
    renamed: Mapping[str, str] = MappingProxyType({}),
    progress: Progress = lambda done, total: None,
) -> Reading:
    """Read a renewal workbook, whole or with some of its products. Never raises for what a file holds.

    known     ids of the products that the draft has
    renamed   old item id -> new item id, for workbooks written on an older map
    """
    reading = Reading()
    if refusal := refuse(content):
        reading.problems.append(Problem(refusal.key, refusal.values))
        return reading
    try:
        _Reader(reading, functional_map, known, renamed).book(read_sheets(content), progress)
        if links_elsewhere(content):
            reading.notices.append(_problem("links"))
    except TooSpreadError:
        return Reading(problems=[Problem("refused.large", {})])
    except Exception:
        # whatever a reader makes of a damaged file, the person needs a sentence and the draft stays whole
        log.warning("a workbook could not be read", exc_info=True)
        return Reading(problems=[Problem("refused.damaged", {})])
    return reading


def marked(content: bytes, problems: Sequence[Problem], t: Texts) -> bytes:
    """The same workbook with each problem in its cell: coloured, and said in a comment.

    Raises ValueError where the workbook cannot be written again.
    """
    if refuse(content):
        raise ValueError("a refused workbook is not marked")
    try:
        book = openpyxl.load_workbook(io.BytesIO(content))
        notes: dict[tuple[str, int, int], list[str]] = defaultdict(list)
        for problem in problems:
            if problem.sheet in book.sheetnames:
                notes[problem.sheet, problem.row or 3, problem.column or 1].append(sentence(problem, t))
        for (sheet, row, column), sentences in notes.items():
            cell = book[sheet].cell(row, column)
            text = "\n".join(sentences)[:2_000]
            if not isinstance(cell, openpyxl.cell.MergedCell):
                cell.fill = PatternFill("solid", fgColor=MARK)
                cell.comment = Comment(text, "", width=320, height=120)
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()
    except Exception as error:
        raise ValueError("the workbook cannot be written again") from error


def _problem(key: str, sheet: str = "", row: int = 0, column: int = 0, **values: Any) -> Problem:
    return Problem(f"cell.{key}", values, sheet=sheet, row=row, column=column)


class _Reader:
    def __init__(
        self,
        reading: Reading,
        functional_map: FunctionalMap,
        known: Collection[str],
        renamed: Mapping[str, str],
    ) -> None:
        self.reading, self.map, self.renamed = reading, functional_map, renamed
        self.known = set(known)
        self.seen: dict[tuple[str, Key], tuple[str, int]] = {}
        # table -> column -> what its cells said and mean
        self.understood: dict[str, dict[str, dict[str | int, Any]]] = defaultdict(lambda: defaultdict(dict))

    def say(self, key: str, sheet: str = "", row: int = 0, column: int = 0, **values: Any) -> None:
        if len(self.reading.problems) < MOST_SAID:
            self.reading.problems.append(_problem(key, sheet, row, column, **values))

    # the workbook

    def book(self, sheets: Sequence[Sheet], progress: Progress) -> None:
        if not sheets:
            self.say("no_sheet")
        # new products stand on the sheet of products: it is read first
        order = {table: place for place, table in enumerate(COLUMNS)}
        recognised = []
        for sheet in sheets:
            marker = self._marker(sheet)
            if marker is None:
                self.reading.notices.append(_problem("unknown_sheet", sheet.name, name=sheet.name))
            elif marker[0] == GUIDE:
                self._guide(sheet)
            else:
                recognised.append((order[marker[0]], *marker, sheet))
        if not recognised:
            self.say("no_sheet")
        recognised.sort(key=lambda one: one[0] if one[1] != "ratings" else len(order))
        by_subject: dict[tuple[str, str], str] = {}
        for done, (_, table, product, sheet) in enumerate(recognised, start=1):
            if (table, product) in by_subject:
                self.say("same_sheet", sheet.name, name=sheet.name, other=by_subject[table, product])
            else:
                by_subject[table, product] = sheet.name
                self._sheet(sheet, table, product)
            progress(done, len(recognised))

    def _marker(self, sheet: Sheet) -> tuple[str, str] | None:
        """What a sheet is: its table, and its product where it holds ratings. Its marker says so, else its name."""
        for row in sheet.top:
            found = _MARKER.fullmatch(tidy(row[0])) if row and isinstance(row[0], str) else None
            if found and (found[1] == GUIDE or (found[1] in COLUMNS and (found[1] == "ratings") == bool(found[2]))):
                return found[1], found[2] or ""
        for product in self.known:
            if sheet.name == sheet_name(product):
                return "ratings", product
        return None

    def _guide(self, sheet: Sheet) -> None:
        values = {}
        for row in sheet.top:
            if len(row) > 2 and isinstance(row[0], str) and row[0].startswith("stamp."):
                values[row[0].removeprefix("stamp.")] = _shown(row[2])
        self.reading.analyst = values.get("analyst", "")[:120]
        try:
            self.reading.stamp = Stamp(
                values["edition"], int(values["revision"]), values["base"], dt.date.fromisoformat(values["made"])
            )
        except (KeyError, ValueError):
            self.reading.notices.append(_problem("no_stamp", sheet.name))

    # a sheet

    def _sheet(self, sheet: Sheet, table: str, product: str) -> None:
        for merged in sheet.merged:
            self.say("merged", sheet.name, name=sheet.name, range=merged)
        if table == "ratings" and product not in self.known:
            self.say("unknown_product", sheet.name, value=product, known=_near(product, self.known))
            return
        spec = columns(table)
        head = self._columns(sheet, table, spec)
        if head is None:
            return
        first, places = head
        at_places, rows = list(places.items()), 0
        keys, rest = [one for one in spec if one.key], {one.field: one for one in spec if not one.key}
        for number, row in sheet.rows(first):
            width = len(row)
            cells = {name: value for name, at in at_places if at <= width and (value := row[at - 1]) not in (None, "")}
            if number <= HEAD_LINES and len(_fields_in(row, table)) > len(spec) // 2:
                continue  # the headings, below the column ids
            if cells:
                rows += 1
                self._row(_Row(self, sheet, number, table, places, cells), table, product, keys, rest)
        if table == "rates":
            self._one_day()
        if table == "ratings":
            missing = sum((product, Key("ratings", item)) not in self.seen for item in self.map.items)
            if not rows:
                self.say("empty_sheet", sheet.name, name=sheet.name)
            elif missing:
                self.reading.notices.append(_problem("missing_rows", sheet.name, count=missing, name=sheet.name))

    def _one_day(self) -> None:
        """The rates of an edition are of one day and from one source."""
        rates = {key: one for key, one in self.reading.entries.get("", {}).items() if one is not None}
        first = next(iter(rates.values()), None)
        for key, one in rates.items():
            for name in ("date", "source"):
                if first is not None and one[name] != first[name]:
                    sheet, row, places = self.reading.places["", key]
                    self.say("one_day", sheet, row, places[name], value=one[name], first=first[name])

    def _columns(self, sheet: Sheet, table: str, spec: Sequence[Column]) -> tuple[int, dict[str, int]] | None:
        """The first row of data and the place of each column; None with the reason where the columns are not found."""
        found: dict[str, list[int]] = {}
        number = 0
        for line, row in enumerate(sheet.top, start=1):
            fields = _fields_in(row, table)
            if len(fields) > len(found):
                found, number = fields, line
        if len(found) < min(3, len(spec)):
            self.say("no_head", sheet.name, name=sheet.name)
            return None
        for name, places in found.items():
            if len(places) > 1:
                self.say("same_column", sheet.name, number, places[1], field=name)
        # the column for taking lines out may be gone: then no line is taken out
        missing = [column.field for column in spec if column.field not in found and column.field != REMOVE]
        for name in missing:
            self.say("no_column", sheet.name, number, 1, field=name, name=sheet.name)
        if missing:
            return None
        return number + 1, {name: places[0] for name, places in found.items()}

    def _row(
        self, row: _Row, table: str, product: str, key_columns: Sequence[Column], rest: Mapping[str, Column]
    ) -> None:
        keys = {"product": product} | {column.field: row.key(column) for column in key_columns}
        if row.broken:
            return
        subject = self._subject(row, table, keys)
        if subject is None:
            return
        product, key = subject
        values = {field: row.value(rest[field]) for field in row.cells if field in rest}
        if row.broken:
            return
        record: dict[str, Any] | None = without_blanks(values)
        taken_out = bool(record.pop(REMOVE, False))
        if taken_out or (table == "ratings" and not record):
            record = None
        elif not record:
            self._empty(row, table)
            return
        elif missing := list(_missing(table, keys, record)):
            for name in missing:
                row.say("required", name, field=name)
            return
        self.reading.entries[product][key] = record
        self.reading.places[product, key] = (row.sheet.name, row.line, row.places)

    def _subject(self, row: _Row, table: str, keys: Mapping[str, str]) -> tuple[str, Key] | None:
        """Product and entry of a row, or None with the reason."""
        product, key = keys["product"], entry_of(table, keys)
        if table == "product":
            if product not in self.known:
                if not KEBAB.fullmatch(product) or len(product) > 60:
                    row.say("product_id", "product", value=product)
                    return None
                self.known.add(product)
        elif table != "rates" and product not in self.known:
            row.say("unknown_product", "product", value=product, known=_near(product, self.known))
            return None
        if table == "ratings" and key.id not in self.map.items:
            key = Key("ratings", self.renamed.get(key.id, key.id))
            if key.id not in self.map.items:
                row.say("unknown_item", "item", value=key.id, year=self.map.year, near=_near(key.id, self.map.items))
                return None
        if (product, key) in self.seen:
            sheet, number = self.seen[product, key]
            row.say("twice", next(iter(row.places)), sheet_of_first=sheet, row_of_first=number)
            return None
        self.seen[product, key] = (row.sheet.name, row.line)
        return product, key

    def _empty(self, row: _Row, table: str) -> None:
        """A row with its keys alone: rows that the workbook offers for filling in may stay so."""
        if table in ("implementation", "ergonomics"):
            self.reading.notices.append(_problem("not_filled", row.sheet.name, row.line, 1))
        else:
            row.say("nothing_said", next(iter(row.places)))


class _Row:
    """One row of a sheet, and the values that its cells hold."""

    def __init__(
        self, reader: _Reader, sheet: Sheet, line: int, table: str, places: Mapping[str, int], cells: Mapping[str, Any]
    ) -> None:
        self.reader, self.sheet, self.line, self.places, self.cells = reader, sheet, line, places, cells
        self.understood = reader.understood[table]
        self.broken = False

    def say(self, key: str, name: str, **values: Any) -> None:
        self.broken = True
        self.reader.say(key, self.sheet.name, self.line, self.places.get(name, 1), **values)

    def key(self, column: Column) -> str:
        value = self.value(column) or ""
        if not value and column.field != "line":
            self.say("no_key", column.field, field=column.field)
        return str(value)

    def value(self, column: Column) -> Any:
        """The value of a cell as its column means it; None where it is empty or cannot be used."""
        value = self.cells.get(column.field)
        if value is None:
            return None
        if column.kind == "text" or type(value) not in (str, float):
            return self._read(column, value)
        # the same few words and levels stand in thousands of cells: what is once understood is understood
        seen = self.understood[column.field]
        if value not in seen:
            found = self._read(column, value)
            if self.broken:
                return found
            seen[value] = found
        return seen[value]

    def _read(self, column: Column, value: Any) -> Any:
        if value is FORMULA:
            self.say("formula", column.field)
            return None
        if isinstance(value, dt.time | dt.timedelta):
            value = str(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, str):
            text = tidy(value)
            if text.startswith("#") and text.upper() in ERRORS:
                self.say("error", column.field, value=text)
                return None
            if len(text) > LONGEST_TEXT:
                self.say("long", column.field, count=len(text), most=LONGEST_TEXT)
                return None
            value = text
        return None if value == "" else _KINDS[column.kind](self, column, value)

    # kinds of columns

    # a text that comes here is tidy

    def text(self, column: Column, value: Any) -> str:
        return value if isinstance(value, str) else _shown(value)

    def word(self, column: Column, value: Any) -> str | None:
        if value in column.choices:
            return value
        word = self.text(column, value)
        if choices := [one for one in column.choices if one]:
            same = [one for one in choices if one.casefold() == word.casefold()]
            if not same:
                self.say("choice", column.field, value=word[:60], known=", ".join(choices))
                return None
            return same[0]
        if not _ID.fullmatch(word):
            self.say("id", column.field, value=word[:60])
            return None
        return word

    def words(self, column: Column, value: Any) -> tuple[str, ...] | None:
        words = [one for one in re.split(r"[\s,;]+", self.text(column, value)) if one]
        for word in words:
            if not _ID.fullmatch(word):
                self.say("address_as_id" if "/" in word else "id", column.field, value=word[:60])
                return None
        return tuple(dict.fromkeys(words))

    def list(self, column: Column, value: Any) -> tuple[str, ...]:
        return tuple(filter(None, (tidy(one) for one in re.split(r"[;\n]", self.text(column, value)))))

    def number(self, column: Column, value: Any) -> float | None:
        if isinstance(value, bool | dt.date):
            self.say("number", column.field, value=str(value)[:40])
            return None
        if isinstance(value, str):
            digits = re.sub(r"[\s\u00a0\u202f]", "", value)
            if _THOUSANDS.fullmatch(digits):
                self.say("ambiguous", column.field, value=value[:40])
                return None
            if not _NUMBER.fullmatch(digits):
                self.say("number", column.field, value=value[:40])
                return None
            value = float(digits.replace(",", "."))
        if not math.isfinite(value) or not 0 <= value <= LARGEST_AMOUNT:
            self.say("range", column.field, value=str(value)[:40])
            return None
        return int(value) if float(value).is_integer() else float(value)

    def whole(self, column: Column, value: Any) -> int | None:
        number = self.number(column, value)
        if number is not None and not isinstance(number, int):
            self.say("whole", column.field, value=number)
            return None
        return number

    def level(self, column: Column, value: Any) -> int | None:
        number = None if isinstance(value, dt.date) else self.whole(column, value)
        if (number is None and not self.broken) or (number is not None and number not in range(5)):
            self.say("level", column.field, value=str(value)[:40])
            return None
        return number

    def date(self, column: Column, value: Any) -> dt.date | None:
        day = value.date() if isinstance(value, dt.datetime) else value if isinstance(value, dt.date) else None
        if isinstance(value, str):
            try:
                day = dt.date.fromisoformat(value)
            except ValueError:
                day = None
        if day is None or not 1990 <= day.year <= 2100:
            self.say("date", column.field, value=str(value)[:40])
            return None
        return day

    def yes(self, column: Column, value: Any) -> bool | None:
        word = str(value).strip().casefold()
        if word in ("yes", "y", "oui", "x", "true", "1"):
            return True
        if word in ("no", "n", "non", "false", "0"):
            return None
        self.say("yes", column.field, value=word[:40])
        return None


_KINDS: Mapping[str, Callable[[_Row, Column, Any], Any]] = {
    name: getattr(_Row, name) for name in ("text", "word", "words", "list", "number", "whole", "level", "date", "yes")
}


@cache
def _field_names(table: str, language: str) -> Mapping[str, str]:
    """Every word that names a column of a table: its id, and its heading in a language."""
    t = texts("vendors", language)
    headings = {t(f"column.{column.field}"): column.field for column in columns(table)}
    return headings | {column.field: column.field for column in columns(table)}


def _fields_in(row: Sequence[Any], table: str) -> dict[str, list[int]]:
    """The columns that a row names, with their places; headings are all in one language."""
    best: dict[str, list[int]] = {}
    for language in LANGUAGES:
        names, found = _field_names(table, language), defaultdict(list)
        for place, value in enumerate(row, start=1):
            if isinstance(value, str) and (name := names.get(value.strip())):
                found[name].append(place)
        if len(found) > len(best):
            best = dict(found)
    return best


def _missing(table: str, keys: Mapping[str, str], record: Record) -> Iterator[str]:
    """The columns that a row needs and that are empty."""
    needed = [column.field for column in COLUMNS[table] if column.required]
    priced = table in ("plans", "add_ons")
    if table == "plans" and keys.get("line") != FLAT_FEE:
        needed += ["name", "order"]
    if table == "implementation":
        priced = keys.get("line") == DAY_RATE
        needed += ["unit", "billing", "basis"] if priced else [*DAYS, "basis", "reason"]
    if priced:
        needed += ["low", "likely", "high"] if record.get("on_quote") else ["amount"]
    return (name for name in dict.fromkeys(needed) if name not in record)


def _shown(value: Any) -> str:
    """What stands in a cell, as a text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return "" if value is FORMULA else tidy(value)


def _near(value: str, known: Collection[str]) -> str:
    """The known id that looks most like one that is not known."""
    close = difflib.get_close_matches(value, list(known), n=1, cutoff=0.5)
    return close[0] if close else "–"
