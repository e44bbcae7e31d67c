"""People: who sees the project, and what is kept about those who voted."""

import json

import streamlit as st

from interface.page_widgets import header, page_texts, show_problems
from workshops.model import ProjectError
from workshops.rooms.lead_widgets import team_name
from workshops.session_widgets import database, edition_of, map_of, person, require_project
from workshops.store.accounts import add_member, members_of, remove_member
from workshops.store.privacy import erase_participant, kept_about, participants_of

t = page_texts("workshops")
project, who = require_project(), person()
may_edit = who.may("edit-project")


def attempt(change, *values) -> None:
    """Do it at once; what cannot be done is said."""
    try:
        change(database(), who, project.id, *values)
    except ProjectError as error:
        st.session_state["people_problems"] = error.problems


def add() -> None:
    if login := st.session_state["people_login"].strip():
        attempt(add_member, login)


@st.dialog(t("people.erase"))
def confirm_erasing(participant_id: str, name: str, votes: int) -> None:
    st.text(name)
    st.write(t("people.erase_what", count=votes))
    if st.button(t("people.erase_confirm"), type="primary", key="people_erase_confirm"):
        attempt(erase_participant, participant_id)
        st.rerun()


def show_members() -> None:
    st.subheader(t("people.members"), anchor=False)
    members = members_of(database(), who, project.id)
    st.caption(t("people.everybody") if who.sees_every_project and not members else t("people.members_what"))
    for one in members:
        with st.container(horizontal=True, vertical_alignment="center", key=f"people_member_{one.id}"):
            st.text(f"{one.name} · {one.login} · {t(f'role.{one.role}')}", width="stretch")
            if may_edit:
                st.button(
                    t("people.remove"),
                    key=f"people_remove_{one.id}",
                    on_click=attempt,
                    args=(remove_member, one.login),
                )
    if may_edit and not who.sees_every_project:
        with st.form("people_form", border=False, clear_on_submit=True):
            with st.container(horizontal=True, vertical_alignment="bottom"):
                st.text_input(t("people.login"), key="people_login", max_chars=254)
                st.form_submit_button(t("people.add"), on_click=add)


def show_participants() -> None:
    st.subheader(t("people.participants"), anchor=False)
    people, known = participants_of(database(), who, project.id), map_of(edition_of(project))
    st.caption(t("people.participants_what") if people else t("people.no_participant"))
    for one in people:
        with st.container(horizontal=True, vertical_alignment="center", key=f"people_participant_{one['id']}"):
            st.text(
                f"{one['name']} · {team_name(known, one['team'], t)} · {t('people.votes', count=one['votes'])}",
                width="stretch",
            )
            st.download_button(
                t("people.export"),
                key=f"people_export_{one['id']}",
                icon=":material/download:",
                data=lambda one=one: json.dumps(
                    kept_about(database(), who, project.id, one["id"]), ensure_ascii=False, indent=2
                ).encode(),
                file_name="participant.json",
                mime="application/json",
            )
            if st.button(t("people.erase"), key=f"people_erase_{one['id']}", icon=":material/delete:"):
                confirm_erasing(one["id"], one["name"], one["votes"])


header(t("page.people"), t("people.state", project=project.name))
show_problems(st.session_state.pop("people_problems", []), t)
show_members()
if who.may("read-journal"):
    show_participants()
