"""What an edition is made of: products, plans, prices, ratings, and how each of them is known."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from functional_map.model import Text

# From the strongest proof to none. The half-widths are levels on the scale of 0 to 4.
BASES = ("tested", "documented", "documented-absence", "declared", "secondary", "assessed")
EVIDENCED = ("tested", "documented", "documented-absence")
CONFIDENCES = ("high", "medium", "low")
HALF_WIDTH = {
    "tested": 0.25,
    "documented": 0.5,
    "documented-absence": 0.5,
    "declared": 0.75,
    "secondary": 1.0,
    "assessed": 1.5,
}
HALF_WIDTH_DOCUMENTED_HIGH = 0.25
UNKNOWN = (0.0, 4.0)
MONTHS_FRESH, MONTHS_DOCUMENTED = 24, 48  # older evidence loses a step of confidence, then its basis

# the facts of a profile, each with how it is known
FACTS = ("company_sizes", "deployment", "hosting_regions", "interface_languages", "sectors", "integrators")
KINDS = ("global-suite", "mid-market", "small-business", "open-source", "field-sales", "service-led", "marketing-led")
DEPLOYMENTS = ("cloud", "private-cloud", "on-premises")
REGIONS = ("eu", "eea", "fr", "de", "uk", "ch", "us", "ca", "au", "in", "jp", "other")
COMPANY_SIZES = ("micro", "small", "medium", "large")  # up to 10, 50, 250 people, and above
SOURCE_KINDS = ("first-party", "third-party", "test", "declaration")
UNITS = ("user-month", "user-year", "month", "year", "once", "free")
BILLINGS = ("monthly", "yearly", "once", "none")
CRITERIA = (
    "learning",
    "everyday-speed",
    "clarity",
    "consistency",
    "personalisation",
    "mobile-use",
    "accessibility",
    "help",
)
# Ergonomics is scored from 0 to 100, like the System Usability Scale that replaces it after a demonstration.
CRITERION_HALF_WIDTH = {"tested": 5.0, "declared": 20.0, "secondary": 15.0, "assessed": 25.0}
TEAM_SIZES = ("small", "medium", "large")  # up to 25, 100, 500 users


@dataclass(frozen=True)
class Source:
    """A page that somebody opened and read."""

    id: str
    kind: str
    title: str
    url: str
    dated: dt.date | None  # when the page says it was written
    read: dt.date


@dataclass(frozen=True)
class Rating:
    """The level an item reaches in a product, from which plan on, and how that is known."""

    item_id: str
    rating: int
    basis: str
    confidence: str
    plan: str | None = None  # the first plan that has it; None: every plan
    without: int = 0  # the level on plans below `plan`, or without the add-on
    add_on: str | None = None
    sources: tuple[str, ...] = ()
    note: str = ""
    searched: tuple[str, ...] = ()  # the words searched, where absence is documented
    by: str = ""  # who tested or declared it
    on: dt.date | None = None  # when

    @property
    def half_width(self) -> float:
        """Half the width of the interval that holds the true level, in levels."""
        if self.basis == "documented" and self.confidence == "high":
            return HALF_WIDTH_DOCUMENTED_HIGH
        return HALF_WIDTH[self.basis]

    @property
    def interval(self) -> tuple[float, float]:
        """Lowest and highest plausible level, within the scale."""
        return max(0.0, self.rating - self.half_width), min(4.0, self.rating + self.half_width)


@dataclass(frozen=True)
class Fact:
    """A fact of a product's profile that a project can depend on, with how it is known."""

    values: tuple[str, ...]
    basis: str
    sources: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Price:
    """What a plan or an add-on costs: an amount that was read, or a bracket where it is on quote."""

    low: float
    likely: float
    high: float
    currency: str
    unit: str
    billing: str
    basis: str
    on_quote: bool = False
    minimum_seats: int = 0
    included_seats: int = 0  # seats covered by a price that is not per user
    source: str | None = None
    dated: dt.date | None = None
    note: str = ""


@dataclass(frozen=True)
class Plan:
    """A commercial tier of a product; plans stand in ascending order."""

    id: str
    name: str
    price: Price
    flat_fee: Price | None = None  # beside the price per seat
    quotas: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    note: str = ""


@dataclass(frozen=True)
class AddOn:
    """The publisher's own paid module."""

    id: str
    name: str
    price: Price
    note: str = ""


@dataclass(frozen=True)
class Effort:
    """Implementation days of an integrator for a team of a size."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True)
class Implementation:
    """What it takes to put a product to work, by size of the team."""

    days: Mapping[str, Effort]  # by TEAM_SIZES
    basis: str
    reason: str
    day_rate: Price | None = None


@dataclass(frozen=True)
class Criterion:
    """An ergonomics score from 0 to 100 and how it is known."""

    score: float
    basis: str
    reason: str
    sources: tuple[str, ...] = ()

    @property
    def interval(self) -> tuple[float, float]:
        half = CRITERION_HALF_WIDTH[self.basis]
        return max(0.0, self.score - half), min(100.0, self.score + half)


@dataclass(frozen=True, eq=False)  # compared by identity, so that results can be cached by it
class Product:
    """One rated product of an edition."""

    id: str
    name: str
    publisher: str
    country: str
    kind: str
    website: str
    aliases: tuple[str, ...]
    first_party: tuple[str, ...]
    summary: Text
    for_whom: Text
    licence: str
    company_sizes: Fact | None
    deployment: Fact | None
    hosting_regions: Fact | None
    interface_languages: Fact | None
    sectors: Fact | None
    integrators: Fact | None
    plans: tuple[Plan, ...]
    add_ons: tuple[AddOn, ...]
    implementation: Implementation | None
    ergonomics: Mapping[str, Criterion]
    ratings: Mapping[str, Rating]
    not_rated: tuple[str, ...]
    evidence: Mapping[str, int]
    sources: Mapping[str, Source]
    notes: str = ""

    @cached_property
    def plan_order(self) -> Mapping[str, int]:
        return MappingProxyType({plan.id: place for place, plan in enumerate(self.plans)})

    def plan(self, plan_id: str) -> Plan:
        return next(plan for plan in self.plans if plan.id == plan_id)

    def add_on(self, add_on_id: str) -> AddOn:
        return next(add_on for add_on in self.add_ons if add_on.id == add_on_id)

    @cached_property
    def rests_on(self) -> Mapping[str, int]:
        """How many items rest on each basis; items without a line count as not rated."""
        counts = dict.fromkeys(BASES, 0)
        for rating in self.ratings.values():
            counts[rating.basis] = counts.get(rating.basis, 0) + 1
        return MappingProxyType({basis: count for basis, count in counts.items() if count})

    @cached_property
    def ergonomics_interval(self) -> tuple[float, float, float]:
        """Low, central and high score over the criteria, 0 to 100; the whole scale where nothing is known."""
        criteria = list(self.ergonomics.values())
        if not criteria:
            return 0.0, math.nan, 100.0
        lows, highs = zip(*(criterion.interval for criterion in criteria), strict=True)
        count = len(criteria)
        return sum(lows) / count, sum(criterion.score for criterion in criteria) / count, sum(highs) / count


@dataclass(frozen=True)
class Rates:
    """Currency rates of one day: units of a currency for one euro."""

    date: dt.date
    source: str
    per_euro: Mapping[str, float]

    def convert(self, amount: float, currency: str, into: str) -> float:
        """The amount in another currency.

        Raises KeyError where the edition has no rate for one of the two.
        """
        return amount / self.per_euro[currency] * self.per_euro[into]


@dataclass(frozen=True, eq=False)
class Edition:
    """One year's complete set of rated products, on the map of the same year or an earlier one."""

    id: str  # the year, or year and version once republished
    year: int
    map_year: int
    published: dt.date
    title: Text
    notes: Text
    rates: Rates
    products: Mapping[str, Product]
    priors: Mapping[str, float]  # by item: mean evidenced level when published

    def product(self, product_id: str) -> Product:
        return self.products[product_id]
