"""Open rooms, as browsers keep them: a stream each, and a fetch of what is new when the stream says so.

`python -m bench.waking` reads one `Rooms` as JSON and writes one `Woken` as JSON.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable
from dataclasses import asdict, dataclass, field
from typing import TypeVar

from bench import client

T = TypeVar("T")
PATIENCE = 30.0
FILES = 8192


@dataclass
class Rooms:
    """`streams` and `fetches` are requests, one of each for every browser; `ticks` are requests that change the room,
    with the number of the room's newest entry before each in `{seq}` of a fetch."""

    port: int
    streams: list[str]
    fetches: list[str]
    ticks: list[str]
    seq: int


@dataclass
class Woken:
    """Milliseconds from pressing the button to the event, and to the new row; `open` is the streams that were given a
    place, `missed` the browsers and ticks that saw nothing."""

    open: int = 0
    missed: int = 0
    events: list[float] = field(default_factory=list)
    rows: list[float] = field(default_factory=list)
    wrong: int = 0


class Browser:
    """One open room."""

    def __init__(self, rooms: Rooms, number: int) -> None:
        self.rooms, self.number = rooms, number
        self.heard: asyncio.Queue[int] = asyncio.Queue()
        self.writer: asyncio.StreamWriter | None = None

    async def listen(self, ready: asyncio.Event) -> None:
        reader, self.writer = await asyncio.open_connection("127.0.0.1", self.rooms.port)
        self.writer.write(self.rooms.streams[self.number].encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise ConnectionError(head.split(b"\r\n", 1)[0].decode())
        event = ""
        while line := await reader.readline():
            text = line.decode().strip()
            event = text.removeprefix("event: ") if text.startswith("event: ") else event
            if text.startswith("data: ") and event == "hello":
                ready.set()
            if text.startswith("data: ") and event == "changed":
                self.heard.put_nowait(int(text.rsplit(" ", 1)[1]))

    async def fetch(self, seq: int) -> int:
        """The status of `changes` after this entry."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.rooms.port)
        writer.write(self.rooms.fetches[self.number].format(seq=seq).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(client.length(head))
        writer.close()
        return int(head[9:12])


async def run(rooms: Rooms) -> Woken:
    browsers = [Browser(rooms, number) for number in range(len(rooms.streams))]
    listening, woken = [], Woken()
    try:
        for browser in browsers:
            ready = asyncio.Event()
            listening.append(asyncio.create_task(browser.listen(ready)))
            woken.open += await _within(ready.wait(), 5.0) is not None
        seq = rooms.seq
        for tick in rooms.ticks:
            seq = await _tick(rooms, browsers, tick, seq, woken)
            await asyncio.sleep(0.5)
    finally:
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
    return woken


async def _tick(rooms: Rooms, browsers: list[Browser], tick: str, seq: int, woken: Woken) -> int:
    since = time.perf_counter()
    waiting = [asyncio.create_task(_see(browser, seq, since, woken)) for browser in browsers]
    _, writer = await asyncio.open_connection("127.0.0.1", rooms.port)
    writer.write(tick.encode())
    return max(seq, *await asyncio.gather(*waiting))


async def _see(browser: Browser, seq: int, since: float, woken: Woken) -> int:
    """The number heard of; that from before when nothing was."""
    heard = await _within(_newer(browser, seq), PATIENCE)
    if heard is None:
        woken.missed += 1
        return seq
    woken.events.append((time.perf_counter() - since) * 1000)
    woken.wrong += await browser.fetch(seq) != 200
    woken.rows.append((time.perf_counter() - since) * 1000)
    return heard


async def _newer(browser: Browser, seq: int) -> int:
    while (heard := await browser.heard.get()) <= seq:
        pass
    return heard


async def _within(wish: Awaitable[T], seconds: float) -> T | None:
    try:
        return await asyncio.wait_for(wish, seconds)
    except TimeoutError:
        return None


def main() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, hard), hard))
    json.dump(asdict(asyncio.run(run(Rooms(**json.load(sys.stdin))))), sys.stdout)


if __name__ == "__main__":
    main()
