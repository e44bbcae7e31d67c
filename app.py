"""The door: who you are, which pages you have, which project and language. `streamlit run app.py` starts it."""

import gc
from pathlib import Path

import streamlit as st
from streamlit import net_util

from functional_map.load import load_map
from interface.error_widgets import speak_in_sentences
from interface.language import LANGUAGES
from interface.page_widgets import current_language, page_texts, style
from vendors.load import load_edition
from vendors.publish import editions, newest_edition
from workshops.access import AT_HOME
from workshops.people.sign_in_widgets import sign_in_in_sidebar, visitor
from workshops.prepare.renewal_widgets import weights_in_open_projects
from workshops.session_widgets import database
from workshops.store.projects import projects_of

# section -> (file, address, icon, what a role must be allowed to do to have the page)
PAGES = {
    "enter": [
        ("workshops/people/sign_in_page.py", "sign-in", "login", "sign-in"),
    ],
    "prepare": [
        ("workshops/prepare/projects_page.py", "projects", "folder_open", "read-project"),
        ("workshops/prepare/context_page.py", "context", "tune", "read-project"),
        ("workshops/prepare/agenda_page.py", "agenda", "calendar_month", "read-project"),
        ("workshops/people/people_page.py", "people", "group", "read-project"),
    ],
    "workshop": [
        ("workshops/rooms/lead_page.py", "lead", "co_present", "edit-project"),
        ("workshops/rooms/vote_page.py", "vote", "how_to_vote", "read-project"),
        ("workshops/rooms/requirements_page.py", "requirements", "checklist", "read-project"),
    ],
    "choose": [
        ("workshops/choose/shortlist_page.py", "shortlist", "filter_alt", "read-project"),
        ("workshops/choose/compare_page.py", "compare", "compare_arrows", "read-project"),
        ("workshops/choose/robustness_page.py", "robustness", "balance", "read-project"),
        ("workshops/decide/decide_page.py", "decide", "gavel", "read-project"),
        ("workshops/decide/score_page.py", "score", "fact_check", "read-project"),
    ],
    "reference": [
        ("functional_map/map_page.py", "map", "account_tree", "read-reference"),
        ("vendors/products_page.py", "products", "inventory_2", "read-reference"),
        ("vendors/market_page.py", "market", "grid_view", "read-reference"),
        ("vendors/editions_page.py", "editions", "event_repeat", "read-reference"),
    ],
    "deliver": [
        ("exports/exports_page.py", "exports", "download", "read-project"),
        ("workshops/people/journal_page.py", "journal", "history", "read-journal"),
        ("workshops/people/accounts_page.py", "accounts", "manage_accounts", "manage-accounts"),
        ("workshops/people/privacy_page.py", "privacy", "shield_person", "read-privacy"),
    ],
}
SIGN_IN, NOT_YOURS = PAGES["enter"][0][0], "workshops/people/not_yours_page.py"
UNLISTED = {"score"}  # pages that other pages lead to
FIRST = {"projects", "sign-in"}  # where a visit without an address begins


@st.cache_resource(show_spinner=False)
def start_up() -> None:
    """Once per process: errors end in sentences; read the newest edition, then take what is loaded out of the garbage collector's sight.

    With postScriptGC off, that makes reruns five times faster.
    """
    speak_in_sentences()
    ask_nobody_outside()
    load_map(load_edition(editions()[newest_edition()]).map_year)
    gc.collect()
    gc.freeze()


def ask_nobody_outside() -> None:
    """Nothing is sent anywhere: Streamlit asks another site for this computer's address when a stranger's page connects.

    Without an answer the stranger is refused all the same, and the server does not stand still while it waits for one.
    """
    net_util.get_external_ip = lambda: None


def pages(person, t):
    """The pages that the person's role may use; at the address of any other one stands that it is not theirs.

    Before signing in, every address leads to the page that asks who is there: who follows a link arrives where it leads.
    """
    instead = SIGN_IN if person.may("sign-in") else NOT_YOURS
    unlisted = UNLISTED | ({"accounts"} if person == AT_HOME else set())  # nobody has an account there

    def named(file, address, icon, action):
        """A page under its address; the first one stands at "/", where Streamlit has no other address for it, and again here."""
        theirs = person.may(action)
        look = {"title": t(f"page.{address}"), "icon": f":material/{icon}:"}
        first = theirs and address in FIRST
        if first:
            yield st.Page(file, url_path="first", default=True, **look)
        seen = theirs and not first and address not in unlisted
        yield st.Page(file if theirs else instead, url_path=address, visibility="visible" if seen else "hidden", **look)

    return {
        t(f"section.{section}"): [
            page
            for file, address, icon, action in entries
            if person.may(action) or action != "sign-in"  # who has signed in lands on their first page
            for page in named(file, address, icon, action)
        ]
        for section, entries in PAGES.items()
    }


def distinct(names: dict[str, str]) -> dict[str, str]:
    """Names by id; a name that is there twice gets a number, because a list is chosen from by what it shows."""
    seen: dict[str, int] = {}
    found = {}
    for one, name in names.items():
        seen[name] = seen.get(name, 0) + 1
        found[one] = f"{name} ({seen[name]})" if seen[name] > 1 else name
    return found


def sidebar(person, t):
    """The choices that pages share: project and language."""
    projects = {one.id: one for one in projects_of(database(), person) if not one.archived}
    if st.session_state.get("project") not in projects:
        st.session_state["project"] = (
            st.query_params.get("project") if st.query_params.get("project") in projects else None
        )
    # oldest first, so that a number stays with its project
    names = distinct({one.id: one.name for one in sorted(projects.values(), key=lambda one: one.created_at)})
    with st.sidebar:
        if projects:
            st.selectbox(
                t("sidebar.project"),
                list(projects),
                key="project",
                index=None,
                format_func=names.get,
                placeholder=t("sidebar.choose_project"),
                label_visibility="collapsed",
            )
        st.segmented_control(
            t("sidebar.language"),
            list(LANGUAGES),
            key="language",
            required=True,
            format_func=LANGUAGES.get,
            default=current_language(),
            label_visibility="collapsed",
        )
    if st.session_state.get("project"):
        st.query_params["project"] = st.session_state["project"]
    st.query_params["language"] = current_language()


# an icon of our own: one of Streamlit's names would be fetched from a server of Google, by every participant's phone
st.set_page_config(
    page_title="CRM selection", page_icon=Path(__file__).parent / "interface/images/icon.png", layout="wide"
)
start_up()
t = page_texts("interface")
style()
who = st.session_state["person"] = visitor()
# the Editions page stands below projects and cannot ask them what weighs
st.session_state["item_weights"] = weights_in_open_projects
if who.may("vote"):
    vote = st.Page("workshops/rooms/vote_page.py", title=t("page.vote"))
    score = st.Page("workshops/decide/score_page.py", title=t("page.score"), url_path="score")
    privacy = st.Page("workshops/people/privacy_page.py", title=t("page.privacy"), url_path="privacy")
    st.navigation([vote, score, privacy], position="hidden").run()
else:
    page = st.navigation(pages(who, t), expanded=True)
    sidebar(who, t)
    sign_in_in_sidebar(who)
    page.run()
