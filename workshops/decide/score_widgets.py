"""One person's score sheet: scenarios one at a time, ten questions, a comment. Each tap is saved at once."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from functional_map.model import FunctionalMap
from interface.language import Texts
from interface.page_widgets import header, show_problems
from workshops.access import NotAllowedError, Person
from workshops.decide.demonstrations import Sheet
from workshops.evidence import EFFORTS, OUTCOMES, SUS_ANSWERS, SUS_QUESTIONS, Demonstration, Score, ScriptLine
from workshops.model import Project, ProjectError
from workshops.session_widgets import database, edition_of, map_of
from workshops.store.database import StoreError
from workshops.store.demonstrations import own_sheet, save_answer, save_comment, save_score, script_of

PARTS = ("tasks", "ease", "comment")


@st.fragment
def sheet_of(who: Person, project: Project, one: Demonstration, t: Texts) -> None:
    """The sheet, read back from the database after every tap."""
    edition = edition_of(project)
    product = edition.products.get(one.product_id)
    lines, sheet = script_of(database(), project.id), own_sheet(database(), who, one.id)
    header(product.name if product else one.product_id)
    show_problems(st.session_state.pop("score_problems", []), t)
    scored = {score.line_id for score in sheet.scores if score.outcome != "less" or score.level is not None}
    counts = {"all": len(lines)}
    done = {"tasks": sum(line.id in scored for line in lines), "ease": len(sheet.answers), "comment": 0}
    part = st.segmented_control(
        t("score.part.label"),
        PARTS,
        key="score_part",
        default="tasks",
        required=True,
        width="stretch",
        format_func=lambda name: t(f"score.part.{name}", done=done[name], **counts),
        label_visibility="collapsed",
    )
    if part == "tasks" and lines:
        task(who, project, one, lines, sheet, map_of(edition), t)
    elif part == "tasks":
        st.info(t("score.no_script"))
    elif part == "ease":
        ease(who, one, sheet, t)
    else:
        whole_comment(who, one, sheet, t)
    st.caption(t("score.hidden"))


def attempt(write: Callable[[], None]) -> None:
    try:
        write()
    except ProjectError as error:
        st.session_state["score_problems"] = error.problems
    except NotAllowedError:
        st.session_state["score_problems"] = [("score.problem.not_allowed", {})]
    except StoreError as error:
        st.session_state["score_problems"] = [(error.reason, {})]


# ---------------------------------------------------------------- scenarios


def task(
    who: Person,
    project: Project,
    one: Demonstration,
    lines: list[ScriptLine],
    sheet: Sheet,
    functional_map: FunctionalMap,
    t: Texts,
) -> None:
    """One scenario: what is played, what is asked, and what this person saw."""
    place = min(st.session_state.get("score_place", 0), len(lines) - 1)
    line = lines[place]
    score = next((score for score in sheet.scores if score.line_id == line.id), None)
    st.progress((place + 1) / len(lines), t("score.place", place=place + 1, all=len(lines)))
    st.html(task_card(line, project, functional_map, t))
    key = f"{one.id}_{line.id}"
    outcome = st.segmented_control(
        t("score.outcome.label"),
        OUTCOMES,
        key=f"score_outcome_{key}",
        default=score.outcome if score else None,
        required=True,
        width="stretch",
        format_func=lambda name: t(f"score.outcome.{name}"),
        on_change=write_score,
        args=(who, one, line),
    )
    if outcome == "less":
        st.radio(
            t("score.less"),
            list(range(line.level)),
            key=f"score_level_{key}",
            index=score.level if score and score.outcome == "less" else None,
            format_func=lambda level: level_words(line, level, functional_map, t),
            on_change=write_score,
            args=(who, one, line),
        )
    if outcome in ("as-asked", "less"):
        st.segmented_control(
            t("score.effort.label"),
            EFFORTS,
            key=f"score_effort_{key}",
            default=score.effort if score else None,
            width="stretch",
            format_func=lambda effort: t(f"score.effort.{effort}"),
            on_change=write_score,
            args=(who, one, line),
        )
    if outcome:
        st.text_input(
            t("score.comment_line"),
            score.comment if score else "",
            key=f"score_comment_{key}",
            max_chars=2000,
            on_change=write_score,
            args=(who, one, line),
        )
    with st.container(horizontal=True, key="score_steps"):
        st.button(
            t("score.previous"),
            key="score_previous",
            width="stretch",
            disabled=place == 0,
            on_click=go,
            args=(place - 1,),
        )
        last = place == len(lines) - 1
        st.button(
            t("score.next"),
            key="score_next",
            type="primary",
            width="stretch",
            on_click=to_ease if last else go,
            args=() if last else (place + 1,),
        )


def go(place: int) -> None:
    st.session_state["score_place"] = place


def to_ease() -> None:
    st.session_state["score_part"] = "ease"


def write_score(who: Person, one: Demonstration, line: ScriptLine) -> None:
    """What the widgets of a scenario say, as one score."""
    key, state = f"{one.id}_{line.id}", st.session_state
    outcome = state.get(f"score_outcome_{key}")
    if outcome is None:
        return
    score = Score(
        line.id,
        outcome,
        state.get(f"score_level_{key}") if outcome == "less" else None,
        state.get(f"score_effort_{key}"),
        state.get(f"score_comment_{key}") or "",
    )
    attempt(lambda: save_score(database(), who, one.id, score))


def task_card(line: ScriptLine, project: Project, functional_map: FunctionalMap, t: Texts) -> str:
    own = next((item.label for item in project.own_items if item.id == line.item_id), "")
    item = functional_map.items.get(line.item_id)
    label = item.label[t.language] if item else own
    asked = level_words(line, line.level, functional_map, t)
    return (
        f'<p class="muted small" style="margin:0">{escape(t(f"script.scene.{line.scene}"))} · {escape(label)}</p>'
        f'<p style="font-size:1.1rem;margin:.3rem 0 .5rem">{"<br>".join(map(escape, line.text.splitlines()))}</p>'
        # the sentence of the level stands in the text, unless somebody rewrote it
        + ("" if asked in line.text else f'<p style="margin:0"><b>{escape(t("score.asked"))}</b> · {escape(asked)}</p>')
    )


def level_words(line: ScriptLine, level: int, functional_map: FunctionalMap, t: Texts) -> str:
    """A level as its written sentence; the scale's own words for an item that the project added."""
    if level == 0:
        return t("score.absent")
    if line.item_id in functional_map.items:
        return functional_map.level_text(line.item_id, level, t.language)
    return functional_map.vocabulary.as_expectation[level][t.language]


# ---------------------------------------------------------------- ten questions, a comment


def ease(who: Person, one: Demonstration, sheet: Sheet, t: Texts) -> None:
    st.caption(t("score.ease"))
    for question in SUS_QUESTIONS:
        key = f"score_sus_{one.id}_{question}"
        answer = sheet.answers.get(question)
        st.segmented_control(
            f"{question}. {t(f'score.sus.{question}')}",
            SUS_ANSWERS,
            key=key,
            default=answer,
            required=True,
            width="stretch",
            on_change=write_answer,
            args=(who, one, question, key),
        )
    if len(sheet.answers) == len(SUS_QUESTIONS):
        st.success(t("score.done"), icon=":material/check_circle:")


def write_answer(who: Person, one: Demonstration, question: int, key: str) -> None:
    answer = st.session_state.get(key)
    if answer is not None:
        attempt(lambda: save_answer(database(), who, one.id, question, answer))


def whole_comment(who: Person, one: Demonstration, sheet: Sheet, t: Texts) -> None:
    key = f"score_whole_{one.id}"
    st.text_area(
        t("score.comment"),
        sheet.comment,
        key=key,
        placeholder=t("score.comment_hint"),
        max_chars=2000,
        height=180,
        on_change=lambda: attempt(lambda: save_comment(database(), who, one.id, st.session_state[key])),
    )
