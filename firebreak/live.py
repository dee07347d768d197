"""Wakes open pages: every listener of this process learns which incidents have newer entries, and nothing else.

A listener keeps one number for each incident, so a slow one costs no more than a quick one. One thread hands out what
the watcher (`store.wakeups`) or a change in this process has said; whoever recorded the change does not wait for it.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakSet

from flask import Flask, current_app

from firebreak import signals
from firebreak.domain.events import Entry
from firebreak.store import db, wakeups

FOR_ONE = 20
"""Listeners of one account: some browsers on some screens. More would be a script, or a wall of them."""
MOST_KEPT = 200
"""Incidents that a listener which does not take is behind with, before it is told to look at everything."""
TOGETHER = 0.01
"""Seconds that news waits for more of the same commit: each wake-up is a question from every open page."""

_KEY = "firebreak_hub"
_hubs: WeakSet[Hub] = WeakSet()


@dataclass
class Wake:
    """What is new: the highest entry of each incident, rooms whose visitors changed, accounts that signed out.
    `anything`: look at everything, since something may have been missed."""

    changed: dict[str, int] = field(default_factory=dict)
    here: set[str] = field(default_factory=set)
    out: set[int] = field(default_factory=set)
    anything: bool = False

    def __bool__(self) -> bool:
        return bool(self.changed or self.here or self.out or self.anything)

    def add(self, other: Wake) -> None:
        """Both, as one. What has grown too long is forgotten, and everything is to be looked at."""
        self.changed |= {name: max(seq, self.changed.get(name, 0)) for name, seq in other.changed.items()}
        self.here |= other.here
        self.out |= other.out
        self.anything = self.anything or other.anything
        if len(self.changed) + len(self.here) > MOST_KEPT:
            self.changed, self.here, self.anything = {}, set(), True


class Listening:
    """One open stream. `take` waits; `close` gives its place back, also twice."""

    def __init__(self, hub: Hub, account: int, gone: Callable[[], bool]) -> None:
        self.hub = hub
        self.account = account
        self.gone = gone
        self.over = False
        self.wake = Wake()
        self.some = threading.Condition()

    def put(self, wake: Wake) -> None:
        with self.some:
            self.wake.add(wake)
            self.over = self.over or self.account in wake.out
            self.some.notify()

    def take(self, seconds: float) -> Wake:
        """What is new, as soon as something is; an empty wake when the time is up or it is `over`."""
        with self.some:
            self.some.wait_for(lambda: bool(self.wake) or self.over, seconds)
            taken, self.wake = self.wake, Wake()
            return taken

    def end(self) -> None:
        """Whoever takes is told that it is over."""
        with self.some:
            self.over = True
            self.some.notify()

    def close(self) -> None:
        self.end()
        self.hub.leave(self)


class Hub:
    """The listeners of this process, and the threads that wake them while there are any."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.lock = threading.Lock()
        self.listening: set[Listening] = set()
        self.heads: dict[str, int] = {}
        self.news = Wake()
        self.some = threading.Event()
        self.watcher: wakeups.Watcher | None = None
        _hubs.add(self)

    # --- coming and going ---

    def join(self, account: int, gone: Callable[[], bool] = lambda: False) -> Listening | None:
        """A place; None when there is none left, in all or for this account. `gone` says whether its reader has left.

        Whoever joins is told `anything` as soon as nothing can be missed any more.
        """
        self._leave_the_gone(account)
        with self.lock:
            theirs = sum(each.account == account for each in self.listening)
            if len(self.listening) >= self.most or theirs >= FOR_ONE:
                return None
            made = Listening(self, account, gone)
            self.listening.add(made)
            self._start()
            made.wake.anything = self.sound
        return made

    @property
    def sound(self) -> bool:
        """Whether pages will be woken; False while the database is away."""
        return self.watcher is not None and self.watcher.sound

    def _leave_the_gone(self, account: int) -> None:
        """A reader who went is noticed at the next line written; who comes now should not wait for that."""
        with self.lock:
            crowded = len(self.listening) >= self.most
            asked = [each for each in self.listening if crowded or each.account == account]
        for each in asked if crowded or len(asked) >= FOR_ONE else ():
            if each.gone():
                each.close()

    def leave(self, listening: Listening) -> None:
        with self.lock:
            self.listening.discard(listening)
            if not self.listening:
                self._stop()

    def _start(self) -> None:
        if self.watcher is None:
            self.heads = {}
            self.watcher = wakeups.Watcher(db.engine, self)
            threading.Thread(target=self._hand_out, args=(self.watcher,), name="live", daemon=True).start()

    def _stop(self) -> None:
        if self.watcher is not None:
            self.watcher.stop()
            self.watcher = None
            self.some.set()

    def end(self) -> None:
        """Every stream ends at once."""
        for each in list(self.listening):
            each.end()

    # --- what is new ---

    def changed(self, stream: str, seq: int) -> None:
        with self.lock:
            if not self.listening or seq <= self.heads.get(stream, 0):
                return
            self.heads[stream] = seq
        self._tell(Wake(changed={stream: seq}))

    def called(self, what: str, whom: str) -> None:
        if what == "here":
            self._tell(Wake(here={whom}))
        elif what == "out" and whom.isdecimal():
            self._tell(Wake(out={int(whom)}))

    def anything(self) -> None:
        with self.lock:
            self.heads = {}
        self._tell(Wake(anything=True))

    def _tell(self, wake: Wake) -> None:
        with self.lock:
            self.news.add(wake)
        self.some.set()

    def _hand_out(self, mine: wakeups.Watcher) -> None:
        """The entries of one commit are said one by one, and handed out as one."""
        while self.watcher is mine:
            self.some.wait()
            time.sleep(TOGETHER)
            with self.lock:
                self.some.clear()
                news, self.news = self.news, Wake()
                all_of_them = list(self.listening)
            for each in all_of_them if news else ():
                each.put(news)


def hub() -> Hub:
    """The hub of the current app. Its threads start with the first listener, so a fork before that does no harm."""
    found: Hub = current_app.extensions[_KEY]
    return found


def call(what: str, whom: str) -> None:
    """Say to the pages of all processes what is in no log: `here` (a reference), `out` (an account id)."""
    hub().called(what, whom)
    wakeups.call(what, whom)


def init_app(app: Flask) -> None:
    """Listen to the log, in this process."""
    app.extensions[_KEY] = Hub(app.config.get("LIVE_STREAMS", app.config["FIREBREAK"].streams))
    signals.event_recorded.connect(_recorded)


def _recorded(stream: str, entry: Entry) -> None:
    if _KEY in current_app.extensions:
        hub().changed(stream, entry.seq)


def at_signal(number: int, also: Callable[[], None]) -> None:
    """When this signal comes, every stream of the process ends and `also` is called, before whoever had the signal."""
    before: Any = signal.getsignal(number)

    def end(received: int, frame: Any) -> None:
        for each in list(_hubs):
            each.end()
        also()
        if callable(before):
            before(received, frame)

    signal.signal(number, end)
    signal.siginterrupt(number, False)
