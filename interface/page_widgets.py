"""What every page shares on the screen: language, theme, header, problems, charts."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

import altair as alt
import streamlit as st

from interface.language import LANGUAGES, Texts, number_marks, texts
from interface.theme import GAP_MORE, GAP_ONE, Palette, chart_config, palette


def current_language() -> str:
    """The visitor's language: what they chose, what the address says, or what their browser prefers."""
    chosen = st.session_state.get("language") or st.query_params.get("language")
    if chosen in LANGUAGES:
        return chosen
    return "fr" if (st.context.locale or "").lower().startswith("fr") else "en"


def page_texts(package: str) -> Texts:
    """The texts of a package in the visitor's language."""
    return texts(package, current_language())


def current_palette() -> Palette:
    """The colours of the visitor's theme."""
    return palette(st.context.theme.type == "dark")


def header(title: str, state: str = "") -> None:
    """One title that says where we are, one sentence that says the state."""
    st.title(title, anchor=False)
    if state:
        st.html(f'<p class="state">{escape(state)}</p>')


def show_problems(problems: Iterable[tuple[str, dict[str, Any]]], t: Texts) -> None:
    """Every problem at once, in sentences."""
    sentences = [t(key, **values) if values else t(key) for key, values in problems]
    if sentences:
        st.error(
            "\n".join(f"- {plain(one)}" for one in sentences) if len(sentences) > 1 else plain(sentences[0]),
            icon=":material/error:",
        )


def plain(text: str) -> str:
    """Text from a person, safe inside Markdown."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]()#+-!|<>~:$" else letter for letter in text)


def show_chart(chart: alt.TopLevelMixin | dict[str, Any], description: str, key: str) -> None:
    """A chart in the app's own look, with its text alternative."""
    look = chart_config(current_palette())
    # as a plain specification: Altair's own validation of what tests have seen takes longer than drawing it
    plain_chart = chart if isinstance(chart, dict) else chart.to_dict(validate=False)
    spec = plain_chart | {"config": look | {"locale": {"number": number_marks(current_language())}}}
    st.vega_lite_chart(spec=spec, theme=None, width="stretch", key=key, alt=description)


def style() -> None:
    """The style sheet of the marks and of what Streamlit's theme does not reach."""
    colours = current_palette()
    roles = "".join(f"--{name}:{getattr(colours, name)};" for name in Palette.__dataclass_fields__)
    st.html(f"<style>:root{{{roles}--gap-one:{GAP_ONE};--gap-more:{GAP_MORE};}}{_SHEET}</style>")


_SHEET = """
.stMainBlockContainer{padding:2.4rem 2.6rem 3rem;max-width:1280px}
[data-testid=stSidebarNavItems] li{margin:0}
[data-testid=stSidebarNavSeparator]{margin:.4rem 0}
[data-testid=stSidebarContent]{display:flex;flex-direction:column}
[data-testid=stSidebarHeader]{order:-2} [data-testid=stSidebarUserContent]{order:-1;padding-top:0;padding-bottom:.6rem}
[data-testid=stSidebarUserContent] [data-testid=stVerticalBlock]{gap:.5rem}
p.state{color:var(--muted);font-size:1.02rem;margin:-.4rem 0 .6rem}
[data-testid=stCaptionContainer],[data-testid=stCaptionContainer] p{color:var(--muted)!important;opacity:1!important}
button[kind=primary],button[kind=primaryFormSubmit]{color:var(--paper)} .muted{color:var(--muted)} .small{font-size:.86rem} .num{font-variant-numeric:tabular-nums}
.level{display:inline-flex;align-items:center;justify-content:center;min-width:1.55em;height:1.55em;border-radius:4px;
 font-weight:650;font-size:.9em;font-variant-numeric:tabular-nums}
.level.unknown{background:none;border:1.5px dashed var(--muted);color:var(--muted)}
.basis{white-space:nowrap;color:var(--muted)}
.verdict{white-space:nowrap;font-weight:600}
.verdict.good{color:var(--good)} .verdict.warn{color:var(--warn)} .verdict.bad{color:var(--bad)}
.interval{position:relative;display:inline-block;width:100%;min-width:90px;height:14px;vertical-align:middle}
.interval::before{content:"";position:absolute;left:0;right:0;top:6.5px;height:1px;background:var(--line)}
.interval .range{position:absolute;top:5px;height:4px;border-radius:2px;background:var(--accent);opacity:.38}
.interval .dot{position:absolute;top:2px;width:10px;height:10px;margin-left:-5px;border-radius:50%;background:var(--accent)}
.interval .rule{position:absolute;top:-2px;bottom:-2px;width:0;border-left:2px dotted var(--bad)}
.levelbar{display:flex;height:18px;border-radius:4px;overflow:hidden;font-size:.74rem;line-height:18px;text-align:center;
 font-variant-numeric:tabular-nums}
.levelbar i{font-style:normal;display:block;min-width:0}
.levelbar i.unknown{color:var(--muted);background:repeating-linear-gradient(135deg,var(--panel) 0 4px,var(--line) 4px 6px)}
table.clean{border-collapse:collapse;width:100%;font-size:.93rem}
table.clean th{font-weight:600;color:var(--muted);text-align:left;border-bottom:1px solid var(--line);padding:.35rem .6rem .35rem 0;
 font-size:.82rem;vertical-align:bottom}
table.clean td{border-bottom:1px solid var(--line);padding:.42rem .6rem .42rem 0;vertical-align:middle}
table.clean td.r,table.clean th.r{text-align:right;font-variant-numeric:tabular-nums}
table.clean td.r+td:not(.r),table.clean th.r+th:not(.r){padding-left:.7rem} .marks{white-space:nowrap}
table.clean tr.off td{color:var(--muted)} table.clean a{color:var(--accent)}
.card{border:1px solid var(--line);border-radius:8px;padding:.9rem 1.1rem;background:var(--paper)}
.card h4{margin:0 0 .15rem;font-size:1.02rem} .card p{margin:.15rem 0}
.tag{display:inline-block;border:1px solid var(--line);border-radius:99px;padding:.05rem .6rem;margin:.1rem .25rem .1rem 0;
 font-size:.82rem;color:var(--muted);background:var(--panel)}
.tag.warn{border-color:var(--warn);color:var(--warn)}
.tag.sample{border-color:var(--warn);color:var(--warn)}
ol.levels{list-style:none;margin:.5rem 0;padding:0} ol.levels li{display:flex;gap:.65rem;align-items:baseline;padding:.22rem 0}
.funnel{display:flex;gap:.5rem;align-items:stretch;margin:.3rem 0 1rem;flex-wrap:wrap}
.funnel>div{flex:1 1 0;min-width:128px;border:1px solid var(--line);border-radius:8px;padding:.55rem .75rem;background:var(--panel)}
.funnel b{font-size:1.5rem;font-variant-numeric:tabular-nums;display:block;line-height:1.2} .funnel .out{font-size:.8rem;color:var(--muted)}
.funnel .out{display:-webkit-box;-webkit-line-clamp:3;-webkit-box-orient:vertical;overflow:hidden;line-height:1.35}
.funnel .price{display:block;font-size:.8rem;color:var(--warn);font-weight:600}
.funnel .price.none{color:var(--muted);font-weight:400}
.funnel .last{background:var(--accent);border-color:var(--accent);color:var(--paper)} .funnel .last *{color:var(--paper)!important}
.strip{display:flex;gap:.6rem;flex-wrap:wrap}
.stripcell{flex:1 1 150px;display:grid;grid-template-columns:1fr auto;gap:0 .5rem;border:1px solid var(--line);border-radius:8px;
 padding:.4rem .7rem;background:var(--panel);font-size:.88rem;align-items:baseline}
.stripcell .interval{grid-column:1/3}
.part{font-weight:600;color:var(--accent);padding-top:1rem!important}
table.clean.wide td{vertical-align:top}
.scroll{overflow-x:auto} .whole{white-space:nowrap}
details.plans{font-size:.86rem;margin-top:.1rem} details.plans summary{color:var(--muted);cursor:pointer}
details.plans table.clean{margin:.2rem 0 .4rem;min-width:340px}
.up{color:var(--good)} .down{color:var(--bad)}
[data-testid=stSidebarHeader]{height:1.9rem;padding-top:.3rem;margin-bottom:0}
[data-testid=stSidebarNavLink]{padding-top:0;padding-bottom:0;min-height:0;height:1.45rem;margin:0}
[data-testid=stNavSectionHeader]{padding-top:.25rem;padding-bottom:0;margin-top:0}
@media(max-width:600px){table.clean{display:block;overflow-x:auto}}
@media print{section[data-testid=stSidebar],[data-testid=stToolbar],.stButton,.stDownloadButton,.stMultiSelect,.stCheckbox,
 details.plans{display:none!important} tr,.funnel,svg{break-inside:avoid} .scroll{overflow:visible}
 h2,h3,h4,thead,tr:has(th),[data-testid=stElementContainer]:has(h2,h3,h4,p>strong:only-child,[data-testid=stCaptionContainer]){break-after:avoid}}
"""
