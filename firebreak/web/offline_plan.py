"""Which pages the service worker is to keep, and when a copy is no longer as good as the page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _

from firebreak import library
from firebreak.domain.incidents import Incident
from firebreak.domain.playbooks import Playbook
from firebreak.web import calls
from firebreak.web.access import may

MOST = 10
"""Rooms, and with each at most three pages of its playbook: no more than some 45 pages are ever kept."""
ROOM_LASTS = timedelta(minutes=15)
"""Clocks run without an entry: a copy of a room is made anew after this, when somebody is at the desk."""
REST_LASTS = timedelta(days=1)


@dataclass(frozen=True)
class Page:
    """An address to keep. Another `mark`, and it is fetched anew. `title` "" where other pages lead to it."""

    address: str
    mark: str
    title: str = ""


def pages(incidents: Sequence[Incident], now: datetime) -> list[Page]:
    """The list, the rooms of these incidents, the playbooks they use, the call list, and the page that names them."""
    found = [_list(incidents, now), *(_room(each, now) for each in incidents), *_playbooks(incidents, now)]
    if may("responder"):
        found.append(Page(url_for("calls.index"), _stamp(now, ROOM_LASTS, calls.mark(incidents)), _("Call list")))
    named = _stamp(now, REST_LASTS, *(f"{page.address} {page.title}" for page in found))
    return [*found, Page(url_for("offline.page"), named)]


def _list(incidents: Iterable[Incident], now: datetime) -> Page:
    heads = (f"{each.reference} {each.seq}" for each in incidents)
    return Page(url_for("incidents.index"), _stamp(now, ROOM_LASTS, *heads), _("Incidents"))


def _room(incident: Incident, now: datetime) -> Page:
    address = url_for("room.show", reference=incident.reference)
    return Page(address, _stamp(now, ROOM_LASTS, str(incident.seq)), f"{incident.reference} {incident.title}")


def _playbooks(incidents: Iterable[Incident], now: datetime) -> Iterator[Page]:
    """Each used version to read, and its scenario's sheet of two pages."""
    for hash in dict.fromkeys(each.playbook.hash for each in incidents if each.playbook):
        if playbook := library.version(hash):
            yield from _playbook(playbook, now)


def _playbook(used: Playbook, now: datetime) -> Iterator[Page]:
    language, scenario = used.language, used.scenario
    in_use = library.get(language, scenario)
    if in_use is None or in_use.hash != used.hash:
        yield Page(url_for("playbooks.version", hash=used.hash), _stamp(now, REST_LASTS, used.hash), used.title)
    if in_use and in_use.language == used.language:
        mark = _stamp(now, REST_LASTS, in_use.hash)
        yield Page(url_for("playbooks.read", language=language, scenario=scenario), mark, in_use.title)
        sheet = url_for("playbooks.sheet", language=language, scenario=scenario)
        yield Page(sheet, mark, _("%(title)s: two-page sheet", title=in_use.title))


def _stamp(now: datetime, lasts: timedelta, *parts: str) -> str:
    """What a copy was made of, in twelve letters; another one when `lasts` is over."""
    turn = int(now.timestamp() // lasts.total_seconds())
    return hashlib.sha256("\n".join((str(turn), *parts)).encode()).hexdigest()[:12]
