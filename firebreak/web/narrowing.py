"""What the address of a list asks for: filters and words, for the page, its download, and the links between them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, request, url_for
from flask_babel import gettext as _

from firebreak.domain import search
from firebreak.domain.channels import CHANNELS
from firebreak.store.finding import Wanted
from firebreak.web.words import SEVERITIES, word

STATES = ("open", "stood_down")
EXERCISES = {"only": True, "without": False}
LARGEST = 2**31 - 1
"""The number of a row is a 32-bit integer on PostgreSQL."""
_SCENARIO = re.compile(r"[a-z0-9-]{1,200}")
_PERSON = re.compile(r"[1-9][0-9]{0,9}")


@dataclass(frozen=True)
class Asked:
    """The parameters that are not empty, as they were given, and what they mean."""

    given: Mapping[str, str]
    wanted: Wanted

    def link(self, endpoint: str = "incidents.index", **other: str) -> str:
        """An address with the same parameters but for these; an empty one is left out."""
        kept = {name: value for name, value in {**self.given, **other}.items() if value}
        return url_for(endpoint, **kept)  # type: ignore[arg-type]

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        return tuple(self.given.items())

    @property
    def filters(self) -> int:
        """How many of those in the fold are set."""
        return len(self.given.keys() - {"q", "state"})


def asked() -> Asked:
    """Of this request; 404 for a code that nothing has. An empty parameter is none, so that a plain form works."""
    names = ("q", "state", "severity", "scenario", "channel", "person", "exercise")
    given = {name: value for name in names if (value := request.args.get(name, "").strip())}
    known = {
        "state": given.get("state", "open") in STATES,
        "severity": given.get("severity", "minor") in SEVERITIES,
        "scenario": _SCENARIO.fullmatch(given.get("scenario", "x")),
        "channel": given.get("channel", "x") in CHANNELS,
        "person": _PERSON.fullmatch(given.get("person", "1")),
        "exercise": given.get("exercise", "only") in EXERCISES,
    }
    if not all(known.values()):
        abort(404)
    return Asked(given, _wanted(given))


def _wanted(given: Mapping[str, str]) -> Wanted:
    plain = {name: given.get(name, "") for name in ("state", "severity", "scenario", "channel")}
    person = min(int(given["person"]), LARGEST) if "person" in given else None
    exercise = EXERCISES.get(given.get("exercise", ""))
    terms = search.parse(given["q"]) if "q" in given else None
    return Wanted(**plain, person=person, exercise=exercise, terms=terms)


@dataclass(frozen=True)
class Chip:
    """A filter in force, in words, and the address of the list without it."""

    text: str
    without: str


def chips(asked: Asked, people: Mapping[int, str], titles: Mapping[str, str]) -> Sequence[Chip]:
    """Every parameter that narrows the list, so that each can be taken away."""
    return [Chip(_said(name, value, people, titles), asked.link(**{name: ""})) for name, value in asked.given.items()]


def _said(name: str, value: str, people: Mapping[int, str], titles: Mapping[str, str]) -> str:
    if name == "q":
        return _("“%(words)s”", words=value if len(value) <= 60 else f"{value[:60]}…")
    if name == "exercise":
        return _("Exercises only") if value == "only" else _("Without exercises")
    if name == "scenario":
        return titles.get(value, value)
    return people.get(int(value), f"#{value}") if name == "person" else word(name, value)
