"""Requirements: what is asked on each item, what the votes say, who owns it, where it stands, how it came about."""

from __future__ import annotations

import uuid
from html import escape

import pandas as pd
import streamlit as st

from functional_map.item_widgets import item_card
from functional_map.model import LEVELS, folded
from interface.page_widgets import current_language, header, page_texts, plain, show_problems
from scoring.fit import NothingAskedError
from workshops.choose.shortlist_widgets import shortlist_strip
from workshops.model import LONGEST_NAME, LONGEST_NOTE, STATUSES, OwnItem, ProjectError
from workshops.rooms.challenge import Challenge, challenges_of_project, teams_apart, unconfirmed_items
from workshops.rooms.changing_widgets import Changes
from workshops.rooms.lead_widgets import challenge_words, moves_words, team_name, team_table, who_said_what
from workshops.rooms.leading import DISCUSS_FIRST, progress_by_domain, progress_by_team, settled, summary, tally
from workshops.rooms.price_tag import listed, moves
from workshops.session_widgets import assessment_of, database, decisive_of, edition_of, map_of, person, require_project
from workshops.store.projects import add_own_item, history, remove_own_item
from workshops.store.votes import discussions_of, votes_of, workshop_of
from workshops.words import Words

SHOW = ("everything", "asked", "must-have", "open", "discuss", "decisive", "gaps", "left-over", "out-of-scope")
MOST_CHALLENGES = 12

t = page_texts("workshops")
language = current_language()
project = require_project()
functional_map = map_of(edition_of(project))
assessment = assessment_of(project)
words = Words(assessment, t)
who = person()
locked = not who.may("edit-project")
own = {item.id: item for item in project.own_items}
known = [*functional_map.items, *own]
changes = Changes(project, who, known, words.item)
workshop = workshop_of(database(), project.id)
votes = votes_of(database(), workshop.id) if workshop else pd.DataFrame(columns=["item", "team", "level"])
said = summary(votes)
done = settled(discussions_of(database(), workshop.id)) if workshop else set()
apart = teams_apart(votes)
spoken = {row.Index: row for row in said.itertuples()}
left_over = unconfirmed_items(project, workshop, set(said.index), done)


def domain_of(item_id: str) -> str:
    return own[item_id].domain if item_id in own else functional_map.domain_of[item_id]


# ---------------------------------------------------------------- which items are shown


def disputed() -> set[str]:
    """Items on which people, or teams, are far apart."""
    return {*said.index[said["verdict"] == "discuss"], *apart}


def short_on_the_shortlist() -> set[str]:
    """Items on which an offer of the shortlist does not reach what is asked."""
    try:
        gaps = assessment.fit.gaps.loc[assessment.shortlist.listed.index]
    except NothingAskedError:
        return set()
    return set(gaps.columns[(gaps > 0).any()])


def items_of(show: str) -> set[str]:
    """The items that a filter lets through."""
    if show == "discuss":
        return disputed()
    if show == "decisive":
        return set(decisive_of(project, workshop, votes).index[:DISCUSS_FIRST])
    if show == "gaps":
        return short_on_the_shortlist()
    if show == "left-over":
        return left_over
    holds = {
        "everything": lambda one: True,
        "asked": lambda one: one.level is not None and one.in_scope,
        "must-have": lambda one: one.must_have,
        "open": lambda one: one.in_scope and one.status != "agreed",
        "out-of-scope": lambda one: not one.in_scope,
    }[show]
    return {item for item in known if holds(project.expectation(item))}


def filtered() -> list[str]:
    """The items that all filters let through, in the order of the map."""
    inside = items_of(st.session_state.get("requirements_show") or "everything")
    domain, team = st.session_state.get("requirements_domain"), st.session_state.get("requirements_team")
    sought = folded(st.session_state.get("requirements_search") or "")
    return [
        item
        for item in known
        if item in inside
        and (not domain or domain_of(item) == domain)
        and (not team or item in own or team in functional_map.items[item].teams)
        and sought in folded(words.item(item))
    ]


def filters() -> list[str]:
    first, second, third, fourth = st.columns([5, 5, 4, 4])
    first.selectbox(
        t("requirements.domain"),
        [domain.id for domain in functional_map.domains],
        index=None,
        key="requirements_domain",
        format_func=words.domain,
        placeholder=t("requirements.all_domains"),
    )
    second.selectbox(
        t("requirements.show"), SHOW, key="requirements_show", format_func=lambda one: t(f"requirements.filter.{one}")
    )
    third.selectbox(
        t("requirements.team"),
        list(functional_map.vocabulary.teams),
        index=None,
        key="requirements_team",
        format_func=lambda one: team_name(functional_map, one, t),
        placeholder=t("all"),
    )
    fourth.text_input(t("requirements.search"), key="requirements_search", placeholder=t("requirements.search_hint"))
    return filtered()


# ---------------------------------------------------------------- the table


def votes_words(item_id: str) -> str:
    """How many voted, between which levels, and whether they agree."""
    if item_id not in spoken:
        return ""
    row = spoken[item_id]
    spread = str(row.low) if row.low == row.high else f"{row.low}–{row.high}"
    return t(
        "requirements.vote_summary",
        count=row.votes,
        spread=spread,
        verdict=t(f"lead.agreement.{row.verdict}"),
    )


def table_of(items: list[str]) -> pd.DataFrame:
    rows = []
    for item_id in items:
        one = project.expectation(item_id)
        asked = one.level is not None and item_id not in own
        rows.append(
            {
                "label": words.item(item_id),
                "level": None if one.level is None else str(one.level),
                "must_have": one.must_have,
                "status": one.status,
                "votes": votes_words(item_id),
                "sentence": functional_map.level_text(item_id, one.level, language) if asked else "",
                "note": one.note,
                "owner": one.owner,
            }
        )
    columns = ["label", "level", "must_have", "status", "owner", "note", "votes", "sentence"]
    if said.empty:  # nobody voted: the width belongs to the rest
        columns.remove("votes")
    return pd.DataFrame(rows, columns=columns, index=items)


def write_edits(key: str, items: list[str]) -> None:
    """Turn the cells that were changed into expectations; the store checks each of them."""
    made = {}
    for row, cells in st.session_state[key]["edited_rows"].items():
        change = {}
        for column, value in cells.items():
            if column == "level":
                change["level"] = int(value) if value in map(str, LEVELS) else None
                if value is not None and project.expectation(items[int(row)]).status in ("open", "proposed"):
                    change["status"] = "agreed"
            elif column in ("must_have", "note", "owner", "status"):
                change[column] = bool(value) if column == "must_have" else (value or "")
        if change:
            made[items[int(row)]] = change
    if made:
        changes.write(made, t("requirements.undone", count=len(made)))


def table(items: list[str]) -> None:
    key = f"requirements_table_{project.id}_{abs(hash(tuple(items)))}"
    config = st.column_config
    st.data_editor(
        table_of(items),
        key=key,
        height=min(36 * (len(items) + 1) + 3, 435),
        hide_index=True,
        on_change=write_edits,
        args=(key, items),
        disabled=True if locked else ["label", "sentence", "votes"],
        row_height=36,
        placeholder="–",
        alt=t("requirements.table_alt"),
        column_config={
            "label": config.TextColumn(t("requirements.item"), width=300, pinned=True),
            "level": config.SelectboxColumn(
                t("requirements.level"), options=[str(level) for level in LEVELS], width=86
            ),
            "must_have": config.CheckboxColumn(
                t("requirements.must_short"), width=80, help=t("requirements.must_have")
            ),
            "status": config.SelectboxColumn(
                t("requirements.status"),
                options=list(STATUSES),
                format_func=lambda one: t(f"status.{one}"),
                width=110,
                required=True,
            ),
            "owner": config.TextColumn(t("requirements.owner"), max_chars=LONGEST_NAME, width=118),
            "note": config.TextColumn(t("requirements.note"), max_chars=LONGEST_NOTE, width=206),
            "votes": config.TextColumn(t("requirements.votes"), width=210),
            "sentence": config.TextColumn(t("requirements.sentence"), width=420),
        },
    )


# ---------------------------------------------------------------- many at once


def bulk(items: list[str]) -> None:
    """Changes of all the items shown, each kind in one step that can be taken back."""
    voted = {
        item: int(spoken[item].proposal)
        for item in items
        if item in spoken and project.expectation(item).in_scope and project.expectation(item).status != "agreed"
    }
    ready = [
        item for item in items if project.expectation(item).level is not None
        and project.expectation(item).status in ("open", "proposed")
    ]  # fmt: skip
    inside = [item for item in items if project.expectation(item).in_scope]
    outside = [item for item in items if not project.expectation(item).in_scope]
    musts = [item for item in items if project.expectation(item).must_have]
    with st.popover(t("requirements.bulk", count=len(items)), key="requirements_bulk", icon=":material/checklist:"):
        bulk_button("propose", {item: {"level": level, "status": "proposed"} for item, level in voted.items()})
        bulk_button("agree", {item: {"status": "agreed"} for item in ready})
        bulk_button("leave", {item: {"status": "out-of-scope"} for item in inside})
        bulk_button("return", {item: {"status": "open"} for item in outside})
        bulk_button("wish", {item: {"must_have": False} for item in musts})
        st.text_input(t("requirements.owner"), key="requirements_bulk_owner", max_chars=LONGEST_NAME)
        owner = (st.session_state.get("requirements_bulk_owner") or "").strip()
        bulk_button("own", {item: {"owner": owner} for item in items if project.expectation(item).owner != owner})


def bulk_button(what: str, made: dict[str, dict]) -> None:
    st.button(
        t(f"requirements.bulk_{what}", count=len(made)),
        key=f"requirements_bulk_{what}",
        width="stretch",
        disabled=not made,
        on_click=changes.write,
        args=(made, t("requirements.undone", count=len(made))),
    )


# ---------------------------------------------------------------- one item


def card(items: list[str]) -> None:
    """The item chosen: its text; beside it what is asked, what the votes say, how it came about."""
    current = st.selectbox(t("requirements.read"), items, key="requirements_item", format_func=words.item)
    if not current:
        return
    expectation = project.expectation(current)
    text_side, asked_side = st.columns([5, 4], gap="medium")
    with text_side:
        item_card(functional_map, functional_map.items[current], asked=expectation.level)
    with asked_side:
        level_control(current)
        words_control(current)
        if current in spoken:
            votes_part(current)
        if lines := history(database(), project.id, current, limit=50):
            with st.expander(t("requirements.history", count=len(lines)), key="requirements_history"):
                for line in lines:
                    st.caption(plain(history_words(line)))


def votes_part(item_id: str) -> None:
    part = st.expander(
        t("requirements.votes_on", summary=votes_words(item_id)), key="requirements_votes", on_change="rerun"
    )
    if not part.open:
        return
    with part:
        found = tally(votes, item_id)
        if len(found.votes):
            st.html(team_table(found, functional_map, t))
            if not locked and st.toggle(t("lead.names"), key="requirements_names"):
                st.html(who_said_what(found, functional_map, t))


def words_control(item_id: str) -> None:
    """The note and the owner, whole."""
    expectation = project.expectation(item_id)
    note_key, owner_key = (f"requirements_{what}_{item_id}_{project.revision}" for what in ("note", "owner"))

    def write() -> None:
        made = {"note": st.session_state[note_key].strip(), "owner": st.session_state[owner_key].strip()}
        changes.write({item_id: made}, t("requirements.undone", count=1))

    st.text_area(t("requirements.note"), value=expectation.note, key=note_key, max_chars=LONGEST_NOTE, height=92,
                 disabled=locked, on_change=write)  # fmt: skip
    st.text_input(t("requirements.owner"), value=expectation.owner, key=owner_key, max_chars=LONGEST_NAME,
                  disabled=locked, on_change=write)  # fmt: skip


def level_control(item_id: str) -> None:
    expectation = project.expectation(item_id)
    level_key, must_key = (f"requirements_{what}_{item_id}_{project.revision}" for what in ("level", "must"))

    def write_level() -> None:
        level = st.session_state[level_key]
        status = "agreed" if level is not None else "open"
        changes.write({item_id: {"level": level, "status": status}}, t("requirements.undone", count=1))

    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            t("requirements.level"),
            LEVELS,
            key=level_key,
            default=expectation.level,
            disabled=locked,
            label_visibility="collapsed",
            on_change=write_level,
        )
        st.toggle(
            t("requirements.must_have"),
            value=expectation.must_have,
            key=must_key,
            disabled=locked or not expectation.level,
            on_change=lambda: changes.write(
                {item_id: {"must_have": st.session_state[must_key]}}, t("requirements.undone", count=1)
            ),
        )


def history_words(line: dict) -> str:
    """Who changed what, when, from what to what."""
    before, after = line["before"] or {}, line["after"] or {}
    moves = "; ".join(
        f"{t(f'requirements.{field}')} {value_words(field, before.get(field))} → {value_words(field, value)}"
        for field, value in after.items()
        if t.has(f"requirements.{field}")
    )
    name = line["who"] if line["who"] != "local" else t("requirements.you")
    return f"{t.time(line['at'])} · {name} · {moves}"


def value_words(field: str, value: object) -> str:
    if field == "status" and value in STATUSES:
        return t(f"status.{value}")
    if isinstance(value, bool):
        return t("yes") if value else t("no")
    return "–" if value is None or value == "" else str(value)


# ---------------------------------------------------------------- the whole


def progress_part() -> None:
    """How much is agreed, by domain and by team, and how much is disputed."""
    unsettled = disputed()
    domains = progress_by_domain(project, functional_map, said, unsettled)
    teams = progress_by_team(project, functional_map, said, unsettled)
    left, right = st.columns(2, gap="large")
    left.html(progress_table(domains, t("requirements.domain"), words.domain))
    right.html(progress_table(teams, t("requirements.team"), lambda team: team_name(functional_map, team, t)))


def progress_table(table: pd.DataFrame, title: str, name) -> str:
    heads = [title, *(t(f"requirements.progress.{one}") for one in ("agreed", "voted", "disputed"))]
    rows = "".join(
        f"<tr><td>{escape(name(str(key)))}</td><td style='width:34%'>{bar(row.agreed, row.total)}</td>"
        f"<td class='r'>{row.voted}</td><td class='r'>{row.disputed or ''}</td></tr>"
        for key, row in zip(table.index, table.itertuples(), strict=True)
    )
    aligned = "".join(f"<th class='{'r' if place > 1 else ''}'>{escape(head)}</th>" for place, head in enumerate(heads))
    return f"<table class='clean'><tr>{aligned}</tr>{rows}</table>"


def bar(part: int, whole: int) -> str:
    share = 100 * part / whole if whole else 0
    label = escape(t("lead.agreed_of", agreed=part, total=whole))
    return (
        f'<span role="img" aria-label="{label}" style="display:flex;align-items:center;gap:.5rem"><span style="flex:1;height:8px;'
        f'border-radius:4px;background:var(--line);overflow:hidden"><i style="display:block;height:100%;width:{share:.1f}%;'
        f'background:var(--accent)"></i></span><span class="num small">{part}/{whole}</span></span>'
    )


@st.fragment
def challenges_part() -> None:
    """What is worth a second look, with the numbers it rests on."""
    look = {"icon": ":material/psychology_alt:", "key": "requirements_challenges"}
    if not apart:
        if found := challenges_of_project(assessment, {}, set(), left_over):
            with st.expander(t("requirements.challenges", count=len(found)), **look):
                st.html(challenge_lines(found))
        return
    # on which of them the shortlist still hangs takes long to find out: only where somebody looks
    part = st.expander(t("requirements.teams_apart", count=len(apart)), on_change="rerun", **look)
    if part.open:
        with part, st.spinner(t("requirements.looking"), show_time=False):
            decisive = set(decisive_of(project, workshop, votes).index[:DISCUSS_FIRST])
            found = challenges_of_project(assessment, apart, decisive, left_over)
            nothing = f"<p class='muted'>{escape(t('requirements.nothing_hangs', most=DISCUSS_FIRST))}</p>"
            st.html(challenge_lines(found) or nothing)


def challenge_lines(found: list[Challenge]) -> str:
    lines = [
        f"<p>{'<b>' + escape(words.item(one.item_id)) + '</b>: ' if one.item_id else ''}"
        f"{escape(challenge_words(one, functional_map, words, t))}</p>"
        for one in found[:MOST_CHALLENGES]
    ]
    if len(found) > MOST_CHALLENGES:
        lines.append(f"<p class='muted'>{escape(t('lead.and_more', count=len(found) - MOST_CHALLENGES))}</p>")
    return "".join(lines)


def own_items() -> None:
    """What the map does not have."""
    st.caption(t("requirements.own_help"))
    with st.form("requirements_own_form", border=False, clear_on_submit=True):
        left, right = st.columns([2, 3])
        domain = left.selectbox(
            t("requirements.domain"),
            [one.id for one in functional_map.domains],
            key="requirements_own_domain",
            format_func=words.domain,
        )
        label = right.text_input(t("requirements.own_label"), max_chars=LONGEST_NAME, key="requirements_own_label")
        definition = st.text_input(t("requirements.own_definition"), max_chars=400, key="requirements_own_definition")
        if st.form_submit_button(t("requirements.own_add")):
            item = OwnItem(f"own-{uuid.uuid4().hex[:12]}", domain, label, definition)
            try:
                add_own_item(database(), who, project.id, item)
            except ProjectError as error:
                st.session_state["requirements_problems"] = error.problems
            st.rerun()
    for item in own.values():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"{words.domain(item.domain)} › {item.label}", width="stretch")
            st.button(
                t("requirements.own_remove"),
                key=f"requirements_own_remove_{item.id}",
                on_click=lambda item=item: remove_own_item(database(), who, project.id, item.id),
            )


def last_change() -> None:
    """Who moved on the shortlist when this page last saw the project change; nothing before that."""
    products = [offer.partition("/")[0] for offer in listed(assessment)]
    before, line = st.session_state.get(f"requirements_listed_{project.id}", ((project.revision, products), ""))
    if before[0] != project.revision:
        said = moves_words(moves(before[1], products), assessment, t)
        line = t("moves.change", moves=said) if said else t("moves.change_nobody")
    st.session_state[f"requirements_listed_{project.id}"] = (project.revision, products), line
    st.html(f'<p class="muted" role="status" style="margin:-.5rem 0 0;min-height:1.4em">{escape(line)}</p>')


# ---------------------------------------------------------------- the page

header(
    t("requirements.title"),
    t(
        "requirements.state",
        asked=sum(level > 0 for level in project.asked().values()),
        total=len(known),
        must=t("requirements.must_haves", count=len(project.must_haves())),
    ),
)
show_problems([*changes.problems(), *st.session_state.pop("requirements_problems", [])], t)
shortlist_strip(assessment)
last_change()
shown = filters()
with st.container(horizontal=True, vertical_alignment="center"):
    st.html(f'<span class="muted">{escape(t("requirements.shown", count=len(shown)))}</span>')
    if not locked:
        bulk(shown)
        changes.undo_button("requirements_undo")
if shown:
    table(shown)
else:
    st.info(t("requirements.nothing_shown"), icon=":material/filter_alt_off:")
if readable := [item for item in (shown or known) if item in functional_map.items]:
    card(readable)
challenges_part()
# what is not on the screen is not computed
progress = st.expander(
    t("requirements.progress.title"), icon=":material/trending_up:", key="requirements_progress", on_change="rerun"
)
if progress.open:
    with progress:
        progress_part()
if not locked:
    with st.expander(t("requirements.own", count=len(own)), icon=":material/add_circle:", key="requirements_own"):
        own_items()
