"""What changed in a room since an entry: the rows and parts that an open page puts in place of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from firebreak.domain.events import Entry, EventKind
from firebreak.domain.folding import MENDS
from firebreak.web import access, here, room, room_log, room_page, room_parts
from firebreak.web.rendered import Kept
from firebreak.web.room import blueprint
from firebreak.web.room_view import Room

K = EventKind
FAR_BEHIND = 50
"""More entries than this are not put in one by one: the page is fetched anew."""
MOST_SAID = 3
LONGEST_SAID = 160
MOST_KEPT = 4 * 1024 * 1024
"""Bytes of answers."""
STRUCTURAL = frozenset(
    {
        *(K.PLAYBOOK_CHOSEN, K.INCIDENT_STOOD_DOWN, K.INCIDENT_REOPENED, K.CHANNEL_ADDED, K.STEP_ADDED),
    }
)
"""After these the page has other sections, forms or lines than before."""
ALARMS = frozenset({K.CLOCK_BREACHED})
UNSAID = frozenset({*room_log.QUIET, *MENDS, K.CLOCK_WARNED})
"""Entries that nobody is read aloud."""
_FIRST = re.compile(r"<p[^>]*>(.*?)</p>", re.DOTALL)


_answers: Kept[str] = Kept(MOST_KEPT)


@blueprint.get("/changes")
def changes(reference: str) -> ResponseReturnValue:
    """204 when nothing is newer than `after`; else what is, as JSON (see `answer`), made once for all who are shown
    the same."""
    came, after = here.arrival(), max(request.args.get("after", 0, type=int), 0)
    if came and came.seq == after > 0:
        return "", 204
    mark = room_page.mark(reference)
    text = _answers.get((mark, after))
    if text is None:
        found = room.find(reference)
        text = json.dumps(answer(found, after, access.may("responder")), ensure_ascii=False, separators=(",", ":"))
        if came and came.seq == found.incident.seq:
            _answers.put((mark, after), text)
    return Response(text, content_type="application/json")


def answer(found: Room, after: int, writes: bool) -> dict[str, Any]:
    """The head's number, the page's title, the elements and rows that differ, and what to read aloud (`alarms` at
    once). `reload`: what differs cannot be put in place, the page is to be fetched."""
    new = found.incident.facts[after:]
    told = {"seq": found.incident.seq, "title": room_page.title(found), **_told(found, new)}
    parts = None if _structural(found, new) else _differing(found, after, writes)
    if parts is None:
        return {**told, "parts": {}, "rows": "", "reload": True}
    rows = "".join(room_parts.log_row(found, row) for row in _rows(found, new))
    return {**told, "parts": parts, "rows": rows, "reload": False}


def _structural(found: Room, new: Sequence[Entry]) -> bool:
    """Whether the page has to be fetched anew. A mend may undo anything: what it mended is looked at as if new."""
    touched = [*new, *_mended(found, new)]
    channels = {each.event.data["channel"] for each in touched if each.event.kind is K.STATEMENT_POSTED}
    return (
        len(new) > FAR_BEHIND
        or not new  # an earlier state of the desk was restored
        or any(each.event.kind in STRUCTURAL for each in touched)
        or not channels <= set(found.incident.channels)
    )


def _targets(new: Iterable[Entry]) -> set[int]:
    """The entries that these mend."""
    data = [each.event.data for each in new if each.event.kind in MENDS]
    return {seq for each in data for seq in (each.get("targets") or [each["target"]])}


def _mended(found: Room, new: Iterable[Entry]) -> list[Entry]:
    return [fact for fact in map(found.incident.fact, _targets(new)) if fact]


def _rows(found: Room, new: Sequence[Entry]) -> Iterable[room_log.LogRow]:
    """Those of new entries and of the older ones they mend, newest first."""
    shown = {fact.seq: fact for fact in (*new, *_mended(found, new))}
    return room_log.rows(found.incident, [shown[seq] for seq in sorted(shown, reverse=True)])


def _differing(found: Room, after: int, writes: bool) -> dict[str, str] | None:
    """The parts that look otherwise than after that entry, at the same time of day; None where a part came or went.
    All of them where this process has not seen the incident as it was then."""
    parts, then = room_parts.parts(found, writes), room_parts.earlier(found, after)
    if then is None:
        return dict(parts)
    before = room_parts.parts(then, writes)
    return {id: html for id, html in parts.items() if before.get(id) != html} if before.keys() == parts.keys() else None


# --- read aloud ------------------------------------------------------------------------------------


def _told(found: Room, new: Sequence[Entry]) -> dict[str, list[dict[str, Any]]]:
    """`said` politely, `alarms` at once."""
    said = [fact for fact in new if fact.event.kind not in UNSAID | ALARMS]
    alarms = [fact for fact in new if fact.event.kind in ALARMS]
    return {"said": _sentences(found, said, len(said) <= MOST_SAID), "alarms": _sentences(found, alarms)}


def _sentences(found: Room, facts: list[Entry], in_full: bool = True) -> list[dict[str, Any]]:
    """`{"seq", "by", "text"}`: the number of each entry, whose it is (nobody is read their own), and its first line as
    plain text; "" where they are too many to be read one by one."""
    rows = room_log.rows(found.incident, facts)
    return [
        {
            "seq": row.entry.seq,
            "by": row.entry.event.actor,
            "text": _sentence(room_parts.log_row(found, row)) if in_full else "",
        }
        for row in rows
    ]


def _sentence(row: Markup) -> str:
    first = _FIRST.search(row)
    words = Markup(first[1] if first else "").striptags()
    return words if len(words) <= LONGEST_SAID else _("%(beginning)s …", beginning=words[:LONGEST_SAID].rstrip())
