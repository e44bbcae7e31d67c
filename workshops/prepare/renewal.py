"""What a newer edition would change for a project, without moving it; and the project as it would stand there."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType

import pandas as pd

from functional_map.changes import ItemChanges, item_changes
from functional_map.load import load_map
from functional_map.model import FunctionalMap
from scoring.fit import NothingAskedError
from vendors.compare import differences
from vendors.model import Edition, Product
from workshops.assess import Assessment
from workshops.model import LONGEST_NAME, LONGEST_NOTE, Expectation, OwnItem, Project
from workshops.reasons import Sentence, exclusions

MOST_REASONS = 3


@dataclass(frozen=True, eq=False)
class Effect:
    """A project on its edition and on a newer one."""

    now: Assessment
    then: Assessment
    changes: ItemChanges

    @cached_property
    def nothing_asked(self) -> bool:
        try:
            return self.now.shortlist is None or self.then.shortlist is None
        except NothingAskedError:
            return True

    @cached_property
    def rows(self) -> pd.DataFrame:
        """product -> offer, rank and fit on each edition, change: stays, enters, leaves, gone; those of the newer first."""
        now, then = _ranked(self.now), _ranked(self.then)
        products = list(dict.fromkeys((*then.index, *now.index)))
        table = pd.DataFrame(index=pd.Index(products, name="product"))
        for name, ranked in (("now", now), ("then", then)):
            for column in ("offer", "rank", "fit", "cost"):
                table[f"{column}_{name}"] = ranked[column].reindex(products)
        table["change"] = [self._change(one, now, then) for one in products]
        return table

    def _change(self, product: str, now: pd.DataFrame, then: pd.DataFrame) -> str:
        if product in then.index:
            return "stays" if product in now.index else "enters"
        return "leaves" if product in self.then.edition.products else "gone"

    @property
    def changes_the_shortlist(self) -> bool:
        return not self.nothing_asked and (self.rows["change"] != "stays").any()

    @property
    def changes_the_order(self) -> bool:
        both = self.rows[self.rows["change"] == "stays"]
        return not self.nothing_asked and bool((both["rank_now"] != both["rank_then"]).any())

    def why_out(self, product: str) -> list[Sentence]:
        """What excludes a product on the newer edition; empty where it is only behind."""
        offers = self.then.shortlist.rows
        offer = next((str(one) for one in offers.index if offers.at[one, "product"] == product), None)
        return exclusions(self.then, offer)[:MOST_REASONS] if offer else []

    @cached_property
    def ratings(self) -> pd.DataFrame:
        """Changed ratings of the products above, on items that the project asks for; largest share of the fit first."""
        found = differences(self.now.edition, self.then.edition, self.changes, self.shares)
        asked = set(self.then.project.asked())
        rows = found.ratings[found.ratings["product"].isin(self.rows.index) & found.ratings["item"].isin(asked)]
        return rows[rows["change"].isin(("up", "down", "rated", "unrated", "plan"))].reset_index(drop=True)

    @cached_property
    def shares(self) -> Mapping[str, float]:
        """item -> the share of the fit that it decides, on the newer map."""
        fit = self.then.fit
        return {str(item): float(share) for item, share in (fit.item_weights * fit.asked).items()}

    @cached_property
    def reworded(self) -> list[str]:
        """Items that are asked for and whose asked level reads differently on the newer map."""
        before, after = self.now.map, self.then.map
        return [
            item
            for item, level in self.now.project.asked().items()
            if item in before.items
            and item in after.items
            and level
            and before.items[item].levels[level] != after.items[item].levels[level]
        ]

    @property
    def carried_items(self) -> list[tuple[str, str, str]]:
        """What became of asked items: change (renamed, split, merged, retired), old id, new ids."""
        asked, found = set(self.now.project.asked()), []
        for old in asked & set(self.changes.successors):
            after = self.changes.successors[old]
            if after == (old,):
                continue
            merged = len(after) == 1 and len(self.changes.predecessors[after[0]]) > 1
            change = "retired" if not after else "split" if len(after) > 1 else "merged" if merged else "renamed"
            found.append((change, old, ", ".join(after)))
        return sorted(found)


@lru_cache(maxsize=8)
def effect(project: Project, edition: Edition, newer: Edition, language: str) -> Effect:
    """What moving a project to a newer edition would change. Nothing is written."""
    before, after = load_map(edition.map_year), load_map(newer.map_year)
    changes = item_changes(before, after)
    newer = comparable(newer)
    moved = on_edition(project, newer, before, after, changes, language)
    return Effect(Assessment(project, edition, before), Assessment(moved, newer, after), changes)


def on_edition(
    project: Project, newer: Edition, before: FunctionalMap, after: FunctionalMap, changes: ItemChanges, language: str
) -> Project:
    """The project as it would stand on a newer edition.

    A renamed item keeps what is asked. The parts of a split item, and an item merged from several, are asked for as the
    whole was, to be agreed again. What was asked on a retired item stays as an item of the project's own.
    """
    expectations: dict[str, Expectation] = {}
    own = list(project.own_items)
    for item, old in project.expectations.items():
        successors = changes.successors.get(item, (item,))
        if not successors:
            own.append(_own_item(item, before, after, language))
            successors = (own[-1].id,)
        for new in successors:
            again = len(successors) > 1 or len(changes.predecessors.get(new, ())) > 1
            moved = old if new == item else dataclasses.replace(old, item_id=new)
            if again:
                moved = dataclasses.replace(moved, status="proposed" if old.status == "agreed" else old.status)
            expectations[new] = _stronger(expectations[new], moved) if new in expectations else moved
    return dataclasses.replace(
        project,
        edition_id=newer.id,
        expectations=MappingProxyType(expectations),
        own_items=tuple(own),
        weights=MappingProxyType(_weights(project.weights, after)),
    )


def comparable(edition: Edition) -> Edition:
    """The edition without products that cannot compete yet: a draft may name one before its plans or their rates are there."""

    def complete(product: Product) -> bool:
        prices = [plan.price for plan in product.plans] + [plan.flat_fee for plan in product.plans if plan.flat_fee]
        prices += [add_on.price for add_on in product.add_ons]
        return bool(product.plans) and all(not one.likely or one.currency in edition.rates.per_euro for one in prices)

    kept = {name: product for name, product in edition.products.items() if complete(product)}
    return edition if len(kept) == len(edition.products) else _without(edition, tuple(kept))


@lru_cache(maxsize=4)
def _without(edition: Edition, kept: tuple[str, ...]) -> Edition:
    return dataclasses.replace(edition, products=MappingProxyType({name: edition.products[name] for name in kept}))


def item_weights(asked: pd.DataFrame, weights: pd.DataFrame, functional_map: FunctionalMap) -> dict[str, float]:
    """item -> its mean share of the fit over the projects that are open; what changes there matters most.

    asked    project_id, item_id, level        weights   project_id, domain_id, points
    """
    if asked.empty:
        return {}
    table = asked.assign(domain_id=asked["item_id"].map(dict(functional_map.domain_of))).dropna(subset=["domain_id"])
    points = weights.assign(share=weights["points"] / weights.groupby("project_id")["points"].transform("sum"))
    table = table.merge(points[["project_id", "domain_id", "share"]], on=["project_id", "domain_id"])
    # the fit counts only domains in which something is asked
    active = table.drop_duplicates(["project_id", "domain_id"]).groupby("project_id")["share"].sum()
    asked_there = table.groupby(["project_id", "domain_id"])["level"].transform("sum")
    table["weight"] = table["share"] / table["project_id"].map(active) * table["level"] / asked_there
    total = table.groupby("item_id")["weight"].sum() / asked["project_id"].nunique()
    return {str(item): float(one) for item, one in total.items() if math.isfinite(one) and one > 0}


def _ranked(assessment: Assessment) -> pd.DataFrame:
    """product -> offer, rank, fit, cost of the shortlist."""
    try:
        listed = assessment.shortlist.listed
    except NothingAskedError:
        return pd.DataFrame(columns=["offer", "rank", "fit", "cost"])
    return pd.DataFrame(
        {
            "offer": [assessment.offer_name(str(one)) for one in listed.index],
            "rank": range(1, len(listed) + 1),
            "fit": listed["fit"].to_numpy(float),
            "cost": listed["cost"].to_numpy(float),
        },
        index=pd.Index(listed["product"].to_numpy(object), name="product"),
    )


def _own_item(item: str, before: FunctionalMap, after: FunctionalMap, language: str) -> OwnItem:
    domains = [domain.id for domain in after.domains]
    domain = before.domain_of[item] if before.domain_of[item] in domains else domains[0]
    text = before.items[item]
    return OwnItem(f"own-{item}"[:80], domain, text.label[language][:LONGEST_NAME], text.definition[language])


def _stronger(one: Expectation, other: Expectation) -> Expectation:
    """Two expectations that came together: the higher level, both notes."""
    high, low = (one, other) if (one.level or -1) >= (other.level or -1) else (other, one)
    note = "\n".join(dict.fromkeys(filter(None, (high.note, low.note))))[:LONGEST_NOTE]
    return dataclasses.replace(high, must_have=bool((one.must_have or other.must_have) and high.level), note=note)


def _weights(weights: Mapping[str, float], after: FunctionalMap) -> dict[str, float]:
    """Points of the domains of a map: those that are new get the mean of the others."""
    domains = [domain.id for domain in after.domains]
    kept = {domain: weights[domain] for domain in domains if domain in weights}
    mean = sum(kept.values()) / len(kept) if kept else 10.0
    return {domain: kept.get(domain, mean) for domain in domains}
