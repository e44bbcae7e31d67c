"""The map from its files: strict about shape, so that what is loaded can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from functional_map.data_files import read_yaml
from functional_map.model import WRITTEN_LEVELS, Area, Domain, FunctionalMap, Item, Text, Vocabulary

FOLDER = Path(__file__).parent


class MapError(ValueError):
    """The map cannot be read; the message says which file, which entry and how to mend it."""


def years() -> list[int]:
    """Years that have a map, oldest first."""
    return sorted(int(folder.name) for folder in FOLDER.iterdir() if folder.name.isdigit())


@cache
def load_map(year: int) -> FunctionalMap:
    """Return one year's map; it is frozen, so every visitor can share it.

    Raises MapError with every problem that kept a file from being read.
    """
    functional_map, problems = read_map(FOLDER / str(year))
    if functional_map is None or problems:
        raise MapError("\n".join(problems))
    return functional_map


def read_map(folder: Path) -> tuple[FunctionalMap | None, list[str]]:
    """Read a folder of map files; return what could be read and a sentence for each problem."""
    problems: list[str] = []
    raw_vocabulary = read_yaml(folder / "vocabulary.yaml", problems)
    try:
        vocabulary = _vocabulary(raw_vocabulary)
    except (KeyError, TypeError, AttributeError) as error:
        problems.append(f"vocabulary.yaml: {error} is missing or not a list of labels in en and fr")
        return None, problems
    domains = []
    for path in sorted(folder.glob("[0-9][0-9]-*.yaml")):
        raw = read_yaml(path, problems)
        if raw is None:
            continue
        domain = _domain(raw, path.name, problems)
        if domain is not None:
            domains.append(domain)
    return FunctionalMap(int(folder.name), vocabulary, tuple(domains)), problems


def _vocabulary(raw: dict[str, Any] | None) -> Vocabulary:
    raw = raw or {}

    def texts(name: str) -> Mapping[Any, Text]:
        return MappingProxyType({key: Text(**value) for key, value in raw[name].items()})

    return Vocabulary(**{name: texts(name) for name in Vocabulary.__dataclass_fields__})


def _domain(raw: dict[str, Any], file: str, problems: list[str]) -> Domain | None:
    """Build one domain; problems name the file and the entry."""
    reader = _Reader(file, problems)
    domain_id = reader.word(raw, "id", file)
    label, purpose = reader.text(raw, "label", file), reader.text(raw, "purpose", file)
    areas = []
    for raw_area in reader.list_of_mappings(raw, "areas", file):
        area_id = reader.word(raw_area, "id", "an area")
        items = tuple(
            reader.item(raw_item, domain_id, area_id)
            for raw_item in reader.list_of_mappings(raw_area, "items", area_id)
        )
        areas.append(Area(area_id, domain_id, reader.text(raw_area, "label", area_id), items))
    return Domain(domain_id, file, label, purpose, tuple(areas))


class _Reader:
    """Reads entries of one file; what is missing becomes an empty text and a sentence, never an exception."""

    ITEM_FIELDS = frozenset(
        {
            "id",
            "label",
            "definition",
            "question",
            "levels",
            "teams",
            "kano",
            "commonness",
            "journey",
            "tier",
            "example",
        }
    )

    def __init__(self, file: str, problems: list[str]) -> None:
        self.file, self.problems = file, problems

    def say(self, entry: str, sentence: str) -> None:
        self.problems.append(f"{self.file}: {entry}: {sentence}")

    def word(self, raw: dict, field: str, entry: str) -> str:
        value = raw.get(field)
        if not isinstance(value, str) or not value.strip():
            self.say(entry, f"{field} is missing; write one word")
            return ""
        return value

    def words(self, raw: dict, field: str, entry: str) -> tuple[str, ...]:
        value = raw.get(field)
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            self.say(entry, f"{field} must be a list such as [sales, service]")
            return ()
        return tuple(value)

    def list_of_mappings(self, raw: dict, field: str, entry: str) -> list[dict]:
        value = raw.get(field)
        if not isinstance(value, list):
            self.say(entry, f"{field} is missing; write a list")
            return []
        if not all(isinstance(part, dict) for part in value):
            self.say(entry, f"an entry of {field} is not a mapping; each starts with - id:")
        return [part for part in value if isinstance(part, dict)]

    def text(self, raw: dict, field: str, entry: str) -> Text:
        return self._text(raw.get(field), field, entry)

    def _text(self, value: Any, field: str, entry: str) -> Text:
        value = value if isinstance(value, dict) else {}
        for language, name in (("en", "English"), ("fr", "French")):
            if not isinstance(value.get(language), str) or not value[language].strip():
                self.say(entry, f"{field} has no {name} text; write it after {language}:")
        for unknown in set(value) - {"en", "fr"}:
            self.say(entry, f'{field} has a text in "{unknown}"; the map\'s languages are en and fr')
        return Text(str(value.get("en") or ""), str(value.get("fr") or ""))

    def item(self, raw: dict, domain: str, area: str) -> Item:
        item_id = self.word(raw, "id", f"an item of {area}")
        for unknown in sorted(set(map(str, raw)) - self.ITEM_FIELDS):
            self.say(item_id, f"{unknown} is not a field of an item: misspelt?")
        raw_levels = raw.get("levels") if isinstance(raw.get("levels"), dict) else {}
        for unknown in sorted(set(map(str, raw_levels)) - set(map(str, WRITTEN_LEVELS))):
            self.say(item_id, f"level {unknown} is not written; write levels 1 to 4 only")
        levels = {level: self._text(raw_levels.get(level), f"level {level}", item_id) for level in WRITTEN_LEVELS}
        return Item(
            id=item_id,
            domain=domain,
            area=area,
            label=self.text(raw, "label", item_id),
            definition=self.text(raw, "definition", item_id),
            question=self.text(raw, "question", item_id),
            levels=MappingProxyType(levels),
            teams=self.words(raw, "teams", item_id),
            kano=self.word(raw, "kano", item_id),
            commonness=self.word(raw, "commonness", item_id),
            journey=self.words(raw, "journey", item_id),
            tier=self.word(raw, "tier", item_id),
            example=self.text(raw, "example", item_id) if "example" in raw else None,
        )
