"""A load client in a process of its own: keep-alive connections, each with one request under way at a time.

`python -m bench.client` reads one `Load` as JSON and writes one `Told` as JSON. One client measures floor and desk.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import cycle

PATIENCE = 60.0
"""Seconds after which a silent server ends the run."""


@dataclass
class Load:
    """What to ask for. `once`: each of the requests counts once, and the run ends with them; else round and round."""

    port: int
    connections: int
    seconds: float
    requests: list[str]
    once: bool = False
    status: int = 200


@dataclass
class Told:
    """What happened. `latencies` are in milliseconds; `wrong` counts answers with another status."""

    seconds: float = 0.0
    asked: int = 0
    wrong: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)


class Line:
    """One connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.link: socket.socket | None = None
        self.came = b""
        self.since = 0.0

    def send(self, request: bytes, selector: selectors.BaseSelector) -> None:
        if self.link is None:
            self.link = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
            self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(self.link, selectors.EVENT_READ, self)
        self.came, self.since = b"", time.perf_counter()
        self.link.sendall(request)

    def read(self, selector: selectors.BaseSelector) -> int | None:
        """The status of an answer that is whole; None while it is not."""
        assert self.link
        more = self.link.recv(262_144)
        if not more:
            raise ConnectionError(f"the server hung up after {self.came[:100]!r}")
        self.came += more
        head, found, body = self.came.partition(b"\r\n\r\n")
        if not found or len(body) < length(head):
            return None
        if b"connection: close" in head.lower():
            selector.unregister(self.link)
            self.link.close()
            self.link = None
        return int(head[9:12])


def length(head: bytes) -> int:
    named = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return int(named[0].split(b":")[1]) if named else 0


def run(load: Load) -> Told:
    """Ask until the time or the requests are over."""
    told, selector = Told(), selectors.DefaultSelector()
    requests: Iterator[bytes] = iter([each.encode() for each in load.requests])
    requests = requests if load.once else cycle(requests)
    start = time.perf_counter()
    lines = [Line(load.port) for _ in range(load.connections)]
    busy = sum(_next(line, requests, selector, told) for line in lines)
    while busy:
        for key, _ in _ready(selector):
            status = key.data.read(selector)
            if status is not None:
                _note(told, status, load.status, key.data.since)
                over = time.perf_counter() - start > load.seconds
                busy -= 0 if not over and _next(key.data, requests, selector, told) else 1
    told.seconds = time.perf_counter() - start
    return told


def _ready(selector: selectors.BaseSelector) -> list[tuple[selectors.SelectorKey, int]]:
    ready = selector.select(PATIENCE)
    if not ready:
        raise TimeoutError(f"no answer within {PATIENCE:.0f} s")
    return ready


def _next(line: Line, requests: Iterator[bytes], selector: selectors.BaseSelector, told: Told) -> bool:
    request = next(requests, None)
    if request is None:
        return False
    told.asked += 1
    line.send(request, selector)
    return True


def _note(told: Told, status: int, wanted: int, since: float) -> None:
    told.statuses[status] = told.statuses.get(status, 0) + 1
    told.wrong += status != wanted
    told.latencies.append((time.perf_counter() - since) * 1000)


def main() -> None:
    json.dump(asdict(run(Load(**json.load(sys.stdin)))), sys.stdout)


if __name__ == "__main__":
    main()
