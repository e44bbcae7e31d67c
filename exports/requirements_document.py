"""The requirements expression: what the client asks for, in words, as a Word document that can go into a tender.

The budget stays out of it unless it is asked for: the document is often sent to vendors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from docxtpl import RichText

from exports.delivery import Delivery
from exports.front import Front, front, words_of
from exports.word import CONTENTS, chip, clean
from workshops.model import Expectation

MOST_NAMED = 6  # names in one sentence of the summary


@dataclass(frozen=True)
class LevelRow:
    """A level of the scale, and how many functions are asked at it."""

    level: str
    chip: RichText
    sentence: str
    count: str


@dataclass(frozen=True)
class ScaleRow:
    """A level of the scale, as an expectation and as what a product offers."""

    level: str
    chip: RichText
    expectation: str
    rating: str


@dataclass(frozen=True)
class ContextFact:
    label: str
    value: str


@dataclass(frozen=True)
class ScopeRow:
    """A domain in which something is asked."""

    domain: str
    asked: str
    must_haves: str
    weight: str


@dataclass(frozen=True)
class Line:
    """One function that is asked for."""

    item: str
    definition: str
    domain: str
    area: str  # only on the first line of its area
    level: str
    chip: RichText
    sentence: str
    verbatim: str
    mark: str  # must-have, owner, not agreed yet


@dataclass(frozen=True)
class DomainPart:
    label: str
    purpose: str
    state: str
    lines: tuple[Line, ...]
    not_needed: str


@dataclass(frozen=True)
class OpenRow:
    domain: str
    points: str


@dataclass(frozen=True)
class Specification:
    """Everything that the document holds: the fields that its template may use."""

    front: Front
    words: Mapping[str, str]
    contents: str
    summary: tuple[str, ...]
    levels: tuple[LevelRow, ...]
    context: tuple[ContextFact, ...]
    scope: tuple[str, ...]
    domains_in_scope: tuple[ScopeRow, ...]
    not_needed: tuple[str, ...]
    method: tuple[str, ...]
    scale: tuple[ScaleRow, ...]
    reading: tuple[str, ...]
    must_haves: tuple[Line, ...]
    domains: tuple[DomainPart, ...]
    own_items: tuple[Line, ...]
    open_points: tuple[OpenRow, ...]
    settings: tuple[str, ...]


def specification(delivery: Delivery, *, with_budget: bool = False) -> Specification:
    """The requirements of a project, in words."""
    return _Writer(delivery, with_budget).written()


class _Writer:
    def __init__(self, delivery: Delivery, with_budget: bool) -> None:
        self.delivery, self.with_budget = delivery, with_budget
        self.a, self.t, self.words = delivery.assessment, delivery.t, delivery.words
        self.project, self.map = self.a.project, self.a.map
        self.asked = {item: level for item, level in self.project.asked().items() if level > 0}
        self.must_haves = self.project.must_haves()
        self.own = {item.id: item for item in self.project.own_items}
        shares = self.a.fit.weights
        self.share = {domain.id: float(shares.get(domain.id, 0.0)) for domain in self.map.domains}

    def written(self) -> Specification:
        t = self.t
        return Specification(
            front=front(self.delivery, t("specification.title")),
            words=words_of(t, "specification"),
            contents=CONTENTS,
            summary=tuple(self.summary()),
            levels=tuple(self.levels()),
            context=tuple(self.context()),
            scope=tuple(self.scope()),
            domains_in_scope=tuple(self.domains_in_scope()),
            not_needed=tuple(self.not_needed()),
            method=tuple(t(f"specification.method.{part}") for part in ("how", "level", "must", "weight")),
            scale=tuple(self.scale()),
            reading=tuple(t(f"specification.reading.{part}") for part in ("marks", "numbers")),
            must_haves=tuple(
                self.line(item, say_must=False) for item in self.a.domains.index if item in self.must_haves
            ),
            domains=tuple(self.domains()),
            own_items=tuple(self.line(item) for item in self.own if item in self.asked),
            open_points=tuple(self.open_points()),
            settings=tuple(self.delivery.settings),
        )

    def summary(self) -> Iterator[str]:
        t, context = self.t, self.project.context
        yield t(
            "specification.summary.asked",
            asked=t("specification.functions", count=len(self.asked)),
            total=len(self.map.items),
            domains=len({self.a.domains[item] for item in self.asked}),
            must=t("specification.must_haves", count=len(self.must_haves)),
        )
        if context.users:
            yield t("specification.summary.users", users=t("context.users", count=context.users), teams=self.teams())
        heaviest = sorted((one for one in self.share if self.share[one]), key=lambda one: -self.share[one])[:4]
        if heaviest:
            names = [f"{self.words.domain(one)} ({t.percent(self.share[one])})" for one in heaviest]
            yield t("specification.summary.weights", names=t.list(names))
        strengths = [self.words.item(item) for item in self.a.domains.index if self.asked.get(item) == 4]
        if strengths:
            yield clean(t("specification.summary.strengths", names=self._some(strengths)))
        if still_open := len(self.not_agreed()):
            yield t("specification.summary.open", count=still_open)

    def _some(self, names: list[str]) -> str:
        """A few names, and how many more there are."""
        t = self.t
        if len(names) <= MOST_NAMED:
            return t.list(names)
        return t.list([*names[:MOST_NAMED], t("specification.more", count=len(names) - MOST_NAMED)])

    def levels(self) -> Iterator[LevelRow]:
        for level in (4, 3, 2, 1):
            sentence = self.map.vocabulary.as_expectation[level][self.t.language]
            count = sum(one == level for one in self.asked.values())
            yield LevelRow(str(level), chip(level), sentence, str(count))

    def teams(self) -> str:
        labels, seats = self.map.vocabulary.teams, self.project.context.seats
        return self.t.list(
            [f"{labels[team][self.t.language]} {self.t.number(seats[team])}" for team in labels if seats.get(team)]
        )

    def context(self) -> Iterator[ContextFact]:
        """The client and the conditions; what was not said is left out."""
        t, context = self.t, self.project.context

        def several(prefix: str, values: tuple[str, ...]) -> str:
            return t.list([t(f"{prefix}.{value}") for value in values])

        def works(works: tuple) -> str:
            return t.list([f"{one.name} ({t(f'complexity.{one.complexity}')})" for one in works])

        facts = [
            (t("context.sector"), context.sector),
            (t("context.company_size"), t(f"company_size.{context.company_size}") if context.company_size else ""),
            (t("context.seats"), self.teams()),
            (t("specification.horizon"), t("context.years_count", count=context.years)),
            (t("context.deployment"), several("deployment", context.deployment)),
            (t("context.hosting_regions"), several("region", context.hosting_regions)),
            (t("context.languages"), t.list([t.language_name(one) for one in context.languages])),
            (t("context.systems"), works(context.systems)),
            (t("context.data"), works(context.data)),
        ]
        if context.ergonomics is not None:
            facts.append((t("context.ergonomics"), t.number(context.ergonomics)))
        if self.with_budget and context.budget:
            facts.append((t("context.budget"), self.words.money(context.budget)))
        for label, value in facts:
            if value:
                yield ContextFact(label, clean(value))

    def scope(self) -> Iterator[str]:
        t = self.t
        inside = {self.a.domains[item] for item in self.asked}
        yield t("specification.scope.inside", domains=len(inside), total=len(self.map.domains))
        outside = [self.words.domain(one.id) for one in self.map.domains if one.id not in inside]
        if outside:
            yield t("specification.scope.outside", names=t.list(outside))

    def domains_in_scope(self) -> Iterator[ScopeRow]:
        for domain in self.map.domains:
            items = [item for item in self.asked if self.a.domains[item] == domain.id]
            if items:
                must = sum(item in self.must_haves for item in items)
                yield ScopeRow(
                    domain.label[self.t.language],
                    str(len(items)),
                    str(must) if must else "–",
                    self.t.percent(self.share[domain.id]),
                )

    def not_needed(self) -> Iterator[str]:
        """Items that somebody put out of scope, by domain: a vendor need not offer them."""
        for domain in self.map.domains:
            items = [item for item in domain.items if not self.project.expectation(item.id).in_scope]
            if items:
                names = self.t.list([item.label[self.t.language] for item in items])
                yield self.t("specification.by_domain", domain=domain.label[self.t.language], names=names)

    def scale(self) -> Iterator[ScaleRow]:
        vocabulary, language = self.map.vocabulary, self.t.language
        for level in range(5):
            yield ScaleRow(
                str(level),
                chip(level),
                vocabulary.as_expectation[level][language],
                vocabulary.as_rating[level][language],
            )

    def domains(self) -> Iterator[DomainPart]:
        t, language = self.t, self.t.language
        for domain in self.map.domains:
            lines = []
            for area in domain.areas:
                asked = [item.id for item in area.items if item.id in self.asked]
                lines += [
                    self.line(item, area=area.label[language] if place == 0 else "") for place, item in enumerate(asked)
                ]
            if not lines:
                continue
            unneeded = [item.label[language] for item in domain.items if self.project.asked().get(item.id) == 0]
            counts = [t("specification.functions", count=len(lines))]
            if must := sum(item.id in self.must_haves for item in domain.items):
                counts.append(t("specification.must_haves", count=must))
            yield DomainPart(
                domain.label[language],
                domain.purpose[language],
                t("specification.domain_state", counts=", ".join(counts), share=t.percent(self.share[domain.id])),
                tuple(lines),
                t("specification.not_needed", names=t.list(unneeded)) if unneeded else "",
            )

    def line(self, item: str, area: str = "", say_must: bool = True) -> Line:
        t, language = self.t, self.t.language
        level, expectation = self.asked[item], self.project.expectation(item)
        if item in self.own:
            definition = self.own[item].definition
            sentence = self.map.vocabulary.as_expectation[level][language]
        else:
            definition = self.map.items[item].definition[language]
            sentence = self.map.level_text(item, level, language)
        return Line(
            clean(self.words.item(item)),
            clean(definition),
            self.words.domain(self.a.domains[item]),
            area,
            str(level),
            chip(level),
            sentence,
            clean(t("specification.verbatim", words=expectation.note.strip())) if expectation.note.strip() else "",
            clean(" · ".join(self.marks(item, expectation, say_must))),
        )

    def marks(self, item: str, expectation: Expectation, say_must: bool) -> Iterator[str]:
        if say_must and item in self.must_haves:
            yield self.t("requirements.must_have")
        if expectation.owner.strip():
            yield self.t("specification.owner", name=expectation.owner.strip())
        if expectation.status != "agreed":
            yield self.t("specification.not_agreed", status=self.t(f"status.{expectation.status}"))

    def not_agreed(self) -> list[str]:
        """Asked, or talked about, and not agreed."""
        found = []
        for item in self.a.domains.index:
            one = self.project.expectation(item)
            talked_about = one.level is not None or bool(one.note.strip())
            if one.in_scope and talked_about and (one.status != "agreed" or one.level is None):
                found.append(item)
        return found

    def open_points(self) -> Iterator[OpenRow]:
        """What is left to agree, by domain; then what nobody has spoken about."""
        t, language = self.t, self.t.language
        waiting = self.not_agreed()
        for domain in self.map.domains:
            items = [item for item in waiting if self.a.domains[item] == domain.id]
            silent = sum(
                self.project.expectation(item.id).level is None
                and item.id not in waiting
                and self.project.expectation(item.id).in_scope
                for item in domain.items
            )
            parts = [self.open_point(item) for item in items]
            if silent:
                parts.append(t("specification.silent", count=silent))
            if parts:
                yield OpenRow(
                    domain.label[language], clean(" ; ".join(parts) if language == "fr" else "; ".join(parts))
                )

    def open_point(self, item: str) -> str:
        one = self.project.expectation(item)
        level = self.t("specification.at_level", level=one.level) if one.level is not None else self.t("level.not_said")
        owner = f", {one.owner.strip()}" if one.owner.strip() else ""
        return f"{self.words.item(item)} ({level}{owner})"
