"""The cost lines of every offer for one project: each with where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from vendors.model import Edition, Effort, Price, Product
from workshops.evidence import Quote
from workshops.model import Context, CostOverride

PER_YEAR = {"user-month": 12.0, "user-year": 1.0, "month": 12.0, "year": 1.0, "once": 1.0, "free": 0.0}
COLUMNS = ["offer", "line", "timing", "low", "likely", "high", "origin", "detail", "basis"]
Days = tuple[float, float, float]


def cost_lines(
    offers: pd.DataFrame,
    edition: Edition,
    context: Context,
    overrides: Iterable[CostOverride] = (),
    quotes: Iterable[Quote] = (),
) -> pd.DataFrame:
    """Cost lines in the project's currency.

    offers     DataFrame offer -> product, plan, add_ons
    overrides  what the project knows better than the edition
    quotes     what vendors offered in writing, the latest last: it replaces every price of its offer

    Returns a DataFrame: offer, line, timing, low, likely, high, origin (list-price, quote-bracket, edition-effort,
    project-assumption, negotiated, quote), detail (values for the sentence that explains the line), basis.
    """
    known: dict[str, dict[tuple[str, str], CostOverride]] = {}
    for one in overrides:
        known.setdefault(one.product_id, {})[one.plan_id, one.what] = one
    quoted = {(one.product_id, one.plan_id): one for one in quotes}
    rows: list[tuple] = []
    for offer, product_id, plan_id, add_ons in zip(
        offers.index, offers["product"], offers["plan"], offers["add_ons"], strict=True
    ):
        product = edition.products[product_id]
        maker = _OfferLines(offer, product, edition, context, known.get(product_id, {}))
        rows += maker.lines(plan_id, add_ons, quoted.get((product_id, plan_id)))
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    return pd.DataFrame(
        {name: pd.Series(values, dtype=_kind(name)) for name, values in zip(COLUMNS, columns, strict=True)}
    )


def _kind(column: str) -> type:
    return float if column in ("low", "likely", "high") else object


def team_size(users: int) -> str:
    """The size of team for which an edition gives implementation days."""
    return "small" if users <= 25 else "medium" if users <= 100 else "large"


def seats_billed(price: Price, users: int) -> int:
    """How often a price is paid: for each seat with a minimum, or for each company or pack of seats."""
    if price.unit.startswith("user"):
        return max(users, price.minimum_seats)
    if price.included_seats and users > price.included_seats:
        # a price for a company that covers some seats is bought as often as the team needs it
        return -(-users // price.included_seats)
    return 1


def yearly_amount(price: Price, users: int) -> tuple[float, float, float, int]:
    """Low, likely and high of one year (or of the one payment) in the price's currency, and the seats billed."""
    seats = seats_billed(price, users)
    times = PER_YEAR[price.unit] * seats
    return price.low * times, price.likely * times, price.high * times, seats


class _OfferLines:
    """The lines of one offer."""

    def __init__(
        self,
        offer: str,
        product: Product,
        edition: Edition,
        context: Context,
        overrides: Mapping[tuple[str, str], CostOverride],
    ) -> None:
        self.offer, self.product, self.edition, self.context = offer, product, edition, context
        self.overrides = overrides

    def lines(self, plan_id: str, add_ons: tuple[str, ...], quote: Quote | None) -> list[tuple]:
        if quote is None:
            found, effort = self.prices(plan_id, add_ons), self.effort()
        else:
            found = [self.quoted("licences", "yearly", quote.yearly, quote)]
            effort = self.effort() if quote.setup is None else self.quoted("implementation", "once", quote.setup, quote)
        work = [
            effort,
            self.work("integration", self.context.systems, self.context.costs.integration_days),
            self.work("migration", self.context.data, self.context.costs.migration_days),
        ]
        found += work
        found += [self.training(), self.support(effort), self.internal(work)]
        found += [self.extra("other-once", "once"), self.extra("other-yearly", "yearly")]
        return [line for line in found if line is not None]

    def prices(self, plan_id: str, add_ons: tuple[str, ...]) -> list[tuple]:
        """What the plan and the add-ons cost: negotiated where the project has an amount, else list prices."""
        plan = self.product.plan(plan_id)
        found = [self.priced("licences", plan.price, self.overrides.get((plan_id, "price")))]
        flat = self.overrides.get((plan_id, "flat-fee"))
        if plan.flat_fee or flat:
            found.append(self.priced("flat-fee", plan.flat_fee or plan.price, flat))
        for one in add_ons:
            add_on = self.product.add_on(one)
            found.append(self.priced("add-ons", add_on.price, None, add_on=add_on.name))
        return found

    def quoted(self, line: str, timing: str, amount: float, quote: Quote) -> tuple:
        value = self.converted(amount, quote.currency)
        detail = {
            "amount": amount,
            "currency": quote.currency,
            "dated": quote.dated.isoformat(),
            "valid_until": quote.valid_until.isoformat() if quote.valid_until else "",
            "reference": quote.reference,
        }
        return (self.offer, line, timing, value, value, value, "quote", detail, "documented")

    def priced(self, line: str, price: Price, own: CostOverride | None, **detail: object) -> tuple:
        seats = seats_billed(price, self.context.users)
        unit = "year" if own and price.unit == "free" else price.unit  # a fee agreed for a free product
        low, likely, high, currency = (
            (own.low, own.likely, own.high, own.currency)
            if own
            else (price.low, price.likely, price.high, price.currency)
        )
        times = PER_YEAR[unit] * seats
        detail |= {
            "seats": seats,
            "low": low,
            "likely": likely,
            "high": high,
            "currency": currency,
            "unit": unit,
            "minimum": price.minimum_seats,
            "included": price.included_seats,
            "dated": price.dated.isoformat() if price.dated else "",
            "note": own.note if own else "",
        }
        origin = "negotiated" if own else "quote-bracket" if price.on_quote else "list-price"
        return (
            self.offer,
            line,
            "once" if unit == "once" else "yearly",
            *(self.converted(one * times, currency) for one in (low, likely, high)),
            origin,
            detail,
            "declared" if own else price.basis,
        )

    def converted(self, amount: float, currency: str) -> float:
        return self.edition.rates.convert(amount, currency, self.context.currency) if amount else 0.0

    def day_rate(self) -> tuple[Days, float]:
        """An integrator's day: low, likely and high, and the likely one for the sentence."""
        own = self.overrides.get(("", "day-rate"))
        if own is None:
            rate = self.context.costs.day_rate
            return (rate, rate, rate), rate
        ends = tuple(self.converted(one, own.currency) for one in (own.low, own.likely, own.high))
        return ends, ends[1]

    def by_days(
        self, line: str, what: str, assumed: Days | None, origin: str, basis: str, **detail: object
    ) -> tuple | None:
        """A line that is days at a rate: the project's own days where it knows them, else those that are assumed."""
        own = self.overrides.get(("", what))
        days = (own.low, own.likely, own.high) if own else assumed
        if days is None or not days[2]:
            return None
        rates, likely_rate = self.day_rate()
        known = own is not None or ("", "day-rate") in self.overrides
        detail |= {"days": days[1], "rate": likely_rate, "note": self.note(what, "day-rate")}
        amounts = (day * rate for day, rate in zip(days, rates, strict=True))
        return (
            self.offer,
            line,
            "once",
            *amounts,
            "negotiated" if known else origin,
            detail,
            "declared" if own else basis,
        )

    def note(self, *what: str) -> str:
        return "; ".join(one.note for name in what if (one := self.overrides.get(("", name))) and one.note)

    def effort(self) -> tuple | None:
        implementation, size = self.product.implementation, team_size(self.context.users)
        if implementation is None:
            return self.by_days("implementation", "implementation-days", None, "edition-effort", "assessed")
        days: Effort = implementation.days[size]
        assumed = (days.low, days.likely, days.high)
        return self.by_days(
            "implementation", "implementation-days", assumed, "edition-effort", implementation.basis, size=size
        )

    def work(self, line: str, works: tuple, days: Mapping[str, Days]) -> tuple | None:
        assumed = tuple(sum(days[work.complexity][end] for work in works) for end in range(3)) if works else None
        return self.by_days(line, f"{line}-days", assumed, "project-assumption", "assessed", count=len(works))

    def training(self) -> tuple | None:
        days = self.context.costs.training_days_per_ten_users * -(-self.context.users // 10)
        assumed = (days * 0.75, days, days * 1.5)
        return self.by_days("training", "training-days", assumed, "project-assumption", "assessed")

    def support(self, effort: tuple | None) -> tuple | None:
        own, share = self.overrides.get(("", "support")), self.context.costs.support_share
        if own:
            return self.extra("support", "yearly")
        if effort is None or not share:
            return None
        amounts = (amount * share for amount in effort[3:6])
        return (
            self.offer,
            "support",
            "yearly",
            *amounts,
            "project-assumption",
            {"share": share, "note": ""},
            "assessed",
        )

    def internal(self, work: list[tuple | None]) -> tuple | None:
        """Days of the project's own people: given, or a share of the integrator's days."""
        costs, own = self.context.costs, self.overrides.get(("", "internal-days"))
        rate = costs.internal_day_rate
        if own:
            days = (own.low, own.likely, own.high)
        elif costs.internal_share:
            rates, _ = self.day_rate()
            total = [sum(line[3 + end] for line in work if line) for end in range(3)]
            days = tuple(
                amount / one * costs.internal_share if one else 0.0 for amount, one in zip(total, rates, strict=True)
            )
        else:
            return None
        detail = {"days": days[1], "rate": rate, "note": self.note("internal-days")}
        amounts = (day * rate for day in days)
        origin = "negotiated" if own else "project-assumption"
        return (self.offer, "internal", "once", *amounts, origin, detail, "declared" if own else "assessed")

    def extra(self, what: str, timing: str) -> tuple | None:
        """An amount for the whole team that the project was given."""
        own = self.overrides.get(("", what))
        if own is None:
            return None
        amounts = [self.converted(one, own.currency) for one in (own.low, own.likely, own.high)]
        line = "support" if what == "support" else "other"
        return (self.offer, line, timing, *amounts, "negotiated", {"amount": amounts[1], "note": own.note}, "declared")
