"""The cells of a workbook, bounded, by a reader some ten times as fast as openpyxl.

The fast reader gives the last result of a formula and leaves errors empty: nothing of either may be taken for a value.
Where a workbook holds one, openpyxl says in which cells.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum

from functional_map.workbook_guard import MOST_ROWS, formulas_or_errors

MOST_READ = 80  # columns; beyond them stands nothing that is read
MOST_PLACES = 3_000_000  # of all sheets, empty ones among them: the reader keeps a place for each
HEAD_LINES = 12  # within these the row of column ids is looked for
FORMULA = object()  # what stands in a cell with a formula


class UnreadableError(ValueError):
    """The cells of a workbook cannot be read."""


class TooSpreadError(ValueError):
    """The cells of a workbook lie so far apart that the empty places between them would fill the memory."""


class Sheet:
    """A worksheet. Its first rows are kept, because they say what the sheet is; a sheet of charts has none."""

    def __init__(self, name: str, cells: CalamineSheet | None, special: Mapping[tuple[int, int], Any]) -> None:
        self.name, self.cells, self.special = name, cells, special
        self.top = self._rows(HEAD_LINES)

    def rows(self, first: int) -> Iterator[tuple[int, list[Any]]]:
        """The rows from a line on, each with its number; lines and columns count from 1."""
        return ((number, row) for number, row in enumerate(self._rows(MOST_ROWS), start=1) if number >= first)

    @property
    def merged(self) -> list[str]:
        """The ranges whose cells are merged, such as B2:C4: their values hide in one cell."""
        ranges = (self.cells.merged_cell_ranges if self.cells else None) or []
        return [":".join(f"{get_column_letter(column + 1)}{line + 1}" for line, column in ends) for ends in ranges]

    def _rows(self, most: int) -> list[list[Any]]:
        found = self.cells.to_python(skip_empty_area=False, nrows=most) if self.cells else []
        rows = [row[:MOST_READ] for row in found]
        for (line, column), value in self.special.items():
            if line <= most:
                rows.extend([] for _ in range(line - len(rows)))
                row = rows[line - 1]
                row.extend([""] * (column - len(row)))
                row[column - 1] = value
        return rows


def read_sheets(content: bytes) -> list[Sheet]:
    """Every sheet of a workbook that was not refused.

    Raises TooSpreadError, and UnreadableError or an error of the readers for what they cannot make out.
    """
    try:
        special = _special_cells(content) if formulas_or_errors(content) else {}
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if not book.sheets_metadata:
            raise UnreadableError("no sheets")
        sheets, places = [], 0
        for about in book.sheets_metadata:
            cells = book.get_sheet_by_name(about.name) if about.typ == SheetTypeEnum.WorkSheet else None
            places += cells.total_height * cells.total_width if cells else 0
            if places > MOST_PLACES:
                raise TooSpreadError
            sheets.append(Sheet(about.name, cells, special.get(about.name, {})))
    except BaseException as error:
        # a reader in Rust that meets what it never expected stops with an error that is no Exception
        if type(error).__name__ == "PanicException":
            raise UnreadableError(str(error)) from error
        raise
    return sheets


def _special_cells(content: bytes) -> dict[str, dict[tuple[int, int], Any]]:
    """Formulas and errors, by sheet and by line and column."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    found: dict[str, dict[tuple[int, int], Any]] = {}
    for sheet in book.worksheets:
        if not hasattr(sheet, "iter_rows"):
            continue
        sheet.reset_dimensions()
        found[sheet.title] = {
            (cell.row, cell.column): FORMULA if cell.data_type == "f" else cell.value
            for row in sheet.iter_rows(max_row=MOST_ROWS)
            for cell in row[:MOST_READ]
            if cell.data_type in ("f", "e")
        }
    return found
