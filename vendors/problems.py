"""One thing to mend, as the id of a sentence with its values: pages, workbooks and the terminal put it into words."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Problem:
    """What is wrong, in which entry of which product, and in which cell where it comes from a workbook."""

    key: str
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    product: str = ""  # empty: the edition as a whole
    table: str = ""  # one of the tables of vendors.entries
    entry: str = ""
    field: str = ""
    sheet: str = ""
    row: int = 0  # as the spreadsheet program counts; 0: the whole sheet
    column: int = 0

    def at(self, sheet: str, row: int, column: int) -> Problem:
        """The same problem, found in a cell."""
        return dataclasses.replace(self, sheet=sheet, row=row, column=column)

    @property
    def cell(self) -> str:
        """The cell as spreadsheet programs call it: "K12"; empty for a whole sheet."""
        return f"{column_letters(self.column)}{self.row}" if self.row and self.column else ""


def column_letters(number: int) -> str:
    """The name of a column: 1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
