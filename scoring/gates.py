"""Conditions that exclude and are never compensated: one rule for all of them.

Every gate compares an interval (low, central, high) with a bar. It is a *pass* when the bad end passes, a *fail* when
the good end fails, and *likely pass* or *likely fail* by the central value when the ends disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

PASS, LIKELY_PASS, LIKELY_FAIL, FAIL = "pass", "likely pass", "likely fail", "fail"
VERDICTS = (PASS, LIKELY_PASS, LIKELY_FAIL, FAIL)  # from good to bad
# which verdicts exclude an offer
POLICIES = {
    "default": (LIKELY_FAIL, FAIL),
    "strict": (LIKELY_PASS, LIKELY_FAIL, FAIL),
    "lenient": (FAIL,),
}
# the end of an interval that decides whether a policy excludes: what must reach the bar
DECIDING = {"default": "central", "strict": "bad", "lenient": "good"}
GATES = ("context", "must-have", "budget", "ergonomics")
NEAR_LEVELS, NEAR_BUDGET, NEAR_ERGONOMICS = 1.0, 0.10, 5.0


@dataclass(frozen=True, eq=False)
class Gates:
    """Every condition of every offer, with its verdict.

    conditions  DataFrame, one row per offer and condition: offer, gate, condition, low, central, high, bar,
                at_least (True where more is better), verdict, excludes (True where the policy says so), deciding (the
                end that must reach the bar), shortfall (how far the central value is from the bar, in the condition's
                own unit, 0 where it passes), steps (how far the deciding end is from the bar, where 1 is a near miss:
                a level, a tenth of the budget, five points of ergonomics), near_miss
    policy      name of the policy that says which verdicts exclude
    """

    conditions: pd.DataFrame
    policy: str = "default"

    @cached_property
    def excluding(self) -> pd.DataFrame:
        """The conditions that exclude an offer."""
        return self.conditions[self.conditions["excludes"].to_numpy(bool)]

    @cached_property
    def to_confirm(self) -> pd.DataFrame:
        """Conditions that do not exclude, but are not sure either."""
        unsure = self.conditions["verdict"].to_numpy(object) != PASS
        return self.conditions[unsure & ~self.conditions["excludes"].to_numpy(bool)]

    def passing(self, offers: pd.Index) -> pd.Index:
        """The offers that no condition excludes."""
        return offers[self.passes(offers)]

    def passes(self, offers: pd.Index) -> np.ndarray:
        """For each offer, whether no condition excludes it."""
        return np.array([offer not in self.excluded for offer in offers], dtype=bool)

    @cached_property
    def excluded(self) -> frozenset[str]:
        """The offers that a condition excludes."""
        return frozenset(self.excluding["offer"].to_numpy(object))

    def verdict_of(self, offers: pd.Index) -> pd.DataFrame:
        """offer x gate: the worst verdict of the gate's conditions; pass where a gate has none."""
        rank = {verdict: place for place, verdict in enumerate(VERDICTS)}
        worst = np.zeros((len(offers), len(GATES)), dtype=int)
        row, column = (
            offers.get_indexer(self._offers),
            np.array([GATES.index(gate) for gate in self._column("gate")], int),
        )
        verdict = np.array([rank[one] for one in self._column("verdict")], dtype=int)
        known = row >= 0
        np.maximum.at(worst, (row[known], column[known]), verdict[known])
        return pd.DataFrame(np.array(VERDICTS, dtype=object)[worst], offers, list(GATES))

    def fails(self, offers: pd.Index) -> pd.DataFrame:
        """offer x (gate, condition): True where the condition excludes the offer."""
        gate, gate_names = pd.factorize(self._column("gate"))
        condition, condition_names = pd.factorize(self._column("condition"))
        column, pairs = pd.factorize(gate * max(len(condition_names), 1) + condition)
        table = np.zeros((len(offers), len(pairs)), dtype=bool)
        row, excludes = offers.get_indexer(self._offers), self.conditions["excludes"].to_numpy(bool)
        found = (row >= 0) & excludes
        table[row[found], column[found]] = True
        names = [
            (gate_names[one // len(condition_names)], condition_names[one % len(condition_names)]) for one in pairs
        ]
        return pd.DataFrame(
            table, offers, pd.MultiIndex.from_tuples(names, names=["gate", "condition"]) if names else []
        )

    @property
    def _offers(self) -> pd.Index:
        return pd.Index(self._column("offer"), dtype=object)

    def _column(self, name: str) -> np.ndarray:
        return self.conditions[name].to_numpy(object)


def gates(conditions: pd.DataFrame, policy: str = "default") -> Gates:
    """Give every condition its verdict.

    conditions  DataFrame: offer, gate, condition, low, central, high, bar, at_least. For a cost (at_least False) low
                is the good end. Levels of must-haves are rounded to the nearest, halves up, before they are compared.
    """
    if policy not in POLICIES:
        raise ValueError(f"There is no gate policy {policy!r}; one of {', '.join(POLICIES)}.")
    table = conditions.reset_index(drop=True)
    bar, gate = table["bar"].to_numpy(float), table["gate"].to_numpy(object)
    at_least, is_level = table["at_least"].to_numpy(bool), gate == "must-have"
    sign = np.where(at_least, 1.0, -1.0)
    ends = _ends(*(table[name].to_numpy(float) for name in ("low", "central", "high")), at_least, is_level)
    code, central = _codes(ends, bar, sign), ends["central"]
    shortfall = np.maximum(sign * (bar - central), 0.0)
    unit = np.select(
        [is_level, gate == "budget", gate == "ergonomics"], [NEAR_LEVELS, NEAR_BUDGET * bar, NEAR_ERGONOMICS], 0.0
    )
    deciding = ends[DECIDING[policy]]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        # conditions of the context are met or not: never nearly
        steps = np.where(unit > 0, np.maximum(sign * (bar - deciding), 0.0) / unit, np.inf)
    excludes = _excluding(policy)[code]
    return Gates(
        table.assign(
            verdict=pd.Series(np.array(VERDICTS, dtype=object)[code], dtype=object),
            excludes=excludes,
            deciding=deciding,
            shortfall=shortfall,
            steps=np.where(excludes, steps, 0.0),
            near_miss=excludes & (unit > 0) & (shortfall <= unit),
        ),
        policy,
    )


def excluded(
    gate: str, low: np.ndarray, central: np.ndarray, high: np.ndarray, bar: np.ndarray, at_least: bool, policy: str
) -> np.ndarray:
    """condition x offer: what excludes, of conditions of one gate; as `gates` says, without the rest of its working.

    low, central, high  condition x offer
    bar                 of each condition
    """
    ends = _ends(low, central, high, at_least, gate == "must-have")
    return _excluding(policy)[_codes(ends, bar[:, None], 1.0 if at_least else -1.0)]


def _ends(
    low: np.ndarray, central: np.ndarray, high: np.ndarray, at_least: np.ndarray | bool, is_level: np.ndarray | bool
) -> dict[str, np.ndarray]:
    """The intervals by what is bad and good about them, levels rounded."""
    low, central, high = (np.where(is_level, np.floor(end + 0.5), end) for end in (low, central, high))
    return {"bad": np.where(at_least, low, high), "central": central, "good": np.where(at_least, high, low)}


def _codes(ends: dict[str, np.ndarray], bar: np.ndarray | float, sign: np.ndarray | float) -> np.ndarray:
    """The place of each verdict in `VERDICTS`."""
    # a bar of 3.0 must not be missed by a rounding error of the last digit
    reaches = {name: sign * (values - bar) >= -1e-9 for name, values in ends.items()}
    return np.select([reaches["bad"], ~reaches["good"], reaches["central"]], [0, 3, 1], 2)


def _excluding(policy: str) -> np.ndarray:
    """For each of `VERDICTS`, whether the policy excludes by it."""
    return np.array([verdict in POLICIES[policy] for verdict in VERDICTS])


def prices(fit: pd.Series, fails: pd.DataFrame, by: str = "gate") -> pd.DataFrame:
    """What each gate (or each condition) costs in fit: how much better the best offer would be without it.

    fit    offer -> fit
    fails  offer x (gate, condition): True where the condition excludes the offer, as from `Gates.fails`

    Returns a DataFrame by gate (or by gate and condition): fit (of the best offer without it), offer, points (0 to 1,
    missing where nothing passes even so).
    """
    if by == "gate":
        fails = pd.DataFrame(
            {gate: fails[gate].to_numpy(bool).any(axis=1) if gate in fails else False for gate in GATES}, fails.index
        )
    blocked, values = fails.to_numpy(bool), fit.reindex(fails.index).to_numpy(float)
    count = blocked.sum(axis=1)
    best = values[count == 0].max(initial=0.0)
    rows = []
    for place in range(blocked.shape[1]):
        free = np.flatnonzero(count - blocked[:, place] == 0)
        if len(free) == 0:
            rows.append((np.nan, None, np.nan))
            continue
        first = free[values[free].argmax()]
        rows.append((values[first], fails.index[first], max(values[first] - best, 0.0)))
    return pd.DataFrame(rows, index=fails.columns, columns=["fit", "offer", "points"])
