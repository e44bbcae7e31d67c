"""The arithmetic on frames and on a whole project.

python -m tests.benchmarks.scoring
"""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from functional_map.load import load_map
from scoring.decisiveness import decisiveness
from scoring.fit import fit
from tests.benchmarks.measure import tell, timed
from tests.synthetic import write_edition
from vendors.load import load_edition
from workshops.access import AT_HOME
from workshops.assess import Assessment
from workshops.changes import way_in
from workshops.decisive import decisive_items, unknowns
from workshops.prepare.sample import create_sample
from workshops.store.database import open_database
from workshops.store.projects import read_project


def frames(offers: int, items: int, seed: int = 1) -> tuple[pd.DataFrame, pd.Series, pd.Series, pd.Series]:
    chance = np.random.default_rng(seed)
    names = [f"item-{number:03d}" for number in range(items)]
    domains = pd.Series([f"domain-{number // 20:02d}" for number in range(items)], names)
    levels = pd.DataFrame(
        chance.integers(0, 5, (offers, items)).astype(float), [f"p{number:03d}/x" for number in range(offers)], names
    )
    asked = pd.Series(chance.integers(0, 4, items).astype(float), names)
    return levels, asked, domains, pd.Series(10.0, domains.unique())


def main() -> None:
    levels, asked, domains, weights = frames(100, 320)
    tell("fit of 100 offers x 320 items from frames", timed(lambda: fit(levels, asked, domains, weights).scores), 20)

    levels, asked, domains, weights = frames(24, 320)
    ranges = pd.DataFrame({"low": (asked - 1).clip(0, 4), "high": (asked + 1).clip(0, 4)})
    products = pd.Series([name.partition("/")[0] for name in levels.index], levels.index)
    errors = pd.DataFrame(np.random.default_rng(2).normal(0, 0.03, (256, 24)), columns=list(products))
    tell(
        "decisiveness of 320 items x 24 products",
        timed(lambda: decisiveness(levels, asked, domains, weights, ranges, products=products, errors=errors), 9),
    )
    with tempfile.TemporaryDirectory() as folder:
        project_times(Path(folder))


def project_times(folder: Path) -> None:
    """A project on 28 made-up products under three plans each, on the published map."""
    functional_map = load_map(2026)
    edition = load_edition(write_edition(folder / "2026-big", functional_map, products=28))
    database = open_database(f"sqlite:///{folder / 'projects.sqlite'}")
    project = read_project(database, create_sample(database, AT_HOME, functional_map, edition.id, "en"))
    item = next(one for one, level in project.asked().items() if not project.expectations[one].must_have)
    must = next(iter(project.must_haves()))
    turn = iter(range(1_000_000))

    def changed(**changes: object) -> Assessment:
        return Assessment(dataclasses.replace(project, **changes), edition, functional_map)

    def cell() -> None:  # another level each time, so that nothing is remembered
        number = next(turn)
        others = dict(project.expectations)
        others[item] = dataclasses.replace(others[item], level=1 + number % 4)
        second = list(others)[number % len(others)]
        others[second] = dataclasses.replace(others[second], level=1 + number // 7 % 4, must_have=False)
        changed(expectations=MappingProxyType(others)).shortlist  # noqa: B018

    def must_have() -> None:
        number = next(turn)
        others = dict(project.expectations)
        others[must] = dataclasses.replace(others[must], level=1 + number % 4)
        extra = [one for one, level in project.asked().items() if level > 0][number % 150]
        others[extra] = dataclasses.replace(others[extra], must_have=True)
        changed(expectations=MappingProxyType(others)).shortlist  # noqa: B018

    def weight() -> None:
        domain = next(iter(project.weights))
        changed(weights=MappingProxyType(dict(project.weights) | {domain: 5.0 + next(turn) / 1000})).shortlist  # noqa: B018

    def budget() -> None:
        context = dataclasses.replace(project.context, budget=500_000.0 + next(turn))
        changed(context=context).shortlist  # noqa: B018

    tell("shortlist after another level (28 products, 84 offers)", timed(cell))
    tell("shortlist after another must-have", timed(must_have))
    tell("shortlist after another weight", timed(weight))
    tell("shortlist after another budget", timed(budget))
    tell("decisive items of the project", timed(lambda: decisive_items(changed()), 7))

    def facts() -> None:
        unknowns(changed())

    tell("what to check first", timed(facts, 7))

    def ways() -> None:
        assessed = changed()
        for product in assessed.shortlist.left_out["product"]:
            way_in(assessed, product)

    tell("smallest changes of all products that are left out", timed(ways, 3))


if __name__ == "__main__":
    main()
