"""Charts of the documents: in the theme of the application, as images that stay sharp on paper."""

from __future__ import annotations

import json

import altair as alt
import pandas as pd
import vl_convert

from exports.delivery import Delivery
from exports.word import Picture, clean
from interface.language import LOCALES
from interface.theme import LEVEL_COLOURS, LEVEL_INK, LIGHT, chart_config

WIDTH, SCALE = 640, 3  # points across the text of a page; three image points for each: 290 to the inch
ROW, NAMES = 20, 270  # height of a row, width for the names of offers
LONGEST_NAME = 330  # a name that is longer is cut
DEAREST = 1.5  # plans above so many budgets are not drawn
# on paper there is no font of the web: with its names first, the widths of texts are measured wrong
FONT = "Inter, 'Segoe UI', Helvetica, Arial, sans-serif"
GROUPS = ("first", "second", "third", "later")


def picture(chart: alt.TopLevelMixin, alt_text: str, language: str) -> Picture:
    """A chart as an image with its text alternative."""
    spec = chart.configure(**chart_config(LIGHT) | {"font": FONT}).properties(background=LIGHT.paper).to_dict()
    locale = LOCALES[language].replace("_", "-")
    return Picture(vl_convert.vegalite_to_png(json.dumps(spec), scale=SCALE, format_locale=locale), alt_text)


def names_axis() -> alt.Axis:
    return alt.Axis(labelLimit=LONGEST_NAME, labelColor=LIGHT.ink, labelFontSize=11)


def ranking(delivery: Delivery, offers: list[str]) -> Picture:
    """Fit of each offer as a dot on a thin bar from its cautious to its generous end."""
    a, t = delivery.assessment, delivery.t
    names = [a.offer_name(offer) for offer in offers]
    table = (a.table.loc[offers, ["low", "fit", "high"]] * 100).assign(
        offer=names,
        listed=a.shortlist.rows.loc[offers, "listed"].to_numpy(),
        label=[delivery.words.score(one) for one in a.table.loc[offers, "fit"]],
    )
    base = alt.Chart(table).encode(y=alt.Y("offer:N", sort=names, title=None, axis=names_axis()))
    colour = alt.condition("datum.listed", alt.value(LIGHT.accent), alt.value(LIGHT.muted))
    x = alt.X("low:Q", title=t("chart.fit"), scale=alt.Scale(domain=[0, 100]))
    bars = base.mark_bar(height=4, cornerRadius=2, opacity=0.38).encode(x=x, x2="high:Q", color=colour)
    dots = base.mark_point(size=60, filled=True, opacity=1).encode(x="fit:Q", color=colour)
    labels = base.mark_text(align="left", fontSize=11, fontWeight=600).encode(
        x=alt.value(WIDTH - NAMES - 22), text="label:N"
    )
    title = t("charts.ranking", offer=names[0], fit=delivery.words.score(a.table.at[offers[0], "fit"]))
    chart = (bars + dots + labels).properties(width=WIDTH - NAMES - 30, height=ROW * len(names), title=title)
    return picture(chart, t("charts.ranking_alt", count=len(names)), delivery.language)


def cost_and_fit(delivery: Delivery) -> Picture:
    """What more money buys: each point is a plan, a line joins the plans of a product."""
    a, t, context = delivery.assessment, delivery.t, delivery.assessment.project.context
    offers, listed = a.shortlist.offers, a.shortlist.listed
    table = pd.DataFrame(
        {
            "product": offers["product"],
            "cost": offers["cost"],
            "fit": offers["fit"] * 100,
            "place": a.offers.table["place"],
            "state": [
                "listed" if offer in listed.index else "passes" if passed else "excluded"
                for offer, passed in offers["gates_passed"].items()
            ],
        }
    )
    # a plan far beyond the budget would squeeze all others to the left
    most = max([DEAREST * (context.budget or 0.0), *listed["cost"]])
    near = table[table["cost"] <= most]
    drawn = near if len(near) else table
    height, domain = 300, [drawn["fit"].min() - 3, drawn["fit"].max() + 3]
    x = alt.X(
        "cost:Q",
        title=t("chart.cost", years=context.years, currency=context.currency),
        axis=alt.Axis(format=",.0f", tickCount=5),
    )
    y = alt.Y("fit:Q", title=t("chart.fit"), scale=alt.Scale(domain=domain, nice=False))
    base = alt.Chart(drawn)
    lines = base.mark_line(strokeWidth=1, color=LIGHT.muted, opacity=0.35).encode(
        x=x, y=y, detail="product:N", order="place:Q"
    )
    states = ["listed", "passes", "excluded"]
    points = base.mark_point(size=60, filled=True).encode(
        x=x,
        y=y,
        color=alt.Color(
            "state:N",
            scale=alt.Scale(domain=states, range=[LIGHT.accent, LIGHT.accent, LIGHT.muted]),
            legend=None,
        ),
        opacity=alt.Opacity("state:N", scale=alt.Scale(domain=states, range=[1.0, 0.5, 0.35]), legend=None),
        shape=alt.Shape("state:N", scale=alt.Scale(domain=states, range=["circle", "circle", "cross"]), legend=None),
    )
    layers = [lines, points]
    if context.budget:
        rule = alt.Chart(pd.DataFrame({"cost": [context.budget], "label": [t("chart.budget")]}))
        layers.append(rule.mark_rule(strokeDash=[3, 3], color=LIGHT.bad).encode(x="cost:Q"))
        layers.append(
            rule.mark_text(align="right", dx=-5, baseline="bottom", color=LIGHT.bad).encode(
                x="cost:Q", y=alt.value(height - 4), text="label:N"
            )
        )
    plot = WIDTH - NAMES
    layers += _names_at_the_edge(delivery, plot, height, domain)
    chart = alt.layer(*layers).properties(width=plot, height=height, title=_cost_title(delivery))
    return picture(chart, t("charts.cost_fit_alt", count=len(drawn), left=len(table) - len(drawn)), delivery.language)


def _cost_title(delivery: Delivery) -> str:
    a, t, listed = delivery.assessment, delivery.t, delivery.assessment.shortlist.listed
    if listed.empty:
        return t("charts.no_cost_fit")
    offer = listed["cost"].idxmin()
    return t(
        "charts.cost_fit",
        offer=clean(a.offer_name(str(offer))),
        fit=delivery.words.score(listed.at[offer, "fit"]),
        cost=delivery.words.money(listed.at[offer, "cost"]),
    )


def _names_at_the_edge(delivery: Delivery, plot: int, height: int, domain: list[float]) -> list[alt.Chart]:
    """The names of the shortlisted offers right of the plot, each joined with its point, none over another."""
    a = delivery.assessment
    listed = a.shortlist.listed.sort_values("fit", ascending=False)
    if listed.empty:
        return []
    top, rows = 0.0, []
    for offer, row in listed.iterrows():
        at = height * (domain[1] - row["fit"] * 100) / (domain[1] - domain[0])
        top = max(at, top)
        name = clean(a.offer_name(str(offer)))
        rows.append({"cost": row["cost"], "fit": row["fit"] * 100, "name": name, "at": min(top, height)})
        top += 15
    layers = []
    for row in rows:
        base = alt.Chart(pd.DataFrame([row]))
        layers.append(
            base.mark_rule(color=LIGHT.accent, opacity=0.35, strokeWidth=0.8).encode(
                x="cost:Q", y="fit:Q", x2=alt.value(plot + 4), y2=alt.value(row["at"])
            )
        )
        layers.append(
            base.mark_text(align="left", fontSize=11, fontWeight=600, limit=NAMES - 12).encode(
                x=alt.value(plot + 8), y=alt.value(row["at"]), text="name:N"
            )
        )
    return layers


def rank_table(delivery: Delivery, offers: list[str]) -> pd.DataFrame:
    """offer -> share of the samples in which it is first, second, third or later."""
    shares = delivery.assessment.robustness.acceptability.reindex(offers)
    table = pd.DataFrame({group: shares.get(place, 0.0) for place, group in enumerate(GROUPS[:3], start=1)})
    return table.assign(later=(1.0 - table.sum(axis=1)).clip(lower=0.0))


def rank_shares(delivery: Delivery, offers: list[str]) -> Picture:
    """How often each offer is first, second, third, as stacked bars."""
    a, t = delivery.assessment, delivery.t
    shares = rank_table(delivery, offers)
    names = [a.offer_name(offer) for offer in offers]
    words = [t(f"charts.rank.{group}") for group in GROUPS]
    rows = [
        {
            "offer": name,
            "group": word,
            "place": place,
            "start": float(shares.loc[offer].iloc[:place].sum()),
            "end": float(shares.loc[offer].iloc[: place + 1].sum()),
            "share": float(shares.at[offer, group]),
            "label": t.percent(shares.at[offer, group]),
        }
        for offer, name in zip(offers, names, strict=True)
        for place, (group, word) in enumerate(zip(GROUPS, words, strict=True))
    ]
    colours = [LEVEL_COLOURS[4], LEVEL_COLOURS[3], LEVEL_COLOURS[2], LEVEL_COLOURS[0]]
    base = alt.Chart(pd.DataFrame(rows)).encode(y=alt.Y("offer:N", sort=names, title=None, axis=names_axis()))
    bars = base.mark_bar(height=ROW).encode(
        x=alt.X("start:Q", title=None, axis=None, scale=alt.Scale(domain=[0, 1])),
        x2="end:Q",
        color=alt.Color(
            "group:N",
            sort=words,
            scale=alt.Scale(domain=words, range=colours),
            legend=alt.Legend(orient="top", title=None, direction="horizontal"),
        ),
    )
    labels = (
        base.transform_filter("datum.share >= 0.06")
        .transform_calculate(middle="(datum.start + datum.end) / 2")
        .mark_text(fontSize=11)
        .encode(
            x="middle:Q",
            text="label:N",
            color=alt.condition("datum.place < 2", alt.value(LEVEL_INK[4]), alt.value(LIGHT.ink)),
        )
    )
    first = shares["first"].idxmax()
    title = t("charts.ranks", offer=a.offer_name(first), share=t.percent(shares.at[first, "first"]))
    chart = (bars + labels).properties(width=WIDTH - NAMES - 8, height=(ROW + 6) * len(names), title=title)
    return picture(chart, t("charts.ranks_alt", count=len(names)), delivery.language)
