"""Reading the map and an edition from their files, cold: each measured in a process of its own.

python -m tests.benchmarks.loading [products]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from functional_map.load import load_map
from tests.synthetic import write_edition

PROGRAM = """
import sys, time
from pathlib import Path
from functional_map.load import load_map
from vendors.load import load_edition
start = time.perf_counter()
load_map(2026)
middle = time.perf_counter()
load_edition(Path(sys.argv[1]))
print(middle - start, time.perf_counter() - middle)
"""
TIMES, LIMIT = 5, 1000


def main(products: int = 28) -> None:
    with tempfile.TemporaryDirectory() as folder:
        edition = write_edition(Path(folder) / "2026-big", load_map(2026), products=products)
        found = []
        for _ in range(TIMES):
            run = subprocess.run(
                [sys.executable, "-c", PROGRAM, str(edition)], check=True, capture_output=True, text=True
            )
            found.append([float(part) * 1e3 for part in run.stdout.split()])
    best = min(found, key=sum)
    print(
        f"map {best[0]:.0f} ms + edition of {products} products {best[1]:.0f} ms = {sum(best):.0f} ms cold"
        f"  limit {LIMIT} ms: {'met' if sum(best) <= LIMIT else 'MISSED'}   (all: {', '.join(f'{sum(one):.0f}' for one in found)})"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
