"""Sign in: the only page of the application that a visitor from the network has before they are known."""

import streamlit as st

from interface.page_widgets import header, page_texts, plain, show_problems
from workshops.model import ProjectError
from workshops.people.sign_in_widgets import enter, has_organisation, leave
from workshops.session_widgets import database
from workshops.store.accounts import any_account

t = page_texts("workshops")


def join() -> None:
    st.query_params["join"] = ""


def try_to_enter() -> None:
    try:
        enter(st.session_state["sign_in_login"], st.session_state["sign_in_password"])
    except ProjectError as error:
        st.session_state["sign_in_problems"] = error.problems


known, organisation = any_account(database()), has_organisation()
if not known:
    header(t("sign_in.closed"), t("sign_in.closed_state"))
    st.markdown(t("sign_in.how_to_open"))
    st.code('python -m workshops.accounts add ada@example.org --name "Ada" --role admin', language="bash")
    st.stop()

header(t("sign_in.title"), t("sign_in.state"))
show_problems(st.session_state.pop("sign_in_problems", []), t)
middle, _ = st.columns([2, 3])
with middle:
    if organisation and st.user.is_logged_in:
        st.warning(t("sign_in.stranger", login=plain(str(st.user.get("email") or "–"))), icon=":material/person_off:")
        st.button(t("sign_in.leave"), key="sign_in_other", on_click=leave)
    elif organisation:
        st.button(t("sign_in.organisation"), key="sign_in_organisation", type="primary", on_click=st.login)
    with st.form("sign_in_form", border=True):
        st.text_input(t("sign_in.login"), key="sign_in_login", max_chars=254, autocomplete="username")
        st.text_input(
            t("sign_in.password"),
            key="sign_in_password",
            type="password",
            max_chars=200,
            autocomplete="current-password",
        )
        st.form_submit_button(
            t("sign_in.enter"), type="secondary" if organisation else "primary", on_click=try_to_enter
        )
    st.caption(t("sign_in.lost"))
    st.button(t("sign_in.join"), key="sign_in_join", type="tertiary", icon=":material/how_to_vote:", on_click=join)
