"""What an edition says in a few words of its own, and the French of it.

Editions are written in one language; the French stands beside them in `french/<product>.yaml`, sentence by sentence.
A sentence keeps its French from year to year as long as nobody rewords it; one without French is shown as it was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from functional_map.data_files import read_yaml
from vendors.model import FACTS, Edition, Product

FOLDER = Path(__file__).parent / "french"


def note(text: str, product: str, language: str) -> str:
    """A text of a product's file in the visitor's language."""
    return french(product).get(text, text) if language == "fr" else text


@cache
def french(product: str) -> Mapping[str, str]:
    """text -> its French, for the texts of a product that have one; a file that cannot be read has none."""
    return MappingProxyType(read_french(product, []))


def read_french(product: str, problems: list[str]) -> dict[str, str]:
    """The same, with a sentence added to `problems` for everything that cannot be used."""
    path = {one.stem: one for one in FOLDER.glob("*.yaml")}.get(product)  # an id never becomes a path by itself
    found: dict[str, str] = {}
    for text, words in ((path and read_yaml(path, problems)) or {}).items():
        if isinstance(text, str) and isinstance(words, str) and words.strip():
            found[text] = words
        else:
            problems.append(f'{FOLDER.name}/{product}.yaml: "{text}" has no French; write it between quotes')
    return found


def translated_products() -> list[str]:
    """The products that have a file of French."""
    return sorted(one.stem for one in FOLDER.glob("*.yaml"))


def texts_of(product: Product) -> list[str]:
    """Every text of a product that is written out and not chosen from a list, once, in the order of its file."""
    plans = [*product.plans, *product.add_ons]
    prices = [one.price for one in plans] + [one.flat_fee for one in product.plans if one.flat_fee]
    facts = [fact for fact in (getattr(product, name) for name in FACTS) if fact]
    found = [
        product.licence,
        *(fact.note for fact in facts),
        *(product.sectors.values if product.sectors else ()),
        *(one.note for one in (*plans, *prices)),
        *(word for plan in product.plans for quota in plan.quotas.items() for word in (quota_name(quota[0]), quota[1])),
        product.implementation.reason if product.implementation else "",
        *(one.reason for one in product.ergonomics.values()),
        product.notes,
        *(one.note for one in product.ratings.values()),
    ]
    return [text for text in dict.fromkeys(found) if text.strip()]


def quota_name(key: str) -> str:
    """A quota's key in words."""
    return key.replace("-", " ")


def missing_french(edition: Edition) -> pd.DataFrame:
    """product -> texts, those without French, and French whose text is gone or was reworded."""
    rows = {}
    for product in edition.products.values():
        known, used = french(product.id), set(texts_of(product))
        rows[product.id] = (len(used), len(used - set(known)), len(set(known) - used))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["texts", "without French", "left over"])
