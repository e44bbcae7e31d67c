"""Demonstrations: the scale and its spread, the levels seen, the script, and the sheets in the store."""

from __future__ import annotations

import dataclasses
import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

from scoring.offers import offers
from scoring.seen import with_seen
from workshops.access import AT_HOME, NotAllowedError, Person
from workshops.assess import Assessment, assess
from workshops.decide.demonstrations import (
    SCENES,
    Sheet,
    Wording,
    assemble,
    seen_ratings,
    sus_score,
    usability,
    worth_seeing,
)
from workshops.evidence import NOTHING_YET, Demonstration, Score, ScriptLine
from workshops.model import ProjectError
from workshops.prepare.sample import create_sample
from workshops.store import schema
from workshops.store.database import utc_now
from workshops.store.demonstrations import (
    add_line,
    cancel_demonstration,
    change_line,
    demonstrations_of,
    drop_line,
    own_sheet,
    plan_demonstration,
    reveal_scores,
    revealed_sheets,
    save_answer,
    save_comment,
    save_score,
    save_script,
    scorers_of,
    script_of,
)
from workshops.store.privacy import erase_participant, kept_about
from workshops.store.projects import StaleError, delete_project, history, read_project
from workshops.store.transfer import project_file, restore_project
from workshops.store.votes import join, open_workshop, participant_by_token, remove_participant

ME = dataclasses.replace(AT_HOME, name="Ada")
TEAM = [Person(f"p{number}", name, "team") for number, name in enumerate(("Bea", "Cem", "Dan"))]
DAY = dt.date(2026, 11, 20)
WORDING = Wording(
    show=lambda question, asked: f"{question} {asked}", look_for=lambda asked, below: f"{asked} | {below}"
)
LINE = ScriptLine("", "sla", "service", 0, 3, "decisive", "A customer calls.", "Which deadline?")


def held(product="alpha", plan="pro", day=DAY) -> Demonstration:
    return Demonstration("d", "p", product, plan, day, True, 0)


def sheet(name: str, level: int | None = None, answers=None) -> Sheet:
    return Sheet(name, (Score("l1", "less", level),), answers or {})


def problem(attempt) -> str:
    with pytest.raises(ProjectError) as caught:
        attempt()
    return caught.value.problems[0][0]


# ---------------------------------------------------------------- the scale


def test_the_scale_by_its_published_rule():
    """Brooke (1996): odd items score - 1, even items 5 - score, sum x 2.5. His worked example gives 22 x 2.5 = 55."""
    brooke = dict(enumerate((5, 4, 2, 1, 2, 3, 2, 4, 5, 2), start=1))

    assert sus_score(brooke) == 55  # odd 4+1+1+1+4 = 11, even 1+4+2+1+3 = 11
    assert sus_score(dict.fromkeys(range(1, 11), 3)) == 50  # all in the middle: ten times 2
    assert sus_score({one: 5 if one % 2 else 1 for one in range(1, 11)}) == 100
    assert sus_score({one: 1 if one % 2 else 5 for one in range(1, 11)}) == 0


@pytest.mark.parametrize("answers", [{}, dict.fromkeys(range(1, 10), 3), dict.fromkeys(range(1, 11), 6)])
def test_an_incomplete_scale_has_no_score(answers):
    with pytest.raises(ValueError, match="ten questions"):
        sus_score(answers)


def all_at(odd: int, even: int) -> dict[int, int]:
    return {one: odd if one % 2 else even for one in range(1, 11)}


def test_the_mean_comes_with_its_sample_and_spread():
    """Scores 50, 75 and 100: mean 75, s = 25, half-width 4.303 x 25 / sqrt 3 = 62.1, cut to the scale."""
    found = usability(
        [
            (
                held(),
                [sheet("a", answers=all_at(3, 3)), sheet("b", answers=all_at(4, 2)), sheet("c", answers=all_at(5, 1))],
            )
        ]
    )["alpha"]

    assert (found.scores, found.mean, found.deviation) == ((50, 75, 100), 75, 25)
    assert found.low == pytest.approx(75 - 62.11, abs=0.01)
    assert found.high == 100
    assert found.enough


def test_below_three_people_the_mean_is_told_but_does_not_count():
    one = usability([(held(), [sheet("a", answers=all_at(4, 2))])])["alpha"]
    two = usability([(held(), [sheet("a", answers=all_at(4, 2)), sheet("b", answers=all_at(4, 2))])])["alpha"]

    assert (one.mean, one.deviation, one.low, one.high, one.enough) == (75, None, 0, 100, False)
    assert (two.mean, two.deviation, two.enough) == (75, 0, False)


def test_an_unfinished_scale_is_left_out():
    assert usability([(held(), [sheet("a", answers={1: 3})])]) == {}


# ---------------------------------------------------------------- levels seen


def test_the_level_seen_is_the_lower_median_and_disagreement_widens():
    """2, 3 and 3: median 3, mean distance 1/3; 1 and 3: lower median 1, mean distance 1; one person alone: 0.75."""
    three = seen_ratings([(held(), [sheet("a", 2), sheet("b", 3), sheet("c", 3)])], {"l1": "sla"})[0]
    two = seen_ratings([(held(), [sheet("a", 1), sheet("b", 3)])], {"l1": "sla"})[0]
    alone = seen_ratings([(held(), [sheet("a", 2), sheet("b", None)])], {"l1": "sla"})[0]
    agreed = seen_ratings([(held(), [sheet("a", 2), sheet("b", 2), sheet("c", 2)])], {"l1": "sla"})[0]

    assert (three.level, three.half_width, three.people) == (3, pytest.approx(1 / 3), ("a", "b", "c"))
    assert (two.level, two.half_width) == (1, 1)
    assert (alone.level, alone.half_width, alone.people) == (2, 0.75, ("a",))
    assert (agreed.half_width, agreed.on) == (0.25, DAY)


def test_the_later_demonstration_counts():
    later = held(day=DAY + dt.timedelta(days=7))
    found = seen_ratings([(held(), [sheet("a", 1)]), (later, [sheet("a", 3)])], {"l1": "sla"})

    assert [(one.level, one.on) for one in found] == [(3, later.held_on)]


@pytest.fixture
def three_plans():
    """alpha has sla at 3 from pro on (assessed: 1.5 to 4), and 0 below; notes need the add-on `box`."""
    ratings = pd.DataFrame(
        [("alpha", "sla", 3.0, 1.5, 1, 0.0, "", False), ("alpha", "notes", 4.0, 0.5, 0, 0.0, "box", True)],
        columns=["product", "item", "level", "half_width", "place", "without", "add_on", "known"],
    )
    plans = pd.DataFrame({"product": ["alpha"] * 3, "plan": ["basic", "pro", "top"], "place": [0, 1, 2]})
    return offers(ratings, plans, pd.Series({"sla": 2.0, "notes": 2.0, "sso": 2.0}))


def seen(item: str, level: float, add_on: str = "") -> pd.DataFrame:
    return pd.DataFrame(
        [("alpha", 1, item, level, 0.25, add_on)],
        columns=["product", "place", "item", "level", "half_width", "add_on"],
    )


def ends(table, plan: str, item: str) -> tuple[float, float, float]:
    return tuple(getattr(table, name).at[f"alpha/{plan}", item] for name in ("low", "central", "high"))


def test_what_was_seen_narrows_its_plan_and_bounds_the_others(three_plans):
    after = with_seen(three_plans, seen("sla", 2.0))

    assert ends(after, "pro", "sla") == (1.75, 2, 2.25)  # was 1.5 to 4
    assert ends(after, "top", "sla") == (1.75, 3, 4)  # at least what pro has
    assert ends(after, "basic", "sla") == ends(three_plans, "basic", "sla") == (0, 0, 1.5)
    assert after.known.at["alpha/pro", "sla"] and not after.known.at["alpha/top", "sla"]
    assert three_plans.central.at["alpha/pro", "sla"] == 3  # what was known before is not touched


def test_what_nobody_rated_is_known_after_it_was_seen(three_plans):
    after = with_seen(three_plans, seen("sso", 3.0))

    assert ends(after, "pro", "sso") == (2.75, 3, 3.25)
    assert ends(after, "basic", "sso") == (0, 2, 3.25)  # at most what pro has
    assert ends(after, "top", "sso") == (2.75, 3, 4)
    assert after.rated.at["alpha/pro", "sso"] and not after.rated.at["alpha/basic", "sso"]


def test_an_interval_holds_what_is_likely_after_a_surprise():
    """Rated 1 (0 to 2) under both plans, seen at 3 (2 to 4) on the lower one: the higher has at least that."""
    ratings = pd.DataFrame(
        [("alpha", "sla", 1.0, 1.0, 0, 0.0, "", True)],
        columns=["product", "item", "level", "half_width", "place", "without", "add_on", "known"],
    )
    plans = pd.DataFrame({"product": ["alpha"] * 2, "plan": ["basic", "pro"], "place": [0, 1]})
    both = offers(ratings, plans, pd.Series({"sla": 2.0}))
    shown = pd.DataFrame(
        [("alpha", 0, "sla", 3.0, 1.0, "")], columns=["product", "place", "item", "level", "half_width", "add_on"]
    )

    assert ends(with_seen(both, shown), "pro", "sla") == (2, 3, 3)


def test_an_add_on_that_is_not_bought_stays_unseen(three_plans):
    after = with_seen(three_plans, seen("notes", 4.0, "box"))

    pd.testing.assert_frame_equal(after.central, three_plans.central)


# ---------------------------------------------------------------- script


@pytest.fixture
def project_id(database, functional_map, edition):
    return create_sample(database, ME, functional_map, edition.id, "en")


def at_work(database, project_id, edition, functional_map) -> Assessment:
    return assess(read_project(database, project_id), edition, functional_map)


def test_the_script_is_decisive_or_uncertain_and_follows_the_day(sqlite_database, edition, functional_map):
    project_id = create_sample(sqlite_database, ME, functional_map, edition.id, "en")
    assessment = at_work(sqlite_database, project_id, edition, functional_map)
    lines = assemble(assessment, "fr", WORDING, 12)
    why = worth_seeing(assessment, 12)

    assert len(lines) == len(why) == 12
    assert {line.item_id for line in lines} == set(why)
    assert {line.why for line in lines} <= {"must-have", "decisive", "uncertain"}
    scenes = [list(SCENES).index(line.scene) for line in lines]
    assert scenes == sorted(scenes)
    assert [line.place for line in lines] == list(range(12))
    first = lines[0]
    assert first.text.startswith(functional_map.items[first.item_id].question["fr"])
    assert first.look_for.startswith(functional_map.level_text(first.item_id, first.level, "fr"))
    assert all(assessment.project.asked()[line.item_id] == line.level for line in lines)


def test_every_domain_of_the_map_has_its_moment(functional_map):
    named = {domain for domains in SCENES.values() for domain in domains}

    assert named <= {domain.id for domain in functional_map.domains}


def test_a_script_is_written_changed_and_its_past_kept(database, project_id):
    save_script(database, ME, project_id, [LINE, dataclasses.replace(LINE, item_id="notes", scene="morning")])
    second, first = script_of(database, project_id)  # the morning is played first, whatever was written first
    change_line(database, ME, project_id, first.id, {"level": 4, "text": "Longer"}, version=first.version)
    with pytest.raises(StaleError):
        change_line(database, ME, project_id, first.id, {"level": 1}, version=first.version)
    drop_line(database, ME, project_id, second.id)
    add_line(database, ME, project_id, dataclasses.replace(LINE, item_id="sso", scene="service"))

    assert [(one.item_id, one.level, one.place) for one in script_of(database, project_id)] == [
        ("sla", 4, 0),
        ("sso", 3, 1),
    ]
    assert history(database, project_id, "sla")[0]["before"] == {"level": 3, "text": "A customer calls."}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"level": 5}, "script.problem.level"),
        ({"level": 0}, "script.problem.level"),
        ({"text": "  "}, "script.problem.text"),
        ({"look_for": "x" * 2001}, "script.problem.long"),
        ({"item_id": "other"}, "script.problem.field"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused(sqlite_database, edition, functional_map, changes, sentence):
    project_id = create_sample(sqlite_database, ME, functional_map, edition.id, "en")
    save_script(sqlite_database, ME, project_id, [LINE])
    line = script_of(sqlite_database, project_id)[0]

    assert problem(lambda: change_line(sqlite_database, ME, project_id, line.id, changes, version=1)) == sentence
    assert problem(lambda: add_line(sqlite_database, ME, project_id, LINE)) == "script.problem.twice"
    assert script_of(sqlite_database, project_id) == [line]


# ---------------------------------------------------------------- sheets


def enrol(database, project_id, people) -> None:
    """Give people an account, and make them members of the project."""
    with database.writing() as connection:
        for one in people:
            account = {"id": one.id, "login": f"{one.id}@example.org", "name": one.name, "role": one.role}
            connection.execute(schema.account.insert().values(**account, created_at=utc_now()))
            connection.execute(schema.member.insert().values(project_id=project_id, account_id=one.id))


@pytest.fixture
def shown(database, project_id):
    """A demonstration with one line in the script: its id and the line's; the team are members."""
    enrol(database, project_id, TEAM)
    save_script(database, ME, project_id, [LINE])
    demonstration_id = plan_demonstration(
        database,
        ME,
        project_id,
        product_id="product-00",
        plan_id="pro",
        held_on=DAY,
        known=["product-00/pro"],
    )
    return demonstration_id, script_of(database, project_id)[0].id


def test_scores_stay_hidden_then_count(database, project_id, shown, edition, functional_map):
    demonstration_id, line_id = shown
    before = at_work(database, project_id, edition, functional_map)
    for person, answers in zip(TEAM, (all_at(3, 3), all_at(4, 2), all_at(5, 1)), strict=True):
        save_score(database, person, demonstration_id, Score(line_id, "as-asked", effort=1))
        for question, answer in answers.items():
            save_answer(database, person, demonstration_id, question, answer)

    assert scorers_of(database, demonstration_id) == [("Bea", 1, 10), ("Cem", 1, 10), ("Dan", 1, 10)]
    assert revealed_sheets(database, demonstration_id) == ()
    assert read_project(database, project_id).evidence == NOTHING_YET
    assert read_project(database, project_id).revision == before.project.revision  # nothing to recompute
    reveal_scores(database, ME, demonstration_id)
    after = at_work(database, project_id, edition, functional_map)
    offer = "product-00/pro"

    assert after.offers.central.at[offer, "sla"] == 3
    assert (after.offers.low.at[offer, "sla"], after.offers.high.at[offer, "sla"]) == (2.75, 3.25)
    assert after.basis(offer, "sla") == "tested"
    assert after.basis("product-01/pro", "sla") == before.basis("product-01/pro", "sla")
    assert after.ergonomics.loc["product-00"].tolist() == [pytest.approx(12.89, abs=0.01), 75, 100]
    assert after.ergonomics.loc["product-01"].tolist() == before.ergonomics.loc["product-01"].tolist()
    assert edition.products["product-00"].ratings.get("sla") is before.edition.products["product-00"].ratings.get("sla")
    assert history(database, project_id)[0]["after"] == {"scorers": 3}
    reveal_scores(database, ME, demonstration_id, revealed=False)
    assert read_project(database, project_id).evidence == NOTHING_YET


def test_a_second_answer_of_a_person_replaces_the_first_until_revealed(database, project_id, shown):
    demonstration_id, line_id = shown
    bea = TEAM[0]
    save_score(database, bea, demonstration_id, Score(line_id, "as-asked", effort=1))
    save_score(database, bea, demonstration_id, Score(line_id, "less", 1, effort=3, comment=" slow "))
    save_comment(database, bea, demonstration_id, "Hm")

    assert own_sheet(database, bea, demonstration_id) == Sheet("Bea", (Score(line_id, "less", 1, 3, "slow"),), {}, "Hm")
    assert len(scorers_of(database, demonstration_id)) == 1
    reveal_scores(database, ME, demonstration_id)
    for attempt in (
        lambda: save_score(database, bea, demonstration_id, Score(line_id, "as-asked")),
        lambda: save_answer(database, bea, demonstration_id, 1, 5),
        lambda: save_comment(database, bea, demonstration_id, "late"),
    ):
        assert problem(attempt) == "score.problem.revealed"
    assert [(one.level, one.people) for one in read_project(database, project_id).evidence.seen] == [(1, ("Bea",))]


@pytest.mark.parametrize(
    ("score", "sentence"),
    [
        (Score("", "perhaps"), "score.problem.outcome"),
        (Score("", "less", 3), "score.problem.level"),  # what was asked is not less
        (Score("", "less", -1), "score.problem.level"),
        (Score("", "as-asked", effort=4), "score.problem.effort"),
        (Score("", "as-asked", comment="x" * 2001), "score.problem.comment"),
    ],
)
def test_a_forged_score_is_refused(database, shown, score, sentence):
    demonstration_id, line_id = shown

    assert (
        problem(lambda: save_score(database, TEAM[0], demonstration_id, dataclasses.replace(score, line_id=line_id)))
        == sentence
    )
    assert scorers_of(database, demonstration_id) == []


@pytest.mark.parametrize(("question", "answer"), [(0, 3), (11, 3), (1, 0), (1, 6), (1, True)])
def test_a_forged_answer_is_refused(sqlite_database, edition, functional_map, question, answer):
    project_id = create_sample(sqlite_database, ME, functional_map, edition.id, "en")
    enrol(sqlite_database, project_id, TEAM)
    demonstration_id = plan_demonstration(
        sqlite_database, ME, project_id, product_id="a", plan_id="b", held_on=DAY, known=["a/b"]
    )

    assert (
        problem(lambda: save_answer(sqlite_database, TEAM[0], demonstration_id, question, answer))
        == "score.problem.answer"
    )


def test_who_may_score_and_who_may_lead(database, project_id, shown, functional_map, edition):
    demonstration_id, line_id = shown
    room = open_workshop(database, ME, project_id)
    token = join(database, room.code, name="Eve", team="sales", teams=("sales",))
    _, participant = participant_by_token(database, room.code, token)
    eve = Person(participant.id, participant.name, "participant")
    save_score(database, eve, demonstration_id, Score(line_id, "as-asked"))
    for stranger in (Person("someone", "X", "participant"), Person("someone", "X", "team")):
        with pytest.raises(NotAllowedError):
            save_score(database, stranger, demonstration_id, Score(line_id, "as-asked"))
    remove_participant(database, ME, room.id, eve.id)
    with pytest.raises(NotAllowedError):
        save_answer(database, eve, demonstration_id, 1, 1)
    for who in (eve, TEAM[0]):
        for attempt in (
            lambda who: reveal_scores(database, who, demonstration_id),
            lambda who: save_script(database, who, project_id, []),
            lambda who: cancel_demonstration(database, who, demonstration_id),
        ):
            with pytest.raises(NotAllowedError):
                attempt(who)
    assert problem(lambda: cancel_demonstration(database, ME, demonstration_id)) == "demonstration.problem.scored"
    assert problem(lambda: save_answer(database, AT_HOME, demonstration_id, 1, 1)) == "score.problem.name"


def test_nothing_is_revealed_while_nobody_scored(database, project_id, shown):
    demonstration_id, _ = shown

    assert problem(lambda: reveal_scores(database, ME, demonstration_id)) == "demonstration.problem.nobody"
    assert problem(lambda: reveal_scores(database, ME, "gone")) == "demonstration.problem.gone"
    cancel_demonstration(database, ME, demonstration_id)
    assert demonstrations_of(database, project_id) == []


def test_ten_phones_at_once_lose_nothing(database, project_id, shown):
    """Ten people answer the ten questions twice, some of them in the same instant."""
    demonstration_id, line_id = shown
    people = [Person(f"x{number}", f"P{number}", "team") for number in range(10)]
    enrol(database, project_id, people)

    def fill(place: int) -> None:
        for answer in (1, 1 + place % 5):
            for question in range(1, 11):
                save_answer(database, people[place], demonstration_id, question, answer)
        save_score(database, people[place], demonstration_id, Score(line_id, "as-asked"))

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(fill, range(10)))

    assert [row[1:] for row in scorers_of(database, demonstration_id)] == [(1, 10)] * 10
    for place, person in enumerate(people):
        assert set(own_sheet(database, person, demonstration_id).answers.values()) == {1 + place % 5}


def test_demonstrations_travel_with_the_project_and_go_with_it(database, project_id, shown, edition):
    demonstration_id, line_id = shown
    save_score(database, TEAM[0], demonstration_id, Score(line_id, "as-asked"))
    save_answer(database, TEAM[0], demonstration_id, 1, 4)
    reveal_scores(database, ME, demonstration_id)
    copy = restore_project(database, ME, project_file(database, ME, project_id), editions={edition.id})

    assert read_project(database, copy).evidence.seen == read_project(database, project_id).evidence.seen
    delete_project(database, ME, project_id)
    assert demonstrations_of(database, project_id) == []
    assert len(demonstrations_of(database, copy)) == 1


def test_who_is_erased_leaves_no_name_in_the_sheets(database, project_id, shown):
    demonstration_id, line_id = shown
    room = open_workshop(database, ME, project_id)
    token = join(database, room.code, name="Eve", team="sales", teams=("sales",))
    participant = participant_by_token(database, room.code, token)[1]
    eve = Person(participant.id, participant.name, "participant")
    save_score(database, eve, demonstration_id, Score(line_id, "less", 1, comment="It was me"))
    save_answer(database, eve, demonstration_id, 1, 4)
    kept = kept_about(database, ME, project_id, eve.id)
    assert [(row["level"], row["line_comment"]) for row in kept["demonstrations"]] == [(1, "It was me")]
    assert [(row["question"], row["answer"]) for row in kept["usability"]] == [(1, 4)]
    erase_participant(database, ME, project_id, eve.id)
    reveal_scores(database, ME, demonstration_id)

    assert revealed_sheets(database, demonstration_id) == (Sheet("–", (Score(line_id, "less", 1),), {1: 4}),)


def test_a_demonstration_is_prepared_once(database, project_id, shown):
    """The same product under the same plan on the same day would split the scores of the team."""
    one = demonstrations_of(database, project_id)[0]
    offer = f"{one.product_id}/{one.plan_id}"
    same = {"product_id": one.product_id, "plan_id": one.plan_id, "known": [offer]}
    with pytest.raises(ProjectError) as found:
        plan_demonstration(database, ME, project_id, held_on=one.held_on, **same)

    assert found.value.problems == [("demonstration.problem.twice", {})]
    plan_demonstration(database, ME, project_id, held_on=one.held_on + dt.timedelta(days=1), **same)
    assert len(demonstrations_of(database, project_id)) == 2


def test_a_scene_moves_to_another_moment_of_the_day(database, project_id):
    """The morning is played before the customer calls, whatever was written first."""
    add_line(database, ME, project_id, dataclasses.replace(LINE, item_id="notes", scene="service"))
    add_line(database, ME, project_id, dataclasses.replace(LINE, item_id="sla", scene="sale"))
    assert [line.item_id for line in script_of(database, project_id)] == ["sla", "notes"]
    line = script_of(database, project_id)[1]
    change_line(database, ME, project_id, line.id, {"scene": "morning"}, version=line.version)

    assert [line.item_id for line in script_of(database, project_id)] == ["notes", "sla"]
    with pytest.raises(ProjectError) as found:
        change_line(database, ME, project_id, line.id, {"scene": "night"}, version=line.version + 1)
    assert found.value.problems == [("script.problem.scene", {})]
