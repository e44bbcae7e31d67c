"""What the map is made of: domains, areas, items, and the vocabulary of their tags."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

LANGUAGES = ("en", "fr")
LEVELS = (0, 1, 2, 3, 4)
WRITTEN_LEVELS = (1, 2, 3, 4)  # level 0 reads alike on every item: absent, or not needed


@dataclass(frozen=True)
class Text:
    """The same words in each language of the map."""

    en: str
    fr: str

    def __getitem__(self, language: str) -> str:
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True)
class Item:
    """One single function that a CRM can be asked for."""

    id: str  # stable across editions, never reused
    domain: str
    area: str
    label: Text
    definition: Text
    question: Text
    levels: Mapping[int, Text]  # 1 to 4
    teams: tuple[str, ...]
    kano: str
    commonness: str
    journey: tuple[str, ...]
    tier: str
    example: Text | None = None

    @property
    def decisive(self) -> bool:
        return self.tier == "decisive"


@dataclass(frozen=True)
class Area:
    """A handful of items that are discussed together."""

    id: str
    domain: str
    label: Text
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Domain:
    """A subject of a workshop session, weighted as one."""

    id: str
    file: str
    label: Text
    purpose: Text
    areas: tuple[Area, ...]

    @cached_property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for area in self.areas for item in area.items)


@dataclass(frozen=True)
class Vocabulary:
    """Every word that a tag may be, with its label; and the two fixed readings of level 0."""

    teams: Mapping[str, Text]
    kano: Mapping[str, Text]
    commonness: Mapping[str, Text]
    journey: Mapping[str, Text]
    tier: Mapping[str, Text]
    as_expectation: Mapping[int, Text]
    as_rating: Mapping[int, Text]


@dataclass(frozen=True, eq=False)  # compared by identity, so that results can be cached by it
class FunctionalMap:
    """One year's map."""

    year: int
    vocabulary: Vocabulary
    domains: tuple[Domain, ...]

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Every item by id, in the order of the map."""
        return MappingProxyType({item.id: item for domain in self.domains for item in domain.items})

    @cached_property
    def domain_of(self) -> Mapping[str, str]:
        return MappingProxyType({item.id: item.domain for item in self.items.values()})

    def domain(self, domain_id: str) -> Domain:
        return next(domain for domain in self.domains if domain.id == domain_id)

    def area(self, area_id: str) -> Area:
        return next(area for domain in self.domains for area in domain.areas if area.id == area_id)

    def level_text(self, item_id: str, level: int, language: str) -> str:
        """The sentence of a level of an item; level 0 reads alike everywhere."""
        if level == 0:
            return self.vocabulary.as_expectation[0][language]
        return self.items[item_id].levels[level][language]


def folded(text: str) -> str:
    """Lower case without accents, for comparing and searching words; the two forms of the apostrophe are one."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
