"""Who committed what, told to this process within a moment, whichever process it was.

Signals do not cross processes. So a process that has somebody to wake runs one watcher, a thread with a connection of
its own: on SQLite it asks five times a second whether the file has changed, on PostgreSQL it listens for a NOTIFY that
every process sends after its commits. Notices may get lost, and serial ids do not commit in order: every few seconds
the watcher also reads the last entries again. What it tells is a number; the truth is in the tables.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from flask import Flask, current_app
from sqlalchemy import Engine

from firebreak import signals
from firebreak.domain.events import Entry
from firebreak.store import db

log = logging.getLogger(__name__)

POLL = 0.2
"""Seconds between two looks at a SQLite file: one of its numbers is read, no table."""
NET = 5.0
"""Seconds between two looks that need no notice."""
PAUSE = 1.0
"""Seconds until a lost database is tried again."""
WINDOW = 1000
"""So many ids before the last one are read again: an entry may commit after one with a higher id."""
PARTING = 1.0
"""Seconds that a process which ends gives its last notices."""
LINGER = 10.0
"""Seconds that a connection for notices stays open with nothing to send."""
CHANNEL = "firebreak"

HEAD = "SELECT coalesce(max(id), 0) FROM entry"
NEWER = "SELECT stream, max(seq) FROM entry WHERE id > {} GROUP BY stream"


class Listener(Protocol):
    """Who is told. Called from the watcher's thread; every call returns at once."""

    def changed(self, stream: str, seq: int) -> None:
        """`stream` has entries up to `seq`, perhaps known already."""

    def called(self, what: str, whom: str) -> None:
        """Another process called this out (see `call`)."""

    def anything(self) -> None:
        """From here on nothing is missed; before, anything may have happened."""


# --- watching --------------------------------------------------------------------------------------


class Watcher:
    """The thread. Make it when there is somebody to wake, never before a fork; `stop` ends it within half a second.

    `sound`: whatever is committed now will be told.
    """

    def __init__(self, engine: Engine, listener: Listener) -> None:
        self.engine = engine
        self.listener = listener
        self.stopped = threading.Event()
        self.sound = False
        self.away = False
        self.last = 0
        self.seen: dict[str, int] = {}
        self.thread = threading.Thread(target=self._run, name="wakeups", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.stopped.set()

    def _run(self) -> None:
        watch = self._listen if self.engine.dialect.name == "postgresql" else self._look
        while not self.stopped.is_set():
            try:
                with closing(_own(self.engine)) as link:
                    watch(link)
            except Exception as error:
                self._lost(error)
                self.stopped.wait(PAUSE)

    def _lost(self, error: Exception) -> None:
        self.sound = False
        if not self.away and not self.stopped.is_set():
            log.error("pages are not woken, trying again: %s", str(error).partition("\n")[0])
        self.away = True

    def _begin(self, link: Any) -> None:
        self.last = link.execute(HEAD).fetchone()[0]
        self.seen = _newer(link, self.last - WINDOW)
        if self.away:
            log.warning("pages are woken again")
        self.away, self.sound = False, True
        self.listener.anything()

    def _tell_newer(self, link: Any, since: int) -> None:
        """A head that went back is that of a restored record: everything is to be looked at again."""
        head = link.execute(HEAD).fetchone()[0]
        if head < self.last:
            self._begin(link)
            return
        before, self.seen, self.last = self.seen, _newer(link, since), head
        for stream, seq in self.seen.items():
            if seq > before.get(stream, 0):
                self.listener.changed(stream, seq)

    def _look(self, link: Any) -> None:
        """SQLite: `data_version` moves when any other connection has committed, ours in this process too."""
        path, due = Path(str(self.engine.url.database)), time.monotonic() + NET
        file, version = _file(path), _version(link)
        self._begin(link)
        while not self.stopped.wait(POLL):
            if (found := _version(link)) != version:
                version = found
                self._tell_newer(link, self.last)
            if time.monotonic() > due:
                due = time.monotonic() + NET
                if _file(path) != file:
                    raise FileNotFoundError(f"{path} is another file than before")

    def _listen(self, link: Any) -> None:
        """PostgreSQL: LISTEN first, then the head, so that nothing falls between the two."""
        link.autocommit = True
        link.execute(f"LISTEN {CHANNEL}")
        self._begin(link)
        due = time.monotonic() + NET
        while not self.stopped.is_set():
            for notice in link.notifies(timeout=0.5):
                self._heard(notice.payload)
            if time.monotonic() > due:
                self._tell_newer(link, self.last - WINDOW)
                due = time.monotonic() + NET

    def _heard(self, payload: str) -> None:
        about, _, value = payload.partition(" ")
        if about.startswith("@"):
            self.listener.called(about[1:], value)
        elif value.isdecimal():
            self.listener.changed(about, int(value))


def _own(engine: Engine) -> Any:
    """A connection of the driver, taken from no pool and given back to none."""
    taken = engine.raw_connection()
    taken.detach()
    return taken.dbapi_connection


def _newer(link: Any, since: int) -> dict[str, int]:
    """Stream -> its highest number, of the entries after `since`."""
    return dict(link.execute(NEWER.format(int(since))).fetchall())


def _version(link: Any) -> int:
    return int(link.execute("PRAGMA data_version").fetchone()[0])


def _file(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


# --- telling other processes -----------------------------------------------------------------------


class Notifier:
    """Sends notices from a thread of its own: a commit is never slower, nor fails, because a notice does.

    What could not be sent is tried again every second. A thread with nothing to do for a while ends, and its
    connection with it.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.pid = os.getpid()
        self.waiting: dict[str, str] = {}
        self.some = threading.Condition()
        self.thread: threading.Thread | None = None
        self.ended = threading.Event()
        atexit.register(self.end)

    def put(self, about: str, payload: str) -> None:
        """Send soon, in place of what still waits under the same words."""
        with self.some:
            self.waiting[about] = payload
            self.some.notify_all()
            if self.thread is None and not self.ended.is_set():
                self.thread = threading.Thread(target=self._run, name="notices", daemon=True)
                self.thread.start()

    def end(self) -> None:
        """Give what waits a second to leave, then end."""
        atexit.unregister(self.end)
        thread = self.thread
        with self.some:
            self.some.wait_for(lambda: not self.waiting, PARTING)
            self.ended.set()
            self.some.notify_all()
        if thread is not None:
            thread.join(PARTING)

    def _run(self) -> None:
        while self._wanted():
            try:
                with closing(_own(self.engine)) as link:
                    link.autocommit = True
                    self._send(link)
            except Exception as error:
                log.info("notices wait: %s", str(error).partition("\n")[0])
                self.ended.wait(PAUSE)

    def _wanted(self) -> bool:
        with self.some:
            if self.waiting and not self.ended.is_set():
                return True
            self.thread = None
            return False

    def _send(self, link: Any) -> None:
        while batch := self._next():
            for about, payload in batch.items():
                link.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))
                self._sent(about, payload)

    def _next(self) -> dict[str, str]:
        """What waits; nothing when nothing came for a while."""
        with self.some:
            self.some.wait_for(lambda: bool(self.waiting) or self.ended.is_set(), LINGER)
            return {} if self.ended.is_set() else dict(self.waiting)

    def _sent(self, about: str, payload: str) -> None:
        with self.some:
            if self.waiting.get(about) == payload:
                del self.waiting[about]
            self.some.notify_all()


_KEY = "firebreak_notifier"


def init_app(app: Flask) -> None:
    """Every process that writes tells the others, on PostgreSQL; watchers of SQLite see the file change."""
    signals.event_recorded.connect(_recorded)


def _recorded(stream: str, entry: Entry) -> None:
    _notify(stream, f"{stream} {entry.seq}")


def call(what: str, whom: str) -> None:
    """Tell the watchers of other processes something that is in no log. `what` is a word."""
    _notify(f"@{what} {whom}", f"@{what} {whom}")


def _notify(about: str, payload: str) -> None:
    if db.engine.dialect.name != "postgresql":
        return
    found = current_app.extensions.get(_KEY)
    if found is None or found.pid != os.getpid():  # threads and connections do not survive a fork
        found = current_app.extensions[_KEY] = Notifier(db.engine)
    found.put(about, payload)


def end() -> None:
    """Send what waits and hold the database no longer. For those who end an app and not the process."""
    found: Notifier | None = current_app.extensions.pop(_KEY, None)
    if found is not None:
        found.end()
