"""Accounts: who may enter, in which role; passwords to hand over. What the terminal does, for admins without one."""

from html import escape

import streamlit as st

from interface.page_widgets import header, page_texts, show_problems
from workshops.access import AT_HOME, ROLES
from workshops.model import ProjectError
from workshops.people.sign_in_widgets import has_organisation
from workshops.session_widgets import database, person
from workshops.store.accounts import (
    Account,
    add_account,
    first_password,
    list_accounts,
    set_enabled,
    set_password,
    set_role,
)

t = page_texts("workshops")
who, organisation = person(), has_organisation()


def attempt(change, *values, **named) -> bool:
    """Do it at once; what cannot be done is said."""
    st.session_state.pop("accounts_handed", None)
    st.session_state["accounts_round"] = st.session_state.get("accounts_round", 0) + 1
    try:
        change(database(), who, *values, **named)
    except ProjectError as error:
        st.session_state["accounts_problems"] = error.problems
        return False
    return True


def add() -> None:
    login, name = st.session_state["accounts_login"], st.session_state["accounts_name"]
    password = first_password() if st.session_state.get("accounts_local", True) else None
    if attempt(add_account, login=login, name=name, role=st.session_state["accounts_role"], password=password):
        hand_over(login, password)


def renew(login: str) -> None:
    password = first_password()
    if attempt(set_password, login, password):
        hand_over(login, password)


def hand_over(login: str, password: str | None) -> None:
    if password:
        st.session_state["accounts_handed"] = login.strip(), password


def give_role(one: Account) -> None:
    attempt(set_role, one.login, st.session_state[f"accounts_role_{one.id}_{one.role}"])


def show_handed() -> None:
    """A password is shown until it was handed over; it is stored nowhere."""
    if "accounts_handed" not in st.session_state:
        return
    login, password = st.session_state["accounts_handed"]
    with st.container(border=True, key="accounts_handed_over"):
        st.html(f"<p>{escape(t('accounts.handed', login=login))}</p>")
        st.code(password, language=None)
        st.button(t("accounts.done"), key="accounts_done", on_click=st.session_state.pop, args=("accounts_handed",))


def show_account(one: Account) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"accounts_one_{one.id}"):
        known = [one.name, one.login, t(f"role.{one.role}")]
        known += [] if one.has_password else [t("accounts.organisation_only")]
        known += [t("accounts.closed")] if one.disabled else []
        st.text(" · ".join(known), width="stretch")
        # another key closes it once something was done
        with st.popover(
            t("accounts.change"), key=f"accounts_change_{one.id}_{st.session_state.get('accounts_round', 0)}"
        ):
            st.selectbox(
                t("accounts.role"),
                ROLES,
                index=ROLES.index(one.role),
                key=f"accounts_role_{one.id}_{one.role}",  # a role that was refused goes back to what it is
                format_func=lambda role: t(f"role.{role}"),
                on_change=give_role,
                args=(one,),
            )
            st.button(t("accounts.renew"), key=f"accounts_renew_{one.id}", on_click=renew, args=(one.login,))
            st.caption(t("accounts.renew_what"))
            word = "open" if one.disabled else "close"
            st.button(
                t(f"accounts.{word}"),
                key=f"accounts_{word}_{one.id}",
                on_click=attempt,
                args=(set_enabled, one.login, one.disabled),
            )
            st.caption(t(f"accounts.{word}_what"))


def show_form() -> None:
    st.subheader(t("accounts.add_title"), anchor=False)
    with st.form("accounts_form", border=False, clear_on_submit=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(t("accounts.name"), key="accounts_name", max_chars=120)
            st.text_input(t("sign_in.login"), key="accounts_login", max_chars=254, autocomplete="off")
            st.selectbox(
                t("accounts.role"),
                ROLES,
                index=ROLES.index("consultant"),
                key="accounts_role",
                format_func=lambda role: t(f"role.{role}"),
            )
            st.form_submit_button(t("accounts.add"), on_click=add)
        if organisation:
            st.checkbox(t("accounts.local"), key="accounts_local")
    st.caption("  \n".join(t(f"accounts.may.{role}") for role in ROLES))


if who == AT_HOME:
    header(t("page.accounts"), t("accounts.at_home"))
    st.code('python -m workshops.accounts add ada@example.org --name "Ada" --role admin', language="bash")
    st.stop()
everybody = list_accounts(database(), who)
header(t("page.accounts"), t("accounts.state", count=sum(not one.disabled for one in everybody)))
show_problems(st.session_state.pop("accounts_problems", []), t)
show_handed()
for account in everybody:
    show_account(account)
show_form()
