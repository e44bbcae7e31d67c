"""What the market offers: levels by product and item, and each product against the others."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from functional_map.model import FunctionalMap
from vendors.model import Edition
from vendors.tables import prior_levels, rating_table


@lru_cache(maxsize=8)
def level_table(edition: Edition, functional_map: FunctionalMap) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Low, central and high level of each product's most complete edition: three DataFrames product x item.

    Where a product is not rated, the level lies anywhere from 0 to 4, with the item's prior as its central value.
    """
    items, products = list(functional_map.items), list(edition.products)
    ratings = rating_table(edition)
    level = ratings.pivot(index="product", columns="item", values="level").reindex(index=products, columns=items)
    half = ratings.pivot(index="product", columns="item", values="half_width").reindex(index=products, columns=items)
    priors = pd.Series(dict(edition.priors), dtype=float).reindex(items).fillna(prior_levels(edition, items))
    return (level.sub(half).clip(lower=0).fillna(0.0), level.fillna(priors), level.add(half).clip(upper=4).fillna(4.0))


def domain_profile(edition: Edition, functional_map: FunctionalMap, product_id: str) -> pd.DataFrame:
    """domain -> low, central, high (mean level of the product), market (mean of all products), rated, items."""
    low, central, high = level_table(edition, functional_map)
    domains = pd.Series(functional_map.domain_of)
    rows = {}
    for domain in functional_map.domains:
        items = domains.index[domains == domain.id]
        rows[domain.id] = {
            "low": low.loc[product_id, items].mean(),
            "central": central.loc[product_id, items].mean(),
            "high": high.loc[product_id, items].mean(),
            "market": float(np.mean(central[items].to_numpy())),
            "rated": sum(item in edition.products[product_id].ratings for item in items),
            "items": len(items),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def level_counts(edition: Edition, item_id: str) -> dict[int | None, int]:
    """How many products reach each level of an item; None counts those that are not rated."""
    counts: dict[int | None, int] = {}
    for product in edition.products.values():
        rating = product.ratings.get(item_id)
        level = rating.rating if rating else None
        counts[level] = counts.get(level, 0) + 1
    return counts
