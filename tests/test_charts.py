"""Charts as specifications that Vega-Lite's own schema accepts: pages draw them without checking again."""

from __future__ import annotations

import altair as alt
import pandas as pd
import pytest

from scoring.charts import cost_fit, domain_heat, rank_shares, weight_lines

COLOURS = {"accent": "#0F5C5C", "muted": "#5B6664"}


def frontier(budget):
    table = pd.DataFrame(
        {
            "product": ["P", "P", "Q"],
            "plan": ["low", "top", "one"],
            "offer": ["P · low", "P · top", "Q · one"],
            "cost": [10.0, 30.0, 20.0],
            "fit": [50.0, 70.0, 69.0],
            "state": ["excluded", "listed", "listed"],
            "place": [0, 1, 0],
            "frontier": [True, True, True],
        }
    )
    words = {"cost_title": "Cost", "fit_title": "Fit", "budget_label": "budget", "title": "Found", "subtitle": "How"}
    return cost_fit(table, budget=budget, bad="#A63A1A", **words, **COLOURS)


def shares():
    table = pd.DataFrame(
        {
            "offer": ["P", "P", "Q", "Q"],
            "rank": ["first", "second"] * 2,
            "rank_label": ["1", "2"] * 2,
            "place": [0, 1] * 2,
            "share": [0.7, 0.3, 0.3, 0.7],
            "words": ["w"] * 4,
        }
    )
    looks = {"colours": ["#0F5C5C", "#C8DEDB"], "inks": ["#FFFFFF", "#1C2321"]}
    return rank_shares(table, offers=["P", "Q"], ranks=["first", "second"], title="t", axis_title="a", **looks)


def lines():
    table = pd.DataFrame({"offer": ["P", "P"], "weight": [0.0, 1.0], "fit": [40.0, 60.0], "leads": [True, True]})
    words = {"today_label": "today", "x_title": "x", "y_title": "y", "title": "t"}
    return weight_lines(table, today=0.2, **words, **COLOURS)


def heat():
    table = pd.DataFrame({"product": ["P"], "domain": ["d"], "fit": [61.0], "words": ["w"]})
    colours = ["#ECEEEE", "#CFE0E8", "#93BDD3", "#3F8CB0", "#0B5577"]
    return domain_heat(table, products=["P"], domains=["d"], title="t", colours=colours, tooltip="")


@pytest.mark.parametrize("spec", [frontier(25.0), frontier(None)])
def test_the_frontier_is_valid_and_holds_its_table_once(spec):
    alt.LayerChart.from_dict(spec, validate=True)

    assert spec["title"] == {"text": "Found", "subtitle": "How"}
    assert len(spec["data"]["values"]) == 3
    rules = [layer["data"]["values"] for layer in spec["layer"] if "data" in layer]
    assert rules == [[{"cost": 25.0, "label": "budget"}]] * (len(spec["layer"]) - 4)


@pytest.mark.parametrize("chart", [shares(), lines(), heat()])
def test_the_specification_is_valid_and_holds_its_table_once(chart):
    spec = chart.to_dict(validate=True)

    assert spec["title"]
    # beside the table there may be the one row of a rule: its place and its name
    assert len([rows for rows in spec["datasets"].values() if len(rows[0]) > 2]) == 1


def test_names_of_close_offers_stand_below_each_other():
    """P at 70 is named at 71, Q at 69 at least 2.4 lower; an offer that is not listed has no name."""
    rows = frontier(25.0)["data"]["values"]

    assert [row["label"] for row in rows] == [None, 71.0, pytest.approx(68.6)]
