"""The cast, a night, and small builders, for tests that tell an incident step by step without a database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from firebreak.domain import clocks
from firebreak.domain.deciding import opening, settled
from firebreak.domain.events import Entry, Event
from firebreak.domain.folding import apply
from firebreak.domain.incidents import Incident
from firebreak.domain.playbook_parser import parse
from firebreak.domain.playbooks import Playbook

ADA, ROSA, OSCAR, PAUL = 1, 2, 3, 4
NOW = datetime(2026, 3, 7, 21, 40, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
REFERENCE = "FB-2026-001"

STEPS = """- [ ] Pause every scheduled post {#pause-scheduled role=channel due=10m .critical}
- [ ] Say who leads {#name-lead role=lead due=5m}
- [ ] Pull, pause or keep the advert? {#advert role=lead due=45m .decision}
  - Pull it: it is gone {#pull}
  - Keep it: it stays {#keep}
"""
OTHER_STEPS = """- [ ] Pause every scheduled post {#pause-scheduled role=channel due=20m .critical}
- [ ] Call the lawyer {#call-lawyer role=legal due=1h}
"""
HEAD = """---
title: {title}
scenario: {scenario}
language: en
severity: serious
summary: What to do.
signals: {{words: [storm], strong: [firestorm]}}
roles: {{lead: Leads, channel: Posts, legal: Advises}}
{clocks}owner: Head of communications
deputy: Press officer
reviewed: 2026-11-01
sources: [{{title: A book, url: "https://example.org"}}]
---

## First 15 minutes
{steps}"""


def playbook(scenario: str = "storm", steps: str = STEPS, clocks: str = "") -> Playbook:
    """A small playbook; `clocks` is YAML of the front matter, lines ended."""
    text = HEAD.format(title=scenario.title(), scenario=scenario, steps=steps, clocks=clocks)
    return parse(text, f"playbooks/en/{scenario}.md")


@dataclass
class Story:
    """An incident that grows by decided events, at a time that moves."""

    now: datetime = NOW
    incident: Incident = field(default_factory=lambda: Incident(REFERENCE))
    entries: list[Entry] = field(default_factory=list)

    def wait(self, length: timedelta) -> Story:
        self.now += length
        return self

    def tell(self, events: Iterable[Event]) -> list[Entry]:
        """Store what was decided, and the clocks it moves, as the log does."""
        return [self._store(event) for event in settled(self.incident, events, self.now)]

    def do(self, decide: Any, *wish: Any, actor: int = ADA, **more: Any) -> list[Entry]:
        return self.tell(decide(self.incident, *wish, actor=actor, now=self.now, **more))

    def tick(self) -> list[Entry]:
        return self.tell(clocks.alarms(self.incident, self.now))

    def status(self, clock: str) -> str:
        return clocks.read(self.incident, self.incident.clocks[clock], self.now).status

    def _store(self, event: Event) -> Entry:
        entry = Entry(len(self.entries) + 1, REFERENCE, self.incident.seq + 1, self.now, event)
        self.entries.append(entry)
        self.incident = apply(self.incident, entry)
        return entry


SEEN = opening.Opening(report="Mothers are angry about the advert", channels=("x", "facebook"))


def opened(book: Playbook | None = None, **words: Any) -> Story:
    """A story whose entry 1 is told at NOW; the words are fields of `Opening`."""
    story = Story()
    story.do(opening.open_incident, replace(SEEN, **words))
    if book:
        story.do(opening.choose_playbook, book)
    return story
