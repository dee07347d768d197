"""Where a desk and its floors are measured: a folder, and two databases of one kind."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import servers

DATABASES = ("sqlite", "postgres")
DURABLE = {"fsync": "on", "full_page_writes": "on", "autovacuum": "on", "synchronous_commit": "on"}


@dataclass
class Place:
    """Where one desk and its floors keep their rows."""

    kind: str
    folder: Path
    desk_url: str
    floor_url: str
    cpu: Callable[[], float]

    @property
    def instance(self) -> Path:
        return self.folder / "instance"


@contextmanager
def place(kind: str) -> Iterator[Place]:
    """A folder, and two databases of this kind."""
    folder = Path(tempfile.mkdtemp(prefix="firebreak-bench-"))
    try:
        yield from _sqlite(folder) if kind == "sqlite" else _postgres(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sqlite(folder: Path) -> Iterator[Place]:
    yield Place("sqlite", folder, "", f"sqlite:///{folder / 'floor.sqlite'}", lambda: 0.0)


def _postgres(folder: Path) -> Iterator[Place]:
    """Durable, unlike the tests' own."""
    from tests import postgres

    postgres.SETTINGS.update(DURABLE)
    cluster = postgres.start()
    pid = cluster.process.pid
    try:
        made = cluster.new_database(), cluster.new_database()
        yield Place("postgres", folder, *made, lambda: sum(map(servers.cpu_of, servers.tree(pid))))
    finally:
        cluster.stop()
