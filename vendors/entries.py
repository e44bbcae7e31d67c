"""A product as a flat list of entries, each one fact with how it is known: what workbooks, differences and drafts work on.

An entry is one rating, one plan with its price, one source. Its level and its evidence belong together, so it is
compared, merged and chosen as a whole. A record holds plain values and leaves out what is empty or usual.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from vendors.load import product_from
from vendors.model import BASES, FACTS, TEAM_SIZES, Edition, Price, Product

Record = Mapping[str, Any]
TEXT_LANGUAGES = ("en", "fr")
PRICE = (
    "on_quote",
    "amount",
    "low",
    "likely",
    "high",
    "currency",
    "unit",
    "billing",
    "minimum_seats",
    "included_seats",
    "basis",
    "source",
    "dated",
    "price_note",
)
PRODUCT = (
    "name",
    "publisher",
    "country",
    "kind",
    "website",
    "aliases",
    "first_party",
    "summary_en",
    "summary_fr",
    "for_whom_en",
    "for_whom_fr",
    "licence",
    "notes",
)
DAYS = tuple(f"{size}_{end}" for size in TEAM_SIZES for end in ("low", "likely", "high"))
FLAT_FEE, DAY_RATE = "flat-fee", "day-rate"
# every table with the fields of its records, in the order in which they are written
FIELDS: Mapping[str, tuple[str, ...]] = {
    "product": PRODUCT,
    "profile": ("values", "basis", "sources", "note"),
    "plans": ("order", "name", *PRICE, "quotas", "note"),
    "add_ons": ("name", *PRICE, "note"),
    "implementation": (*DAYS, "basis", "reason"),
    "ergonomics": ("score", "basis", "reason", "sources"),
    "ratings": (
        "rating",
        "plan",
        "without",
        "add_on",
        "basis",
        "confidence",
        "searched",
        "sources",
        "by",
        "on",
        "note",
    ),
    "sources": ("kind", "title", "url", "dated", "read"),
    "rates": ("per_euro", "date", "source"),
}
# control characters, and others that look like a line break or like nothing, are not text
_UNWRITABLE = dict.fromkeys(
    (*range(9), 11, 12, *range(14, 32), *range(127, 160), 65279, 65534, 65535, *range(55296, 57344))
)
_UNWRITABLE |= {0x2028: "\n", 0x2029: "\n", 0x85: "\n"}


class Key(NamedTuple):
    """Where an entry stands in its product: the table, and the id there; the id of a fixed fee is `plan/flat-fee`."""

    table: str
    id: str


def tidy(text: Any) -> str:
    """Text without control characters and outer blanks, with plain line ends: the same before and after a workbook."""
    text = str(text)
    if text.isprintable():  # nearly always: nothing to take out
        return text.strip()
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNWRITABLE).strip()


def entries(product: Product) -> dict[Key, Record]:
    """Every entry of a product, in the order of its file."""
    return {Key(table, entry): compact(record) for table, entry, record in _parts(product)}


def edition_entries(edition: Edition) -> dict[Key, Record]:
    """The entries of an edition that belong to no product: its exchange rates."""
    rates = edition.rates
    return {
        Key("rates", code): compact({"per_euro": value, "date": rates.date, "source": rates.source})
        for code, value in rates.per_euro.items()
    }


def all_entries(edition: Edition) -> dict[str, dict[Key, Record]]:
    """The entries of an edition by product; those of the edition itself under an empty name."""
    return {"": edition_entries(edition)} | {product.id: entries(product) for product in edition.products.values()}


def product_of(product_id: str, found: Mapping[Key, Record], items: Iterable[str]) -> tuple[Product, list[str]]:
    """The product that entries describe, and a sentence for each entry that cannot be used.

    `items` are those of the map: the ones without a rating become the list of what is not rated.
    """
    return product_from(raw_product(product_id, found, items), f"{product_id}.yaml")


def raw_product(product_id: str, found: Mapping[Key, Record], items: Iterable[str]) -> dict[str, Any]:
    """Entries as the content of a product file, keys in the order of the files."""

    def table(name: str) -> dict[str, Record]:
        return {key.id: record for key, record in found.items() if key.table == name}

    about = table("product").get("", {})
    ratings = table("ratings")
    plans = sorted(
        ((key, one) for key, one in table("plans").items() if "/" not in key), key=lambda pair: pair[1].get("order", 0)
    )
    raw: dict[str, Any] = {"id": product_id}
    raw |= {name: about.get(name, "") for name in ("name", "publisher", "country", "kind", "website")}
    raw |= {name: list(about.get(name, ())) for name in ("aliases", "first_party")}
    raw |= {
        name: {language: about.get(f"{name}_{language}", "") for language in TEXT_LANGUAGES}
        for name in ("summary", "for_whom")
    }
    raw["licence"] = about.get("licence", "")
    raw["profile"] = {name: _listed(one, FIELDS["profile"]) for name, one in table("profile").items()}
    raw["plans"] = [_raw_plan(key, one, found) for key, one in plans]
    if add_ons := table("add_ons"):
        raw["add_ons"] = [
            {"id": key, "name": one.get("name", ""), "price": _raw_price(one), **_some(one, "note")}
            for key, one in add_ons.items()
        ]
    if (effort := table("implementation").get("")) is not None:
        raw["implementation"] = _raw_implementation(effort, table("implementation").get(f"/{DAY_RATE}"))
    raw["ergonomics"] = {name: _listed(one, FIELDS["ergonomics"]) for name, one in table("ergonomics").items()}
    raw["evidence"] = _counts(ratings)
    raw["ratings"] = {item: _listed(ratings[item], FIELDS["ratings"]) for item in _in_order(ratings, items)}
    raw["not_rated"] = [item for item in items if item not in ratings]
    raw["sources"] = {name: _some(one, *FIELDS["sources"]) for name, one in table("sources").items()}
    if about.get("notes"):
        raw["notes"] = about["notes"]
    return raw


# from a product


def _parts(product: Product) -> Iterator[tuple[str, str, dict[str, Any]]]:
    about = {name: getattr(product, name, "") for name in PRODUCT}
    for name in ("summary", "for_whom"):
        about |= {f"{name}_{language}": getattr(product, name)[language] for language in TEXT_LANGUAGES}
    yield "product", "", about
    for name in FACTS:
        if (fact := getattr(product, name)) is not None:
            yield "profile", name, {field: getattr(fact, field) for field in FIELDS["profile"]}
    for order, plan in enumerate(product.plans, start=1):
        quotas = "\n".join(f"{name}: {value}" for name, value in plan.quotas.items())
        yield (
            "plans",
            plan.id,
            {"order": order, "name": plan.name, **_price(plan.price), "quotas": quotas, "note": plan.note},
        )
        if plan.flat_fee:
            yield "plans", f"{plan.id}/{FLAT_FEE}", _price(plan.flat_fee)
    for add_on in product.add_ons:
        yield "add_ons", add_on.id, {"name": add_on.name, **_price(add_on.price), "note": add_on.note}
    if product.implementation:
        effort = product.implementation
        days = {
            f"{size}_{end}": getattr(one, end) for size, one in effort.days.items() for end in ("low", "likely", "high")
        }
        yield "implementation", "", {**days, "basis": effort.basis, "reason": effort.reason}
        if effort.day_rate:
            yield "implementation", f"/{DAY_RATE}", _price(effort.day_rate)
    for name, criterion in product.ergonomics.items():
        yield "ergonomics", name, {field: getattr(criterion, field) for field in FIELDS["ergonomics"]}
    for item_id, rating in product.ratings.items():
        yield "ratings", item_id, {field: getattr(rating, field) for field in FIELDS["ratings"]}
    for name, source in product.sources.items():
        yield "sources", name, {field: getattr(source, field) for field in FIELDS["sources"]}


def _price(price: Price) -> dict[str, Any]:
    record: dict[str, Any] = {name: getattr(price, name) for name in PRICE if hasattr(price, name)} | {
        "price_note": price.note
    }
    if not price.on_quote:
        record |= {"amount": price.likely, "low": None, "likely": None, "high": None}
    return record


_USUAL = {"on_quote": False, "without": 0, "minimum_seats": 0, "included_seats": 0}


def compact(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record without what is empty or usual, its texts tidy: two records are equal where they say the same."""
    return without_blanks({name: _tidied(value) for name, value in record.items()})


def without_blanks(record: Mapping[str, Any]) -> dict[str, Any]:
    """What a record of tidy values says that is neither empty nor usual."""
    return {
        name: value
        for name, value in record.items()
        if value is not None and value != "" and value != () and (name not in _USUAL or _USUAL[name] != value)
    }


def _tidied(value: Any) -> Any:
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, tuple | list):
        return tuple(filter(None, (tidy(one) for one in value)))
    return value


# to the content of a file


def _some(record: Record, *names: str) -> dict[str, Any]:
    return {name: record[name] for name in names if name in record}


def _listed(record: Record, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in _some(record, *names).items()}


def _raw_plan(plan_id: str, record: Record, found: Mapping[Key, Record]) -> dict[str, Any]:
    raw: dict[str, Any] = {"id": plan_id, "name": record.get("name", ""), "price": _raw_price(record)}
    if (fee := found.get(Key("plans", f"{plan_id}/{FLAT_FEE}"))) is not None:
        raw["flat_fee"] = _raw_price(fee)
    if quotas := record.get("quotas"):
        pairs = (line.partition(":") for line in quotas.splitlines() if line.strip())
        raw["quotas"] = {name.strip(): value.strip() for name, _, value in pairs}
    return raw | _some(record, "note")


def _raw_price(record: Record) -> dict[str, Any]:
    raw = _some(record, *(name for name in PRICE if name != "price_note"))
    if "price_note" in record:
        raw["note"] = record["price_note"]
    return raw


def _raw_implementation(record: Record, day_rate: Record | None) -> dict[str, Any]:
    days = {
        size: {end: record[f"{size}_{end}"] for end in ("low", "likely", "high") if f"{size}_{end}" in record}
        for size in TEAM_SIZES
    }
    raw = {"days": {size: effort for size, effort in days.items() if effort}, **_some(record, "basis", "reason")}
    return raw | ({"day_rate": _raw_price(day_rate)} if day_rate is not None else {})


def _counts(ratings: Mapping[str, Record]) -> dict[str, int]:
    """How many ratings rest on each basis, from the strongest proof to none."""
    bases = [one.get("basis", "") for one in ratings.values()]
    return {basis: bases.count(basis) for basis in (*BASES, *sorted(set(bases) - set(BASES))) if basis in bases}


def _in_order(ratings: Mapping[str, Record], items: Iterable[str]) -> list[str]:
    """Rated items in the order of the map, then those that it does not have."""
    known = [item for item in items if item in ratings]
    return known + [item for item in ratings if item not in set(known)]
