"""Market: an item or a domain across all products: who reaches which level, from which plan, how it is known."""

from html import escape

import pandas as pd
import streamlit as st

from functional_map.item_widgets import item_card
from functional_map.load import load_map
from functional_map.model import LEVELS
from interface.marks import basis_mark, level_bar, level_chip
from interface.page_widgets import current_language, header, page_texts
from vendors.edition_widgets import current_edition
from vendors.market import level_counts, level_table
from vendors.notes import note

t = page_texts("vendors")
language = current_language()
edition = current_edition()
functional_map = load_map(edition.map_year)


def counts_words(counts: dict[int | None, int]) -> str:
    parts = [t("market.reach", count=counts[level], level=level) for level in reversed(LEVELS) if counts.get(level)]
    if counts.get(None):
        parts.append(t("market.not_rated", count=counts[None]))
    return t.list(parts)


def products_by_level(item_id: str) -> str:
    """One row a level: the products that reach it, with their plan and how it is known."""
    rows = []
    for level in (*reversed(LEVELS), None):
        products = [
            one
            for one in edition.products.values()
            if (one.ratings[item_id].rating if item_id in one.ratings else None) == level
        ]
        if not products:
            continue
        sentence = (
            t("market.unknown")
            if level is None
            else functional_map.vocabulary.as_rating[0][language]
            if level == 0
            else functional_map.items[item_id].levels[level][language]
        )
        names = []
        for product in products:
            rating = product.ratings.get(item_id)
            plan = (
                f" <span class='muted small'>{escape(t('market.from', plan=product.plan(rating.plan).name))}</span>"
                if rating and rating.plan
                else ""
            )
            add_on = (
                f" <span class='muted small'>+ {escape(product.add_on(rating.add_on).name)}</span>"
                if rating and rating.add_on
                else ""
            )
            title = escape(note(rating.note, product.id, language)) if rating else ""
            names.append(
                f"<span style='display:inline-block;margin:.1rem .9rem .1rem 0' title='{title}'>{basis_mark(rating.basis if rating else None, t)} "
                f"{escape(product.name)}{plan}{add_on}</span>"
            )
        rows.append(
            f"<tr><td>{level_chip(level)}</td><td class='muted small' style='width:30%'>{escape(sentence)}</td><td>{''.join(names)}</td></tr>"
        )
    return f"<table class='clean'>{''.join(rows)}</table>"


header(
    t("market.title"),
    t("market.state", products=len(edition.products), items=len(functional_map.items), edition=edition.title[language]),
)
if not edition.products:
    st.info(t("product.none"), icon=":material/inventory_2:")
    st.stop()

wanted = st.query_params.get("item")
if wanted in functional_map.items and st.session_state.get("market_asked_for") != wanted:
    st.session_state["market_asked_for"], st.session_state["market_item"] = wanted, wanted
    st.session_state["market_domain"] = functional_map.domain_of[wanted]

first, second = st.columns([2, 3])
domain_id = first.selectbox(
    t("domains.domain"),
    [domain.id for domain in functional_map.domains],
    key="market_domain",
    format_func=lambda one: functional_map.domain(one).label[language],
)
domain = functional_map.domain(domain_id)
ids = [item.id for item in domain.items]
if st.session_state.get("market_item") not in ids:
    st.session_state["market_item"] = None
item_id = second.selectbox(
    t("rating.item"),
    ids,
    key="market_item",
    index=None,
    placeholder=t("market.whole_domain"),
    format_func=lambda one: functional_map.items[one].label[language],
)

if item_id:
    st.html(level_bar(level_counts(edition, item_id), counts_words(level_counts(edition, item_id))))
    st.caption(counts_words(level_counts(edition, item_id)))
    left, right = st.columns([2, 3], gap="large")
    with left:
        item_card(functional_map, functional_map.items[item_id])
    with right:
        st.html(products_by_level(item_id))
else:
    rows = "".join(
        f"<tr><td style='width:34%'>{escape(functional_map.items[one].label[language])}</td>"
        f"<td>{level_bar(level_counts(edition, one), counts_words(level_counts(edition, one)))}</td></tr>"
        for one in ids
    )
    st.html(
        f"<table class='clean'><tr><th>{escape(t('rating.item'))}</th><th>{escape(t('market.counts'))}</th></tr>{rows}</table>"
    )
    low, central, high = level_table(edition, functional_map)
    with st.expander(t("market.by_product"), key="market_by_product"):
        table = pd.DataFrame(
            {
                t("market.mean"): central[ids].mean(axis=1),
                t("market.low"): low[ids].mean(axis=1),
                t("market.high"): high[ids].mean(axis=1),
                t("market.rated"): [
                    sum(one in product.ratings for one in ids) for product in edition.products.values()
                ],
            }
        )
        table.index = [product.name for product in edition.products.values()]
        st.dataframe(table.sort_values(t("market.mean"), ascending=False).round(2), width="stretch", key="market_table")
