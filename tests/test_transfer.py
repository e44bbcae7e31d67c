"""A project in one file: restored elsewhere it gives the same shortlist, to the bit; a bad file changes nothing."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json

import pytest

from workshops.access import AT_HOME, NotAllowedError, Person
from workshops.assess import assess
from workshops.evidence import Quote
from workshops.model import CostOverride, OwnItem, ProjectError, ProjectRating, ShortlistSettings
from workshops.prepare.sample import create_sample
from workshops.store.database import open_database
from workshops.store.decisions import add_quote
from workshops.store.projects import (
    add_own_item,
    history,
    list_projects,
    read_project,
    save_expectations,
    save_overrides,
    save_settings,
    save_weights,
)
from workshops.store.ratings import accept_ratings
from workshops.store.transfer import project_file, restore_project
from workshops.store.votes import open_workshop, workshop_of


@pytest.fixture
def project_id(database, functional_map, edition):
    one = create_sample(database, AT_HOME, functional_map, edition.id, "en")
    add_own_item(database, AT_HOME, one, OwnItem("own-1", "leads", "Our own thing"))
    save_expectations(
        database, AT_HOME, one, [*functional_map.items, "own-1"], {"own-1": {"level": 3, "note": "è ✓ \u202e"}}
    )
    # what moves the result besides the expectations: a quote, a negotiated price, an answer that was accepted, settings
    product = next(iter(edition.products.values()))
    plan = product.plans[-1].id
    quote = Quote("", product.id, plan, 12_345.67, None, "EUR", dt.date(2026, 11, 3), None, "Q-1")
    add_quote(
        database,
        AT_HOME,
        one,
        quote,
        per_euro=edition.rates.per_euro,
        known={f"{other.id}/{each.id}" for other in edition.products.values() for each in other.plans},
    )
    other = list(edition.products.values())[-1]
    save_overrides(database, AT_HOME, one, [CostOverride(other.id, "price", 7.1, 7.1, 7.3, plan_id=other.plans[0].id)])
    declared = ProjectRating(other.id, "sla", 3, "declared", "A vendor", dt.date(2026, 11, 3))
    accept_ratings(
        database, AT_HOME, one, [declared], known_items=functional_map.items, known_products=edition.products
    )
    save_settings(database, AT_HOME, one, ShortlistSettings(probability=0.2, order_by="cautious"))
    save_weights(
        database, AT_HOME, one, {domain.id: 1 / 3 + place for place, domain in enumerate(functional_map.domains)}
    )
    return one


def test_restored_elsewhere_it_gives_the_same_shortlist_to_the_bit(
    database, project_id, functional_map, edition, tmp_path
):
    elsewhere = open_database(f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")
    restored = restore_project(elsewhere, AT_HOME, project_file(database, AT_HOME, project_id), editions={edition.id})

    before = assess(read_project(database, project_id), edition, functional_map).shortlist.rows
    after = assess(read_project(elsewhere, restored), edition, functional_map).shortlist.rows
    assert before.drop(columns="add_ons").equals(after.drop(columns="add_ons"))
    there = read_project(elsewhere, restored)
    assert (len(there.evidence.quotes), len(there.overrides), len(there.ratings)) == (1, 1, 1)
    assert read_project(elsewhere, restored).expectation("own-1").note == "è ✓ \u202e"
    assert len(history(elsewhere, restored)) == len(history(database, project_id)) + 1  # its journal, and the restoring


def test_it_can_stand_beside_the_one_it_was_made_from(database, project_id, edition):
    restored = restore_project(database, AT_HOME, project_file(database, AT_HOME, project_id), editions={edition.id})

    assert restored != project_id
    assert len(list_projects(database)) == 2


def test_a_file_from_before_codes_ended_is_read(database, project_id, edition):
    """Its room has no end of the code: the new code that it gets has one."""
    open_workshop(database, AT_HOME, project_id)
    envelope = json.loads(gzip.decompress(project_file(database, AT_HOME, project_id)))
    body = json.loads(envelope["body"])
    for row in body["tables"]["workshop"]:
        del row["code_ends_at"]
    text = json.dumps(body)
    old = envelope | {"schema": "0006", "body": text, "sum": hashlib.sha256(text.encode()).hexdigest()}
    restored = restore_project(database, AT_HOME, gzip.compress(json.dumps(old).encode()), editions={edition.id})

    assert not workshop_of(database, restored).has_ended


def damaged(content: bytes, **changes) -> bytes:
    envelope = json.loads(gzip.decompress(content))
    return gzip.compress(json.dumps(envelope | changes).encode())


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda content: b"hello", "restore.problem.not_a_project"),
        (lambda content: b"", "restore.problem.not_a_project"),
        (lambda content: gzip.compress(b"[1]"), "restore.problem.not_a_project"),
        (lambda content: gzip.compress(b"{" * 5000), "restore.problem.not_a_project"),
        (lambda content: content[:-200], "restore.problem.not_a_project"),
        (lambda content: damaged(content, sum="0"), "restore.problem.damaged"),
        (lambda content: damaged(content, body="{}"), "restore.problem.damaged"),
        (lambda content: damaged(content, schema="9999"), "restore.problem.version"),
        (lambda content: damaged(content, format=2), "restore.problem.version"),
        (lambda content: gzip.compress(b"0" * (65 * 2**20)), "restore.problem.large"),
    ],
)
def test_a_bad_file_is_refused_with_a_reason_and_nothing_is_changed(
    sqlite_database, functional_map, edition, spoil, problem
):
    one = create_sample(sqlite_database, AT_HOME, functional_map, edition.id, "en")
    content = project_file(sqlite_database, AT_HOME, one)
    with pytest.raises(ProjectError) as caught:
        restore_project(sqlite_database, AT_HOME, spoil(content), editions={edition.id})

    assert caught.value.problems[0][0] == problem
    assert [project.id for project in list_projects(sqlite_database)] == [one]


def test_an_edition_that_is_not_here_is_named(sqlite_database, functional_map, edition):
    one = create_sample(sqlite_database, AT_HOME, functional_map, edition.id, "en")
    with pytest.raises(ProjectError) as caught:
        restore_project(sqlite_database, AT_HOME, project_file(sqlite_database, AT_HOME, one), editions={"1999"})

    assert caught.value.problems == [("restore.problem.edition", {"edition": edition.id})]


def test_a_reader_may_not_restore(sqlite_database):
    with pytest.raises(NotAllowedError):
        restore_project(sqlite_database, Person("r", "Reader", "team"), b"", editions=set())
