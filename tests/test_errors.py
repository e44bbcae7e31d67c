"""When something goes wrong: a sentence and a reference for the visitor, everything else in the log."""

from __future__ import annotations

import logging
import sqlite3

import pytest
from streamlit.testing.v1 import AppTest

from workshops.store.database import StoreError, database_url, open_database
from workshops.store.projects import list_projects

SECRET = "/srv/secret/path: it broke"

SCRIPT = """
import streamlit as st
from interface.error_widgets import speak_in_sentences
from tests.test_errors import raised
speak_in_sentences()
where = st.session_state["where"]

def callback():
    if where == "callback":
        raised(st.session_state["kind"])

@st.fragment
def part():
    if where == "fragment":
        raised(st.session_state["kind"])

st.button("go", key="go", on_click=callback)
part()
if where == "page":
    raised(st.session_state["kind"])
"""


def raised(kind: str) -> None:
    """What a page may raise."""
    from workshops.access import NotAllowedError
    from workshops.model import ProjectError

    raise {
        "unexpected": RuntimeError(SECRET),
        "store": StoreError("store.problem.full", SECRET),
        "access": NotAllowedError("edit-project"),
        "project": ProjectError([("project.problem.gone", {})]),
    }[kind]


@pytest.mark.expects_errors
@pytest.mark.parametrize("where", ["page", "fragment", "callback"])
@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("unexpected", "tell whoever runs the server this reference: "),
        ("store", "The disk that holds the database is full."),
        ("access", "Your role does not allow this"),
        ("project", "project"),
    ],
)
def test_every_error_ends_in_a_sentence(where, kind, sentence, caplog):
    app = AppTest.from_string(SCRIPT, default_timeout=20)
    app.session_state["where"], app.session_state["kind"] = where, kind
    app.run()
    if where == "callback":
        app.button(key="go").click().run()

    assert len(app.error) == 1 and sentence in app.error[0].value
    assert not app.exception and "secret" not in app.error[0].value and "Traceback" not in app.error[0].value
    if kind == "unexpected":
        reference = app.error[0].value.rsplit(" ", 1)[1]
        line = next(one for one in caplog.records if reference in one.getMessage())
        assert line.levelno == logging.ERROR and SECRET in str(line.exc_info[1])


@pytest.mark.expects_errors
def test_a_full_disk_while_creating_a_project_says_so_and_the_next_try_works(monkeypatch):
    """The button's callback meets the engine's own refusal: no page may grow any more."""
    app = AppTest.from_file("../app.py", default_timeout=60)
    app.query_params["language"] = "en"
    app.run()
    database = open_database(database_url())
    with database.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

    def limited(connection, _=None):
        connection.execute(f"PRAGMA max_page_count = {pages}")

    import sqlalchemy as sa

    sa.event.listen(database.engine, "checkout", lambda connection, *_: limited(connection))
    app.text_input(key="projects_name").set_value("Autumn " * 16)
    app.button[[button.label for button in app.button].index("Create the project")].click()
    app.run()
    if list_projects(database):  # it fitted into the pages that there are
        app.button(key="projects_sample").click().run()

    assert "disk that holds the database is full" in app.error[0].value
    pages += 10_000
    app.run()
    assert not app.error


@pytest.mark.expects_errors
def test_a_newer_database_is_refused_with_a_sentence():
    open_database(database_url())
    open_database.cache_clear()
    with sqlite3.connect(database_url().removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    app = AppTest.from_file("../app.py", default_timeout=60)
    app.query_params["language"] = "en"
    app.run()

    assert "written by a newer version" in app.error[0].value
    open_database.cache_clear()
