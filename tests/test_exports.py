"""The workbook to take away: the screen's numbers, text as text, readable by LibreOffice."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from exports.shortlist_workbook import shortlist_workbook
from interface.language import texts
from tests.conftest import recalculated
from workshops.access import AT_HOME
from workshops.assess import assess
from workshops.sample import create_sample
from workshops.store.projects import read_project, save_expectations

HOSTILE = '=HYPERLINK("http://evil.example","x")\x07<script>'


@pytest.fixture
def assessment(sqlite_database, functional_map, edition):
    project_id = create_sample(sqlite_database, AT_HOME, functional_map, edition.id, "en")
    save_expectations(sqlite_database, AT_HOME, project_id, functional_map.items, {"sla": {"note": HOSTILE}})
    return assess(read_project(sqlite_database, project_id), edition, functional_map)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_workbook_holds_the_numbers_of_the_screen(assessment, language):
    content = shortlist_workbook(assessment, texts("workshops", language), dt.date(2026, 11, 21))
    book = openpyxl.load_workbook(io.BytesIO(content))
    rows = list(book.worksheets[0].iter_rows(min_row=2, max_row=1 + len(assessment.shortlist.rows), values_only=True))

    assert [row[1] for row in rows] == [assessment.offer_name(offer) for offer in assessment.shortlist.rows.index]
    assert [row[2] for row in rows] == pytest.approx(list(assessment.shortlist.rows["fit"] * 100))
    assert [row[6] for row in rows] == pytest.approx(list(assessment.shortlist.rows["cost"]))
    assert len(book.worksheets) == 5


def test_text_from_people_is_text(assessment):
    book = openpyxl.load_workbook(
        io.BytesIO(shortlist_workbook(assessment, texts("workshops", "en"), dt.date(2026, 11, 21)))
    )
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]

    assert not [cell for cell in cells if cell.data_type == "f"]
    assert not [cell for cell in cells if cell.hyperlink]
    assert any("HYPERLINK" in str(cell.value) for cell in cells)


@pytest.mark.libreoffice
def test_libreoffice_reads_it(assessment, tmp_path):
    content = shortlist_workbook(assessment, texts("workshops", "fr"), dt.date(2026, 11, 21))
    book = openpyxl.load_workbook(recalculated(content, tmp_path))

    assert book.worksheets[0].cell(2, 3).value == pytest.approx(assessment.shortlist.rows["fit"].iloc[0] * 100)
