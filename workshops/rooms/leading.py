"""What whoever leads a workshop needs to know: the order of the items, what the votes say, what is settled."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from functional_map.model import LEVELS, FunctionalMap
from scoring.agreement import DISCUSS, TOO_FEW, agreement
from workshops.assess import Assessment
from workshops.model import Change, Project
from workshops.prepare.agenda import Agenda, Session, Settings, plan
from workshops.rooms.ballot import concerns, items_in_scope
from workshops.rooms.challenge import far_apart, teams_apart
from workshops.rooms.room import Discussion, Workshop

DISCUSS_FIRST = 60  # decisive items that deserve the room's time; the benchmark of the agenda says what that is worth


@dataclass(frozen=True, eq=False)
class Tally:
    """The votes on one item."""

    votes: pd.DataFrame  # one row per vote that gives a level: name, team, level, comment
    voted: int  # people who gave a level or skipped
    proposal: int | None  # lower median
    consensus: float | None  # missing under four votes
    verdict: str  # agreed, minor, discuss, too-few
    low: int | None
    high: int | None

    @property
    def by_team(self) -> pd.DataFrame:
        """level x team: how many votes; the largest team first."""
        table = pd.crosstab(self.votes["level"].astype(int), self.votes["team"])
        order = table.sum().sort_values(ascending=False, kind="stable").index
        return table.reindex(index=list(LEVELS), columns=order, fill_value=0)

    @property
    def apart(self) -> tuple[str, int, str, int] | None:
        """The two teams that are far apart, with their medians."""
        return far_apart(self.votes)

    @property
    def names(self) -> dict[int, list[str]]:
        """level -> who chose it; shown only where the consultant asks."""
        return {level: self.votes.loc[self.votes["level"] == level, "name"].tolist() for level in LEVELS}

    @property
    def comments(self) -> list[tuple[str, str, str]]:
        """name, team and what they wrote."""
        written = self.votes[self.votes["comment"].astype(bool)]
        return list(written[["name", "team", "comment"]].itertuples(index=False, name=None))


def tally(votes: pd.DataFrame, item_id: str) -> Tally:
    """What the votes on one item say.

    votes  DataFrame as `votes_of` gives it: participant, name, team, item, level (missing where skipped), comment
    """
    rows = votes[votes["item"] == item_id]
    given = rows[rows["level"].notna()]
    if given.empty:
        return Tally(given, len(rows), None, None, TOO_FEW, None, None)
    found = agreement(given[["item", "level"]]).iloc[0]
    consensus = None if pd.isna(found["consensus"]) else float(found["consensus"])
    ends = int(found["low"]), int(found["high"])
    return Tally(given, len(rows), int(found["proposal"]), consensus, str(found["verdict"]), *ends)


def summary(votes: pd.DataFrame) -> pd.DataFrame:
    """item -> votes, low, high, proposal, consensus, verdict, of the items that have votes."""
    given = votes[votes["level"].notna()]
    return agreement(given[["item", "level"]]) if len(given) else _NO_VOTES


_NO_VOTES = pd.DataFrame(columns=["votes", "low", "high", "proposal", "consensus", "verdict"])


def agenda_of(
    workshop: Workshop | None,
    project: Project,
    functional_map: FunctionalMap,
    decisive: Callable[[], pd.DataFrame],
    settings: Settings = Settings(),
) -> Agenda:
    """The agenda as it was saved, with the items that came into scope since and without those that left; else a proposal.

    decisive  asked only for a proposal: item -> places, swing
    """
    scope = items_in_scope(project, functional_map)
    if workshop is None or not workshop.agenda:
        return proposal(project, functional_map, decisive(), settings)
    saved = Agenda.from_json(workshop.agenda)
    sessions = [session for one in saved.sessions if (session := _in_scope(one, scope)) is not None]
    planned = {session.domain for session in sessions}
    for domain, items in scope.items():
        if domain not in planned:
            sessions.append(Session(domain, domain, saved.settings.days, (), items, 0, 30))
    return Agenda(saved.settings, tuple(sessions))


def proposal(
    project: Project, functional_map: FunctionalMap, decisive: pd.DataFrame, settings: Settings = Settings()
) -> Agenda:
    """Sessions for the time there is; what can change the shortlist is talked about.

    decisive  item -> places, swing
    """
    teams = {item.id: item.teams for item in functional_map.items.values()}
    # places first; the swing decides among items that move nobody over the line
    importance = decisive["places"] + decisive["swing"] / 1000
    return plan(items_in_scope(project, functional_map), teams, importance, settings)


def _in_scope(session: Session, scope: Mapping[str, tuple[str, ...]]) -> Session | None:
    now = scope.get(session.domain, ())
    kept = tuple(item for item in session.items if item in now)
    added = tuple(item for item in now if item not in session.items)
    if not kept and not added:
        return None
    discuss = sum(item in now for item in session.discussed)
    return Session(session.id, session.domain, session.day, session.teams, kept + added, discuss, session.minutes)


def settled(discussions: Mapping[str, Discussion]) -> set[str]:
    """The items that the room agreed on."""
    return {item for item, one in discussions.items() if one.settled_at is not None}


def next_item(session: Session, done: Iterable[str], after: str = "") -> str:
    """The next item that is talked about and not settled, after a given one and then from the start; "" when none is."""
    done, items = set(done), session.discussed
    start = items.index(after) + 1 if after in items else 0
    return next((item for item in (*items[start:], *items[:start]) if item not in done and item != after), "")


def neighbour(session: Session, item_id: str, step: int) -> str:
    """The item before or after another in the session, whatever is settled; the same at either end."""
    if item_id not in session.items:
        return session.items[0]
    return session.items[min(max(session.items.index(item_id) + step, 0), len(session.items) - 1)]


def batch_table(
    session: Session, items: Iterable[str], votes: pd.DataFrame, project: Project, done: set[str]
) -> pd.DataFrame:
    """item -> level to accept, where it comes from, votes, low, high, consensus, verdict, accept (whether to propose it).

    A level comes from the votes, or else from what is asked already; an item with neither, or on which people or teams
    disagree, is not proposed.
    """
    found, apart = summary(votes), teams_apart(votes)
    rows = {}
    for item_id in items:
        asked = project.expectation(item_id).level
        if item_id in found.index:
            row = found.loc[item_id]
            agreeable = row["verdict"] != DISCUSS and item_id not in apart
            rows[item_id] = (int(row["proposal"]), "votes", int(row["votes"]), int(row["low"]), int(row["high"]),
                             row["consensus"], row["verdict"], agreeable and item_id not in done)  # fmt: skip
        else:
            rows[item_id] = (asked, "asked" if asked is not None else "none", 0, None, None, None, TOO_FEW,
                             asked is not None and item_id not in done)  # fmt: skip
    columns = ["level", "origin", "votes", "low", "high", "consensus", "verdict", "accept"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).astype({"level": "Int64", "accept": bool})


def progress(items: Iterable[str], project: Project, done: set[str]) -> tuple[int, int]:
    """How many of some items are agreed, of how many."""
    items = list(items)
    return sum(project.expectation(item).status == "agreed" or item in done for item in items), len(items)


def progress_by_domain(
    project: Project, functional_map: FunctionalMap, votes: pd.DataFrame, disputed: set[str]
) -> pd.DataFrame:
    """domain -> total (items in scope), agreed, voted (on at all), disputed.

    votes  as `summary` gives it
    """
    return _progress(items_in_scope(project, functional_map), project, votes, disputed)


def progress_by_team(
    project: Project, functional_map: FunctionalMap, votes: pd.DataFrame, disputed: set[str]
) -> pd.DataFrame:
    """team -> the same, over the items that concern the team; an item may concern several."""
    inside = [item for items in items_in_scope(project, functional_map).values() for item in items]
    teams = {
        team: tuple(item for item in inside if concerns(functional_map, item, team))
        for team in functional_map.vocabulary.teams
    }
    return _progress({team: items for team, items in teams.items() if items}, project, votes, disputed)


def _progress(
    groups: Mapping[str, tuple[str, ...]], project: Project, votes: pd.DataFrame, disputed: set[str]
) -> pd.DataFrame:
    voted = set(votes.index)
    rows = {
        name: (
            len(items),
            sum(project.expectation(item).status == "agreed" for item in items),
            sum(item in voted for item in items),
            sum(item in disputed for item in items),
        )
        for name, items in groups.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["total", "agreed", "voted", "disputed"])


@dataclass(frozen=True)
class Step:
    """Something the consultant did, that can be taken back."""

    change: Change
    settled: tuple[str, ...]  # items that it settled
    label: str
    workshop_id: str = ""


def rebased(steps: list[Step], undone: Change, written: Change) -> list[Step]:
    """The steps before one that was taken back: what they left behind stands again, under newer versions."""

    def renewed(change: Change) -> Change:
        versions = {
            item: written.versions[item] if undone.old_versions.get(item) == version else version
            for item, version in change.versions.items()
        }
        return Change(change.before, change.old_versions, versions)

    return [dataclasses.replace(step, change=renewed(step.change)) for step in steps]


def market_levels(assessment: Assessment, item_id: str) -> dict[int | None, list[tuple[str, str, str]]]:
    """level -> products that reach it at best, each with the first plan that does and how that is known.

    Own items, and products that are not rated, stand under None.
    """
    found: dict[int | None, list[tuple[str, str, str]]] = {}
    for product in assessment.edition.products.values():
        rating = product.ratings.get(item_id)
        if rating is None:
            found.setdefault(None, []).append((product.name, "", "not-rated"))
        else:
            plan_name = product.plan(rating.plan).name if rating.plan else ""
            found.setdefault(rating.rating, []).append((product.name, plan_name, rating.basis))
    return found
