"""What a newer edition changes for a project, and the move, on SQLite and on PostgreSQL."""

from __future__ import annotations

import dataclasses
import datetime as dt
from types import MappingProxyType

import pandas as pd
import pytest

from functional_map.changes import ItemChanges
from functional_map.model import Text
from tests.synthetic import write_edition
from tests.test_pages import opened
from vendors.draft import discard, start_draft
from vendors.load import load_edition
from workshops.access import AT_HOME, NotAllowedError, Person
from workshops.model import Expectation, OwnItem, ProjectError, equal_weights
from workshops.prepare.renewal import comparable, effect, item_weights, on_edition
from workshops.rooms.room import Answer
from workshops.store.accounts import add_account
from workshops.store.database import database_url, open_database
from workshops.store.journal import journal_file, journal_lines, journal_size
from workshops.store.moving import asked_by_open_projects, move_project
from workshops.store.projects import archive_project, create_project, history, read_project, revision_of, save_context
from workshops.store.votes import (
    answers_of,
    join,
    open_workshop,
    participant_by_token,
    save_agenda,
    save_answers,
    workshop_of,
)

ME = dataclasses.replace(AT_HOME, name="Ada")
CONSULTANT = Person("c", "Cy", "consultant")
ASKED = ("contact-record", "company-record", "lead-record", "pipeline-board", "household")


@pytest.fixture(scope="module")
def pair(tmp_path_factory, functional_map):
    """Two editions of four products whose ratings differ."""
    folder = tmp_path_factory.mktemp("pair")
    return tuple(
        load_edition(write_edition(folder / name, functional_map, products=4, seed=seed))
        for name, seed in (("2026-9", 1), ("2027", 2))
    )


def asking(database, functional_map, **levels):
    items = [one for one in ASKED if one in functional_map.items]
    expectations = [Expectation(one, level=3, must_have=False, status="agreed") for one in items]
    project_id = create_project(
        database,
        ME,
        name="First",
        client="Acme",
        edition_id="2026-9",
        weights=equal_weights(functional_map),
        expectations=expectations,
    )
    return read_project(database, project_id)


def unchanged(functional_map):
    return ItemChanges({item: (item,) for item in functional_map.items}, ())


def test_an_effect_moves_nothing(sqlite_database, functional_map, pair):
    project = asking(sqlite_database, functional_map)
    found = effect(project, *pair, "en")

    assert found.then.project.edition_id == "2027"
    assert read_project(sqlite_database, project.id).edition_id == "2026-9"
    assert revision_of(sqlite_database, project.id) == project.revision


def test_an_effect_says_what_each_shortlist_says(sqlite_database, functional_map, pair):
    """Ranks and fits are those of the two assessments, product by product."""
    found = effect(asking(sqlite_database, functional_map), *pair, "en")

    for when, assessment in (("now", found.now), ("then", found.then)):
        listed = assessment.shortlist.listed
        shown = found.rows.dropna(subset=[f"rank_{when}"]).sort_values(f"rank_{when}")
        assert list(shown.index) == list(listed["product"])
        assert shown[f"fit_{when}"].tolist() == listed["fit"].tolist()
    assert set(found.rows["change"]) <= {"stays", "enters", "leaves"}
    asked = set(found.then.project.asked())
    assert set(found.ratings["item"]) <= asked
    assert found.ratings["weight"].is_monotonic_decreasing


def test_the_same_edition_changes_nothing(sqlite_database, functional_map, pair):
    found = effect(asking(sqlite_database, functional_map), pair[0], pair[0], "en")

    assert not found.changes_the_shortlist and not found.changes_the_order
    assert found.ratings.empty and found.carried_items == [] and found.reworded == []


def test_a_product_that_is_gone_is_said(sqlite_database, functional_map, pair):
    project = asking(sqlite_database, functional_map)
    first = effect(project, *pair, "en").now.shortlist.listed["product"].iloc[0]
    fewer = dataclasses.replace(
        pair[1], products={one: product for one, product in pair[1].products.items() if one != first}
    )

    assert effect(project, pair[0], fewer, "en").rows.at[first, "change"] == "gone"


def test_a_product_without_plans_does_not_break_the_preview(sqlite_database, functional_map, pair):
    broken = dataclasses.replace(pair[1].products["product-00"], plans=())
    draft = dataclasses.replace(pair[1], products={**pair[1].products, "product-00": broken})

    assert "product-00" not in comparable(draft).products
    assert not effect(asking(sqlite_database, functional_map), pair[0], draft, "en").nothing_asked


def test_a_project_that_asks_nothing_has_no_effect(sqlite_database, functional_map, pair):
    project_id = create_project(
        sqlite_database, ME, name="Empty", client="", edition_id="2026-9", weights=equal_weights(functional_map)
    )

    assert effect(read_project(sqlite_database, project_id), *pair, "en").nothing_asked


def test_expectations_follow_their_items(sqlite_database, functional_map, pair):
    """Renamed keeps, split copies, merged takes the higher level, retired becomes an item of the project's own."""
    items = list(functional_map.items)
    old, whole, left, right, gone, new, one, two, both = items[:9]
    project = dataclasses.replace(
        asking(sqlite_database, functional_map),
        expectations=MappingProxyType(
            {
                old: Expectation(old, level=2, status="agreed"),
                whole: Expectation(whole, level=3, must_have=True, status="agreed"),
                left: Expectation(left, level=1, note="left", status="agreed"),
                right: Expectation(right, level=4, note="right", status="agreed"),
                gone: Expectation(gone, level=2, status="agreed"),
            }
        ),
    )
    changes = ItemChanges(
        {
            **{item: (item,) for item in items[9:]},
            old: (new,),
            whole: (one, two),
            left: (both,),
            right: (both,),
            gone: (),
        },
        (),
    )
    moved = on_edition(project, pair[1], functional_map, functional_map, changes, "en")

    assert moved.expectation(new) == Expectation(new, level=2, status="agreed")
    assert {
        (moved.expectation(part).level, moved.expectation(part).must_have, moved.expectation(part).status)
        for part in (one, two)
    } == {(3, True, "proposed")}
    assert (moved.expectation(both).level, moved.expectation(both).note, moved.expectation(both).status) == (
        4,
        "right\nleft",
        "proposed",
    )
    assert moved.own_items == (
        OwnItem(
            f"own-{gone}",
            functional_map.domain_of[gone],
            functional_map.items[gone].label["en"],
            functional_map.items[gone].definition["en"],
        ),
    )
    assert moved.asked()[f"own-{gone}"] == 2
    assert gone not in moved.expectations


def test_a_reworded_level_is_said(sqlite_database, functional_map, pair):
    project = asking(sqlite_database, functional_map)
    found = effect(project, *pair, "en")
    item = functional_map.items["contact-record"]
    reworded = dataclasses.replace(item, levels={**item.levels, 3: Text("Other words.", "Autres mots.")})
    after = dataclasses.replace(found.then.map)
    object.__setattr__(after, "items", {**functional_map.items, "contact-record": reworded})
    other = dataclasses.replace(found, then=dataclasses.replace(found.then, map=after))

    assert other.reworded == ["contact-record"]


def test_a_moved_project_is_written_with_a_line_in_the_journal(database, functional_map, pair):
    project = asking(database, functional_map)
    found = effect(project, *pair, "en")
    move_project(database, ME, project, found.then.project, {})
    after = read_project(database, project.id)

    assert (after.edition_id, after.revision) == ("2027", project.revision + 1)
    assert after.asked() == project.asked() and dict(after.weights) == dict(project.weights)
    line = history(database, project.id)[0]
    assert (line["action"], line["before"]["edition"], line["after"]["edition"]) == ("move-edition", "2026-9", "2027")


def test_a_move_carries_items_votes_and_agenda(database, functional_map, pair):
    project = asking(database, functional_map)
    room = open_workshop(database, ME, project.id)
    token = join(database, room.code, name="Bea", team="sales", teams=("sales",))
    bea = participant_by_token(database, room.code, token)[1]
    voter = Person(bea.id, bea.name, "participant")
    save_answers(database, voter, ["contact-record"], [Answer("contact-record", 4, False, "ours", 1)])
    save_agenda(database, ME, room.id, {"sessions": [{"items": ["contact-record", "household"]}]}, version=0)
    moved = dataclasses.replace(
        project,
        edition_id="2027",
        expectations=MappingProxyType(
            {
                ("renamed-item" if item == "contact-record" else item): dataclasses.replace(
                    one, item_id="renamed-item" if item == "contact-record" else item
                )
                for item, one in project.expectations.items()
            }
        ),
        own_items=(OwnItem("own-x", "leads", "X"),),
    )
    move_project(database, ME, project, moved, {"contact-record": "renamed-item"})
    after = read_project(database, project.id)

    assert "contact-record" not in after.expectations
    assert after.expectation("renamed-item").level == 3
    assert after.own_items == (OwnItem("own-x", "leads", "X"),)
    assert answers_of(database, bea.id)["renamed-item"].comment == "ours"
    assert workshop_of(database, project.id).agenda == {"sessions": [{"items": ["renamed-item", "household"]}]}
    assert history(database, project.id)[0]["after"]["items"] == ["renamed-item"]


def test_a_project_that_changed_meanwhile_is_not_moved(database, functional_map, pair):
    project = asking(database, functional_map)
    found = effect(project, *pair, "en")
    save_context(database, ME, project.id, dataclasses.replace(project.context, years=7))
    with pytest.raises(ProjectError, match=r"renewal\.problem\.stale"):
        move_project(database, ME, project, found.then.project, {})

    assert read_project(database, project.id).edition_id == "2026-9"


def test_only_who_edits_the_project_moves_it(database, functional_map, pair):
    project = asking(database, functional_map)
    found = effect(project, *pair, "en")
    for person in (Person("t", "Tea", "team"), CONSULTANT):  # a reader, and a consultant of other projects
        with pytest.raises(NotAllowedError):
            move_project(database, person, project, found.then.project, {})

    assert read_project(database, project.id).edition_id == "2026-9"


def test_items_weigh_as_much_as_open_projects_make_them(functional_map):
    """Two projects. In the first, one domain of two asked counts 30 of 40 points and holds levels 3 and 1:
    its first item weighs 30/40 * 3/4 = 0.5625. The second asks another item alone: it weighs 1. Means over two."""
    first, second, third = "contact-record", "household", "lead-record"
    asked = pd.DataFrame(
        [("p", first, 3), ("p", second, 1), ("p", third, 2), ("q", third, 4)],
        columns=["project_id", "item_id", "level"],
    )
    domain, other = functional_map.domain_of[first], functional_map.domain_of[third]
    assert functional_map.domain_of[second] == domain != other
    points = pd.DataFrame(
        [("p", domain, 30.0), ("p", other, 10.0), ("p", "mobile-field", 60.0), ("q", other, 5.0), ("q", domain, 5.0)],
        columns=["project_id", "domain_id", "points"],
    )
    weights = item_weights(asked, points, functional_map)

    assert weights[first] == pytest.approx(0.5625 / 2)
    assert weights[second] == pytest.approx(0.75 / 4 / 2)
    assert weights[third] == pytest.approx((0.25 + 1.0) / 2)
    assert sum(weights.values()) == pytest.approx(1.0)


def test_archived_projects_weigh_nothing(database, functional_map):
    project = asking(database, functional_map)
    assert not asked_by_open_projects(database)[0].empty
    archive_project(database, ME, project.id)

    assert asked_by_open_projects(database)[0].empty


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_consultant_sees_the_effect_and_moves_the_project(data_folder, functional_map, language):
    write_edition(data_folder / "editions" / "2026-9", functional_map, products=4)
    database = open_database(database_url())
    project = asking(database, functional_map)
    write_edition(data_folder / "editions" / "2027", functional_map, products=4, seed=2)
    app = opened(project=project.id, language=language)
    app.toggle[0].set_value(True).run()
    assert not app.exception
    assert any("Product" in one.value for one in app.html)
    assert read_project(database, project.id).edition_id == "2026-9"
    app.button(key=f"projects_renewal_move_{project.id}").click().run()

    assert not app.exception
    assert read_project(database, project.id).edition_id == "2027"
    assert "2027" in app.success[0].value


def test_an_admin_sees_every_open_project_at_once(data_folder, functional_map):
    write_edition(data_folder / "editions" / "2026-9", functional_map, products=4)
    database = open_database(database_url())
    asking(database, functional_map)
    write_edition(data_folder / "editions" / "2027", functional_map, products=4, seed=2)
    app = opened()
    app.button(key="projects_overview_compute").click().run()

    assert not app.exception
    assert any("First" in one.value and "shortlist" in one.value for one in app.html)


def test_the_journal_tells_of_accounts_and_editions_together(database, data_folder, functional_map):
    """Newest first whatever the source, page by page without a gap, in the file too; a project's journal has neither."""
    write_edition(data_folder / "editions" / "2026-9", functional_map, products=1)
    add_account(database, AT_HOME, login="ada@example.org", name="Ada", role="admin")
    later = dt.datetime(2099, 3, 1, tzinfo=dt.UTC)  # after the account, whenever the test runs
    draft = start_draft(ME, "2027", later)
    discard(ME, draft, later + dt.timedelta(hours=1))

    lines = journal_lines(database, AT_HOME, None)
    assert [line["action"] for line in lines] == ["discard-draft", "start-draft", "add-account"]
    assert [(line["who"], line["subject"]) for line in lines[:2]] == [("Ada", "2027")] * 2
    assert lines[1]["after"] == {"base": "2026-9"}
    assert journal_size(database, None) == 3
    assert [journal_lines(database, AT_HOME, None, limit=1, skip=one)[0] for one in range(3)] == lines
    assert journal_file(database, AT_HOME, None).decode("utf-8-sig").count("start-draft") == 1
    with pytest.raises(NotAllowedError):
        journal_lines(database, CONSULTANT, None)

    project = asking(database, functional_map)
    assert {line["action"] for line in journal_lines(database, ME, project.id)} == {"create-project"}


def test_the_journal_page_tells_of_editions(data_folder, functional_map):
    """Without a project, an admin reads of accounts and editions."""
    write_edition(data_folder / "editions" / "2026-9", functional_map, products=1)
    start_draft(ME, "2027", dt.datetime(2026, 3, 1, tzinfo=dt.UTC))

    page = opened("workshops/people/journal_page.py")

    assert not page.exception
    shown = " ".join(one.body for one in page.get("html"))
    assert "draft of an edition started" in shown and "2027" in shown and "Ada" in shown
