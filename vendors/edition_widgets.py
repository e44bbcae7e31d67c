"""The edition that reference pages show: the one chosen, or the newest."""

from __future__ import annotations

import streamlit as st

from vendors.load import load_edition
from vendors.model import Edition
from vendors.publish import editions, newest_edition


def current_edition() -> Edition:
    """The edition of the open project, if one is open; the newest otherwise."""
    known = editions()
    chosen = st.session_state.get("edition")
    return load_edition(known[chosen if chosen in known else newest_edition()])
