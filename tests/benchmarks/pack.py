"""The whole pack in seconds: `python -m tests.benchmarks.pack [items] [products]` makes every document of a project.

A made-up edition, every item asked. The assessment starts empty: its samples and moves are part of the time.
The limit of 30 s is held against the processor's time, which other programs on the machine do not stretch.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
import time
from pathlib import Path

from exports.delivery import Delivery
from exports.pack import pack
from functional_map.load import load_map
from tests.benchmarks.measure import once
from tests.synthetic import write_edition
from vendors.load import read_edition
from workshops.access import AT_HOME
from workshops.assess import assess
from workshops.model import Context, Expectation, ShortlistSettings
from workshops.store.database import open_database
from workshops.store.projects import create_project, read_project, save_settings
from workshops.store.transfer import project_file

LIMIT = 30.0  # seconds


def main(items: int, products: int) -> None:
    functional_map = load_map(2026)
    with tempfile.TemporaryDirectory() as folder:
        # templates of this computer are not measured
        os.environ["CRM_DATA"] = folder
        edition, problems = read_edition(write_edition(Path(folder) / "2027", functional_map, products=products))
        assert edition is not None, problems
        database = open_database(f"sqlite:///{Path(folder) / 'projects.sqlite'}")
        asked = [
            Expectation(item, level=1 + place % 3, note="Said in the room.", status="agreed")
            for place, item in enumerate(list(functional_map.items)[:items])
        ]
        project_id = create_project(
            database,
            AT_HOME,
            name="Benchmark",
            client="Nobody",
            edition_id=edition.id,
            weights={domain.id: 10.0 for domain in functional_map.domains},
            context=Context(seats={"sales": 50}, years=5, budget=10_000_000.0),
            expectations=asked,
        )
        print(f"{len(asked)} items asked, {products} products, load average {os.getloadavg()[0]:.1f}")
        save_settings(database, AT_HOME, project_id, ShortlistSettings(at_least=min(products, 5)))
        content = project_file(database, AT_HOME, project_id)
        for language in ("en", "fr"):
            # an edition that was read anew has nothing in any cache
            edition, _ = read_edition(Path(folder) / "2027")
            assessment = assess(read_project(database, project_id), edition, functional_map)
            measure(Delivery(assessment, language, dt.date.today()), content)


def measure(delivery: Delivery, content: bytes) -> None:
    """Make the pack once; print what each document took and whether the whole kept the limit."""
    started, document = time.perf_counter(), ""

    def told(done: int, every: int, name: str) -> None:
        nonlocal started, document
        now = time.perf_counter()
        if document:
            print(f"  {now - started:6.2f} s  {document}")
        started, document = now, name

    made: list[bytes] = []
    wall, processor = once(lambda: made.append(pack(delivery, content, told)))
    verdict = "met" if processor <= LIMIT * 1e3 else "MISSED"
    print(
        f"{delivery.language}: {wall / 1e3:.1f} s on the clock, {processor / 1e3:.1f} s of the processor, "
        f"{len(made[0]) / 2**20:.1f} MiB; limit {LIMIT:.0f} s: {verdict}"
    )


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    main(*(given + [300, 5][len(given) :]))
