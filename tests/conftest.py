"""What tests share: a data folder of their own, an edition that does not change with the published ratings, servers."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import hypothesis
import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import local_script_runner

from functional_map.load import load_map
from tests.synthetic import write_edition
from vendors.load import load_edition
from workshops.store.database import Database, open_database

hypothesis.settings.register_profile("any machine", deadline=None)  # no test may fail because a machine is slow
hypothesis.settings.load_profile("any machine")

ROOT = Path(__file__).parents[1]
CHROMIUM = (
    os.environ.get("CHROMIUM")
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
    or shutil.which("google-chrome")
)
POSTGRES = max((str(path) for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")), default=shutil.which("initdb"))
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
SOFFICE = shutil.which("soffice")


def pytest_collection_modifyitems(items):
    """Files that wait for servers, browsers and office suites come first: at the end one of them would run alone."""
    slow = {one.path for one in items if any(map(one.get_closest_marker, ("browser", "nginx", "libreoffice")))}
    items.sort(key=lambda one: one.path not in slow)


def missing(program: str, install: str) -> None:
    """Skip the test on a newcomer's machine; fail where everything must be there."""
    sentence = f"{program} is not installed; to run this test: {install}"
    if os.environ.get("CRM_TESTS_SKIP_NOTHING"):
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    """Every test has a data folder of its own."""
    monkeypatch.setenv("CRM_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path / "data"


@pytest.fixture
def installed(data_folder, functional_map, migrated_sqlite):
    """The data folder with a made-up newest edition, `2027-test`, and an empty database."""
    write_edition(data_folder / "editions" / "2027-test", functional_map, products=6)
    shutil.copy(migrated_sqlite, data_folder / "projects.sqlite")
    return data_folder


@pytest.fixture(scope="session", autouse=True)
def kept_between_runs():
    """What a server keeps and AppTest would make anew for each run: compiled pages, the list of installed components."""
    compiled = local_script_runner.ScriptCache()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "ScriptCache", lambda: compiled)
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True)
def nothing_unexpected(request, caplog):
    """An error of a page ends in a sentence; a test that did not ask for one fails all the same."""
    yield
    if not request.node.get_closest_marker("expects_errors"):
        told = [one for when in ("setup", "call") for one in caplog.get_records(when) if one.name == "crm_selection"]
        assert not told, [(one.getMessage(), one.exc_info) for one in told]


@pytest.fixture(scope="session")
def functional_map():
    return load_map(2026)


@pytest.fixture(scope="session")
def edition(tmp_path_factory, functional_map):
    """Six made-up products on the published map."""
    return load_edition(write_edition(tmp_path_factory.mktemp("editions") / "2026-test", functional_map, products=6))


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory):
    """A PostgreSQL server on loopback, started for the tests and stopped after them."""
    if not POSTGRES:
        missing("PostgreSQL", "apt-get install postgresql")
    folder, program = tmp_path_factory.mktemp("postgresql"), Path(POSTGRES).parent
    port = free_port()
    as_user: list[str] = []
    if os.getuid() == 0:  # the server refuses to run as root
        for path in (folder, *folder.parents):
            if path == Path("/tmp") or path.owner() != "root":
                break
            path.chmod(path.stat().st_mode | 0o055)
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    data = folder / "db"
    subprocess.run(
        [
            *as_user,
            str(program / "initdb"),
            "-D",
            str(data),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ],
        check=True,
        capture_output=True,
    )
    server = subprocess.Popen(
        # nobody pulls the plug of this machine: the disk need not be waited for
        [
            *as_user,
            str(program / "postgres"),
            "-D",
            str(data),
            "-p",
            str(port),
            "-h",
            "127.0.0.1",
            "-k",
            str(folder),
            "-c",
            "fsync=off",
            "-c",
            "full_page_writes=off",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    try:
        wait_until(lambda: socket.create_connection(("127.0.0.1", port), 1).close() is None)
        wait_until(lambda: Database(url).engine.connect().close() is None)
        yield url
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory):
    """A file with the schema and nothing else, to be copied: the migrations have tests of their own."""
    path = tmp_path_factory.mktemp("migrated") / "projects.sqlite"
    made = Database(f"sqlite:///{path}")
    made.migrate()
    with made.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    made.engine.dispose()
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_url):
    """The name of such a database on the server."""
    _create(postgresql_url, "migrated")
    made = Database(postgresql_url.rsplit("/", 1)[0] + "/migrated")
    made.migrate()
    made.engine.dispose()
    return "migrated"


def _create(url: str, name: str, template: str = "template1") -> None:
    admin = Database(url)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    admin.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request):
    """An empty database, on each engine that the product supports."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_database")
        return
    url, name = request.getfixturevalue("postgresql_url"), f"test_{os.urandom(6).hex()}"
    _create(url, name, request.getfixturevalue("migrated_postgresql"))
    opened = open_database(url.rsplit("/", 1)[0] + f"/{name}")
    yield opened
    opened.engine.dispose()


@pytest.fixture
def sqlite_database(tmp_path, migrated_sqlite):
    path = tmp_path / "projects.sqlite"
    shutil.copy(migrated_sqlite, path)
    return open_database(f"sqlite:///{path}")


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The application as a visitor meets it: its address, on an empty data folder."""
    port = free_port()
    with (folder / "log.txt").open("w") as log:
        process = start_server(port, folder / "data", log)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)
    text = (folder / "log.txt").read_text()
    assert "Traceback" not in text, text


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """An installation that several files of tests share."""
    with serving(tmp_path_factory.mktemp("server")) as address:
        yield address


def start_server(port: int, data: Path, log, **environment: str) -> subprocess.Popen:
    """`streamlit run app.py` on loopback, ready to answer."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            "app.py",
            "--server.port",
            str(port),
            "--server.headless",
            "true",
            "--server.fileWatcherType",
            "none",
        ],
        cwd=ROOT,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=os.environ | {"CRM_DATA": str(data)} | environment,
    )
    wait_until(lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).status == 200)
    return process


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium."""
    if not CHROMIUM:
        missing("Chromium", "apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, server):
    """Open a page of the application as a visitor: `visit("shortlist", language="fr", phone=True)`.

    Nothing may be asked of any other machine: rooms have no internet, and visitors are nobody else's business.
    """
    contexts, errors, elsewhere = [], [], []

    def watch(request) -> None:
        if urlsplit(request.url).hostname not in (None, "", "127.0.0.1", "localhost"):
            elsewhere.append(request.url)

    def open_page(
        path: str = "",
        *,
        language: str = "en",
        phone: bool = False,
        dark: bool = False,
        base: str = server,
        cookies: dict[str, str] | None = None,
    ):
        context = chromium.new_context(
            viewport={"width": 360, "height": 740} if phone else {"width": 1280, "height": 720},
            has_touch=phone,
            accept_downloads=True,
            locale="fr-FR" if language == "fr" else "en-GB",
            reduced_motion="reduce",
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        context.on("request", watch)
        context.add_cookies([{"name": name, "value": value, "url": base} for name, value in (cookies or {}).items()])
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{base}/{path}")
        settle(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not errors, errors
    assert not elsewhere, elsewhere


def unfold(page, key: str) -> None:
    """Open what can be folded, where it is folded; what is inside a folded one counts as visible, but takes nothing."""
    details = page.locator(f".st-key-{key} details")
    details.wait_for()
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    page.locator(f".st-key-{key} details[open]").wait_for()
    page.wait_for_timeout(300)


def settle(page) -> None:
    """Wait until Streamlit says that it is connected and its script has ended."""
    page.wait_for_timeout(300)
    page.locator(
        "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
    ).wait_for(timeout=60_000)


def recalculated(content: bytes, folder: Path) -> Path:
    """The workbook as LibreOffice reads it, every formula calculated anew."""
    return converted({"document.xlsx": content}, folder, "xlsx")["document.xlsx"]


def converted(contents: dict[str, bytes], folder: Path, ending: str) -> dict[str, Path]:
    """Documents by name, as LibreOffice saves them in a format; one start of it reads them all."""
    if not SOFFICE:
        missing(
            "LibreOffice", "apt-get install libreoffice-calc-nogui libreoffice-writer-nogui libreoffice-impress-nogui"
        )
    sources = {name: folder / "in" / name for name in contents}
    (folder / "in").mkdir()
    for name, path in sources.items():
        path.write_bytes(contents[name])
    profile = office_profile().name
    asked = [SOFFICE, f"-env:UserInstallation=file://{profile}", "--headless", "--norestore", "--convert-to", ending]
    subprocess.run(
        [*asked, "--outdir", str(folder / "out"), *map(str, sources.values())],
        check=True,
        capture_output=True,
        timeout=180 + 60 * len(sources),
    )
    return {name: folder / "out" / f"{path.stem}.{ending}" for name, path in sources.items()}


@cache
def office_profile() -> tempfile.TemporaryDirectory:
    """Settings of the office suite for this process: every formula is calculated anew; the first start fills the rest."""
    folder = tempfile.TemporaryDirectory(prefix="office")
    user = Path(folder.name) / "user"
    user.mkdir()
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        '<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>'
        "</oor:items>",
        encoding="utf-8",
    )
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(ready, seconds: float = 60.0) -> None:
    """Try until `ready` says yes; its exceptions mean not yet."""
    last: Exception | None = None
    for _ in range(int(seconds * 10)):
        try:
            if ready():
                return
        except Exception as error:
            last = error
        time.sleep(0.1)
    raise TimeoutError(f"not ready after {seconds} s: {last}")
