"""A newer edition on the Projects page: what it would change for a project, the move, and the overview for an admin."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from functional_map.load import load_map
from interface.page_widgets import current_language, page_texts, plain, show_problems
from vendors.draft import current_draft
from vendors.load import load_edition
from vendors.model import Edition
from vendors.publish import editions, newest_edition
from workshops.model import Project, ProjectError, Summary
from workshops.prepare.renewal import Effect, effect, item_weights
from workshops.session_widgets import database, edition_of, person, project_by_id
from workshops.store.moving import asked_by_open_projects, move_project
from workshops.words import Words

MOST_RATINGS = 12
SIGNS = {"stays": "=", "enters": "+", "leaves": "−", "gone": "−"}
ROLES = {"stays": "", "enters": "good", "leaves": "bad", "gone": "bad"}


def newer_edition(project: Project) -> None:
    """Where a newer edition was published: what it would change for the project, and the move."""
    t, newest = page_texts("workshops"), newest_edition()
    show_problems(st.session_state.pop("projects_renewal_problems", []), t)
    if moved := st.session_state.pop("projects_moved", None):
        st.success(t("renewal.moved", edition=moved), icon=":material/check:")
    if project.edition_id == newest:
        return
    newer = load_edition(editions()[newest])
    with st.container(border=True, key="projects_renewal"):
        st.markdown(
            f"**{t('renewal.newer', edition=newer.title[t.language])}** "
            + t("renewal.newer_what", project=plain(project.name), edition=project.edition_id)
        )
        if st.toggle(t("renewal.show"), key=f"projects_renewal_show_{project.id}"):
            _shown(project, newer)


def _shown(project: Project, newer: Edition) -> None:
    t = page_texts("workshops")
    with st.spinner(t("renewal.computing")):
        found = effect(project, edition_of(project), newer, current_language())
        nothing = found.nothing_asked
    if nothing:
        st.info(t("renewal.nothing_asked"), icon=":material/checklist:")
    else:
        st.html(shortlists(found))
        _reasons(found)
        _ratings(found)
    _items(found)
    if person().may("edit-project"):
        st.caption(t("renewal.move_what"))
        st.button(
            t("renewal.move", edition=newer.id),
            key=f"projects_renewal_move_{project.id}",
            type="primary",
            on_click=_move,
            args=(project, found),
        )


def _move(project: Project, found: Effect) -> None:
    try:
        move_project(database(), person(), project, found.then.project, found.changes.renamed)
    except ProjectError as error:
        st.session_state["projects_renewal_problems"] = error.problems
    else:
        st.session_state["projects_moved"] = found.then.project.edition_id


def shortlists(found: Effect) -> str:
    """The shortlist on both editions, side by side, with what changes."""
    t, words = page_texts("workshops"), Words(found.then, page_texts("workshops"))
    heads = [
        (t("renewal.column.change"), ""),
        (t("renewal.column.product"), ""),
        (t("renewal.column.now", edition=found.now.edition.id), "r"),
        (t("shortlist.fit"), "r"),
        (t("renewal.column.then", edition=found.then.project.edition_id), "r"),
        (t("shortlist.fit"), "r"),
        (t("shortlist.cost"), "r"),
    ]
    lines = ["<tr>" + "".join(f"<th class='{kind}'>{escape(head)}</th>" for head, kind in heads) + "</tr>"]
    for _, row in found.rows.iterrows():
        change = str(row["change"])
        mark = f"<span class='verdict {ROLES[change]}'>{SIGNS[change]} {escape(t(f'renewal.change.{change}'))}</span>"
        name = row["offer_then"] if isinstance(row["offer_then"], str) else row["offer_now"]
        cells = [
            (mark, ""),
            (f"<b>{escape(str(name))}</b>", ""),
            (_rank(row["rank_now"]), "r"),
            (_score(row["fit_now"], words), "r"),
            (_rank(row["rank_then"]), "r"),
            (_score(row["fit_then"], words), "r"),
            (_cost(row, words), "r"),
        ]
        kind = "" if change in ("stays", "enters") else "off"
        lines.append(
            f"<tr class='{kind}'>" + "".join(f"<td class='{side}'>{cell}</td>" for cell, side in cells) + "</tr>"
        )
    return f"<table class='clean'>{''.join(lines)}</table>"


def _rank(value: float) -> str:
    return "–" if pd.isna(value) else str(int(value))


def _score(value: float, words: Words) -> str:
    return "–" if pd.isna(value) else escape(words.score(value))


def _cost(row: pd.Series, words: Words) -> str:
    before, after = row["cost_now"], row["cost_then"]
    if pd.isna(after):
        return "–"
    text = escape(words.money(after))
    if pd.notna(before) and round(before) != round(after):
        text = f"<span class='muted'>{escape(words.money(before))} →</span> {text}"
    return text


def _reasons(found: Effect) -> None:
    """Why a product leaves the shortlist."""
    t, words = page_texts("workshops"), Words(found.then, page_texts("workshops"))
    for product, row in found.rows[found.rows["change"].isin(("leaves", "gone"))].iterrows():
        name = f"**{plain(found.now.product_name(str(product)))}**"
        if row["change"] == "gone":
            st.markdown(f"- {name}: {t('renewal.gone')}")
            continue
        why = [words.reason(key, values) for key, values in found.why_out(str(product))]
        st.markdown(f"- {name}: {plain(' '.join(why)) if why else t('renewal.behind')}")


def _ratings(found: Effect) -> None:
    """The changed ratings that move these shortlists, most important first."""
    t, words = page_texts("workshops"), Words(found.then, page_texts("workshops"))
    if found.ratings.empty:
        st.caption(t("renewal.no_ratings"))
        return
    lines = [
        "<tr>"
        + "".join(
            f"<th>{escape(t(f'renewal.column.{name}'))}</th>" for name in ("product", "item", "level", "asked", "share")
        )
        + "</tr>"
    ]
    asked = found.then.project.asked()
    for row in found.ratings.head(MOST_RATINGS).itertuples():
        levels = " → ".join("?" if pd.isna(level) else f"{level:g}" for level in (row.before, row.after))
        name = found.then.product_name(row.product) if row.product in found.then.edition.products else row.product
        lines.append(
            f"<tr><td>{escape(name)}</td><td>{escape(words.item(row.item))}</td><td class='num'>{levels}</td>"
            f"<td class='num'>{asked[row.item]}</td><td class='num'>{t.percent(row.weight, 1)}</td></tr>"
        )
    st.markdown(f"**{t('renewal.ratings', count=len(found.ratings))}**")
    st.html(f"<table class='clean'>{''.join(lines)}</table>")


def _items(found: Effect) -> None:
    """What became of asked items, and whose asked level reads differently."""
    t = page_texts("workshops")
    for change, old, new in found.carried_items:
        label = found.now.map.items[old].label[t.language]
        after = t.list([found.then.map.items[one].label[t.language] for one in new.split(", ") if one])
        st.markdown("- " + t(f"renewal.item.{change}", old=plain(label), new=plain(after)))
    if found.reworded:
        labels = t.list([found.then.map.items[one].label[t.language] for one in found.reworded])
        st.markdown("- " + t("renewal.reworded", items=plain(labels)))


def weights_in_open_projects() -> dict[str, float]:
    """item -> its mean share of the fit in the projects that are open; no project is named."""
    functional_map = load_map(load_edition(editions()[newest_edition()]).map_year)
    return item_weights(*asked_by_open_projects(database()), functional_map)


# the overview for an admin


def overview(projects: list[Summary], others: list[Summary]) -> None:
    """What the draft, or the newest edition, changes in every open project.

    others   projects that the admin may not see: counted, not named
    """
    t = page_texts("workshops")
    draft = current_draft()
    newest = load_edition(editions()[newest_edition()])
    candidate = draft.edition if draft else newest
    behind = [one for one in (*projects, *others) if not one.archived and one.edition_id != candidate.id]
    if not behind:
        return
    name = t("renewal.the_draft", edition=draft.id) if draft else newest.title[t.language]
    with st.expander(t("renewal.overview", edition=name), icon=":material/compare:", key="projects_overview"):
        st.caption(t("renewal.overview_what"))
        key = (str(draft.folder) if draft else newest.id, tuple((one.id, one.revision) for one in behind))
        if st.button(t("renewal.compute", count=len(behind)), key="projects_overview_compute"):
            st.session_state["projects_overview_rows"] = (key, _outcomes(behind, candidate))
        kept = st.session_state.get("projects_overview_rows")
        if kept and kept[0] == key:
            _outcome_table(kept[1], {one.id for one in projects}, behind)


def _outcomes(behind: list[Summary], candidate: Edition) -> dict[str, tuple[str, str, str]]:
    """project -> outcome, shortlist now, shortlist then; with progress."""
    t, rows = page_texts("workshops"), {}
    bar = st.progress(0.0)
    for place, summary in enumerate(behind, start=1):
        project = project_by_id(summary.id)
        if project is not None and project.edition_id in editions():
            found = effect(project, edition_of(project), candidate, current_language())
            outcome = (
                "nothing"
                if found.nothing_asked
                else "shortlist"
                if found.changes_the_shortlist
                else "order"
                if found.changes_the_order
                else "same"
            )
            listed = [
                [
                    str(one)
                    for one in found.rows.dropna(subset=[f"rank_{when}"]).sort_values(f"rank_{when}")[f"offer_{when}"]
                ]
                if outcome != "nothing"
                else []
                for when in ("now", "then")
            ]
            rows[summary.id] = (outcome, t.list(listed[0]), t.list(listed[1]))
        bar.progress(place / len(behind), t("renewal.progress", done=place, total=len(behind)))
    bar.empty()
    return rows


def _outcome_table(rows: dict[str, tuple[str, str, str]], visible: set[str], behind: list[Summary]) -> None:
    t = page_texts("workshops")
    lines = [
        "<tr>"
        + "".join(
            f"<th>{escape(t(f'renewal.column.{name}'))}</th>"
            for name in ("project", "outcome", "shortlist_now", "shortlist_then")
        )
        + "</tr>"
    ]
    for summary in behind:
        if summary.id in visible and summary.id in rows:
            outcome, now, then = rows[summary.id]
            role = {"shortlist": "bad", "order": "warn"}.get(outcome, "good")
            lines.append(
                f"<tr><td><b>{escape(summary.name)}</b><br><span class='muted small'>{escape(summary.edition_id)}</span></td>"
                f"<td><span class='verdict {role}'>{escape(t(f'renewal.outcome.{outcome}'))}</span></td>"
                f"<td>{escape(now)}</td><td>{escape(then)}</td></tr>"
            )
    if len(lines) > 1:
        st.html(f"<table class='clean'>{''.join(lines)}</table>")
    hidden = [outcome for project, (outcome, _, _) in rows.items() if project not in visible]
    if hidden:
        changing = sum(outcome in ("shortlist", "order") for outcome in hidden)
        st.caption(t("renewal.hidden", count=len(hidden), changing=changing))
