"""Accounts: what an admin does with them in the application, by the same rules as in the terminal."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.test_access import PASSWORD, _account, cheap_hashes, network, opened, words  # noqa: F401
from workshops.access import AT_HOME, TERMINAL, NotAllowedError, Person
from workshops.model import ProjectError
from workshops.store import accounts, projects
from workshops.store.journal import journal_lines

PAGE = "workshops/people/accounts_page.py"


@pytest.fixture
def ada(database) -> Person:
    return _account(database, "ada", "admin")


def problem(act) -> str:
    with pytest.raises(ProjectError) as caught:
        act()
    return caught.value.problems[0][0]


# ---------------------------------------------------------------- the rules


@pytest.mark.parametrize("by", ["herself", "the terminal"])
@pytest.mark.parametrize(
    "act",
    [
        lambda d, by: accounts.set_role(d, by, "ada@example.org", "consultant"),
        lambda d, by: accounts.set_enabled(d, by, "ada@example.org", False),
        lambda d, by: accounts.remove_account(d, by, "ada@example.org"),
    ],
    ids=["another role", "closed", "removed"],
)
def test_the_last_admin_stays(database, ada, act, by):
    """Bob is an admin too, but his account is closed: he does not count until it is open."""
    _account(database, "bob", "admin")
    accounts.set_enabled(database, ada, "bob@example.org", False)
    who = ada if by == "herself" else TERMINAL

    assert problem(lambda: act(database, who)) == "account.problem.last_admin"
    accounts.set_enabled(database, ada, "bob@example.org", True)
    act(database, who)


def test_two_admins_who_demote_each_other_at_once_leave_one(database, ada):
    _account(database, "bob", "admin")

    def demote(name: str) -> str:
        try:
            accounts.set_role(database, TERMINAL, f"{name}@example.org", "team")
        except ProjectError as error:
            return error.problems[0][0]
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(demote, ["ada", "bob"])) == ["account.problem.last_admin", "done"]


def test_only_the_terminal_removes_the_only_account(database, ada):
    assert problem(lambda: accounts.remove_account(database, ada, "ada@example.org")) == "account.problem.last_admin"
    accounts.remove_account(database, TERMINAL, "ada@example.org")

    assert not accounts.any_account(database)


def test_a_closed_account_is_out_at_once_and_keeps_its_projects(database, ada):
    bob = _account(database, "bob", "consultant")
    project_id = projects.create_project(database, bob, name="P", client="", edition_id="2026", weights={"a": 1.0})
    token = accounts.sign_in(database, "bob@example.org", PASSWORD)
    accounts.set_enabled(database, ada, "bob@example.org", False)

    assert accounts.person_of_token(database, token) is None
    assert accounts.person_of_login(database, "bob@example.org") is None  # nor through the organisation
    assert not projects.may_read(database, bob, project_id)  # nor from a page that is still open
    for act in (
        lambda: projects.rename_project(database, bob, project_id, name="X", client=""),
        lambda: projects.create_project(database, bob, name="X", client="", edition_id="2026", weights={"a": 1.0}),
    ):
        with pytest.raises(NotAllowedError):
            act()
    # who knows the password is told; who guesses is not
    assert problem(lambda: accounts.sign_in(database, "bob@example.org", PASSWORD)) == "sign_in.problem.disabled"
    assert problem(lambda: accounts.sign_in(database, "bob@example.org", "a guess")) == "sign_in.problem.wrong"
    accounts.set_enabled(database, ada, "bob@example.org", True)
    assert projects.may_read(database, bob, project_id)
    assert accounts.person_of_token(database, token) is None  # a sign-in of before stays ended
    assert accounts.sign_in(database, "bob@example.org", PASSWORD)


def test_an_admin_who_is_one_no_more_does_nothing_with_accounts(database, ada):
    """The page that is still open holds the person with the old role."""
    _account(database, "bob", "admin")
    accounts.set_role(database, TERMINAL, "ada@example.org", "consultant")
    for act in (
        lambda: accounts.list_accounts(database, ada),
        lambda: accounts.add_account(database, ada, login="x@example.org", name="X", role="admin"),
        lambda: accounts.set_role(database, ada, "ada@example.org", "admin"),
        lambda: accounts.set_password(database, ada, "bob@example.org", PASSWORD),
        lambda: accounts.set_enabled(database, ada, "bob@example.org", False),
        lambda: accounts.remove_account(database, ada, "bob@example.org"),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_the_owner_chooses_another_password(database, ada):
    elsewhere = accounts.sign_in(database, "ada@example.org", PASSWORD)
    change = lambda present, new: accounts.change_own_password(database, ada, present, new)

    assert problem(lambda: change("wrong", "another long one")) == "account.problem.present_password"
    assert problem(lambda: change(PASSWORD, "short")) == "account.problem.password"
    here = change(PASSWORD, "another long one")
    assert accounts.person_of_token(database, here) == ada
    assert accounts.person_of_token(database, elsewhere) is None
    assert problem(lambda: accounts.sign_in(database, "ada@example.org", PASSWORD)) == "sign_in.problem.wrong"
    accounts.add_account(database, TERMINAL, login="org@example.org", name="Org", role="team")
    org = accounts.person_of_login(database, "org@example.org")
    assert problem(lambda: accounts.change_own_password(database, org, "", PASSWORD)) == "account.problem.no_password"


def test_the_present_password_cannot_be_tried_for_ever(database, ada):
    for _ in range(5):
        problem(lambda: accounts.change_own_password(database, ada, "guess", PASSWORD))

    assert problem(lambda: accounts.change_own_password(database, ada, PASSWORD, PASSWORD)) == "sign_in.problem.wait"


def test_first_passwords_are_long_and_never_the_same():
    made = {accounts.first_password() for _ in range(200)}

    assert len(made) == 200
    assert all(re.fullmatch(r"([2-9A-HJ-NP-Z]{5}-){3}[2-9A-HJ-NP-Z]{5}", one) for one in made)  # 31 ** 20: 99 bits


def test_every_change_is_in_the_journal_without_a_password(database, ada):
    accounts.add_account(database, ada, login="bob@example.org", name="Bob", role="team", password=PASSWORD)
    accounts.set_role(database, ada, "bob@example.org", "consultant")
    accounts.set_password(database, ada, "bob@example.org", PASSWORD)
    accounts.set_enabled(database, ada, "bob@example.org", False)
    accounts.set_enabled(database, ada, "bob@example.org", True)
    accounts.remove_account(database, ada, "bob@example.org")
    told = [one for one in reversed(journal_lines(database, ada, None)) if one["subject"] == "bob@example.org"]

    assert [(one["who"], one["action"], one["before"], one["after"]) for one in told] == [
        ("Ada", "add-account", None, {"name": "Bob", "role": "team"}),
        ("Ada", "set-role", {"role": "team"}, {"role": "consultant"}),
        ("Ada", "set-password", None, None),
        ("Ada", "close-account", None, None),
        ("Ada", "open-account", None, None),
        ("Ada", "remove-account", {"role": "consultant"}, None),
    ]


# ---------------------------------------------------------------- the page


@pytest.fixture
def page(network):  # noqa: F811
    """The page as an admin sees it, beside a consultant."""
    database, _ = network
    _account(database, "ada", "admin")
    bob = _account(database, "bob", "consultant")
    return database, opened(accounts.sign_in(database, "ada@example.org", PASSWORD), PAGE), bob


def role_of(database, login: str) -> str:
    return next(one.role for one in accounts.list_accounts(database, TERMINAL) if one.login == login)


def click(app, key: str) -> None:
    app.button(key=key).click().run()
    assert not app.exception


def test_an_admin_lets_somebody_in_with_a_password_to_hand_over(page):
    database, app, _ = page
    app.text_input(key="accounts_name").set_value("Zoe *Martin*")
    app.text_input(key="accounts_login").set_value(" Zoe@Example.org ")
    app.selectbox(key="accounts_role").set_value("team")
    next(one for one in app.button if one.label == "Add").click().run()
    password = app.code[0].value

    assert not app.exception and not app.error
    zoe = accounts.person_of_token(database, accounts.sign_in(database, "zoe@example.org", password))
    assert (zoe.name, zoe.role) == ("Zoe *Martin*", "team")
    click(app, "accounts_done")
    assert not app.code and password not in words(app)


def test_what_is_wrong_with_an_account_is_said_at_once(page):
    database, app, _ = page
    app.text_input(key="accounts_login").set_value("bob")
    next(one for one in app.button if one.label == "Add").click().run()

    assert "e\\-mail address" in app.error[0].value and "1 to 120 characters" in app.error[0].value
    assert len(accounts.list_accounts(database, TERMINAL)) == 2 and not app.code


def test_an_admin_changes_a_role_and_closes_and_opens_an_account(page):
    database, app, bob = page
    app.selectbox(key=f"accounts_role_{bob.id}_consultant").set_value("team").run()
    assert role_of(database, "bob@example.org") == "team"
    click(app, f"accounts_close_{bob.id}")
    assert "Bob · bob@example.org · project team · closed" in words(app)
    assert accounts.person_of_login(database, "bob@example.org") is None
    click(app, f"accounts_open_{bob.id}")
    assert accounts.person_of_login(database, "bob@example.org").role == "team"


def test_a_new_password_is_handed_over_once(page):
    database, app, bob = page
    click(app, f"accounts_renew_{bob.id}")
    password = app.code[0].value

    assert problem(lambda: accounts.sign_in(database, "bob@example.org", PASSWORD)) == "sign_in.problem.wrong"
    assert accounts.sign_in(database, "bob@example.org", password)


def test_the_last_admin_gets_a_sentence_on_the_page(page):
    database, app, _ = page
    ada = accounts.person_of_login(database, "ada@example.org")
    app.selectbox(key=f"accounts_role_{ada.id}_admin").set_value("team").run()
    assert "The last admin stays" in app.error[0].value and role_of(database, "ada@example.org") == "admin"
    click(app, f"accounts_close_{ada.id}")
    assert "The last admin stays" in app.error[0].value


@pytest.mark.expects_errors
def test_a_click_on_a_page_that_is_not_theirs_any_more_changes_nothing(page):
    database, app, bob = page
    _account(database, "eve", "admin")
    accounts.set_role(database, TERMINAL, "ada@example.org", "team")
    click(app, f"accounts_close_{bob.id}")

    assert accounts.person_of_login(database, "bob@example.org") is not None
    assert "Your role does not allow this" in app.error[0].value
    app.run()
    assert app.title[0].value == "Not for your role"


@pytest.mark.parametrize("role", ["consultant", "team", None])
def test_the_page_is_for_admins(network, role):  # noqa: F811
    database, _ = network
    _account(database, "ada", "admin")
    token = None
    if role:
        _account(database, "bob", role)
        token = accounts.sign_in(database, "bob@example.org", PASSWORD)
    app = opened(token, PAGE)

    assert "ada@example.org" not in words(app)
    assert app.title[0].value == ("Not for your role" if role else "Sign in")


def test_at_home_the_page_says_that_nobody_needs_one(network, monkeypatch):  # noqa: F811
    monkeypatch.delenv("CRM_ACCESS")
    app = opened(None, PAGE)

    assert app.title[0].value == "Accounts" and "python -m workshops.accounts add" in app.code[0].value
    assert not app.text_input
    assert AT_HOME.may("manage-accounts")


def test_the_owner_changes_the_password_beside_signing_out(page):
    database, app, _ = page
    for present, new in ((PASSWORD + "x", "another long one"), (PASSWORD, "another long one")):
        app.text_input(key="sign_in_present").set_value(present)
        app.text_input(key="sign_in_new").set_value(new)
        next(one for one in app.button if one.label == "Change the password").click().run()
        assert not app.exception
        if present != PASSWORD:
            assert "present password is wrong" in app.error[0].value
    assert not app.error and "your new password counts" in app.success[0].value
    assert accounts.sign_in(database, "ada@example.org", "another long one")
    app.run()
    assert app.title[0].value == "Accounts"  # still signed in here
