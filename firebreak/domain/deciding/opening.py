"""Opening, titles, severity, channels and the choice of a playbook."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from firebreak.domain.channels import CHANNELS
from firebreak.domain.deciding import still_open
from firebreak.domain.events import Event, EventKind
from firebreak.domain.incidents import Incident
from firebreak.domain.playbooks import Playbook
from firebreak.domain.refusal import Refused
from firebreak.domain.text import LONGEST_LINE, clean, happened, required, stamp

K = EventKind
SEVERITIES = ("critical", "serious", "minor", "watch")
LANGUAGES = ("en", "fr", "zh")
TITLE_LENGTH = 80


@dataclass(frozen=True)
class Opening:
    """What a person says when a storm is seen. `began_at` None is "don't know"; `noticed_at` None is "now".

    `matches`, `none`: how well each scenario was found to fit, best first, and no crisis at all. `answers`: those given
    to the questions of `firebreak.domain.separating`.
    """

    report: str
    title: str = ""
    severity: str = "serious"
    language: str = "en"
    channels: tuple[str, ...] = ()
    began_at: datetime | None = None
    noticed_at: datetime | None = None
    exercise: bool = False
    cover: str = "staffed"
    matches: Sequence[tuple[str, float]] = field(default_factory=tuple)
    none: float = 0.0
    answers: Mapping[str, bool] = field(default_factory=dict)
    html: str = ""


def open_incident(incident: Incident, opening: Opening, actor: int | None, now: datetime) -> list[Event]:
    """Entry 1. The title is proposed from the report where none was given."""
    if incident.seq:
        raise Refused("already_open", reference=incident.reference)
    report = required(opening.report, "report")
    title = clean(opening.title, "title", LONGEST_LINE).strip() or propose_title(report)
    noticed = happened(opening.noticed_at, now)
    data = {
        "title": title,
        "report": report,
        "html": opening.html,
        "severity": known(opening.severity, SEVERITIES, "severity"),
        "language": known(opening.language, LANGUAGES, "language"),
        "channels": [known(channel, CHANNELS, "channels") for channel in dict.fromkeys(opening.channels)],
        "noticed_at": stamp(noticed),
        "began_at": stamp(_began(opening.began_at, noticed, now)) if opening.began_at else None,
        "exercise": opening.exercise,
        "cover": opening.cover,
        "matches": [list(match) for match in opening.matches],
        "none": opening.none,
        "answers": dict(opening.answers),
    }
    return [Event(K.INCIDENT_OPENED, now, actor, data)]


def _began(began: datetime, noticed: datetime, now: datetime) -> datetime:
    began = happened(began, now)
    if began > noticed:
        raise Refused("began_after_noticed", began=began, noticed=noticed)
    return began


def known(word: str, words: Collection[str], field: str) -> str:
    """The word, refused when it is not one of `words`."""
    if word not in words:
        raise Refused("unknown_word", field=field, word=word, words=list(words))
    return word


def propose_title(report: str) -> str:
    """The report's first sentence or line, cut at a word near 80 characters."""
    line = next((line.strip() for line in report.splitlines() if line.strip()), "")
    if len(line) <= TITLE_LENGTH:
        return line
    cut = line[:TITLE_LENGTH]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut) + "…"


def retitle(incident: Incident, title: str, actor: int, now: datetime) -> list[Event]:
    """A new title; the old one stays in the log."""
    title = required(title, "title", LONGEST_LINE).strip()
    return [] if title == incident.title else [Event(K.INCIDENT_RETITLED, now, actor, {"title": title})]


def change_severity(
    incident: Incident, severity: str, reason: str, actor: int, now: datetime, at: datetime | None = None
) -> list[Event]:
    """A new severity; lowering it needs a reason."""
    still_open(incident)
    known(severity, SEVERITIES, "severity")
    if severity == incident.severity:
        return []
    lower = SEVERITIES.index(severity) > SEVERITIES.index(incident.severity)
    reason = required(reason, "reason") if lower else clean(reason, "reason")
    data = {"severity": severity, "previous": incident.severity, "reason": reason}
    return [Event(K.SEVERITY_CHANGED, happened(at, now), actor, data)]


def add_channel(incident: Incident, channel: str, actor: int, now: datetime) -> list[Event]:
    """One more channel that the storm has reached."""
    still_open(incident)
    known(channel, CHANNELS, "channel")
    if channel in incident.channels:
        return []
    return [Event(K.CHANNEL_ADDED, now, actor, {"channel": channel})]


def choose_playbook(incident: Incident, playbook: Playbook, actor: int | None, now: datetime) -> list[Event]:
    """This version of this playbook, from now. Ticks are kept by step id."""
    still_open(incident)
    before = incident.playbook
    if before and before.hash == playbook.hash:
        return []
    data = {
        "scenario": playbook.scenario,
        "language": playbook.language,
        "hash": playbook.hash,
        "previous": before.scenario if before else None,
        "steps": [_row(step) for step in playbook.steps],
        "limits": _limits(playbook),
        "legal_clocks": [[c.step, c.start, int(c.limit.total_seconds())] for c in playbook.legal_clocks],
    }
    return [Event(K.PLAYBOOK_CHOSEN, now, actor, data)]


def _row(step: Any) -> dict[str, Any]:
    row = {"step": step.id, "phase": step.phase, "role": step.role, "critical": step.critical}
    row["due"] = int(step.due.total_seconds())
    return row | ({"options": [option.id for option in step.options]} if step.options else {})


def _limits(playbook: Playbook) -> Mapping[str, Mapping[str, int]]:
    return {
        clock: {sev: int(limit.total_seconds()) for sev, limit in by.items()} for clock, by in playbook.limits.items()
    }


def decline_suggestion(
    incident: Incident, scenario: str, scenarios: Collection[str], actor: int, now: datetime
) -> list[Event]:
    """The playbook in use stays: the desk does not suggest this one again. Taken back by striking the entry out."""
    still_open(incident)
    known(scenario, scenarios, "scenario")
    return [] if scenario in incident.declined else [Event(K.SUGGESTION_DECLINED, now, actor, {"scenario": scenario})]
