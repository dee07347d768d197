"""The servers that are measured, as real processes, and what /proc says of them."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
FLOOR = """
import sys
from firebreak.serve import serve
serve(port=int(sys.argv[1]), app="bench.floors:create_app()", watch=None)
"""
PATIENCE = 60.0


@dataclass
class Server:
    """A running server; `started` is the seconds from its command to its first answer."""

    process: subprocess.Popen[bytes]
    port: int
    started: float

    def cpu(self) -> float:
        """Seconds of CPU that its processes have used."""
        return sum(cpu_of(pid) for pid in tree(self.process.pid))

    def memory(self) -> float:
        """MiB of its web processes: proportional set size, so that what they share counts once."""
        return sum(pss_of(pid) for pid in tree(self.process.pid)) / 1024

    def stop(self) -> float:
        """Seconds from Ctrl-C to its end."""
        since = time.perf_counter()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=20)
        return time.perf_counter() - since


def desk(env: Mapping[str, str], *words: str) -> Server:
    """`firebreak serve`, until its sign-in page is there."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("firebreak")), "serve", "--port", str(port), *words]
    return _started(command, port, "/sign-in", env)


def floor(env: Mapping[str, str]) -> Server:
    """The floors, with the settings of the desk's gunicorn."""
    port = free_port()
    return _started([sys.executable, "-c", FLOOR, str(port)], port, "/row/1", env)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    try:
        yield server
    finally:
        server.stop()


def _started(command: list[str], port: int, path: str, env: Mapping[str, str]) -> Server:
    since = time.perf_counter()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env}, stdout=quiet, stderr=quiet)
    while status(port, path) != 200:
        if process.poll() is not None:
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
        if time.perf_counter() - since > PATIENCE:
            process.kill()
            raise RuntimeError(f"{' '.join(command)} does not answer")
        time.sleep(0.004)
    return Server(process, port, time.perf_counter() - since)


def status(port: int, path: str) -> int:
    """The status of a GET; 0 while nobody listens."""
    try:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        link.request("GET", path)
        answer = link.getresponse()
        answer.read()
        link.close()
        return answer.status
    except OSError:
        return 0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


# --- /proc -----------------------------------------------------------------------------------------


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*"):
        fields = _stat(int(path.name))
        if fields:
            parents.setdefault(int(fields[1]), []).append(int(path.name))
    found = [pid]
    for each in found:
        found.extend(parents.get(each, []))
    return found


def _stat(pid: int) -> list[str]:
    """The fields after the name: state, parent, …; none for a process that has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


def cpu_of(pid: int) -> float:
    """Seconds, those of its children that have ended included."""
    return sum(map(int, _stat(pid)[11:15])) / TICKS


def pss_of(pid: int) -> int:
    """KiB."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def busy() -> float:
    """Seconds of CPU that the whole machine has used: what is not ours is noise."""
    return sum(map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:4])) / TICKS
