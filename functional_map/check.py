"""What can be wrong with a map: one rule per function, each reporting everything it finds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from pathlib import Path

from functional_map.changes import mapping_problems, read_mapping
from functional_map.load import FOLDER, load_map, read_map, years
from functional_map.model import LANGUAGES, WRITTEN_LEVELS, FunctionalMap, Item, folded

KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# words that say "more" without saying what is there
EMPTY_WORDS = {
    "en": (
        "better",
        "advanced",
        "full-featured",
        "comprehensive",
        "powerful",
        "seamless",
        "seamlessly",
        "flexible",
        "robust",
        "easily",
    ),
    "fr": (
        "mieux",
        "avancé",
        "avancée",
        "avancés",
        "avancées",
        "puissant",
        "puissante",
        "fluide",
        "souple",
        "facilement",
    ),
}
MAP_SIZE = range(300, 321)
DOMAIN_SIZE = range(12, 31)
AREA_COUNT = range(3, 7)
LARGEST_SHARE = 0.10
LABEL_WORDS, DEFINITION_WORDS, QUESTION_WORDS, LEVEL_WORDS, EXAMPLE_WORDS = 8, 40, 30, 20, 25


def check_map(folder: Path) -> list[str]:
    """Every problem of a folder of map files: what cannot be read, and what breaks a rule."""
    functional_map, problems = read_map(folder)
    if functional_map is not None:
        for rule in RULES:
            problems.extend(rule(functional_map))
    return problems


def check_year(year: int) -> list[str]:
    """Every problem of one published year, and of the way to it from the year before."""
    problems = check_map(FOLDER / str(year))
    earlier = [one for one in years() if one < year]
    if earlier and not problems:
        problems += mapping_problems(load_map(earlier[-1]), load_map(year), read_mapping(year))
    return problems


def word_count(text: str) -> int:
    """Words as a reader counts them: signs standing alone are not words."""
    return sum(any(letter.isalnum() for letter in part) for part in text.split())


def ids_are_unique(functional_map: FunctionalMap) -> Iterator[str]:
    items = [item for domain in functional_map.domains for item in domain.items]
    areas = [area for domain in functional_map.domains for area in domain.areas]
    for kind, ids in (
        ("item", [item.id for item in items]),
        ("area", [area.id for area in areas]),
        ("domain", [domain.id for domain in functional_map.domains]),
    ):
        for repeated in (one for one, times in Counter(ids).items() if times > 1):
            files = sorted(
                {
                    part.file
                    for part in functional_map.domains
                    if repeated in {part.id, *(a.id for a in part.areas), *(i.id for i in part.items)}
                }
            )
            yield f"{', '.join(files)}: {repeated}: this {kind} id is used twice; give one of them another id"


def ids_are_kebab_case(functional_map: FunctionalMap) -> Iterator[str]:
    for domain in functional_map.domains:
        for one in (domain.id, *(area.id for area in domain.areas), *(item.id for item in domain.items)):
            if one and not KEBAB.fullmatch(one):
                yield f"{domain.file}: {one}: write ids in small letters, digits and single hyphens"


def labels_differ(functional_map: FunctionalMap) -> Iterator[str]:
    for language in LANGUAGES:
        first: dict[str, Item] = {}
        for item in functional_map.items.values():
            label = folded(item.label[language])
            if label and label in first:
                yield (
                    f"{_file(functional_map, item)}: {item.id}: has the same {language} label as {first[label].id}; "
                    "say in the label what sets them apart"
                )
            first.setdefault(label, item)


def texts_keep_their_length(functional_map: FunctionalMap) -> Iterator[str]:
    for item in functional_map.items.values():
        for language in LANGUAGES:
            texts = [
                ("label", item.label, LABEL_WORDS),
                ("definition", item.definition, DEFINITION_WORDS),
                ("question", item.question, QUESTION_WORDS),
            ]
            texts += [(f"level {level}", item.levels[level], LEVEL_WORDS) for level in WRITTEN_LEVELS]
            if item.example:
                texts.append(("example", item.example, EXAMPLE_WORDS))
            for name, text, most in texts:
                words = word_count(text[language])
                if words > most:
                    yield (
                        f"{_file(functional_map, item)}: {item.id}: {name} ({language}) has {words} words; "
                        f"at most {most}"
                    )


def questions_ask(functional_map: FunctionalMap) -> Iterator[str]:
    for item in functional_map.items.values():
        for language in LANGUAGES:
            if item.question[language] and not item.question[language].rstrip().endswith("?"):
                yield f"{_file(functional_map, item)}: {item.id}: question ({language}) must end with a question mark"


def levels_are_distinct(functional_map: FunctionalMap) -> Iterator[str]:
    for item in functional_map.items.values():
        for language in LANGUAGES:
            for lower, higher in combinations(WRITTEN_LEVELS, 2):
                text = folded(item.levels[lower][language])
                if text and text == folded(item.levels[higher][language]):
                    yield (
                        f"{_file(functional_map, item)}: {item.id}: levels {lower} and {higher} ({language}) are "
                        "the same sentence; write what sets them apart"
                    )


def levels_are_not_copied(functional_map: FunctionalMap) -> Iterator[str]:
    """A sentence that serves two items says nothing about either."""
    for language in LANGUAGES:
        first: dict[str, Item] = {}
        for item in functional_map.items.values():
            for text in {folded(item.levels[level][language]) for level in WRITTEN_LEVELS} - {""}:
                if text in first and first[text].id != item.id:
                    yield (
                        f"{_file(functional_map, item)}: {item.id}: a level ({language}) repeats a sentence of "
                        f"{first[text].id}; write it for this item"
                    )
                first.setdefault(text, item)


def levels_say_what_is_there(functional_map: FunctionalMap) -> Iterator[str]:
    for item in functional_map.items.values():
        for language in LANGUAGES:
            for level in WRITTEN_LEVELS:
                words = set(re.findall(r"[\w-]+", item.levels[level][language].casefold()))
                for empty in sorted(words & set(EMPTY_WORDS[language])):
                    yield (
                        f'{_file(functional_map, item)}: {item.id}: level {level} ({language}) says "{empty}"; '
                        "say what is there instead"
                    )


def tags_are_in_the_vocabulary(functional_map: FunctionalMap) -> Iterator[str]:
    for item in functional_map.items.values():
        for name in ("teams", "kano", "commonness", "journey", "tier"):
            known = getattr(functional_map.vocabulary, name)
            value = getattr(item, name)
            for tag in value if isinstance(value, tuple) else (value,):
                if tag and tag not in known:
                    yield (
                        f'{_file(functional_map, item)}: {item.id}: {name} "{tag}" is not in the vocabulary; '
                        f"one of {', '.join(known)}"
                    )
        for name in ("teams", "journey"):
            value = getattr(item, name)
            if len(set(value)) != len(value):
                yield f"{_file(functional_map, item)}: {item.id}: {name} names the same word twice; keep one"


def sizes_are_balanced(functional_map: FunctionalMap) -> Iterator[str]:
    total = len(functional_map.items)
    if total not in MAP_SIZE:
        yield f"the map has {total} items; {MAP_SIZE.start} to {MAP_SIZE.stop - 1} keep a workshop possible"
    if len(functional_map.domains) not in range(14, 18):
        yield f"the map has {len(functional_map.domains)} domains; 14 to 17"
    for domain in functional_map.domains:
        size = len(domain.items)
        if size not in DOMAIN_SIZE or size > LARGEST_SHARE * total:
            yield (
                f"{domain.file}: {domain.id}: {size} items; {DOMAIN_SIZE.start} to {DOMAIN_SIZE.stop - 1} and at most "
                f"a tenth of the map"
            )
        if len(domain.areas) not in AREA_COUNT:
            yield f"{domain.file}: {domain.id}: {len(domain.areas)} areas; {AREA_COUNT.start} to {AREA_COUNT.stop - 1}"


RULES: tuple[Callable[[FunctionalMap], Iterable[str]], ...] = (
    ids_are_unique,
    ids_are_kebab_case,
    labels_differ,
    texts_keep_their_length,
    questions_ask,
    levels_are_distinct,
    levels_are_not_copied,
    levels_say_what_is_there,
    tags_are_in_the_vocabulary,
    sizes_are_balanced,
)


def _file(functional_map: FunctionalMap, item: Item) -> str:
    return next(domain.file for domain in functional_map.domains if domain.id == item.domain)
