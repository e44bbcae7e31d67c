"""An edition from its files: a folder with edition.yaml, priors.yaml and one file per product."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from functional_map.data_files import parse_yaml, read_text, read_yaml
from functional_map.model import Text
from vendors.model import (
    FACTS,
    AddOn,
    Criterion,
    Edition,
    Effort,
    Fact,
    Implementation,
    Plan,
    Price,
    Product,
    Rates,
    Rating,
    Source,
)

FOLDER = Path(__file__).parent
# not products: the edition itself, its priors, its publication, the state of a draft
SPECIAL_FILES = ("edition.yaml", "priors.yaml", "publication.yaml", "draft.yaml")
Part = TypeVar("Part")


class EditionError(ValueError):
    """An edition cannot be read; the message says which file, which entry and how to mend it."""


def shipped_editions() -> dict[str, Path]:
    """Editions that come with the application, by id, oldest first."""
    return {folder.name: folder for folder in sorted(FOLDER.iterdir()) if (folder / "edition.yaml").exists()}


@cache
def load_edition(folder: Path) -> Edition:
    """Return one edition; it is frozen, so every visitor can share it.

    Raises EditionError with every problem that kept a file from being read.
    """
    edition, problems = read_edition(folder)
    if edition is None or problems:
        raise EditionError("\n".join(problems))
    return edition


def read_edition(folder: Path) -> tuple[Edition | None, list[str]]:
    """Read a folder of edition files; return what could be read and a sentence for each problem."""
    problems: list[str] = []
    raw = read_yaml(folder / "edition.yaml", problems)
    if raw is None:
        return None, problems
    raw_priors = read_yaml(folder / "priors.yaml", problems) if (folder / "priors.yaml").exists() else {}
    products = {}
    for path in product_files(folder):
        product, found = read_product(path)
        problems.extend(found)
        if product is not None:
            if product.id in products:
                problems.append(
                    f"{path.name}: {product.id} is already the id of another file; give one of them another id"
                )
            products[product.id] = product
    reader = _Reader("edition.yaml", problems)
    edition = reader.build(
        "edition",
        lambda: Edition(
            id=str(raw.get("id", folder.name)),
            year=reader.number(raw, "year", "edition", whole=True),
            map_year=reader.number(raw, "map", "edition", whole=True),
            published=reader.date(raw, "published", "edition", required=True),
            title=reader.text(raw, "title", "edition"),
            notes=reader.text(raw, "notes", "edition"),
            rates=reader.rates(raw.get("rates")),
            products=MappingProxyType(products),
            priors=MappingProxyType({str(item): float(value) for item, value in (raw_priors or {}).items()}),
        ),
    )
    return edition, problems


def product_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.yaml") if path.name not in SPECIAL_FILES)


def read_product(path: Path) -> tuple[Product | None, list[str]]:
    """Read one product file; return the product, as far as it could be read, and a sentence for each problem."""
    problems: list[str] = []
    text = read_text(path, problems)
    if text is None:
        return None, problems
    product, found = _product_in(text, path.name)
    return product, list(found)


@lru_cache(maxsize=64)
def _product_in(text: str, file: str) -> tuple[Product | None, tuple[str, ...]]:
    """A draft is read again after every change of one file; products are frozen, so the others need not be."""
    problems: list[str] = []
    raw = parse_yaml(text, file, problems)
    if raw is None:
        return None, tuple(problems)
    product, found = product_from(raw, file)
    return product, (*problems, *found)


def product_from(raw: dict[str, Any], file: str) -> tuple[Product, list[str]]:
    """Build one product from the content of its file; return it and a sentence for each problem."""
    reader = _Reader(file, problems := [])
    return reader.product(raw), problems


class _Reader:
    """Reads entries of one file; what is wrong becomes a sentence that names file, entry and mend."""

    PRODUCT_FIELDS = frozenset(
        {
            "id",
            "name",
            "publisher",
            "country",
            "kind",
            "website",
            "aliases",
            "first_party",
            "summary",
            "for_whom",
            "licence",
            "profile",
            "plans",
            "add_ons",
            "implementation",
            "ergonomics",
            "evidence",
            "ratings",
            "not_rated",
            "sources",
            "notes",
        }
    )

    def __init__(self, file: str, problems: list[str]) -> None:
        self.file, self.problems = file, problems

    def say(self, entry: str, sentence: str) -> None:
        self.problems.append(f"{self.file}: {entry}: {sentence}")

    def build(self, entry: str, make: Callable[[], Part]) -> Part | None:
        """What `make` makes, or None with a sentence where a value is of the wrong kind."""
        try:
            return make()
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            self.say(entry, f"cannot be read ({error}); compare with the entry of another product")
            return None

    # single values

    def word(self, raw: Mapping, name: str, entry: str, default: str | None = None) -> str:
        value = raw.get(name, default)
        if value is False:  # YAML reads an unquoted NO as false
            self.say(entry, f'{name} reads as "no"; write it between quotes: "NO"')
            return "NO"
        if isinstance(value, bool) or not isinstance(value, str | int | float) or str(value).strip() == "":
            if default is None or name in raw:
                self.say(entry, f"{name} is missing; write one word or sentence")
            return default or ""
        return str(value)

    def words(self, raw: Mapping, name: str, entry: str) -> tuple[str, ...]:
        value = raw.get(name, [])
        if value is None:
            return ()
        if not isinstance(value, list):
            self.say(entry, f"{name} must be a list such as [one, two]")
            return ()
        return tuple("no" if word is False else str(word) for word in value)  # [no] is Norwegian

    def number(self, raw: Mapping, name: str, entry: str, *, default: float | None = None, whole: bool = False) -> Any:
        value = raw.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            self.say(entry, f"{name} is not a number; write digits, with a point for decimals")
            return int(default or 0) if whole else float(default or 0)
        if whole and int(value) != value:
            self.say(entry, f"{name} is {value}; write a whole number")
        return int(value) if whole else float(value)

    def date(self, raw: Mapping, name: str, entry: str, *, required: bool = False) -> dt.date | None:
        value = raw.get(name)
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        if value is not None or required:
            self.say(entry, f"{name} is not a date; write year-month-day, such as 2026-11-21")
        return None

    def text(self, raw: Mapping, name: str, entry: str) -> Text:
        value = raw.get(name)
        if not isinstance(value, dict) or not all(isinstance(value.get(language), str) for language in ("en", "fr")):
            self.say(entry, f"{name} must have a text after en: and one after fr:")
            return Text("", "")
        return Text(value["en"], value["fr"])

    def mapping(self, raw: Mapping, name: str) -> dict[str, Any]:
        value = raw.get(name) or {}
        if not isinstance(value, dict):
            self.say(name, "must be a mapping of names to values")
            return {}
        return value

    # parts of a product

    def product(self, raw: dict[str, Any]) -> Product:
        for unknown in sorted(set(map(str, raw)) - self.PRODUCT_FIELDS):
            self.say("product", f"{unknown} is not a field of a product: misspelt?")
        profile = self.mapping(raw, "profile")
        for unknown in sorted(set(profile) - set(FACTS)):
            self.say("profile", f"{unknown} is not a profile fact; one of {', '.join(FACTS)}")
        return Product(
            **{
                name: self.word(raw, name, "product")
                for name in ("id", "name", "publisher", "country", "kind", "website", "licence")
            },
            aliases=self.words(raw, "aliases", "product"),
            first_party=self.words(raw, "first_party", "product"),
            summary=self.text(raw, "summary", "product"),
            for_whom=self.text(raw, "for_whom", "product"),
            **{name: self.fact(profile[name], name) if name in profile else None for name in FACTS},
            plans=tuple(filter(None, (self.plan(one) for one in self.entries(raw, "plans")))),
            add_ons=tuple(filter(None, (self.add_on(one) for one in self.entries(raw, "add_ons")))),
            implementation=self.implementation(raw["implementation"]) if "implementation" in raw else None,
            ergonomics=self.parts(raw, "ergonomics", self.criterion),
            ratings=self.parts(raw, "ratings", self.rating),
            not_rated=self.words(raw, "not_rated", "product"),
            evidence=MappingProxyType({str(k): v for k, v in self.mapping(raw, "evidence").items()}),
            sources=self.parts(raw, "sources", self.source),
            notes=self.word(raw, "notes", "product", default=""),
        )

    def entries(self, raw: Mapping, name: str) -> list[dict]:
        value = raw.get(name) or []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.say(name, "must be a list of entries, each starting with - id:")
            return []
        return value

    def parts(self, raw: Mapping, name: str, read: Callable[[Any, str], Part | None]) -> Mapping[str, Part]:
        parts = {}
        for key, value in self.mapping(raw, name).items():
            if not isinstance(value, dict):
                self.say(str(key), f"must be a mapping in braces, in {name}")
                continue
            part = self.build(str(key), lambda value=value, key=key: read(value, str(key)))
            if part is not None:
                parts[str(key)] = part
        return MappingProxyType(parts)

    def fields(self, raw: Mapping, known: set[str], entry: str) -> None:
        for unknown in sorted(set(map(str, raw)) - known):
            self.say(entry, f"{unknown} is not a field here: misspelt? one of {', '.join(sorted(known))}")

    def fact(self, raw: Any, entry: str) -> Fact | None:
        def make() -> Fact:
            self.fields(raw, {"values", "basis", "sources", "note"}, entry)
            return Fact(
                self.words(raw, "values", entry),
                self.word(raw, "basis", entry),
                self.words(raw, "sources", entry),
                self.word(raw, "note", entry, default=""),
            )

        return self.build(entry, make)

    def price(self, raw: Any, entry: str) -> Price:
        self.fields(
            raw,
            {
                "amount",
                "on_quote",
                "low",
                "likely",
                "high",
                "currency",
                "unit",
                "billing",
                "basis",
                "minimum_seats",
                "included_seats",
                "source",
                "dated",
                "note",
            },
            entry,
        )
        on_quote = raw.get("on_quote") is True
        if on_quote:
            low, likely, high = (self.number(raw, end, entry) for end in ("low", "likely", "high"))
        else:
            low = likely = high = self.number(raw, "amount", entry)
        return Price(
            low=low,
            likely=likely,
            high=high,
            currency=self.word(raw, "currency", entry, default=""),
            unit=self.word(raw, "unit", entry),
            billing=self.word(raw, "billing", entry, default="none"),
            basis=self.word(raw, "basis", entry),
            on_quote=on_quote,
            minimum_seats=self.number(raw, "minimum_seats", entry, default=0, whole=True),
            included_seats=self.number(raw, "included_seats", entry, default=0, whole=True),
            source=self.word(raw, "source", entry, default="") or None,
            dated=self.date(raw, "dated", entry),
            note=self.word(raw, "note", entry, default=""),
        )

    def plan(self, raw: dict) -> Plan | None:
        entry = f"plan {raw.get('id', '?')}"

        def make() -> Plan:
            self.fields(raw, {"id", "name", "price", "flat_fee", "quotas", "note"}, entry)
            quotas = {str(name): str(value) for name, value in self.mapping(raw, "quotas").items()}
            return Plan(
                self.word(raw, "id", entry),
                self.word(raw, "name", entry),
                self.price(raw["price"], entry),
                self.price(raw["flat_fee"], f"{entry}, flat fee") if raw.get("flat_fee") else None,
                MappingProxyType(quotas),
                self.word(raw, "note", entry, default=""),
            )

        return self.build(entry, make)

    def add_on(self, raw: dict) -> AddOn | None:
        entry = f"add-on {raw.get('id', '?')}"

        def make() -> AddOn:
            self.fields(raw, {"id", "name", "price", "note"}, entry)
            return AddOn(
                self.word(raw, "id", entry),
                self.word(raw, "name", entry),
                self.price(raw["price"], entry),
                self.word(raw, "note", entry, default=""),
            )

        return self.build(entry, make)

    def implementation(self, raw: Any) -> Implementation | None:
        entry = "implementation"

        def make() -> Implementation:
            self.fields(raw, {"days", "basis", "reason", "day_rate"}, entry)
            days = {}
            for size, effort in raw["days"].items():
                days[size] = Effort(
                    *(self.number(effort, end, f"{entry}, {size}") for end in ("low", "likely", "high"))
                )
            return Implementation(
                MappingProxyType(days),
                self.word(raw, "basis", entry),
                self.word(raw, "reason", entry),
                self.price(raw["day_rate"], f"{entry}, day rate") if raw.get("day_rate") else None,
            )

        return self.build(entry, make)

    def criterion(self, raw: dict, entry: str) -> Criterion:
        self.fields(raw, {"score", "basis", "reason", "sources"}, entry)
        return Criterion(
            self.number(raw, "score", entry),
            self.word(raw, "basis", entry),
            self.word(raw, "reason", entry),
            self.words(raw, "sources", entry),
        )

    def rating(self, raw: dict, entry: str) -> Rating:
        self.fields(
            raw,
            {"rating", "plan", "without", "add_on", "basis", "confidence", "sources", "note", "searched", "by", "on"},
            entry,
        )
        return Rating(
            item_id=entry,
            rating=self.number(raw, "rating", entry, whole=True),
            basis=self.word(raw, "basis", entry),
            confidence=self.word(raw, "confidence", entry),
            plan=self.word(raw, "plan", entry, default="") or None,
            without=self.number(raw, "without", entry, default=0, whole=True),
            add_on=self.word(raw, "add_on", entry, default="") or None,
            sources=self.words(raw, "sources", entry),
            note=self.word(raw, "note", entry, default=""),
            searched=self.words(raw, "searched", entry),
            by=self.word(raw, "by", entry, default=""),
            on=self.date(raw, "on", entry),
        )

    def source(self, raw: dict, entry: str) -> Source:
        self.fields(raw, {"kind", "title", "url", "dated", "read"}, entry)
        return Source(
            entry,
            self.word(raw, "kind", entry),
            self.word(raw, "title", entry),
            self.word(raw, "url", entry, default=""),
            self.date(raw, "dated", entry),
            self.date(raw, "read", entry, required=True) or dt.date.min,
        )

    def rates(self, raw: Any) -> Rates:
        raw = raw if isinstance(raw, dict) else {}
        per_euro = raw.get("per_euro") if isinstance(raw.get("per_euro"), dict) else {}
        if per_euro.get("EUR") != 1:
            self.say("rates", "per_euro must start with EUR: 1 and give the units of each currency for one euro")
        return Rates(
            self.date(raw, "date", "rates", required=True) or dt.date.min,
            self.word(raw, "source", "rates"),
            MappingProxyType({str(code): float(value) for code, value in per_euro.items()}),
        )
