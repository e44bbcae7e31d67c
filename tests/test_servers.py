"""Two processes of the application behind nginx, with one PostgreSQL and one data folder, behave as one."""

from __future__ import annotations

import datetime as dt
import os
import re
import socket
import subprocess
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from functional_map.load import load_map
from tests.conftest import NGINX, ROOT, free_port, missing, settle, start_server, unfold, wait_until
from tests.synthetic import write_edition
from vendors.publish import republish
from workshops.access import TERMINAL, Person
from workshops.prepare.sample import create_sample
from workshops.store import accounts
from workshops.store.database import Database, open_database
from workshops.store.projects import read_project
from workshops.store.votes import open_workshop, workshop_of

pytestmark = [pytest.mark.nginx, pytest.mark.postgresql, pytest.mark.browser]

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, postgresql_url):
    """nginx, two processes, PostgreSQL, a data folder, a project and two people who are its members."""
    if not NGINX:
        missing("nginx", "apt-get install nginx-light")
    folder = tmp_path_factory.mktemp("cluster")
    name = f"cluster_{os.urandom(4).hex()}"
    with Database(postgresql_url).engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    url = postgresql_url.rsplit("/", 1)[0] + f"/{name}"
    database = open_database(url)
    write_edition(folder / "data" / "editions" / "2027-test", load_map(2026), products=6)
    for who in ("ada", "bob"):
        accounts.add_account(
            database, TERMINAL, login=f"{who}@example.org", name=who.title(), role="consultant", password=PASSWORD
        )
    project_id = create_sample(database, TERMINAL, load_map(2026), "2027-test", "en")
    for who in ("ada", "bob"):
        accounts.add_member(database, TERMINAL, project_id, f"{who}@example.org")
    front, ports = free_port(), [free_port(), free_port()]
    environment = {
        "DATABASE_URL": url,
        "CRM_ACCESS": "network",
        "STREAMLIT_SERVER_COOKIE_SECRET": "the same for every process",
        "STREAMLIT_BROWSER_SERVER_PORT": str(front),
    }
    processes = []
    with (folder / "app.log").open("w") as log:
        try:
            processes = [start_server(port, folder / "data", log, **environment) for port in ports]
            processes.append(start_nginx(folder, front, ports))
            yield {
                "database": database,
                "project": project_id,
                "base": f"http://127.0.0.1:{front}",
                "log": folder / "access.log",
                "processes": dict(zip(ports, processes, strict=False)),
                "data": folder / "data",
                "signed in": {},  # who -> the cookies that remember them
            }
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(20)
    assert "Traceback" not in (folder / "app.log").read_text()


def start_nginx(folder, front: int, ports: list[int]) -> subprocess.Popen:
    """nginx with .streamlit/nginx.conf as it is shipped, on ports of its own."""
    shipped = (ROOT / ".streamlit" / "nginx.conf").read_text(encoding="utf-8")
    for old, new in (("127.0.0.1:8080", front), ("127.0.0.1:8501", ports[0]), ("127.0.0.1:8502", ports[1])):
        assert shipped.count(old) == 1
        shipped = shipped.replace(old, f"127.0.0.1:{new}")
    assert shipped.count("/var/log/nginx/crm.log crm") == 1  # the test's own log says which process answered
    shipped = shipped.replace("/var/log/nginx/crm.log crm", f"{folder}/access.log who")
    (folder / "site.conf").write_text(shipped)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;\n"
        "events { worker_connections 512; }\n"
        "http { include /etc/nginx/mime.types; log_format who '$upstream_addr $cookie_crm_route $request';\n"
        f"client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n"
        f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
        f"include {folder}/site.conf; }}\n"
    )
    user = ["-g", "user root;"] if os.getuid() == 0 else []
    process = subprocess.Popen([NGINX, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log"), *user])
    wait_until(lambda: urllib.request.urlopen(f"http://127.0.0.1:{front}/_stcore/health", timeout=2).status == 200)
    return process


def upstream_of(cluster, page) -> int:
    """The port of the process that a browser is kept with, by the cookie that nginx gave it."""
    return upstream_of_route(
        cluster, next(one["value"] for one in page.context.cookies() if one["name"] == "crm_route")
    )


def upstream_of_route(cluster, route: str) -> int:
    wait_until(lambda: f" {route} " in cluster["log"].read_text(), 20)
    found = {line.split(" ", 1)[0] for line in cluster["log"].read_text().splitlines() if f" {route} " in line}
    assert len(found) == 1, f"one browser met {found}"
    return int(found.pop().rsplit(":", 1)[1])


def routes(cluster) -> dict[int, str]:
    """By port, a value of nginx's cookie that keeps a browser with the process there."""
    found: dict[int, str] = {}
    for _ in range(60):
        answer = urllib.request.urlopen(f"{cluster['base']}/_stcore/health")
        route = re.search(r"crm_route=(\w+)", " ".join(answer.headers.get_all("Set-Cookie")))[1]
        # nginx chooses by the cookie that comes back
        again = urllib.request.Request(f"{cluster['base']}/_stcore/health", headers={"Cookie": f"crm_route={route}"})
        urllib.request.urlopen(again).read()
        found.setdefault(upstream_of_route(cluster, route), route)
        if len(found) == 2:
            return found
    pytest.fail("every browser met the same process")


def entered(visit, cluster, who: str, route: str):
    """The requirements of the project, as somebody who signs in the first time and is remembered afterwards."""
    cookies = cluster["signed in"].get(who, {}) | {"crm_route": route}
    page = visit(f"requirements?project={cluster['project']}", base=cluster["base"], cookies=cookies)
    if who in cluster["signed in"]:
        page.get_by_role("button", name="Sign out").wait_for()
        return page
    page.get_by_label("E-mail address").fill(f"{who}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()
    settle(page)
    kept = lambda: {one["name"]: one["value"] for one in page.context.cookies()}
    wait_until(lambda: "crm_sign_in" in kept())  # the page writes it by a script of its own
    cluster["signed in"][who] = {"crm_sign_in": kept()["crm_sign_in"]}
    return page


@pytest.fixture
def two_browsers(visit, cluster):
    """Ada on one process and Bob on the other."""
    one, other = routes(cluster).values()
    ada, bob = entered(visit, cluster, "ada", one), entered(visit, cluster, "bob", other)
    assert upstream_of(cluster, ada) != upstream_of(cluster, bob)
    return ada, bob


def test_an_agreement_on_one_process_appears_on_the_other(two_browsers, cluster):
    ada, bob = two_browsers
    for page, level in ((ada, "4"), (bob, "2")):
        card = page.locator("[class*=st-key-requirements_level_company-record]")
        card.get_by_text(level, exact=True).click()
        settle(page)
        wait_until(lambda level=level: asked(cluster) == int(level), 20)
        other = bob if page is ada else ada
        other.reload()  # still signed in, still with the same process
        settle(other)
        shown = other.locator("[class*=st-key-requirements_level_company-record] [aria-checked=true]")
        assert shown.inner_text() == level
    upstream_of(cluster, ada), upstream_of(cluster, bob)


def asked(cluster) -> int | None:
    return read_project(cluster["database"], cluster["project"]).asked().get("company-record")


def phone_elsewhere(visit, cluster, code: str, port: int):
    """A phone that another process than the one at `port` serves, with a participant who has joined."""
    route = next(route for other, route in routes(cluster).items() if other != port)
    phone = visit(f"?join={code}", base=cluster["base"], phone=True, cookies={"crm_route": route})
    assert upstream_of(cluster, phone) != port
    phone.get_by_label("Your name").fill("Bea")
    phone.get_by_label("Your team").click()
    phone.get_by_text("Sales", exact=True).click()
    phone.get_by_role("button", name="Join").click()
    phone.locator(".level").first.wait_for()
    return phone


def test_a_vote_on_one_process_appears_on_the_projector_of_the_other(visit, two_browsers, cluster):
    """And back: what the projector of one process shows next comes to the phone of the other, without a reload."""
    ada, bob = two_browsers
    code = open_workshop(cluster["database"], TERMINAL, cluster["project"]).code
    ada.goto(f"{cluster['base']}/lead?project={cluster['project']}")
    ada.get_by_role("button", name="Start").first.click()
    ada.get_by_text("0 of 0 have voted.").wait_for()
    phone = phone_elsewhere(visit, cluster, code, upstream_of(cluster, ada))
    question = ada.locator("p.question").inner_text()
    expect(phone.locator("h2")).to_have_text(question, timeout=30_000)
    phone.locator(".level").nth(3).click()
    ada.get_by_text("1 of 1 have voted.").wait_for(timeout=30_000)

    settle(ada)
    ada.keyboard.press("v")
    expect(ada.locator("tr.chosen .mark")).to_have_text("proposed", timeout=30_000)
    settle(ada)
    ada.keyboard.press("a")
    expect(ada.locator("tr.chosen .mark")).to_have_text("✓ agreed", timeout=30_000)
    item = workshop_of(cluster["database"], cluster["project"]).item_id
    assert read_project(cluster["database"], cluster["project"]).asked()[item] == 3
    bob.goto(f"{cluster['base']}/journal?project={cluster['project']}")  # told on the other process too
    bob.locator("table.clean tr").filter(has_text="requirement changed").first.wait_for()
    settle(ada)
    ada.get_by_role("button", name="Next").click()
    expect(ada.locator("p.question")).not_to_have_text(question, timeout=30_000)
    expect(phone.locator("h2")).to_have_text(ada.locator("p.question").inner_text(), timeout=30_000)


def test_an_edition_published_on_one_process_is_offered_by_both(two_browsers, cluster, monkeypatch):
    monkeypatch.setenv("CRM_DATA", str(cluster["data"]))  # this test is the third process on the same folder
    by = Person("x", "Eve", "admin")
    new = republish(by, "2027-test", signed="Eve", note="Again", now=dt.datetime.now(dt.UTC))
    for page in two_browsers:
        page.get_by_test_id("stSidebarNav").get_by_text("Projects", exact=True).click()
        settle(page)
        unfold(page, "projects_new")
        page.locator(".st-key-projects_edition input").first.wait_for()
        wait_until(
            lambda page=page: (
                new
                in (
                    page.locator(".st-key-projects_edition").inner_text()
                    + page.locator(".st-key-projects_edition input").first.input_value()
                )
            ),
            20,
        )


def test_a_removed_member_is_out_on_the_other_process(two_browsers, cluster):
    _, bob = two_browsers
    accounts.remove_member(cluster["database"], TERMINAL, cluster["project"], "bob@example.org")
    try:
        bob.reload()
        settle(bob)
        assert bob.get_by_text("No project is open").is_visible()
    finally:
        accounts.add_member(cluster["database"], TERMINAL, cluster["project"], "bob@example.org")


def test_the_stream_is_refused_to_a_page_of_another_site(cluster):
    """Through nginx and straight to a process; the application's own page gets in, whatever name visitors type."""
    front, port = cluster["base"].removeprefix("http://"), next(iter(cluster["processes"]))
    for address in (front, f"127.0.0.1:{port}"):
        for origin in ("http://evil.example", "http://evil.example:8501", "null"):
            with pytest.raises(InvalidStatus) as caught:
                connect(f"ws://{address}/_stcore/stream", origin=origin, subprotocols=["streamlit"])
            assert caught.value.response.status_code == 403
        with connect(f"ws://{address}/_stcore/stream", origin=f"http://{address}", subprotocols=["streamlit"]):
            pass
    # as nginx passes on the name that a visitor typed
    line = socket.create_connection(("127.0.0.1", port))
    with connect(
        "ws://crm.example.org/_stcore/stream", sock=line, origin="https://crm.example.org", subprotocols=["streamlit"]
    ):
        pass


def test_an_upload_needs_its_token_and_has_a_limit(cluster):
    address = f"{cluster['base']}/_stcore/upload_file/nobody/nothing"
    for size, codes in ((10, {403}), (13 * 2**20, {403, 413})):
        asked = urllib.request.Request(address, data=bytes(size), method="PUT")
        with pytest.raises((urllib.error.HTTPError, ConnectionError, urllib.error.URLError)) as caught:
            urllib.request.urlopen(asked)
        assert getattr(caught.value, "code", 413) in codes


def test_metrics_are_not_for_visitors_and_headers_protect_the_pages(cluster):
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{cluster['base']}/_stcore/metrics")
    assert caught.value.code == 404
    answer = urllib.request.urlopen(cluster["base"])
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert re.match(r"crm_route=[0-9a-f]{32}; Path=/; HttpOnly", answer.headers["Set-Cookie"])


def test_when_a_process_dies_its_visitors_go_on_with_the_other(two_browsers, cluster):
    """Last in the file: a process is killed, as a crash would."""
    ada, _ = two_browsers
    port = upstream_of(cluster, ada)
    before = asked(cluster)
    cluster["processes"][port].kill()
    cluster["processes"][port].wait(20)
    ada.wait_for_timeout(500)
    ada.reload()
    settle(ada)

    ada.get_by_role("button", name="Sign out").wait_for()  # the sign-in is in the database
    settle(ada)
    shown = ada.locator("[class*=st-key-requirements_level_company-record] [aria-checked=true]")
    assert (shown.inner_text() if shown.count() else None) == (None if before is None else str(before))
