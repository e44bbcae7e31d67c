"""10,000-sample rank acceptability against the bare numpy limit: one matrix product, one argsort, one count.

    python -m tests.benchmarks.rank_acceptability

The limit has the weights given and knows no errors of ratings; ours draws an error for each offer in each sample, so it
has a second matrix product. Both run alternately in one process, because absolute times belong to the machine. Threads
of the linear algebra library are left as they are; OPENBLAS_NUM_THREADS=1 compares on one.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

import scoring.robustness as robustness
from scoring.cross_check import cross_check
from tests.benchmarks.measure import once, summed, tell, timed

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
        pairs = [
            (
                once(lambda: limit(fits.to_numpy(), weights.to_numpy())),  # noqa: B023 - run before the loop goes on
                once(lambda: robustness.robustness(fits, spread, weights).acceptability),  # noqa: B023
            )
            for _ in range(times + 1)
        ][1:]  # the first is for the caches
        bare, ours = (summed([pair[place] for pair in pairs]) for place in (0, 1))
        ratio = ours.processor / bare.processor
        print(
            f"{offers:>4} x {domains:<5} limit {bare.processor:8.1f} ms   ours {ours.processor:8.1f} ms of the processor   "
            f"ratio {ratio:.2f} (wall {ours.best / bare.best:.2f})  limit 3: {'met' if ratio <= 3 else 'MISSED'}",
            flush=True,
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
