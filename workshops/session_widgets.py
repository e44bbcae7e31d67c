"""What pages of an engagement find in the visitor's session: person, database, project, edition, assessment."""

from __future__ import annotations

import os
from collections import OrderedDict
from urllib.parse import urlsplit, urlunsplit

import pandas as pd
import streamlit as st

from functional_map.load import load_map
from functional_map.model import FunctionalMap
from interface.page_widgets import header, page_texts
from scoring.fit import NothingAskedError
from vendors.load import load_edition
from vendors.model import Edition
from vendors.publish import editions
from workshops.access import NOBODY, Person
from workshops.assess import Assessment, assess
from workshops.decisive import decisive_items
from workshops.model import Project
from workshops.rooms.room import Workshop
from workshops.store.database import Database, database_url, open_database
from workshops.store.projects import may_read, read_project, revision_of
from workshops.store.votes import votes_by_team

MOST_CACHED = 32


def person() -> Person:
    """Who is acting."""
    return st.session_state.get("person", NOBODY)


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
    """The project chosen in the sidebar, as it stands now; None too where it is not the visitor's."""
    project_id = st.session_state.get("project")
    if not project_id or not may_read(database(), person(), project_id):
        return None
    return project_by_id(project_id)


def project_by_id(project_id: str) -> Project | None:
    """A project as it stands now, whosever it is, or None where it is gone."""
    revision = revision_of(database(), project_id)
    return None if revision is None else _project_at(project_id, revision)


def require_project() -> Project:
    """The current project; without one, say what to do next and stop the page."""
    project = current_project()
    if project is None:
        t = page_texts("workshops")
        header(t("no_project.title"), t("no_project.state"))
        st.page_link("workshops/prepare/projects_page.py", label=t("no_project.link"), icon=":material/folder_open:")
        st.stop()
    return project


def assessment_of(project: Project) -> Assessment:
    """The numbers of a project at its revision; runs between two changes share them."""
    edition = edition_of(project)
    return assess(project, edition, map_of(edition))


def decisive_of(project: Project, workshop: Workshop | None, votes: pd.DataFrame | None = None) -> pd.DataFrame:
    """Items by how much they can still change the shortlist, by what is agreed and voted now: item -> places, swing, ...

    votes  those of the workshop, where they have been read already
    """
    return _decisive(database_url(), project.id, project.revision, workshop.votes if workshop else 0, project, votes)


@st.cache_resource(max_entries=16, show_spinner=False)
def _decisive(
    url: str, project_id: str, revision: int, votes: int, _project: Project, _known: pd.DataFrame | None
) -> pd.DataFrame:
    try:
        known = votes_by_team(database(), project_id) if _known is None else _known
        return decisive_items(assessment_of(_project), known)
    except NothingAskedError:  # no domain in scope has a weight
        return pd.DataFrame(columns=["low", "high", "places", "swing"], dtype=float)


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
