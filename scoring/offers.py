"""Products compete plan by plan: an offer is a product under one plan, with the add-ons that the must-haves need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd


@dataclass(frozen=True, eq=False)  # compared by identity, so that results can be cached by it
class Offers:
    """What each offer reaches on each item, as an interval.

    table       DataFrame offer -> product, plan, place (of the plan, from 0), add_ons (tuple of ids)
    low, central, high   DataFrames offer x item, 0 to 4, without missing values
    known       DataFrame offer x item: True where the level is documented or tested
    rated       DataFrame offer x item: True where the product is rated at all
    """

    table: pd.DataFrame
    low: pd.DataFrame
    central: pd.DataFrame
    high: pd.DataFrame
    known: pd.DataFrame
    rated: pd.DataFrame

    def only(self, offers: pd.Index) -> Offers:
        """The same for some of the offers."""
        return Offers(
            self.table.loc[offers],
            *(getattr(self, name).loc[offers] for name in ("low", "central", "high", "known", "rated")),
        )

    def named(self, table: pd.DataFrame, names: pd.Index) -> Offers:
        """The same under other names, with another table."""
        return Offers(
            table.set_axis(names),
            *(getattr(self, name).set_axis(names) for name in ("low", "central", "high", "known", "rated")),
        )

    @cached_property
    def products(self) -> pd.Series:
        return self.table["product"]


def offers(
    ratings: pd.DataFrame, plans: pd.DataFrame, priors: pd.Series, must_haves: pd.Series | None = None
) -> Offers:
    """Turn ratings by product into levels by offer.

    ratings     one row per rated cell: product, item, level, half_width, place (of the first plan that has it),
                without (level below that plan or without the add-on), add_on ("" for none), known (bool)
    plans       one row per plan: product, plan, place; in ascending order of place
    priors      item -> central level where a product is not rated; also says which items there are, and their order
    must_haves  item -> level asked, of the must-haves only: an add-on is part of an offer where one needs it

    A level that is not rated lies anywhere from 0 to 4, with the prior as its central value.
    """
    cells = Cells(ratings, plans, priors)
    return cells.offers(cells.plans, cells.add_ons_for(must_haves))


def options(
    ratings: pd.DataFrame, plans: pd.DataFrame, priors: pd.Series, must_haves: pd.Series | None = None
) -> Offers:
    """Every offer with one more add-on than its must-haves need, where that add-on raises a level.

    Arguments are those of `offers`; the table also says which `offer` an option extends, and by which `add_on`.
    """
    cells = Cells(ratings, plans, priors)
    extended = [
        (row, needed, add_on)
        for row, needed in enumerate(cells.add_ons_for(must_haves))
        for add_on in cells.useful_add_ons(row)
        if add_on not in needed
    ]
    rows = cells.plans.iloc[[row for row, _, _ in extended]]
    found = cells.offers(rows, [tuple(sorted({*needed, add_on})) for _, needed, add_on in extended])
    table = found.table.assign(offer=found.table.index, add_on=[add_on for _, _, add_on in extended])
    return found.named(
        table,
        pd.Index([f"{offer}+{one}" for offer, one in zip(table["offer"], table["add_on"], strict=True)], dtype=object),
    )


def offer_id(product: str, plan: str) -> str:
    """`product/plan`: add-ons follow from the must-haves, so they are not part of the name."""
    return f"{product}/{plan}"


class Cells:
    """The ratings as arrays product x item, and what each plan has of them; the arguments are those of `offers`."""

    def __init__(self, ratings: pd.DataFrame, plans: pd.DataFrame, priors: pd.Series) -> None:
        # plain objects: text in columns of their own kind is slower to take single values from
        self.plans, self.priors = plans.reset_index(drop=True).astype({"product": object, "plan": object}), priors
        products = pd.Index(plans["product"].unique(), dtype=object)
        row, column = products.get_indexer(ratings["product"]), priors.index.get_indexer(ratings["item"])
        kept = (row >= 0) & (column >= 0)
        at, shape = (row[kept], column[kept]), (len(products), len(priors))

        def array(values: np.ndarray, empty: float, kind: type) -> np.ndarray:
            cells = np.full(shape, empty, dtype=kind)
            cells[at] = values[kept]
            return cells

        codes, self.add_ons = pd.factorize(ratings["add_on"].to_numpy(object))
        self.level, self.half_width, self.without = (
            array(ratings[name].to_numpy(float), 0.0, float) for name in ("level", "half_width", "without")
        )
        self.place, self.known = (
            array(ratings["place"].to_numpy(int), 0, int),
            array(ratings["known"].to_numpy(bool), False, bool),
        )
        self.rated = array(np.ones(len(ratings), dtype=bool), False, bool)
        none = np.array([name == "" for name in self.add_ons], dtype=bool)
        # the add-on that a cell needs, as a place in `add_ons`; -1 where it needs none
        self.needs = array(np.where(none[codes], -1, codes) if len(codes) else codes, -1, int)
        # plan x item, like everything below
        self.product = products.get_indexer(self.plans["product"])
        self.in_plan = self.place[self.product] <= self.plans["place"].to_numpy()[:, None]

    def add_ons_for(self, must_haves: pd.Series | None) -> tuple[tuple[str, ...], ...]:
        """For each plan the add-ons without which a must-have is missed and with which it is met."""
        if must_haves is None or must_haves.empty:
            return tuple(() for _ in self.product)
        asked = must_haves.reindex(self.priors.index).fillna(0.0).to_numpy(float)
        helps = (asked > 0) & (self.without < asked) & (self.level >= asked)
        return tuple(tuple(sorted(one)) for one in self._add_ons_where(helps[self.product] & self.in_plan))

    def useful_add_ons(self, plan: int) -> list[str]:
        """The add-ons that raise a level under a plan."""
        product = self.product[plan]
        raises = self.in_plan[plan] & (self.level[product] > self.without[product])
        return sorted({self.add_ons[one] for one in self.needs[product][raises] if one >= 0})

    def _add_ons_where(self, wanted: np.ndarray) -> list[set[str]]:
        """The add-ons of the wanted cells (plan x item), by plan."""
        found: list[set[str]] = [set() for _ in self.product]
        for plan, item in zip(*np.nonzero(wanted & (self.needs[self.product] >= 0)), strict=True):
            found[plan].add(self.add_ons[self.needs[self.product[plan], item]])
        return found

    def offers(self, plans: pd.DataFrame, add_ons: Sequence[tuple[str, ...]]) -> Offers:
        """What some of the plans reach, each with add-ons."""
        at = plans.index.to_numpy()
        product, needs = self.product[at], self.needs[self.product[at]]
        bought = needs < 0
        codes = {name: code for code, name in enumerate(self.add_ons)}
        for row, names in enumerate(add_ons):
            for name in names:
                bought[row] |= needs[row] == codes[name]
        level = np.where(self.in_plan[at] & bought, self.level[product], self.without[product])
        rated, half = self.rated[product], self.half_width[product]
        table = plans[["product", "plan", "place"]].reset_index(drop=True).assign(add_ons=add_ons)
        table.index = pd.Index(
            [offer_id(*row) for row in zip(table["product"], table["plan"], strict=True)], dtype=object, name="offer"
        )

        def frame(values: np.ndarray) -> pd.DataFrame:
            return pd.DataFrame(np.ascontiguousarray(values), table.index, self.priors.index)

        return Offers(
            table,
            low=frame(np.where(rated, np.maximum(level - half, 0.0), 0.0)),
            central=frame(np.where(rated, level, self.priors.to_numpy(float))),
            high=frame(np.where(rated, np.minimum(level + half, 4.0), 4.0)),
            known=frame(self.known[product] & rated),
            rated=frame(rated),
        )
