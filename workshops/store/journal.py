"""Reading the journal: who changed what, and when. Nobody writes to it but the changes themselves.

What happens to editions is kept beside them (`vendors.publish`) and read together with what happens to accounts.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import sqlalchemy as sa

from vendors.publish import history
from workshops.access import AT_HOME, Person, require
from workshops.store import schema
from workshops.store.database import Database, in_utc
from workshops.store.members import require_member

COLUMNS = ("at", "who", "action", "subject", "before", "after")


def journal_lines(
    database: Database, by: Person, project_id: str | None, *, limit: int | None = None, skip: int = 0
) -> list[dict[str, Any]]:
    """The lines of a project, newest first; of accounts and editions where no project is given."""
    require(by, "read-journal" if project_id else "manage-accounts")
    table = schema.journal
    query = sa.select(table).where(table.c.project_id == project_id).order_by(table.c.id.desc())
    if project_id is None:
        # the newest of both: as many of each as may be among them
        accounts = query.limit(None if limit is None else skip + limit)
        with database.reading() as connection:
            rows = connection.execute(accounts).mappings().all()
        lines = [*edition_lines(), *({**row, "at": in_utc(row["at"])} for row in rows)]
        lines.sort(key=lambda line: line["at"], reverse=True)
        return lines[skip : None if limit is None else skip + limit]
    with database.reading() as connection:
        require_member(connection, by, project_id)
        rows = connection.execute(query.limit(limit).offset(skip)).mappings().all()
    return [{**row, "at": in_utc(row["at"])} for row in rows]


def edition_lines() -> list[dict[str, Any]]:
    """The history of editions as lines of the journal, newest first."""
    told = ("at", "by", "action", "edition")
    return [
        {
            "at": in_utc(line["at"]),
            "who": str(line.get("by") or AT_HOME.id),  # who is at home need not give a name
            "action": str(line.get("action") or ""),
            "subject": str(line.get("edition") or ""),
            "before": None,
            "after": {name: value for name, value in line.items() if name not in told} or None,
        }
        for line in history()
    ]


def journal_size(database: Database, project_id: str | None) -> int:
    table = schema.journal
    with database.reading() as connection:
        query = sa.select(sa.func.count()).select_from(table).where(table.c.project_id == project_id)
        count = connection.scalar(query) or 0
    return count if project_id else count + len(history())


def journal_file(database: Database, by: Person, project_id: str | None) -> bytes:
    """Every line as a CSV file that a spreadsheet opens as text, oldest first."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for line in reversed(journal_lines(database, by, project_id)):
        values = {
            name: json.dumps(line[name], ensure_ascii=False) if line[name] is not None else "" for name in COLUMNS[4:]
        }
        row = line | values | {"at": line["at"].isoformat(timespec="seconds")}
        writer.writerow([_as_text(str(row[name])) for name in COLUMNS])
    return stream.getvalue().encode("utf-8-sig")


def _as_text(value: str) -> str:
    """A spreadsheet would run a cell that begins like a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
