"""People vote while the lead page is open in a real browser: what does a tap take, is everything there?

    python -m tests.load.measure --people 30,100 --seconds 40

Bounded in count and time, on loopback only. Prints one line of figures for each number of people, and fails where an
acknowledged vote is missing.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import pandas as pd
import psutil
import sqlalchemy as sa
from playwright.sync_api import sync_playwright

from tests.conftest import CHROMIUM, ROOT, free_port, settle, wait_until
from tests.load.room import Room
from workshops.access import AT_HOME
from workshops.prepare.agenda import Session
from workshops.rooms.leading import proposal
from workshops.store import schema
from workshops.store.projects import read_project
from workshops.store.votes import reveal, run_session, save_agenda, show_item, votes_of, workshop_of

MOST_PEOPLE, MOST_SECONDS, TURNS = 150, 120, 12
PHONE_SECONDS = (
    35  # afterwards three more phones come, in the browser of this machine, which costs it more than the server
)


class Projector(threading.Thread):
    """A real browser on the lead page, with the moments at which its count of votes changed."""

    def __init__(self, room: Room) -> None:
        super().__init__(daemon=True)
        self.room, self.stop, self.ready = room, threading.Event(), threading.Event()
        self.seen: list[tuple[float, int]] = []
        self.phone_first: list[float] = []
        self.want_phone = threading.Event()
        self.phone_taps: list[float] = []
        self.empty_taps: list[float] = []
        self.empty_base = ""

    def run(self) -> None:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
            page.set_default_timeout(60_000)
            page.goto(f"{self.room.base}/lead?project={self.room.project}")
            page.locator("p.votes").wait_for()
            # the moment is taken in the page itself, when its text changes
            page.evaluate(
                """() => { window.seen = []; const take = () => { const p = document.querySelector('p.votes');
                const n = p && parseInt(p.textContent); if (n >= 0 && n !== window.last) { window.last = n;
                window.seen.push([Date.now() / 1000, n]); } }; take();
                new MutationObserver(take).observe(document.body, {subtree: true, childList: true, characterData: true}); }"""
            )
            self.ready.set()
            while not self.stop.wait(0.2):
                if self.want_phone.is_set():
                    self.want_phone.clear()
                    self._phones(browser)
            self.seen = [tuple(one) for one in page.evaluate("window.seen")]
            browser.close()

    def _phones(self, browser) -> None:
        """First visits of new participants, taps on their page and on an empty one, in a real browser."""
        for token, _ in self.room.people[-3:]:
            page = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True).new_page()
            page.set_default_timeout(60_000)
            started = time.perf_counter()
            page.goto(f"{self.room.base}/?join={self.room.room.code}&p={token}")
            page.locator("button.level").first.wait_for()
            self.phone_first.append((time.perf_counter() - started) * 1000)
            if token == self.room.people[-1][0]:
                self._compare(browser, page)
            page.context.close()

    def _compare(self, browser, phone) -> None:
        """A tap until the page says that it is saved, and a click on an empty page until it has run, in turn."""
        empty = browser.new_context().new_page()
        empty.goto(self.empty_base)
        empty.get_by_role("button", name="again").wait_for()
        settle(empty)
        for turn in range(TURNS):
            phone.wait_for_timeout(600)
            if (took := phone.evaluate(_TAP, turn % 5)) is not None:  # None at the end of a batch
                self.phone_taps.append(took)
            if (took := empty.evaluate(_CLICK)) is not None:
                self.empty_taps.append(took)


# both measured inside the page: from the click to the first moment at which the server's answer is on the screen
_TAP = """level => new Promise(done => { const root = document.querySelector('.st-key-vote_card').querySelector('*');
  const find = node => { const walk = n => { if (n.shadowRoot) { const f = n.shadowRoot.querySelector('.ballot'); if (f) return f; }
    for (const c of n.children || []) { const f = walk(c); if (f) return f; } return null; }; return walk(node); };
  const ballot = find(document.querySelector('.st-key-vote_card')); const start = performance.now();
  setTimeout(() => done(null), 5000); const state = () => ballot.querySelector('.state').textContent;
  const watch = new MutationObserver(() => { if (state() === 'Saved') { watch.disconnect(); done(performance.now() - start); } });
  ballot.querySelectorAll('button.level')[level].click();
  watch.observe(ballot, {subtree: true, childList: true, characterData: true}); })"""
_CLICK = """() => new Promise(done => { const app = document.querySelector('[data-testid=stApp]'); const start = performance.now();
  setTimeout(() => done(null), 5000); let ran = false; const watch = new MutationObserver(() => { const s = app.getAttribute('data-test-script-state');
    if (s !== 'notRunning') ran = true; else if (ran) { watch.disconnect(); done(performance.now() - start); } });
  watch.observe(app, {attributes: true}); document.querySelector('.st-key-again button').click(); })"""


def quantile(values: list[float], share: float) -> float | None:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1) if ordered else None


async def crowd(room: Room, projector: Projector, seconds: float, item: str) -> dict:
    """Everybody opens the page, looks up and taps; somebody answers the item on the projector once a second."""
    pages = room.pages()
    opened: list[float] = []
    for page in pages:
        started = time.perf_counter()
        await page.open()
        opened.append((time.perf_counter() - started) * 1000)
    server = psutil.Process(room.process.pid)
    server.cpu_percent()
    stop, phones_at = time.perf_counter() + seconds + PHONE_SECONDS, time.time() + seconds
    waiting = list(pages[:-3])
    random.shuffle(waiting)

    async def answer_projector() -> None:
        while time.time() < phones_at - 3 and waiting:
            await asyncio.sleep(seconds / (len(pages) + 5))
            await waiting.pop().tap(item)

    async def phones_come() -> None:
        await asyncio.sleep(seconds)
        projector.want_phone.set()

    await asyncio.gather(
        *(page.look_up(stop) for page in pages), *(page.vote(stop) for page in pages), answer_projector(), phones_come()
    )
    cpu = server.cpu_percent()
    taps = [took for page in pages for when, took in page.taps if when < phones_at]
    later = [took for page in pages for when, took in page.taps if when >= phones_at]
    for page in pages:
        await page.close()
    return {
        "people": len(pages),
        "seconds": round(seconds),
        "acknowledged": len(taps) + len(later),
        "lost": room.lost(pages),
        "errors": sum(page.exceptions for page in pages),
        "tap_saved_p50": quantile(taps, 0.5),
        "tap_saved_p95": quantile(taps, 0.95),
        "tap_saved_p95_beside_new_phones": quantile(later, 0.95),
        "look_p95": quantile([one for page in pages for one in page.looks], 0.95),
        "open_protocol_p95": quantile(opened, 0.95),
        "server_cpu": round(cpu),
        "server_mb": round(server.memory_info().rss / 2**20),
        "load_average": round(os.getloadavg()[0], 1),
    }


def measure(people: int, seconds: float) -> dict:
    """One room with so many people, and one empty page beside it."""
    with tempfile.TemporaryDirectory(prefix="rooms") as name, open(Path(name) / "log.txt", "w") as log:
        folder = Path(name)
        room = Room(folder, people)
        item = first_item(room)
        room.start(log)
        empty, empty_base = start_empty(folder, log)
        projector = Projector(room)
        projector.empty_base = empty_base
        try:
            projector.start()
            projector.ready.wait(60)
            found = asyncio.run(crowd(room, projector, seconds, item))
            projector.stop.set()
            projector.join(60)
        finally:
            room.stop()
            empty.terminate()
            empty.wait(20)
        votes = votes_of(room.database, room.room.id, [item])
        found |= on_projector(projector, room, item)
        found |= {
            "first_page_p95": quantile(projector.phone_first, 0.95),
            "browser_tap_median": round(statistics.median(projector.phone_taps), 1),
            "empty_median": round(statistics.median(projector.empty_taps), 1),
            "tap_to_empty": round(statistics.median(projector.phone_taps) / statistics.median(projector.empty_taps), 2),
            "votes_on_item": len(votes),
            "tracebacks": len(re.findall("Traceback", (folder / "log.txt").read_text())),
        }
        return found


def first_item(room: Room) -> str:
    """Start the session of the first domain, with an item of it on the projector."""
    project = read_project(room.database, room.project)
    order = pd.DataFrame({"places": 0.0, "swing": 0.0}, index=list(room.map.items))
    agenda = proposal(project, room.map, order)
    session: Session = agenda.sessions[0]
    save_agenda(room.database, AT_HOME, room.room.id, agenda.to_json(), version=0)
    run_session(room.database, AT_HOME, room.room.id, session.id)
    show_item(room.database, AT_HOME, room.room.id, session.items[0])
    reveal(room.database, AT_HOME, room.room.id, [session.items[0]], False)
    assert workshop_of(room.database, room.project).item_id == session.items[0]
    return session.items[0]


def on_projector(projector: Projector, room: Room, item: str) -> dict:
    """How long each vote on the item took until the projector counted it: the n-th vote with the n-th count or a later one."""
    with room.database.reading() as connection:
        firsts = connection.execute(
            sa.select(sa.func.min(schema.vote_event.c.at))
            .where(schema.vote_event.c.item_id == item)
            .group_by(schema.vote_event.c.participant_id)
        ).scalars()
        stored = sorted(one.timestamp() if one.tzinfo else one.replace(tzinfo=dt.UTC).timestamp() for one in firsts)
    waits = []
    for number, moment in enumerate(stored, start=1):
        shown = [when for when, count in projector.seen if count >= number and when >= moment - 0.05]
        if shown:
            waits.append((min(shown) - moment) * 1000)
    return {"on_projector_p50": quantile(waits, 0.5), "on_projector_p95": quantile(waits, 0.95), "counted": len(waits)}


def start_empty(folder: Path, log):
    """A page with a button and a line, under the same settings."""
    script, port = folder / "empty.py", free_port()
    script.write_text(
        "import gc\n\nimport streamlit as st\n\n\n@st.cache_resource\ndef freeze():\n    import altair, pandas\n\n    gc.collect()\n"
        "    gc.freeze()\n\n\nfreeze()\nst.button('again', key='again')\nst.markdown('nothing else')\n"
    )
    options = ["--server.port", str(port), "--server.headless", "true", "--server.fileWatcherType", "none"]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), *options],
        cwd=ROOT,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    base = f"http://127.0.0.1:{port}"
    wait_until(lambda: urllib.request.urlopen(f"{base}/_stcore/health", timeout=2).status == 200)
    return process, base


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", default="30,100")
    parser.add_argument("--seconds", type=float, default=40)
    chosen = parser.parse_args()
    bad = False
    for people in chosen.people.split(","):
        found = measure(min(int(people), MOST_PEOPLE), min(chosen.seconds, MOST_SECONDS))
        print(json.dumps(found), flush=True)
        bad |= bool(found["lost"] or found["errors"] or found["tracebacks"])
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
