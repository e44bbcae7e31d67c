"""What whoever leads a workshop shows the room: how to join, the votes, the market, what an answer costs."""

from __future__ import annotations

from html import escape
from urllib.parse import quote, urlsplit

import pandas as pd
import streamlit as st

from functional_map.model import LEVELS, FunctionalMap
from interface.language import Texts
from interface.marks import basis_mark, level_bar, level_chip
from interface.page_widgets import page_texts
from interface.theme import LEVEL_COLOURS, LEVEL_INK
from vendors.market import level_counts
from workshops.assess import Assessment
from workshops.rooms.challenge import Challenge
from workshops.rooms.leading import Tally, market_levels
from workshops.rooms.price_tag import Effect, Moves, PriceTag
from workshops.rooms.room import NO_TEAM, Workshop
from workshops.rooms.vote_widgets import qr_code, spelled
from workshops.session_widgets import site_address
from workshops.words import Words

MOST_DOTS = 5  # votes of a team drawn one by one
MOST_MOVES = 3  # products whose move is told in a line before the rest is only counted
MOST_NAMES = 6  # products named in a line before the rest is only counted
LOOPBACK = ("localhost", "127.0.0.1", "::1", "0.0.0.0")


def team_name(functional_map: FunctionalMap, team: str, t: Texts) -> str:
    """A team as people read it."""
    if team == NO_TEAM or team not in functional_map.vocabulary.teams:
        return t("vote.no_team")
    return functional_map.vocabulary.teams[team][t.language]


def join_address(workshop: Workshop, page: str = "") -> str:
    """The address that opens a workshop's Vote page on a phone, or another page of a participant."""
    return f"{site_address()}{page}?join={quote(workshop.code)}"


def joining(workshop: Workshop, *, size: int = 300, page: str = "") -> None:
    """How to join, large enough for a projector: a code to scan, an address with a code to type."""
    t = page_texts("workshops")
    address = join_address(workshop, page)
    shown = f"{urlsplit(address).netloc}{urlsplit(address).path}?join"
    st.html(
        f'<div style="display:flex;gap:2rem;align-items:center;flex-wrap:wrap">'
        f"{qr_code(address, size=size, label=t('vote.qr_alt', address=address))}"
        f'<div><p style="font-size:1.5rem;margin:.2rem 0">{escape(t("vote.scan"))}</p>'
        f'<p style="font-size:1.5rem;margin:.2rem 0">{escape(t("vote.or_type"))}<br><b>{escape(shown)}</b></p>'
        f'<p style="font-size:1.5rem;margin:.6rem 0 0">{escape(t("vote.code"))}</p>'
        f'<p style="font-size:3.4rem;font-weight:700;letter-spacing:.08em;margin:0" class="num">'
        f"{escape(spelled(workshop.code))}</p></div></div>"
    )
    if not workshop.accepting:
        st.warning(t("vote.closed_note"), icon=":material/lock:")
    if urlsplit(address).hostname in LOOPBACK:
        st.info(t("vote.loopback"), icon=":material/wifi_off:")


def team_names(functional_map: FunctionalMap, teams: tuple[str, ...], t: Texts) -> str:
    return t.list([team_name(functional_map, team, t) for team in teams])


def clock(minutes: int) -> str:
    """Minutes after midnight as people read them."""
    return f"{minutes // 60 % 24}:{minutes % 60:02d}"


def lead_style() -> str:
    """The projector's own sizes: text at 20 pixels, the question at 32, targets at 48."""
    levels = "".join(
        f".st-key-lead_level_{level} button{{background:{colour};color:{LEVEL_INK[level]};min-width:56px}}"
        for level, colour in enumerate(LEVEL_COLOURS)
    )
    return f"<style>{_SHEET}{levels}</style>"


def level_table(
    functional_map: FunctionalMap, levels: list[str], found: Tally | None, agreed: int | None, t: Texts
) -> str:
    """The five written levels; once the votes are shown, who chose which by team, and the level proposed or agreed."""
    table = found.by_team if found is not None and len(found.votes) else None
    rows = []
    for level in LEVELS:
        mark = ""
        if level == agreed:
            mark = f'<b class="mark">✓ {escape(t("lead.mark_agreed"))}</b>'
        elif agreed is None and found is not None and level == found.proposal:
            mark = f'<b class="mark">{escape(t("lead.mark_proposed"))}</b>'
        cells = "" if table is None else _cells(functional_map, table.loc[level], t)
        kind = ' class="chosen"' if mark else ""
        rows.append(f"<tr{kind}><td>{level_chip(level)}</td><td>{escape(levels[level])} {mark}</td>{cells}</tr>")
    return f'<table class="votes{"" if table is None else " shown"}">{"".join(rows)}</table>'


def _cells(functional_map: FunctionalMap, counts: pd.Series, t: Texts) -> str:
    """Who chose a level by team, a dot for each vote as long as they can be counted at a glance; then how many in all."""
    teams = " ".join(
        f'<span class="whole" aria-label="{escape(name)} {count}">{escape(name)} '
        f"<i>{'●' * count if count <= MOST_DOTS else f'● × {count}'}</i></span>"
        for name, count in ((team_name(functional_map, str(team), t), int(count)) for team, count in counts.items())
        if count
    )
    return f'<td class="team">{teams}</td><td class="num"><b>{int(counts.sum()) or ""}</b></td>'


def team_table(found: Tally, functional_map: FunctionalMap, t: Texts) -> str:
    """Votes by team and level, where the sentences of the levels stand elsewhere."""
    table = found.by_team.T
    head = "".join(f"<th>{level_chip(level)}</th>" for level in LEVELS)
    rows = "".join(
        f"<tr><td>{escape(team_name(functional_map, str(team), t))}</td>"
        + "".join(f'<td class="num">{count or ""}</td>' for count in counts)
        + "</tr>"
        for team, counts in zip(table.index, table.to_numpy(), strict=True)
    )
    return f"<table class='clean'><tr><th></th>{head}</tr>{rows}</table>"


def who_said_what(found: Tally, functional_map: FunctionalMap, t: Texts) -> str:
    """Names by level, and what people wrote: only where the consultant asks."""
    names = "".join(
        f"<p>{level_chip(level)} {escape(t.list(who))}</p>"
        for level, who in sorted(found.names.items(), reverse=True)
        if who
    )
    comments = "".join(
        f"<p>“{escape(comment)}” <span class='muted'>{escape(name)}, {escape(team_name(functional_map, team, t))}</span></p>"
        for name, team, comment in found.comments
    )
    return f'<div class="names">{names}{comments}</div>'


def market_lines(assessment: Assessment, functional_map: FunctionalMap, item_id: str, t: Texts) -> str:
    """Which products reach which level at best, from which plan; what the best do stands in its own words."""
    found = market_levels(assessment, item_id)
    if set(found) <= {None}:
        return f'<p class="muted">{escape(t("lead.market_nobody"))}</p>'
    counts = level_counts(assessment.edition, item_id)
    best = max(level for level in found if level is not None)
    sentence = functional_map.level_text(item_id, best, t.language) if item_id in functional_map.items and best else ""
    words = t.list(
        [t("lead.market_count", count=counts[level], level=level) for level in (4, 3, 2, 1, 0) if counts.get(level)]
    )
    lines = [f"{level_bar(counts, words)}<p>{escape(t('lead.market_best', level=best))} {escape(sentence)}</p>"]
    for level in (4, 3, 2, 1, 0, None):
        if products := found.get(level):
            lines.append(f"<p>{level_chip(level)} {_products(products, t)}</p>")
    return f'<div class="market">{"".join(lines)}</div>'


def _products(products: list[tuple[str, str, str]], t: Texts) -> str:
    names = [
        f'<span class="whole">{basis_mark(basis, t)} {escape(name)}</span>'
        + (f" <span class='muted'>{escape(t('lead.from_plan', plan=plan))}</span>" if plan else "")
        for name, plan, basis in products[:MOST_NAMES]
    ]
    if len(products) > MOST_NAMES:
        names.append(f"<span class='muted'>{escape(t('lead.and_more', count=len(products) - MOST_NAMES))}</span>")
    return ", ".join(names)


def effect_lines(effects: list[Effect], assessment: Assessment, t: Texts) -> str:
    """What each level in play does to the shortlist."""
    if not effects:
        return f'<p class="muted">{escape(t("lead.effect_after"))}</p>'
    return "".join(f"<p>{level_chip(one.level)} {escape(_effect(one, assessment, t))}</p>" for one in effects)


def _effect(effect: Effect, assessment: Assessment, t: Texts) -> str:
    names = lambda offers: t.list([assessment.offer_name(offer) for offer in offers])
    if not effect.leader:
        return t("lead.effect_none_passes")
    parts = []
    if effect.entering:
        parts.append(t("lead.effect_in", offers=names(effect.entering), count=len(effect.entering)))
    if effect.leaving:
        parts.append(t("lead.effect_out", offers=names(effect.leaving), count=len(effect.leaving)))
    if effect.leader_changes:
        parts.append(t("lead.effect_leader", offer=assessment.offer_name(effect.leader)))
    if parts:
        return " ".join(parts)
    if effect.largest is None or abs(effect.largest[1]) < 0.0005:
        return t("lead.effect_same")
    offer, change = effect.largest
    sign = "+" if change > 0 else "−"
    return t("lead.effect_fit", offer=assessment.offer_name(offer), change=sign + t.number(abs(change) * 100, 1))


def moves_words(order: Moves, assessment: Assessment, t: Texts) -> str:
    """Who enters, leaves, rises and falls, in few words; "" where nobody does."""
    told = [("enters", *one) for one in order.entering] + [("leaves", one, 0) for one in order.leaving]
    told += [("rises", *one) for one in order.rising] + [("falls", *one) for one in order.falling]
    words = [
        t(f"moves.{key}", product=assessment.product_name(one), **({"place": place} if place else {}))
        for key, one, place in told[:MOST_MOVES]
    ]
    if len(told) > MOST_MOVES:
        words.append(t("moves.more", count=len(told) - MOST_MOVES))
    return ", ".join(words)


def answer_line(effects: list[Effect], proposal: int | None, assessment: Assessment, t: Texts) -> str:
    """What each answer to the item on the projector moves on the shortlist, levels that move alike together."""
    words = {
        one.level: (moves_words(one.order, assessment, t) or t("moves.nobody"))
        if one.leader
        else t("moves.none_passes")
        for one in effects
    }
    if set(words.values()) == {t("moves.nobody")}:
        return f'<p class="moves muted">{escape(t("moves.this_nobody"))}</p>'
    alike: dict[str, list[int]] = {}  # the level proposed stands alone, and first
    for level in sorted(words, key=lambda one: one != proposal):
        alike.setdefault("" if level == proposal else words[level], []).append(level)
    parts = []
    for said, levels in alike.items():
        chips = " ".join(level_chip(level) for level in levels)
        parts.append(
            f"<span>{chips} {escape(said)}</span>"
            if said
            else f"<b>{escape(t('moves.proposed'))} {chips} {escape(words[levels[0]])}</b>"
        )
    return f'<p class="moves">{"".join(parts)}</p>'


def price_lines(tag: PriceTag, assessment: Assessment, words: Words, t: Texts) -> str:
    """The price of a must-have: products that it removes, plans that it forces, cost that it adds each year."""
    if not tag.spared:
        return f"<p>{escape(t('lead.price_nothing_passes'))}</p>"
    products = lambda ids: t.list([assessment.product_name(one) for one in ids])
    lines = [f"<b>{escape(t('lead.price_title', level=tag.level))}</b>"]
    removed = len(tag.removed)
    lines.append(
        escape(t("lead.price_removes", count=removed, products=products(tag.removed)))
        if removed
        else escape(t("lead.price_removes_none"))
    )
    lines[-1] += " " + escape(t("lead.price_left", count=len(tag.kept)) if tag.kept else t("lead.price_left_none"))
    for one in tag.forced[:4]:
        key = "lead.price_add_on" if one.add_ons and one.before == one.after else "lead.price_plan"
        lines.append(
            escape(
                t(
                    key,
                    product=assessment.product_name(one.product),
                    before=assessment.offer_name(one.before).partition(" · ")[2],
                    after=assessment.offer_name(one.after).partition(" · ")[2],
                    cost=words.money(one.cost_per_year),
                )
            )
        )
    if len(tag.forced) > 4:
        lines.append(escape(t("lead.price_more", count=len(tag.forced) - 4)))
    if tag.to_confirm:
        lines.append(escape(t("lead.price_confirm", products=products(tag.to_confirm), count=len(tag.to_confirm))))
    if tag.free:
        lines.append(escape(t("lead.price_free")))
    return "".join(f"<p>{line}</p>" for line in lines)


def challenge_lines(found: list[Challenge], functional_map: FunctionalMap, words: Words, t: Texts) -> str:
    """Prompts, one line each."""
    return "".join(
        f'<p class="challenge">{escape(challenge_words(one, functional_map, words, t))}</p>' for one in found
    )


def challenge_words(one: Challenge, functional_map: FunctionalMap, words: Words, t: Texts) -> str:
    """A prompt as a sentence; the item is named where it does not stand beside it."""
    values = dict(one.values)
    for name in ("products", "offers"):
        if name in values:
            listed = values[name]
            more = [t("lead.and_more", count=len(listed) - MOST_NAMES)] if len(listed) > MOST_NAMES else []
            values[name] = t.list([*listed[:MOST_NAMES], *more])
    for name in ("low_team", "high_team"):
        if name in values:
            values[name] = team_name(functional_map, values[name], t)
    if "share" in values:
        values["share"] = t.percent(values["share"])
    if one.domain:
        values["domain"] = words.domain(one.domain)
    return t(f"challenge.{one.rule}", **values)


_SHEET = """
.stMainBlockContainer{max-width:1500px;padding:.5rem 1.6rem 2rem}
[data-testid=stHeader]{background:transparent;pointer-events:none} [data-testid=stHeader] button{pointer-events:auto}
.st-key-lead{gap:.45rem}
.st-key-lead h1{font-size:26px;line-height:1.2;padding:.1rem 3rem 0}
.st-key-lead [data-testid=stHeading] [data-testid=stMarkdownContainer]{margin-bottom:0}
.st-key-lead p,.st-key-lead li,.st-key-lead td,.st-key-lead label p,.st-key-lead button p,.st-key-lead textarea,
.st-key-lead input,.st-key-lead h3{font-size:20px;line-height:1.35}
.st-key-lead h3{margin:.7rem 0 0} .st-key-lead .one p{margin:0}
.st-key-lead .strip{flex-wrap:nowrap} .st-key-lead .stripcell,.st-key-lead .stripcell b{font-size:20px;min-width:0;line-height:1.3} .st-key-lead .stripcell{padding:.15rem .6rem}
.st-key-lead .stripcell b{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.st-key-lead_moves{min-height:30px} .st-key-lead p.moves{margin:0;display:flex;flex-wrap:wrap;gap:.1rem 1.2rem}
.st-key-lead p.state{margin:-.3rem 0 .1rem;padding-left:3rem} .st-key-lead p.state.late{color:var(--bad);font-weight:600}
.st-key-lead .asked{margin:.1rem 0 .3rem;line-height:1.22} .st-key-lead .asked .muted{font-size:20px;margin-left:.3rem;white-space:nowrap}
.st-key-lead p.question{display:inline;font-size:32px;line-height:1.22;font-weight:650}
.st-key-lead [data-testid=stTabs] p{margin:0 0 .4rem}
.st-key-lead [data-testid=stColumn] [data-testid=stVerticalBlock]{gap:.45rem}
.st-key-lead p.votes{font-weight:600;margin:.1rem 0}
.st-key-lead button{min-height:48px}
.st-key-lead_controls .stSelectbox{flex:1 1 260px}
.st-key-lead [data-testid=stSelectbox] *{font-size:20px} .st-key-lead [data-testid=stSelectbox]>div>div{min-height:48px}
[data-testid=stLayoutWrapper]:has(>.st-key-lead_buttons),[data-testid=stLayoutWrapper]:has(>.st-key-lead_accepting){
 position:sticky;bottom:0;z-index:2;background:var(--paper);padding:.35rem 0}
.st-key-lead_buttons span.muted{font-size:20px}
.st-key-lead .level{font-size:20px}
.st-key-lead .levelbar{height:28px;line-height:28px;font-size:18px}
.st-key-lead p.challenge{border-left:4px solid var(--warn);background:var(--panel);padding:.35rem .7rem;margin:.2rem 0}
.st-key-lead .market p{margin:.25rem 0}
table.votes{border-collapse:collapse;width:100%} table.votes td{padding:.22rem .5rem .22rem 0;line-height:1.25!important;border-bottom:1px solid var(--line);vertical-align:middle}
table.votes td:first-child{width:1%}
table.votes tr.chosen td{background:var(--panel)} table.votes .mark{color:var(--accent);white-space:nowrap}
table.votes td.team{width:22%;color:var(--muted)} table.votes td.team .whole{margin-right:.5rem}
table.votes td.team i{color:var(--accent);letter-spacing:.08em;font-style:normal} table.votes td.num{text-align:right;width:1%}
.st-key-lead_rows{gap:0} .st-key-lead_rows [data-testid=stHorizontalBlock]{border-bottom:1px solid var(--line);padding:.25rem 0;align-items:center}
.names p{margin:.2rem 0} .plainlist{columns:2;margin:.2rem 0 .6rem}
"""
