"""How sure the order is: Monte Carlo over the weights and over the errors of the ratings.

Rank acceptability, confidence factors and central weights are those of SMAA-2 (Lahdelma & Salminen 2001). Weights come
from a Dirichlet distribution centred on the group's, or from participants resampled by Bayesian bootstrap (Rubin 1981).
"""

from __future__ import annotations

from collections.abc import Iterable
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
# fits and their errors lie well within; added before values are packed with their place, so that all are positive
_LIFT = 64.0
# multiplications up to which OpenBLAS stays on one thread
_ONE_THREAD, _FEWEST_SAMPLES = 262_144, 128


@dataclass(frozen=True, eq=False)
class Robustness:
    """Ranks of the offers over many samples.

    domain_fit  DataFrame offer x domain: the central fit
    spread      DataFrame offer x domain: standard deviation of the error of that fit
    weights     DataFrame sample x domain: the weights drawn
    values      array sample x offer: fit in each sample
    """

    domain_fit: pd.DataFrame
    spread: pd.DataFrame
    weights: pd.DataFrame
    values: np.ndarray
    vendor_bias: float = VENDOR_BIAS
    seed: int = SEED

    @property
    def offers(self) -> pd.Index:
        return self.domain_fit.index

    @cached_property
    def order(self) -> np.ndarray:
        """sample x rank: the place of the offer that has the rank, best first; equals in the order given."""
        return descending(self.values)

    @cached_property
    def acceptability(self) -> pd.DataFrame:
        """offer x rank: share of the samples in which the offer has the rank."""
        count = len(self.offers)
        codes = self.order * count
        codes += np.arange(count)
        cells = np.bincount(codes.ravel(), minlength=count * count)
        ranks = pd.RangeIndex(1, count + 1, name="rank")
        return pd.DataFrame(cells.reshape(count, count) / len(self.values), self.offers, ranks)

    def probability_in_top(self, top: int = TOP) -> pd.Series:
        """offer -> share of the samples in which it is among the `top` best."""
        return self.acceptability.iloc[:, :top].sum(axis="columns").rename(f"P(rank <= {top})")

    @cached_property
    def expected_rank(self) -> pd.Series:
        ranks = self.acceptability.columns.to_numpy(float)
        return pd.Series(self.acceptability.to_numpy() @ ranks, self.offers, name="expected rank")

    @cached_property
    def central_weights(self) -> pd.DataFrame:
        """offer x domain: mean weights of the samples that the offer wins; missing where it never wins."""
        wins = np.zeros((len(self.offers), len(self.values)))
        wins[self.order[:, 0], np.arange(len(self.values))] = 1.0
        count = wins.sum(axis=1, keepdims=True)
        with np.errstate(invalid="ignore"):
            return pd.DataFrame(wins @ self.weights.to_numpy() / count, self.offers, self.weights.columns)

    @cached_property
    def confidence(self) -> pd.Series:
        """offer -> chance of being first for those whose weights favour it most; missing where it never wins.

        A low confidence says that the ratings are too unsure to tell the winner even when the weights are known.
        """
        fit, variance = self.domain_fit.to_numpy(), self.spread.to_numpy() ** 2
        noise = _noise_of(self.offers, len(self.values), self.seed)
        found = pd.Series(np.nan, self.offers, name="confidence")
        for place, weights in enumerate(self.central_weights.to_numpy()):
            if not np.isnan(weights).any():
                error = np.sqrt(variance @ weights**2 + self.vendor_bias**2)
                fits = (fit @ weights)[:, None] + noise * error[:, None]
                found.iloc[place] = (descending(np.ascontiguousarray(fits.T))[:, 0] == place).mean()
        return found

    def chance_ahead(self, one: str, other: str) -> float:
        """Share of the samples in which one offer stands before another."""
        first, second = self.offers.get_loc(one), self.offers.get_loc(other)
        return float((self.values[:, first] > self.values[:, second]).mean())

    def same_top(self, offers: pd.Index) -> float:
        """Share of the samples in which these offers are the best ones, in whatever order."""
        places = self.offers.get_indexer(offers)
        return float(np.isin(self.order[:, : len(places)], places).all(axis=1).mean())


def draw_weights(
    weights: pd.Series, *, kappa: float = KAPPA_GROUP, samples: int = SAMPLES, seed: int = SEED
) -> pd.DataFrame:
    """Weights from a Dirichlet centred on the group's; `kappa` says how sure the group is of them."""
    share = weights.to_numpy(float) / weights.sum()
    draws = np.stack(
        [
            _gamma(str(domain), float(one) * kappa, samples, seed)
            for domain, one in zip(weights.index, share, strict=True)
        ]
    )
    draws /= draws.sum(axis=0)
    return pd.DataFrame(draws.T, columns=weights.index, copy=False)


def draw_participants(
    votes: pd.DataFrame, *, kappa: float = KAPPA_BOOTSTRAP, samples: int = SAMPLES, seed: int = SEED
) -> pd.DataFrame:
    """Weights from participants who each shared out points (participant x domain), by Bayesian bootstrap.

    In each sample every participant counts for a random share, and the group's mean is known with precision `kappa`.
    """
    each = votes.to_numpy(float) / votes.to_numpy(float).sum(axis=1, keepdims=True)
    chance = np.random.default_rng(seed)
    mean = chance.dirichlet(np.ones(len(each)), samples) @ each
    draws = chance.standard_gamma(mean * kappa)
    return pd.DataFrame(draws / draws.sum(axis=1, keepdims=True), columns=votes.columns)


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
    if not weights.columns.equals(domain_fit.columns):  # choosing columns copies every sample
        weights = weights[domain_fit.columns]
    spread = spread[domain_fit.columns]
    samples = Samples(weights, vendor_bias=vendor_bias, seed=seed)
    values = samples.values(domain_fit.index, domain_fit.to_numpy(), spread.to_numpy())
    return Robustness(domain_fit, spread, weights, np.ascontiguousarray(values.T), vendor_bias, seed)


class Samples:
    """Samples of weights on which trials are made, as arrays: each trial takes the offers that it is about."""

    def __init__(self, weights: pd.DataFrame, *, vendor_bias: float = VENDOR_BIAS, seed: int = SEED) -> None:
        self.weights = np.ascontiguousarray(weights.to_numpy().T)
        # the size of an error needs no more than single precision, and takes half the time: it is off by less than 1e-7
        self.squares = np.square(self.weights, dtype=np.float32)
        self.least, self.seed = np.float32(vendor_bias**2), seed

    def values(self, offers: Iterable[str], domain_fit: np.ndarray, spread: np.ndarray) -> np.ndarray:
        """offer x sample: the fit with its error; domain_fit and spread are offer x domain."""
        centre, variance = np.ascontiguousarray(domain_fit), np.ascontiguousarray(spread**2, np.float32)
        fits = _noise_of(offers, self.weights.shape[1], self.seed)
        # in pieces that the linear algebra library does not hand to threads: on a server that several people share,
        # waiting for a second one takes longer than a small product; where pieces would be thin, threads pay
        step = _ONE_THREAD // max(centre.size, 1)
        step = step if step >= _FEWEST_SAMPLES else fits.shape[1]
        for start in range(0, fits.shape[1], step):
            piece = slice(start, start + step)
            error = variance @ self.squares[:, piece]
            error += self.least
            fits[:, piece] *= np.sqrt(error, out=error)
            fits[:, piece] += centre @ self.weights[:, piece]
        return fits

    @staticmethod
    def chance_in_top(values: np.ndarray, place: int, top: int = TOP) -> float:
        """The share of the samples in which one offer is among the best, as `probability_in_top` has it for all."""
        ahead = (values > values[place]).sum(axis=0)
        return float((np.bincount(ahead, minlength=top)[:top] / len(ahead)).sum())


def descending(values: np.ndarray) -> np.ndarray:
    """The places of each row's values, largest first; equals keep their order.

    The place rides in the last bits of the value, so that the values can be sorted themselves: several times faster
    than sorting places by value, at a precision of twelve digits.
    """
    count = values.shape[1]
    bits = max(count - 1, 1).bit_length()
    packed = (values + _LIFT).view(np.int64)
    packed &= ~np.int64((1 << bits) - 1)
    packed |= np.arange(count - 1, -1, -1)
    packed.sort(axis=1)
    packed &= (1 << bits) - 1
    return (count - 1) - packed[:, ::-1]


def _noise_of(offers: Iterable[str], samples: int, seed: int) -> np.ndarray:
    """offer x sample: standard normal errors."""
    return np.stack([_noise(str(offer).partition("/")[0], samples, seed) for offer in offers])


@lru_cache(maxsize=512)
def _noise(product: str, samples: int, seed: int) -> np.ndarray:
    """Standard normal errors of one product: the same in every view, whichever other products stand beside it."""
    return np.random.default_rng([seed, crc32(product.encode())]).standard_normal(samples)


@lru_cache(maxsize=128)
def _gamma(domain: str, shape: float, samples: int, seed: int) -> np.ndarray:
    """Gamma draws of one domain, from a stream of its own: the same in every view."""
    stream = np.random.Generator(np.random.SFC64([seed, crc32(domain.encode())]))
    return stream.standard_gamma(shape, samples)


def domain_spread(low: pd.DataFrame, high: pd.DataFrame, asked: pd.Series, domains: pd.Series) -> pd.DataFrame:
    """Standard deviation of each offer's fit in each domain, from the intervals of its ratings.

    low, high  offer x item: covered points (never above what is asked) at the ends of the intervals
    asked      item -> points asked for, items of a domain standing together

    A rating's error is taken as uniform over its interval. Half of its variance is shared by the domain (one rater,
    one documentation), the rest is noise between the items, which averages out.
    """
    codes = domains.reindex(asked.index).to_numpy()
    starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])
    points = np.add.reduceat(asked.to_numpy(float), starts)
    return pd.DataFrame(spread_of(high.to_numpy() - low.to_numpy(), points, starts), low.index, codes[starts])


def spread_of(width: np.ndarray, points: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """offer x domain: the same from arrays; points of each domain, and where it starts among the items."""
    width = width / np.sqrt(12.0)
    shared = np.add.reduceat(width, starts, axis=1) / points
    alone = np.sqrt(np.add.reduceat(width**2, starts, axis=1)) / points
    return np.sqrt(DOMAIN_SHARED * shared**2 + (1 - DOMAIN_SHARED) * alone**2)
