"""A playbook's text while it is written: where it came from, what the check finds, how it would read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from firebreak import library
from firebreak.config import HOME
from firebreak.domain import markdown, wording
from firebreak.domain.playbook_page import with_newlines
from firebreak.domain.playbooks import Problem
from firebreak.domain.refusal import Refused
from firebreak.web import playbooks
from firebreak.web.review_view import today

if TYPE_CHECKING:  # with it comes the reader of playbooks, that a start does without
    from firebreak.playbook_writing import Draft, Written

FORMAT = HOME / "docs/playbook-format.md"
_LINK_INSIDE = re.compile(r' href="(?!https?:|mailto:)[^"]*"')
QUOTED = 100
"""Letters of a line shown beside what is wrong with it."""

PLACEHOLDERS = {
    "brand": _l("the name of the house"),
    "subject": _l("what it is about"),
    "next_update": _l("when the next word comes"),
    "link": _l("where more is said"),
    "spokesperson": _l("who speaks"),
    "channel": _l("where it is posted"),
}
"""What the desk puts in the place of each of `domain.statements.PLACEHOLDERS`."""
MOST_COMPARED = 4_000
"""Lines of both texts: the time grows with their square, and a hostile pair of this length takes a second."""
Lines = tuple[tuple[wording.Line, ...], ...]


class Name(NamedTuple):
    """What tells a playbook from every other."""

    language: str
    scenario: str


@dataclass(frozen=True)
class Finding:
    """A problem as it is shown. `line` is one of the text that is being written, 0 for one of another file; `quote` is
    what stands there."""

    problem: Problem
    line: int
    quote: str


@dataclass
class Sheet:
    """A text in the editor. `seen` is the hash of the file it began with, "" for none; `written` that file now."""

    name: Name
    text: str
    seen: str
    written: Written | None

    @cached_property
    def draft(self) -> Draft:
        from firebreak import playbook_writing

        return playbook_writing.draft(self.text, *self.name, today())

    def page(self) -> dict[str, Any]:
        """What the frame of the page needs."""
        in_use = library.exactly(*self.name)
        return {
            "title": in_use.title if in_use else self.name.scenario,
            "fragments": [(name, beginning(each.text)) for name, each in library.fragments(self.name.language).items()],
            "in_use": in_use,
            "unsaved": self.text != (self.written.text if self.written else ""),
            "placeholders": PLACEHOLDERS,
            "has_shipped": lambda: bool(shipped(self.name)),
        }

    def checked(self) -> dict[str, Any]:
        """What playbooks/_checked.html needs."""
        playbook, problems = self.draft.playbook, self.draft.problems
        errors = sum(problem.level == "error" for problem in problems)
        prose = playbooks.prose(self.name.language)
        return {
            "sheet": self,
            "playbook": playbook,
            "chapters": tuple(playbooks.chapters(playbook, prose)) if playbook else (),
            "guidance": prose,
            "findings": findings(problems, self.text, self.name),
            "counted": counted(errors, len(problems) - errors),
        }

    def conflict(self) -> dict[str, Any]:
        """The text that somebody else saved, and how it differs from this one."""
        newest = self.written.text if self.written else ""
        return {"newest": self.written, "groups": difference(newest, self.text)}

    def shipped(self) -> dict[str, Any]:
        """The house's text of the same name, "" for none, and how it differs from the desk's own."""
        text = shipped(self.name)
        return {"shipped": text, "groups": difference(self.text, text) if text else ()}


# --- where a text comes from -----------------------------------------------------------------------


def name(language: str, scenario: str) -> Name | None:
    """The name, or None for one that no file may have."""
    from firebreak import playbook_writing

    return Name(language, scenario) if playbook_writing.may_be_named(language, scenario) else None


def opened(name: Name, title: str = "") -> Sheet:
    """The file as it is; a skeleton of that title where there is none."""
    from firebreak import playbook_writing

    written = found(name)
    text = written.text if written else playbook_writing.skeleton(*name, title, today())
    return Sheet(name, text, written.hash if written else "", written)


def sent(name: Name) -> Sheet:
    """What the form holds. `over` is the hash of a newer file that is to be replaced knowingly."""
    text = with_newlines(request.form.get("text", ""))
    seen = request.form.get("over", request.form.get("seen", ""))
    return Sheet(name, text, seen, found(name))


def found(name: Name) -> Written | None:
    """The file as it is; None for none. Refused: playbook_unreadable, for one the desk may not read."""
    from firebreak import playbook_writing

    try:
        return playbook_writing.written(*name)
    except OSError as error:
        raise Refused("playbook_unreadable", why=error.strerror or str(error)) from error


def shipped(name: Name) -> str:
    """What the house's file of that name says; "" for none."""
    path = library.folders()[0] / name.language / f"{name.scenario}.md"
    return path.read_text("utf-8", "replace") if path.is_file() else ""


# --- what is to be told of it ----------------------------------------------------------------------


def findings(problems: Iterable[Problem], text: str, name: Name) -> list[Finding]:
    """Errors first, then by line; the problems of a file that the text brings in come after its own."""
    lines, home = text.split("\n"), f"/{name.language}/{name.scenario}.md"
    found = [_finding(problem, lines, problem.path.endswith(home)) for problem in problems]
    return sorted(found, key=lambda each: (each.problem.level != "error", not each.line, each.problem.line))


def _finding(problem: Problem, lines: list[str], here: bool) -> Finding:
    if not here or not 1 <= problem.line <= len(lines):
        return Finding(problem, 0, "")
    quote = lines[problem.line - 1].strip()
    return Finding(problem, problem.line, quote if len(quote) <= QUOTED else f"{quote[:QUOTED]}…")


def counted(errors: int, warnings: int) -> str:
    """ "2 errors, 1 warning", as it is said when it changes."""
    if not errors + warnings:
        return _("Nothing to mend.")
    parts = [ngettext("%(num)d error", "%(num)d errors", errors)] if errors else []
    parts += [ngettext("%(num)d warning", "%(num)d warnings", warnings)] if warnings else []
    return _(", ").join(parts)


def difference(old: str, new: str) -> Lines | None:
    """The lines that differ, in groups; None for texts too long to be compared."""
    long = old.count("\n") + new.count("\n") > MOST_COMPARED
    return None if long else wording.lines(old, new)


def beginning(text: str) -> str:
    """The first paragraph in plain words."""
    return markdown.plain(text.partition("\n\n")[0].replace("\n", " "))


@cache
def format_document() -> tuple[str, ...]:
    """The document on the format, as HTML chapter by chapter. Links to other files of the source lead nowhere here; the
    empty corner of a table heads nothing."""
    text = FORMAT.read_text("utf-8") if FORMAT.is_file() else ""
    parts = re.split(r"(?m)^(?=## )", text) if text else []
    return tuple(_LINK_INSIDE.sub("", markdown.render(part)).replace("<th></th>", "<td></td>") for part in parts)
