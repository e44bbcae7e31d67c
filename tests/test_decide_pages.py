"""The Decide and Score pages: through app.py, and in a browser from the script to the recorded decision."""

from __future__ import annotations

import datetime as dt

import pytest
from docx import Document
from streamlit.testing.v1 import AppTest

from functional_map.load import load_map
from tests.conftest import settle, unfold
from workshops.access import AT_HOME, Person
from workshops.evidence import CRITERIA, Score
from workshops.prepare.sample import create_sample
from workshops.store.database import database_url, open_database
from workshops.store.decisions import decisions_of
from workshops.store.demonstrations import (
    demonstrations_of,
    own_sheet,
    plan_demonstration,
    reveal_scores,
    save_score,
    script_of,
)
from workshops.store.projects import read_project, save_context, save_settings
from workshops.store.votes import join, open_workshop, participant_by_token

TODAY = dt.date.today().isoformat()


@pytest.fixture
def sample(installed):
    """The sample on a made-up edition, with conditions that every product meets."""
    import dataclasses

    database = open_database(database_url())
    project_id = create_sample(database, AT_HOME, load_map(2026), "2027-test", "en")
    project = read_project(database, project_id)
    free = dataclasses.replace(
        project.context,
        budget=9_000_000.0,
        ergonomics=None,
        deployment=(),
        hosting_regions=(),
        languages=(),
        company_size="",
    )
    save_context(database, AT_HOME, project_id, free)
    save_settings(database, AT_HOME, project_id, dataclasses.replace(project.settings, policy="lenient"))
    return project_id


def decide_page(project: str, part: str = "script", language: str = "en") -> AppTest:
    app = AppTest.from_file("../app.py", default_timeout=60)
    app.query_params["language"], app.query_params["project"] = language, project
    app.run().switch_page("workshops/decide/decide_page.py").run()
    app.segmented_control(key="decide_part").set_value(part).run()
    assert not app.exception
    return app


def click(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    app.run()
    assert not app.exception
    return app


def write_a_script(project: str) -> None:
    click(decide_page(project), "Write the script")


def someone(database, project: str) -> Person:
    """A member of the team who has joined the room."""
    room = open_workshop(database, AT_HOME, project)
    token = join(database, room.code, name="Bea", team="sales", teams=("sales",))
    person = participant_by_token(database, room.code, token)[1]
    return Person(person.id, person.name, "participant")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("part", ["script", "demonstrations", "team", "quotes", "choice"])
def test_every_part_opens(sample, part, language):
    write_a_script(sample)

    assert decide_page(sample, part, language).title[0].value == {"en": "Decide", "fr": "Décider"}[language]


def test_the_script_is_written_at_a_click_and_changed(sample):
    write_a_script(sample)
    database = open_database(database_url())
    lines = script_of(database, sample)
    app = decide_page(sample)

    assert len(lines) == 16
    line = lines[0]
    app.text_area(key=f"decide_text_{line.id}_1").set_value("Another scene")
    click(app, "Save the scenario")
    assert script_of(database, sample)[0].text == "Another scene"


def test_a_demonstration_on_a_day_that_is_none_is_refused(sample):
    app = decide_page(sample, "demonstrations")
    app.selectbox(key="decide_new_offer").select_index(0)
    app.text_input(key="decide_new_day").set_value("soon")
    click(app, "Prepare it")

    assert "is not a date" in app.error[0].value
    assert demonstrations_of(open_database(database_url()), sample) == []


def test_fewer_than_three_scorers_is_said(sample):
    write_a_script(sample)
    database = open_database(database_url())
    app = decide_page(sample, "demonstrations")
    app.selectbox(key="decide_new_offer").select_index(0)
    click(app, "Prepare it")
    shown = demonstrations_of(database, sample)[0]
    bea = someone(database, sample)
    save_score(database, bea, shown.id, Score(script_of(database, sample)[0].id, "as-asked", effort=1, comment="<b>!"))
    app.run()
    assert any("Bea: 1 of 16 scenarios" in one.value for one in app.html)
    assert not any("Done as asked" in one.value for one in app.html)  # hidden
    click(app, "Reveal the scores")

    assert any("Fewer than 3 people scored" in one.value for one in app.warning)
    assert any("Done as asked" in one.value for one in app.html)
    assert not any("<b>!" in one.value for one in app.html)


def test_a_quote_in_an_unknown_currency_is_refused(sample):
    app = decide_page(sample, "quotes")
    app.selectbox(key="decide_quote_offer").select_index(0)
    app.number_input(key="decide_quote_yearly").set_value(12_000.0)
    app.text_input(key="decide_quote_currency").set_value("XYZ")
    click(app, "Take the quote")

    assert "no rate for XYZ" in app.error[0].value
    app.text_input(key="decide_quote_currency").set_value("usd")
    click(app, "Take the quote")
    assert [one.currency for one in read_project(open_database(database_url()), sample).evidence.quotes] == ["USD"]
    assert any("Against the estimate" in one.value for one in app.html)


def test_a_decision_needs_reasons_and_is_kept(sample):
    someone(open_database(database_url()), sample)
    app = decide_page(sample, "choice")
    app.selectbox(key="decide_choice").select_index(0)
    click(app, "Record this decision")
    assert "Give the reasons" in app.error[0].value
    app.text_area(key="decide_reasons").set_value("It *fits*.")
    app.text_area(key="decide_dissent_what_0").set_value("too dear: really")
    click(app, "Record this decision")
    assert "A dissenting opinion has a name" in app.error[0].value
    click(app, "Another opinion")
    app.selectbox(key="decide_dissent_who_0").select("Bea")
    click(app, "Record this decision")

    found = decisions_of(open_database(database_url()), sample)
    assert [(one.reasons, one.dissent) for one in found] == [("It *fits*.", (("Bea", "too dear: really"),))]
    assert app.success[0].value.startswith("The decision is recorded")
    assert app.text_area(key="decide_reasons").value == app.text_area(key="decide_dissent_what_0").value == ""
    assert not [box for box in app.text_area if box.key == "decide_dissent_what_1"]  # one row again


def test_who_took_part_is_offered_as_the_one_who_judges(sample):
    """Who judged once is proposed for what is still open; a judgement without a name is refused."""
    database = open_database(database_url())
    someone(database, sample)
    app = decide_page(sample, "team")
    product = app.segmented_control(key="decide_product").value
    assert app.selectbox(key=f"decide_by_{product}_exit_0").options == ["Bea"]
    app.segmented_control(key=f"decide_score_{product}_exit_0").set_value(3)
    app.text_input(key=f"decide_reason_{product}_exit_0").set_value("All data in one file")
    save = next(place for place, one in enumerate(CRITERIA) if one == "exit")
    saves = [button for button in app.button if button.label == "Save"]
    saves[save].click().run()
    assert "Say who judges so" in app.error[0].value
    app.selectbox(key=f"decide_by_{product}_exit_0").select("Bea")
    [button for button in app.button if button.label == "Save"][save].click().run()
    assert not app.exception

    found = read_project(database, sample).evidence.suitability
    assert [(one.criterion, one.score, one.by) for one in found] == [("exit", 3, "Bea")]
    assert app.selectbox(key=f"decide_by_{product}_skills_0").value == "Bea"


def test_a_quote_that_expired_is_said_and_the_form_is_empty_again(sample):
    app = decide_page(sample, "quotes")
    app.selectbox(key="decide_quote_offer").select_index(0)
    app.number_input(key="decide_quote_yearly").set_value(12_000.0)
    app.text_input(key="decide_quote_dated").set_value("2026-01-01")
    app.text_input(key="decide_quote_valid").set_value("2026-01-31")
    click(app, "Take the quote")

    assert app.warning[0].value.startswith("Expired, and still counted")
    assert app.number_input(key="decide_quote_yearly").value is None
    app.segmented_control(key="decide_part").set_value("choice").run()
    assert any(one.value.startswith("Quote expired, to be confirmed") for one in app.caption)


def test_without_an_envelope_the_matrix_says_that_the_budget_is_left_out(sample):
    import dataclasses

    database = open_database(database_url())
    context = read_project(database, sample).context
    save_context(database, AT_HOME, sample, dataclasses.replace(context, budget=None))
    app = decide_page(sample, "choice")

    assert [one for one in app.caption if "so the budget is left out" in one.value]
    assert not any("Budget ·" in one.value for one in app.html)


def test_weights_that_all_are_nothing_are_refused(sample):
    app = decide_page(sample, "choice")
    for part in ("need", "team", "budget", "ergonomics"):
        app.number_input(key=f"decide_part_{part}_0").set_value(0.0)
    click(app, "Save the weights")

    assert "At least one part" in app.error[0].value


# ---------------------------------------------------------------- the phone


@pytest.fixture
def phone(sample):
    """A member of the team who has joined, and an open demonstration."""
    write_a_script(sample)
    database = open_database(database_url())
    room = open_workshop(database, AT_HOME, sample)
    token = join(database, room.code, name="Bea", team="sales", teams=("sales",))
    shown = plan_demonstration(
        database,
        AT_HOME,
        sample,
        product_id="product-00",
        plan_id="pro",
        held_on=dt.date(2026, 11, 20),
        known=["product-00/pro"],
    )
    app = AppTest.from_file("../app.py", default_timeout=60)
    app.query_params["join"], app.query_params["p"] = room.code, token
    app.run().switch_page("workshops/decide/score_page.py").run()
    assert not app.exception
    person = participant_by_token(database, room.code, token)[1]
    return app, Person(person.id, person.name, "participant"), shown


def test_each_tap_on_the_phone_is_saved(sample, phone):
    app, bea, shown = phone
    database = open_database(database_url())
    line = script_of(database, sample)[0]
    app.segmented_control(key=f"score_outcome_{shown}_{line.id}").set_value("less").run()
    app.radio(key=f"score_level_{shown}_{line.id}").set_value(0).run()
    app.segmented_control(key=f"score_effort_{shown}_{line.id}").set_value(3).run()
    app.segmented_control(key="score_part").set_value("ease").run()
    for question in range(1, 11):
        app.segmented_control(key=f"score_sus_{shown}_{question}").set_value(3).run()
    assert not app.exception

    sheet = own_sheet(database, bea, shown)
    assert [(one.outcome, one.level, one.effort) for one in sheet.scores] == [("less", 0, 3)]
    assert dict(sheet.answers) == dict.fromkeys(range(1, 11), 3)
    assert app.success[0].value.startswith("All ten answered")


def test_after_the_reveal_the_phone_is_told(sample, phone):
    app, bea, shown = phone
    database = open_database(database_url())
    line = script_of(database, sample)[0]
    save_score(database, bea, shown, Score(line.id, "as-asked"))
    reveal_scores(database, AT_HOME, shown)
    app.segmented_control(key=f"score_outcome_{shown}_{line.id}").set_value("less").run()

    assert not app.exception
    assert [one.outcome for one in own_sheet(database, bea, shown).scores] == ["as-asked"]


def test_a_phone_gets_no_other_page(sample, phone):
    app, _, _ = phone
    app.switch_page("workshops/decide/score_page.py").run()

    assert not app.button(key="score_next").disabled
    assert not [box for box in app.selectbox if box.key == "project"]


# ---------------------------------------------------------------- in the browser


@pytest.mark.browser
def test_from_the_script_to_the_decision(visit):
    lead = visit()
    lead.get_by_role("button", name="Open the sample").click()
    lead.get_by_text("Is open").wait_for()
    lead.get_by_test_id("stSidebarNav").get_by_text("Decide", exact=True).click()
    settle(lead)
    lead.get_by_role("button", name="Write the script").click()
    lead.get_by_text("16 scenarios, for about 80 minutes").wait_for()
    lead.get_by_role("radio", name="Demonstrations").click()
    lead.get_by_label("Product · plan that is shown").click()
    lead.get_by_role("option").first.click()
    lead.get_by_role("button", name="Prepare it").click()
    lead.get_by_text("Nobody has scored yet.").wait_for()
    unfold(lead, "decide_join")
    lead.get_by_role("button", name="Open the room").click()
    lead.locator("img[alt^='Code to scan']").wait_for()
    code = lead.locator("p.num").inner_text().replace(" ", "")

    phone = visit(f"score?join={code}", phone=True)
    phone.get_by_label("Your name").fill("Bea")
    phone.get_by_label("Your team").click()
    phone.get_by_role("option").first.click()
    phone.get_by_role("button", name="Join", exact=True).click()
    phone.get_by_role("radio", name="Done as asked").click()
    phone.get_by_role("radio", name="Easy").click()
    phone.get_by_text("Scenarios 1/16").wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.reload()  # what was tapped is still there
    settle(phone)
    phone.get_by_text("Scenarios 1/16").wait_for()
    assert phone.get_by_role("radio", name="Done as asked").get_attribute("aria-checked") == "true"

    lead.get_by_text("Bea: 1 of 16 scenarios, 0 of 10 questions").wait_for()
    assert lead.get_by_text("Done as asked").count() == 0
    lead.get_by_role("button", name="Reveal the scores").click()
    lead.get_by_text("Fewer than 3 people scored").wait_for()
    lead.get_by_text("1 of 1").first.wait_for()
    phone.get_by_text("The scores are revealed: this sheet is closed.").wait_for()

    lead.get_by_role("radio", name="Decision").click()
    lead.get_by_text("It stays first unless").or_(lead.get_by_text("No weight of a single part")).wait_for()
    lead.get_by_text("Record the decision", exact=True).click()
    settle(lead)
    # a run that begins late draws the list anew and closes it: the arrow opens it wherever it stands
    choice = lead.locator(".st-key-decide_choice").get_by_role("combobox")
    choice.click()
    lead.wait_for_timeout(1_000)
    choice.press("ArrowDown")
    lead.get_by_role("option").first.click()
    lead.get_by_label("Reasons", exact=True).fill("It fits best.")
    who = lead.locator(".st-key-decide_dissent_who_0").get_by_role("combobox")
    who.click()
    who.fill("Zoé")  # nobody whom the project knows
    lead.keyboard.press("Enter")
    lead.get_by_label("What they think").fill("Too dear")
    lead.get_by_role("button", name="Record this decision").click()
    lead.get_by_text("Decision that stands").wait_for()
    lead.reload()
    settle(lead)
    lead.get_by_text("was chosen on").wait_for()
    lead.get_by_test_id("stSidebarNav").get_by_text("Exports", exact=True).click()
    settle(lead)
    with lead.expect_download() as made:
        lead.locator(".st-key-exports_decision button").click()
    text = "\n".join(cell.text for table in Document(made.value.path()).tables for cell in table._cells)
    assert "Zoé" in text
    assert "Too dear" in text
