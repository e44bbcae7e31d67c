"""The shortlist on slides for a steering committee: native charts and tables, on the layouts of a house template.

A template is a .pptx whose slide master has the layouts of LAYOUTS. The text of a placeholder in a layout says what goes
there: `{{ title }}`, `{{ table }}`, `{{ about }}`. A template with an unknown field, or without what a layout needs, is
refused with its name.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Pt

from exports.charts import GROUPS, rank_table
from exports.delivery import Delivery
from exports.front import Front, front
from exports.shortlist_report import ReportWriter
from exports.word import TemplateProblem, clean
from interface.theme import LEVEL_COLOURS, LEVEL_INK, LIGHT
from scoring.cost import LINES
from workshops.reasons import strengths_and_gaps

# layout -> the object that it must have a place for; "" where text is enough
LAYOUTS = {"cover": "", "text": "body", "table": "table", "chart": "chart"}
TEXTS = ("title", "lead", "body", "client", "project", "dated", "about", "number")
OBJECTS = ("table", "chart")
FIELD = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
COST_COLOURS = ("#0B5577", "#3F8CB0", "#93BDD3", "#5CA3A0", "#BFDAD8", "#8A5A00", "#D9A95B", "#5B6664", "#A9B4B1")
# thousands apart as the language of the document has them, whatever the computer of the reader is set to
AMOUNTS = {"en": "#,##0", "fr": '[>=1000000]#"\u00a0"###"\u00a0"000;[>=1000]#"\u00a0"000;0'}
RANKED = 12  # products in the chart of the ranking
SHOWN = 0.06  # a share below is too narrow for its number
MOST_LINES = 26  # lines of text that a table may take on one slide
NAMED = 3  # strengths and gaps on the slide of the products
LANGUAGE = {"en": MSO_LANGUAGE_ID.ENGLISH_UK, "fr": MSO_LANGUAGE_ID.FRENCH}


@dataclass(frozen=True)
class Table:
    """A table of a slide; `shades` are the levels that colour its cells."""

    heads: list[str]
    rows: list[list[str]]
    widths: list[float]  # shares of the whole width
    shades: list[list[int | None]] = field(default_factory=list)
    centred: bool = False  # all columns but the first


@dataclass(frozen=True)
class Chart:
    """Stacked horizontal bars: one row for each category."""

    categories: list[str]
    series: list[tuple[str, list[float], str]]  # name, values, colour; "" for a bar that is not seen
    alt: str
    number_format: str
    labels: dict[int, list[str]] = field(default_factory=dict)  # series -> words on its bars
    legend: bool = True
    most: float | None = None


@dataclass(frozen=True)
class Slide:
    layout: str
    title: str
    lead: str = ""
    body: tuple[str, ...] = ()
    table: Table | None = None
    chart: Chart | None = None


def shortlist_slides(delivery: Delivery, template: bytes) -> bytes:
    """The slides of a project on a house template.

    Raises TemplateProblem for a template that does not fit, and NothingAskedError while nothing is asked.
    """
    if problems := slide_problems(template):
        raise TemplateProblem(problems)
    deck = _opened(template)
    _remove_slides(deck)
    first = front(delivery, delivery.t("slides.title"))
    for number, slide in enumerate(_Writer(delivery).slides(first), start=1):
        _add(deck, slide, first, number)
    _set_language(deck, delivery.language)
    deck.core_properties.title, deck.core_properties.author = clean(first.title)[:250], ""
    target = io.BytesIO()
    deck.save(target)
    return target.getvalue()


def slide_problems(template: bytes) -> list[tuple[str, dict[str, Any]]]:
    """What is wrong with a template for slides: layouts that are missing, unknown fields, places that are missing."""
    try:
        layouts = {layout.name.strip().lower(): layout for layout in _opened(template).slide_layouts}
        found = {name: _fields(layout) for name, layout in layouts.items() if name in LAYOUTS}
    except Exception:  # whatever a damaged file makes its reader do, the person needs one sentence
        return [("template.problem.unreadable", {})]
    problems: list[tuple[str, dict[str, Any]]] = [
        ("template.problem.layout", {"layout": name}) for name in LAYOUTS if name not in layouts
    ]
    unknown = {one for fields in found.values() for one in fields if one not in (*TEXTS, *OBJECTS)}
    problems += [("template.problem.field", {"field": name}) for name in sorted(unknown)]
    for name, fields in found.items():
        for wanted in ("title", LAYOUTS[name]):
            if wanted and wanted not in fields:
                problems.append(("template.problem.place", {"layout": name, "field": wanted}))
    return problems


def _fields(layout: Any) -> list[str]:
    return [name for shape in layout.placeholders for name in FIELD.findall(shape.text_frame.text)]


def _opened(template: bytes) -> Any:
    return Presentation(io.BytesIO(template))


def _remove_slides(deck: Any) -> None:
    """A template may hold example slides; a delivery starts empty."""
    listed = deck.slides._sldIdLst
    for entry in list(listed):
        deck.part.drop_rel(entry.rId)
        listed.remove(entry)


class _Writer:
    """What the slides say: the sentences and rows of the report, fewer of them."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery, self.a, self.t = delivery, delivery.assessment, delivery.t
        self.report = ReportWriter(delivery)
        self.listed = self.report.listed
        self.rows = [self.report.offer(offer, place) for place, offer in enumerate(self.report.every, start=1)]

    def slides(self, first: Front) -> Iterator[Slide]:
        t, report = self.t, self.report
        yield Slide("cover", first.title)
        yield Slide("text", t("slides.summary", count=len(self.listed)), body=tuple(report.summary()))
        yield self.funnel()
        yield self.ranking()
        if self.listed:
            yield self.products()
            yield from self.domains()
            yield self.costs()
        if report.sampled:
            yield self.robustness()
        yield from self.left_out()
        yield Slide("text", t("report.words.next_steps"), body=tuple(report.next_steps()))
        yield Slide("text", t("report.words.settings"), body=tuple(self.delivery.settings))

    def funnel(self) -> Slide:
        t = self.t
        rows = [[row.step, row.left, row.lost] for row in self.report.funnel()]
        heads = [t("report.words.step"), t("report.words.left"), t("report.words.lost")]
        title = t("slides.funnel", products=t("report.products", count=len(self.rows)), count=len(self.listed))
        return Slide("table", title, t("report.words.funnel_what"), table=Table(heads, rows, [0.2, 0.1, 0.7]))

    def ranking(self) -> Slide:
        """The interval of each fit as a bar whose two tones meet at the likely value."""
        t, table = self.t, self.a.table
        offers = self.report.every[:RANKED]
        low, fit, high = (list(table.loc[offers, name] * 100) for name in ("low", "fit", "high"))
        chart = Chart(
            [self.report.name(offer) for offer in offers],
            [
                (t("charts.below"), low, ""),
                (t("charts.cautious"), [b - a for a, b in zip(low, fit, strict=True)], LIGHT.accent),
                (t("charts.generous"), [c - b for b, c in zip(fit, high, strict=True)], "#9FC4C2"),
            ],
            t("charts.ranking_alt", count=len(offers)),
            "0",
            labels={1: [self.delivery.words.score(one / 100) for one in fit]},
            legend=False,  # the sentence above says what the two tones are
            most=100.0,
        )
        title = t("charts.ranking", offer=self.rows[0].name, fit=self.rows[0].fit)
        lead, count = t("slides.ranking_lead"), len(self.report.every)
        if count > RANKED:
            lead += " " + t("slides.ranking_first", shown=RANKED, count=count)
        return Slide("chart", title, lead, chart=chart)

    def products(self) -> Slide:
        t, report = self.t, self.report
        rows = []
        for offer in self.listed:
            row = report.offer(offer, 0)
            ahead, lost = strengths_and_gaps(self.a, offer, NAMED)
            rows.append(
                [
                    f"{row.name} {row.add_ons}".strip(),
                    row.fit,
                    row.cost,
                    row.chance,
                    t.list([clean(self.delivery.words.item(item)) for item in ahead.index]) or "–",
                    t.list([clean(self.delivery.words.item(item)) for item in lost.index]) or "–",
                ]
            )
        heads = [t(f"report.words.{name}") for name in ("offer", "fit", "cost", "chance", "strengths", "gaps")]
        return Slide("table", t("slides.products"), table=Table(heads, rows, [0.2, 0.08, 0.11, 0.09, 0.26, 0.26]))

    def domains(self) -> Iterator[Slide]:
        t, fit = self.t, self.a.fit
        share = fit.domain_fit.loc[self.listed]
        rows, shades = [], []
        for domain in share.columns:
            values = [float(share.at[offer, domain]) for offer in self.listed]
            rows.append(
                [
                    self.delivery.words.domain(domain),
                    t.percent(fit.weights[domain]),
                    *(self.delivery.words.score(value) for value in values),
                ]
            )
            shades.append([None, None, *(min(4, int(value * 4 + 0.5)) for value in values)])
        heads = [t("report.words.domain"), t("report.words.weight"), *(self.report.short(one) for one in self.listed)]
        widths = [0.3, 0.08, *[0.62 / len(self.listed)] * len(self.listed)]
        yield Slide(
            "table",
            t("slides.domains"),
            t("report.words.by_domain"),
            table=Table(heads, rows, widths, shades, centred=True),
        )

    def costs(self) -> Slide:
        t, words, context = self.t, self.delivery.words, self.a.project.context
        by_line = self.a.cost.by_line.loc[self.listed]
        totals = self.a.cost.totals.loc[self.listed, "likely"]
        lines = [line for line in by_line.columns if by_line[line].any()]
        chart = Chart(
            [f"{self.report.name(offer)} · {words.money(totals[offer])}" for offer in self.listed],
            [(t(f"cost.{line}"), [float(one) for one in by_line[line]], COST_COLOURS[_place(line)]) for line in lines],
            t("slides.cost_alt", count=len(self.listed)),
            AMOUNTS[t.language],
        )
        cheapest = totals.idxmin()
        title = t(
            "slides.cost",
            offer=self.report.name(cheapest),
            cost=words.money(totals[cheapest]),
            years=t("context.years_count", count=context.years),
        )
        return Slide("chart", title, next(iter(self.report.cost_notes())), chart=chart)

    def robustness(self) -> Slide:
        t = self.t
        shares = rank_table(self.delivery, self.report.sampled)
        colours = (LEVEL_COLOURS[4], LEVEL_COLOURS[3], LEVEL_COLOURS[2], LEVEL_COLOURS[0])
        chart = Chart(
            [self.report.name(offer) for offer in self.report.sampled],
            [
                (t(f"charts.rank.{group}"), [float(one) for one in shares[group]], colour)
                for group, colour in zip(GROUPS, colours, strict=True)
            ],
            t("charts.ranks_alt", count=len(self.report.sampled)),
            "0 %",
            labels={
                place: [t.percent(one) if one >= SHOWN else "" for one in shares[group]]
                for place, group in enumerate(GROUPS)
            },
            most=1.0,
        )
        sentences = list(self.report.robustness())
        return Slide("chart", t("report.words.robustness"), sentences[0] if sentences else "", chart=chart)

    def left_out(self) -> Iterator[Slide]:
        t = self.t
        rows = [[one.name, one.figures, " ".join(one.reasons[:2]), one.way_in] for one in self.report.left_out()]
        heads = [t("report.words.offer"), t("slides.figures"), t("report.words.left_out"), t("report.words.way_in")]
        for place, part in enumerate(_pages(rows, 62)):
            title = (
                t("report.words.left_out") if place == 0 else t("slides.continued", title=t("report.words.left_out"))
            )
            yield Slide("table", title, table=Table(heads, part, [0.2, 0.13, 0.34, 0.33]))


def _place(line: str) -> int:
    """The colour of a cost line is the same on every slide."""
    return (LINES.index(line) if line in LINES else len(LINES)) % len(COST_COLOURS)


def _pages(rows: list[list[str]], letters: int) -> list[list[list[str]]]:
    """Rows in as few parts as slides can hold, about as long as each other: no slide with one row left over."""
    heights = [max(-(-len(cell) // letters) for cell in row) + 1 for row in rows]
    fewest = len(_parts(rows, heights, MOST_LINES))
    least = -(-sum(heights) // max(fewest, 1))
    tries = (_parts(rows, heights, most) for most in range(min(least, MOST_LINES), MOST_LINES + 1))
    return next(parts for parts in tries if len(parts) == fewest)


def _parts(rows: list[list[str]], heights: list[int], most: int) -> list[list[list[str]]]:
    """Rows in parts of at most so many lines; a row that is longer stands alone."""
    parts: list[list[list[str]]] = []
    lines = most + 1
    for row, height in zip(rows, heights, strict=True):
        if lines + height > most:
            parts.append([])
            lines = 0
        parts[-1].append(row)
        lines += height
    return parts


# onto the layouts


def _add(deck: Any, slide: Slide, first: Front, number: int) -> None:
    layout = next(one for one in deck.slide_layouts if one.name.strip().lower() == slide.layout)
    made = deck.slides.add_slide(layout)
    asked = {shape.placeholder_format.idx: shape for shape in layout.placeholders}
    texts = {
        "title": slide.title,
        "lead": slide.lead,
        "client": first.client,
        "project": first.project,
        "dated": first.dated,
        "about": first.about,
        "number": str(number),
    }
    for shape in list(made.placeholders):
        prompt = asked[shape.placeholder_format.idx].text_frame.text if shape.placeholder_format.idx in asked else ""
        fields = FIELD.findall(prompt)
        if "table" in fields or "chart" in fields:
            box = (shape.left, shape.top, shape.width, shape.height)
            shape._element.getparent().remove(shape._element)
            if slide.table:
                _add_table(made, slide.table, *box)
            if slide.chart:
                _add_chart(made, slide.chart, *box)
        elif "body" in fields:
            _write(shape.text_frame, slide.body)
        elif fields:
            text = FIELD.sub(lambda found: texts.get(found[1], ""), prompt).strip()
            if text:
                shape.text_frame.text = clean(text)
            else:
                shape._element.getparent().remove(shape._element)


def _write(frame: Any, lines: tuple[str, ...]) -> None:
    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.text = clean(line)


def _add_table(slide: Any, table: Table, left: Emu, top: Emu, width: Emu, height: Emu) -> None:
    count = len(table.rows) + 1
    row_height = min(int(height / count), int(Pt(34)))
    frame = slide.shapes.add_table(count, len(table.heads), left, top, width, Emu(row_height * count))
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(", ".join(table.heads)))
    grid = frame.table
    for column, share in zip(grid.columns, table.widths, strict=True):
        column.width = Emu(int(width * share))
    dense = count > 12
    for row in grid.rows:
        row.height = Emu(row_height)
    for column, head in enumerate(table.heads):
        _cell(grid.cell(0, column), head, LIGHT.accent, "#FFFFFF", True, table.centred and column > 0, dense)
    for number, row in enumerate(table.rows, start=1):
        shades = table.shades[number - 1] if table.shades else [None] * len(row)
        for column, (text, level) in enumerate(zip(row, shades, strict=True)):
            ground = LEVEL_COLOURS[level] if level is not None else LIGHT.paper if number % 2 else LIGHT.panel
            ink = LEVEL_INK[level] if level is not None else LIGHT.ink
            _cell(grid.cell(number, column), text, ground, ink, column == 0, table.centred and column > 0, dense)


def _cell(cell: Any, text: str, ground: str, ink: str, bold: bool, centred: bool, dense: bool) -> None:
    cell.fill.solid()
    cell.fill.fore_color.rgb = _rgb(ground)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.margin_top = cell.margin_bottom = Pt(2)
    cell.margin_left = cell.margin_right = Pt(5)
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.CENTER if centred else PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = clean(text)
    run.font.size, run.font.bold, run.font.color.rgb = Pt(10.5 if dense else 12), bold, _rgb(ink)


def _add_chart(slide: Any, chart: Chart, left: Emu, top: Emu, width: Emu, height: Emu) -> None:
    data = CategoryChartData(number_format=chart.number_format)
    data.categories = [clean(one) for one in chart.categories]
    for name, values, _ in chart.series:
        data.add_series(clean(name), values)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_STACKED, left, top, width, height, data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(chart.alt))
    made = frame.chart
    made.font.size, made.font.color.rgb = Pt(12), _rgb(LIGHT.ink)
    made.has_title = False
    plot = made.plots[0]
    plot.gap_width, plot.overlap = 45, 100
    _axes(made, chart)
    for place, (series, (_, _, colour)) in enumerate(zip(plot.series, chart.series, strict=True)):
        if colour:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = _rgb(colour)
        else:
            series.format.fill.background()
        for point, words in enumerate(chart.labels.get(place, [])):
            if not words:
                continue
            label = series.points[point].data_label
            label.has_text_frame = True
            label.text_frame.text = words
            label.position = XL_LABEL_POSITION.INSIDE_END
            run = label.text_frame.paragraphs[0].runs[0]
            ink = LIGHT.ink if colour in (LEVEL_COLOURS[2], LEVEL_COLOURS[0]) else "#FFFFFF"
            run.font.size, run.font.bold, run.font.color.rgb = Pt(11), True, _rgb(ink)
    made.has_legend = chart.legend
    if chart.legend:
        made.legend.position, made.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        made.legend.font.size = Pt(11)


def _axes(made: Any, chart: Chart) -> None:
    names, values = made.category_axis, made.value_axis
    names.reverse_order = True  # the first category on top
    names.tick_labels.font.size = Pt(12)
    names.format.line.color.rgb = _rgb(LIGHT.line)
    values.tick_labels.font.size, values.tick_labels.font.color.rgb = Pt(10.5), _rgb(LIGHT.muted)
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = chart.number_format, False
    # with the order turned round, the axis would move to the top
    values.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    values.major_gridlines.format.line.color.rgb = _rgb(LIGHT.line)
    values.format.line.fill.background()
    values.minimum_scale = 0
    if chart.most is not None:
        values.maximum_scale = chart.most


def _set_language(deck: Any, language: str) -> None:
    """The language that the spelling checker of the reader goes by."""
    for slide in deck.slides:
        for shape in slide.shapes:
            frames = [shape.text_frame] if shape.has_text_frame else []
            if shape.has_table:
                frames += [cell.text_frame for row in shape.table.rows for cell in row.cells]
            for frame in frames:
                for paragraph in frame.paragraphs:
                    for run in paragraph.runs:
                        run.font.language_id = LANGUAGE[language]


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#"))
