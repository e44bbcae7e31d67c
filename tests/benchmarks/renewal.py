"""The renewal in seconds: `python -m tests.benchmarks.renewal [products]` writes, reads and checks the full workbook.

Each figure is the best of three; the bare read of the same file by openpyxl is the measure to compare with. The ratio
is taken of processor time, which says the same on a machine that others use.
"""

from __future__ import annotations

import datetime as dt
import gc
import io
import os
import sys
import tempfile
import time
from collections.abc import Callable
from typing import NamedTuple

import openpyxl

from functional_map.load import load_map
from interface.language import texts
from tests.synthetic import write_edition
from vendors.draft import merge, preview, problems_of, publish_draft, start_draft
from vendors.entries import all_entries, compact
from vendors.publish import data_folder
from vendors.spreadsheet import edition_workbook
from vendors.spreadsheet_in import marked, read_workbook
from workshops.access import Person

REPEATS = 3


class Spent(NamedTuple):
    """The shortest time that some work took, on the clock and of the processor."""

    clock: float
    processor: float


def best(name: str, work: Callable[[], object], repeats: int = REPEATS) -> tuple[Spent, object]:
    """Run some work a few times; print and return the shortest times, with what the work returned."""
    clocks, processors, result = [], [], None
    for _ in range(repeats):
        clock, processor = time.perf_counter(), time.process_time()
        result = work()
        clocks.append(time.perf_counter() - clock)
        processors.append(time.process_time() - processor)
    print(f"{name:52s} {min(clocks):6.2f} s  ({min(processors):.2f} s of processor)")
    return Spent(min(clocks), min(processors)), result


def in_turn(*steps: tuple[str, Callable[[object], object]], repeats: int = 5) -> list[tuple[Spent, object]]:
    """Run steps one after the other, a few times; each is given what the one before it made. The shortest times."""
    found: list[list[tuple[float, float, object]]] = [[] for _ in steps]
    for _ in range(repeats):
        made: object = None
        for (_, work), times in zip(steps, found, strict=True):
            clock, processor = time.perf_counter(), time.process_time()
            made = work(made)
            times.append((time.perf_counter() - clock, time.process_time() - processor, made))
    results = []
    for (name, _), times in zip(steps, found, strict=True):
        spent = Spent(min(one[0] for one in times), min(one[1] for one in times))
        print(f"{name:52s} {spent.clock:6.2f} s  ({spent.processor:.2f} s of processor)")
        results.append((spent, times[-1][2]))
    return results


def bare_read(content: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    for sheet in book:
        for _ in sheet.iter_rows(values_only=True):
            pass


def main(products: int) -> None:
    os.environ["CRM_DATA"] = tempfile.mkdtemp()
    functional_map, t = load_map(2026), texts("vendors", "en")
    admin, now = Person("a", "Ada", "admin"), dt.datetime(2027, 3, 1, tzinfo=dt.UTC)
    write_edition(data_folder() / "2026-9", functional_map, products=products)
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{products} products on {len(functional_map.items)} items; load average {load}")
    _, draft = best("start a draft", lambda: start_draft(admin, "2027", now), repeats=1)
    entries = all_entries(draft.edition)
    gc.collect()
    gc.freeze()  # as app.py does
    # a tenth of the ratings changed, so that every product is built and checked anew
    changed = {
        product: {
            key: compact(one | {"note": "looked again"}) if key.table == "ratings" and place % 10 == 0 else one
            for place, (key, one) in enumerate(found.items())
        }
        for product, found in entries.items()
    }

    def write() -> bytes:
        return edition_workbook(draft.as_of(now.date()), changed, entries, functional_map, t, draft.stamp(now.date()))

    writing, content = best("write the full workbook", write)
    print(f"{'  the file':52s} {len(content) / 2**20:6.2f} MiB")
    known = list(draft.edition.products)
    # in turn, because the machine is not equally fast from one second to the next
    (bare, _), (reading, found), (checking, (lines, problems)) = in_turn(
        ("bare read by openpyxl (read only, values only)", lambda _: bare_read(content)),
        ("read it", lambda _: read_workbook(content, functional_map, known)),
        ("check every rule on what it changes", lambda found: preview(draft, found, now.date())),
    )
    assert not found.problems
    print(f"{'  lines that differ, rules broken':52s} {lines:6d}, {len(problems)}")
    ratio = (reading.processor + checking.processor) / bare.processor
    total = reading.clock + checking.clock
    print(f"{'read and check, against the bare read':52s} {total:6.2f} s = {ratio:.2f} x")
    best("mark cells in the same workbook", lambda: marked(content, [], t), repeats=1)
    draft, _ = best(
        "bring it into the draft", lambda: merge(admin, found, analyst="Ana", file="x", now=now), repeats=1
    )[1]
    best("every rule on the whole draft", lambda: len(problems_of(draft, now.date())), repeats=1)
    told = {"signed": "Ada", "note": "benchmark", "title": draft.edition.title, "notes": draft.edition.notes}
    best("publish", lambda: publish_draft(admin, draft, now=now, **told), repeats=1)
    limits = [
        ("writing under 10 s", writing.clock < 10),
        ("reading and checking under 5 s", total < 5),
        ("ratio at most 1.5", ratio <= 1.5),
    ]
    for name, kept in limits:
        print(f"{name}: {'kept' if kept else 'NOT KEPT'}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 28)
