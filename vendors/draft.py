"""The edition in preparation. Every change makes a new revision beside the last one, so nothing is half done or lost.

Workbooks of several analysts come together here. Three states decide what an upload changes: the revision that the
workbook was written from, the draft as it stands, and the workbook. What two people changed differently is a choice.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from functional_map.changes import ItemChanges, item_changes
from functional_map.load import load_map
from functional_map.load import years as map_years
from functional_map.model import FunctionalMap, Text
from vendors.check import age_of_evidence, check_content, check_product
from vendors.compare import carried
from vendors.entries import Key, Record, all_entries, compact, product_of
from vendors.entries import entries as entries_of
from vendors.load import load_edition, read_edition
from vendors.model import EVIDENCED, MONTHS_DOCUMENTED, MONTHS_FRESH, Edition, Rates
from vendors.problems import Problem
from vendors.publish import (
    LONGEST_NAME,
    Person,
    PublishError,
    data_folder,
    editions,
    next_ids,
    publish_files,
    put_in_place,
    record,
    require_admin,
)
from vendors.spreadsheet import Stamp
from vendors.spreadsheet_in import Reading
from vendors.tables import prior_levels
from vendors.write import edition_text, priors_text, product_text

STATE = "draft.yaml"
TRIES = 5
Entries = dict[str, dict[Key, Record]]


class StaleDraftError(RuntimeError):
    """Somebody else changed, published or discarded the draft meanwhile."""

    texts, reason = "vendors", "editions.stale"


@dataclass(frozen=True)
class Offer:
    """What a workbook says of an entry that somebody else changed since it was written."""

    analyst: str
    at: str
    record: Record | None  # None: take the entry out


@dataclass(frozen=True)
class Choice:
    """One entry on which people differ: what the draft says, and what the later workbooks offer."""

    product: str
    key: Key
    kept: Record | None
    kept_by: str  # empty: as last year
    offers: tuple[Offer, ...]

    @property
    def id(self) -> str:
        return entry_id(self.product, self.key)


@dataclass(frozen=True)
class Upload:
    """One workbook that became part of the draft."""

    at: str
    by: str
    analyst: str
    file: str
    changed: int
    choices: int


@dataclass(frozen=True, eq=False)
class Draft:
    """The edition in preparation, at one revision."""

    id: str
    base: str
    revision: int
    folder: Path
    started_by: str
    started_at: str
    uploads: tuple[Upload, ...]
    choices: tuple[Choice, ...]
    changed_by: Mapping[str, str]  # entry id -> who changed it last

    @property
    def edition(self) -> Edition:
        return edition_at(self.folder)

    @property
    def map(self) -> FunctionalMap:
        return load_map(self.edition.map_year)

    @property
    def last_year(self) -> Edition:
        """The base edition as it was carried over: the first revision."""
        return edition_at(self.folder.parent / _name(0))

    def stamp(self, today: dt.date) -> Stamp:
        return Stamp(self.id, self.revision, self.base, today)

    def as_of(self, today: dt.date) -> Edition:
        """The draft as if it were published today: evidence ages until then."""
        return _as_of(self.folder, max(today, self.edition.published))


@lru_cache(maxsize=6)
def edition_at(folder: Path) -> Edition:
    """The edition of a revision; a revision never changes."""
    edition, problems = read_edition(folder)
    if edition is None or problems:
        raise StaleDraftError("; ".join(problems))
    return edition


@lru_cache(maxsize=4)
def _as_of(folder: Path, day: dt.date) -> Edition:
    return dataclasses.replace(edition_at(folder), published=day)


@lru_cache(maxsize=8)
def _problems(edition: Edition, functional_map: FunctionalMap) -> tuple[Problem, ...]:
    return tuple(check_content(edition, functional_map))


def problems_of(draft: Draft, today: dt.date) -> tuple[Problem, ...]:
    """What keeps the draft from being published, choices aside."""
    return _problems(draft.as_of(today), draft.map)


def current_draft() -> Draft | None:
    """The draft of this installation at its newest revision, or None; there is at most one."""
    for folder in sorted(_drafts().iterdir()) if _drafts().is_dir() else ():
        revisions = sorted(one for one in folder.iterdir() if one.name.isdigit()) if _is_draft(folder) else []
        if revisions:
            return _read(revisions[-1])
    return None


# what an admin does


def start_draft(by: Person, edition_id: str, now: dt.datetime) -> Draft:
    """Begin an edition from the newest one, on the newest map.

    Raises PublishError where there is a draft already or the id cannot be used, and NotAdminError.
    """
    require_admin(by)
    if current_draft() is not None:
        raise PublishError([("draft.problem.open", {})])
    if edition_id not in next_ids():
        raise PublishError([("draft.problem.id", {"edition": edition_id, "known": ", ".join(next_ids())})])
    base_id = list(editions())[-1]
    base = load_edition(editions()[base_id])
    functional_map = load_map(max(map_years()))
    entries = carried(all_entries(base), item_changes(load_map(base.map_year), functional_map))
    head = dataclasses.replace(
        base,
        id=edition_id,
        year=int(edition_id[:4]),
        map_year=functional_map.year,
        published=now.date(),
        title=Text(f"Edition {edition_id}", f"Édition {edition_id}"),
        notes=Text("", ""),
        priors={},
    )
    draft = Draft(edition_id, base_id, 0, _drafts() / edition_id / _name(0), by.name, _stamped(now), (), (), {})
    _write(draft, head, entries)
    record(by, "start-draft", edition_id, now, base=base_id)
    return draft


def preview(draft: Draft, reading: Reading, today: dt.date) -> tuple[int, list[Problem]]:
    """How many lines of a workbook differ from the draft, and which rules they would break, with their cells."""
    there, changed, found = all_entries(draft.edition), 0, []
    published = max(today, draft.edition.published)
    for product, entries in reading.entries.items():
        kept = there.get(product, {})
        differing = {key: record for key, record in entries.items() if kept.get(key) != record}
        changed += len(differing)
        after = {key: one for key, one in {**kept, **differing}.items() if one is not None}
        if product and Key("product", "") in after:
            if differing:
                rated, _ = product_of(product, after, draft.map.items)
            else:
                rated = draft.edition.products[product]
            found += [reading.located(one) for one in check_product(rated, draft.map, published)]
    return changed, found


def merge(by: Person, reading: Reading, *, analyst: str, file: str, now: dt.datetime) -> tuple[Draft, Upload]:
    """Bring a workbook into the draft; what somebody else changed differently becomes a choice.

    Raises PublishError where the workbook has problems, and NotAdminError.
    """
    require_admin(by)
    if not analyst.strip() or len(analyst) > LONGEST_NAME:
        raise PublishError([("draft.problem.analyst", {"most": LONGEST_NAME})])
    if reading.problems:
        raise PublishError([("draft.problem.workbook", {"count": len(reading.problems)})])
    analyst, file = analyst.strip(), file[:LONGEST_NAME]
    uploads: list[Upload] = []

    def change(draft: Draft) -> tuple[Draft, Edition, Entries]:
        base, there = all_entries(_written_from(draft, reading.stamp)), all_entries(draft.edition)
        entries = {product: dict(found) for product, found in there.items()}
        changed_by, choices = dict(draft.changed_by), {one.id: one for one in draft.choices}
        changed, differing = 0, 0
        for product, key, offered in reading.said():
            name = entry_id(product, key)
            was, kept = base.get(product, {}).get(key), there.get(product, {}).get(key)
            went_back = offered == was and changed_by.get(name) == analyst
            if offered == kept or (offered == was and not went_back):
                continue  # nothing new in this workbook
            if kept == was:
                _put(entries, product, key, offered)
                changed_by[name] = analyst
                changed += 1
            else:  # somebody changed it since the workbook was written
                earlier = choices[name].offers if name in choices else ()
                offers = (*(one for one in earlier if one.analyst != analyst), Offer(analyst, _stamped(now), offered))
                choices[name] = Choice(product, key, kept, changed_by.get(name, ""), offers)
                differing += 1
        uploads.append(Upload(_stamped(now), by.name, analyst, file, changed, differing))
        after = dataclasses.replace(
            draft, choices=tuple(choices.values()), changed_by=changed_by, uploads=(*draft.uploads, uploads[-1])
        )
        return after, _with_rates(draft.edition, entries), entries

    draft = _revise(change)
    told = {"revision": draft.revision, "changed": uploads[-1].changed, "choices": uploads[-1].choices}
    record(by, "merge-workbook", draft.id, now, analyst=analyst, file=file, **told)
    return draft, uploads[-1]


def choose(by: Person, taken: Mapping[str, str], now: dt.datetime) -> Draft:
    """Settle choices by entry id: the name of the analyst whose offer is taken, or "" to keep what the draft says."""
    require_admin(by)

    def change(draft: Draft) -> tuple[Draft, Edition, Entries]:
        entries, changed_by = all_entries(draft.edition), dict(draft.changed_by)
        for choice in draft.choices:
            for offer in choice.offers:
                if offer.analyst == taken.get(choice.id):
                    _put(entries, choice.product, choice.key, offer.record)
                    changed_by[choice.id] = offer.analyst
        left = tuple(one for one in draft.choices if one.id not in taken)
        after = dataclasses.replace(draft, choices=left, changed_by=changed_by)
        return after, _with_rates(draft.edition, entries), entries

    draft = _revise(change)
    kept = sum(not analyst for analyst in taken.values())
    record(by, "settle-choices", draft.id, now, revision=draft.revision, taken=len(taken) - kept, kept=kept)
    return draft


def aged(draft: Draft, today: dt.date) -> Entries:
    """The ratings whose evidence has become too old, as the rules want them: one step less sure, or assessed."""
    edition = draft.as_of(today)
    found: Entries = {}
    for product in edition.products.values():
        records = entries_of(product)
        for item, rating in product.ratings.items():
            age = age_of_evidence(product, rating.sources, edition.published) if rating.basis in EVIDENCED else None
            key, entry = Key("ratings", item), dict(records[Key("ratings", item)])
            if age is not None and age > MONTHS_DOCUMENTED:
                note = f"{entry.get('note', '')} (evidence of {age} months)".strip()
                entry |= {"basis": "assessed", "confidence": "low", "note": note}
                found.setdefault(product.id, {})[key] = compact(entry)
            elif age is not None and age > MONTHS_FRESH and rating.confidence == "high":
                found.setdefault(product.id, {})[key] = compact(entry | {"confidence": "medium"})
    return found


def age_evidence(by: Person, now: dt.datetime) -> Draft:
    """Apply the rules of age to every rating of the draft."""
    require_admin(by)

    def change(draft: Draft) -> tuple[Draft, Edition, Entries]:
        entries = all_entries(draft.edition)
        for product, found in aged(draft, now.date()).items():
            entries[product] |= found
        return draft, draft.edition, entries

    draft = _revise(change)
    record(by, "age-evidence", draft.id, now, revision=draft.revision)
    return draft


def discard(by: Person, draft: Draft, now: dt.datetime) -> None:
    """Give the draft up; the journal keeps that it was there."""
    require_admin(by)
    _remove(draft)
    record(by, "discard-draft", draft.id, now, revision=draft.revision)


def publish_draft(
    by: Person, draft: Draft, *, signed: str, note: str, title: Text, notes: Text, now: dt.datetime
) -> str:
    """Publish the draft with its priors; return the id of the edition.

    Raises PublishError where anything is left to mend or to choose, StaleDraftError and NotAdminError.
    """
    require_admin(by)
    newest = current_draft()
    if newest is None or (newest.id, newest.revision) != (draft.id, draft.revision):
        raise StaleDraftError(draft.id)
    found: list[tuple[str, dict[str, Any]]] = []
    if draft.choices:
        found.append(("publish.problem.choices", {"count": len(draft.choices)}))
    if count := len(problems_of(draft, now.date())):
        found.append(("publish.problem.problems", {"count": count}))
    if not all(text.strip() for text in (title.en, title.fr)):
        found.append(("publish.problem.title", {}))
    if found:
        raise PublishError(found)
    edition, functional_map = draft.as_of(now.date()), draft.map
    priors = prior_levels(edition, list(functional_map.items)).to_dict()
    files = _files(dataclasses.replace(edition, title=title, notes=notes), all_entries(edition))
    files["priors.yaml"] = priors_text(priors, functional_map)
    publish_files(by, draft.id, files, base=draft.base, signed=signed, note=note, now=now)
    _remove(draft)
    return draft.id


def changes_to_map(draft: Draft) -> ItemChanges:
    """The way from the map of the base edition to the draft's."""
    return item_changes(load_map(load_edition(editions()[draft.base]).map_year), draft.map)


# files


def _drafts() -> Path:
    return data_folder() / ".drafts"


def _is_draft(folder: Path) -> bool:
    return folder.is_dir() and not folder.name.startswith(".")


def _name(revision: int) -> str:
    return f"{revision:05d}"


def _stamped(now: dt.datetime) -> str:
    return now.isoformat(timespec="seconds")


def _revise(change: Callable[[Draft], tuple[Draft, Edition, Entries]]) -> Draft:
    """Make the next revision; when somebody was faster, look again and make the one after theirs."""
    for _ in range(TRIES):
        draft = current_draft()
        if draft is None:
            raise StaleDraftError("no draft")
        after, head, entries = change(draft)
        number = draft.revision + 1
        after = dataclasses.replace(after, revision=number, folder=draft.folder.parent / _name(number))
        try:
            _write(after, head, entries)
        except FileExistsError:
            continue
        return after
    raise StaleDraftError("the draft is busy")


def _write(draft: Draft, head: Edition, entries: Mapping[str, Mapping[Key, Record]]) -> None:
    state = {
        "id": draft.id,
        "base": draft.base,
        "revision": draft.revision,
        "started_by": draft.started_by,
        "started_at": draft.started_at,
        "uploads": [vars(one) for one in draft.uploads],
        "changed_by": dict(draft.changed_by),
        "choices": [
            {
                "product": one.product,
                "key": list(one.key),
                "offers": [vars(offer) | {"record": _plain(offer.record)} for offer in one.offers],
            }
            for one in draft.choices
        ],
    }
    files = _files(head, entries) | {STATE: yaml.safe_dump(state, allow_unicode=True, sort_keys=False, width=150)}
    put_in_place(draft.folder, files)


def _files(head: Edition, entries: Mapping[str, Mapping[Key, Record]]) -> dict[str, str]:
    functional_map = load_map(head.map_year)
    files = {"edition.yaml": edition_text(head)}
    for product, found in entries.items():
        if not product or Key("product", "") not in found:
            continue  # a product without a line of its own was taken out
        # what could not be read back must not be written: the draft would be lost
        if sentences := product_of(product, found, functional_map.items)[1]:
            raise PublishError([("draft.problem.unreadable", {"sentence": one}) for one in sentences])
        files[f"{product}.yaml"] = product_text(product, found, functional_map)
    return files


def _read(folder: Path) -> Draft:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    raw = yaml.load((folder / STATE).read_text(encoding="utf-8"), Loader=loader)
    choices = tuple(_choice(one, folder, raw["changed_by"]) for one in raw["choices"])
    return Draft(
        raw["id"],
        raw["base"],
        raw["revision"],
        folder,
        raw["started_by"],
        raw["started_at"],
        tuple(Upload(**one) for one in raw["uploads"]),
        choices,
        raw["changed_by"],
    )


def _choice(raw: Mapping[str, Any], folder: Path, changed_by: Mapping[str, str]) -> Choice:
    """A choice as it was written, with what the draft says now."""
    product, key = raw["product"], Key(*raw["key"])
    kept = _entries_at(folder).get(product, {}).get(key)
    offers = tuple(
        Offer(one["analyst"], one["at"], None if one["record"] is None else compact(one["record"]))
        for one in raw["offers"]
    )
    return Choice(product, key, kept, changed_by.get(entry_id(product, key), ""), offers)


@lru_cache(maxsize=2)
def _entries_at(folder: Path) -> Entries:
    return all_entries(edition_at(folder))


def _remove(draft: Draft) -> None:
    """Take the draft away at once, then delete it."""
    aside = draft.folder.parent.with_name(f".gone-{uuid.uuid4().hex}")
    try:
        os.rename(draft.folder.parent, aside)
    except OSError as error:
        raise StaleDraftError(draft.id) from error
    shutil.rmtree(aside, ignore_errors=True)


# entries


def entry_id(product: str, key: Key) -> str:
    return f"{product}/{key.table}/{key.id}"


def _written_from(draft: Draft, stamp: Stamp | None) -> Edition:
    """The state that a workbook was written from; last year's where it does not say."""
    if stamp is not None and stamp.edition == draft.id and 0 <= stamp.revision <= draft.revision:
        folder = draft.folder.parent / _name(stamp.revision)
        if folder.is_dir():
            return edition_at(folder)
    return draft.last_year


def _put(entries: Entries, product: str, key: Key, record_: Record | None) -> None:
    found = entries.setdefault(product, {})
    if record_ is not None:
        found[key] = record_
        return
    found.pop(key, None)
    if key.table == "plans" and "/" not in key.id:  # its fixed fee goes with it
        for other in [one for one in found if one.table == "plans" and one.id.startswith(f"{key.id}/")]:
            del found[other]
    if key.table == "product":
        entries.pop(product, None)


def _with_rates(edition: Edition, entries: Mapping[str, Mapping[Key, Record]]) -> Edition:
    """The edition with the rates that the entries give; all of them are of one day."""
    rates = {key.id: one for key, one in entries.get("", {}).items() if key.table == "rates"}
    if not rates:
        return edition
    newest = max(rates.values(), key=lambda one: one["date"])
    per_euro = {"EUR": 1.0} | {code: float(one["per_euro"]) for code, one in rates.items() if code != "EUR"}
    return dataclasses.replace(edition, rates=Rates(newest["date"], newest["source"], per_euro))


def _plain(one: Record | None) -> dict[str, Any] | None:
    return (
        None
        if one is None
        else {name: list(value) if isinstance(value, tuple) else value for name, value in one.items()}
    )
