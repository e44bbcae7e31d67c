"""The downloads of the demonstrations, for the Exports page."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from exports.demonstration_documents import scoring_sheet, script_document, seen_workbook
from interface.language import Texts, texts
from workshops.assess import Assessment
from workshops.session_widgets import database
from workshops.store.demonstrations import script_of

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def demonstration_downloads(
    assessment: Assessment, language: str, t: Texts, file_name: Callable[[str, str], str]
) -> None:
    """The script to send, the sheet to score with, and what was seen once something was."""
    lines, words = script_of(database(), assessment.project.id), texts("workshops", language)
    with st.container(border=True):
        st.markdown(f"**{t('exports.demonstrations')}**")
        st.caption(t("exports.demonstrations_what"))
        if not lines:
            st.page_link("workshops/decide/decide_page.py", label=t("exports.write_script"), icon=":material/gavel:")
        with st.container(horizontal=True):
            if lines:
                st.download_button(
                    t("exports.script"),
                    icon=":material/description:",
                    key="exports_script",
                    data=lambda: script_document(assessment, lines, words),
                    file_name=file_name("script", "docx"),
                    mime=WORD,
                )
                st.download_button(
                    t("exports.scoring_sheet"),
                    icon=":material/checklist:",
                    key="exports_scoring_sheet",
                    data=lambda: scoring_sheet(assessment, lines, words),
                    file_name=file_name("scoring", "xlsx"),
                    mime=EXCEL,
                )
            if assessment.project.evidence.seen:
                st.download_button(
                    t("exports.seen"),
                    icon=":material/visibility:",
                    key="exports_seen",
                    data=lambda: seen_workbook(assessment, words),
                    file_name=file_name("seen", "xlsx"),
                    mime=EXCEL,
                )
