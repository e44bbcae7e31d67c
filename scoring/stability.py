"""Weight stability intervals: between which weights of a domain the leader stays, and between which the whole order.

One weight moves from 0 to 1 while the others keep their proportions (Mareschal 1988). Fits are then straight lines in
that weight, so the ends of the intervals are exact crossings, not the result of a search.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

_EQUAL = 1e-12


def weight_stability(domain_fit: pd.DataFrame, weights: pd.Series) -> pd.DataFrame:
    """By how much each domain's weight may move, alone, before the order changes.

    domain_fit  offer x domain, 0 to 1
    weights     domain -> share, summing to 1

    Returns a DataFrame domain -> weight, leader_low, leader_high (the leader stays between them), rival_low,
    rival_high (who takes the lead below and above; None where nobody does), order_low, order_high (nobody overtakes
    anybody between them).
    """
    share = weights.reindex(domain_fit.columns).to_numpy(float)
    share = share / share.sum()
    values = domain_fit.to_numpy(float)
    order = np.argsort(-(values @ share), kind="stable")
    offers = domain_fit.index[order]
    rows = []
    for place, weight in enumerate(share):
        start, slope = _lines(values[order], share, place)
        low, high, below, above = _kept(start[0] - start[1:], slope[0] - slope[1:], weight)
        order_low, order_high, _, _ = _kept(-np.diff(start), -np.diff(slope), weight)
        rows.append(
            (
                weight,
                low,
                high,
                None if below is None else offers[1 + below],
                None if above is None else offers[1 + above],
                order_low,
                order_high,
            )
        )
    names = ["weight", "leader_low", "leader_high", "rival_low", "rival_high", "order_low", "order_high"]
    return pd.DataFrame(rows, index=domain_fit.columns, columns=names).astype(
        {"rival_low": object, "rival_high": object}
    )


def fit_lines(domain_fit: pd.DataFrame, weights: pd.Series, domain: str) -> pd.DataFrame:
    """The fit of each offer when a domain weighs nothing and when it weighs everything: the two ends of its line.

    Returns a DataFrame offer -> at_none, at_all.
    """
    share = weights.reindex(domain_fit.columns).to_numpy(float)
    start, slope = _lines(domain_fit.to_numpy(float), share / share.sum(), domain_fit.columns.get_loc(domain))
    return pd.DataFrame({"at_none": start, "at_all": start + slope}, index=domain_fit.index)


def moved(weights: pd.Series, domain: str, share: float) -> pd.Series:
    """The weights with one of them at `share`, the others in the proportions they had."""
    rest = weights.drop(domain)
    if rest.sum() <= 0:
        return weights / weights.sum()
    scaled = rest / rest.sum() * (1.0 - share)
    return pd.concat([scaled, pd.Series({domain: share})]).reindex(weights.index)


def _lines(values: np.ndarray, share: np.ndarray, place: int) -> tuple[np.ndarray, np.ndarray]:
    """Fit of each offer where the weight is 0, and what a full weight adds to it."""
    others = np.delete(share, place)
    if others.sum() <= 0:  # no other domain has a weight: there is nothing to share out
        return values[:, place], np.zeros(len(values))
    start = np.delete(values, place, axis=1) @ (others / others.sum())
    return start, values[:, place] - start


def _kept(lead: np.ndarray, slope: np.ndarray, weight: float) -> tuple[float, float, int | None, int | None]:
    """Where all of lead + slope x w stay at or above 0 around the weight, and which of them ends it on each side."""
    low, high, below, above = 0.0, 1.0, None, None
    for place, (start, gain) in enumerate(zip(lead, slope, strict=True)):
        if abs(gain) <= _EQUAL:
            continue
        crossing = min(max(-start / gain, 0.0), 1.0)
        # equals at today's weight: the crossing is here, whatever the last digit says
        if abs(start + gain * weight) <= _EQUAL:
            crossing = weight
        if gain > 0 and crossing > low:
            low, below = crossing, place
        if gain < 0 and crossing < high:
            high, above = crossing, place
    return min(low, weight), max(high, weight), below, above
