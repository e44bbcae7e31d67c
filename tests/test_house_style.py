"""House templates: replaced by an installation, checked before they are used, refused with the name of what is wrong."""

from __future__ import annotations

import io
import zipfile

import docx
import pptx
import pytest
from docx.enum.style import WD_STYLE_TYPE

from exports.default_templates import MAKERS
from exports.house_style import (
    SHIPPED,
    TEMPLATES,
    drop_template,
    fields_of,
    is_own,
    own_folder,
    problems_of,
    replace_template,
    template,
)
from interface.language import texts
from workshops.access import AT_HOME, NotAllowedError, Person
from workshops.model import ProjectError

FIELD, SYNTAX = "template.problem.field", "template.problem.syntax"


def with_paragraph(name: str, text: str, *, where: str = "body") -> bytes:
    """A shipped template with one more paragraph."""
    document = docx.Document(SHIPPED / name)
    place = document if where == "body" else getattr(document.sections[0], where)
    place.add_paragraph(text)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def with_layout(change) -> bytes:
    """The shipped slides after a change of one of their layouts."""
    deck = pptx.Presentation(SHIPPED / "slides.pptx")
    change({layout.name: layout for layout in deck.slide_layouts})
    target = io.BytesIO()
    deck.save(target)
    return target.getvalue()


def prompt(layout, text: str) -> None:
    next(iter(layout.placeholders)).text_frame.text = text


@pytest.mark.parametrize("name", TEMPLATES)
def test_shipped_templates_are_what_their_script_writes(name):
    """Whoever changes the script writes the files anew: `python -m exports.default_templates`."""
    written, made = (
        zipfile.ZipFile(io.BytesIO(content)) for content in ((SHIPPED / name).read_bytes(), MAKERS[name]())
    )

    assert written.namelist() == made.namelist()
    different = [part for part in made.namelist() if written.read(part) != made.read(part)]
    assert different == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_shipped_templates_fit(name):
    assert problems_of(name, (SHIPPED / name).read_bytes()) == []
    assert template(name) == (SHIPPED / name).read_bytes()


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("{{ front.cleint }}", "cleint"),
        ("{{ nothing_of_the_kind }}", "nothing_of_the_kind"),
        ("{{ words.sumary }}", "sumary"),
        ("{% if front.client %}{{ front.oops }}{% endif %}", "oops"),
        ("{% if front.client == 'never' %}{{ a }}{% else %}{{ b.c }}{% endif %}", "b"),
        ("{{ front.__class__ }}", "__class__"),
        ("{{ front.client.__class__.__mro__ }}", "__class__"),
        ("{{ self.__init__.__globals__ }}", "__init__"),
    ],
)
@pytest.mark.parametrize("name", ["requirements.docx", "shortlist.docx"])
def test_an_unknown_field_is_refused_by_its_name(name, text, field):
    assert (FIELD, {"field": field}) in problems_of(name, with_paragraph(name, text))


@pytest.mark.parametrize("where", ["header", "footer"])
def test_an_unknown_field_in_the_head_or_foot_is_refused(where):
    content = with_paragraph("requirements.docx", "{{ logo_text }}", where=where)

    assert problems_of("requirements.docx", content) == [(FIELD, {"field": "logo_text"})]


def test_every_unknown_field_is_named_at_once():
    content = with_paragraph("shortlist.docx", "{{ one }} {{ front.two }} {% for x in three %}{{ x }}{% endfor %}")

    assert problems_of("shortlist.docx", content) == [(FIELD, {"field": name}) for name in ("one", "three", "two")]


@pytest.mark.parametrize(
    "text",
    [
        "{{ front.client",
        "{% for x in summary %}",
        "{% include '/etc/passwd' %}",
        "{{ front.client | nosuchfilter }}",
        "{% endif %}",
    ],
)
def test_a_broken_rule_of_the_fields_gets_a_sentence(text):
    problems = problems_of("requirements.docx", with_paragraph("requirements.docx", text))

    assert problems and {problem for problem, _ in problems} <= {SYNTAX, "template.problem.unreadable"}


def test_what_is_not_a_template_is_refused_unopened():
    shipped = (SHIPPED / "requirements.docx").read_bytes()

    def with_part(name: str, data: bytes) -> bytes:
        target = io.BytesIO(shipped)
        with zipfile.ZipFile(target, "a") as archive:
            archive.writestr(name, data)
        return target.getvalue()

    assert problems_of("requirements.docx", b"no archive") == [("template.problem.kind", {})]
    assert problems_of("requirements.docx", (SHIPPED / "slides.pptx").read_bytes()) == [("template.problem.kind", {})]
    assert problems_of("slides.pptx", shipped) == [("template.problem.kind", {})]
    assert problems_of("requirements.docx", shipped[: len(shipped) // 2]) == [("template.problem.kind", {})]
    assert problems_of("requirements.docx", with_part("word/vbaProject.bin", b"x")) == [("template.problem.macros", {})]
    bomb = with_part("word/media/x.bin", b"\0" * (61 * 2**20))
    bomb_problem = problems_of("requirements.docx", bomb)
    assert bomb_problem == [("template.problem.large", {})]
    entity = with_part("word/other.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    assert problems_of("requirements.docx", entity) == [("template.problem.unreadable", {})]
    assert problems_of("letter.docx", shipped)[0][0] == "template.problem.name"


def test_slides_need_their_layouts_and_places():
    def rename(layouts):
        layouts["chart"].name = "Diagramm"

    def misspell(layouts):
        prompt(layouts["text"], "{{ titel }}")

    def forget(layouts):
        for shape in layouts["table"].placeholders:
            if "table" in shape.text_frame.text:
                shape.text_frame.text = "anything"

    assert problems_of("slides.pptx", with_layout(rename)) == [("template.problem.layout", {"layout": "chart"})]
    assert problems_of("slides.pptx", with_layout(misspell)) == [
        (FIELD, {"field": "titel"}),
        ("template.problem.place", {"layout": "text", "field": "title"}),
    ]
    assert problems_of("slides.pptx", with_layout(forget)) == [
        ("template.problem.place", {"layout": "table", "field": "table"})
    ]


def test_a_house_template_is_used_until_it_is_dropped(data_folder):
    mine = with_paragraph("requirements.docx", "House {{ front.client }}")
    replace_template(AT_HOME, "requirements.docx", mine)

    assert is_own("requirements.docx") and template("requirements.docx") == mine
    assert [path.name for path in own_folder().iterdir()] == ["requirements.docx"]  # nothing half-written beside it
    drop_template(AT_HOME, "requirements.docx")
    assert not is_own("requirements.docx")
    assert template("requirements.docx") == (SHIPPED / "requirements.docx").read_bytes()


def test_a_template_that_does_not_fit_leaves_the_present_one(data_folder):
    mine = with_paragraph("shortlist.docx", "House")
    replace_template(AT_HOME, "shortlist.docx", mine)

    with pytest.raises(ProjectError) as caught:
        replace_template(AT_HOME, "shortlist.docx", with_paragraph("shortlist.docx", "{{ nope }}"))
    assert caught.value.problems == [(FIELD, {"field": "nope"})]
    assert template("shortlist.docx") == mine


@pytest.mark.parametrize("role", ["consultant", "team", "participant"])
def test_only_an_admin_changes_the_house_style(role, data_folder):
    somebody = Person("x", "Somebody", role)

    with pytest.raises(NotAllowedError):
        replace_template(somebody, "requirements.docx", (SHIPPED / "requirements.docx").read_bytes())
    with pytest.raises(NotAllowedError):
        drop_template(somebody, "requirements.docx")


def test_the_list_of_fields_is_what_a_template_may_use():
    """Each field that the shipped templates use is listed, and a template that uses only listed ones fits."""
    listed = fields_of("requirements.docx")

    assert {"front.client", "summary[]", "domains[].lines[].sentence", "words.context"} <= set(listed)
    plain = [name for name in listed if "[]" not in name]
    content = with_paragraph("requirements.docx", " ".join(f"{{{{ {name} }}}}" for name in plain))
    assert problems_of("requirements.docx", content) == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_problem_has_its_sentence(language):
    t = texts("exports", language)
    for key, values in (
        (FIELD, {"field": "x"}),
        (SYNTAX, {"message": "x"}),
        ("template.problem.unreadable", {}),
        ("template.problem.kind", {}),
        ("template.problem.macros", {}),
        ("template.problem.large", {}),
        ("template.problem.name", {"names": "x"}),
        ("template.problem.layout", {"layout": "x"}),
        ("template.problem.place", {"layout": "x", "field": "y"}),
    ):
        assert t(key, **values)


def test_a_style_of_the_house_reaches_the_document(data_folder):
    """The document keeps the styles, the texts and the pictures of the template it is made from."""
    from exports.requirements_document import Specification
    from exports.word import example, filled

    document = docx.Document(SHIPPED / "requirements.docx")
    document.styles.add_style("House", WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("Our own words for {{ front.client }}", style="House")
    target = io.BytesIO()
    document.save(target)
    made = filled(
        target.getvalue(),
        example(
            Specification,
            {name.removeprefix("words."): "w" for name in fields_of("requirements.docx") if name.startswith("words.")},
            full=True,
        ),
        language="fr",
        title="T",
    )
    last = docx.Document(io.BytesIO(made)).paragraphs[-1]

    assert (last.text, last.style.name) == ("Our own words for x", "House")
