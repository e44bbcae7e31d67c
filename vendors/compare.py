"""What changed between two editions: products, levels, how they are known, prices, items; and what carries over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from functional_map.changes import ItemChanges
from vendors.entries import Key, Record, all_entries, compact
from vendors.model import EVIDENCED, Edition

Entries = Mapping[str, Mapping[Key, Record]]
RATING_COLUMNS = (
    "product",
    "item",
    "change",
    "before",
    "after",
    "basis_before",
    "basis_after",
    "fields",
    "note",
    "weight",
)
FACT_COLUMNS = ("product", "table", "entry", "field", "before", "after")
# what happened to a rating, the most consequential first: a rating that changed in several ways is told by the first
KINDS = ("up", "down", "rated", "unrated", "basis", "plan", "evidence")


@dataclass(frozen=True)
class Differences:
    """Every change from one edition to another. Items are called by their ids on the newer map."""

    products: pd.DataFrame  # product, change: in or out
    ratings: pd.DataFrame  # RATING_COLUMNS, those that weigh most in open projects first
    facts: pd.DataFrame  # FACT_COLUMNS: plans, prices, add-ons, effort, ergonomics, profile, sources, rates
    items: pd.DataFrame  # change, before, after
    coverage: pd.DataFrame  # product -> rated and evidenced items before and after

    @property
    def is_empty(self) -> bool:
        return self.products.empty and self.ratings.empty and self.facts.empty and self.items.empty

    def counts(self) -> dict[str, int]:
        """How many ratings changed in each way."""
        found = self.ratings["change"].value_counts()
        return {kind: int(found.get(kind, 0)) for kind in KINDS}

    @property
    def prices(self) -> pd.DataFrame:
        """Changes of plans, add-ons and rates, in which a price moves."""
        return self.facts[self.facts["table"].isin(("plans", "add_ons", "rates"))]


def differences(
    before: Edition, after: Edition, changes: ItemChanges, weights: Mapping[str, float] | None = None
) -> Differences:
    """Compare two editions.

    weights   item -> its weight in the projects that are open; the changes that matter most to them come first
    """
    old, new = carried(all_entries(before), changes), all_entries(after)
    both = [one for one in new if one in old]
    return Differences(
        products=pd.DataFrame(
            [(one, "in") for one in new if one not in old] + [(one, "out") for one in old if one not in new],
            columns=["product", "change"],
        ),
        ratings=_weighed(
            pd.DataFrame(
                [row for one in both for row in _ratings(one, old[one], new[one])], columns=list(RATING_COLUMNS[:-1])
            ),
            weights or {},
        ),
        facts=pd.DataFrame(
            [row for one in both for row in _facts(one, old[one], new[one])], columns=list(FACT_COLUMNS)
        ),
        items=pd.DataFrame(list(_items(changes)), columns=["change", "before", "after"]),
        coverage=_coverage(old, new),
    )


def carried(entries: Entries, changes: ItemChanges) -> dict[str, dict[Key, Record]]:
    """The entries of an edition on a newer map.

    A renamed item keeps its rating. The parts of a split item, and an item merged from several, keep the lowest level
    as an assessment to be confirmed: what was proved of the whole is not proved of the part.
    """
    return {product: _carried(found, changes) for product, found in entries.items()}


def _carried(found: Mapping[Key, Record], changes: ItemChanges) -> dict[Key, Record]:
    rest = {key: record for key, record in found.items() if key.table != "ratings"}
    for item, before in changes.predecessors.items():
        records = [found[Key("ratings", one)] for one in before if Key("ratings", one) in found]
        if len(records) < len(before):
            continue  # one of the parts was not rated: neither is the whole
        lowest = min(records, key=lambda one: one["rating"])
        if len(before) > 1 or len(changes.successors[before[0]]) > 1:
            note = f"carried over from {', '.join(before)}, to be confirmed. {lowest.get('note', '')}"
            kept = {name: lowest[name] for name in ("rating", "plan", "without", "add_on", "sources") if name in lowest}
            lowest = compact({**kept, "basis": "assessed", "confidence": "low", "note": note})
        rest[Key("ratings", item)] = lowest
    return rest


# rows of the tables


def _ratings(product: str, old: Mapping[Key, Record], new: Mapping[Key, Record]) -> Iterator[tuple]:
    keys = [key for key in dict.fromkeys((*old, *new)) if key.table == "ratings"]
    for key in keys:
        before, after = old.get(key, {}), new.get(key, {})
        if before != after:
            yield (
                product,
                key.id,
                _kind(before, after),
                before.get("rating"),
                after.get("rating"),
                before.get("basis", ""),
                after.get("basis", ""),
                ", ".join(_changed(before, after)),
                after.get("note", ""),
            )


def _kind(before: Record, after: Record) -> str:
    if not before or not after:
        return "rated" if after else "unrated"
    if before["rating"] != after["rating"]:
        return "up" if after["rating"] > before["rating"] else "down"
    if before["basis"] != after["basis"]:
        return "basis"
    return "plan" if {"plan", "without", "add_on"} & set(_changed(before, after)) else "evidence"


def _facts(product: str, old: Mapping[Key, Record], new: Mapping[Key, Record]) -> Iterator[tuple]:
    keys = [key for key in dict.fromkeys((*old, *new)) if key.table not in ("ratings", "sources")]
    for key in keys:
        before, after = old.get(key), new.get(key)
        if before is None or after is None:
            yield product, key.table, key.id, "", _said(before), _said(after)
            continue
        for field in _changed(before, after):
            yield product, key.table, key.id, field, _shown(before.get(field)), _shown(after.get(field))


def _changed(before: Record, after: Record) -> list[str]:
    return [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]


def _said(record: Record | None) -> str:
    """An entry that came or went, in a few words."""
    if record is None:
        return ""
    names = ("name", "amount", "low", "likely", "high", "currency", "unit", "values", "score", "per_euro")
    return " ".join(_shown(record[name]) for name in names if name in record) or "✓"


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    return "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _items(changes: ItemChanges) -> Iterator[tuple[str, str, str]]:
    for old, new in changes.renamed.items():
        yield "renamed", old, new
    for old, after in changes.split.items():
        yield "split", old, ", ".join(after)
    for new, before in changes.merged.items():
        yield "merged", ", ".join(before), new
    for old in changes.retired:
        yield "retired", old, ""
    for item in changes.new:
        yield "new", "", item


def _weighed(table: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """Sorted by the weight of the item in open projects, then by how far the level moved."""
    table = table.assign(weight=table["item"].map(weights).fillna(0.0).astype(float))
    moved = (pd.to_numeric(table["after"]).fillna(0) - pd.to_numeric(table["before"]).fillna(0)).abs()
    order = table.assign(moved=moved, kind=table["change"].map(list(KINDS).index))
    order = order.sort_values(
        ["weight", "moved", "kind", "product", "item"], ascending=[False, False, True, True, True], kind="stable"
    )
    return order[list(RATING_COLUMNS)].reset_index(drop=True)


def _coverage(old: Entries, new: Entries) -> pd.DataFrame:
    """product -> items rated, and items whose rating is evidenced, before and after."""

    def counts(entries: Entries, product: str) -> tuple[int, int]:
        bases = [one.get("basis") for key, one in entries.get(product, {}).items() if key.table == "ratings"]
        return len(bases), sum(basis in EVIDENCED for basis in bases)

    rows = {}
    for product in sorted({*old, *new} - {""}):
        (rated_before, known_before), (rated, known) = counts(old, product), counts(new, product)
        rows[product] = (rated_before, rated, known_before, known)
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["rated_before", "rated_after", "evidenced_before", "evidenced_after"]
    )
