"""The action sheet of a playbook: two pages to print, carry and fill in by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unicodedata import east_asian_width

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from firebreak.domain import statements
from firebreak.domain.playbooks import PHASES, Playbook, Section
from firebreak.web import locale
from firebreak.web.playbooks import ON_PAPER, blueprint, chapters, find

MOST_TEXTS, MOST_CELLS = 3, 4
DENSITIES = ("roomy", "dense", "tight")
"""Sizes of type and space, in playbook.css; never below 8 pt."""
ROOMY, DENSE = 6600, 7950
"""Letters up to which a sheet may be set roomy, or dense."""
LISTS = ("recognise", "first-questions", "tell", "pause-list", "dont", "stand-down-criteria")
_BLANKS = {name: f"[{name}]" for name in statements.PLACEHOLDERS}
_ROW = re.compile(r"\|(.*)\|[ \t]*")
_CELL = re.compile(r"(?<!\\)\|")
_ITEM = re.compile(r"(?:[-*+]|[0-9]+[.)]) ")
_RULE = re.compile(r"[\s|:-]+")


@blueprint.get("/<language>/<scenario>/print")
def sheet(language: str, scenario: str) -> ResponseReturnValue:
    """The action sheet: two pages of A4 to fill in by hand."""
    return html(find(language, scenario))


def html(playbook: Playbook) -> str:
    """The action sheet as HTML, for a browser's print or `firebreak.printing`; all in the playbook's language."""
    with force_locale(locale.LOCALES[playbook.language]):
        on_screen = request.endpoint == "playbooks.sheet"
        return render_template("playbooks/print.html", **parts(playbook), on_screen=on_screen)


def parts(playbook: Playbook) -> dict[str, Any]:
    """What templates/playbooks/_sheet.html is filled with."""
    short = replace(playbook, sections=tuple(map(_short, playbook.sections)))
    named = {chapter.section.id: chapter for chapter in chapters(short, ON_PAPER) if chapter.section.id}
    shortest = sorted(playbook.statements, key=lambda each: len(each.text))[:MOST_TEXTS]
    return {
        "playbook": playbook,
        "chapters": named,
        "phases": [named[phase] for phase in PHASES if phase in named and named[phase].steps],
        "texts": [(each.title, statements.fill(each.text, _BLANKS)) for each in shortest],
        "density": density(playbook),
    }


def _short(section: Section) -> Section:
    """As the sheet prints it: tables as lists, and of who must be told the list alone, without the law behind it."""
    text = listed(section.markdown)
    if section.id == "tell":
        text = "\n".join(_first_list(text.split("\n")))
    return replace(section, markdown=text)


def _first_list(lines: list[str]) -> Iterator[str]:
    """The lines to the end of the first list; all of them where there is none."""
    inside = False
    for line in lines:
        item = bool(_ITEM.match(line))
        if inside and line.strip() and not item and not line.startswith(" "):
            return
        inside = inside or item
        yield line


def density(playbook: Playbook) -> str:
    """The roomiest of DENSITIES that should keep the sheet to two pages."""
    found = letters(playbook)
    return DENSITIES[(found > ROOMY) + (found > DENSE)]


def letters(playbook: Playbook) -> int:
    """How much a sheet has to hold, in letters of ordinary width; a step costs a line however short it is."""
    prose = sum(width(_short(section).markdown) for section in playbook.sections if section.id in LISTS)
    return prose + sum(max(80, width(step.title)) + 40 * bool(step.options) for step in playbook.steps)


def width(text: str) -> int:
    """Its letters, Chinese ones counted double: they are as wide."""
    return len(text) + sum(east_asian_width(letter) in "WF" for letter in text)


def listed(markdown: str) -> str:
    """The Markdown with each table as a list, a row an item: half a page is too narrow for five columns, and four say
    who, when, by whom and who else."""
    lines: list[str] = []
    inside = False
    for line in markdown.split("\n"):
        row = _ROW.fullmatch(line.strip())
        if row is None:
            lines.append(line)
        elif inside and not _RULE.fullmatch(line):
            cells = (cell.strip() for cell in _CELL.split(row.group(1)))
            lines.append("- " + " · ".join(list(filter(None, cells))[:MOST_CELLS]))
        inside = row is not None
    return "\n".join(lines)
