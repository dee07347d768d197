"""Playbooks to read: a page each, the action sheet for print, and versions incidents have used.

The list and the health of the library are in `playbook_shelf`, what changed from version to version in
`playbook_history`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module

from flask import Blueprint, Flask, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from firebreak import library
from firebreak.domain import markdown, playbook_health, playbook_markdown, playbook_search, statements
from firebreak.domain.playbooks import PHASES, HoldingText, Playbook, Section, Step
from firebreak.store import uses, versions
from firebreak.web import here, locale, playbook_findings

blueprint = Blueprint("playbooks", __name__, url_prefix="/playbooks")
HASH_LENGTH = 64
SHOWN_USES = 20
"""Incidents named on a reading page."""


def init_app(app: Flask) -> None:
    """The pages under /playbooks; `page_language` gives templates the language tag of a text."""
    for subject in ("shelf", "history", "sheet", "editor", "import", "matching"):
        import_module(f"firebreak.web.playbook_{subject}")
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


@dataclass(frozen=True)
class Prose:
    """Makes HTML of a playbook's Markdown. `folder` is the address its links to other playbooks lead below; it is empty
    on paper, where they are words."""

    folder: str

    def __call__(self, text: str) -> str:
        return _html(text, self.folder)


@lru_cache(maxsize=4096)
def _html(text: str, folder: str) -> str:
    """Playbooks are long, and the same for everybody who reads them."""
    return markdown.render(playbook_markdown.linked(text, folder))


def prose(language: str) -> Prose:
    """For a page: links lead to the playbooks in that language."""
    return Prose(f"{url_for('playbooks.index')}/{language}")


ON_PAPER = Prose("")


@blueprint.get("/<language>/<scenario>")
def read(language: str, scenario: str) -> ResponseReturnValue:
    """The reading page."""
    playbook = find(language, scenario)
    return _page(playbook, saved=False, asked=language)


@blueprint.get("/versions/<hash>")
def version(hash: str) -> ResponseReturnValue:
    """The playbook as it was when an incident chose it; its source where it can no longer be read."""
    playbook = library.version(hash)
    if playbook:
        return _page(playbook, saved=True, asked=playbook.language)
    is_hash = len(hash) == HASH_LENGTH and hash.isascii() and hash.isalnum()
    saved = versions.load(hash) if is_hash else None
    return render_template("playbooks/source.html", saved=saved) if saved else abort(404)


def find(language: str, scenario: str) -> Playbook:
    """The playbook of that address, in the language or the next best; 404 where there is none."""
    if language not in locale.LANGUAGES:
        abort(404)
    return library.get(language, scenario) or abort(404)


def _page(playbook: Playbook, saved: bool, asked: str) -> ResponseReturnValue:
    """`saved`: a version an incident has used, which may be another than the one in use."""
    current = current_hash(playbook.language, playbook.scenario)
    found = uses.of(playbook.language, playbook.scenario, SHOWN_USES + 1)
    return render_template(
        "playbooks/read.html",
        playbook=playbook,
        current=current,
        uses=found[:SHOWN_USES],
        more_uses=len(found) > SHOWN_USES,
        used=uses.last_of(playbook.language, playbook.scenario),
        findings=playbook_findings.now().of(playbook),
        stale=playbook_health.is_stale(playbook, here.now().date()),
        own=library.is_own(playbook),
        chapters=tuple(chapters(playbook, prose(playbook.language))),
        languages=library.languages().get(playbook.scenario, ()),
        outdated=saved and playbook.hash != current,
        saved=saved,
        asked=asked,
        guidance=prose(playbook.language),
    )


def current_hash(language: str, scenario: str) -> str:
    """Of the version in use; "" where the file is gone."""
    playbook = library.exactly(language, scenario)
    return playbook.hash if playbook else ""


def chapters(playbook: Playbook, html: Prose) -> Iterator[Chapter]:
    """Its sections, in the order of the file."""
    for place, section in enumerate(playbook.sections):
        steps = tuple(step for step in playbook.steps if step.phase == section.id) if section.id in PHASES else ()
        texts = tuple(_text(each) for each in playbook.statements) if section.id == "statements" else ()
        if section.title or section.markdown.strip():
            yield Chapter(playbook_search.anchor_of(section, place), section, html(section.markdown), steps, texts)


def _text(holding: HoldingText) -> Text:
    filled = statements.fill(holding.text, statements.SAMPLES)
    return Text(holding, statements.count(holding.platform, filled), statements.limit(holding.platform))
