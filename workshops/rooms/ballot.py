"""What a participant is asked: the items in scope, in batches of one domain, those of the own team first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from functional_map.model import LEVELS, FunctionalMap
from workshops.model import OwnItem, Project
from workshops.rooms.room import NO_TEAM, Answer, batches


@dataclass(frozen=True)
class Batch:
    """Items of one domain that are answered in one go."""

    id: str
    domain: str
    part: int  # from 1
    parts: int
    items: tuple[str, ...]  # what the team is asked, then the rest
    asked: int  # how many of them concern the team

    @property
    def concerns(self) -> tuple[str, ...]:
        """The items that are asked of the team."""
        return self.items[: self.asked]


def items_in_scope(project: Project, functional_map: FunctionalMap) -> dict[str, tuple[str, ...]]:
    """domain -> its items that are asked about, own items last; domains without weight are out of scope."""
    found = {}
    for domain in functional_map.domains:
        if not project.weights.get(domain.id, 0):
            continue
        known = [item.id for item in domain.items] + [one.id for one in project.own_items if one.domain == domain.id]
        if kept := tuple(item_id for item_id in known if project.expectation(item_id).in_scope):
            found[domain.id] = kept
    return found


@lru_cache(maxsize=512)
def ballot(project: Project, functional_map: FunctionalMap, team: str) -> tuple[Batch, ...]:
    """The batches of a team, in the order of the map; inside a batch the team's items first, decisive ones leading."""
    found = []
    for domain, items in items_in_scope(project, functional_map).items():
        parts = batches(items)
        for place, part in enumerate(parts, start=1):
            concerned = [one for one in part if concerns(functional_map, one, team)]
            concerned.sort(key=lambda one: not _decisive(functional_map, one))  # stable: the order of the map holds
            ordered = [*concerned, *(one for one in part if one not in concerned)]
            batch_id = domain if len(parts) == 1 else f"{domain}.{place}"
            found.append(Batch(batch_id, domain, place, len(parts), tuple(ordered), len(concerned)))
    return tuple(found)


def concerns(functional_map: FunctionalMap, item_id: str, team: str) -> bool:
    """Whether a team is asked about an item; own items, and people of no team, are asked everything."""
    item = functional_map.items.get(item_id)
    return item is None or team == NO_TEAM or team in item.teams


def _decisive(functional_map: FunctionalMap, item_id: str) -> bool:
    return item_id in functional_map.items and functional_map.items[item_id].decisive


def batch_of(batches_of_team: tuple[Batch, ...], item_id: str) -> Batch | None:
    """The batch that holds an item."""
    return next((batch for batch in batches_of_team if item_id in batch.items), None)


def next_batch(batches_of_team: tuple[Batch, ...], answers: dict[str, Answer], after: str = "") -> Batch | None:
    """The first batch, after a given one and then from the start, that still asks something of the team."""
    ids = [batch.id for batch in batches_of_team]
    start = ids.index(after) + 1 if after in ids else 0
    for batch in (*batches_of_team[start:], *batches_of_team[:start]):
        if any(not answered(answers, item) for item in batch.concerns):
            return batch
    return None


def answered(answers: dict[str, Answer], item_id: str) -> bool:
    return item_id in answers and answers[item_id].given


def progress(batch: Batch, answers: dict[str, Answer]) -> int:
    """How many of the items that concern the team are answered."""
    return sum(answered(answers, item) for item in batch.concerns)


@lru_cache(maxsize=4096)
def item_texts(functional_map: FunctionalMap, item_id: str, own: OwnItem | None, language: str) -> dict[str, Any]:
    """What a participant reads of an item: its label, question, definition and the sentence of each level."""
    item = functional_map.items.get(item_id)
    if item is None or own is not None:
        return {
            "id": item_id,
            "label": own.label if own else item_id,
            "question": "",
            "definition": own.definition if own else "",
            "levels": [functional_map.vocabulary.as_expectation[level][language] for level in LEVELS],
        }
    return {
        "id": item_id,
        "label": item.label[language],
        "question": item.question[language],
        "definition": item.definition[language],
        "levels": [functional_map.level_text(item_id, level, language) for level in LEVELS],
    }
