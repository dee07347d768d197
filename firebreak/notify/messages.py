"""The words of a message: subject and plain text, in the receiver's language, zone and clock.

What people typed is hostile: a title is one line without controls, and every line of a report carries a "> ", so
that neither can add a header or pass for the desk's own words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import current_app
from flask_babel import force_locale
from jinja2 import Environment

from firebreak import config
from firebreak.domain import clocks
from firebreak.domain.events import Entry, EventKind
from firebreak.domain.playbooks import PlaybookError
from firebreak.notify.notice import Notice
from firebreak.notify.reader import reader_of
from firebreak.notify.routing import cause
from firebreak.store import outbox

TITLE_LENGTH = 120
REPORT_LENGTH = 1500
SUBJECT_LENGTH = 250
BIDI = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Message:
    """One line and a plain text."""

    subject: str
    body: str


def render(notice: Notice, now: datetime) -> Message:
    """The message; needs an app context, no request."""
    with force_locale(reader_of(notice.person, notice.settings).locale):
        context = _context(notice, now)
        subject = _template(notice, "subject", context)
        body = _template(notice, "body", context)
    return Message(one_line(subject, SUBJECT_LENGTH), re.sub(r"\n{3,}", "\n\n", body).strip() + "\n")


# Not flask.render_template: the context processors of pages expect a request.
def _template(notice: Notice, part: str, context: dict[str, Any]) -> str:
    return _environment().get_template(f"notify/{notice.delivery.kind}/{part}.txt").render(context)


def _environment() -> Environment:
    """The pages' own, but a line that holds only a tag leaves no empty line. Made late: other parts add to theirs."""
    kept = current_app.extensions
    if "notify" not in kept:
        kept["notify"] = current_app.jinja_env.overlay(trim_blocks=True, lstrip_blocks=True)
    environment: Environment = kept["notify"]
    return environment


def one_line(text: str, longest: int) -> str:
    """The text on one line, without control letters or letters that turn the direction of writing; cut at a word."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in BIDI.sub("", text))
    line = " ".join(kept.split())
    if len(line) <= longest:
        return line
    words, _space, _rest = line[:longest].rpartition(" ")
    return (words if 4 * len(words) > 3 * longest else line[: longest - 1]).rstrip(" .,;:") + "…"


def quoted(text: str, longest: int = REPORT_LENGTH) -> str:
    """The beginning of a text, every line marked as somebody else's."""
    cut = text if len(text) <= longest else text[:longest].rstrip() + " …"
    return "\n".join(f"> {one_line(line, longest)}".rstrip() for line in cut.splitlines())


def room_url(reference: str) -> str:
    """The address of the incident's room."""
    return f"{config.address(current_app.config.get('FIREBREAK'))}/incidents/{reference}"


def _context(notice: Notice, now: datetime) -> dict[str, Any]:
    incident, reader = notice.incident, reader_of(notice.person, notice.settings)
    told = [entry for entry in notice.entries if cause(entry.event) == notice.delivery.kind]
    return {
        "incident": incident,
        "title": one_line(incident.title, TITLE_LENGTH),
        "report": quoted(incident.report),
        "lead": _name(notice, incident.lead) if incident.lead is not None else "",
        "actor": _name(notice, told[0].event.actor) if told else "",
        "alarms": list(_alarms(notice)),
        "handed": list(_handed(notice)),
        "raised": told[0].event.data if told and notice.delivery.kind == "severity" else {},
        "clocks": list(_clocks(notice, now)),
        "critical": list(_critical(notice)),
        "room": notice.url,
        "desk": one_line(str(notice.settings.get("desk_name", "")), TITLE_LENGTH),
        "time": reader.clock,
        "when": reader.when,
    }


def _name(notice: Notice, id: int | None) -> str:
    person = notice.people.get(id) if id is not None else None
    return one_line(person.name or person.email, TITLE_LENGTH) if person else ""


def _alarms(notice: Notice) -> Iterator[dict[str, Any]]:
    """Every clock that rang in this commit, breaches first."""
    rung = [entry.event for entry in notice.entries if cause(entry.event) in ("breached", "warned")]
    for event in sorted(rung, key=lambda event: (event.kind is EventKind.CLOCK_WARNED, event.data["due"])):
        due = datetime.fromisoformat(event.data["due"])
        yield _alarm(notice, event.data["clock"], due, event.kind is EventKind.CLOCK_BREACHED)


def _clocks(notice: Notice, now: datetime) -> Iterator[dict[str, Any]]:
    """Every clock that still runs, as it stands now."""
    for reading in clocks.readings(notice.incident, now) if notice.incident.state == "open" else ():
        if reading.status in ("running", "warning", "breached"):
            yield _alarm(notice, reading.clock.id, reading.clock.due, reading.status == "breached")


def _alarm(notice: Notice, clock: str, due: datetime, breached: bool) -> dict[str, Any]:
    """`clock` is its id; a deadline of the playbook is named by the title of its step."""
    title = notice.steps.get(clock.removeprefix("step:"), "")
    return {"clock": clock, "step": one_line(title, TITLE_LENGTH), "due": due, "breached": breached}


def _handed(notice: Notice) -> Iterator[dict[str, Any]]:
    for entry in notice.entries:
        if entry.event.kind is EventKind.ROLE_ASSIGNED:
            data = entry.event.data
            yield {
                "role": data["role"],
                "person": _name(notice, data["person"]),
                "previous": _name(notice, data.get("previous")),
            }


def _critical(notice: Notice) -> Iterator[dict[str, Any]]:
    for step in sorted(notice.incident.open_critical, key=lambda step: step.due):
        title = one_line(step.title or notice.steps.get(step.id, step.id), TITLE_LENGTH)
        yield {"title": title, "role": step.role, "due": step.due}


def coded(entry: Entry) -> dict[str, Any]:
    """What a hook may see of an entry: its codes, never what was typed."""
    event = entry.event
    return {"seq": entry.seq, "kind": str(event.kind), "at": event.at.isoformat(), "codes": event.codes}


@lru_cache(maxsize=64)
def _titles(hash: str) -> dict[str, str]:
    from firebreak.domain.playbook_parser import parse  # only now: web processes use this module for less

    source = outbox.playbook_source(hash)
    try:
        return {step.id: step.title for step in parse(source, hash).steps} if source else {}
    except PlaybookError:
        return {}


def step_titles(hash: str | None) -> dict[str, str]:
    """Step id -> title in the playbook version that the incident uses."""
    return _titles(hash) if hash else {}
