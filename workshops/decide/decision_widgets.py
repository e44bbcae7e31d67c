"""The matrix of the final choice and the record of the decision, as the Decide page shows them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from interface.language import Texts
from interface.marks import interval
from interface.page_widgets import plain
from workshops.access import Person
from workshops.decide.decide_widgets import attempt, name_box, people_to_choose, typed_date
from workshops.decide.decision import Choice, answered_in, measured_in, same_numbers, state_of
from workshops.evidence import LONGEST_REASON, PARTS, Balance, Decision
from workshops.session_widgets import database
from workshops.store.decisions import decisions_of, record_decision, save_balance
from workshops.words import how_firm, unsettled

# ---------------------------------------------------------------- matrix


def choice_part(choice: Choice, who: Person, t: Texts) -> None:
    """The four parts with their weights, what it would take to turn the order, and the decision."""
    locked = not who.may("edit-project")
    weights_form(choice, who, t, locked)
    if choice.matrix is None:
        if choice.project.context.budget is None:
            st.caption(t("choice.no_budget"))
        st.info(t("choice.nothing_to_compare"), icon=":material/balance:")
    else:
        state = state_of(choice)
        st.html(matrix_table(state, t))
        st.markdown(f"**{plain(how_firm(state, t))}**")
        for sentence in unsettled(state, t, dt.date.today()):
            st.caption(plain(sentence))
        if not locked:
            with st.expander(t("decision.record"), icon=":material/gavel:", key="decide_record"):
                decision_form(choice, who, t)
    recorded(choice, t)


def weights_form(choice: Choice, who: Person, t: Texts, locked: bool) -> None:
    evidence = choice.project.evidence
    version = evidence.balance_version
    with st.form(f"decide_parts_form_{version}", border=False):
        columns = st.columns([1, 1, 1, 1, 1.1], vertical_alignment="bottom")
        for column, part in zip(columns[:4], PARTS, strict=True):
            column.number_input(
                t(f"choice.part.{part}"),
                min_value=0.0,
                max_value=1000.0,
                value=float(evidence.balance.parts.get(part, 0.0)),
                step=5.0,
                format="%.0f",
                key=f"decide_part_{part}_{version}",
                help=t(f"choice.what.{part}"),
                disabled=locked,
            )
        columns[4].form_submit_button(
            t("choice.save_weights"), disabled=locked, width="stretch", on_click=write_parts, args=(choice, who)
        )


def write_parts(choice: Choice, who: Person) -> None:
    evidence = choice.project.evidence
    version = evidence.balance_version
    parts = {one: float(st.session_state[f"decide_part_{one}_{version}"] or 0.0) for one in PARTS}
    balance = Balance(parts, evidence.balance.criteria)
    attempt(lambda: save_balance(database(), who, choice.project.id, balance, version=version))


def matrix_table(state: Mapping[str, Any], t: Texts) -> str:
    """Offers against parts, from the plain values that a decision keeps: so an old one reads like today's."""
    parts, measured, answered = list(state["weights"]), measured_in(state), answered_in(state)
    heads = ["", *(f"{t(f'choice.part.{part}')} · {t.percent(state['weights'][part])}" for part in parts)]
    rows = [
        "<tr>"
        + "".join(f"<th>{escape(head)}</th>" for head in heads)
        + f'<th class="r">{escape(t("choice.part.total"))}</th><th></th></tr>'
    ]
    for offer in state["order"]:
        row = state["offers"][offer]
        cells = [f"<b>{escape(row['name'])}</b>"]
        for part in parts:
            note, product = "", offer.partition("/")[0]
            if part == "team" and answered[product] < 1:
                note = t("suitability.answered", share=t.percent(answered[product]))
            if part == "budget":
                note = t.money(row["cost"], state["context"]["currency"])
            if part == "ergonomics":
                note = t("choice.measured" if product in measured else "choice.assessed")
            cells.append(
                f'<span class="num">{t.number(row[part] * 100)}</span><br><span class="muted small">{escape(note)}</span>'
            )
        ends = [row[name] for name in ("total_low", "total", "total_high")]
        title = " – ".join(t.number(end * 100) for end in ends)
        body = "".join(f"<td>{cell}</td>" for cell in cells)
        rows.append(
            f'<tr>{body}<td class="r"><b>{t.number(row["total"] * 100, 1)}</b></td>'
            f'<td style="width:22%">{interval(*ends, title=title)}</td></tr>'
        )
    return f'<table class="clean">{"".join(rows)}</table>'


# ---------------------------------------------------------------- decision


def decision_form(choice: Choice, who: Person, t: Texts) -> None:
    """The choice, its day, its reasons, and one row for each dissenting opinion."""
    people = people_to_choose(choice.project, who)
    with st.form("decide_decision_form", border=False):
        left, right = st.columns([3, 1])
        left.selectbox(
            t("decision.offer"),
            [str(offer) for offer in choice.matrix.totals.index],
            key="decide_choice",
            index=None,
            format_func=choice.assessment.offer_name,
            placeholder=t("decision.choose"),
        )
        right.text_input(t("decision.day"), dt.date.today().isoformat(), key="decide_day")
        st.text_area(t("decision.reasons"), key="decide_reasons", max_chars=LONGEST_REASON)
        st.markdown(f"**{t('decision.dissent')}**", help=t("decision.dissent_help"))
        for place in range(st.session_state.get("decide_opinions", 1)):
            left, right = st.columns([1, 3])
            with left:
                name_box(t("decision.dissent_who"), people, f"decide_dissent_who_{place}", t)
            right.text_area(
                t("decision.dissent_what"), key=f"decide_dissent_what_{place}", max_chars=LONGEST_REASON, height=68
            )
        with st.container(horizontal=True):
            st.form_submit_button(t("decision.save"), type="primary", on_click=decide, args=(choice, who))
            st.form_submit_button(t("decision.another"), icon=":material/add:", on_click=another_opinion)


def another_opinion() -> None:
    st.session_state["decide_opinions"] = st.session_state.get("decide_opinions", 1) + 1


def decide(choice: Choice, who: Person) -> None:
    state = st.session_state

    def write() -> None:
        record_decision(
            database(),
            who,
            choice.project.id,
            offer=state["decide_choice"] or "",
            offers=choice.offers,
            decided_on=typed_date(state["decide_day"]),
            reasons=state["decide_reasons"],
            dissent=typed_dissent(),
            state=state_of(choice),
            revision=choice.project.revision,
            today=dt.date.today(),
        )

    if attempt(write):
        state["decide_saved"] = True
        state["decide_choice"], state["decide_reasons"], state["decide_opinions"] = None, "", 1
        for name in [str(one) for one in state if str(one).startswith("decide_dissent_")]:
            state[name] = None if name.startswith("decide_dissent_who") else ""


def typed_dissent() -> tuple[tuple[str, str], ...]:
    """(who, opinion) of every row in which something stands."""
    state = st.session_state
    rows = [
        (state.get(f"decide_dissent_who_{place}") or "", state.get(f"decide_dissent_what_{place}") or "")
        for place in range(state.get("decide_opinions", 1))
    ]
    return tuple((who.strip(), what.strip()) for who, what in rows if who.strip() or what.strip())


def recorded(choice: Choice, t: Texts) -> None:
    """Every recorded decision, readable as it was."""
    found = decisions_of(database(), choice.project.id)
    if st.session_state.pop("decide_saved", False):
        st.success(t("decision.saved"), icon=":material/gavel:")
    if not found:
        st.caption(t("decision.none"))
    for place, decision in enumerate(found):
        with st.container(border=True, key=f"decide_decision_{decision.id}"):
            st.markdown(f"**{t('decision.current' if place == 0 else 'decision.earlier')}**")
            decision_card(choice, decision, t, is_current=place == 0)


def decision_card(choice: Choice, decision: Decision, t: Texts, *, is_current: bool) -> None:
    state = decision.state
    st.markdown(
        plain(
            t(
                "decision.line",
                offer=state["offers"][decision.offer]["name"],
                day=t.date(decision.decided_on),
                by=decision.by if decision.by != "local" else t("decision.somebody"),
                at=t.time(decision.at),
            )
        )
    )
    st.markdown(plain(decision.reasons))
    for name, opinion in decision.dissent:
        st.markdown(f"- {plain(t('decision.dissenting', who=name, what=opinion))}")
    st.caption(
        t("decision.as_it_was", edition=state["edition"], asked=len(state["asked"]), revision=state["revision"])
        + (" " + t("decision.same" if same_numbers(state, choice) else "decision.changed") if is_current else "")
    )
    st.html(matrix_table(state, t))
    if sentence := how_firm(state, t):
        st.caption(plain(sentence))
