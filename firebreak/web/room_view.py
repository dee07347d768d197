"""An incident as its room shows it: folded facts joined with the words of the playbook and the names of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from markupsafe import Markup

from firebreak import library
from firebreak.domain import clocks
from firebreak.domain.deciding.record import BUTTON_MOMENTS
from firebreak.domain.deciding.steps import PHASES, ROLES
from firebreak.domain.events import EventKind
from firebreak.domain.incidents import Incident, Step
from firebreak.domain.playbooks import Option, Playbook
from firebreak.domain.text import moment
from firebreak.store import queries
from firebreak.store.accounts import Account
from firebreak.web import here, locale, reasons, room_fit, words

SAME_NIGHT = timedelta(hours=12)
SOON = timedelta(hours=2)
RUNNING = ("breached", "warning", "running")


@dataclass(frozen=True)
class StepRow:
    """A line of the checklist with its title; `overdue` when it waits past its time."""

    step: Step
    title: str
    overdue: bool


@dataclass(frozen=True)
class PhaseRows:
    """A part of the checklist; `left` counts what still waits."""

    id: str
    rows: tuple[StepRow, ...]

    def asks(self, now: datetime) -> bool:
        """Whether something in it is due soon or over: then it is shown unfolded."""
        return any(row.step.state == "open" and row.step.due < now + SOON for row in self.rows)

    @property
    def left(self) -> int:
        return sum(row.step.state == "open" for row in self.rows)


@dataclass(frozen=True)
class Silence:
    """How long nothing was said in public since `since`, which is the moment `moment`; `ended` when it was broken."""

    since: datetime
    moment: str
    length: timedelta
    ended: datetime | None


@dataclass(frozen=True)
class RoleRow:
    """A job and who holds it (None: nobody)."""

    role: str
    person: int | None
    duty: str


class Room:
    """What the template asks for. Everything is worked out on demand, once."""

    def __init__(self, incident: Incident, now: datetime) -> None:
        self.incident = incident
        self.now = now

    @cached_property
    def playbook(self) -> Playbook | None:
        """The version in use; None when none was chosen, or its text can no longer be read."""
        return library.version(self.incident.playbook.hash) if self.incident.playbook else None

    @cached_property
    def tongue(self) -> Markup:
        """` lang="…"` for texts of the playbook, where the reader reads another language; else nothing."""
        return locale.tongue(self.playbook.language) if self.playbook else Markup()

    @cached_property
    def names(self) -> Mapping[int, str]:
        return here.names()

    @cached_property
    def people(self) -> list[Account]:
        """Who can be given a job: everybody active who may work on incidents."""
        return [person for person in queries.people(only_active=True) if person.may("responder")]

    def name(self, person: int | None) -> str:
        """A person's name now; "Firebreak" for what the desk did by itself."""
        return "Firebreak" if person is None else self.names.get(person) or f"#{person}"

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Step id -> title, of today's playbook and of earlier ones."""
        found: dict[str, str] = {}
        for playbook in self._playbooks_so_far:
            found |= {step.id: step.title for step in playbook.steps}
        return found | {id: step.title for id, step in self.incident.steps.items() if step.own and step.title}

    @cached_property
    def _playbooks_so_far(self) -> Sequence[Playbook]:
        chosen = (fact.event.data for fact in self.incident.facts if fact.event.kind is EventKind.PLAYBOOK_CHOSEN)
        versions = (library.version(hash) for hash in dict.fromkeys(data["hash"] for data in chosen))
        return [version for version in versions if version]

    @cached_property
    def texts(self) -> tuple[object, ...]:
        """What lines of the log take from elsewhere than their entries: playbooks, by hash, and steps of one's own."""
        own = tuple((id, step.title) for id, step in self.incident.steps.items() if step.own)
        return (*(playbook.hash for playbook in self._playbooks_so_far), *own, *self.named.items())

    def playbook_title(self, hash: str, scenario: str) -> str:
        """The title of a version; its scenario where the text is gone."""
        version = library.version(hash)
        return version.title if version else scenario

    @cached_property
    def named(self) -> Mapping[str, str]:
        """Scenario -> title, of the playbooks that entries name without a version: declined, or judged right."""
        kinds = (EventKind.SUGGESTION_DECLINED, EventKind.PLAYBOOK_JUDGED)
        facts = (fact.event.data["scenario"] for fact in self.incident.facts if fact.event.kind in kinds)
        return {scenario: reasons.scenario_title(scenario) for scenario in dict.fromkeys(facts)}

    def choice_title(self, step: str, choice: str) -> str:
        """What an option of a decision was called."""
        listed = (playbook.step(step) for playbook in self._playbooks_so_far)
        options = (option for found in listed if found for option in found.options)
        return next((option.title for option in options if option.id == choice), choice)

    def options(self, step: str) -> tuple[Option, ...]:
        """What a decision of the playbook in use may choose from."""
        listed = self.playbook.step(step) if self.playbook else None
        return listed.options if listed else ()

    def title(self, step: str) -> str:
        """A step's title; its id, spelt out, where no text of it is left."""
        return self.titles.get(step) or step.replace("-", " ").capitalize()

    def clock_step(self, clock: str) -> str:
        """The title of the step a clock waits for; "" for other clocks."""
        return self.title(clock.removeprefix("step:")) if clock.startswith("step:") else ""

    @cached_property
    def hour(self) -> datetime:
        """The hour of `now`: what lines of the log say may depend on it, and on no shorter time."""
        return self.now.replace(minute=0, second=0, microsecond=0)

    def near(self, at: datetime) -> str:
        """The time alone where it can only be today's or last night's; else with its day."""
        return locale.clock_time(at) if abs(self.hour - at) < SAME_NIGHT else locale.when_short(at)

    @staticmethod
    def time(stamp: str) -> datetime | None:
        """A time of the log's data."""
        return moment(stamp)

    @staticmethod
    def day(written: str) -> date:
        """A date of the log's data."""
        return date.fromisoformat(written)

    @staticmethod
    def changed(data: Mapping[str, Any]) -> str:
        """What a correction changed, in words: "Text, When it happened"."""
        keys = [*(["at"] if data.get("at") else []), *data.get("codes", ()), *data.get("body", ())]
        return words.listed("field", (key for key in keys if key != "html"))

    @cached_property
    def readings(self) -> tuple[clocks.Reading, ...]:
        return clocks.readings(self.incident, self.now)

    @property
    def running(self) -> list[clocks.Reading]:
        """Clocks that still ask for something, what is due first on top."""
        asking = [reading for reading in self.readings if reading.status in RUNNING and self.is_open]
        return sorted(asking, key=lambda reading: reading.clock.due)

    @property
    def settled(self) -> list[clocks.Reading]:
        """The other clocks."""
        running = self.running
        return [reading for reading in self.readings if reading not in running]

    @property
    def breached(self) -> int:
        """How many clocks are past their time and still running."""
        return sum(reading.status == "breached" for reading in self.readings)

    @cached_property
    def silence(self) -> Silence:
        moments = self.incident.moments
        start = "began" if "began" in moments else "noticed"
        ended = moments.get("first_response")
        until = ended or moments.get("stood_down") or self.now
        return Silence(moments[start], start, max(until - moments[start], timedelta()), ended)

    # --- the checklist ---

    @cached_property
    def phases(self) -> tuple[PhaseRows, ...]:
        """The parts of the checklist that have steps, in order."""
        current = [step for step in self.incident.steps.values() if step.current]
        grouped = ((phase, [step for step in current if step.phase == phase]) for phase in PHASES)
        return tuple(PhaseRows(phase, tuple(map(self.row, steps))) for phase, steps in grouped if steps)

    @cached_property
    def next_step(self) -> StepRow | None:
        """What to do next: the open step due first, a critical one before others of that time."""
        waiting = [row for phase in self.phases for row in phase.rows if row.step.waits]
        return min(waiting, key=lambda row: (row.step.due, not row.step.critical), default=None)

    @cached_property
    def earlier(self) -> tuple[StepRow, ...]:
        """Steps that only an earlier playbook asked for."""
        return tuple(self.row(step) for step in self.incident.steps.values() if not step.current)

    @property
    def steps_done(self) -> tuple[int, int]:
        """Settled, and all, of the steps in force."""
        rows = [row for phase in self.phases for row in phase.rows]
        return sum(row.step.state != "open" for row in rows), len(rows)

    def row(self, step: Step) -> StepRow:
        working = self.incident.state == "open"
        return StepRow(step, self.title(step.id), working and step.waits and step.due < self.now)

    @cached_property
    def open_critical(self) -> tuple[StepRow, ...]:
        return tuple(map(self.row, self.incident.open_critical))

    # --- people and moments ---

    @cached_property
    def roles(self) -> tuple[RoleRow, ...]:
        duties = self.playbook.roles if self.playbook else {}
        return tuple(RoleRow(role, self.incident.roles.get(role), duties.get(role, "")) for role in ROLES)

    @property
    def moments_left(self) -> list[str]:
        """The moments that a button can still record; taking the lead has a button of its own."""
        return [m for m in BUTTON_MOMENTS if m != "acknowledged" and m not in self.incident.moments]

    @property
    def moments_now(self) -> list[str]:
        """Those that can be recorded now: after standing down, that it is contained."""
        return [name for name in self.moments_left if self.is_open or name == "contained"]

    @cached_property
    def better(self) -> room_fit.Better | None:
        """The playbook that the facts now fit better than the one in use."""
        return room_fit.better(self.incident)

    @property
    def is_open(self) -> bool:
        return self.incident.state == "open"
