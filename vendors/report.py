"""How good an edition is: what its ratings rest on, which items tell products apart, whose prices are stale."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from functional_map.model import FunctionalMap
from vendors.check import months_between
from vendors.model import BASES, Edition, Price, Product
from vendors.tables import rating_table

MONTHS_PRICE = 12
FEWEST_COMMON = 30  # items that two products must both be rated on before their distance means anything


@dataclass(frozen=True)
class Report:
    """The figures of an edition, each as a table."""

    coverage: pd.DataFrame  # product -> ratings by basis, not rated, share rated, share evidenced
    domains: pd.DataFrame  # product x domain: mean level of its ratings
    items: pd.DataFrame  # item -> domain, spread of its levels between products, mean, rated; widest first
    nearest: pd.DataFrame  # pairs of products, distance in levels over common items; nearest first
    prices: pd.DataFrame  # product, entry, state (bracket, undated, old), dated, months; oldest first


def report(edition: Edition, functional_map: FunctionalMap, today: dt.date) -> Report:
    levels = _levels(edition, functional_map)
    return Report(
        coverage=coverage(edition, functional_map),
        domains=_by_domain(levels, functional_map),
        items=_discrimination(levels, functional_map),
        nearest=_nearest(levels),
        prices=stale_prices(edition, today),
    )


def coverage(edition: Edition, functional_map: FunctionalMap) -> pd.DataFrame:
    """product -> how many ratings rest on each basis, how many items are not rated, and the shares."""
    total = len(functional_map.items)
    table = pd.DataFrame.from_dict(
        {one.id: dict(one.rests_on) for one in edition.products.values()}, orient="index", columns=list(BASES)
    )
    table = table.fillna(0).astype(int)
    rated, evidenced = table.sum(axis=1), table[["tested", "documented", "documented-absence"]].sum(axis=1)
    return table.assign(**{"not-rated": total - rated}, rated=rated / total, evidenced=evidenced / total)


def stale_prices(edition: Edition, today: dt.date) -> pd.DataFrame:
    """Prices that nobody publishes, that have no date, or that were read more than a year ago."""
    rows = []
    for product in edition.products.values():
        for entry, price in _prices(product):
            months = months_between(price.dated, today) if price.dated else None
            state = (
                "bracket" if price.on_quote else "undated" if months is None else "old" if months > MONTHS_PRICE else ""
            )
            if state and price.unit != "free":
                rows.append((product.id, entry, state, price.dated, months))
    table = pd.DataFrame(rows, columns=["product", "entry", "state", "dated", "months"])
    return table.sort_values(["state", "months", "product"], ascending=[True, False, True], ignore_index=True)


def _prices(product: Product) -> list[tuple[str, Price]]:
    return (
        [(plan.name, plan.price) for plan in product.plans]
        + [(plan.name, plan.flat_fee) for plan in product.plans if plan.flat_fee]
        + [(add_on.name, add_on.price) for add_on in product.add_ons]
    )


def _levels(edition: Edition, functional_map: FunctionalMap) -> pd.DataFrame:
    """product x item: the rated level, NaN where it is not rated."""
    table = rating_table(edition).pivot(index="product", columns="item", values="level")
    return table.reindex(index=list(edition.products), columns=list(functional_map.items))


def _by_domain(levels: pd.DataFrame, functional_map: FunctionalMap) -> pd.DataFrame:
    """Mean level of what is rated; a product that is rated on nothing of a domain has none."""
    return levels.T.groupby(levels.columns.map(dict(functional_map.domain_of)), sort=False).mean().T


def _discrimination(levels: pd.DataFrame, functional_map: FunctionalMap) -> pd.DataFrame:
    """item -> standard deviation of its levels between products; an item with one rating tells nothing apart."""
    table = pd.DataFrame(
        {
            "domain": pd.Series(dict(functional_map.domain_of)),
            "spread": levels.std(ddof=0).where(levels.count() > 1),
            "mean": levels.mean(),
            "rated": levels.count(),
        }
    )
    return table.sort_values("spread", ascending=False, kind="stable", na_position="last")


def _nearest(levels: pd.DataFrame) -> pd.DataFrame:
    """Pairs of products by the mean difference of their levels over the items that both are rated on."""
    values, names, rows = levels.to_numpy(float), list(levels.index), []
    for first in range(len(names)):
        for second in range(first + 1, len(names)):
            apart = np.abs(values[first] - values[second])
            common = int(np.isfinite(apart).sum())
            if common >= FEWEST_COMMON:
                rows.append((names[first], names[second], float(np.nanmean(apart)), common))
    table = pd.DataFrame(rows, columns=["first", "second", "distance", "common"])
    return table.sort_values("distance", kind="stable", ignore_index=True)
