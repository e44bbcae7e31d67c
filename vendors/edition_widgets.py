"""What pages about editions share: the edition that is shown, problems with their places, lines to choose between."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import streamlit as st

from functional_map.load import load_map
from interface.language import Texts
from vendors.draft import Choice, Draft
from vendors.entries import Record
from vendors.load import load_edition
from vendors.model import Edition, Product
from vendors.problems import Problem
from vendors.publish import editions, newest_edition
from vendors.spreadsheet import joined
from vendors.words import sentence

MOST_SHOWN = 300  # problems on the screen; the marked workbook has all of them


def current_edition() -> Edition:
    """The edition of the open project, if one is open; the newest otherwise."""
    known = editions()
    chosen = st.session_state.get("edition")
    return load_edition(known[chosen if chosen in known else newest_edition()])


def source_links(product: Product, sources: Iterable[str], t: Texts) -> str:
    """The pages that a rating, a fact or a price rests on, a line each, with their dates."""
    lines = []
    for one in (product.sources[source] for source in sources if source in product.sources):
        when = t("source.dated", date=t.date(one.dated)) if one.dated else t("source.read", date=t.date(one.read))
        title = escape(one.title)
        # an address that is not a page's is shown, but never a link
        if one.url.startswith(("https://", "http://")):
            title = f'<a href="{escape(one.url)}" target="_blank" rel="noopener">{title}</a>'
        lines.append(f'{title} <span class="muted small whole">{escape(when)}</span>')
    return "<br>".join(lines)


def problem_table(found: list[tuple[str, Problem]], edition: Edition, t: Texts, *, key: str, alt: str) -> None:
    """Problems with their cells or places; `found` are pairs of a kind and a problem."""
    functional_map = load_map(edition.map_year)

    def place(problem: Problem) -> str:
        if problem.sheet and problem.cell:
            return f"{problem.sheet} · {problem.cell}"
        if problem.sheet:
            return problem.sheet
        name = edition.products[problem.product].name if problem.product in edition.products else problem.product
        item = functional_map.items.get(problem.entry)
        entry = item.label[t.language] if item else problem.entry
        table = "" if problem.table in ("", "ratings") else t(f"table.{problem.table}")
        return " › ".join(filter(None, (name, table, entry)))

    lines = [
        f"<tr><td class='muted'>{escape(place(one))}</td><td>{escape(sentence(one, t))}</td>"
        f"<td class='muted'>{escape(t(f'editions.problem.{kind}'))}</td></tr>"
        for kind, one in found[:MOST_SHOWN]
    ]
    heads = "".join(f"<th>{escape(t(f'editions.problem.{name}'))}</th>" for name in ("place", "sentence", "kind"))
    with st.container(height=420 if len(lines) > 8 else "content", border=False, key=key):
        st.html(f"<table class='clean' aria-label='{escape(alt)}'><tr>{heads}</tr>{''.join(lines)}</table>")
    if len(found) > MOST_SHOWN:
        st.caption(t("editions.shown", count=MOST_SHOWN, total=t.number(len(found))))


def choice_card(choice: Choice, draft: Draft, t: Texts) -> str | None:
    """One line that people see differently; returns the analyst whose offer is taken, "" for the draft, None for neither yet."""
    product = draft.edition.products.get(choice.product)
    item = draft.map.items.get(choice.key.id)
    where = " › ".join(
        filter(
            None,
            (
                product.name if product else choice.product,
                t(f"table.{choice.key.table}"),
                item.label[t.language] if item else choice.key.id,
            ),
        )
    )
    options = {"": t("editions.keep", who=choice.kept_by or t("editions.as_last_year"))}
    options |= {offer.analyst: t("editions.take", who=offer.analyst) for offer in choice.offers}
    records = [choice.kept, *(offer.record for offer in choice.offers)]
    fields = [
        name
        for name in dict.fromkeys(name for one in records if one for name in one)
        if len({str((one or {}).get(name)) for one in records}) > 1
    ]
    with st.container(border=True):
        head = "".join(f"<th>{escape(one)}</th>" for one in options.values())
        rows = [
            f"<tr><td class='muted'>{escape(t(f'column.{name}'))}</td>"
            + "".join(f"<td>{escape(_cell(one, name, t))}</td>" for one in records)
            + "</tr>"
            for name in fields
        ] or [f"<tr><td></td>{''.join(f'<td>{escape(_cell(one, None, t))}</td>' for one in records)}</tr>"]
        st.html(f"<b>{escape(where)}</b><table class='clean'><tr><th></th>{head}</tr>{''.join(rows)}</table>")
        return st.segmented_control(
            where,
            list(options),
            key=f"editions_choice_{draft.revision}_{choice.id}",
            format_func=options.get,
            label_visibility="collapsed",
        )


def _cell(record: Record | None, field: str | None, t: Texts) -> str:
    if record is None:
        return t("editions.taken_out")
    return "" if field is None else joined(record.get(field, ""))
