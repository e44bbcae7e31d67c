"""Demonstrations: the script that every vendor plays, and what the sheets of those who watched come to."""

from __future__ import annotations

import dataclasses
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

import pandas as pd

from vendors.model import HALF_WIDTH
from workshops.assess import Assessment
from workshops.evidence import (
    FEWEST_SCORERS,
    LONGEST_TEXT,
    MOST_LINES,
    SUS_ANSWERS,
    SUS_QUESTIONS,
    Demonstration,
    Score,
    ScriptLine,
    Seen,
    Usability,
)

USUAL_LINES = 16  # five minutes each: an hour and twenty minutes
# the moments of a working day, with the domains that come up in them; other domains come last
SCENES: Mapping[str, tuple[str, ...]] = {
    "morning": ("activities-collaboration", "mobile-field"),
    "enquiry": ("marketing", "leads", "accounts-contacts", "data-quality"),
    "sale": ("opportunities", "quotes-orders-contracts"),
    "service": ("customer-service", "customer-experience"),
    "manager": ("forecasting-performance", "reporting"),
    "behind": (),
}
# two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom (any table of the distribution)
T_95 = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)


@dataclass(frozen=True)
class Sheet:
    """What one person noted during a demonstration."""

    name: str
    scores: tuple[Score, ...]
    answers: Mapping[int, int]  # question of the System Usability Scale -> 1 to 5
    comment: str = ""


# ---------------------------------------------------------------- usability


def sus_score(answers: Mapping[int, int]) -> float:
    """The System Usability Scale of one person, 0 to 100 (Brooke 1996).

    Odd items bring their answer minus 1, even items 5 minus their answer; the sum is multiplied by 2.5.

    Raises ValueError unless all ten questions are answered from 1 to 5.
    """
    if set(answers) != set(SUS_QUESTIONS) or any(one not in SUS_ANSWERS for one in answers.values()):
        raise ValueError("The System Usability Scale has ten questions, each answered from 1 to 5.")
    return 2.5 * sum(answer - 1 if question % 2 else 5 - answer for question, answer in answers.items())


def usability(held: Iterable[tuple[Demonstration, Sequence[Sheet]]]) -> dict[str, Usability]:
    """product -> its usability as measured; where a product was shown twice, the later demonstration counts.

    A sheet with less than ten answers has no score and is left out.
    """
    found: dict[str, Usability] = {}
    for one, sheets in held:
        scores = tuple(sus_score(sheet.answers) for sheet in sheets if len(sheet.answers) == len(SUS_QUESTIONS))
        if not scores:
            continue
        mean = statistics.fmean(scores)
        deviation = statistics.stdev(scores) if len(scores) > 1 else None
        low, high = 0.0, 100.0  # one person says nothing about the others
        if deviation is not None:
            half = T_95[min(len(scores) - 1, len(T_95)) - 1] * deviation / len(scores) ** 0.5
            low, high = max(mean - half, 0.0), min(mean + half, 100.0)
        found[one.product_id] = Usability(one.product_id, scores, mean, deviation, low, high, one.held_on)
    return found


# ---------------------------------------------------------------- levels seen


def seen_ratings(held: Iterable[tuple[Demonstration, Sequence[Sheet]]], items: Mapping[str, str]) -> tuple[Seen, ...]:
    """The levels that a team saw, by product and item; where one was shown twice, the later demonstration counts.

    items  line of the script -> item

    The level is the lower median, as for votes. The interval is that of a tested rating, of a declared one below
    three people, and never narrower than the mean distance of the people from the level.
    """
    found: dict[tuple[str, str], Seen] = {}
    for one, sheets in held:
        levels: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for sheet in sheets:
            for score in sheet.scores:
                if score.level is not None and score.line_id in items:
                    levels[items[score.line_id]].append((sheet.name, score.level))
        for item, given in levels.items():
            level = statistics.median_low(value for _, value in given)
            apart = statistics.fmean(abs(value - level) for _, value in given)
            narrow = HALF_WIDTH["tested" if len(given) >= FEWEST_SCORERS else "declared"]
            people = tuple(sorted({name for name, _ in given}))
            found[one.product_id, item] = Seen(
                one.product_id, one.plan_id, item, level, max(narrow, apart), people, one.held_on
            )
    return tuple(found.values())


@dataclass(frozen=True)
class LineResult:
    """What the team noted on one line of the script."""

    line: ScriptLine
    levels: Mapping[int, int]  # level seen -> people
    done: int  # people who saw it done as asked
    shown: int  # people who saw it shown at all
    people: int
    effort: float | None  # mean, from 1 (easy) to 3 (laborious)
    comments: tuple[tuple[str, str], ...]

    @property
    def level(self) -> int | None:
        """The lower median of the levels seen."""
        seen = [level for level, count in self.levels.items() for _ in range(count)]
        return statistics.median_low(seen) if seen else None


def line_results(lines: Iterable[ScriptLine], sheets: Sequence[Sheet]) -> list[LineResult]:
    """What the sheets say, line by line; lines that nobody scored are left out."""
    found = []
    for line in lines:
        given = [(sheet.name, score) for sheet in sheets for score in sheet.scores if score.line_id == line.id]
        if not given:
            continue
        efforts = [score.effort for _, score in given if score.effort is not None]
        found.append(
            LineResult(
                line,
                dict(Counter(score.level for _, score in given if score.level is not None)),
                done=sum(score.outcome == "as-asked" for _, score in given),
                shown=sum(score.outcome != "not-shown" for _, score in given),
                people=len(given),
                effort=statistics.fmean(efforts) if efforts else None,
                comments=tuple((name, score.comment) for name, score in given if score.comment),
            )
        )
    return found


# ---------------------------------------------------------------- script


def scene_of(domain: str) -> str:
    """The moment of the working day in which a domain comes up."""
    return next((scene for scene, domains in SCENES.items() if domain in domains), "behind")


def worth_seeing(assessment: Assessment, count: int = USUAL_LINES) -> dict[str, str]:
    """item -> why it is worth seeing, for as many items as asked for.

    First the must-haves that a listed offer likely meets but that are to be confirmed; then in turn the item that sets
    the listed offers furthest apart, and the item on which least is known of them, both in points of fit.

    Raises NothingAskedError while nothing is asked.
    """
    listed = assessment.shortlist.listed.index
    if listed.empty:
        return {}
    to_confirm = assessment.gates.to_confirm
    chosen = dict.fromkeys(
        to_confirm.loc[(to_confirm["gate"] == "must-have") & to_confirm["offer"].isin(listed), "condition"].head(count),
        "must-have",
    )
    weight = assessment.fit.item_weights
    central = assessment.fit.covered.loc[listed]
    apart = (central.max() - central.min()) * weight
    unknown = (assessment.generous.covered.loc[listed] - assessment.cautious.covered.loc[listed]).mean() * weight
    in_turn = zip_longest(_best(apart, "decisive"), _best(unknown, "uncertain"))
    for pair in chain.from_iterable(in_turn):
        if len(chosen) >= count:
            break
        if pair:  # one list may end before the other
            chosen.setdefault(*pair)
    return chosen


def _best(worth: pd.Series, why: str) -> list[tuple[str, str]]:
    ordered = worth[worth > 1e-9].sort_values(ascending=False, kind="stable")
    return [(str(item), why) for item in ordered.index]


@dataclass(frozen=True)
class Wording:
    """How an item is put to a vendor.

    show      makes what is played of the item's question and of the sentence of the level asked
    look_for  makes what to look for of the sentence of the level asked and of the one below
    """

    show: Callable[[str, str], str]
    look_for: Callable[[str, str], str]


def assemble(assessment: Assessment, language: str, wording: Wording, count: int = USUAL_LINES) -> list[ScriptLine]:
    """The script of a project, in the order of a working day and then of the map."""
    why = worth_seeing(assessment, min(count, MOST_LINES))
    order, scenes = {item: place for place, item in enumerate(assessment.domains.index)}, list(SCENES)
    lines = [line_for(assessment, item, reason, language, wording) for item, reason in why.items()]
    lines.sort(key=lambda line: (scenes.index(line.scene), order[line.item_id]))
    return [dataclasses.replace(line, place=place) for place, line in enumerate(lines)]


def line_for(assessment: Assessment, item_id: str, why: str, language: str, wording: Wording) -> ScriptLine:
    """The line of the script that an item gives."""
    level = int(assessment.project.asked().get(item_id) or 2)
    scene = scene_of(str(assessment.domains[item_id]))
    if item_id not in assessment.map.items:  # added by the project: no written levels
        own = next(one for one in assessment.project.own_items if one.id == item_id)
        return ScriptLine("", item_id, scene, 0, level, why, own.label, own.definition)
    item, functional_map = assessment.map.items[item_id], assessment.map
    question = item.question[language] + (f" {item.example[language]}" if item.example else "")
    asked, below = (functional_map.level_text(item_id, one, language) for one in (level, level - 1))
    text = wording.show(question, asked)
    return ScriptLine("", item_id, scene, 0, level, why, text[:LONGEST_TEXT], wording.look_for(asked, below))
