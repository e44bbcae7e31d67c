"""Search in the map, in both languages: accents and word forms forgiven."""

from __future__ import annotations

import re
from functools import lru_cache

from functional_map.model import LANGUAGES, FunctionalMap, Item, folded

# endings that make forms of one word: plural, gender, the commonest verb forms of English and French
ENDINGS = (
    "ements",
    "ations",
    "ement",
    "ation",
    "ings",
    "ees",
    "ers",
    "ies",
    "ing",
    "ees",
    "eur",
    "ed",
    "es",
    "er",
    "ee",
    "s",
    "e",
    "x",
    "y",
)
SHORTEST_STEM = 4
# where a word is found says how much it counts
WEIGHTS = {"label": 8, "id": 4, "definition": 3, "question": 2, "levels": 1}


def search(functional_map: FunctionalMap, words: str) -> list[Item]:
    """Items in which every word occurs, in either language, best first; the whole map for no words.

    Where no item has every word, those that have some of them.
    """
    wanted = stems(words)
    if not wanted:
        return list(functional_map.items.values())
    index = _index(functional_map)
    found = {item_id: _scores(wanted, index[item_id]) for item_id in functional_map.items}
    complete = [item_id for item_id, scores in found.items() if all(scores)]
    some = complete or [item_id for item_id, scores in found.items() if any(scores)]
    return [functional_map.items[item_id] for item_id in sorted(some, key=lambda one: -sum(found[one]))]


def stem(word: str) -> str:
    """The part of a folded word that its forms share."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def stems(text: str) -> list[str]:
    return [stem(word) for word in re.findall(r"[a-z0-9]+", folded(text)) if len(word) > 1 or word.isdigit()]


@lru_cache(maxsize=4)
def _index(functional_map: FunctionalMap) -> dict[str, dict[str, tuple[str, ...]]]:
    """item -> field -> the stems found in it."""
    return {
        item.id: {
            "label": tuple(stems(" ".join(item.label[one] for one in LANGUAGES))),
            "id": tuple(stems(item.id.replace("-", " "))),
            "definition": tuple(stems(" ".join(item.definition[one] for one in LANGUAGES))),
            "question": tuple(stems(" ".join(item.question[one] for one in LANGUAGES))),
            "levels": tuple(stems(" ".join(text[one] for text in item.levels.values() for one in LANGUAGES))),
        }
        for item in functional_map.items.values()
    }


def _scores(wanted: list[str], fields: dict[str, tuple[str, ...]]) -> list[int]:
    """For each word the weight of the best place it is found in; 0 where it is nowhere."""
    return [
        max((WEIGHTS[name] for name, found in fields.items() if any(_alike(word, one) for one in found)), default=0)
        for word in wanted
    ]


def _alike(word: str, found: str) -> bool:
    return found.startswith(word) or (len(found) >= SHORTEST_STEM and word.startswith(found))
