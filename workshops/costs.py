"""The cost lines of every offer for one project: each with where it comes from."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from vendors.model import Edition, Effort, Price, Product
from workshops.evidence import Quote
from workshops.model import Context

PER_YEAR = {"user-month": 12.0, "user-year": 1.0, "month": 12.0, "year": 1.0, "once": 1.0, "free": 0.0}
COLUMNS = ["offer", "line", "timing", "low", "likely", "high", "origin", "detail", "basis"]


def cost_lines(offers: pd.DataFrame, edition: Edition, context: Context, quotes: Iterable[Quote] = ()) -> pd.DataFrame:
    """Cost lines in the project's currency.

    offers  DataFrame offer -> product, plan, add_ons
    quotes  what vendors offered in writing, the latest last: it replaces the list prices of its offer

    Returns a DataFrame: offer, line, timing, low, likely, high, origin (list-price, quote-bracket, edition-effort,
    project-assumption, quote), detail (values for the sentence that explains the line), basis.
    """
    rows: list[tuple] = []
    quoted = {(one.product_id, one.plan_id): one for one in quotes}
    for offer, product_id, plan_id, add_ons in offers[["product", "plan", "add_ons"]].itertuples():
        product = edition.products[product_id]
        rows += _OfferLines(offer, product, edition, context).lines(plan_id, add_ons, quoted.get((product_id, plan_id)))
    return pd.DataFrame(rows, columns=COLUMNS)


def team_size(users: int) -> str:
    """The size of team for which an edition gives implementation days."""
    return "small" if users <= 25 else "medium" if users <= 100 else "large"


def yearly_amount(price: Price, users: int) -> tuple[float, float, float, int]:
    """Low, likely and high of one year (or of the one payment) in the price's currency, and the seats billed."""
    seats = 1
    if price.unit.startswith("user"):
        seats = max(users, price.minimum_seats)
    elif price.included_seats and users > price.included_seats:
        # a price for a company that covers some seats is bought as often as the team needs it
        seats = -(-users // price.included_seats)
    times = PER_YEAR[price.unit] * seats
    return price.low * times, price.likely * times, price.high * times, seats


class _OfferLines:
    """The lines of one offer."""

    def __init__(self, offer: str, product: Product, edition: Edition, context: Context) -> None:
        self.offer, self.product, self.edition, self.context = offer, product, edition, context

    def lines(self, plan_id: str, add_ons: tuple[str, ...], quote: Quote | None) -> list[tuple]:
        if quote is None:
            found, effort = self.list_prices(plan_id, add_ons), self.effort()
        else:
            found = [self.quoted("licences", "yearly", quote.yearly, quote)]
            effort = self.effort() if quote.setup is None else self.quoted("implementation", "once", quote.setup, quote)
        if effort is not None:
            found.append(effort)
        costs = self.context.costs
        found += [
            line
            for line in (
                self.work("integration", self.context.systems, costs.integration_days),
                self.work("migration", self.context.data, costs.migration_days),
                self.training(),
                self.support(effort),
            )
            if line is not None
        ]
        return found

    def list_prices(self, plan_id: str, add_ons: tuple[str, ...]) -> list[tuple]:
        plan = self.product.plan(plan_id)
        found = [self.priced("licences", plan.price)]
        if plan.flat_fee:
            found.append(self.priced("flat-fee", plan.flat_fee))
        return found + [
            self.priced("add-ons", self.product.add_on(one).price, add_on=self.product.add_on(one).name)
            for one in add_ons
        ]

    def quoted(self, line: str, timing: str, amount: float, quote: Quote) -> tuple:
        value = self.edition.rates.convert(amount, quote.currency, self.context.currency)
        detail = {
            "amount": amount,
            "currency": quote.currency,
            "dated": quote.dated.isoformat(),
            "valid_until": quote.valid_until.isoformat() if quote.valid_until else "",
            "reference": quote.reference,
        }
        return (self.offer, line, timing, value, value, value, "quote", detail, "documented")

    def priced(self, line: str, price: Price, **detail: object) -> tuple:
        low, likely, high, seats = yearly_amount(price, self.context.users)
        convert = self.edition.rates.convert
        amounts = [convert(one, price.currency, self.context.currency) if one else 0.0 for one in (low, likely, high)]
        detail |= {
            "seats": seats,
            "low": price.low,
            "likely": price.likely,
            "high": price.high,
            "currency": price.currency,
            "unit": price.unit,
            "minimum": price.minimum_seats,
            "dated": price.dated.isoformat() if price.dated else "",
        }
        return (
            self.offer,
            line,
            "once" if price.unit == "once" else "yearly",
            *amounts,
            "quote-bracket" if price.on_quote else "list-price",
            detail,
            price.basis,
        )

    def effort(self) -> tuple | None:
        if self.product.implementation is None:
            return None
        size = team_size(self.context.users)
        days: Effort = self.product.implementation.days[size]
        rate = self.context.costs.day_rate
        return (
            self.offer,
            "implementation",
            "once",
            days.low * rate,
            days.likely * rate,
            days.high * rate,
            "edition-effort",
            {"days": days.likely, "rate": rate, "size": size},
            self.product.implementation.basis,
        )

    def work(self, line: str, works: tuple, days: dict) -> tuple | None:
        if not works:
            return None
        rate = self.context.costs.day_rate
        low, likely, high = (sum(days[work.complexity][end] for work in works) for end in range(3))
        return (
            self.offer,
            line,
            "once",
            low * rate,
            likely * rate,
            high * rate,
            "project-assumption",
            {"days": likely, "rate": rate, "count": len(works)},
            "assessed",
        )

    def training(self) -> tuple | None:
        costs, users = self.context.costs, self.context.users
        days = costs.training_days_per_ten_users * -(-users // 10)
        if not days:
            return None
        amount = days * costs.day_rate
        return (
            self.offer,
            "training",
            "once",
            amount * 0.75,
            amount,
            amount * 1.5,
            "project-assumption",
            {"days": days, "rate": costs.day_rate},
            "assessed",
        )

    def support(self, effort: tuple | None) -> tuple | None:
        share = self.context.costs.support_share
        if effort is None or not share:
            return None
        low, likely, high = (amount * share for amount in effort[3:6])
        return (self.offer, "support", "yearly", low, likely, high, "project-assumption", {"share": share}, "assessed")
