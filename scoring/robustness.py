"""How sure the order is: Monte Carlo over the weights and over the errors of the ratings.

Rank acceptability, confidence factors and central weights are those of SMAA-2 (Lahdelma & Salminen 2001). Weights come
from a Dirichlet distribution centred on the group's, or from participants resampled by Bayesian bootstrap (Rubin 1981).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from zlib import crc32

import numpy as np
import pandas as pd

SAMPLES, SEED = 10_000, 2026
KAPPA_GROUP, KAPPA_BOOTSTRAP = 50.0, 200.0
TOP = 3
# spread of an error that all ratings of a vendor share, as a share of the whole scale
VENDOR_BIAS = 0.02
# part of a domain's uncertainty that its ratings share (the rest is noise that averages out over the items)
DOMAIN_SHARED = 0.5


@dataclass(frozen=True)
class Robustness:
    """Ranks of the offers over many samples.

    samples   DataFrame sample x offer: fit in each sample
    weights   DataFrame sample x domain: the weights drawn
    ranks     array sample x offer, 1 for the best
    """

    samples: pd.DataFrame
    weights: pd.DataFrame
    ranks: np.ndarray

    @cached_property
    def acceptability(self) -> pd.DataFrame:
        """offer x rank: share of the samples in which the offer has the rank."""
        count = self.ranks.shape[1]
        shares = np.stack([(self.ranks == rank).mean(axis=0) for rank in range(1, count + 1)], axis=1)
        return pd.DataFrame(shares, self.samples.columns, pd.RangeIndex(1, count + 1, name="rank"))

    def probability_in_top(self, top: int = TOP) -> pd.Series:
        """offer -> share of the samples in which it is among the `top` best."""
        return pd.Series((self.ranks <= top).mean(axis=0), self.samples.columns, name=f"P(rank <= {top})")

    @cached_property
    def expected_rank(self) -> pd.Series:
        return pd.Series(self.ranks.mean(axis=0), self.samples.columns, name="expected rank")

    @cached_property
    def central_weights(self) -> pd.DataFrame:
        """offer x domain: mean weights of the samples that the offer wins; missing where it never wins."""
        rows = {
            offer: self.weights.to_numpy()[self.ranks[:, place] == 1].mean(axis=0)
            if (self.ranks[:, place] == 1).any()
            else np.full(self.weights.shape[1], np.nan)
            for place, offer in enumerate(self.samples.columns)
        }
        return pd.DataFrame.from_dict(rows, orient="index", columns=self.weights.columns)


def draw_weights(
    weights: pd.Series, *, kappa: float = KAPPA_GROUP, samples: int = SAMPLES, seed: int = SEED
) -> pd.DataFrame:
    """Weights from a Dirichlet centred on the group's; `kappa` says how sure the group is of them."""
    share = weights.to_numpy(float) / weights.sum()
    draws = np.random.default_rng(seed).standard_gamma(share * kappa, size=(samples, share.size))
    return pd.DataFrame(draws / draws.sum(axis=1, keepdims=True), columns=weights.index)


def robustness(
    domain_fit: pd.DataFrame,
    spread: pd.DataFrame,
    weights: pd.DataFrame,
    *,
    vendor_bias: float = VENDOR_BIAS,
    seed: int = SEED,
) -> Robustness:
    """Rank offers in many plausible worlds.

    domain_fit  offer x domain, 0 to 1: the central fit
    spread      offer x domain: standard deviation of the error of that fit
    weights     sample x domain, rows summing to 1 (from draw_weights)

    The error of an offer's fit in a sample is normal with variance vendor_bias^2 + sum of (weight x spread)^2, which
    is the distribution of a bias shared by the vendor plus one bias for each of its domains.
    """
    given = weights[domain_fit.columns].to_numpy()
    centre = given @ domain_fit.to_numpy().T
    variance = vendor_bias**2 + (given**2) @ (spread[domain_fit.columns].to_numpy() ** 2).T
    noise = np.stack([_noise(str(offer), len(weights), seed) for offer in domain_fit.index], axis=1)
    values = centre + np.sqrt(variance) * noise
    order = np.argsort(-values, axis=1)
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, order.shape[1] + 1)[None, :], axis=1)
    return Robustness(pd.DataFrame(values, columns=domain_fit.index), weights, ranks)


@lru_cache(maxsize=512)
def _noise(offer: str, samples: int, seed: int) -> np.ndarray:
    """Standard normal errors of one product: the same in every view, whichever other products stand beside it."""
    product = offer.partition("/")[0]
    return np.random.default_rng([seed, crc32(product.encode())]).standard_normal(samples)


def domain_spread(low: pd.DataFrame, high: pd.DataFrame, asked: pd.Series, domains: pd.Series) -> pd.DataFrame:
    """Standard deviation of each offer's fit in each domain, from the intervals of its ratings.

    low, high  offer x item: covered points (never above what is asked) at the ends of the intervals
    asked      item -> points asked for, items of a domain standing together

    A rating's error is taken as uniform over its interval. Half of its variance is shared by the domain (one rater,
    one documentation), the rest is noise between the items, which averages out.
    """
    width = (high - low).to_numpy() / np.sqrt(12.0)
    codes = domains[asked.index].to_numpy()
    starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])
    points = np.add.reduceat(asked.to_numpy(float), starts)
    shared = np.add.reduceat(width, starts, axis=1) / points
    alone = np.sqrt(np.add.reduceat(width**2, starts, axis=1)) / points
    return pd.DataFrame(np.sqrt(DOMAIN_SHARED * shared**2 + (1 - DOMAIN_SHARED) * alone**2), low.index, codes[starts])
