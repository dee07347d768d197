"""Slices of floor and desk in turn, so that what else the machine does weighs on both alike."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from bench import servers
from bench.client import Load, Told
from bench.operations import FLOORS, Operation
from bench.servers import Server

MOST_A_SECOND = 1500
"""Changes of a desk that one client can bring about."""


@dataclass
class Effort:
    """How long to measure: slices of so many seconds."""

    slices: int
    seconds: float


@dataclass
class Slice:
    """One run: CPU seconds of the application, of the database, and of everybody else."""

    told: Told
    app: float
    db: float
    foreign: float

    @property
    def rate(self) -> float:
        return len(self.told.latencies) / self.told.seconds if self.told.latencies else 0.0

    @property
    def cost(self) -> float:
        """Milliseconds of CPU a request, application and database."""
        return 1000 * (self.app + self.db) / max(1, len(self.told.latencies))


@dataclass
class Result:
    """All slices of one operation at one concurrency, beside those of its floor."""

    operation: Operation
    concurrency: int
    desk: list[Slice] = field(default_factory=list)
    floor: list[Slice] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return float(median(each.rate for each in self.desk))

    @property
    def ratio(self) -> float:
        """The desk's rate as a share of the floor's beside it."""
        pairs = zip(self.desk, self.floor, strict=True)
        return float(median(desk.rate / floor.rate for desk, floor in pairs if floor.rate))

    @property
    def cost_ratio(self) -> float:
        """The same share by CPU time: the steadier one on a busy machine."""
        return self._cost(self.floor) / max(1e-9, self._cost(self.desk))

    @staticmethod
    def _cost(slices: list[Slice]) -> float:
        return float(median(each.cost for each in slices))

    def cpu(self, kind: str) -> float:
        asked = sum(len(each.told.latencies) for each in self.desk)
        return 1000 * float(sum(getattr(each, kind) for each in self.desk)) / max(1, asked)

    def percentile(self, share: float) -> float:
        every = sorted(latency for each in self.desk for latency in each.told.latencies)
        return every[min(len(every) - 1, int(share * len(every)))] if every else 0.0

    @property
    def foreign(self) -> float:
        """Per cent of one processor that others used meanwhile."""
        slices = self.desk + self.floor
        return 100 * sum(s.foreign for s in slices) / sum(s.told.seconds for s in slices)

    @property
    def wrong(self) -> int:
        return sum(each.told.wrong for each in self.desk + self.floor)


@dataclass
class Bench:
    """The two servers on one database, and how to ask for the CPU time of that database."""

    desk: Server
    floors: Server
    effort: Effort
    database: Callable[[], float] = lambda: 0.0

    def measure(self, operation: Operation, concurrency: int) -> Result:
        found, floor = Result(operation, concurrency), FLOORS[operation.floor]
        for server, what in ((self.floors, floor), (self.desk, operation)):
            self._slice(server, what, concurrency, self.effort.seconds / 4)
        for _ in range(self.effort.slices):
            found.floor.append(self._slice(self.floors, floor, concurrency, self.effort.seconds))
            found.desk.append(self._slice(self.desk, operation, concurrency, self.effort.seconds))
        return found

    def floor(self, operation: Operation, concurrency: int) -> Result:
        """The floor's own figures; they are not held against anything."""
        self._slice(self.floors, operation, concurrency, self.effort.seconds / 4)
        runs = [self._slice(self.floors, operation, concurrency, self.effort.seconds) for _ in range(2)]
        return Result(operation, concurrency, runs, runs)

    def _slice(self, server: Server, operation: Operation, concurrency: int, seconds: float) -> Slice:
        requests = operation.take(int(seconds * MOST_A_SECOND) + concurrency)
        load = Load(server.port, concurrency, seconds, requests, operation.once, operation.status)
        app, db, busy, own = server.cpu(), self.database(), servers.busy(), _own()
        told = asked(load)
        operation.used += told.asked if operation.once else 0
        app, db, all = server.cpu() - app, self.database() - db, servers.busy() - busy
        return Slice(told, app, db, max(0.0, all - app - db - (_own() - own)))


def _own() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def asked(load: Load) -> Told:
    """Run the client in a process of its own."""
    return Told(**ask("bench.client", asdict(load)))


def ask(module: str, what: dict[str, Any]) -> dict[str, Any]:
    """Hand `what` to a module of ours that runs as a process; what it tells."""
    done = subprocess.run(
        [sys.executable, "-m", module], input=json.dumps(what), capture_output=True, text=True, cwd=servers.ROOT
    )
    if done.returncode:
        raise RuntimeError(f"{module}: {done.stderr.strip().splitlines()[-1]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
