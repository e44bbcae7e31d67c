"""Which unknowns could change the shortlist: what to check first, before or during the demonstrations."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring.robustness import TOP

# where a fact may turn out to lie between the ends of its interval: five equally likely cases around its centre
CASES = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
COLUMNS = ["offer", "gate", "condition", "chance_low", "chance", "chance_high", "learned"]


def check_first(
    values: pd.DataFrame,
    low: pd.DataFrame,
    central: pd.DataFrame,
    high: pd.DataFrame,
    *,
    unsure: pd.DataFrame,
    outside: pd.DataFrame | None = None,
    top: int = TOP,
) -> pd.DataFrame:
    """By how much one fact, once known, would move an offer's chance of being among the best.

    values    DataFrame sample x offer: fits of the offers that pass every gate
    low, central, high   DataFrames offer x item: what an item brings to the fit at the ends of its rating's interval
    unsure    DataFrame, one row per condition of a gate that an offer meets or misses depending on what is found out:
              offer, gate, condition (the item, for a must-have), low, central, high, bar, at_least
    outside   DataFrame sample x offer: fits of the offers that a single unsure condition keeps out

    Returns one row per fact: offer, gate ("" for a rating that only moves the fit), condition (the item, for ratings and
    must-haves), chance_low and chance_high (of the top, once the fact turns out as badly or as well as it may), chance
    (today), learned (mean change of the chance over the plausible cases), the most useful first.
    """
    found = []
    for fits, inside in ((values, True), (outside if outside is not None else pd.DataFrame(), False)):
        for offer in fits.columns:
            margins = _margins(values, fits[offer].to_numpy(float), offer if inside else None, top)
            gated = unsure[unsure["offer"].to_numpy(object) == offer]
            ends = low.loc[offer], central.loc[offer], high.loc[offer]
            found.append(_facts(str(offer), margins, *ends, gated, inside=inside))
    table = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)
    table = table[table["learned"].to_numpy(float) > 0]
    return table.sort_values("learned", ascending=False, kind="stable", ignore_index=True)


def _facts(
    offer: str,
    margins: np.ndarray,
    low: pd.Series,
    central: pd.Series,
    high: pd.Series,
    gated: pd.DataFrame,
    *,
    inside: bool,
) -> pd.DataFrame:
    """The unsure facts of one offer: conditions of gates, and of an offer that passes the ratings that move its fit."""
    names = gated["condition"].to_numpy(object)
    must = gated["gate"].to_numpy(object) == "must-have"
    rated = (high.to_numpy(float) - low.to_numpy(float) > 1e-12) & ~central.index.isin(names[must]) & inside
    moved = pd.Index(np.r_[np.where(must, names, None), central.index[rated].to_numpy(object)], dtype=object)
    shift = _between(
        *(end.reindex(moved).fillna(0.0).to_numpy(float) - _base(central, moved) for end in (low, central, high))
    )
    met = np.vstack([_met(gated), np.ones((int(rated.sum()), len(CASES) + 2), dtype=bool)])
    chance = np.where(met, _chance(margins, shift), 0.0)
    today = float(_chance(margins, np.zeros(1))[0]) if inside else 0.0
    return pd.DataFrame(
        {
            "offer": np.full(len(moved), offer, dtype=object),
            "gate": np.r_[gated["gate"].to_numpy(object), np.full(int(rated.sum()), "", dtype=object)],
            "condition": np.r_[names, central.index[rated].to_numpy(object)],
            "chance_low": chance[:, 0],
            "chance": today,
            "chance_high": chance[:, -1],
            "learned": np.abs(chance[:, 1:-1] - today).mean(axis=1) if len(moved) else [],
        }
    )


def _base(central: pd.Series, items: pd.Index) -> np.ndarray:
    return central.reindex(items).fillna(0.0).to_numpy(float)


def _between(low: np.ndarray, central: np.ndarray, high: np.ndarray) -> np.ndarray:
    """fact x (low end, the cases, high end): half of the cases lie on each side of the centre."""
    part = np.r_[0.0, CASES, 1.0]
    low, central, high = low[:, None], central[:, None], high[:, None]
    return np.where(part < 0.5, low + (central - low) * 2 * part, central + (high - central) * (2 * part - 1))


def _met(gated: pd.DataFrame) -> np.ndarray:
    """Whether each condition is met at the low end, in the cases, and at the high end of what is known."""
    at_least = gated["at_least"].to_numpy(bool)
    sign = np.where(at_least, 1.0, -1.0)
    bad, central, good = (gated[name].to_numpy(float) for name in ("low", "central", "high"))
    bad, good = np.where(at_least, bad, good), np.where(at_least, good, bad)
    value = _between(bad, central, good)
    # levels, and facts of a profile that hold or do not, are whole
    whole = np.isin(gated["gate"].to_numpy(object), ["must-have", "context"])[:, None]
    value = np.where(whole, np.floor(value + 0.5), value)
    return sign[:, None] * (value - gated["bar"].to_numpy(float)[:, None]) >= -1e-9


def _margins(values: pd.DataFrame, own: np.ndarray, offer: str | None, top: int) -> np.ndarray:
    """By how much the offer's fit exceeds the last of the best among the others, sample by sample, sorted."""
    others = values.drop(columns=offer).to_numpy(float) if offer else values.to_numpy(float)
    if others.shape[1] < top:
        return np.full(len(own), np.inf)  # there is a place for everybody
    bar = np.partition(others, others.shape[1] - top, axis=1)[:, others.shape[1] - top]
    return np.sort(own - bar)


def _chance(margins: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Share of the samples in which the offer is among the best once its fit has moved."""
    return 1.0 - np.searchsorted(margins, -shift, side="right") / len(margins)
