"""The script and the demonstrations, as the Decide page shows them."""

from __future__ import annotations

import datetime as dt
from html import escape

import streamlit as st

from interface.language import Texts
from interface.marks import interval, level_bar, level_chip
from interface.page_widgets import plain
from workshops.access import Person
from workshops.assess import Assessment
from workshops.decide.decide_widgets import attempt, offers_to_choose, typed_date
from workshops.decide.demonstrations import (
    SCENES,
    USUAL_LINES,
    LineResult,
    Sheet,
    Wording,
    assemble,
    line_for,
    line_results,
    usability,
)
from workshops.evidence import FEWEST_SCORERS, MOST_LINES, Demonstration, ScriptLine
from workshops.rooms.lead_widgets import joining
from workshops.session_widgets import database
from workshops.store.demonstrations import (
    add_line,
    cancel_demonstration,
    change_line,
    demonstrations_of,
    drop_line,
    plan_demonstration,
    reveal_scores,
    revealed_sheets,
    save_script,
    scorers_of,
    script_of,
)
from workshops.store.votes import open_workshop, workshop_of
from workshops.words import Words

MINUTES_A_LINE = 5
POLL_SECONDS = 3

# ---------------------------------------------------------------- script


def script_part(assessment: Assessment, words: Words, who: Person, t: Texts) -> None:
    """The script: written at a click, then changed line by line."""
    lines = script_of(database(), assessment.project.id)
    if lines:
        count = t("script.count", count=len(lines))
        st.caption(t("script.state", count=count, minutes=MINUTES_A_LINE * len(lines)))
    else:
        st.info(t("script.empty"), icon=":material/theater_comedy:")
    if who.may("edit-project"):
        script_controls(assessment, lines, words, who, t)
    if lines:
        st.html(script_table(lines, words, t))


def script_controls(assessment: Assessment, lines: list[ScriptLine], words: Words, who: Person, t: Texts) -> None:
    """Write the script, take it along as a document, add to it, change it."""
    project_id = assessment.project.id
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            t("script.lines"), 1, MOST_LINES, USUAL_LINES, key=f"decide_lines_{project_id}", width=170, step=1
        )
        st.button(
            t("script.again" if lines else "script.assemble"),
            type="secondary" if lines else "primary",
            icon=":material/auto_stories:",
            help=t("script.again_help") if lines else None,
            key="decide_assemble",
            on_click=write_script,
            args=(assessment, who, t),
        )
        if lines:
            st.page_link("exports/exports_page.py", label=t("script.documents"), icon=":material/download:")
    left, right = st.columns(2)
    with left.expander(t("script.add"), key="decide_add"):
        add_form(assessment, lines, words, who, t)
    if lines:
        with right.expander(t("script.edit"), key="decide_edit"):
            edit_form(project_id, lines, words, who, t)


def wording(t: Texts) -> Wording:
    return Wording(
        show=lambda question, asked: t("script.show", question=question, asked=asked),
        look_for=lambda asked, below: t("script.looking", below=below),
    )


def write_script(assessment: Assessment, who: Person, t: Texts) -> None:
    count = int(st.session_state[f"decide_lines_{assessment.project.id}"])
    lines = assemble(assessment, t.language, wording(t), count)
    if lines:
        attempt(lambda: save_script(database(), who, assessment.project.id, lines))
    else:
        st.session_state["decide_problems"] = [("script.nothing_to_see", {})]


def script_table(lines: list[ScriptLine], words: Words, t: Texts) -> str:
    """The scenarios under their moments of the day."""
    rows = []
    for scene in SCENES:
        inside = [line for line in lines if line.scene == scene]
        if inside:
            rows.append(f'<tr><td colspan="4" class="part">{escape(t(f"script.scene.{scene}"))}</td></tr>')
        for line in inside:
            look = f'<br><span class="muted small">{escape(line.look_for)}</span>' if line.look_for else ""
            rows.append(
                f'<tr><td style="width:22%"><b>{escape(words.item(line.item_id))}</b></td>'
                f"<td>{paragraphs(line.text)}{look}</td><td>{level_chip(line.level)}</td>"
                f'<td><span class="tag" style="white-space:nowrap">{escape(t(f"script.why.{line.why}"))}</span></td></tr>'
            )
    head = (
        f"<tr><th>{escape(t('demonstration.head.item'))}</th><th>{escape(t('script.text'))}</th>"
        f"<th>{escape(t('script.asked_head'))}</th><th>{escape(t('script.why_head'))}</th></tr>"
    )
    return f'<table class="clean wide">{head}{"".join(rows)}</table>'


def paragraphs(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines())


def add_form(assessment: Assessment, lines: list[ScriptLine], words: Words, who: Person, t: Texts) -> None:
    there = {line.item_id for line in lines}
    items = [str(item) for item in assessment.fit.asked.index if item not in there]
    st.selectbox(
        t("script.choose"),
        items,
        key="decide_new_item",
        index=None,
        format_func=words.item,
        placeholder=t("script.choose"),
    )
    st.button(t("script.add_button"), key="decide_add_line", on_click=add, args=(assessment, who, t))


def add(assessment: Assessment, who: Person, t: Texts) -> None:
    if item := st.session_state.get("decide_new_item"):
        line = line_for(assessment, item, "added", t.language, wording(t))
        attempt(lambda: add_line(database(), who, assessment.project.id, line))
        st.session_state["decide_new_item"] = None


def edit_form(project_id: str, lines: list[ScriptLine], words: Words, who: Person, t: Texts) -> None:
    by_id = {line.id: line for line in lines}
    chosen = st.selectbox(
        t("demonstration.head.item"),
        list(by_id),
        key="decide_line",
        format_func=lambda one: words.item(by_id[one].item_id),
    )
    line = by_id[chosen]
    key = f"{line.id}_{line.version}"
    with st.form(f"decide_line_form_{key}", border=False):
        left, right = st.columns(2)
        left.segmented_control(
            t("script.level"), [1, 2, 3, 4], default=line.level, required=True, key=f"decide_level_{key}"
        )
        right.selectbox(
            t("script.moment"),
            list(SCENES),
            list(SCENES).index(line.scene),
            key=f"decide_scene_{key}",
            format_func=lambda scene: t(f"script.scene.{scene}"),
        )
        st.text_area(t("script.text"), line.text, key=f"decide_text_{key}", max_chars=2000)
        st.text_area(t("script.look_for"), line.look_for, key=f"decide_look_{key}", max_chars=2000)
        st.form_submit_button(t("script.save"), on_click=change, args=(project_id, line, who))
    st.button(
        t("script.drop"),
        key=f"decide_drop_{line.id}",
        icon=":material/delete:",
        on_click=lambda: attempt(lambda: drop_line(database(), who, project_id, line.id)),
    )


def change(project_id: str, line: ScriptLine, who: Person) -> None:
    key, state = f"{line.id}_{line.version}", st.session_state
    changes = {
        "level": state[f"decide_level_{key}"],
        "scene": state[f"decide_scene_{key}"],
        "text": state[f"decide_text_{key}"],
        "look_for": state[f"decide_look_{key}"],
    }
    attempt(lambda: change_line(database(), who, project_id, line.id, changes, version=line.version))


# ---------------------------------------------------------------- demonstrations


def demonstrations_part(assessment: Assessment, words: Words, who: Person, t: Texts) -> None:
    """Who is shown when, how the team scores, and what it scored once that is revealed."""
    project_id = assessment.project.id
    held = demonstrations_of(database(), project_id)
    lines = script_of(database(), project_id, dropped=True)
    may_lead = who.may("edit-project")
    if not held:
        st.info(t("demonstration.none"), icon=":material/co_present:")
    if not script_of(database(), project_id):
        st.warning(t("demonstration.no_script"), icon=":material/theater_comedy:")
    for one in held:
        with st.container(border=True, key=f"decide_shown_{one.id}"):
            demonstration_card(assessment, one, lines, words, who, t)
    if may_lead:
        with st.expander(t("demonstration.new"), expanded=not held, key="decide_new"):
            new_form(assessment, who, t)
        if open_ones := [one for one in held if not one.revealed]:
            awaited = not any(scorers_of(database(), one.id) for one in open_ones)
            with st.expander(t("demonstration.join"), expanded=awaited, key="decide_join"):
                how_to_score(project_id, who, t)


def new_form(assessment: Assessment, who: Person, t: Texts) -> None:
    with st.form("decide_new_form", border=False):
        left, right = st.columns([3, 1])
        left.selectbox(
            t("demonstration.offer"),
            offers_to_choose(assessment),
            key="decide_new_offer",
            index=None,
            format_func=assessment.offer_name,
            placeholder=t("demonstration.choose"),
        )
        right.text_input(t("demonstration.day"), dt.date.today().isoformat(), key="decide_new_day")
        st.form_submit_button(t("demonstration.add"), type="primary", on_click=prepare, args=(assessment, who))


def prepare(assessment: Assessment, who: Person) -> None:
    product, _, plan = (st.session_state["decide_new_offer"] or "").partition("/")
    planned = attempt(
        lambda: plan_demonstration(
            database(),
            who,
            assessment.project.id,
            product_id=product,
            plan_id=plan,
            held_on=typed_date(st.session_state["decide_new_day"]),
            known=list(assessment.offers.table.index),
        )
    )
    if planned:
        st.session_state["decide_new_offer"] = None


def how_to_score(project_id: str, who: Person, t: Texts) -> None:
    st.markdown(t("demonstration.join_state"))
    workshop = workshop_of(database(), project_id)
    if workshop is None:
        st.button(
            t("vote.open_room"),
            key="decide_open_room",
            on_click=lambda: attempt(lambda: open_workshop(database(), who, project_id)),
        )
        return
    joining(workshop, size=240, page="score")


def demonstration_card(
    assessment: Assessment, one: Demonstration, lines: list[ScriptLine], words: Words, who: Person, t: Texts
) -> None:
    offer = f"{one.product_id}/{one.plan_id}"
    left, right = st.columns([3, 1], vertical_alignment="center")
    name = assessment.offer_name(offer) if offer in assessment.offers.table.index else offer
    left.markdown(f"**{plain(name)}** · {t.date(one.held_on)}")
    left.caption(t("demonstration.revealed" if one.revealed else "demonstration.hidden"))
    scored = bool(scorers_of(database(), one.id))
    if who.may("edit-project"):
        with right:
            lead_buttons(one, scored, who, t)
    if one.revealed:
        results(assessment, one, lines, words, t)
    else:
        who_scored(one.id, sum(line.id in _current(one.project_id) for line in lines), scored, t)


def _current(project_id: str) -> set[str]:
    return {line.id for line in script_of(database(), project_id)}


def lead_buttons(one: Demonstration, scored: bool, who: Person, t: Texts) -> None:
    st.button(
        t("demonstration.hide" if one.revealed else "demonstration.reveal"),
        key=f"decide_reveal_{one.id}",
        type="secondary" if one.revealed else "primary",
        icon=":material/visibility_off:" if one.revealed else ":material/visibility:",
        help=t("demonstration.hide_help") if one.revealed else None,
        disabled=not scored,
        width="stretch",
        on_click=lambda: attempt(lambda: reveal_scores(database(), who, one.id, revealed=not one.revealed)),
    )
    if not scored:
        st.button(
            t("demonstration.cancel"),
            key=f"decide_cancel_{one.id}",
            width="stretch",
            on_click=lambda: attempt(lambda: cancel_demonstration(database(), who, one.id)),
        )


@st.fragment(run_every=POLL_SECONDS)
def who_scored(demonstration_id: str, count: int, scored: bool, t: Texts) -> None:
    """Who is how far, without a word of what they scored; with the first of them, the scores can be revealed."""
    scorers = scorers_of(database(), demonstration_id)
    if scorers and not scored:
        st.rerun()
    if not scorers:
        st.caption(t("demonstration.waiting"))
        return
    st.html(
        "".join(
            f'<span class="tag">{escape(t("demonstration.who", name=name, lines=scored, all=count, answers=answers))}</span>'
            for name, scored, answers in scorers
        )
    )


def results(assessment: Assessment, one: Demonstration, lines: list[ScriptLine], words: Words, t: Texts) -> None:
    """Usability with its sample and spread, then what was seen line by line."""
    sheets = revealed_sheets(database(), one.id)
    if len(sheets) < FEWEST_SCORERS:
        people = t("demonstration.people", count=len(sheets))
        st.warning(t("demonstration.few", least=FEWEST_SCORERS, people=people), icon=":material/group:")
    usability_line(assessment, one, sheets, t)
    found = line_results(lines, sheets)
    levels = sum(result.level is not None for result in found)
    if levels:
        st.caption(t("demonstration.tested", count=levels))
    st.html(result_table(found, words, t))
    comments = [(words.item(result.line.item_id), *said) for result in found for said in result.comments]
    comments += [("", sheet.name, sheet.comment) for sheet in sheets if sheet.comment]
    if comments:
        with st.expander(f"{t('demonstration.comments')} ({len(comments)})", key=f"decide_comments_{one.id}"):
            for item, name, said in comments:
                st.markdown(f"- **{plain(name)}**{f' · {plain(item)}' if item else ''}: {plain(said)}")


def usability_line(assessment: Assessment, one: Demonstration, sheets: tuple[Sheet, ...], t: Texts) -> None:
    measured = usability([(one, sheets)]).get(one.product_id)
    if measured is None:
        st.caption(t("demonstration.sus_none"))
        return
    if measured.deviation is None:
        sentence = t("demonstration.sus_one", mean=t.number(measured.mean, 1))
    else:
        sentence = t(
            "demonstration.sus",
            mean=t.number(measured.mean, 1),
            people=t("demonstration.people", count=len(measured.scores)),
            low=t.number(measured.low),
            high=t.number(measured.high),
            deviation=t.number(measured.deviation, 1),
        )
    left, right = st.columns([3, 1], vertical_alignment="center")
    left.markdown(f"**{plain(sentence)}**", help=t("demonstration.rule"))
    right.html(interval(measured.low, measured.mean, measured.high, most=100.0, title=sentence))
    if measured.enough:
        left.caption(t("demonstration.counts", product=plain(assessment.product_name(one.product_id))))


def result_table(found: list[LineResult], words: Words, t: Texts) -> str:
    heads = ("item", "asked", "seen", "spread", "done", "effort")
    rows = ["<tr>" + "".join(f"<th>{escape(t(f'demonstration.head.{head}'))}</th>" for head in heads) + "</tr>"]
    for result in found:
        level, effort = result.level, result.effort
        unleveled = t("demonstration.less_only" if result.shown else "demonstration.not_shown")
        spread = ", ".join(f"{level}: {count}" for level, count in sorted(result.levels.items()))
        cells = [
            escape(words.item(result.line.item_id)),
            level_chip(result.line.level),
            level_chip(level) if level is not None else escape(unleveled),
            level_bar(dict(result.levels), spread) if result.levels else "",
            escape(t("demonstration.done", count=result.done, all=result.people)),
            f"{t.number(effort, 1)} · {escape(t(f'score.effort.{round(effort)}'))}" if effort is not None else "–",
        ]
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return f'<table class="clean">{"".join(rows)}</table>'
