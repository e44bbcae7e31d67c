"""Charts from result tables. Words and colours are given, so that one chart serves every language and theme."""

from __future__ import annotations

import altair as alt
import pandas as pd

STATES = ("listed", "passes", "excluded")


def cost_fit(
    table: pd.DataFrame,
    *,
    cost_title: str,
    fit_title: str,
    budget: float | None,
    budget_label: str,
    accent: str,
    muted: str,
    bad: str,
    title: str,
    subtitle: str = "",
    number_format: str = ",.0f",
) -> alt.TopLevelMixin:
    """Fit against cost: a point is a product under a plan, a line joins the plans of a product, a rule is the budget.

    table  DataFrame: product (name), plan (name), offer (label), cost, fit (0 to 100), state (one of STATES), place (of
           the plan), frontier (True where no other offer is better and cheaper)
    """
    x = alt.X(
        "cost:Q",
        title=cost_title,
        axis=alt.Axis(format=number_format, tickCount=6),
        scale=alt.Scale(zero=False, nice=True),
    )
    y = alt.Y("fit:Q", title=fit_title, scale=alt.Scale(zero=False, nice=True))
    base = alt.Chart(table)
    upgrades = base.mark_line(strokeWidth=1, color=muted, opacity=0.45).encode(
        x=x, y=y, detail="product:N", order="place:Q"
    )
    edge = (
        base.transform_filter("datum.frontier")
        .mark_line(strokeWidth=2.5, color=accent, opacity=0.35, interpolate="step-after")
        .encode(x=x, y=y, order="cost:Q")
    )

    def by_state(channel: type, values: list) -> object:
        return channel("state:N", scale=alt.Scale(domain=list(STATES), range=values), legend=None)

    points = base.mark_point(size=90, filled=True).encode(
        x=x,
        y=y,
        color=by_state(alt.Color, [accent, accent, muted]),
        opacity=by_state(alt.Opacity, [1.0, 0.55, 0.3]),
        shape=by_state(alt.Shape, ["circle", "circle", "cross"]),
        tooltip=[
            alt.Tooltip("offer:N", title=""),
            alt.Tooltip("cost:Q", title=cost_title, format=number_format),
            alt.Tooltip("fit:Q", title=fit_title, format=".0f"),
        ],
    )
    labels = (
        alt.Chart(_label_places(table[table["state"] == "listed"]))
        .mark_text(align="left", dx=9, fontWeight=600)
        .encode(x=x, y=alt.Y("label_fit:Q"), text="offer:N")
    )
    layers = [upgrades, edge, points, labels]
    if budget is not None:
        rule = alt.Chart(pd.DataFrame({"cost": [budget], "label": [budget_label]}))
        layers.append(rule.mark_rule(strokeDash=[3, 3], color=bad).encode(x="cost:Q"))
        layers.append(
            rule.mark_text(align="right", dx=-5, baseline="top", color=bad).encode(
                x="cost:Q", y=alt.value(4), text="label:N"
            )
        )
    heading = alt.TitleParams(title, subtitle=subtitle) if subtitle else title
    return alt.layer(*layers).properties(height=360, title=heading)


def _label_places(points: pd.DataFrame, gap: float = 3.2) -> pd.DataFrame:
    """Where the names stand: beside their point, and far enough below each other to be read."""
    ordered = points.sort_values("fit", ascending=False)
    places: list[float] = []
    for fit in ordered["fit"]:
        places.append(min(fit + 1.0, places[-1] - gap) if places else fit + 1.0)
    return ordered.assign(label_fit=places)


def rank_shares(
    table: pd.DataFrame,
    *,
    offers: list[str],
    ranks: list[str],
    colours: list[str],
    inks: list[str],
    title: str,
    axis_title: str,
) -> alt.TopLevelMixin:
    """One bar an offer, cut by how often it has each rank.

    table  DataFrame: offer (label), rank (label), place (of the rank, from 0), share (0 to 1), words (for the tooltip)
    """
    base = alt.Chart(table).encode(
        y=alt.Y("offer:N", sort=offers, title=None, axis=alt.Axis(labelLimit=260)),
        order=alt.Order("place:Q"),
        tooltip=[alt.Tooltip("words:N", title="")],
    )
    # percent written out: a stacked bar is read from its first rank
    x = alt.X("share:Q", stack="zero", title=axis_title, axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1]))
    bars = base.mark_bar(height={"band": 0.72}).encode(
        x=x, color=alt.Color("rank:N", scale=alt.Scale(domain=ranks, range=colours), sort=ranks, legend=None)
    )
    labels = (
        base.mark_text(fontSize=11, align="center")
        .encode(
            x=alt.X("share:Q", stack="zero", bandPosition=0.5),
            text="label:N",
            color=alt.Color("rank:N", scale=alt.Scale(domain=ranks, range=inks), legend=None),
        )
        .transform_calculate(label="datum.share >= 0.07 ? datum.rank_label : ''")
    )
    return (
        alt.layer(bars, labels).resolve_scale(color="independent").properties(height=34 * len(offers) + 30, title=title)
    )


def weight_lines(
    table: pd.DataFrame,
    *,
    today: float,
    today_label: str,
    x_title: str,
    y_title: str,
    accent: str,
    muted: str,
    title: str,
) -> alt.TopLevelMixin:
    """The fit of each offer as one weight moves from nothing to everything.

    table  DataFrame: offer (label), weight (0 and 1), fit (0 to 100), leads (True for those that lead somewhere)
    """
    x = alt.X("weight:Q", title=x_title, axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1]))
    y = alt.Y("fit:Q", title=y_title, scale=alt.Scale(zero=False, nice=True))
    base = alt.Chart(table)
    lines = base.mark_line(strokeWidth=2).encode(
        x=x,
        y=y,
        detail="offer:N",
        color=alt.condition("datum.leads", alt.value(accent), alt.value(muted)),
        opacity=alt.condition("datum.leads", alt.value(1.0), alt.value(0.35)),
        tooltip=[alt.Tooltip("offer:N", title="")],
    )
    labels = (
        base.transform_filter("datum.weight == 1 && datum.leads")
        .mark_text(align="right", dx=-4, dy=-8)
        .encode(x=x, y=y, text="offer:N")
    )
    rule = alt.Chart(pd.DataFrame({"weight": [today], "label": [today_label]}))
    marks = [
        rule.mark_rule(strokeDash=[3, 3], color=muted).encode(x="weight:Q"),
        rule.mark_text(align="left", dx=5, baseline="top", color=muted).encode(
            x="weight:Q", y=alt.value(4), text="label:N"
        ),
    ]
    return alt.layer(lines, labels, *marks).properties(height=300, title=title)


def domain_heat(
    table: pd.DataFrame,
    *,
    products: list[str],
    domains: list[str],
    title: str,
    colours: list[str],
    ink: str,
    tooltip: str,
) -> alt.TopLevelMixin:
    """Fit by domain, one column a product.

    table  DataFrame: product (name), domain (label), fit (0 to 100), words (for the tooltip)
    """
    x = alt.X("product:N", sort=products, title=None, axis=alt.Axis(orient="top", labelAngle=0, labelLimit=170))
    y = alt.Y("domain:N", sort=domains, title=None, axis=alt.Axis(labelLimit=260))
    base = alt.Chart(table).encode(x=x, y=y)
    cells = base.mark_rect(cornerRadius=2).encode(
        color=alt.Color("fit:Q", scale=alt.Scale(domain=[0, 25, 50, 75, 100], range=colours), legend=None),
        tooltip=[alt.Tooltip("words:N", title=tooltip)],
    )
    labels = base.mark_text(fontSize=12).encode(
        text=alt.Text("fit:Q", format=".0f"),
        color=alt.condition("datum.fit > 60", alt.value("#FFFFFF"), alt.value("#1C2321")),
    )
    return (cells + labels).properties(height=26 * len(domains) + 40, title=title)
