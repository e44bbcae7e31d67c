"""What became of the items of an older map: a mapping file says which were renamed, split, merged or retired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

from functional_map.data_files import read_yaml
from functional_map.load import FOLDER, load_map, years
from functional_map.model import FunctionalMap

FILE = "mapping.yaml"


@dataclass(frozen=True, eq=False)
class ItemChanges:
    """The way from an older map to a newer one."""

    successors: Mapping[str, tuple[str, ...]]  # every item of the older map -> what it became; none: retired
    new: tuple[str, ...]  # items of the newer map that nothing became

    @cached_property
    def predecessors(self) -> Mapping[str, tuple[str, ...]]:
        """Every item of the newer map that something became -> what it was."""
        found: dict[str, tuple[str, ...]] = {}
        for old, after in self.successors.items():
            for one in after:
                found[one] = (*found.get(one, ()), old)
        return MappingProxyType(found)

    @property
    def renamed(self) -> Mapping[str, str]:
        """old id -> new id, where one item became one other."""
        return {
            old: after[0]
            for old, after in self.successors.items()
            if len(after) == 1 and after[0] != old and len(self.predecessors[after[0]]) == 1
        }

    @property
    def split(self) -> Mapping[str, tuple[str, ...]]:
        return {old: after for old, after in self.successors.items() if len(after) > 1}

    @property
    def merged(self) -> Mapping[str, tuple[str, ...]]:
        return {new: before for new, before in self.predecessors.items() if len(before) > 1}

    @property
    def retired(self) -> tuple[str, ...]:
        return tuple(old for old, after in self.successors.items() if not after)


@lru_cache(maxsize=16)
def item_changes(older: FunctionalMap, newer: FunctionalMap) -> ItemChanges:
    """The way from one map to another, year by year; each item stays itself within a year."""
    successors = {item: (item,) for item in older.items}
    for year in [one for one in years() if older.year < one <= newer.year]:
        step = _successors(read_mapping(year))
        known = newer.items if year == newer.year else load_map(year).items
        for old, reached in successors.items():
            successors[old] = tuple(
                dict.fromkeys(one for before in reached for one in step.get(before, (before,)) if one in known)
            )
    return ItemChanges(
        MappingProxyType(successors),
        tuple(item for item in newer.items if item not in {one for after in successors.values() for one in after}),
    )


def read_mapping(year: int) -> dict[str, Any]:
    """The content of a year's mapping file; empty where there is none."""
    path = FOLDER / str(year) / FILE
    return (read_yaml(path, []) or {}) if path.exists() else {}


def mapping_problems(older: FunctionalMap, newer: FunctionalMap, raw: Mapping[str, Any]) -> Iterator[str]:
    """Items that vanish without a word, and words about items that are not there."""
    for unknown in sorted(set(raw) - {"renamed", "split", "merged", "retired"}):
        yield f"{FILE}: {unknown} is not known; renamed, split, merged or retired"
    step = _successors(raw)
    for old, after in step.items():
        if old not in older.items:
            yield f"{FILE}: {old} is not on the {older.year} map"
        elif old in newer.items:
            yield f"{FILE}: {old} is still on the {newer.year} map; an id never changes its meaning"
        for one in after:
            if one not in newer.items:
                yield f"{FILE}: {one} is not on the {newer.year} map"
    for item in older.items:
        if item not in newer.items and item not in step:
            yield f"{FILE}: {item} is gone from the {newer.year} map; say whether it was renamed, split, merged or retired"


def _successors(raw: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """old id -> new ids, from the four lists of a mapping file."""
    found: dict[str, tuple[str, ...]] = {str(old): (str(new),) for old, new in (raw.get("renamed") or {}).items()}
    found |= {str(old): tuple(map(str, after)) for old, after in (raw.get("split") or {}).items()}
    for new, before in (raw.get("merged") or {}).items():
        found |= {str(old): (*found.get(str(old), ()), str(new)) for old in before}
    return found | {str(old): () for old in raw.get("retired") or ()}
