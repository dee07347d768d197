"""One parent for the web server and the worker: starts both, restarts what is killed, stops both within three seconds.

The parent stays light, imports nothing of the application and runs no threads, so that the first page is there quickly
and Ctrl-C always works. It binds the port itself and hands the open socket to gunicorn: a busy port is known before
anything starts, and requests that come early wait instead of failing.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from tempfile import gettempdir

APP = "firebreak:create_app()"
WATCH = (sys.executable, "-m", "firebreak", "watch")
THREADS = 1064
"""Most of them wait for news that an open page is to hear; one is started when it is needed and costs some 30 kB."""
PAGES = 64
"""So many of them are never given to open pages, at most half."""
LEAN = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072"}
"""The C library would give each of many threads a heap of its own, and keep what they no longer need."""
IDLE = 1000
"""Connections that a web process keeps open besides, for a browser's next request."""
FILES = 16_384
"""Open files and connections that a process may have, as far as the machine allows: often 1,024 without asking."""
GRACE = 2.4  # seconds from the request to stop until what still runs is killed; gunicorn's own grace is 2
SLOWEST_RESTART = 30.0  # seconds
STEADY = 60.0  # a worker that lived this many seconds starts again at once
READY = signal.SIGUSR1  # the web process tells the parent that the database may be used
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, READY)
libc = ctypes.CDLL(None)


class PortBusy(Exception):
    """The address cannot be listened on; the text says why, in one line."""


@dataclass
class Child:
    """A process of ours: what it runs, since when, and how many times in a row it died young."""

    command: Sequence[str]
    files: tuple[int, ...] = ()
    name: str = "worker"
    falls: int = 0
    process: subprocess.Popen[bytes] | None = None
    since: float = 0.0
    due: float = 0.0

    def start(self, env: Mapping[str, str]) -> None:
        # A group of its own keeps the terminal's Ctrl-C away from it: only the parent decides the order of stopping.
        self.process = subprocess.Popen(
            self.command, env=env, pass_fds=self.files, process_group=0, preexec_fn=end_with_parent
        )
        self.since = time.monotonic()

    def status(self) -> int | None:
        """Exit status, or None while it runs or has not been started."""
        return self.process.poll() if self.process else None

    def terminate(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def kill(self) -> None:
        """End the whole group, gunicorn's own children included, and collect the process."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def end_with_parent() -> None:
    """Run in a new child: take no part in the parent's signal mask, and die when the parent is killed outright."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    libc.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def serve(
    host: str = "127.0.0.1",
    port: int = 5000,
    *,
    instance: str | os.PathLike[str] | None = None,
    processes: int | None = None,
    threads: int = THREADS,
    app: str = APP,
    watch: Sequence[str] | None = WATCH,
    setup: Sequence[str] = (),
) -> int:
    """Serve ``app`` and run ``watch`` beside it (None: no worker) until told to stop; answers the exit status.

    ``setup``: words of a ``firebreak`` command that must succeed first; FIREBREAK_ADDRESS tells it the address. The
    worker starts after it. Status 1: port busy. 0: stopped by SIGINT or SIGTERM. Otherwise that of set-up or gunicorn.
    """
    try:
        listener = listen(host, port)
    except PortBusy as busy:
        print(f"firebreak: {busy}", file=sys.stderr)
        return 1
    with listener:
        options = gunicorn(listener.fileno(), app, processes or processes_for(os.environ), threads)
        command = [sys.executable, "-m", "firebreak.warm", " ".join(setup), *options]
        web = Child(command, (listener.fileno(),), "web server")
        env = environment(instance, address(listener), threads - min(PAGES, (threads + 1) // 2))
        allow_files()
        return supervise(web, Child(watch) if watch else None, env)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, or ``PortBusy`` with the reason."""
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(where, family=family, backlog=512)
    except OSError as error:
        reason = (error.strerror or str(error)).split(" (while")[0].lower()
        raise PortBusy(f"cannot listen on {host} port {port}: {reason} (another port: PORT= or --port)") from error


def address(listener: socket.socket) -> str:
    """How this machine reaches it; a socket open to all addresses is reached by the local one."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def processes_for(environ: Mapping[str, str]) -> int:
    """One process on SQLite, whose pages are woken in-process; WEB_CONCURRENCY or two on PostgreSQL."""
    if not environ.get("DATABASE_URL", "").startswith("postgres"):
        return 1
    return int(environ.get("WEB_CONCURRENCY") or 2)


def environment(instance: str | os.PathLike[str] | None, reached: str, streams: int) -> dict[str, str]:
    """That of both children. `streams`: open pages that a web process may wake, unless FIREBREAK_STREAMS says so."""
    chosen = {"FIREBREAK_INSTANCE": os.fspath(instance)} if instance else {}
    ours = {"FIREBREAK_ADDRESS": reached, "PYTHONUNBUFFERED": "1"}
    return {"FIREBREAK_STREAMS": str(streams), **LEAN, **os.environ, **chosen, **ours}


def allow_files() -> None:
    """Let the children open enough files. Every open page is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def gunicorn(descriptor: int, app: str, processes: int, threads: int) -> list[str]:
    """Its arguments. The application judges a proxy's headers; gunicorn trusts nobody's, by default this machine's."""
    options = {
        "--bind": f"fd://{descriptor}",
        "--worker-class": "gthread",
        "--workers": str(processes),
        "--threads": str(threads),
        "--worker-connections": str(threads + IDLE),
        "--config": "python:firebreak.parting",
        "--graceful-timeout": "2",
        "--log-level": "warning",
        "--keep-alive": "5",
        "--forwarded-allow-ips": "",  # else a header SCRIPT_NAME, handed on by a proxy here, moves every address
        "--worker-tmp-dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else gettempdir(),  # heartbeats off the disk
    }
    words = [word for pair in options.items() for word in pair]
    return [*words, "--no-control-socket", app]


def supervise(web: Child, worker: Child | None, env: Mapping[str, str]) -> int:
    """Run both until a signal to stop (0) or the end of ``web`` (its status); leaves no process behind.

    A web server that something killed (the kernel, when memory runs out) is started again, as the worker is.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    children = [web, worker] if worker else [web]
    try:
        web.start(env)
        return _until_the_end(web, worker, env)
    finally:
        stop(children)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _until_the_end(web: Child, worker: Child | None, env: Mapping[str, str]) -> int:
    ready = False
    while (status := web.status()) is None or (ready and status < 0):
        children = [child for child in (web, worker) if child and ready]
        wait = min((revive(child, env, time.monotonic()) for child in children), default=SLOWEST_RESTART)
        told = signal.sigtimedwait(SIGNALS, wait)
        ready = ready or (told is not None and told.si_signo == READY)
        if told and told.si_signo in (signal.SIGINT, signal.SIGTERM):
            return 0
    return status if status >= 0 else 128 - status


def revive(child: Child, env: Mapping[str, str], now: float) -> float:
    """Start a child, or a dead one again when its pause is over; answers the seconds until the next look."""
    if child.process and child.status() is None:
        return SLOWEST_RESTART
    if child.process and not child.due:
        child.kill()  # what it started itself and left behind
        child.due = now + pause(child, now)
    if now < child.due:
        return child.due - now
    child.due = 0.0
    child.start(env)
    return SLOWEST_RESTART


def pause(child: Child, now: float) -> float:
    """Seconds before the next start: none after a steady life, then 1, 2, 4 … 30 for each early death in a row."""
    child.falls = 0 if now - child.since > STEADY else child.falls + 1
    seconds = min(SLOWEST_RESTART, 2.0 ** (child.falls - 1)) if child.falls else 0.0
    print(f"firebreak: the {child.name} ended with {child.status()}; next start in {seconds:.0f} s", file=sys.stderr)
    return seconds


def stop(children: Sequence[Child]) -> None:
    """Ask all to end, wait no longer than ``GRACE``, kill what is left."""
    limit = time.monotonic() + GRACE
    for child in children:
        child.terminate()
    while any(child.process and child.status() is None for child in children) and time.monotonic() < limit:
        signal.sigtimedwait([signal.SIGCHLD], max(0.0, limit - time.monotonic()))
    for child in children:
        child.kill()
