"""The room's page but for its frame: made once for everybody who is shown the same, and kept for some seconds.

A body is kept under the hash of the log's last entry and of the administration's last entry, so nothing that was
recorded, corrected, struck out, erased or renamed since can be missing in it. Words that depend on the time ("25 min
left") are at most ten seconds old; scripts keep them true on the page anyway.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from firebreak import library
from firebreak.web import access, forms, here, locale, room_forms, room_log, room_parts, room_texts
from firebreak.web.rendered import Kept
from firebreak.web.room_view import Room

MOST_KEPT = 8 * 1024 * 1024
"""Bytes."""
TOKEN = f"token-{secrets.token_hex(12)}"
"""Stands in a body where each reader's own CSRF token goes. Nobody can guess it, so nobody can type it."""
FIELD = Markup(f'<input type="hidden" name="csrf_token" value="{TOKEN}">')


@dataclass(frozen=True)
class Asked:
    """Which part of the log: kinds of entries (one of room_log.FILTERS, else all), before which entry."""

    show: str = ""
    before: int | None = None


@dataclass(frozen=True)
class Page:
    """What the frame needs. `shelves`: the playbooks on offer when it was made, in each language."""

    reference: str
    seq: int
    title: str
    exercise: bool
    works: bool
    body: str
    shelves: tuple[Any, ...]


_pages: Kept[Page] = Kept(MOST_KEPT, lambda page: sys.getsizeof(page.body))


def mark(reference: str) -> tuple[Hashable, ...]:
    """What every word of a room depends on; empty while nobody is signed in. 404 when there is no such incident."""
    came = here.arrival()
    if came is None or not came.seq:
        abort(404)
    return (reference, came.hash, came.desk, locale.reader(), access.may("responder"), here.moment())


def kept(reference: str, asked: Asked) -> Page | None:
    """A page made before that is still true."""
    found = _pages.get((mark(reference), asked))
    return found if found and all(map(_same, found.shelves, _shelves())) else None


def _shelves() -> tuple[Any, ...]:
    """The library makes new ones when a file changes."""
    return tuple(library.playbooks(language) for language in locale.LANGUAGES)


def _same(one: object, other: object) -> bool:
    return one is other


def made(room: Room, asked: Asked) -> Page:
    """The page, kept unless somebody recorded something while this request went on."""
    page, came = rendered(room, asked, {}), here.arrival()
    if came and came.seq == page.seq:
        _pages.put((mark(page.reference), asked), page)
    return page


def rendered(room: Room, asked: Asked, wrong: Mapping[str, forms.PageForm]) -> Page:
    """The page, with forms that were not accepted in place of fresh ones."""
    template, incident = current_app.jinja_env.get_template("incidents/_room.html"), room.incident
    works, shelves = access.may("responder") and room.is_open, _shelves()
    body = template.render(room=room, incident=incident, works=works, token=lambda: FIELD, **_facts(room, asked, wrong))
    return Page(incident.reference, incident.seq, title(room), incident.exercise, works, body, shelves)


def with_tokens(page: Page) -> Markup:
    """The body with the reader's own token in its forms."""
    return Markup(page.body.replace(TOKEN, generate_csrf()))


def title(room: Room) -> str:
    """What the window of the room is called: the clocks that are overdue, reference, title."""
    overdue = f"({room.breached}) " if room.breached and room.is_open else ""
    return f"{overdue}{room.incident.reference} {room.incident.title}".rstrip()


def _facts(room: Room, asked: Asked, wrong: Mapping[str, forms.PageForm]) -> dict[str, Any]:
    spokesperson = room.incident.roles.get("spokesperson")
    speaker = room.name(spokesperson) if spokesperson else ""
    return {
        "live": room_parts.parts(room, access.may("responder")),
        "drafts": room_texts.drafts(room.incident, room.playbook, speaker, room.now),
        "other_channels": room_texts.other_channels(room.incident),
        "forms": {**room_forms.fresh_forms(room.incident), **wrong},
        "wrong": next(iter(wrong), ""),
        "statement_form": lambda draft: (
            wrong.get("statement-" + draft.channel) or room_forms.statement_form(room, draft)
        ),
        **_log(room, asked),
    }


def _log(room: Room, asked: Asked) -> dict[str, Any]:
    shown = asked.show if asked.show in room_log.FILTERS else ""
    return {
        "log": room_log.page(room.incident, shown, asked.before),
        "log_row": lambda row: room_parts.log_row(room, row),
        "log_filters": tuple(room_log.FILTERS),
        "log_shown": shown,
        "log_whole": not shown and asked.before is None,
    }
