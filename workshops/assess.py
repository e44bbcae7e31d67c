"""A project joined with its edition: every number that pages and exports show comes from here.

What does not change between two revisions of a project is computed once: offers by must-haves, fits by levels and
weights, costs by what they depend on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

import scoring.robustness as monte_carlo
from functional_map.model import FunctionalMap
from scoring.cost import Cost, cost_of_ownership
from scoring.cross_check import CrossCheck, cross_check
from scoring.fit import Fit, fit
from scoring.gates import GATES, Gates, gates, prices
from scoring.offers import Cells, Offers, options
from scoring.robustness import Robustness, domain_spread, draw_weights
from scoring.seen import with_seen
from scoring.shortlist import Settings, Shortlist, best_offers, frontier, shortlist
from scoring.stability import weight_stability
from vendors.model import Edition, Fact
from vendors.tables import MIDDLE_OF_THE_SCALE, plan_table, prior_levels, rating_table
from workshops.costs import cost_lines
from workshops.evidence import Quote, Seen, Usability
from workshops.model import Context, CostOverride, Project
from workshops.overlay import overlaid


class Fits(NamedTuple):
    """The fit of every offer: at the central levels and at both ends of their intervals."""

    central: Fit
    cautious: Fit
    generous: Fit
    documented: pd.Series


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
        return series(self.project.asked())

    @cached_property
    def domains(self) -> pd.Series:
        """item -> domain, items of a domain standing together, own items after the map's."""
        return domains_of(self.map, self._own_items)

    @cached_property
    def weights(self) -> pd.Series:
        return series(self.project.weights)

    @cached_property
    def offers(self) -> Offers:
        """What the edition knows, narrowed by what the team saw."""
        known = offers_of(self.edition, self.map, *self._offer_key)
        return narrowed(known, self.edition, self.project.evidence.seen)

    @property
    def fit(self) -> Fit:
        return self._fits.central

    @property
    def cautious(self) -> Fit:
        return self._fits.cautious

    @property
    def generous(self) -> Fit:
        return self._fits.generous

    @property
    def documented_share(self) -> pd.Series:
        """offer -> share of the asked points on which the offer's level is documented or tested."""
        return self._fits.documented

    @cached_property
    def cost(self) -> Cost:
        return self.cost_of(self.offers.table)

    def cost_of(self, table: pd.DataFrame) -> Cost:
        """What some offers cost this project.

        table  DataFrame offer -> product, plan, add_ons
        """
        rows = tuple(zip(table.index, table["product"], table["plan"], table["add_ons"], strict=True))
        known = self.project.overrides, self.project.evidence.quotes
        return _cost_of(self.edition, rows, _cost_key(self.project.context), *known)

    @cached_property
    def estimate(self) -> Cost:
        """What the offers cost without the quotes that came in."""
        rows = tuple((name, *row) for name, *row in self.offers.table[["product", "plan", "add_ons"]].itertuples())
        return _cost_of(self.edition, rows, _cost_key(self.project.context), self.project.overrides, ())

    @cached_property
    def on_quote(self) -> frozenset[str]:
        """The offers whose price is a bracket, because their publisher names none in public."""
        lines = self.cost.lines
        return frozenset(lines["offer"].to_numpy(object)[lines["origin"].to_numpy(object) == "quote-bracket"])

    @cached_property
    def ergonomics(self) -> pd.DataFrame:
        """product -> low, central, high score, 0 to 100: the team's own measure where enough people made one."""
        table = _ergonomics(self.edition)
        if self.measured_ergonomics:
            table = table.copy()
            for product, one in self.measured_ergonomics.items():
                table.loc[product] = [one.low, one.mean, one.high]
        return table

    @cached_property
    def measured_ergonomics(self) -> dict[str, Usability]:
        """product -> what the team measured, where enough people did."""
        known, usability = _ergonomics(self.edition).index, self.project.evidence.usability
        return {product: one for product, one in usability.items() if one.enough and product in known}

    @cached_property
    def gates(self) -> Gates:
        parts = [one for gate in GATES for one in self.conditions_of(gate)]
        return gates(_stacked(self.offers.table.index, parts), self.project.settings.policy)

    def conditions_of(self, gate: str) -> Iterator[Condition]:
        """The conditions of one gate, for every offer."""
        if gate == "context":
            return context_conditions(self.edition, self.offers.table, self.project.context)
        if gate == "must-have":
            return must_have_conditions(self.offers, self.project.must_haves())
        return self._budget_conditions() if gate == "budget" else self._ergonomics_conditions()

    @cached_property
    def fails(self) -> pd.DataFrame:
        """offer x (gate, condition): True where the condition excludes the offer."""
        return self.gates.fails(self.offers.table.index)

    @cached_property
    def gate_prices(self) -> pd.DataFrame:
        """gate -> what it costs in fit: how much better the best offer would be without it."""
        return prices(self.fit.scores, self.fails)

    @cached_property
    def condition_prices(self) -> pd.DataFrame:
        """(gate, condition) -> what it costs in fit."""
        return prices(self.fit.scores, self.fails, by="condition")

    @cached_property
    def table(self) -> pd.DataFrame:
        """offer -> product, plan, fit with its cautious and generous ends, documented share, cost, ergonomics."""
        names = self.offers.table.index
        totals = self.cost.totals.reindex(names)
        ergonomics = self.ergonomics.reindex(self.offers.products)
        return pd.DataFrame(
            {name: self.offers.table[name] for name in ("product", "plan", "add_ons")}
            | {
                "fit": self.fit.scores,
                "low": self.cautious.scores,
                "high": self.generous.scores,
                "documented": self.documented_share,
                "cost": totals["likely"],
                "cost_low": totals["low"],
                "cost_high": totals["high"],
            }
            | {
                name: ergonomics[end].set_axis(names)
                for name, end in (("ergonomics", "central"), ("ergonomics_low", "low"), ("ergonomics_high", "high"))
            },
            index=names,
        )

    @cached_property
    def best(self) -> pd.DataFrame:
        """The best offer of each product, those that pass every gate first."""
        return best_offers(self.table, self.gates, self.project.settings.order_by)

    @cached_property
    def candidates(self) -> pd.Index:
        """The best offer of each product that passes every gate; all best offers where none does."""
        passing = self.best.index[self.best["gates_passed"].to_numpy(bool)]
        return passing if len(passing) else self.best.index

    @cached_property
    def robustness(self) -> Robustness:
        """Ranks of the candidates over many samples of weights and rating errors."""
        return self.robustness_of(self.candidates)

    def robustness_of(self, chosen: pd.Index, samples: int = monte_carlo.SAMPLES) -> Robustness:
        """Some offers over the same samples."""
        spread = domain_spread(
            self.cautious.covered.loc[chosen], self.generous.covered.loc[chosen], self.fit.asked, self.fit.domains
        )
        drawn = _drawn(tuple(self.fit.weights.items()))
        return monte_carlo.robustness(self.fit.domain_fit.loc[chosen], spread, drawn.iloc[:samples])

    @cached_property
    def shortlist(self) -> Shortlist:
        return shortlist(self.table, self.gates, self.robustness.probability_in_top(), self.settings)

    @property
    def settings(self) -> Settings:
        chosen = self.project.settings
        return Settings(
            at_least=chosen.at_least,
            at_most=chosen.at_most,
            probability=chosen.probability,
            policy=chosen.policy,
            order_by=chosen.order_by,
        )

    @cached_property
    def stability(self) -> pd.DataFrame:
        """domain -> between which weights the leader stays first, and the whole order stays."""
        return weight_stability(self.fit.domain_fit.loc[self.candidates], self.fit.weights)

    @cached_property
    def cross_check(self) -> CrossCheck | None:
        """What other methods make of the candidates; None where there are fewer than three."""
        return cross_check(self.fit.domain_fit.loc[self.candidates], self.fit.weights)

    @cached_property
    def frontier(self) -> pd.Index:
        """The offers that pass every other gate and that none beats on both fit and cost, whatever the budget."""
        others = [name for name in self.fails.columns if name[0] != "budget"]
        passing = ~self.fails[others].to_numpy(bool).any(axis=1)
        return frontier(self.table[passing])

    @cached_property
    def options(self) -> pd.DataFrame:
        """Add-ons that no must-have needs: what each would add to an offer.

        Returns a DataFrame: offer, add_on, points (of fit, 0 to 1), cost, cost_low, cost_high (over the horizon), the
        most points first.
        """
        known = options_of(self.edition, self.map, *self._offer_key)
        found = narrowed(known, self.edition, self.project.evidence.seen)
        if found.table.empty:
            return pd.DataFrame(columns=["offer", "add_on", "points", "cost", "cost_low", "cost_high"])
        with_add_on = fit(found.central, self.expectations, self.domains, self.weights).scores
        base = found.table["offer"]
        more = self.cost_of(found.table).totals.reindex(found.table.index)
        less = self.cost.totals.reindex(base).set_axis(found.table.index)
        table = found.table[["offer", "add_on"]].assign(
            points=with_add_on.to_numpy() - self.fit.scores.reindex(base).to_numpy(),
            cost=more["likely"] - less["likely"],
            cost_low=more["low"] - less["low"],
            cost_high=more["high"] - less["high"],
        )
        return table[table["points"] > 1e-9].sort_values("points", ascending=False, kind="stable", ignore_index=True)

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

    @cached_property
    def _own_items(self) -> tuple[tuple[str, str], ...]:
        return tuple((item.id, item.domain) for item in self.project.own_items)

    @property
    def _offer_key(self) -> tuple:
        return tuple(sorted(self.project.must_haves().items())), self._own_items

    @cached_property
    def _fits(self) -> Fits:
        asked, weights = tuple(self.project.asked().items()), tuple(self.project.weights.items())
        return _fits_of(self.offers, self.map, self._own_items, asked, weights)

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
    own_items = tuple(item.id for item in project.own_items)
    return Assessment(project, overlaid(edition, functional_map, project.ratings, own_items), functional_map)


def series(values: object) -> pd.Series:
    """id -> number."""
    pairs = dict(values)
    return pd.Series(list(pairs.values()), pd.Index(list(pairs), dtype=object), dtype=float)


@lru_cache(maxsize=64)
def domains_of(functional_map: FunctionalMap, own_items: tuple[tuple[str, str], ...] = ()) -> pd.Series:
    """item -> domain, items of a domain standing together, own items after the map's."""
    pairs = [
        (item_id, domain.id)
        for domain in functional_map.domains
        for item_id in [item.id for item in domain.items] + [own for own, where in own_items if where == domain.id]
    ]
    items, domains = zip(*pairs, strict=True)
    return pd.Series(list(domains), pd.Index(list(items), dtype=object), dtype=object)


@lru_cache(maxsize=64)
def offers_of(
    edition: Edition,
    functional_map: FunctionalMap,
    must_haves: tuple[tuple[str, int], ...],
    own_items: tuple[tuple[str, str], ...] = (),
) -> Offers:
    """The offers of an edition; must-haves decide which add-ons are part of them.

    Must-haves that need the same add-ons give the very same offers, so that what is derived from them is found again.
    """
    cells = _cells(edition, functional_map, own_items)
    return _with_add_ons(cells, cells.add_ons_for(series(must_haves)))


@lru_cache(maxsize=8)
def _cells(edition: Edition, functional_map: FunctionalMap, own_items: tuple[tuple[str, str], ...]) -> Cells:
    return Cells(*_offer_tables(edition, functional_map, own_items))


@lru_cache(maxsize=32)
def _with_add_ons(cells: Cells, add_ons: tuple[tuple[str, ...], ...]) -> Offers:
    return cells.offers(cells.plans, add_ons)


@lru_cache(maxsize=16)
def options_of(
    edition: Edition,
    functional_map: FunctionalMap,
    must_haves: tuple[tuple[str, int], ...],
    own_items: tuple[tuple[str, str], ...] = (),
) -> Offers:
    """The same offers, each with one more add-on than its must-haves need."""
    return options(*_offer_tables(edition, functional_map, own_items), series(must_haves))


@lru_cache(maxsize=32)
def narrowed(known: Offers, edition: Edition, seen: tuple[Seen, ...]) -> Offers:
    """The offers with what a team saw of them."""
    return with_seen(known, seen_table(seen, edition))


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


def _offer_tables(
    edition: Edition, functional_map: FunctionalMap, own_items: tuple[tuple[str, str], ...]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    priors = _priors(edition, functional_map)
    if own_items:  # nobody is rated on what a project adds
        priors = pd.concat([priors, series((item, MIDDLE_OF_THE_SCALE) for item, _ in own_items)])
    return rating_table(edition), plan_table(edition), priors


@lru_cache(maxsize=8)
def _priors(edition: Edition, functional_map: FunctionalMap) -> pd.Series:
    """The priors stored with the edition; computed where it has none, as for a draft."""
    items = list(functional_map.items)
    computed = prior_levels(edition, items)
    stored = series(edition.priors).reindex(items).to_numpy()
    return pd.Series(np.where(np.isnan(stored), computed.to_numpy(float), stored), pd.Index(items, dtype=object))


@lru_cache(maxsize=64)
def _fits_of(
    offered: Offers,
    functional_map: FunctionalMap,
    own_items: tuple[tuple[str, str], ...],
    asked: tuple[tuple[str, int], ...],
    weights: tuple[tuple[str, float], ...],
) -> Fits:
    given = series(asked), domains_of(functional_map, own_items), series(weights)
    central = fit(offered.central, *given)
    known = offered.known.to_numpy(bool)[:, offered.known.columns.get_indexer(central.asked.index)]
    points = central.asked.to_numpy()
    documented = pd.Series((known * points).sum(axis=1) / points.sum(), offered.table.index)
    return Fits(central, fit(offered.low, *given), fit(offered.high, *given), documented)


@lru_cache(maxsize=32)
def _drawn(weights: tuple[tuple[str, float], ...]) -> pd.DataFrame:
    return draw_weights(series(weights))


def _cost_key(context: Context) -> str:
    """What of a context costs depend on."""
    plain = context.to_json()
    names = ("seats", "years", "discount_rate", "currency", "systems", "data", "costs")
    return json.dumps({name: plain[name] for name in names})


@lru_cache(maxsize=32)
def _cost_of(
    edition: Edition,
    rows: tuple[tuple, ...],
    context: str,
    overrides: tuple[CostOverride, ...],
    quotes: tuple[Quote, ...],
) -> Cost:
    """rows: offer, product, plan, add-ons; context: what `_cost_key` wrote."""
    given = Context.from_json(json.loads(context))
    names = ("product", "plan", "add_ons")
    table = pd.DataFrame(
        {name: pd.Series([row[1 + place] for row in rows], dtype=object) for place, name in enumerate(names)}
    ).set_axis(pd.Index([row[0] for row in rows], dtype=object))
    lines = cost_lines(table, edition, given, overrides, quotes)
    return cost_of_ownership(lines, years=given.years, discount_rate=given.discount_rate)


@lru_cache(maxsize=8)
def _ergonomics(edition: Edition) -> pd.DataFrame:
    rows = {product.id: product.ergonomics_interval for product in edition.products.values()}
    table = pd.DataFrame(list(rows.values()), pd.Index(list(rows), dtype=object), ["low", "central", "high"])
    return table.fillna(50.0)  # nothing known: the middle, between 0 and 100


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
            products = table["product"].to_numpy(object)
            low, central, high = (pd.Series([ends[one][end] for one in products]) for end in range(3))
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
