"""What somebody sees at the address of a page that their role does not have."""

import streamlit as st

from interface.page_widgets import header, page_texts
from workshops.session_widgets import person

t = page_texts("workshops")
header(t("not_yours.title"), t("not_yours.state", role=t(f"role.{person().role}")))
st.page_link("workshops/prepare/projects_page.py", label=t("page.projects"), icon=":material/folder_open:")
