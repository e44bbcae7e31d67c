"""House templates: those that come with the application, and those an installation puts in `templates/` of its data.

A consultancy takes a template, gives it its fonts, colours and logo, and puts it back under the same name. A template
with an unknown field is refused with the field's name before it replaces anything.
"""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from exports.decision_record import Record
from exports.delivery import DocumentTexts
from exports.front import words_of
from exports.requirements_document import Specification
from exports.shortlist_report import Report
from exports.slides import OBJECTS, TEXTS, slide_problems
from exports.word import fields, template_problems
from interface.language import LANGUAGES
from workshops.access import Person, require
from workshops.model import ProjectError
from workshops.store.database import data_folder

SHIPPED = Path(__file__).with_name("templates")
# template -> what its documents are made from, and where its words stand in the catalogues
WORD = {
    "requirements.docx": (Specification, "specification"),
    "shortlist.docx": (Report, "report"),
    "decision.docx": (Record, "record"),
}
SLIDES = "slides.pptx"
TEMPLATES = (*WORD, SLIDES)
MOST_BYTES, MOST_UNPACKED, MOST_PARTS = 10 * 2**20, 60 * 2**20, 2_000
CONTENT_TYPES = {
    ".docx": b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    ".pptx": b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
}
Problems = list[tuple[str, dict[str, Any]]]


def own_folder() -> Path:
    """Where an installation keeps its own templates."""
    return data_folder() / "templates"


def is_own(name: str) -> bool:
    """Whether the installation has a template of its own under this name."""
    return (own_folder() / name).is_file()


def template(name: str) -> bytes:
    """The template that documents are made from: the installation's own, or the one that comes with the application."""
    return ((own_folder() if is_own(name) else SHIPPED) / name).read_bytes()


def fields_of(name: str) -> list[str]:
    """Every field that a template of this name may use."""
    if name == SLIDES:
        return [*TEXTS, *OBJECTS]
    facts, prefix = WORD[name]
    words = words_of(DocumentTexts("en"), prefix)
    return [one for one in fields(facts) if one != "words"] + [f"words.{word}" for word in words]


def replace_template(by: Person, name: str, content: bytes) -> None:
    """Make documents from this template from now on.

    Raises ProjectError with every problem; the present template stays then.
    """
    require(by, "house-style")
    if problems := problems_of(name, content):
        raise ProjectError(problems)
    folder = own_folder()
    folder.mkdir(parents=True, exist_ok=True)
    # written beside and renamed into place: a half-written template is never seen
    handle, beside = tempfile.mkstemp(dir=folder, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(beside).replace(folder / name)
    finally:
        Path(beside).unlink(missing_ok=True)


def drop_template(by: Person, name: str) -> None:
    """Go back to the template that comes with the application."""
    require(by, "house-style")
    if name in TEMPLATES:
        (own_folder() / name).unlink(missing_ok=True)


def problems_of(name: str, content: bytes) -> Problems:
    """What keeps a file from being the template of this name; every unknown field by its name."""
    if name not in TEMPLATES:
        return [("template.problem.name", {"names": ", ".join(TEMPLATES)})]
    if problem := _refused(name, content):
        return [(problem, {})]
    if name == SLIDES:
        return slide_problems(content)
    facts, prefix = WORD[name]
    found: Problems = []
    for language in LANGUAGES:  # a word may be missing in one language only
        found += template_problems(content, facts, words_of(DocumentTexts(language), prefix))
    return list({str(problem): problem for problem in found}.values())


def _refused(name: str, content: bytes) -> str | None:
    """Why a file is not opened at all, as the id of a sentence."""
    if len(content) > MOST_BYTES:
        return "template.problem.large"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                return "template.problem.large"
            if any(part.filename.lower().endswith(("vbaproject.bin", ".ocx", ".exe")) for part in parts):
                return "template.problem.macros"
            if CONTENT_TYPES[Path(name).suffix] not in archive.read("[Content_Types].xml"):
                return "template.problem.kind"
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(part):
                    return "template.problem.unreadable"
    except Exception:  # whatever a damaged archive makes its reader do, the person needs one sentence
        return "template.problem.kind"
    return None
