"""A project's own ratings laid over its edition: declared by a vendor and accepted, or seen in a demonstration."""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from types import MappingProxyType

from functional_map.model import FunctionalMap
from vendors.model import Edition, Product, Rating
from vendors.tables import prior_levels
from workshops.model import OWN_BASES, ProjectRating


@lru_cache(maxsize=64)
def overlaid(
    edition: Edition,
    functional_map: FunctionalMap,
    ratings: tuple[ProjectRating, ...],
    own_items: tuple[str, ...] = (),
) -> Edition:
    """The edition as the project knows it; the edition itself where the project has no rating of its own.

    own_items  ids of the items that the project adds to the map: a vendor may have answered on them too

    Priors stay those of the edition: what one project was told must not move what is expected of other products.
    """
    known = {*functional_map.items, *own_items}
    by_product: dict[str, dict[str, ProjectRating]] = {}
    # the weakest first, so that the strongest stands in the end: what was seen counts more than what was declared
    for one in sorted(ratings, key=lambda one: -OWN_BASES.index(one.basis)):
        if one.product_id in edition.products and one.item_id in known:
            by_product.setdefault(one.product_id, {})[one.item_id] = one
    if not by_product:
        return edition
    items = list(functional_map.items)
    priors = {item: float(level) for item, level in prior_levels(edition, items).items()} | dict(edition.priors)
    products = {
        product_id: _with_ratings(product, by_product[product_id]) if product_id in by_product else product
        for product_id, product in edition.products.items()
    }
    return dataclasses.replace(edition, products=MappingProxyType(products), priors=MappingProxyType(priors))


def _with_ratings(product: Product, own: dict[str, ProjectRating]) -> Product:
    ratings = dict(product.ratings) | {
        item: _rating(product, product.ratings.get(item), one) for item, one in own.items()
    }
    not_rated = tuple(item for item in product.not_rated if item not in own)
    return dataclasses.replace(product, ratings=MappingProxyType(ratings), not_rated=not_rated)


def _rating(product: Product, before: Rating | None, own: ProjectRating) -> Rating:
    plan = own.plan_id if own.plan_id in product.plan_order else None
    add_on = own.add_on_id if any(one.id == own.add_on_id for one in product.add_ons) else None
    return Rating(
        own.item_id,
        rating=own.level,
        basis=own.basis,
        confidence="medium",
        plan=plan,
        add_on=add_on,
        without=_without(product, before, plan, own.level) if plan or add_on else 0,
        note=own.note,
        by=own.who,
        on=own.on,
    )


def _without(product: Product, before: Rating | None, plan: str | None, level: int) -> int:
    """The level below the plan or without the add-on: what the edition knows of it there, never more than above."""
    if before is None:
        return 0
    needs_less = before.add_on is None and (
        before.plan is None or (plan is not None and product.plan_order[before.plan] < product.plan_order[plan])
    )
    return min(before.rating if needs_less else before.without, level)
