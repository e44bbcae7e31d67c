"""The strip that shows the shortlist, at the same place on every screen of a workshop."""

from __future__ import annotations

from html import escape

import streamlit as st

from interface.marks import interval
from interface.page_widgets import page_texts
from scoring.fit import NothingAskedError
from workshops.assess import Assessment


def shortlist_strip(assessment: Assessment) -> None:
    """The offers of the shortlist with their fit, in one line."""
    t = page_texts("workshops")
    try:
        result = assessment.shortlist
    except NothingAskedError:
        st.html(f'<p class="muted">{escape(t("strip.nothing"))}</p>')
        return
    if result.listed.empty:
        st.html(f'<p class="muted">{escape(t("strip.none"))}</p>')
        return
    cells = []
    for offer, row in result.listed.iterrows():
        title = t(
            "shortlist.fit_words",
            fit=t.number(row["fit"] * 100),
            low=t.number(row["low"] * 100),
            high=t.number(row["high"] * 100),
        )
        cells.append(
            f'<div class="stripcell"><b>{escape(assessment.offer_name(str(offer)))}</b>'
            f'<span class="num">{t.number(row["fit"] * 100)}</span>'
            f"{interval(row['low'], row['fit'], row['high'], title=title)}</div>"
        )
    st.html(f'<div class="strip" role="group" aria-label="{escape(t("strip.label"))}">{"".join(cells)}</div>')
