"""Offers as tables of small HTML, the same on every page: ranking, reasons, cost lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import pandas as pd

from interface.marks import basis_mark, interval, verdict_mark
from scoring.gates import VERDICTS
from workshops.assess import Assessment
from workshops.changes import way_in
from workshops.reasons import exclusions
from workshops.words import Words

TOP = 3


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: Iterable[int] = (), off: bool = False) -> str:
    """A quiet table: heads are escaped here, cells are HTML already."""
    ends = set(right)

    def cell(kind: str, place: int, content: str) -> str:
        return f'<{kind} class="r">{content}</{kind}>' if place in ends else f"<{kind}>{content}</{kind}>"

    head = "".join(cell("th", place, escape(one)) for place, one in enumerate(heads))
    body = "".join(
        f'<tr class="{"off" if off else ""}">'
        + "".join(cell("td", place, one) for place, one in enumerate(row))
        + "</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table class="clean"><tr>{head}</tr>{body}</table></div>'


def whole(text: str) -> str:
    """A cell that is not broken over lines."""
    return f'<span class="whole">{text}</span>'


def small(text: str) -> str:
    return f'<span class="muted small">{text}</span>'


class OfferTables:
    """Tables about the offers of one project, in the visitor's language."""

    def __init__(self, assessment: Assessment, words: Words) -> None:
        self.a, self.words, self.t = assessment, words, words.t
        verdicts = assessment.gates.verdict_of(assessment.offers.table.index)
        self.worst_of = {
            offer: max(given, key=VERDICTS.index)
            for offer, given in zip(verdicts.index, verdicts.to_numpy(), strict=True)
        }

    def funnel(self) -> str:
        """The number of products left after each gate, with the names that drop out and what the gate costs in fit."""
        t, result = self.t, self.a.shortlist
        cells = []
        for step, left, lost in result.funnel:
            names = t.list([self.a.product_name(one) for one in lost])
            out = escape(t("funnel.lost", names=names)) if lost else ""
            price = self.gate_price(step)
            cells.append(
                f'<div role="listitem">{escape(t(f"funnel.{step}"))}<b>{len(left)}</b>{price}'
                f'<span class="out" title="{escape(names)}">{out}</span></div>'
            )
        names = t.list([self.a.product_name(one) for one in result.listed["product"]])
        cells.append(
            f'<div class="last" role="listitem">{escape(t("funnel.listed"))}<b>{len(result.listed)}</b>'
            f'<span class="out">{escape(names)}</span></div>'
        )
        return f'<div class="funnel" role="list">{"".join(cells)}</div>'

    def gate_price(self, gate: str) -> str:
        """What a gate costs in fit, with the offer that would be best without it."""
        if gate not in self.a.gate_prices.index:
            return ""
        price = self.a.gate_prices.loc[gate]
        if not (self.a.gates.conditions["gate"].to_numpy(object) == gate).any():
            return ""  # nothing is asked there
        if not price["points"] > 0.0005:
            return f'<span class="price none">{escape(self.t("shortlist.gate_free"))}</span>'
        offer, fit = self.a.offer_name(price["offer"]), self.words.score(price["fit"])
        title = self.t("shortlist.gate_price_words", offer=offer, fit=fit)
        points = self.t("shortlist.gate_price", points=self.t.number(price["points"] * 100, 1))
        return f'<span class="price" title="{escape(title)}">{escape(points)}</span>'

    def ranking(self, rows: pd.DataFrame) -> str:
        """One line a vendor: fit with its ends, what is documented, cost, ergonomics, chance of the top, verdict."""
        t = self.t
        heads = ["", *(t(f"shortlist.{one}") for one in ("offer", "fit")), ""]
        heads += [t(f"shortlist.{one}") for one in ("documented", "cost", "ergonomics")]
        heads += [t("shortlist.top", top=TOP), t("shortlist.verdict")]
        lines = []
        for place, (offer, row) in enumerate(rows.iterrows(), start=1):
            lines.append(
                [
                    str(place),
                    f"<b>{escape(self.a.offer_name(str(offer)))}</b>{self.add_ons(row)}{self.other_plans(str(offer))}",
                    f"<b>{self.words.score(row['fit'])}</b>",
                    self.fit_interval(row),
                    t.percent(row["documented"]),
                    self.cost(str(offer), row),
                    self.ergonomics(row),
                    escape(self.words.share(row["probability"])),
                    verdict_mark(self.worst(str(offer)), t),
                ]
            )
        return table(heads, lines, right={2, 4, 5, 6, 7})

    def ergonomics(self, row: pd.Series) -> str:
        """The score with its ends, and who says so where it is the team."""
        t = self.t
        ends = f"{t.number(row['ergonomics_low'])} – {t.number(row['ergonomics_high'])}"
        measured = self.a.measured_ergonomics.get(row["product"])
        by = f"<br>{small(t('shortlist.measured_by', count=len(measured.scores)))}" if measured else ""
        return f"{t.number(row['ergonomics'])}<br>{small(ends)}{by}"

    def left_out(self, rows: pd.DataFrame) -> str:
        """One line a vendor that is not on the list: why not, and the smallest change that would bring it in."""
        t = self.t
        heads = [
            t("shortlist.offer"),
            t("shortlist.fit"),
            "",
            t("shortlist.cost"),
            t("shortlist.why_not"),
            t("shortlist.way_in"),
        ]
        lines = [
            [
                f"<b>{escape(self.a.offer_name(str(offer)))}</b>{self.add_ons(row)}{self.other_plans(str(offer))}",
                self.words.score(row["fit"]),
                self.fit_interval(row),
                whole(self.words.money(row["cost"])),
                self.why_not(str(offer), row),
                escape(self.words.way_in(way_in(self.a, row["product"]))),
            ]
            for offer, row in rows.iterrows()
        ]
        return table(heads, lines, right={1, 3})

    def why_not(self, offer: str, row: pd.Series) -> str:
        """The first reason in full, the others by number; near misses are marked."""
        t = self.t
        if row["reason"] == "behind":
            bar = t.percent(self.a.settings.probability)
            return escape(t("reason.behind", chance=self.words.share(row["probability"]), bar=bar))
        found = exclusions(self.a, offer)
        first = escape(self.words.reason(*found[0]))
        rest = " ".join(self.words.reason(key, values) for key, values in found[1:])
        more = f' <span class="muted small" title="{escape(rest)}">{escape(t("shortlist.more_reasons", count=len(found) - 1))}</span>'
        return first + (more if len(found) > 1 else "")

    def other_plans(self, offer: str) -> str:
        """The vendor's other plans, one click away."""
        plans = self.a.offers.products
        others = [one for one in plans.index[plans.to_numpy(object) == plans[offer]] if one != offer]
        if not others:
            return ""
        rows = []
        for one in others:
            row = self.a.table.loc[one]
            rows.append(
                [
                    escape(self.a.offer_name(str(one)).partition(" · ")[2]) + self.add_ons(row),
                    self.words.score(row["fit"]),
                    self.words.money(row["cost"]),
                    verdict_mark(self.worst(str(one)), self.t),
                ]
            )
        inner = table([self.t(f"shortlist.{one}") for one in ("plan", "fit", "cost", "verdict")], rows, right={1, 2})
        return f'<details class="plans"><summary>{escape(self.t("shortlist.other_plans", count=len(others)))}</summary>{inner}</details>'

    def add_ons(self, row: pd.Series) -> str:
        names = [self.a.edition.products[row["product"]].add_on(one).name for one in row["add_ons"]]
        return "<br>" + small(f"+ {escape(self.t.list(names))}") if names else ""

    def fit_interval(self, row: pd.Series) -> str:
        ends = {name: self.words.score(row[name]) for name in ("fit", "low", "high")}
        return interval(row["low"], row["fit"], row["high"], title=self.t("shortlist.fit_words", **ends))

    def cost(self, offer: str, row: pd.Series) -> str:
        """Likely cost with its ends; a price that nobody publishes says so."""
        money = self.words.money
        bracket = f"<br>{small(escape(self.t('shortlist.on_quote')))}" if offer in self.a.on_quote else ""
        ends = small(f"{money(row['cost_low'])} – {money(row['cost_high'])}")
        return f"{money(row['cost'])}<br>{ends}{bracket}"

    def worst(self, offer: str) -> str:
        """The worst of an offer's verdicts."""
        return self.worst_of[offer]

    def cost_lines(self, offer: str) -> str:
        """Every cost line of an offer with where it comes from."""
        t, words, years = self.t, self.words, self.a.project.context.years
        lines = self.a.cost.present_values
        lines = lines[lines["offer"].to_numpy(object) == offer]
        each = self.a.cost.lines.loc[lines.index]
        heads = [
            t("costs.line"),
            t("costs.timing"),
            t("costs.each"),
            t("costs.range"),
            t("costs.total", years=years),
            "",
            t("costs.origin"),
        ]
        rows = [
            [
                escape(t(f"cost.{line.line}")),
                escape(t(f"timing.{line.timing}")),
                words.money(once.likely),
                small(f"{words.money(once.low)} – {words.money(once.high)}"),
                words.money(line.likely),
                basis_mark(line.basis, t),
                escape(words.origin(line.origin, line.line, line.detail)),
            ]
            for line, once in zip(lines.itertuples(), each.itertuples(), strict=True)
        ]
        total = self.a.cost.totals.loc[offer]
        rows.append(
            [
                f"<b>{escape(t('cost.total'))}</b>",
                "",
                "",
                small(f"{words.money(total['low'])} – {words.money(total['high'])}"),
                f"<b>{words.money(total['likely'])}</b>",
                "",
                "",
            ]
        )
        return table(heads, rows, right={2, 3, 4})

    def unknowns(self, found: pd.DataFrame, count: int) -> str:
        """What to check first: the fact, and what knowing it would do to the chance of the top."""
        t = self.t
        heads = [t("shortlist.offer"), t("check.what"), "", t("check.bad"), t("check.today"), t("check.good")]
        rows = []
        for row in found.head(count).itertuples():
            rating = None
            if row.gate in ("", "must-have"):
                product = self.a.edition.products[self.a.offers.products[row.offer]]
                rating = product.ratings.get(row.condition)
            known = basis_mark(rating.basis if rating else None, t) if row.gate in ("", "must-have") else ""
            out = escape(t("check.out"))
            rows.append(
                [
                    escape(self.a.offer_name(row.offer)),
                    escape(self.words.fact(row.gate, row.condition)),
                    known,
                    out if row.gate else escape(self.words.share(row.chance_low)),
                    escape(self.words.share(row.chance)) if row.chance else out,
                    escape(self.words.share(row.chance_high)),
                ]
            )
        return table(heads, rows, right={3, 4, 5})
