"""Lead: the projector of a workshop. One item or one batch at a time, votes hidden then shown, agreed in one click."""

from __future__ import annotations

import datetime as dt
from html import escape

import pandas as pd
import streamlit as st

from functional_map.model import LEVELS
from interface.page_widgets import current_language, header, page_texts, plain, show_problems
from workshops.access import NotAllowedError
from workshops.choose.shortlist_widgets import shortlist_strip
from workshops.model import LONGEST_NAME, LONGEST_NOTE
from workshops.prepare.agenda import Session, forecast, timetable
from workshops.rooms.ballot import item_texts
from workshops.rooms.challenge import challenges_of_item, unconfirmed_items
from workshops.rooms.changing_widgets import Changes
from workshops.rooms.lead_widgets import (
    answer_line,
    challenge_lines,
    clock,
    effect_lines,
    joining,
    lead_style,
    level_table,
    market_lines,
    price_lines,
    team_names,
    who_said_what,
)
from workshops.rooms.leading import (
    Tally,
    agenda_of,
    batch_table,
    neighbour,
    next_item,
    progress,
    settled,
    tally,
)
from workshops.rooms.price_tag import effect_of_level, price_of_must_have
from workshops.rooms.room import Workshop
from workshops.session_widgets import assessment_of, database, decisive_of, edition_of, map_of, person, require_project
from workshops.store.database import utc_now
from workshops.store.projects import revision_of
from workshops.store.votes import (
    count_participants,
    counters,
    discussions_of,
    open_workshop,
    reveal,
    run_session,
    save_agenda,
    show_item,
    votes_of,
    workshop_of,
)
from workshops.words import Words

POLL_SECONDS = 1
t = page_texts("workshops")
language = current_language()
project = require_project()
functional_map = map_of(edition_of(project))
assessment = assessment_of(project)
words = Words(assessment, t)
who = person()
own = {item.id: item for item in project.own_items}
known = [*functional_map.items, *own]
changes = Changes(project, who, known, words.item)


# ---------------------------------------------------------------- what the consultant does


def write(made: dict[str, dict], label: str, settles: bool = False) -> None:
    """Write a decision of the room at once; `settles` where the room agreed on a level by it."""
    newly = [item for item in made if settles and item not in settled(discussions)]
    changes.write(made, label, workshop_id=workshop.id, settles=newly)


def agree(item_id: str, level: int) -> None:
    label = t("lead.undo_agree", item=words.item(item_id), level=level)
    write({item_id: {"level": level, "status": "agreed"}}, label, settles=True)


def go_to(item_id: str) -> None:
    st.session_state["lead_names"] = False
    if item_id in known or not item_id:
        show_item(database(), who, workshop.id, item_id)


def start(session: Session) -> None:
    if not workshop.agenda:  # from here on the order of the items holds, whatever is agreed
        save_agenda(database(), who, workshop.id, agenda.to_json(), version=workshop.agenda_version)
    run_session(database(), who, workshop.id, session.id)
    go_to(next_item(session, settled(discussions)) or session.items[0])


def stop_session() -> None:
    run_session(database(), who, workshop.id, "")
    go_to("")


def set_must_have(item_id: str, level: int, must_have: bool) -> None:
    key = "lead.undo_must" if must_have else "lead.undo_wish"
    write(
        {item_id: {"level": level, "must_have": must_have, "status": "agreed"}},
        t(key, item=words.item(item_id)),
        settles=True,
    )


def write_note(item_id: str) -> None:
    note, owner = (st.session_state[f"lead_{field}_{item_id}"].strip() for field in ("note", "owner"))
    write({item_id: {"note": note, "owner": owner}}, t("lead.undo_note", item=words.item(item_id)))


# ---------------------------------------------------------------- no session is running


def choose_session(room: Workshop) -> None:
    """The sessions of the agenda with where they stand, and how to join."""
    done = settled(discussions)
    agreed, total = progress([item for one in agenda.sessions for item in one.items], project, done)
    people = count_participants(database(), room.id)
    header(t("lead.title"), t("lead.state", agreed=agreed, total=total, people=t("lead.people", count=people)))
    show_problems(changes.problems(), t)
    shortlist_strip(assessment)
    with st.expander(t("lead.joining"), expanded=not people, key="lead_joining"):
        joining(room, size=240)
    if not room.agenda:
        st.info(t("lead.no_agenda"), icon=":material/calendar_month:")
    starts = {slot.session.id: slot.start for slot in timetable(agenda) if slot.session}
    for day in sorted({one.day for one in agenda.sessions}):
        st.html(f"<h3>{escape(t('agenda.day', day=day))}</h3>")
        for session in (one for one in agenda.sessions if one.day == day):
            session_row(session, starts.get(session.id, 0), done)


def session_row(session: Session, start_at: int, done: set[str]) -> None:
    agreed, total = progress(session.items, project, done)
    left, middle, right = st.columns([11, 5, 3], vertical_alignment="center")
    left.html(
        f'<div class="one"><p><b>{clock(start_at)} · {escape(words.domain(session.domain))}</b></p><p class="muted">'
        f"{escape(team_names(functional_map, session.teams, t))} · {escape(t('agenda.minutes', count=session.minutes))}</p></div>"
    )
    middle.progress(agreed / total, text=t("lead.agreed_of", agreed=agreed, total=total))
    right.button(
        t("lead.start"),
        key=f"lead_start_{session.id}",
        width="stretch",
        icon=":material/play_arrow:",
        on_click=start,
        args=(session,),
    )


# ---------------------------------------------------------------- a session is running


@st.fragment(run_every=20)
def pace_line(session: Session) -> None:
    """When the session ends at this pace, and what to accept in a batch to end on time."""
    found = forecast(
        session,
        agenda.settings,
        started=workshop.session_started_at or utc_now(),
        now=utc_now(),
        settled=settled(discussions),
        seconds={item: one.seconds for item, one in discussions.items()},
        importance=pd.Series(range(len(session.items), 0, -1), index=list(session.items), dtype=float),
    )
    end = found.end.astimezone(time_zone())
    sentence = t(
        "lead.pace",
        count=len(found.left),
        end=clock(end.hour * 60 + end.minute),
        pace=t.number(found.minutes_per_item, 1),
    )
    if not found.left:
        sentence = t("lead.pace_done")
    elif found.late > 2:
        sentence += " " + t("lead.pace_late", count=found.late) + " "
        sentence += t("lead.pace_accept", count=len(found.accept))
    st.html(f'<p class="state {"late" if found.late > 2 and found.left else ""}">{escape(sentence)}</p>')
    if found.accept and found.late > 2:
        st.session_state["lead_proposed"] = found.accept


def time_zone() -> dt.tzinfo:
    """The visitor's, so that the end is read from the clock on the wall."""
    offset = st.context.timezone_offset
    return dt.timezone(dt.timedelta(minutes=-offset)) if offset is not None else dt.UTC


def run(session: Session) -> None:
    """The running session: its title, pace and shortlist, then one item or one batch."""
    done = settled(discussions)
    agreed = sum(item in done for item in session.items)
    header(t("lead.session", name=words.domain(session.domain), agreed=agreed, total=len(session.items)))
    pace_line(session)
    show_problems(changes.problems(), t)
    shortlist_strip(assessment)
    moved = st.container(key="lead_moves")
    controls(session, done)
    if st.session_state.get("lead_view") == "batch":
        batch_view(session, done)
    else:
        item_id = workshop.item_id if workshop.item_id in session.items else session.items[0]
        proposal = item_view(session, item_id, done)
        with moved:  # last, so that the item and its votes do not wait for it
            effects = [effect_of_level(assessment, item_id, level) for level in LEVELS]
            st.html(answer_line(effects, proposal, assessment, t))


def controls(session: Session, done: set[str]) -> None:
    item_id = workshop.item_id
    following = next_item(session, done, item_id)
    with st.container(horizontal=True, vertical_alignment="center", key="lead_controls"):
        st.segmented_control(
            t("lead.view"),
            ["item", "batch"],
            key="lead_view",
            default="item",
            required=True,
            format_func=lambda one: t(f"lead.views.{one}"),
            label_visibility="collapsed",
        )
        st.button(
            t("lead.previous"),
            key="lead_previous",
            icon=":material/chevron_left:",
            shortcut="P",
            on_click=go_to,
            args=(neighbour(session, item_id, -1),),
        )
        st.selectbox(
            t("lead.item"),
            session.items,
            index=session.items.index(item_id) if item_id in session.items else 0,
            key=f"lead_item_{item_id}",
            format_func=words.item,
            label_visibility="collapsed",
            on_change=lambda: go_to(st.session_state[f"lead_item_{item_id}"]),
        )
        st.button(
            t("lead.next"),
            key="lead_next",
            icon=":material/chevron_right:",
            icon_position="right",
            shortcut="N",
            on_click=go_to,
            args=(following or neighbour(session, item_id, 1),),
        )
        changes.undo_button("lead_undo")
        with st.popover(t("lead.more"), key="lead_more"):
            joining(workshop, size=200)
            st.button(t("lead.end_session"), key="lead_end", icon=":material/stop:", on_click=stop_session)


# ---------------------------------------------------------------- one item


def item_view(session: Session, item_id: str, done: set[str]) -> int | None:
    """The item with its votes and what is known about it; returns the level that it proposes to agree on."""
    texts = item_texts(functional_map, item_id, own.get(item_id), language)
    revealed = item_id in discussions and discussions[item_id].revealed
    votes = votes_of(database(), workshop.id, [item_id])
    found = tally(votes, item_id)
    st.session_state["lead_seen"] = seen(found, revealed)
    left, right = st.columns([17, 11], gap="medium")
    with left:
        st.html(
            f'<div class="asked"><p class="question">{escape(texts["question"] or texts["definition"] or texts["label"])}</p> '
            f'<span class="muted">{escape(rank_words(session, item_id))}</span></div>'
        )
        votes_panel(item_id, texts["levels"], revealed)
    with right:
        level = project.expectation(item_id).level
        if revealed and item_id not in done and found.proposal is not None:  # what the room is about to agree on
            level = found.proposal
        prompts = challenges_of_item(
            assessment,
            item_id,
            level,
            must_have=project.expectation(item_id).must_have,
            votes=found.votes if revealed else found.votes.iloc[:0],
            decisive=item_id in session.discussed,
            unconfirmed=item_id in left_over and not found.voted,
        )
        if prompts:
            st.html(challenge_lines(prompts, functional_map, words, t))
        side_panels(item_id, level, found, revealed)
    return found.proposal if revealed and item_id not in done else None


def rank_words(session: Session, item_id: str) -> str:
    place = session.items.index(item_id) + 1
    if place <= session.discuss:
        return t("lead.rank_discuss", place=place, total=session.discuss)
    return t("lead.rank_batch")


def seen(found: Tally, revealed: bool) -> tuple:
    """What the page outside the votes panel depends on: nothing of the votes while they are hidden."""
    return (found.proposal, found.low, found.high, found.apart) if revealed else (None,)


@st.fragment(run_every=POLL_SECONDS)
def votes_panel(item_id: str, levels: list[str], revealed: bool) -> None:
    """Written levels with the votes beside them; runs every second, and the page with it when something else moved."""
    counted = counters(database(), workshop.id)
    if counted is None or moved_on(counted[0]):
        st.rerun()
    found = tally(votes_now(item_id, counted[1]), item_id)
    if seen(found, revealed) != st.session_state.get("lead_seen"):
        st.rerun()
    expectation = project.expectation(item_id)
    agreed = expectation.level if item_id in settled(discussions) else None
    st.html(f'<p class="votes" role="status">{escape(votes_words(found, revealed, counted[1]))}</p>')
    st.html(level_table(functional_map, levels, found if revealed else None, agreed, t))
    buttons(item_id, found, revealed, agreed)
    if revealed and len(found.votes):
        st.toggle(t("lead.names"), key="lead_names")
        if st.session_state.get("lead_names"):
            st.html(who_said_what(found, functional_map, t))


def moved_on(revision: int) -> bool:
    """Whether the room or the project is another than this page was drawn with."""
    return (revision, revision_of(database(), project.id)) != (workshop.revision, project.revision)


def votes_now(item_id: str, counted: int) -> pd.DataFrame:
    """The votes on the item, read again only when somebody voted."""
    kept = st.session_state.get("lead_votes")
    if kept is None or kept[0] != (workshop.id, item_id, counted):
        kept = ((workshop.id, item_id, counted), votes_of(database(), workshop.id, [item_id]))
        st.session_state["lead_votes"] = kept
    return kept[1]


def votes_words(found: Tally, revealed: bool, counted: int) -> str:
    kept = st.session_state.get("lead_people")
    if kept is None or kept[0] != (workshop.id, counted):
        people = count_participants(database(), workshop.id)
        kept = st.session_state["lead_people"] = ((workshop.id, counted), people)
    sentence = t("lead.voted", voted=found.voted, total=kept[1])
    if not revealed:
        return sentence
    if found.consensus is not None:
        sentence += " " + t(f"lead.verdict.{found.verdict}", index=t.number(found.consensus, 2))
    elif found.votes.empty:
        sentence += " " + t("lead.verdict.none")
    else:
        sentence += " " + t("lead.verdict.too-few")
    if found.apart:
        low_team, low, high_team, high = found.apart
        names = {team: team_names(functional_map, (team,), t) for team in (low_team, high_team)}
        sentence += " " + t("lead.apart", low_team=names[low_team], low=low, high_team=names[high_team], high=high)
    return sentence


def buttons(item_id: str, found: Tally, revealed: bool, agreed: int | None) -> None:
    """Show the votes; then one click agrees the proposal, another level, or moves on."""
    with st.container(horizontal=True, vertical_alignment="center", key="lead_buttons"):
        if not revealed:
            st.button(
                t("lead.reveal"),
                key="lead_reveal",
                type="primary" if found.voted else "secondary",
                icon=":material/visibility:",
                shortcut="V",
                on_click=reveal,
                args=(database(), who, workshop.id, [item_id]),
            )
        elif agreed is None and found.proposal is not None:
            st.button(
                t("lead.agree", level=found.proposal),
                key="lead_agree",
                type="primary",
                icon=":material/check:",
                shortcut="A",
                on_click=agree,
                args=(item_id, found.proposal),
            )
        st.html(
            f'<span class="muted">{escape(t("lead.agreed_level" if agreed is not None else "lead.or_level"))}</span>',
            width="content",
        )
        for level in LEVELS:
            st.button(
                str(level),
                key=f"lead_level_{level}",
                type="primary" if agreed == level else "secondary",
                shortcut=str(level),
                on_click=agree,
                args=(item_id, level),
            )


@st.fragment
def side_panels(item_id: str, level: int | None, found: Tally, revealed: bool) -> None:
    """The market, what each answer moves, the price of a must-have, the verbatim; only the one in sight is computed."""
    if revision_of(database(), project.id) != project.revision:
        st.rerun()
    names = ("market", "effect", "must", "note")
    for name, tab in zip(
        names, st.tabs([t(f"lead.tabs.{one}") for one in names], key="lead_tabs", on_change="rerun"), strict=True
    ):
        if tab.open:
            with tab:
                panel(name, item_id, level, found, revealed)


def panel(name: str, item_id: str, level: int | None, found: Tally, revealed: bool) -> None:
    if name == "market":
        st.html(market_lines(assessment, functional_map, item_id, t))
    elif name == "effect":
        voted = range(found.low, found.high + 1) if revealed and found.low is not None else []
        levels = sorted({*voted, *([level] if level is not None else [])})
        st.html(effect_lines([effect_of_level(assessment, item_id, one) for one in levels], assessment, t))
    elif name == "must":
        must_have_panel(item_id, level)
    else:
        note_panel(item_id)


def must_have_panel(item_id: str, level: int | None) -> None:
    """The price first, then the button."""
    expectation = project.expectation(item_id)
    if not level:
        st.html(f'<p class="muted">{escape(t("lead.must_needs_level"))}</p>')
        return
    tag = price_of_must_have(assessment, item_id, level)
    st.html(price_lines(tag, assessment, words, t))
    if expectation.must_have:
        st.button(
            t("lead.must_back"), key="lead_must_back", icon=":material/close:", shortcut="M",
            on_click=set_must_have, args=(item_id, level, False),
        )  # fmt: skip
    else:
        st.button(
            t("lead.must_make", level=level), key="lead_must_make", icon=":material/lock:", shortcut="M",
            on_click=set_must_have, args=(item_id, level, True),
        )  # fmt: skip


def note_panel(item_id: str) -> None:
    """What was said, in the words of whoever said it."""
    expectation = project.expectation(item_id)
    st.text_area(
        t("lead.note"),
        value=expectation.note,
        key=f"lead_note_{item_id}",
        max_chars=LONGEST_NOTE,
        placeholder=t("lead.note_hint"),
        on_change=write_note,
        args=(item_id,),
    )
    st.text_input(
        t("requirements.owner"),
        value=expectation.owner,
        key=f"lead_owner_{item_id}",
        max_chars=LONGEST_NAME,
        on_change=write_note,
        args=(item_id,),
    )


# ---------------------------------------------------------------- one batch


def batch_view(session: Session, done: set[str]) -> None:
    """What is not talked about: accepted together, except what is taken out."""
    proposed = st.session_state.get("lead_proposed", ())
    items = [item for item in (*session.accepted, *proposed) if item in session.items and item not in done]
    items = list(dict.fromkeys(items))
    if not items:
        st.success(t("lead.batch_done"), icon=":material/check:")
        return
    votes = votes_of(database(), workshop.id, items)
    people = count_participants(database(), workshop.id)
    state = t("lead.batch_state", count=len(items), voted=votes["participant"].nunique(), total=people)
    st.html(f'<p class="votes">{escape(state)}</p>')
    if st.session_state.get("lead_batch_shown") == session.id:
        batch_rows(batch_table(session, items, votes, project, done))
        return
    st.html("<ul class='plainlist'>" + "".join(f"<li>{escape(words.item(item))}</li>" for item in items) + "</ul>")
    st.button(t("lead.reveal_batch"), key="lead_reveal_batch", type="primary", icon=":material/visibility:",
              shortcut="V", on_click=reveal_batch, args=(session.id, items))  # fmt: skip


@st.fragment
def batch_rows(table: pd.DataFrame) -> None:
    """Each item with the level it would be accepted at, to be changed or taken out; then one click for all of them."""
    counted = counters(database(), workshop.id)
    if counted is None or moved_on(counted[0]):  # what was asked already is settled without a change of the project
        st.rerun()
    with st.container(key="lead_rows"):
        levels = {str(row.Index): level for row in table.itertuples() if (level := batch_row(row)) is not None}
    with st.container(key="lead_accepting"):
        st.button(
            t("lead.accept", count=len(levels)),
            key="lead_accept",
            type="primary",
            icon=":material/done_all:",
            shortcut="A",
            disabled=not levels,
            on_click=accept,
            args=(levels,),
        )


def batch_row(row) -> int | None:
    """One item of the batch; the level it is accepted at, None where it is left out."""
    item_id, name = str(row.Index), words.item(row.Index)
    left, middle, right = st.columns([12, 17, 3], vertical_alignment="center")
    level = right.selectbox(
        t("lead.batch_level", item=name),
        LEVELS,
        index=None if pd.isna(row.level) else int(row.level),
        key=f"lead_batch_level_{item_id}",
        placeholder="–",
        label_visibility="collapsed",
    )
    taken = left.checkbox(plain(name), value=bool(row.accept), key=f"lead_batch_take_{item_id}", disabled=level is None)
    sentence = "" if level is None else item_texts(functional_map, item_id, own.get(item_id), language)["levels"][level]
    middle.html(f'<div class="one"><p>{escape(sentence)}</p><p class="muted">{escape(why(row))}</p></div>')
    return level if taken and level is not None else None


def why(row) -> str:
    """Where the proposed level comes from, and what speaks against accepting it."""
    if row.origin == "none":
        return t("lead.batch_none")
    if row.origin == "asked":
        return t("lead.batch_asked")
    spread = str(int(row.low)) if row.low == row.high else f"{int(row.low)}–{int(row.high)}"
    return t("requirements.vote_summary", count=row.votes, spread=spread, verdict=t(f"lead.agreement.{row.verdict}"))


def reveal_batch(session_id: str, items: list[str]) -> None:
    st.session_state["lead_batch_shown"] = session_id
    reveal(database(), who, workshop.id, items)


def accept(levels: dict[str, int]) -> None:
    label = t("lead.undo_accept", count=len(levels))
    write({item: {"level": level, "status": "agreed"} for item, level in levels.items()}, label, settles=True)


# ---------------------------------------------------------------- the page

if not who.may("edit-project"):
    raise NotAllowedError("edit-project")
st.set_page_config(initial_sidebar_state="collapsed")  # the width belongs to the room
st.html(lead_style())
workshop = workshop_of(database(), project.id)
with st.container(key="lead"):
    if workshop is None:
        header(t("lead.title"), t("vote.no_room"))
        st.button(
            t("vote.open_room"),
            key="lead_open_room",
            type="primary",
            on_click=open_workshop,
            args=(database(), who, project.id),
        )
    else:
        discussions = discussions_of(database(), workshop.id)
        agenda = agenda_of(workshop, project, functional_map, lambda: decisive_of(project, workshop))
        left_over = unconfirmed_items(project, workshop, set(), settled(discussions))
        if not agenda.sessions:
            header(t("lead.title"), t("vote.nothing_asked"))
        elif (running := agenda.session(workshop.session_id)) is None:
            choose_session(workshop)
        else:
            run(running)
