"""The house templates that come with the application. `python -m exports.default_templates` writes them anew.

They are ordinary .docx and .pptx files: a consultancy takes one, gives it its own fonts, colours and logo, and puts it
in `templates/` of the data folder.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from exports.word import in_schema_order
from interface.theme import LIGHT

FOLDER = Path(__file__).with_name("templates")
FONT = "Calibri"
WIDTH = 16.6  # of the text, in cm
MADE = dt.datetime(2026, 11, 21)  # files made twice are the same


def requirements_template() -> bytes:
    """The requirements expression."""
    made = _Template()
    made.front()
    made.paragraphs("summary", "sentence", "Normal")
    made.table(
        [("words.level", 1.6), ("words.level_asked", 11.6), ("words.functions", 3.4)],
        "level in levels",
        ["{{r level.chip }}", "{{ level.sentence }}", "{{ level.count }}"],
        centred=(0, 2),
    )
    made.contents()

    made.heading("words.context")
    made.table(None, "fact in context", ["{{ fact.label }}", "{{ fact.value }}"], widths=(5.0, 11.6), strong=(0,))
    made.heading("words.scope", new_page=True)
    made.paragraphs("scope", "sentence", "Normal")
    made.table(
        [("words.domain", 8.6), ("words.functions", 2.6), ("words.must_haves", 3.0), ("words.weight", 2.4)],
        "row in domains_in_scope",
        ["{{ row.domain }}", "{{ row.asked }}", "{{ row.must_haves }}", "{{ row.weight }}"],
        strong=(0,),
        centred=(1, 2, 3),
    )
    made.when("not_needed")
    made.paragraph("{{ words.not_needed }}", "Normal")
    made.bullets("sentence in not_needed", "{{ sentence }}")
    made.end()
    made.heading("words.method", new_page=True)
    made.paragraphs("method", "sentence", "Normal")
    made.table(
        [("words.level", 1.4), ("words.as_expectation", 5.0), ("words.as_rating", 10.2)],
        "row in scale",
        ["{{r row.chip }}", "{{ row.expectation }}", "{{ row.rating }}"],
        centred=(0,),
    )
    made.paragraphs("reading", "sentence", "Normal")

    made.when("must_haves")
    made.heading("words.must_haves")
    made.paragraph("{{ words.must_haves_what }}", "Lead")
    _asked_table(made, "must_haves", domain=True)
    made.end()

    made.heading("words.by_domain", new_page=True)
    made.paragraph("{{ words.by_domain_what }}", "Normal")
    made.block("for domain in domains")
    made.heading("domain.label", level=2)
    made.paragraph("{{ domain.purpose }}", "Lead")
    made.paragraph("{{ domain.state }}", "State")
    _asked_table(made, "domain.lines")
    made.when("domain.not_needed")
    made.paragraph("{{ domain.not_needed }}", "Small")
    made.end()
    made.end("for")

    made.when("own_items")
    made.heading("words.own_items")
    made.paragraph("{{ words.own_items_what }}", "Lead")
    _asked_table(made, "own_items", domain=True)
    made.end()
    made.when("open_points")
    made.heading("words.open_points")
    made.paragraph("{{ words.open_points_what }}", "Lead")
    made.table(
        [("words.domain", 4.6), ("words.points", 12.0)],
        "row in open_points",
        ["{{ row.domain }}", "{{ row.points }}"],
        strong=(0,),
    )
    made.end()
    return made.saved()


def shortlist_template() -> bytes:
    """The shortlist report."""
    made = _Template()
    made.front()
    made.paragraphs("summary", "sentence", "Normal")
    made.when("listed")
    made.table(
        [("words.rank", 0.9), ("words.offer", 6.4), ("words.fit", 2.9), ("words.cost", 4.2), ("words.chance", 2.2)],
        "row in listed",
        [
            "{{ row.rank }}",
            [
                ("{{ row.name }}", "Cell Strong"),
                ("{%p if row.add_ons %}", "Cell"),
                ("{{ row.add_ons }}", "Small"),
                ("{%p endif %}", "Cell"),
            ],
            [("{{ row.fit }}", "Cell Right"), ("{{ row.interval }}", "Small Right")],
            [("{{ row.cost }}", "Cell Right"), ("{{ row.cost_range }}", "Small Right")],
            "{{ row.chance }}",
        ],
        right=(2, 3, 4),
    )
    made.end()
    made.paragraph("{{ words.next_steps }}", "Front Heading")
    made.bullets("sentence in next_steps", "{{ sentence }}")
    made.contents()

    made.heading("words.funnel")
    made.paragraph("{{ words.funnel_what }}", "Lead")
    made.table(
        [("words.step", 4.2), ("words.left", 1.8), ("words.lost", 10.6)],
        "row in funnel",
        ["{{ row.step }}", "{{ row.left }}", "{{ row.lost }}"],
        strong=(0,),
        centred=(1,),
    )
    made.heading("words.ranking", new_page=True)
    made.paragraph("{{ words.ranking_what }}", "Normal")
    made.picture("ranking_picture")
    made.table(
        [
            ("words.rank", 0.9),
            ("words.offer", 4.8),
            ("words.fit", 2.1),
            ("words.documented", 2.1),
            ("words.cost", 2.4),
            ("words.chance", 2.0),
            ("words.verdict", 2.3),
        ],
        "row in ranking",
        [
            "{{ row.rank }}",
            "{{ row.name }}",
            [("{{ row.fit }}", "Cell Right"), ("{{ row.interval }}", "Small Right")],
            "{{ row.documented }}",
            "{{ row.cost }}",
            "{{ row.chance }}",
            "{{ row.verdict }}",
        ],
        right=(2, 3, 4, 5),
    )

    made.when("products")
    made.heading("words.products", new_page=True)
    made.block("for product in products")
    made.heading("product.name", level=2)
    made.paragraph("{{ product.summary }}", "Lead")
    made.paragraphs("product.figures", "sentence", "Normal")
    for part in ("strengths", "gaps"):
        made.when(f"product.{part}")
        made.paragraph(f"{{{{ words.{part} }}}}", "Heading 3")
        made.table(
            [
                ("words.item", 7.4),
                ("words.asked", 1.8),
                ("words.reached", 1.8),
                ("words.known", 3.4),
                ("words.points", 2.2),
            ],
            f"row in product.{part}",
            ["{{ row.item }}", "{{r row.asked }}", "{{r row.reached }}", "{{ row.known }}", "{{ row.points }}"],
            centred=(1, 2),
            right=(4,),
            together=True,
        )
        made.end()
    made.when("product.confirm")
    made.paragraph("{{ words.confirm }}", "Heading 3")
    made.bullets("sentence in product.confirm", "{{ sentence }}")
    made.end()
    made.when("product.options")
    made.paragraph("{{ words.options }}", "Heading 3")
    made.bullets("sentence in product.options", "{{ sentence }}")
    made.end()
    made.end("for")
    made.end()

    made.when("names")
    made.heading("words.comparison")
    made.paragraph("{{ words.by_domain }}", "Heading 3")
    made.matrix("words.domain", "row in by_domain", "{{ row.label }}", middle=("words.weight", "{{ row.weight }}"))
    made.when("apart")
    made.paragraph("{{ words.apart }}", "Heading 3")
    made.matrix("words.item", "row in apart", "{{ row.label }}", middle=("words.asked", "{{r row.asked }}"))
    made.end()
    made.heading("words.costs")
    made.picture("cost_picture")
    made.matrix("words.line", "row in costs", "{{ row.label }}", plain=True)
    made.paragraphs("cost_notes", "sentence", "Small")
    made.end()

    made.heading("words.robustness")
    made.paragraphs("robustness", "sentence", "Normal")
    made.picture("ranks_picture")
    made.when("left_out")
    made.heading("words.left_out")
    made.paragraph("{{ words.left_out_what }}", "Lead")
    made.block("for product in left_out")
    made.paragraph("{{ product.name }}", "Heading 3")
    made.paragraph("{{ product.figures }}", "State")
    made.bullets("reason in product.reasons", "{{ reason }}", keep=True)
    made.paragraph("{{ words.way_in }} – {{ product.way_in }}", "Way In")
    made.end("for")
    made.end()
    made.heading("words.settings")
    made.bullets("sentence in settings", "{{ sentence }}")
    return made.saved()


def decision_template() -> bytes:
    """The decision record."""
    made = _Template()
    made.front()
    made.paragraphs("summary", "sentence", "Lead")
    made.when("firm")
    made.paragraph("{{ firm }}", "Normal")
    made.end()
    made.when("reasons")
    made.paragraph("{{ words.reasons }}", "Front Heading")
    made.paragraphs("reasons", "sentence", "Normal")
    made.end()
    made.when("dissent")
    made.paragraph("{{ words.dissent }}", "Front Heading")
    made.table(
        [("words.who", 4.0), ("words.what", 12.6)],
        "row in dissent",
        ["{{ row.who }}", "{{ row.what }}"],
        strong=(0,),
    )
    made.end()

    made.heading("words.matrix")
    made.paragraph("{{ words.matrix_what }}", "Normal")
    made.matrix("words.offer", "row in matrix", "{{ row.label }}", plain=True)
    made.when("open_points")
    made.paragraph("{{ words.open_points }}", "Heading 3")
    made.bullets("sentence in open_points", "{{ sentence }}")
    made.end()
    made.when("team")
    made.heading("words.team")
    made.when("criteria")
    made.paragraph("{{ criteria }}", "Normal")
    made.end()
    made.table(
        [
            ("words.product", 2.9),
            ("words.criterion", 3.6),
            ("words.score", 1.8),
            ("words.who", 2.5),
            ("words.why", 5.8),
        ],
        "row in team",
        ["{{ row.product }}", "{{ row.criterion }}", "{{ row.score }}", "{{ row.who }}", "{{ row.why }}"],
        strong=(0,),
    )
    made.end()
    made.when("measures")
    made.heading("words.measures")
    made.paragraph("{{ words.measures_what }}", "Normal")
    made.table(
        [("words.product", 5.2), ("words.score", 5.2), ("words.people", 3.2), ("words.on", 3.0)],
        "row in measures",
        ["{{ row.product }}", "{{ row.score }}", "{{ row.people }}", "{{ row.on }}"],
        strong=(0,),
    )
    made.end()
    made.when("quotes")
    made.heading("words.quotes")
    made.table(
        [
            ("words.offer", 4.4),
            ("words.yearly", 2.5),
            ("words.setup", 2.3),
            ("words.dated", 2.3),
            ("words.valid_until", 2.5),
            ("words.gap", 2.6),
        ],
        "row in quotes",
        [
            "{{ row.offer }}",
            "{{ row.yearly }}",
            "{{ row.setup }}",
            "{{ row.dated }}",
            "{{ row.valid_until }}",
            "{{ row.gap }}",
        ],
        strong=(0,),
        right=(1, 2, 5),
    )
    made.end()
    made.when("earlier")
    made.heading("words.earlier")
    made.bullets("sentence in earlier", "{{ sentence }}")
    made.end()
    made.heading("words.basis")
    made.bullets("sentence in basis", "{{ sentence }}")
    return made.saved()


def _asked_table(made: _Template, lines: str, *, domain: bool = False) -> None:
    """What is asked, item by item: its level in words, with the verbatim and the owner."""
    under = "{{ line.domain }}" if domain else "{{ line.definition }}"
    made.table(
        [("words.function", 6.6), ("words.level", 1.5), ("words.what_is_asked", 8.5)],
        f"line in {lines}",
        [
            [("{{ line.item }}", "Cell Strong"), (under, "Small")],
            "{{r line.chip }}",
            [
                ("{{ line.sentence }}", "Cell"),
                ("{%p if line.verbatim %}", "Cell"),
                ("{{ line.verbatim }}", "Verbatim"),
                ("{%p endif %}", "Cell"),
                ("{%p if line.mark %}", "Cell"),
                ("{{ line.mark }}", "Small"),
                ("{%p endif %}", "Cell"),
            ],
        ],
        centred=(1,),
        band="line.area",
    )


class _Template:
    """A document with the styles of the house, written top to bottom."""

    def __init__(self) -> None:
        self.document = Document()
        body = self.document.element.body
        for element in list(body):
            if element.tag != qn("w:sectPr"):
                body.remove(element)
        _styles(self.document)
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.2)
        section.top_margin, section.bottom_margin = Cm(2.2), Cm(2.0)
        section.header_distance = section.footer_distance = Cm(1.0)
        self._head_and_foot(section)

    def _head_and_foot(self, section: Any) -> None:
        header = section.header.paragraphs[0]
        header.style = self.document.styles["Header"]
        header.add_run("{{ front.title }}\t{{ front.client }}")
        footer = section.footer.paragraphs[0]
        footer.style = self.document.styles["Footer"]
        footer.add_run("{{ front.about }}\t")
        _page_field(footer, "PAGE")
        footer.add_run(" / ")
        _page_field(footer, "NUMPAGES")

    def front(self) -> None:
        """The first page: what it is, for whom, of when, and the summary that a director reads alone."""
        table = self.document.add_table(1, 1)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        cell = table.cell(0, 0)
        cell.width = Cm(WIDTH)
        _shade(cell, LIGHT.accent)
        _cell_margins(cell, 340)
        for text, style in (
            ("{{ front.title }}", "Title"),
            ("{{ front.client }}", "Subtitle"),
            ("{{ front.project }}", "Subtitle"),
            ("{{ front.dated }}", "Front Line"),
        ):
            self._into(cell, text, style)
        self.paragraph("{{ words.summary }}", "Front Heading")

    def contents(self) -> None:
        self.paragraph("{{ words.contents }}", "Front Heading").paragraph_format.page_break_before = True
        self.paragraph("{{ contents }}", "Normal")

    def heading(self, field: str, *, level: int = 1, new_page: bool = False) -> None:
        paragraph = self.paragraph(f"{{{{ {field} }}}}", f"Heading {level}")
        if new_page:
            paragraph.paragraph_format.page_break_before = True

    def paragraph(self, text: str, style: str) -> Any:
        return self.document.add_paragraph(text, style=style)

    def paragraphs(self, field: str, name: str, style: str) -> None:
        self.block(f"for {name} in {field}")
        self.paragraph(f"{{{{ {name} }}}}", style)
        self.end("for")

    def bullets(self, loop: str, text: str, *, keep: bool = False) -> None:
        """keep: on the page of what follows"""
        self.block(f"for {loop}")
        self.paragraph(text, "List Bullet").paragraph_format.keep_with_next = keep or None
        self.end("for")

    def picture(self, field: str) -> None:
        self.paragraph(f"{{{{ {field} }}}}", "Picture")

    def when(self, field: str) -> None:
        self.block(f"if {field}")

    def block(self, statement: str) -> None:
        self.paragraph(f"{{%p {statement} %}}", "Normal")

    def end(self, kind: str = "if") -> None:
        self.paragraph(f"{{%p end{kind} %}}", "Normal")

    def table(
        self,
        heads: list[tuple[str, float]] | None,
        loop: str,
        cells: list[Any],
        *,
        widths: tuple[float, ...] = (),
        centred: tuple[int, ...] = (),
        right: tuple[int, ...] = (),
        strong: tuple[int, ...] = (),
        small: tuple[int, ...] = (),
        band: str = "",
        together: bool = False,
    ) -> None:
        """A table with one row for each turn of a loop.

        heads   (field, width in cm) of each column; None for a table without a head
        cells   the text of each cell, or its paragraphs as (text, style)
        band    a field whose text, where there is one, stands above the row over its whole width
        together  a short table that no page break may cut
        """
        widths = widths or tuple(width for _, width in heads or ())
        table = self.document.add_table(0, len(widths))
        _table_look(table, widths)
        if heads:
            row = table.add_row()
            _row_flag(row, "w:tblHeader")
            _row_flag(row, "w:cantSplit")
            for place, (field, _) in enumerate(heads):
                style = "Head Centred" if place in centred else "Head Right" if place in right else "Head"
                self._into(row.cells[place], f"{{{{ {field} }}}}", style)
                _shade(row.cells[place], LIGHT.accent)
        self._statement_row(table, f"for {loop}")
        if band:
            self._statement_row(table, f"if {band}")
            row = table.add_row()
            _row_flag(row, "w:cantSplit")
            cell = row.cells[0].merge(row.cells[-1])
            _shade(cell, LIGHT.panel)
            self._into(cell, f"{{{{ {band} }}}}", "Band")
            self._statement_row(table, "endif")
        row = table.add_row()
        _row_flag(row, "w:cantSplit")
        for place, content in enumerate(cells):
            style = "Cell"
            for places, kind in (
                (centred, "Cell Centred"),
                (right, "Cell Right"),
                (strong, "Cell Strong"),
                (small, "Small"),
            ):
                style = kind if place in places else style
            for text, own in content if isinstance(content, list) else [(content, style)]:
                self._into(row.cells[place], text, own)
                row.cells[place].paragraphs[-1].paragraph_format.keep_with_next = together or None
        self._statement_row(table, "endfor")
        for row in table.rows:
            for cell, width in zip(row.cells, widths, strict=False):
                if cell._tc.grid_span == 1:
                    cell.width = Cm(width)
        self.paragraph("", "After Table")

    def matrix(
        self, head: str, loop: str, label: str, *, middle: tuple[str, str] | None = None, plain: bool = False
    ) -> None:
        """A table with a column for each shortlisted product; its grid says how wide the whole of it is.

        middle  (field of the head, text) of a narrow column before those of the products
        plain   the cells are text, not on a colour
        """
        fixed = [5.0, 1.9] if middle else [4.0]
        loops = [0.1, WIDTH - sum(fixed) - 0.2, 0.1]
        table = self.document.add_table(0, len(fixed) + 3)
        _table_look(table, (*fixed, *loops))
        cell = "{{ cell }}" if plain else "{% cellbg cell.colour %}{{r cell.text }}"
        rows = [
            (
                "Head",
                f"{{{{ {head} }}}}",
                f"{{{{ {middle[0] if middle else ''} }}}}",
                "for name in names",
                "{{ name }}",
            ),
            ("Cell", label, middle[1] if middle else "", f"for cell in {loop.split()[0]}.cells", cell),
        ]
        for kind, first, second, statement, content in rows:
            if kind == "Cell":
                self._statement_row(table, f"for {loop}")
            row = table.add_row()
            _row_flag(row, "w:cantSplit")
            if kind == "Head":
                _row_flag(row, "w:tblHeader")
            texts = [(first, kind if kind == "Head" else "Cell Strong")]
            if middle:
                texts.append((second, f"{kind} Centred"))
            texts += [
                (f"{{%tc {statement} %}}", kind),
                (content, f"{kind} Right" if plain else f"{kind} Centred"),
                ("{%tc endfor %}", kind),
            ]
            for place, (text, style) in enumerate(texts):
                self._into(row.cells[place], text, style)
                # the width of one product's column; all are stretched to the grid when their number is known
                row.cells[place].width = Cm(2.2 if place == len(texts) - 2 else [*fixed, *loops][place])
                if kind == "Head":
                    _shade(row.cells[place], LIGHT.accent)
        self._statement_row(table, "endfor")
        self.paragraph("", "After Table")

    def _statement_row(self, table: Any, statement: str) -> None:
        table.add_row().cells[0].text = f"{{%tr {statement} %}}"

    def _into(self, cell: Any, text: str, style: str) -> None:
        first = cell.paragraphs[0]
        paragraph = first if not first.text and len(cell.paragraphs) == 1 and not first.runs else cell.add_paragraph()
        paragraph.style = self.document.styles[style]
        paragraph.add_run(text)

    def saved(self) -> bytes:
        for part in (self.document.element, self.document.styles.element):
            in_schema_order(part)
        properties = self.document.core_properties
        properties.author = properties.last_modified_by = properties.comments = properties.title = ""
        properties.created = properties.modified = MADE
        target = io.BytesIO()
        self.document.save(target)
        return target.getvalue()


def _styles(document: Any) -> None:
    """The styles of the house; every text of a document has one of them."""
    styles = document.styles
    normal = styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(10.5)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    normal.font.color.rgb = _rgb(LIGHT.ink)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(5), 1.08

    def style(name: str, base: str = "Normal", **look: Any) -> Any:
        found = (
            styles[name] if name in [one.name for one in styles] else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        )
        found.base_style = styles[base]
        found.hidden = False
        found.quick_style = True
        font, shape = found.font, found.paragraph_format
        font.name, font.italic = FONT, look.get("italic", False)
        fonts = found.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{attribute}"), None)
        font.size, font.bold = Pt(look.get("size", 10.5)), look.get("bold", False)
        font.color.rgb = _rgb(look.get("colour", LIGHT.ink))
        shape.space_before, shape.space_after = Pt(look.get("before", 0)), Pt(look.get("after", 5))
        shape.line_spacing = look.get("line", 1.08)
        shape.keep_with_next = look.get("keep", False)
        shape.alignment = {"left": 0, "centre": 1, "right": 2}[look.get("align", "left")]
        return found

    style("Title", size=26, bold=True, colour="#FFFFFF", after=2, line=1.0)
    _no_border(styles["Title"])
    style("Subtitle", size=14, colour="#FFFFFF", after=0)
    style("Front Line", size=10.5, colour="#FFFFFF", before=8, after=0)
    style("Front Heading", size=15, bold=True, colour=LIGHT.accent, before=14, after=5, keep=True)
    style("Heading 1", size=17, bold=True, colour=LIGHT.accent, before=20, after=7, keep=True)
    style("Heading 2", size=13, bold=True, colour=LIGHT.accent, before=16, after=3, keep=True)
    style("Heading 3", size=11, bold=True, before=10, after=2, keep=True)
    _number(document, styles)
    style("Lead", size=10.5, colour=LIGHT.ink, after=2, keep=True)
    style("Small", size=9, colour=LIGHT.muted, after=2, line=1.0)
    style("Small Right", "Small", size=8.5, colour=LIGHT.muted, after=0, line=1.0, align="right")
    style("State", size=9, colour=LIGHT.muted, after=3, line=1.0, keep=True)
    style("Way In", size=10, colour=LIGHT.accent, after=4)
    style("List Bullet", after=2)
    style("Cell", size=9.5, after=1, line=1.0)
    style("Cell Strong", "Cell", size=9.5, bold=True, after=1, line=1.0)
    style("Cell Centred", "Cell", size=9.5, after=1, line=1.0, align="centre")
    style("Cell Right", "Cell", size=9.5, after=1, line=1.0, align="right")
    style("Verbatim", "Cell", size=9.5, italic=True, colour=LIGHT.accent, before=1, after=1, line=1.0)
    for name, align in (("Head", "left"), ("Head Centred", "centre"), ("Head Right", "right")):
        style(name, size=9, bold=True, colour="#FFFFFF", after=1, line=1.0, align=align, keep=True)
    style("Band", size=9, bold=True, colour=LIGHT.muted, before=1, after=1, line=1.0, keep=True)
    style("After Table", size=5, after=0, line=1.0)
    style("Picture", after=4, keep=False)
    for level, indent in ((1, 0.0), (2, 0.7)):
        contents = style(f"toc {level}", after=1, bold=level == 1, size=10.5 if level == 1 else 9.5)
        contents.paragraph_format.left_indent = Cm(indent)
        contents.paragraph_format.tab_stops.add_tab_stop(Cm(indent + (0.7 if level == 1 else 1.0)))
    for name in ("Header", "Footer"):
        bar = style(name, size=8.5, colour=LIGHT.muted, after=0)
        tabs = bar.paragraph_format.tab_stops
        tabs.clear_all()
        tabs.add_tab_stop(Cm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)


def _number(document: Any, styles: Any) -> None:
    """Headings of the first two levels count themselves: 1, 1.1."""
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
        f'<w:pStyle w:val="Heading{place + 1}"/><w:suff w:val="tab"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:tabs><w:tab w:val="num" w:pos="{indent}"/></w:tabs><w:ind w:left="{indent}" w:hanging="{indent}"/>'
        "</w:pPr></w:lvl>"
        for place, (text, indent) in enumerate((("%1", 567), ("%1.%2", 709)))
    )
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
    )
    numbering.insert(0, abstract)
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    for level in (1, 2):
        properties = styles[f"Heading {level}"].element.get_or_add_pPr()
        properties.append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level - 1}"/><w:numId w:val="90"/></w:numPr>')
        )


def _table_look(table: Any, widths: tuple[float, ...]) -> None:
    """Thin lines between the rows, columns of a fixed width."""
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    line = LIGHT.line.removeprefix("#")
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{line}"/>' for side in ("top", "bottom", "insideH")
    )
    table._tbl.tblPr.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{borders}</w:tblBorders>"))
    table._tbl.tblPr.append(
        parse_xml(
            f'<w:tblCellMar {nsdecls("w")}><w:top w:w="40" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>'
            '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar>'
        )
    )
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)


def _row_flag(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _shade(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:color"), "auto")
    shade.set(qn("w:fill"), colour.removeprefix("#"))
    cell._tc.get_or_add_tcPr().append(shade)


def _cell_margins(cell: Any, twips: int) -> None:
    sides = "".join(f'<w:{side} w:w="{twips}" w:type="dxa"/>' for side in ("top", "left", "bottom", "right"))
    cell._tc.get_or_add_tcPr().append(parse_xml(f"<w:tcMar {nsdecls('w')}>{sides}</w:tcMar>"))


def _no_border(style: Any) -> None:
    properties = style.element.get_or_add_pPr()
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)


def _page_field(paragraph: Any, name: str) -> None:
    for kind in ("begin", None, "end"):
        run = paragraph.add_run()
        if kind is None:
            text = OxmlElement("w:instrText")
            text.set(qn("xml:space"), "preserve")
            text.text = f" {name} "
            run._r.append(text)
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#"))


# slides


def slides_template() -> bytes:
    """The slides of the shortlist: a cover, and layouts for text, for a table and for a chart."""
    from pptx import Presentation

    deck = Presentation()
    deck.slide_width, deck.slide_height = int(WIDE * 914_400), int(HIGH * 914_400)
    layouts = list(deck.slide_layouts)
    for layout in layouts[4:]:
        deck.slide_layouts.remove(layout)
    _theme(deck)
    _master(deck.slide_master)
    for layout, (name, places) in zip(layouts, SLIDE_PLACES.items(), strict=False):
        layout.name = name
        layout._element.attrib.pop("type", None)
        tree = layout.shapes._spTree
        for shape in list(layout.shapes):
            tree.remove(shape._element)
        if name == "cover":
            tree.append(_band(2, LIGHT.accent, 0, 0, WIDE, HIGH))
        else:
            tree.append(_band(2, LIGHT.accent, 0, 0, 0.18, HIGH))
        for number, place in enumerate(places, start=3):
            tree.append(_place(number, *place))
    properties = deck.core_properties
    properties.author = properties.last_modified_by = properties.title = ""
    properties.created = properties.modified = MADE
    target = io.BytesIO()
    deck.save(target)
    return target.getvalue()


WIDE, HIGH = 13.333, 7.5  # inches
_FOOT = [
    ("body", 20, "{{ about }}", 0.6, 7.0, 10.5, 0.32, 10, False, LIGHT.muted, "l"),
    ("body", 21, "{{ number }}", 11.7, 7.0, 1.0, 0.32, 10, False, LIGHT.muted, "r"),
]
_TITLE = ("title", 0, "{{ title }}", 0.6, 0.35, 12.1, 0.8, 26, True, LIGHT.accent, "l")
_LEAD = ("body", 11, "{{ lead }}", 0.6, 1.12, 12.1, 0.62, 14, False, LIGHT.muted, "l")
# layout -> (kind, number, field, left, top, width, height, size, bold, colour, alignment) of its places
SLIDE_PLACES: dict[str, list[tuple[Any, ...]]] = {
    "cover": [
        ("title", 0, "{{ title }}", 0.9, 2.3, 11.5, 1.1, 44, True, "#FFFFFF", "l"),
        ("body", 11, "{{ client }}", 0.9, 3.45, 11.5, 0.6, 24, False, "#FFFFFF", "l"),
        ("body", 12, "{{ project }}", 0.9, 4.05, 11.5, 0.6, 20, False, "#FFFFFF", "l"),
        ("body", 13, "{{ dated }}", 0.9, 6.4, 11.5, 0.5, 14, False, "#FFFFFF", "l"),
    ],
    "text": [_TITLE, ("body", 10, "{{ body }}", 0.6, 1.5, 12.1, 5.2, 20, False, LIGHT.ink, "l"), *_FOOT],
    "table": [_TITLE, _LEAD, ("body", 10, "{{ table }}", 0.6, 1.8, 12.1, 5.0, 14, False, LIGHT.ink, "l"), *_FOOT],
    "chart": [_TITLE, _LEAD, ("body", 10, "{{ chart }}", 0.6, 1.8, 12.1, 5.0, 14, False, LIGHT.ink, "l"), *_FOOT],
}
_DRAWING = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)


def _emu(inches: float) -> int:
    return int(inches * 914_400)


def _place(
    number: int,
    kind: str,
    index: int,
    field: str,
    left: float,
    top: float,
    width: float,
    height: float,
    size: float,
    bold: bool,
    colour: str,
    align: str,
) -> Any:
    """A placeholder of a layout; its prompt says what goes there."""
    mark = '<p:ph type="title"/>' if kind == "title" else f'<p:ph type="body" idx="{index}" hasCustomPrompt="1"/>'
    spacing = (
        '<a:spcBef><a:spcPts val="1000"/></a:spcBef>' if "body" in field else '<a:spcBef><a:spcPts val="0"/></a:spcBef>'
    )
    anchor = "b" if kind == "title" else "t"
    return parse_xml(
        f'<p:sp {_DRAWING}><p:nvSpPr><p:cNvPr id="{number}" name="{field.strip("{} ")}"/><p:cNvSpPr><a:spLocks noGrp="1"/>'
        f'</p:cNvSpPr><p:nvPr>{mark}</p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x="{_emu(left)}" y="{_emu(top)}"/>'
        f'<a:ext cx="{_emu(width)}" cy="{_emu(height)}"/></a:xfrm></p:spPr><p:txBody>'
        f'<a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}"><a:normAutofit/></a:bodyPr><a:lstStyle>'
        f'<a:lvl1pPr marL="0" indent="0" algn="{align}">{spacing}<a:buNone/>'
        f'<a:defRPr sz="{int(size * 100)}" b="{int(bold)}"><a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill>'
        f"</a:defRPr></a:lvl1pPr></a:lstStyle><a:p><a:r><a:rPr/><a:t>{field}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


def _band(number: int, colour: str, left: float, top: float, width: float, height: float) -> Any:
    return parse_xml(
        f'<p:sp {_DRAWING}><p:nvSpPr><p:cNvPr id="{number}" name="band"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>'
        f'<a:xfrm><a:off x="{_emu(left)}" y="{_emu(top)}"/><a:ext cx="{_emu(width)}" cy="{_emu(height)}"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill>'
        "<a:ln><a:noFill/></a:ln></p:spPr></p:sp>"
    )


def _master(master: Any) -> None:
    """The master keeps a title and a text; everything else stands on the layouts."""
    for shape in list(master.placeholders):
        if shape.placeholder_format.type in (1, 2):  # title, body
            shape.left, shape.width = _emu(0.6), _emu(12.1)
            shape.top, shape.height = (
                (_emu(0.35), _emu(0.8)) if shape.placeholder_format.type == 1 else (_emu(1.5), _emu(5.2))
            )
        else:
            shape._element.getparent().remove(shape._element)


def _theme(deck: Any) -> None:
    """The colours that somebody who adds a shape is offered."""
    part = next(rel.target_part for rel in deck.slide_master.part.rels.values() if rel.reltype.endswith("/theme"))
    colours = (LIGHT.accent, "#0B5577", "#3F8CB0", "#93BDD3", LIGHT.warn, LIGHT.bad)
    text = part.blob.decode("utf-8")
    for place, colour in enumerate(colours, start=1):
        text = re.sub(
            rf"<a:accent{place}>.*?</a:accent{place}>",
            f'<a:accent{place}><a:srgbClr val="{colour[1:]}"/></a:accent{place}>',
            text,
            flags=re.DOTALL,
        )
    part._blob = text.encode("utf-8")


MAKERS = {
    "requirements.docx": requirements_template,
    "shortlist.docx": shortlist_template,
    "decision.docx": decision_template,
    "slides.pptx": slides_template,
}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, make in MAKERS.items():
        (FOLDER / name).write_bytes(make())


if __name__ == "__main__":
    main()
