"""Two processes of the application behind nginx, with one PostgreSQL and one data folder, behave as one."""

from __future__ import annotations

import os
import re
import subprocess
import urllib.error
import urllib.request

import pytest

from functional_map.load import load_map
from tests.conftest import NGINX, ROOT, free_port, missing, settle, start_server, wait_until
from tests.synthetic import write_edition
from workshops.access import TERMINAL
from workshops.sample import create_sample
from workshops.store import accounts
from workshops.store.database import Database, open_database
from workshops.store.projects import read_project

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
    (folder / "site.conf").write_text(shipped)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;\n"
        "events { worker_connections 512; }\n"
        "http { include /etc/nginx/mime.types; log_format who '$upstream_addr $cookie_crm_route $request';\n"
        f"access_log {folder}/access.log who; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n"
        f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
        f"include {folder}/site.conf; }}\n"
    )
    user = ["-g", "user root;"] if os.getuid() == 0 else []
    process = subprocess.Popen([NGINX, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log"), *user])
    wait_until(lambda: urllib.request.urlopen(f"http://127.0.0.1:{front}/_stcore/health", timeout=2).status == 200)
    return process


def upstream_of(cluster, page) -> int:
    """The port of the process that a browser is kept with, by the cookie that nginx gave it."""
    route = next(one["value"] for one in page.context.cookies() if one["name"] == "crm_route")
    wait_until(lambda: f" {route} " in cluster["log"].read_text(), 20)
    found = {line.split(" ", 1)[0] for line in cluster["log"].read_text().splitlines() if f" {route} " in line}
    assert len(found) == 1, f"one browser met {found}"
    return int(found.pop().rsplit(":", 1)[1])


def entered(visit, cluster, who: str, path: str = ""):
    page = visit(path, base=cluster["base"])
    page.get_by_label("E-mail address").fill(f"{who}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()
    settle(page)
    return page


@pytest.fixture
def two_browsers(visit, cluster):
    """Ada on one process and Bob on the other."""
    ada = entered(visit, cluster, "ada", f"requirements?project={cluster['project']}")
    for _ in range(12):
        bob = entered(visit, cluster, "bob", f"requirements?project={cluster['project']}")
        if upstream_of(cluster, bob) != upstream_of(cluster, ada):
            return ada, bob
        bob.context.clear_cookies()
    pytest.fail("every browser met the same process")


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


def test_an_edition_published_on_one_process_is_offered_by_both(two_browsers, cluster):
    write_edition(cluster["data"] / "editions" / ".half", load_map(2026), products=6)
    (cluster["data"] / "editions" / ".half").rename(cluster["data"] / "editions" / "2028-test")
    for page in two_browsers:
        page.get_by_test_id("stSidebarNav").get_by_text("Projects", exact=True).click()
        settle(page)
        page.get_by_text("New project").first.click()
        page.locator(".st-key-projects_edition input").first.wait_for()
        wait_until(
            lambda page=page: (
                "2028-test"
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


def test_metrics_and_a_foreign_origin_are_refused(cluster):
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
