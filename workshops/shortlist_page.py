"""Shortlist: from all products to the few that deserve a demonstration, with the reasons."""

import dataclasses
from html import escape

import streamlit as st

from interface.marks import interval, verdict_mark
from interface.page_widgets import current_palette, header, page_texts, show_chart, show_problems
from scoring.charts import cost_fit
from scoring.fit import NothingAskedError
from scoring.gates import GATES
from workshops.model import POLICIES, ProjectError
from workshops.reasons import confirmations, exclusions, strengths_and_gaps
from workshops.session_widgets import assessment_of, database, person, require_project
from workshops.store.projects import save_context, save_settings
from workshops.words import Words

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


def save_filter(field: str, key: str) -> None:
    attempt(
        lambda: save_context(
            database(), who, project.id, dataclasses.replace(context, **{field: st.session_state[key] or None})
        )
    )


def save_setting(field: str, key: str, times: float = 1.0) -> None:
    value = st.session_state[key]
    attempt(
        lambda: save_settings(
            database(),
            who,
            project.id,
            dataclasses.replace(settings, **{field: value * times if times != 1.0 else value}),
        )
    )


def filters() -> None:
    """Budget and ergonomics act at once; the constants of the shortlist are one click away."""
    first, second, third = st.columns([2, 2, 1], vertical_alignment="bottom")
    key = f"shortlist_budget_{project.id}"
    first.number_input(
        t("shortlist.budget", currency=context.currency),
        min_value=0.0,
        value=context.budget,
        step=10_000.0,
        format="%.0f",
        key=key,
        placeholder=t("context.no_budget"),
        disabled=locked,
        on_change=save_filter,
        args=("budget", key),
    )
    key = f"shortlist_ergonomics_{project.id}"
    second.number_input(
        t("context.ergonomics"),
        min_value=0.0,
        max_value=100.0,
        value=context.ergonomics,
        step=5.0,
        format="%.0f",
        key=key,
        placeholder=t("context.no_threshold"),
        disabled=locked,
        on_change=save_filter,
        args=("ergonomics", key),
    )
    with third.popover(t("shortlist.settings"), icon=":material/settings:", width="stretch", key="shortlist_settings"):
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


def funnel() -> str:
    """The number of products left after each gate, with the names that drop out."""
    cells = []
    for step, left, lost in result.funnel:
        names = t.list([assessment.product_name(one) for one in lost])
        out = f'<span class="out" title="{escape(names)}">{escape(t("funnel.lost", names=names)) if lost else "&nbsp;"}</span>'
        cells.append(f"<div>{escape(t(f'funnel.{step}'))}<b>{len(left)}</b>{out}</div>")
    cells.append(
        f'<div class="last">{escape(t("funnel.listed"))}<b>{len(result.listed)}</b><span class="out">'
        f"{escape(t.list([assessment.product_name(one) for one in result.listed['product']]))}</span></div>"
    )
    return f'<div class="funnel" role="list">{"".join(cells)}</div>'


def ranking(rows) -> str:
    """One line an offer: fit with its ends, what is documented, cost, ergonomics, chance of the top, verdict."""
    heads = [
        "",
        t("shortlist.offer"),
        t("shortlist.fit"),
        "",
        t("shortlist.documented"),
        t("shortlist.cost"),
        t("shortlist.ergonomics"),
        t("shortlist.top", top=3),
        t("shortlist.verdict"),
    ]
    right = {2, 4, 5, 6, 7}
    lines = [
        "<tr>"
        + "".join(
            f'<th class="{"r" if place in right else ""}">{escape(head)}</th>' for place, head in enumerate(heads)
        )
        + "</tr>"
    ]
    verdicts = assessment.gates.verdict_of(assessment.offers.table.index)
    order = {verdict: place for place, verdict in enumerate(("pass", "likely pass", "likely fail", "fail"))}
    for place, (offer, row) in enumerate(rows.iterrows(), start=1):
        title = t(
            "shortlist.fit_words",
            fit=words.score(row["fit"]),
            low=words.score(row["low"]),
            high=words.score(row["high"]),
        )
        worst = max((verdicts.loc[offer, gate] for gate in GATES), key=order.get)
        cost = f'{words.money(row["cost"])}<br><span class="muted small">{words.money(row["cost_low"])} – {words.money(row["cost_high"])}</span>'
        chance = t.percent(row["probability"]) if row["gates_passed"] else "–"
        cells = [
            str(place) if row["listed"] else "",
            f"<b>{escape(assessment.offer_name(str(offer)))}</b>" + add_ons(row["add_ons"], row["product"]),
            f"<b>{words.score(row['fit'])}</b>",
            interval(row["low"], row["fit"], row["high"], title=title),
            t.percent(row["documented"]),
            cost,
            t.number(row["ergonomics"]),
            chance,
            verdict_mark(worst, t),
        ]
        lines.append(
            f'<tr class="{"" if row["listed"] else "off"}">'
            + "".join(f'<td class="{"r" if place in right else ""}">{cell}</td>' for place, cell in enumerate(cells))
            + "</tr>"
        )
    return f'<table class="clean">{"".join(lines)}</table>'


def add_ons(ids: tuple, product_id: str) -> str:
    names = [assessment.edition.products[product_id].add_on(one).name for one in ids]
    return f'<br><span class="muted small">+ {escape(t.list(names))}</span>' if names else ""


def cost_fit_chart() -> None:
    table = result.offers.assign(
        state=[
            "listed" if offer in result.listed.index else "passes" if passed else "excluded"
            for offer, passed in result.offers["gates_passed"].items()
        ],
        offer=[assessment.offer_name(str(offer)) for offer in result.offers.index],
        fit=result.offers["fit"] * 100,
        place=assessment.offers.table["place"],
    ).drop(columns=["add_ons"])
    colours = current_palette()
    chart = cost_fit(
        table,
        cost_title=t("chart.cost", years=context.years, currency=context.currency),
        fit_title=t("chart.fit"),
        budget=context.budget,
        budget_label=t("chart.budget"),
        accent=colours.accent,
        muted=colours.muted,
        bad=colours.bad,
        title=t("chart.cost_fit"),
    )
    show_chart(chart, t("chart.cost_fit_alt", count=len(table)), key="shortlist_chart")


def explain(offer: str) -> None:
    """Why this product, or why not."""
    row = result.rows.loc[offer]
    for key, values in exclusions(assessment, offer):
        st.markdown(f"- {escape(words.reason(key, values))}")
    if row["reason"] == "behind":
        st.markdown(
            f"- {t('reason.behind', chance=t.percent(row['probability']), bar=t.percent(settings.probability))}"
        )
    for key, values in confirmations(assessment, offer):
        st.markdown(f"- {t('reason.to_confirm')} {escape(words.reason(key, values))}")
    ahead, lost = strengths_and_gaps(assessment, offer)
    left, right = st.columns(2)
    for column, title, points in ((left, t("shortlist.strengths"), ahead), (right, t("shortlist.gaps"), lost)):
        column.markdown(f"**{title}**")
        column.html(
            "<table class='clean'>"
            + "".join(
                f"<tr><td>{escape(words.item(item))}</td><td class='r'>{t.number(value, 1)}</td></tr>"
                for item, value in points.items()
            )
            + "</table>"
            if len(points)
            else f"<p class='muted'>{escape(t('shortlist.none_of_these'))}</p>"
        )


try:
    result = assessment.shortlist
except NothingAskedError:
    header(t("shortlist.title"), t("shortlist.nothing"))
    st.page_link("workshops/requirements_page.py", label=t("page.requirements"), icon=":material/checklist:")
    st.stop()

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
st.html(funnel())
if result.listed.empty:
    st.info(t("shortlist.empty"), icon=":material/info:")
else:
    st.html(ranking(result.listed))
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

left_out, why, chart = st.tabs(
    [t("shortlist.left_out", count=len(result.left_out)), t("shortlist.why"), t("chart.tab")], key="shortlist_tabs"
)
with left_out:
    if result.left_out.empty:
        st.caption(t("shortlist.nobody_left_out"))
    else:
        st.html(ranking(result.left_out))
with why:
    offer = st.selectbox(
        t("shortlist.product"), list(result.rows.index), key="shortlist_offer", format_func=assessment.offer_name
    )
    explain(offer)
with chart:
    cost_fit_chart()
