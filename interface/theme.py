"""Colours and the look of charts, the same for the app, its charts and its documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LEVEL_COLOURS = ("#ECEEEE", "#CFE0E8", "#93BDD3", "#3F8CB0", "#0B5577")
LEVEL_INK = ("#1C2321", "#1C2321", "#1C2321", "#FFFFFF", "#FFFFFF")
# first, second, third, fourth and later ranks: tints of the accent, because ranks are not levels
RANKS_ON_LIGHT = (
    ("#0F5C5C", "#4A8F8B", "#8DBBB7", "#C8DEDB", "#E6E9E8"),
    (
        "#FFFFFF",
        "#FFFFFF",
        "#1C2321",
        "#1C2321",
        "#1C2321",
    ),
)
RANKS_ON_DARK = (
    ("#5CC4BE", "#3D8C89", "#2B6362", "#224645", "#262F30"),
    (
        "#14191A",
        "#FFFFFF",
        "#FFFFFF",
        "#EDF1EF",
        "#A9B4B1",
    ),
)
GAP_ONE, GAP_MORE = "#D98A2B", "#A63A1A"
FONT = "'Source Sans', 'Source Sans 3', Inter, 'Segoe UI', Helvetica, Arial, sans-serif"


@dataclass(frozen=True)
class Palette:
    """The roles of colours on one background."""

    accent: str
    paper: str
    panel: str
    ink: str
    muted: str
    line: str
    good: str
    warn: str
    bad: str


LIGHT = Palette(
    accent="#0F5C5C",
    paper="#FFFFFF",
    panel="#F6F7F5",
    ink="#1C2321",
    muted="#5B6664",
    line="#DDE2E0",
    good="#1F6B45",
    warn="#8A5A00",
    bad="#A63A1A",
)
DARK = Palette(
    accent="#5CC4BE",
    paper="#14191A",
    panel="#1D2425",
    ink="#EDF1EF",
    muted="#A9B4B1",
    line="#384143",
    good="#7CCBA2",
    warn="#E0B45C",
    bad="#F0907A",
)


def rank_colours(colours: Palette) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Fills and inks of the ranks, the best first, later ones together at the end."""
    return RANKS_ON_DARK if colours is DARK else RANKS_ON_LIGHT


def palette(dark: bool) -> Palette:
    return DARK if dark else LIGHT


def chart_config(colours: Palette) -> dict[str, Any]:
    """Vega-Lite configuration: quiet axes, direct labels, no frame."""
    axis = {
        "labelColor": colours.muted,
        "titleColor": colours.muted,
        "gridColor": colours.line,
        "domain": False,
        "ticks": False,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelPadding": 6,
    }
    return {
        "background": "transparent",
        "font": FONT,
        "view": {"stroke": None},
        "axis": axis,
        "axisY": {"grid": False},
        "title": {"color": colours.ink, "fontSize": 15, "fontWeight": 600, "anchor": "start", "offset": 12},
        "legend": {"labelColor": colours.muted, "titleColor": colours.muted},
        "text": {"color": colours.ink, "fontSize": 12},
        "header": {"labelColor": colours.ink, "titleColor": colours.muted},
    }
