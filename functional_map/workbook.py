"""The map as an Excel workbook, to adapt labels or translate without touching YAML, and back into files."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
import yaml

from functional_map.check import check_map
from functional_map.load import FOLDER
from functional_map.model import LANGUAGES, WRITTEN_LEVELS, FunctionalMap, Item
from functional_map.workbook_guard import refuse

SHEET = "items"
TEXTS = ("label", "definition", "question", *(f"level {level}" for level in WRITTEN_LEVELS), "example")
TAGS = ("teams", "kano", "commonness", "journey", "tier")
COLUMNS = ("domain", "area", "id", *(f"{name} ({language})" for name in TEXTS for language in LANGUAGES), *TAGS)


def map_workbook(functional_map: FunctionalMap) -> bytes:
    """Every item in a row, every text in a column for each language; text is written as text."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format(
        {"bold": True, "bg_color": "#0F5C5C", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top"}
    )
    body = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(SHEET)
    sheet.freeze_panes(1, 4)
    sheet.set_column(0, 2, 22, body)
    sheet.set_column(3, len(COLUMNS) - len(TAGS) - 1, 38, body)
    for column, name in enumerate(COLUMNS):
        sheet.write_string(0, column, name, head)
    for row, item in enumerate(functional_map.items.values(), start=1):
        for column, value in enumerate(_cells(item)):
            sheet.write_string(row, column, value, body)
    sheet.autofilter(0, 0, len(functional_map.items), len(COLUMNS) - 1)
    book.close()
    return target.getvalue()


def read_map_workbook(content: bytes, functional_map: FunctionalMap) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """The domain files that a workbook describes, by file name, and a sentence for each problem.

    Domains and areas keep the labels that they have in `functional_map`.
    """
    if refuse(content):
        return {}, ["The file is not an Excel workbook that can be read safely: save it again as .xlsx and retry."]
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Exception:  # whatever a reader makes of a damaged file, the person needs one sentence
        return {}, ["The file cannot be read as an Excel workbook: save it again as .xlsx and retry."]
    if SHEET not in book.sheetnames:
        return {}, [f'The workbook has no sheet "{SHEET}": start from the workbook that this page offers.']
    rows = book[SHEET].iter_rows(values_only=True)
    heads = [str(cell or "").strip() for cell in next(rows, ())]
    problems = [f'Sheet {SHEET}: column "{name}" is missing; restore it.' for name in COLUMNS if name not in heads]
    if problems:
        return {}, problems
    place = {name: heads.index(name) for name in COLUMNS}
    areas = {area.id: (domain, area) for domain in functional_map.domains for area in domain.areas}
    files: dict[str, dict[str, Any]] = {
        domain.file: {
            "id": domain.id,
            "label": _both(domain.label),
            "purpose": _both(domain.purpose),
            "areas": [{"id": area.id, "label": _both(area.label), "items": []} for area in domain.areas],
        }
        for domain in functional_map.domains
    }
    for number, row in enumerate(rows, start=2):
        cells = {
            name: str(row[at]).strip() if at < len(row) and row[at] is not None else "" for name, at in place.items()
        }
        if not any(cells.values()):
            continue
        if cells["area"] not in areas or areas[cells["area"]][0].id != cells["domain"]:
            problems.append(
                f'Sheet {SHEET}, row {number}: area "{cells["area"]}" is not an area of domain "{cells["domain"]}".'
            )
            continue
        domain, area = areas[cells["area"]]
        part = next(one for one in files[domain.file]["areas"] if one["id"] == area.id)
        part["items"].append(_raw_item(cells))
    return files, problems


def map_problems(content: bytes, functional_map: FunctionalMap) -> list[str]:
    """Every problem of a map workbook: what cannot be read, and what breaks a rule of the map."""
    files, problems = read_map_workbook(content, functional_map)
    if problems:
        return problems
    with tempfile.TemporaryDirectory() as name:
        write_map_files(Path(name) / str(functional_map.year), files, functional_map.year)
        return check_map(Path(name) / str(functional_map.year))


def write_map_files(folder: Path, files: dict[str, dict[str, Any]], year: int) -> None:
    """Write domain files, with the vocabulary of the year beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocabulary.yaml").write_bytes((FOLDER / str(year) / "vocabulary.yaml").read_bytes())
    for file, raw in files.items():
        (folder / file).write_text(
            yaml.safe_dump(raw, allow_unicode=True, sort_keys=False, width=150), encoding="utf-8"
        )


def _cells(item: Item) -> list[str]:
    texts = {
        "label": item.label,
        "definition": item.definition,
        "question": item.question,
        "example": item.example,
        **{f"level {level}": item.levels[level] for level in WRITTEN_LEVELS},
    }
    cells = [item.domain, item.area, item.id]
    cells += [texts[name][language] if texts[name] else "" for name in TEXTS for language in LANGUAGES]
    return cells + [
        ", ".join(value) if isinstance(value, tuple) else value for value in (getattr(item, name) for name in TAGS)
    ]


def _raw_item(cells: dict[str, str]) -> dict[str, Any]:
    def text(name: str) -> dict[str, str]:
        return {language: cells[f"{name} ({language})"] for language in LANGUAGES}

    raw: dict[str, Any] = {
        "id": cells["id"],
        **{name: text(name) for name in ("label", "definition", "question")},
        "levels": {level: text(f"level {level}") for level in WRITTEN_LEVELS},
    }
    if any(text("example").values()):
        raw["example"] = text("example")
    for name in TAGS:
        words = [word.strip() for word in cells[name].split(",") if word.strip()]
        raw[name] = words if name in ("teams", "journey") else cells[name]
    return raw


def _both(text: Any) -> dict[str, str]:
    return {language: text[language] for language in LANGUAGES}
