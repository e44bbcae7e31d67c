"""A participant's browser without the browser: the protocol of the page, as Streamlit's front end speaks it."""

from __future__ import annotations

import asyncio
import json
import time
from urllib.parse import urlencode, urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE = 180  # seconds; the first page of a cold server on a busy machine


class Page:
    """One open page: its elements by key, and what was measured on the way."""

    def __init__(self, base: str, query: dict[str, str]) -> None:
        self.base, self.query = base, query
        self.script_hash, self.exceptions, self.received = "", 0, 0
        self.components: dict[str, dict] = {}  # user key -> id, fragment, data
        self.polling: dict[str, float] = {}  # fragment -> seconds
        self.kept: dict[str, bytes] = {}  # messages that the server need not send again
        self.busy, self.done, self.changed = asyncio.Lock(), asyncio.Event(), asyncio.Event()

    async def open(self) -> None:
        address = urlsplit(self.base)._replace(scheme="ws", path="/_stcore/stream").geturl()
        self.socket = await websockets.connect(
            address, subprotocols=["streamlit"], max_size=None, compression=None, origin=self.base, ping_interval=None
        )
        self.reader = asyncio.create_task(self._read())
        await self.run()

    async def close(self) -> None:
        await self.socket.close()
        await asyncio.gather(self.reader, return_exceptions=True)

    async def run(self, *, fragment: str = "", auto: bool = False, trigger: tuple[str, object] | None = None) -> float:
        """Ask for a run and wait for its end; milliseconds."""
        async with self.busy:
            message = BackMsg()
            state = message.rerun_script
            state.query_string, state.page_script_hash = urlencode(self.query), self.script_hash
            state.fragment_id, state.is_auto_rerun = fragment, auto
            state.cached_message_hashes.extend(self.kept)
            state.widget_states.SetInParent()
            for found in self.components.values():  # their state, which a browser sends along
                widget = state.widget_states.widgets.add()
                widget.id, widget.json_value = found["id"], "{}"
            if trigger:
                widget = state.widget_states.widgets.add()
                widget.id, widget.json_trigger_value = trigger[0], json.dumps(trigger[1])
            self.done.clear()
            started = time.perf_counter()
            await self.socket.send(message.SerializeToString())
            await asyncio.wait_for(self.done.wait(), PATIENCE)
            if self.reader.done():
                self.reader.result()  # what the reader could not read is not passed over
            return (time.perf_counter() - started) * 1000

    async def send_event(self, key: str, event: str, value: object) -> float:
        """What a component of the page says to the server."""
        found = self.components[key]
        aggregator = f"$$STREAMLIT_INTERNAL_KEY_{found['id']}__events"
        return await self.run(fragment=found["fragment"], trigger=(aggregator, [{"event": event, "value": value}]))

    async def _read(self) -> None:
        try:
            async for raw in self.socket:
                self.received += len(raw)
                message = ForwardMsg()
                message.ParseFromString(raw)
                self._take(message)
        except websockets.ConnectionClosed:
            pass
        finally:
            self.done.set()

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            kept = ForwardMsg()
            kept.ParseFromString(self.kept[message.ref_hash])
            kept.metadata.CopyFrom(message.metadata)
            self._take(kept)
            return
        if message.metadata.cacheable and message.hash:
            self.kept[message.hash] = message.SerializeToString()
        if kind == "new_session":
            self.script_hash = message.new_session.page_script_hash
            if not message.metadata.run.fragment_ids:  # the whole page: what polls is said anew
                self.polling.clear()
        elif kind == "page_info_changed":
            pairs = [pair.partition("=") for pair in message.page_info_changed.query_string.split("&") if pair]
            self.query = {name: value for name, _, value in pairs}
        elif kind == "auto_rerun":
            self.polling[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") == "exception":
                self.exceptions += 1
            elif element.WhichOneof("type") == "bidi_component":
                found = element.bidi_component
                key = found.id.rsplit("-", 1)[-1]
                data = json.loads(found.json) if found.json else {}
                self.components[key] = {"id": found.id, "fragment": message.delta.fragment_id, "data": data}
                self.changed.set()
        elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self.done.set()
