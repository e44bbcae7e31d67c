"""The pack: every document of a project in one archive, with its progress."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from exports.decision_record import decision_record, to_decide
from exports.delivery import Delivery
from exports.demonstration_documents import scoring_sheet, script_document
from exports.house_style import template
from exports.requirements_document import specification
from exports.rfp import response_grid
from exports.scorecard import scorecard
from exports.shortlist_report import report
from exports.slides import shortlist_slides
from exports.word import filled


@dataclass(frozen=True)
class Document:
    """A document that a project can be delivered as."""

    kind: str
    ending: str
    make: Callable[[Delivery], bytes]


def requirements_document(delivery: Delivery, *, with_budget: bool = False) -> bytes:
    facts = specification(delivery, with_budget=with_budget)
    return filled(template("requirements.docx"), facts, language=delivery.language, title=facts.front.title)


def shortlist_document(delivery: Delivery) -> bytes:
    facts = report(delivery)
    return filled(template("shortlist.docx"), facts, language=delivery.language, title=facts.front.title)


def shortlist_deck(delivery: Delivery) -> bytes:
    return shortlist_slides(delivery, template("slides.pptx"))


def decision_document(delivery: Delivery) -> bytes:
    facts = decision_record(delivery)
    return filled(template("decision.docx"), facts, language=delivery.language, title=facts.front.title)


DOCUMENTS = (
    Document("requirements", "docx", requirements_document),
    Document("shortlist", "docx", shortlist_document),
    Document("slides", "pptx", shortlist_deck),
    Document("scorecard", "xlsx", scorecard),
)
DECISION = Document("decision", "docx", decision_document)


def documents(delivery: Delivery) -> tuple[Document, ...]:
    """Those that the project can be delivered as now: a decision record once there is something to decide."""
    return (*DOCUMENTS, DECISION) if to_decide(delivery) else DOCUMENTS


def parts(delivery: Delivery, project_file: bytes) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """(name in the archive, what makes it): the documents, a grid for each shortlisted product, the project itself."""
    for one in documents(delivery):
        yield delivery.file_name(one.kind, one.ending), lambda one=one: one.make(delivery)
    if delivery.script:
        given = (delivery.assessment, delivery.script, delivery.t)
        yield delivery.file_name("script", "docx"), lambda: script_document(*given)
        yield delivery.file_name("scoring", "xlsx"), lambda: scoring_sheet(*given)
    products = delivery.assessment.offers.products
    folder = delivery.t("delivery.file.rfp")
    for offer in delivery.assessment.shortlist.listed.index:
        product = products[offer]
        name = delivery.file_name("rfp", "xlsx", product)
        yield f"{folder}/{name}", lambda product=product: response_grid(delivery, product)
    yield delivery.file_name("project", "crmproject"), lambda: project_file


def pack(delivery: Delivery, project_file: bytes, told: Callable[[int, int, str], None] = lambda *_: None) -> bytes:
    """Every document in one archive.

    told  called before each document with how many are done, how many there are, and the name of this one

    Raises NothingAskedError while nothing is asked, and TemplateProblem for a house template that does not fit.
    """
    every = list(parts(delivery, project_file))
    target = io.BytesIO()
    moment = (delivery.today.year, delivery.today.month, delivery.today.day, 0, 0, 0)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, (name, make) in enumerate(every):
            told(place, len(every), name)
            entry = zipfile.ZipInfo(name, moment)
            # office files are archives themselves: packing them again would cost time and win nothing
            archive.writestr(entry, make(), zipfile.ZIP_STORED)
    told(len(every), len(every), "")
    return target.getvalue()
