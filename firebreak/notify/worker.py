"""The worker: rings clocks, routes the outbox, sends what is due, and says that it is alive.

Any number may run. One thread looks at the database every second; a few others wait for mail servers and hooks, so
that a slow one never holds up a clock. Killed at any moment it loses nothing: the next one takes over when the lease
ends, and at most one message goes out twice, with the same id.
"""

from __future__ import annotations

import logging
import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from flask import Flask

from firebreak.domain.folding import replay
from firebreak.notify import NUDGED, mail, messages, routing, webhook
from firebreak.notify.notice import Notice, SendError
from firebreak.store import faults, machine, outbox
from firebreak.store import log as incidents
from firebreak.store.outbox import Leased, Waiting

log = logging.getLogger(__name__)

CHANNELS: Mapping[str, Callable[[Notice, datetime], None]] = {"mail": mail.send, "webhook": webhook.send}
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BACKOFF = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR)
MOST_TRIES = len(BACKOFF) + 1
NOT_SENT = frozenset({"no_mail_server", "no_sender", "no_address", "person_disabled", "no_webhook"})
"""Reasons that are nobody's failure: the delivery is marked as skipped."""

POLL = 1.0
AWAY_POLL = 3.0
BEAT = timedelta(seconds=10)
SENDERS = 4
PARTING = 1.5
"""Seconds that messages on their way get when the worker is told to stop."""
ASIDE = timedelta(minutes=1)

Tick = Callable[[datetime, frozenset[str]], list[str]]
Chore = Callable[[], bool]


class Worker:
    """`tick` is `workflow.tick.tick`; `clock` gives aware UTC. `chore` is slow work (PDFs) for a thread of its own:
    it does one piece, and answers whether there was one."""

    def __init__(
        self,
        app: Flask,
        tick: Tick,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        chore: Chore = lambda: False,
    ) -> None:
        self.app, self.tick, self.clock, self.chore = app, tick, clock, chore
        self.name = f"{socket.gethostname()}-{os.getpid()}"
        self.stopping = threading.Event()
        self.away = False
        self.beaten: datetime | None = None
        self.looked: tuple[datetime, float] | None = None
        self.aside: dict[int | str, datetime] = {}
        self.todo: queue.Queue[int] = queue.Queue()
        self.taken: set[int] = set()

    def run(self) -> None:
        """Work until `stop`."""
        for number in range(SENDERS):
            threading.Thread(target=self._send_all, name=f"sender-{number}", daemon=True).start()
        threading.Thread(target=self._do_chores, name="chores", daemon=True).start()
        while not self.stopping.is_set():
            NUDGED.clear()
            self._guarded(self._look)
            NUDGED.wait(AWAY_POLL if self.away else POLL)
        self._part()

    def stop(self) -> None:
        """Safe in a signal handler."""
        self.stopping.set()
        NUDGED.set()

    def once(self) -> None:
        """One round, in this thread: ring, route, send until nothing is due, then the chores."""
        with self.app.app_context():
            self._prepare()
            while ids := outbox.due(self.clock()):
                for id in ids:
                    self.send(id)
            while self.chore():
                pass

    # --- one round ---

    def _look(self) -> None:
        self._prepare()
        for id in outbox.due(self.clock()):
            if id not in self.taken:
                self.taken.add(id)
                self.todo.put(id)

    def _prepare(self) -> None:
        """Everything but sending."""
        now = self.clock()
        self._watch_clock(now)
        self._beat(now)
        self.aside = {key: until for key, until in self.aside.items() if until > now}
        failed = self.tick(now, frozenset(key for key in self.aside if isinstance(key, str)))
        self.aside |= dict.fromkeys(failed, now + ASIDE)
        while rows := outbox.waiting(key for key in self.aside if isinstance(key, int)):
            for row in rows:
                self._route(row, now)

    def _beat(self, now: datetime) -> None:
        if self.beaten is None or abs(now - self.beaten) >= BEAT:
            outbox.beat(self.name, now)
            self.beaten = now

    def _watch_clock(self, now: datetime) -> None:
        """What waits for a time would wait longer when the clock is set back, under us or while nobody worked."""
        before, passed = self.looked or (now, time.monotonic())
        ahead = before + timedelta(seconds=time.monotonic() - passed) - now
        back = ahead if ahead > machine.TOLERATED else None if self.looked else machine.behind(now)
        if back:
            log.warning("this machine's clock is %d s behind; what waits is looked at now", back.total_seconds())
            machine.set_back(now)
        self.looked = now, time.monotonic()

    def _route(self, row: Waiting, now: datetime) -> None:
        """One bad row is set aside for a while and said once; the others go on."""
        try:
            outbox.route(row, *_planned(row), now)
        except outbox.AWAY:
            raise
        except Exception:
            log.exception("outbox row %d (%s) could not be routed", row.id, row.stream)
            self.aside[row.id] = now + ASIDE

    # --- sending ---

    def send(self, id: int) -> None:
        """Try one delivery, unless another worker is at it. The result is written whatever it is."""
        taken = outbox.lease(id, self.clock())
        if taken is None:
            return
        try:
            self._attempt(taken)
        except SendError as error:
            self._failed(taken, error.reason, error.permanent)
        except outbox.AWAY:
            raise
        except Exception:
            log.exception("delivery %s could not be made", taken.key)
            self._failed(taken, "fault", permanent=False)
        else:
            outbox.settle(taken, "sent", None, self.clock())

    def _attempt(self, taken: Leased) -> None:
        if taken.tries > MOST_TRIES:
            raise SendError("broke_off", permanent=True)
        notice = noticed(taken)
        if notice.person and not notice.person.reachable:
            raise SendError("person_disabled", permanent=True)
        CHANNELS[taken.channel](notice, self.clock())

    def _failed(self, taken: Leased, reason: str, permanent: bool) -> None:
        now = self.clock()
        if reason in NOT_SENT:
            outbox.settle(taken, "skipped", reason, now)
        elif permanent or taken.tries >= MOST_TRIES:
            outbox.settle(taken, "failed", reason, now)
        else:
            outbox.settle(taken, "pending", reason, now, now + BACKOFF[taken.tries - 1])

    # --- threads and an absent database ---

    def _send_all(self) -> None:
        while not self.stopping.is_set():
            id = self.todo.get()
            try:
                self._guarded(lambda id=id: self.send(id))  # type: ignore[misc]
            finally:
                self.taken.discard(id)

    def _do_chores(self) -> None:
        while not self.stopping.wait(AWAY_POLL if self.away else POLL):
            self._guarded(self._chore)

    def _chore(self) -> None:
        self.chore()

    def _guarded(self, work: Callable[[], None]) -> None:
        """An absent database is said once and waited for; any other error is logged. Nothing ends the loop."""
        try:
            with self.app.app_context():
                work()
            if self.away:
                log.warning("the database is back")
            self.away = False
        except outbox.UNUSABLE as error:
            if not self.away:
                log.error("the database cannot be used, trying again: %s", faults.line(error))
            self.away = True
        except Exception:
            log.exception("the worker stumbled")

    def _part(self) -> None:
        """Messages on their way may still end; what is not, is sent after the lease by whoever works then."""
        end = time.monotonic() + PARTING
        while self.taken and not self.todo.qsize() and time.monotonic() < end:
            time.sleep(0.02)


def _planned(row: Waiting) -> tuple[str, tuple[tuple[str, int | None], ...]]:
    """Kind and receivers, judged by the incident as that commit left it: a watch escalated later told nobody."""
    entries = outbox.entries(row.stream, row.first_seq, row.last_seq)
    if not routing.telling(entries):
        return "", ()
    incident = incidents.load(row.stream)
    if incident is None:
        return "", ()
    then = replay(incident.facts[: row.last_seq])
    plan = routing.plan(entries, then, outbox.settings(), outbox.people())
    return plan.kind, plan.receivers


def noticed(taken: Leased) -> Notice:
    """What a channel needs. Nothing of the database is held while it sends."""
    incident = incidents.load(taken.reference)
    if incident is None:
        raise LookupError(taken.reference)
    people = outbox.people()
    return Notice(
        delivery=taken,
        incident=incident,
        entries=outbox.entries(taken.reference, taken.first_seq, taken.last_seq),
        person=people.get(taken.account_id) if taken.account_id is not None else None,
        people=people,
        settings=outbox.settings(),
        url=messages.room_url(taken.reference),
        steps=messages.step_titles(incident.playbook.hash if incident.playbook else None),
    )


def first_line(error: BaseException) -> str:
    """What the database's driver said, on one line."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
