"""How long something takes: the best and the median of several runs, in milliseconds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def timed(run: Callable[[], object], times: int = 15) -> tuple[float, float]:
    """Best and median; the best says what the machine can do, the median what it did while others used it."""
    run()  # once before, so that imports and caches of the libraries do not count
    found = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        found.append((time.perf_counter() - start) * 1e3)
    return min(found), statistics.median(found)


def tell(name: str, found: tuple[float, float], limit: float | None = None) -> None:
    best, median = found
    verdict = "" if limit is None else f"  limit {limit:.0f} ms: {'met' if best <= limit else 'MISSED'}"
    print(f"{name:<58} best {best:8.1f} ms   median {median:8.1f} ms{verdict}")
