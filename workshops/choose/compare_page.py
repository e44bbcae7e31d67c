"""Compare: two to five offers side by side: domains, items that set them apart, gaps, evidence, plans, costs."""

from html import escape

import pandas as pd
import streamlit as st

from interface.marks import basis_mark, level_chip, verdict_mark
from interface.page_widgets import current_language, header, page_texts, show_chart
from interface.theme import LEVEL_COLOURS
from scoring.charts import domain_heat
from scoring.fit import NothingAskedError
from vendors.edition_widgets import source_links
from vendors.model import Rating
from vendors.notes import note
from workshops.choose.offer_widgets import TOP, OfferTables, small, table
from workshops.session_widgets import assessment_of, require_project
from workshops.words import Words

FEWEST, MOST = 2, 5
PRINTED = 12  # items in each table of the page that is made for printing

t = page_texts("workshops")
language = current_language()
project = require_project()
assessment = assessment_of(project)
words = Words(assessment, t)

try:
    result = assessment.shortlist
except NothingAskedError:
    header(t("compare.title"), t("shortlist.nothing"))
    st.page_link("workshops/rooms/requirements_page.py", label=t("page.requirements"), icon=":material/checklist:")
    st.stop()

names = {offer: assessment.offer_name(str(offer)) for offer in assessment.offers.table.index}
suggested = list(result.rows.index[:3])
header(t("compare.title"), t("compare.state", asked=len(assessment.fit.asked)))
chosen = st.multiselect(
    t("compare.offers"),
    list(names),
    default=suggested,
    key=f"compare_offers_{project.id}",
    format_func=names.get,
    max_selections=MOST,
    placeholder=t("compare.choose"),
)
if len(chosen) < FEWEST:
    st.info(t("compare.too_few"), icon=":material/compare_arrows:")
    st.stop()

fit, offers, tables = assessment.fit, assessment.offers, OfferTables(assessment, words)
short = {
    offer: (
        assessment.product_name(offers.products[offer])
        if sum(offers.products[other] == offers.products[offer] for other in chosen) == 1
        else names[offer]
    )
    for offer in chosen
}
contributions = fit.contributions.loc[chosen] * 100
spread = contributions.max() - contributions.min()
apart = [item for item in spread.sort_values(ascending=False, kind="stable").index if spread[item] > 0.005]


def product_of(offer: str):
    return assessment.edition.products[offers.products[offer]]


def facts() -> str:
    """One column an offer: plan, fit, evidence, cost, ergonomics, chance of the top, gates."""
    chances = assessment.robustness.probability_in_top(TOP)
    rows: dict[str, list[str]] = {
        t(f"shortlist.{name}"): [] for name in ("plan", "fit", "documented", "cost", "ergonomics")
    } | {t("shortlist.top", top=TOP): [], t("shortlist.verdict"): []}
    for offer in chosen:
        row = assessment.table.loc[offer]
        cells = [
            escape(product_of(offer).plan(row["plan"]).name) + tables.add_ons(row),
            f"<b>{words.score(row['fit'])}</b> {small(f'{words.score(row.low)} – {words.score(row.high)}')}",
            t.percent(row["documented"]),
            tables.cost(offer, row),
            tables.ergonomics(row),
            escape(words.share(chances[offer])) if offer in chances.index else "–",
            verdict_mark(tables.worst(offer), t),
        ]
        for kept, cell in zip(rows.values(), cells, strict=True):
            kept.append(cell)
    return table(
        ["", *short.values()], [[f'<span class="muted">{escape(name)}</span>', *cells] for name, cells in rows.items()]
    )


def rating_of(offer: str, item: str) -> Rating | None:
    return product_of(offer).ratings.get(item)


def reached(offer: str, item: str) -> tuple[int, str]:
    """The level an offer reaches on a rated item, and its sentence."""
    level = int(offers.central.at[offer, item])
    if level == 0:
        return 0, assessment.map.vocabulary.as_rating[0][language]
    return level, assessment.map.level_text(item, level, language)


def asked_sentence(item: str) -> str:
    return "" if item in words.own else assessment.map.level_text(item, int(fit.asked[item]), language)


def from_plan(offer: str, item: str) -> str:
    """The plan or the add-on that would bring more than this offer has."""
    rating = rating_of(offer, item)
    if rating is None or rating.rating <= offers.central.at[offer, item]:
        return ""
    product = product_of(offer)
    if rating.plan and product.plan_order.get(rating.plan, 0) > offers.table.at[offer, "place"]:
        return t("compare.from_plan", plan=product.plan(rating.plan).name)
    return t("compare.with_add_on", add_on=product.add_on(rating.add_on).name) if rating.add_on else ""


def level_cell(offer: str, item: str, asked: int) -> str:
    """The level an offer reaches, how it is known, and from which plan there is more."""
    if assessment.basis(offer, item) is None:
        return f"{level_chip(None, t('basis.not-rated'))} {basis_mark(None, t)}"
    level, sentence = reached(offer, item)
    gap = asked - level
    missing = ""
    if gap > 0:
        colour = f"var(--gap-{'one' if gap == 1 else 'more'})"
        missing = f" <span style='color:{colour}' title='{escape(t('compare.missing', count=gap))}'>{'▼' * min(gap, 2)}</span>"
    more = from_plan(offer, item)
    marks = f"{level_chip(level, sentence)} {basis_mark(assessment.basis(offer, item), t)}{missing}"
    return f"<span class='marks'>{marks}</span> {small(escape(more)) if more else ''}"


def item_cell(item: str) -> str:
    must = f" <span class='tag'>{escape(t('requirements.must_short'))}</span>" if item in project.must_haves() else ""
    return f"{escape(words.item(item))}{must}<br>{small(escape(asked_sentence(item)))}"


def domains_section() -> None:
    domain_fit = fit.domain_fit.loc[chosen] * 100
    cells = [
        {
            "product": short[offer],
            "domain": words.domain(domain),
            "fit": domain_fit.at[offer, domain],
            "words": t(
                "compare.domain_words",
                product=short[offer],
                domain=words.domain(domain),
                fit=t.number(domain_fit.at[offer, domain]),
                asked=t.number(fit.asked_by_domain[domain]),
                share=t.percent(fit.weights[domain]),
            ),
        }
        for offer in chosen
        for domain in domain_fit.columns
    ]
    widest = (domain_fit.max() - domain_fit.min()).idxmax()
    show_chart(
        domain_heat(
            pd.DataFrame(cells),
            products=[short[offer] for offer in chosen],
            domains=[words.domain(one) for one in domain_fit.columns],
            title=t(
                "compare.domain_title",
                domain=words.domain(widest),
                most=short[domain_fit[widest].idxmax()],
                high=t.number(domain_fit[widest].max()),
                low=t.number(domain_fit[widest].min()),
            ),
            colours=list(LEVEL_COLOURS),
            tooltip="",
        ),
        t("compare.domain_alt"),
        key="compare_domains",
    )
    with st.expander(t("compare.as_table"), key="compare_domain_table"):
        rows = [
            [escape(words.domain(domain)), *(t.number(domain_fit.at[offer, domain]) for offer in chosen)]
            for domain in domain_fit.columns
        ]
        st.html(table([t("requirements.domain"), *short.values()], rows, right=range(1, 1 + len(chosen))))


def items_section(most: int) -> None:
    """The items on which the offers differ most in points, with the level asked and the level of each."""
    if not apart:
        st.html(f"<p class='muted'>{escape(t('compare.alike'))}</p>")
        return
    rows = []
    for item in apart[:most]:
        asked = int(fit.asked[item])
        cells = [level_cell(offer, item, asked) for offer in chosen]
        rows.append([item_cell(item), level_chip(asked, asked_sentence(item)), *cells, t.number(spread[item], 1)])
    heads = [t("requirements.item"), t("compare.asked"), *short.values(), t("compare.spread")]
    st.html(table(heads, rows, right={len(heads) - 1}))


def gaps_section(offer: str, most: int) -> None:
    """What an offer lacks: the written level asked, the written level reached, and what the gap costs."""
    lost = fit.lost.loc[offer] * 100
    lost = lost[lost > 0.005].sort_values(ascending=False, kind="stable")
    st.markdown(f"**{t('compare.gaps_of', product=short[offer], points=t.number(lost.sum(), 1), count=len(lost))}**")
    rows = []
    for item in lost.index[:most]:
        if assessment.basis(offer, item) is None:
            found = f"{level_chip(None)} {escape(t('basis.not-rated'))}"
        else:
            level, sentence = reached(offer, item)
            found = f"{level_chip(level)} {basis_mark(assessment.basis(offer, item), t)} {escape(sentence)}"
        must = (
            f" <span class='tag'>{escape(t('requirements.must_short'))}</span>" if item in project.must_haves() else ""
        )
        rows.append(
            [
                escape(words.item(item)) + must,
                f"{level_chip(int(fit.asked[item]))} {escape(asked_sentence(item))}",
                found,
                escape(from_plan(offer, item)),
                t.number(lost[item], 1),
            ]
        )
    heads = [
        t("requirements.item"),
        t("compare.asked"),
        t("compare.reached"),
        t("compare.more_from"),
        t("compare.points_lost"),
    ]
    st.html(table(heads, rows, right={4}))


def evidence_section(item: str) -> None:
    """How the level of each offer is known: basis, note, pages that were read."""
    rows = []
    for offer in chosen:
        rating, product = rating_of(offer, item), product_of(offer)
        links = source_links(product, rating.sources, t) if rating else ""
        why = escape(note(rating.note, product.id, language)) if rating else ""
        basis = basis_mark(assessment.basis(offer, item), t, word=True)
        rows.append([escape(short[offer]), level_cell(offer, item, int(fit.asked[item])), basis, why, links])
    st.markdown(f"**{words.item(item)}**" if item not in words.own else "")
    st.caption(asked_sentence(item))
    heads = [
        t("shortlist.product"),
        t("compare.level"),
        t("compare.basis"),
        t("requirements.note"),
        t("compare.sources"),
    ]
    st.html(table(heads, rows))


def costs_section() -> None:
    """Cost lines side by side, each with its range and where it comes from."""
    lines = assessment.cost.present_values
    lines = lines[lines["offer"].isin(chosen)]
    rows = []
    for line in [one for one in assessment.cost.by_line.columns if (lines["line"].to_numpy(object) == one).any()]:
        rows.append([escape(t(f"cost.{line}")), *(cost_cell(lines, offer, line) for offer in chosen)])
    totals = assessment.cost.totals.loc[chosen]
    ends = [
        f"<b>{words.money(row['likely'])}</b><br>{small(f'{words.money(row.low)} – {words.money(row.high)}')}"
        for _, row in totals.iterrows()
    ]
    rows.append([f"<b>{escape(t('cost.total'))}</b>", *ends])
    for name, amounts in (("first_year", assessment.cost.first_year), ("each_year", assessment.cost.yearly)):
        rows.append([escape(t(f"compare.{name}")), *(words.money(amounts[offer]) for offer in chosen)])
    st.html(table(["", *short.values()], rows, right=range(1, 1 + len(chosen))))
    st.caption(
        t(
            "compare.cost_note",
            years=project.context.years,
            rate=t.percent(project.context.discount_rate, 1),
            currency=project.context.currency,
            date=t.date(assessment.edition.rates.date),
        )
    )


def cost_cell(lines: pd.DataFrame, offer: str, line: str) -> str:
    own = lines[(lines["offer"].to_numpy(object) == offer) & (lines["line"].to_numpy(object) == line)]
    if own.empty:
        return "–"
    origins = " ".join(words.origin(one.origin, one.line, one.detail) for one in own.itertuples())
    ends = small(f"{words.money(own['low'].sum())} – {words.money(own['high'].sum())}")
    return f"{words.money(own['likely'].sum())}<br>{ends}<br>{small(escape(origins))}"


def how_many() -> int:
    most = max(len(apart), 6)
    return st.slider(t("compare.how_many"), 5, most, min(15, most), key="compare_count")


def on_paper() -> None:
    """Every section below the other, short enough to print."""
    for name, show in (
        ("domains", domains_section),
        ("items", lambda: items_section(PRINTED)),
        ("gaps", lambda: [gaps_section(offer, PRINTED) for offer in chosen]),
        ("evidence", lambda: [evidence_section(item) for item in apart[:MOST]]),
        ("costs", costs_section),
    ):
        st.subheader(t(f"compare.{name}"), anchor=False)
        show()


st.html(facts())
if st.toggle(t("compare.print"), key="compare_print", help=t("compare.print_help")):
    on_paper()
    st.stop()
# what is not on the screen is not computed: the open tab alone runs
sections = ("domains", "items", "gaps", "evidence", "costs")
tabs = dict(
    zip(
        sections, st.tabs([t(f"compare.{one}") for one in sections], key="compare_tabs", on_change="rerun"), strict=True
    )
)
if tabs["domains"].open:
    with tabs["domains"]:
        domains_section()
if tabs["items"].open:
    with tabs["items"]:
        items_section(how_many())
if tabs["gaps"].open:
    with tabs["gaps"]:
        lacking = st.segmented_control(
            t("shortlist.product"), chosen, default=chosen[0], key="compare_gaps", required=True, format_func=short.get
        )
        gaps_section(lacking if lacking in short else chosen[0], how_many())
if tabs["evidence"].open:
    with tabs["evidence"]:
        order = [*apart, *(item for item in fit.asked.index if item not in set(apart))]
        evidence_section(st.selectbox(t("requirements.item"), order, key="compare_item", format_func=words.item))
if tabs["costs"].open:
    with tabs["costs"]:
        costs_section()
