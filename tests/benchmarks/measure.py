"""How long something takes, in milliseconds: on the wall clock, and of the processor's own time.

The processor's time is what a limit is held against: it does not count what other programs do on the same machine.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple


class Times(NamedTuple):
    """Best and median on the wall clock, best of the processor's time."""

    best: float
    median: float
    processor: float


def once(run: Callable[[], object]) -> tuple[float, float]:
    """Wall clock and processor time of one run."""
    wall, processor = time.perf_counter(), time.process_time()
    run()
    return (time.perf_counter() - wall) * 1e3, (time.process_time() - processor) * 1e3


def summed(found: list[tuple[float, float]]) -> Times:
    walls, processors = zip(*found, strict=True)
    return Times(min(walls), statistics.median(walls), min(processors))


def timed(run: Callable[[], object], times: int = 15) -> Times:
    run()  # once before, so that imports and caches of the libraries do not count
    return summed([once(run) for _ in range(times)])


def tell(name: str, found: Times, limit: float | None = None) -> None:
    verdict = "" if limit is None else f"  limit {limit:.0f} ms: {'met' if found.processor <= limit else 'MISSED'}"
    print(
        f"{name:<62} wall {found.best:7.1f} (median {found.median:7.1f})   processor {found.processor:7.1f} ms{verdict}",
        flush=True,
    )
