"""Decide: demonstrations, suitability for the team and quotes, then the choice with its reasons."""

import streamlit as st

from interface.page_widgets import header, page_texts
from scoring.fit import NothingAskedError
from workshops.decide.decide_widgets import show_what_was_wrong
from workshops.decide.decision import Choice
from workshops.decide.decision_widgets import choice_part
from workshops.decide.demonstration_widgets import demonstrations_part, script_part
from workshops.decide.suitability_widgets import quotes_part, team_part
from workshops.session_widgets import assessment_of, database, person, require_project
from workshops.store.decisions import decisions_of
from workshops.store.demonstrations import demonstrations_of
from workshops.words import Words

PARTS = ("script", "demonstrations", "team", "quotes", "choice")

t = page_texts("workshops")
project = require_project()
who = person()
assessment = assessment_of(project)
choice, words = Choice(assessment), Words(assessment, t)


def state() -> str:
    """How far the decision is, in one sentence."""
    shown = len({one.product_id for one in demonstrations_of(database(), project.id) if one.revealed})
    last = next(iter(decisions_of(database(), project.id)), None)
    return t(
        "decide.state",
        shown=t("decide.shown", count=shown),
        quotes=t("decide.quotes", count=len(project.evidence.quotes)),
        decision=t("decide.decided", offer=last.state["offers"][last.offer]["name"], day=t.date(last.decided_on))
        if last
        else t("decide.undecided"),
    )


try:
    offers = choice.offers
except NothingAskedError:
    header(t("decide.title"), t("decide.nothing"))
    st.page_link("workshops/rooms/requirements_page.py", label=t("page.requirements"), icon=":material/checklist:")
    st.stop()

header(t("decide.title"), state())
show_what_was_wrong(t)
part = st.segmented_control(
    t("decide.part.label"),
    PARTS,
    key="decide_part",
    default="script",
    required=True,
    format_func=lambda one: t(f"decide.part.{one}"),
    label_visibility="collapsed",
)
if not offers:
    st.info(t("decide.no_offer"), icon=":material/info:")
    st.page_link("workshops/choose/shortlist_page.py", label=t("page.shortlist"), icon=":material/filter_alt:")
if part == "script":
    script_part(assessment, words, who, t)
elif part == "demonstrations":
    demonstrations_part(assessment, words, who, t)
elif part == "team" and offers:
    team_part(choice, who, t)
elif part == "quotes":
    quotes_part(choice, words, who, t)
elif part == "choice" and offers:
    choice_part(choice, who, t)
