"""How far people agree: on the level of an item (Tastle & Wierman 2007), and on an order (Kendall & Babington Smith 1939)."""

from __future__ import annotations

import numpy as np
import pandas as pd

LEVELS = (0, 1, 2, 3, 4)
AGREED, MINOR, DISCUSS, TOO_FEW = "agreed", "minor", "discuss", "too-few"
# 0.585 is exactly the index of a group split in half over two levels: 1 + log2(3/4)
AGREED_FROM, MINOR_FROM = 0.80, 1.0 + float(np.log2(0.75))
FEWEST_VOTES = 4  # below, an index says more about the number of voters than about their agreement


def level_counts(votes: pd.DataFrame) -> pd.DataFrame:
    """item x level: how many votes each level has.

    votes  DataFrame, one row per vote: item, level (0 to 4)
    """
    place, items = pd.factorize(votes["item"], sort=True)
    cells = place * len(LEVELS) + votes["level"].to_numpy(float).astype(int)
    counts = np.bincount(cells, minlength=len(items) * len(LEVELS)).reshape(len(items), len(LEVELS))
    return pd.DataFrame(counts, pd.Index(items, name="item"), list(LEVELS))


def consensus(counts: pd.DataFrame) -> pd.Series:
    """row -> 1 where all votes are alike, 0 where they stand half and half at the ends of the scale.

    counts  DataFrame of votes by level, the levels as columns; missing where nobody voted

    Cns = 1 + sum of p log2(1 - |level - mean| / width of the scale), Tastle & Wierman (2007).
    """
    levels = counts.columns.to_numpy(float)
    votes = counts.to_numpy(float)
    total = votes.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = votes / total
        away = np.abs(levels - (share * levels).sum(axis=1, keepdims=True)) / (levels.max() - levels.min())
        # a level without votes counts for nothing, even a whole scale away from the mean
        parts = np.where(share > 0, share * np.log2(np.where(share > 0, 1.0 - away, 1.0)), 0.0)
    found = np.where(total[:, 0] > 0, 1.0 + parts.sum(axis=1), np.nan)
    return pd.Series(np.clip(found, 0.0, 1.0), counts.index, name="consensus")


def lower_median(counts: pd.DataFrame) -> pd.Series:
    """row -> the level that half of the votes do not exceed, the lower one where two would do; missing without votes."""
    votes = counts.to_numpy(float)
    reached = votes.cumsum(axis=1) * 2 >= votes.sum(axis=1, keepdims=True)
    middle = counts.columns.to_numpy(float)[reached.argmax(axis=1)]
    return pd.Series(np.where(votes.sum(axis=1) > 0, middle, np.nan), counts.index, name="proposal")


def agreement(votes: pd.DataFrame) -> pd.DataFrame:
    """What the votes on each item say.

    votes  DataFrame, one row per vote: item, level

    Returns a DataFrame item -> votes, low, high, proposal (lower median), consensus (missing under 4 votes), verdict:
    "agreed", "minor", "discuss", or "too-few" votes for an index.
    """
    counts = level_counts(votes)
    table = counts.to_numpy(int)
    number = table.sum(axis=1)
    index = consensus(counts).where(number >= FEWEST_VOTES)
    verdict = np.select(
        [number < FEWEST_VOTES, index >= AGREED_FROM - 1e-9, index >= MINOR_FROM - 1e-9],
        [TOO_FEW, AGREED, MINOR],
        DISCUSS,
    )
    return pd.DataFrame(
        {
            "votes": number,
            "low": (table > 0).argmax(axis=1) if len(table) else [],
            "high": len(LEVELS) - 1 - (table[:, ::-1] > 0).argmax(axis=1) if len(table) else [],
            "proposal": lower_median(counts),
            "consensus": index,
            "verdict": pd.Series(verdict.astype(object), counts.index, dtype=object),
        },
        index=counts.index,
    )


def kendall_w(values: pd.DataFrame) -> float:
    """How far judges agree on an order, 0 to 1, corrected for ties; missing for fewer than two judges or two objects.

    values  object x judge: points or ranks, in the same direction for every judge
    """
    objects, judges = values.shape
    if judges < 2 or objects < 2:
        return float("nan")
    ranks = values.rank(axis="rows").to_numpy(float)
    squares = ((ranks.sum(axis=1) - judges * (objects + 1) / 2) ** 2).sum()
    ties = sum((many**3 - many).sum() for many in (np.unique(column, return_counts=True)[1] for column in ranks.T))
    most = judges**2 * (objects**3 - objects) - judges * ties
    # every judge holds all objects for equal: nobody disagrees, and there is no order to agree on
    return float(12 * squares / most) if most > 0 else float("nan")
