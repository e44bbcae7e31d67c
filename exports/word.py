"""Word documents from a house template: fields are filled in, and a template that asks for an unknown one is refused.

A template is a .docx with fields such as `{{ front.client }}` (docxtpl, Jinja). What it may use is the dataclass that
the document is made from; texts are escaped, and nothing of a template can reach beyond those fields.
"""

from __future__ import annotations

import dataclasses
import io
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage, RichText
from jinja2 import ChainableUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from interface.language import LOCALES
from interface.theme import LEVEL_COLOURS, LEVEL_INK, LIGHT

CONTENTS = "\ue000"  # stands where the table of contents goes until every heading is known
LONGEST_TEXT = 8_000
# control characters that XML cannot hold or that docxtpl would turn into paragraphs, and half characters
_UNWRITABLE = dict.fromkeys((*(set(range(32)) - {9, 10}), 0xE000, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)))


class TemplateProblem(ValueError):
    """A template cannot be used; `problems` are (sentence id, values) pairs, all of them at once."""

    def __init__(self, problems: list[tuple[str, dict[str, Any]]]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{sentence} {values or ''}".strip() for sentence, values in problems))


@dataclass(frozen=True)
class Picture:
    """An image of a document, with the words for those who cannot see it."""

    png: bytes
    alt: str
    width: float = 16.6  # cm


def clean(text: Any) -> str:
    """Text that a document can hold, as one piece of text."""
    return str(text).translate(_UNWRITABLE)[:LONGEST_TEXT]


def chip(level: float | None, text: str = "") -> RichText:
    """A level on its colour, as the screens show it; unknown is hollow."""
    made = RichText()
    words = escape(clean(text or ("?" if level is None else f"{level:g}")))
    if level is None:
        look = f'<w:color w:val="{LIGHT.muted[1:]}"/>'
    else:
        ink, ground = LEVEL_INK[int(level)], LEVEL_COLOURS[int(level)]
        look = f'<w:b/><w:color w:val="{ink[1:]}"/><w:shd w:val="clear" w:color="auto" w:fill="{ground[1:]}"/>'
    # spaces that do not break give the chip its width
    made.xml = f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">\u2002{words}\u2002</w:t></w:r>'
    return made


def colour_of(level: int) -> str:
    """The ground of a level, without #."""
    return LEVEL_COLOURS[level].removeprefix("#")


def ink_on(level: int) -> str:
    """The colour of letters that can be read on the ground of a level, without #."""
    return LEVEL_INK[level].removeprefix("#")


def filled(template: bytes, facts: Any, *, language: str, title: str) -> bytes:
    """The document that a template makes of the facts (a dataclass).

    Raises TemplateProblem where the template asks for what is not there or breaks a rule of the language of fields.
    """
    document, unknown = _rendered(template, facts)
    if unknown:
        raise TemplateProblem([("template.problem.field", {"field": name}) for name in sorted(unknown)])
    _set_language(document, language)
    _fit_tables(document)
    _fill_contents(document)
    in_schema_order(document.element)
    document.core_properties.title = clean(title)[:250]
    document.core_properties.author = ""
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def template_problems(template: bytes, facts: type, words: Mapping[str, str]) -> list[tuple[str, dict[str, Any]]]:
    """What is wrong with a template for documents made from a dataclass: every unknown field by its name."""
    unknown: set[str] = set()
    try:
        for full in (True, False):  # both sides of every condition
            unknown |= _rendered(template, example(facts, words, full=full))[1]
    except TemplateProblem as error:
        return error.problems
    return [("template.problem.field", {"field": name}) for name in sorted(unknown)]


def fields(facts: type, prefix: str = "") -> list[str]:
    """Every field that a template may use, for those who write one: `front.client`, `products[].name`."""
    found = []
    for name, kind in typing.get_type_hints(facts).items():
        if dataclasses.is_dataclass(kind) and kind is not Picture:
            found += fields(kind, f"{prefix}{name}.")
        elif typing.get_origin(kind) is tuple and dataclasses.is_dataclass(typing.get_args(kind)[0]):
            found += fields(typing.get_args(kind)[0], f"{prefix}{name}[].")
        else:
            found.append(f"{prefix}{name}{'[]' if typing.get_origin(kind) is tuple else ''}")
    return found


def example(facts: type, words: Mapping[str, str], *, full: bool) -> Any:
    """Made-up facts of a dataclass: one of everything, or nothing of anything."""
    return facts(**{name: _example(kind, words, full) for name, kind in typing.get_type_hints(facts).items()})


def _example(kind: Any, words: Mapping[str, str], full: bool) -> Any:
    if kind is Picture:
        return Picture(_DOT, "")
    if dataclasses.is_dataclass(kind):
        return example(kind, words, full=full)
    if typing.get_origin(kind) is tuple:
        return (_example(typing.get_args(kind)[0], words, full),) if full else ()
    if typing.get_origin(kind) is Mapping:
        return words
    if kind is bool:
        return full
    if kind is RichText:
        return RichText("x")
    return "x" if full else ""


def _rendered(template: bytes, facts: Any) -> tuple[Any, set[str]]:
    unknown: set[str] = set()

    class Recorded(ChainableUndefined):
        """A field that is not there: its name is kept, and rendering goes on to find the others."""

        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            unknown.add(str(self._undefined_name))

    environment = SandboxedEnvironment(undefined=Recorded)
    try:
        made = DocxTemplate(io.BytesIO(template))
        made.init_docx()
        values = {one.name: _placed(made, getattr(facts, one.name)) for one in dataclasses.fields(facts)}
        made.render(values, environment, autoescape=True)
    except TemplateError as error:
        raise TemplateProblem([("template.problem.syntax", {"message": clean(error)[:300]})]) from error
    except (KeyError, ValueError, TypeError, AttributeError, OSError) as error:
        raise TemplateProblem([("template.problem.unreadable", {})]) from error
    return made.docx, unknown


def _placed(made: DocxTemplate, value: Any) -> Any:
    return _PlacedPicture(made, value) if isinstance(value, Picture) else value


class _PlacedPicture(InlineImage):
    """A picture inside the text, with its text alternative."""

    def __init__(self, made: DocxTemplate, picture: Picture) -> None:
        super().__init__(made, io.BytesIO(picture.png), width=Cm(picture.width))
        self.picture = picture

    def _insert_image(self) -> str:
        drawing = self.tpl.current_rendering_part.new_pic_inline(self.image_descriptor, self.width, self.height)
        drawing.docPr.set("descr", clean(self.picture.alt))
        return f'</w:t></w:r><w:r><w:drawing>{drawing.xml}</w:drawing></w:r><w:r><w:t xml:space="preserve">'


def _set_language(document: Any, language: str) -> None:
    """The language that the spelling checker of the reader goes by."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    properties = defaults.find(f"{qn('w:rPrDefault')}/{qn('w:rPr')}") if defaults is not None else None
    if properties is None:
        return
    tag = properties.find(qn("w:lang"))
    if tag is None:
        tag = OxmlElement("w:lang")
        properties.append(tag)
    tag.set(qn("w:val"), LOCALES[language].replace("_", "-"))


def _fit_tables(document: Any) -> None:
    """Give tables whose number of columns depends on the facts the width that their grid had in the template."""
    for table in document.element.body.iter(qn("w:tbl")):
        grid = table.find(qn("w:tblGrid"))
        rows = [
            [cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}") for cell in row.findall(qn("w:tc"))]
            for row in table.findall(qn("w:tr"))
        ]
        widest = max(rows, key=len, default=[])
        if grid is None or not widest or any(width is None for width in widest):
            continue
        wanted = sum(float(column.get(qn("w:w"))) for column in grid)
        factor = wanted / (sum(float(width.get(qn("w:w"))) for width in widest) or 1.0)
        if abs(factor - 1) < 0.02:
            continue
        for width in (one for row in rows for one in row if one is not None):
            width.set(qn("w:w"), str(round(float(width.get(qn("w:w"))) * factor)))
        grid[:] = [OxmlElement("w:gridCol") for _ in widest]
        for column, width in zip(grid, widest, strict=True):
            column.set(qn("w:w"), width.get(qn("w:w")))


def _fill_contents(document: Any) -> None:
    """Put the headings where the contents go: links that work at once; Word adds page numbers when it updates them."""
    place = next((one for one in document.paragraphs if CONTENTS in one.text), None)
    headings = [
        (int(one.style.name[-1]), one) for one in document.paragraphs if one.style.name in ("Heading 1", "Heading 2")
    ]
    if place is None:
        return
    styles = {style.name.lower(): style for style in document.styles}
    counts = [0, 0]
    for number, (level, heading) in enumerate(headings, start=1):
        counts[level - 1] += 1
        if level == 1:
            counts[1] = 0
        mark = f"_Toc{number:06d}"
        _bookmark(heading, number, mark)
        entry = place.insert_paragraph_before("", style=styles.get(f"toc {level}"))
        if number == 1:
            _field(entry, "begin", "separate", instruction='TOC \\o "1-2" \\h \\z \\u')
        numbered = heading.style.element.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None
        words = [".".join(str(one) for one in counts[:level]), heading.text] if numbered else [heading.text]
        _link(entry, mark, words)
        if number == len(headings):
            _field(entry, "end")
    place._p.getparent().remove(place._p)


def _bookmark(paragraph: Any, number: int, name: str) -> None:
    for tag, at in (("w:bookmarkStart", 0), ("w:bookmarkEnd", None)):
        element = OxmlElement(tag)
        element.set(qn("w:id"), str(number))
        if at == 0:
            element.set(qn("w:name"), name)
            properties = paragraph._p.pPr
            paragraph._p.insert(0 if properties is None else 1, element)
        else:
            paragraph._p.append(element)


def _field(paragraph: Any, *kinds: str, instruction: str = "") -> None:
    for kind in kinds:
        run = paragraph.add_run()
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        run._r.append(mark)
        if kind == "begin":
            text = OxmlElement("w:instrText")
            text.set(qn("xml:space"), "preserve")
            text.text = f" {instruction} "
            paragraph.add_run()._r.append(text)


def _link(paragraph: Any, mark: str, words: list[str]) -> None:
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), mark)
    link.set(qn("w:history"), "1")
    for place, word in enumerate(words):
        run = OxmlElement("w:r")
        if place:
            run.append(OxmlElement("w:tab"))
        text = OxmlElement("w:t")
        text.set(qn("xml:space"), "preserve")
        text.text = word
        run.append(text)
        link.append(run)
    paragraph._p.append(link)


# the order in which the schema of Word wants the properties that we add to
_ORDER = {
    "w:pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
    "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "w:tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "w:tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing "
    "tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
}


def in_schema_order(root: Any) -> None:
    """Put properties in the order of the schema: Word calls a document damaged over less."""
    for tag, names in _ORDER.items():
        order = {qn(f"w:{name}"): place for place, name in enumerate(names.split())}
        for element in root.iter(qn(tag)):
            children = sorted(element, key=lambda child: order.get(child.tag, len(order)))
            if children != list(element):
                element[:] = children


def _dot() -> bytes:
    """The smallest picture."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\x00\xff")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


_DOT = _dot()
