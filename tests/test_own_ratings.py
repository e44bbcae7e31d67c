"""Ratings of a project's own: stored with their journal, laid over the edition, and over nothing else."""

from __future__ import annotations

import dataclasses
import datetime as dt
from types import MappingProxyType

import pytest

from functional_map.load import load_map
from tests.synthetic import write_edition
from vendors.load import load_edition
from vendors.model import Rating
from workshops.access import AT_HOME, NotAllowedError, Person
from workshops.assess import assess
from workshops.model import OwnItem, ProjectError, ProjectRating
from workshops.overlay import overlaid
from workshops.prepare.sample import create_sample
from workshops.store.database import open_database
from workshops.store.projects import StaleError, duplicate_project, history, read_project
from workshops.store.ratings import accept_ratings, drop_ratings
from workshops.store.transfer import project_file, restore_project

DAY = dt.date(2026, 11, 21)
PRODUCT = "product-00"


def declared(item: str, level: int, **more) -> ProjectRating:
    return ProjectRating(PRODUCT, item, level, **({"basis": "declared", "who": "Acme, sales", "on": DAY} | more))


@pytest.fixture
def accept(functional_map, edition):
    """Accept ratings in a project of a database."""

    def write(database, project_id, *ratings, by=AT_HOME):
        return accept_ratings(
            database, by, project_id, ratings, known_items=functional_map.items, known_products=edition.products
        )

    return write


@pytest.fixture
def project_id(database, functional_map, edition):
    return create_sample(database, AT_HOME, functional_map, edition.id, "en")


def test_accepted_ratings_are_kept_with_who_and_when(database, project_id, accept):
    before = read_project(database, project_id).revision

    assert accept(database, project_id, declared("sla", 3, note="yes"), declared("lead-scoring", 0)) == 2
    project = read_project(database, project_id)
    assert [(one.item_id, one.level, one.who, one.on, one.version) for one in project.ratings] == [
        ("lead-scoring", 0, "Acme, sales", DAY, 1),
        ("sla", 3, "Acme, sales", DAY, 1),
    ]
    assert project.revision == before + 1
    line = history(database, project_id, "sla")[0]
    assert (line["action"], line["after"]["level"], line["before"]) == ("accept-rating", 3, None)


def test_the_same_again_changes_nothing(database, project_id, accept):
    accept(database, project_id, declared("sla", 3))
    revision = read_project(database, project_id).revision

    assert accept(database, project_id, declared("sla", 3, version=1)) == 0
    assert read_project(database, project_id).revision == revision


def test_a_rating_that_was_changed_meanwhile_is_refused_with_all_others(database, project_id, accept):
    accept(database, project_id, declared("sla", 3))

    with pytest.raises(StaleError):
        accept(database, project_id, declared("lead-scoring", 2), declared("sla", 1))
    assert [(one.item_id, one.level) for one in read_project(database, project_id).ratings] == [("sla", 3)]


def test_every_problem_is_said_at_once_and_nothing_is_written(database, project_id, accept):
    with pytest.raises(ProjectError) as caught:
        accept(
            database,
            project_id,
            declared("sla", 5),
            declared("no-such-item", 2, basis="documented", who=" "),
            dataclasses.replace(declared("sla", 2), product_id="nobody"),
        )
    assert [problem for problem, _ in caught.value.problems] == [
        "own_rating.problem.level",
        "own_rating.problem.basis",
        "own_rating.problem.who",
        "own_rating.problem.item",
        "own_rating.problem.product",
    ]
    assert read_project(database, project_id).ratings == ()


def test_a_reader_may_not_accept_or_drop(database, project_id, accept):
    reader = Person("r", "Reader", "team")

    with pytest.raises(NotAllowedError):
        accept(database, project_id, declared("sla", 3), by=reader)
    with pytest.raises(NotAllowedError):
        drop_ratings(database, reader, project_id, PRODUCT, basis="declared")


def test_dropping_goes_back_to_the_edition(database, project_id, accept, edition, functional_map):
    first = assess(read_project(database, project_id), edition, functional_map)
    accept(database, project_id, declared("sla", 4), declared("lead-scoring", 4))

    assert drop_ratings(database, AT_HOME, project_id, PRODUCT, basis="declared", items=["sla"]) == 1
    assert [one.item_id for one in read_project(database, project_id).ratings] == ["lead-scoring"]
    assert drop_ratings(database, AT_HOME, project_id, PRODUCT, basis="declared") == 1
    again = assess(read_project(database, project_id), edition, functional_map)
    assert again.edition is edition
    assert again.table["fit"].equals(first.table["fit"])


def test_copies_and_project_files_carry_them(database, project_id, accept, edition, functional_map, tmp_path):
    accept(database, project_id, declared("sla", 4, plan_id="top", note="é"))
    copy = read_project(database, duplicate_project(database, AT_HOME, project_id, name="Copy"))
    elsewhere = open_database(f"sqlite:///{tmp_path / 'other.sqlite'}")
    content = project_file(database, AT_HOME, project_id)
    restored = read_project(elsewhere, restore_project(elsewhere, AT_HOME, content, editions={edition.id}))
    original = read_project(database, project_id)

    for project in (copy, restored):
        assert [(one.item_id, one.level, one.plan_id, one.note, one.on) for one in project.ratings] == [
            ("sla", 4, "top", "é", DAY)
        ]
        fit = assess(project, edition, functional_map).table["fit"]
        assert fit.equals(assess(original, edition, functional_map).table["fit"])


# laid over the edition


def with_ratings(project, *ratings):
    return dataclasses.replace(project, ratings=tuple(ratings))


@pytest.fixture
def plain(sqlite_database, functional_map, edition):
    project_id = create_sample(sqlite_database, AT_HOME, functional_map, edition.id, "en")
    return read_project(sqlite_database, project_id)


def test_a_declared_level_replaces_the_editions_with_its_own_interval(plain, edition, functional_map):
    """Declared 3 everywhere: 3 under every plan, between 2.25 and 3.75, and not documented."""
    result = assess(with_ratings(plain, declared("sla", 3)), edition, functional_map)
    mine = [offer for offer in result.offers.table.index if offer.startswith(f"{PRODUCT}/")]

    assert set(result.offers.central.loc[mine, "sla"]) == {3.0}
    assert set(result.offers.low.loc[mine, "sla"]) == {2.25}
    assert set(result.offers.high.loc[mine, "sla"]) == {3.75}
    assert not result.offers.known.loc[mine, "sla"].any()
    rating = result.edition.products[PRODUCT].ratings["sla"]
    assert (rating.basis, rating.by, rating.on) == ("declared", "Acme, sales", DAY)


def test_other_products_and_the_edition_itself_do_not_move(plain, edition, functional_map):
    before = assess(plain, edition, functional_map)
    after = assess(with_ratings(plain, declared("sla", 4), declared("lead-scoring", 4)), edition, functional_map)
    others = [offer for offer in before.offers.table.index if not offer.startswith(f"{PRODUCT}/")]

    assert after.table.loc[others, "fit"].equals(before.table.loc[others, "fit"])
    assert edition.products[PRODUCT].ratings.get("sla") == before.edition.products[PRODUCT].ratings.get("sla")


def test_what_was_seen_counts_more_than_what_was_declared(plain, edition, functional_map):
    seen = declared("sla", 1, basis="tested", who="The team")
    for ratings in ((seen, declared("sla", 4)), (declared("sla", 4), seen)):
        result = assess(with_ratings(plain, *ratings), edition, functional_map)
        assert result.edition.products[PRODUCT].ratings["sla"].rating == 1


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (None, 0),  # nothing is known below the plan
        (Rating("sla", 2, "documented", "high"), 2),  # every plan has 2: the lower ones keep it
        (Rating("sla", 3, "documented", "high", plan="pro", without=1), 3),  # from pro on 3: pro keeps it below top
        (Rating("sla", 3, "documented", "high", plan="top", without=1), 1),
        (Rating("sla", 4, "documented", "high"), 3),  # never more below the plan than in it
    ],
)
def test_below_the_declared_plan_the_edition_still_holds(tmp_path, functional_map, edition, known, expected):
    product = edition.products[PRODUCT]
    ratings = {item: rating for item, rating in product.ratings.items() if item != "sla"}
    if known:
        ratings["sla"] = known
    changed = dataclasses.replace(product, ratings=MappingProxyType(ratings))
    other = dataclasses.replace(edition, products=MappingProxyType({**edition.products, PRODUCT: changed}))
    result = overlaid(other, functional_map, (declared("sla", 3, plan_id="top"),))

    rating = result.products[PRODUCT].ratings["sla"]
    assert (rating.rating, rating.plan, rating.without) == (3, "top", expected)


def test_an_answer_on_an_item_of_the_project_counts_for_that_product_alone(plain, edition, functional_map):
    """Nobody is rated on an own item: 2 with 0 to 4; declared 4 gives 4 with 3.25 to 4."""
    own = dataclasses.replace(plain, own_items=(OwnItem("own-1", "customer-service", "Warranty"),))
    result = assess(with_ratings(own, declared("own-1", 4)), edition, functional_map)

    assert result.offers.central.at[f"{PRODUCT}/top", "own-1"] == 4
    assert result.offers.low.at[f"{PRODUCT}/top", "own-1"] == 3.25
    assert result.offers.central.at["product-01/top", "own-1"] == 2
    assert result.offers.low.at["product-01/top", "own-1"] == 0


def test_ratings_of_what_the_edition_does_not_have_are_left_aside(plain, edition, functional_map):
    """A project file may name a product that was dropped from the edition since."""
    ratings = (
        dataclasses.replace(declared("sla", 4), product_id="gone"),
        declared("no-such-item", 4),
    )

    assert overlaid(edition, functional_map, ratings) is edition


def test_priors_of_an_edition_without_stored_ones_do_not_move(tmp_path):
    """A draft computes its priors from its ratings; a project's own ratings must not be among them."""
    functional_map = load_map(2026)
    draft = load_edition(write_edition(tmp_path / "2027-draft", functional_map, products=3))
    bare = dataclasses.replace(draft, priors=MappingProxyType({}))
    result = overlaid(bare, functional_map, (declared("sla", 4),))

    assert dict(result.priors) == dict(overlaid(bare, functional_map, (declared("sla", 0),)).priors)
