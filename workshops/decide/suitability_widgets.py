"""How products suit the project team, and what vendors quote, as the Decide page shows them."""

from __future__ import annotations

import datetime as dt
from html import escape

import streamlit as st

from interface.language import Texts
from interface.marks import interval
from interface.page_widgets import plain
from vendors.notes import note
from workshops.access import Person
from workshops.assess import Assessment
from workshops.decide.decide_widgets import attempt, name_box, offers_to_choose, people_to_choose, typed_date
from workshops.decide.decision import Choice
from workshops.evidence import CRITERIA, SUITABILITY, Balance, Quote, Suitability
from workshops.model import ProjectError
from workshops.session_widgets import database
from workshops.store.decisions import add_quote, save_balance, save_suitability, withdraw_quote
from workshops.words import Words

# facts of an edition's profile that help to answer a criterion
FACTS = {"references": "sectors", "integrator": "integrators", "support": "interface_languages"}

# ---------------------------------------------------------------- suitability


def team_part(choice: Choice, who: Person, t: Texts) -> None:
    """Each criterion of each product: a score, who says so and why."""
    assessment, evidence = choice.assessment, choice.project.evidence
    locked = not who.may("edit-project")
    st.caption(t("suitability.state"))
    with st.expander(t("suitability.weights"), key="decide_criteria"):
        weights_form(choice, who, t, locked)
    st.html(team_table(choice, t))
    products = list(choice.team.index)
    product_id = st.segmented_control(
        t("suitability.product"),
        products,
        key="decide_product",
        default=products[0],
        required=True,
        format_func=assessment.product_name,
    )
    people = [] if locked else people_to_choose(choice.project, who)
    for criterion in CRITERIA:
        if evidence.balance.criteria.get(criterion, 0) > 0:
            answer_form(choice, product_id, criterion, people, who, t)


def weights_form(choice: Choice, who: Person, t: Texts, locked: bool) -> None:
    evidence = choice.project.evidence
    version = evidence.balance_version
    with st.form(f"decide_criteria_form_{version}", border=False):
        columns = st.columns(3)
        for place, criterion in enumerate(CRITERIA):
            columns[place % 3].number_input(
                t(f"suitability.criterion.{criterion}"),
                min_value=0.0,
                max_value=1000.0,
                value=float(evidence.balance.criteria.get(criterion, 0.0)),
                step=5.0,
                format="%.0f",
                key=f"decide_criterion_{criterion}_{version}",
                disabled=locked,
            )
        st.caption(t("suitability.weights_help"))
        st.form_submit_button(
            t("suitability.save_weights"), disabled=locked, on_click=write_criteria, args=(choice, who)
        )


def write_criteria(choice: Choice, who: Person) -> None:
    evidence = choice.project.evidence
    version = evidence.balance_version
    criteria = {one: float(st.session_state[f"decide_criterion_{one}_{version}"] or 0.0) for one in CRITERIA}
    balance = Balance(evidence.balance.parts, criteria)
    attempt(lambda: save_balance(database(), who, choice.project.id, balance, version=version))


def team_table(choice: Choice, t: Texts) -> str:
    """Products against criteria; what is open is hollow."""
    criteria = [one for one in CRITERIA if choice.project.evidence.balance.criteria.get(one, 0) > 0]
    heads = ["", *(t(f"suitability.criterion.{one}") for one in criteria), t("choice.part.team"), ""]
    rows = ["<tr>" + "".join(f"<th>{escape(head)}</th>" for head in heads) + "</tr>"]
    for product_id, row in choice.team.iterrows():
        cells = [f"<b>{escape(choice.assessment.product_name(product_id))}</b>"]
        for criterion in criteria:
            answer = choice.answer(product_id, criterion)
            if answer is None:
                cells.append(f'<span class="level unknown" title="{escape(t("suitability.open"))}">?</span>')
            else:
                said = f"{answer.by}: {answer.reason}"
                cells.append(f'<span class="num" title="{escape(said)}"><b>{answer.score}</b> / 4</span>')
        ends = [row[name] for name in ("low", "central", "high")]
        said = t("suitability.answered", share=t.percent(row["answered"]))
        cells.append(f"<b>{t.number(row['central'] * 100) if row['answered'] else '–'}</b>")
        cells.append(
            f"{interval(*ends, title=' – '.join(t.number(end * 100) for end in ends))}"
            f'<span class="muted small" style="white-space:nowrap">{escape(said)}</span>'
        )
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return f'<table class="clean">{"".join(rows)}</table>'


def answer_form(choice: Choice, product_id: str, criterion: str, people: list[str], who: Person, t: Texts) -> None:
    answer, locked = choice.answer(product_id, criterion), not who.may("edit-project")
    version = answer.version if answer else 0
    key = f"{product_id}_{criterion}_{version}"
    with st.form(f"decide_answer_{key}"):
        st.markdown(
            f"**{t(f'suitability.criterion.{criterion}')}** · {plain(t(f'suitability.question.{criterion}'))}"
            + edition_says(choice.assessment, product_id, criterion, t)
        )
        first, second, third, fourth = st.columns([2.4, 4, 2, 1], vertical_alignment="bottom")
        first.segmented_control(
            t("suitability.score"),
            list(SUITABILITY),
            key=f"decide_score_{key}",
            default=answer.score if answer else None,
            disabled=locked,
        )
        second.text_input(
            t("suitability.reason"),
            answer.reason if answer else "",
            key=f"decide_reason_{key}",
            max_chars=2000,
            disabled=locked,
        )
        with third:
            by = answer.by if answer else st.session_state.get("decide_judge", who.name)
            name_box(t("suitability.by"), people, f"decide_by_{key}", t, value=by, disabled=locked)
        fourth.form_submit_button(
            t("suitability.save"),
            disabled=locked,
            width="stretch",
            on_click=write_answer,
            args=(choice, product_id, criterion, version, who),
        )


def edition_says(assessment: Assessment, product_id: str, criterion: str, t: Texts) -> str:
    """What the edition knows of the product that helps to answer, if anything."""
    fact = getattr(assessment.edition.products[product_id], FACTS.get(criterion, ""), None)
    if fact is None or not fact.values:
        return ""
    spoken = {
        "support": t.language_name,
        "integrator": t.country_name,
        "references": lambda one: note(one, product_id, t.language),
    }
    names = [spoken[criterion](one) for one in fact.values]
    return f"  \n:gray[{plain(t('suitability.edition', values=t.list(names)))}]"


def write_answer(choice: Choice, product_id: str, criterion: str, version: int, who: Person) -> None:
    key, state = f"{product_id}_{criterion}_{version}", st.session_state
    score = state[f"decide_score_{key}"]
    answer = Suitability(
        product_id,
        criterion,
        -1 if score is None else score,
        state[f"decide_reason_{key}"],
        state[f"decide_by_{key}"] or "",
        version=version,
    )
    if attempt(lambda: save_suitability(database(), who, choice.project.id, answer)):
        # the same person mostly judges on: what is still without a name proposes this one
        state["decide_judge"] = answer.by
        for name in [one for one in state if str(one).startswith("decide_by_") and not state[one]]:
            state[name] = answer.by


# ---------------------------------------------------------------- quotes


def quotes_part(choice: Choice, words: Words, who: Person, t: Texts) -> None:
    """What vendors offered in writing, and how far it is from what was estimated."""
    quotes = choice.project.evidence.quotes
    st.caption(t("quote.state"))
    if quotes:
        st.html(quote_table(choice, words, t))
    else:
        st.info(t("quote.none"), icon=":material/request_quote:")
    latest = {(one.product_id, one.plan_id): one for one in quotes}.values()
    expired = [quote_name(choice, one) for one in latest if one.valid_until and one.valid_until < dt.date.today()]
    if expired:
        st.warning(plain(t("quote.still_counts", names=t.list(expired))), icon=":material/event_busy:")
    if not who.may("edit-project"):
        return
    with st.expander(t("quote.new"), expanded=not quotes, key="decide_quote"):
        quote_form(choice.assessment, who, t)
    for quote in quotes:
        st.button(
            plain(t("quote.withdraw", offer=quote_name(choice, quote), day=t.date(quote.dated))),
            key=f"decide_withdraw_{quote.id}",
            icon=":material/delete:",
            on_click=lambda quote=quote: attempt(lambda: withdraw_quote(database(), who, choice.project.id, quote.id)),
        )


def quote_name(choice: Choice, quote: Quote) -> str:
    return choice.assessment.offer_name(f"{quote.product_id}/{quote.plan_id}")


def quote_table(choice: Choice, words: Words, t: Texts) -> str:
    years, today = choice.project.context.years, dt.date.today()
    heads = [
        t("quote.offer"),
        t("quote.yearly"),
        t("quote.setup"),
        t("quote.dated"),
        t("quote.valid"),
        t("quote.head.cost", years=years),
        t("quote.head.gap"),
    ]
    rows = ["<tr>" + "".join(f"<th>{escape(head)}</th>" for head in heads) + "</tr>"]
    latest = {(one.product_id, one.plan_id): one.id for one in choice.project.evidence.quotes}
    for quote in choice.project.evidence.quotes:
        counts = latest[quote.product_id, quote.plan_id] == quote.id
        offer = f"{quote.product_id}/{quote.plan_id}"
        valid = t.date(quote.valid_until) if quote.valid_until else "–"
        if quote.valid_until and quote.valid_until < today:
            valid += f' <span class="verdict warn">{escape(t("quote.expired"))}</span>'
        cost = words.money(choice.assessment.cost.totals.at[offer, "likely"])
        reference = f'<br><span class="muted small">{escape(quote.reference)}</span>' if quote.reference else ""
        cells = [
            f"<b>{escape(quote_name(choice, quote))}</b>{reference}",
            t.money(quote.yearly, quote.currency),
            t.money(quote.setup, quote.currency) if quote.setup is not None else "–",
            t.date(quote.dated),
            valid,
            cost if counts else "–",
            escape(gap_words(choice, quote, words, t)) if counts else escape(t("quote.replaced")),
        ]
        row = "".join(f"<td>{cell}</td>" for cell in cells)
        rows.append(f'<tr class="{"" if counts else "off"}">{row}</tr>')
    return f'<table class="clean">{"".join(rows)}</table>'


def gap_words(choice: Choice, quote: Quote, words: Words, t: Texts) -> str:
    gap = choice.gap(quote)
    estimate = choice.estimates[f"{quote.product_id}/{quote.plan_id}"]
    if abs(gap) < 0.5:
        return t("quote.equal")
    share = t.percent(abs(gap) / estimate) if estimate else "–"
    return t("quote.above" if gap > 0 else "quote.below", amount=words.money(abs(gap)), share=share)


def quote_form(assessment: Assessment, who: Person, t: Texts) -> None:
    currency = assessment.project.context.currency
    with st.form("decide_quote_form", border=False):
        first, second, third, fourth = st.columns([3, 1.4, 1.4, 1])
        first.selectbox(
            t("quote.offer"),
            offers_to_choose(assessment),
            key="decide_quote_offer",
            index=None,
            format_func=assessment.offer_name,
            placeholder=t("decision.choose"),
        )
        second.number_input(
            t("quote.yearly"),
            min_value=0.0,
            value=None,
            format="%.2f",
            key="decide_quote_yearly",
            help=t("quote.yearly_help"),
        )
        third.number_input(
            t("quote.setup"),
            min_value=0.0,
            value=None,
            format="%.2f",
            key="decide_quote_setup",
            help=t("quote.setup_help"),
        )
        fourth.text_input(t("quote.currency"), currency, key="decide_quote_currency", max_chars=3)
        first, second, third = st.columns([1, 1, 3])
        first.text_input(t("quote.dated"), dt.date.today().isoformat(), key="decide_quote_dated")
        second.text_input(t("quote.valid"), key="decide_quote_valid")
        third.text_input(t("quote.reference"), key="decide_quote_reference", max_chars=2000)
        st.form_submit_button(t("quote.add"), type="primary", on_click=take_quote, args=(assessment, who))


def take_quote(assessment: Assessment, who: Person) -> None:
    rates = assessment.edition.rates.per_euro

    def write() -> None:
        add_quote(
            database(),
            who,
            assessment.project.id,
            typed_quote(),
            per_euro=rates,
            known=list(assessment.offers.table.index),
        )

    if attempt(write):
        state = st.session_state
        state["decide_quote_offer"] = state["decide_quote_yearly"] = state["decide_quote_setup"] = None
        state["decide_quote_valid"] = state["decide_quote_reference"] = ""
        state["decide_quote_dated"] = dt.date.today().isoformat()
        state["decide_quote_currency"] = assessment.project.context.currency


def typed_quote() -> Quote:
    """The quote in the form. Raises ProjectError for a date that is none."""
    state = st.session_state
    product, _, plan = (state["decide_quote_offer"] or "").partition("/")
    valid = state["decide_quote_valid"].strip()
    if state["decide_quote_yearly"] is None and state["decide_quote_setup"] is None:
        raise ProjectError([("quote.problem.empty", {})])
    return Quote(
        "",
        product,
        plan,
        state["decide_quote_yearly"] or 0.0,
        state["decide_quote_setup"],
        state["decide_quote_currency"].strip().upper(),
        typed_date(state["decide_quote_dated"]),
        typed_date(valid) if valid else None,
        state["decide_quote_reference"].strip(),
    )
