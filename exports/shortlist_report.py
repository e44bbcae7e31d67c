"""The shortlist report: which products deserve a demonstration, why these and not the others, as a Word document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd
from docxtpl import RichText

from exports.charts import cost_and_fit, rank_shares, ranking
from exports.delivery import Delivery
from exports.front import Front, front, words_of
from exports.word import CONTENTS, Picture, chip, clean, colour_of, ink_on
from interface.marks import basis_words, verdict_words
from workshops.changes import way_in
from workshops.reasons import confirmations, exclusions, how_sure, strengths_and_gaps

MOST_APART = 20  # items in the comparison
MOST_OPTIONS = 3  # add-ons named for each product
MOST_RANKED = 8  # products in the picture of the ranks


@dataclass(frozen=True)
class OfferRow:
    """An offer and its figures, as text."""

    rank: str
    name: str
    add_ons: str
    fit: str
    interval: str
    documented: str
    cost: str
    cost_range: str
    ergonomics: str
    chance: str
    verdict: str


@dataclass(frozen=True)
class FunnelRow:
    step: str
    left: str
    lost: str


@dataclass(frozen=True)
class PointRow:
    """An item in which an offer gains or loses."""

    item: str
    asked: RichText
    reached: RichText
    known: str
    points: str


@dataclass(frozen=True)
class ProductPart:
    """Why a product is on the shortlist."""

    name: str
    summary: str
    figures: tuple[str, ...]
    strengths: tuple[PointRow, ...]
    gaps: tuple[PointRow, ...]
    confirm: tuple[str, ...]
    options: tuple[str, ...]  # add-ons that no must-have needs


@dataclass(frozen=True)
class Cell:
    """A cell of a comparison, on its colour."""

    text: RichText
    colour: str


@dataclass(frozen=True)
class CompareRow:
    label: str
    asked: RichText
    weight: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class CostRow:
    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class LeftOut:
    """A product that is not on the shortlist, with what keeps it out."""

    name: str
    figures: str
    reasons: tuple[str, ...]
    way_in: str  # the smallest change that would bring it in


@dataclass(frozen=True)
class Report:
    """Everything that the document holds: the fields that its template may use."""

    front: Front
    words: Mapping[str, str]
    contents: str
    summary: tuple[str, ...]
    listed: tuple[OfferRow, ...]
    funnel: tuple[FunnelRow, ...]
    ranking: tuple[OfferRow, ...]
    ranking_picture: Picture
    products: tuple[ProductPart, ...]
    names: tuple[str, ...]
    by_domain: tuple[CompareRow, ...]
    apart: tuple[CompareRow, ...]
    costs: tuple[CostRow, ...]
    cost_notes: tuple[str, ...]
    cost_picture: Picture
    robustness: tuple[str, ...]
    ranks_picture: Picture
    left_out: tuple[LeftOut, ...]
    next_steps: tuple[str, ...]
    settings: tuple[str, ...]


def report(delivery: Delivery) -> Report:
    """The shortlist of a project with its reasons.

    Raises NothingAskedError while nothing is asked.
    """
    writer = ReportWriter(delivery)
    return Report(
        front=front(delivery, delivery.t("report.title")),
        words=words_of(delivery.t, "report"),
        contents=CONTENTS,
        summary=tuple(writer.summary()),
        listed=tuple(writer.offer(offer, place) for place, offer in enumerate(writer.listed, start=1)),
        funnel=tuple(writer.funnel()),
        ranking=tuple(writer.offer(offer, place) for place, offer in enumerate(writer.every, start=1)),
        ranking_picture=ranking(delivery, writer.every),
        products=tuple(writer.product(offer) for offer in writer.listed),
        names=tuple(writer.short(offer) for offer in writer.listed),
        by_domain=tuple(writer.by_domain()),
        apart=tuple(writer.apart()),
        costs=tuple(writer.costs()),
        cost_notes=tuple(writer.cost_notes()),
        cost_picture=cost_and_fit(delivery),
        robustness=tuple(writer.robustness()),
        ranks_picture=rank_shares(delivery, writer.sampled),
        left_out=tuple(writer.left_out()),
        next_steps=tuple(writer.next_steps()),
        settings=tuple(delivery.settings),
    )


class ReportWriter:
    """Puts the shortlist into rows and sentences, for the report and for the slides."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery, self.a, self.t, self.words = delivery, delivery.assessment, delivery.t, delivery.words
        self.result = self.a.shortlist
        self.every = [str(offer) for offer in self.result.rows.index]
        self.listed = [str(offer) for offer in self.result.listed.index]
        lines = self.a.cost.lines
        # the first line of each quote that came in
        self.quoted = {row.offer: row for row in lines[lines["origin"] == "quote"][::-1].itertuples()}
        # those whose ranks were drawn, in the order of the ranking
        sampled = set(self.a.robustness.offers)
        self.sampled = [offer for offer in self.every if offer in sampled][:MOST_RANKED]

    def name(self, offer: str) -> str:
        return clean(self.a.offer_name(offer))

    def short(self, offer: str) -> str:
        return clean(self.a.product_name(self.a.offers.products[offer]))

    def summary(self) -> Iterator[str]:
        t, count = self.t, len(self.listed)
        yield t(
            "report.summary.compared",
            products=t("report.products", count=len(self.every)),
            asked=t("report.items", count=len(self.a.fit.asked)),
            passing=t("report.passing", count=int(self.result.rows["gates_passed"].sum())),
        )
        if not count:
            yield t("report.summary.nobody")
            return
        first = self.listed[0]
        row = self.result.rows.loc[first]
        yield t(
            "report.summary.first",
            offer=self.name(first),
            fit=self.words.score(row["fit"]),
            low=self.words.score(row["low"]),
            high=self.words.score(row["high"]),
            cost=self.words.money(row["cost"]),
            years=t("context.years_count", count=self.a.project.context.years),
        )
        yield from list(self.robustness())[:1]

    def offer(self, offer: str, place: int) -> OfferRow:
        t, row = self.t, self.result.rows.loc[offer]
        product = self.a.edition.products[row["product"]]
        add_ons = [product.add_on(one).name for one in row["add_ons"]]
        return OfferRow(
            rank=str(place),
            name=self.name(offer),
            add_ons=clean(f"+ {t.list(add_ons)}") if add_ons else "",
            fit=self.words.score(row["fit"]),
            interval=self.between(self.words.score(row["low"]), self.words.score(row["high"])),
            documented=t.percent(row["documented"]),
            cost=self.words.money(row["cost"]),
            cost_range=self.between(self.words.money(row["cost_low"]), self.words.money(row["cost_high"])),
            ergonomics=t.number(row["ergonomics"]),
            chance=self.words.share(row["probability"]) if row["gates_passed"] else "–",
            verdict=verdict_words(self.delivery.worst_verdict(offer), t),
        )

    def between(self, low: str, high: str) -> str:
        return self.t("report.between", low=low, high=high)

    def funnel(self) -> Iterator[FunnelRow]:
        t = self.t
        for step, left, lost in self.result.funnel:
            names = t.list([self.a.product_name(one) for one in lost])
            yield FunnelRow(t(f"funnel.{step}"), str(len(left)), clean(names))
        names = t.list([self.short(offer) for offer in self.listed])
        yield FunnelRow(t("funnel.listed"), str(len(self.listed)), t("report.kept", names=names) if names else "")

    def product(self, offer: str) -> ProductPart:
        t, row = self.t, self.result.rows.loc[offer]
        product = self.a.edition.products[row["product"]]
        ahead, lost = strengths_and_gaps(self.a, offer)
        line = self.offer(offer, 0)
        figures = [
            t(
                "report.figures",
                fit=line.fit,
                interval=line.interval,
                documented=line.documented,
                chance=line.chance,
                ergonomics=line.ergonomics,
            ),
            t(
                "report.figures_cost",
                cost=line.cost,
                range=line.cost_range,
                first=self.words.money(self.a.cost.first_year[offer]),
                yearly=self.words.money(self.a.cost.yearly[offer]),
            ),
        ]
        return ProductPart(
            name=self.name(offer) + (f" {line.add_ons}" if line.add_ons else ""),
            summary=clean(product.summary[t.language]),
            figures=tuple(clean(one) for one in figures),
            strengths=tuple(self.point(offer, item, points) for item, points in ahead.items()),
            gaps=tuple(self.point(offer, item, points) for item, points in lost.items()),
            confirm=tuple(clean(self.words.reason(key, values)) for key, values in confirmations(self.a, offer)),
            options=tuple(self.options(offer)),
        )

    def options(self, offer: str) -> Iterator[str]:
        """What each further add-on would bring, the most first."""
        table, product = self.a.options, self.a.edition.products[self.a.offers.products[offer]]
        for row in table[table["offer"] == offer].head(MOST_OPTIONS).itertuples():
            points, name = self.t.number(row.points * 100, 1), product.add_on(row.add_on).name
            # a quote is for the whole offer: nothing says what one more add-on would cost
            key = "report.option_quoted" if offer in self.quoted else "report.option"
            yield clean(self.t(key, name=name, points=points, cost=self.words.money(row.cost)))

    def point(self, offer: str, item: str, points: float) -> PointRow:
        return PointRow(
            item=clean(self.words.item(item)),
            asked=chip(self.a.fit.asked[item]),
            reached=self.level(offer, item),
            known=basis_words(self.a.basis(offer, item), self.t),
            points=self.t.number(points, 1),
        )

    def level(self, offer: str, item: str) -> RichText:
        """The level of an offer; unknown where the product is not rated."""
        rated = bool(self.a.offers.rated.at[offer, item])
        return chip(float(self.a.offers.central.at[offer, item])) if rated else chip(None)

    def by_domain(self) -> Iterator[CompareRow]:
        fit = self.a.fit
        for domain in fit.domain_fit.columns:
            cells = []
            for offer in self.listed:
                share = float(fit.domain_fit.at[offer, domain])
                level = min(4, int(share * 4 + 0.5))
                cells.append(
                    Cell(
                        RichText(self.words.score(share), color=ink_on(level)),
                        colour_of(level),
                    )
                )
            yield CompareRow(self.words.domain(domain), RichText(""), self.t.percent(fit.weights[domain]), tuple(cells))

    def apart(self) -> Iterator[CompareRow]:
        """The items that set the shortlisted offers furthest apart."""
        if len(self.listed) < 2:
            return
        contributions = self.a.fit.contributions.loc[self.listed] * 100
        spread = (contributions.max() - contributions.min()).sort_values(ascending=False, kind="stable")
        for item in spread[spread > 0.005].index[:MOST_APART]:
            cells = tuple(Cell(self.level(offer, item), "FFFFFF") for offer in self.listed)
            yield CompareRow(
                clean(self.words.item(item)),
                chip(self.a.fit.asked[item]),
                self.t.number(spread[item], 1),
                cells,
            )

    def costs(self) -> Iterator[CostRow]:
        if not self.listed:
            return
        by_line: pd.DataFrame = self.a.cost.by_line.loc[self.listed]
        for line in by_line.columns:
            if by_line[line].any():
                yield CostRow(self.t(f"cost.{line}"), tuple(self.words.money(one) for one in by_line[line]))
        totals = self.a.cost.totals.loc[self.listed]
        yield CostRow(self.t("cost.total"), tuple(self.words.money(one) for one in totals["likely"]))
        ranges = (
            self.between(self.words.money(low), self.words.money(high)) for low, high in totals[["low", "high"]].values
        )
        yield CostRow(self.t("report.words.range"), tuple(ranges))

    def cost_notes(self) -> Iterator[str]:
        t, context = self.t, self.a.project.context
        yield t(
            "report.cost.note",
            years=context.years,
            rate=t.percent(context.discount_rate, 1),
            currency=context.currency,
            date=t.date(self.a.edition.rates.date),
        )
        yield t(
            "report.cost.assumptions",
            users=t("context.users", count=context.users),
            rate=self.words.money(context.costs.day_rate),
            training=self.days(context.costs.training_days_per_ten_users),
            support=t.percent(context.costs.support_share),
        )
        lines = self.a.cost.lines
        for offer in self.listed:
            if offer in self.quoted:
                row = self.quoted[offer]
                origin = self.words.origin(row.origin, row.line, row.detail)
                yield clean(t("report.cost.quoted", name=self.short(offer), origin=origin))
        negotiated = set(lines.loc[lines["origin"] == "negotiated", "offer"]) & set(self.listed)
        if negotiated:
            names = t.list([self.short(offer) for offer in self.listed if offer in negotiated])
            yield clean(t("report.cost.negotiated", names=names))
        quoted = self.on_quote()
        if quoted:
            yield clean(t("report.cost.quote", names=t.list([self.short(offer) for offer in quoted])))
        if context.budget:
            yield t("report.cost.budget", budget=self.words.money(context.budget))

    def days(self, days: float) -> str:
        return self.t("report.days", count=days, days=self.t.number(days, int(days % 1 > 0)))

    def on_quote(self) -> list[str]:
        """The shortlisted offers with a price that the publisher does not say."""
        return [offer for offer in self.listed if offer in self.a.on_quote]

    def robustness(self) -> Iterator[str]:
        """How sure the order is, as the Robustness page says it."""
        for key, values in how_sure(self.a):
            yield clean(self.words.sure(key, values))
        yield self.t("report.how_sure")

    def left_out(self) -> Iterator[LeftOut]:
        t, settings = self.t, self.a.project.settings
        for offer, row in self.result.left_out.iterrows():
            reasons = [self.words.reason(key, values) for key, values in exclusions(self.a, str(offer))]
            if row["reason"] == "behind":
                reasons = [
                    t(
                        "reason.behind",
                        chance=self.words.share(row["probability"]),
                        bar=t.percent(settings.probability),
                    )
                ]
            line = self.offer(str(offer), 0)
            yield LeftOut(
                line.name,
                t("report.left_out_figures", fit=line.fit, cost=line.cost),
                tuple(clean(one) for one in reasons),
                clean(self.words.way_in(way_in(self.a, row["product"]))),
            )

    def next_steps(self) -> Iterator[str]:
        """What to do now, from what the result still rests on."""
        t = self.t
        if not self.listed:
            yield t("report.next.nobody")
            return
        names = t.list([self.short(offer) for offer in self.listed])
        yield clean(t("report.next.demonstrations", names=names))
        yield clean(t("report.next.answers", names=names))
        if quoted := self.on_quote():
            yield clean(t("report.next.quotes", names=t.list([self.short(offer) for offer in quoted])))
        waiting = [offer for offer in self.listed if confirmations(self.a, offer)]
        if waiting:
            yield clean(t("report.next.confirm", names=t.list([self.short(offer) for offer in waiting])))
        yield t("report.next.decide")
