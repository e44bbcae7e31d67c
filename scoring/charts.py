"""Charts from result tables. Words and colours are given, so that one chart serves every language and theme."""

from __future__ import annotations

import altair as alt
import pandas as pd


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
    number_format: str = ",.0f",
) -> alt.TopLevelMixin:
    """Fit against cost: a point is a product under a plan, a line joins the plans of a product, a rule is the budget.

    table  DataFrame: product (name), plan (name), offer (label), cost, fit (0 to 100), state ("listed", "passes" or
           "excluded"), place (of the plan)
    """
    x = alt.X(
        "cost:Q",
        title=cost_title,
        axis=alt.Axis(format=number_format, tickCount=6),
        scale=alt.Scale(zero=False, nice=True),
    )
    y = alt.Y("fit:Q", title=fit_title, scale=alt.Scale(zero=False, nice=True))
    base = alt.Chart(table)
    lines = base.mark_line(strokeWidth=1, color=muted, opacity=0.45).encode(
        x=x, y=y, detail="product:N", order="place:Q"
    )
    colour = alt.Color(
        "state:N", scale=alt.Scale(domain=["listed", "passes", "excluded"], range=[accent, accent, muted]), legend=None
    )
    points = base.mark_point(size=90, filled=True).encode(
        x=x,
        y=y,
        color=colour,
        opacity=alt.Opacity(
            "state:N", scale=alt.Scale(domain=["listed", "passes", "excluded"], range=[1.0, 0.55, 0.3]), legend=None
        ),
        shape=alt.Shape(
            "state:N",
            scale=alt.Scale(domain=["listed", "passes", "excluded"], range=["circle", "circle", "cross"]),
            legend=None,
        ),
        tooltip=[
            alt.Tooltip("offer:N", title=""),
            alt.Tooltip("cost:Q", title=cost_title, format=number_format),
            alt.Tooltip("fit:Q", title=fit_title, format=".0f"),
        ],
    )
    labels = (
        base.transform_filter("datum.state == 'listed'")
        .mark_text(align="left", dx=9, dy=-7, fontWeight=600)
        .encode(x=x, y=y, text="offer:N")
    )
    layers = [lines, points, labels]
    if budget is not None:
        rule = alt.Chart(pd.DataFrame({"cost": [budget], "label": [budget_label]}))
        layers.append(rule.mark_rule(strokeDash=[3, 3], color=bad).encode(x="cost:Q"))
        layers.append(
            rule.mark_text(align="right", dx=-5, baseline="top", color=bad).encode(
                x="cost:Q", y=alt.value(4), text="label:N"
            )
        )
    return alt.layer(*layers).properties(height=360, title=title)


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
