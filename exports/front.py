"""What every document says on its first page, and the words of a document by their short ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exports.delivery import Delivery, DocumentTexts
from exports.word import clean


@dataclass(frozen=True)
class Front:
    """The first page, the head and the foot."""

    title: str
    client: str
    project: str
    date: str
    edition: str
    dated: str  # date and edition in one line
    about: str  # all of it in one line, for the foot


def front(delivery: Delivery, title: str) -> Front:
    project, t = delivery.assessment.project, delivery.t
    date = t.date(delivery.today)
    return Front(
        title=title,
        client=clean(project.client or project.name),
        project=clean(project.name if project.client else ""),
        date=date,
        edition=project.edition_id,
        dated=t("delivery.dated", date=date, edition=project.edition_id),
        about=clean(delivery.about),
    )


def words_of(t: DocumentTexts, document: str) -> Mapping[str, str]:
    """The headings and fixed sentences of a document: `specification.words.context` as `context`."""
    prefix = f"{document}.words."
    return {key.removeprefix(prefix): text for key, text in t.catalogue.items() if key.startswith(prefix)}
