"""Exports: what the client takes home, built when it is asked for; what vendors answer, brought back."""

import datetime as dt
from html import escape

import streamlit as st

from exports.answers_widgets import answers_tab
from exports.delivery import Delivery
from exports.demonstration_widgets import demonstration_downloads
from exports.house_style import TEMPLATES, is_own, problems_of, template
from exports.house_style_widgets import house_style_tab
from exports.pack import documents, pack, requirements_document
from exports.rfp import response_grid
from interface.language import LANGUAGES
from interface.page_widgets import current_language, header, page_texts, show_problems
from scoring.fit import NothingAskedError
from workshops.session_widgets import assessment_of, database, person, require_project
from workshops.store.decisions import decisions_of
from workshops.store.demonstrations import script_of
from workshops.store.transfer import project_file

MIME = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "crmproject": "application/gzip",
    "zip": "application/zip",
}
ICONS = {"docx": "description", "xlsx": "table_view", "pptx": "slideshow", "crmproject": "archive", "zip": "folder_zip"}

t = page_texts("exports")
project = require_project()
assessment = assessment_of(project)

header(t("exports.title"), t("exports.state", project=project.name))
try:
    _ = assessment.shortlist
except NothingAskedError:
    st.info(t("exports.nothing"), icon=":material/checklist:")
    st.page_link("workshops/rooms/requirements_page.py", label=t("page.requirements"), icon=":material/arrow_forward:")
    st.stop()

language = st.segmented_control(
    t("exports.language"),
    list(LANGUAGES),
    key="exports_language",
    default=current_language(),
    required=True,
    format_func=LANGUAGES.get,
)
delivery = Delivery(
    assessment,
    language,
    dt.date.today(),
    decisions=tuple(decisions_of(database(), project.id)),
    script=tuple(script_of(database(), project.id)),
)
who = person()


def this_project_file() -> bytes:
    return project_file(database(), who, project.id)


def download(kind: str, ending: str, make, *, key: str = "", more: str = "", **look) -> None:
    """A button that builds its file when it is clicked."""
    st.download_button(
        t("exports.download", ending=ending),
        icon=f":material/{ICONS[ending]}:",
        key=f"exports_{key or kind}",
        data=make,
        file_name=delivery.file_name(kind, ending, more),
        mime=MIME[ending],
        width="stretch",
        **look,
    )


def row(kind: str):
    """A document with what it is for; gives back the place of its button."""
    words, action = st.columns([5, 2], vertical_alignment="center")
    with words:
        st.html(
            f"<b>{escape(t(f'exports.{kind}.name'))}</b>"
            f"<p class='muted small' style='margin:.15rem 0 0'>{escape(t(f'exports.{kind}.what'))}</p>"
        )
    return action


def whole_pack() -> None:
    """One button for everything: built with its progress, then kept until the project changes."""
    made = (project.id, project.revision, language, dt.date.today())
    with st.container(border=True), row("pack"):
        if st.session_state.get("exports_pack_made") == made:
            download("pack", "zip", st.session_state["exports_pack_content"], key="pack_download", type="primary")
        elif st.button(
            t("exports.pack.make"), key="exports_pack", type="primary", width="stretch", icon=":material/folder_zip:"
        ):
            bar = st.progress(0.0)

            def told(done: int, every: int, name: str) -> None:
                bar.progress(done / every, text=name.rpartition("/")[2])

            st.session_state["exports_pack_content"] = pack(delivery, this_project_file(), told)
            st.session_state["exports_pack_made"] = made
            st.rerun()


def single_documents() -> None:
    for one in documents(delivery):
        with row(one.kind):
            make = one.make
            if one.kind == "requirements":
                budget = project.context.budget and st.checkbox(t("exports.with_budget"), key="exports_with_budget")
                download(one.kind, one.ending, lambda: requirements_document(delivery, with_budget=bool(budget)))
                continue
            download(one.kind, one.ending, lambda make=make: make(delivery))
    with row("rfp"):
        products = assessment.offers.products
        # the shortlisted first; any product of the edition may be asked
        order = list(dict.fromkeys([products[one] for one in assessment.shortlist.rows.index]))
        product = st.selectbox(
            t("exports.rfp.product"),
            order,
            key="exports_rfp_product",
            format_func=assessment.product_name,
            label_visibility="collapsed",
        )
        download("rfp", "xlsx", lambda: response_grid(delivery, product), more=product)
    with row("project"):
        download("project", "crmproject", this_project_file)


to_take, answers, style = st.tabs(
    [t("exports.tab.documents"), t("exports.tab.answers"), t("exports.tab.style")], key="exports_tabs"
)
with to_take:
    broken = [problem for name in TEMPLATES if is_own(name) for problem in problems_of(name, template(name))]
    if broken:
        st.warning(t("exports.broken_template"), icon=":material/warning:")
        show_problems(broken, t)
    else:
        whole_pack()
        single_documents()
        demonstration_downloads(assessment, language, t, delivery.file_name)
with answers:
    answers_tab(delivery, t)
with style:
    house_style_tab(t, who)
