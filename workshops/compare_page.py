"""Compare: two to five offers side by side: domains, items that set them apart, evidence, plans, costs."""

from html import escape

import pandas as pd
import streamlit as st

from interface.marks import basis_mark, level_chip
from interface.page_widgets import current_language, current_palette, header, page_texts, show_chart
from interface.theme import LEVEL_COLOURS
from scoring.charts import domain_heat
from scoring.fit import NothingAskedError
from workshops.session_widgets import assessment_of, require_project
from workshops.words import Words

FEWEST, MOST = 2, 5

t = page_texts("workshops")
language = current_language()
project = require_project()
assessment = assessment_of(project)
words = Words(assessment, t)

try:
    result = assessment.shortlist
except NothingAskedError:
    header(t("compare.title"), t("shortlist.nothing"))
    st.page_link("workshops/requirements_page.py", label=t("page.requirements"), icon=":material/checklist:")
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

fit, offers = assessment.fit, assessment.offers
short = {
    offer: (
        assessment.product_name(offers.products[offer])
        if sum(offers.products[other] == offers.products[offer] for other in chosen) == 1
        else names[offer]
    )
    for offer in chosen
}


def facts() -> str:
    """One column an offer: fit, evidence, cost, ergonomics, gates."""
    table = assessment.table.loc[chosen]
    lines = [
        (
            t("compare.plan"),
            [escape(assessment.edition.products[row["product"]].plan(row["plan"]).name) for _, row in table.iterrows()],
        ),
        (
            t("shortlist.fit"),
            [
                f"<b>{words.score(row['fit'])}</b> <span class='muted small'>{words.score(row['low'])} – {words.score(row['high'])}</span>"
                for _, row in table.iterrows()
            ],
        ),
        (t("shortlist.documented"), [t.percent(row["documented"]) for _, row in table.iterrows()]),
        (
            t("shortlist.cost"),
            [
                f"{words.money(row['cost'])} <span class='muted small'>{words.money(row['cost_low'])} – {words.money(row['cost_high'])}</span>"
                for _, row in table.iterrows()
            ],
        ),
        (
            t("shortlist.ergonomics"),
            [
                f"{t.number(row['ergonomics'])} <span class='muted small'>{t.number(row['ergonomics_low'])} – "
                f"{t.number(row['ergonomics_high'])}</span>"
                for _, row in table.iterrows()
            ],
        ),
    ]
    head = "".join(f"<th>{escape(short[offer])}</th>" for offer in chosen)
    body = "".join(
        f"<tr><td class='muted'>{escape(name)}</td>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
        for name, cells in lines
    )
    return f"<table class='clean'><tr><th></th>{head}</tr>{body}</table>"


def rating_of(offer: str, item: str):
    return assessment.edition.products[offers.products[offer]].ratings.get(item)


def level_cell(offer: str, item: str, asked: int) -> str:
    """The level an offer reaches, how it is known, and from which plan."""
    rating, basis = rating_of(offer, item), assessment.basis(offer, item)
    if basis is None:
        return f"{level_chip(None, t('basis.not-rated'))} {basis_mark(None, t)}"
    level = int(offers.central.at[offer, item])
    sentence = (
        assessment.map.level_text(item, level, language) if level else assessment.map.vocabulary.as_rating[0][language]
    )
    gap = asked - level
    missing = (
        (
            f" <span style='color:var(--gap-{'one' if gap == 1 else 'more'})' title='{escape(t('compare.missing', count=gap))}'>"
            f"{'▼' * min(gap, 2)}</span>"
        )
        if gap > 0
        else ""
    )
    plan = ""
    if (
        rating
        and rating.plan
        and assessment.edition.products[offers.products[offer]].plan_order.get(rating.plan, 0)
        > offers.table.at[offer, "place"]
    ):
        plan = f" <span class='muted small'>{escape(t('compare.from_plan', plan=assessment.edition.products[offers.products[offer]].plan(rating.plan).name))}</span>"
    return f"{level_chip(level, sentence)} {basis_mark(basis, t)}{missing}{plan}"


def item_table(items: list[str]) -> str:
    """The level asked and the level of each offer, with the sentences of the levels on hover."""
    head = (
        f"<tr><th>{escape(t('requirements.item'))}</th><th>{escape(t('compare.asked'))}</th>"
        + "".join(f"<th>{escape(short[offer])}</th>" for offer in chosen)
        + f"<th class='r'>{escape(t('compare.spread'))}</th></tr>"
    )
    rows = []
    for item in items:
        asked = int(fit.asked[item])
        sentence = "" if item in words.own else assessment.map.level_text(item, asked, language)
        must = (
            f" <span class='tag'>{escape(t('requirements.must_short'))}</span>" if item in project.must_haves() else ""
        )
        rows.append(
            f"<tr><td>{escape(words.item(item))}{must}<br><span class='muted small'>{escape(sentence)}</span></td>"
            f"<td>{level_chip(asked, sentence)}</td>"
            + "".join(f"<td>{level_cell(offer, item, asked)}</td>" for offer in chosen)
            + f"<td class='r'>{t.number(spread[item], 1)}</td></tr>"
        )
    return f"<table class='clean'>{head}{''.join(rows)}</table>"


st.html(facts())
contributions = fit.contributions.loc[chosen] * 100
spread = contributions.max() - contributions.min()
apart = [item for item in spread.sort_values(ascending=False, kind="stable").index if spread[item] > 0.005]

domains_tab, items_tab, evidence_tab, cost_tab = st.tabs(
    [t("compare.domains"), t("compare.items", count=len(apart)), t("compare.evidence"), t("compare.costs")],
    key="compare_tabs",
)
with domains_tab:
    domain_fit = fit.domain_fit.loc[chosen] * 100
    table = pd.DataFrame(
        [
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
    )
    widest = (domain_fit.max() - domain_fit.min()).idxmax()
    show_chart(
        domain_heat(
            table,
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
            ink=current_palette().ink,
            tooltip="",
        ),
        t("compare.domain_alt"),
        key="compare_domains",
    )
    with st.expander(t("compare.as_table"), key="compare_domain_table"):
        st.dataframe(
            domain_fit.T.rename(index=words.domain, columns=short).round(0), width="stretch", key="compare_domain_frame"
        )
with items_tab:
    most = (
        st.slider(t("compare.how_many"), 5, max(len(apart), 6), min(15, max(len(apart), 6)), key="compare_count")
        if len(apart) > 5
        else len(apart)
    )
    st.html(item_table(apart[:most]) if apart else f"<p class='muted'>{escape(t('compare.alike'))}</p>")
with evidence_tab:
    item = st.selectbox(t("requirements.item"), list(fit.asked.index), key="compare_item", format_func=words.item)
    for offer in chosen:
        rating = rating_of(offer, item)
        product = assessment.edition.products[offers.products[offer]]
        st.markdown(f"**{escape(short[offer])}**")
        st.html(
            f"{level_cell(offer, item, int(fit.asked[item]))} {basis_mark(assessment.basis(offer, item), t, word=True)}"
            + (f" <span class='muted'>{escape(rating.note)}</span>" if rating and rating.note else "")
        )
        for source in (product.sources[one] for one in (rating.sources if rating else ()) if one in product.sources):
            st.link_button(
                source.title,
                source.url,
                icon=":material/open_in_new:",
                type="tertiary",
                key=f"compare_source_{offer}_{source.id}",
            )
with cost_tab:
    by_line = assessment.cost.by_line.loc[chosen].T
    by_line.loc["total"] = by_line.sum()
    head = "<tr><th></th>" + "".join(f"<th class='r'>{escape(short[offer])}</th>" for offer in chosen) + "</tr>"
    body = "".join(
        f"<tr><td>{escape(t(f'cost.{line}'))}</td>"
        + "".join(
            f"<td class='r'>{'<b>' if line == 'total' else ''}{words.money(row[offer])}{'</b>' if line == 'total' else ''}</td>"
            for offer in chosen
        )
        + "</tr>"
        for line, row in by_line.iterrows()
    )
    st.html(f"<table class='clean'>{head}{body}</table>")
    st.caption(
        t(
            "compare.cost_note",
            years=project.context.years,
            rate=t.percent(project.context.discount_rate, 1),
            currency=project.context.currency,
            date=t.date(assessment.edition.rates.date),
        )
    )
