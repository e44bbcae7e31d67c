"""What must never be lost: back-ups, restoring, older databases, full disks, lost connections, killed processes."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from streamlit.testing.v1 import AppTest

from exports.house_style import SLIDES, is_own, replace_template, template
from tests.conftest import POSTGRES, ROOT, missing
from vendors.draft import current_draft
from workshops.access import AT_HOME
from workshops.backup import main as backup_command
from workshops.store.backup import back_up
from workshops.store.database import MIGRATIONS, Database, StoreError, database_url, open_database
from workshops.store.journal import journal_lines
from workshops.store.projects import create_project, history, list_projects, read_project, save_expectations
from workshops.store.transfer import schema_revision

NAMES = [f"item-{number}" for number in range(2_000)]


def new_project(database, name: str = "P") -> str:
    return create_project(database, AT_HOME, name=name, client="", edition_id="2026", weights={"a": 1.0})


# ---------------------------------------------------------------- the journal


@pytest.mark.parametrize("statement", ["UPDATE journal SET who = 'nobody'", "DELETE FROM journal"])
def test_the_journal_refuses_to_be_rewritten(database, statement):
    project_id = new_project(database)
    before = history(database, project_id)
    with pytest.raises((StoreError, sa.exc.DBAPIError)) as caught, database.writing() as connection:
        connection.exec_driver_sql(statement)

    assert "the journal is append-only" in f"{caught.value} {getattr(caught.value, 'detail', '')}"
    assert history(database, project_id) == before != []


@pytest.mark.postgresql
def test_the_journal_survives_truncate(request):
    database = _postgresql(request)
    project_id = new_project(database)
    with pytest.raises((StoreError, sa.exc.DBAPIError)), database.writing() as connection:
        connection.exec_driver_sql("TRUNCATE journal")

    assert journal_lines(database, AT_HOME, project_id)


# ---------------------------------------------------------------- back-up and restore


def test_a_backup_while_people_write_is_one_moment_and_can_be_restored(data_folder):
    """Every change adds one line to the journal and one to the revision: in a copy of one moment the two agree."""
    database = open_database(database_url())
    project_id = new_project(database)
    (data_folder / "editions" / "2027-own").mkdir(parents=True)
    (data_folder / "editions" / "2027-own" / "edition.yaml").write_text("year: 2027\n")
    (data_folder / "templates").mkdir()
    (data_folder / "templates" / "slides.pptx").write_bytes(b"ours")
    stop = threading.Event()

    def write() -> None:
        for name in NAMES:
            save_expectations(database, AT_HOME, project_id, NAMES, {name: {"level": 1}})
            if stop.is_set():
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [back_up(database.url, data_folder, data_folder / "backups") for _ in range(3)]
    finally:
        stop.set()
        writer.join()
    saved = len(read_project(database, project_id).expectations)
    database.engine.dispose()
    open_database.cache_clear()
    counted = []
    for copy in copies:
        assert backup_command(["restore", str(copy)]) == 0
        restored = Database(database_url())
        project = read_project(restored, project_id)
        lines = [one for one in history(restored, project_id, limit=9_999) if one["action"] == "set-expectation"]
        assert project.revision == len(lines) == len(project.expectations)
        counted.append(project.revision)
        restored.engine.dispose()
    assert counted == sorted(counted) and 0 < counted[-1] <= saved
    assert (data_folder / "editions" / "2027-own" / "edition.yaml").exists()
    assert (data_folder / "templates" / "slides.pptx").read_bytes() == b"ours"
    assert len(list(data_folder.glob("projects.sqlite.before-restore-*"))) == 3  # what was there is kept


def test_old_backups_are_deleted_on_request_only(data_folder, capsys):
    new_project(open_database(database_url()))
    for _ in range(3):
        assert backup_command([]) == 0
    assert len(list((data_folder / "backups").iterdir())) == 3
    assert backup_command(["--keep", "2"]) == 0
    newest = capsys.readouterr().out.split()[-1]

    kept = sorted((data_folder / "backups").iterdir())
    assert len(kept) == 2 and str(kept[-1]) == newest


def test_a_restore_while_the_application_runs_is_refused(data_folder, capsys):
    database = open_database(database_url())
    new_project(database)
    copy = back_up(database.url, data_folder, data_folder / "backups")
    with database.reading() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM project").scalar()
        assert backup_command(["restore", str(copy)]) == 1

    assert "Stop it, then restore" in capsys.readouterr().err
    assert len(list_projects(database)) == 1


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_no_backup_changes_nothing(data_folder, tmp_path, content, capsys):
    new_project(open_database(database_url()))
    (tmp_path / "x.zip").write_bytes(content)
    assert backup_command(["restore", str(tmp_path / "x.zip")]) == 1

    assert "Nothing was changed" in capsys.readouterr().err
    assert len(list_projects(open_database(database_url()))) == 1


def test_a_backup_cannot_write_outside_its_folder(data_folder, tmp_path):
    database = open_database(database_url())
    new_project(database)
    copy = back_up(database.url, data_folder, data_folder / "backups")
    with zipfile.ZipFile(copy, "a") as archive:
        archive.writestr("../../escaped.txt", "x")
    database.engine.dispose()
    backup_command(["restore", str(copy)])

    assert not list(tmp_path.rglob("escaped.txt")) or all(
        data_folder in path.parents for path in tmp_path.rglob("escaped.txt")
    )


@pytest.mark.postgresql
def test_the_recipe_for_postgresql(postgresql_url, data_folder, monkeypatch):
    """pg_dump into the back-up, pg_restore out of it, as the README says."""
    programs = Path(POSTGRES).parent
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    urls = {}
    with Database(postgresql_url).engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in ("kept", "empty"):
            database_name = f"{name}_{os.urandom(4).hex()}"
            connection.exec_driver_sql(f"CREATE DATABASE {database_name}")
            urls[name] = postgresql_url.rsplit("/", 1)[0] + f"/{database_name}"
    database = open_database(urls["kept"])
    project_id = new_project(database, "Kept")
    copy = back_up(database.url, data_folder, data_folder / "backups")
    with zipfile.ZipFile(copy) as archive:
        archive.extract("projects.dump", data_folder)
    subprocess.run(
        [
            programs / "pg_restore",
            "--clean",
            "--if-exists",
            f"--dbname={urls['empty'].replace('+psycopg', '')}",
            data_folder / "projects.dump",
        ],
        check=True,
    )

    assert read_project(open_database(urls["empty"]), project_id).name == "Kept"


# ---------------------------------------------------------------- older versions


def at_revision(url: str, revision: str) -> Database:
    database, config = Database(url), Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = database.engine
    command.upgrade(config, revision)
    return database


OLD_PROJECT = (
    "INSERT INTO project (id, name, client, edition_id, created_at, changed_at, context, settings) VALUES "
    "('old', 'From before', '', '2026', '2026-01-01 00:00:00', '2026-01-01 00:00:00', '{}', '{}')"
)


def test_an_older_database_is_backed_up_then_migrated(data_folder):
    data_folder.mkdir()
    old = at_revision(database_url(), "0001")
    with old.writing() as connection:
        connection.exec_driver_sql(OLD_PROJECT)
    old.engine.dispose()
    database = open_database(database_url())

    assert read_project(database, "old").name == "From before"
    [copy] = (data_folder / "backups").iterdir()
    assert copy.name.startswith("crm-before-migration-from-0001-")
    with zipfile.ZipFile(copy) as archive:
        archive.extract("projects.sqlite", data_folder / "look")
    with sqlite3.connect(data_folder / "look" / "projects.sqlite") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert connection.execute("SELECT name FROM project").fetchall() == [("From before",)]


def test_an_older_database_that_cannot_be_backed_up_is_left_as_it_is(data_folder):
    data_folder.mkdir()
    old = at_revision(database_url(), "0001")
    (data_folder / "backups").write_text("a file in the way")
    with pytest.raises(StoreError) as caught:
        old.migrate()

    assert caught.value.reason == "store.problem.backup_first"
    with old.reading() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "0001"


@pytest.mark.postgresql
def test_an_older_postgresql_is_backed_up_too_or_refused(postgresql_url, data_folder, monkeypatch):
    name = f"old_{os.urandom(4).hex()}"
    with Database(postgresql_url).engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    old = at_revision(postgresql_url.rsplit("/", 1)[0] + f"/{name}", "0001")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(StoreError) as caught:
        old.migrate()
    assert caught.value.reason == "store.problem.backup_first"
    monkeypatch.setenv("PATH", str(Path(POSTGRES).parent))
    old.migrate()

    assert [path.name.split("-2")[0] for path in (data_folder / "backups").iterdir()] == [
        "crm-before-migration-from-0001"
    ]
    with old.reading() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == schema_revision()


# ---------------------------------------------------------------- disks, connections, processes


@pytest.fixture
def read_only(small_disk):
    """Let the small disk be read only, or written again."""

    def switch(on: bool) -> None:
        subprocess.run(["mount", "-o", f"remount,{'ro' if on else 'rw'}", str(small_disk)], check=True)

    yield switch
    switch(False)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of two megabytes, where this computer lets one be made."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.getuid() or not shutil.which("mount"):
        pytest.skip("only the superuser can mount a small disk; the engine's own limit is tried in test_errors.py")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True)
    if done.returncode:
        pytest.skip("this computer does not let a small disk be mounted; see test_errors.py")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_loses_nothing_that_was_acknowledged(small_disk):
    database = open_database(f"sqlite:///{small_disk / 'projects.sqlite'}")
    project_id = new_project(database)
    saved = []
    with pytest.raises(StoreError) as caught:
        for name in NAMES:
            save_expectations(database, AT_HOME, project_id, NAMES, {name: {"note": "x" * 4_000}})
            saved.append(name)
    assert caught.value.reason in ("store.problem.full", "store.problem.readonly")
    assert saved and set(read_project(database, project_id).expectations) == set(saved)
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    save_expectations(database, AT_HOME, project_id, NAMES, {NAMES[-1]: {"level": 1}})
    assert set(read_project(database, project_id).expectations) == {*saved, NAMES[-1]}
    database.engine.dispose()


@pytest.mark.expects_errors
def test_a_data_folder_that_becomes_read_only_ends_in_a_sentence_on_the_page(small_disk, read_only, monkeypatch):
    """Through the application: the change is not acknowledged, what was saved is there, and the next one works."""
    monkeypatch.setenv("CRM_DATA", str(small_disk))
    database = open_database(database_url())
    project_id = new_project(database, "Autumn")
    app = opened_app()
    database.engine.dispose()  # a file that is open for writing keeps the disk from turning
    read_only(True)
    app.text_input(key="projects_name").set_value("Winter")
    next(one for one in app.button if one.label == "Create the project").click().run()

    assert not app.exception and "The database cannot be written." in app.error[0].value
    assert str(small_disk) not in app.error[0].value
    database.engine.dispose()
    read_only(False)
    assert [one.name for one in list_projects(database)] == ["Autumn"]
    save_expectations(database, AT_HOME, project_id, NAMES, {NAMES[0]: {"level": 1}})
    assert read_project(database, project_id).asked() == {NAMES[0]: 1}
    database.engine.dispose()


@pytest.mark.expects_errors
@pytest.mark.parametrize("refusal", ["full", "read only"])
def test_editions_on_such_a_disk_end_in_a_sentence_too(small_disk, read_only, tmp_path, monkeypatch, refusal):
    """Editions are files: the disk itself refuses, and nothing half written is left to be seen."""
    monkeypatch.setenv("CRM_DATA", str(small_disk))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")
    app = opened_app()
    app.switch_page("vendors/editions_page.py").run()
    if refusal == "full":
        (small_disk / "ballast").write_bytes(bytes(2 * 2**20 - 2**15))
    else:
        read_only(True)
    app.button(key="editions_start").click().run()

    assert (
        not app.exception
        and "data folder cannot be written" in app.error[0].value
        and str(small_disk) not in app.error[0].value
    )
    assert current_draft() is None
    read_only(False)
    (small_disk / "ballast").unlink(missing_ok=True)
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    app.run()
    app.button(key="editions_start").click().run()
    assert not app.error and current_draft() is not None


@pytest.mark.expects_errors
@pytest.mark.parametrize("refusal", ["full", "read only"])
def test_a_house_template_on_such_a_disk_leaves_the_present_one(small_disk, read_only, tmp_path, monkeypatch, refusal):
    monkeypatch.setenv("CRM_DATA", str(small_disk))
    name, content = SLIDES, template(SLIDES)
    (small_disk / "templates").mkdir()
    if refusal == "full":
        (small_disk / "ballast").write_bytes(bytes(2 * 2**20 - 2**13))
    else:
        read_only(True)
    with pytest.raises(OSError) as caught:
        replace_template(AT_HOME, name, content)
    script = AppTest.from_function(said, args=(caught.value,)).run()

    assert not script.exception and "data folder" in script.error[0].value
    assert str(small_disk) not in script.error[0].value
    assert not is_own(name) and template(name) == content and not list((small_disk / "templates").iterdir())


def said(error: Exception) -> None:
    """A page on which an error has come up."""
    from interface.error_widgets import explain

    explain(error)


def opened_app() -> AppTest:
    app = AppTest.from_file("../app.py", default_timeout=60)
    app.query_params["language"] = "en"
    app.run()
    assert not app.exception and not app.error
    return app


@pytest.mark.postgresql
def test_a_lost_connection_ends_in_a_sentence_and_the_next_change_is_kept(request):
    database = _postgresql(request)
    project_id = new_project(database)
    save_expectations(database, AT_HOME, project_id, NAMES, {NAMES[0]: {"level": 1}})
    with pytest.raises(StoreError) as caught, database.writing() as connection:
        mine = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with Database(request.getfixturevalue("postgresql_url")).engine.connect() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({mine})")
        connection.exec_driver_sql("UPDATE project SET name = 'lost'")
    assert caught.value.reason == "store.problem.unreachable"

    save_expectations(database, AT_HOME, project_id, NAMES, {NAMES[1]: {"level": 2}})
    project = read_project(database, project_id)
    assert project.name == "P" and project.asked() == {NAMES[0]: 1, NAMES[1]: 2}


def test_a_database_that_is_not_there_gets_a_sentence():
    with pytest.raises(StoreError) as caught:
        open_database("postgresql+psycopg://nobody@127.0.0.1:9/none?connect_timeout=2")

    assert caught.value.reason == "store.problem.unreachable"


WRITER = """
import sys
from workshops.access import AT_HOME
from workshops.store.database import open_database
from workshops.store.projects import save_expectations
database, project = open_database(sys.argv[1]), sys.argv[2]
names = [f"item-{number}" for number in range(2000)]
for name in names:
    save_expectations(database, AT_HOME, project, names, {name: {"level": 1}})
    print(name, flush=True)
"""


def test_a_killed_process_loses_nothing_that_was_acknowledged(database):
    project_id = new_project(database)
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, database.url.render_as_string(hide_password=False), project_id],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    acknowledged = [process.stdout.readline().strip() for _ in range(60)]
    process.send_signal(signal.SIGKILL)
    acknowledged += process.stdout.read().split()
    process.wait(20)
    project = read_project(database, project_id)

    assert set(acknowledged) <= set(project.expectations)
    assert len(project.expectations) - len(acknowledged) in (0, 1)  # one may have been written and not yet said
    assert project.revision == len(project.expectations)  # whole changes only


def _postgresql(request) -> Database:
    if not POSTGRES:
        missing("PostgreSQL", "apt-get install postgresql")
    url, name = request.getfixturevalue("postgresql_url"), f"lost_{os.urandom(4).hex()}"
    with Database(url).engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return open_database(url.rsplit("/", 1)[0] + f"/{name}")
