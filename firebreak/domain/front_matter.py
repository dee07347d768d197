"""The YAML block at the head of a playbook: read with its lines, checked by a schema.

Every value is taken as the text the author wrote, so `no`, `12:30` and `2026-11-21` mean what they say; the schema
makes dates and durations of them. Anchors, aliases and tags are refused: a playbook needs none, a bomb does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from yaml import CSafeLoader, MarkedYAMLError, YAMLError, compose
from yaml import parse as events
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, Event, NodeEvent
from yaml.nodes import MappingNode, Node, SequenceNode

from firebreak.domain.playbook_head import LEGAL, FrontMatter, explained, is_desk_clock
from firebreak.domain.playbook_page import Page, shown

LONGEST = 64_000
DEEPEST = 6
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
NO_VALUE = "tag:yaml.org,2002:null"

Where = tuple[str | int, ...]


class _Refused(Exception):
    """YAML that a playbook may not hold: line (from 1), code, message, cure."""


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
            page.error(_line(error, lines), *explained(error))
        return None, lines


def _loaded(text: str) -> tuple[dict[str, Any], dict[Where, int]]:
    """The values as plain text, lists and mappings, and the line of each. Raises _Refused."""
    try:
        _check_events(text)
        node = compose(text, Loader=CSafeLoader)
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
    for event in events(text, Loader=CSafeLoader):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        _check_event(event, depth)


def _check_event(event: Event, depth: int) -> None:
    line = _line_of(event)
    if depth > DEEPEST:
        raise _Refused(line, "too-deep", f"values are nested over {DEEPEST} deep", "Flatten them as the format says")
    if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
        raise _Refused(
            line, "yaml-anchor", "anchors (&) and aliases (*) are refused", "Write the value out, or quote it"
        )
    if getattr(event, "tag", None):
        raise _Refused(line, "yaml-tag", "tags (!) are refused", "Leave the tag out, or quote the value")


def _line_of(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


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
    legal = {name: clock for name, clock in clocks.items() if not is_desk_clock(name)}
    lines.update({(LEGAL, *where[1:]): line for where, line in lines.items() if where[:1] == ("clocks",)})
    return {**given, "clocks": {name: clocks[name] for name in clocks if name not in legal}, LEGAL: legal}


def _line(error: ErrorDetails, lines: dict[Where, int]) -> int:
    where = error["loc"]
    return next((lines[where[:end]] for end in range(len(where), 0, -1) if where[:end] in lines), 1)
