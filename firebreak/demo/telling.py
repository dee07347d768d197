"""Living through a story: every line is done by the same workflow functions as real work, at its own time.

Between the lines the worker makes its rounds with the story's clock, so warnings and breaches stand in the log where
they would have, and each message is marked as not sent, because a demonstration has no mail server.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from firebreak import library, trained
from firebreak.demo.reviewing import Reviewing
from firebreak.demo.story import Beat, Story, after, load
from firebreak.domain import clocks, durations, markdown
from firebreak.domain.deciding.opening import Opening
from firebreak.domain.hours import StaffedHours, parse_weekly
from firebreak.domain.incidents import Incident, Step
from firebreak.domain.matching import rank
from firebreak.domain.playbooks import Playbook
from firebreak.domain.reports import Ranking, Report
from firebreak.notify.worker import Worker
from firebreak.store import log
from firebreak.web.passwords import hashed
from firebreak.workflow import incidents, people, record, review, roles, settings, steps
from firebreak.workflow.tick import tick

BEFORE = timedelta(days=40)
"""How long before `now` the desk was set up."""
TELLING = frozenset({"open", "severity", "role"})
"""Lines after which the worker has somebody to tell at once."""


def tell(app: Flask, language: str, now: datetime, password: str) -> Teller:
    """Fill an empty desk (its context is open) with the month before `now`; `password` opens every account."""
    teller = Teller(app, load(language, now), now, hashed(password))
    teller.tell()
    return teller


class Teller(Reviewing):
    """One telling. `password_hash` opens every account."""

    def __init__(self, app: Flask, story: Story, now: datetime, password_hash: str) -> None:
        self.story, self.now, self.password_hash = story, now, password_hash
        self.clock = now - BEFORE
        self.worker = Worker(app, tick, clock=lambda: self.clock)
        self.people: dict[str, int] = {}
        self.known: dict[str, Incident] = {}
        self.marks: dict[tuple[str, str], Any] = {}
        self.heads = {each["key"]: each for each in story.incidents}
        self.waiting = list(story.beats)
        self.hours = _hours(story.settings)

    def tell(self) -> None:
        """The whole month, to `now`."""
        self._set_up()
        heapq.heapify(self.waiting)
        while self.waiting:
            beat = heapq.heappop(self.waiting)
            self._let_pass(beat.at)
            self.clock = beat.at
            self._do(beat)
            if beat.kind in TELLING:
                self._round()
        self._let_pass(self.now)
        self.clock = self.now
        self._round()

    # --- the desk ---

    def _set_up(self) -> None:
        for person in self.story.people:
            self.people[person["key"]] = self._add(person)
        first = next(iter(self.people.values()))
        own = [{**row, "owner": self.people.get(row["owner"])} for row in self.story.settings["channels"]]
        practised = {"channels": own, "first_steps": ["all"]}
        settings.change({**self.story.settings, **practised}, first, self.clock)

    def _add(self, person: Mapping[str, Any]) -> int:
        more = {"language": self.story.language, "zone": str(self.story.zone), "clock": "24h"}
        more |= {key: person[key] for key in ("phone", "zone", "language", "clock") if key in person}
        who = {key: person[key] for key in ("email", "name", "access")}
        actor = next(iter(self.people.values()), None)
        return people.add(**who, actor=actor, now=self.clock, password_hash=self.password_hash, more=more)

    # --- time ---

    def _let_pass(self, until: datetime) -> None:
        """Every round of the worker that has something to ring before `until`."""
        while (due := self._next_alarm()) is not None and due <= until:
            self.clock = max(due, self.clock)
            self._round()

    def _next_alarm(self) -> datetime | None:
        times = (clocks.next_alarm(incident, self.clock) for incident in self.known.values())
        return min((time for time in times if time is not None), default=None)

    def _round(self) -> None:
        """One round of the worker, which may have written to any open incident."""
        self.worker.once()
        for key, incident in self.known.items():
            if incident.state == "open":
                self.known[key] = log.load(incident.reference) or incident

    # --- lines ---

    def _do(self, beat: Beat) -> None:
        """Do it, and remember under `as` the number of the entry, or of the action, that it made."""
        before = self.known.get(beat.incident)
        act: Callable[..., Incident | None] = getattr(self, f"_{beat.kind}")
        found = act(beat, beat.words, self.people[beat.by])
        if found is None:
            return
        self.known[beat.incident] = found
        if "as" in beat.words and before:
            made = list(found.actions)[-1] if beat.kind == "action" else before.seq + 1
            self.marks[beat.incident, beat.words["as"]] = made

    def _open(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident:
        playbook = self._playbook(words.get("scenarios", ()))
        opening = self._opening(words, beat.at, playbook)
        key = f"demo-{words['key']}"
        return incidents.open_incident(opening, by, self.clock, key, playbook)

    def _playbook(self, wanted: Iterable[str]) -> Playbook | None:
        """The first of these scenarios that has a playbook."""
        found = (library.get(self.story.language, scenario) for scenario in wanted)
        return next((playbook for playbook in found if playbook), None)

    def _opening(self, words: Mapping[str, Any], at: datetime, playbook: Playbook | None) -> Opening:
        began = at - durations.parse(words["began"]) if "began" in words else None
        noticed = at - durations.parse(words["noticed"]) if "noticed" in words else at
        ranking = self._ranking(words, began, noticed)
        return Opening(
            report=words["report"],
            title=words["title"],
            severity=words["severity"],
            language=self.story.language,
            channels=tuple(words["channels"]),
            began_at=began,
            noticed_at=noticed,
            exercise=words.get("exercise", False),
            cover=self.hours.cover(began or noticed),
            matches=tuple((match.scenario, round(match.score, 4)) for match in ranking.matches),
            none=ranking.none,
            html=markdown.render(words["report"]),
        )

    def _ranking(self, words: Mapping[str, Any], began: datetime | None, noticed: datetime) -> Ranking:
        report = Report(words["report"], tuple(words["channels"]), began, noticed, self.story.language)
        return rank(report, library.playbooks(self.story.language), trained.table(), self.hours)

    def _role(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident:
        person = self.people[words.get("to", beat.by)]
        return roles.assign(self._reference(beat), words["role"], person, by, self.clock)

    def _sweep(self, beat: Beat, words: Mapping[str, Any], by: int) -> None:
        """Tick what is still open of a phase, spread over a time, each step by whoever holds its role."""
        incident = self.incident(beat)
        left = [step for step in incident.steps.values() if step.phase == words["sweep"] and step.waits]
        left = [step for step in left if step.id not in words.get("but", ())][: words.get("most")]
        apart = durations.parse(words["over"]) / max(1, len(left))
        for place, step in enumerate(left):
            at = beat.at + apart * place
            if at <= self.now:
                heapq.heappush(
                    self.waiting, replace(beat, at=at, place=500 + place, kind="swept", words={"done": step.id})
                )

    def _swept(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident | None:
        """A step done by whoever holds its role by then, else by the lead."""
        incident = self.incident(beat)
        step = incident.steps[words["done"]]
        return self._done(beat, words, incident.roles.get(step.role, incident.lead or by))

    def _remark(self, beat: Beat, step: Step) -> str:
        return str(self.heads[beat.incident].get("remarks", {}).get(step.id, ""))

    def _done(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident | None:
        """A step that this playbook has not is passed over."""
        incident = self.incident(beat)
        step = incident.steps.get(words["done"])
        if step is None or not step.waits or incident.state != "open":
            return None
        choice, note = self._choice(beat, step), words.get("note") or self._remark(beat, step)
        return steps.finish(incident.reference, step.id, by, self.clock, at=self._at(beat), choice=choice, note=note)

    def _choice(self, beat: Beat, step: Step) -> str:
        wanted = self.heads[beat.incident].get("choices", {}).get(step.id, "")
        return wanted if wanted in step.options else next(iter(step.options), "")

    def _at(self, beat: Beat) -> datetime | None:
        """When it happened, where that was earlier than it was written down."""
        opened = self.incident(beat).opened_at
        happened = beat.words.get("happened")
        return after(happened, opened, self.story.zone) if happened and opened else None

    def _aside(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident | None:
        incident = self.incident(beat)
        step = incident.steps.get(words["aside"])
        if step is None or not step.waits:
            return None
        return steps.set_aside(incident.reference, step.id, words["reason"], by, self.clock)

    def _own_step(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident:
        due, phase = durations.parse(words["due"]), words.get("phase", "first-day")
        reference = self._reference(beat)
        return steps.add(reference, words["own_step"], words["role"], due, phase, False, by, self.clock)

    def _say(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident:
        at = self._at(beat)
        promise = (at or self.clock) + durations.parse(words["promise"]) if "promise" in words else None
        text = words["text"].replace("{promise}", self._hour(promise)) if promise else words["text"]
        told = (self._reference(beat), words["say"], text, words.get("url", ""), by, self.clock)
        self._tick_after(beat, ("post-holding", "set-next-update") if promise else ("full-statement", "keep-promise"))
        return record.post_statement(*told, at=at, next_update_at=promise)

    def _tick_after(self, beat: Beat, steps: Iterable[str]) -> None:
        """What was posted is ticked a minute later, unless the story says itself when."""
        own = {line.get("done") for line in self.heads[beat.incident]["log"]}
        at = beat.at + timedelta(minutes=1)
        for step in sorted({*steps} & {*self.incident(beat).steps} - own) if at <= self.now else ():
            ticked = replace(beat, at=at, place=600 + len(self.waiting), kind="swept", words={"done": step})
            heapq.heappush(self.waiting, ticked)

    def _hour(self, at: datetime) -> str:
        written = at.astimezone(self.story.zone)
        return f"{written:%H} h {written:%M}" if self.story.language == "fr" else f"{written:%H:%M}"

    def _note(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident:
        return record.add_note(self._reference(beat), words["note"], by, self.clock, at=self._at(beat))

    def _decide(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident:
        told = (words["decide"], words.get("options", ""), words["chosen"], words["why"])
        return record.make_decision(self._reference(beat), *told, by, self.clock)

    def _moment(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident:
        reference, note = self._reference(beat), words.get("note_text", "")
        return record.record_moment(reference, words["moment"], by, self.clock, at=self._at(beat), note=note)

    def _severity(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident:
        reference = self._reference(beat)
        return incidents.change_severity(reference, words["severity"], words.get("reason", ""), by, self.clock)

    def _channel(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident:
        return incidents.add_channel(self._reference(beat), words["channel"], by, self.clock)

    def _title(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident:
        return incidents.retitle(self._reference(beat), words["title"], by, self.clock)

    def _correct(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident:
        seq, body = self.marks[beat.incident, words["correct"]], {}
        if "text" in words:
            body["text"] = words["text"]
        told = (self._reference(beat), seq, words["reason"], by, self.clock)
        return record.correct(*told, at=self._at(beat), body=body)

    def _strike(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident:
        seq = self.marks[beat.incident, words["strike"]]
        return record.strike(self._reference(beat), seq, words["reason"], by, self.clock)

    def _brief(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident:
        told = (words["brief"], words.get("unknown", ""), words.get("next", ""))
        return review.write_brief(self._reference(beat), *told, by, self.clock)

    def _down(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident:
        same = self.known[words["of"]].reference if "of" in words else None
        told = (self._reference(beat), words["down"], words.get("reason", ""), by, self.clock)
        return incidents.stand_down(*told, duplicate_of=same)


def _hours(desk: Mapping[str, Any]) -> StaffedHours:
    return StaffedHours(desk["zone"], desk["country"], parse_weekly(dict(enumerate(desk["staffed"]))))
