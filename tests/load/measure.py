"""People vote while the lead page is open in a real browser: what does a tap take, is everything there?

    python -m tests.load.measure --people 30,100 --seconds 40

Bounded in count and time, on loopback only. Prints one line of figures for each number of people, and fails where an
acknowledged vote is missing.
"""

from __future__ import annotations

import argparse
import asyncio
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
from tests.load.client import PATIENCE
from tests.load.room import Person, Room
from workshops.access import AT_HOME
from workshops.prepare.agenda import Session
from workshops.rooms.leading import proposal
from workshops.store import schema
from workshops.store.database import in_utc
from workshops.store.projects import read_project
from workshops.store.votes import reveal, run_session, save_agenda, show_item, workshop_of

MOST_PEOPLE, MOST_SECONDS = 150, 120
NEWCOMERS, TURNS = 3, 12  # phones that come while the others vote; taps on the last one, beside clicks on an empty page
MOST_PHONE_SECONDS = 150  # for all of them; afterwards the measurement ends with what there is
SHOWN_WITHIN = 5  # seconds; a vote that the projector does not count by then is missing


class Browsers(threading.Thread):
    """Real browsers: the lead page while people vote, and then phones that come while they go on."""

    def __init__(self, room: Room, empty: str) -> None:
        super().__init__(daemon=True)
        self.room, self.empty = room, empty
        self.ready, self.newcomers, self.done = threading.Event(), threading.Event(), threading.Event()
        self.error: BaseException | None = None
        self.seen: list[tuple[float, int]] = []  # when, how many votes the projector counted
        self.first_pages: list[float] = []
        self.taps: list[float] = []
        self.empty_clicks: list[float] = []

    def run(self) -> None:
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
                self._watch(browser)
                self._phones(browser)
                browser.close()
        except BaseException as error:
            self.error = error
        finally:
            self.ready.set()
            self.done.set()

    def _watch(self, browser) -> None:
        """Keep the lead page open; the moments at which its count of votes changes are taken in the page itself."""
        page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{self.room.base}/lead?project={self.room.project}")
        page.locator("p.votes").wait_for()
        page.evaluate(_COUNT)
        self.ready.set()
        self.newcomers.wait(MOST_SECONDS + PATIENCE)
        self.seen = [tuple(one) for one in page.evaluate("window.seen")]

    def _phones(self, browser) -> None:
        """First visits of new participants; then taps on such a page and clicks on an empty one, in turn."""
        end = time.time() + MOST_PHONE_SECONDS
        for token, _ in self.room.people[-NEWCOMERS:]:
            page = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True).new_page()
            page.set_default_timeout(60_000)
            started = time.perf_counter()
            page.goto(f"{self.room.base}/?join={self.room.room.code}&p={token}")
            page.locator("button.level").first.wait_for()
            self.first_pages.append((time.perf_counter() - started) * 1000)
            if token != self.room.people[-1][0]:
                page.context.close()
        empty = browser.new_context().new_page()
        empty.goto(self.empty)
        empty.get_by_text("run 1", exact=True).wait_for()
        settle(empty)
        for turn in range(TURNS):
            if time.time() > end:
                break
            page.wait_for_timeout(600)
            self.taps.append(page.evaluate(_TAP, turn % 5))
            self.empty_clicks.append(empty.evaluate(_CLICK))


_COUNT = """() => { window.seen = []; const take = () => { const p = document.querySelector('p.votes');
  const n = p && parseInt(p.textContent); if (n >= 0 && n !== window.last) { window.last = n;
  window.seen.push([Date.now() / 1000, n]); } }; take();
  new MutationObserver(take).observe(document.body, {subtree: true, childList: true, characterData: true}); }"""
# both from the click to the first moment at which the server's answer is on the screen; a page that says nothing for
# ten seconds counts with ten seconds
_TAP = """level => new Promise(done => {
  const find = node => { if (!node) return null; const inside = node.shadowRoot?.querySelector('.ballot');
    if (inside) return inside;
    for (const one of node.children) { const found = find(one); if (found) return found; } return null; };
  const ballot = find(document.querySelector('.st-key-vote_card')), start = performance.now();
  setTimeout(() => done(10000), 10000);
  const state = () => ballot.querySelector('.state').textContent;
  ballot.querySelectorAll('button.level')[level].click();
  const watch = new MutationObserver(() => {
    if (state() === 'Saved') { watch.disconnect(); done(performance.now() - start); } });
  watch.observe(ballot, {subtree: true, childList: true, characterData: true}); })"""
_CLICK = """() => new Promise(done => { const line = () => document.querySelector('.stMarkdown').textContent;
  const before = line(), start = performance.now(); setTimeout(() => done(10000), 10000);
  const watch = new MutationObserver(() => {
    if (line() !== before) { watch.disconnect(); done(performance.now() - start); } });
  watch.observe(document.body, {subtree: true, childList: true, characterData: true});
  document.querySelector('.st-key-again button').click(); })"""


class Processor:
    """Processor time since a moment: of the server, of this program (the people), of the whole machine."""

    def __init__(self, server: psutil.Process) -> None:
        self.server, self.own = server, psutil.Process()
        self.restart()

    def restart(self) -> None:
        self.at, self.before = time.perf_counter(), self._now()

    def _now(self) -> tuple[float, float, float]:
        used = [sum(one.cpu_times()[:2]) for one in (self.server, self.own)]
        machine = psutil.cpu_times()
        return *used, sum(machine) - machine.idle - machine.iowait

    def server_ms(self) -> float:
        return (self._now()[0] - self.before[0]) * 1000

    def shares(self) -> dict[str, int]:
        """Percent of one core; of the machine, percent of all of its cores."""
        passed = time.perf_counter() - self.at
        server, own, machine = (
            100 * (now - before) / passed for now, before in zip(self._now(), self.before, strict=True)
        )
        return {
            "server_cpu": round(server),
            "people_cpu": round(own),
            "machine_busy": round(machine / (psutil.cpu_count() or 1)),
        }


def quantile(values: list[float], share: float) -> float | None:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1) if ordered else None


async def crowd(room: Room, browsers: Browsers, seconds: float, item: str) -> dict:
    """Everybody opens the page; then all look up and tap, and one after the other answers the item on the projector."""
    pages, opened = room.pages(), []
    processor = Processor(psutil.Process(room.process.pid))
    for page in pages:
        started = time.perf_counter()
        await page.open()
        opened.append((time.perf_counter() - started) * 1000)
    alone = {"open_processor_ms": round(processor.server_ms() / len(pages), 1)}
    alone |= await one_by_one(processor, pages)
    for page in pages:
        page.taps.clear()
        page.looks.clear()
    processor.restart()
    people = [asyncio.create_task(one) for page in pages for one in (page.look_up(), page.vote())]
    started, waiting = time.time(), [page for page in pages[:-NEWCOMERS] if item not in page.sent]
    for page in random.sample(waiting, len(waiting)):
        await asyncio.sleep(seconds / (len(pages) + 5))
        await page.tap(item)
    await asyncio.sleep(max(0.0, started + seconds - time.time()))
    shares, phones_at = processor.shares(), time.time()
    await asyncio.sleep(SHOWN_WITHIN)
    browsers.newcomers.set()
    while not browsers.done.is_set():
        await asyncio.sleep(0.2)
    for one in people:
        one.cancel()
    for ended in await asyncio.gather(*people, return_exceptions=True):
        if not isinstance(ended, asyncio.CancelledError):
            raise RuntimeError("a participant stopped early") from ended
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
        **on_projector(browsers, room, item, started, phones_at),
        **shares,
        **alone,
        "server_mb": round(processor.server.memory_info().rss / 2**20),
        "load_average": round(os.getloadavg()[0], 1),
    }


async def one_by_one(processor: Processor, pages: list[Person]) -> dict:
    """Processor time of the server for one tap and one look: comparable on a busy machine too."""
    processor.restart()
    for page in pages[:TURNS] * 5:
        await page.tap()
    tap, count = processor.server_ms(), len(pages[:TURNS] * 5)
    processor.restart()
    for page in pages[:TURNS] * 10:
        for fragment in list(page.polling):
            await page.run(fragment=fragment, auto=True)
    return {
        "tap_processor_ms": round(tap / count, 1),
        "look_processor_ms": round(processor.server_ms() / (2 * count), 1),
    }


def measure(people: int, seconds: float) -> dict:
    """One room with so many people, and one empty page beside it."""
    with tempfile.TemporaryDirectory(prefix="rooms") as name, open(Path(name) / "log.txt", "w") as log:
        folder = Path(name)
        room = Room(folder, people)
        item = first_item(room)
        room.start(log)
        empty, empty_base = start_empty(folder, log)
        browsers = Browsers(room, empty_base)
        try:
            browsers.start()
            browsers.ready.wait(PATIENCE)
            found = asyncio.run(crowd(room, browsers, seconds, item))
            browsers.join(PATIENCE)
            if browsers.error:
                raise browsers.error
        finally:
            browsers.newcomers.set()
            room.stop()
            empty.terminate()
            empty.wait(20)
        tap, click = (statistics.median(one) for one in (browsers.taps, browsers.empty_clicks))
        return found | {
            "first_pages": [round(one) for one in browsers.first_pages],
            "browser_tap_median": round(tap, 1),
            "empty_median": round(click, 1),
            "tap_to_empty": round(tap / click, 2),
            "tracebacks": len(re.findall("Traceback", (folder / "log.txt").read_text())),
        }


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


def on_projector(browsers: Browsers, room: Room, item: str, start: float, end: float) -> dict:
    """How long each vote on the item took until the projector counted it: the n-th vote with the n-th count or a later one."""
    with room.database.reading() as connection:
        firsts = connection.execute(
            sa.select(sa.func.min(schema.vote_event.c.at))
            .where(schema.vote_event.c.item_id == item)
            .group_by(schema.vote_event.c.participant_id)
        ).scalars()
        stored = sorted(in_utc(one).timestamp() for one in firsts)
    waits, missing = [], 0
    for number, moment in enumerate(stored, start=1):
        if start <= moment <= end:
            shown = [when for when, count in browsers.seen if count >= number and when >= moment - 0.05]
            if shown:
                waits.append((min(shown) - moment) * 1000)
            missing += not shown
    return {
        "on_projector_p50": quantile(waits, 0.5),
        "on_projector_p95": quantile(waits, 0.95),
        "counted": len(waits),
        "not_counted": missing,
    }


def start_empty(folder: Path, log):
    """A page with a button and a line, under the same settings."""
    script, port = folder / "empty.py", free_port()
    script.write_text(
        "import gc\n\nimport streamlit as st\n\n\n@st.cache_resource\ndef freeze():\n    import altair, pandas\n\n    gc.collect()\n"
        "    gc.freeze()\n\n\nfreeze()\n"
        "st.session_state.runs = st.session_state.get('runs', 0) + 1\nst.button('again', key='again')\n"
        "st.markdown(f'run {st.session_state.runs}')\n"
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
        bad |= bool(found["lost"] or found["not_counted"] or found["errors"] or found["tracebacks"])
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
