"""Products compete plan by plan: an offer is a product under one plan, with the add-ons that the must-haves need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd


@dataclass(frozen=True)
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
    items = priors.index
    cells = _Cells(ratings, plans["product"].unique(), items)
    rows = plans.reset_index(drop=True)
    product_row = cells.products.get_indexer(rows["product"])
    in_plan = cells.place[product_row] <= rows["place"].to_numpy()[:, None]
    needed = _needed_add_ons(cells, product_row, in_plan, must_haves)
    bought = cells.add_on[product_row] == ""
    for offer, add_ons in enumerate(needed):
        for add_on in add_ons:
            bought[offer] |= cells.add_on[product_row[offer]] == add_on
    level = np.where(in_plan & bought, cells.level[product_row], cells.without[product_row])
    rated = cells.rated[product_row]
    half = cells.half_width[product_row]
    prior = np.broadcast_to(priors.to_numpy(float), level.shape)
    table = rows[["product", "plan", "place"]].assign(add_ons=[tuple(sorted(one)) for one in needed])
    table.index = pd.Index(
        [offer_id(*row) for row in table[["product", "plan"]].itertuples(index=False)], dtype=object, name="offer"
    )

    def frame(values: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(np.ascontiguousarray(values), table.index, items)

    return Offers(
        table,
        low=frame(np.where(rated, np.maximum(level - half, 0.0), 0.0)),
        central=frame(np.where(rated, level, prior)),
        high=frame(np.where(rated, np.minimum(level + half, 4.0), 4.0)),
        known=frame(cells.known[product_row] & rated),
        rated=frame(rated),
    )


def offer_id(product: str, plan: str) -> str:
    """`product/plan`: add-ons follow from the must-haves, so they are not part of the name."""
    return f"{product}/{plan}"


class _Cells:
    """The ratings as arrays product x item."""

    def __init__(self, ratings: pd.DataFrame, products: np.ndarray, items: pd.Index) -> None:
        self.products = pd.Index(products)
        row, column = self.products.get_indexer(ratings["product"]), items.get_indexer(ratings["item"])
        kept = (row >= 0) & (column >= 0)
        at = row[kept], column[kept]
        shape = len(products), len(items)

        def array(name: str, empty: object, kind: type) -> np.ndarray:
            values = np.full(shape, empty, dtype=kind)
            values[at] = ratings[name].to_numpy()[kept]
            return values

        self.level, self.half_width = array("level", 0.0, float), array("half_width", 0.0, float)
        self.without, self.place = array("without", 0.0, float), array("place", 0, int)
        self.add_on, self.known = array("add_on", "", object), array("known", False, bool)
        self.rated = np.zeros(shape, dtype=bool)
        self.rated[at] = True
        self.items = items


def _needed_add_ons(
    cells: _Cells, product_row: np.ndarray, in_plan: np.ndarray, must_haves: pd.Series | None
) -> list[set[str]]:
    """For each offer the add-ons without which a must-have is missed and with which it is met."""
    needed: list[set[str]] = [set() for _ in product_row]
    if must_haves is None or must_haves.empty:
        return needed
    asked = must_haves.reindex(cells.items).to_numpy(float)
    columns = np.flatnonzero(asked > 0)
    for offer, row in enumerate(product_row):
        for column in columns:
            add_on = cells.add_on[row, column]
            if (
                add_on
                and in_plan[offer, column]
                and cells.without[row, column] < asked[column]
                and cells.level[row, column] >= asked[column]
            ):
                needed[offer].add(add_on)
    return needed
