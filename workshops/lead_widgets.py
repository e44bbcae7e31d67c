"""What the pages of whoever leads a workshop share: how to join, who is there."""

from __future__ import annotations

from html import escape
from urllib.parse import quote, urlsplit

import streamlit as st

from functional_map.model import FunctionalMap
from interface.language import Texts
from interface.page_widgets import page_texts
from workshops.room import NO_TEAM, Workshop
from workshops.session_widgets import site_address
from workshops.vote_widgets import qr_code, spelled

LOOPBACK = ("localhost", "127.0.0.1", "::1", "0.0.0.0")


def team_name(functional_map: FunctionalMap, team: str, t: Texts) -> str:
    """A team as people read it."""
    if team == NO_TEAM or team not in functional_map.vocabulary.teams:
        return t("vote.no_team")
    return functional_map.vocabulary.teams[team][t.language]


def join_address(workshop: Workshop, page: str = "") -> str:
    """The address that opens a workshop's Vote page on a phone, or another page of a participant."""
    return f"{site_address()}{page}?join={quote(workshop.code)}"


def joining(workshop: Workshop, *, size: int = 300, page: str = "") -> None:
    """How to join, large enough for a projector: a code to scan, an address with a code to type."""
    t = page_texts("workshops")
    address = join_address(workshop, page)
    shown = f"{urlsplit(address).netloc}{urlsplit(address).path}?join"
    st.html(
        f'<div style="display:flex;gap:2rem;align-items:center;flex-wrap:wrap">'
        f"{qr_code(address, size=size, label=t('vote.qr_alt', address=address))}"
        f'<div><p style="font-size:1.5rem;margin:.2rem 0">{escape(t("vote.scan"))}</p>'
        f'<p style="font-size:1.5rem;margin:.2rem 0">{escape(t("vote.or_type"))}<br><b>{escape(shown)}</b></p>'
        f'<p style="font-size:1.5rem;margin:.6rem 0 0">{escape(t("vote.code"))}</p>'
        f'<p style="font-size:3.4rem;font-weight:700;letter-spacing:.08em;margin:0" class="num">'
        f"{escape(spelled(workshop.code))}</p></div></div>"
    )
    if not workshop.accepting:
        st.warning(t("vote.closed_note"), icon=":material/lock:")
    if urlsplit(address).hostname in LOOPBACK:
        st.info(t("vote.loopback"), icon=":material/wifi_off:")
