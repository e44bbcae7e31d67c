"""Documents of the demonstrations: the script to send, the sheet to score with, and what was seen, for the next edition."""

from __future__ import annotations

import io
from collections.abc import Sequence

from docx import Document
from docx.shared import Cm, Pt, RGBColor

from interface.language import Texts, texts
from interface.sheets import INPUT, Book, clean
from interface.theme import LIGHT
from workshops.assess import Assessment
from workshops.decide.demonstrations import SCENES
from workshops.evidence import EFFORTS, FEWEST_SCORERS, OUTCOMES, SUS_ANSWERS, SUS_QUESTIONS, ScriptLine
from workshops.words import Words

WIDTHS, LINE_HEIGHT = (20, 44, 32, 8, 17, 9, 13, 30), 14.5  # of the scoring sheet, in characters and points
# columns of the renewal workbook that a level seen can fill
RENEWED = ("product", "item", "rating", "plan", "basis", "confidence", "on", "note")


def script_document(assessment: Assessment, lines: Sequence[ScriptLine], t: Texts) -> bytes:
    """The script as a Word document, the same for every vendor."""
    words, project, document = Words(assessment, t), assessment.project, Document()
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.2)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(10.5)
    document.core_properties.title = t("sheet.title")
    document.core_properties.author = ""
    _heading(document, t("sheet.title"), 0)
    document.add_paragraph(clean(" · ".join(name for name in (project.client, project.name) if name)))
    document.add_paragraph(t("sheet.rules", count=len(lines)))
    number = 0
    for scene in SCENES:
        inside = [line for line in lines if line.scene == scene]
        if inside:
            _heading(document, t(f"script.scene.{scene}"), 1)
        for line in inside:
            number += 1
            _heading(document, f"{number}. {clean(words.item(line.item_id))}", 2)
            document.add_paragraph(clean(line.text))
            asked = document.add_paragraph()
            asked.add_run(t("sheet.asked", level=line.level)).bold = True
            if line.look_for:
                asked.add_run(f"\n{clean(line.look_for)}").font.color.rgb = _colour(LIGHT.muted)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _heading(document: Document, text: str, level: int) -> None:
    heading = document.add_heading(clean(text), level)
    for run in heading.runs:
        run.font.color.rgb, run.font.name = _colour(LIGHT.accent if level < 2 else LIGHT.ink), "Calibri"


def _colour(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#"))


def scoring_sheet(assessment: Assessment, lines: Sequence[ScriptLine], t: Texts) -> bytes:
    """A sheet for one person who scores without a phone: the scenarios, and the ten questions with their score."""
    words, book = Words(assessment, t), Book()
    heads = [
        t("demonstration.head.item"),
        t("script.text"),
        t("script.look_for"),
        t("script.asked_head"),
        t("score.outcome.label"),
        t("demonstration.head.seen"),
        t("score.effort.label"),
        t("score.comment_line"),
    ]
    name = book.made(bold=True, text_wrap=True)
    comment = book.made(text_wrap=True, bg_color=INPUT, border=1, border_color="#D9CFA8")
    sheet = book.sheet(t("sheet.tasks"), heads, WIDTHS)
    for row, line in enumerate(lines, start=1):
        sheet.write_string(row, 0, clean(words.item(line.item_id)), name)
        sheet.write_string(row, 1, clean(line.text), book.wrapped)
        sheet.write_string(row, 2, clean(line.look_for), book.wrapped)
        book.level(sheet, row, 3, line.level)
        for column in (4, 5, 6):
            sheet.write_blank(row, column, None, book.input)
        sheet.write_blank(row, 7, None, comment)
        sheet.set_row(row, LINE_HEIGHT * max(_lines(line.text, WIDTHS[1]), _lines(line.look_for, WIDTHS[2]), 2))
    last = max(len(lines), 1)
    sheet.data_validation(
        1, 4, last, 4, {"validate": "list", "source": [t(f"score.outcome.{one}") for one in OUTCOMES]}
    )
    sheet.data_validation(1, 5, last, 5, {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": 4})
    sheet.data_validation(1, 6, last, 6, {"validate": "list", "source": [t(f"score.effort.{one}") for one in EFFORTS]})
    sheet = book.sheet(t("sheet.sus"), [t("sheet.question"), t("sheet.answer")], [90, 12])
    for question in SUS_QUESTIONS:
        sheet.write_string(question, 0, f"{question}. {t(f'score.sus.{question}')}", book.wrapped)
        sheet.write_blank(question, 1, None, book.input)
    limits = {"validate": "integer", "criteria": "between", "minimum": SUS_ANSWERS[0], "maximum": SUS_ANSWERS[-1]}
    sheet.data_validation(1, 1, 10, 1, limits)
    sheet.write_string(12, 0, t("sheet.sus_score"), book.bold)
    # odd questions: the answer minus 1; even ones: 5 minus the answer; the sum times 2.5
    odd, even = (f"({'+'.join(f'B{question + 1}' for question in range(start, 11, 2))})" for start in (1, 2))
    sheet.write_formula(12, 1, f'=IF(COUNT(B2:B11)=10,2.5*({odd}-5+25-{even}),"")', book.score, "")
    sheet.write_string(14, 0, f"{t('score.ease')} {t('demonstration.rule')}", book.muted)
    return book.close()


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column; not every program finds out by itself when it prints."""
    return sum(int(len(part) // width) + 1 for part in text.splitlines())


def seen_workbook(assessment: Assessment, t: Texts) -> bytes:
    """The levels that this project's team saw, for whoever renews the edition; they are no part of it.

    The first columns are named and filled as in the sheets of the renewal workbook, so that they can be copied there.
    Who saw it stands apart: names of a client's people are not for an edition. Items that only this project has are
    left out, since no edition rates them.
    """
    words, book, column = Words(assessment, t), Book(), texts("vendors", t.language)
    heads = [column(f"column.{name}") for name in RENEWED]
    heads += [t("demonstration.head.item"), t("sheet.half_width"), t("sheet.edition_level"), t("sheet.people")]
    sheet = book.sheet(t("sheet.seen"), heads, [18, 30, 8, 14, 10, 12, 12, 44, 36, 10, 10, 40])
    seen = [one for one in assessment.project.evidence.seen if one.item_id in assessment.map.items]
    seen.sort(key=lambda one: (one.product_id, one.item_id))
    for row, one in enumerate(seen, start=1):
        product = assessment.edition.products.get(one.product_id)
        rating = product.ratings.get(one.item_id) if product else None
        sheet.write_string(row, 0, one.product_id, book.text)
        sheet.write_string(row, 1, one.item_id, book.text)
        book.level(sheet, row, 2, one.level)
        sheet.write_string(row, 3, one.plan_id, book.text)
        sheet.write_string(row, 4, "tested", book.text)
        sheet.write_string(row, 5, "medium" if len(one.people) >= FEWEST_SCORERS else "low", book.text)
        sheet.write_string(row, 6, one.on.isoformat(), book.text)
        sheet.write_string(row, 7, t("sheet.note", count=len(one.people)), book.wrapped)
        sheet.write_string(row, 8, clean(words.item(one.item_id)), book.wrapped)
        sheet.write_number(row, 9, one.half_width, book.score)
        book.level(sheet, row, 10, rating.rating if rating else None)
        sheet.write_string(row, 11, clean(", ".join(one.people)), book.wrapped)
    return book.close()
