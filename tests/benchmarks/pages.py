"""The script's own time on a rerun: what a visitor waits for besides the network and the browser.

    python -m tests.benchmarks.pages

Pages run through app.py as in the tests, with 28 made-up products on the whole map; the clock stands around the script,
so that the test driver's own time does not count.
"""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path

import streamlit.runtime.scriptrunner.script_runner as runner
import streamlit.testing.v1.app_test as app_test
import streamlit.testing.v1.local_script_runner as local_runner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest

from functional_map.load import load_map
from interface.language import texts
from tests.benchmarks.measure import once, summed, tell
from tests.synthetic import write_edition
from workshops.store.database import Database

ROOT = Path(__file__).parents[2]
spent: list[tuple[float, float]] = []


def watch() -> None:
    """Put a clock around the execution of each script, compiled once for all runs as on a server."""
    compiled = ScriptCache()
    app_test.ScriptCache = local_runner.ScriptCache = lambda: compiled
    run = runner.exec_func_with_error_handling

    def clocked(*arguments: object, **options: object) -> object:
        found: list[object] = []
        spent.append(once(lambda: found.append(run(*arguments, **options))))
        return found[0]

    runner.exec_func_with_error_handling = clocked


def rerun(app: AppTest, change=lambda turn: None, times: int = 12):
    """Times of the script when something changes before each run."""
    found = []
    for turn in range(times):
        change(turn)
        spent.clear()
        app.run()
        assert not app.exception, app.exception
        found.append(tuple(sum(part) for part in zip(*spent, strict=True)))
    return summed(found[2:])


def opened(page: str, project: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.query_params["language"], app.query_params["project"] = "en", project
    app.run()
    app.switch_page(f"workshops/{page}_page.py").run()
    assert not app.exception, app.exception
    return app


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CRM_DATA"] = folder
        os.environ.pop("DATABASE_URL", None)
        write_edition(Path(folder) / "editions" / "2027-big", load_map(2026), products=28)
        measure()


def measure() -> None:
    # imported late: the data folder is read from the environment
    from workshops.access import AT_HOME
    from workshops.prepare.sample import create_sample
    from workshops.store.database import database_url, open_database
    from workshops.store.projects import read_project, save_expectations, save_weights

    database, functional_map = open_database(database_url()), load_map(2026)
    project = create_sample(database, AT_HOME, functional_map, "2027-big", "en")
    known, t = list(functional_map.items), texts("workshops", "en")
    item = next(one for one in read_project(database, project).asked() if one in functional_map.items)
    watch()

    shortlist = opened("choose/shortlist", project)
    budget = f"shortlist_budget_{project}"

    def another_budget(turn: int) -> None:
        shortlist.number_input(key=budget).set_value(600_000.0 + turn * 1_000)

    tell("Shortlist as it opens, nothing changed", rerun(shortlist), 200)
    tell("Shortlist as it opens, another budget each time", rerun(shortlist, another_budget), 200)

    shortlist.session_state["shortlist_tabs"] = t("shortlist.tab.chart")
    shortlist.run()
    tell("Shortlist, chart open, nothing changed", rerun(shortlist), 200)
    tell("Shortlist, chart open, another budget each time", rerun(shortlist, another_budget), 200)
    for tab in ("costs", "options", "check"):
        shortlist.session_state["shortlist_tabs"] = t(f"shortlist.tab.{tab}")
        shortlist.run()
        tell(f"Shortlist, {tab} open, another budget each time", rerun(shortlist, another_budget), 200)
    shortlist.session_state["shortlist_tabs"] = t("shortlist.tab.left_out")
    shortlist.run()
    tell("Shortlist, left-out open, another budget each time", rerun(shortlist, another_budget), 200)

    requirements = opened("rooms/requirements", project)

    def another_level(turn: int) -> None:
        level = 1 + turn % 4
        save_expectations(database, AT_HOME, project, known, {item: {"level": level, "must_have": False}})

    tell("Requirements, another level each time", rerun(requirements, another_level), 150)
    hand = opened("choose/robustness", project)
    hand.session_state["robustness_tabs"] = t("robustness.tab.weights")
    hand.run()
    key = next(one.key for one in hand.slider if one.key.startswith("robustness_weight_leads_"))

    def another_weight(turn: int) -> None:
        hand.slider(key=key).set_value(float(1 + turn))

    tell("How sure, a weight moved by hand each time", rerun(hand, another_weight), 150)
    context = opened("prepare/context", project)

    def another_saved_weight(turn: int) -> None:
        weights = dict(read_project(database, project).weights)
        save_weights(database, AT_HOME, project, weights | {next(iter(weights)): 5.0 + turn})

    tell("Context, another weight saved each time", rerun(context, another_saved_weight), 150)
    shortlist = opened("choose/shortlist", project)
    shortlist.session_state["shortlist_tabs"] = t("shortlist.tab.chart")
    shortlist.run()
    tell("Shortlist, chart open, another weight saved each time", rerun(shortlist, another_saved_weight), 150)
    compare = opened("choose/compare", project)
    tell("Compare, nothing changed", rerun(compare), 200)
    twelve_people_vote(database, project, known)
    requirements = opened("rooms/requirements", project)
    tell(
        "Requirements, another level each time, votes of 12 people in 4 teams", rerun(requirements, another_level), 150
    )


def twelve_people_vote(database: Database, project: str, items: list[str]) -> None:
    """Everybody answers every item, each around a level of the item's; on every fifth two teams are far apart."""
    from workshops.access import AT_HOME, Person
    from workshops.rooms.room import Answer
    from workshops.store.votes import join, open_workshop, participants_of, save_answers

    teams, chance = ("sales", "marketing", "service", "it"), random.Random(1)
    room = open_workshop(database, AT_HOME, project)
    for number in range(12):
        join(database, room.code, name=f"Person {number}", team=teams[number % 4], teams=teams)
    middle = {item: chance.choice((1, 2, 2, 3)) for item in items}
    far = {(item, team): level for item in items[::5] for team, level in (("sales", 4), ("it", 1))}
    for one, _ in participants_of(database, room.id):
        levels = {item: far.get((item, one.team), middle[item] + chance.choice((-1, 0, 0, 1))) for item in items}
        answers = [Answer(item, level) for item, level in levels.items()]
        save_answers(database, Person(one.id, one.name, "participant"), items, answers)


if __name__ == "__main__":
    main()
