"""More than 300 damaged workbooks: each gets a useful sentence in both languages, none an exception, none changes a draft."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import re
import resource
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from copy import copy

import openpyxl
import pytest
from openpyxl.chart import BarChart
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.worksheet.datavalidation import DataValidationList
from openpyxl.worksheet.formula import ArrayFormula

from functional_map.load import load_map
from functional_map.model import FunctionalMap
from interface.language import texts
from tests.synthetic import write_edition
from vendors.draft import current_draft, merge, start_draft
from vendors.entries import all_entries
from vendors.layout import COLUMNS, FIRST_ROW, ID_ROW, columns
from vendors.load import load_edition
from vendors.publish import PublishError
from vendors.spreadsheet import Stamp, edition_workbook
from vendors.spreadsheet_in import Reading, marked, read_workbook
from vendors.words import sentence
from workshops.access import Person

EN, FR = texts("vendors", "en"), texts("vendors", "fr")
DOMAIN = load_map(2026).domains[0]
MAP = FunctionalMap(2026, load_map(2026).vocabulary, (dataclasses.replace(DOMAIN, areas=DOMAIN.areas[:1]),))
FIRST = FIRST_ROW + 1  # as a spreadsheet program counts
PRODUCT, FINE = "product-00", ""
HOSTILE = '<script>alert("x")</script>{{7*7}} ${jndi:x} \u202egnp'


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    return load_edition(write_edition(tmp_path_factory.mktemp("damaged") / "2027", MAP, products=1, rated=1.0))


@pytest.fixture(scope="module")
def whole(edition) -> bytes:
    """The workbook before it is damaged."""
    entries = all_entries(edition)
    return edition_workbook(edition, entries, entries, MAP, EN, Stamp("2027", 0, "2026", dt.date(2027, 3, 1)))


@pytest.fixture(scope="module")
def light(whole) -> bytes:
    """The same workbook without its colours and drop-downs, which are not read back: it is damaged twice as fast."""

    def strip(book: openpyxl.Workbook) -> None:
        for sheet in book.worksheets:
            sheet.conditional_formatting, sheet.data_validations = ConditionalFormattingList(), DataValidationList()

    content = edited(whole, strip)
    assert dict(read(content).entries) == dict(read(whole).entries)
    return content


@pytest.fixture(scope="module")
def as_written(whole) -> dict:
    """What the workbook says before it is damaged."""
    return dict(read(whole).entries)


@pytest.fixture(scope="module")
def book(light) -> openpyxl.Workbook:
    """The light workbook, open: a cell is damaged, saved and mended again."""
    return openpyxl.load_workbook(io.BytesIO(light))


def read(content: bytes) -> Reading:
    return read_workbook(content, MAP, [PRODUCT])


def holds(reading: Reading, expected: str) -> None:
    """The expected sentence, in both languages, with nothing technical in it; or nothing at all."""
    found = [*reading.problems, *reading.notices]
    if expected == FINE:
        assert reading.problems == []
        return
    assert expected in {one.key for one in found}, [(one.key, dict(one.values)) for one in found][:4]
    for problem in found:
        for t in (EN, FR):
            said = sentence(problem, t)
            assert len(said) > 20 and not re.search(
                r"Traceback|Error\b|exception|\{[a-z_]+\}|None", said.replace(HOSTILE[:60], "")
            ), said
        if problem.key.startswith("cell.") and problem.row:
            assert problem.sheet and problem.column


# ---------------------------------------------------------------- files that are no workbooks, or no longer


def zipped(parts: dict[str, bytes], **options) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def part(name: str, change: Callable[[bytes], bytes | None]) -> Callable[[bytes], bytes]:
    """Change one part of the archive; None takes it out."""

    def damage(content: bytes) -> bytes:
        parts = parts_of(content)
        changed = change(parts.pop(name))
        return zipped(parts if changed is None else {**parts, name: changed})

    return damage


def with_part(name: str, extra: bytes) -> Callable[[bytes], bytes]:
    return lambda content: zipped({**parts_of(content), name: extra})


def in_sheet(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Change the XML of the last sheet, which is the product's."""

    def damage(content: bytes) -> bytes:
        parts = parts_of(content)
        last = max(
            (name for name in parts if name.startswith("xl/worksheets/sheet")),
            key=lambda one: int(re.findall(r"\d+", one)[0]),
        )
        return zipped({**parts, last: change(parts[last])})

    return damage


def encrypted(content: bytes) -> bytes:
    """The flag that says "with a password" on every part."""
    found = bytearray(content)
    for place in [one.start() for one in re.finditer(b"PK\x01\x02", content)]:
        found[place + 8] |= 1
    for place in [one.start() for one in re.finditer(b"PK\x03\x04", content)]:
        found[place + 6] |= 1
    return bytes(found)


def same_name_twice(content: bytes) -> bytes:
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a") as archive, pytest.warns(UserWarning):
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    return target.getvalue()


def many_rows(count: int, cells: str = '<c r="A{row}"><v>1</v></c>') -> Callable[[bytes], bytes]:
    rows = "".join(f'<row r="{row}">{cells.format(row=row)}</row>' for row in range(1, count + 1))
    return in_sheet(
        lambda xml: re.sub(
            rb"<sheetData>.*</sheetData>", f"<sheetData>{rows}</sheetData>".encode(), xml, flags=re.DOTALL
        )
    )


def far(reference: str) -> Callable[[bytes], bytes]:
    row = re.findall(r"\d+", reference)[0]
    cell = f'<row r="{row}"><c r="{reference}"><v>1</v></c></row></sheetData>'
    return in_sheet(lambda xml: xml.replace(b"</sheetData>", cell.encode()))


DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
PARTS = (
    "xl/workbook.xml",
    "xl/styles.xml",
    "xl/sharedStrings.xml",
    "xl/worksheets/sheet2.xml",
    "[Content_Types].xml",
    "xl/_rels/workbook.xml.rels",
)


def after_declaration(extra: bytes) -> Callable[[bytes], bytes]:
    return lambda xml: re.sub(rb"(<\?xml[^>]*\?>)?", lambda found: (found[0] or b"") + extra, xml, count=1)


FILES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "nothing": (lambda _: b"", "refused.damaged"),
    "one byte": (lambda _: b"P", "refused.damaged"),
    "text": (lambda _: b"product;item;rating\n", "refused.damaged"),
    "web page": (lambda _: b"<html><body>Sign in</body></html>", "refused.damaged"),
    "PDF": (lambda _: b"%PDF-1.7\n1 0 obj", "refused.damaged"),
    "picture": (lambda _: b"\x89PNG\r\n\x1a\n" + bytes(500), "refused.damaged"),
    "program": (lambda _: b"MZ" + bytes(2000), "refused.damaged"),
    "gzip": (lambda _: b"\x1f\x8b\x08" + bytes(200), "refused.damaged"),
    "old format or password": (lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "refused.protected"),
    "encrypted parts": (encrypted, "refused.damaged"),
    "empty archive": (lambda _: zipped({}), "refused.other"),
    "plain archive": (lambda _: zipped({"a.txt": b"a"}), "refused.other"),
    "word document": (
        lambda _: zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<d/>"}),
        "refused.other",
    ),
    "open document": (
        lambda _: zipped({"mimetype": b"application/vnd.oasis", "content.xml": b"<d/>"}),
        "refused.other",
    ),
    "archive in an archive": (lambda content: zipped({"back.xlsx": content}), "refused.other"),
    "paths that climb": (with_part("../../etc/passwd", b"x"), FINE),
    "macros": (with_part("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"), "refused.macros"),
    "macros in capitals": (with_part("xl/VBAPROJECT.BIN", b"x"), "refused.macros"),
    "links to other files": (with_part("xl/externalLinks/externalLink1.xml", b"<externalLink/>"), "cell.links"),
    "the same part twice": (same_name_twice, "refused.damaged"),
    "500 parts": (
        lambda content: zipped({**parts_of(content), **{f"xl/media/{n}.bin": b"x" for n in range(500)}}),
        "refused.large",
    ),
    "garbage behind": (lambda content: content + bytes(100), FINE),
    "garbage before": (lambda content: b"junk" * 10 + content, FINE),
    "in another encoding": (
        in_sheet(lambda xml: xml.decode().replace("UTF-8", "UTF-16").encode("utf-16")),
        "refused.encoding",
    ),
    "100,000 rows": (many_rows(100_000), "refused.rows"),
    "100,000 rows without numbers": (
        in_sheet(lambda xml: xml.replace(b"</sheetData>", b"<row/>" * 100_000 + b"</sheetData>")),
        "refused.rows",
    ),
    "a million cells": (
        in_sheet(lambda xml: xml.replace(b"</sheetData>", b"<row>" + b"<c/>" * 1_000_000 + b"</row></sheetData>")),
        "refused.large",
    ),
    "a million cells with a prefix": (
        in_sheet(lambda xml: xml.replace(b"</sheetData>", b"<row>" + b"<x:c/>" * 1_000_000 + b"</row></sheetData>")),
        "refused.large",
    ),
    "zip bomb in a sheet": (in_sheet(lambda xml: xml + b" " * 70_000_000), "refused.large"),
    "zip bomb in the styles": (
        part("xl/styles.xml", lambda xml: xml.replace(b"</cellXfs>", b"<xf/>" * 1_000_000 + b"</cellXfs>")),
        "refused.large",
    ),
    "zip bomb beside": (with_part("xl/media/image1.png", bytes(70_000_000)), "refused.large"),
    "sheet under another name": (
        with_part("xl/other.dat", b"<worksheet><sheetData><row r='1'><c r='XFD1'/></row></sheetData></worksheet>"),
        "refused.columns",
    ),
}
FILES |= {
    f"cell {one}": (far(one), key)
    for one, key in (
        ("XFD1048576", "refused.columns"),
        ("AAA1", "refused.columns"),
        ("A1048576", "refused.rows"),
        ("ZZ99999", "refused.rows"),
        ("B10000", "refused.rows"),
        ("XFE1", "refused.columns"),
        ("ZZZZZZ1", "refused.columns"),
    )
}
FILES["cells far apart"] = (far("ZZ9999"), "refused.large")
FILES |= {f"document type in {one}": (part(one, after_declaration(DOCTYPE)), "refused.doctype") for one in PARTS}
FILES |= {f"entity from a file in {one}": (part(one, after_declaration(EXTERNAL)), "refused.doctype") for one in PARTS}
FILES |= {
    f"without {one}": (part(one, lambda _: None), key)
    for one, key in (
        ("xl/workbook.xml", "refused.damaged"),
        ("[Content_Types].xml", "refused.other"),
        ("xl/_rels/workbook.xml.rels", "refused.damaged"),
        ("xl/worksheets/sheet2.xml", "refused.damaged"),
        ("xl/sharedStrings.xml", "refused.damaged"),
    )
}
FILES |= {f"broken XML in {one}": (part(one, lambda xml: xml[: len(xml) // 2]), "refused.damaged") for one in PARTS}
FILES["broken XML in [Content_Types].xml"] = (FILES["broken XML in [Content_Types].xml"][0], "?")  # not needed to read
FILES |= {
    f"cut after {share} %": (lambda content, share=share: content[: len(content) * share // 100], "refused.damaged")
    for share in (1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99)
}
FILES |= {
    f"byte {share} % in overwritten": (
        lambda content, share=share: (
            content[: len(content) * share // 100] + b"\xff" * 40 + content[len(content) * share // 100 + 40 :]
        ),
        "?",
    )
    for share in (3, 15, 25, 35, 45, 55, 65, 75, 85, 92)
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_workbook_any_more(name, whole, as_written):
    damage, expected = FILES[name]
    reading = read(damage(whole))

    if expected == "?":  # where a stray byte hits decides what breaks; something is said, or nothing was lost
        assert reading.problems or dict(reading.entries) == as_written
        expected = reading.problems[0].key if reading.problems else FINE
    holds(reading, expected)


# ---------------------------------------------------------------- cells


def edited(content: bytes, change: Callable[[openpyxl.Workbook], object]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_cell(book: openpyxl.Workbook, sheet: str, field: str, value: object) -> bytes:
    """The file of an open workbook with another value in one cell; the workbook itself is as before."""
    cell = book[sheet].cell(FIRST, column_of(book[sheet], field))
    before, looks = cell.value, copy(cell._style)
    set_cell(sheet, field, value)(book)
    content = saved(book)
    cell.value, cell._style = before, looks
    return content


def column_of(sheet, field: str) -> int:
    return next(cell.column for cell in sheet[ID_ROW + 1] if cell.value == field)


def set_cell(sheet: str, field: str, value: object, row: int = FIRST) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        cell = book[sheet].cell(row, column_of(book[sheet], field))
        cell.value = value
        if isinstance(value, Text):
            cell.value, cell.data_type = str(value), "s"

    return change


class Text(str):
    """A text that looks like a formula, written as text."""


VALUES: dict[str, object] = {
    "formula": "=1+1",
    "array formula": ArrayFormula("A1:A1", "=1+1"),
    "formula to a file": "='[other.xlsx]S'!A1",
    "#REF!": "#REF!",
    "#N/A": "#N/A",
    "two words": "abc def",
    "a digit": 9,
    "a half": 2.5,
    "a negative": -1,
    "a huge number": 1e300,
    "TRUE": True,
    "a day": dt.datetime(2027, 1, 2),
    "a day as text": "21/11/2026",
    "long text": "x" * 5_000,
    "hostile text": HOSTILE,
    "text like a formula": Text("=1+1"),
}
# by kind of column: the sentence, or FINE where the value can be kept as it is
EXPECTED = {
    "level": [
        "formula",
        "formula",
        "formula",
        "error",
        "error",
        "number",
        "level",
        "whole",
        "range",
        "range",
        "number",
        "level",
        "number",
        "long",
        "number",
        "number",
    ],
    "choice": [
        "formula",
        "formula",
        "formula",
        "error",
        "error",
        "choice",
        "choice",
        "choice",
        "choice",
        "choice",
        "choice",
        "choice",
        "choice",
        "long",
        "choice",
        "choice",
    ],
    "id": [
        "formula",
        "formula",
        "formula",
        "error",
        "error",
        "id",
        "",
        "",
        "id",
        "id",
        "",
        "",
        "id",
        "long",
        "id",
        "id",
    ],
    "words": [
        "formula",
        "formula",
        "formula",
        "error",
        "error",
        "",
        "",
        "",
        "id",
        "id",
        "",
        "",
        "address_as_id",
        "long",
        "address_as_id",
        "id",
    ],
    "date": [
        "formula",
        "formula",
        "formula",
        "error",
        "error",
        "date",
        "date",
        "date",
        "date",
        "date",
        "date",
        "",
        "date",
        "long",
        "date",
        "date",
    ],
    "text": ["formula", "formula", "formula", "error", "error", "", "", "", "", "", "", "", "", "long", "", ""],
}
KINDS = {
    "rating": "level",
    "without": "level",
    "plan": "id",
    "add_on": "id",
    "basis": "choice",
    "confidence": "choice",
    "sources": "words",
    "on": "date",
    "by": "text",
    "searched": "text",
    "note": "text",
}
CELLS = [(field, name, EXPECTED[kind][place]) for field, kind in KINDS.items() for place, name in enumerate(VALUES)]


@pytest.mark.parametrize(("field", "name", "expected"), CELLS, ids=[f"{field}: {name}" for field, name, _ in CELLS])
def test_a_bad_value_in_a_rating(field, name, expected, book):
    reading = read(with_cell(book, PRODUCT, field, VALUES[name]))

    holds(reading, f"cell.{expected}" if expected else FINE)
    if expected:
        place = next(one for one in reading.problems if one.key == f"cell.{expected}")
        assert (place.sheet, place.row) == (PRODUCT, FIRST)


NUMBERS = [
    ("amount", "fourteen", "number"),
    ("amount", "1,234", "ambiguous"),
    ("amount", "1.234", "ambiguous"),
    ("amount", "14,50", ""),
    ("amount", " 14.5 ", ""),
    ("amount", "1\u202f200", ""),
    ("amount", -3, "range"),
    ("amount", 1e12, "range"),
    ("amount", "", "required"),
    ("amount", True, "number"),
    ("amount", "1e5", "number"),
    ("minimum_seats", 2.5, "whole"),
    ("minimum_seats", "5", ""),
    ("on_quote", "maybe", "yes"),
    ("on_quote", "oui", "required"),
    ("unit", "seat", "choice"),
    ("unit", "", "required"),
    ("billing", "weekly", "choice"),
    ("currency", "EURO €", "id"),
    ("basis", "gut feeling", "choice"),
    ("dated", "last week", "date"),
    ("dated", 46000, ""),
    ("dated", "2026-02-30", "date"),
    ("dated", dt.datetime(1900, 1, 1), "date"),
    ("order", "first", "number"),
    ("name", None, "required"),
    ("plan", None, "no_key"),
    ("plan", "a b", "id"),
    ("line", "setup", "choice"),
    ("product", "unknown-crm", "unknown_product"),
    ("product", None, "no_key"),
    ("product", "../../etc", "id"),
]


@pytest.mark.parametrize(
    ("field", "value", "expected"), NUMBERS, ids=[f"{field} {value!r}" for field, value, _ in NUMBERS]
)
def test_a_bad_value_in_a_price(field, value, expected, book):
    holds(read(with_cell(book, "Plans and prices", field, value)), f"cell.{expected}" if expected else FINE)


OTHERS = [
    ("Product", "kind", "excellent", "choice"),
    ("Product", "name", None, "required"),
    ("Product", "summary_fr", None, "required"),
    ("Product", "product", "Big Corp!", "id"),
    ("Product", "product", "UPPER", "product_id"),
    ("Profile", "fact", "colour", "choice"),
    ("Profile", "values", None, "required"),
    ("Profile", "basis", "sure", "choice"),
    ("Implementation", "small_low", "few", "number"),
    ("Implementation", "reason", None, "required"),
    ("Implementation", "large_high", None, "required"),
    ("Ergonomics", "score", "good", "number"),
    ("Ergonomics", "score", None, "required"),
    ("Ergonomics", "criterion", "beauty", "choice"),
    ("Ergonomics", "basis", "documented", "choice"),
    ("Sources", "kind", "rumour", "choice"),
    ("Sources", "read", None, "required"),
    ("Sources", "title", None, "required"),
    ("Sources", "dated", "May 2026", "date"),
    ("Sources", "source", "https://a.b/c", "id"),
    ("Rates", "per_euro", "one", "number"),
    ("Rates", "per_euro", None, "required"),
    ("Rates", "date", "yesterday", "date"),
    ("Rates", "date", dt.datetime(2025, 5, 5), "one_day"),
    ("Rates", "currency", None, "no_key"),
    ("Rates", "source", "another bank", "one_day"),
]


@pytest.mark.parametrize(
    ("sheet", "field", "value", "expected"),
    OTHERS,
    ids=[f"{sheet} {field} {value!r}" for sheet, field, value, _ in OTHERS],
)
def test_a_bad_value_on_another_sheet(sheet, field, value, expected, book):
    holds(read(with_cell(book, sheet, field, value)), f"cell.{expected}")


# ---------------------------------------------------------------- rows, columns, sheets


def delete_column(sheet: str, field: str):
    return lambda book: book[sheet].delete_cols(column_of(book[sheet], field))


def same_column(sheet: str, field: str):
    def change(book):
        cells = book[sheet]
        cells.cell(ID_ROW + 1, cells.max_column + 2).value = field

    return change


def swap(sheet: str, one: str, other: str):
    """Somebody dragged a column elsewhere."""

    def change(book):
        cells = book[sheet]
        first, second = column_of(cells, one), column_of(cells, other)
        for row in range(ID_ROW + 1, cells.max_row + 1):
            left, right = cells.cell(row, first), cells.cell(row, second)
            left.value, right.value = right.value, left.value

    return change


def same_row(sheet: str):
    def change(book):
        cells = book[sheet]
        last = max(row for row in range(FIRST, cells.max_row + 1) if cells.cell(row, 1).value)
        for column in range(1, cells.max_column + 1):
            cells.cell(last + 1, column).value = cells.cell(FIRST, column).value

    return change


def new_row(sheet: str, **values):
    def change(book):
        cells = book[sheet]
        last = max(row for row in range(FIRST, cells.max_row + 1) if cells.cell(row, 1).value)
        for name, value in values.items():
            cells.cell(last + 1, column_of(cells, name)).value = value

    return change


def without_heads(sheet: str):
    def change(book):
        cells = book[sheet]
        for row in (ID_ROW + 1, ID_ROW + 2):
            for column in range(1, cells.max_column + 1):
                cells.cell(row, column).value = None

    return change


def copied_sheet(book):
    book.copy_worksheet(book[PRODUCT]).title = "pipedrive (2)"


def more_sheets(book):
    for number in range(60):
        book.create_sheet(f"Notes {number}")["A1"] = "mine"


def stamped(name: str, value: object):
    def change(book):
        sheet = book["Guide"]
        row = next(row for row in range(1, 12) if sheet.cell(row, 1).value == f"stamp.{name}")
        sheet.cell(row, 3).value = value

    return change


RATING_FIELDS = [column.field for column in COLUMNS["ratings"]]
SHEETS = ["Product", "Profile", "Plans and prices", "Implementation", "Ergonomics", "Sources", "Rates", PRODUCT]
TABLES = {
    "Profile": "profile",
    "Plans and prices": "plans",
    "Ergonomics": "ergonomics",
    "Sources": "sources",
    "Implementation": "implementation",
}
SHAPES: dict[str, tuple[Callable, str]] = {
    "a chart sheet": (lambda book: book.create_chartsheet("Chart").add_chart(BarChart()), FINE),
    "sixty sheets of one's own": (more_sheets, "cell.unknown_sheet"),
    "a product sheet copied": (copied_sheet, "cell.same_sheet"),
    "rows put in above": (lambda book: book[PRODUCT].insert_rows(1, 4), FINE),
    "a row between headings and data": (lambda book: book[PRODUCT].insert_rows(FIRST, 2), FINE),
    "an empty column put in": (lambda book: book[PRODUCT].insert_cols(9, 2), FINE),
    "the hidden ids deleted": (lambda book: book[PRODUCT].delete_rows(ID_ROW + 1), FINE),
    "the marker deleted": (lambda book: setattr(book[PRODUCT]["A1"], "value", None), FINE),
    "the marker forged": (lambda book: setattr(book[PRODUCT]["A1"], "value", "ratings ../../etc"), FINE),
    "the marker of an unknown product": (
        lambda book: setattr(book[PRODUCT]["A1"], "value", "ratings unknown-crm"),
        "cell.unknown_product",
    ),
    "no sheet that is known": (
        lambda book: [book.remove(one) for one in book.worksheets[1:]] and None,
        "cell.no_sheet",
    ),
    "every line deleted": (lambda book: book[PRODUCT].delete_rows(FIRST, 500), "cell.empty_sheet"),
    "some lines deleted": (lambda book: book[PRODUCT].delete_rows(FIRST, 2), "cell.missing_rows"),
    "a line without an item": (set_cell(PRODUCT, "item", None), "cell.no_key"),
    "a line that says nothing": (new_row("Sources", product=PRODUCT, source="kb-new"), "cell.nothing_said"),
    "a rating without its proof": (set_cell(PRODUCT, "basis", None), "cell.required"),
    "a proof without its rating": (set_cell(PRODUCT, "rating", None), "cell.required"),
    "a cell far to the right": (lambda book: setattr(book[PRODUCT]["ZZ5"], "value", 1), FINE),
    "a cell far below": (lambda book: setattr(book[PRODUCT]["A9999"], "value", "company-record"), "cell.twice"),
    "a stamp from elsewhere": (stamped("edition", "1999"), FINE),
    "a stamp with a state to come": (stamped("revision", "99999"), FINE),
    "a stamp that climbs": (stamped("revision", "../../x"), "cell.no_stamp"),
    "a stamp without a date": (stamped("made", "soon"), "cell.no_stamp"),
    "a stamp that is a formula": (stamped("edition", "=1+1"), FINE),
    "a name that is a script": (stamped("analyst", HOSTILE), FINE),
    "the guide deleted": (lambda book: book.remove(book["Guide"]), FINE),
    "the column for taking out deleted": (delete_column("Sources", "remove"), FINE),
    "taken out with a word": (set_cell("Sources", "remove", "perhaps"), "cell.yes"),
}
SHAPES |= {f"{field}: column deleted": (delete_column(PRODUCT, field), "cell.no_column") for field in RATING_FIELDS}
SHAPES |= {f"{field}: column twice": (same_column(PRODUCT, field), "cell.same_column") for field in RATING_FIELDS}
SHAPES |= {
    f"{field}: column moved": (swap(PRODUCT, field, "note"), FINE)
    for field in RATING_FIELDS
    if field not in ("note", "item")
}
SHAPES |= {f"{sheet}: deleted": (lambda book, sheet=sheet: book.remove(book[sheet]), FINE) for sheet in SHEETS[:-1]}
SHAPES |= {
    f"{sheet}: emptied": (
        lambda book, sheet=sheet: book[sheet].delete_rows(1, 500),
        "cell.unknown_sheet" if sheet != PRODUCT else "cell.no_head",
    )
    for sheet in SHEETS
}
SHAPES |= {f"{sheet}: ids and headings deleted": (without_heads(sheet), "cell.no_head") for sheet in SHEETS}
SHAPES |= {
    f"{sheet}: renamed": (lambda book, sheet=sheet: setattr(book[sheet], "title", "done, see mail"), FINE)
    for sheet in SHEETS
}
SHAPES |= {f"{sheet}: a line twice": (same_row(sheet), "cell.twice") for sheet in SHEETS}
SHAPES |= {
    f"{sheet}: another product": (set_cell(sheet, "product", "unknown-crm"), "cell.unknown_product") for sheet in TABLES
}
SHAPES |= {
    f"{sheet}: merged": (
        lambda book, sheet=sheet: book[sheet].merge_cells(
            start_row=FIRST, end_row=FIRST + 1, start_column=2, end_column=3
        ),
        "cell.merged",
    )
    for sheet in SHEETS
}
SHAPES |= {
    f"unknown item {one!r}": (set_cell(PRODUCT, "item", one), key)
    for one, key in (
        ("contact-recrod", "cell.unknown_item"),
        ("Contact record", "cell.id"),
        ("zzz", "cell.unknown_item"),
        ("company-record ", FINE),
        (12, "cell.unknown_item"),
        ("'; drop table", "cell.id"),
        ("../contact-record", "cell.id"),
    )
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_workbook_out_of_shape(name, light, as_written):
    change, expected = SHAPES[name]
    reading = read(edited(light, change))

    holds(reading, expected)
    if expected == FINE and not name.startswith("unknown item"):  # what is still there says what it said
        assert all(
            as_written[product][key] == record
            for product, key, record in reading.said()
            if name != "a name that is a script"
        )


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_two_columns_of_a_sheet_have_the_same_heading(language):
    """A workbook that lost its hidden ids is read by its headings."""
    t = texts("vendors", language)
    for table in COLUMNS:
        headings = [t(f"column.{column.field}") for column in columns(table)]
        assert len(set(headings)) == len(headings)


def test_there_are_at_least_three_hundred():
    assert len(FILES) + len(CELLS) + len(NUMBERS) + len(OTHERS) + len(SHAPES) >= 300


# ---------------------------------------------------------------- what all of them have in common


def test_none_of_them_changes_a_draft(data_folder, functional_map):
    """Through the same door as the page: what has a problem is refused, and the draft keeps its revision."""
    write_edition(data_folder / "editions" / "2026-9", functional_map, products=1)
    admin, now = Person("a", "Ada", "admin"), dt.datetime(2027, 3, 1, tzinfo=dt.UTC)
    draft = start_draft(admin, "2027", now)
    entries = all_entries(draft.edition)
    whole = edition_workbook(draft.edition, entries, entries, functional_map, EN, draft.stamp(now.date()))
    refused = 0
    for content in (
        b"",
        whole[: len(whole) // 2],
        *(
            edited(whole, SHAPES[name][0])
            for name in ("note: column deleted", "Sources: a line twice", "unknown item 'zzz'", "product-00: merged")
        ),
    ):
        reading = read_workbook(content, functional_map, list(draft.edition.products))
        with pytest.raises(PublishError):
            merge(admin, reading, analyst="Ana", file="x.xlsx", now=now)
        refused += 1

    assert refused == 6
    assert current_draft().revision == 0
    assert all_entries(current_draft().edition) == entries


def test_memory_stays_bounded(whole, tmp_path):
    """The heavy ones, in a process of their own that may not take more than 1.5 GiB of addresses: none does, and each is quick."""
    names = [name for name in FILES if re.search(r"bomb|million|far apart|100,000|XFD|document type|entity", name)]
    for place, name in enumerate(names):
        (tmp_path / f"{place}.xlsx").write_bytes(FILES[name][0](whole))
    script = textwrap.dedent(f"""
        import json, resource, sys, time
        resource.setrlimit(resource.RLIMIT_AS, (3 * 2**29, 3 * 2**29))
        from pathlib import Path
        from functional_map.load import load_map
        from vendors.spreadsheet_in import read_workbook
        functional_map, found = load_map(2026), []
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for place in range({len(names)}):
            reading = read_workbook(Path(sys.argv[1], f"{{place}}.xlsx").read_bytes(), functional_map, ["product-00"])
            found.append([one.key for one in reading.problems][:1])
        print(json.dumps([found, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024]))
    """)
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=300, check=True
    )
    found, megabytes = json.loads(done.stdout)

    assert [one[0] for one in found] == [FILES[name][1] for name in names]
    assert megabytes < 400
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 0


def test_a_marked_workbook_can_be_made_of_every_shape(whole):
    """Marking never fails where reading found cells to mark."""
    for name in ("Sources: a line twice", "rating: column deleted", "product-00: merged", "unknown item 'zzz'"):
        content = edited(whole, SHAPES[name][0])
        problems = read(content).problems
        book = openpyxl.load_workbook(io.BytesIO(marked(content, problems, FR)))
        comments = [
            cell.comment.text for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.comment
        ]

        assert comments and all(any(sentence(one, FR) in text for text in comments) for one in problems if one.row)
