"""Total cost of ownership: one-off lines at the start, yearly lines paid in advance, discounted over a horizon."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

ENDS = ("low", "likely", "high")
LINES = (
    "licences",
    "flat-fee",
    "add-ons",
    "implementation",
    "migration",
    "integration",
    "training",
    "support",
    "internal",
    "other",
)


@dataclass(frozen=True)
class Cost:
    """Cost of each offer over the horizon, line by line.

    lines   DataFrame, one row per offer and line: offer, line, timing ("once" or "yearly"), low, likely, high (amount
            each time it is paid, in the project's currency), and whatever else explains the line
    years   horizon, in years
    discount_rate   yearly, 0.03 for 3 %
    """

    lines: pd.DataFrame
    years: int
    discount_rate: float

    @cached_property
    def present_values(self) -> pd.DataFrame:
        """The lines with their amounts over the horizon, at today's value."""
        yearly = self.lines["timing"].to_numpy(object) == "yearly"
        times = np.where(yearly, annuity_in_advance(self.years, self.discount_rate), 1.0)
        return self.lines.assign(**{end: self.lines[end].to_numpy(float) * times for end in ENDS})

    @cached_property
    def totals(self) -> pd.DataFrame:
        """offer -> low, likely, high: total cost of ownership."""
        offer, names = pd.factorize(self.lines["offer"].to_numpy(object))
        sums = {end: np.bincount(offer, self.present_values[end].to_numpy(float), len(names)) for end in ENDS}
        return pd.DataFrame(sums, pd.Index(names, dtype=object, name="offer"))

    @cached_property
    def by_line(self) -> pd.DataFrame:
        """offer x line: the likely present value."""
        table = self.present_values.pivot_table(
            index="offer", columns="line", values="likely", aggfunc="sum", sort=False, fill_value=0.0, observed=True
        )
        return table.reindex(columns=[line for line in LINES if line in table.columns])

    @cached_property
    def first_year(self) -> pd.Series:
        """offer -> likely amount to be paid in the first year."""
        return self.lines.groupby("offer", sort=False)["likely"].sum()

    @cached_property
    def yearly(self) -> pd.Series:
        """offer -> likely amount of the lines that come back each year."""
        recurring = self.lines[self.lines["timing"] == "yearly"].groupby("offer", sort=False)["likely"].sum()
        return recurring.reindex(self.totals.index).fillna(0.0)


def cost_of_ownership(lines: pd.DataFrame, *, years: int, discount_rate: float = 0.0) -> Cost:
    """Add up what offers cost over a number of years.

    lines  DataFrame: offer, line, timing ("once" | "yearly"), low, likely, high

    Raises ValueError for a horizon below one year or a discount rate of -100 % or less.
    """
    if years < 1:
        raise ValueError(f"The horizon is {years} years; it must be at least 1.")
    if discount_rate <= -1:
        raise ValueError(f"The discount rate is {discount_rate:.0%}; it must be above -100 %.")
    return Cost(lines.reset_index(drop=True), int(years), float(discount_rate))


def annuity_in_advance(years: int, rate: float) -> float:
    """Present value of 1 paid at the start of each year: sum of (1 + rate)^-t for t = 0 to years - 1."""
    return float(sum((1.0 + rate) ** -year for year in range(years)))
