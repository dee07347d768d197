"""The text of a playbook while it is read: its lines, and the problems found so far."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import dedent

from firebreak.domain.playbooks import LARGEST, MOST_LINES, Places, PlaybookError, Problem

MOST_PROBLEMS = 100
ID_PATTERN = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
OWN_PATTERN = r"own-[0-9]+"  # steps that an incident's people add themselves
LONGEST_ID = 64

_WORD = r"(?:[#.][A-Za-z][\w-]*|[a-z]+=[A-Za-z0-9-]+)"
_SIMPLE = re.compile(rf"\{{{_WORD}(?: {_WORD})*\}}")
_BRACES = re.compile(r"(?<!\{)\{(?!\{)[^{}]*\}[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Marked:
    """A paragraph cut at its trailing braces: the Markdown before, the attributes, the Markdown after."""

    title: str
    attributes: Mapping[str, str]
    rest: str = ""


@dataclass
class Page:
    """One file being read, its fragments in it. `lines` are without line ends; every line number counts from 1."""

    path: str
    lines: list[str]
    places: Places
    problems: list[Problem] = field(default_factory=list)

    def error(self, line: int, code: str, message: str, cure: str) -> None:
        self.problems.append(Problem(*self.places.of(line), code, message, cure))

    def warn(self, line: int, code: str, message: str, cure: str) -> None:
        if len(self.problems) < 10 * MOST_PROBLEMS:  # a hostile file has one on every line
            self.problems.append(Problem(*self.places.of(line), code, message, cure, "warning"))

    @property
    def failed(self) -> bool:
        return any(problem.level == "error" for problem in self.problems)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return capped([problem for problem in self.problems if problem.level == "warning"])

    def source(self, start: int, end: int) -> str:
        """The lines from index `start` up to `end` (from 0, as in `token.map`), dedented, blank edges removed."""
        return dedent("\n".join(self.lines[start:end])).strip("\n")

    def without(self, start: int, end: int, cuts: list[tuple[int, int]]) -> str:
        """As `source`, leaving out the cuts, which are ordered spans of line indexes."""
        edges = [start, *(edge for cut in cuts for edge in cut), end]
        kept = ["\n".join(self.lines[a:b]) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        return dedent("\n".join(kept)).strip("\n")

    def marked(self, text: str, line: int) -> Marked:
        """The paragraph starting on `line`, cut at the first braces that end one of its lines."""
        found = _BRACES.search(text)
        if found is None:
            return Marked(text.strip(), {})
        return Marked(
            text[: found.start()].strip(), self._attributes(found.group().strip(), line), text[found.end() :].strip()
        )

    def _attributes(self, braces: str, line: int) -> Mapping[str, str]:
        if (simple := _simple(braces)) is not None:
            return simple
        from mdit_py_plugins.attrs.parse import ParseError, parse  # only now: it brings the whole reader of Markdown

        try:
            return parse(braces)[1]
        except ParseError as error:
            cure = "Write them as {#id name=value .class}, values with spaces in double quotes"
            self.error(line, "bad-attributes", f"the attributes {shown(braces)} cannot be read: {error}", cure)
            return {}

    def known(self, marked: Marked, line: int, names: set[str], classes: set[str]) -> None:
        """Complains of attributes and classes outside the given ones."""
        given = set(marked.attributes.get("class", "").split())
        odd = sorted(marked.attributes.keys() - names - {"class"}) + [f".{name}" for name in sorted(given - classes)]
        allowed = ", ".join(sorted(names) + [f".{name}" for name in sorted(classes)])
        for name in odd:
            self.error(line, "unknown-attribute", f"nobody reads the attribute {shown(name)}", f"Use only: {allowed}")

    def is_id(self, text: str, line: int) -> bool:
        """Whether the text can be an id; complains if not."""
        if is_name(text) and not re.fullmatch(OWN_PATTERN, text):
            return True
        cure = f"Use small letters, digits and single hyphens, a letter first, at most {LONGEST_ID}: pause-scheduled"
        self.error(line, "bad-id", f"{shown(text)} cannot be an id", cure)
        return False


def is_name(text: str) -> bool:
    """Whether it is written as ids and scenarios are."""
    return len(text) <= LONGEST_ID and re.fullmatch(ID_PATTERN, text) is not None


def _simple(braces: str) -> Mapping[str, str] | None:
    """The attributes where they are as nearly all are; None where the whole reader is needed, which takes ten times as
    long."""
    if not _SIMPLE.fullmatch(braces):
        return None
    words = braces[1:-1].split()
    found = {"class": " ".join(word[1:] for word in words if word[0] == ".")}
    for word in words:
        name, value = ("id", word[1:]) if word[0] == "#" else word.partition("=")[::2]
        if word[0] != "." and found.setdefault(name, value) != value:
            return None
    return {name: value for name, value in found.items() if value}


def decoded(data: str | bytes, path: str, most: int = LARGEST) -> tuple[str, bytes]:
    """The text and its exact bytes. Raises PlaybookError where the file is too big, not UTF-8 or holds NUL."""
    if len(data) > most:
        raise _too_big(path, most)
    try:
        raw = data if isinstance(data, bytes) else data.encode()
        text = raw.decode()
    except UnicodeError as error:
        raise _undecodable(data, error, path) from error
    if len(raw) > most:
        raise _too_big(path, most)
    if "\0" in text:
        raise _refusal(path, *_nul(text))
    return text, raw


def lines_of(text: str) -> list[str]:
    """The lines as Markdown counts them; a byte order mark is no part of the first."""
    return with_newlines(text.removeprefix("\ufeff")).split("\n")


def with_newlines(text: str) -> str:
    """Line ends as files have them: browsers and old editors write others."""
    return re.sub(r"\r\n?", "\n", text)


def few_lines_of(text: str, path: str) -> list[str]:
    """As `lines_of`. Raises PlaybookError for more than a playbook may have: each may be a section or an item."""
    lines = lines_of(text)
    if len(lines) > MOST_LINES:
        message = f"the file has over {MOST_LINES:,} lines"
        raise _refusal(path, MOST_LINES + 1, "too-big", message, "A playbook is read in a storm: shorten it")
    return lines


def shown(text: str) -> str:
    """A typed text inside a message: quoted, in one line, cut when long."""
    return repr(text if len(text) <= 60 else text[:59] + "…")


def capped(problems: list[Problem]) -> tuple[Problem, ...]:
    """The problems by file and line, no more than a person can use."""
    return tuple(sorted(problems, key=lambda problem: (problem.path, problem.line))[:MOST_PROBLEMS])


def _refusal(path: str, line: int, code: str, message: str, cure: str) -> PlaybookError:
    return PlaybookError((Problem(path, line, code, message, cure),))


def _too_big(path: str, most: int) -> PlaybookError:
    return _refusal(path, 1, "too-big", f"the file is over {most:,} bytes", "A playbook is a text: shorten it")


def _undecodable(data: str | bytes, error: UnicodeError, path: str) -> PlaybookError:
    at = error.start if isinstance(error, UnicodeDecodeError | UnicodeEncodeError) else 0
    line = data[:at].count(b"\n" if isinstance(data, bytes) else "\n") + 1  # type: ignore[arg-type]
    unit = "byte" if isinstance(data, bytes) else "character"
    message = f"the file is not UTF-8 text at {unit} {at + 1}"
    return _refusal(path, line, "not-utf8", message, "Save the file as UTF-8")


def _nul(text: str) -> tuple[int, str, str, str]:
    at = text.index("\0")
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return line, "nul", f"a NUL character stands at column {column}", "Remove it: no database keeps one"
