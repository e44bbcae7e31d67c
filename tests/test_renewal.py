"""The yearly renewal without a screen: files and workbooks that keep every value, drafts, choices, publication."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functional_map.changes import ItemChanges
from functional_map.model import Text
from interface.language import texts
from tests.synthetic import write_edition
from vendors.check import check_content, check_folder
from vendors.compare import carried, differences
from vendors.draft import (
    StaleDraftError,
    age_evidence,
    choose,
    current_draft,
    discard,
    merge,
    problems_of,
    publish_draft,
    start_draft,
)
from vendors.entries import Key, all_entries, compact, entries, product_of
from vendors.layout import FIRST_ROW, ID_ROW
from vendors.load import FOLDER, load_edition, read_edition, read_product, shipped_editions
from vendors.publish import (
    NotAdminError,
    PublishError,
    data_folder,
    editions,
    history,
    is_unchanged,
    newest_edition,
    next_ids,
    publication,
    republish,
)
from vendors.spreadsheet import edition_workbook
from vendors.spreadsheet_in import marked, read_workbook
from vendors.words import file_line, sentence
from vendors.write import edition_text, priors_text, product_text, write_text
from workshops.access import Person

ADMIN = Person("a", "Ada", "admin")
NOW = dt.datetime(2027, 3, 1, 9, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
EN = texts("vendors", "en")


@pytest.fixture
def base(data_folder, functional_map):
    """An installation whose newest edition is made up."""
    write_edition(data_folder / "editions" / "2026-9", functional_map, products=3)
    return load_edition(data_folder / "editions" / "2026-9")


@pytest.fixture
def draft(base):
    return start_draft(ADMIN, "2027", NOW)


@pytest.fixture
def item(draft):
    """An item that every product is rated on."""
    return next(
        one for one in draft.map.items if all(one in product.ratings for product in draft.edition.products.values())
    )


def workbook(draft, *products: str) -> bytes:
    return edition_workbook(
        draft.as_of(TODAY),
        all_entries(draft.edition),
        all_entries(draft.last_year),
        draft.map,
        EN,
        draft.stamp(TODAY),
        products=products,
    )


def changed(content: bytes, sheet: str, entry: str, **values) -> bytes:
    """A workbook in which somebody wrote values into the row of an entry."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = book[sheet]
    columns = {cell.value: cell.column for cell in cells[ID_ROW + 1] if cell.value}
    row = next(one for one in range(FIRST_ROW + 1, cells.max_row + 1) if cells.cell(one, 1).value == entry)
    for name, value in values.items():
        cells.cell(row, columns[name]).value = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def read(draft, content: bytes):
    return read_workbook(content, draft.map, list(draft.edition.products))


def upload(draft, content: bytes, analyst: str):
    return merge(ADMIN, read(draft, content), analyst=analyst, file=f"{analyst}.xlsx", now=NOW)


# files


@pytest.mark.parametrize(
    "path",
    sorted(
        path
        for folder in shipped_editions().values()
        for path in folder.glob("*.yaml")
        if path.name not in ("edition.yaml", "priors.yaml")
    ),
    ids=lambda path: path.stem,
)
def test_a_shipped_product_survives_its_own_file(path, functional_map, tmp_path):
    """Read, written and read again: the same entries, and the second writing changes no byte."""
    product, problems = read_product(path)
    assert not problems
    text = product_text(product.id, entries(product), functional_map)
    write_text(tmp_path / path.name, text)
    again, problems = read_product(tmp_path / path.name)

    assert not problems
    assert entries(again) == entries(product)
    assert product_text(again.id, entries(again), functional_map) == text


def test_a_rating_is_one_line_under_its_domain(edition, functional_map):
    product = next(iter(edition.products.values()))
    lines = product_text(product.id, entries(product), functional_map).splitlines()
    first = next(item for item in functional_map.items if item in product.ratings)

    place = lines.index("ratings:")
    assert lines[place + 1] == f"  # {functional_map.domain_of[first]}"
    assert lines[place + 2].startswith(f"  {first}: {{rating: ")


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_survives_a_file(edition, functional_map, tmp_path_factory, note, name):
    """Quotes, braces, colons, line breaks, other scripts: what is written is what is read, control signs aside."""
    product = next(iter(edition.products.values()))
    found = entries(product)
    item = next(key for key in found if key.table == "ratings")
    about = found[Key("product", "")] | {"name": name or "x"}
    found |= {item: compact(found[item] | {"note": note}), Key("product", ""): compact(about)}
    path = tmp_path_factory.mktemp("text") / "p.yaml"
    write_text(path, product_text(product.id, found, functional_map))
    again, _ = read_product(path)

    assert entries(again)[item] == found[item]
    assert entries(again)[Key("product", "")].get("name", "") == found[Key("product", "")].get("name", "")


def test_the_text_of_an_edition_reads_back(edition, tmp_path, functional_map):
    write_text(tmp_path / "edition.yaml", edition_text(edition))
    write_text(tmp_path / "priors.yaml", priors_text({"donations": 1.25, "contact-record": 2.0}, functional_map))
    again, problems = read_edition(tmp_path)

    assert not problems
    assert (again.id, again.title, again.notes, again.rates.date) == (
        edition.id,
        edition.title,
        edition.notes,
        edition.rates.date,
    )
    assert dict(again.rates.per_euro) == dict(edition.rates.per_euro)
    assert dict(again.priors) == {"contact-record": 2.0, "donations": 1.25}


# workbooks


def test_a_workbook_that_nobody_touched_says_nothing_new(draft, item):
    reading = read(draft, workbook(draft))

    assert reading.problems == [] and reading.notices == []
    assert {product: dict(found) for product, found in reading.entries.items()} == {
        product: found
        | {Key("ratings", item): None for item in draft.map.items if product and Key("ratings", item) not in found}
        for product, found in all_entries(draft.edition).items()
    }


def test_a_workbook_of_some_products_holds_only_those(draft):
    reading = read(draft, workbook(draft, "product-01"))

    assert reading.problems == []
    assert set(reading.entries) == {"", "product-01"}


def test_the_french_workbook_is_read_alike(draft):
    content = edition_workbook(
        draft.edition,
        all_entries(draft.edition),
        all_entries(draft.edition),
        draft.map,
        texts("vendors", "fr"),
        draft.stamp(TODAY),
    )

    assert read(draft, content).entries == read(draft, workbook(draft)).entries


def test_text_stays_text(draft, item):
    """A note that looks like a formula is written and read as text."""
    reading = read(draft, changed(workbook(draft, "product-00"), "product-00", item, note="x"))
    reading.entries["product-00"][Key("ratings", item)] |= {"note": '=HYPERLINK("http://evil")'}
    after, _ = merge(ADMIN, reading, analyst="Ana", file="a.xlsx", now=NOW)
    again = read(after, workbook(after, "product-00"))

    assert again.problems == []
    assert again.entries["product-00"][Key("ratings", item)]["note"] == '=HYPERLINK("http://evil")'


def test_a_formula_is_refused_with_its_cell(draft, item):
    content = changed(workbook(draft, "product-00"), "product-00", item, rating="=1+1")
    problem = read(draft, content).problems[0]

    assert (problem.key, problem.sheet) == ("cell.formula", "product-00")
    assert problem.cell.endswith(str(FIRST_ROW + 1 + list(draft.map.items).index(item)))
    assert "paste its value" in sentence(problem, EN)


def test_problems_are_marked_in_the_same_workbook(draft, item):
    content = changed(workbook(draft, "product-00"), "product-00", item, rating=7, basis="guess")
    problems = read(draft, content).problems
    book = openpyxl.load_workbook(io.BytesIO(marked(content, problems, EN)))

    assert [one.key for one in problems] == ["cell.level", "cell.choice"]
    for problem in problems:
        cell = book["product-00"][problem.cell]
        assert sentence(problem, EN) in cell.comment.text
        assert cell.fill.fgColor.rgb.endswith("F3A683")


def test_last_year_stands_beside_this_year_and_is_locked(draft, item):
    after, _ = upload(
        draft,
        changed(workbook(draft, "product-00"), "product-00", item, rating=0, basis="assessed", note="gone"),
        "Ana",
    )
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(after, "product-00")))["product-00"]
    columns = {cell.value: cell.column for cell in sheet[ID_ROW + 1] if cell.value}
    row = FIRST_ROW + 1 + list(draft.map.items).index(item)
    last = draft.last_year.products["product-00"].ratings.get(item)

    assert sheet.cell(row, columns["rating"]).value == 0
    assert sheet.cell(row, columns["before.rating"]).value == (last.rating if last else None)
    assert sheet.protection.sheet
    assert sheet.cell(row, columns["before.rating"]).protection.locked
    assert not sheet.cell(row, columns["rating"]).protection.locked
    assert sheet.freeze_panes == "C4"
    assert any(one.type == "list" and '"0,1,2,3,4"' in one.formula1 for one in sheet.data_validations.dataValidation)


# drafts


def test_only_an_admin_renews(base):
    for role in ("consultant", "team", "participant"):
        with pytest.raises(NotAdminError):
            start_draft(Person("c", "Cy", role), "2027", NOW)


def test_a_draft_starts_as_a_copy_of_the_newest_edition(base, draft):
    assert all_entries(draft.edition) == all_entries(base)
    assert (draft.id, draft.base, draft.revision) == ("2027", "2026-9", 0)
    assert newest_edition() == "2026-9"  # a draft is not an edition
    with pytest.raises(PublishError):
        start_draft(ADMIN, "2027", NOW)


def test_two_analysts_who_change_different_lines_are_merged(draft, item):
    fresh = workbook(draft, "product-00", "product-01")
    upload(
        draft,
        changed(
            fresh,
            "product-00",
            item,
            rating=1,
            basis="assessed",
            note="Ana saw it",
            sources=None,
            plan=None,
            without=None,
        ),
        "Ana",
    )
    after, told = upload(
        draft,
        changed(
            fresh,
            "product-01",
            item,
            rating=2,
            basis="assessed",
            note="Ben saw it",
            sources=None,
            plan=None,
            without=None,
        ),
        "Ben",
    )

    assert (told.changed, told.choices, after.revision) == (1, 0, 2)
    assert after.edition.products["product-00"].ratings[item].note == "Ana saw it"
    assert after.edition.products["product-01"].ratings[item].note == "Ben saw it"
    assert draft.edition.products["product-00"].ratings != after.edition.products["product-00"].ratings


def test_two_analysts_who_differ_get_a_choice_and_no_silent_winner(draft, item):
    fresh = workbook(draft, "product-00")
    clean = {"sources": None, "plan": None, "without": None, "basis": "assessed"}
    upload(draft, changed(fresh, "product-00", item, rating=1, note="Ana saw it", **clean), "Ana")
    after, told = upload(draft, changed(fresh, "product-00", item, rating=3, note="Ben saw it", **clean), "Ben")

    assert (told.changed, told.choices) == (0, 1)
    choice = after.choices[0]
    assert (choice.kept["rating"], choice.kept_by, choice.offers[0].record["rating"], choice.offers[0].analyst) == (
        1,
        "Ana",
        3,
        "Ben",
    )
    assert after.edition.products["product-00"].ratings[item].rating == 1
    with pytest.raises(PublishError, match=r"publish\.problem\.choices"):
        publish(after)

    third, _ = upload(after, changed(fresh, "product-00", item, rating=2, note="Cleo saw it", **clean), "Cleo")
    assert [one.analyst for one in third.choices[0].offers] == ["Ben", "Cleo"]
    settled = choose(ADMIN, {choice.id: "Ben"}, NOW)
    assert settled.choices == ()
    assert settled.edition.products["product-00"].ratings[item].note == "Ben saw it"


def test_keeping_the_draft_settles_a_choice(draft, item):
    fresh = workbook(draft, "product-00")
    clean = {"sources": None, "plan": None, "without": None, "basis": "assessed"}
    upload(draft, changed(fresh, "product-00", item, rating=1, note="Ana", **clean), "Ana")
    after, _ = upload(draft, changed(fresh, "product-00", item, rating=3, note="Ben", **clean), "Ben")
    settled = choose(ADMIN, {after.choices[0].id: ""}, NOW)

    assert settled.choices == ()
    assert settled.edition.products["product-00"].ratings[item].note == "Ana"


def test_the_same_change_twice_is_no_choice(draft, item):
    content = changed(
        workbook(draft, "product-00"),
        "product-00",
        item,
        rating=1,
        basis="assessed",
        note="seen",
        sources=None,
        plan=None,
        without=None,
    )
    upload(draft, content, "Ana")
    _, told = upload(draft, content, "Ben")

    assert (told.changed, told.choices) == (0, 0)


def test_an_untouched_copy_never_takes_back_what_another_did(draft, item):
    """Two people fill in copies of the same workbook; the second one's unchanged cells change nothing."""
    fresh = workbook(draft, "product-00")
    upload(
        draft,
        changed(
            fresh,
            "product-00",
            item,
            rating=1,
            basis="assessed",
            note="Ana",
            sources=None,
            plan=None,
            without=None,
        ),
        "Ana",
    )
    after, told = upload(draft, fresh, "Ben")

    assert (told.changed, told.choices) == (0, 0)
    assert after.edition.products["product-00"].ratings[item].note == "Ana"


def test_who_goes_back_on_a_change_is_asked(draft, item):
    """The same name uploads the workbook without the change: a correction, or a colleague's copy. Somebody decides."""
    fresh = workbook(draft, "product-00")
    upload(
        draft,
        changed(
            fresh,
            "product-00",
            item,
            rating=1,
            basis="assessed",
            note="Ana",
            sources=None,
            plan=None,
            without=None,
        ),
        "Ana",
    )
    after, told = upload(draft, fresh, "Ana")

    assert (told.changed, told.choices) == (0, 1)
    assert after.edition.products["product-00"].ratings[item].note == "Ana"


def test_an_emptied_line_is_not_rated(draft):
    item = next(iter(draft.edition.products["product-00"].ratings))
    empty = dict.fromkeys(
        ("rating", "plan", "without", "add_on", "basis", "confidence", "sources", "on", "by", "searched", "note")
    )
    after, _ = upload(draft, changed(workbook(draft, "product-00"), "product-00", item, **empty), "Ana")

    assert item not in after.edition.products["product-00"].ratings
    assert item in after.edition.products["product-00"].not_rated


def test_a_workbook_with_problems_changes_nothing(draft, item):
    with pytest.raises(PublishError, match=r"draft\.problem\.workbook"):
        upload(draft, changed(workbook(draft, "product-00"), "product-00", item, rating=9), "Ana")

    assert current_draft().revision == 0


def test_a_new_product_comes_in_by_its_own_lines(draft):
    """Its line on the sheet of products names it; it then keeps the draft from publication until it has plans."""
    content = workbook(draft, "product-00", "nova")
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["Product"]
    row = next(one for one in range(FIRST_ROW + 1, sheet.max_row + 1) if sheet.cell(one, 1).value == "nova")
    assert (
        "required" in {one.key.removeprefix("cell.") for one in read(draft, content).problems}
        or read(draft, content).problems
    )
    about = {
        "name": "Nova",
        "publisher": "Nova",
        "country": "FR",
        "kind": "mid-market",
        "website": "https://nova.example",
        "summary_en": "New.",
        "summary_fr": "Neuf.",
        "for_whom_en": "All.",
        "for_whom_fr": "Tous.",
        "licence": "proprietary",
    }
    columns = {cell.value: cell.column for cell in sheet[ID_ROW + 1] if cell.value}
    for name, value in about.items():
        sheet.cell(row, columns[name]).value = value
    target = io.BytesIO()
    book.save(target)
    after, _ = upload(draft, target.getvalue(), "Ana")

    assert after.edition.products["nova"].name == "Nova"
    assert "check.no_plan" in {one.key for one in problems_of(after, TODAY) if one.product == "nova"}


def test_a_product_is_taken_out_when_its_line_says_so(draft):
    content = changed(workbook(draft), "Product", "product-02", remove="yes")
    after, _ = upload(draft, content, "Ana")

    assert set(after.edition.products) == {"product-00", "product-01"}


def test_a_line_that_is_missing_changes_nothing(draft):
    book = openpyxl.load_workbook(io.BytesIO(workbook(draft, "product-00")))
    book["product-00"].delete_rows(FIRST_ROW + 1, 100)
    book["Sources"].delete_rows(FIRST_ROW + 1, 100)
    target = io.BytesIO()
    book.save(target)
    reading = read(draft, target.getvalue())
    after, told = merge(ADMIN, reading, analyst="Ana", file="a.xlsx", now=NOW)

    assert [one.key for one in reading.notices] == ["cell.missing_rows"]
    assert told.changed == 0
    assert all_entries(after.edition) == all_entries(draft.edition)


def test_old_evidence_counts_for_less(draft):
    """The made-up sources are of November 2026: 24 months later they are fresh, 49 months later they prove nothing."""
    assert not [one for one in problems_of(draft, dt.date(2028, 11, 20)) if one.key == "check.too_old"]
    later = dt.datetime(2030, 12, 21, tzinfo=dt.UTC)
    old = [one for one in problems_of(draft, later.date()) if one.key == "check.too_old"]
    documented = sum(
        rating.basis == "documented"
        for product in draft.edition.products.values()
        for rating in product.ratings.values()
    )
    assert len(old) == documented > 0
    after = age_evidence(ADMIN, later)

    assert not [one for one in problems_of(after, later.date()) if one.key in ("check.too_old", "check.old")]
    assert {rating.basis for product in after.edition.products.values() for rating in product.ratings.values()} == {
        "assessed"
    }


# publication


def publish(draft, **other):
    told = {
        "signed": "Ada Lovelace",
        "note": "Renewed.",
        "title": Text("Edition 2027", "Édition 2027"),
        "notes": draft.edition.notes,
        "now": NOW,
    } | other
    return publish_draft(ADMIN, draft, **told)


def published(edition_id):
    return load_edition(editions()[edition_id])


def test_a_published_edition_is_whole_signed_and_passes_every_check(draft, functional_map):
    edition_id = publish(draft)
    folder = editions()[edition_id]

    assert newest_edition() == "2027" and current_draft() is None
    assert [EN(one.key, **one.values) for one in check_folder(folder)] == []
    edition = load_edition(folder)
    assert set(edition.priors) == set(functional_map.items)
    assert (edition.published, edition.year) == (TODAY, 2027)
    signed = publication(folder)
    assert (signed.signed, signed.note, signed.by, signed.base) == ("Ada Lovelace", "Renewed.", "Ada", "2026-9")
    assert [one["action"] for one in history()] == ["publish", "start-draft"]
    assert not [one for one in data_folder().iterdir() if one.name.startswith(".new")]


def test_priors_are_the_mean_of_the_evidenced_levels(draft):
    """Stored with the edition, so that they never move again: (a + b + c) / 3 of three documented levels."""
    edition = published(publish(draft))
    item = next(
        one
        for one in edition.priors
        if sum(
            one in product.ratings and product.ratings[one].basis == "documented"
            for product in edition.products.values()
        )
        == 3
    )
    levels = [product.ratings[item].rating for product in edition.products.values()]

    assert edition.priors[item] == pytest.approx(sum(levels) / 3, abs=0.005)


def test_an_edition_is_not_published_without_a_name_and_a_note(draft):
    with pytest.raises(PublishError) as error:
        publish(draft, signed=" ", note="")

    assert [key for key, _ in error.value.problems] == ["publish.problem.signed", "publish.problem.note"]
    assert "2027" not in editions() and current_draft() is not None


def test_an_edition_with_problems_is_not_published(draft, item):
    after, _ = upload(
        draft,
        changed(workbook(draft, "product-00"), "product-00", item, rating=2, basis="documented", sources=None),
        "Ana",
    )
    with pytest.raises(PublishError, match=r"publish\.problem\.problems"):
        publish(after)

    assert "2027" not in editions()


def test_a_draft_that_moved_on_is_not_published_by_mistake(draft):
    age_evidence(ADMIN, NOW)
    with pytest.raises(StaleDraftError):
        publish(draft)


def test_a_change_after_publication_is_seen(draft):
    edition_id = publish(draft)
    folder = editions()[edition_id]
    assert is_unchanged(folder)
    path = folder / "product-00.yaml"
    path.write_text(path.read_text().replace("Made up", "Made down", 1))

    assert not is_unchanged(folder)


def test_the_previous_edition_comes_back_as_a_newer_one(base, draft):
    publish(draft)
    again = republish(ADMIN, "2026-9", signed="Ada", note="2027 was wrong", now=NOW)

    assert again == newest_edition() == "2027-2"
    assert all_entries(load_edition(editions()[again])) == all_entries(base)
    assert "2027" in editions()  # projects that use it keep it
    assert next_ids() == ["2028", "2027-3"]
    with pytest.raises(NotAdminError):
        republish(Person("c", "Cy", "consultant"), "2026-9", signed="Cy", note="no", now=NOW)


def test_a_half_written_edition_is_never_seen(draft, monkeypatch):
    """The power fails before the rename: no edition, the draft is still there, and it can be published later."""

    def fail(*_):
        raise OSError("power")

    with monkeypatch.context() as patch:
        patch.setattr("vendors.publish.os.rename", fail)
        with pytest.raises(PublishError, match=r"publish\.problem\.disk"):
            publish(draft)

    assert "2027" not in editions() and current_draft() is not None


def test_a_draft_can_be_given_up(draft):
    discard(ADMIN, draft, NOW)

    assert current_draft() is None
    assert [one["action"] for one in history()] == ["discard-draft", "start-draft"]


def test_the_journal_survives_a_cut_line(draft):
    with (data_folder() / "history.jsonl").open("a") as file:
        file.write('{"at": "2027-03-01T')

    assert [one["action"] for one in history()] == ["start-draft"]


def test_a_shipped_edition_cannot_be_replaced(data_folder, functional_map):
    write_edition(data_folder / "editions" / "2026", functional_map, products=1)

    assert editions()["2026"] == FOLDER / "2026"


# differences and what carries over


def test_nothing_changed_is_said(base, functional_map):
    same = ItemChanges({item: (item,) for item in functional_map.items}, ())

    assert differences(base, base, same).is_empty


def test_differences_name_levels_bases_and_prices(base, draft):
    item = next(
        one.item_id
        for one in base.products["product-00"].ratings.values()
        if one.rating == 2 and one.basis == "assessed"
    )
    content = changed(workbook(draft, "product-00"), "product-00", item, rating=4)
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["Plans and prices"]
    columns = {cell.value: cell.column for cell in sheet[ID_ROW + 1] if cell.value}
    sheet.cell(FIRST_ROW + 1, columns["amount"]).value = 99.5
    target = io.BytesIO()
    book.save(target)
    after, _ = upload(draft, target.getvalue(), "Ana")
    found = differences(base, after.edition, ItemChanges({one: (one,) for one in after.map.items}, ()), {item: 0.1})

    assert found.counts() == {"up": 1, "down": 0, "rated": 0, "unrated": 0, "basis": 0, "plan": 0, "evidence": 0}
    row = found.ratings.iloc[0]
    assert (row["product"], row["item"], row["before"], row["after"], row["weight"]) == ("product-00", item, 2, 4, 0.1)
    assert found.prices[["product", "entry", "field", "after"]].values.tolist() == [
        ["product-00", "basic", "amount", "99.5"]
    ]


def test_changes_that_weigh_most_in_open_projects_come_first(base, functional_map):
    old = all_entries(base)["product-00"]
    rated = [key.id for key in old if key.table == "ratings"][:3]
    product, _ = product_of(
        "product-00",
        old | {Key("ratings", one): old[Key("ratings", one)] | {"note": "again"} for one in rated},
        functional_map.items,
    )
    after = dataclasses.replace(base, products={**base.products, "product-00": product})
    same = ItemChanges({item: (item,) for item in functional_map.items}, ())

    assert differences(base, after, same, {rated[2]: 0.5, rated[0]: 0.2}).ratings["item"].tolist() == [
        rated[2],
        rated[0],
        rated[1],
    ]


def test_a_renamed_item_keeps_its_rating_and_a_split_one_is_to_be_confirmed():
    documented = {"rating": 3, "basis": "documented", "confidence": "high", "sources": ("kb",)}
    found = {
        "p": {
            Key("ratings", "old"): documented,
            Key("ratings", "whole"): documented,
            Key("ratings", "left"): documented,
            Key("ratings", "right"): {"rating": 1, "basis": "assessed", "confidence": "low", "note": "weak"},
        }
    }
    changes = ItemChanges(
        {"old": ("new",), "whole": ("one", "two"), "left": ("both",), "right": ("both",), "gone": ()}, ("fresh",)
    )
    after = carried(found, changes)["p"]

    assert changes.renamed == {"old": "new"} and changes.retired == ("gone",)
    assert after[Key("ratings", "new")] == documented
    assert {after[Key("ratings", one)]["basis"] for one in ("one", "two", "both")} == {"assessed"}
    assert after[Key("ratings", "both")]["rating"] == 1  # the lower of 3 and 1
    assert Key("ratings", "fresh") not in after


def test_problems_read_in_both_languages(draft):
    """Every sentence of a rule has a place and reads in English and in French."""
    later = dt.date(2031, 1, 1)
    for problem in problems_of(draft, later)[:5]:
        for language in ("en", "fr"):
            assert problem.entry in file_line(problem, texts("vendors", language))


def test_the_synthetic_edition_passes(base, functional_map):
    assert check_content(base, functional_map) == []
