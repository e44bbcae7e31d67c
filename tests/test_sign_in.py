"""Signing in as a visitor meets it: with a password, and through an OpenID provider that the test starts."""

from __future__ import annotations

import pytest

from tests.conftest import free_port, settle, start_server
from tests.openid_provider import CLIENT, SECRET, openid_provider
from workshops.access import TERMINAL
from workshops.store import accounts
from workshops.store.database import open_database

pytestmark = pytest.mark.browser


def database_in(folder):
    return open_database(f"sqlite:///{folder / 'data' / 'projects.sqlite'}")


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """The application on a network with an organisation's sign-in."""
    claims: dict[str, object] = {}
    port, folder = free_port(), tmp_path_factory.mktemp("organisation")
    with openid_provider(claims) as provider, (folder / "log.txt").open("w") as log:
        (folder / "secrets.toml").write_text(
            f'[auth]\nredirect_uri = "http://127.0.0.1:{port}/oauth2callback"\ncookie_secret = "{"s" * 32}"\n'
            f'client_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n'
            f'server_metadata_url = "{provider}/.well-known/openid-configuration"\n'
        )
        process = start_server(
            port,
            folder / "data",
            log,
            CRM_ACCESS="network",
            STREAMLIT_SECRETS_FILES=str(folder / "secrets.toml"),
        )
        try:
            yield f"http://127.0.0.1:{port}", database_in(folder), claims
        finally:
            process.terminate()
            process.wait(20)
    assert "Traceback" not in (folder / "log.txt").read_text()


@pytest.fixture
def organisation(installation):
    """Without accounts, and with what the provider says about the visitor, which can be changed."""
    _, database, claims = installation
    claims.clear()
    claims.update({"email": "Ada@example.org", "email_verified": True})
    yield installation
    # the last admin goes last
    for account in sorted(accounts.list_accounts(database, TERMINAL), key=lambda one: one.role == "admin"):
        accounts.remove_account(database, TERMINAL, account.login)


def test_the_organisation_signs_in_who_has_an_account(organisation, visit):
    base, database, _ = organisation
    accounts.add_account(database, TERMINAL, login="ada@example.org", name="Ada", role="team")
    page = visit("market", base=base)
    page.get_by_role("button", name="Sign in with your organisation").click()
    page.get_by_text("Ada, project team").wait_for()
    page.reload()
    page.get_by_text("Ada, project team").wait_for()
    accounts.remove_account(database, TERMINAL, "ada@example.org")
    accounts.add_account(database, TERMINAL, login="bob@example.org", name="Bob", role="team")
    page.reload()
    page.get_by_text("has no account of that name").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with your organisation").wait_for()


@pytest.mark.parametrize("said", [{"email": "eve@example.org"}, {"email": "ada@example.org", "email_verified": False}])
def test_a_stranger_or_an_address_that_nobody_checked_stays_outside(organisation, visit, said):
    base, database, claims = organisation
    accounts.add_account(database, TERMINAL, login="ada@example.org", name="Ada", role="admin")
    claims.update(said)
    page = visit(base=base)
    page.get_by_role("button", name="Sign in with your organisation").click()
    page.get_by_text("has no account of that name").wait_for()

    assert page.get_by_text("Projects", exact=True).count() == 0


def test_a_password_keeps_the_visitor_over_a_reload_until_signing_out(tmp_path, visit):
    port = free_port()
    with (tmp_path / "log.txt").open("w") as log:
        process = start_server(port, tmp_path / "data", log, CRM_ACCESS="network")
        try:
            page = visit("shortlist", base=f"http://127.0.0.1:{port}")
            page.get_by_text("This installation is closed").wait_for()
            accounts.add_account(
                database_in(tmp_path),
                TERMINAL,
                login="ada@example.org",
                name="Ada",
                role="consultant",
                password="correct horse battery",
            )
            page.reload()
            page.get_by_label("E-mail address").fill("ada@example.org")
            page.get_by_label("Password", exact=True).fill("correct horse battery")
            page.get_by_role("button", name="Sign in").click()
            page.get_by_role("heading", name="No project is open").wait_for()  # where the link led
            settle(page)
            cookie = next(one for one in page.context.cookies() if one["name"] == "crm_sign_in")
            assert cookie["sameSite"] == "Strict" and len(cookie["value"]) > 40
            page.reload()
            page.get_by_text("Ada, consultant").wait_for()
            page.get_by_role("button", name="Sign out").click()
            page.get_by_role("heading", name="Sign in").wait_for()
            page.reload()
            page.get_by_role("heading", name="Sign in").wait_for()
        finally:
            process.terminate()
            process.wait(20)
    assert "Traceback" not in (tmp_path / "log.txt").read_text()
