"""What the parts of the Decide page share: attempts that end in sentences, dates as people type them, offers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import streamlit as st

from interface.language import Texts
from interface.page_widgets import show_problems
from workshops.access import NotAllowedError
from workshops.assess import Assessment
from workshops.model import ProjectError
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


def offers_to_choose(assessment: Assessment) -> list[str]:
    """Every offer of the edition, the ones on the shortlist first."""
    listed = [str(offer) for offer in assessment.shortlist.listed.index]
    return listed + sorted(
        (str(offer) for offer in assessment.offers.table.index if offer not in listed), key=assessment.offer_name
    )
