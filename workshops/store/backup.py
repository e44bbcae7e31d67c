"""Back-ups of the whole installation: the database as it stood at one moment, and the editions and house templates."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from workshops.store.problem import StoreError

DATABASE, FOLDERS = "projects.sqlite", ("editions", "templates")


def back_up(url: sa.URL, data: Path, folder: Path, *, reason: str = "backup") -> Path:
    """Write a back-up into a folder and return it; people go on working meanwhile.

    A half-written back-up is never seen under its name. Raises StoreError with a reason.
    """
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S%fZ")
    target = folder / f"crm-{reason}-{stamp}.zip"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as workshop:
            dump = copy_sqlite(url, Path(workshop)) if is_sqlite(url) else dump_postgresql(url, Path(workshop))
            half = Path(workshop) / "half.zip"
            with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.write(dump, dump.name)
                for path in sorted(path for name in FOLDERS for path in (data / name).rglob("*")):
                    if path.is_file():
                        archive.write(path, path.relative_to(data).as_posix())
            with half.open("rb+") as written:
                os.fsync(written.fileno())
            half.replace(target)
    except OSError as error:
        raise StoreError("store.problem.backup", str(error)) from error
    return target


def is_sqlite(url: sa.URL) -> bool:
    return url.get_backend_name() == "sqlite"


def copy_sqlite(url: sa.URL, folder: Path) -> Path:
    """The database as it stands at one moment, by SQLite's own online copy; checked."""
    if not url.database or not Path(url.database).exists():
        raise StoreError("store.problem.no_database", str(url.database))
    target = folder / DATABASE
    try:
        with closing(sqlite3.connect(url.database)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise StoreError("store.problem.backup", "the copy is damaged")
    except sqlite3.Error as error:
        raise StoreError("store.problem.backup", str(error)) from error
    return target


def dump_postgresql(url: sa.URL, folder: Path) -> Path:
    """The database as it stands at one moment, by pg_dump."""
    program, target = shutil.which("pg_dump"), folder / "projects.dump"
    if not program:
        raise StoreError("store.problem.no_pg_dump")
    done = subprocess.run(
        [program, "--format=custom", f"--file={target}", f"--dbname={_without_password(url)}"],
        env=os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {}),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise StoreError("store.problem.backup", done.stderr[-300:])
    return target


def restore(url: sa.URL, data: Path, backup: Path) -> list[Path]:
    """Put a back-up in the place of what is there, while the application is stopped.

    What was there is kept beside, under names that are returned. Raises StoreError; nothing is changed then.
    """
    if not is_sqlite(url):
        raise StoreError("store.problem.restore_postgresql")
    place = Path(str(url.database))
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S%fZ")
    try:
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=data) as opened, zipfile.ZipFile(backup) as archive:
            archive.extractall(opened)  # names that lead out of the folder are made to stay inside
            found = Path(opened) / DATABASE
            _check(found)
            if place.exists():
                _fold_journal_in(place)
            kept = [
                _move(path, path.with_name(f"{path.name}.before-restore-{stamp}"))
                for path in (place, *(data / name for name in FOLDERS))
            ]
            place.parent.mkdir(parents=True, exist_ok=True)
            found.replace(place)
            for name in FOLDERS:
                _move(Path(opened) / name, data / name)
    except (OSError, zipfile.BadZipFile) as error:
        raise StoreError("store.problem.restore", str(error)) from error
    return [path for path in kept if path]


def _check(path: Path) -> None:
    if not path.exists():
        raise StoreError("store.problem.restore", "no database inside")
    try:
        with closing(sqlite3.connect(path)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise StoreError("store.problem.restore", "damaged")
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise StoreError("store.problem.restore", str(error)) from error


def _fold_journal_in(place: Path) -> None:
    """Bring what stands in the write-ahead log into the file; refused while the application is using it."""
    try:
        with closing(sqlite3.connect(place, timeout=1)) as connection:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.rollback()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if connection.execute("PRAGMA journal_mode=DELETE").fetchone() != ("delete",):
                raise StoreError("store.problem.restore_running")
    except sqlite3.OperationalError as error:
        raise StoreError("store.problem.restore_running", str(error)) from error


def _move(source: Path, target: Path) -> Path | None:
    if not source.exists():
        return None
    source.replace(target)
    return target


def _without_password(url: sa.URL) -> str:
    return url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
