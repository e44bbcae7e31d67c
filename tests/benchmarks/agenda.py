"""What the order of the agenda is worth: how often discussing only n items gives the top four of discussing all.

    python -m tests.benchmarks.agenda --groups 200

Synthetic groups, from a seed. A group has 12 people in the teams of the map. Each item has a need that is the group's own,
drawn around what is usual for its kind; a team sees it higher or lower, and so does each person of the team:

    vote = need + team + person, rounded, on the scale of 0 to 4      sd 0.9, 0.5 and 0.6 levels

People vote on the items of their team and on one in four of the others. A discussion ends on a level between the lowest
and the highest vote, around the mean of the votes with a spread of 0.6: on about half of the items it is another level
than the lower median of the silent vote. The truth of a group is its top four products after discussing every item. A
strategy discusses its first n items and takes the silent lower median for the rest; it succeeds where the same four
products lead. Orders: decisiveness (from the silent votes), disagreement (lowest consensus first), random.

Two worlds. In "each item alone" discussions move items independently, so that their moves cancel out in a total. In
"whole subjects" the discussion of a subject also moves all of its items one way, by a shift of sd 0.6 levels that is the
subject's own: a room that has understood its service process asks more of all of it.

The edition, the context, the budget and the weights are those of the sample project; nothing is a must-have. The margin
that is printed is the fit between the fourth and the fifth product: where it is wide, no agenda is needed to find the four.
"""

from __future__ import annotations

import argparse
import dataclasses
import time
from types import MappingProxyType

import numpy as np
import pandas as pd
import yaml

from functional_map.load import load_map
from scoring.agreement import consensus, level_counts, lower_median
from scoring.fit import fit
from vendors.load import load_edition
from vendors.publish import editions, newest_edition
from workshops.assess import Assessment
from workshops.decisive import decisive_items
from workshops.model import Context, Expectation, Project, ShortlistSettings
from workshops.prepare.sample import FILE
from workshops.store.database import utc_now

PEOPLE, TOP = 12, 4
NEED = {
    "must-be": 2.5,
    "one-dimensional": 2.0,
    "attractive": 1.3,
}  # usual need by kind; specific items half a level less
SPREAD_NEED, SPREAD_TEAM, SPREAD_PERSON, SPREAD_TALK = 0.9, 0.5, 0.6, 0.6
NUMBERS = (0, 30, 60, 100)
ORDERS = ("decisiveness", "disagreement", "random")
WORLDS = {"each item alone": 0.0, "whole subjects": 0.6}  # sd of the shift that a subject's items share, in levels


class Group:
    """One synthetic group: its silent votes, and what it would agree on each item after talking."""

    def __init__(self, functional_map, seed: int, shared: float) -> None:
        chance = np.random.default_rng(seed)
        # drawn apart, so that both worlds have the same groups
        apart = np.random.default_rng([seed, 1])
        shift = {domain.id: apart.normal(0, shared) for domain in functional_map.domains}
        items, teams = list(functional_map.items.values()), list(functional_map.vocabulary.teams)
        member_of = [teams[place % len(teams)] for place in range(PEOPLE)]
        rows, talked = [], {}
        for item in items:
            need = NEED[item.kano] - (0.5 if item.commonness == "specific" else 0.0) + chance.normal(0, SPREAD_NEED)
            seen = {team: chance.normal(0, SPREAD_TEAM) for team in teams}
            asked = [n for n, team in enumerate(member_of) if team in item.teams or chance.random() < 0.25]
            levels = [
                int(np.clip(np.rint(need + seen[member_of[n]] + chance.normal(0, SPREAD_PERSON)), 0, 4)) for n in asked
            ]
            if not levels:  # nobody of this group knows the subject
                levels, asked = [int(np.clip(np.rint(need), 0, 4))], [0]
            rows += [(str(n), member_of[n], item.id, level) for n, level in zip(asked, levels, strict=True)]
            end = np.rint(np.mean(levels) + shift[item.domain] + chance.normal(0, SPREAD_TALK))
            talked[item.id] = int(np.clip(end, min(levels), max(levels)))
        self.votes = pd.DataFrame(rows, columns=["participant", "team", "item", "level"])
        counts = level_counts(self.votes)
        self.silent = lower_median(counts).astype(int)
        self.talked = pd.Series(talked).reindex(self.silent.index)
        self.consensus = consensus(counts)
        self.random = pd.Index(chance.permutation(self.silent.index.to_numpy(object)))


class Market:
    """The edition under the sample project's context, ready to be asked for top fours."""

    def __init__(self) -> None:
        self.edition = load_edition(editions()[newest_edition()])
        self.map = load_map(self.edition.map_year)
        raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
        context = Context.from_json(raw["context"] | {"sector": ""})
        weights = {domain.id: float(raw["weights"].get(domain.id, 0)) for domain in self.map.domains}
        now = utc_now()
        self.project = Project(
            "p", "P", "", self.edition.id, False, False, now, now, 1, context, ShortlistSettings(),
            MappingProxyType(weights), MappingProxyType({}),
        )  # fmt: skip
        start = self.assessed(pd.Series(2, index=list(self.map.items)))
        self.offers, self.domains, self.weights = start.offers, start.domains, start.weights
        self.products = self.offers.table["product"].to_numpy(object)
        self.passes = np.array([offer not in start.gates.excluded for offer in self.offers.table.index])

    def assessed(self, levels: pd.Series) -> Assessment:
        asked = {item: Expectation(item, int(level), status="agreed") for item, level in levels.items()}
        project = dataclasses.replace(self.project, expectations=MappingProxyType(asked))
        return Assessment(project, self.edition, self.map)

    def ranked(self, levels: pd.Series) -> pd.Series:
        """product -> fit of its best passing offer, best first."""
        scores = fit(self.offers.central, levels.astype(float), self.domains, self.weights).scores.to_numpy()
        best = pd.Series(np.where(self.passes, scores, -1.0)).groupby(self.products).max()
        return best[best >= 0].sort_values(ascending=False, kind="stable")

    def top(self, levels: pd.Series) -> tuple[str, ...]:
        return tuple(self.ranked(levels).index[:TOP])


def outcomes(market: Market, world: str, seed: int) -> list[dict]:
    """One group under every strategy."""
    group = Group(market.map, seed, WORLDS[world])
    ranked = market.ranked(group.talked)
    truth, margin = tuple(ranked.index[:TOP]), float(ranked.iloc[TOP - 1] - ranked.iloc[TOP])
    orders = {
        "decisiveness": decisive_items(market.assessed(group.silent), group.votes).index,
        "disagreement": group.consensus.sort_values(kind="stable").index,
        "random": group.random,
    }
    found = []
    for name in ORDERS:
        for number in NUMBERS:
            levels = group.silent.copy()
            chosen = orders[name][:number]
            levels[chosen] = group.talked[chosen]
            got = market.top(levels)
            found.append({"order": name, "n": number, "same": set(got) == set(truth), "ordered": got == truth})
    moved = float((group.silent != group.talked).mean())
    return [one | {"moved": moved, "margin": margin} for one in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--groups", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2026)
    chosen = parser.parse_args()
    started, market = time.perf_counter(), Market()
    print(f"{chosen.groups} groups, edition {market.edition.id}, {len(market.edition.products)} products, "
          f"{int(market.passes.sum())} offers pass, {len(market.map.items)} items")  # fmt: skip
    for world in WORLDS:
        rows = [one for number in range(chosen.groups) for one in outcomes(market, world, chosen.seed + number)]
        report(world, pd.DataFrame(rows))
    print(f"\nstandard error at most {50 / chosen.groups**0.5:.1f} points; {time.perf_counter() - started:.0f} s")


def report(world: str, table: pd.DataFrame) -> None:
    shares = table.groupby(["order", "n"])[["same", "ordered"]].mean().unstack("n").loc[list(ORDERS)]
    print(f"\n{world}: a discussion moves {table['moved'].mean():.0%} of the items; median margin between the fourth and "
          f"the fifth product {100 * table['margin'].median():.1f} points")  # fmt: skip
    for what, title in (("same", "the same four products"), ("ordered", "in the same order")):
        print(f"\n{title}:")
        print((shares[what] * 100).round(0).astype(int).to_string())


if __name__ == "__main__":
    main()
