"""Privacy: what is stored, where, for how long, and who can see it."""

from html import escape

import streamlit as st

from interface.page_widgets import header, page_texts
from workshops.session_widgets import person
from workshops.sign_in_widgets import privacy_link

STORED = ("votes", "projects", "accounts", "sign_in", "journal", "cookie", "log")

t = page_texts("workshops")
header(t("page.privacy"), t("privacy.state"))
rows = "".join(
    "<tr>"
    + "".join(f"<td>{escape(t(f'privacy.{one}.{column}'))}</td>" for column in ("what", "seen", "kept"))
    + "</tr>"
    for one in STORED
)
heads = "".join(f"<th>{escape(t(f'privacy.{column}'))}</th>" for column in ("what", "seen", "kept"))
st.html(f"<div class='scroll'><table class='clean wide'><tr>{heads}</tr>{rows}</table></div>")
st.markdown(t("privacy.request"))
if person().may("vote"):
    privacy_link("workshops/vote_page.py", t("privacy.back"))
