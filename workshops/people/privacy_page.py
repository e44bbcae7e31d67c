"""Privacy: what is stored, where, for how long, and who can see it."""

from html import escape

import streamlit as st

from interface.page_widgets import header, page_texts
from workshops.people.sign_in_widgets import privacy_link
from workshops.session_widgets import person

COLUMNS = ("what", "seen", "kept")
# a phone has no room for three columns: a row becomes a paragraph, each cell with its head
NARROW = (
    "<style>@media(max-width:600px){.stored th{display:none}.stored td{display:block;border:0!important;padding:.1rem 0!important}"
    ".stored td:first-child{font-weight:600;padding-top:.9rem!important}"
    ".stored td:not(:first-child)::before{content:attr(data-head)' – ';color:var(--muted)}}</style>"
)
STORED = ("votes", "projects", "accounts", "sign_in", "journal", "cookie", "log")

t = page_texts("workshops")
header(t("page.privacy"), t("privacy.state"))
rows = "".join(
    "<tr>"
    + "".join(
        f"<td data-head='{escape(t(f'privacy.{column}'))}'>{escape(t(f'privacy.{one}.{column}'))}</td>"
        for column in COLUMNS
    )
    + "</tr>"
    for one in STORED
)
heads = "".join(f"<th>{escape(t(f'privacy.{column}'))}</th>" for column in COLUMNS)
st.html(f"{NARROW}<table class='clean wide stored'><tr>{heads}</tr>{rows}</table>")
st.markdown(t("privacy.request"))
if person().may("vote"):
    privacy_link("workshops/rooms/vote_page.py", t("privacy.back"))
