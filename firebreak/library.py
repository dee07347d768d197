"""The playbooks on offer: files as domain objects, read again when they change, and the versions incidents used.

Files come from the house's folder, overlaid file by file by `playbooks/` in the instance folder. A file that turns bad
keeps its last good version in use (`store.versions` tells every process and survives a restart); a deleted file is no
longer offered. Between two looks at the folders, at most one a second, nothing is read and nothing parsed.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock
from time import monotonic

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from firebreak import config, playbook_files
from firebreak.domain import playbook_health
from firebreak.domain.playbook_fragments import Fragment
from firebreak.domain.playbooks import LANGUAGES, Playbook, PlaybookError, Problem
from firebreak.playbook_files import Found, Look
from firebreak.store import versions
from firebreak.store.versions import Version

LOOK_EVERY, SAVE_AGAIN_AFTER = 1.0, 30.0  # seconds
VERSIONS_KEPT = 128

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shelf:
    """What is known at one moment: what the folders held; `in_use` by `language/name.md`; the rest is made of those."""

    look: Look = field(default_factory=Look)
    in_use: Mapping[str, Playbook] = field(default_factory=dict)
    offered: Mapping[str, tuple[Playbook, ...]] = field(default_factory=dict)
    unsaved: bool = False


# --- asking ----------------------------------------------------------------------------------------


def playbooks(language: str | None = None) -> tuple[Playbook, ...]:
    """One playbook a scenario, by scenario: in the language, else English, else any. The same until a file changes."""
    return _library().shelf().offered[language if language in LANGUAGES else "en"]


def get(language: str | None, scenario: str) -> Playbook | None:
    """The playbook of a scenario, in the language or the next best; None for a scenario nobody wrote."""
    return next((playbook for playbook in playbooks(language) if playbook.scenario == scenario), None)


def exactly(language: str, scenario: str) -> Playbook | None:
    """The playbook in use of that very language and scenario."""
    return _library().shelf().in_use.get(f"{language}/{scenario}.md")


def languages() -> dict[str, tuple[str, ...]]:
    """Scenario -> the languages it is written in, in the order of LANGUAGES."""
    found: dict[str, tuple[str, ...]] = {}
    for each in every():
        found[each.scenario] = (*found.get(each.scenario, ()), each.language)
    return found


def every() -> tuple[Playbook, ...]:
    """Every playbook in use, in every language, by scenario and then in the order of LANGUAGES."""
    order = {language: place for place, language in enumerate(LANGUAGES)}
    return tuple(sorted(_library().shelf().in_use.values(), key=lambda each: (each.scenario, order[each.language])))


def version(hash: str) -> Playbook | None:
    """The version of that content hash, in use or saved; None when it is unknown or can no longer be parsed."""
    return _library().version(hash)


def problems() -> tuple[Problem, ...]:
    """What authors have to mend, file by file: errors of broken files and warnings of good ones."""
    return _library().shelf().look.problems


def findings(today: date) -> tuple[Problem, ...]:
    """As `problems`, and what shows only beside the other playbooks and the calendar."""
    shelf = _library().shelf()
    return shelf.look.problems + tuple(playbook_health.findings(shelf.in_use.values(), today))


def is_own(playbook: Playbook) -> bool:
    """Whether it comes from the desk's own folder and not from the house's."""
    _house, own = folders()
    found = _library().shelf().look.files.get(own / f"{playbook.name}.md")
    return found is not None and found.playbook is playbook


def folders() -> tuple[Path, Path]:
    """The house's folder and the desk's own, which goes before it."""
    return _library().folders


def fragments(language: str) -> Mapping[str, Fragment]:
    """The shared texts of a language, by name."""
    return _library().shelf().look.fragments(language)


def refresh(now: datetime, by: int | None = None) -> None:
    """Look at the folders at once. `by` is the account that wrote what is found."""
    _library().look(now, by)


def version_of(playbook: Playbook) -> Version:
    """The playbook as `store.versions` saves it."""
    return Version(f"{playbook.name}.md", playbook.hash, playbook.source)


def _library() -> Library:
    if "library" not in current_app.extensions:
        settings: config.Config = current_app.config["FIREBREAK"]
        library = Library(settings.playbooks, settings.instance / "playbooks")
        current_app.extensions.setdefault("library", library)
    return current_app.extensions["library"]  # type: ignore[no-any-return]


# --- keeping ---------------------------------------------------------------------------------------


class Library:
    """The shelf of one app: the house's folder, which has to exist, and the desk's own, which goes before it."""

    def __init__(self, house: Path, own: Path) -> None:
        self.folders = (house.absolute(), own.absolute())
        self._shelf: Shelf | None = None
        self._looking = Lock()
        self._next_look = self._next_save = 0.0
        self._versions: OrderedDict[str, Playbook] = OrderedDict()
        self._keeping = Lock()

    def shelf(self) -> Shelf:
        """The shelf of at most a second ago. While one thread looks, the others use what was known before."""
        if self._shelf is None or monotonic() >= self._next_look:
            self._look_unless_another_does()
        assert self._shelf is not None
        return self._shelf

    def look(self, now: datetime, by: int | None = None) -> None:
        """Read what changed on disk, offer it, then save it: in this order, so a locked database holds up nobody."""
        with self._looking:
            self._look(now, by)

    def _look_unless_another_does(self) -> None:
        if self._looking.acquire(blocking=self._shelf is None):
            try:
                if self._shelf is None or monotonic() >= self._next_look:
                    self._look(datetime.now(UTC))
            finally:
                self._looking.release()

    def _look(self, now: datetime, by: int | None = None) -> None:
        before = self._shelf or Shelf()
        look = playbook_files.read(self._there(), before.look)
        changed = self._shelf is None or look != before.look
        if changed or (before.unsaved and monotonic() >= self._next_save):
            chosen = self._chosen(look, before)
            self._shelf = Shelf(look, chosen, _offered(chosen))
            self._next_look = monotonic() + LOOK_EVERY
            self._save(self._shelf, now, by)
        self._next_look = monotonic() + LOOK_EVERY

    def _there(self) -> tuple[Path, ...]:
        """The house's own folder has to be there, an overlay may be."""
        house, own = self.folders
        return (house, own) if own.exists() else (house,)

    def _chosen(self, look: Look, before: Shelf) -> dict[str, Playbook]:
        """Key -> the playbook in use: the top file where it is good, else its last good version, else one below it."""
        piles: dict[str, list[Found]] = {}
        for found in look.files.values():
            piles.setdefault(found.key, []).insert(0, found)
        noted = _noted() if any(pile[0].playbook is None for pile in piles.values()) else {}
        picked = {key: self._picked(pile, noted.get(key, ""), before) for key, pile in piles.items()}
        return {key: playbook for key, playbook in picked.items() if playbook}

    def _picked(self, pile: list[Found], noted: str, before: Shelf) -> Playbook | None:
        if pile[0].playbook:
            return pile[0].playbook
        last_good = self.version(noted) or before.in_use.get(pile[0].key)
        return last_good or next((found.playbook for found in pile if found.playbook), None)

    def _save(self, shelf: Shelf, now: datetime, by: int | None) -> None:
        """A database that is away must not take the playbooks with it: they are saved at a later look."""
        good = {found.playbook.hash for found in shelf.look.files.values() if found.playbook}
        try:
            versions.use([version_of(each) for each in shelf.in_use.values() if each.hash in good], now, by)
        except SQLAlchemyError as error:
            _log.warning("playbooks could not be saved: %s", error)
            self._next_save = monotonic() + SAVE_AGAIN_AFTER
            self._shelf = replace(shelf, unsaved=True)

    def version(self, hash: str) -> Playbook | None:
        """See the function of that name. The last few are kept."""
        in_use = self._shelf.in_use.values() if self._shelf else ()
        with self._keeping:
            known = next((each for each in in_use if each.hash == hash), None) or self._versions.get(hash)
        return known or self._loaded(hash)

    def _loaded(self, hash: str) -> Playbook | None:
        playbook = _saved(hash)
        if playbook:
            with self._keeping:
                self._versions[hash] = playbook
                while len(self._versions) > VERSIONS_KEPT:
                    self._versions.popitem(last=False)
        return playbook


def _noted() -> dict[str, str]:
    try:
        return versions.in_use()
    except SQLAlchemyError as error:
        _log.warning("the last good playbooks could not be looked up: %s", error)
        return {}


def _saved(hash: str) -> Playbook | None:
    """A saved version as a playbook. Rules may have grown stricter since: then its source is all there is."""
    found = versions.load(hash) if len(hash) == 64 and hash.isalnum() else None
    try:
        return playbook_files.parse(found.source.encode(), f"playbooks/{found.path}", {}) if found else None
    except PlaybookError as error:
        _log.warning("a saved playbook can no longer be parsed: %s", error)
        return None


def _offered(in_use: Mapping[str, Playbook]) -> dict[str, tuple[Playbook, ...]]:
    return {language: tuple(_best(in_use.values(), language)) for language in LANGUAGES}


def _best(playbooks: Iterable[Playbook], language: str) -> Iterator[Playbook]:
    """One playbook a scenario, sorted by scenario."""
    wishes = (language, "en", *LANGUAGES)
    ranked = sorted(playbooks, key=lambda each: (each.scenario, wishes.index(each.language)))
    last = ""
    for playbook in ranked:
        if playbook.scenario != last:
            yield playbook
        last = playbook.scenario
