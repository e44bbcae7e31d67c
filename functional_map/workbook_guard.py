"""Refuse a hostile or damaged workbook before any reader touches it."""

from __future__ import annotations

import io
import re
import zipfile

MOST_UNPACKED, MOST_PARTS, MOST_ROWS, MOST_COLUMNS = 60 * 2**20, 400, 5_000, 702  # 702 columns: up to ZZ
_CELL = re.compile(rb'\br="([A-Z]{1,3})?(\d+)"')


def refuse(content: bytes) -> str | None:
    """Why a workbook is not read, in one sentence; None where it may be."""
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return "The file is protected by a password or in the old .xls format: save it without a password as .xlsx and retry."
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return "The file is not an Excel workbook, or it is damaged: save it again as .xlsx and retry."
    if "[Content_Types].xml" not in archive.namelist() or not any(part.filename.startswith("xl/") for part in parts):
        return "The file is not an Excel workbook: choose a file that ends in .xlsx."
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        return "The workbook contains macros: save it as .xlsx (without macros) and retry."
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        return "The workbook is too large when unpacked: remove pictures and unused sheets and retry."
    for part in parts:
        if reason := _refuse_part(archive, part):
            return reason
    return None


def _refuse_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> str | None:
    if not part.filename.endswith((".xml", ".rels")):
        return None
    try:
        with archive.open(part) as stream:
            data = stream.read(MOST_UNPACKED + 1)  # the size that the archive declares may be a lie
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        return "The workbook is damaged or protected: save it again as .xlsx and retry."
    except Exception:  # zlib.error and its like: the archive is broken inside
        return "The workbook is damaged: save it again as .xlsx and retry."
    if len(data) > MOST_UNPACKED:
        return "The workbook is too large when unpacked: remove pictures and unused sheets and retry."
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        return "The workbook contains a document type, which no spreadsheet program writes: save it again as .xlsx and retry."
    if part.filename.startswith("xl/worksheets/"):
        for cell in _CELL.finditer(data):
            if int(cell[2]) > MOST_ROWS:
                return f"The workbook uses row {int(cell[2])}: delete the rows below {MOST_ROWS} and retry."
            if cell[1] and len(cell[1]) > 2:
                return f"The workbook uses column {cell[1].decode()}: delete the columns beyond ZZ and retry."
    return None
