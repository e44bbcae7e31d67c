"""An edition as tables, for arithmetic."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from vendors.model import EVIDENCED, Edition, Price, Rating

MIDDLE_OF_THE_SCALE = 2.0
FEWEST_EVIDENCED = 3  # below this, a mean of evidenced levels would be one product's opinion


@lru_cache(maxsize=8)
def rating_table(edition: Edition) -> pd.DataFrame:
    """One row per rated cell: product, item, level, half_width, place, without, add_on, known, basis, confidence."""
    rows = [
        (
            product.id,
            rating.item_id,
            float(rating.rating),
            rating.half_width,
            _place(product.plan_order, rating),
            float(rating.without),
            rating.add_on or "",
            rating.basis in EVIDENCED,
            rating.basis,
            rating.confidence,
        )
        for product in edition.products.values()
        for rating in product.ratings.values()
    ]
    return pd.DataFrame(
        rows,
        columns=[
            "product",
            "item",
            "level",
            "half_width",
            "place",
            "without",
            "add_on",
            "known",
            "basis",
            "confidence",
        ],
    )


@lru_cache(maxsize=8)
def plan_table(edition: Edition) -> pd.DataFrame:
    """One row per plan: product, plan, place and the yearly price per seat or per company, in its own currency."""
    rows = [
        {"product": product.id, "plan": plan.id, "place": place, **price_row(plan.price)}
        for product in edition.products.values()
        for place, plan in enumerate(product.plans)
    ]
    return pd.DataFrame(rows)


def price_row(price: Price) -> dict[str, object]:
    """A price as columns of a table."""
    return {
        name: getattr(price, name)
        for name in (
            "low",
            "likely",
            "high",
            "unit",
            "minimum_seats",
            "included_seats",
            "currency",
            "on_quote",
            "basis",
        )
    }


def prior_levels(edition: Edition, items: list[str]) -> pd.Series:
    """item -> mean of its evidenced levels over the edition: what is expected of a product that is not rated on it.

    With fewer than three evidenced levels, the mean of all its levels; the middle of the scale where nobody is rated.
    """
    ratings = rating_table(edition)
    evidenced = ratings[ratings["known"]].groupby("item")["level"].agg(["mean", "size"])
    trusted = evidenced.loc[evidenced["size"] >= FEWEST_EVIDENCED, "mean"]
    every = ratings.groupby("item")["level"].mean()
    return trusted.combine_first(every).reindex(items).fillna(MIDDLE_OF_THE_SCALE).round(2)


def _place(order: dict[str, int], rating: Rating) -> int:
    return order.get(rating.plan, 0) if rating.plan else 0
