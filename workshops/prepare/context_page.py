"""Context: the client, the seats, the conditions of the choice, and the weight of each domain."""

import dataclasses
from types import MappingProxyType

import pandas as pd
import streamlit as st

from interface.page_widgets import current_language, header, page_texts, show_problems
from vendors.model import DEPLOYMENTS, REGIONS
from workshops.model import COMPANY_SIZES, COMPLEXITIES, CURRENCIES, INTERFACE_LANGUAGES, ProjectError, Work
from workshops.session_widgets import database, edition_of, map_of, person, require_project
from workshops.store.projects import save_context, save_weights, set_scope

t = page_texts("workshops")
language = current_language()
project = require_project()
context, functional_map = project.context, map_of(edition_of(project))
who = person()
locked = not who.may("edit-project")


def save(**changes) -> None:
    """Write the context at once; what cannot be used is said, and the last good value stays."""
    try:
        save_context(database(), who, project.id, dataclasses.replace(context, **changes))
    except ProjectError as error:
        st.session_state["context_problems"] = error.problems


def saver(field: str, key: str, convert=lambda value: value):
    return lambda: save(**{field: convert(st.session_state[key])})


def field(kind, name: str, *args, convert=lambda value: value, column=None, **options):
    """A widget whose value is written when it changes; its key holds the project, so that projects do not mix."""
    key = f"context_{name}_{project.id}"
    return getattr(column or st, kind)(
        t(f"context.{name}"), *args, key=key, disabled=locked, on_change=saver(name, key, convert), **options
    )


header(
    t("context.title"),
    t(
        "context.state",
        users=t("context.users", count=context.users),
        years=t("context.years_count", count=context.years),
        budget=t.money(context.budget, context.currency) if context.budget else t("context.no_budget"),
    ),
)
show_problems(st.session_state.pop("context_problems", []), t)

client, conditions, work, weights = st.tabs(
    [t("context.tab.client"), t("context.tab.conditions"), t("context.tab.work"), t("context.tab.weights")],
    key="context_tabs",
)

with client:
    left, right = st.columns(2, gap="large")
    with left:
        field("text_area", "sector", value=context.sector, height=90, max_chars=400)
        field(
            "selectbox",
            "company_size",
            ["", *COMPANY_SIZES],
            index=(["", *COMPANY_SIZES]).index(context.company_size),
            format_func=lambda one: t(f"company_size.{one}") if one else t("context.not_said"),
            help=t("context.company_size_help"),
        )
        field("selectbox", "currency", CURRENCIES, index=CURRENCIES.index(context.currency))
    with right:
        st.markdown(f"**{t('context.seats')}**")
        columns = st.columns(2)
        for place, (team, label) in enumerate(functional_map.vocabulary.teams.items()):
            key = f"context_seats_{team}_{project.id}"
            columns[place % 2].number_input(
                label[language],
                min_value=0,
                max_value=100_000,
                step=1,
                value=context.seats.get(team, 0),
                key=key,
                disabled=locked,
                on_change=lambda team=team, key=key: save(
                    seats=MappingProxyType(dict(context.seats) | {team: int(st.session_state[key])})
                ),
            )
        st.caption(t("context.seats_help"))

with conditions:
    left, right = st.columns(2, gap="large")
    with left:
        field("number_input", "years", min_value=1, max_value=15, value=context.years, step=1, convert=int)
        field(
            "number_input",
            "budget",
            min_value=0.0,
            value=context.budget,
            step=10_000.0,
            format="%.0f",
            placeholder=t("context.no_budget"),
            help=t("context.budget_help"),
            convert=lambda value: value or None,
        )
        field(
            "number_input",
            "discount_rate",
            min_value=0.0,
            max_value=50.0,
            value=round(context.discount_rate * 100, 2),
            step=0.5,
            help=t("context.discount_help"),
            convert=lambda percent: percent / 100,
        )
        field(
            "number_input",
            "ergonomics",
            min_value=0.0,
            max_value=100.0,
            value=context.ergonomics,
            step=5.0,
            format="%.0f",
            placeholder=t("context.no_threshold"),
            help=t("context.ergonomics_help"),
        )
    with right:
        field(
            "multiselect",
            "deployment",
            DEPLOYMENTS,
            default=list(context.deployment),
            convert=tuple,
            format_func=lambda one: t(f"deployment.{one}"),
            placeholder=t("context.no_condition"),
        )
        field(
            "multiselect",
            "hosting_regions",
            REGIONS,
            default=list(context.hosting_regions),
            convert=tuple,
            format_func=lambda one: t(f"region.{one}"),
            placeholder=t("context.no_condition"),
        )
        field(
            "multiselect",
            "languages",
            INTERFACE_LANGUAGES,
            default=list(context.languages),
            convert=tuple,
            format_func=t.language_name,
            placeholder=t("context.no_condition"),
        )
        st.caption(t("context.conditions_help"))


def works_editor(name: str, works: tuple[Work, ...]) -> None:
    """A short table of systems or data sets, written when it changes."""
    st.markdown(f"**{t(f'context.{name}')}**")
    table = pd.DataFrame([(one.name, one.complexity) for one in works], columns=["name", "complexity"])
    edited = st.data_editor(
        table,
        key=f"context_{name}_{project.id}_{project.revision}",
        num_rows="fixed" if locked else "dynamic",
        hide_index=True,
        disabled=locked,
        column_config={
            "name": st.column_config.TextColumn(t("context.work_name"), max_chars=120, required=True, width="medium"),
            "complexity": st.column_config.SelectboxColumn(
                t("context.complexity"),
                options=list(COMPLEXITIES),
                default="medium",
                required=True,
                format_func=lambda one: t(f"complexity.{one}"),
            ),
        },
    )
    rows = edited.dropna(subset=["name"])
    after = tuple(
        Work(str(row.name_).strip(), row.complexity if row.complexity in COMPLEXITIES else "medium")
        for row in rows.rename(columns={"name": "name_"}).itertuples()
        if str(row.name_).strip()
    )
    if not locked and after != works:
        save(**{name: after})
        st.rerun()


with work:
    left, right = st.columns(2, gap="large")
    with left:
        works_editor("systems", context.systems)
    with right:
        works_editor("data", context.data)
    st.markdown(f"**{t('context.assumptions')}**")
    columns = st.columns(5, vertical_alignment="bottom")
    costs = context.costs

    def save_costs(name: str, key: str, times: float = 1.0) -> None:
        save(costs=dataclasses.replace(costs, **{name: float(st.session_state[key]) * times}))

    for column, (name, value, step, times) in zip(
        columns,
        (
            ("day_rate", costs.day_rate, 50.0, 1.0),
            ("training_days_per_ten_users", costs.training_days_per_ten_users, 0.5, 1.0),
            ("support_share", round(costs.support_share * 100, 2), 1.0, 0.01),
            ("internal_share", costs.internal_share, 0.1, 1.0),
            ("internal_day_rate", costs.internal_day_rate, 50.0, 1.0),
        ),
        strict=True,
    ):
        key = f"context_costs_{name}_{project.id}"
        column.number_input(
            t(f"context.costs.{name}"),
            min_value=0.0,
            value=value,
            step=step,
            key=key,
            disabled=locked,
            on_change=save_costs,
            args=(name, key, times),
        )
    st.caption(t("context.assumptions_help"))

with weights:
    st.caption(t("context.weights_help"))
    total = sum(project.weights.values()) or 1.0
    asked = pd.Series(project.asked(), dtype=float).groupby(functional_map.domain_of).agg(["size", "sum"])
    table = pd.DataFrame(
        [
            {
                "domain": domain.id,
                "label": domain.label[language],
                "scope": any(project.expectation(item.id).in_scope for item in domain.items),
                "points": project.weights.get(domain.id, 0.0),
                "share": project.weights.get(domain.id, 0.0) / total,
                "asked": int(asked["size"].get(domain.id, 0)),
                "items": len(domain.items),
            }
            for domain in functional_map.domains
        ]
    ).set_index("domain")
    edited = st.data_editor(
        table,
        key=f"context_weights_{project.id}_{project.revision}",
        hide_index=True,
        height=36 * (len(table) + 1) + 3,
        disabled=True if locked else ["label", "share", "asked", "items"],
        column_config={
            "label": st.column_config.TextColumn(t("context.domain"), width="large"),
            "scope": st.column_config.CheckboxColumn(t("context.scope"), help=t("context.scope_help"), width="small"),
            "points": st.column_config.NumberColumn(
                t("context.points"), min_value=0, max_value=1000, step=1, required=True
            ),
            "share": st.column_config.ProgressColumn(
                t("context.share"), min_value=0, max_value=float(max(table["share"].max(), 0.01)), format="percent"
            ),
            "asked": st.column_config.NumberColumn(t("context.asked")),
            "items": st.column_config.NumberColumn(t("context.items")),
        },
    )
    after = {domain: float(points) if pd.notna(points) else 0.0 for domain, points in edited["points"].items()}
    before = {domain: float(project.weights.get(domain, 0.0)) for domain in table.index}
    moved = [domain for domain in table.index if bool(edited.at[domain, "scope"]) != bool(table.at[domain, "scope"])]
    if not locked and (moved or after != before):
        try:
            for domain in moved:
                ids = [item.id for item in functional_map.domain(domain).items]
                set_scope(database(), who, project.id, ids, in_scope=bool(edited.at[domain, "scope"]))
            save_weights(database(), who, project.id, after)
        except ProjectError as error:
            st.session_state["context_problems"] = error.problems
        st.rerun()
