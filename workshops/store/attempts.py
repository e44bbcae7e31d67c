"""Tries at a secret, counted for all servers together: guessing is stopped before it gets anywhere."""

from __future__ import annotations

import datetime as dt
import hashlib

import sqlalchemy as sa

from workshops.store import schema
from workshops.store.database import Database, in_utc, utc_now

KEPT = dt.timedelta(days=1)


def minutes_to_wait(database: Database, key: str, *, most: int, within: dt.timedelta) -> int:
    """Count one try at `key`; 0 where it may be made, else the minutes until the next may.

    A try is counted before its secret is looked at, so that tries made at the same time count too. A refused try does
    not count: who waits, gets in.
    """
    hashed, now, table = _hashed(key), utc_now(), schema.attempt
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(int(hashed[:15], 16))))
        connection.execute(table.delete().where(table.c.at < now - KEPT))
        recent = sa.select(table.c.at).where(table.c.key == hashed, table.c.at > now - within)
        tries = connection.scalars(recent.order_by(table.c.at)).all()
        if len(tries) >= most:
            left = in_utc(tries[-most]) + within - now
            return max(1, -int(-left.total_seconds() // 60))
        connection.execute(table.insert().values(key=hashed, at=now))
    return 0


def must_wait(database: Database, key: str, *, most: int, within: dt.timedelta) -> bool:
    """Whether the next try at `key` would be refused; counts nothing."""
    table = schema.attempt
    query = sa.select(sa.func.count()).where(table.c.key == _hashed(key), table.c.at > utc_now() - within)
    with database.reading() as connection:
        return connection.scalar(query) >= most


def forget(database: Database, key: str) -> None:
    """The secret was right: earlier tries no longer count."""
    with database.writing() as connection:
        connection.execute(schema.attempt.delete().where(schema.attempt.c.key == _hashed(key)))


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
