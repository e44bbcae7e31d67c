"""Journal: who changed what, and when, in the project, and in accounts and editions."""

import json
from html import escape

import streamlit as st

from interface.page_widgets import current_language, header, page_texts
from workshops.access import AT_HOME
from workshops.session_widgets import current_project, database, edition_of, map_of, person
from workshops.store.journal import journal_file, journal_lines, journal_size
from workshops.store.privacy import participants_of

AT_ONCE, LONGEST_CELL = 100, 220

t = page_texts("workshops")
project, who = current_project(), person()
scopes = (["project"] if project else []) + (["installation"] if who.may("manage-accounts") else [])
if not scopes:
    header(t("page.journal"), t("journal.no_project"))
    st.page_link("workshops/prepare/projects_page.py", label=t("no_project.link"), icon=":material/folder_open:")
    st.stop()


def labels() -> dict[str, str]:
    """What an id in the journal stands for, where that is known."""
    found = {AT_HOME.id: t("requirements.you"), "terminal": t("journal.terminal")}
    if project:
        found |= {item.id: item.label[current_language()] for item in map_of(edition_of(project)).items.values()}
        found |= {item.id: item.label for item in project.own_items}
        found |= {one["id"]: one["name"] for one in participants_of(database(), who, project.id)}
    return found


def bare(value) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def told(value) -> str:
    """A value as one short line; the export has it whole."""
    if isinstance(value, dict):
        text = "; ".join(f"{name}: {bare(part)}" for name, part in value.items() if part not in ([], {}))
    else:
        text = "" if value is None else bare(value)
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"


def action_words(action: str) -> str:
    return t(f"journal.action.{action}") if t.has(f"journal.action.{action}") else action


scope = scopes[0]
if len(scopes) > 1:
    scope = st.session_state.get("journal_scope") or scope
project_id = project.id if scope == "project" else None
size = journal_size(database(), project_id)
header(t("page.journal"), t("journal.state", count=size))
with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    if len(scopes) > 1:
        st.segmented_control(
            t("journal.scope"),
            scopes,
            key="journal_scope",
            default=scope,
            required=True,
            format_func=lambda one: t(f"journal.of.{one}"),
            label_visibility="collapsed",
        )
    pages = max(1, -(-size // AT_ONCE))
    number = st.pagination(pages, key=f"journal_number_{scope}") if pages > 1 else 1
    st.download_button(
        t("journal.export"),
        key="journal_export",
        icon=":material/download:",
        data=lambda: journal_file(database(), who, project_id),
        file_name="journal.csv",
        mime="text/csv",
    )
names = labels()
rows = "".join(
    f"<tr><td class='num small' style='white-space:nowrap'>{escape(t.time(line['at']))}</td>"
    f"<td>{escape(names.get(line['who'], line['who']))}</td><td>{escape(action_words(line['action']))}</td>"
    f"<td>{escape(names.get(line['subject'], line['subject']))}</td>"
    f"<td class='small muted'>{escape(told(line['before']))}</td><td class='small'>{escape(told(line['after']))}</td></tr>"
    for line in journal_lines(database(), who, project_id, limit=AT_ONCE, skip=(number - 1) * AT_ONCE)
)
heads = "".join(
    f"<th>{escape(t(f'journal.{name}'))}</th>" for name in ("at", "who", "action_head", "subject", "before", "after")
)
widths = "".join(f"<col style='width:{share}'>" for share in ("11%", "13%", "17%", "19%", "20%", "20%"))
st.html(f"<table class='clean'><colgroup>{widths}</colgroup><tr>{heads}</tr>{rows}</table>")
st.caption(t("journal.append_only" if project_id else "journal.append_only_editions"))
