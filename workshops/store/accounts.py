"""Accounts: who may enter on a network, in which role; passwords are kept as Argon2 hashes, sign-ins as hashed tokens."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
import threading
import uuid
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from workshops.access import ROLES, TERMINAL, Person, require
from workshops.model import LONGEST_NAME, ProjectError
from workshops.store import schema
from workshops.store.attempts import forget, minutes_to_wait
from workshops.store.database import Database, in_utc, utc_now
from workshops.store.members import require_account, require_member
from workshops.store.projects import record

SHORTEST_PASSWORD, LONGEST_PASSWORD, LONGEST_LOGIN = 12, 200, 254
SIGNED_IN_FOR = dt.timedelta(hours=12)
# wrong passwords for one account, and from one address, before waiting
MOST_FOR_LOGIN, MOST_FROM_ADDRESS, WITHIN = 5, 40, dt.timedelta(minutes=15)

_hasher = PasswordHasher()  # the RFC 9106 profile of the library: 64 MiB and tenths of a second a try
_one_at_a_time = threading.Lock()  # so that many tries at once do not fill the memory


@dataclass(frozen=True)
class Account:
    """Somebody who may enter."""

    id: str
    login: str
    name: str
    role: str
    has_password: bool
    created_at: dt.datetime
    disabled: bool  # closed for a while: nobody enters with it


def any_account(database: Database) -> bool:
    with database.reading() as connection:
        return connection.execute(sa.select(schema.account.c.id).limit(1)).first() is not None


def list_accounts(database: Database, by: Person) -> list[Account]:
    require(by, "manage-accounts")
    with database.reading() as connection:
        require_account(connection, by, "manage-accounts")
        rows = connection.execute(sa.select(schema.account).order_by(schema.account.c.login)).mappings().all()
    return [_account(row) for row in rows]


def add_account(
    database: Database, by: Person, *, login: str, name: str, role: str, password: str | None = None
) -> str:
    """Let somebody in; without a password only the organisation's sign-in opens the account. Returns its id.

    Raises ProjectError with every problem.
    """
    require(by, "manage-accounts")
    login, problems = _login(login), []
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", login) or len(login) > LONGEST_LOGIN:
        problems.append(("account.problem.login", {}))
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        problems.append(("account.problem.name", {"most": LONGEST_NAME}))
    if role not in ROLES:
        problems.append(("account.problem.role", {"roles": ", ".join(ROLES)}))
    problems += _password_problems(password)
    if problems:
        raise ProjectError(problems)
    account_id, hashed = uuid.uuid4().hex, _hash(password)
    try:
        with database.writing() as connection:
            require_account(connection, by, "manage-accounts")
            connection.execute(
                schema.account.insert().values(
                    id=account_id, login=login, name=name.strip(), role=role, password=hashed, created_at=utc_now()
                )
            )
            record(connection, by, "add-account", subject=_subject(login), after={"name": name.strip(), "role": role})
    except sa.exc.IntegrityError as error:
        raise ProjectError([("account.problem.known", {"login": login})]) from error
    return account_id


def first_password() -> str:
    """A password to hand over, in groups that can be read aloud; its owner may choose another."""
    return "-".join("".join(secrets.choice(schema.CODE_LETTERS) for _ in range(5)) for _ in range(4))


def set_role(database: Database, by: Person, login: str, role: str) -> None:
    """Give an account another role; the last admin stays one."""
    require(by, "manage-accounts")
    if role not in ROLES:
        raise ProjectError([("account.problem.role", {"roles": ", ".join(ROLES)})])
    with database.writing() as connection:
        row = _row(connection, login)
        require_account(connection, by, "manage-accounts")
        if role != "admin":
            _keep_an_admin(connection, row)
        connection.execute(schema.account.update().where(schema.account.c.id == row["id"]).values(role=role))
        record(connection, by, "set-role", subject=_subject(login), before={"role": row["role"]}, after={"role": role})


def set_password(database: Database, by: Person, login: str, password: str) -> None:
    """Give an account another password; every browser that was signed in has to sign in again."""
    require(by, "manage-accounts")
    if problems := _password_problems(password):
        raise ProjectError(problems)
    hashed = _hash(password)
    with database.writing() as connection:
        row = _row(connection, login)
        require_account(connection, by, "manage-accounts")
        _write_password(connection, by, row, hashed)
    forget(database, f"login:{_login(login)}")


def change_own_password(database: Database, by: Person, present: str, password: str) -> str:
    """Choose another password; return the token of a new sign-in. Every other browser has to sign in again.

    Raises ProjectError for a present password that is wrong, or after too many tries.
    """
    require(by, "own-password")
    if problems := _password_problems(password):
        raise ProjectError(problems)
    with database.reading() as connection:
        require_account(connection, by, "own-password")
        row = connection.execute(sa.select(schema.account).where(schema.account.c.id == by.id)).mappings().first()
    if row is None or not row["password"]:
        raise ProjectError([("account.problem.no_password", {})])
    if wait := minutes_to_wait(database, f"login:{row['login']}", most=MOST_FOR_LOGIN, within=WITHIN):
        raise ProjectError([("sign_in.problem.wait", {"count": wait})])
    if not _matches(row["password"], present):
        raise ProjectError([("account.problem.present_password", {})])
    hashed = _hash(password)
    with database.writing() as connection:
        _write_password(connection, by, row, hashed)
    forget(database, f"login:{row['login']}")
    return _signed_in(database, by.id)


def set_enabled(database: Database, by: Person, login: str, enabled: bool) -> None:
    """Close an account, from the next click on, or open it again; it keeps its projects. The last admin stays."""
    require(by, "manage-accounts")
    with database.writing() as connection:
        row = _row(connection, login)
        require_account(connection, by, "manage-accounts")
        if not enabled:
            _keep_an_admin(connection, row)
            connection.execute(schema.sign_in.delete().where(schema.sign_in.c.account_id == row["id"]))
        connection.execute(schema.account.update().where(schema.account.c.id == row["id"]).values(disabled=not enabled))
        record(connection, by, "open-account" if enabled else "close-account", subject=_subject(login))


def remove_account(database: Database, by: Person, login: str) -> None:
    """Nobody enters with this account any more, from the next click on; what was done with it stays in the journal.

    The last admin stays, unless the terminal removes the only account there is: then it is as before the first.
    """
    require(by, "manage-accounts")
    with database.writing() as connection:
        row = _row(connection, login)
        require_account(connection, by, "manage-accounts")
        alone = connection.scalar(sa.select(sa.func.count()).select_from(schema.account)) == 1
        if not (alone and by == TERMINAL):
            _keep_an_admin(connection, row)
        connection.execute(schema.account.delete().where(schema.account.c.id == row["id"]))
        record(connection, by, "remove-account", subject=_subject(login), before={"role": row["role"]})


# ---------------------------------------------------------------- signing in


def sign_in(database: Database, login: str, password: str, address: str = "") -> str:
    """Return the token of a new sign-in.

    Raises ProjectError for a login or password that is wrong (without saying which), or after too many tries.
    """
    login = _login(login)[:LONGEST_LOGIN]
    waits = [minutes_to_wait(database, f"login:{login}", most=MOST_FOR_LOGIN, within=WITHIN)]
    if address:
        waits.append(minutes_to_wait(database, f"address:{address}", most=MOST_FROM_ADDRESS, within=WITHIN))
    if any(waits):
        raise ProjectError([("sign_in.problem.wait", {"count": max(waits)})])
    with database.reading() as connection:
        row = connection.execute(sa.select(schema.account).where(schema.account.c.login == login)).mappings().first()
    # an unknown login takes as long as a known one
    if not _matches((row and row["password"]) or _nobodys_hash(), password) or row is None or not row["password"]:
        raise ProjectError([("sign_in.problem.wrong", {})])
    forget(database, f"login:{login}")
    if row["disabled"]:
        raise ProjectError([("sign_in.problem.disabled", {})])
    return _signed_in(database, row["id"])


def sign_out(database: Database, token: str) -> None:
    with database.writing() as connection:
        connection.execute(schema.sign_in.delete().where(schema.sign_in.c.token_hash == _hashed(token)))


def person_of_token(database: Database, token: str | None) -> Person | None:
    """Whose sign-in a token is; None where it is unknown or has ended."""
    if not token:
        return None
    query = (
        sa.select(schema.account)
        .join(schema.sign_in, schema.sign_in.c.account_id == schema.account.c.id)
        .where(schema.sign_in.c.token_hash == _hashed(token), schema.sign_in.c.ends_at > utc_now())
        .where(~schema.account.c.disabled)
    )
    return _person(database, query)


def person_of_login(database: Database, login: str) -> Person | None:
    """Who an e-mail address is that the organisation's sign-in vouches for; None where it has no account."""
    account = schema.account
    return _person(database, sa.select(account).where(account.c.login == _login(login), ~account.c.disabled))


# ---------------------------------------------------------------- whose project


def members_of(database: Database, by: Person, project_id: str) -> list[Account]:
    """Who sees a project."""
    require(by, "read-project")
    query = (
        sa.select(schema.account)
        .join(schema.member, schema.member.c.account_id == schema.account.c.id)
        .where(schema.member.c.project_id == project_id)
        .order_by(schema.account.c.login)
    )
    with database.reading() as connection:
        require_member(connection, by, project_id)
        return [_account(row) for row in connection.execute(query).mappings()]


def add_member(database: Database, by: Person, project_id: str, login: str) -> None:
    """Let somebody who has an account see a project."""
    require(by, "edit-project")
    with database.writing() as connection:
        record(connection, by, "add-member", project_id, _subject(login))
        values = {"project_id": project_id, "account_id": _row(connection, login)["id"]}
        if connection.execute(sa.select(schema.project.c.id).where(schema.project.c.id == project_id)).first() is None:
            raise ProjectError([("project.problem.gone", {})])
        where = [schema.member.c[name] == value for name, value in values.items()]
        if connection.execute(sa.select(schema.member).where(*where)).first():
            raise ProjectError([("account.problem.member", {"login": _login(login)})])
        connection.execute(schema.member.insert().values(**values))


def remove_member(database: Database, by: Person, project_id: str, login: str) -> None:
    """Who is removed no longer sees the project, from the next click on; the last member stays."""
    require(by, "edit-project")
    table = schema.member
    with database.writing() as connection:
        record(connection, by, "remove-member", project_id, _subject(login))
        account_id = _row(connection, login)["id"]
        members = connection.scalars(sa.select(table.c.account_id).where(table.c.project_id == project_id)).all()
        if members == [account_id] and not by.sees_every_project:
            raise ProjectError([("account.problem.last_member", {})])
        connection.execute(table.delete().where(table.c.project_id == project_id, table.c.account_id == account_id))


# ---------------------------------------------------------------- inside


def _signed_in(database: Database, account_id: str) -> str:
    """The token of a new sign-in; those that have ended are cleared away."""
    token, table = secrets.token_urlsafe(32), schema.sign_in
    with database.writing() as connection:
        connection.execute(table.delete().where(table.c.ends_at < utc_now()))
        connection.execute(
            table.insert().values(token_hash=_hashed(token), account_id=account_id, ends_at=utc_now() + SIGNED_IN_FOR)
        )
    return token


def _row(connection: sa.Connection, login: str) -> sa.RowMapping:
    row = (
        connection.execute(sa.select(schema.account).where(schema.account.c.login == _login(login))).mappings().first()
    )
    if row is None:
        raise ProjectError([("account.problem.unknown", {"login": _login(login)[:80]})])
    return row


def _keep_an_admin(connection: sa.Connection, row: sa.RowMapping) -> None:
    """Raise ProjectError where the account is the only admin who can enter."""
    account = schema.account
    admins = sa.select(account.c.id).where(account.c.role == "admin", ~account.c.disabled)
    if connection.scalars(admins.with_for_update()).all() == [row["id"]]:
        raise ProjectError([("account.problem.last_admin", {})])


def _write_password(connection: sa.Connection, by: Person, row: sa.RowMapping, hashed: str | None) -> None:
    connection.execute(schema.account.update().where(schema.account.c.id == row["id"]).values(password=hashed))
    connection.execute(schema.sign_in.delete().where(schema.sign_in.c.account_id == row["id"]))
    record(connection, by, "set-password", subject=_subject(row["login"]))


def _person(database: Database, query: sa.Select) -> Person | None:
    with database.reading() as connection:
        row = connection.execute(query).mappings().first()
    return Person(row["id"], row["name"], row["role"]) if row else None


def _account(row: sa.RowMapping) -> Account:
    return Account(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        role=row["role"],
        has_password=bool(row["password"]),
        created_at=in_utc(row["created_at"]),
        disabled=row["disabled"],
    )


def _login(login: str) -> str:
    return login.strip().casefold()


def _subject(login: str) -> str:
    return _login(login)[: schema.journal.c.subject.type.length]


def _password_problems(password: str | None) -> list[tuple[str, dict[str, int]]]:
    if password is None or SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return []
    return [("account.problem.password", {"least": SHORTEST_PASSWORD, "most": LONGEST_PASSWORD})]


def _hash(password: str | None) -> str | None:
    with _one_at_a_time:
        return None if password is None else _hasher.hash(password)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))


def _matches(hashed: str, password: str) -> bool:
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        with _one_at_a_time:
            return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
