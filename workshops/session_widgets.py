"""What pages of an engagement find in the visitor's session: person, database, project, edition, assessment."""

from __future__ import annotations

import os
from collections import OrderedDict
from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from functional_map.load import load_map
from functional_map.model import FunctionalMap
from interface.page_widgets import header, page_texts
from vendors.load import load_edition
from vendors.model import Edition
from vendors.publish import editions
from workshops.access import AT_HOME, Person
from workshops.assess import Assessment, assess
from workshops.model import Project
from workshops.store.database import Database, database_url, open_database
from workshops.store.projects import read_project, revision_of
from workshops.store.votes import participant_by_token

MOST_CACHED = 32


def person() -> Person:
    """Who is acting."""
    return st.session_state.get("person", AT_HOME)


def visitor() -> Person:
    """Whoever comes with a join code votes in that workshop and does nothing else; without one they are at home."""
    if "join" not in st.query_params:
        return AT_HOME
    found = participant_by_token(database(), st.query_params["join"], st.query_params.get("p", ""))
    return Person(found[1].id, found[1].name, "participant") if found else Person("", "", "participant")


def site_address() -> str:
    """Where a page of the workshop section stands, without the page: what phones are sent to."""
    if given := os.environ.get("CRM_ADDRESS"):
        return given.rstrip("/") + "/"
    url = urlsplit(st.context.url or "")
    return urlunsplit((url.scheme, url.netloc, url.path.rstrip("/").rpartition("/")[0] + "/", "", ""))


def database() -> Database:
    return open_database(database_url())


def edition_of(project: Project) -> Edition:
    return load_edition(editions()[project.edition_id])


def map_of(edition: Edition) -> FunctionalMap:
    return load_map(edition.map_year)


def current_project() -> Project | None:
    """The project chosen in the sidebar, as it stands now."""
    project_id = st.session_state.get("project")
    return project_by_id(project_id) if project_id else None


def project_by_id(project_id: str) -> Project | None:
    """A project as it stands now, or None where it is gone."""
    revision = revision_of(database(), project_id)
    return None if revision is None else _project_at(project_id, revision)


def require_project() -> Project:
    """The current project; without one, say what to do next and stop the page."""
    project = current_project()
    if project is None:
        t = page_texts("workshops")
        header(t("no_project.title"), t("no_project.state"))
        st.page_link("workshops/projects_page.py", label=t("no_project.link"), icon=":material/folder_open:")
        st.stop()
    return project


def assessment_of(project: Project) -> Assessment:
    """The numbers of a project at its revision; runs between two changes share them."""
    edition = edition_of(project)
    return assess(project, edition, map_of(edition))


@st.cache_resource
def _projects() -> OrderedDict[tuple[str, str, int], Project]:
    """Projects by database, id and revision: the same object for every visitor until somebody changes something."""
    return OrderedDict()


def _project_at(project_id: str, revision: int) -> Project | None:
    kept, key = _projects(), (database_url(), project_id, revision)
    project = kept.get(key)
    if project is None:
        project = read_project(database(), project_id)
        if project is None:
            return None
        kept[(database_url(), project_id, project.revision)] = project
        while len(kept) > MOST_CACHED:
            kept.popitem(last=False)
    return project
