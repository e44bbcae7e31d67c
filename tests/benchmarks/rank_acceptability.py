"""10,000-sample rank acceptability against the bare numpy limit: one matrix product, one argsort, one count.

    python -m tests.benchmarks.rank_acceptability

The limit has the weights given and knows no errors of ratings; ours draws an error for each offer in each sample, so it
has a second matrix product. Both run alternately in one process, because absolute times belong to the machine.
"""

from __future__ import annotations

import statistics
import time

import numpy as np
import pandas as pd

import scoring.robustness as robustness
from scoring.cross_check import cross_check
from tests.benchmarks.measure import tell, timed

SIZES = ((24, 300, 15), (100, 320, 15), (500, 1000, 5))
SAMPLES = 10_000


def limit(fits: np.ndarray, weights: np.ndarray) -> np.ndarray:
    values = weights @ fits.T
    order = np.argsort(-values, axis=1)
    count = len(fits)
    return np.bincount((order * count + np.arange(count)).ravel(), minlength=count * count) / len(weights)


def case(offers: int, domains: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    chance = np.random.default_rng(1)
    names = [f"d{number:04d}" for number in range(domains)]
    fits = pd.DataFrame(chance.random((offers, domains)), [f"p{number:03d}/x" for number in range(offers)], names)
    weights = pd.DataFrame(chance.dirichlet(np.ones(domains), SAMPLES), columns=names)
    return fits, fits * 0.0 + 0.1, weights


def main() -> None:
    for offers, domains, times in SIZES:
        fits, spread, weights = case(offers, domains)
        bare, ours = [], []
        for turn in range(times + 1):
            start = time.perf_counter()
            limit(fits.to_numpy(), weights.to_numpy())
            middle = time.perf_counter()
            robustness.robustness(fits, spread, weights).acceptability  # noqa: B018 - computed when it is read
            end = time.perf_counter()
            if turn:  # the first is for the caches
                bare.append((middle - start) * 1e3)
                ours.append((end - middle) * 1e3)
        ratio = min(ours) / min(bare)
        middle_ratio = statistics.median(ours) / statistics.median(bare)
        print(
            f"{offers:>4} x {domains:<5} limit {min(bare):8.1f} ms   ours {min(ours):8.1f} ms   "
            f"ratio {ratio:.2f} (median {middle_ratio:.2f})  limit 3: {'met' if ratio <= 3 else 'MISSED'}"
        )
    fits, spread, _ = case(24, 16)
    points = pd.Series(1.0, fits.columns)

    def drawn() -> None:
        robustness._gamma.cache_clear()
        robustness._noise.cache_clear()
        robustness.robustness(fits, spread, robustness.draw_weights(points)).acceptability  # noqa: B018

    tell("24 x 16, weights and errors drawn anew", timed(drawn, 25), 20)
    drawn_weights = robustness.draw_weights(points)
    tell("24 x 16, weights given", timed(lambda: robustness.robustness(fits, spread, drawn_weights).acceptability, 25))
    tell("24 x 16, cross-check by pymcdm (three methods)", timed(lambda: cross_check(fits, points), 10))


if __name__ == "__main__":
    main()
