"""Score: what one member of the team notes on a phone during a demonstration, alone; for the others, how to join."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from interface.page_widgets import header, page_texts
from workshops.access import Person
from workshops.decide.score_widgets import sheet_of
from workshops.model import Project
from workshops.rooms.lead_widgets import joining
from workshops.session_widgets import database, edition_of, person, project_by_id, require_project
from workshops.store.demonstrations import demonstrations_of
from workshops.store.votes import participant_by_token, workshop_of

POLL_SECONDS = 3
PHONE = (
    "<style>.stMainBlockContainer{max-width:560px;padding:.6rem 1rem 4rem}[data-testid=stHeader]{display:none}"
    "[class*=st-key-score_] button,[class*=st-key-score_level] label{min-height:44px}</style>"
)

t = page_texts("workshops")


def participate(who: Person) -> None:
    """The page of somebody who came with a join code: first a name, then the sheet."""
    st.html(PHONE)
    code = st.query_params.get("join", "")
    found = participant_by_token(database(), code, st.query_params.get("p", ""))
    if found is None:
        st.switch_page("workshops/rooms/vote_page.py", query_params={"join": code, "to": "score"})
    score(who, project_by_id(found[0].project_id))


def score(who: Person, project: Project) -> None:
    """The sheet of the demonstration that is open, or of the one that is chosen."""
    held = demonstrations_of(database(), project.id)
    open_ones = {one.id: one for one in held if not one.revealed}
    st.session_state["score_open"] = list(open_ones)
    look_up(project.id)
    if not open_ones:
        header(t("score.title"), t("score.closed" if held else "score.none"))
        return
    # what is shown today comes before what is only prepared
    order = sorted(open_ones, key=lambda one: open_ones[one].held_on != dt.date.today())
    chosen = order[0]
    if len(order) > 1:
        products = edition_of(project).products

        def name(one: str) -> str:
            product = products.get(open_ones[one].product_id)
            return f"{product.name if product else open_ones[one].product_id} · {t.date(open_ones[one].held_on)}"

        chosen = st.selectbox(t("score.which"), order, key="score_which", format_func=name)
    if st.session_state.get("score_shown") not in (None, chosen):  # another product: its sheet begins at the beginning
        st.session_state["score_part"], st.session_state["score_place"] = "tasks", 0
    st.session_state["score_shown"] = chosen
    sheet_of(who, project, open_ones[chosen], t)


@st.fragment(run_every=POLL_SECONDS)
def look_up(project_id: str) -> None:
    """Run the page again when a demonstration is opened or revealed."""
    open_now = [one.id for one in demonstrations_of(database(), project_id) if not one.revealed]
    if open_now != st.session_state.get("score_open"):
        st.rerun()


def invite(project: Project) -> None:
    """For the projector: how the team joins."""
    header(t("score.title"), t("score.how_state"))
    workshop = workshop_of(database(), project.id)
    if workshop is None:
        st.info(t("vote.no_room"), icon=":material/meeting_room:")
        st.page_link("workshops/decide/decide_page.py", label=t("page.decide"), icon=":material/gavel:")
        return
    joining(workshop, page="score")


visitor = person()
if visitor.may("vote"):
    participate(visitor)
elif visitor.name:  # signed in: the team knows who this is
    score(visitor, require_project())
else:
    invite(require_project())
