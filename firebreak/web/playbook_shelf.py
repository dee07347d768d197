"""The library: its list, by language and by words, and its health."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from firebreak import library
from firebreak.domain import playbook_health, playbook_search, search
from firebreak.domain.playbook_search import Found, Passage
from firebreak.domain.playbooks import LANGUAGES, Playbook, Problem
from firebreak.store import uses
from firebreak.store.uses import NEVER, LastUse
from firebreak.web import here, locale, playbook_findings
from firebreak.web.playbook_findings import Book, Findings
from firebreak.web.playbooks import blueprint

ALL = "all"
_KEPT = "firebreak_playbook_passages"


@dataclass(frozen=True)
class Hit:
    """A place in which words were found; they are marked in its heading and in the excerpt."""

    kind: str
    anchor: str
    title: Markup
    excerpt: Markup


@dataclass(frozen=True)
class Row:
    """A playbook in the list, the languages its scenario is written in, and where words were found in it."""

    playbook: Playbook
    title: Markup
    languages: tuple[str, ...]
    own: bool
    findings: int
    hits: tuple[Hit, ...] = ()
    more: int = 0


def asked_language(default: str) -> str:
    """The language the list is to show: one of LANGUAGES or ALL; 404 for any other."""
    wanted = request.args.get("language", "").strip() or default
    return wanted if wanted in (*LANGUAGES, ALL) else abort(404)


# --- the list --------------------------------------------------------------------------------------


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Every scenario in one language, or the next best; or every playbook. Of those, the ones that have the words."""
    language, query = asked_language(locale.language()), request.args.get("q", "").strip()
    terms = search.beginnings(query)
    books = library.every() if language == ALL else library.playbooks(language)
    rows = list(_rows(books, terms, bool(query)))
    return render_template(
        "playbooks/index.html",
        language=language,
        query=query,
        nothing=bool(query) and not terms,
        rows=[row for row in rows if language in (ALL, row.playbook.language)],
        others=[row for row in rows if language not in (ALL, row.playbook.language)],
        broken=_levels(library.problems())["error"],
        to_mend=_levels(playbook_findings.now().every),
    )


def _levels(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    found: dict[str, list[Problem]] = {"error": [], "warning": []}
    for problem in problems:
        found[problem.level].append(problem)
    return found


def _rows(books: Sequence[Playbook], terms: Sequence[search.Term], searched: bool) -> Iterable[Row]:
    """By title; what was searched for, the best first."""
    findings, languages = playbook_findings.now(), library.languages()
    if not searched:
        ordered = sorted(books, key=lambda each: (search.fold(each.title), each.language))
        return [_row(each, findings, languages) for each in ordered]
    found = playbook_search.find_all({each.hash: passages(each) for each in books}, terms)
    by_hash = {each.hash: each for each in books}
    return [_row(by_hash[hash], findings, languages, terms, what) for hash, what in found.items()]


def _row(
    playbook: Playbook,
    findings: Findings,
    languages: Mapping[str, tuple[str, ...]],
    terms: Sequence[search.Term] = (),
    found: Found | None = None,
) -> Row:
    title = _marked(search.mark(playbook.title, terms))
    hits = tuple(_hit(each) for each in found.hits if each.passage.kind != "title") if found else ()
    facts = (languages[playbook.scenario], library.is_own(playbook), len(findings.of(playbook)))
    return Row(playbook, title, *facts, hits, found.more if found else 0)


def _hit(hit: playbook_search.Hit) -> Hit:
    return Hit(hit.passage.kind, hit.passage.anchor, _marked(hit.title), _marked(hit.excerpt))


def _marked(parts: search.Marked) -> Markup:
    return Markup("").join(Markup("<mark>%s</mark>") % text if found else escape(text) for text, found in parts)


def passages(playbook: Playbook) -> tuple[Passage, ...]:
    """What is searched of a playbook, kept while it is in use."""
    kept: dict[str, tuple[Passage, ...]] = current_app.extensions.setdefault(_KEPT, {})
    if playbook.hash not in kept:
        in_use = {each.hash for each in library.every()}
        kept = current_app.extensions[_KEPT] = {hash: texts for hash, texts in kept.items() if hash in in_use}
        kept[playbook.hash] = playbook_search.passages(playbook)
    return kept[playbook.hash]


# --- health ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Health:
    """How one playbook fares. `missing` are languages its scenario is not written in; `own`, whether it is the
    desk's."""

    playbook: Playbook
    own: bool
    problems: tuple[Problem, ...]
    stale: bool
    drifted: bool
    missing: tuple[str, ...]
    used: LastUse

    @property
    def errors(self) -> int:
        return sum(problem.level == "error" for problem in self.problems)

    @property
    def warnings(self) -> int:
        return len(self.problems) - self.errors

    @property
    def book(self) -> Book:
        return self.playbook.language, self.playbook.scenario


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """What is to be mended, read again, tried and written."""
    language, findings, used = asked_language(ALL), playbook_findings.now(), uses.last()
    books, languages = [each for each in library.every() if language in (ALL, each.language)], library.languages()
    every = [_health(each, findings, used, languages, here.now().date()) for each in books]
    every.sort(key=lambda each: (-each.errors, -each.warnings, each.playbook.scenario))
    in_use = {each.book for each in every}
    broken = {
        book: found for book, found in findings.by_book.items() if book not in in_use and language in (ALL, book[0])
    }
    return render_template(
        "playbooks/health.html",
        language=language,
        every=every,
        broken=broken,
        rest=findings.rest,
        counts=_counts(every, broken, language),
        unwritten=_unwritten(language),
    )


def _health(
    playbook: Playbook,
    findings: Findings,
    used: Mapping[Book, LastUse],
    languages: Mapping[str, tuple[str, ...]],
    today: date,
) -> Health:
    problems = findings.of(playbook)
    return Health(
        playbook=playbook,
        own=library.is_own(playbook),
        problems=problems,
        stale=playbook_health.is_stale(playbook, today),
        drifted=any(problem.code == "drift" for problem in problems),
        missing=tuple(each for each in LANGUAGES if each not in languages[playbook.scenario]),
        used=used.get((playbook.language, playbook.scenario), NEVER),
    )


def _unwritten(language: str) -> list[tuple[Playbook, tuple[str, ...]]]:
    """The scenarios that some language, or this one, has no playbook of, as the reader knows them."""
    languages, wanted = library.languages(), LANGUAGES if language == ALL else (language,)
    missing = [(each, tuple(code for code in wanted if code not in languages[each.scenario])) for each in _known()]
    return [(playbook, codes) for playbook, codes in missing if codes]


def _known() -> tuple[Playbook, ...]:
    return library.playbooks(locale.language())


def _counts(every: Sequence[Health], broken: Mapping[Book, tuple[Problem, ...]], language: str) -> dict[str, Any]:
    return {
        "playbooks": len(every),
        "errors": sum(each.errors for each in every) + sum(map(len, broken.values())),
        "warnings": sum(each.warnings for each in every),
        "drifted": sum(each.drifted for each in every),
        "never": sum(each.used.exercise is None for each in every),
        "stale": sum(each.stale for each in every),
        "missing": sum(len(codes) for _playbook, codes in _unwritten(language)),
    }
