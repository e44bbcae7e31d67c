"""Where editions are, and how one is published: written beside, renamed into place, journaled, never changed after.

Several servers may share the folder: what is half written has a name that starts with a dot and is never looked at.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import yaml

from functional_map.model import Text
from vendors.load import FOLDER, load_edition, shipped_editions
from vendors.model import Edition
from vendors.write import edition_text

PUBLICATION, JOURNAL = "publication.yaml", "history.jsonl"
LONGEST_NAME, LONGEST_NOTE = 120, 2_000
_VERSION = re.compile(r"(\d{4})(?:-(\d+))?")


class Person(Protocol):
    """Who is acting."""

    name: str
    role: str


class NotAdminError(PermissionError):
    """Only an admin renews and publishes editions."""

    reason = "error.not_allowed"  # the sentence that a visitor reads


class PublishError(ValueError):
    """An edition cannot be published; `problems` are (sentence id, values) pairs, all of them at once."""

    texts = "vendors"

    def __init__(self, problems: list[tuple[str, dict[str, Any]]]) -> None:
        self.problems = problems
        super().__init__("; ".join(key for key, _ in problems))


@dataclass(frozen=True)
class Publication:
    """Who signed an edition, and what it held then."""

    edition: str
    base: str  # the edition that it renews, or repeats
    signed: str
    note: str
    by: str
    at: dt.datetime
    digest: str


def require_admin(by: Person) -> None:
    """Raise NotAdminError unless the acting person is an admin."""
    if by.role != "admin":
        raise NotAdminError("Only an admin renews and publishes editions.")


# where editions are


def data_folder() -> Path:
    """Editions of this installation: CRM_DATA/editions, or data/editions beside the application."""
    return Path(os.environ.get("CRM_DATA") or FOLDER.parent / "data") / "editions"


def editions() -> dict[str, Path]:
    """Every published edition by id, oldest first: those that come with the application and those of this installation."""
    found = dict(shipped_editions())
    if data_folder().is_dir():
        for folder in data_folder().iterdir():
            if not folder.name.startswith(".") and folder.name not in found and (folder / "edition.yaml").exists():
                found[folder.name] = folder
    return {name: found[name] for name in sorted(found, key=_age)}


def newest_edition() -> str:
    return list(editions())[-1]


def next_ids() -> list[str]:
    """Ids that the next edition may have: the coming year, or another version of the newest one's year."""
    known = editions()
    year, version, _ = _age(list(known)[-1])
    while f"{year}-{version + 1}" in known:
        version += 1
    return [str(year + 1), f"{year}-{version + 1}"]


def _age(edition_id: str) -> tuple[int, int, str]:
    """How editions are ordered: by year, then by version; the first version has no number."""
    found = _VERSION.match(edition_id)
    return (int(found[1]), int(found[2] or 1), edition_id) if found else (0, 0, edition_id)


# publishing


def put_in_place(target: Path, files: Mapping[str, str]) -> None:
    """Write a folder of files so that others see all of it or nothing.

    Raises FileExistsError where somebody else was there first.
    """
    beside = target.parent / f".new-{uuid.uuid4().hex}"
    try:
        beside.mkdir(parents=True)
        for name, text in files.items():
            with (beside / name).open("wb") as file:
                file.write(text.encode("utf-8"))
                file.flush()
                os.fsync(file.fileno())
        try:
            os.rename(beside, target)  # fails where the target is there already, as it is never empty
        except OSError as error:
            if target.exists():
                raise FileExistsError(str(target)) from error
            raise
    except FileExistsError:
        raise
    except OSError as error:
        raise PublishError([("publish.problem.disk", {})]) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def publish_files(
    by: Person,
    edition_id: str,
    files: Mapping[str, str],
    *,
    base: str,
    signed: str,
    note: str,
    now: dt.datetime,
    action: str = "publish",
) -> None:
    """Publish the files of an edition under a signature.

    Raises PublishError with every problem, and NotAdminError; nothing is published then.
    """
    require_admin(by)
    problems: list[tuple[str, dict[str, Any]]] = []
    if not signed.strip() or len(signed) > LONGEST_NAME:
        problems.append(("publish.problem.signed", {"most": LONGEST_NAME}))
    if not note.strip() or len(note) > LONGEST_NOTE:
        problems.append(("publish.problem.note", {"most": LONGEST_NOTE}))
    if edition_id in editions():
        problems.append(("publish.problem.exists", {"edition": edition_id}))
    if problems:
        raise PublishError(problems)
    signature = {
        "edition": edition_id,
        "base": base,
        "signed": signed.strip(),
        "note": note.strip(),
        "by": by.name,
        "at": now.isoformat(timespec="seconds"),
        "digest": digest(files),
    }
    text = yaml.safe_dump(signature, allow_unicode=True, sort_keys=False, width=150)
    try:
        put_in_place(data_folder() / edition_id, {**files, PUBLICATION: text})
    except FileExistsError as error:
        raise PublishError([("publish.problem.exists", {"edition": edition_id})]) from error
    record(by, action, edition_id, now, base=base, signed=signed.strip(), note=note.strip(), digest=signature["digest"])


def republish(by: Person, edition_id: str, *, signed: str, note: str, now: dt.datetime) -> str:
    """Publish an earlier edition anew, as the newest one; return its new id. The edition in between stays readable.

    Raises PublishError and NotAdminError.
    """
    require_admin(by)
    known = editions()
    if edition_id not in known:
        raise PublishError([("publish.problem.gone", {"edition": edition_id})])
    edition, new_id = load_edition(known[edition_id]), next_ids()[1]
    files = {
        path.name: path.read_text(encoding="utf-8")
        for path in known[edition_id].glob("*.yaml")
        if path.name != PUBLICATION
    }
    again = Edition(
        **{
            **{name: getattr(edition, name) for name in Edition.__dataclass_fields__},
            "id": new_id,
            "title": Text(f"Edition {new_id} (as {edition_id})", f"Édition {new_id} (reprend {edition_id})"),
        }
    )
    files["edition.yaml"] = edition_text(again)
    publish_files(by, new_id, files, base=edition_id, signed=signed, note=note, now=now, action="republish")
    return new_id


def publication(folder: Path) -> Publication | None:
    """The signature of an edition of this installation; shipped ones have none."""
    path = folder / PUBLICATION
    if not path.exists():
        return None
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Publication(**{**raw, "at": dt.datetime.fromisoformat(raw["at"])})


def is_unchanged(folder: Path) -> bool:
    """Whether the files of an edition are those that were signed; True for shipped editions, which have no signature."""
    signed = publication(folder)
    if signed is None:
        return True
    files = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.yaml") if path.name != PUBLICATION}
    return digest(files) == signed.digest


def digest(files: Mapping[str, str]) -> str:
    """A fingerprint of the files of an edition."""
    found = hashlib.sha256()
    for name in sorted(files):
        found.update(f"{name}\n{hashlib.sha256(files[name].encode('utf-8')).hexdigest()}\n".encode())
    return found.hexdigest()


# the journal


def record(by: Person, action: str, edition_id: str, now: dt.datetime, **details: Any) -> None:
    """Append a line to the journal of editions; lines are never changed."""
    line = {"at": now.isoformat(timespec="seconds"), "action": action, "edition": edition_id, "by": by.name, **details}
    data_folder().mkdir(parents=True, exist_ok=True)
    with (data_folder() / JOURNAL).open("ab") as file:
        file.write((json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())


def history() -> list[dict[str, Any]]:
    """The journal of editions, newest first; a line that was cut by a power failure is left out."""
    path = data_folder() / JOURNAL
    lines = []
    for text in path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []:
        try:
            line = json.loads(text)
            lines.append({**line, "at": dt.datetime.fromisoformat(line["at"])})
        except (ValueError, KeyError, TypeError):
            continue
    return lines[::-1]
