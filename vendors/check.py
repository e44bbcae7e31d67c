"""What can be wrong with an edition: one rule per function, each reporting everything it finds."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from functional_map.load import load_map
from functional_map.model import FunctionalMap, folded
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
    KINDS,
    MONTHS_DOCUMENTED,
    MONTHS_FRESH,
    REGIONS,
    SOURCE_KINDS,
    TEAM_SIZES,
    UNITS,
    Edition,
    Price,
    Product,
    Source,
)

MOST_ADD_ON, FEWEST_SYNONYMS, FEWEST_PAGES_LEVEL_4 = 3, 3, 2


def check_folder(folder: Path) -> list[str]:
    """Every problem of an edition's folder: what cannot be read, and what breaks a rule."""
    edition, problems = read_edition(folder)
    if edition is not None:
        problems.extend(check_edition(edition, load_map(edition.map_year)))
    return problems


def check_edition(edition: Edition, functional_map: FunctionalMap) -> list[str]:
    problems = list(aliases_name_one_product(edition)) + list(prices_convert(edition))
    problems.extend(priors_are_on_the_map(edition, functional_map))
    for product in edition.products.values():
        problems.extend(check_product(product, functional_map, edition.published))
    return problems


def check_product(product: Product, functional_map: FunctionalMap, published: dt.date) -> list[str]:
    """Every broken rule of one product, as of the day its edition is published."""
    context = _Context(product, functional_map, published)
    return [f"{product.id}.yaml: {sentence}" for rule in RULES for sentence in rule(context)]


class _Context:
    """What a rule may look at."""

    def __init__(self, product: Product, functional_map: FunctionalMap, published: dt.date) -> None:
        self.product, self.map, self.published = product, functional_map, published

    def sources(self, ids: Iterable[str]) -> list[Source]:
        return [self.product.sources[one] for one in ids if one in self.product.sources]

    def is_first_party(self, source: Source) -> bool:
        return source.kind == "first-party" and is_on(source.url, self.product.first_party)

    def prices(self) -> Iterator[tuple[str, Price]]:
        for plan in self.product.plans:
            yield f"plan {plan.id}", plan.price
            if plan.flat_fee:
                yield f"plan {plan.id}, flat fee", plan.flat_fee
        for add_on in self.product.add_ons:
            yield f"add-on {add_on.id}", add_on.price
        if self.product.implementation and self.product.implementation.day_rate:
            yield "implementation, day rate", self.product.implementation.day_rate

    def facts(self) -> Iterator[tuple[str, object]]:
        for name in ("company_sizes", "deployment", "hosting_regions", "interface_languages", "sectors", "integrators"):
            fact = getattr(self.product, name)
            if fact is not None:
                yield name, fact


def is_on(url: str, addresses: Iterable[str]) -> bool:
    """Whether an address lies on one of the hosts (subdomains included) or below one of the host/paths."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    host = parts.hostname.removeprefix("www.").casefold()
    for address in addresses:
        known_host, _, known_path = address.removeprefix("https://").removeprefix("www.").casefold().partition("/")
        on_host = host == known_host or host.endswith("." + known_host)
        if on_host and (not known_path or (parts.path.casefold() + "/").startswith(f"/{known_path.rstrip('/')}/")):
            return True
    return False


def months_between(earlier: dt.date, later: dt.date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)


# rules of one product


def words_are_known(context: _Context) -> Iterator[str]:
    product = context.product
    lists = {"deployment": DEPLOYMENTS, "hosting_regions": REGIONS, "company_sizes": COMPANY_SIZES}
    if product.kind not in KINDS:
        yield f'product: kind "{product.kind}" is not known; one of {", ".join(KINDS)}'
    for name, fact in context.facts():
        if fact.basis not in BASES:
            yield f'{name}: basis "{fact.basis}" is not known; one of {", ".join(BASES)}'
        for value in fact.values:
            if name in lists and value not in lists[name]:
                yield f'{name}: "{value}" is not known; one of {", ".join(lists[name])}'
    for source in product.sources.values():
        if source.kind not in SOURCE_KINDS:
            yield f'source {source.id}: kind "{source.kind}" is not known; one of {", ".join(SOURCE_KINDS)}'
    for rating in product.ratings.values():
        if rating.basis not in BASES:
            yield f'{rating.item_id}: basis "{rating.basis}" is not known; one of {", ".join(BASES)}'
        if rating.confidence not in CONFIDENCES:
            yield f'{rating.item_id}: confidence "{rating.confidence}" is not known; one of {", ".join(CONFIDENCES)}'


def items_are_on_the_map(context: _Context) -> Iterator[str]:
    product, known = context.product, context.map.items
    for item_id in (*product.ratings, *product.not_rated):
        if item_id not in known:
            yield f"{item_id}: not on the {context.map.year} map: misspelt, or renamed?"
    for item_id in sorted(set(product.ratings) & set(product.not_rated)):
        yield f"{item_id}: rated and listed under not_rated; keep one"
    for item_id in known:
        if item_id not in product.ratings and item_id not in product.not_rated:
            yield f"{item_id}: neither rated nor listed under not_rated; decide"


def levels_are_on_the_scale(context: _Context) -> Iterator[str]:
    for rating in context.product.ratings.values():
        if rating.rating not in range(5):
            yield f"{rating.item_id}: rating {rating.rating} is off the scale; 0 to 4"
        if rating.without not in range(5) or rating.without > rating.rating:
            yield f"{rating.item_id}: without {rating.without} must lie between 0 and the rating {rating.rating}"
        if rating.without and not (rating.plan or rating.add_on):
            yield f"{rating.item_id}: has a level without a plan or add-on, but names neither; add plan or add_on"


def plans_and_add_ons_exist(context: _Context) -> Iterator[str]:
    product = context.product
    if not product.plans:
        yield "plans: none; write at least one, with its price or on_quote and a bracket"
    ids = [plan.id for plan in product.plans] + [add_on.id for add_on in product.add_ons]
    for repeated in sorted({one for one in ids if ids.count(one) > 1}):
        yield f"{repeated}: is the id of two plans or add-ons; give one of them another"
    for rating in product.ratings.values():
        if rating.plan and rating.plan not in product.plan_order:
            yield f"{rating.item_id}: plan {rating.plan} is not a plan of this product; one of {', '.join(product.plan_order)}"
        if rating.add_on and rating.add_on not in {add_on.id for add_on in product.add_ons}:
            yield f"{rating.item_id}: add-on {rating.add_on} is not listed under add_ons"
        if rating.add_on and rating.rating > MOST_ADD_ON:
            yield f"{rating.item_id}: a paid module earns at most {MOST_ADD_ON}"


def proof_fits_the_basis(context: _Context) -> Iterator[str]:
    for rating in context.product.ratings.values():
        sources = context.sources(rating.sources)
        first_party = [source for source in sources if context.is_first_party(source)]
        where = rating.item_id
        if rating.basis == "documented" and not first_party:
            yield f"{where}: documented without a page on the product's first-party addresses; cite one, or change the basis"
        if (
            rating.basis == "documented"
            and rating.rating == 4
            and len({s.url for s in first_party}) < FEWEST_PAGES_LEVEL_4
        ):
            yield f"{where}: level 4 on a single page; cite a second first-party page, or give 3"
        if rating.basis == "documented" and rating.rating == 4 and not rating.note:
            yield f"{where}: level 4 without a comparison; name in note two products it was compared with"
        if rating.basis == "documented-absence":
            if not sources:
                yield f"{where}: absence without a source; cite the documentation that was searched"
            if rating.rating > 0:
                yield f"{where}: documented-absence with rating {rating.rating}; absence is 0"
            if len(set(rating.searched)) < FEWEST_SYNONYMS and not first_party:
                yield f"{where}: absence needs {FEWEST_SYNONYMS} searched words or a page on which the publisher says no"
            if rating.searched and len(set(rating.searched)) < FEWEST_SYNONYMS:
                yield f"{where}: only {len(set(rating.searched))} words searched; list at least {FEWEST_SYNONYMS} synonyms"
        if rating.basis == "secondary" and not sources:
            yield f"{where}: secondary without a source; cite the third party"
        if rating.basis == "assessed" and not rating.note:
            yield f"{where}: assessed without a reason; give it in a few words in note"
        if rating.basis in ("tested", "declared") and not (rating.by and rating.on):
            yield f"{where}: {rating.basis} without who and when; fill by and on"


def sources_exist_and_are_used(context: _Context) -> Iterator[str]:
    product = context.product
    used: set[str] = set()
    for where, ids in (
        [(rating.item_id, rating.sources) for rating in product.ratings.values()]
        + [(name, fact.sources) for name, fact in context.facts()]
        + [(name, criterion.sources) for name, criterion in product.ergonomics.items()]
        + [(name, (price.source,) if price.source else ()) for name, price in context.prices()]
    ):
        for one in ids:
            used.add(one)
            if one not in product.sources:
                yield f"{where}: source {one} is not listed under sources"
    for one in product.sources:
        if one not in used:
            yield f"source {one}: never used; cite it or remove it"
    for source in product.sources.values():
        if source.kind in ("first-party", "third-party") and not urlsplit(source.url).scheme.startswith("http"):
            yield f"source {source.id}: no address; write the page's https address"
        if source.kind == "first-party" and source.url and not is_on(source.url, product.first_party):
            yield f"source {source.id}: first-party, but {urlsplit(source.url).hostname} is not on the first_party list"
        for name in ("dated", "read"):
            day = getattr(source, name)
            if day and day > context.published:
                yield f"source {source.id}: {name} {day} lies after the edition's date {context.published}"


def evidence_is_recent(context: _Context) -> Iterator[str]:
    for rating in context.product.ratings.values():
        if rating.basis not in EVIDENCED:
            continue
        dates = [source.dated for source in context.sources(rating.sources) if source.dated]
        if not dates:
            continue
        age = months_between(max(dates), context.published)
        if age > MONTHS_DOCUMENTED:
            yield f"{rating.item_id}: newest source is {age} months old; beyond {MONTHS_DOCUMENTED} the basis is assessed"
        elif age > MONTHS_FRESH and rating.confidence == "high":
            yield f"{rating.item_id}: newest source is {age} months old; beyond {MONTHS_FRESH} confidence is medium at most"


def prices_say_how_they_are_known(context: _Context) -> Iterator[str]:
    for where, price in context.prices():
        if price.unit not in UNITS and not where.endswith("day rate"):
            yield f'{where}: unit "{price.unit}" is not known; one of {", ".join(UNITS)}'
        if price.billing not in BILLINGS:
            yield f'{where}: billing "{price.billing}" is not known; one of {", ".join(BILLINGS)}'
        if price.basis not in BASES:
            yield f'{where}: basis "{price.basis}" is not known; one of {", ".join(BASES)}'
        if price.unit != "free" and not price.currency:
            yield f"{where}: price without a currency; write its code, such as EUR"
        if not 0 <= price.low <= price.likely <= price.high:
            yield f"{where}: low, likely and high must be growing amounts of 0 or more"
        if price.on_quote and not price.note:
            yield f"{where}: bracket without a reason; say in note what it rests on"
        if not price.on_quote and price.unit != "free" and (price.dated is None or price.source is None):
            yield f"{where}: price without a date or a source; give both, or on_quote with a bracket"
        if (
            not price.on_quote
            and price.basis == "documented"
            and price.source in context.product.sources
            and not context.is_first_party(context.product.sources[price.source])
        ):
            yield f"{where}: documented price from a third party; the basis is secondary"
        if price.dated and price.dated > context.published:
            yield f"{where}: price dated {price.dated}, after the edition's date {context.published}"


def effort_and_ergonomics_are_there(context: _Context) -> Iterator[str]:
    product = context.product
    if product.implementation is None:
        yield "implementation: missing; give low, likely and high days for small, medium and large teams"
    else:
        for size in TEAM_SIZES:
            effort = product.implementation.days.get(size)
            if effort is None:
                yield f"implementation: no days for a {size} team"
            elif not 0 <= effort.low <= effort.likely <= effort.high:
                yield f"implementation, {size}: low, likely and high must be growing days"
    for name in CRITERIA:
        if name not in product.ergonomics:
            yield f"ergonomics: {name} is missing"
    for name, criterion in product.ergonomics.items():
        if name not in CRITERIA:
            yield f"ergonomics: {name} is not a criterion; one of {', '.join(CRITERIA)}"
        if not 0 <= criterion.score <= 100:
            yield f"ergonomics: {name} is {criterion.score}; 0 to 100"
        if criterion.basis not in CRITERION_HALF_WIDTH:
            yield f"ergonomics: {name}: basis {criterion.basis} is not known; one of {', '.join(CRITERION_HALF_WIDTH)}"


def counts_are_true(context: _Context) -> Iterator[str]:
    written, counted = dict(context.product.evidence), dict(context.product.rests_on)
    if written != counted:
        yield f"evidence: says {written} but the ratings rest on {counted}; write the latter"


RULES: tuple[Callable[[_Context], Iterable[str]], ...] = (
    words_are_known,
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


def aliases_name_one_product(edition: Edition) -> Iterator[str]:
    owners: dict[str, set[str]] = defaultdict(set)
    for product in edition.products.values():
        for name in (product.id, product.name, *product.aliases):
            owners[folded(name)].add(product.id)
    for name, products in sorted(owners.items()):
        if len(products) > 1:
            yield f'alias "{name}" names {" and ".join(sorted(products))}; keep it on one of them'


def prices_convert(edition: Edition) -> Iterator[str]:
    for product in edition.products.values():
        for where, price in _Context(product, None, edition.published).prices():  # type: ignore[arg-type]
            if price.currency and price.currency not in edition.rates.per_euro:
                yield f"{product.id}.yaml: {where}: no rate for {price.currency}; add it to rates in edition.yaml"


def priors_are_on_the_map(edition: Edition, functional_map: FunctionalMap) -> Iterator[str]:
    for item_id, level in edition.priors.items():
        if item_id not in functional_map.items:
            yield f"priors.yaml: {item_id}: not on the {functional_map.year} map; write the priors again"
        elif not 0 <= level <= 4:
            yield f"priors.yaml: {item_id}: {level} is off the scale"
    for item_id in functional_map.items:
        if item_id not in edition.priors:
            yield f"priors.yaml: {item_id} has no prior; write the priors again (python -m vendors priors)"
