"""The connection to the database: opened once per process, transactions that do not lose writes, schema by Alembic."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError, OperationalError

from workshops.store.backup import back_up
from workshops.store.problem import StoreError

MIGRATIONS = Path(__file__).parent.parent / "migrations"
BUSY_SECONDS = 10


def data_folder() -> Path:
    """Where this installation keeps what people create: CRM_DATA, or `data` beside the application."""
    return Path(os.environ.get("CRM_DATA") or Path(__file__).parents[2] / "data")


def database_url() -> str:
    """DATABASE_URL, or an SQLite file in the data folder."""
    url = os.environ.get("DATABASE_URL")
    if url:
        # the short names that hosting providers give
        return url.replace("postgres://", "postgresql+psycopg://", 1).replace(
            "postgresql://", "postgresql+psycopg://", 1
        )
    return f"sqlite:///{data_folder() / 'projects.sqlite'}"


class Database:
    """One database, with reading and writing transactions."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        path = self.url.database or ""
        if self.is_sqlite and path and not path.startswith("file:"):  # who gives a URI has a file
            try:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError("store.problem.folder", str(error)) from error
        self.engine = sa.create_engine(
            self.url,
            pool_pre_ping=not self.is_sqlite,
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False} if self.is_sqlite else {},
        )
        if self.is_sqlite:
            sa.event.listen(self.engine, "connect", _prepare_sqlite)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A consistent view; nothing is written.

        Raises StoreError where the database cannot be reached or read.
        """
        with _explained(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            yield connection
            connection.rollback()

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """All of it is written when the block ends, or nothing.

        Raises StoreError where the database cannot be written.
        """
        with _explained(), self.engine.connect() as connection:
            if self.is_sqlite:
                # taking the write lock first: a transaction that reads and then writes is refused under load otherwise
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def empty_log(self) -> None:
        """Take what was erased out of SQLite's write-ahead log too, unless somebody is reading it at this moment."""
        if self.is_sqlite:
            with _explained(), self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def migrate(self) -> None:
        """Bring the schema to this version of the application; what an older one wrote is backed up first.

        Raises StoreError for a database that a newer version has written, and where it cannot be written.
        """
        with _explained():
            script = ScriptDirectory(str(MIGRATIONS))
            with self.engine.connect() as connection:
                current = MigrationContext.configure(connection).get_current_revision()
            if current == script.get_current_head():
                return
            if current is not None and current not in {one.revision for one in script.walk_revisions()}:
                raise StoreError("store.problem.newer", current)
            if current is not None and not os.environ.get("CRM_BACKED_UP"):
                self._back_up_first(current)
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            config.attributes["engine"] = self.engine
            command.upgrade(config, "head")

    def _back_up_first(self, revision: str) -> None:
        try:
            back_up(self.url, data_folder(), data_folder() / "backups", reason=f"before-migration-from-{revision}")
        except StoreError as error:
            raise StoreError("store.problem.backup_first", str(error)) from error


def _prepare_sqlite(connection: object, _: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # transactions are begun by hand
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is erased is overwritten in the file too
        f"busy_timeout={BUSY_SECONDS * 1000}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what a driver raises into a sentence that a visitor can act on."""
    try:
        yield
    except OperationalError as error:
        text = str(error.orig).casefold()
        if "i/o error" in text or "readonly" in text or "read-only" in text or "unable to open" in text:
            raise StoreError("store.problem.readonly", str(error.orig)) from error
        if "disk is full" in text or "no space" in text:
            raise StoreError("store.problem.full", str(error.orig)) from error
        if "locked" in text:
            raise StoreError("store.problem.busy", str(error.orig)) from error
        raise StoreError("store.problem.unreachable", str(error.orig)) from error
    except DBAPIError as error:
        if isinstance(error, sa.exc.IntegrityError):
            raise
        raise StoreError("store.problem.unreachable", str(error.orig)) from error


@cache
def open_database(url: str) -> Database:
    """The database behind a URL, migrated; one per process."""
    database = Database(url)
    database.migrate()
    return database


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def in_utc(value: Any) -> Any:
    """SQLite gives times back without their zone; they were written in UTC."""
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        return value.replace(tzinfo=dt.UTC)
    return value
