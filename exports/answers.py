"""What a vendor declares beside what the edition knows."""

from __future__ import annotations

import pandas as pd

from exports.delivery import Delivery
from exports.rfp import Answers
from interface.marks import basis_words
from vendors.model import Product, Rating


def compared(answers: Answers, delivery: Delivery) -> pd.DataFrame:
    """item -> domain, item, asked, must_have, ours, known, declared, difference, plan, comment.

    Ours is what the documents of the product say today: an answer that the project already uses shows as declared.
    """
    a, words = delivery.assessment, delivery.words
    product, project = a.edition.products[answers.product_id], a.project
    asked, must_haves = project.asked(), project.must_haves()
    rows = {}
    for one in answers.answers:
        rating = product.ratings.get(one.item_id)
        rows[one.item_id] = {
            "domain": words.domain(a.domains[one.item_id]),
            "item": words.item(one.item_id),
            "asked": asked.get(one.item_id),
            "must_have": one.item_id in must_haves,
            "ours": rating.rating if rating else None,
            "known": _known(rating, delivery),
            "declared": one.level,
            # not rated at all: anything that is declared is news
            "difference": one.level - rating.rating if rating else 4,
            "plan": _needs(product, one.plan_id, one.add_on_id),
            "comment": one.comment,
        }
    columns = list(next(iter(rows.values()), {}))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    for name in ("asked", "ours", "declared", "difference"):
        table[name] = table[name].astype("Int64")
    return table


def _known(rating: Rating | None, delivery: Delivery) -> str:
    return basis_words(rating.basis if rating else None, delivery.t)


def _needs(product: Product, plan_id: str, add_on_id: str) -> str:
    """The plan or the module that a level needs, by name; nothing where every plan has it."""
    if plan_id and plan_id in product.plan_order:
        return product.plan(plan_id).name
    return next((one.name for one in product.add_ons if one.id == add_on_id), "")


def price_table(answers: Answers, delivery: Delivery) -> pd.DataFrame:
    """The vendor's price lines: line, amount, unit, minimum, comment, and our price of the same plan."""
    t = delivery.t
    product = delivery.assessment.edition.products[answers.product_id]
    ours = {plan.name: plan.price for plan in product.plans} | {one.name: one.price for one in product.add_ons}
    rows = []
    for one in answers.prices:
        price = next((price for name, price in ours.items() if one.line.endswith(f"· {name}")), None)
        rows.append(
            {
                "line": one.line,
                "amount": f"{t.number(one.amount, 2)} {one.currency}",
                "unit": t(f"rfp.unit.{one.unit}"),
                "minimum": one.minimum,
                "ours": f"{t.number(price.likely, 2)} {price.currency} / {t(f'rfp.unit.{price.unit}')}"
                if price
                else "",
                "comment": one.comment,
            }
        )
    return pd.DataFrame(rows)


def in_use(delivery: Delivery, product_id: str) -> pd.DataFrame:
    """The declared levels that the project uses for a product: item, declared, plan, comment, who, when."""
    a, t = delivery.assessment, delivery.t
    product = a.edition.products.get(product_id)
    rows = [
        {
            "item": delivery.words.item(one.item_id) if one.item_id in a.domains.index else one.item_id,
            "declared": one.level,
            "plan": _needs(product, one.plan_id, one.add_on_id) if product else "",
            "comment": one.note,
            "who": one.who,
            "on": t.date(one.on),
        }
        for one in a.project.ratings
        if one.product_id == product_id and one.basis == "declared"
    ]
    return pd.DataFrame(rows)
