"""Robustness: how sure the order is, what would change it, and weights to move by hand."""

import dataclasses
from html import escape
from types import MappingProxyType

import pandas as pd
import streamlit as st

from interface.marks import interval, level_chip
from interface.page_widgets import current_palette, header, page_texts, plain, show_chart, show_problems
from interface.theme import rank_colours
from scoring.charts import rank_shares, weight_lines
from scoring.decisiveness import DECISIVE_FROM
from scoring.fit import NothingAskedError
from scoring.groups import most_divided
from scoring.stability import fit_lines
from workshops.assess import Assessment
from workshops.choose.offer_widgets import TOP, small, table, whole
from workshops.decisive import decisive_items, team_rankings
from workshops.model import ProjectError
from workshops.reasons import how_sure
from workshops.session_widgets import assessment_of, database, person, require_project
from workshops.store.projects import save_weights
from workshops.store.votes import votes_by_team
from workshops.words import Words

MOST_OFFERS, MOST_ITEMS = 10, 20
NOTICED = 0.02  # a fit that differs by two points of a hundred is worth a word

t = page_texts("workshops")
project = require_project()
who = person()
locked = not who.may("edit-project")
assessment = assessment_of(project)
words = Words(assessment, t)


def name(offer: object) -> str:
    return assessment.offer_name(str(offer))


def arrow(rank: int, agreed: int) -> str:
    """Whether a rank is better or worse than the agreed one."""
    if rank == agreed:
        return ""
    return '<span class="up">▲</span> ' if rank < agreed else '<span class="down">▼</span> '


def ranks_chart() -> None:
    """How often each product comes first, second, third: the widest of the plausible worlds at a glance."""
    shares = robust.acceptability.loc[order[:MOST_OFFERS]]
    fills, inks = rank_colours(current_palette())
    shown = list(range(1, min(len(fills) - 1, len(robust.offers)) + 1))
    labels = {rank: t("robustness.rank", rank=rank) for rank in shown} | {0: t("robustness.later")}
    rows = []
    for offer, row in shares.iterrows():
        cut = [(rank, float(row[rank])) for rank in shown] + [(0, float(row.drop(shown).sum()))]
        for place, (rank, share) in enumerate(cut):
            rows.append(
                {
                    "offer": name(offer),
                    "rank": labels[rank],
                    "rank_label": str(rank) if rank else "…",
                    "place": place,
                    "share": share,
                    "words": f"{name(offer)}, {labels[rank]}: {words.share(share)}",
                }
            )
    chart = rank_shares(
        pd.DataFrame(rows),
        offers=[name(offer) for offer in shares.index],
        ranks=[labels[rank] for rank in (*shown, 0)],
        colours=[*fills[: len(shown)], fills[-1]],
        inks=[*inks[: len(shown)], inks[-1]],
        title=t("robustness.ranks_title", leader=name(order[0]), share=words.share(shares.at[order[0], 1])),
        axis_title=t("robustness.ranks_axis"),
    )
    show_chart(chart, t("robustness.ranks_alt"), key="robustness_ranks")


def ranks_table() -> None:
    """The same numbers, with the confidence and what weighs more in the worlds that a product wins."""
    top = robust.probability_in_top(TOP)
    heads = [t("robustness.product"), t("robustness.fit"), t("robustness.first"), t("robustness.top", top=TOP)]
    heads += [t(f"robustness.{one}") for one in ("expected", "ahead", "confidence", "favoured")]
    rows = []
    for place, offer in enumerate(order):
        follower = order[place + 1] if place + 1 < len(order) else None
        confidence = robust.confidence[offer]
        rows.append(
            [
                escape(name(offer)),
                words.score(assessment.fit.scores[offer]),
                escape(words.share(robust.acceptability.at[offer, 1])),
                escape(words.share(top[offer])),
                t.number(robust.expected_rank[offer], 1),
                escape(words.share(robust.chance_ahead(offer, follower))) if follower is not None else "–",
                escape(words.share(confidence)) if pd.notna(confidence) else small(escape(t("robustness.never"))),
                escape(favoured(offer)),
            ]
        )
    st.html(table(heads, rows, right=range(1, 7)))
    st.caption(t("robustness.confidence_help"))


def favoured(offer: object) -> str:
    """The domains that weigh more than agreed in the worlds that a product wins."""
    central = robust.central_weights.loc[offer]
    if central.isna().any():
        return "–"
    more = (central - assessment.fit.weights).sort_values(ascending=False)
    return t.list([words.domain(one) for one in more[more > 0.002].index[:2]]) or "–"


def weights_by_hand() -> None:
    """A slider for each domain; the ranks follow, and nothing is saved until somebody says so."""
    st.caption(t("robustness.by_hand_help"))
    domains = [domain.id for domain in assessment.map.domains if domain.id in assessment.fit.weights.index]
    if st.session_state.pop("robustness_reset", False):
        for domain in domains:
            st.session_state.pop(slider_key(domain), None)
    sliders, ranks = st.columns([5, 3], gap="large")
    trial = dict(project.weights)
    most = max(20.0, 2 * max(trial.values()))
    with sliders:
        columns = st.columns(3)
        for place, domain in enumerate(domains):
            trial[domain] = columns[place % 3].slider(
                words.domain(domain),
                0.0,
                most,
                float(project.weights[domain]),
                1.0,
                format="%g",
                key=slider_key(domain),
            )
    with ranks:
        ranks_by_hand(trial)


def slider_key(domain: str) -> str:
    return f"robustness_weight_{domain}_{project.id}_{project.revision}"


def ranks_by_hand(trial: dict[str, float]) -> None:
    moved = trial != dict(project.weights)
    if moved and sum(trial.values()) <= 0:
        st.error(t("robustness.zero"), icon=":material/error:")
        return
    changed = dataclasses.replace(project, weights=MappingProxyType(trial))
    other = Assessment(changed, assessment.edition, assessment.map) if moved else assessment
    before, after = ranks_of(assessment), ranks_of(other)
    places = sum(before.get(product) != rank for product, rank in after.items())
    st.markdown(
        f"**{plain(t('robustness.unchanged') if not moved else t('robustness.moved', count=places) if places else t('robustness.no_change'))}**"
    )
    rows = []
    for offer, row in other.best[other.best.index.isin(other.candidates)].iterrows():
        was, now = before.get(row["product"]), after[row["product"]]
        rows.append(
            [
                str(now),
                escape(name(offer)),
                words.score(row["fit"]),
                f"{arrow(now, was or now + 1)}{was or escape(t('robustness.not_listed'))}",
            ]
        )
    heads = [t("robustness.now"), t("robustness.product"), t("robustness.fit"), t("robustness.agreed_rank")]
    st.html(table(heads, rows, right={2, 3}))
    with st.container(horizontal=True):
        st.button(
            t("robustness.reset"),
            key="robustness_back",
            disabled=not moved,
            on_click=lambda: st.session_state.update(robustness_reset=True),
        )
        st.button(
            t("robustness.keep"),
            key="robustness_keep",
            disabled=not moved or locked,
            on_click=keep_weights,
            args=(trial,),
        )


def ranks_of(assessed: Assessment) -> dict[str, int]:
    """product -> place among those that pass every gate."""
    return {product: place for place, product in enumerate(assessed.best.loc[assessed.candidates, "product"], start=1)}


def keep_weights(trial: dict[str, float]) -> None:
    try:
        save_weights(database(), who, project.id, trial)
        st.session_state["robustness_kept"] = True
    except ProjectError as error:
        st.session_state["robustness_problems"] = error.problems


def stability_table() -> None:
    """Between which weights the leader and the order hold, the most sensitive domain first."""
    found = assessment.stability
    room = (found[["leader_low", "leader_high"]].sub(found["weight"], axis="rows")).abs()
    sensitive = room.where(~found[["leader_low", "leader_high"]].isin([0.0, 1.0])).min(axis="columns").sort_values()
    heads = [t("robustness.domain"), t("robustness.weight"), t("robustness.leader_holds"), ""]
    heads += [t("robustness.overtakes"), t("robustness.order_holds")]
    rows = []
    for domain in sensitive.index:
        row = found.loc[domain]
        rivals = [
            t(f"robustness.{side}", rival=name(row[f"rival_{end}"]), bar=t.percent(row[f"leader_{end}"], 1))
            for side, end in (("below", "low"), ("above", "high"))
            if isinstance(row[f"rival_{end}"], str)
        ]
        rows.append(
            [
                escape(words.domain(domain)),
                t.percent(row["weight"], 1),
                whole(escape(holds(row["leader_low"], row["leader_high"]))),
                interval(
                    row["leader_low"],
                    row["weight"],
                    row["leader_high"],
                    title=holds(row["leader_low"], row["leader_high"]),
                ),
                escape(t.list(rivals)) or "–",
                whole(escape(holds(row["order_low"], row["order_high"]))),
            ]
        )
    st.markdown(f"**{t('robustness.stability')}**")
    st.caption(t("robustness.stability_help"))
    st.html(table(heads, rows, right={1}))
    domain = st.selectbox(
        t("robustness.lines_domain"), list(sensitive.index), key="robustness_domain", format_func=words.domain
    )
    lines_chart(domain)


def holds(low: float, high: float) -> str:
    if low <= 0 and high >= 1:
        return t("robustness.always")
    return t("robustness.from_to", low=t.percent(low, 1), high=t.percent(high, 1))


def lines_chart(domain: str) -> None:
    """The fit of each product as one weight moves from nothing to everything."""
    ends = fit_lines(assessment.fit.domain_fit.loc[order], assessment.fit.weights, domain) * 100
    leaders = {ends["at_none"].idxmax(), ends["at_all"].idxmax(), order[0]}
    rows = [
        {"offer": name(offer), "weight": weight, "fit": row[end], "leads": offer in leaders}
        for offer, row in ends.iterrows()
        for weight, end in ((0.0, "at_none"), (1.0, "at_all"))
    ]
    found, colours = assessment.stability.loc[domain], current_palette()
    second = found["rival_high"]
    title = (
        t(
            "robustness.lines_title",
            domain=words.domain(domain),
            first=name(order[0]),
            bar=t.percent(found["leader_high"], 1),
            second=name(second),
        )
        if isinstance(second, str)
        else t("robustness.lines_title_stable", first=name(order[0]), domain=words.domain(domain))
        if found["leader_low"] <= 0
        else t("robustness.lines_x", domain=words.domain(domain))
    )
    chart = weight_lines(
        pd.DataFrame(rows),
        today=float(found["weight"]),
        today_label=t("robustness.today"),
        x_title=t("robustness.lines_x", domain=words.domain(domain)),
        y_title=t("robustness.lines_y"),
        accent=colours.accent,
        muted=colours.muted,
        title=title,
    )
    show_chart(chart, t("robustness.lines_alt"), key="robustness_lines")


def teams() -> None:
    """What each team alone would choose, and where the agreed levels hide a disagreement."""
    votes = votes_by_team(database(), project.id)
    count = votes["team"].nunique()
    if count < 2:
        st.info(t("robustness.one_team") if count else t("robustness.no_votes"), icon=":material/how_to_vote:")
        return
    found = team_rankings(assessment, votes)
    labels = {team: team_label(team) for team in found.fits.columns}
    firsts = found.ranks.eq(1).sum(axis="columns").sort_values(ascending=False)
    st.markdown(f"**{plain(t('robustness.teams_first', count=int(firsts.iloc[0]), product=name(firsts.index[0])))}**")
    st.caption(t("robustness.teams_help") + " " + t("robustness.teams_w", w=t.number(found.concordance, 2)))
    heads = [t("robustness.product"), t("robustness.agreed"), *labels.values()]
    rows = []
    for offer in found.agreed_ranks.sort_values(kind="stable").index:
        rank = int(found.agreed_ranks[offer])
        cells = [escape(name(offer)), f"{rank} {small(words.score(found.agreed[offer]))}"]
        for team in labels:
            own = int(found.ranks.at[offer, team])
            cells.append(f"{arrow(own, rank)}{own} {small(words.score(found.fits.at[offer, team]))}")
        rows.append(cells)
    voted = ["", "", *(small(escape(t("robustness.team_items", count=int(found.voted[team])))) for team in labels)]
    st.html(table(heads, [*rows, voted], right=range(1, 2 + len(labels))))
    hidden_disagreement(found, labels)
    divided(votes, labels)


def team_label(team: str) -> str:
    known = assessment.map.vocabulary.teams.get(team)
    return known[t.language] if known else team


def hidden_disagreement(found, labels: dict[str, str]) -> None:
    """The largest differences between a team's own fit and the agreed one."""
    apart = found.hidden.stack()
    apart = apart[apart.abs() >= NOTICED].sort_values(key=abs, ascending=False).head(3)
    for (offer, team), difference in apart.items():
        sentence = t(
            "robustness.hidden",
            team=labels[team],
            product=name(offer),
            points=t.number(abs(difference) * 100, 1),
            direction=t("robustness.better" if difference > 0 else "robustness.worse"),
        )
        st.markdown(f"- {plain(sentence)}")


def divided(votes: pd.DataFrame, labels: dict[str, str]) -> None:
    found = most_divided(votes[votes["level"].notna()].rename(columns={"team": "group"})).head(MOST_ITEMS)
    found = found[found.index.isin(assessment.domains.index)]
    if found.empty:
        return
    st.markdown(f"**{t('robustness.divided')}**")
    rows = [
        [
            escape(words.item(str(item))),
            level_chip(row.low),
            level_chip(row.high),
            escape(
                t(
                    "robustness.divided_row",
                    low_team=labels.get(row.low_group, team_label(row.low_group)),
                    low=t.number(row.low),
                    high_team=labels.get(row.high_group, team_label(row.high_group)),
                    high=t.number(row.high),
                )
            ),
            escape(t("robustness.apart", count=int(row.apart))),
        ]
        for item, row in zip(found.index, found.itertuples(), strict=True)
    ]
    st.html(table([t("robustness.item"), "", "", "", ""], rows))


def methods() -> None:
    """Three other ways of adding up, as witnesses."""
    st.caption(t("robustness.methods_help"))
    with st.spinner(t("robustness.loading_methods"), show_time=False):
        found = assessment.cross_check
    if found is None:
        st.info(t("robustness.methods_few"), icon=":material/info:")
        return
    differ = sum(found.ranks.at[found.fit.index[0], method] != 1 for method in found.scores)
    st.markdown(
        f"**{plain(t('robustness.methods_differ', count=differ, total=len(found.scores.columns)) if differ else t('robustness.methods_same'))}**"
    )
    heads = [t("robustness.product"), t("robustness.fit"), *found.scores.columns]
    rows = []
    for offer, row in found.ranks.iterrows():
        marks = [f"{arrow(row[method], row['fit'])}{row[method]}" for method in found.scores]
        rows.append([escape(name(offer)), f"{row['fit']} {small(words.score(found.fit[offer]))}", *marks])
    agree = [
        t.number(found.correlation[method], 2) if pd.notna(found.correlation[method]) else "–"
        for method in found.scores
    ]
    rows.append([f"<b>{escape(t('robustness.method_row'))}</b>", "", *agree])
    overlap = found.overlap(TOP)
    shared = [t.number(overlap[method]) for method in found.scores]
    rows.append([f"<b>{escape(t('robustness.overlap', top=TOP))}</b>", "", *shared])
    st.html(table(heads, rows, right=range(1, 2 + len(found.scores.columns))))
    for method in found.scores:
        st.caption(t(f"robustness.method.{method}"))


def decisive() -> None:
    """Items whose level can still change who is among the first."""
    st.caption(t("robustness.decisive_help", top=TOP))
    found = decisive_items(assessment, votes_by_team(database(), project.id))
    count = int((found["places"] >= DECISIVE_FROM).sum())
    sentence = t("robustness.decisive_state", count=count, rest=t.number(len(found) - count), top=TOP)
    st.markdown(f"**{plain(sentence)}**")
    heads = [t("robustness.item"), t("robustness.domain"), t("robustness.asked_now"), t("robustness.open_range")]
    rows = []
    most = max(float(found["places"].max()), 0.01)
    for item, row in found[found["places"] > 0].head(MOST_ITEMS).iterrows():
        expectation = project.expectation(str(item))
        must = f' <span class="tag">{escape(t("requirements.must_short"))}</span>' if expectation.must_have else ""
        rows.append(
            [
                escape(words.item(str(item))) + must,
                small(escape(words.domain(assessment.domains[item]))),
                level_chip(expectation.level) if expectation.level is not None else "–",
                f"{level_chip(row['low'])} – {level_chip(row['high'])}",
                interval(0.0, row["places"], row["places"], most=most, title=t.number(row["places"], 2)),
                t.number(row["places"], 2),
            ]
        )
    st.html(table([*heads, "", t("robustness.places")], rows, right={5}))


try:
    robust = assessment.robustness
except NothingAskedError:
    header(t("robustness.title"), t("shortlist.nothing"))
    st.page_link("workshops/rooms/requirements_page.py", label=t("page.requirements"), icon=":material/checklist:")
    st.stop()

order = list(assessment.candidates)
sentences = [words.sure(key, values) for key, values in how_sure(assessment)]
header(t("robustness.title"), sentences[0])
show_problems(st.session_state.pop("robustness_problems", []), t)
if st.session_state.pop("robustness_kept", False):
    st.success(t("robustness.kept"), icon=":material/check:")
st.markdown("\n".join(f"- {plain(one)}" for one in sentences[1:]))

# what is not on the screen is not computed: the open tab alone runs
names = ("ranks", "weights", "teams", "methods", "decisive")
tabs = dict(
    zip(
        names,
        st.tabs([t(f"robustness.tab.{one}") for one in names], key="robustness_tabs", on_change="rerun"),
        strict=True,
    )
)
if tabs["ranks"].open:
    with tabs["ranks"]:
        ranks_chart()
        ranks_table()
        st.caption(t("robustness.about", samples=t.number(len(robust.values))))
if tabs["weights"].open:
    with tabs["weights"]:
        weights_by_hand()
        stability_table()
for tab, show in (("teams", teams), ("methods", methods), ("decisive", decisive)):
    if tabs[tab].open:
        with tabs[tab]:
            show()
