"""One delivery to a client: the numbers of a project, the language of the reader, the day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from babel import dates

from interface.language import LOCALES, Texts, catalogue
from scoring.gates import GATES
from workshops.assess import Assessment
from workshops.evidence import Decision, ScriptLine
from workshops.words import Words


class DocumentTexts(Texts):
    """The words of the documents: those of the screens, so that both say the same, and those of the exports."""

    def __init__(self, language: str) -> None:
        super().__init__("exports", language)
        self.catalogue = catalogue("workshops", language) | self.catalogue

    def date(self, day: dt.date | dt.datetime) -> str:
        """A day with its month in letters, on one line; the first of a month as the French write it."""
        written = dates.format_date(day, format="long", locale=LOCALES[self.language])
        if self.language == "fr" and day.day == 1:
            written = written.replace("1 ", "1er ", 1)
        return written.replace(" ", "\u00a0", 1)


@dataclass(frozen=True, eq=False)
class Delivery:
    """What every document of a project is made from.

    Raises NothingAskedError from the numbers while nothing is asked.
    """

    assessment: Assessment
    language: str
    today: dt.date
    decisions: tuple[Decision, ...] = ()  # what was decided, the last first
    script: tuple[ScriptLine, ...] = ()

    @cached_property
    def t(self) -> DocumentTexts:
        return DocumentTexts(self.language)

    @cached_property
    def words(self) -> Words:
        return Words(self.assessment, self.t)

    @property
    def about(self) -> str:
        """Project, client, edition and day in one line, for the foot of every document."""
        project, t = self.assessment.project, self.t
        names = " · ".join(name for name in (project.client, project.name) if name)
        return t("delivery.about", names=names, edition=project.edition_id, date=t.date(self.today))

    @property
    def settings(self) -> list[str]:
        """Every constant that the result depends on, as sentences."""
        project, t = self.assessment.project, self.t
        context, settings = project.context, project.settings
        return [
            t(
                "shortlist.constants",
                probability=t.percent(settings.probability),
                least=settings.at_least,
                most=settings.at_most,
                policy=t(f"shortlist.policy_{settings.policy}"),
                samples=t.number(len(self.assessment.robustness.weights)),
            ),
            t("delivery.order", order=t(f"shortlist.order_by_{settings.order_by}")),
            t(
                "delivery.cost",
                years=t("context.years_count", count=context.years),
                rate=t.percent(context.discount_rate, 1),
                currency=context.currency,
                date=t.date(self.assessment.edition.rates.date),
                users=t("context.users", count=context.users),
            ),
            *self._own_ratings(),
        ]

    def _own_ratings(self) -> Iterator[str]:
        """What this project knows better than the edition, and how."""
        project = self.assessment.project
        tested = [one for one in project.ratings if one.basis == "tested"]
        seen = {(one.product_id, one.item_id) for one in (*project.evidence.seen, *tested)}
        declared = {(one.product_id, one.item_id) for one in project.ratings if one.basis == "declared"} - seen
        for kind, count in (("declared", len(declared)), ("seen", len(seen))):
            if count:
                yield self.t(f"delivery.own_{kind}", count=count)

    def worst_verdict(self, offer: str) -> str:
        """The worst verdict of an offer over all gates."""
        order = ("pass", "likely pass", "likely fail", "fail")
        return max((self._verdicts.at[offer, gate] for gate in GATES), key=order.index)

    def file_name(self, kind: str, ending: str, more: str = "") -> str:
        """A name that every file system takes: letters, digits and hyphens."""
        parts = (self.assessment.project.name, self.t(f"delivery.file.{kind}"), more)
        safe = [re.sub(r"[^\w-]+", "-", part, flags=re.UNICODE).strip("-")[:60] for part in parts]
        return f"{'-'.join(part for part in safe if part)}.{ending}"

    @cached_property
    def _verdicts(self):
        return self.assessment.gates.verdict_of(self.assessment.offers.table.index)
