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
VERDICTS = (PASS, LIKELY_PASS, LIKELY_FAIL, FAIL)
# which verdicts exclude an offer
POLICIES = {
    "default": (LIKELY_FAIL, FAIL),
    "strict": (LIKELY_PASS, LIKELY_FAIL, FAIL),
    "lenient": (FAIL,),
}
GATES = ("context", "must-have", "budget", "ergonomics")
NEAR_LEVELS, NEAR_BUDGET, NEAR_ERGONOMICS = 1.0, 0.10, 5.0


@dataclass(frozen=True)
class Gates:
    """Every condition of every offer, with its verdict.

    conditions  DataFrame, one row per offer and condition: offer, gate, condition, low, central, high, bar,
                at_least (True where more is better), verdict, shortfall (how far the central value is from the bar,
                in the condition's own unit, 0 where it passes), near_miss
    policy      name of the policy that says which verdicts exclude
    """

    conditions: pd.DataFrame
    policy: str = "default"

    @cached_property
    def excluding(self) -> pd.DataFrame:
        """The conditions that exclude an offer."""
        return self.conditions[self.conditions["verdict"].isin(POLICIES[self.policy])]

    @cached_property
    def to_confirm(self) -> pd.DataFrame:
        """Conditions that do not exclude, but are not sure either."""
        kept = self.conditions[~self.conditions["verdict"].isin(POLICIES[self.policy])]
        return kept[kept["verdict"] != PASS]

    def passing(self, offers: pd.Index) -> pd.Index:
        """The offers that no condition excludes."""
        return offers[[offer not in self.excluded for offer in offers]]

    @cached_property
    def excluded(self) -> frozenset[str]:
        """The offers that a condition excludes."""
        return frozenset(self.excluding["offer"])

    def verdict_of(self, offers: pd.Index) -> pd.DataFrame:
        """offer x gate: the worst verdict of the gate's conditions; pass where a gate has none."""
        rank = {verdict: place for place, verdict in enumerate(VERDICTS)}
        worst: dict[tuple[str, str], int] = {}
        for offer, gate, verdict in zip(
            *(self.conditions[name].to_numpy() for name in ("offer", "gate", "verdict")), strict=True
        ):
            worst[offer, gate] = max(worst.get((offer, gate), 0), rank[verdict])
        return pd.DataFrame(
            {gate: [VERDICTS[worst.get((offer, gate), 0)] for offer in offers] for gate in GATES}, index=offers
        )


def gates(conditions: pd.DataFrame, policy: str = "default") -> Gates:
    """Give every condition its verdict.

    conditions  DataFrame: offer, gate, condition, low, central, high, bar, at_least. For a cost (at_least False) low
                is the good end. Levels of must-haves are rounded to the nearest, halves up, before they are compared.
    """
    if policy not in POLICIES:
        raise ValueError(f"There is no gate policy {policy!r}; one of {', '.join(POLICIES)}.")
    table = conditions.reset_index(drop=True)
    ends = {name: table[name].to_numpy(float) for name in ("low", "central", "high", "bar")}
    gate, at_least = table["gate"].to_numpy(), table["at_least"].to_numpy(bool)
    is_level = gate == "must-have"
    for name in ("low", "central", "high"):
        ends[name] = np.where(is_level, np.floor(ends[name] + 0.5), ends[name])
    sign = np.where(at_least, 1.0, -1.0)
    bad = np.where(at_least, ends["low"], ends["high"])
    good = np.where(at_least, ends["high"], ends["low"])
    # a bar of 3.0 must not be missed by a rounding error of the last digit
    reaches = {
        name: sign * (values - ends["bar"]) >= -1e-9
        for name, values in (("bad", bad), ("central", ends["central"]), ("good", good))
    }
    verdict = np.select([reaches["bad"], ~reaches["good"], reaches["central"]], [PASS, FAIL, LIKELY_PASS], LIKELY_FAIL)
    shortfall = np.maximum(sign * (ends["bar"] - ends["central"]), 0.0)
    near = np.select(
        [is_level, gate == "budget", gate == "ergonomics"],
        [shortfall <= NEAR_LEVELS, shortfall <= NEAR_BUDGET * ends["bar"], shortfall <= NEAR_ERGONOMICS],
        False,
    )
    excluded = np.isin(verdict, POLICIES[policy])
    return Gates(table.assign(verdict=verdict, shortfall=shortfall, near_miss=near & excluded), policy)
