"""A project joined with its edition: every number that pages and exports show comes from here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

import scoring.robustness as robustness_module
from functional_map.model import FunctionalMap
from scoring.cost import Cost, cost_of_ownership
from scoring.fit import Fit, fit
from scoring.gates import Gates, gates
from scoring.offers import Offers, offers
from scoring.robustness import Robustness, domain_spread, draw_weights
from scoring.seen import with_seen
from scoring.shortlist import Settings, Shortlist, best_offers, shortlist
from vendors.model import Edition, Fact
from vendors.tables import MIDDLE_OF_THE_SCALE, plan_table, prior_levels, rating_table
from workshops.costs import cost_lines
from workshops.evidence import Seen
from workshops.model import Context, Project


@dataclass(frozen=True, eq=False)
class Assessment:
    """What a project's requirements make of an edition. Every part is derived from the one before.

    Raises NothingAskedError from `fit` on while no expectation stands in a weighted domain.
    """

    project: Project
    edition: Edition
    map: FunctionalMap

    @cached_property
    def expectations(self) -> pd.Series:
        return pd.Series(self.project.asked(), dtype=float)

    @cached_property
    def domains(self) -> pd.Series:
        """item -> domain, items of a domain standing together, own items after the map's."""
        own: dict[str, list[str]] = {}
        for item in self.project.own_items:
            own.setdefault(item.domain, []).append(item.id)
        pairs = [
            (item_id, domain.id)
            for domain in self.map.domains
            for item_id in [item.id for item in domain.items] + own.get(domain.id, [])
        ]
        return pd.Series(dict(pairs))

    @cached_property
    def weights(self) -> pd.Series:
        return pd.Series(dict(self.project.weights), dtype=float)

    @cached_property
    def offers(self) -> Offers:
        """What the edition knows, narrowed by what the team saw."""
        own = tuple(item.id for item in self.project.own_items)
        known = offers_of(self.edition, self.map, tuple(sorted(self.project.must_haves().items())), own)
        return with_seen(known, seen_table(self.project.evidence.seen, self.edition))

    @cached_property
    def fit(self) -> Fit:
        return fit(self.offers.central, self.expectations, self.domains, self.weights)

    @cached_property
    def cautious(self) -> Fit:
        return fit(self.offers.low, self.expectations, self.domains, self.weights)

    @cached_property
    def generous(self) -> Fit:
        return fit(self.offers.high, self.expectations, self.domains, self.weights)

    @cached_property
    def documented_share(self) -> pd.Series:
        """offer -> share of the asked points on which the offer's level is documented or tested."""
        asked = self.fit.asked
        known = self.offers.known[asked.index].to_numpy()
        return pd.Series((known * asked.to_numpy()).sum(axis=1) / asked.sum(), self.offers.table.index)

    @cached_property
    def cost(self) -> Cost:
        context = self.project.context
        lines = cost_lines(self.offers.table, self.edition, context, self.project.evidence.quotes)
        return cost_of_ownership(lines, years=context.years, discount_rate=context.discount_rate)

    @cached_property
    def ergonomics(self) -> pd.DataFrame:
        """product -> low, central, high score, 0 to 100: the team's own measure where enough people made one."""
        rows = {product.id: product.ergonomics_interval for product in self.edition.products.values()}
        measured = self.project.evidence.usability.values()
        rows |= {
            one.product_id: (one.low, one.mean, one.high) for one in measured if one.product_id in rows and one.enough
        }
        table = pd.DataFrame.from_dict(rows, orient="index", columns=["low", "central", "high"])
        return table.fillna(50.0)  # nothing known: the middle, between 0 and 100

    @cached_property
    def gates(self) -> Gates:
        parts = [
            *context_conditions(self.edition, self.offers.table, self.project.context),
            *must_have_conditions(self.offers, self.project.must_haves()),
            *self._budget_conditions(),
            *self._ergonomics_conditions(),
        ]
        return gates(_stacked(self.offers.table.index, parts), self.project.settings.policy)

    @cached_property
    def table(self) -> pd.DataFrame:
        """offer -> product, plan, fit with its cautious and generous ends, documented share, cost, ergonomics."""
        totals = self.cost.totals.reindex(self.offers.table.index)
        ergonomics = self.ergonomics.reindex(self.offers.products).set_axis(self.offers.table.index)
        return self.offers.table[["product", "plan", "add_ons"]].assign(
            fit=self.fit.scores,
            low=self.cautious.scores,
            high=self.generous.scores,
            documented=self.documented_share,
            cost=totals["likely"],
            cost_low=totals["low"],
            cost_high=totals["high"],
            ergonomics=ergonomics["central"],
            ergonomics_low=ergonomics["low"],
            ergonomics_high=ergonomics["high"],
        )

    @cached_property
    def candidates(self) -> pd.Index:
        """The best offer of each product that passes every gate; all best offers where none does."""
        best = best_offers(self.table, self.gates, self.project.settings.order_by)
        passing = best.index[best["gates_passed"]]
        return passing if len(passing) else best.index

    @cached_property
    def robustness(self) -> Robustness:
        """Ranks of the candidates over many samples of weights and rating errors."""
        domain_fit = self.fit.domain_fit.loc[self.candidates]
        spread = domain_spread(
            self.cautious.covered.loc[self.candidates],
            self.generous.covered.loc[self.candidates],
            self.fit.asked,
            self.fit.domains,
        )
        return robustness_module.robustness(domain_fit, spread, draw_weights(self.fit.weights))

    @cached_property
    def shortlist(self) -> Shortlist:
        settings = self.project.settings
        return shortlist(
            self.table,
            self.gates,
            self.robustness.probability_in_top(),
            Settings(
                at_least=settings.at_least,
                at_most=settings.at_most,
                probability=settings.probability,
                policy=settings.policy,
                order_by=settings.order_by,
            ),
        )

    def offer_name(self, offer: str) -> str:
        """A product under a plan, as people read it: "Pipedrive · Growth"."""
        product_id, _, plan_id = offer.partition("/")
        product = self.edition.products[product_id]
        return f"{product.name} · {product.plan(plan_id).name}"

    def product_name(self, product_id: str) -> str:
        return self.edition.products[product_id].name

    def basis(self, offer: str, item: str) -> str | None:
        """How the level of an offer on an item is known: tested where the team saw it under this plan."""
        product_id, _, plan_id = offer.partition("/")
        if (product_id, plan_id, item) in self._seen:
            return "tested"
        rating = self.edition.products[product_id].ratings.get(item)
        return rating.basis if rating else None

    @cached_property
    def _seen(self) -> frozenset[tuple[str, str, str]]:
        return frozenset((one.product_id, one.plan_id, one.item_id) for one in self.project.evidence.seen)

    def _budget_conditions(self) -> Iterator[Condition]:
        if (budget := self.project.context.budget) is not None:
            totals = self.cost.totals.reindex(self.offers.table.index)
            yield Condition("budget", "budget", totals["low"], totals["likely"], totals["high"], budget, at_least=False)

    def _ergonomics_conditions(self) -> Iterator[Condition]:
        if (threshold := self.project.context.ergonomics) is not None:
            table = self.ergonomics.reindex(self.offers.products)
            yield Condition("ergonomics", "ergonomics", table["low"], table["central"], table["high"], threshold)


@lru_cache(maxsize=64)
def assess(project: Project, edition: Edition, functional_map: FunctionalMap) -> Assessment:
    """The assessment of a project at its revision; pages of one run, and runs between changes, share it."""
    return Assessment(project, edition, functional_map)


@lru_cache(maxsize=64)
def offers_of(
    edition: Edition,
    functional_map: FunctionalMap,
    must_haves: tuple[tuple[str, int], ...],
    own_items: tuple[str, ...] = (),
) -> Offers:
    """The offers of an edition; must-haves decide which add-ons are part of them."""
    priors = _priors(edition, functional_map)
    if own_items:  # nobody is rated on what a project adds
        priors = pd.concat([priors, pd.Series(MIDDLE_OF_THE_SCALE, index=list(own_items))])
    return offers(rating_table(edition), plan_table(edition), priors, pd.Series(dict(must_haves), dtype=float))


def seen_table(seen: Iterable[Seen], edition: Edition) -> pd.DataFrame:
    """What was seen as a table for `with_seen`; products and plans that the edition does not have are left out."""
    rows = []
    for one in seen:
        product = edition.products.get(one.product_id)
        if product is None or one.plan_id not in product.plan_order:
            continue
        rating = product.ratings.get(one.item_id)
        add_on = (rating.add_on if rating else None) or ""
        place = product.plan_order[one.plan_id]
        rows.append((one.product_id, place, one.item_id, float(one.level), one.half_width, add_on))
    return pd.DataFrame(rows, columns=["product", "place", "item", "level", "half_width", "add_on"])


@lru_cache(maxsize=8)
def _priors(edition: Edition, functional_map: FunctionalMap) -> pd.Series:
    """The priors stored with the edition; computed where it has none, as for a draft."""
    items = list(functional_map.items)
    computed = prior_levels(edition, items)
    return pd.Series(dict(edition.priors), dtype=float).reindex(items).fillna(computed)


class Condition(NamedTuple):
    """One condition of a gate for every offer: an interval against a bar."""

    gate: str
    name: str
    low: pd.Series
    central: pd.Series
    high: pd.Series
    bar: float
    at_least: bool = True


def must_have_conditions(offers: Offers, must_haves: dict[str, int]) -> Iterator[Condition]:
    """The level reached against the level asked, for each must-have."""
    for item, level in must_haves.items():
        if item in offers.low.columns:
            yield Condition("must-have", item, offers.low[item], offers.central[item], offers.high[item], level)


def context_conditions(edition: Edition, table: pd.DataFrame, context: Context) -> Iterator[Condition]:
    """Conditions on a product's profile: met (1) or not (0), as sure as the profile's facts are."""
    wanted = {
        "deployment": (context.deployment, any),
        "hosting_regions": (context.hosting_regions, any),
        "interface_languages": (context.languages, all),
        "company_sizes": ((context.company_size,) if context.company_size else (), any),
    }
    for name, (values, quantifier) in wanted.items():
        if values:
            ends = {
                product.id: _fact_interval(getattr(product, name), values, quantifier)
                for product in edition.products.values()
            }
            low, central, high = (pd.Series([ends[one][end] for one in table["product"]]) for end in range(3))
            yield Condition("context", name, low, central, high, 1.0)


def _fact_interval(fact: Fact | None, wanted: tuple[str, ...], quantifier: type(any)) -> tuple[float, float, float]:
    """Whether a profile has what is wanted: what is not known may be so or not, and is to be confirmed."""
    if fact is None:
        return 0.0, 1.0, 1.0
    has = float(quantifier(value in fact.values for value in wanted))
    if fact.basis in ("documented", "documented-absence", "tested"):
        return has, has, has
    return 0.0, has, 1.0


def _stacked(offers: pd.Index, parts: list[Condition]) -> pd.DataFrame:
    """The conditions of every offer, one row each."""

    def repeated(values: list, kind: type) -> np.ndarray:
        return np.repeat(np.array(values, dtype=kind), len(offers))

    def joined(name: str) -> np.ndarray:
        return np.concatenate([getattr(part, name).to_numpy(float) for part in parts]) if parts else np.empty(0)

    return pd.DataFrame(
        {
            "offer": pd.Series(np.tile(offers.to_numpy(object), len(parts)), dtype=object),
            "gate": pd.Series(repeated([part.gate for part in parts], object), dtype=object),
            "condition": pd.Series(repeated([part.name for part in parts], object), dtype=object),
            "low": joined("low"),
            "central": joined("central"),
            "high": joined("high"),
            "bar": repeated([part.bar for part in parts], float),
            "at_least": repeated([part.at_least for part in parts], bool),
        }
    )
