"""The cost lines of one offer as formulas of the scorecard: the same arithmetic as workshops/costs.py."""

from __future__ import annotations

import math
from typing import Any

from workshops.assess import Assessment
from workshops.costs import PER_YEAR, team_size

ENDS = ("low", "likely", "high")
COLUMN = {"low": "E", "likely": "F", "high": "G"}  # of the amounts, on the sheet of the cost lines
TRAINING = {"low": 0.75, "likely": 1.0, "high": 1.5}
Part = tuple[float, str]  # a value and the formula that gives it; "" for a plain number


class CostFormulas:
    """For each line of an offer: what is paid per unit, how many units, and the conversion of the currency."""

    def __init__(self, assessment: Assessment, offer: str, settings: dict[str, str]) -> None:
        """settings: name -> the cell of the scorecard that holds it"""
        self.edition, self.context, self.cells = assessment.edition, assessment.project.context, settings
        self.product = assessment.edition.products[assessment.offers.products[offer]]
        self.implementation_row = 0

    def of(self, line: Any, row: int) -> tuple[tuple[Part, Part, Part], Part, Part]:
        """The three amounts, what multiplies them, and the conversion, of the line that stands in a row.

        A line that does not follow from the settings, such as a price that the project was quoted, is plain amounts.
        """
        amounts, times, rate = self._priced(line["detail"]) if "unit" in line["detail"] else self._by_days(line, row)
        follows = all(
            math.isclose(amount * times[0] * rate[0], line[end], rel_tol=1e-12, abs_tol=1e-9)
            for (amount, _), end in zip(amounts, ENDS, strict=True)
        )
        if follows:
            return amounts, times, rate
        if line["line"] == "implementation":
            self.implementation_row = 0  # its cells hold amounts now, not days
        low, likely, high = ((float(line[end]), "") for end in ENDS)
        return (low, likely, high), (1.0, ""), (1.0, "")

    def _by_days(self, line: Any, row: int) -> tuple[tuple[Part, Part, Part], Part, Part]:
        kind, costs = line["line"], self.context.costs
        times = (costs.day_rate, f"={self.cells['day_rate']}")
        if kind == "implementation":
            self.implementation_row, amounts = row, self._implementation
        elif kind == "training":
            amounts = self._training
        elif kind == "support":
            amounts = self._support
            formula = f"={self.cells['day_rate']}*{self.cells['support']}"
            times = (costs.day_rate * costs.support_share, formula)
        else:
            amounts = self._days
        low, likely, high = (amounts(line, end) for end in ENDS)
        return (low, likely, high), times, (1.0, "")

    def _priced(self, detail: dict[str, Any]) -> tuple[tuple[Part, Part, Part], Part, Part]:
        users, into = self.cells["users"], self.context.currency
        times = PER_YEAR[detail["unit"]]
        if detail["unit"].startswith("user"):
            formula = f"={times:g}*MAX({users},{detail['minimum']})"
        elif detail.get("included"):
            formula = f"={times:g}*MAX(1,ROUNDUP({users}/{detail['included']},0))"
        else:
            formula = ""
        currency = detail["currency"]
        rate = f"=1/{self.cells[f'rate-{currency}']}*{self.cells[f'rate-{into}']}"
        low, likely, high = ((float(detail[end]), "") for end in ENDS)
        return (
            (low, likely, high),
            (times * detail["seats"], formula),
            (self.edition.rates.convert(1.0, currency, into), rate),
        )

    def _implementation(self, line: Any, end: str) -> Part:
        if self.product.implementation is None:
            return 0.0, ""
        days, users = self.product.implementation.days, self.cells["users"]
        small, medium, large = (getattr(days[size], end) for size in ("small", "medium", "large"))
        formula = f"=IF({users}<=25,{small!r},IF({users}<=100,{medium!r},{large!r}))"
        return getattr(days[team_size(self.context.users)], end), formula

    def _training(self, line: Any, end: str) -> Part:
        per_ten, users = self.context.costs.training_days_per_ten_users, self.context.users
        formula = f"={TRAINING[end]!r}*{self.cells['training']}*ROUNDUP({self.cells['users']}/10,0)"
        return TRAINING[end] * per_ten * -(-users // 10), formula

    def _support(self, line: Any, end: str) -> Part:
        if not self.implementation_row:
            return 0.0, ""
        value, _ = self._implementation(line, end)
        return value, f"={COLUMN[end]}{self.implementation_row + 1}"

    def _days(self, line: Any, end: str) -> Part:
        """Integration and migration: days that follow from the systems and data of the project."""
        costs = self.context.costs
        works = {"integration": self.context.systems, "migration": self.context.data}.get(line["line"], ())
        days = costs.integration_days if line["line"] == "integration" else costs.migration_days
        return float(sum(days[work.complexity][ENDS.index(end)] for work in works)), ""
