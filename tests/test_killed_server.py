"""The server is killed while votes arrive: whatever a phone was told is saved is there when it comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from websockets import ConnectionClosed

from functional_map.load import load_map
from tests.load.room import Person, Room
from tests.synthetic import write_edition
from workshops.store import schema
from workshops.store.votes import answers_of, counters, participants_of

PEOPLE, ENOUGH = 6, 40  # the server is killed once so many answers were acknowledged


@pytest.fixture
def room(tmp_path):
    write_edition(tmp_path / "data" / "editions" / "2027-test", load_map(2026), products=6)
    one = Room(tmp_path, PEOPLE, "2027-test")
    with (tmp_path / "log.txt").open("a") as log:
        one.start(log)
        yield one
        one.stop()


async def vote_without_pause(page: Person, others: list[Person], kill) -> None:
    """Tap item after item, until the connection is gone; whoever has the fortieth answer saved pulls the plug."""
    items = [item["id"] for item in page.components["vote_card"]["data"]["items"]]
    try:
        while True:
            for item in items:
                await page.tap(item)
                if sum(len(one.taps) for one in others) == ENOUGH:
                    kill()
    except ConnectionClosed:
        return


async def until_killed(room: Room) -> list[Person]:
    pages = room.pages()
    for page in pages:
        await page.open()
    await asyncio.gather(*(vote_without_pause(page, pages, room.kill) for page in pages))
    for page in pages:
        await page.close()
    return pages


async def after_the_restart(room: Room) -> list[Person]:
    """Everybody opens the same address again and answers once more."""
    pages = room.pages()
    for page in pages:
        await page.open()
        await page.tap(page.components["vote_card"]["data"]["items"][0]["id"])
        await page.close()
    return pages


def in_a_loop(phones: Coroutine) -> list:
    """Run phones in a thread of their own: a browser of another test may keep a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, phones).result()


def test_a_killed_server_has_every_vote_that_it_acknowledged(room, tmp_path):
    before = counters(room.database, room.room.id)[1]  # those who joined
    pages = in_a_loop(until_killed(room))
    acknowledged = sum(len(page.taps) for page in pages)
    assert acknowledged >= ENOUGH and room.process.returncode is not None
    assert room.lost(pages) == 0

    # whole answers only: each that was counted was appended and kept, and at most one of each phone was never confirmed
    with room.database.reading() as connection:
        events = connection.execute(sa.select(sa.func.count()).select_from(schema.vote_event)).scalar()
    assert events == counters(room.database, room.room.id)[1] - before
    assert acknowledged <= events <= acknowledged + PEOPLE

    with (tmp_path / "log.txt").open("a") as log:
        room.start(log)
    again = in_a_loop(after_the_restart(room))

    # the same people, who see what they had answered and go on from there
    assert {person.id for person, _ in participants_of(room.database, room.room.id)} == {
        page.person_id for page in again
    }
    for before, after in zip(pages, again, strict=True):
        seen = after.components["vote_card"]["data"]["answers"]
        assert set(before.sent) <= set(seen) == set(answers_of(room.database, after.person_id))
        assert len(after.taps) == 1
    assert room.lost(again) == 0
