"""Marks used everywhere alike, as small HTML with a text alternative. Everything a person typed is escaped."""

from __future__ import annotations

from html import escape

from interface.language import Texts
from interface.theme import LEVEL_COLOURS, LEVEL_INK

NOT_RATED = "not-rated"  # where nothing is known
BASIS_SIGNS = {
    "tested": "●",
    "documented": "●",
    "documented-absence": "●",
    "declared": "◐",
    "secondary": "◐",
    "assessed": "○",
    NOT_RATED: "◌",
}
VERDICT_SIGNS = {"pass": "✓", "likely pass": "✓?", "likely fail": "✗?", "fail": "✗"}
VERDICT_ROLE = {"pass": "good", "likely pass": "warn", "likely fail": "warn", "fail": "bad"}


def level_chip(level: float | None, title: str = "") -> str:
    """A level on its colour; unknown is hollow."""
    label = f' title="{escape(title)}"' if title else ""
    if level is None:
        return f'<span class="level unknown"{label}>?</span>'
    place = int(level)
    return (
        f'<span class="level"{label} style="background:{LEVEL_COLOURS[place]};color:{LEVEL_INK[place]}">{place}</span>'
    )


def basis_mark(basis: str | None, t: Texts, *, word: bool = False) -> str:
    """How a rating is known: full, half, hollow or dashed circle, with its word."""
    key = basis or NOT_RATED
    name = t(f"basis.{key}")
    return (
        f'<span class="basis" title="{escape(name)}" aria-label="{escape(name)}">{BASIS_SIGNS[key]}'
        f"{f' {escape(name)}' if word else ''}</span>"
    )


def basis_words(basis: str | None, t: Texts) -> str:
    """The same in plain text, for tables."""
    key = basis or NOT_RATED
    return f"{BASIS_SIGNS[key]} {t(f'basis.{key}')}"


def verdict_mark(verdict: str, t: Texts) -> str:
    """A gate's verdict in words with a sign."""
    return (
        f'<span class="verdict {VERDICT_ROLE[verdict]}">{VERDICT_SIGNS[verdict]} '
        f"{escape(t('verdict.' + verdict.replace(' ', '-')))}</span>"
    )


def verdict_words(verdict: str, t: Texts) -> str:
    return f"{VERDICT_SIGNS[verdict]} {t('verdict.' + verdict.replace(' ', '-'))}"


def interval(
    low: float,
    central: float,
    high: float,
    *,
    least: float = 0.0,
    most: float = 1.0,
    title: str = "",
    bar: float | None = None,
) -> str:
    """A dot on a thin bar from the cautious to the generous end; the bar is as long as the ignorance."""
    span = (most - least) or 1.0

    def place(value: float) -> float:
        return round(100 * min(max((value - least) / span, 0.0), 1.0), 2)

    rule = f'<i class="rule" style="left:{place(bar)}%"></i>' if bar is not None else ""
    return (
        f'<span class="interval" role="img" aria-label="{escape(title)}" title="{escape(title)}">'
        f'<i class="range" style="left:{place(low)}%;width:{max(place(high) - place(low), 0.5)}%"></i>{rule}'
        f'<i class="dot" style="left:{place(central)}%"></i></span>'
    )


def level_bar(counts: dict[int | None, int], title: str) -> str:
    """How many stand at each level, as one stacked bar; unknown is hatched."""
    total = sum(counts.values()) or 1
    parts = []
    for level in (4, 3, 2, 1, 0, None):
        count = counts.get(level, 0)
        if not count:
            continue
        look = "" if level is None else f"background:{LEVEL_COLOURS[level]};color:{LEVEL_INK[level]};"
        kind = ' class="unknown"' if level is None else ""
        parts.append(f'<i{kind} style="{look}width:{100 * count / total:.2f}%">{count}</i>')
    return f'<span class="levelbar" role="img" aria-label="{escape(title)}" title="{escape(title)}">{"".join(parts)}</span>'
