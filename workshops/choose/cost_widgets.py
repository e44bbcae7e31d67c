"""The cost lines of one offer, and what the project knows better about them."""

from __future__ import annotations

import dataclasses

import pandas as pd
import streamlit as st

from vendors.model import Plan, Product
from workshops.access import Person
from workshops.assess import Assessment
from workshops.choose.offer_widgets import OfferTables
from workshops.costs import team_size
from workshops.model import LONGEST_NAME, MOST_AMOUNT, OVERRIDES, PLAN_OVERRIDES, CostOverride, ProjectError
from workshops.session_widgets import database, person
from workshops.store.projects import StaleError, save_overrides
from workshops.words import Words

FIGURES = ("likely", "low", "high")


def cost_editor(assessment: Assessment, tables: OfferTables, page: str, offers: list[str], *, locked: bool) -> None:
    """Choose an offer, read its cost lines with their origin, and replace what the project knows better."""
    words, t = tables.words, tables.t
    context = assessment.project.context
    st.caption(t("costs.help"))
    every = [*offers, *(one for one in assessment.offers.table.index if one not in set(offers))]
    offer = st.selectbox(t("costs.offer"), every, key=f"{page}_cost_offer", format_func=assessment.offer_name)
    st.html(tables.cost_lines(offer))
    st.caption(
        t(
            "costs.rates",
            currency=context.currency,
            date=t.date(assessment.edition.rates.date),
            rate=t.percent(context.discount_rate, 1),
        )
    )
    editor = _Editor(assessment, words, offer, person())
    if any(
        (one.product_id, one.plan_id) == (editor.product.id, editor.plan.id)
        for one in assessment.project.evidence.quotes
    ):
        st.info(t("costs.quote_counts"), icon=":material/request_quote:")
    st.markdown(f"**{t('costs.own')}**")
    for sentence in st.session_state.pop(f"{page}_cost_problems", []):
        st.error(sentence, icon=":material/error:")
    key = f"{page}_cost_own_{offer}_{assessment.project.revision}"
    st.data_editor(
        editor.table(),
        key=key,
        hide_index=True,
        disabled=True if locked else ["what", "used"],
        alt=t("costs.table_alt"),
        placeholder=t("costs.nothing"),
        on_change=lambda: st.session_state.update(
            {f"{page}_cost_problems": editor.write(st.session_state[key]["edited_rows"])}
        ),
        column_config={
            "what": st.column_config.TextColumn(t("costs.what"), width=240),
            "used": st.column_config.TextColumn(t("costs.used"), width=260),
            **{
                one: st.column_config.NumberColumn(t(f"costs.{one}"), min_value=0, max_value=MOST_AMOUNT, width=90)
                for one in FIGURES
            },
            "note": st.column_config.TextColumn(t("costs.note"), max_chars=LONGEST_NAME, width=220),
        },
    )
    st.caption(t("costs.own_help", currency=context.currency))


class _Editor:
    """The figures of one offer that a project may replace, one row each."""

    def __init__(self, assessment: Assessment, words: Words, offer: str, by: Person) -> None:
        self.a, self.words, self.t, self.by = assessment, words, words.t, by
        product_id, _, plan_id = offer.partition("/")
        self.product: Product = assessment.edition.products[product_id]
        self.plan: Plan = self.product.plan(plan_id)
        self.known = {one.key: one for one in assessment.project.overrides}
        self.what = [one for one in OVERRIDES if one != "flat-fee" or self.plan.flat_fee]

    def key(self, what: str) -> tuple[str, str, str]:
        return self.product.id, self.plan.id if what in PLAN_OVERRIDES else "", what

    def table(self) -> pd.DataFrame:
        rows = []
        for what in self.what:
            own = self.known.get(self.key(what))
            ranged = own is not None and not own.low == own.likely == own.high
            rows.append(
                {
                    "what": self.label(what),
                    "used": self.used(what),
                    "likely": own.likely if own else None,
                    "low": own.low if ranged else None,
                    "high": own.high if ranged else None,
                    "note": own.note if own else "",
                }
            )
        return pd.DataFrame(rows).astype(dict.fromkeys(FIGURES, float))

    def label(self, what: str) -> str:
        price = self.plan.flat_fee if what == "flat-fee" else self.plan.price
        unit = self.t("unit.year" if price is None or price.unit == "free" else f"unit.{price.unit}")
        return self.t(f"override.{what}", unit=unit) if what in PLAN_OVERRIDES else self.t(f"override.{what}")

    def used(self, what: str) -> str:
        """The figure that counts where the project has none of its own."""
        t, context = self.t, self.a.project.context
        if what in PLAN_OVERRIDES:
            price = self.plan.flat_fee if what == "flat-fee" else self.plan.price
            if price.unit == "free":
                return t("origin.free")
            shown = (
                t.number(price.likely, 2)
                if price.low == price.high
                else f"{t.number(price.low)} – {t.number(price.high)}"
            )
            return f"{shown} {price.currency}" + (f", {t('costs.bracket')}" if price.on_quote else "")
        if what == "day-rate":
            return self.words.money(context.costs.day_rate)
        if what == "implementation-days" and self.product.implementation:
            days = self.product.implementation.days[team_size(context.users)]
            return f"{t.number(days.likely)} ({t.number(days.low)} – {t.number(days.high)})"
        return t("costs.nothing") if what.startswith("other") else self.assumed(what)

    def assumed(self, what: str) -> str:
        """What the project assumes for every product alike."""
        t, costs, context = self.t, self.a.project.context.costs, self.a.project.context
        if what == "support":
            return t("origin.support", share=t.percent(costs.support_share))
        if what == "internal-days":
            return f"× {t.number(costs.internal_share, 1)}" if costs.internal_share else t("costs.nothing")
        if what == "training-days":
            return t.number(costs.training_days_per_ten_users * -(-context.users // 10), 1)
        works, days = (
            (context.systems, costs.integration_days)
            if what == "integration-days"
            else (context.data, costs.migration_days)
        )
        return t.number(sum(days[one.complexity][1] for one in works), 1) if works else t("costs.nothing")

    def write(self, edited: dict[int, dict[str, object]]) -> list[str]:
        """Save the rows that were changed; return a sentence for each problem."""
        changes, removed = [], []
        for row, cells in edited.items():
            what = self.what[int(row)]
            own = self.known.get(self.key(what))
            after = self.changed(what, own, cells)
            if after is not None:
                changes.append(after)
            elif own is not None:
                removed.append(own)
        try:
            save_overrides(database(), self.by, self.a.project.id, changes, removed)
        except StaleError:
            return [self.t("override.problem.stale")]
        except ProjectError as error:
            return [self.problem(key, values) for key, values in error.problems]
        return []

    def changed(self, what: str, own: CostOverride | None, cells: dict[str, object]) -> CostOverride | None:
        """The override with its new cells; None where the figure was taken away. One figure stands for all three."""
        product_id, plan_id, _ = self.key(what)
        before = own or CostOverride(product_id, what, 0.0, 0.0, 0.0, plan_id)
        ranged = own is not None and not own.low == own.likely == own.high
        given = {
            one: cells.get(one, getattr(before, one) if own and (ranged or one == "likely") else None)
            for one in FIGURES
        }
        likely = given["likely"] if given["likely"] is not None else given["low"]
        if likely is None:
            return None
        ends = {one: float(given[one]) if given[one] is not None else float(likely) for one in FIGURES}
        note = cells.get("note", before.note) or ""
        return dataclasses.replace(before, **ends, note=str(note), currency=self.a.project.context.currency)

    def problem(self, key: str, values: dict[str, object]) -> str:
        shown = values | ({"what": self.label(str(values["what"]))} if values.get("what") in OVERRIDES else {})
        return self.t(key, **shown) if shown else self.t(key)
