"""The playbook library: its list, a reading page each, the action sheet for print, and versions incidents have used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Blueprint, Flask, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from firebreak import library
from firebreak.domain import markdown, statements
from firebreak.domain.playbooks import PHASES, HoldingText, Playbook, Section, Step
from firebreak.store import versions
from firebreak.web import locale

blueprint = Blueprint("playbooks", __name__, url_prefix="/playbooks")
HASH_LENGTH = 64


def init_app(app: Flask) -> None:
    """The pages under /playbooks; `page_language` gives templates the language tag of a text."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["page_language"] = lambda language: locale.HTML_LANGUAGES.get(language, language)


@dataclass(frozen=True)
class Chapter:
    """A section as it is shown: `html` is safe; a phase has steps, the statements have texts."""

    anchor: str
    section: Section
    html: str
    steps: tuple[Step, ...] = ()
    texts: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Text:
    """A holding text with its length once filled with words of ordinary length, and the platform's limit."""

    holding: HoldingText
    length: int
    limit: int | None


# Playbooks are long, and the same for everybody who reads them.
render = lru_cache(maxsize=2048)(markdown.render)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Every scenario in every language it was written in; broken files on top."""
    problems = library.problems()
    broken = [problem for problem in problems if problem.level == "error"]
    warnings = [problem for problem in problems if problem.level == "warning"]
    return render_template("playbooks/index.html", shelf=_by_scenario(), broken=broken, warnings=warnings)


def _by_scenario() -> list[tuple[Playbook, list[Playbook]]]:
    """Scenario by scenario: the playbook in the reader's language or the next best, and all of its languages."""
    best = {playbook.scenario: playbook for playbook in library.playbooks(locale.language())}
    every = library.every()
    rows = [(playbook, [each for each in every if each.scenario == scenario]) for scenario, playbook in best.items()]
    return sorted(rows, key=lambda row: row[0].title)


@blueprint.get("/<language>/<scenario>")
def read(language: str, scenario: str) -> ResponseReturnValue:
    """The reading page."""
    playbook = _find(language, scenario)
    return _page(playbook, saved=False, asked=language)


@blueprint.get("/<language>/<scenario>/print")
def sheet(language: str, scenario: str) -> ResponseReturnValue:
    """The action sheet: two pages of A4 to fill in by hand."""
    return sheet_html(_find(language, scenario))


@blueprint.get("/versions/<hash>")
def version(hash: str) -> ResponseReturnValue:
    """The playbook as it was when an incident chose it; its source where it can no longer be read."""
    playbook = library.version(hash)
    if playbook:
        return _page(playbook, saved=True, asked=playbook.language)
    is_hash = len(hash) == HASH_LENGTH and hash.isascii() and hash.isalnum()
    saved = versions.load(hash) if is_hash else None
    return render_template("playbooks/source.html", saved=saved) if saved else abort(404)


def _find(language: str, scenario: str) -> Playbook:
    if language not in locale.LANGUAGES:
        abort(404)
    return library.get(language, scenario) or abort(404)


def _page(playbook: Playbook, saved: bool, asked: str) -> ResponseReturnValue:
    """`saved`: a version an incident has used, which may be another than the one in use."""
    in_use = library.get(playbook.language, playbook.scenario)
    return render_template(
        "playbooks/read.html",
        playbook=playbook,
        chapters=tuple(chapters(playbook)),
        languages=[each.language for each in library.every() if each.scenario == playbook.scenario],
        outdated=saved and not (in_use and in_use.hash == playbook.hash),
        saved=saved,
        asked=asked,
        guidance=render,
    )


def chapters(playbook: Playbook) -> Iterator[Chapter]:
    """Its sections, in the order of the file."""
    for place, section in enumerate(playbook.sections):
        steps = tuple(step for step in playbook.steps if step.phase == section.id) if section.id in PHASES else ()
        texts = tuple(_text(each) for each in playbook.statements) if section.id == "statements" else ()
        if section.title or section.markdown.strip():
            yield Chapter(f"part-{section.id or place}", section, render(section.markdown), steps, texts)


def _text(holding: HoldingText) -> Text:
    filled = statements.fill(holding.text, statements.SAMPLES)
    return Text(holding, statements.count(holding.platform, filled), statements.limit(holding.platform))


# --- the action sheet ------------------------------------------------------------------------------


MOST_TEXTS = 3
ROOMY = 6600
"""Letters up to which a sheet may use the larger type; the sizes, never below 8 pt, are in playbook.css."""
_BLANKS = {name: f"[{name}]" for name in statements.PLACEHOLDERS}


def sheet_html(playbook: Playbook) -> str:
    """The action sheet as HTML, for a browser's print or `firebreak.printing`; all in the playbook's language."""
    with force_locale(locale.LOCALES[playbook.language]):
        on_screen = request.endpoint == "playbooks.sheet"
        return render_template("playbooks/print.html", **sheet_parts(playbook), on_screen=on_screen)


def sheet_parts(playbook: Playbook) -> dict[str, Any]:
    """What templates/playbooks/_sheet.html is filled with."""
    named = {chapter.section.id: chapter for chapter in chapters(playbook) if chapter.section.id}
    shortest = sorted(playbook.statements, key=lambda each: len(each.text))[:MOST_TEXTS]
    return {
        "playbook": playbook,
        "chapters": named,
        "phases": [named[phase] for phase in PHASES if phase in named and named[phase].steps],
        "texts": [(each.title, statements.fill(each.text, _BLANKS)) for each in shortest],
        "density": "dense" if letters(playbook) > ROOMY else "roomy",
    }


def letters(playbook: Playbook) -> int:
    """How much a sheet has to hold; a step costs a line however short it is."""
    parts = ("recognise", "first-questions", "tell", "pause-list", "dont", "stand-down-criteria")
    prose = sum(len(section.markdown) for section in playbook.sections if section.id in parts)
    return prose + sum(max(80, len(step.title)) + 40 * bool(step.options) for step in playbook.steps)
