"""The YAML block at the head of a playbook: read with its lines, checked by a schema.

Every value is taken as the text the author wrote, so `no`, `12:30` and `2026-11-21` mean what they say; the schema
makes dates and durations of them. Anchors, aliases and tags are refused: a playbook needs none, a bomb does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, Event, NodeEvent
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from firebreak.domain import channels, durations
from firebreak.domain.playbook_page import ID_PATTERN, LONGEST_ID, Page, shown
from firebreak.domain.playbooks import LANGUAGES, MOMENTS, ROLES, SEVERITIES, TIMES

LONGEST = 64_000
DEEPEST = 6
CLOCKS = ("acknowledge", "first_response", "next_update", "contain")
LEGAL = "legal clocks"
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
NO_VALUE = "tag:yaml.org,2002:null"

Where = tuple[str | int, ...]


class _Refused(Exception):
    """YAML that a playbook may not hold: line (from 1), code, message, cure."""


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


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Id = Annotated[str, StringConstraints(pattern=rf"^{ID_PATTERN}$", max_length=LONGEST_ID)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Severity = Annotated[str, _one_of(SEVERITIES)]
Role = Annotated[str, _one_of(ROLES)]
Signal = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=200)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SignalsPart(_Part):
    words: tuple[Signal, ...] = ()
    strong: tuple[Signal, ...] = ()
    against: tuple[Signal, ...] = ()
    channels: tuple[Annotated[str, BeforeValidator(_channel)], ...] = ()
    times: tuple[Annotated[str, _one_of(TIMES)], ...] = ()


class LegalPart(_Part):
    title: Words
    start: Annotated[str, _one_of(MOMENTS)] = Field(alias="from")
    limit: Duration


class SourcePart(_Part):
    title: Words
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=2000)]


class FrontMatter(_Part):
    """The schema of the head. `legal` are the clocks that are not the desk's own."""

    title: Words
    scenario: Id
    language: Annotated[str, _one_of(LANGUAGES)]
    severity: Severity
    summary: Words
    signals: SignalsPart = SignalsPart()
    clocks: dict[str, dict[Severity, Duration]] = {}
    legal: dict[Id, LegalPart] = Field(default={}, alias="legal clocks")
    roles: Annotated[dict[Role, Words], Field(min_length=1)]
    approval: dict[Severity, tuple[Role, ...]] = {}
    owner: Words
    deputy: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""
    reviewed: Annotated[date, BeforeValidator(_date)]
    sources: tuple[SourcePart, ...] = ()


def end_of(lines: list[str]) -> int | None:
    """The index of the line that closes the front matter; None where none is opened or closed."""
    if not lines or lines[0].rstrip() != "---":
        return None
    return next((index for index, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)


def read(page: Page, end: int) -> tuple[FrontMatter | None, dict[Where, int]]:
    """The front matter in the lines before `end`, and the line of each key; None, with problems, if it is not right."""
    try:
        data, lines = _loaded("\n".join(["", *page.lines[1:end]]))
    except _Refused as refusal:
        page.error(*refusal.args)
        return None, {}
    try:
        return FrontMatter.model_validate(data), lines
    except ValidationError as errors:
        for error in errors.errors(include_url=False, include_context=False):
            page.error(_line(error, lines), *_explained(error))
        return None, lines


def _loaded(text: str) -> tuple[dict[str, Any], dict[Where, int]]:
    """The values as plain text, lists and mappings, and the line of each. Raises _Refused."""
    try:
        _check_events(text)
        node = YAML(typ="safe", pure=True).compose(text)
    except YAMLError as error:
        raise _Refused(*_yaml_problem(error)) from error
    if not isinstance(node, MappingNode):
        raise _Refused(1, "bad-front-matter", "the front matter holds no keys", "Write `title: …` and its other keys")
    lines: dict[Where, int] = {}
    data: dict[str, Any] = _value(node, (), lines)
    return _legal_apart(data, lines), lines


def _check_events(text: str) -> None:
    """Refuses what is too long or deep before anything is built: a long run of brackets costs minutes."""
    if len(text) > LONGEST:
        raise _Refused(1, "front-matter-too-long", f"the front matter is over {LONGEST:,} characters", "Shorten it")
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        _check_event(event, depth)


def _check_event(event: Event, depth: int) -> None:
    line = event.start_mark.line + 1
    if depth > DEEPEST:
        raise _Refused(line, "too-deep", f"values are nested over {DEEPEST} deep", "Flatten them as the format says")
    if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
        raise _Refused(
            line, "yaml-anchor", "anchors (&) and aliases (*) are refused", "Write the value out, or quote it"
        )
    if getattr(event, "tag", None):
        raise _Refused(line, "yaml-tag", "tags (!) are refused", "Leave the tag out, or quote the value")


def _yaml_problem(error: YAMLError) -> tuple[int, str, str, str]:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    problem = (error.problem if isinstance(error, MarkedYAMLError) else None) or str(error).splitlines()[0]
    cure = "Check indentation, colons and quotes; quote a value that holds a colon or starts with a sign"
    return (mark.line + 1 if mark else 1), "bad-yaml", f"this is not YAML: {problem}", cure


def _value(node: Node, where: Where, lines: dict[Where, int]) -> Any:
    lines.setdefault(where, node.start_mark.line + 1)
    if isinstance(node, MappingNode):
        return dict(_pairs(node, where, lines))
    if isinstance(node, SequenceNode):
        return [_value(item, (*where, index), lines) for index, item in enumerate(node.value)]
    return None if node.tag == NO_VALUE else _storable(str(node.value), node)


def _storable(text: str, node: Node) -> str:
    if found := _UNSTORABLE.search(text):
        line, code = node.start_mark.line + 1, f"U+{ord(found.group()):04X}"
        raise _Refused(line, "bad-character", f"{code} is hidden in the value", "Remove it: no database keeps one")
    return text


def _pairs(node: MappingNode, where: Where, lines: dict[Where, int]) -> Iterator[tuple[str, Any]]:
    for key, value in node.value:
        line, name = key.start_mark.line + 1, key.value
        if not isinstance(name, str):
            raise _Refused(line, "bad-yaml", "a key has to be a word", "Quote the value before the colon")
        if (*where, name) in lines:
            raise _Refused(line, "duplicate-key", f"the key {shown(name)} is given twice", "Keep one of the two")
        lines[(*where, name)] = line
        yield name, _value(value, (*where, name), lines)


def _legal_apart(data: dict[str, Any], lines: dict[Where, int]) -> dict[str, Any]:
    """The data with the clocks of the law taken out of `clocks`; an empty key counts as not written."""
    given = {key: value for key, value in data.items() if value is not None}
    clocks = given.get("clocks")
    if not isinstance(clocks, dict):
        return given
    legal = {name: clock for name, clock in clocks.items() if not _is_desk_clock(name)}
    lines.update({(LEGAL, *where[1:]): line for where, line in lines.items() if where[:1] == ("clocks",)})
    return {**given, "clocks": {name: clocks[name] for name in clocks if name not in legal}, LEGAL: legal}


def _is_desk_clock(name: str) -> bool:
    clock, _, channel = name.partition(":")
    return clock in CLOCKS and (not channel or (clock == "first_response" and channel in channels.CHANNELS))


def _line(error: ErrorDetails, lines: dict[Where, int]) -> int:
    where = error["loc"]
    return next((lines[where[:end]] for end in range(len(where), 0, -1) if where[:end] in lines), 1)


def _explained(error: ErrorDetails) -> tuple[str, str, str]:
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
