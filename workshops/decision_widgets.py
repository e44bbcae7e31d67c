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
from workshops.decide_widgets import attempt, typed_date
from workshops.decision import Choice, same_numbers, state_of
from workshops.evidence import FEWEST_SCORERS, PARTS, Balance, Decision
from workshops.model import ProjectError
from workshops.session_widgets import database
from workshops.store.decisions import decisions_of, record_decision, save_balance
from workshops.words import Words

# ---------------------------------------------------------------- matrix


def choice_part(choice: Choice, words: Words, who: Person, t: Texts) -> None:
    """The four parts with their weights, what it would take to turn the order, and the decision."""
    locked = not who.may("edit-project")
    weights_form(choice, who, t, locked)
    if choice.project.context.budget is None:
        st.caption(t("choice.no_budget"))
    if choice.matrix is None:
        st.info(t("choice.nothing_to_compare"), icon=":material/balance:")
    else:
        st.html(matrix_table(state_of(choice), t, words.money, measured=measured(choice)))
        st.markdown(f"**{plain(sensitivity(choice, t))}**")
        for sentence in unsettled(choice, t):
            st.caption(sentence)
        if not locked:
            with st.expander(t("decision.record"), icon=":material/gavel:", key="decide_record"):
                decision_form(choice, who, t)
    recorded(choice, words, t)


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


def measured(choice: Choice) -> frozenset[str]:
    """The products whose ergonomics the team measured."""
    return frozenset(name for name, one in choice.project.evidence.usability.items() if one.enough)


def matrix_table(state: Mapping[str, Any], t: Texts, money: Any, *, measured: frozenset[str]) -> str:
    """Offers against parts, from the plain values that a decision keeps: so an old one reads like today's."""
    parts = list(state["weights"])
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
            note = ""
            if part == "budget":
                note = f'<br><span class="muted small">{escape(money(row["cost"]))}</span>'
            if part == "ergonomics":
                known = "measured" if offer.partition("/")[0] in measured else "assessed"
                note = f'<br><span class="muted small">{escape(t(f"choice.{known}"))}</span>'
            cells.append(f'<span class="num">{t.number(row[part] * 100)}</span>{note}')
        ends = [row[name] for name in ("total_low", "total", "total_high")]
        title = " – ".join(t.number(end * 100) for end in ends)
        body = "".join(f"<td>{cell}</td>" for cell in cells)
        rows.append(
            f'<tr>{body}<td class="r"><b>{t.number(row["total"] * 100, 1)}</b></td>'
            f'<td style="width:22%">{interval(*ends, title=title)}</td></tr>'
        )
    return f'<table class="clean">{"".join(rows)}</table>'


def sensitivity(choice: Choice, t: Texts) -> str:
    """How sure the order is, and what would turn it."""
    result, name = choice.matrix, choice.assessment.offer_name
    order = [str(offer) for offer in result.totals.index]
    leader = name(order[0])
    if len(order) == 1:
        return t("choice.only", leader=leader)
    if len(result.leaders) > 1:
        return t("choice.level", names=t.list([name(one) for one in result.leaders]))
    ahead = (result.totals["central"].iloc[0] - result.totals["central"].iloc[1]) * 100
    sentences = [t("choice.lead", leader=leader, second=name(order[1]), points=t.number(ahead, 1))]
    if result.overtaken.empty:
        sentences.append(t("choice.never"))
    else:
        first = result.overtaken.iloc[0]
        sentences.append(
            t(
                "choice.turns_more" if first["needed"] > first["weight"] else "choice.turns_less",
                part=t(f"choice.part.{first['part']}"),
                needed=t.percent(first["needed"]),
                now=t.percent(first["weight"]),
                rival=name(first["rival"]),
            )
        )
    could = [name(one) for one in result.could_lead]
    sentences.append(t("choice.could", names=t.list(could)) if could else t("choice.sure"))
    return " ".join(sentences)


def unsettled(choice: Choice, t: Texts) -> list[str]:
    """What is still open before a decision should be taken."""
    known, names = measured(choice), choice.assessment.product_name
    found = []
    if choice.fallen:
        fallen = t.list([choice.assessment.offer_name(one) for one in choice.fallen])
        found.append(t("choice.fallen", names=plain(fallen)))
    unshown = [names(one) for one in choice.team.index if one not in known]
    if unshown:
        found.append(t("choice.unfinished", names=plain(t.list(unshown)), least=FEWEST_SCORERS))
    open_ones = [names(str(one)) for one, row in choice.team.iterrows() if row["answered"] < 1 - 1e-9]
    if open_ones and "team" in choice.parts:
        found.append(t("choice.unanswered", names=plain(t.list(open_ones))))
    return found


# ---------------------------------------------------------------- decision


def decision_form(choice: Choice, who: Person, t: Texts) -> None:
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
        st.text_area(t("decision.reasons"), key="decide_reasons", max_chars=4000)
        st.text_area(t("decision.dissent"), key="decide_dissent", help=t("decision.dissent_help"), max_chars=8000)
        st.form_submit_button(t("decision.save"), type="primary", on_click=decide, args=(choice, who))


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
            dissent=typed_dissent(state["decide_dissent"]),
            state=state_of(choice),
            revision=choice.project.revision,
            today=dt.date.today(),
        )

    if attempt(write):
        state["decide_saved"] = True
        for name in ("decide_reasons", "decide_dissent"):
            state[name] = ""


def typed_dissent(text: str) -> tuple[tuple[str, str], ...]:
    """`name: opinion`, one a line. Raises ProjectError for a line without a colon."""
    found = []
    for line in text.splitlines():
        if line.strip():
            name, colon, opinion = line.partition(":")
            if not colon:
                raise ProjectError([("decision.problem.dissent", {})])
            found.append((name.strip(), opinion.strip()))
    return tuple(found)


def recorded(choice: Choice, words: Words, t: Texts) -> None:
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
    currency = state["context"]["currency"]
    known = frozenset(one["product_id"] for one in state["usability"] if len(one["scores"]) >= FEWEST_SCORERS)
    st.html(matrix_table(state, t, lambda amount: t.money(amount, currency), measured=known))
