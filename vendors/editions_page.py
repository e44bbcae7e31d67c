"""Editions: hand out workbooks, bring them back, choose, mend, publish; what changed, how good it is, who signed it."""

import datetime as dt
import re
from html import escape

import pandas as pd
import streamlit as st

from functional_map.changes import item_changes
from functional_map.load import load_map
from functional_map.model import Text
from interface.language import LANGUAGES, texts
from interface.page_widgets import current_language, header, page_texts, plain, show_problems
from vendors.compare import differences
from vendors.compare_book import differences_workbook
from vendors.draft import (
    StaleDraftError,
    age_evidence,
    aged,
    choose,
    current_draft,
    discard,
    merge,
    preview,
    problems_of,
    publish_draft,
    start_draft,
)
from vendors.edition_widgets import choice_card, problem_table
from vendors.entries import all_entries
from vendors.load import load_edition
from vendors.publish import (
    PublishError,
    editions,
    history,
    is_unchanged,
    newest_edition,
    next_ids,
    publication,
    republish,
)
from vendors.report import report
from vendors.spreadsheet import edition_workbook
from vendors.spreadsheet_in import marked, read_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_CHOICES, MOST_TELLING = 12, 8

t = page_texts("vendors")
language = current_language()
who = st.session_state["person"]
is_admin = who.may("publish-edition")
today = dt.date.today()
draft = current_draft() if is_admin else None
known = editions()
newest = load_edition(known[newest_edition()])


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def attempt(action, done: str = "", **values) -> None:
    """Do what an admin asked for; say what came of it on the next run, in the words of `done` or those that it returns."""
    try:
        words = action()
    except PublishError as error:
        st.session_state["editions_problems"] = error.problems
    except StaleDraftError:
        st.session_state["editions_problems"] = [("editions.stale", {})]
    else:
        st.session_state["editions_done"] = t(done, **values) if done else words if isinstance(words, str) else ""


def item_name(functional_map, item: str) -> str:
    return functional_map.items[item].label[language] if item in functional_map.items else item


def product_name(edition, product: str) -> str:
    return edition.products[product].name if product in edition.products else product


# renewal


def start() -> None:
    with st.container(border=True):
        st.markdown(f"**{t('editions.start_title')}**")
        st.caption(t("editions.start_what", base=newest.title[language]))
        ids = next_ids()
        chosen = st.radio(
            t("editions.start_id"),
            ids,
            key="editions_id",
            format_func=lambda one: t("editions.start_next" if one == ids[0] else "editions.start_again", edition=one),
        )
        if st.button(t("editions.start", edition=chosen), key="editions_start", type="primary"):
            with st.spinner(t("editions.starting")):
                attempt(lambda: start_draft(who, chosen, now()))
            st.rerun()


def hand_out() -> None:
    """Step 1: workbooks for those who share the work, and where the draft stands."""
    st.caption(t("editions.out_what"))
    first, second, third = st.columns([4, 3, 2], vertical_alignment="bottom")
    products = first.multiselect(
        t("editions.products"),
        list(draft.edition.products),
        key="editions_products",
        format_func=lambda one: product_name(draft.edition, one),
        placeholder=t("editions.products_all"),
    )
    typed = second.text_input(
        t("editions.new_products"), key="editions_new", placeholder=t("editions.new_products_hint"), max_chars=200
    )
    chosen_language = third.segmented_control(
        t("editions.book_language"),
        list(LANGUAGES),
        key="editions_language",
        default=language,
        required=True,
        format_func=LANGUAGES.get,
    )
    new = [one for one in re.split(r"[,;\s]+", typed or "") if one]
    bad = [one for one in new if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one)]
    if bad:
        st.error(t("editions.new_products_bad", value=plain(bad[0])), icon=":material/error:")
    wanted = (
        draft.folder,
        tuple(products or (list(draft.edition.products) if new else ())),
        tuple(new),
        chosen_language,
    )
    if st.button(
        t("editions.prepare"), key="editions_prepare", type="primary", disabled=bool(bad), icon=":material/table_view:"
    ):
        bar = st.progress(0.0, t("editions.preparing", done=0, total=len(wanted[1]) or len(draft.edition.products)))

        def progress(done: int, total: int) -> None:
            bar.progress(done / total, t("editions.preparing", done=done, total=total))

        content = edition_workbook(
            draft.as_of(today),
            all_entries(draft.edition),
            all_entries(draft.last_year),
            draft.map,
            texts("vendors", chosen_language),
            draft.stamp(today),
            products=[*wanted[1], *new],
            progress=progress,
        )
        bar.empty()
        st.session_state["editions_book"] = (wanted, content)
    prepared = st.session_state.get("editions_book")
    if prepared and prepared[0] == wanted:
        name = "-".join(
            [draft.id, *(products[:3] if len(products) <= 3 else [f"{len(products)}-products"]), f"r{draft.revision}"]
        )
        st.download_button(
            t("editions.download", size=t.number(len(prepared[1]) / 2**20, 1)),
            data=prepared[1],
            file_name=f"ratings-{name}.xlsx",
            mime=XLSX,
            key="editions_download",
            icon=":material/download:",
        )
    where_it_stands()


def where_it_stands() -> None:
    """A line a product: lines changed, rules broken, evidence too old, items rated."""
    problems, total = problems_of(draft, today), len(draft.map.items)
    old = {product: len(found) for product, found in aged(draft, today).items()}
    rows = []
    for product in draft.edition.products.values():
        changed = sum(name.startswith(f"{product.id}/") for name in draft.changed_by)
        rows.append(
            {
                "product": product.name,
                "changed": changed,
                "mend": sum(one.product == product.id for one in problems),
                "old": old.get(product.id, 0),
                "rated": round(100 * len(product.ratings) / total),
            }
        )
    st.markdown(f"**{t('editions.progress_title')}**")
    table = pd.DataFrame(rows).sort_values(["changed", "product"], ascending=[False, True])
    st.dataframe(
        table,
        key="editions_progress",
        hide_index=True,
        height=min(38 * (len(table) + 1), 420),
        alt=t("editions.progress_title"),
        column_config={
            "product": st.column_config.TextColumn(t("editions.column.product")),
            **{
                name: st.column_config.NumberColumn(t(f"editions.column.{name}")) for name in ("changed", "mend", "old")
            },
            "rated": st.column_config.ProgressColumn(
                t("editions.column.rated"), format="%d %%", min_value=0, max_value=100
            ),
        },
    )


def reading_of(uploaded):
    """What the uploaded workbook says; read once for a file and a state of the draft."""
    key = (uploaded.file_id, draft.folder)
    kept = st.session_state.get("editions_reading")
    if kept and kept[0] == key:
        return kept[1:]
    bar = st.progress(0.0)

    def progress(done: int, total: int) -> None:
        bar.progress(done / total, t("editions.reading", done=done, total=total))

    renamed = item_changes(load_map(load_edition(known[draft.base]).map_year), draft.map).renamed
    reading = read_workbook(uploaded.getvalue(), draft.map, list(draft.edition.products), renamed, progress)
    changed, broken = preview(draft, reading, today)  # what can be read is held to the rules too: all problems at once
    bar.empty()
    st.session_state["editions_reading"] = (key, reading, changed, broken)
    return reading, changed, broken


def bring_back() -> None:
    """Step 2: a workbook comes back; all its problems, then into the draft."""
    st.caption(t("editions.in_what"))
    uploaded = st.file_uploader(
        t("editions.file"), type="xlsx", key=f"editions_file_{st.session_state.get('editions_round', 0)}"
    )
    if uploaded is None:
        return
    reading, changed, broken = reading_of(uploaded)
    lines = sum(len(found) for found in reading.entries.values())
    if reading.problems:
        st.error(t("editions.refused", count=len(reading.problems)), icon=":material/error:")
    else:
        st.success(t("editions.read", lines=t.number(lines), changed=t.number(changed)), icon=":material/check:")
    if broken:
        words = "editions.rules_too" if reading.problems else "editions.rules"
        st.warning(t(words, count=len(broken)), icon=":material/build:")
    everything = [
        *(("blocking", one) for one in reading.problems),
        *(("later", one) for one in broken),
        *(("notice", one) for one in reading.notices),
    ]
    if everything:
        problem_table(everything, draft.edition, t, key="editions_found", alt=t("editions.problems_alt"))
    in_cells = [one for _, one in everything if one.sheet]
    if in_cells:
        download_marked(uploaded, in_cells)
    if not reading.problems:
        first, second = st.columns([3, 2], vertical_alignment="bottom")
        analyst = first.text_input(
            t("editions.analyst"),
            value=reading.analyst,
            key=f"editions_analyst_{uploaded.file_id}",
            placeholder=t("editions.analyst_hint"),
            max_chars=120,
        )

        def bring() -> None:
            _, told = merge(who, reading, analyst=analyst, file=uploaded.name, now=now())
            st.session_state["editions_round"] = st.session_state.get("editions_round", 0) + 1
            words = t("editions.brought", count=told.changed)
            return f"{words} {t('editions.brought_choices', count=told.choices)}" if told.choices else words

        if second.button(t("editions.bring"), key="editions_bring", type="primary", width="stretch"):
            with st.spinner(t("editions.bringing")):
                attempt(bring)
            st.rerun()


def download_marked(uploaded, found) -> None:
    key = (uploaded.file_id, len(found), language)
    if st.button(t("editions.marked_prepare"), key="editions_mark", icon=":material/format_color_fill:"):
        try:
            with st.spinner(t("editions.marked_prepare")):
                st.session_state["editions_marked"] = (key, marked(uploaded.getvalue(), found, t))
        except ValueError:
            st.error(t("editions.marked_failed"), icon=":material/error:")
    kept = st.session_state.get("editions_marked")
    if kept and kept[0] == key:
        st.download_button(
            t("editions.marked"),
            data=kept[1],
            file_name=f"marked-{uploaded.name}",
            mime=XLSX,
            key="editions_marked_download",
            icon=":material/download:",
        )


def settle() -> None:
    """Step 3: what people see differently."""
    if not draft.choices:
        st.success(t("editions.choices_none"), icon=":material/check:")
        return
    st.caption(t("editions.choices_what"))
    analysts = sorted({offer.analyst for one in draft.choices for offer in one.offers})
    with st.container(horizontal=True):
        for place, analyst in enumerate(analysts):
            taken = {one.id: analyst for one in draft.choices if analyst in {offer.analyst for offer in one.offers}}
            st.button(
                t("editions.take_all", who=analyst),
                key=f"editions_take_all_{place}",
                on_click=lambda taken=taken: attempt(lambda: choose(who, taken, now()), "editions.settled"),
            )
        st.button(
            t("editions.keep_all"),
            key="editions_keep_all",
            on_click=lambda: attempt(
                lambda: choose(who, {one.id: "" for one in draft.choices}, now()), "editions.settled"
            ),
        )
    picks = {}
    for choice in draft.choices[:MOST_CHOICES]:
        pick = choice_card(choice, draft, t)
        if pick is not None:
            picks[choice.id] = pick
    if len(draft.choices) > MOST_CHOICES:
        st.caption(t("editions.shown", count=MOST_CHOICES, total=len(draft.choices)))
    st.button(
        t("editions.settle"),
        key="editions_settle",
        type="primary",
        disabled=not picks,
        on_click=lambda: attempt(lambda: choose(who, picks, now()), "editions.settled"),
    )


def mend() -> None:
    """Step 4: the rules that the draft breaks, and evidence that has become too old."""
    problems, old = problems_of(draft, today), sum(len(found) for found in aged(draft, today).values())
    if not problems:
        st.success(t("editions.mend_none"), icon=":material/check:")
    else:
        st.warning(t("editions.mend_what", count=len(problems)), icon=":material/build:")
    if old:
        st.caption(t("editions.age_what"))
        st.button(
            t("editions.age", count=old),
            key="editions_age",
            on_click=lambda: attempt(lambda: age_evidence(who, now())),
        )
    if problems:
        problem_table(
            [("later", one) for one in problems], draft.edition, t, key="editions_mend", alt=t("editions.mend_alt")
        )


def publish() -> None:
    """Step 5: sign and publish, or give the draft up."""
    st.caption(t("editions.publish_what"))
    count = len(problems_of(draft, today))
    blocked = bool(count or draft.choices)
    if blocked:
        st.warning(t("editions.publish_blocked", choices=len(draft.choices), problems=count), icon=":material/block:")
    edition = draft.edition
    with st.form("editions_publish_form"):
        left, right = st.columns(2)
        title = Text(
            left.text_input(
                t("editions.edition_title_en"), value=edition.title.en, key="editions_title_en", max_chars=80
            ),
            right.text_input(
                t("editions.edition_title_fr"), value=edition.title.fr, key="editions_title_fr", max_chars=80
            ),
        )
        notes = Text(
            left.text_area(
                t("editions.edition_notes_en"),
                value=edition.notes.en,
                key="editions_notes_en",
                max_chars=1000,
                height=90,
            ),
            right.text_area(
                t("editions.edition_notes_fr"),
                value=edition.notes.fr,
                key="editions_notes_fr",
                max_chars=1000,
                height=90,
            ),
        )
        signed = left.text_input(t("editions.signed"), value=who.name, key="editions_signed", max_chars=120)
        note = right.text_input(t("editions.note"), key="editions_note", max_chars=2000)
        if st.form_submit_button(t("editions.publish", edition=draft.id), type="primary", disabled=blocked):
            with st.spinner(t("editions.publishing")):
                attempt(
                    lambda: publish_draft(who, draft, signed=signed, note=note, title=title, notes=notes, now=now()),
                    "editions.published",
                    edition=draft.id,
                )
            st.rerun()
    if st.button(t("editions.give_up"), key="editions_give_up", icon=":material/delete:", type="tertiary"):
        give_up()


@st.dialog(t("editions.give_up"))
def give_up() -> None:
    uploads = t("editions.uploads", count=len(draft.uploads))
    st.markdown(t("editions.give_up_what", edition=draft.id, uploads=uploads))
    if st.button(t("editions.give_up_confirm"), key="editions_give_up_confirm", type="primary"):
        attempt(lambda: discard(who, draft, now()))
        st.rerun()


STEPS = {"out": hand_out, "in": bring_back, "choices": settle, "mend": mend, "publish": publish}


def renewal() -> None:
    if draft is None:
        start()
        return
    started = dt.datetime.fromisoformat(draft.started_at)
    uploads = t("editions.uploads", count=len(draft.uploads))
    st.caption(t("editions.started", edition=draft.id, base=draft.base, date=t.date(started), uploads=uploads))
    counts = {"choices": len(draft.choices), "mend": len(problems_of(draft, today))}
    step = st.segmented_control(
        t("editions.steps"),
        list(STEPS),
        key="editions_step",
        default="out",
        required=True,
        label_visibility="collapsed",
        format_func=lambda one: t(f"editions.step.{one}", **({"count": counts[one]} if one in counts else {})),
    )
    STEPS[step or "out"]()


# what changed


def chosen_pair():
    """The two editions to compare; the draft stands for itself."""
    ids = [*known, *(["draft"] if draft else [])]

    def name(one: str) -> str:
        return t("editions.the_draft", edition=draft.id) if one == "draft" else load_edition(known[one]).title[language]

    left, right = st.columns(2)
    before = left.selectbox(t("editions.before"), ids, index=len(ids) - 2, key="editions_before", format_func=name)
    after = right.selectbox(t("editions.after"), ids, index=len(ids) - 1, key="editions_after", format_func=name)
    return [draft.edition if one == "draft" else load_edition(known[one]) for one in (before, after)]


def compared() -> None:
    if len(known) + bool(draft) < 2:
        st.info(t("editions.one_edition"), icon=":material/info:")
        return
    before, after = chosen_pair()
    functional_map = load_map(after.map_year)
    weigh = st.session_state.get("item_weights")
    weights = weigh() if weigh else {}
    found = differences(before, after, item_changes(load_map(before.map_year), functional_map), weights)
    if found.is_empty:
        st.success(t("editions.same"), icon=":material/check:")
        return
    counts = {t(f"diff.kind.{kind}"): count for kind, count in found.counts().items()} | {
        t("editions.other_facts"): len(found.facts)
    }
    st.markdown(
        " · ".join(f"{words}{t('editions.colon')} **{t.number(count)}**" for words, count in counts.items() if count)
    )
    for row in found.products.itertuples():
        name = product_name(after if row.change == "in" else before, row.product)
        st.markdown(f"- {t(f'diff.product.{row.change}')}: **{plain(name)}**")
    st.download_button(
        t("editions.diff_download"),
        data=lambda: differences_workbook(found, before, after, functional_map, t),
        file_name=f"differences-{before.id}-{after.id}.xlsx",
        mime=XLSX,
        key="editions_diff_download",
        icon=":material/download:",
    )
    if not found.ratings.empty:
        st.markdown(f"**{t('editions.ratings_title' if any(weights.values()) else 'editions.ratings_title_plain')}**")
        show_table(
            pd.DataFrame(
                {
                    t("diff.column.product"): [product_name(after, one) for one in found.ratings["product"]],
                    t("diff.column.item"): [item_name(functional_map, one) for one in found.ratings["item"]],
                    t("diff.column.change"): [t(f"diff.kind.{one}") for one in found.ratings["change"]],
                    t("diff.column.before"): pd.to_numeric(found.ratings["before"]),
                    t("diff.column.after"): pd.to_numeric(found.ratings["after"]),
                    t("diff.column.basis_before"): [
                        t(f"basis.{one or 'not-rated'}") for one in found.ratings["basis_before"]
                    ],
                    t("diff.column.basis_after"): [
                        t(f"basis.{one or 'not-rated'}") for one in found.ratings["basis_after"]
                    ],
                    **(
                        {t("diff.column.weight"): [t.percent(one, 1) for one in found.ratings["weight"]]}
                        if any(weights.values())
                        else {}
                    ),
                    t("diff.column.note"): found.ratings["note"],
                }
            ),
            "editions_ratings",
            t("editions.ratings_title_plain"),
        )
    if not found.facts.empty:
        st.markdown(f"**{t('editions.facts_title')}**")
        show_table(
            pd.DataFrame(
                {
                    t("diff.column.product"): [product_name(after, one) for one in found.facts["product"]],
                    t("diff.column.table"): [t(f"table.{one}") for one in found.facts["table"]],
                    t("diff.column.entry"): found.facts["entry"],
                    t("diff.column.field"): [t(f"column.{one}") if one else "" for one in found.facts["field"]],
                    t("diff.column.before"): found.facts["before"],
                    t("diff.column.after"): found.facts["after"],
                }
            ),
            "editions_facts",
            t("editions.facts_title"),
        )
    if not found.items.empty:
        st.markdown(f"**{t('editions.items_title')}**")
        table = found.items.assign(change=[t(f"diff.item.{one}") for one in found.items["change"]])
        show_table(
            table.rename(columns=lambda one: t(f"diff.column.{one}")), "editions_items", t("editions.items_title")
        )
    st.markdown(f"**{t('editions.coverage_title')}**")
    table = found.coverage.reset_index(names="product").assign(
        product=lambda one: [product_name(after, p) for p in one["product"]]
    )
    show_table(
        table.rename(columns=lambda one: t(f"diff.column.{one}")), "editions_coverage", t("editions.coverage_title")
    )


def show_table(table: pd.DataFrame, key: str, alt: str) -> None:
    st.dataframe(table, key=key, hide_index=True, width="stretch", height=min(36 * (len(table) + 1) + 3, 400), alt=alt)


# how good it is


def quality() -> None:
    ids = [*known, *(["draft"] if draft else [])]
    chosen = st.selectbox(
        t("editions.quality_edition"),
        ids,
        index=len(known) - 1,
        key="editions_quality",
        format_func=lambda one: (
            t("editions.the_draft", edition=draft.id) if one == "draft" else load_edition(known[one]).title[language]
        ),
    )
    edition = draft.edition if chosen == "draft" else load_edition(known[chosen])
    functional_map = load_map(edition.map_year)
    found = report(edition, functional_map, today)
    if found.coverage.empty:
        st.info(t("product.none"), icon=":material/inventory_2:")
        return
    shares = found.coverage[["rated", "evidenced"]].mean()
    st.subheader(
        t("editions.quality_title", share=t.percent(shares["rated"]), evidenced=t.percent(shares["evidenced"])),
        anchor=False,
    )
    table = found.coverage.sort_values("evidenced", ascending=False).drop(columns=["rated", "evidenced"])
    table.index = [product_name(edition, str(one)) for one in table.index]
    show_table(
        table.rename(columns=lambda one: t(f"basis.{one}")).reset_index(names=t("editions.column.product")),
        "editions_bases",
        t("editions.coverage_title"),
    )
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"**{t('editions.telling_title')}**")
        telling = found.items.dropna()
        for name, rows in (("most", telling.head(MOST_TELLING)), ("least", telling.tail(MOST_TELLING))):
            items = t.list([item_name(functional_map, str(one)) for one in rows.index])
            st.markdown(t(f"editions.telling_{name}", items=plain(items)))
    with right:
        st.markdown(f"**{t('editions.nearest_title')}**")
        for row in found.nearest.head(5).itertuples():
            names = {
                "first": plain(product_name(edition, row.first)),
                "second": plain(product_name(edition, row.second)),
            }
            st.markdown(
                "- " + t("editions.nearest_pair", distance=t.number(row.distance, 2), common=row.common, **names)
            )
    st.markdown(f"**{t('editions.domains_title')}**")
    means = found.domains.rename(columns=lambda one: functional_map.domain(one).label[language]).round(1)
    means.index = [product_name(edition, str(one)) for one in means.index]
    show_table(means.reset_index(names=t("editions.column.product")), "editions_domains", t("editions.domains_title"))
    if not found.prices.empty:
        st.markdown(f"**{t('editions.prices_title', count=len(found.prices))}**")
        states = [
            t(f"editions.price_state.{row.state}", **({"count": row.months} if row.state == "old" else {}))
            for row in found.prices.itertuples()
        ]
        show_table(
            pd.DataFrame(
                {
                    t("editions.column.product"): [product_name(edition, one) for one in found.prices["product"]],
                    t("plan.name"): found.prices["entry"],
                    t("plan.known"): states,
                }
            ),
            "editions_prices",
            t("editions.prices_title", count=len(found.prices)),
        )


# who signed what


def past() -> None:
    rows = []
    for folder in reversed(known.values()):
        edition, signed = load_edition(folder), publication(folder)
        state = (
            t("editions.shipped")
            if signed is None
            else t("editions.signed_by", name=signed.signed, date=t.date(signed.at))
        )
        whole = is_unchanged(folder)
        mark = (
            ""
            if signed is None
            else f"<span class='verdict {'good' if whole else 'bad'}'>{escape(t('editions.untouched' if whole else 'editions.touched'))}</span>"
        )
        rows.append(
            f"<tr><td style='white-space:nowrap'><b>{escape(edition.title[language])}</b></td><td style='white-space:nowrap'>{escape(t.date(edition.published))}</td>"
            f"<td class='r'>{len(edition.products)}</td><td>{escape(state)}</td>"
            f"<td class='muted'>{escape(signed.note if signed else edition.notes[language])}</td><td>{mark}</td></tr>"
        )
    heads = "".join(
        f"<th>{escape(t(f'editions.past.{name}'))}</th>"
        for name in ("edition", "published", "products", "signed", "note", "state")
    )
    st.html(f"<table class='clean'><tr>{heads}</tr>{''.join(rows)}</table>")
    lines = history()
    st.markdown(f"**{t('editions.journal_title')}**")
    cells = "".join(
        f"<tr><td class='muted' style='white-space:nowrap'>{escape(t.time(line['at']))}</td><td><b>{escape(line.get('by') or t('editions.somebody'))}</b> {escape(told(line))}</td></tr>"
        for line in lines[:200]
    )
    if not lines:
        st.caption(t("editions.no_history"))
    else:
        st.html(f"<table class='clean'>{cells}</table>")
    if is_admin:
        publish_again()


def told(line) -> str:
    """A line of the journal in words."""
    key = f"editions.journal.{line['action']}"
    try:
        return t(key, **{name: value for name, value in line.items() if name not in ("at", "by", "action")})
    except KeyError:  # a later version of the application wrote it
        return f"{line['action']} {line.get('edition', '')}"


def publish_again() -> None:
    with st.expander(t("editions.again_title"), icon=":material/history:", key="editions_again"):
        st.caption(t("editions.again_what"))
        with st.form("editions_again_form", border=False):
            chosen = st.selectbox(
                t("editions.again_which"),
                list(reversed(known)),
                key="editions_again_which",
                format_func=lambda one: load_edition(known[one]).title[language],
            )
            left, right = st.columns(2)
            signed = left.text_input(t("editions.signed"), value=who.name, key="editions_again_signed", max_chars=120)
            note = right.text_input(t("editions.note"), key="editions_again_note", max_chars=2000)
            if st.form_submit_button(t("editions.again")):
                attempt(
                    lambda: t("editions.published", edition=republish(who, chosen, signed=signed, note=note, now=now()))
                )
                st.rerun()


in_use = newest.title[language]
header(
    t("editions.title"),
    t("editions.draft_state", title=in_use, draft=draft.id)
    if draft
    else t("editions.state", title=in_use, products=len(newest.products), published=t.date(newest.published)),
)
show_problems(st.session_state.pop("editions_problems", []), t)
if done := st.session_state.pop("editions_done", ""):
    st.success(done, icon=":material/check:")
PARTS = {"differences": compared, "quality": quality, "history": past}
if is_admin:
    PARTS = {"renewal": renewal} | PARTS
chosen_part = st.segmented_control(
    t("editions.title"),
    list(PARTS),
    key="editions_part",
    default=next(iter(PARTS)),
    required=True,
    label_visibility="collapsed",
    format_func=lambda one: t(f"editions.tab.{one}"),
)
PARTS[chosen_part or next(iter(PARTS))]()
