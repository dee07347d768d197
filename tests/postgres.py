"""A private PostgreSQL cluster for tests: its own folder, its own port, gone afterwards, and gone with its parent."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from pwd import getpwnam
from typing import Any

import psycopg

from firebreak.serve import end_with_parent
from firebreak.system import postgres_bin

# Tests kill processes, never the machine: what the server has written, the kernel keeps. The rest is small, so that
# several clusters fit beside each other.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_connections": "100",
    "min_wal_size": "2MB",
    "max_wal_size": "64MB",
    "autovacuum": "off",
    "log_min_messages": "fatal",
    "listen_addresses": "127.0.0.1",
    "timezone": "UTC",
}


@dataclass
class Cluster:
    """A running cluster. ``url`` is SQLAlchemy's address of its ``postgres`` database."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    numbers: count[int] = field(default_factory=lambda: count(1))

    @property
    def url(self) -> str:
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        return f"postgresql+psycopg://firebreak@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template0") -> str:
        """The URL of a fresh database; ``template`` (a name) copies one that nobody is connected to."""
        name = f"desk_{next(self.numbers)}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url_of(name)

    def drop(self, url: str) -> None:
        """Throw away what `new_database` made, whoever is still connected."""
        self.run(f'DROP DATABASE "{url.rsplit("/", 1)[1]}" WITH (FORCE)')

    def run(self, sql: str) -> None:
        address = f"host=127.0.0.1 port={self.port} user=firebreak dbname=postgres"
        with psycopg.connect(address, autocommit=True) as link:
            link.execute(sql.encode())

    def crash(self) -> None:
        """SIGKILL the server; its children notice and end. What it acknowledged is on the disk."""
        self.process.kill()
        self.process.wait()

    def halt(self) -> None:
        """Stop as an administrator would, at once for everybody who is connected."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def resume(self) -> None:
        """Start again on the same port, after `crash` or `halt`."""
        programs = postgres_bin()
        assert programs
        limit = time.monotonic() + 20.0
        while time.monotonic() < limit:
            self.process = _run(programs, self.folder, self.port, _identity(self.folder)).process
            with suppress(RuntimeError):  # children of a killed server may still be ending
                _wait(self)
                return
        raise RuntimeError("PostgreSQL did not come back")

    def stop(self) -> None:
        """End at once, without a last checkpoint: the folder is thrown away."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()
        shutil.rmtree(self.folder)


def start() -> Cluster:
    """A running cluster, within about two seconds. ``RuntimeError``: no server installed, or it does not start."""
    programs = postgres_bin()
    if programs is None:
        raise RuntimeError("no PostgreSQL server: sudo apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="fbpg-", dir="/tmp"))  # a socket's path must be short
    identity = _identity(folder)
    _initialise(programs, folder, identity)
    cluster = _run(programs, folder, _free_port(), identity)
    try:
        return _wait(cluster)
    except RuntimeError:
        cluster.stop()
        raise


def _identity(folder: Path) -> dict[str, Any]:
    """As whom to run, for ``Popen``: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    person = _somebody()
    os.chown(folder, person.pw_uid, person.pw_gid)
    return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}


def _somebody() -> Any:
    try:
        return getpwnam("postgres")
    except KeyError:
        return getpwnam("nobody")


def _initialise(programs: Path, folder: Path, identity: dict[str, Any]) -> None:
    words = ["--username=firebreak", "--auth=trust", "--encoding=UTF8", "--locale=C", "--wal-segsize=1", "--no-sync"]
    done = subprocess.run(
        [programs / "initdb", *words, "--no-instructions", folder / "data"],
        cwd=folder, capture_output=True, text=True, **identity,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stderr.strip()}")


def _run(programs: Path, folder: Path, port: int, identity: dict[str, Any]) -> Cluster:
    settings = {**SETTINGS, "port": str(port), "unix_socket_directories": str(folder)}
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        command = [programs / "postgres", "-D", folder / "data", *words]
        process = subprocess.Popen(command, cwd=folder, stderr=log, preexec_fn=end_with_parent, **identity)
    return Cluster(folder, port, process)


def _wait(cluster: Cluster, seconds: float = 20.0) -> Cluster:
    limit = time.monotonic() + seconds
    while cluster.process.poll() is None and time.monotonic() < limit:
        try:
            cluster.run("SELECT 1")
            return cluster
        except psycopg.OperationalError:
            time.sleep(0.02)
    raise RuntimeError(f"PostgreSQL did not start: {(cluster.folder / 'log').read_text(errors='replace').strip()}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
