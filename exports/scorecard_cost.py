"""The cost lines of one offer as formulas of the scorecard: the same arithmetic as workshops/costs.py."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from workshops.assess import Assessment
from workshops.costs import PER_YEAR, team_size

ENDS = ("low", "likely", "high")
COLUMN = {"low": "E", "likely": "F", "high": "G"}  # of the amounts, on the sheet of the cost lines
TRAINING = {"low": 0.75, "likely": 1.0, "high": 1.5}
INTEGRATOR = ("implementation", "migration", "integration")  # the work that the project's own people go along with
Part = tuple[float, str]  # a value and the formula that gives it; "" for a plain number
Parts = tuple[tuple[Part, ...], Part, Part]  # amounts at the three ends, what multiplies them, the currency
ONE: Part = (1.0, "")


class CostFormulas:
    """For each line of an offer: what is paid per unit, how many units, and the conversion of the currency."""

    def __init__(self, assessment: Assessment, offer: str, settings: dict[str, str]) -> None:
        """settings: name -> the cell of the scorecard that holds it"""
        self.edition, self.context, self.cells = assessment.edition, assessment.project.context, settings
        self.product = assessment.edition.products[assessment.offers.products[offer]]
        self.written: dict[str, tuple[int, Any]] = {}  # kind of line -> its row and what it came to

    def of(self, line: Any, row: int) -> Parts:
        """The parts of the line that stands in a row, as far as it follows from the settings.

        What follows from them is tried first, then days at the day rate, then plain amounts, as for a quote: the first
        that gives the application's amounts stands.
        """
        parts = next(parts for parts in (self._following(line), self._days(line), self._plain(line)) if parts)
        self.written[line["line"]] = (row, line)
        return parts

    def _following(self, line: Any) -> Parts | None:
        if "unit" in line["detail"]:
            return self._checked(line, self._priced(line["detail"]))
        makers: dict[str, Callable[[], Parts | None]] = {
            "implementation": self._implementation,
            "training": self._training,
            "support": self._support,
            "internal": self._internal,
        }
        parts = makers[line["line"]]() if line["line"] in makers else None
        return self._checked(line, parts) if parts else None

    def _days(self, line: Any) -> Parts | None:
        rate = self.context.costs.day_rate
        if line["detail"].get("rate") != rate or not rate or line["line"] == "internal":
            return None
        return tuple((line[end] / rate, "") for end in ENDS), (rate, f"={self.cells['day_rate']}"), ONE

    @staticmethod
    def _plain(line: Any) -> Parts:
        return tuple((float(line[end]), "") for end in ENDS), ONE, ONE

    @staticmethod
    def _checked(line: Any, parts: Parts) -> Parts | None:
        amounts, times, rate = parts
        follows = all(
            math.isclose(amount * times[0] * rate[0], line[end], rel_tol=1e-12, abs_tol=1e-9)
            for (amount, _), end in zip(amounts, ENDS, strict=True)
        )
        return parts if follows else None

    def _priced(self, detail: dict[str, Any]) -> Parts:
        users, into, currency = self.cells["users"], self.context.currency, detail["currency"]
        times = PER_YEAR[detail["unit"]]
        if detail["unit"].startswith("user"):
            formula = f"={times:g}*MAX({users},{detail['minimum']})"
        elif detail.get("included"):
            formula = f"={times:g}*MAX(1,ROUNDUP({users}/{detail['included']},0))"
        else:
            formula = ""
        rate = f"=1/{self.cells[f'rate-{currency}']}*{self.cells[f'rate-{into}']}"
        return (
            tuple((float(detail[end]), "") for end in ENDS),
            (times * detail["seats"], formula),
            (self.edition.rates.convert(1.0, currency, into), rate),
        )

    def _implementation(self) -> Parts | None:
        """Days by the size of the team, at the day rate."""
        if self.product.implementation is None:
            return None
        days, users = self.product.implementation.days, self.cells["users"]
        size, amounts = team_size(self.context.users), []
        for end in ENDS:
            small, medium, large = (getattr(days[one], end) for one in ("small", "medium", "large"))
            formula = f"=IF({users}<=25,{small!r},IF({users}<=100,{medium!r},{large!r}))"
            amounts.append((getattr(days[size], end), formula))
        return tuple(amounts), self._day_rate, ONE

    def _training(self) -> Parts:
        days = self.context.costs.training_days_per_ten_users * -(-self.context.users // 10)
        formula = f"{self.cells['training']}*ROUNDUP({self.cells['users']}/10,0)"
        return tuple((TRAINING[end] * days, f"={TRAINING[end]!r}*{formula}") for end in ENDS), self._day_rate, ONE

    def _support(self) -> Parts | None:
        """A share of the implementation, whatever that comes from."""
        if "implementation" not in self.written:
            return None
        row, line = self.written["implementation"]
        amounts = tuple((float(line[end]), f"={self._amount(end, row)}") for end in ENDS)
        return amounts, (self.context.costs.support_share, f"={self.cells['support']}"), ONE

    def _internal(self) -> Parts | None:
        """Days of the project's own people, as many as a share of the integrator's."""
        costs, work = self.context.costs, [self.written[kind] for kind in INTEGRATOR if kind in self.written]
        if not work or not costs.day_rate:
            return None
        amounts = []
        for end in ENDS:
            days = sum(line[end] for _, line in work) / costs.day_rate * costs.internal_share
            total = "+".join(self._amount(end, row) for row, _ in work)
            amounts.append((days, f"=({total})/{self.cells['day_rate']}*{self.cells['internal_share']}"))
        return tuple(amounts), (costs.internal_day_rate, f"={self.cells['internal_day_rate']}"), ONE

    @property
    def _day_rate(self) -> Part:
        return self.context.costs.day_rate, f"={self.cells['day_rate']}"

    @staticmethod
    def _amount(end: str, row: int) -> str:
        """What a line comes to each time it is paid."""
        return f"{COLUMN[end]}{row + 1}*H{row + 1}*I{row + 1}"
