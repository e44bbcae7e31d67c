"""A project as one file: to back up, hand over, or move to another installation."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import io
import json
import uuid
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from workshops.access import Person, require
from workshops.model import ProjectError
from workshops.store import schema
from workshops.store.database import MIGRATIONS, Database
from workshops.store.members import make_member, require_member
from workshops.store.projects import record

KIND = "crm-selection-project"
FORMAT = 1
READABLE = frozenset({"0006"})  # versions of the tables that only lack columns which have a usual value
MOST_BYTES = 64 * 2**20  # unpacked


def schema_revision() -> str:
    """The version of the tables that this application writes."""
    return str(ScriptDirectory(str(MIGRATIONS)).get_current_head())


def project_file(database: Database, by: Person, project_id: str) -> bytes:
    """Everything of a project in one file, with a check sum.

    Raises ProjectError where there is no such project.
    """
    require(by, "read-project")
    with database.reading() as connection:
        require_member(connection, by, project_id)
        tables = _dump(connection, project_id)
    if not tables[schema.project.name]:
        raise ProjectError([("project.problem.gone", {})])
    body = json.dumps({"tables": tables}, ensure_ascii=False, sort_keys=True)
    envelope = {"kind": KIND, "format": FORMAT, "schema": schema_revision(), "sum": _sum(body), "body": body}
    return gzip.compress(json.dumps(envelope, ensure_ascii=False).encode("utf-8"), mtime=0)


def restore_project(database: Database, by: Person, content: bytes, *, editions: set[str]) -> str:
    """Write the project of a file as a new project; return its id.

    editions  ids of the editions that this installation has

    Raises ProjectError with a reason for a file that is damaged, of another kind or version, or whose edition is not
    here; nothing is changed then.
    """
    require(by, "create-project")
    tables = _opened(content)
    row = tables[schema.project.name][0]
    if row.get("edition_id") not in editions:
        raise ProjectError([("restore.problem.edition", {"edition": str(row.get("edition_id"))[:40]})])
    try:
        with database.writing() as connection:
            project_id = _Loader(connection).load(tables)
            make_member(connection, by, project_id)
            record(connection, by, "restore-project", project_id, after={"name": row["name"]})
    except (sa.exc.StatementError, KeyError, TypeError, ValueError) as error:
        raise ProjectError([("restore.problem.damaged", {})]) from error
    return project_id


def _in_order() -> list[sa.Table]:
    """The tables that travel, parents first; the project before all that names it without a key."""
    travel = [table for table in schema.metadata.sorted_tables if not table.info.get("stays")]
    return sorted(travel, key=lambda table: table is not schema.project)


def _parents(table: sa.Table) -> dict[str, sa.Table]:
    """column -> the table that it points to; a column named project_id belongs to the project, key or not."""
    found = {key.parent.name: key.column.table for key in table.foreign_keys}
    if "project_id" in table.c and table is not schema.project:
        found["project_id"] = schema.project
    return found


def _dump(connection: sa.Connection, project_id: str) -> dict[str, list[dict[str, Any]]]:
    """Every row that belongs to a project, by table, parents first."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for table in _in_order():
        if table is schema.project:
            where = table.c.id == project_id
        else:
            inside = [(column, parent) for column, parent in _parents(table).items() if parent.name in tables]
            if not inside:
                continue
            # a row belongs to the project through the first parent that does
            column, parent = next(((c, p) for c, p in inside if p is schema.project), inside[0])
            where = table.c[column].in_([row["id"] for row in tables[parent.name]])
        order = list(table.primary_key.columns)
        rows = connection.execute(sa.select(table).where(where).order_by(*order)).mappings().all()
        tables[table.name] = [{name: _to_json(value) for name, value in row.items()} for row in rows]
    return tables


def _opened(content: bytes) -> dict[str, list[dict[str, Any]]]:
    """The tables of a project file, after every check that needs no database."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            text = packed.read(MOST_BYTES + 1)
    except (OSError, EOFError) as error:
        raise ProjectError([("restore.problem.not_a_project", {})]) from error
    except Exception as error:  # zlib.error: the stream is broken inside
        raise ProjectError([("restore.problem.damaged", {})]) from error
    if len(text) > MOST_BYTES:
        raise ProjectError([("restore.problem.large", {"most": MOST_BYTES // 2**20})])
    try:
        envelope = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProjectError([("restore.problem.not_a_project", {})]) from error
    if not isinstance(envelope, dict) or envelope.get("kind") != KIND:
        raise ProjectError([("restore.problem.not_a_project", {})])
    if envelope.get("format") != FORMAT or envelope.get("schema") not in READABLE | {schema_revision()}:
        raise ProjectError(
            [("restore.problem.version", {"theirs": str(envelope.get("schema"))[:20], "ours": schema_revision()})]
        )
    body = envelope.get("body")
    if not isinstance(body, str) or _sum(body) != envelope.get("sum"):
        raise ProjectError([("restore.problem.damaged", {})])
    tables = json.loads(body)["tables"]
    if len(tables.get(schema.project.name, [])) != 1:
        raise ProjectError([("restore.problem.damaged", {})])
    return tables


class _Loader:
    """Writes dumped rows under new ids, so that a project can stand beside the one it was made from."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.new_ids: dict[str, dict[Any, Any]] = {}  # table -> old id -> new id

    def load(self, tables: dict[str, list[dict[str, Any]]]) -> str:
        for table in _in_order():
            for row in tables.get(table.name, []):
                self._insert(table, row)
        return next(iter(self.new_ids[schema.project.name].values()))

    def _insert(self, table: sa.Table, row: dict[str, Any]) -> None:
        values = {name: _from_json(table.c[name], value) for name, value in row.items()}
        for column, parent in _parents(table).items():
            if values.get(column) is not None:
                values[column] = self.new_ids[parent.name][values[column]]
        keys = [column.name for column in table.primary_key.columns]
        old = values.get("id")
        if keys == ["id"]:
            if isinstance(table.c.id.type, sa.Integer):
                del values["id"]  # the database counts anew
            else:
                values["id"] = uuid.uuid4().hex
        for column in table.c:
            if column.info.get("renew"):  # a secret, or unique in the installation
                values[column.name] = column.info["renew"]()
        done = self.connection.execute(table.insert().values(**values))
        if keys == ["id"]:
            new = values.get("id", done.inserted_primary_key[0] if done.inserted_primary_key else None)
            self.new_ids.setdefault(table.name, {})[old] = new


def _sum(body: str) -> str:
    return hashlib.sha256(body.encode("utf-8")).hexdigest()


def _to_json(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        return moment.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value


def _from_json(column: sa.Column, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, sa.DateTime):
        return dt.datetime.fromisoformat(value)
    if isinstance(column.type, sa.Date):
        return dt.date.fromisoformat(value)
    if isinstance(column.type, sa.LargeBinary):
        return base64.b64decode(value)
    return value
