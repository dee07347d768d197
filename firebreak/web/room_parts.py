"""The small parts of a room that are sent anew when they change, each under the id it has in the page.

The page and `changes` take them from here, so both say the same. None holds a form that people type into.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from operator import is_
from typing import Any

from flask import current_app
from markupsafe import Markup

from firebreak.domain.events import Entry
from firebreak.domain.incidents import Incident
from firebreak.web import here, locale
from firebreak.web.rendered import Kept
from firebreak.web.room_log import LogRow
from firebreak.web.room_view import Room

Parts = dict[str, Markup]
MOST_KEPT = 8 * 1024 * 1024
"""Bytes of rows, and of parts."""
MOST_SEEN = 128
"""Incidents as they were after some entry, in all."""
IDS_OF_HEAD = {
    "room-line": "line",
    "room-title": "title",
    "jump-next": "jump_next",
    "jump-clocks": "jump",
    "next-step": "next_step",
    "open-critical": "critical",
}
"""Element id -> macro of live/head.html."""


@dataclass(frozen=True)
class _State:
    """An incident as of some entry, and its parts for one kind of reader."""

    incident: Incident
    parts: Parts


_states: Kept[_State] = Kept(MOST_KEPT, lambda state: sum(map(sys.getsizeof, state.parts.values())))
_seen: Kept[Incident] = Kept(MOST_SEEN, lambda _incident: 1)


def parts(room: Room, writes: bool) -> Parts:
    """Id -> element, for a reader who may write (a responder) or only read. Words of time are up to 10 s old."""
    incident, came = room.incident, here.arrival()
    _seen.put((incident.reference, incident.seq), incident)
    key = (incident.reference, incident.seq, came and came.desk, locale.reader(), writes, here.moment())
    known = _states.get(key)
    if known is None or known.incident is not incident:
        known = _states.put(key, _State(incident, _made(room, writes)))
    return known.parts


def earlier(room: Room, seq: int) -> Room | None:
    """The room after that entry, at the time of now; None where this process has not seen it, or another log's."""
    known, fact = _seen.get((room.incident.reference, seq)), room.incident.fact(seq)
    same_log = known is not None and fact is not None and known.fact(seq) is fact
    return Room(known, room.now) if known and same_log else None


def _made(room: Room, writes: bool) -> Parts:
    works = writes and room.is_open
    return {**_head(room, works), **_checklist(room, works), **dict(_said(room)), **_people(room, writes)}


def _macros(name: str) -> Any:
    """A file of macros. They see their arguments and the globals only: nothing of a request slips in."""
    return current_app.jinja_env.get_template(f"incidents/live/{name}.html").module


def _head(room: Room, works: bool) -> Parts:
    head = _macros("head")
    found = {id: getattr(head, macro)(room) for id, macro in IDS_OF_HEAD.items()}
    asking = {"room-alarm": head.alarm, "room-facts": head.facts, "room-fit": head.fit}
    found |= {id: macro(room, works) for id, macro in asking.items()}
    return {**found, "clocks": _macros("clocks").clocks(room)}


def _checklist(room: Room, works: bool) -> Parts:
    macros = _macros("checklist")
    rows = [*(row for phase in room.phases for row in phase.rows), *room.earlier]
    lines = {f"step-{row.step.id}": macros.line(room, row, works) for row in rows}
    left = {f"phase-{phase.id}-left": macros.phase_left(phase) for phase in room.phases}
    return {**lines, **left, "steps-count": macros.count(room)}


def _said(room: Room) -> Iterator[tuple[str, Markup]]:
    macros, incident = _macros("said"), room.incident
    for channel in dict.fromkeys((*incident.channels, *(each.channel for each in incident.statements))):
        posted = tuple(each for each in incident.statements if each.channel == channel)
        yield f"said-{channel}", macros.said(room, channel, posted)
        yield f"channel-{channel}-badge", macros.said_badge(channel, posted)


def _people(room: Room, writes: bool) -> Parts:
    macros, works = _macros("people"), writes and room.is_open
    found = {"roles": macros.roles(room, works), "roles-free": macros.free_roles(room, works)}
    moments = {"moments-buttons": macros.moment_buttons(room), "moments-earlier": macros.earlier_buttons(room)}
    return found | moments if writes and room.moments_left else found


# --- rows of the log -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    """A line of the log and the entries it was made from: these very ones, or it is made anew."""

    entry: Entry
    mends: tuple[Entry | None, ...]
    html: Markup

    def still(self, row: LogRow) -> bool:
        mends = _mends(row)
        return self.entry is row.original and len(mends) == len(self.mends) and all(map(is_, mends, self.mends))


_rows: Kept[_Row] = Kept(MOST_KEPT, lambda row: sys.getsizeof(row.html))


def log_row(room: Room, row: LogRow) -> Markup:
    """A line of the log: `<li id="entry-7">`."""
    came = here.arrival()
    key = (room.incident.reference, row.entry.seq, came and came.desk, locale.reader(), room.hour, room.texts)
    known = _rows.get(key)
    if known is None or not known.still(row):
        known = _rows.put(key, _Row(row.original, _mends(row), _row_html(room, row)))
    return known.html


def _mends(row: LogRow) -> tuple[Entry | None, ...]:
    return (row.struck_by, *row.corrections)


def _row_html(room: Room, row: LogRow) -> Markup:
    template = current_app.jinja_env.get_template("incidents/_entry.html")
    return Markup(template.render(room=room, incident=room.incident, row=row))
