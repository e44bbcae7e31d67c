"""Projects and what they ask for, on SQLite and on PostgreSQL."""

from __future__ import annotations

import dataclasses
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType

import pytest

from workshops.access import AT_HOME, NotAllowedError, Person
from workshops.model import Context, Expectation, OwnItem, ProjectError, ShortlistSettings, Work
from workshops.store.database import Database, StoreError, open_database
from workshops.store.projects import (
    StaleError,
    add_own_item,
    archive_project,
    create_project,
    delete_project,
    duplicate_project,
    history,
    list_projects,
    read_project,
    remove_own_item,
    rename_project,
    revision_of,
    save_context,
    save_expectations,
    save_settings,
    save_weights,
    set_scope,
)

ME = dataclasses.replace(AT_HOME, name="Ada")
READER = Person("r", "Reader", "team")
ITEMS = ("sla", "invoicing", "notes")


@pytest.fixture
def project_id(database):
    return create_project(database, ME, name="First", client="Acme", edition_id="2026", weights={"a": 1.0, "b": 2.0})


def test_a_project_is_read_back_as_it_was_written(database):
    context = Context(
        sector="Trade",
        seats=MappingProxyType({"sales": 12}),
        years=4,
        budget=90_000.0,
        languages=("fr", "en"),
        systems=(Work("ERP", "complex"),),
    )
    one = create_project(
        database,
        ME,
        name=" Project ",
        client="Acme",
        edition_id="2026",
        weights={"a": 1.0},
        context=context,
        settings=ShortlistSettings(at_most=4),
        expectations=[Expectation("sla", level=3, must_have=True, note="4 h")],
    )
    project = read_project(database, one)

    assert (project.name, project.client, project.edition_id) == ("Project", "Acme", "2026")
    assert project.context == context
    assert project.settings.at_most == 4
    assert project.asked() == {"sla": 3} and project.must_haves() == {"sla": 3}
    assert [(one.name, one.asked) for one in list_projects(database)] == [("Project", 1)]


def test_every_change_counts_and_is_told(database, project_id):
    before = revision_of(database, project_id)
    save_expectations(database, ME, project_id, ITEMS, {"sla": {"level": 2, "note": "fast"}})
    save_expectations(database, ME, project_id, ITEMS, {"sla": {"level": 3}})
    save_weights(database, ME, project_id, {"a": 5.0, "b": 2.0})

    assert revision_of(database, project_id) == before + 3
    line = history(database, project_id, "sla")[0]
    assert (line["who"], line["before"], line["after"]) == ("Ada", {"level": 2}, {"level": 3})
    assert history(database, project_id)[0]["after"] == {"a": 5.0}


def test_every_problem_is_said_at_once_and_nothing_is_half_done(database, project_id):
    with pytest.raises(ProjectError) as caught:
        save_expectations(
            database,
            ME,
            project_id,
            ITEMS,
            {"sla": {"level": 2}, "notes": {"level": 7}, "invoicing": {"must_have": True}},
        )

    assert [key for key, _ in caught.value.problems] == ["expectation.problem.level", "expectation.problem.must_have"]
    assert read_project(database, project_id).asked() == {}
    assert history(database, project_id, "sla") == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"nonsense": {"level": 2}}, "expectation.problem.unknown_item"),
        ({"sla": {"colour": "red"}}, "expectation.problem.field"),
        ({"sla": {"status": "maybe"}}, "expectation.problem.status"),
        ({"sla": {"note": "x" * 5000}}, "expectation.problem.note"),
    ],
)
def test_a_forged_change_is_refused(database, project_id, change, problem):
    with pytest.raises(ProjectError) as caught:
        save_expectations(database, ME, project_id, ITEMS, change)

    assert caught.value.problems[0][0] == problem


def test_a_change_on_a_stale_screen_is_refused(database, project_id):
    save_expectations(database, ME, project_id, ITEMS, {"sla": {"level": 2}})
    save_expectations(database, ME, project_id, ITEMS, {"sla": {"level": 3}}, versions={"sla": 1})
    with pytest.raises(StaleError):
        save_expectations(database, ME, project_id, ITEMS, {"sla": {"level": 4}}, versions={"sla": 1})

    assert read_project(database, project_id).asked() == {"sla": 3}


def test_a_change_can_be_taken_back_unless_somebody_was_faster(database, project_id):
    first = save_expectations(database, ME, project_id, ITEMS, {"sla": {"level": 2, "must_have": True}})
    change = save_expectations(
        database, ME, project_id, ITEMS, {"sla": {"level": None}, "notes": {"level": 1}, "invoicing": {"note": ""}}
    )

    # what did not move is not taken back; the must-have that went with its level is
    assert change.before == {"sla": {"level": 2, "must_have": True}, "notes": {"level": None}}
    save_expectations(database, ME, project_id, ITEMS, change.before, versions=change.versions)
    assert read_project(database, project_id).must_haves() == {"sla": 2}
    assert read_project(database, project_id).asked() == {"sla": 2}
    with pytest.raises(StaleError):
        save_expectations(database, ME, project_id, ITEMS, first.before, versions=first.versions)


def test_a_must_have_does_not_outlive_its_level(database, project_id):
    save_expectations(database, ME, project_id, ITEMS, {"sla": {"level": 3, "must_have": True}})
    save_expectations(database, ME, project_id, ITEMS, {"sla": {"level": None}})

    assert not read_project(database, project_id).expectation("sla").must_have


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"years": 0}, "context.problem.years"),
        ({"seats": MappingProxyType({"sales": -1})}, "context.problem.seats"),
        ({"budget": 0.0}, "context.problem.budget"),
        ({"currency": "XXX"}, "context.problem.currency"),
        ({"ergonomics": 120.0}, "context.problem.ergonomics"),
    ],
)
def test_a_context_that_cannot_be_used_is_refused_and_the_last_one_stays(database, project_id, changes, problem):
    with pytest.raises(ProjectError) as caught:
        save_context(database, ME, project_id, dataclasses.replace(Context(), **changes))

    assert caught.value.problems[0][0] == problem
    assert read_project(database, project_id).context == Context()


def test_weights_that_sum_to_zero_are_refused(database, project_id):
    with pytest.raises(ProjectError) as caught:
        save_weights(database, ME, project_id, {"a": 0.0, "b": 0.0})

    assert caught.value.problems == [("weights.problem.zero", {})]
    assert dict(read_project(database, project_id).weights) == {"a": 1.0, "b": 2.0}


def test_a_domain_leaves_the_scope_and_comes_back_with_what_was_said(database, project_id):
    save_expectations(database, ME, project_id, ITEMS, {"sla": {"level": 2, "status": "agreed"}})
    set_scope(database, ME, project_id, ITEMS, in_scope=False)
    assert read_project(database, project_id).asked() == {}
    set_scope(database, ME, project_id, ITEMS, in_scope=True)

    project = read_project(database, project_id)
    assert project.asked() == {"sla": 2}
    assert [project.expectation(item).status for item in ITEMS] == ["agreed", "open", "open"]


def test_archive_duplicate_rename_delete(database, project_id):
    save_expectations(database, ME, project_id, ITEMS, {"sla": {"level": 2}})
    add_own_item(database, ME, project_id, OwnItem("own-1", "a", "Our thing"))
    copy = duplicate_project(database, ME, project_id, name="Second")
    rename_project(database, ME, copy, name="Third", client="")
    archive_project(database, ME, project_id)

    assert [(one.name, one.archived) for one in list_projects(database)] == [("First", True), ("Third", False)]
    assert (
        read_project(database, copy).asked() == {"sla": 2}
        and read_project(database, copy).own_items[0].label == "Our thing"
    )
    remove_own_item(database, ME, copy, "own-1")
    assert read_project(database, copy).own_items == ()
    delete_project(database, ME, copy)
    assert read_project(database, copy) is None
    assert history(database, copy)[0]["action"] == "delete-project"  # the journal outlives the project


def test_a_reader_changes_nothing(database, project_id):
    for attempt in (
        lambda: save_expectations(database, READER, project_id, ITEMS, {"sla": {"level": 1}}),
        lambda: save_context(database, READER, project_id, Context(years=2)),
        lambda: save_settings(database, READER, project_id, ShortlistSettings(at_most=9)),
        lambda: delete_project(database, READER, project_id),
    ):
        with pytest.raises(NotAllowedError):
            attempt()


def test_a_project_that_is_gone_gets_a_sentence(database, project_id):
    delete_project(database, ME, project_id)
    with pytest.raises(ProjectError) as caught:
        save_context(database, ME, project_id, Context(years=2))

    assert caught.value.problems == [("project.problem.gone", {})]


def test_many_writers_lose_nothing(database, project_id):
    """Eight people change 40 items each at the same time: every change is there, and counted."""
    names = [f"item-{number}" for number in range(320)]

    def write(part: int) -> None:
        for name in names[part::8]:
            save_expectations(database, ME, project_id, names, {name: {"level": part % 5}})

    before = revision_of(database, project_id)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))

    assert read_project(database, project_id).asked() == {name: number % 8 % 5 for number, name in enumerate(names)}
    assert revision_of(database, project_id) == before + 320


def test_a_database_from_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "newer.sqlite"
    open_database(f"sqlite:///{path}").engine.dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError) as caught:
        Database(f"sqlite:///{path}").migrate()

    assert caught.value.reason == "store.problem.newer"


def test_a_database_that_cannot_be_written_gets_a_sentence(tmp_path):
    path = tmp_path / "locked.sqlite"
    open_database(f"sqlite:///{path}").engine.dispose()
    readonly = Database(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(StoreError) as caught, readonly.writing() as connection:
        connection.exec_driver_sql("DELETE FROM project")

    assert caught.value.reason == "store.problem.readonly"


def test_a_folder_that_cannot_be_made_gets_a_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError) as caught:
        Database(f"sqlite:///{tmp_path / 'file' / 'projects.sqlite'}")

    assert caught.value.reason == "store.problem.folder"
