"""Texts that playbooks share: a line `{include=pause-list}` stands for the fragment of that name.

One edit of a fragment serves every playbook that includes it. The lines are put in before anything is read, so what a
playbook is saved as is whole, and `Places` still tells of every line which file it came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from firebreak.domain.playbook_page import decoded, lines_of, shown
from firebreak.domain.playbooks import LARGEST, MOST_LINES, Places, Problem

FOLDER = "fragments"
LARGEST_FRAGMENT = 64_000
"""Bytes of a fragment."""

_INCLUDE = re.compile(r"([ ]*)\{\s*include\s*=\s*\"?([^\s{}\"]+)\"?\s*\}[ \t]*")
_HEADING = re.compile(r" {0,3}#{1,2}\s")


@dataclass(frozen=True)
class Fragment:
    """A shared text and the file it stands in; `text` has plain line ends."""

    path: str
    text: str


Fragments = Mapping[str, Fragment]
"""Name -> fragment, of one language."""


@dataclass(frozen=True)
class Whole:
    """A playbook's lines with its fragments in them, where each came from, and what was wrong on the way."""

    lines: list[str]
    places: Places
    problems: tuple[Problem, ...] = ()


def expand(path: str, lines: list[str], first: int, fragments: Fragments) -> Whole:
    """The lines with the fragments put in, from line index `first` on."""
    if not any(_INCLUDE.fullmatch(line) for line in lines[first:]):
        return Whole(lines, Places(((1, path, 1),)))
    return _put_in(path, lines, first, fragments)


def _put_in(path: str, lines: list[str], first: int, fragments: Fragments) -> Whole:
    whole, runs, problems, letters = lines[:first], [(1, path, 1)], [], sum(map(len, lines))
    for number, line in enumerate(lines[first:], first + 1):
        found = _INCLUDE.fullmatch(line)
        fragment = fragments.get(found.group(2)) if found else None
        if found and fragment:
            added = fragment.text.split("\n")
            letters += len(fragment.text) + len(found.group(1)) * len(added)
            if letters > LARGEST or len(whole) + len(added) > MOST_LINES:  # each of many short lines may ask for much
                return Whole(lines, Places(((1, path, 1),)), (_too_big(path, number),))
            runs += [(len(whole) + 1, fragment.path, 1)]
            whole += [found.group(1) + each if each else "" for each in added]
            runs += [(len(whole) + 1, path, number + 1)]
        else:
            problems += [_unknown(path, number, found.group(2), fragments)] if found else []
            whole.append(line)
    return Whole(whole, Places(tuple(runs)), tuple(problems))


def read(data: bytes, path: str) -> Fragment:
    """The fragment in the bytes of a file. Raises PlaybookError as the reader of a playbook does."""
    text, _raw = decoded(data, path, LARGEST_FRAGMENT)
    return Fragment(path, "\n".join(lines_of(text)).strip("\n"))


def check(fragment: Fragment) -> Iterator[Problem]:
    """What is wrong with a fragment itself."""
    for number, line in enumerate(fragment.text.split("\n"), 1):
        if _INCLUDE.fullmatch(line):
            cure = "Write the text out, or include both in the playbook"
            yield Problem(fragment.path, number, "nested-include", "a fragment includes another", cure)
        if _HEADING.match(line) or (number == 1 and line.rstrip() == "---"):
            cure = "Leave it to the playbook that includes the text"
            yield Problem(fragment.path, number, "heading-in-fragment", "a fragment holds a heading or a head", cure)


def _unknown(path: str, line: int, name: str, fragments: Fragments) -> Problem:
    known = f"Use one of {', '.join(sorted(fragments))}" if fragments else "This language has none yet"
    cure = f"{known}, or write {FOLDER}/{name}.md beside the playbook"
    return Problem(path, line, "unknown-fragment", f"there is no fragment {shown(name)}", cure)


def _too_big(path: str, line: int) -> Problem:
    message = f"with its fragments the playbook is over {LARGEST:,} characters or {MOST_LINES:,} lines"
    return Problem(path, line, "too-big", message, "Include each fragment once")
