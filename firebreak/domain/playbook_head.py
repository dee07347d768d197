"""The schema of a playbook's front matter: its keys, what each may hold, and how an author hears of a mistake.

`schema()` is the same as a JSON Schema, kept in docs/playbook.schema.json.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails

from firebreak.domain import channels, durations
from firebreak.domain.playbook_page import ID_PATTERN, LONGEST_ID, shown
from firebreak.domain.playbooks import LANGUAGES, MOMENTS, ROLES, SEVERITIES, TIMES

CLOCKS = ("acknowledge", "first_response", "next_update", "contain")
LEGAL = "legal clocks"


def _duration(text: object) -> timedelta:
    limit = durations.parse(str(text))
    if not limit:
        raise ValueError("a limit of nothing is breached at once")
    return limit


def _date(text: object) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise ValueError("a date is written 2026-11-21") from None


def _channel(text: object) -> str:
    if code := channels.canonical(str(text)):
        return code
    raise ValueError(f"no channel is called {shown(str(text))}; they are {', '.join(channels.CHANNELS)}")


def _one_of(words: tuple[str, ...]) -> AfterValidator:
    def check(text: str) -> str:
        if text not in words:
            raise ValueError(f"{shown(text)} is none of {', '.join(words)}")
        return text

    return AfterValidator(check)


def _spelled(**rules: Any) -> WithJsonSchema:
    """How a value is written in a file, for the JSON Schema."""
    return WithJsonSchema({"type": "string", **rules})


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Id = Annotated[str, StringConstraints(pattern=rf"^{ID_PATTERN}$", max_length=LONGEST_ID)]
Duration = Annotated[
    timedelta, BeforeValidator(_duration), _spelled(pattern=r"^(?=[0-9])([0-9]+d)?([0-9]+h)?([0-9]+m)?$")
]
Severity = Annotated[str, _one_of(SEVERITIES), _spelled(enum=SEVERITIES)]
Role = Annotated[str, _one_of(ROLES), _spelled(enum=ROLES)]
Channel = Annotated[str, BeforeValidator(_channel), _spelled(enum=channels.CHANNELS)]
Limits = dict[Severity, Duration]
Signal = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=200)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SignalsPart(_Part):
    words: tuple[Signal, ...] = ()
    strong: tuple[Signal, ...] = ()
    against: tuple[Signal, ...] = ()
    examples: Annotated[tuple[Words, ...], Field(max_length=200)] = ()
    channels: tuple[Channel, ...] = ()
    times: tuple[Annotated[str, _one_of(TIMES), _spelled(enum=TIMES)], ...] = ()


class LegalPart(_Part):
    title: Words
    start: Annotated[str, _one_of(MOMENTS), _spelled(enum=MOMENTS)] = Field(alias="from")
    limit: Duration


class SourcePart(_Part):
    title: Words
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=2000)]


class FrontMatter(_Part):
    """The schema of the head. `legal` are the clocks that are not the desk's own."""

    title: Words
    scenario: Id
    language: Annotated[str, _one_of(LANGUAGES), _spelled(enum=LANGUAGES)]
    severity: Severity
    summary: Words
    signals: SignalsPart = SignalsPart()
    clocks: dict[str, Limits] = {}
    legal: dict[Id, LegalPart] = Field(default={}, alias="legal clocks")
    roles: Annotated[dict[Role, Words], Field(min_length=1)]
    approval: dict[Severity, tuple[Role, ...]] = {}
    deputies: dict[Role, Words] = {}
    owner: Words
    deputy: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""
    reviewed: Annotated[date, BeforeValidator(_date), _spelled(format="date")]
    sources: tuple[SourcePart, ...] = ()


def is_desk_clock(name: str) -> bool:
    """Whether a key of `clocks` is one of the desk's own clocks, or the first response on one channel."""
    clock, _, channel = name.partition(":")
    return clock in CLOCKS and (not channel or (clock == "first_response" and channel in channels.CHANNELS))


def schema() -> dict[str, Any]:
    """The front matter as a JSON Schema (draft 2020-12), as an author writes it: all clocks stand under `clocks`."""
    made = FrontMatter.model_json_schema()
    written = made["properties"]
    limit, _duties = written["clocks"]["additionalProperties"], written.pop(LEGAL)
    on_channel = {f"^first_response:({'|'.join(channels.CHANNELS)})$": limit}
    clocks = {"properties": dict.fromkeys(CLOCKS, limit), "patternProperties": on_channel}
    written["clocks"] = {"type": "object", **clocks, "additionalProperties": {"$ref": "#/$defs/LegalPart"}}
    named = {"title": "Front matter of a Firebreak playbook", "description": "See playbook-format.md."}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, **named}


def explained(error: ErrorDetails) -> tuple[str, str, str]:
    """Code, message and cure for an error of the schema."""
    where = [str(part) for part in error["loc"] if part != "[key]"]
    name = ".".join(where)
    if where[0] == LEGAL:
        return "bad-clock", f"the clock {shown('.'.join(where[1:]))}: {_said(error)}", _CLOCK_CURE
    if error["type"] == "missing":
        return "missing-key", f"the key {shown(name)} is missing", f"Add `{where[-1]}: …` to the front matter"
    if error["type"] == "extra_forbidden":
        return "unknown-key", f"nobody reads the key {shown(name)}", f"Known keys are {', '.join(_KEYS)}"
    return "bad-value", f"{shown(name)} is not right: {_said(error)}", "Write it as the playbook format says"


def _said(error: ErrorDetails) -> str:
    message = error["msg"].removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


_KEYS = [name for name in FrontMatter.model_fields if name != "legal"]
_CLOCK_CURE = (
    f"The desk's clocks are {', '.join(CLOCKS)} (severity: duration); any other is the id of the step that stops it, "
    "with title, from (a moment) and limit"
)
