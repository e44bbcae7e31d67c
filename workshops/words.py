"""Reasons and labels in the reader's language, for pages and documents alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from interface.language import Texts
from scoring.gates import LIKELY_PASS
from workshops.assess import Assessment
from workshops.changes import Change, WayIn
from workshops.decide.decision import answered_in, expired_in, matrix_of, measured_in, products_in
from workshops.evidence import FEWEST_SCORERS

MOST_NAMED = 5  # ratings in one sentence


def how_firm(state: Mapping[str, Any], t: Texts) -> str:
    """How firm the order of a decision's matrix is, and what would turn it; nothing where that was not recorded."""
    result = matrix_of(state)
    if result is None:
        return ""

    def name(offer: str) -> str:
        return state["offers"][offer]["name"]

    order = [str(offer) for offer in result.totals.index]
    if len(order) == 1:
        return t("choice.only", leader=name(order[0]))
    if len(result.leaders) > 1:
        return t("choice.level", names=t.list([name(one) for one in result.leaders]))
    ahead = (result.totals["central"].iloc[0] - result.totals["central"].iloc[1]) * 100
    sentences = [t("choice.lead", leader=name(order[0]), second=name(order[1]), points=t.number(ahead, 1))]
    if result.overtaken.empty:
        sentences.append(t("choice.never"))
    else:
        first = result.overtaken.iloc[0]
        sentences.append(
            t(
                "choice.turns_more" if first["needed"] > first["weight"] else "choice.turns_less",
                part=t(f"choice.part.{first['part']}"),
                needed=t.percent(first["needed"]),
                now=t.percent(first["weight"]),
                rival=name(first["rival"]),
            )
        )
    could = [name(one) for one in result.could_lead]
    sentences.append(t("choice.could", names=t.list(could)) if could else t("choice.sure"))
    return " ".join(sentences)


def unsettled(state: Mapping[str, Any], t: Texts, day: dt.date) -> list[str]:
    """What a decision's matrix leaves open on a day."""
    names, measured, found = products_in(state), measured_in(state), []
    if fallen := state.get("fallen"):
        found.append(t("choice.fallen", names=t.list(fallen)))
    if unshown := [name for product, name in names.items() if product not in measured]:
        found.append(t("choice.unfinished", names=t.list(unshown), least=FEWEST_SCORERS))
    unanswered = [names[one] for one, share in answered_in(state).items() if share < 1 - 1e-9]
    if "team" in state["weights"] and unanswered:
        found.append(t("choice.unanswered", names=t.list(unanswered)))
    if expired := [state["offers"][one]["name"] for one in expired_in(state, day)]:
        found.append(t("choice.expired", names=t.list(expired)))
    if "budget" not in state["weights"] and state["context"]["budget"] is None:
        found.append(t("choice.no_budget"))
    return found


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

    def share(self, share: float) -> str:
        """A share of the samples: neither all nor none of them is claimed where a few differ."""
        if 0.995 <= share < 1:
            return f">\u00a0{self.t.percent(0.99)}"
        if 0 < share < 0.005:
            return f"<\u00a0{self.t.percent(0.01)}"
        return self.t.percent(share)

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
            likely = values["verdict"] == LIKELY_PASS
            sentence = t(
                "reason.budget_likely" if likely else "reason.budget",
                cost=self.money(values["central"]),
                budget=self.money(values["bar"]),
                over=self.money(values["central"] - values["bar"]),
                high=self.money(values["high"]),
            )
        elif gate == "ergonomics":
            sentence = t("reason.ergonomics", score=t.number(values["central"]), bar=t.number(values["bar"]))
        elif values["verdict"] == LIKELY_PASS:
            return self.fact(gate, values["condition"])
        else:
            sentence = t(f"reason.context.{values['condition']}")
        if values["verdict"].startswith("likely"):
            sentence += " " + t("reason.unsure")
        if values["near_miss"]:
            sentence += " " + t("reason.near_miss")
        return sentence

    def sure(self, key: str, values: dict[str, Any]) -> str:
        """How sure the order is."""
        t = self.t
        shown = {name: self.assessment.offer_name(values[name]) for name in ("leader", "rival") if name in values}
        shown |= {name: self.share(values[name]) for name in ("share", "rival_share") if name in values}
        shown |= {name: t.percent(values[name], 1) for name in ("bar", "weight") if name in values}
        if "domain" in values:
            shown["domain"] = self.domain(values["domain"])
        if "samples" in values:
            shown["samples"] = t.number(values["samples"])
        if "count" in values:
            shown["count"] = values["count"]
        return t(key, **shown) if shown else t(key)

    def way_in(self, way: WayIn | None) -> str:
        """What would bring a product in, in one sentence."""
        t = self.t
        if way is None:
            return t("way.none")
        ratings = [change for change in way.changes if change.gate == "rating"]
        if ratings:
            if len(ratings) > MOST_NAMED:
                return t("way.many_ratings", count=len(ratings))
            names = t.list(
                [
                    f"“{self.item(one.condition)}”" if t.language == "en" else f"« {self.item(one.condition)} »"
                    for one in ratings
                ]
            )
            return t("way.ratings", names=names, count=len(ratings), chance=self.share(way.chance))
        plan = self.assessment.offer_name(way.offer).partition(" · ")[2]
        moves = t.list([self.change(change) for change in way.changes])
        sentence = t(f"way.{way.outcome}", plan=plan, changes=moves, chance=self.share(way.chance))
        return sentence[:1].upper() + sentence[1:]

    def change(self, change: Change) -> str:
        """One condition moved, as part of a sentence."""
        t = self.t
        if change.gate == "budget":
            return t("change.budget", more=self.money(change.then - change.now), budget=self.money(change.then))
        if change.gate == "ergonomics":
            return t("change.ergonomics", then=t.number(change.then))
        if change.gate == "context":
            return t(f"change.context.{change.condition}")
        key = "change.must-have" if change.then else "change.must-have_dropped"
        sentence = t(key, item=self.item(change.condition), now=t.number(change.now), then=t.number(change.then))
        return sentence + (" " + t("change.provable") if change.provable else "")

    def fact(self, gate: str, condition: str) -> str:
        """A fact to check: a rating, or a condition of a gate."""
        if gate in ("", "must-have"):
            label = self.item(condition)
            return label if not gate else f"{label} ({self.t('requirements.must_have').lower()})"
        return self.t(f"fact.{condition}")

    def origin(self, origin: str, line: str, detail: dict[str, Any]) -> str:
        """Where a cost line comes from, in one sentence."""
        sentence = self._origin(origin, line, detail)
        return f"{sentence} {detail['note']}" if detail.get("note") else sentence

    def _origin(self, origin: str, line: str, detail: dict[str, Any]) -> str:
        t = self.t
        if origin == "quote":
            return self._quote_origin(detail)
        if "unit" in detail:
            return self._price_origin(origin, detail)
        if "amount" in detail:
            return t("origin.negotiated_amount")
        if "share" in detail:
            return t("origin.support", share=t.percent(detail["share"]))
        key = (
            "origin.negotiated_days"
            if origin == "negotiated"
            else "origin.internal"
            if line == "internal"
            else "origin.days"
        )
        return t(key, days=t.number(detail["days"], int(detail["days"] % 1 > 0)), rate=self.money(detail["rate"]))

    def _price_origin(self, origin: str, detail: dict[str, Any]) -> str:
        t = self.t
        if detail["unit"] == "free":
            return t("origin.free")
        exact = detail["low"] == detail["high"]
        key = {"list-price": "origin.list-price", "quote-bracket": "origin.quote-bracket"}.get(
            origin, "origin.negotiated" if exact else "origin.negotiated_range"
        )
        digits = 0 if origin == "quote-bracket" else 2
        sentence = t(
            key,
            amount=t.number(detail["likely"], 2),
            low=t.number(detail["low"], digits),
            high=t.number(detail["high"], digits),
            currency=detail["currency"],
            unit=t(f"unit.{detail['unit']}"),
            seats=t.number(detail["seats"]),
            dated=t.date(dt.date.fromisoformat(detail["dated"])) if detail["dated"] else "–",
        )
        if detail.get("minimum") and detail["seats"] == detail["minimum"]:
            sentence += " " + t("origin.minimum", seats=detail["minimum"])
        return f"{detail['add_on']}: {sentence}" if detail.get("add_on") else sentence

    def _quote_origin(self, detail: dict[str, Any]) -> str:
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
