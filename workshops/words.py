"""Reasons and labels in the reader's language, for pages and documents alike."""

from __future__ import annotations

import datetime as dt
from typing import Any

from interface.language import Texts
from workshops.assess import Assessment


class Words:
    """Puts what an assessment found into sentences."""

    def __init__(self, assessment: Assessment, t: Texts) -> None:
        self.assessment, self.t = assessment, t
        self.own = {item.id: item.label for item in assessment.project.own_items}

    def item(self, item_id: str) -> str:
        return self.own.get(item_id) or self.assessment.map.items[item_id].label[self.t.language]

    def domain(self, domain_id: str) -> str:
        return self.assessment.map.domain(domain_id).label[self.t.language]

    def money(self, amount: float) -> str:
        return self.t.money(amount, self.assessment.project.context.currency)

    def score(self, fit: float) -> str:
        """A fit of 0 to 1 as people read it, 0 to 100."""
        return self.t.number(fit * 100)

    def reason(self, key: str, values: dict[str, Any]) -> str:
        """A condition of a gate as a sentence: what is asked, what is reached, and how near it was."""
        t, gate = self.t, key.removeprefix("reason.")
        if gate == "must-have":
            sentence = t(
                "reason.must-have",
                item=self.item(values["condition"]),
                bar=t.number(values["bar"]),
                level=t.number(values["central"]),
            )
        elif gate == "budget":
            sentence = t(
                "reason.budget",
                cost=self.money(values["central"]),
                budget=self.money(values["bar"]),
                over=self.money(abs(values["central"] - values["bar"])),
            )
        elif gate == "ergonomics":
            sentence = t("reason.ergonomics", score=t.number(values["central"]), bar=t.number(values["bar"]))
        else:
            sentence = t(f"reason.context.{values['condition']}")
        if values["verdict"].startswith("likely"):
            sentence += " " + t("reason.unsure")
        if values["near_miss"]:
            sentence += " " + t("reason.near_miss")
        return sentence

    def origin(self, origin: str, line: str, detail: dict[str, Any]) -> str:
        """Where a cost line comes from, in one sentence."""
        t = self.t
        if origin == "quote":
            return self.quote_origin(detail)
        if origin in ("list-price", "quote-bracket"):
            unit = t(f"unit.{detail['unit']}")
            if detail["unit"] == "free":
                return t("origin.free")
            key = "origin.list-price" if origin == "list-price" else "origin.quote-bracket"
            sentence = t(
                key,
                amount=t.number(detail["likely"], 2),
                low=t.number(detail["low"], 0),
                high=t.number(detail["high"], 0),
                currency=detail["currency"],
                unit=unit,
                seats=t.number(detail["seats"]),
                dated=detail["dated"] or "–",
            )
            if detail.get("minimum") and detail["seats"] == detail["minimum"]:
                sentence += " " + t("origin.minimum", seats=detail["minimum"])
            return f"{detail['add_on']}: {sentence}" if detail.get("add_on") else sentence
        if line == "support":
            return t("origin.support", share=t.percent(detail["share"]))
        return t("origin.days", days=t.number(detail["days"], 1), rate=self.money(detail["rate"]))

    def quote_origin(self, detail: dict[str, Any]) -> str:
        """A quote with its date and how long it holds."""
        t = self.t
        sentence = t(
            "origin.quote",
            amount=t.number(detail["amount"], 2),
            currency=detail["currency"],
            dated=t.date(dt.date.fromisoformat(detail["dated"])),
        )
        if detail["valid_until"]:
            sentence += " " + t("origin.valid_until", day=t.date(dt.date.fromisoformat(detail["valid_until"])))
        return f"{sentence} {detail['reference']}".strip()
