"""What a project is made of. Everything is frozen: a change is written to the store and read back."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from functional_map.model import FunctionalMap
from workshops.evidence import NOTHING_YET, Evidence

STATUSES = ("open", "proposed", "agreed", "out-of-scope")
COMPLEXITIES = ("simple", "medium", "complex")
CURRENCIES = ("EUR", "USD", "GBP", "CHF")
COMPANY_SIZES = ("micro", "small", "medium", "large")
# languages that a project may ask of an interface
INTERFACE_LANGUAGES = (
    "en",
    "fr",
    "de",
    "es",
    "it",
    "nl",
    "pt",
    "pl",
    "sv",
    "no",
    "da",
    "fi",
    "cs",
    "tr",
    "ja",
    "zh",
    "ar",
)
POLICIES = ("default", "strict", "lenient")
MOST_SEATS, MOST_YEARS = 100_000, 15
MOST_AMOUNT = 1e9
# what a project may know better than the edition: prices of a plan, then figures that hold for every plan of a product
PLAN_OVERRIDES = ("price", "flat-fee")
OVERRIDES = (
    *PLAN_OVERRIDES,
    "day-rate",
    "implementation-days",
    "migration-days",
    "integration-days",
    "training-days",
    "internal-days",
    "support",
    "other-once",
    "other-yearly",
)
LONGEST_NAME, LONGEST_NOTE = 120, 4_000
# how a project may know a rating better than its edition, the stronger first
OWN_BASES = ("tested", "declared")


class ProjectError(ValueError):
    """What was entered cannot be used. `problems` are (sentence id, values) pairs, all of them at once."""

    texts = "workshops"  # where the sentences are

    def __init__(self, problems: list[tuple[str, dict[str, Any]]]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{sentence} {values or ''}".strip() for sentence, values in problems))


@dataclass(frozen=True)
class Work:
    """A system to connect or data to bring over."""

    name: str
    complexity: str = "medium"


@dataclass(frozen=True)
class CostAssumptions:
    """What a project assumes where the edition has no figure; each shows beside the cost line it makes."""

    day_rate: float = 900.0  # an integrator's day, in the project's currency
    training_days_per_ten_users: float = 1.0
    support_share: float = 0.15  # yearly support as a share of implementation
    internal_share: float = 0.0  # days of the project's own people for each day of an integrator
    internal_day_rate: float = 450.0  # what such a day costs, in the project's currency
    # integrator days (low, likely, high) for one system or one set of data
    integration_days: Mapping[str, tuple[float, float, float]] = field(
        default_factory=lambda: MappingProxyType(
            {"simple": (2.0, 3.0, 5.0), "medium": (5.0, 8.0, 14.0), "complex": (12.0, 20.0, 35.0)}
        )
    )
    migration_days: Mapping[str, tuple[float, float, float]] = field(
        default_factory=lambda: MappingProxyType(
            {"simple": (1.0, 2.0, 4.0), "medium": (3.0, 5.0, 9.0), "complex": (8.0, 12.0, 20.0)}
        )
    )


@dataclass(frozen=True)
class Context:
    """The client and the conditions of the choice."""

    sector: str = ""
    company_size: str = ""  # "" when not said
    seats: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))  # by team
    years: int = 3
    discount_rate: float = 0.0
    currency: str = "EUR"
    budget: float | None = None  # total cost of ownership over the horizon; None: no limit
    ergonomics: float | None = None  # least score, 0 to 100; None: no threshold
    deployment: tuple[str, ...] = ()  # any of these will do; empty: no condition
    hosting_regions: tuple[str, ...] = ()  # any of these will do
    languages: tuple[str, ...] = ()  # all of these are needed
    systems: tuple[Work, ...] = ()
    data: tuple[Work, ...] = ()
    costs: CostAssumptions = CostAssumptions()

    @property
    def users(self) -> int:
        return sum(self.seats.values())

    def problems(self) -> list[tuple[str, dict[str, Any]]]:
        """What is wrong with it, as ids of sentences with their values."""
        found: list[tuple[str, dict[str, Any]]] = []
        for team, count in self.seats.items():
            if not 0 <= count <= MOST_SEATS:
                found.append(("context.problem.seats", {"team": team, "count": count, "most": MOST_SEATS}))
        if not 1 <= self.years <= MOST_YEARS:
            found.append(("context.problem.years", {"years": self.years, "most": MOST_YEARS}))
        if not 0 <= self.discount_rate <= 0.5:
            found.append(("context.problem.discount", {}))
        if self.budget is not None and not 0 < self.budget < 1e12:
            found.append(("context.problem.budget", {}))
        if self.ergonomics is not None and not 0 <= self.ergonomics <= 100:
            found.append(("context.problem.ergonomics", {}))
        if self.currency not in CURRENCIES:
            found.append(("context.problem.currency", {"currency": self.currency, "known": ", ".join(CURRENCIES)}))
        if self.company_size and self.company_size not in COMPANY_SIZES:
            found.append(("context.problem.company_size", {"value": self.company_size}))
        if not (0 <= self.costs.day_rate <= 100_000 and 0 <= self.costs.internal_day_rate <= 100_000):
            found.append(("context.problem.day_rate", {}))
        typed = (self.sector, *(work.name for work in (*self.systems, *self.data)), *self.seats)
        if any(len(text) > LONGEST_NAME for text in typed):
            found.append(("context.problem.long", {"most": LONGEST_NAME}))
        if not 0 <= self.costs.internal_share <= 10:
            found.append(("context.problem.internal_share", {}))
        for work in (*self.systems, *self.data):
            if work.complexity not in COMPLEXITIES:
                found.append(("context.problem.complexity", {"name": work.name, "known": ", ".join(COMPLEXITIES)}))
        return found

    def to_json(self) -> dict[str, Any]:
        return _plain(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Context:
        """Read back what `to_json` wrote; fields that a later version no longer knows are left aside."""
        known = {name: raw[name] for name in cls.__dataclass_fields__ if name in raw}
        for name in ("deployment", "hosting_regions", "languages"):
            known[name] = tuple(known.get(name, ()))
        for name in ("systems", "data"):
            known[name] = tuple(Work(**work) for work in known.get(name, ()))
        known["seats"] = MappingProxyType(dict(known.get("seats", {})))
        costs = {
            name: value for name, value in raw.get("costs", {}).items() if name in CostAssumptions.__dataclass_fields__
        }
        for name in ("integration_days", "migration_days"):
            if name in costs:
                costs[name] = MappingProxyType({size: tuple(days) for size, days in costs[name].items()})
        for name in ("budget", "ergonomics", "discount_rate"):
            if known.get(name) is not None:
                known[name] = float(known[name])
        known["costs"] = CostAssumptions(**costs)
        return cls(**known)


@dataclass(frozen=True)
class ShortlistSettings:
    """The constants of the shortlist that a project may move."""

    policy: str = "default"
    at_least: int = 3
    at_most: int = 5
    probability: float = 0.25
    order_by: str = "central"

    def problems(self) -> list[tuple[str, dict[str, Any]]]:
        found: list[tuple[str, dict[str, Any]]] = []
        if self.policy not in POLICIES or self.order_by not in ("central", "cautious"):
            found.append(("settings.problem.word", {}))
        if not 1 <= self.at_least <= self.at_most <= 20:
            found.append(("settings.problem.size", {"least": self.at_least, "most": self.at_most}))
        if not 0 <= self.probability <= 1:
            found.append(("settings.problem.probability", {}))
        return found

    def to_json(self) -> dict[str, Any]:
        return _plain(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> ShortlistSettings:
        return cls(**{name: raw[name] for name in cls.__dataclass_fields__ if name in raw})


@dataclass(frozen=True)
class Expectation:
    """What a project asks on one item."""

    item_id: str
    level: int | None = None  # None: nobody has said yet
    must_have: bool = False
    note: str = ""
    owner: str = ""
    status: str = "open"
    version: int = 0
    changed_by: str = ""
    changed_at: dt.datetime | None = None

    @property
    def in_scope(self) -> bool:
        return self.status != "out-of-scope"


@dataclass(frozen=True)
class Change:
    """A change of expectations that was written, with what it takes to take it back."""

    before: Mapping[str, Mapping[str, Any]]  # item -> the fields that moved, as they were
    old_versions: Mapping[str, int]  # item -> its version before the change
    versions: Mapping[str, int]  # and after


@dataclass(frozen=True)
class OwnItem:
    """An item that a project adds to the map; no product of an edition is rated on it."""

    id: str
    domain: str
    label: str
    definition: str = ""


@dataclass(frozen=True)
class CostOverride:
    """What a project knows better than the edition about the cost of a product: a quote, a negotiated price, a rate.

    `what` is one of OVERRIDES: a price is what the publisher bills each time in the unit of the plan, days and rates are
    an integrator's or the project's own people's, amounts are for the whole team.
    """

    product_id: str
    what: str
    likely: float
    low: float
    high: float
    plan_id: str = ""  # of a price; everything else holds for all plans of the product
    currency: str = "EUR"
    note: str = ""
    version: int = 0
    changed_by: str = ""
    changed_at: dt.datetime | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.product_id, self.plan_id, self.what

    def problems(self) -> list[tuple[str, dict[str, Any]]]:
        """What is wrong with it, as ids of sentences with their values."""
        found: list[tuple[str, dict[str, Any]]] = []
        if self.what not in OVERRIDES or bool(self.plan_id) != (self.what in PLAN_OVERRIDES):
            found.append(("override.problem.what", {"what": self.what}))
        if not all(math.isfinite(one) and 0 <= one <= MOST_AMOUNT for one in (self.low, self.likely, self.high)):
            found.append(("override.problem.amount", {"what": self.what}))
        elif not self.low <= self.likely <= self.high:
            found.append(("override.problem.order", {"what": self.what}))
        if self.currency not in CURRENCIES:
            found.append(("context.problem.currency", {"currency": self.currency, "known": ", ".join(CURRENCIES)}))
        if len(self.note) > LONGEST_NAME:
            found.append(("override.problem.note", {"what": self.what, "most": LONGEST_NAME}))
        return found


@dataclass(frozen=True)
class ProjectRating:
    """A level that a project takes in place of the edition's: declared by a vendor, or seen in a demonstration."""

    product_id: str
    item_id: str
    level: int
    basis: str  # one of OWN_BASES
    who: str  # who declared it, or who saw it
    on: dt.date
    plan_id: str = ""  # the first plan that has it; "": every plan
    add_on_id: str = ""
    note: str = ""
    version: int = 0
    changed_by: str = ""

    def problems(self) -> list[tuple[str, dict[str, Any]]]:
        """What is wrong with it, as ids of sentences with their values."""
        found: list[tuple[str, dict[str, Any]]] = []
        if isinstance(self.level, bool) or self.level not in range(5):
            found.append(("own_rating.problem.level", {"item": self.item_id, "level": self.level}))
        if self.basis not in OWN_BASES:
            found.append(("own_rating.problem.basis", {"item": self.item_id, "known": ", ".join(OWN_BASES)}))
        if not 0 < len(self.who.strip()) <= LONGEST_NAME:
            found.append(("own_rating.problem.who", {"item": self.item_id, "most": LONGEST_NAME}))
        if len(self.note) > LONGEST_NOTE:
            found.append(("own_rating.problem.note", {"item": self.item_id, "most": LONGEST_NOTE}))
        return found


@dataclass(frozen=True)
class Summary:
    """A project as the list of projects shows it."""

    id: str
    name: str
    client: str
    edition_id: str
    is_sample: bool
    archived: bool
    created_at: dt.datetime
    changed_at: dt.datetime
    revision: int
    asked: int  # items with an expectation


@dataclass(frozen=True, eq=False)  # compared by identity: the same project at another revision is another object
class Project:
    """One client engagement, as it stands at one revision."""

    id: str
    name: str
    client: str
    edition_id: str
    is_sample: bool
    archived: bool
    created_at: dt.datetime
    changed_at: dt.datetime
    revision: int
    context: Context
    settings: ShortlistSettings
    weights: Mapping[str, float]  # domain -> points
    expectations: Mapping[str, Expectation]  # by item id, those that were ever touched
    own_items: tuple[OwnItem, ...] = ()
    evidence: Evidence = NOTHING_YET
    overrides: tuple[CostOverride, ...] = ()
    ratings: tuple[ProjectRating, ...] = ()  # its own, in place of the edition's

    def expectation(self, item_id: str) -> Expectation:
        return self.expectations.get(item_id) or Expectation(item_id)

    def asked(self) -> dict[str, int]:
        """item -> level, where one was said and the item is in scope."""
        return {one.item_id: one.level for one in self.expectations.values() if one.level is not None and one.in_scope}

    def must_haves(self) -> dict[str, int]:
        """item -> level, of the items that exclude a product which does not reach them."""
        return {item: level for item, level in self.asked().items() if self.expectations[item].must_have and level > 0}


def level_problems(
    level: int | None, must_have: bool, note: str, owner: str, status: str, item_id: str
) -> list[tuple[str, dict[str, Any]]]:
    """What is wrong with an expectation, as ids of sentences with their values."""
    found: list[tuple[str, dict[str, Any]]] = []
    if level is not None and (isinstance(level, bool) or level not in range(5)):
        found.append(("expectation.problem.level", {"item": item_id, "level": level}))
    if must_have and not level:
        found.append(("expectation.problem.must_have", {"item": item_id}))
    if status not in STATUSES:
        found.append(("expectation.problem.status", {"item": item_id, "status": status}))
    if len(note) > LONGEST_NOTE:
        found.append(("expectation.problem.note", {"item": item_id, "most": LONGEST_NOTE}))
    if len(owner) > LONGEST_NAME:
        found.append(("expectation.problem.owner", {"item": item_id, "most": LONGEST_NAME}))
    return found


def equal_weights(functional_map: FunctionalMap) -> dict[str, float]:
    """The same number of points for every domain, until the group says otherwise."""
    return {domain.id: 10.0 for domain in functional_map.domains}


def weight_problems(weights: Mapping[str, float]) -> list[tuple[str, dict[str, Any]]]:
    """What is wrong with domain weights, as ids of sentences with their values."""
    found: list[tuple[str, dict[str, Any]]] = []
    for domain, weight in weights.items():
        if not (isinstance(weight, int | float) and 0 <= weight <= 1000):
            found.append(("weights.problem.value", {"domain": domain}))
    if not found and sum(weights.values()) <= 0:
        found.append(("weights.problem.zero", {}))
    return found


def _plain(value: Any) -> Any:
    """Frozen dataclasses, tuples and mappings as what JSON can hold."""
    if dataclasses.is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value
