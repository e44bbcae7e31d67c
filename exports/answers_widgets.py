"""The tab of the vendors' answers: a grid comes back, is looked at beside our ratings, and is used where accepted."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import streamlit as st

from exports.answers import compared, in_use, price_table
from exports.delivery import Delivery
from exports.rfp import Answers, read_answers
from interface.language import Texts
from interface.page_widgets import current_language, plain, show_problems
from workshops.model import ProjectError
from workshops.session_widgets import database, person
from workshops.store.projects import StaleError
from workshops.store.ratings import accept_ratings, drop_ratings

SHOW = ("different", "must-have", "all")


def answers_tab(delivery: Delivery, t: Texts) -> None:
    """What came back, what is in use."""
    # the words of the screen are those of the visitor; the documents may be in another language
    shown = Delivery(delivery.assessment, current_language(), delivery.today)
    show_problems(st.session_state.pop("exports_answers_problems", []), t)
    if count := st.session_state.pop("exports_answers_done", 0):
        st.success(t("answers.done", count=count), icon=":material/check:")
    if person().may("edit-project"):
        _bring_back(shown, t)
    _in_use(shown, t)


def _bring_back(delivery: Delivery, t: Texts) -> None:
    st.caption(t("answers.what"))
    file = st.file_uploader(t("answers.file"), type="xlsx", key="exports_answers_file")
    if file is None:
        return
    try:
        answers = read_answers(file.getvalue(), delivery)
    except ProjectError as error:
        show_problems(error.problems, t)
        return
    _beside_ours(answers, delivery, t)


def _beside_ours(answers: Answers, delivery: Delivery, t: Texts) -> None:
    product = delivery.assessment.product_name(answers.product_id)
    table = compared(answers, delivery)
    st.markdown(
        plain(
            t(
                "answers.state",
                who=answers.who,
                product=product,
                count=len(answers.answers),
                asked=answers.asked,
                different=int((table["difference"].abs() >= 1).sum()),
            )
        )
    )
    show = st.segmented_control(
        t("answers.show"),
        SHOW,
        key="exports_answers_show",
        default="different",
        required=True,
        format_func=lambda one: t(f"answers.filter.{one}"),
    )
    chosen = table[
        table["difference"].abs() >= 1
        if show == "different"
        else table["must_have"]
        if show == "must-have"
        else table["difference"].notna() | True
    ]
    if chosen.empty:
        st.caption(t("answers.none_here"))
    else:
        _choose(chosen, answers, delivery, t)
    prices = price_table(answers, delivery)
    if len(prices):
        st.markdown(f"**{t('answers.prices')}**")
        st.caption(t("answers.prices_what"))
        st.dataframe(_named(prices, t, "price"), hide_index=True, width="stretch", key="exports_answers_prices")


def _choose(chosen: pd.DataFrame, answers: Answers, delivery: Delivery, t: Texts) -> None:
    """The answers beside our ratings; those that are marked, or all of them, are used from now on."""
    columns = ["domain", "item", "asked", "ours", "known", "declared", "difference", "plan", "comment"]
    event = st.dataframe(
        _named(chosen[columns], t, "column"),
        hide_index=True,
        width="stretch",
        key=f"exports_answers_table_{st.session_state['exports_answers_show']}",
        on_select="rerun",
        selection_mode="multi-row",
    )
    marked = [chosen.index[row] for row in event.selection.rows if row < len(chosen)]

    def accept(items: list[str]) -> None:
        assessment = delivery.assessment
        versions = {
            one.item_id: one.version
            for one in assessment.project.ratings
            if one.product_id == answers.product_id and one.basis == "declared"
        }
        wanted = set(items)
        ratings = [one for one in answers.ratings(dt.date.today(), versions) if one.item_id in wanted]
        try:
            accept_ratings(
                database(),
                person(),
                assessment.project.id,
                ratings,
                known_items=assessment.domains.index,
                known_products=assessment.edition.products,
            )
            st.session_state["exports_answers_done"] = len(ratings)
        except ProjectError as error:
            st.session_state["exports_answers_problems"] = error.problems
        except StaleError as error:
            item = delivery.words.item(error.item_id)
            st.session_state["exports_answers_problems"] = [("answers.problem.stale", {"item": item})]

    with st.container(horizontal=True):
        st.button(
            t("answers.accept_marked", count=len(marked)),
            key="exports_answers_accept",
            type="primary",
            disabled=not marked,
            on_click=accept,
            args=(marked,),
        )
        st.button(
            t("answers.accept_all", count=len(chosen)),
            key="exports_answers_accept_all",
            on_click=accept,
            args=(list(chosen.index),),
        )


def _in_use(delivery: Delivery, t: Texts) -> None:
    """The answers that the project uses, by product."""
    project = delivery.assessment.project
    products = list(dict.fromkeys(one.product_id for one in project.ratings if one.basis == "declared"))
    st.markdown(f"**{t('answers.in_use')}**")
    if not products:
        st.caption(t("answers.nothing_in_use"))
    for product_id in products:
        table = in_use(delivery, product_id)
        known = product_id in delivery.assessment.edition.products
        name = delivery.assessment.product_name(product_id) if known else product_id
        with st.expander(f"{plain(name)} · {t('answers.count', count=len(table))}", key=f"exports_used_{product_id}"):
            st.dataframe(
                _named(table, t, "column"), hide_index=True, width="stretch", key=f"exports_used_table_{product_id}"
            )
            if person().may("edit-project"):
                st.button(
                    t("answers.drop"),
                    key=f"exports_used_drop_{product_id}",
                    on_click=lambda product_id=product_id: drop_ratings(
                        database(), person(), project.id, product_id, basis="declared"
                    ),
                )


def _named(table: pd.DataFrame, t: Texts, kind: str) -> pd.DataFrame:
    return table.rename(columns={name: t(f"answers.{kind}.{name}") for name in table.columns})
