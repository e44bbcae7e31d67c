"""Vote: a participant joins a workshop and answers, one item at a time; for the others, how to join it."""

from __future__ import annotations

import streamlit as st

from functional_map.model import FunctionalMap
from interface.language import LANGUAGES
from interface.page_widgets import current_language, header, page_texts, plain, show_problems
from workshops.access import NotAllowedError, Person
from workshops.model import Project, ProjectError
from workshops.people.sign_in_widgets import address, privacy_link
from workshops.rooms.ballot import Batch, ballot, batch_of, item_texts, items_in_scope, next_batch, progress
from workshops.rooms.lead_widgets import joining, team_name
from workshops.rooms.room import NO_TEAM, Answer, Participant, Workshop, answer_problems
from workshops.rooms.vote_widgets import known_browser, qr_code, spelled, vote_card
from workshops.session_widgets import database, edition_of, map_of, person, project_by_id, require_project
from workshops.store.database import StoreError
from workshops.store.demonstrations import demonstrations_of
from workshops.store.votes import (
    answers_of,
    count_participants,
    counters_of_participant,
    join,
    open_workshop,
    participant_by_token,
    save_answers,
    try_code,
    typed_code,
    workshop_by_code,
    workshop_of,
)

POLL_SECONDS, LOOKS_A_SECOND = 2, 25  # a phone looks up every two seconds, more seldom where there are more than fifty
WORDS = [
    "saved",
    "saving",
    "offline",
    "live",
    "live_hint",
    "wait",
    "my_list",
    "to_screen",
    "previous",
    "next",
    "skip",
    "comment",
    "commented",
    "comment_hint",
    "about",
    "progress",
    "done",
    "closed",
    "all_done",
    "your_answers",
    "others",
]

t = page_texts("workshops")
language = current_language()


# ---------------------------------------------------------------- joining


def ask_for_the_code(problems: list[tuple[str, dict]]) -> None:
    """Somebody came without a code, or with one that opens nothing."""
    header(t("vote.join_title"), t("vote.code_state"))
    show_problems(problems, t)
    with st.form("vote_code_form", border=False):
        code = st.text_input(t("vote.code"), key="vote_code", max_chars=12, autocomplete="off")
        if st.form_submit_button(t("vote.code_open"), type="primary", width="stretch"):
            st.query_params["join"] = typed_code(code)
            st.rerun()


def ask_who(workshop: Workshop, project: Project, functional_map: FunctionalMap) -> None:
    """A name and a team; a browser that took part before is recognised."""
    header(t("vote.join_title"), project.name)
    if not st.session_state.get("vote_left"):
        known_browser(workshop.code, on_token=recognised)
    show_problems(st.session_state.pop("vote_problems", []), t)
    if not workshop.accepting:
        st.info(t("join.problem.closed"), icon=":material/lock:")
        return
    with st.form("vote_join_form", border=False):
        st.text_input(t("vote.name"), key="vote_name", max_chars=60, autocomplete="name")
        st.selectbox(
            t("vote.team"),
            [*functional_map.vocabulary.teams, NO_TEAM],
            key="vote_team",
            index=None,
            format_func=lambda team: team_name(functional_map, team, t),
            placeholder=t("vote.choose_team"),
        )
        if st.session_state.get("vote_taken"):
            st.text_input(
                t("vote.personal_code"),
                key="vote_personal",
                max_chars=12,
                help=t("vote.personal_help"),
                autocomplete="off",
            )
        if st.form_submit_button(t("vote.join"), type="primary", width="stretch"):
            enter(workshop, functional_map)
    privacy_link("workshops/people/privacy_page.py", t("privacy.link"))


def enter(workshop: Workshop, functional_map: FunctionalMap) -> None:
    try:
        token = join(
            database(),
            workshop.code,
            name=st.session_state["vote_name"],
            team=st.session_state["vote_team"] or "",
            teams=[*functional_map.vocabulary.teams, NO_TEAM],
            personal_code=st.session_state.get("vote_personal", ""),
        )
    except ProjectError as error:
        st.session_state["vote_problems"] = error.problems
        st.session_state["vote_taken"] = any("taken" in key or "personal" in key for key, _ in error.problems)
    else:
        st.session_state["vote_taken"] = st.session_state["vote_left"] = False
        st.query_params["p"] = token
    st.rerun()


def recognised() -> None:
    """The browser remembers a token; it counts if it still stands for somebody in this room."""
    token = st.session_state["vote_browser"].get("token")
    if isinstance(token, str) and participant_by_token(database(), st.query_params["join"], token):
        st.query_params["p"] = token


# ---------------------------------------------------------------- voting


def receive(who: Person, known: frozenset[str]) -> None:
    """Keep the answers that a phone has sent; it sends again whatever is not confirmed."""
    refused: list[str] = []
    st.session_state["vote_refused"], st.session_state["vote_problem"] = refused, ""
    answers = []
    for raw in st.session_state["vote_card"].get("answers") or []:
        answer = _answer(raw)
        if answer is None or answer.item_id not in known or answer_problems(answer):
            refused.append(str(raw.get("item")) if isinstance(raw, dict) else "")
        else:
            answers.append(answer)
    try:
        save_answers(database(), who, known, answers)
    except ProjectError as error:
        refused += [answer.item_id for answer in answers]
        st.session_state["vote_problem"] = t(error.problems[0][0])
    except NotAllowedError:
        refused += [answer.item_id for answer in answers]
        st.session_state["vote_problem"] = t("join.problem.removed")
    except StoreError as error:  # the phone keeps them and tries again
        st.session_state["vote_problem"] = t(error.reason)


def _answer(raw: object) -> Answer | None:
    """What a phone sent, if it has the shape of an answer."""
    if not isinstance(raw, dict):
        return None
    level, comment, seq = raw.get("level"), raw.get("comment"), raw.get("seq")
    if not isinstance(raw.get("item"), str) or not isinstance(comment, str) or not isinstance(seq, int):
        return None
    if level is not None and not isinstance(level, int):
        return None
    return Answer(raw["item"], level, bool(raw.get("skipped")), comment, seq)


def open_batch() -> None:
    st.session_state["vote_batch"] = st.query_params["batch"] = st.session_state["vote_card"].get("open")


def leave() -> None:
    st.session_state["vote_left"] = True
    st.query_params.pop("p", None)


@st.fragment
def card(who: Person, project: Project, functional_map: FunctionalMap, known: frozenset[str]) -> None:
    """The vote itself. A tap runs only this; what it says is read back from the database."""
    found = participant_by_token(database(), st.query_params.get("join", ""), st.query_params.get("p", ""))
    if found is None:
        st.rerun()
    workshop, participant = found
    st.session_state["vote_seen"] = workshop.revision, participant.revision
    answers = answers_of(database(), participant.id)
    asked = ballot(project, functional_map, participant.team)
    chosen = next((one for one in asked if one.id == st.session_state.get("vote_batch")), None)
    batch = chosen or next_batch(asked, answers) or asked[0]
    st.session_state["vote_batch"] = batch.id
    vote_card(
        card_data(workshop, participant, project, functional_map, asked, batch, answers),
        on_answers=lambda: receive(who, known),
        on_open=open_batch,
        on_leave=leave,
    )


def card_data(
    workshop: Workshop,
    participant: Participant,
    project: Project,
    functional_map: FunctionalMap,
    asked: tuple[Batch, ...],
    batch: Batch,
    answers: dict[str, Answer],
) -> dict:
    """Everything that the card shows."""
    own = {item.id: item for item in project.own_items}
    texts = lambda item_id: item_texts(functional_map, item_id, own.get(item_id), language)
    following = next_batch(asked, answers, batch.id)
    done, total = sum(progress(one, answers) for one in asked), sum(one.asked for one in asked)
    live = workshop.item_id if batch_of(asked, workshop.item_id) else ""
    return {
        "person": participant.id,
        "code": workshop.code,
        "token": st.query_params.get("p", ""),
        "accepting": workshop.accepting,
        "batch": batch.id,
        "title": batch_name(functional_map, batch),
        "overall": t("vote.overall", done=done, total=total),
        "items": [texts(item_id) for item_id in batch.items],
        "asked": batch.asked,
        "live": texts(live) if live else None,
        "next": {"id": following.id, "label": t("vote.next_batch", name=batch_name(functional_map, following))}
        if following and following.id != batch.id
        else None,
        "answers": {
            item_id: {"level": one.level, "skipped": one.skipped, "comment": one.comment, "seq": one.seq}
            for item_id, one in answers.items()
        },
        "refused": st.session_state.pop("vote_refused", []),
        "problem": st.session_state.pop("vote_problem", ""),
        "words": {name: t(f"vote.words.{name}") for name in WORDS},
    }


def batch_name(functional_map: FunctionalMap, batch: Batch) -> str:
    label = functional_map.domain(batch.domain).label[language]
    return label if batch.parts == 1 else t("vote.part", name=label, part=batch.part, parts=batch.parts)


def look_up(participant_id: str) -> None:
    """Run the page again when the projector moved on, or when this person answered on another device."""
    if counters_of_participant(database(), participant_id) != st.session_state.get("vote_seen"):
        st.rerun()


def below(participant: Participant, functional_map: FunctionalMap, asked: tuple[Batch, ...]) -> None:
    """Other subjects, another device, another language."""
    subjects = st.expander(t("vote.subjects"), key="vote_subjects", on_change="rerun")
    if subjects.open:  # a button for each of them is a third of the page
        answers = answers_of(database(), participant.id)
        for batch in asked:
            subjects.button(
                plain(batch_name(functional_map, batch))
                + (f" · {progress(batch, answers)} / {batch.asked}" if batch.asked else ""),
                key=f"vote_open_{batch.id}",
                width="stretch",
                on_click=choose_batch,
                args=(batch.id,),
            )
    name = plain(participant.name)
    with st.expander(t("vote.you", name=name, team=team_name(functional_map, participant.team, t)), key="vote_you"):
        st.markdown(t("vote.other_device", code=spelled(participant.personal_code)))
        if own := own_address():
            st.html(qr_code(own, size=200, label=t("vote.own_qr")))
        st.segmented_control(
            t("sidebar.language"),
            list(LANGUAGES),
            key="language",
            required=True,
            format_func=LANGUAGES.get,
            default=language,
        )
        st.button(t("vote.leave"), key="vote_leave", on_click=leave)
    privacy_link("workshops/people/privacy_page.py", t("privacy.link"))


def choose_batch(batch_id: str) -> None:
    st.session_state["vote_batch"] = st.query_params["batch"] = batch_id
    st.session_state["vote_subjects"] = False  # what was chosen stands above


def own_address() -> str:
    return (
        f"{st.context.url.split('?')[0]}?join={st.query_params['join']}&p={st.query_params['p']}"
        if st.context.url
        else ""
    )


def participate(who: Person) -> None:
    """The page of somebody who came with a join code."""
    st.html(
        "<style>.stMainBlockContainer{max-width:560px;padding:.6rem 1rem 4rem}[data-testid=stHeader]{display:none}</style>"
    )
    code = st.query_params.get("join", "")
    try:
        workshop = workshop_by_code(database(), code) if who.id else try_code(database(), code, address())
    except ProjectError as error:
        ask_for_the_code(error.problems)
        return
    if workshop is None:
        ask_for_the_code([("join.problem.code", {})] if code else [])
        return
    project = project_by_id(workshop.project_id)
    functional_map = map_of(edition_of(project))
    found = participant_by_token(database(), code, st.query_params.get("p", "")) if who.id else None
    if found is None:
        ask_who(workshop, project, functional_map)
        return
    participant = found[1]
    to_the_demonstration(project)
    asked = ballot(project, functional_map, participant.team)
    if not asked:
        header(project.name, t("vote.nothing_asked"))
        return
    if "vote_batch" not in st.session_state:
        st.session_state["vote_batch"] = st.query_params.get("batch")
    known = frozenset(item for items in items_in_scope(project, functional_map).values() for item in items)
    card(who, project, functional_map, known)
    seconds = max(POLL_SECONDS, count_participants(database(), workshop.id) / LOOKS_A_SECOND)
    st.fragment(look_up, run_every=seconds)(participant.id)
    below(participant, functional_map, asked)


def to_the_demonstration(project: Project) -> None:
    """Whoever came to score goes there; the others find the way while a demonstration is open."""
    address = {name: st.query_params[name] for name in ("join", "p")}
    if st.query_params.get("to") == "score":
        st.switch_page("workshops/decide/score_page.py", query_params=address)
    if any(not one.revealed for one in demonstrations_of(database(), project.id)):
        st.page_link(
            "workshops/decide/score_page.py",
            label=t("score.to_score"),
            icon=":material/fact_check:",
            query_params=address,
            width="stretch",
        )


def show_how_to_join(who: Person) -> None:
    """For the projector: the address, the code and who has joined."""
    project = require_project()
    header(t("vote.how_title"), t("vote.how_state"))
    if not who.may("edit-project"):
        st.info(t("vote.ask_the_consultant"), icon=":material/info:")
        return
    workshop = workshop_of(database(), project.id)
    if workshop is None:
        st.info(t("vote.no_room"), icon=":material/meeting_room:")
        st.button(t("vote.open_room"), type="primary", key="vote_open_room", on_click=open_workshop,
                  args=(database(), who, project.id))  # fmt: skip
        return
    joining(workshop)


visitor = person()
if visitor.may("vote"):
    participate(visitor)
else:
    show_how_to_join(visitor)
