"""What people type, and what addresses carry: nothing is executed, nothing breaks a page, too much gets its sentence."""

from __future__ import annotations

import io

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from exports.delivery import Delivery
from exports.scorecard import scorecard
from functional_map.load import load_map
from interface.language import texts
from tests.conftest import ROOT, unfold
from tests.test_access import pages_of_app
from tests.test_editions_page import workbook
from vendors.draft import current_draft
from workshops.access import AT_HOME
from workshops.assess import assess
from workshops.model import Context, OwnItem, ProjectError, Work
from workshops.prepare.sample import create_sample
from workshops.store import votes
from workshops.store.database import database_url, open_database
from workshops.store.journal import journal_file
from workshops.store.projects import (
    add_own_item,
    create_project,
    list_projects,
    read_project,
    rename_project,
    save_context,
    save_expectations,
)

MARKUP = "<script>window.hacked=1</script><img src=x onerror='window.hacked=1'>[x](javascript:window.hacked=1)"
HOSTILE = {
    "markup": MARKUP,
    "formula": '=HYPERLINK("http://evil","x")',
    "formula with a plus": "+1+cmd|' /C calc'!A0",
    "right to left": "\u202egnp.exe\u2066 abc",
    "zero width": "a\u200bb\u200dc\ufeff",
    "template": "{project} {0} %s {{7*7}} $x^2$ `code` :red[x]",
    "sql": "'; DROP TABLE project; --",
    "path": "../../etc/passwd",
    "emoji and combining": "👩‍👩‍👧‍👦" + "e\u0301\u0302" * 5,
}
PAGES = [page for page in pages_of_app() if page != "workshops/people/sign_in_page.py"]


@pytest.fixture
def project(installed):
    database = open_database(database_url())
    return database, create_sample(database, AT_HOME, load_map(2026), "2027-test", "en")


def fill(database, project_id: str, text: str) -> None:
    """The text everywhere that somebody can type something."""
    rename_project(database, AT_HOME, project_id, name=text[:120], client=text[:120])
    context = read_project(database, project_id).context
    changed = Context.from_json(context.to_json() | {"sector": text[:60]})
    save_context(database, AT_HOME, project_id, changed)
    save_expectations(database, AT_HOME, project_id, ["sla"], {"sla": {"level": 2, "note": text, "owner": text[:120]}})
    domain = load_map(2026).domains[0].id
    add_own_item(database, AT_HOME, project_id, OwnItem("own-x", domain, text[:120], text))
    room = votes.open_workshop(database, AT_HOME, project_id)
    votes.join(database, room.code, name=text[:60], team="sales", teams=["sales"])


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_page_breaks_and_no_cell_is_a_formula(project, text):
    database, project_id = project
    fill(database, project_id, text)
    app = AppTest.from_file("../app.py", default_timeout=60)
    app.query_params["language"], app.query_params["project"] = "en", project_id
    app.run()
    for page in PAGES:
        app.switch_page(page).run()
        assert not app.exception and app.title, page
        assert not [one.value for one in app.error], page
    one = read_project(database, project_id)
    from vendors.load import load_edition
    from vendors.publish import editions

    edition = load_edition(editions()[one.edition_id])
    import datetime as dt

    content = scorecard(Delivery(assess(one, edition, load_map(2026)), "en", dt.date(2026, 1, 1)))
    typed = [
        cell
        for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and text[:20] in cell.value
    ]
    assert typed and all(cell.data_type != "f" for cell in typed)
    for line in journal_file(database, AT_HOME, project_id).decode("utf-8-sig").splitlines():
        assert not line.startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize(
    "act",
    [
        lambda d, p, text: rename_project(d, AT_HOME, p, name=text, client=""),
        lambda d, p, text: rename_project(d, AT_HOME, p, name="x", client=text),
        lambda d, p, text: create_project(d, AT_HOME, name=text, client="", edition_id="2026", weights={"a": 1.0}),
        lambda d, p, text: save_context(d, AT_HOME, p, Context(sector=text)),
        lambda d, p, text: save_context(d, AT_HOME, p, Context(systems=(Work(text),))),
        lambda d, p, text: save_expectations(d, AT_HOME, p, ["sla"], {"sla": {"note": text}}),
        lambda d, p, text: save_expectations(d, AT_HOME, p, ["sla"], {"sla": {"owner": text}}),
        lambda d, p, text: add_own_item(d, AT_HOME, p, OwnItem("own-x", "a", text)),
        lambda d, p, text: add_own_item(d, AT_HOME, p, OwnItem("own-x", "a", "x", text)),
        lambda d, p, text: votes.join(
            d, votes.open_workshop(d, AT_HOME, p).code, name=text, team="sales", teams=["sales"]
        ),
    ],
)
def test_a_megabyte_is_refused_with_a_sentence_in_both_languages(project, act):
    database, project_id = project
    with pytest.raises(ProjectError) as caught:
        act(database, project_id, "x" * 2**20)
    for key, values in caught.value.problems:
        for language in ("en", "fr"):
            assert 10 < len(texts("workshops", language)(key, **values)) < 400


@pytest.mark.parametrize("value", [*HOSTILE.values(), "x" * 100_000, "", "\x00", "../app.py"])
def test_forged_addresses_open_an_ordinary_page(project, value):
    for names in (("project", "language", "page", "batch"), ("join", "p")):
        app = AppTest.from_file("../app.py", default_timeout=60)
        for name in names:
            app.query_params[name] = value
        app.run()
        assert not app.exception and app.title
        assert value == "" or len(value) < 4 or value not in str([one.value for one in app.html])


# every place that takes a file: (page, key of the uploader, ending of its files)
UPLOADERS = [
    ("workshops/prepare/projects_page.py", "projects_file", "crmproject"),
    ("functional_map/map_page.py", "map_upload", "xlsx"),
    ("exports/exports_page.py", "exports_answers_file", "xlsx"),
    ("exports/exports_page.py", "exports_style_file_requirements", "docx"),
    ("exports/exports_page.py", "exports_style_file_slides", "pptx"),
    ("vendors/editions_page.py", "editions_file_0", "xlsx"),
]
CONTENTS = {
    "nothing": b"",
    "no such file": b"<script>window.hacked=1</script>",
    "an empty archive": b"PK\x05\x06" + bytes(18),
}


def test_every_uploader_is_tried():
    found = {
        (path.relative_to(ROOT).as_posix(), line.count("file_uploader("))
        for package in ("workshops", "vendors", "functional_map", "exports", "interface")
        for path in (ROOT / package).rglob("*.py")
        for line in [path.read_text(encoding="utf-8")]
        if "file_uploader(" in line
    }

    assert found == {
        ("workshops/prepare/projects_page.py", 1),
        ("functional_map/map_page.py", 1),
        ("exports/answers_widgets.py", 1),
        ("exports/house_style_widgets.py", 1),
        ("vendors/editions_page.py", 1),
    }


@pytest.mark.parametrize(("page", "key", "ending"), UPLOADERS, ids=[key for _, key, _ in UPLOADERS])
def test_a_hostile_file_under_a_hostile_name_gets_a_sentence(project, page, key, ending):
    database, project_id = project
    app = AppTest.from_file("../app.py", default_timeout=60)
    app.query_params["language"], app.query_params["project"] = "en", project_id
    app.run()
    app.switch_page(page).run()
    if key.startswith("editions"):
        app.button(key="editions_start").click().run()
        app.segmented_control(key="editions_step").set_value("in").run()
    before = len(list_projects(database))
    names = [*(f"{name}.{ending}" for name in HOSTILE.values()), f"{'x' * 2**20}.{ending}"]
    for number, name in enumerate(names):
        content = list(CONTENTS.values())[number % len(CONTENTS)]
        app.file_uploader(key=key).upload(name, content, "application/octet-stream").run()
        button = {"projects_file": "projects_restore_button"}.get(key, key.replace("_file_", "_replace_"))
        if button != key and "editions" not in key:
            app.button(key=button).click().run()
        assert not app.exception and app.title, name[:80]
        assert app.error and all(10 < len(one.value) < 600 for one in app.error), name[:80]
        assert not [one for one in app.html if "<script>window" in one.value], name[:80]
    assert len(list_projects(database)) == before


def test_a_good_workbook_under_a_hostile_name_is_taken_and_its_name_only_shown(project):
    """The name stays in the history of the draft: as text, and not a megabyte of it."""
    app = AppTest.from_file("../app.py", default_timeout=60)
    app.query_params["language"], app.query_params["project"] = "en", project[1]
    app.run()
    app.switch_page("vendors/editions_page.py").run()
    app.button(key="editions_start").click().run()
    content = workbook(app)
    for name in (f"{MARKUP}.xlsx", f"{HOSTILE['right to left']}.xlsx", f"{'x' * 2**20}.xlsx"):
        app.segmented_control(key="editions_step").set_value("in").run()
        app.file_uploader[0].upload(name, content, "application/octet-stream").run()
        next(one for one in app.text_input if one.key.startswith("editions_analyst")).set_value("Ana").run()
        app.button(key="editions_bring").click().run()
        assert not app.exception and not app.error
        assert not [one for one in app.html if "<script>window" in one.value]
    kept = [one.file for one in current_draft().uploads]
    assert len(kept) == 3 and kept[0].startswith("<script>") and max(map(len, kept)) <= 120


@pytest.mark.browser
def test_markup_is_shown_and_never_run(visit, server, tmp_path):
    """Through the real page: a project whose name, client and own item are markup."""
    page = visit()
    unfold(page, "projects_new")
    page.get_by_label("Name of the project").fill(MARKUP)
    page.get_by_role("button", name="Create the project").click()
    page.get_by_text("<script>window.hacked=1</script>").first.wait_for()
    for name in ("Context", "Requirements", "People", "Journal", "Exports", "Projects"):
        page.get_by_test_id("stSidebarNav").get_by_text(name, exact=True).click()
        page.wait_for_timeout(800)
        assert page.evaluate("window.hacked") is None, name
