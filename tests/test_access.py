"""Who may do what: every page and every action, as every role and as nobody."""

from __future__ import annotations

import ast
import dataclasses
import datetime as dt
import importlib
import inspect
import pkgutil
from types import MappingProxyType

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import workshops.store
from functional_map.load import load_map
from tests.conftest import ROOT
from workshops.access import AT_HOME, NOBODY, TERMINAL, NotAllowedError, Person, is_at_home
from workshops.accounts import main as accounts_command
from workshops.evidence import Balance, Quote, Score, ScriptLine, Suitability
from workshops.model import Context, CostOverride, OwnItem, ProjectError, ProjectRating, ShortlistSettings
from workshops.prepare.sample import create_sample
from workshops.rooms.room import Answer
from workshops.store import (
    accounts,
    decisions,
    demonstrations,
    journal,
    moving,
    privacy,
    projects,
    ratings,
    schema,
    transfer,
    votes,
)
from workshops.store.database import database_url, open_database

DAY, NEXT_DAY, DAY_AFTER = (dt.date(2026, 11, day) for day in (20, 21, 22))
QUOTE = Quote("", "x", "y", 1_000.0, None, "EUR", DAY, None)
PASSWORD = "correct horse battery"
ROLES = ("admin", "consultant", "team", "participant", "nobody")
CONSULTANTS, READERS, ADMINS = {"admin", "consultant"}, {"admin", "consultant", "team"}, {"admin"}


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch):
    """Hashes of a thousandth of the cost, as these tests make hundreds."""
    assert accounts._hasher.memory_cost >= 64 * 1024 and accounts._hasher.time_cost >= 3
    monkeypatch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def house(database):
    """A project of Ada's with a room and a participant, and somebody of each role who is its member."""
    ada = _account(database, "ada", "consultant")
    project_id = projects.create_project(database, ada, name="P", client="", edition_id="2026", weights={"a": 1.0})
    room = votes.open_workshop(database, ada, project_id)
    votes.join(database, room.code, name="Zoe", team="sales", teams=["sales"])
    people = {role: _account(database, role, role) for role in ("admin", "consultant", "team")}
    for role in people:
        accounts.add_member(database, ada, project_id, f"{role}@example.org")
    participant = votes.participants_of(database, room.id)[0][0]
    people |= {"participant": Person(participant.id, "Zoe", "participant"), "nobody": NOBODY}
    made = {"people": people, "project": project_id, "room": room, "participant": participant.id}
    return MappingProxyType(made | _decided(database, project_id))


def _decided(database, project_id: str) -> dict[str, str]:
    """A line of a script, a demonstration that somebody scored, one that nobody did, and a quote."""
    line = ScriptLine("", "sla", "service", 0, 2, "added", "Play it", "")
    demonstrations.save_script(database, TERMINAL, project_id, [line])
    plan = {"product_id": "x", "plan_id": "y", "held_on": DAY, "known": ["x/y"]}
    scored = demonstrations.plan_demonstration(database, TERMINAL, project_id, **plan)
    demonstrations.save_answer(database, TERMINAL, scored, 1, 3)
    empty = demonstrations.plan_demonstration(database, TERMINAL, project_id, **plan | {"held_on": NEXT_DAY})
    quote = decisions.add_quote(database, TERMINAL, project_id, QUOTE, per_euro={"EUR": 1.0}, known=["x/y"])
    line_id = demonstrations.script_of(database, project_id)[0].id
    return {"line": line_id, "scored": scored, "empty": empty, "quote": quote}


def _account(database, name: str, role: str) -> Person:
    account_id = accounts.add_account(
        database, TERMINAL, login=f"{name}@example.org", name=name.title(), role=role, password=PASSWORD
    )
    return Person(account_id, name.title(), role)


# action -> (roles that may, how it is called); every function of the store that takes `by` is here, a test says
ACTIONS = {
    "projects.projects_of": (READERS, lambda d, by, h: projects.projects_of(d, by)),
    "projects.may_read": (READERS, lambda d, by, h: projects.may_read(d, by, h["project"])),
    "projects.create_project": (
        CONSULTANTS,
        lambda d, by, h: projects.create_project(d, by, name="N", client="", edition_id="2026", weights={"a": 1.0}),
    ),
    "projects.rename_project": (
        CONSULTANTS,
        lambda d, by, h: projects.rename_project(d, by, h["project"], name="Other", client=""),
    ),
    "projects.archive_project": (CONSULTANTS, lambda d, by, h: projects.archive_project(d, by, h["project"])),
    "projects.delete_project": (CONSULTANTS, lambda d, by, h: projects.delete_project(d, by, h["project"])),
    "projects.duplicate_project": (
        CONSULTANTS,
        lambda d, by, h: projects.duplicate_project(d, by, h["project"], name="Copy"),
    ),
    "projects.save_context": (
        CONSULTANTS,
        lambda d, by, h: projects.save_context(d, by, h["project"], Context(years=7)),
    ),
    "projects.save_settings": (
        CONSULTANTS,
        lambda d, by, h: projects.save_settings(d, by, h["project"], ShortlistSettings(at_most=9)),
    ),
    "projects.save_weights": (CONSULTANTS, lambda d, by, h: projects.save_weights(d, by, h["project"], {"a": 2.0})),
    "projects.save_expectations": (
        CONSULTANTS,
        lambda d, by, h: projects.save_expectations(d, by, h["project"], ["sla"], {"sla": {"level": 3}}),
    ),
    "projects.add_own_item": (
        CONSULTANTS,
        lambda d, by, h: projects.add_own_item(d, by, h["project"], OwnItem("own-1", "a", "Mine")),
    ),
    "projects.set_scope": (
        CONSULTANTS,
        lambda d, by, h: projects.set_scope(d, by, h["project"], ["sla"], in_scope=False),
    ),
    "projects.save_overrides": (
        CONSULTANTS,
        lambda d, by, h: projects.save_overrides(
            d, by, h["project"], [CostOverride("acme", "migration-days", likely=10.0, low=5.0, high=20.0)]
        ),
    ),
    "votes.run_session": (CONSULTANTS, lambda d, by, h: votes.run_session(d, by, h["room"].id, "s1")),
    "votes.settle": (CONSULTANTS, lambda d, by, h: votes.settle(d, by, h["room"].id, ["sla"])),
    "moving.move_project": (
        CONSULTANTS,
        lambda d, by, h: _move(d, by, h),
    ),
    "ratings.accept_ratings": (CONSULTANTS, lambda d, by, h: _accept(d, by, h)),
    "ratings.drop_ratings": (CONSULTANTS, lambda d, by, h: _drop(d, by, h)),
    "projects.remove_own_item": (CONSULTANTS, lambda d, by, h: _remove_own_item(d, by, h)),
    "transfer.project_file": (READERS, lambda d, by, h: transfer.project_file(d, by, h["project"])),
    "transfer.restore_project": (CONSULTANTS, lambda d, by, h: _restore(d, by, h)),
    "votes.open_workshop": (CONSULTANTS, lambda d, by, h: votes.open_workshop(d, by, h["project"])),
    "votes.set_accepting": (CONSULTANTS, lambda d, by, h: votes.set_accepting(d, by, h["room"].id, False)),
    "votes.renew_code": (CONSULTANTS, lambda d, by, h: votes.renew_code(d, by, h["room"].id)),
    "votes.save_agenda": (CONSULTANTS, lambda d, by, h: votes.save_agenda(d, by, h["room"].id, {"a": 1}, version=0)),
    "votes.remove_participant": (
        CONSULTANTS,
        lambda d, by, h: votes.remove_participant(d, by, h["room"].id, h["participant"]),
    ),
    "votes.save_answers": ({"participant"}, lambda d, by, h: votes.save_answers(d, by, ["sla"], [Answer("sla", 2)])),
    "votes.show_item": (CONSULTANTS, lambda d, by, h: votes.show_item(d, by, h["room"].id, "sla")),
    "votes.reveal": (CONSULTANTS, lambda d, by, h: votes.reveal(d, by, h["room"].id, ["sla"])),
    "journal.journal_lines": (CONSULTANTS, lambda d, by, h: journal.journal_lines(d, by, h["project"])),
    "journal.journal_file": (CONSULTANTS, lambda d, by, h: journal.journal_file(d, by, h["project"])),
    "privacy.participants_of": (CONSULTANTS, lambda d, by, h: privacy.participants_of(d, by, h["project"])),
    "privacy.kept_about": (
        CONSULTANTS,
        lambda d, by, h: privacy.kept_about(d, by, h["project"], h["participant"]),
    ),
    "privacy.erase_participant": (
        CONSULTANTS,
        lambda d, by, h: privacy.erase_participant(d, by, h["project"], h["participant"]),
    ),
    "accounts.members_of": (READERS, lambda d, by, h: accounts.members_of(d, by, h["project"])),
    "accounts.add_member": (CONSULTANTS, lambda d, by, h: _add_member(d, by, h)),
    "accounts.remove_member": (
        CONSULTANTS,
        lambda d, by, h: accounts.remove_member(d, by, h["project"], "ada@example.org"),
    ),
    "accounts.add_account": (
        ADMINS,
        lambda d, by, h: accounts.add_account(d, by, login="new@example.org", name="New", role="team"),
    ),
    "accounts.set_role": (ADMINS, lambda d, by, h: accounts.set_role(d, by, "ada@example.org", "team")),
    "accounts.set_password": (ADMINS, lambda d, by, h: accounts.set_password(d, by, "ada@example.org", PASSWORD)),
    "accounts.list_accounts": (ADMINS, lambda d, by, h: accounts.list_accounts(d, by)),
    "accounts.set_enabled": (ADMINS, lambda d, by, h: accounts.set_enabled(d, by, "ada@example.org", False)),
    "accounts.change_own_password": (
        READERS,
        lambda d, by, h: accounts.change_own_password(d, by, PASSWORD, PASSWORD + "!"),
    ),
    "accounts.remove_account": (ADMINS, lambda d, by, h: accounts.remove_account(d, by, "ada@example.org")),
}
SCORERS = READERS | {"participant"}
ACTIONS |= {
    "demonstrations.save_script": (CONSULTANTS, lambda d, by, h: demonstrations.save_script(d, by, h["project"], [])),
    "demonstrations.add_line": (
        CONSULTANTS,
        lambda d, by, h: demonstrations.add_line(
            d, by, h["project"], ScriptLine("", "sso", "service", 0, 2, "added", "Play it", "")
        ),
    ),
    "demonstrations.change_line": (
        CONSULTANTS,
        lambda d, by, h: demonstrations.change_line(d, by, h["project"], h["line"], {"text": "Other"}, version=1),
    ),
    "demonstrations.drop_line": (
        CONSULTANTS,
        lambda d, by, h: demonstrations.drop_line(d, by, h["project"], h["line"]),
    ),
    "demonstrations.plan_demonstration": (
        CONSULTANTS,
        lambda d, by, h: demonstrations.plan_demonstration(
            d, by, h["project"], product_id="x", plan_id="y", held_on=DAY_AFTER, known=["x/y"]
        ),
    ),
    "demonstrations.cancel_demonstration": (
        CONSULTANTS,
        lambda d, by, h: demonstrations.cancel_demonstration(d, by, h["empty"]),
    ),
    "demonstrations.reveal_scores": (
        CONSULTANTS,
        lambda d, by, h: demonstrations.reveal_scores(d, by, h["scored"]),
    ),
    "demonstrations.own_sheet": (SCORERS, lambda d, by, h: demonstrations.own_sheet(d, by, h["scored"])),
    "demonstrations.save_score": (
        SCORERS,
        lambda d, by, h: demonstrations.save_score(d, by, h["scored"], Score(h["line"], "as-asked")),
    ),
    "demonstrations.save_answer": (SCORERS, lambda d, by, h: demonstrations.save_answer(d, by, h["scored"], 2, 4)),
    "demonstrations.save_comment": (
        SCORERS,
        lambda d, by, h: demonstrations.save_comment(d, by, h["scored"], "Good"),
    ),
    "decisions.add_quote": (
        CONSULTANTS,
        lambda d, by, h: decisions.add_quote(d, by, h["project"], QUOTE, per_euro={"EUR": 1.0}, known=["x/y"]),
    ),
    "decisions.withdraw_quote": (
        CONSULTANTS,
        lambda d, by, h: decisions.withdraw_quote(d, by, h["project"], h["quote"]),
    ),
    "decisions.save_suitability": (
        CONSULTANTS,
        lambda d, by, h: decisions.save_suitability(d, by, h["project"], Suitability("x", "exit", 2, "Why", "Zoe")),
    ),
    "decisions.save_balance": (
        CONSULTANTS,
        lambda d, by, h: decisions.save_balance(d, by, h["project"], Balance(), version=0),
    ),
    "decisions.record_decision": (
        CONSULTANTS,
        lambda d, by, h: decisions.record_decision(
            d,
            by,
            h["project"],
            offer="x/y",
            offers=["x/y"],
            decided_on=DAY,
            reasons="It fits",
            dissent=(),
            state={},
            revision=projects.revision_of(d, h["project"]),
            today=DAY,
        ),
    ),
}
# they change nothing of a project that exists, so a stranger to the project may do them
OF_NO_PROJECT = {
    "projects.projects_of",
    "projects.create_project",
    "transfer.restore_project",
    "votes.save_answers",
    *(f"accounts.{name}" for name in ("list_accounts", "add_account", "set_role", "set_password", "set_enabled")),
    *(f"accounts.{name}" for name in ("change_own_password", "remove_account")),
}


def _remove_own_item(database, by, house):
    projects.add_own_item(database, TERMINAL, house["project"], OwnItem("own-2", "a", "Mine"))
    projects.remove_own_item(database, by, house["project"], "own-2")


def _move(database, by, house):
    before = projects.read_project(database, house["project"])
    moving.move_project(database, by, before, dataclasses.replace(before, edition_id="2027"), {})


def _accept(database, by, house):
    one = ProjectRating("acme", "sla", 2, "declared", "Ada", dt.date(2026, 1, 1))
    ratings.accept_ratings(database, by, house["project"], [one], known_items=["sla"], known_products=["acme"])


def _drop(database, by, house):
    if not projects.read_project(database, house["project"]).ratings:
        _accept(database, TERMINAL, house)
    ratings.drop_ratings(database, by, house["project"], "acme", basis="declared")


def _restore(database, by, house):
    content = transfer.project_file(database, TERMINAL, house["project"])
    return transfer.restore_project(database, by, content, editions={"2026"})


def _add_member(database, by, house):
    if "late@example.org" not in {one.login for one in accounts.list_accounts(database, TERMINAL)}:
        _account(database, "late", "team")
    accounts.add_member(database, by, house["project"], "late@example.org")


def everything(database) -> dict:
    """Every row of every table but the counters of tries."""
    with database.reading() as connection:
        return {
            table.name: sorted(map(str, connection.execute(sa.select(table)).all()))
            for table in schema.metadata.sorted_tables
        }


def test_every_function_that_takes_a_person_is_tried_below():
    found = set()
    for module in pkgutil.iter_modules(workshops.store.__path__):
        loaded = importlib.import_module(f"workshops.store.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            public = not name.startswith("_") and function.__module__ == loaded.__name__
            parameters = list(inspect.signature(function).parameters)
            if public and parameters[:2] == ["database", "by"]:
                found.add(f"{module.name}.{name}")

    assert found == set(ACTIONS)


def test_every_action_of_the_journal_has_words():
    """The journal page shows an action by its name in the reader's language."""
    from interface.language import texts

    told = {
        node.args[2].value
        for path in (ROOT / "workshops" / "store").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "record"
        and isinstance(node.args[2], ast.Constant)
    }
    told |= {
        node.args[1].value
        for path in (ROOT / "vendors").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "record"
        and isinstance(node.args[1], ast.Constant)
    } | {"publish", "republish"}
    assert len(told) > 20 and "merge-workbook" in told
    assert not [action for action in told if not texts("workshops", "en").has(f"journal.action.{action}")]


@pytest.mark.parametrize("role", ROLES)
def test_every_action_as_every_role(house, database, role):
    by = house["people"][role]
    for name, (allowed, act) in ACTIONS.items():
        if role in allowed:
            continue
        if name in ("projects.projects_of", "projects.may_read"):
            assert not act(database, by, house), name
            continue
        prepares = name in (
            "projects.remove_own_item",
            "accounts.add_member",
            "ratings.drop_ratings",
        )  # something of its own first
        before = None if prepares else everything(database)
        with pytest.raises((NotAllowedError, ProjectError)) as caught:
            act(database, by, house)
        if isinstance(caught.value, ProjectError):  # a project that is not theirs is not there for them
            assert name == "projects.duplicate_project" and caught.value.problems == [("project.problem.gone", {})]
        assert before is None or everything(database) == before, name


@pytest.mark.parametrize(
    ("role", "name"), [(role, name) for name, (allowed, _) in ACTIONS.items() for role in sorted(allowed)]
)
def test_every_action_that_a_role_may_do_works(sqlite_database, role, name):
    house_of = house.__wrapped__(sqlite_database)

    assert ACTIONS[name][1](sqlite_database, house_of["people"][role], house_of) is not False


@pytest.mark.parametrize("role", ["admin", "consultant", "team"])
def test_a_project_is_its_members_only(house, database, role):
    """The same account outside the project: nothing of it is seen or changed, whatever the role."""
    stranger = _account(database, f"stranger-{role}", role)
    assert projects.projects_of(database, stranger) == []
    for name, (allowed, act) in ACTIONS.items():
        if role not in allowed or name in OF_NO_PROJECT:
            continue
        if name == "projects.may_read":
            assert act(database, stranger, house) is False
            continue
        expected = ProjectError if name == "projects.duplicate_project" else NotAllowedError
        with pytest.raises(expected):
            act(database, stranger, house)


def test_who_lost_a_role_or_an_account_is_out_with_the_next_click(house, database):
    consultant = house["people"]["consultant"]
    accounts.set_role(database, TERMINAL, "consultant@example.org", "team")
    with pytest.raises(NotAllowedError):  # the page still holds the person with the old role
        projects.rename_project(database, consultant, house["project"], name="X", client="")
    accounts.remove_account(database, TERMINAL, "consultant@example.org")
    assert not projects.may_read(database, consultant, house["project"])


def test_the_last_member_stays(house, database):
    ada = accounts.person_of_login(database, "ada@example.org")
    for role in ("admin", "consultant", "team"):
        accounts.remove_member(database, ada, house["project"], f"{role}@example.org")
    with pytest.raises(ProjectError) as caught:
        accounts.remove_member(database, ada, house["project"], "ada@example.org")

    assert caught.value.problems == [("account.problem.last_member", {})]


# ---------------------------------------------------------------- signing in


def test_a_password_opens_its_account_until_signing_out(database):
    _account(database, "ada", "consultant")
    token = accounts.sign_in(database, " Ada@Example.org ", PASSWORD)

    assert accounts.person_of_token(database, token).name == "Ada"
    assert accounts.person_of_token(database, token[:-1] + "_") is None
    accounts.sign_out(database, token)
    assert accounts.person_of_token(database, token) is None


def test_a_wrong_login_a_wrong_password_and_no_password_read_the_same(database):
    _account(database, "ada", "consultant")
    accounts.add_account(database, TERMINAL, login="bob@example.org", name="Bob", role="team")  # organisation only
    for login, password in (("ada@example.org", PASSWORD + "x"), ("x@example.org", PASSWORD), ("bob@example.org", "")):
        with pytest.raises(ProjectError) as caught:
            accounts.sign_in(database, login, password)
        assert caught.value.problems == [("sign_in.problem.wrong", {})]


def test_five_wrong_passwords_then_even_the_right_one_waits(database):
    _account(database, "ada", "consultant")
    said = []
    for password in ["wrong password"] * 5 + [PASSWORD]:
        with pytest.raises(ProjectError) as caught:
            accounts.sign_in(database, "ada@example.org", password)
        said.append(caught.value.problems[0])

    assert said == [("sign_in.problem.wrong", {})] * 5 + [("sign_in.problem.wait", {"count": 15})]
    accounts.set_password(database, TERMINAL, "ada@example.org", PASSWORD)  # the terminal opens it again
    assert accounts.sign_in(database, "ada@example.org", PASSWORD)


def test_one_address_cannot_try_many_accounts(database, monkeypatch):
    monkeypatch.setattr(accounts, "MOST_FROM_ADDRESS", 3)
    for number in range(3):
        with pytest.raises(ProjectError):
            accounts.sign_in(database, f"{number}@example.org", "guess", "10.0.0.9")
    with pytest.raises(ProjectError) as caught:
        accounts.sign_in(database, "9@example.org", "guess", "10.0.0.9")
    assert caught.value.problems[0][0] == "sign_in.problem.wait"


def test_another_password_ends_every_sign_in(database):
    _account(database, "ada", "consultant")
    token = accounts.sign_in(database, "ada@example.org", PASSWORD)
    accounts.set_password(database, TERMINAL, "ada@example.org", PASSWORD + "!")

    assert accounts.person_of_token(database, token) is None


def test_neither_password_nor_token_is_stored(database):
    _account(database, "ada", "consultant")
    token = accounts.sign_in(database, "ada@example.org", PASSWORD)
    stored = str(everything(database))

    assert PASSWORD not in stored and token not in stored and "$argon2id$" in stored


def test_an_account_with_everything_wrong_hears_everything_at_once(database):
    with pytest.raises(ProjectError) as caught:
        accounts.add_account(database, TERMINAL, login="ada", name=" ", role="king", password="short")

    assert [key for key, _ in caught.value.problems] == [
        "account.problem.login",
        "account.problem.name",
        "account.problem.role",
        "account.problem.password",
    ]


def test_accounts_from_the_terminal(monkeypatch, capsys):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    assert (
        accounts_command(["add", "ada@example.org", "--name", "Ada", "--role", "admin", "--password-from-stdin"]) == 0
    )
    assert accounts_command(["add", "ada@example.org", "--organisation"]) == 1
    assert "has an account already" in capsys.readouterr().err
    assert accounts_command(["list"]) == 0
    assert capsys.readouterr().out == "ada@example.org  admin  password\n"
    assert accounts_command(["add", "bob@example.org", "--organisation", "--role", "team"]) == 0
    assert accounts_command(["role", "ada@example.org", "team"]) == 1
    assert "The last admin stays" in capsys.readouterr().err
    assert accounts_command(["role", "bob@example.org", "admin"]) == 0
    assert accounts_command(["close", "ada@example.org"]) == 0
    assert accounts_command(["list"]) == 0
    assert "ada@example.org  admin  password  closed\n" in capsys.readouterr().out
    assert accounts_command(["open", "ada@example.org"]) == 0
    assert accounts_command(["remove", "bob@example.org"]) == 0
    assert accounts_command(["remove", "ada@example.org"]) == 0  # the only one there is
    assert accounts_command(["remove", "ada@example.org"]) == 1


@pytest.mark.parametrize(
    ("listens_on", "headers", "setting", "home"),
    [
        ("127.0.0.1", {"Host": "127.0.0.1:8501"}, "", True),
        ("localhost", {"Host": "[::1]:8501"}, "", True),
        ("0.0.0.0", {"Host": "127.0.0.1:8501"}, "", False),  # others reach it too
        (None, {"Host": "localhost"}, "", False),  # listens everywhere
        ("127.0.0.1", {"Host": "crm.example.org"}, "", False),  # through a proxy or a forged name
        ("127.0.0.1", {"Host": "localhost", "X-Forwarded-For": "10.0.0.9"}, "", False),
        ("127.0.0.1", {"host": "localhost", "forwarded": "for=10.0.0.9"}, "", False),
        ("127.0.0.1", {"Host": "127.0.0.1"}, "network", False),
    ],
)
def test_at_home_is_who_nobody_else_can_be(listens_on, headers, setting, home):
    assert is_at_home(listens_on, headers, setting) is home


# ---------------------------------------------------------------- pages


def pages_of_app() -> dict[str, tuple[str, str]]:
    """file -> (address, action), as app.py lists them."""
    tree = ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))
    value = next(
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "PAGES"
    )
    return {
        file: (address, action) for entries in ast.literal_eval(value).values() for file, address, _, action in entries
    }


@pytest.fixture
def network(monkeypatch, installed):
    """An installation on a network, with a project of somebody else and one account per role."""
    monkeypatch.setenv("CRM_ACCESS", "network")
    database = open_database(database_url())
    project_id = create_sample(database, AT_HOME, load_map(2026), "2027-test", "en")
    return database, project_id


def opened(token: str | None = None, page: str | None = None, project: str | None = None) -> AppTest:
    app = AppTest.from_file("../app.py", default_timeout=60)
    app.query_params["language"] = "en"
    if project:
        app.query_params["project"] = project
    if token:
        app.session_state["sign_in_token"] = token
    app.run()
    if page:
        go(app, page)
    assert not app.exception
    return app


def go(app: AppTest, page: str) -> None:
    """Ask for a page as a browser does, whether it was offered or not."""
    app._page_hash = calc_hash(pages_of_app()[page][0])
    app.run()
    assert not app.exception


def words(app: AppTest) -> str:
    return " ".join(str(one.value) for one in [*app.title, *app.markdown, *app.html, *app.error, *app.text])


@pytest.mark.parametrize("member", [True, False], ids=["member", "stranger"])
@pytest.mark.parametrize("role", ["admin", "consultant", "team", None])
def test_every_page_as_every_role(network, role, member):
    from interface.language import texts
    from workshops.access import ALLOWED

    database, project_id = network
    token = None
    if role:
        _account(database, "ada", role)
        if member:
            accounts.add_member(database, AT_HOME, project_id, "ada@example.org")
        token = accounts.sign_in(database, "ada@example.org", PASSWORD)
    allowed, t = ALLOWED[role or "nobody"], texts("workshops", "en")
    name = projects.read_project(database, project_id).name
    app = opened(token, project=project_id)
    for page, (_, action) in pages_of_app().items():
        go(app, page)
        if action in allowed:
            assert app.title and (
                page == "workshops/prepare/projects_page.py" or app.title[0].value != t("projects.title")
            )
        else:  # a page that is not theirs is not run
            instead = t("not_yours.title" if action != "sign-in" else "projects.title") if role else t("sign_in.closed")
            assert app.title[0].value == instead, page
        if not (role and member):
            assert name not in words(app), page
            assert "project" not in app.session_state or app.session_state["project"] is None


def test_closed_until_there_is_an_account(network):
    app = opened()

    assert app.title[0].value == "This installation is closed"
    assert "python -m workshops.accounts add" in app.code[0].value
    assert not app.text_input


def test_signing_in_and_out_on_the_page(network):
    _account(network[0], "ada", "consultant")
    app = opened()
    app.text_input(key="sign_in_login").set_value("ada@example.org")
    app.text_input(key="sign_in_password").set_value("wrong password")
    app.button[0].click().run()
    assert app.error[0].value == "The e\\-mail address or the password is wrong."
    app.text_input(key="sign_in_login").set_value("ada@example.org")
    app.text_input(key="sign_in_password").set_value(PASSWORD)
    app.button[0].click().run()
    assert not app.exception and app.title[0].value == "Projects"
    app.button(key="sign_in_leave").click().run()
    assert app.title[0].value == "Sign in"


def test_on_this_computer_alone_no_password_is_asked_until_accounts_exist(network, monkeypatch):
    monkeypatch.delenv("CRM_ACCESS")
    assert opened().title[0].value == "Projects"
    _account(network[0], "ada", "consultant")
    assert opened().title[0].value == "Sign in"
