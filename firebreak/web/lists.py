"""The list of incidents: its rows, where the words were found in them, and the mark that tells whether it changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from re import compile as pattern
from typing import Any

from flask import Flask, current_app, request, url_for
from markupsafe import Markup, escape

from firebreak import library
from firebreak.domain import search
from firebreak.store import finding, queries
from firebreak.store.finding import Standing, Wanted
from firebreak.web import here, locale
from firebreak.web.narrowing import LARGEST, STATES, Asked, chips
from firebreak.web.rendered import Kept, size_of
from firebreak.web.room_log import PAGE as NEWEST
from firebreak.web.words import GROUPS, word

SHOWN_HITS = 2
FOUND = 20
"""Rows of a page of what was searched for: they say more, and who has to turn the page types another word."""
SHOWN_MOMENTS = ("began", "noticed", "first_response")
MOST_KEPT = 4 * 1024 * 1024
"""Bytes of rendered rows."""
SLOT = "\0"
"""Stands in a rendered row for what is put in later. Nothing that anybody typed can hold it."""
Slots = tuple[Markup, ...]
_KEPT = "firebreak_list_rows"
_CURSOR = pattern(r"(any|open|stood_down)-([0-9]{1,10})")


def init_app(app: Flask) -> None:
    """Templates get `words_of`: code and word of each of a group."""
    app.extensions[_KEPT] = Kept[Slots](MOST_KEPT, weight=lambda slots: sum(map(size_of, slots)))
    app.jinja_env.globals["words_of"] = lambda group: [(code, word(group, code)) for code in GROUPS[group]]


@dataclass(frozen=True)
class Hit:
    """An entry in which words were found, with an excerpt in which they are marked."""

    kind: str
    link: str
    text: Markup


@dataclass(frozen=True)
class Named:
    """A row of `incident`, its lead and its playbook by name; "" for none."""

    row: Any
    lead: str
    scenario: str


@dataclass(frozen=True)
class Line:
    """An incident in the list. Times are None where it has no such moment."""

    named: Named
    moments: Mapping[str, datetime]

    @property
    def row(self) -> Any:
        return self.named.row

    @property
    def began(self) -> datetime | None:
        """Or when it was noticed."""
        return self.moments.get("began") or self.moments.get("noticed")

    @property
    def first_response(self) -> datetime | None:
        return self.moments.get("first_response")

    @property
    def silent_since(self) -> datetime | None:
        """Since when nobody has said a word in public; None once somebody has, and when it was stood down."""
        waiting = self.row.state == "open" and not self.first_response
        return self.began if waiting else None


@dataclass(frozen=True)
class Listed:
    """A page of the list: rows of `incident`. `following` is the cursor of the next one, "" at the end; `breached` are
    the clocks overdue in all open incidents; `mark` is that of what it shows."""

    asked: Asked
    rows: Sequence[Any]
    following: str
    open: int
    breached: int
    mark: str


def listed(asked: Asked, before: str) -> Listed:
    """The rows alone, which is enough to tell whether anything changed."""
    cursor = _CURSOR.fullmatch(before)
    last, number = (cursor[1], min(int(cursor[2]), LARGEST)) if cursor else ("", None)
    last, number = (last, number) if last in _states(asked.wanted) else ("", None)
    standing = finding.stand(number)
    rows, following = _page(asked.wanted, last, number, standing)
    shown = ([(row.reference, row.head_seq) for row in rows], following, standing.open, standing.breached)
    mark = blake2b(repr(shown).encode(), digest_size=9).hexdigest()
    return Listed(asked, rows, following, standing.open, standing.breached, mark)


def _page(wanted: Wanted, last: str, number: int | None, standing: Standing) -> tuple[Sequence[Any], str]:
    """Open incidents first, then the newest; what was searched for by words comes by age alone.

    A cursor names the last row that was seen.
    """
    states, size = _states(wanted), FOUND if wanted.terms else finding.PAGE
    rows: list[tuple[str, Any]] = []
    for state in states[states.index(last) if last else 0 :]:
        before, room = number if state == last else None, size + 1 - len(rows)
        rows += [(state, row) for row in _of_state(wanted, state, before, room, standing)]
    shown = rows[:size]
    following = f"{shown[-1][0]}-{shown[-1][1].number}" if len(rows) > len(shown) else ""
    return [row for _state, row in shown], following


def _states(wanted: Wanted) -> Sequence[str]:
    return [wanted.state or "any"] if wanted.state or wanted.terms is not None else STATES


def _of_state(wanted: Wanted, state: str, before: int | None, room: int, standing: Standing) -> list[Any]:
    narrowed = wanted if state == "any" else replace(wanted, state=state)
    return finding.incidents(narrowed, before, room, standing) if room else []


# --- rows ------------------------------------------------------------------------------------------


def facts(page: Listed) -> dict[str, Any]:
    """What the template of the list takes."""
    titles = {playbook.scenario: playbook.title for playbook in library.playbooks(locale.language())}
    everybody = here.everybody()
    names = {id: name for id, (name, _present) in everybody.items()}
    return {
        "page": page,
        "asked": page.asked,
        "lines": _lines(page, names, titles),
        "chips": chips(page.asked, names, titles),
        "most_counted": finding.MOST_COUNTED,
        "people": tuple((id, name) for id, (name, present) in everybody.items() if present),
        "scenarios": tuple(titles.items()),
    }


def _lines(page: Listed, names: Mapping[int, str], titles: Mapping[str, str]) -> Slots:
    """Every row, rendered. A page that shows the same to such a reader is kept for some seconds, a row until it
    changes; where somebody is silent its time goes on, so it is kept for some seconds too."""
    came, kept = here.arrival(), current_app.extensions[_KEPT]
    key = (page.mark, page.asked.wanted.terms, came and came.desk, tuple(titles.items()), _seen_as(), here.moment())
    found: Slots | None = kept.get(key) if came else None
    return found if found is not None else kept.put(key, tuple(_made(page, names, titles)))


def _seen_as() -> tuple[Any, ...]:
    return locale.reader(), request.environ.get("SCRIPT_NAME", "")


def _made(page: Listed, names: Mapping[int, str], titles: Mapping[str, str]) -> Iterator[Markup]:
    named = [
        Named(row, names.get(row.lead or 0, ""), titles.get(row.scenario or "", row.scenario or ""))
        for row in page.rows
    ]
    terms = page.asked.wanted.terms or ()
    hits = finding.hits(terms, [row.number for row in page.rows])
    shown = [[_hit(row, hit, terms) for hit in hits.get(row.number, ())[:SHOWN_HITS]] for row in page.rows]
    found = _template("_hits", found=shown) if hits else [Markup()] * len(shown)
    for row, (before, between, after), words in zip(page.rows, _rendered(named), found, strict=False):
        title = _marked(search.mark(row.title, terms)) if terms else escape(row.title)
        yield Markup().join((before, title, between, words, after))


def _template(name: str, **facts: Any) -> list[Markup]:
    """What stands before each slot, and behind the last one. A template is set up once, not for each row."""
    text = current_app.jinja_env.get_template(f"incidents/{name}.html").render(slot=SLOT, **facts)
    return list(map(Markup, text.split(SLOT)))


def _rendered(named: Sequence[Named]) -> list[Slots]:
    """The rows without title and hits. Their moments are only asked for where a row is not known."""
    parts: Kept[Slots] = current_app.extensions[_KEPT]
    keys = [(tuple(each.row), each.lead, each.scenario, _seen_as(), _time_in(each.row)) for each in named]
    known = dict(zip(keys, map(parts.get, keys), strict=True))
    missing = [(key, each) for key, each in zip(keys, named, strict=True) if known[key] is None]
    moments = queries.moments([each.row.reference for _key, each in missing], SHOWN_MOMENTS) if missing else {}
    lines = [Line(each, moments.get(each.row.reference, {})) for _key, each in missing]
    texts = _template("_rows", lines=lines) if lines else []
    for place, (key, _each) in enumerate(missing):
        known[key] = parts.put(key, tuple(texts[3 * place : 3 * place + 3]))
    return [known[key] or () for key in keys]


def _time_in(row: Any) -> int:
    """What an open incident's row says of the time."""
    return here.moment() if row.state == "open" else 0


def _hit(row: Any, hit: finding.Hit, terms: Sequence[search.Term]) -> Hit:
    """The room shows the newest entries only; an older one has a page of its own."""
    near = row.head_seq - hit.seq < NEWEST
    room = url_for("room.show", reference=row.reference, _anchor=f"entry-{hit.seq}")
    link = room if near else url_for("room.entry", reference=row.reference, seq=hit.seq)
    return Hit(hit.kind, link, _marked(search.excerpt(hit.text, terms)))


def _marked(parts: search.Marked) -> Markup:
    return Markup("").join(Markup("<mark>%s</mark>") % text if found else escape(text) for text, found in parts)
