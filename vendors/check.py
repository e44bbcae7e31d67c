"""What can be wrong with an edition: one rule per function, each reporting everything it finds."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import SplitResult, urlsplit

from functional_map.load import load_map
from functional_map.model import FunctionalMap, folded
from vendors.entries import DAY_RATE, FLAT_FEE
from vendors.load import read_edition
from vendors.model import (
    BASES,
    BILLINGS,
    COMPANY_SIZES,
    CONFIDENCES,
    CRITERIA,
    CRITERION_HALF_WIDTH,
    DEPLOYMENTS,
    EVIDENCED,
    FACTS,
    KINDS,
    MONTHS_DOCUMENTED,
    MONTHS_FRESH,
    REGIONS,
    SOURCE_KINDS,
    TEAM_SIZES,
    UNITS,
    Edition,
    Fact,
    Price,
    Product,
    Source,
)
from vendors.problems import Problem

MOST_ADD_ON, FEWEST_SYNONYMS, FEWEST_PAGES_LEVEL_4 = 3, 3, 2
LONGEST_TEXT = 4_000


def check_folder(folder: Path) -> list[Problem]:
    """Every problem of an edition's folder: what cannot be read, and what breaks a rule."""
    edition, unread = read_edition(folder)
    problems = [problem("unread", sentence=sentence) for sentence in unread]
    if edition is not None:
        problems += check_edition(edition, load_map(edition.map_year))
    return problems


def check_edition(edition: Edition, functional_map: FunctionalMap) -> list[Problem]:
    """Every broken rule of a published edition."""
    return [*priors_are_on_the_map(edition, functional_map), *check_content(edition, functional_map)]


def check_content(edition: Edition, functional_map: FunctionalMap) -> list[Problem]:
    """Every broken rule of what people write, as of the day the edition is published; priors are computed."""
    problems = [*aliases_name_one_product(edition), *prices_convert(edition)]
    for product in edition.products.values():
        problems += check_product(product, functional_map, edition.published)
    return problems


def check_product(product: Product, functional_map: FunctionalMap, published: dt.date) -> list[Problem]:
    """Every broken rule of one product, as of the day its edition is published."""
    context = _Context(product, functional_map, published)
    return [one for rule in RULES for one in rule(context)]


def problem(key: str, product: str = "", table: str = "", entry: str = "", field: str = "", **values: Any) -> Problem:
    """A broken rule; `key` is the end of its sentence's id."""
    return Problem(f"check.{key}", MappingProxyType(values), product, table, entry, field)


class _Context:
    """What a rule may look at, and how it says what it found."""

    def __init__(self, product: Product, functional_map: FunctionalMap, published: dt.date) -> None:
        self.product, self.map, self.published = product, functional_map, published

    def say(self, key: str, table: str, entry: str = "", field: str = "", **values: Any) -> Problem:
        return problem(key, self.product.id, table, entry, field, **values)

    def unknown(self, value: str, known: Iterable[str], table: str, entry: str, field: str) -> Iterator[Problem]:
        """A problem where a word is not one of those known."""
        if value not in known:
            yield self.say("word", table, entry, field, value=value, known=", ".join(known))

    def sources(self, ids: Iterable[str]) -> list[Source]:
        return [self.product.sources[one] for one in ids if one in self.product.sources]

    def is_first_party(self, source: Source) -> bool:
        return source.kind == "first-party" and is_on(source.url, self.product.first_party)

    def prices(self) -> Iterator[tuple[str, str, Price]]:
        """Table, entry and price of everything that has one."""
        for plan in self.product.plans:
            yield "plans", plan.id, plan.price
            if plan.flat_fee:
                yield "plans", f"{plan.id}/{FLAT_FEE}", plan.flat_fee
        for add_on in self.product.add_ons:
            yield "add_ons", add_on.id, add_on.price
        if self.product.implementation and self.product.implementation.day_rate:
            yield "implementation", f"/{DAY_RATE}", self.product.implementation.day_rate

    def facts(self) -> Iterator[tuple[str, Fact]]:
        for name in FACTS:
            if (fact := getattr(self.product, name)) is not None:
                yield name, fact


def address(url: str) -> SplitResult | None:
    """The parts of a web address, or None where it is none."""
    try:
        parts = urlsplit(url)
        return parts if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def is_on(url: str, addresses: Iterable[str]) -> bool:
    """Whether an address lies on one of the hosts (subdomains included) or below one of the host/paths."""
    parts = address(url)
    if parts is None:
        return False
    host = str(parts.hostname).removeprefix("www.").casefold()
    for one in addresses:
        known_host, _, known_path = one.removeprefix("https://").removeprefix("www.").casefold().partition("/")
        on_host = host == known_host or host.endswith("." + known_host)
        if on_host and (not known_path or (parts.path.casefold() + "/").startswith(f"/{known_path.rstrip('/')}/")):
            return True
    return False


def months_between(earlier: dt.date, later: dt.date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)


# rules of one product


def words_are_known(context: _Context) -> Iterator[Problem]:
    product = context.product
    lists = {"deployment": DEPLOYMENTS, "hosting_regions": REGIONS, "company_sizes": COMPANY_SIZES}
    yield from context.unknown(product.kind, KINDS, "product", "", "kind")
    for name, fact in context.facts():
        yield from context.unknown(fact.basis, BASES, "profile", name, "basis")
        for value in fact.values:
            yield from context.unknown(value, lists.get(name, (value,)), "profile", name, "values")
    for source in product.sources.values():
        yield from context.unknown(source.kind, SOURCE_KINDS, "sources", source.id, "kind")
    for rating in product.ratings.values():
        if rating.basis not in BASES:
            yield from context.unknown(rating.basis, BASES, "ratings", rating.item_id, "basis")
        if rating.confidence not in CONFIDENCES:
            yield from context.unknown(rating.confidence, CONFIDENCES, "ratings", rating.item_id, "confidence")


def lists_can_be_written_in_a_cell(context: _Context) -> Iterator[Problem]:
    """Workbooks separate the words of a list by semicolons."""
    product = context.product
    lists = [("product", "", name, getattr(product, name)) for name in ("aliases", "first_party")]
    lists += [("profile", name, "values", fact.values) for name, fact in context.facts()]
    lists += [("ratings", one.item_id, "searched", one.searched) for one in product.ratings.values() if one.searched]
    for table, entry, field, words in lists:
        for word in words:
            if ";" in word or "\n" in word:
                yield context.say("semicolon", table, entry, field, value=word)


def texts_are_of_a_readable_length(context: _Context) -> Iterator[Problem]:
    product = context.product
    texts = [("product", "", "notes", product.notes)]
    texts += [("ratings", one.item_id, "note", one.note) for one in product.ratings.values()]
    texts += [("ergonomics", name, "reason", one.reason) for name, one in product.ergonomics.items()]
    for table, entry, field, text in texts:
        if len(text) > LONGEST_TEXT:
            yield context.say("long", table, entry, field, count=len(text), most=LONGEST_TEXT)


def items_are_on_the_map(context: _Context) -> Iterator[Problem]:
    product, known = context.product, context.map.items
    for item_id in (*product.ratings, *product.not_rated):
        if item_id not in known:
            yield context.say("item", "ratings", item_id, "item", item=item_id, year=context.map.year)
    for item_id in sorted(set(product.ratings) & set(product.not_rated)):
        yield context.say("rated_and_not", "ratings", item_id)
    for item_id in known:
        if item_id not in product.ratings and item_id not in product.not_rated:
            yield context.say("undecided", "ratings", item_id)


def levels_are_on_the_scale(context: _Context) -> Iterator[Problem]:
    for rating in context.product.ratings.values():
        where = ("ratings", rating.item_id)
        if rating.rating not in range(5):
            yield context.say("level", *where, "rating", level=rating.rating)
        if rating.without not in range(5) or rating.without > rating.rating:
            yield context.say("without", *where, "without", level=rating.without, rating=rating.rating)
        if rating.without and not (rating.plan or rating.add_on):
            yield context.say("without_what", *where, "plan", level=rating.without)


def plans_and_add_ons_exist(context: _Context) -> Iterator[Problem]:
    product = context.product
    if not product.plans:
        yield context.say("no_plan", "plans")
    ids = [plan.id for plan in product.plans] + [add_on.id for add_on in product.add_ons]
    for repeated in sorted({one for one in ids if ids.count(one) > 1}):
        yield context.say("same_id", "plans", repeated, "id", value=repeated)
    add_ons = {add_on.id for add_on in product.add_ons}
    for rating in product.ratings.values():
        where = ("ratings", rating.item_id)
        if rating.plan and rating.plan not in product.plan_order:
            yield context.say("plan", *where, "plan", value=rating.plan, known=", ".join(product.plan_order))
        if rating.add_on and rating.add_on not in add_ons:
            yield context.say("add_on", *where, "add_on", value=rating.add_on)
        if rating.add_on and rating.rating > MOST_ADD_ON:
            yield context.say("paid_module", *where, "rating", most=MOST_ADD_ON)


def proof_fits_the_basis(context: _Context) -> Iterator[Problem]:
    for rating in context.product.ratings.values():
        sources = context.sources(rating.sources)
        first_party = [source for source in sources if context.is_first_party(source)]
        where = ("ratings", rating.item_id)
        if rating.basis == "documented":
            if not first_party:
                yield context.say("not_first_party", *where, "sources")
            if rating.rating == 4 and len({source.url for source in first_party}) < FEWEST_PAGES_LEVEL_4:
                yield context.say("single_page", *where, "sources")
            if rating.rating == 4 and not rating.note:
                yield context.say("no_comparison", *where, "note")
        if rating.basis == "documented-absence":
            yield from _proof_of_absence(context, where, rating.searched, bool(sources), bool(first_party))
            if rating.rating > 0:
                yield context.say("absence_level", *where, "rating", level=rating.rating)
        if rating.basis == "secondary" and not sources:
            yield context.say("no_third_party", *where, "sources")
        if rating.basis == "assessed" and not rating.note:
            yield context.say("no_reason", *where, "note")
        if rating.basis in ("tested", "declared") and not (rating.by and rating.on):
            yield context.say("who_and_when", *where, "on" if rating.by else "by", basis=rating.basis)


def _proof_of_absence(
    context: _Context, where: tuple[str, str], searched: tuple[str, ...], has_source: bool, says_no: bool
) -> Iterator[Problem]:
    words = len(set(searched))
    if not has_source:
        yield context.say("absence_source", *where, "sources")
    if words < FEWEST_SYNONYMS and not says_no:
        yield context.say("absence_words", *where, "searched", fewest=FEWEST_SYNONYMS)
    if searched and words < FEWEST_SYNONYMS:
        yield context.say("few_words", *where, "searched", count=words, fewest=FEWEST_SYNONYMS)


def sources_exist_and_are_used(context: _Context) -> Iterator[Problem]:
    product = context.product
    used: set[str] = set()
    for table, entry, field, ids in (
        [("ratings", one.item_id, "sources", one.sources) for one in product.ratings.values()]
        + [("profile", name, "sources", fact.sources) for name, fact in context.facts()]
        + [("ergonomics", name, "sources", one.sources) for name, one in product.ergonomics.items()]
        + [(table, name, "source", (one.source,) if one.source else ()) for table, name, one in context.prices()]
    ):
        for one in ids:
            used.add(one)
            if one not in product.sources:
                yield context.say("source", table, entry, field, value=one)
    for source in product.sources.values():
        where = ("sources", source.id)
        if source.id not in used:
            yield context.say("unused", *where, "id", value=source.id)
        if source.kind in ("first-party", "third-party") and address(source.url) is None:
            yield context.say("no_address", *where, "url")
        elif source.kind == "first-party" and not is_on(source.url, product.first_party):
            yield context.say("foreign_host", *where, "url", host=address(source.url).hostname)  # type: ignore[union-attr]
        for name in ("dated", "read"):
            day = getattr(source, name)
            if day and day > context.published:
                yield context.say("future", *where, name, day=day, published=context.published)


def evidence_is_recent(context: _Context) -> Iterator[Problem]:
    for rating in context.product.ratings.values():
        if rating.basis not in EVIDENCED:
            continue
        age = age_of_evidence(context.product, rating.sources, context.published)
        if age is None:
            continue
        if age > MONTHS_DOCUMENTED:
            yield context.say("too_old", "ratings", rating.item_id, "basis", age=age, most=MONTHS_DOCUMENTED)
        elif age > MONTHS_FRESH and rating.confidence == "high":
            yield context.say("old", "ratings", rating.item_id, "confidence", age=age, most=MONTHS_FRESH)


def age_of_evidence(product: Product, sources: Iterable[str], day: dt.date) -> int | None:
    """Months from the newest dated source to a day; None where no source says when it was written."""
    dates = [product.sources[one].dated for one in sources if one in product.sources]
    known = [date for date in dates if date]
    return months_between(max(known), day) if known else None


def prices_say_how_they_are_known(context: _Context) -> Iterator[Problem]:
    for table, entry, price in context.prices():
        where = (table, entry)
        if not entry.endswith(DAY_RATE):
            yield from context.unknown(price.unit, UNITS, *where, "unit")
        yield from context.unknown(price.billing, BILLINGS, *where, "billing")
        yield from context.unknown(price.basis, BASES, *where, "basis")
        if price.unit != "free" and not price.currency:
            yield context.say("currency", *where, "currency")
        if not 0 <= price.low <= price.likely <= price.high:
            yield context.say("growing", *where, "low" if price.on_quote else "amount")
        if price.on_quote and not price.note:
            yield context.say("bracket", *where, "price_note")
        if not price.on_quote and price.unit != "free" and (price.dated is None or price.source is None):
            yield context.say("price_source", *where, "dated" if price.source else "source")
        source = context.product.sources.get(price.source or "")
        if not price.on_quote and price.basis == "documented" and source and not context.is_first_party(source):
            yield context.say("third_party_price", *where, "basis")
        if price.dated and price.dated > context.published:
            yield context.say("future", *where, "dated", day=price.dated, published=context.published)


def effort_and_ergonomics_are_there(context: _Context) -> Iterator[Problem]:
    product = context.product
    if product.implementation is None:
        yield context.say("no_effort", "implementation")
    else:
        for size in TEAM_SIZES:
            effort = product.implementation.days.get(size)
            if effort is None:
                yield context.say("no_days", "implementation", "", f"{size}_low", size=size)
            elif not 0 <= effort.low <= effort.likely <= effort.high:
                yield context.say("growing_days", "implementation", "", f"{size}_low", size=size)
    for name in CRITERIA:
        if name not in product.ergonomics:
            yield context.say("no_criterion", "ergonomics", name, "score", criterion=name)
    for name, criterion in product.ergonomics.items():
        yield from context.unknown(name, CRITERIA, "ergonomics", name, "criterion")
        if not 0 <= criterion.score <= 100:
            yield context.say("score", "ergonomics", name, "score", score=criterion.score)
        yield from context.unknown(criterion.basis, tuple(CRITERION_HALF_WIDTH), "ergonomics", name, "basis")


def counts_are_true(context: _Context) -> Iterator[Problem]:
    written, counted = dict(context.product.evidence), dict(context.product.rests_on)
    if written != counted:
        yield context.say("counts", "product", "", "", written=written, counted=counted)


RULES: tuple[Callable[[_Context], Iterable[Problem]], ...] = (
    words_are_known,
    lists_can_be_written_in_a_cell,
    texts_are_of_a_readable_length,
    items_are_on_the_map,
    levels_are_on_the_scale,
    plans_and_add_ons_exist,
    proof_fits_the_basis,
    sources_exist_and_are_used,
    evidence_is_recent,
    prices_say_how_they_are_known,
    effort_and_ergonomics_are_there,
    counts_are_true,
)


# rules of the whole edition


def aliases_name_one_product(edition: Edition) -> Iterator[Problem]:
    owners: dict[str, set[str]] = defaultdict(set)
    for product in edition.products.values():
        for name in (product.id, product.name, *product.aliases):
            owners[folded(name)].add(product.id)
    for name, products in sorted(owners.items()):
        if len(products) > 1:
            yield problem(
                "alias", max(products), "product", "", "aliases", name=name, products=", ".join(sorted(products))
            )


def prices_convert(edition: Edition) -> Iterator[Problem]:
    for product in edition.products.values():
        for table, entry, price in _Context(product, None, edition.published).prices():  # type: ignore[arg-type]
            if price.currency and price.currency not in edition.rates.per_euro:
                yield problem("rate", product.id, table, entry, "currency", currency=price.currency)


def priors_are_on_the_map(edition: Edition, functional_map: FunctionalMap) -> Iterator[Problem]:
    for item_id, level in edition.priors.items():
        if item_id not in functional_map.items:
            yield problem("prior_item", entry=item_id, table="priors", item=item_id, year=functional_map.year)
        elif not 0 <= level <= 4:
            yield problem("prior_level", entry=item_id, table="priors", item=item_id, level=level)
    if not edition.priors:
        yield problem("no_priors", table="priors")
    for item_id in functional_map.items if edition.priors else ():
        if item_id not in edition.priors:
            yield problem("no_prior", entry=item_id, table="priors", item=item_id)
