"""Writing sheets: one look, and text is always written as text, whoever typed it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from interface.theme import GAP_MORE, GAP_ONE, LEVEL_COLOURS, LEVEL_INK, LIGHT

INPUT = "#FFF7DC"  # the ground of a cell that the reader may change
LONGEST_CELL = 32_000  # Excel's limit is 32,767 characters
# letters of the line at the foot, of which the last ones always stand: Excel takes 255 with every & written twice
LONGEST_FOOT, END_OF_FOOT = 115, 60
# control characters that XML cannot hold, and half characters
_UNWRITABLE = dict.fromkeys((*(set(range(32)) - {9, 10, 13}), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)))


class Book:
    """A workbook in memory with the formats of the house."""

    def __init__(self) -> None:
        self.target = io.BytesIO()
        self.book = xlsxwriter.Workbook(
            self.target,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": True,
            },
        )
        made = self.made
        self.text, self.wrapped, self.bold = made(), made(text_wrap=True), made(bold=True)
        self.title = made(bold=True, font_size=16, font_color=LIGHT.accent)
        self.muted = made(font_color=LIGHT.muted, text_wrap=True)
        self.head = made(
            bold=True, text_wrap=True, bg_color=LIGHT.accent, font_color="#FFFFFF", border=1, border_color=LIGHT.line
        )
        self.score, self.share, self.money = made(num_format="0.0"), made(num_format="0 %"), made(num_format="#,##0")
        self.total = made(num_format="#,##0", bold=True, top=1)
        self.levels = [
            made(bg_color=colour, font_color=ink, align="center")
            for colour, ink in zip(LEVEL_COLOURS, LEVEL_INK, strict=True)
        ]
        self.count = made(num_format="0;-0;;@", align="center")  # nothing is shown as nothing
        self.levels_covered, self.centred = made(num_format="0.0", align="center"), made(align="center")
        self.share_one, self.share_total = made(num_format="0.0 %"), made(num_format="0.0 %", bold=True, top=1)
        self.exact, self.faint = made(num_format="#,##0.####"), made(font_color="#A3ABA9")
        # what the reader may change
        cell = {"bg_color": INPUT, "border": 1, "border_color": "#D9CFA8", "align": "center"}
        self.input, self.input_share = made(**cell), made(**cell, num_format="0.0 %")
        self.unknown = made(pattern=14, fg_color=LIGHT.line, align="center", font_color=LIGHT.muted)
        self.gap_one, self.gap_more = (
            made(bg_color=GAP_ONE, align="center"),
            made(bg_color=GAP_MORE, font_color="#FFFFFF", align="center"),
        )

    def made(self, **look: Any) -> Any:
        """A format in the type of the house."""
        base = {"valign": "top", "font_name": "Calibri", "font_size": 10.5, "font_color": LIGHT.ink}
        return self.book.add_format(base | look)

    def sheet(self, name: str, heads: Sequence[str], widths: Sequence[float]) -> Any:
        """A sheet with a header row that stays in sight and filters."""
        sheet = self.book.add_worksheet(name[:31])
        sheet.hide_gridlines(2)
        for column, (head, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, clean(head), self.head)
        sheet.set_row(0, 44)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet

    def put(self, sheet: Any, row: int, column: int, value: Any, look: Any, formula: str = "") -> None:
        """A formula with the value that it has, or a number, or text as text, or an empty cell in its look."""
        if formula:
            sheet.write_formula(row, column, formula, look, clean(value) if isinstance(value, str) else value)
        elif value is None:
            sheet.write_blank(row, column, None, look)
        elif isinstance(value, str):
            sheet.write_string(row, column, clean(value), look)
        else:
            sheet.write_number(row, column, float(value), look)

    def foot(self, sheet: Any, text: str) -> None:
        """The same line at the foot of every printed page, with the page number."""
        # & begins a code there, and is written twice; Excel takes 255 characters with the page number
        line = clean(text)
        if len(line) > LONGEST_FOOT:
            # names may be long: the end, with the edition and the day, always stands
            line = f"{line[: LONGEST_FOOT - END_OF_FOOT - 1]}…{line[-END_OF_FOOT:]}"
        sheet.set_footer(f"&L&8{line.replace('&', '&&')}&R&8&P / &N")

    def level(self, sheet: Any, row: int, column: int, level: float | None) -> None:
        """A level on its colour; unknown is hatched."""
        if level is None:
            sheet.write_string(row, column, "?", self.unknown)
        else:
            sheet.write_number(row, column, level, self.levels[int(level)])

    def close(self) -> bytes:
        self.book.close()
        return self.target.getvalue()


def clean(text: Any) -> str:
    """Text that a cell can hold."""
    return str(text).translate(_UNWRITABLE)[:LONGEST_CELL]
