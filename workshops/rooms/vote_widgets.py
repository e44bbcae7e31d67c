"""What a participant's phone shows: the card of a vote, the memory of a browser, and the code that is scanned to join."""

from __future__ import annotations

import base64
import io
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from typing import Any

import segno
import streamlit as st

from interface.theme import LEVEL_COLOURS, LEVEL_INK

FOLDER = Path(__file__).with_name("components")


def vote_card(data: dict[str, Any], *, on_answers: Any, on_open: Any, on_leave: Any) -> None:
    """One item at a time with its five written levels; taps come back as a list of answers."""
    _component("vote_card", "vote.js", '<div class="ballot"><div class="head"></div><div class="card"></div>'
               '<div class="foot"></div></div>', _file("vote.css") + _level_colours())(
        data=data, key="vote_card", on_answers_change=on_answers, on_open_change=on_open, on_leave_change=on_leave
    )  # fmt: skip


def known_browser(code: str, *, on_token: Any) -> None:
    """Ask the browser whether it took part before; it answers with its token, or not at all."""
    _component("known_browser", "join.js", "", "")(data={"code": code}, key="vote_browser", on_token_change=on_token)


def print_button(label: str) -> None:
    """A button that opens the browser's print dialog."""
    css = (
        "button{font:inherit;padding:.4rem .9rem;min-height:40px;border:1px solid var(--line);border-radius:6px;"
        "background:var(--paper);color:var(--ink);cursor:pointer} @media print{button{display:none}}"
    )
    _component("print_button", "print.js", "<button type='button'></button>", css)(
        data={"label": label}, key="agenda_print"
    )


@lru_cache(maxsize=512)
def qr_code(address: str, *, size: int, label: str) -> str:
    """An address as a picture to scan, always dark on white so that every camera reads it."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=3, dark="#1C2321", light="#FFFFFF")
    picture = base64.b64encode(out.getvalue()).decode("ascii")
    return (
        f'<img alt="{escape(label)}" src="data:image/svg+xml;base64,{picture}" '
        f'style="width:{size}px;height:{size}px;image-rendering:pixelated;border-radius:8px">'
    )


def spelled(code: str) -> str:
    """A code as it is read aloud: in two halves."""
    return f"{code[: len(code) // 2]} {code[len(code) // 2 :]}"


def _component(name: str, script: str, html: str, css: str) -> Any:
    return st.components.v2.component(f"workshops_{name}", html=html, css=css, js=_file(script))


@cache
def _file(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@cache
def _level_colours() -> str:
    return "".join(
        f".l{level}{{background:{colour};color:{LEVEL_INK[level]}}}" for level, colour in enumerate(LEVEL_COLOURS)
    )
