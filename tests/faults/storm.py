"""People who tick, note and post as fast as they can, and remember what the desk acknowledged."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from itertools import count
from uuid import uuid4

from tests.faults.desk import LOST, Person
from tests.stories import REFERENCE

ROOM = f"/incidents/{REFERENCE}"
COUNT = 240
"""Steps of the checklist. Who is done with all of them writes notes."""


@dataclass
class Storm:
    """Each person works in a thread of their own until `end` or until the desk is gone. Every change carries a mark
    that no other has: `sent` holds all, `acknowledged` those answered 303, `refused` those answered otherwise."""

    people: list[Person]
    sent: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    refused: dict[str, int] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)
    steps: count[int] = field(default_factory=count)
    threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> Storm:
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._work, args=(person.copy(),)) for person in self.people]
        for thread in self.threads:
            thread.start()
        return self

    def until(self, more: int, seconds: float = 60.0) -> None:
        """Wait until so many more changes are acknowledged."""
        wanted, limit = len(self.acknowledged) + more, time.monotonic() + seconds
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < limit, (len(self.acknowledged), self.refused)
            time.sleep(0.001)

    def end(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _work(self, person: Person) -> None:
        turns = count()
        while not self.over.is_set():
            try:
                self._change(person, next(turns), uuid4().hex)
            except LOST:
                time.sleep(0.01)
        person.close()

    def _change(self, person: Person, turn: int, mark: str) -> None:
        path, fields = self._wish(turn, mark)
        self.sent.add(mark)
        status = person.post(path, **fields).status
        if status == 303:
            self.acknowledged.add(mark)
        else:
            self.refused[mark] = status

    def _wish(self, turn: int, mark: str) -> tuple[str, dict[str, str]]:
        kind = turn % 3
        if kind == 1 and (step := next(self.steps)) < COUNT:
            return f"{ROOM}/steps/step-{step}/done", {"done_note": mark}
        if kind == 2:
            return f"{ROOM}/statements/x", {"statement-x_text": mark}
        return f"{ROOM}/notes", {"note_text": mark}
