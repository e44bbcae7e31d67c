"""Shortlist: from all products to the few that deserve a demonstration, with the reasons."""

import dataclasses
from html import escape

import streamlit as st

from interface.marks import interval
from interface.page_widgets import current_palette, header, page_texts, plain, show_chart, show_problems
from scoring.charts import cost_fit
from scoring.fit import NothingAskedError
from vendors.model import DEPLOYMENTS, REGIONS
from workshops.changes import way_in
from workshops.choose.cost_widgets import cost_editor
from workshops.choose.offer_widgets import TOP, OfferTables, table
from workshops.decisive import unknowns
from workshops.model import COMPANY_SIZES, INTERFACE_LANGUAGES, POLICIES, ProjectError
from workshops.reasons import confirmations, exclusions, strengths_and_gaps
from workshops.session_widgets import assessment_of, database, person, require_project
from workshops.store.projects import save_context, save_settings
from workshops.words import Words

CHECKED_FIRST = 15

t = page_texts("workshops")
project = require_project()
who = person()
locked = not who.may("edit-project")
assessment = assessment_of(project)
words = Words(assessment, t)
context, settings = project.context, project.settings


def attempt(write) -> None:
    try:
        write()
    except ProjectError as error:
        st.session_state["shortlist_problems"] = error.problems


def save_filter(field: str, key: str, convert=lambda value: value or None) -> None:
    changed = dataclasses.replace(context, **{field: convert(st.session_state[key])})
    attempt(lambda: save_context(database(), who, project.id, changed))


def save_setting(field: str, key: str, times: float = 1.0) -> None:
    value = st.session_state[key]
    changed = dataclasses.replace(settings, **{field: value * times if times != 1.0 else value})
    attempt(lambda: save_settings(database(), who, project.id, changed))


def filters() -> None:
    """Budget, ergonomics and context act at once; the constants of the shortlist are one click away."""
    first, second, third, fourth = st.columns([5, 5, 3, 3], vertical_alignment="bottom")
    for column, field, label, most, step, hint in (
        (first, "budget", t("shortlist.budget", currency=context.currency), None, 10_000.0, t("context.no_budget")),
        (second, "ergonomics", t("context.ergonomics"), 100.0, 5.0, t("context.no_threshold")),
    ):
        key = f"shortlist_{field}_{project.id}"
        column.number_input(
            label,
            min_value=0.0,
            max_value=most,
            value=getattr(context, field),
            step=step,
            format="%.0f",
            key=key,
            placeholder=hint,
            disabled=locked,
            on_change=save_filter,
            args=(field, key),
        )
    with third.popover(t("shortlist.context"), icon=":material/tune:", width="stretch", key="shortlist_context"):
        context_filters()
    with fourth.popover(t("shortlist.settings"), icon=":material/settings:", width="stretch", key="shortlist_settings"):
        constants()


def context_filters() -> None:
    for field, options, label in (
        ("deployment", DEPLOYMENTS, lambda one: t(f"deployment.{one}")),
        ("hosting_regions", REGIONS, lambda one: t(f"region.{one}")),
        ("languages", INTERFACE_LANGUAGES, t.language_name),
    ):
        key = f"shortlist_{field}_{project.id}"
        st.multiselect(
            t(f"context.{field}"),
            options,
            default=list(getattr(context, field)),
            key=key,
            format_func=label,
            disabled=locked,
            placeholder=t("context.no_condition"),
            on_change=save_filter,
            args=(field, key, tuple),
        )
    key, sizes = f"shortlist_company_size_{project.id}", ["", *COMPANY_SIZES]
    st.selectbox(
        t("context.company_size"),
        sizes,
        index=sizes.index(context.company_size),
        key=key,
        format_func=lambda one: t(f"company_size.{one}") if one else t("context.not_said"),
        disabled=locked,
        on_change=save_filter,
        args=("company_size", key, str),
    )
    for (gate, condition), price in assessment.condition_prices.iterrows():
        if gate == "context" and price["points"] > 0.0005:
            points = t("shortlist.gate_price", points=t.number(price["points"] * 100, 1))
            st.caption(f"{t(f'fact.{condition}')}: {points}")


def constants() -> None:
    for field, options in (("policy", list(POLICIES)), ("order_by", ["central", "cautious"])):
        key = f"shortlist_{field}_{project.id}"
        st.selectbox(
            t(f"shortlist.{field}"),
            options,
            index=options.index(getattr(settings, field)),
            key=key,
            disabled=locked,
            format_func=lambda one, field=field: t(f"shortlist.{field}_{one}"),
            on_change=save_setting,
            args=(field, key),
        )
    for field in ("at_least", "at_most"):
        key = f"shortlist_{field}_{project.id}"
        st.number_input(
            t(f"shortlist.{field}"),
            min_value=1,
            max_value=20,
            value=getattr(settings, field),
            key=key,
            disabled=locked,
            on_change=save_setting,
            args=(field, key),
        )
    key = f"shortlist_probability_{project.id}"
    st.slider(
        t("shortlist.probability"),
        0,
        100,
        round(settings.probability * 100),
        5,
        format="%d %%",
        key=key,
        disabled=locked,
        on_change=save_setting,
        args=("probability", key, 0.01),
    )


def cost_fit_chart() -> None:
    listed, edge = set(result.listed.index), set(assessment.frontier)
    offers = result.offers.assign(
        state=[
            "listed" if offer in listed else "passes" if passed else "excluded"
            for offer, passed in result.offers["gates_passed"].items()
        ],
        frontier=[offer in edge for offer in result.offers.index],
        product=[assessment.product_name(one) for one in result.offers["product"]],
        offer=[assessment.offer_name(str(offer)) for offer in result.offers.index],
        fit=result.offers["fit"] * 100,
        place=assessment.offers.table["place"],
    )[["product", "plan", "offer", "cost", "fit", "state", "place", "frontier"]]
    # what costs far more than anybody would pay would press the rest into a corner
    most = max(2 * (context.budget or 0.0), 1.5 * float(result.listed["cost"].max()) if listed else 0.0)
    shown = offers[offers["cost"] <= most] if most else offers
    colours = current_palette()
    title, subtitle = frontier_finding()
    chart = cost_fit(
        shown,
        cost_title=t("chart.cost", years=context.years, currency=context.currency),
        fit_title=t("chart.fit"),
        budget=context.budget,
        budget_label=t("chart.budget"),
        accent=colours.accent,
        muted=colours.muted,
        bad=colours.bad,
        title=title,
        subtitle=subtitle,
    )
    show_chart(chart, t("chart.cost_fit_alt", count=len(shown)), key="shortlist_chart")
    if len(shown) < len(offers):
        st.caption(t("chart.dearer", count=len(offers) - len(shown), most=words.money(most)))
    rows = assessment.table.loc[assessment.frontier]
    st.html(
        table(
            [t("chart.frontier"), t("shortlist.fit"), t("shortlist.cost")],
            [
                [escape(assessment.offer_name(str(one))), words.score(row["fit"]), tables.cost(str(one), row)]
                for one, row in rows.iterrows()
            ],
            right={1, 2},
        )
    )


def frontier_finding() -> tuple[str, str]:
    """What the cheapest and the dearest step of the frontier buy, as the chart's title."""
    edge = assessment.table.loc[assessment.frontier]
    if len(edge) < 2:
        return t("chart.cost_fit"), t("chart.cost_fit_how")
    first, last = edge.iloc[0], edge.iloc[-1]
    return (
        t(
            "chart.cost_fit_found",
            first=words.money(first["cost"]),
            first_fit=words.score(first["fit"]),
            last=words.money(last["cost"]),
            last_fit=words.score(last["fit"]),
        ),
        t("chart.cost_fit_how"),
    )


def explain(offer: str) -> None:
    """Why this product, or why not, and what would bring it in."""
    row = result.rows.loc[offer]
    said = [words.reason(key, values) for key, values in exclusions(assessment, offer)]
    if row["listed"]:
        said.insert(0, t("reason.listed", chance=words.share(row["probability"]), top=TOP))
    if row["reason"] == "behind":
        bar = t.percent(settings.probability)
        said.append(t("reason.behind", chance=words.share(row["probability"]), bar=bar))
    for key, values in confirmations(assessment, offer):
        said.append(f"{t('reason.to_confirm')} {words.reason(key, values)}")
    st.markdown("\n".join(f"- {plain(one)}" for one in said))
    if not row["listed"]:
        st.info(plain(words.way_in(way_in(assessment, row["product"]))), icon=":material/login:")
    points_table(offer)


def points_table(offer: str) -> None:
    """What sets an offer apart and what it lacks, in points of fit."""
    ahead, lost = strengths_and_gaps(assessment, offer)
    left, right = st.columns(2, gap="large")
    for column, title, points in ((left, t("shortlist.strengths"), ahead), (right, t("shortlist.gaps"), lost)):
        column.markdown(f"**{title}**")
        if points.empty:
            column.html(f"<p class='muted'>{escape(t('shortlist.none_of_these'))}</p>")
            continue
        most = float(points.max())
        rows = [
            [
                escape(words.item(item)),
                interval(0, value, value, most=most, title=t.number(value, 1)),
                t.number(value, 1),
            ]
            for item, value in points.items()
        ]
        column.html(table(["", "", ""], rows, right={2}))


def options_table() -> None:
    """Add-ons that nobody needs for a must-have: more fit against more money."""
    st.caption(t("costs.options_help", years=context.years))
    found = assessment.options
    found = found[found["offer"].isin(result.rows.index)]
    if found.empty:
        st.html(f"<p class='muted'>{escape(t('costs.options_none'))}</p>")
        return
    rows = [
        [
            escape(assessment.offer_name(row.offer)),
            escape(assessment.edition.products[row.offer.partition("/")[0]].add_on(row.add_on).name),
            f"+{t.number(row.points * 100, 1)}",
            f"+{words.money(row.cost)}",
        ]
        for row in found.itertuples()
    ]
    heads = [t("shortlist.offer"), t("costs.option"), t("costs.points"), t("costs.more")]
    st.html(table(heads, rows, right={2, 3}))


try:
    result = assessment.shortlist
except NothingAskedError:
    header(t("shortlist.title"), t("shortlist.nothing"))
    st.page_link("workshops/rooms/requirements_page.py", label=t("page.requirements"), icon=":material/checklist:")
    st.stop()

tables = OfferTables(assessment, words)
passing = int(result.rows["gates_passed"].sum())
header(
    t("shortlist.title"),
    t(
        "shortlist.state",
        asked=len(assessment.fit.asked),
        passing=t("shortlist.passing", count=passing),
        edition=project.edition_id,
    ),
)
show_problems(st.session_state.pop("shortlist_problems", []), t)
filters()
st.html(tables.funnel())
if result.listed.empty:
    st.info(t("shortlist.empty"), icon=":material/info:")
else:
    st.html(tables.ranking(result.listed))
    st.caption(
        t(
            "shortlist.constants",
            probability=t.percent(settings.probability),
            least=settings.at_least,
            most=settings.at_most,
            policy=t(f"shortlist.policy_{settings.policy}"),
            samples=t.number(len(assessment.robustness.weights)),
        )
    )

# what is not on the screen is not computed: the open tab alone runs
names = ("why", "left_out", "chart", "costs", "options", "check")
tabs = dict(
    zip(
        names,
        st.tabs([t(f"shortlist.tab.{one}") for one in names], key="shortlist_tabs", on_change="rerun"),
        strict=True,
    )
)
if tabs["left_out"].open:
    with tabs["left_out"]:
        if result.left_out.empty:
            st.caption(t("shortlist.nobody_left_out"))
        else:
            with st.spinner(t("shortlist.looking"), show_time=False):
                st.html(tables.left_out(result.left_out))
if tabs["why"].open:
    with tabs["why"]:
        offer = st.selectbox(
            t("shortlist.product"), list(result.rows.index), key="shortlist_offer", format_func=assessment.offer_name
        )
        explain(offer)
if tabs["chart"].open:
    with tabs["chart"]:
        cost_fit_chart()
if tabs["costs"].open:
    with tabs["costs"]:
        cost_editor(assessment, tables, "shortlist", list(result.rows.index), locked=locked)
if tabs["options"].open:
    with tabs["options"]:
        options_table()
if tabs["check"].open:
    with tabs["check"]:
        st.caption(t("check.help"))
        facts = unknowns(assessment)
        if facts.empty:
            st.html(f"<p class='muted'>{escape(t('check.none'))}</p>")
        else:
            st.html(tables.unknowns(facts, CHECKED_FIRST))
