"""The tab of the house style: templates out, templates in, and the fields that they may use."""

from __future__ import annotations

import streamlit as st

from exports.house_style import TEMPLATES, drop_template, fields_of, is_own, replace_template, template
from interface.language import Texts
from interface.page_widgets import show_problems
from workshops.access import Person
from workshops.model import ProjectError


def house_style_tab(t: Texts, who: Person) -> None:
    """Every template with its state; those who may, replace it."""
    st.caption(t("style.what"))
    for name in TEMPLATES:
        with st.container(border=True):
            _template(name, t, who)


def _template(name: str, t: Texts, who: Person) -> None:
    kind = name.partition(".")[0]
    words, action = st.columns([5, 2], vertical_alignment="center")
    with words:
        st.markdown(f"**{t(f'exports.{kind}.name')}**")
        st.caption(t("style.own") if is_own(name) else t("style.shipped"))
    with action:
        st.download_button(
            t("style.download"),
            data=lambda: template(name),
            file_name=name,
            key=f"exports_style_download_{kind}",
            icon=":material/download:",
            width="stretch",
        )
    if who.may("house-style"):
        _replace(name, kind, t, who)
    with st.expander(t("style.fields"), key=f"exports_style_fields_{kind}"):
        st.code("\n".join(fields_of(name)), language=None)


def _replace(name: str, kind: str, t: Texts, who: Person) -> None:
    upload, actions = st.columns([5, 2], vertical_alignment="bottom")
    key = f"exports_style_file_{kind}"
    file = upload.file_uploader(t("style.upload"), type=name.rpartition(".")[2], key=key)

    def replace() -> None:
        try:
            replace_template(who, name, st.session_state[key].getvalue())
            st.session_state["exports_style_done"] = name
        except ProjectError as error:
            st.session_state[f"exports_style_problems_{kind}"] = error.problems

    with actions:
        st.button(
            t("style.replace"),
            key=f"exports_style_replace_{kind}",
            disabled=file is None,
            on_click=replace,
            width="stretch",
        )
        if is_own(name):
            st.button(
                t("style.drop"),
                key=f"exports_style_drop_{kind}",
                on_click=lambda: drop_template(who, name),
                width="stretch",
            )
    show_problems(st.session_state.pop(f"exports_style_problems_{kind}", []), t)
    if st.session_state.get("exports_style_done") == name:
        del st.session_state["exports_style_done"]
        st.success(t("style.done"), icon=":material/check:")
