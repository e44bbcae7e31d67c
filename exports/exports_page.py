"""Exports: what the client takes home, built when it is asked for."""

import datetime as dt
import re

import streamlit as st

from exports.demonstration_widgets import demonstration_downloads
from exports.shortlist_workbook import shortlist_workbook
from interface.language import LANGUAGES, texts
from interface.page_widgets import current_language, header, page_texts
from scoring.fit import NothingAskedError
from workshops.session_widgets import assessment_of, database, person, require_project
from workshops.store.transfer import project_file

t = page_texts("exports")
project = require_project()
assessment = assessment_of(project)


def file_name(kind: str, ending: str) -> str:
    """A name that every file system takes: letters, digits and hyphens."""
    safe = re.sub(r"[^\w-]+", "-", project.name, flags=re.UNICODE).strip("-")[:60] or "project"
    return f"{safe}-{kind}.{ending}"


header(t("exports.title"), t("exports.state", project=project.name))
try:
    _ = assessment.shortlist
except NothingAskedError:
    st.info(t("exports.nothing"), icon=":material/checklist:")
    st.page_link("workshops/requirements_page.py", label=t("page.requirements"), icon=":material/arrow_forward:")
    st.stop()

language = st.segmented_control(
    t("exports.language"),
    list(LANGUAGES),
    key="exports_language",
    default=current_language(),
    required=True,
    format_func=LANGUAGES.get,
)
with st.container(border=True):
    st.markdown(f"**{t('exports.workbook')}**")
    st.caption(t("exports.workbook_what"))
    st.download_button(
        t("exports.download"),
        icon=":material/download:",
        type="primary",
        key="exports_workbook",
        data=lambda: shortlist_workbook(assessment, texts("workshops", language), dt.date.today()),
        file_name=file_name("shortlist", "xlsx"),
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
demonstration_downloads(assessment, language, t, file_name)
with st.container(border=True):
    st.markdown(f"**{t('exports.project_file')}**")
    st.caption(t("exports.project_file_what"))
    st.download_button(
        t("exports.download_project"),
        icon=":material/archive:",
        key="exports_project",
        data=lambda: project_file(database(), person(), project.id),
        file_name=file_name("project", "crmproject"),
        mime="application/gzip",
    )
