"""The call list: whom to ring, from the room and at three in the morning. It holds phone numbers, so it is for people
who work on incidents, as the pack is; the numbers are those of the accounts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue

from firebreak import library
from firebreak.domain.incidents import Incident
from firebreak.domain.playbooks import ROLES, Playbook
from firebreak.store import log, queries
from firebreak.store.accounts import Account
from firebreak.web import here, locale
from firebreak.web.access import needs

blueprint = Blueprint("calls", __name__)
MOST = 10
"""Open incidents whose people are named."""


def init_app(app: Flask) -> None:
    """The page; `dialled` makes of a number as it is written one that a telephone takes."""
    app.register_blueprint(blueprint)
    app.jinja_env.filters["dialled"] = dialled


def dialled(phone: str) -> str:
    """ "+33 (0)1 23 45 67 89" -> "+33123456789": digits and a leading plus; the zero in brackets is not dialled."""
    plus = "+" if phone.strip().startswith("+") else ""
    return plus + re.sub(r"\D", "", phone.replace("(0)", "") if plus else phone)


@dataclass(frozen=True)
class Duty:
    """A job in an incident and who has it."""

    role: str
    person: Account | None


@dataclass(frozen=True)
class OnDuty:
    """The people of an open incident, the lead first."""

    incident: Incident
    duties: tuple[Duty, ...]


@dataclass(frozen=True)
class OwnedChannel:
    """An account of the house on a platform; `owner` None where nobody is named."""

    channel: str
    address: str
    owner: Account | None


@blueprint.get("/call-list")
@needs("responder")
def index() -> ResponseReturnValue:
    """The page."""
    people = queries.people(only_active=True)
    known = {person.id: person for person in people}
    channels = _channels(known)
    return render_template(
        "calls/index.html",
        people=people,
        owned={id: [each.channel for each in channels if each.owner and each.owner.id == id] for id in known},
        channels=channels,
        on_duty=[OnDuty(incident, tuple(_duties(incident, known))) for incident in _open()],
        playbooks=_owned_playbooks(),
        desk=here.desk(),
    )


def _open() -> list[Incident]:
    return log.load_all(row.reference for row in queries.incidents(state="open", limit=MOST))


def _duties(incident: Incident, known: dict[int, Account]) -> Iterable[Duty]:
    """The lead, also where nobody has it, and every job that somebody has."""
    for role in ROLES:
        if role in incident.roles or role == "lead":
            yield Duty(role, known.get(incident.roles.get(role, 0)))


def _channels(known: dict[int, Account]) -> list[OwnedChannel]:
    rows = [row for row in here.desk()["channels"] if row.get("channel")]
    return [OwnedChannel(row["channel"], row.get("address") or "", known.get(row.get("owner") or 0)) for row in rows]


def _owned_playbooks() -> list[Playbook]:
    return sorted(library.playbooks(locale.language()), key=lambda each: each.title)


def mark(incidents: Sequence[Incident]) -> str:
    """Another one when the page would say something else."""
    people = [(each.name, each.email, each.phone, each.zone, each.access) for each in queries.people(only_active=True)]
    duties = [(each.reference, each.title, *sorted(each.roles.items())) for each in incidents]
    hashes = [each.hash for each in _owned_playbooks()]
    return repr((people, duties, here.desk()["channels"], here.desk()["zone"], hashes))
