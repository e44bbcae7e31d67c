"""Shortlist, Compare and How sure: every tab in both languages, actions that act, the same numbers everywhere."""

from __future__ import annotations

import datetime as dt
import html
import io
import re

import openpyxl
import pytest

from exports.delivery import Delivery
from exports.scorecard import scorecard
from functional_map.load import load_map
from interface.language import texts
from tests.synthetic import write_edition
from tests.test_pages import opened
from vendors.load import load_edition
from vendors.publish import editions
from workshops.access import AT_HOME
from workshops.assess import Assessment
from workshops.choose.cost_widgets import _Editor
from workshops.prepare.sample import create_sample
from workshops.store.database import database_url, open_database
from workshops.store.projects import read_project
from workshops.words import Words

TABS = {
    "shortlist": ("why", "left_out", "chart", "costs", "options", "check"),
    "compare": ("domains", "items", "gaps", "evidence", "costs"),
    "robustness": ("ranks", "weights", "teams", "methods", "decisive"),
}


@pytest.fixture(scope="module", autouse=True)
def data_folder(tmp_path_factory):
    """One installation for all tests here, each with a project of its own: an edition is read once."""
    folder = tmp_path_factory.mktemp("choose") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRM_DATA", str(folder))
        patch.delenv("DATABASE_URL", raising=False)
        write_edition(folder / "editions" / "2027-test", load_map(2026), products=14, seed=5)
        yield folder


@pytest.fixture
def sample():
    return create_sample(open_database(database_url()), AT_HOME, load_map(2026), "2027-test", "en")


@pytest.fixture(scope="module")
def untouched(data_folder):
    """One project for all that only looks."""
    return create_sample(open_database(database_url()), AT_HOME, load_map(2026), "2027-test", "en")


def tab_label(page: str, tab: str, language: str) -> str:
    t = texts("workshops", language)
    return t(f"{page}.{tab}") if page == "compare" else t(f"{page}.tab.{tab}")


def shown(app) -> str:
    """Everything that is read on the page, without tags."""
    return html.unescape(
        re.sub(r"<[^>]+>", " ", " ".join(one.value for one in [*app.html, *app.markdown, *app.caption]))
    )


def at_tab(page: str, tab: str, project: str, language: str = "en"):
    app = opened(f"workshops/choose/{page}_page.py", language, project)
    app.session_state[f"{page}_tabs"] = tab_label(page, tab, language)
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("page", "tab"), [(page, tab) for page, tabs in TABS.items() for tab in tabs])
def test_every_tab_opens(page, tab, language, untouched):
    app = at_tab(page, tab, untouched, language)

    assert not app.error
    assert app.html or app.info


def assessed(project: str) -> Assessment:
    edition = load_edition(editions()["2027-test"])
    return Assessment(read_project(open_database(database_url()), project), edition, load_map(edition.map_year))


def test_the_same_numbers_on_every_page_and_in_the_workbook(sample):
    assessment = assessed(sample)
    words = Words(assessment, texts("workshops", "en"))
    pages = {
        "shortlist": shown(opened("workshops/choose/shortlist_page.py", "en", sample)),
        "compare": shown(opened("workshops/choose/compare_page.py", "en", sample)),
        "ranks": shown(at_tab("robustness", "ranks", sample)),
    }
    content = scorecard(Delivery(assessment, "en", dt.date(2026, 11, 21)))
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    summary = {row[1].value: row for row in book.worksheets[0].iter_rows(min_row=2) if row[1].value}
    for offer, row in assessment.shortlist.listed.head(3).iterrows():
        fit, cost, chance = words.score(row["fit"]), words.money(row["cost"]), words.share(row["probability"])
        name = assessment.offer_name(str(offer))
        line = pages["shortlist"].split(name, 1)[1][:400]
        assert f" {fit} " in line and cost in line and f" {chance} " in line
        assert cost in pages["compare"] and f" {fit} " in pages["compare"] and f" {chance} " in pages["compare"]
        line = pages["ranks"].split("Mean rank", 1)[1].split(name, 1)[1][:200]
        assert f" {fit} " in line and f" {chance} " in line
        cells = summary[name]
        assert round(cells[3].value) == int(fit)
        assert round(cells[7].value) == round(row["cost"])
        assert cells[15].value == pytest.approx(row["probability"])


def test_a_figure_of_ones_own_is_written_and_shown(sample):
    """What the grid sends is checked and saved; the page then tells where the figure comes from."""
    assessment = assessed(sample)
    offer = str(assessment.shortlist.rows.index[0])
    editor = _Editor(assessment, Words(assessment, texts("workshops", "en")), offer, AT_HOME)

    assert editor.write({editor.what.index("price"): {"likely": 12.5, "note": "Quote 7"}}) == []
    known = assessed(sample)
    assert [(one.what, one.low, one.likely, one.high, one.note) for one in known.project.overrides] == [
        ("price", 12.5, 12.5, 12.5, "Quote 7")
    ]
    app = at_tab("shortlist", "costs", sample)
    assert "12.50 EUR per user and month, negotiated by the project. Quote 7" in shown(app)
    again = _Editor(known, Words(known, texts("workshops", "en")), offer, AT_HOME)
    assert again.table().loc[again.what.index("price"), "likely"] == 12.5
    # the one figure moves without its note, then is taken away
    assert again.write({again.what.index("price"): {"likely": 13.0}}) == []
    moved = assessed(sample)
    assert [(one.low, one.high, one.note) for one in moved.project.overrides] == [(13.0, 13.0, "Quote 7")]
    last = _Editor(moved, Words(moved, texts("workshops", "en")), offer, AT_HOME)
    assert last.write({last.what.index("price"): {"likely": None}}) == []
    assert assessed(sample).project.overrides == ()


def test_a_figure_that_cannot_be_used_gets_a_sentence(sample):
    assessment = assessed(sample)
    editor = _Editor(assessment, Words(assessment, texts("workshops", "en")), str(assessment.candidates[0]), AT_HOME)

    wrong = editor.write({editor.what.index("day-rate"): {"likely": 800.0, "low": 900.0}})
    assert wrong == [
        "Integrator's day rate: low must not be above your figure, nor high below it; nothing was changed."
    ]
    assert editor.write({editor.what.index("day-rate"): {"likely": -5.0}})
    assert assessed(sample).project.overrides == ()


def test_a_figure_from_an_old_screen_is_refused(sample):
    assessment = assessed(sample)
    editor = _Editor(assessment, Words(assessment, texts("workshops", "en")), str(assessment.candidates[0]), AT_HOME)
    row = editor.what.index("day-rate")
    editor.write({row: {"likely": 800.0}})

    assert "Somebody changed this figure" in editor.write({row: {"likely": 700.0}})[0]
    assert assessed(sample).project.overrides[0].likely == 800.0


def test_weights_moved_by_hand_are_tried_and_then_kept(sample):
    app = at_tab("robustness", "weights", sample)
    before = dict(read_project(open_database(database_url()), sample).weights)
    slider = next(one for one in app.slider if one.key.startswith("robustness_weight_leads_"))
    slider.set_value(20.0).run()

    assert not app.exception
    assert dict(read_project(open_database(database_url()), sample).weights) == before  # a trial saves nothing
    app.button(key="robustness_keep").click().run()
    assert not app.exception
    assert read_project(open_database(database_url()), sample).weights["leads"] == 20.0
    assert "saved" in app.success[0].value


def test_weights_moved_by_hand_go_back(sample):
    app = at_tab("robustness", "weights", sample)
    key = next(one.key for one in app.slider if one.key.startswith("robustness_weight_leads_"))
    was = app.slider(key=key).value
    app.slider(key=key).set_value(19.0).run()
    app.button(key="robustness_back").click().run()

    assert not app.exception
    assert app.slider(key=key).value == was
    assert "These are the agreed weights." in shown(app)


def test_a_condition_of_the_context_acts_at_once(sample):
    """No made-up product is sold for its own servers."""
    app = opened("workshops/choose/shortlist_page.py", "en", sample)
    app.multiselect(key=f"shortlist_deployment_{sample}").set_value(["on-premises"]).run()

    assert not app.exception
    assert read_project(open_database(database_url()), sample).context.deployment == ("on-premises",)
    assert any("No product passes every gate" in one.value for one in app.info)


def test_no_votes_says_what_to_do_next(sample):
    app = at_tab("robustness", "teams", sample)

    assert "No team has voted yet" in app.info[0].value


def test_teams_that_voted_are_compared(sample, monkeypatch):
    """Two teams, opposed on two items: their own ranks, and the items that divide them."""
    import pandas as pd

    import workshops.store.votes as store

    votes = pd.DataFrame(
        [
            (team, team, item, level)
            for team, level in (("sales", 4.0), ("it", 0.0))
            for item in ("donations", "lead-scoring")
        ],
        columns=["participant", "team", "item", "level"],
    )
    monkeypatch.setattr(store, "votes_by_team", lambda database, project_id: votes)
    app = at_tab("robustness", "teams", sample)

    assert "4 levels apart" in shown(app)
    assert "2 items" in shown(app)


def test_everything_fits_on_one_page_to_print(sample):
    app = opened("workshops/choose/compare_page.py", "en", sample)
    app.toggle(key="compare_print").set_value(True).run()

    assert not app.exception
    assert [one.value for one in app.subheader] == [
        "By domain",
        "Items that set them apart",
        "Gaps",
        "Evidence",
        "Costs",
    ]


def test_fewer_than_two_offers_are_not_compared(sample):
    app = opened("workshops/choose/compare_page.py", "en", sample)
    app.multiselect(key=f"compare_offers_{sample}").set_value([]).run()

    assert not app.exception
    assert "at least two" in app.info[0].value
