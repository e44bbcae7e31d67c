"""A room on a running server, and people with phones in it, who speak the protocol of the page."""

from __future__ import annotations

import asyncio
import os
import random
import time
from pathlib import Path

from functional_map.load import load_map
from tests.conftest import free_port, start_server
from tests.load.client import Page
from vendors.publish import newest_edition
from workshops.access import AT_HOME
from workshops.prepare.sample import create_sample
from workshops.rooms.room import Answer
from workshops.store.database import open_database
from workshops.store.votes import answers_of, join, open_workshop, participant_by_token

TAP_EVERY = 15.0  # seconds


class Person(Page):
    """Somebody with a phone: looks up as often as the page asks for it, taps now and then."""

    def __init__(self, base: str, code: str, token: str, person_id: str) -> None:
        super().__init__(base, {"join": code, "p": token})
        self.person_id = person_id
        self.sent: dict[str, tuple[int, int]] = {}  # item -> (level, seq), only what was acknowledged
        self.taps: list[tuple[float, float]] = []  # (when, ms)
        self.looks: list[float] = []

    async def look_up(self) -> None:
        """As often as the page says, until cancelled."""
        await asyncio.sleep(random.random() * max(self.polling.values()))
        while True:
            started = time.perf_counter()
            for fragment in list(self.polling):
                self.looks.append(await self.run(fragment=fragment, auto=True))
            await asyncio.sleep(max(0.0, max(self.polling.values()) - (time.perf_counter() - started)))

    async def tap(self, item: str | None = None) -> float:
        """Answer an item and wait until the server says that it is kept."""
        data = self.components["vote_card"]["data"]
        item = item or random.choice(data["items"])["id"]
        seq = data["answers"].get(item, {"seq": 0})["seq"] + 1
        level = random.randint(0, 4)
        answer = {"item": item, "level": level, "skipped": False, "comment": "", "seq": seq}
        started = time.perf_counter()
        await self.send_event("vote_card", "answers", [answer])
        took = (time.perf_counter() - started) * 1000
        kept = self.components["vote_card"]["data"]["answers"].get(item)
        if kept and kept["seq"] == seq:
            self.sent[item] = (level, seq)
            self.taps.append((time.time(), took))
        return took

    async def vote(self) -> None:
        """Now and then, until cancelled."""
        while True:
            await asyncio.sleep(random.expovariate(1 / TAP_EVERY))
            await self.tap()


class Room:
    """A server with the sample project, its room and people who have joined."""

    def __init__(self, folder: Path, people: int, edition: str = "") -> None:
        os.environ["CRM_DATA"] = str(folder / "data")
        self.folder, self.map = folder, load_map(2026)
        self.database = open_database(f"sqlite:///{folder / 'data' / 'projects.sqlite'}")
        self.project = create_sample(self.database, AT_HOME, self.map, edition or newest_edition(), "en")
        self.room = open_workshop(self.database, AT_HOME, self.project)
        self.people = [self._joined(number) for number in range(people)]
        self.base, self.port = "", 0

    def _joined(self, number: int) -> tuple[str, str]:
        teams = list(self.map.vocabulary.teams)
        token = join(
            self.database, self.room.code, name=f"Person {number}", team=teams[number % len(teams)], teams=teams
        )
        return token, participant_by_token(self.database, self.room.code, token)[1].id

    def start(self, log) -> None:
        self.port = self.port or free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.process = start_server(self.port, self.folder / "data", log)

    def kill(self) -> None:
        """As a power cut would: nothing is finished, nothing is said."""
        self.process.kill()
        self.process.wait(20)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    def pages(self) -> list[Person]:
        return [Person(self.base, self.room.code, token, person) for token, person in self.people]

    def lost(self, pages: list[Person]) -> int:
        """Acknowledged answers that the database does not have; a later answer of the same person counts as kept."""
        missing = 0
        for page in pages:
            kept = answers_of(self.database, page.person_id)
            for item, (level, seq) in page.sent.items():
                found: Answer | None = kept.get(item)
                missing += found is None or found.seq < seq or (found.seq == seq and found.level != level)
        return missing
