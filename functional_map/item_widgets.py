"""The card of an item, shared by the Functional map page and the pages of a project."""

from __future__ import annotations

from html import escape

import streamlit as st

from functional_map.model import LEVELS, FunctionalMap, Item
from interface.marks import level_chip
from interface.page_widgets import page_texts


def item_card(functional_map: FunctionalMap, item: Item, *, asked: int | None = None) -> None:
    """Definition, question, five written levels and tags of one item; the level asked stands out."""
    t = page_texts("functional_map")
    language, vocabulary = t.language, functional_map.vocabulary
    domain = functional_map.domain(item.domain)
    example = (
        f'<p class="muted small">{escape(t("card.example"))} {escape(item.example[language])}</p>'
        if item.example
        else ""
    )
    st.html(
        f'<div class="card"><p class="muted small">{escape(domain.label[language])} › '
        f"{escape(functional_map.area(item.area).label[language])}</p>"
        f"<h4>{escape(item.label[language])}</h4><p>{escape(item.definition[language])}</p>{example}"
        f'<p style="margin-top:.6rem"><b>{escape(item.question[language])}</b></p>'
        f"{levels_list(functional_map, item, asked=asked)}<p>{tags(item, vocabulary, language)}</p></div>"
    )


def levels_list(functional_map: FunctionalMap, item: Item, *, asked: int | None = None) -> str:
    """The five written levels as a list; the level asked stands out."""
    language = page_texts("functional_map").language
    lines = []
    for level in LEVELS:
        sentence = escape(functional_map.level_text(item.id, level, language))
        lines.append(f"<li>{level_chip(level)}<span>{f'<b>{sentence}</b>' if level == asked else sentence}</span></li>")
    return f'<ol class="levels">{"".join(lines)}</ol>'


def tags(item: Item, vocabulary: object, language: str) -> str:
    """What kind of item it is, and whom it concerns."""
    words = [getattr(vocabulary, name)[getattr(item, name)][language] for name in ("tier", "commonness", "kano")]
    words += [vocabulary.journey[stage][language] for stage in item.journey]  # type: ignore[attr-defined]
    words += [vocabulary.teams[team][language] for team in item.teams]  # type: ignore[attr-defined]
    return "".join(f'<span class="tag">{escape(word)}</span>' for word in words)
