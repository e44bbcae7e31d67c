"""Requirements: what is asked on each item, as an editable table beside the five written levels."""

import uuid

import pandas as pd
import streamlit as st

from functional_map.item_widgets import item_card
from functional_map.model import LEVELS, folded
from interface.page_widgets import current_language, header, page_texts, show_problems
from workshops.model import LONGEST_NAME, LONGEST_NOTE, OwnItem, ProjectError
from workshops.session_widgets import assessment_of, database, edition_of, map_of, person, require_project
from workshops.shortlist_widgets import shortlist_strip
from workshops.store.projects import StaleError, add_own_item, history, remove_own_item, save_expectations

SHOW = ("everything", "asked", "must-have", "open", "decisive", "out-of-scope")

t = page_texts("workshops")
language = current_language()
project = require_project()
functional_map = map_of(edition_of(project))
who = person()
locked = not who.may("edit-project")
own = {item.id: item for item in project.own_items}
known = [*functional_map.items, *own]


def domain_of(item_id: str) -> str:
    return own[item_id].domain if item_id in own else functional_map.domain_of[item_id]


def label_of(item_id: str) -> str:
    return own[item_id].label if item_id in own else functional_map.items[item_id].label[language]


def save(changes: dict, versions: dict | None = None) -> None:
    """Write at once; what cannot be used is said, and the last good value stays."""
    try:
        save_expectations(database(), who, project.id, known, changes, versions=versions)
    except ProjectError as error:
        st.session_state["requirements_problems"] = [
            (key, values | ({"item": label_of(values["item"])} if values.get("item") in known else {}))
            for key, values in error.problems
        ]
    except StaleError as error:
        st.session_state["requirements_problems"] = [("expectation.problem.stale", {"item": label_of(error.item_id)})]


def wanted(item_id: str) -> bool:
    """Whether the filters let an item through."""
    expectation, show = project.expectation(item_id), st.session_state.get("requirements_show", "everything")
    if (domain := st.session_state.get("requirements_domain")) and domain_of(item_id) != domain:
        return False
    if (words := folded(st.session_state.get("requirements_search") or "")) and words not in folded(label_of(item_id)):
        return False
    return {
        "everything": True,
        "asked": expectation.level is not None and expectation.in_scope,
        "must-have": expectation.must_have,
        "open": expectation.level is None and expectation.in_scope,
        "decisive": item_id in functional_map.items and functional_map.items[item_id].decisive,
        "out-of-scope": not expectation.in_scope,
    }[show or "everything"]


asked, must_haves = project.asked(), project.must_haves()
header(
    t("requirements.title"),
    t(
        "requirements.state",
        asked=len(asked),
        total=len(known),
        must=t("requirements.must_haves", count=len(must_haves)),
    ),
)
show_problems(st.session_state.pop("requirements_problems", []), t)
shortlist_strip(assessment_of(project))

first, second, third = st.columns([5, 10, 4])
first.selectbox(
    t("requirements.domain"),
    [domain.id for domain in functional_map.domains],
    index=None,
    key="requirements_domain",
    format_func=lambda one: functional_map.domain(one).label[language],
    placeholder=t("requirements.all_domains"),
)
second.segmented_control(
    t("requirements.show"),
    SHOW,
    key="requirements_show",
    default="everything",
    required=True,
    format_func=lambda one: t(f"requirements.filter.{one}"),
)
third.text_input(t("requirements.search"), key="requirements_search", placeholder=t("requirements.search_hint"))

shown = [item_id for item_id in known if wanted(item_id)]
table_side, card_side = st.columns([17, 10], gap="medium")


def table_of(items: list[str]) -> pd.DataFrame:
    rows = []
    for item_id in items:
        one = project.expectation(item_id)
        sentence = ""
        if one.level is not None and item_id not in own:
            sentence = functional_map.level_text(item_id, one.level, language)
        rows.append(
            {
                "label": label_of(item_id),
                "level": None if one.level is None else str(one.level),
                "must_have": one.must_have,
                "sentence": sentence,
                "note": one.note,
                "status": one.status,
            }
        )
    return pd.DataFrame(rows, columns=["label", "level", "must_have", "sentence", "note", "status"], index=items)


def write_edits(key: str, items: list[str]) -> None:
    """Turn the cells that were changed into expectations; the store checks each of them."""
    changes = {}
    for row, cells in st.session_state[key]["edited_rows"].items():
        change = {}
        for column, value in cells.items():
            if column == "level":
                change["level"] = int(value) if value in map(str, LEVELS) else None
                if value is not None and project.expectation(items[int(row)]).status == "open":
                    change["status"] = "agreed"
            elif column in ("must_have", "note", "status"):
                change[column] = bool(value) if column == "must_have" else (value or "")
        if change:
            changes[items[int(row)]] = change
    if changes:
        save(changes)


with table_side:
    if not shown:
        st.info(t("requirements.nothing_shown"), icon=":material/filter_alt_off:")
    else:
        key = f"requirements_table_{project.id}_{abs(hash(tuple(shown)))}"
        st.data_editor(
            table_of(shown),
            key=key,
            height=min(36 * (len(shown) + 1) + 3, 560),
            hide_index=True,
            on_change=write_edits,
            args=(key, shown),
            disabled=True if locked else ["label", "sentence"],
            row_height=36,
            placeholder="–",
            alt=t("requirements.table_alt"),
            column_config={
                "label": st.column_config.TextColumn(t("requirements.item"), width=215, pinned=True),
                "level": st.column_config.SelectboxColumn(
                    t("requirements.level"), options=[str(level) for level in LEVELS], width=64
                ),
                "must_have": st.column_config.CheckboxColumn(
                    t("requirements.must_short"), width=70, help=t("requirements.must_have")
                ),
                "sentence": st.column_config.TextColumn(t("requirements.sentence"), width=420),
                "note": st.column_config.TextColumn(t("requirements.note"), max_chars=LONGEST_NOTE, width="medium"),
                "status": st.column_config.SelectboxColumn(
                    t("requirements.status"),
                    options=["open", "proposed", "agreed", "out-of-scope"],
                    format_func=lambda one: t(f"status.{one}"),
                    width="small",
                    required=True,
                ),
            },
        )

with card_side:
    items = [item_id for item_id in (shown or known) if item_id in functional_map.items]
    current = (
        st.selectbox(
            t("requirements.read"),
            items,
            key="requirements_item",
            format_func=label_of,
            placeholder=t("requirements.read"),
            label_visibility="collapsed",
        )
        if items
        else None
    )
    if current:
        expectation = project.expectation(current)
        item_card(functional_map, functional_map.items[current], asked=expectation.level)
        level_key, must_key = (
            f"requirements_level_{current}_{project.revision}",
            f"requirements_must_{current}_{project.revision}",
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.segmented_control(
                t("requirements.level"),
                LEVELS,
                key=level_key,
                default=expectation.level,
                disabled=locked,
                label_visibility="collapsed",
                on_change=lambda: save(
                    {
                        current: {
                            "level": st.session_state[level_key],
                            "status": "agreed" if st.session_state[level_key] is not None else "open",
                        }
                    }
                ),
            )
            st.toggle(
                t("requirements.must_have"),
                value=expectation.must_have,
                key=must_key,
                disabled=locked or not expectation.level,
                on_change=lambda: save({current: {"must_have": st.session_state[must_key]}}),
            )
        if expectation.note:
            st.caption(f"“{expectation.note}”" if language == "en" else f"« {expectation.note} »")
        if lines := history(database(), project.id, current, limit=20):
            with st.expander(t("requirements.history", count=len(lines)), key="requirements_history"):
                for line in lines:
                    before, after = line["before"] or {}, line["after"] or {}
                    words = "; ".join(
                        f"{t(f'requirements.{field}')} {before.get(field, '–')} → {value}"
                        for field, value in after.items()
                    )
                    st.caption(
                        f"{t.time(line['at'])} · {line['who'] if line['who'] != 'local' else t('requirements.you')} · {words}"
                    )

if not locked:
    with st.expander(t("requirements.own", count=len(own)), icon=":material/add_circle:", key="requirements_own"):
        st.caption(t("requirements.own_help"))
        with st.form("requirements_own_form", border=False, clear_on_submit=True):
            left, right = st.columns([2, 3])
            domain = left.selectbox(
                t("requirements.domain"),
                [one.id for one in functional_map.domains],
                key="requirements_own_domain",
                format_func=lambda one: functional_map.domain(one).label[language],
            )
            label = right.text_input(t("requirements.own_label"), max_chars=LONGEST_NAME, key="requirements_own_label")
            definition = st.text_input(
                t("requirements.own_definition"), max_chars=400, key="requirements_own_definition"
            )
            if st.form_submit_button(t("requirements.own_add")):
                try:
                    add_own_item(
                        database(), who, project.id, OwnItem(f"own-{uuid.uuid4().hex[:12]}", domain, label, definition)
                    )
                except ProjectError as error:
                    st.session_state["requirements_problems"] = error.problems
                st.rerun()
        for item in own.values():
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(f"{functional_map.domain(item.domain).label[language]} › {item.label}", width="stretch")
                st.button(
                    t("requirements.own_remove"),
                    key=f"requirements_own_remove_{item.id}",
                    on_click=lambda item=item: remove_own_item(database(), who, project.id, item.id),
                )
