"""Products: what a product is, for whom, its plans and prices, and every rating with how it is known."""

from html import escape

import streamlit as st

from functional_map.load import load_map
from functional_map.model import Item, folded
from interface.marks import NOT_RATED, basis_mark, basis_words, interval, level_chip
from interface.page_widgets import current_language, header, page_texts, plain
from vendors.edition_widgets import current_edition, source_links
from vendors.market import domain_profile
from vendors.model import BASES, FACTS, Price, Product, Rating
from vendors.notes import note, quota_name

t = page_texts("vendors")
language = current_language()
edition = current_edition()
functional_map = load_map(edition.map_year)


def matches(product: Product, words: str) -> bool:
    """Whether a search finds the product: by its name, a former name, its publisher."""
    return any(
        folded(words) in folded(name) for name in (product.id, product.name, product.publisher, *product.aliases)
    )


def in_words(text: str, product: Product) -> str:
    """What a product's file says, in the visitor's language."""
    return note(text, product.id, language)


def price_words(price: Price) -> str:
    """A price as people read it, with how it is known."""
    if price.unit == "free":
        return t("price.free")
    unit = t(f"price.unit.{price.unit}")
    if price.on_quote:
        return t(
            "price.on_quote",
            low=t.number(price.low, 0),
            high=t.number(price.high, 0),
            currency=price.currency,
            unit=unit,
        )
    words = t(
        "price.amount",
        amount=t.number(price.likely, 0 if price.likely == int(price.likely) else 2),
        currency=price.currency,
        unit=unit,
    )
    if price.minimum_seats:
        words += ", " + t("price.minimum", count=price.minimum_seats)
    return words


def profile(product: Product) -> str:
    """Facts with how each is known."""
    lines = [
        (t("product.publisher"), f"{escape(product.publisher)}, {escape(t.country_name(product.country))}"),
        (t("product.licence"), escape(in_words(product.licence, product))),
    ]
    naming = {
        "interface_languages": t.language_name,
        "integrators": t.country_name,
        "sectors": lambda one: in_words(one, product),
    }
    for name in FACTS:
        fact = getattr(product, name)
        if fact is None:
            lines.append(
                (
                    t(f"product.{name}"),
                    f"{basis_mark(None, t)} <span class='muted'>{escape(t('product.unknown'))}</span>",
                )
            )
            continue
        known = naming.get(name, lambda one, name=name: t(f"{name}.{one}") if t.has(f"{name}.{one}") else one)
        values = t.list([known(one) for one in fact.values])
        why = "<br>".join(filter(None, [escape(in_words(fact.note, product)), source_links(product, fact.sources, t)]))
        lines.append(
            (
                t(f"product.{name}"),
                f"{escape(values)} {basis_mark(fact.basis, t)}"
                + (f"<div class='muted small'>{why}</div>" if why else ""),
            )
        )
    if product.aliases:
        lines.append((t("product.aliases"), escape(t.list(list(product.aliases)))))
    return (
        "<table class='clean'>"
        + "".join(f"<tr><td class='muted'>{escape(name)}</td><td>{value}</td></tr>" for name, value in lines)
        + "</table>"
    )


def plans(product: Product) -> str:
    head = "".join(f"<th>{escape(t(f'plan.{name}'))}</th>" for name in ("name", "price", "known", "quotas"))
    rows = []
    for entry, price, quotas, remark in (
        [(plan.name, plan.price, plan.quotas, plan.note) for plan in product.plans]
        + [(t("plan.flat_fee", plan=plan.name), plan.flat_fee, {}, "") for plan in product.plans if plan.flat_fee]
        + [(t("plan.add_on", name=one.name), one.price, {}, one.note) for one in product.add_ons]
    ):
        limits = [
            t("plan.quota", name=in_words(quota_name(name), product), value=in_words(value, product))
            for name, value in quotas.items()
        ]
        remarks = [in_words(one, product) for one in (remark, price.note) if one]
        details = "<br>".join(
            filter(
                None,
                [
                    escape("; ".join([*limits, *remarks])),
                    source_links(product, [price.source] if price.source else [], t),
                ],
            )
        )
        known = basis_mark(price.basis, t, word=True)
        if price.dated:
            known += f"<br><span class='muted small whole'>{escape(t('plan.dated', date=t.date(price.dated)))}</span>"
        rows.append(
            f"<tr><td><b>{escape(entry)}</b></td><td>{escape(price_words(price))}</td><td>{known}</td>"
            f"<td class='muted small'>{details}</td></tr>"
        )
    return f"<table class='clean'><tr>{head}</tr>{''.join(rows)}</table>"


def domains(product: Product) -> str:
    """Mean level by domain against the market, strongest first."""
    table = domain_profile(edition, functional_map, product.id)
    table = table.assign(ahead=table["central"] - table["market"]).sort_values("ahead", ascending=False)
    head = "".join(
        f"<th class='{kind}'>{escape(t(f'domains.{name}'))}</th>"
        for name, kind in (
            ("domain", ""),
            ("level", "r"),
            ("interval", ""),
            ("market", "r"),
            ("ahead", "r"),
            ("rated", "r"),
        )
    )
    rows = []
    for domain, row in table.iterrows():
        label = functional_map.domain(str(domain)).label[language]
        title = t(
            "domains.words",
            central=t.number(row["central"], 1),
            low=t.number(row["low"], 1),
            high=t.number(row["high"], 1),
        )
        sign = "+" if row["ahead"] >= 0.05 else ""
        rows.append(
            f"<tr><td>{escape(label)}</td><td class='r'><b>{t.number(row['central'], 1)}</b></td>"
            f"<td style='width:32%'>{interval(row['low'], row['central'], row['high'], most=4, title=title)}</td>"
            f"<td class='r'>{t.number(row['market'], 1)}</td><td class='r'>{sign}{t.number(row['ahead'], 1)}</td>"
            f"<td class='r muted'>{int(row['rated'])}/{int(row['items'])}</td></tr>"
        )
    return f"<table class='clean'><tr>{head}</tr>{''.join(rows)}</table>"


def basis_of(rating: Rating | None) -> str:
    return rating.basis if rating else NOT_RATED


def ratings_by_domain(product: Product, domain: str | None, basis: str | None) -> str:
    """Every rating, or those of a domain or known in one way: what it says, from which plan, why, and where it was read."""
    heads = "".join(f"<th>{escape(t(f'rating.{name}'))}</th>" for name in ("item", "level", "basis", "plan", "proof"))
    parts = []
    for one in functional_map.domains:
        rows = [
            rating_row(item, product)
            for item in one.items
            if domain in (None, one.id) and basis in (None, basis_of(product.ratings.get(item.id)))
        ]
        if rows:
            parts.append(f"<tr><td class='part' colspan='5'>{escape(one.label[language])}</td></tr>{''.join(rows)}")
    if not parts:
        return f"<p class='muted'>{escape(t('rating.nothing'))}</p>"
    alt = escape(t("rating.alt", product=product.name))
    return f"<div class='scroll'><table class='clean wide' aria-label='{alt}'><tr>{heads}</tr>{''.join(parts)}</table></div>"


def rating_row(item: Item, product: Product) -> str:
    rating = product.ratings.get(item.id)
    name = escape(item.label[language])
    if rating is None:
        return f"<tr><td>{name}</td><td>{level_chip(None)}</td><td>{basis_mark(None, t, word=True)}</td><td></td><td></td></tr>"
    sentence = functional_map.vocabulary.as_rating[0] if rating.rating == 0 else item.levels[rating.rating]
    known = basis_mark(rating.basis, t, word=True)
    if rating.confidence:
        known += f"<br><span class='muted small whole'>{escape(t('rating.confidence', level=t(f'confidence.{rating.confidence}')))}</span>"
    reasons = [escape(in_words(rating.note, product))] if rating.note else []
    if rating.searched:
        reasons.append(escape(t("rating.searched", words=t.list(list(rating.searched)))))
    if rating.by:
        reasons.append(escape(f"{rating.by}, {t.date(rating.on)}" if rating.on else rating.by))
    if links := source_links(product, rating.sources, t):
        reasons.append(links)
    return (
        f"<tr><td>{name}<br><span class='muted small'>{escape(sentence[language])}</span></td>"
        f"<td>{level_chip(rating.rating)}</td><td>{known}</td><td>{plan_cell(product, rating)}</td>"
        f"<td class='small'>{'<br>'.join(reasons)}</td></tr>"
    )


def plan_cell(product: Product, rating: Rating) -> str:
    """From which plan or with which add-on the level is there, and what remains without."""
    names = [product.plan(rating.plan).name] if rating.plan else []
    if rating.add_on:
        names.append("+ " + product.add_on(rating.add_on).name)
    if not names:
        return ""
    rest = escape(t("rating.without", level=rating.without))
    return f"{escape(' '.join(names))}<br><span class='muted small'>{rest}</span>"


def about_section(product: Product) -> None:
    """What it is, its plans and what it takes to put it to work."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.html(profile(product))
        if product.website.startswith("https://"):
            st.link_button(
                t("product.website"),
                product.website,
                icon=":material/open_in_new:",
                type="tertiary",
                key="products_website",
            )
    with right:
        st.html(plans(product))
        if product.implementation:
            st.caption(
                t(
                    "product.effort",
                    reason=in_words(product.implementation.reason, product),
                    **{
                        size: f"{t.number(effort.low)}–{t.number(effort.high)}"
                        for size, effort in product.implementation.days.items()
                    },
                )
            )
        if product.notes:
            st.caption(plain(in_words(product.notes, product)))


def domains_section(product: Product) -> None:
    """Strong and weak domains against the market."""
    st.html(domains(product))
    st.caption(t("domains.help"))


def ergonomics_section(product: Product) -> None:
    """The score, with each criterion and its reason."""
    low, central, high = product.ergonomics_interval
    st.markdown(
        t(
            "ergonomics.score",
            score=t.number(central) if central == central else "?",
            low=t.number(low),
            high=t.number(high),
        )
    )
    st.html(
        "<table class='clean'>"
        + "".join(
            f"<tr><td>{escape(t(f'criterion.{name}'))}</td><td class='r'><b>{t.number(one.score)}</b></td>"
            f"<td style='width:26%'>{interval(one.interval[0], one.score, one.interval[1], most=100, title=t.number(one.score))}</td>"
            f"<td>{basis_mark(one.basis, t, word=True)}</td><td class='muted small'>{escape(in_words(one.reason, product))}</td></tr>"
            for name, one in product.ergonomics.items()
        )
        + "</table>"
    )


def ratings_section(product: Product) -> None:
    """Every rating, to be narrowed by domain and by how it is known."""
    first, second = st.columns([3, 2])
    domain = first.selectbox(
        t("domains.domain"),
        [one.id for one in functional_map.domains],
        index=None,
        key="products_domain",
        placeholder=t("all"),
        format_func=lambda one: functional_map.domain(one).label[language],
    )
    basis = second.selectbox(
        t("rating.basis"),
        [*BASES, NOT_RATED],
        index=None,
        key="products_basis",
        placeholder=t("all"),
        format_func=lambda one: basis_words(one, t),
    )
    st.html(ratings_by_domain(product, domain, basis))


header(t("product.title"), t("product.state", count=len(edition.products), edition=edition.title[language]))
if not edition.products:
    st.info(t("product.none"), icon=":material/inventory_2:")
    st.stop()
search_side, choice_side = st.columns([2, 3])
searched = search_side.text_input(t("product.search"), key="products_search", placeholder=t("product.search_hint"))
found = [
    one.id
    for one in sorted(edition.products.values(), key=lambda one: folded(one.name))
    if matches(one, searched or "")
]
if not found:
    st.info(t("product.nothing"), icon=":material/search_off:")
    st.stop()
wanted = st.query_params.get("product")
if st.session_state.get("products_product") not in found:
    st.session_state["products_product"] = wanted if wanted in found else found[0]
product = edition.products[
    choice_side.selectbox(
        t("product.choose"), found, key="products_product", format_func=lambda one: edition.products[one].name
    )
]

st.subheader(product.name, anchor=False)
st.markdown(plain(product.summary[language]) + " " + plain(product.for_whom[language]))
counts = product.rests_on
evidence = t.list(
    [f"{t(f'basis.{basis}')} {counts[basis]}" for basis in BASES if basis in counts]
    + [f"{t('basis.not-rated')} {len(product.not_rated)}"]
)
st.caption(t("product.rests_on", counts=evidence, share=t.percent(len(product.ratings) / len(functional_map.items))))

sections = {
    "about": about_section,
    "domains": domains_section,
    "ergonomics": ergonomics_section,
    "ratings": ratings_section,
}
tabs = st.tabs([t(f"product.tab.{one}") for one in sections], key="products_tabs", on_change="rerun")
for tab, section in zip(tabs, sections.values(), strict=True):
    if tab.open:
        with tab:
            section(product)
