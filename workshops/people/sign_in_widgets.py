"""Who opened the page: the user of this computer, somebody who signed in, or nobody yet."""

from __future__ import annotations

import os
from contextlib import suppress

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from interface.page_widgets import page_texts, show_problems
from workshops.access import AT_HOME, NOBODY, Person, is_at_home
from workshops.model import ProjectError
from workshops.session_widgets import database
from workshops.store.accounts import (
    any_account,
    change_own_password,
    person_of_login,
    person_of_token,
    sign_in,
    sign_out,
)
from workshops.store.votes import participant_by_token

COOKIE = "crm_sign_in"

# Streamlit has no way to set a cookie: this one is written by the page, for this site only
_keep_cookie = """
export default function ({ data }) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${data.name}=${data.token}; Path=/; SameSite=Strict; Max-Age=${data.seconds}${secure}`;
}
"""


def visitor() -> Person:
    """Who is acting. Asked in every run, so that an account that is removed is out with the next click.

    Whoever comes with a join code votes in that workshop and does nothing else.
    """
    if "join" in st.query_params:
        found = participant_by_token(database(), st.query_params["join"], st.query_params.get("p", ""))
        return Person(found[1].id, found[1].name, "participant") if found else Person("", "", "participant")
    if at_home():
        return AT_HOME
    person = person_of_token(database(), _token())
    if person is None and (login := organisation_login()):
        person = person_of_login(database(), login)
    return person or NOBODY


def at_home() -> bool:
    """Nobody else can reach the page, and nobody was given an account: no password is asked then."""
    alone = is_at_home(st.get_option("server.address"), st.context.headers.to_dict(), os.environ.get("CRM_ACCESS", ""))
    return alone and not has_organisation() and not any_account(database())


def has_organisation() -> bool:
    """Whether sign-in by OpenID Connect is set up."""
    with suppress(StreamlitSecretNotFoundError):
        return "auth" in st.secrets
    return False


def organisation_login() -> str | None:
    """The e-mail address that the organisation's sign-in vouches for."""
    if not (has_organisation() and st.user.is_logged_in) or st.user.get("email_verified") is False:
        return None
    return st.user.get("email")


def enter(login: str, password: str) -> None:
    """Sign in with a password. Raises ProjectError."""
    st.session_state["sign_in_token"] = sign_in(database(), login, password, address())


def leave() -> None:
    if token := _token():
        sign_out(database(), token)
    st.session_state.clear()
    if has_organisation() and st.user.is_logged_in:
        st.logout()


def sign_in_in_sidebar(person: Person) -> None:
    """Who is signed in, and the way out; keeps the sign-in over a reload."""
    if person in (AT_HOME, NOBODY):
        return
    t = page_texts("workshops")
    if token := st.session_state.get("sign_in_token"):
        keep = st.components.v2.component("sign_in_cookie", js=_keep_cookie)
        keep(data={"name": COOKIE, "token": token, "seconds": 12 * 3600}, key="sign_in_cookie")
    with st.sidebar:
        st.caption(t("sign_in.as", name=person.name, role=t(f"role.{person.role}")))
        with st.container(horizontal=True):
            st.button(t("sign_in.leave"), key="sign_in_leave", icon=":material/logout:", on_click=leave)
            if _token() and not organisation_login():
                with st.popover(t("sign_in.password"), icon=":material/key:"):
                    own_password(person)


def own_password(person: Person) -> None:
    """Choose another password: a first one was handed over by somebody who knows it."""
    t = page_texts("workshops")

    def change() -> None:
        try:
            present, new = st.session_state["sign_in_present"], st.session_state["sign_in_new"]
            st.session_state["sign_in_token"] = change_own_password(database(), person, present, new)
            st.session_state["sign_in_changed"] = True
        except ProjectError as error:
            st.session_state["sign_in_own_problems"] = error.problems

    with st.form("sign_in_own_form", border=False, clear_on_submit=True):
        st.text_input(
            t("sign_in.present"), key="sign_in_present", type="password", max_chars=200, autocomplete="current-password"
        )
        st.text_input(t("sign_in.new"), key="sign_in_new", type="password", max_chars=200, autocomplete="new-password")
        st.form_submit_button(t("sign_in.change"), on_click=change)
    show_problems(st.session_state.pop("sign_in_own_problems", []), t)
    if st.session_state.pop("sign_in_changed", False):
        st.success(t("sign_in.changed"), icon=":material/check:")


def _token() -> str | None:
    token = st.session_state.get("sign_in_token") or st.context.cookies.get(COOKIE)
    return token if isinstance(token, str) else None


def privacy_link(page: str, label: str) -> None:
    """A participant's way to what is stored, and back: the address carries who they are."""
    kept = {name: st.query_params[name] for name in ("join", "p", "batch", "language") if name in st.query_params}
    with st.container(key="privacy_link", horizontal_alignment="center"):
        st.page_link(page, label=label, icon=":material/shield_person:", query_params=kept)


def address() -> str:
    """Where the visitor comes from; only used to slow guessing down.

    The server takes what a proxy says only from a proxy on this computer, or at an address in FORWARDED_ALLOW_IPS: a
    visitor who reaches the server directly cannot make an address up.
    """
    return st.context.ip_address or ""
