"""Functional map: browse and search the items, with the five written levels of each."""

from html import escape

import streamlit as st

from functional_map.item_widgets import item_card
from functional_map.load import load_map, years
from functional_map.search import search
from functional_map.workbook import map_problems, map_workbook
from functional_map.workbook_guard import refuse
from interface.page_widgets import current_language, header, page_texts

MOST_SHOWN = 40

t = page_texts("functional_map")
language = current_language()
functional_map = load_map(years()[-1])
vocabulary = functional_map.vocabulary

header(
    t("map.title"),
    t("map.state", items=len(functional_map.items), domains=len(functional_map.domains), year=functional_map.year),
)

first, second, third, fourth = st.columns([4, 3, 2, 2], vertical_alignment="bottom")
first.text_input(t("map.search"), key="map_search", placeholder=t("map.search_hint"))
second.selectbox(
    t("map.domain"),
    [domain.id for domain in functional_map.domains],
    index=None,
    key="map_domain",
    format_func=lambda one: functional_map.domain(one).label[language],
    placeholder=t("map.all"),
)
third.selectbox(
    t("map.team"),
    list(vocabulary.teams),
    index=None,
    key="map_team",
    placeholder=t("map.all"),
    format_func=lambda one: vocabulary.teams[one][language],
)
with fourth.popover(t("map.more_filters"), width="stretch", key="map_filters"):
    for name in ("tier", "commonness", "kano", "journey"):
        st.pills(
            t(f"map.{name}"),
            list(getattr(vocabulary, name)),
            key=f"map_{name}",
            format_func=lambda one, name=name: getattr(vocabulary, name)[one][language],
        )


def wanted(item) -> bool:
    chosen = {
        name: st.session_state.get(f"map_{name}")
        for name in ("domain", "team", "tier", "commonness", "kano", "journey")
    }
    return (
        (not chosen["domain"] or item.domain == chosen["domain"])
        and (not chosen["team"] or chosen["team"] in item.teams)
        and (not chosen["journey"] or chosen["journey"] in item.journey)
        and all(not chosen[name] or getattr(item, name) == chosen[name] for name in ("tier", "commonness", "kano"))
    )


found = [item for item in search(functional_map, st.session_state.get("map_search") or "") if wanted(item)]
list_side, card_side = st.columns([2, 3], gap="large")
with list_side:
    st.caption(t("map.found", count=len(found)))
    if not found:
        st.info(t("map.nothing"), icon=":material/search_off:")
        st.stop()
    ids = [item.id for item in found]
    if st.session_state.get("map_item") not in ids:
        st.session_state["map_item"] = ids[0]
    with st.container(height=520, border=False, key="map_list"):
        st.radio(
            t("map.items"),
            ids,
            key="map_item",
            label_visibility="collapsed",
            format_func=lambda one: functional_map.items[one].label[language],
            captions=None
            if st.session_state.get("map_domain")
            else [functional_map.domain(item.domain).label[language] for item in found],
        )
with card_side:
    item = functional_map.items[st.session_state["map_item"]]
    item_card(functional_map, item)
    st.page_link(
        "vendors/market_page.py", label=t("map.to_market"), icon=":material/grid_view:", query_params={"item": item.id}
    )

with st.expander(t("map.workbook"), icon=":material/table_view:", key="map_workbook"):
    st.caption(t("map.workbook_help"))
    st.download_button(
        t("map.download"),
        data=lambda: map_workbook(functional_map),
        file_name=f"functional-map-{functional_map.year}.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        key="map_download",
    )
    uploaded = st.file_uploader(t("map.check"), type="xlsx", key="map_upload")
    if uploaded is not None:
        refusal = refuse(uploaded.getvalue())
        problems = [t(refusal.key, **refusal.values)] if refusal else map_problems(uploaded.getvalue(), functional_map)
        if problems:
            st.error(t("map.problems", count=len(problems)), icon=":material/error:")
            st.html("<ul>" + "".join(f"<li>{escape(one)}</li>" for one in problems) + "</ul>")
        else:
            st.success(t("map.no_problem"), icon=":material/check:")
