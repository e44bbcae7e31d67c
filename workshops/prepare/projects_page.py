"""Projects: list, create, open the sample, duplicate, archive, delete."""

from html import escape

import streamlit as st

from interface.page_widgets import current_language, header, page_texts, plain, show_problems
from vendors.load import load_edition
from vendors.publish import editions, newest_edition
from workshops.model import ProjectError, equal_weights
from workshops.prepare.renewal_widgets import newer_edition, overview
from workshops.prepare.sample import create_sample
from workshops.session_widgets import current_project, database, map_of, person
from workshops.store.projects import (
    archive_project,
    create_project,
    delete_project,
    duplicate_project,
    list_projects,
    projects_of,
    rename_project,
)
from workshops.store.transfer import restore_project

t = page_texts("workshops")
who = person()
may_create, may_edit = who.may("create-project"), who.may("edit-project")


def choose(project_id: str | None) -> None:
    st.session_state["project"] = project_id
    st.query_params["project"] = project_id or ""


def open_sample() -> None:
    edition = load_edition(editions()[newest_edition()])
    choose(create_sample(database(), who, map_of(edition), edition.id, current_language()))


def create() -> None:
    edition = load_edition(editions()[st.session_state["projects_edition"]])
    try:
        choose(
            create_project(
                database(),
                who,
                name=st.session_state["projects_name"],
                client=st.session_state["projects_client"],
                edition_id=edition.id,
                weights=equal_weights(map_of(edition)),
            )
        )
    except ProjectError as error:
        st.session_state["projects_problems"] = error.problems


def duplicate(project_id: str, name: str) -> None:
    choose(duplicate_project(database(), who, project_id, name=t("projects.copy_of", name=name)[:120]))


def restore() -> None:
    try:
        choose(restore_project(database(), who, st.session_state["projects_file"].getvalue(), editions=set(editions())))
    except ProjectError as error:
        st.session_state["projects_problems"] = error.problems


@st.dialog(t("projects.rename"))
def rename(project) -> None:
    name = st.text_input(t("projects.name"), value=project.name, key="projects_rename_name")
    client = st.text_input(t("projects.client"), value=project.client, key="projects_rename_client")
    if st.button(t("projects.save"), type="primary", key="projects_rename_save"):
        try:
            rename_project(database(), who, project.id, name=name, client=client)
        except ProjectError as error:
            show_problems(error.problems, t)
        else:
            st.rerun()


@st.dialog(t("projects.delete"))
def confirm_delete(project) -> None:
    st.markdown(t("projects.delete_what", name=plain(project.name), count=project.asked))
    if st.button(t("projects.delete_confirm"), type="primary", key="projects_delete_confirm"):
        delete_project(database(), who, project.id)
        if st.session_state.get("project") == project.id:
            choose_none_after_rerun()
        st.rerun()


def choose_none_after_rerun() -> None:
    # the sidebar's widget owns the key in this run; it forgets a project that is gone in the next
    if "project" in st.query_params:
        del st.query_params["project"]


def card(project) -> None:
    tags = f'<span class="tag sample">{escape(t("projects.sample_tag"))}</span>' if project.is_sample else ""
    state = t(
        "projects.state",
        asked=t("projects.asked", count=project.asked),
        edition=project.edition_id,
        changed=t.time(project.changed_at),
    )
    st.html(
        f"<h4 style='margin:0'>{escape(project.name)} {tags}</h4>"
        f"<p class='muted small' style='margin:.1rem 0 0'>{escape(project.client)}</p>"
        f"<p class='muted small' style='margin:.1rem 0 0'>{escape(state)}</p>"
    )


def row(project) -> None:
    with st.container(border=True, key=f"projects_card_{project.id}"):
        words, actions = st.columns([5, 4], vertical_alignment="center")
        with words:
            card(project)
        with actions, st.container(horizontal=True, horizontal_alignment="right"):
            if not project.archived:
                is_open = st.session_state.get("project") == project.id
                st.button(
                    t("projects.is_open") if is_open else t("projects.open"),
                    key=f"projects_open_{project.id}",
                    type="secondary" if is_open else "primary",
                    disabled=is_open,
                    on_click=choose,
                    args=(project.id,),
                )
            if may_edit:
                with st.popover(t("projects.more"), key=f"projects_more_{project.id}"):
                    if st.button(t("projects.rename"), key=f"projects_rename_{project.id}", width="stretch"):
                        rename(project)
                    if may_create:
                        st.button(
                            t("projects.duplicate"),
                            key=f"projects_duplicate_{project.id}",
                            width="stretch",
                            on_click=duplicate,
                            args=(project.id, project.name),
                        )
                    st.button(
                        t("projects.unarchive") if project.archived else t("projects.archive"),
                        key=f"projects_archive_{project.id}",
                        width="stretch",
                        on_click=lambda: archive_project(database(), who, project.id, archived=not project.archived),
                    )
                    if may_create and st.button(
                        t("projects.delete"), key=f"projects_delete_{project.id}", width="stretch"
                    ):
                        confirm_delete(project)


everything = projects_of(database(), who)
active, archived = [one for one in everything if not one.archived], [one for one in everything if one.archived]
header(t("projects.title"), t("projects.count", count=len(active)) if active else t("projects.empty"))
show_problems(st.session_state.pop("projects_problems", []), t)

if may_create:
    new, sample = st.columns([3, 2], gap="large") if not active else (st.container(), st.container())
    with new, st.expander(t("projects.new"), expanded=not active, icon=":material/add:", key="projects_new"):
        with st.form("projects_form", border=False, clear_on_submit=True):
            st.text_input(
                t("projects.name"), key="projects_name", max_chars=120, placeholder=t("projects.name_example")
            )
            st.text_input(t("projects.client"), key="projects_client", max_chars=120)
            known = list(editions())
            st.selectbox(t("projects.edition"), known, index=len(known) - 1, key="projects_edition")
            st.form_submit_button(t("projects.create"), type="primary", on_click=create)
    if not any(one.is_sample for one in active):
        with sample, st.container(border=True):
            st.html(
                f"<h4 style='margin:0'>{escape(t('projects.sample_title'))}</h4>"
                f"<p class='muted' style='margin:.3rem 0 0'>{escape(t('projects.sample_what'))}</p>"
            )
            st.button(
                t("projects.open_sample"),
                key="projects_sample",
                on_click=open_sample,
                icon=":material/play_arrow:",
                type="primary" if not active else "secondary",
            )

for project in active:
    row(project)
if st.session_state.get("project") in {one.id for one in active}:
    with st.container(horizontal=True):
        for section, page in (("prepare", "context"), ("rooms", "requirements"), ("choose", "shortlist")):
            st.page_link(
                f"workshops/{section}/{page}_page.py", label=t(f"page.{page}"), icon=":material/arrow_forward:"
            )
    newer_edition(current_project())
if who.may("publish-edition"):
    theirs = {one.id for one in active}
    overview(active, [one for one in list_projects(database()) if not one.archived and one.id not in theirs])
if may_create:
    with st.expander(t("restore.title"), icon=":material/upload_file:", key="projects_restore"):
        st.caption(t("restore.help"))
        uploaded = st.file_uploader(t("restore.file"), key="projects_file", type="crmproject")
        st.button(t("restore.button"), key="projects_restore_button", disabled=uploaded is None, on_click=restore)
if archived:
    with st.expander(t("projects.archived", count=len(archived)), key="projects_archived"):
        for project in archived:
            row(project)
