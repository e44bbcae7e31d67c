"""The documents of the demonstrations, read back; the scoring formula recalculated by LibreOffice."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io

import openpyxl
import pytest
from docx import Document

from exports.demonstration_documents import RENEWED, scoring_sheet, script_document, seen_workbook
from interface.language import texts
from tests.conftest import recalculated
from vendors.layout import columns
from workshops.access import AT_HOME
from workshops.assess import assess
from workshops.decide.demonstrations import sus_score
from workshops.evidence import Evidence, ScriptLine, Seen
from workshops.prepare.sample import create_sample
from workshops.store.projects import read_project

LINES = [
    ScriptLine("1", "notes", "morning", 0, 2, "decisive", "=1+1 is typed", "Not a formula"),
    ScriptLine("2", "sla", "service", 1, 3, "uncertain", "A customer\ncalls \x0b<b>now</b>", ""),
]


@pytest.fixture
def assessment(sqlite_database, functional_map, edition):
    project_id = create_sample(sqlite_database, AT_HOME, functional_map, edition.id, "en")
    seen = (Seen("product-00", "pro", "sla", 2, 0.25, ("Bea", "=cmd()"), dt.date(2026, 11, 20)),)
    project = dataclasses.replace(read_project(sqlite_database, project_id), evidence=Evidence(seen=seen))
    return assess(project, edition, functional_map)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_script_follows_the_day(assessment, language):
    t = texts("workshops", language)
    document = Document(io.BytesIO(script_document(assessment, LINES, t)))
    written = [paragraph.text for paragraph in document.paragraphs]

    places = [written.index(t(f"script.scene.{scene}")) for scene in ("morning", "service")]
    assert places == sorted(places)
    assert t("script.scene.sale") not in written  # a moment without a scenario
    assert "=1+1 is typed" in written
    assert "A customer\ncalls <b>now</b>" in written
    assert any(text.startswith(t("sheet.asked", level=3)) for text in written)


def test_the_scoring_sheet_scores_by_the_published_rule(assessment, tmp_path):
    """The worked example of Brooke (1996): 55. With nine answers the sheet says nothing."""
    brooke = dict(enumerate((5, 4, 2, 1, 2, 3, 2, 4, 5, 2), start=1))
    content = scoring_sheet(assessment, LINES, texts("workshops", "en"))
    book = openpyxl.load_workbook(io.BytesIO(content))
    tasks, questions = book.worksheets

    assert tasks["B2"].value == "=1+1 is typed"
    assert tasks["B2"].data_type == "s"
    assert [tasks.cell(row, 4).value for row in (2, 3)] == [2, 3]
    assert len(tasks.data_validations.dataValidation) == 3
    for question, answer in brooke.items():
        questions.cell(question + 1, 2).value = answer
    assert scored(book, tmp_path / "full") == sus_score(brooke) == 55
    questions["B5"].value = None
    assert not scored(book, tmp_path / "nine")


def scored(book, folder) -> float | None:
    target = io.BytesIO()
    book.save(target)
    folder.mkdir()
    return openpyxl.load_workbook(recalculated(target.getvalue(), folder), data_only=True).worksheets[1]["B13"].value


def test_what_was_seen_is_listed_as_the_renewal_workbook_has_it(assessment):
    """Its words stand over the first columns, and each cell is one that it takes."""
    sheet = openpyxl.load_workbook(io.BytesIO(seen_workbook(assessment, texts("workshops", "en")))).active
    rating = assessment.edition.products["product-00"].ratings.get("sla")
    fields = {"product", *(column.field for column in columns("ratings"))}

    assert set(RENEWED) <= fields
    assert [cell.value for cell in sheet[1]][:3] == ["Product", "Item", "Rating"]
    assert [cell.value for cell in sheet[2]] == [
        "product-00",
        "sla",
        2,
        "pro",
        "tested",
        "low",
        "2026-11-20",
        "Seen in a demonstration by 2 people.",
        assessment.map.items["sla"].label["en"],
        0.25,
        rating.rating if rating else "?",
        "Bea, =cmd()",
    ]
    assert sheet.max_row == 2
