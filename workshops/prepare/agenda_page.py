"""Agenda: two to five days of workshops planned from items, teams, time and pace; who takes part, and how they join."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from interface.page_widgets import current_language, header, page_texts, plain, show_problems
from workshops.model import ProjectError
from workshops.prepare.agenda import (
    FEWEST_DAYS,
    MOST_DAYS,
    Agenda,
    Session,
    Settings,
    change_session,
    in_order,
    over_time,
    place_session,
    timetable,
)
from workshops.rooms.lead_widgets import clock, join_address, joining, team_name, team_names
from workshops.rooms.leading import agenda_of, proposal
from workshops.rooms.room import Workshop
from workshops.rooms.vote_widgets import print_button, spelled
from workshops.session_widgets import database, decisive_of, edition_of, map_of, person, require_project
from workshops.store.projects import StaleError
from workshops.store.votes import (
    open_workshop,
    participants_of,
    remove_participant,
    renew_code,
    save_agenda,
    set_accepting,
    workshop_of,
)

CLOCK_STEP = 15

t = page_texts("workshops")
language = current_language()
project = require_project()
functional_map = map_of(edition_of(project))
who = person()
locked = not who.may("edit-project")
workshop = workshop_of(database(), project.id)
decisive = decisive_of(project, workshop)
agenda = in_order(agenda_of(workshop, project, functional_map, lambda: decisive))


def domain_name(session: Session) -> str:
    return functional_map.domain(session.domain).label[language]


# ---------------------------------------------------------------- changes


def write(new: Agenda) -> None:
    """Keep an agenda; the room of the project is made with the first one."""
    room = workshop or open_workshop(database(), who, project.id)
    try:
        save_agenda(database(), who, room.id, in_order(new).to_json(), version=room.agenda_version)
    except StaleError:
        st.session_state["agenda_problems"] = [("agenda.problem.stale", {})]


def propose() -> None:
    """Plan anew with the settings on the screen; what was changed by hand is planned again."""
    chosen = {name: st.session_state[f"agenda_{name}"] for name in Settings.__dataclass_fields__}
    try:
        write(proposal(project, functional_map, decisive, Settings(**chosen)))
    except ProjectError as error:
        st.session_state["agenda_problems"] = error.problems


def write_edits(key: str) -> None:
    """The cells that were changed, one session after the other; the agenda checks each of them."""
    new, problems = agenda, []
    for row, cells in st.session_state[key]["edited_rows"].items():
        session = agenda.sessions[int(row)]
        changes = {name: int(cells[name]) for name in ("day", "discuss", "minutes") if cells.get(name) is not None}
        if isinstance(cells.get("teams"), list):
            changes["teams"] = tuple(one for one in cells["teams"] if one in functional_map.vocabulary.teams)
        try:
            if changes:
                new = change_session(new, session.id, **changes)
            if cells.get("order") is not None:
                new = place_session(new, session.id, int(cells["order"]))
        except ProjectError as error:
            problems += [(key, {"name": domain_name(session)} | values) for key, values in error.problems]
    if problems:
        st.session_state["agenda_problems"] = problems
    else:
        write(new)


# ---------------------------------------------------------------- plan


def settings_row(settings: Settings) -> None:
    """The time there is and the pace, with the button that plans anew."""
    hours = list(range(0, 24 * 60 + 1, CLOCK_STEP))
    with st.expander(t("agenda.settings"), expanded=not (workshop and workshop.agenda), key="agenda_settings"):
        first = st.columns(5)
        first[0].number_input(t("agenda.days"), FEWEST_DAYS, MOST_DAYS, settings.days, key="agenda_days")
        for column, name in zip(first[1:3], ("start", "end"), strict=True):
            value = getattr(settings, name)
            column.selectbox(
                t(f"agenda.{name}"), hours, index=hours.index(value) if value in hours else 36,
                key=f"agenda_{name}", format_func=clock,
            )  # fmt: skip
        first[3].number_input(t("agenda.lunch"), 0, 180, settings.lunch, 5, key="agenda_lunch")
        first[4].number_input(t("agenda.pause"), 0, 60, settings.pause, 5, key="agenda_pause")
        second = st.columns(5, vertical_alignment="bottom")
        second[0].number_input(t("agenda.opening"), 0.0, 60.0, settings.opening, 1.0, key="agenda_opening")
        second[1].number_input(t("agenda.discuss"), 0.5, 60.0, settings.discuss, 0.5, key="agenda_discuss")
        second[2].number_input(t("agenda.accept"), 0.05, 10.0, settings.accept, 0.05, key="agenda_accept")
        second[3].button(
            t("agenda.propose"), key="agenda_propose", type="primary", icon=":material/event_repeat:", on_click=propose
        )


def sessions_table() -> None:
    """The sessions, to be balanced by hand: minutes and items talked about follow each other."""
    starts = {slot.session.id: slot.start for slot in timetable(agenda) if slot.session}
    rows = [
        {
            "order": place,
            "day": one.day,
            "start": clock(starts[one.id]),
            "name": domain_name(one),
            "teams": list(one.teams),
            "items": len(one.items),
            "discuss": one.discuss,
            "minutes": one.minutes,
        }
        for place, one in enumerate(agenda.sessions, start=1)
    ]
    key = f"agenda_sessions_{workshop.agenda_version if workshop else 0}_{len(rows)}"
    config = st.column_config
    st.data_editor(
        pd.DataFrame(rows, index=[one.id for one in agenda.sessions]),
        key=key,
        hide_index=True,
        height=36 * (len(rows) + 1) + 3,
        row_height=36,
        on_change=write_edits,
        args=(key,),
        disabled=True if locked else ["start", "name", "items"],
        alt=t("agenda.table_alt"),
        column_config={
            "order": config.NumberColumn(t("agenda.order"), min_value=1, max_value=len(rows), step=1, width=74),
            "day": config.NumberColumn(t("agenda.day_short"), min_value=1, max_value=agenda.settings.days, step=1, width=66),
            "start": config.TextColumn(t("agenda.at"), width=58),
            "name": config.TextColumn(t("agenda.subject"), width=212),
            "teams": config.MultiselectColumn(
                t("agenda.people"),
                options=list(functional_map.vocabulary.teams),
                format_func=lambda team: team_name(functional_map, team, t),
                width=214,
            ),
            "items": config.NumberColumn(t("agenda.items"), width=76),
            "discuss": config.NumberColumn(t("agenda.talk"), min_value=0, step=1, width=116, help=t("agenda.talk_help")),
            "minutes": config.NumberColumn(t("agenda.minutes_short"), min_value=5, max_value=600, step=5, width=100),
        },
    )  # fmt: skip


def plan_tab() -> None:
    if not locked:
        settings_row(agenda.settings)
    for day, late in over_time(agenda).items():
        st.warning(t("agenda.over", day=day, count=late), icon=":material/schedule:")
    sessions_table()
    if not (workshop and workshop.agenda) and not locked:
        st.button(t("agenda.keep"), key="agenda_keep", icon=":material/check:", on_click=write, args=(agenda,))
    st.caption(t("agenda.how"))


# ---------------------------------------------------------------- to print


def print_tab() -> None:
    """The days hour by hour, for the wall and for invitations."""
    print_button(t("agenda.print"))
    st.html(
        "<style>.sheet td.num{white-space:nowrap}"
        "@page{size:A4;margin:14mm} @media print{[role=tablist],h1,p.state{display:none!important}"
        "body,.stApp,.stApp *{background:none!important} .sheet,.sheet *{color:#1C2321!important;border-color:#DDE2E0!important}"
        ".stMainBlockContainer{padding:0!important} .sheet .day{break-inside:avoid}"
        ".sheet table.clean,.sheet table.clean th{font-size:11pt} .sheet .whole{white-space:nowrap}}</style>"
    )
    st.html(f'<div class="sheet"><h2>{escape(project.name)}</h2>{"".join(day_sheet(day) for day in days())}</div>')


def days() -> list[int]:
    return sorted({one.day for one in agenda.sessions})


def day_sheet(day: int) -> str:
    rows = []
    for slot in (one for one in timetable(agenda) if one.day == day):
        at = f"<td class='num'>{clock(slot.start)}–{clock(slot.end)}</td>"
        if slot.session is None:
            rows.append(
                f"<tr class='off'>{at}<td class='r'></td><td colspan='3'>{escape(t(f'agenda.slot.{slot.kind}'))}</td></tr>"
            )
            continue
        one = slot.session
        rows.append(
            f"<tr>{at}<td class='r'>{one.minutes}</td><td><b>{escape(domain_name(one))}</b></td>"
            f"<td>{escape(team_names(functional_map, one.teams, t))}</td><td>{share(one)}</td></tr>"
        )
    titles = [escape(t(f"agenda.{name}")) for name in ("at", "minutes_short", "subject", "people", "items")]
    head = "".join(f"<th{' class=r' if place == 1 else ''}>{title}</th>" for place, title in enumerate(titles))
    return (
        f"<section class='day'><h3>{escape(t('agenda.day', day=day))}</h3>"
        f"<table class='clean'><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></section>"
    )


def share(session: Session) -> str:
    """How many items of a session are talked about, and how many are accepted together, in what time."""
    words = [t("agenda.share", discuss=session.discuss)] if session.discuss else []
    if count := len(session.accepted):
        words.append(t("agenda.share_batch", count=count, minutes=max(1, round(count * agenda.settings.accept))))
    return "<br>".join(f"<span class='whole'>{escape(one)}</span>" for one in words)


# ---------------------------------------------------------------- participants


def people_tab(room: Workshop) -> None:
    """How to join, before the day and on it; who did, and how far they are."""
    joining(room, size=200)
    st.markdown(t("agenda.link", address=plain(join_address(room))))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.toggle(
            t("agenda.accepting"),
            value=room.accepting,
            key=f"agenda_accepting_{room.accepting}",
            disabled=locked,
            on_change=set_accepting,
            args=(database(), who, room.id, not room.accepting),
        )
        if not locked:
            st.button(t("agenda.renew"), key="agenda_renew", on_click=renew_code, args=(database(), who, room.id))
    if room.code_ends_at:
        st.caption(t("join.ended" if room.has_ended else "join.ends", day=t.date(room.code_ends_at.date())))
    people = participants_of(database(), room.id)
    if not people:
        st.info(t("agenda.nobody"), icon=":material/group_add:")
        return
    counts = pd.Series([one.team for one, _ in people if not one.removed]).value_counts()
    st.html(
        "<p>"
        + "".join(
            f'<span class="tag">{escape(team_name(functional_map, str(team), t))} {count}</span>'
            for team, count in counts.items()
        )
        + "</p>"
    )
    for one, answered in people:
        person_row(room, one, answered)


def person_row(room: Workshop, one, answered: int) -> None:
    left, middle, right = st.columns([6, 5, 3], vertical_alignment="center")
    name = f"<s>{escape(one.name)}</s>" if one.removed else f"<b>{escape(one.name)}</b>"
    left.html(f'{name} <span class="muted">{escape(team_name(functional_map, one.team, t))}</span>')
    middle.html(
        f'<span class="muted">{escape(t("agenda.answered", count=answered))} · '
        f"{escape(t('agenda.personal', code=spelled(one.personal_code)))}</span>"
        if not locked
        else f'<span class="muted">{escape(t("agenda.answered", count=answered))}</span>'
    )
    if not locked:
        right.button(
            t("agenda.restore") if one.removed else t("agenda.remove"),
            key=f"agenda_remove_{one.id}",
            help=None if one.removed else t("agenda.remove_help"),
            on_click=lambda: remove_participant(database(), who, room.id, one.id, removed=not one.removed),
        )


# ---------------------------------------------------------------- the page

talked, total = sum(one.discuss for one in agenda.sessions), sum(len(one.items) for one in agenda.sessions)
header(
    t("agenda.title"),
    t("agenda.state", days=len(days()), count=len(agenda.sessions), talked=talked, batch=total - talked)
    if agenda.sessions
    else t("vote.nothing_asked"),
)
show_problems(st.session_state.pop("agenda_problems", []), t)
if agenda.sessions:
    plan_it, sheet, people = st.tabs([t(f"agenda.tabs.{one}") for one in ("plan", "print", "people")])
    with plan_it:
        plan_tab()
    with sheet:
        print_tab()
    with people:
        if workshop is None:
            st.info(t("vote.no_room"), icon=":material/meeting_room:")
            if not locked:
                st.button(
                    t("vote.open_room"), type="primary", key="agenda_open_room", on_click=open_workshop,
                    args=(database(), who, project.id),
                )  # fmt: skip
        else:
            people_tab(workshop)
