"""Sessions held by one process: memory and time of a rerun. `python -m tests.benchmarks.sessions 10,50,100`"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from functional_map.load import load_map
from tests.conftest import free_port, start_server
from vendors.publish import newest_edition
from workshops.access import AT_HOME
from workshops.prepare.sample import create_sample
from workshops.store.database import open_database

RERUNS = 3


class Visitor:
    """A browser's half of the conversation, without drawing anything."""

    async def open(self, port: int, query: str) -> None:
        address = f"ws://127.0.0.1:{port}/_stcore/stream"
        self.query = query
        self.socket = await websockets.connect(
            address, subprotocols=["streamlit"], max_size=None, origin=f"http://127.0.0.1:{port}"
        )

    async def rerun(self) -> float:
        """Run the page once; seconds until the script has ended."""
        ask = BackMsg()
        ask.rerun_script.query_string = self.query
        ask.rerun_script.page_name = "shortlist"
        started = time.perf_counter()
        await self.socket.send(ask.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(await self.socket.recv())
            if message.WhichOneof("type") == "script_finished":
                return time.perf_counter() - started


def memory(pid: int) -> float:
    """Resident megabytes of a process."""
    line = next(one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


async def measure(port: int, pid: int, project: str, counts: list[int]) -> None:
    visitors: list[Visitor] = []
    query = f"project={project}&language=en"
    first = Visitor()
    await first.open(port, query)
    await first.rerun()
    base = memory(pid)
    print(f"one session, shortlist of the sample shown: {base:.0f} MB")
    for count in counts:
        while len(visitors) < count:
            one = Visitor()
            await one.open(port, query)
            await one.rerun()
            visitors.append(one)
        alone = [await one.rerun() for one in visitors[:20]]
        together = [time for _ in range(RERUNS) for time in await asyncio.gather(*(one.rerun() for one in visitors))]
        together.sort()
        print(
            f"{count} sessions: {memory(pid):.0f} MB ({(memory(pid) - base) / count:.2f} MB each); rerun of the "
            f"shortlist {statistics.median(alone) * 1000:.0f} ms one at a time; all at the same moment: median "
            f"{statistics.median(together) * 1000:.0f} ms, p95 {together[int(len(together) * 0.95)] * 1000:.0f} ms"
        )


def main() -> None:
    counts = [int(one) for one in (sys.argv[1] if len(sys.argv) > 1 else "10,50,100").split(",")]
    with tempfile.TemporaryDirectory() as folder:
        data, port = Path(folder) / "data", free_port()
        database = open_database(f"sqlite:///{data / 'projects.sqlite'}")
        project = create_sample(database, AT_HOME, load_map(2026), newest_edition(), "en")
        with (Path(folder) / "log").open("w") as log:
            process = start_server(port, data, log)
            try:
                asyncio.run(measure(port, process.pid, project, counts))
            finally:
                process.terminate()
                process.wait(20)


if __name__ == "__main__":
    main()
