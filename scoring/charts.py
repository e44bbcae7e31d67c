"""Charts from result tables. Words and colours are given, so that one chart serves every language and theme.

Every channel is written out as an object and a table is handed over once per chart: Altair otherwise looks types up for
each text, and copies the table for each layer, which costs more than all the arithmetic of a page.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

STATES = ("listed", "passes", "excluded")


def cost_fit(
    table: pd.DataFrame, *, budget: float | None, title: str, subtitle: str = "", **look: str
) -> dict[str, Any]:
    """Fit against cost: a point is a product under a plan, a line joins the plans of a product, a rule is the budget.

    The specification of the chart, because it is drawn anew after every change: its layers are built once for each look.

    table  DataFrame: product (name), plan (name), offer (label), cost, fit (0 to 100), state (one of STATES), place (of
           the plan), frontier (True where no other offer is better and cheaper)
    look   cost_title, fit_title, budget_label, the colours accent, muted and bad, and perhaps number_format
    """
    layers = list(_cost_fit_layers(**look))
    if budget is not None:
        layers += [
            one | {"data": {"values": [{"cost": budget, "label": look["budget_label"]}]}} for one in _budget(**look)
        ]
    columns = {str(name): column.tolist() for name, column in table.items()}
    columns["label"] = _label_places(columns["fit"], columns["state"])
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return {
        "data": {"values": rows},
        "layer": layers,
        "height": 380,
        "title": {"text": title, "subtitle": subtitle} if subtitle else title,
    }


@lru_cache(maxsize=16)
def _cost_fit_layers(
    *,
    cost_title: str,
    fit_title: str,
    accent: str,
    muted: str,
    bad: str,
    budget_label: str,
    number_format: str = ",.0f",
) -> tuple[dict[str, Any], ...]:
    """The upgrades of each product, the frontier, the offers and the names of those listed; the data stands above them."""
    x = alt.X(
        "cost:Q",
        title=cost_title,
        axis=alt.Axis(format=number_format, tickCount=6),
        scale=alt.Scale(zero=False, nice=True),
    )
    y = alt.Y("fit:Q", title=fit_title, scale=alt.Scale(zero=False, nice=True))

    def by_state(channel: type, values: list) -> object:
        return channel("state:N", scale=alt.Scale(domain=list(STATES), range=values), legend=None)

    upgrades = (
        alt.Chart()
        .mark_line(strokeWidth=1, color=muted, opacity=0.45)
        .encode(x=x, y=y, detail=alt.Detail("product:N"), order=alt.Order("place:Q"))
    )
    edge = (
        alt.Chart()
        .transform_filter("datum.frontier")
        .mark_line(strokeWidth=2.5, color=accent, opacity=0.35, interpolate="step-after")
        .encode(x=x, y=y, order=alt.Order("cost:Q"))
    )
    points = (
        alt.Chart()
        .mark_point(size=90, filled=True)
        .encode(
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
    )
    labels = (
        alt.Chart()
        .transform_filter("datum.state == 'listed'")
        .mark_text(align="left", dx=9, fontWeight=600)
        .encode(x=x, y=alt.Y("label:Q"), text=alt.Text("product:N"))
    )
    return tuple(_layer(one) for one in (upgrades, edge, points, labels))


@lru_cache(maxsize=16)
def _budget(*, budget_label: str, bad: str, **_: str) -> tuple[dict[str, Any], ...]:
    rules = _rule(x="cost", at=0.0, label=budget_label, colour=bad, align="right", dx=-5)
    return tuple(_layer(one) for one in rules)


def _layer(chart: alt.Chart) -> dict[str, Any]:
    """What a layer says, without its data and without the frame of a chart of its own."""
    return {
        key: value for key, value in chart.to_dict(validate=False).items() if key in ("mark", "encoding", "transform")
    }


def _label_places(fits: list[float], states: list[str], gap: float = 2.4) -> list[float | None]:
    """Where the names of listed offers stand: beside their point, and far enough below each other to be read."""
    places: list[float | None] = [None] * len(fits)
    last = float("inf")
    for row in sorted((row for row, state in enumerate(states) if state == "listed"), key=lambda row: -fits[row]):
        places[row] = last = min(fits[row] + 1.0, last - gap)
    return places


def _rule(*, x: str, at: float, label: str, colour: str, align: str, dx: int) -> list[alt.Chart]:
    """A dashed upright with its name at the top."""
    rule = alt.Chart(alt.InlineData(values=[{x: at, "label": label}]))
    across = alt.X(f"{x}:Q")
    return [
        rule.mark_rule(strokeDash=[3, 3], color=colour).encode(x=across),
        rule.mark_text(align=align, dx=dx, baseline="top", color=colour).encode(
            x=across, y=alt.value(4), text=alt.Text("label:N")
        ),
    ]


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

    table  DataFrame: offer (label), rank (label), rank_label (short), place (of the rank, from 0), share (0 to 1), words
           (for the tooltip)
    """
    shared = {
        "y": alt.Y("offer:N", sort=offers, title=None, axis=alt.Axis(labelLimit=260)),
        "order": alt.Order("place:Q"),
        "tooltip": [alt.Tooltip("words:N", title="")],
    }
    x = alt.X("share:Q", stack="zero", title=axis_title, axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1]))
    bars = (
        alt.Chart()
        .mark_bar(height={"band": 0.72})
        .encode(
            x=x,
            color=alt.Color("rank:N", scale=alt.Scale(domain=ranks, range=colours), sort=ranks, legend=None),
            **shared,
        )
    )
    labels = (
        alt.Chart()
        .transform_calculate(label="datum.share >= 0.07 ? datum.rank_label : ''")
        .mark_text(fontSize=11, align="center")
        .encode(
            x=alt.X("share:Q", stack="zero", bandPosition=0.5),
            text=alt.Text("label:N"),
            color=alt.Color("rank:N", scale=alt.Scale(domain=ranks, range=inks), legend=None),
            **shared,
        )
    )
    layered = alt.layer(bars, labels, data=table).resolve_scale(color="independent")
    return layered.properties(height=34 * len(offers) + 30, title=title)


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

    def by_lead(channel: type, yes: object, no: object) -> object:
        return channel("leads:N", scale=alt.Scale(domain=[True, False], range=[yes, no]), legend=None)

    lines = (
        alt.Chart()
        .mark_line(strokeWidth=2)
        .encode(
            x=x,
            y=y,
            detail=alt.Detail("offer:N"),
            color=by_lead(alt.Color, accent, muted),
            opacity=by_lead(alt.Opacity, 1.0, 0.35),
            tooltip=[alt.Tooltip("offer:N", title="")],
        )
    )
    labels = (
        alt.Chart()
        .transform_filter("datum.weight == 1 && datum.leads")
        .mark_text(align="right", dx=-4, dy=-8)
        .encode(x=x, y=y, text=alt.Text("offer:N"))
    )
    marks = _rule(x="weight", at=today, label=today_label, colour=muted, align="left", dx=5)
    return alt.layer(lines, labels, *marks, data=table).properties(height=300, title=title)


def domain_heat(
    table: pd.DataFrame,
    *,
    products: list[str],
    domains: list[str],
    title: str,
    colours: list[str],
    tooltip: str,
) -> alt.TopLevelMixin:
    """Fit by domain, one column a product.

    table  DataFrame: product (name), domain (label), fit (0 to 100), words (for the tooltip)
    """
    shared = {
        "x": alt.X("product:N", sort=products, title=None, axis=alt.Axis(orient="top", labelAngle=0, labelLimit=170)),
        "y": alt.Y("domain:N", sort=domains, title=None, axis=alt.Axis(labelLimit=260)),
    }
    cells = (
        alt.Chart()
        .mark_rect(cornerRadius=2)
        .encode(
            color=alt.Color("fit:Q", scale=alt.Scale(domain=[0, 25, 50, 75, 100], range=colours), legend=None),
            tooltip=[alt.Tooltip("words:N", title=tooltip)],
            **shared,
        )
    )
    labels = (
        alt.Chart()
        .mark_text(fontSize=12)
        .encode(
            text=alt.Text("fit:Q", format=".0f"),
            color=alt.condition("datum.fit > 60", alt.value("#FFFFFF"), alt.value("#1C2321")),
            **shared,
        )
    )
    return alt.layer(cells, labels, data=table).properties(height=26 * len(domains) + 40, title=title)
