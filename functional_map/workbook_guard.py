"""Refuse a hostile or damaged workbook before any reader touches it, and say what a fast reader does not see."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any, NamedTuple

MOST_UNPACKED, MOST_PARTS, MOST_ROWS = 60 * 2**20, 400, 9_999
MOST_CELLS = 600_000
MOST_SMALL_PART = 3 * 2**20  # styles, settings and the like: readers keep them whole, in many small objects
# a cell beyond column ZZ, or below the rows: five digits or more
_FAR_CELL = re.compile(rb'r=(?<=\sr=)["\'](?:([A-Za-z]{3,9})\d{1,12}|[A-Za-z]{1,2}0*([1-9]\d{4,12}))["\']')
# patterns start with fixed signs, which is several times faster; a part may prefix its elements
_CELL_STARTS = re.compile(rb"<c[\s/>]"), re.compile(rb":c[\s/>]")
_ROW_STARTS = re.compile(rb"<row[\s/>]"), re.compile(rb":row[\s/>]")
_FORMULA_OR_ERROR = re.compile(rb"<f[\s>/]"), re.compile(rb":f[\s>/]"), re.compile(rb"\st\s*=\s*[\"']e[\"']")
_PROLOGUE = re.compile(rb"\s*(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_ROOT = re.compile(rb"\s*<(?:[\w.-]+:)?([\w.-]+)")


class Refusal(NamedTuple):
    """Why a workbook is not read: the id of a sentence and its values."""

    key: str
    values: dict[str, Any]


def refuse(content: bytes) -> Refusal | None:
    """Why a workbook is not read; None where it may be."""
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _refusal("protected")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return _refusal("damaged")
    names = [part.filename for part in parts]
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        return _refusal("other")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return _refusal("macros")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        return _refusal("large")
    if len(set(names)) < len(names):
        return _refusal("damaged")
    return _refuse_parts(archive, parts)


def formulas_or_errors(content: bytes) -> bool:
    """Whether a cell of a workbook that was not refused holds a formula, or an error such as #N/A."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = (archive.read(name) for name in archive.namelist())
        return any(
            pattern.search(part) for part in parts for pattern in _FORMULA_OR_ERROR if _root(part) == b"worksheet"
        )


def links_elsewhere(content: bytes) -> bool:
    """Whether a workbook takes values from other files."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return any(name.startswith("xl/externalLinks/") for name in archive.namelist())


def _refusal(reason: str, **values: Any) -> Refusal:
    return Refusal(f"refused.{reason}", values)


def _refuse_parts(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> Refusal | None:
    cells = 0
    for part in parts:
        try:
            with archive.open(part) as stream:
                data = stream.read(MOST_UNPACKED + 1)  # the size that the archive declares may be a lie
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zlib.error):
            return _refusal("damaged")
        cells += _count(_CELL_STARTS, data)
        if len(data) > MOST_UNPACKED or cells > MOST_CELLS:
            return _refusal("large")
        # a part may have any name: what it is shows in its content
        if reason := _refuse_content(data):
            return reason
    return None


def _refuse_content(data: bytes) -> Refusal | None:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:4] == b"\x3c\x00\x3f\x00":
        return _refusal("encoding")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        return _refusal("doctype")
    root = _root(data)
    if len(data) > MOST_SMALL_PART and root in (b"styleSheet", b"workbook", b"Relationships", b"Types", b"Properties"):
        return _refusal("large")
    if root != b"worksheet":
        return None
    if _count(_ROW_STARTS, data) > MOST_ROWS:
        return _refusal("rows", row=MOST_ROWS + 1, most=MOST_ROWS)
    if far := _FAR_CELL.search(data):
        if far[1]:
            return _refusal("columns", column=far[1].decode().upper()[:3])
        return _refusal("rows", row=int(far[2]), most=MOST_ROWS)
    return None


def _count(patterns: tuple[re.Pattern[bytes], ...], data: bytes) -> int:
    return sum(len(pattern.findall(data)) for pattern in patterns)


def _root(data: bytes) -> bytes:
    """The name of the outermost element; empty for what is no XML."""
    start = 3 if data[:3] == b"\xef\xbb\xbf" else 0
    while found := _PROLOGUE.match(data, start):
        start = found.end()
    found = _ROOT.match(data, start)
    return found[1] if found else b""
