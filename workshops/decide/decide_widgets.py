"""What the parts of the Decide page share: attempts that end in sentences, dates as people type them, offers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import streamlit as st

from interface.language import Texts
from interface.page_widgets import show_problems
from workshops.access import NotAllowedError, Person
from workshops.assess import Assessment
from workshops.model import Project, ProjectError
from workshops.session_widgets import database
from workshops.store.accounts import members_of
from workshops.store.privacy import participants_of
from workshops.store.projects import StaleError

DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y")
PROBLEMS = "decide_problems"


def attempt(write: Callable[[], Any]) -> bool:
    """Try a change; what is wrong with it is said at the top of the page."""
    try:
        write()
    except ProjectError as error:
        st.session_state[PROBLEMS] = error.problems
    except StaleError:
        st.session_state[PROBLEMS] = [("decide.stale", {})]
    except NotAllowedError:
        st.session_state[PROBLEMS] = [("decide.not_allowed", {})]
    else:
        return True
    return False


def show_what_was_wrong(t: Texts) -> None:
    show_problems(st.session_state.pop(PROBLEMS, []), t)


def typed_date(text: str) -> dt.date:
    """A date as people type it.

    Raises ProjectError for what is none.
    """
    for pattern in DATE_FORMATS:
        try:
            return dt.datetime.strptime(text.strip(), pattern).date()
        except ValueError:
            continue
    raise ProjectError([("decide.date_problem", {"text": text.strip()[:40]})])


def people_to_choose(project: Project, who: Person) -> list[str]:
    """The names that the project knows: who acts, who took part, who sees it, who judged before."""
    taking_part = [row["name"] for row in participants_of(database(), who, project.id)]
    members = [account.name for account in members_of(database(), who, project.id)]
    judges = [one.by for one in project.evidence.suitability]
    return sorted({name for name in (who.name, *taking_part, *members, *judges) if name}, key=str.casefold)


def name_box(label: str, names: list[str], key: str, t: Texts, *, value: str = "", disabled: bool = False) -> None:
    """A name: one that the project knows, or any other that is typed."""
    known = names if value in names or not value else [value, *names]
    st.selectbox(
        label,
        known,
        index=known.index(value) if value else None,
        key=key,
        accept_new_options=True,
        placeholder=t("decide.name"),
        disabled=disabled,
    )


def offers_to_choose(assessment: Assessment) -> list[str]:
    """Every offer of the edition, the ones on the shortlist first."""
    listed = [str(offer) for offer in assessment.shortlist.listed.index]
    return listed + sorted(
        (str(offer) for offer in assessment.offers.table.index if offer not in listed), key=assessment.offer_name
    )
