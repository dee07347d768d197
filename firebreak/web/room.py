"""The incident room: the page, and the parts every view of it shares. The views are in room_*.py, by subject."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from firebreak import library
from firebreak.domain.incidents import Incident
from firebreak.store import log, queries
from firebreak.web import forms, here, locale, room_log, room_texts
from firebreak.web.room_view import Room

blueprint = Blueprint("room", __name__, url_prefix="/incidents/<reference>")
SUBJECTS = ("steps", "record", "people", "state", "entries")


def init_app(app: Flask) -> None:
    """Register the room with all its views."""
    for subject in SUBJECTS:
        import_module(f"firebreak.web.room_{subject}")
    app.register_blueprint(blueprint)
    app.jinja_env.filters["zone_label"] = locale.zone_label


@blueprint.get("")
def show(reference: str) -> ResponseReturnValue:
    """The room."""
    return page(reference)


def find(reference: str) -> Room:
    """The room of an incident; 404 when there is none. References are not case-sensitive to a person."""
    incident = log.load(reference)
    if incident is None or not incident.seq:
        abort(404)
    return Room(incident, here.now())


def page(reference: str, **wrong: forms.PageForm) -> ResponseReturnValue:
    """The room; `wrong` holds a form that was sent and not accepted, to be shown with its errors (status 422)."""
    room = find(reference)
    html = render_template("incidents/room.html", room=room, incident=room.incident, **_parts(room, wrong))
    return (html, 422) if wrong else html


def back(reference: str, anchor: str = "") -> ResponseReturnValue:
    """To the room, after something was done."""
    return redirect(url_for("room.show", reference=reference, _anchor=anchor or None), 303)


def _parts(room: Room, wrong: dict[str, forms.PageForm]) -> dict[str, Any]:
    kinds = request.args.get("show", "")
    before = request.args.get("before", type=int)
    spokesperson = room.incident.roles.get("spokesperson")
    speaker = room.name(spokesperson) if spokesperson else ""
    return {
        "drafts": room_texts.drafts(room.incident, room.playbook, speaker, room.now),
        "other_channels": room_texts.other_channels(room.incident),
        "forms": fresh_forms(room.incident) | wrong,
        "wrong": next(iter(wrong), ""),
        "statement_form": lambda draft: wrong.get("statement-" + draft.channel) or statement_form(room, draft),
        "log": room_log.page(room.incident, kinds, before),
        "log_filters": tuple(room_log.FILTERS),
        "log_shown": kinds if kinds in room_log.FILTERS else "",
        "deliveries": queries.deliveries(room.incident.reference),
    }


def fresh_forms(incident: Incident) -> dict[str, forms.PageForm]:
    """The forms of the page, each under a prefix of its own so that ids differ."""
    blank = {"formdata": None}
    return {
        "title": forms.TitleForm(prefix="title", data={"title": incident.title}, **blank),
        "severity": forms.SeverityForm(prefix="severity", data={"severity": incident.severity}, **blank),
        "note": forms.NoteForm(prefix="note", **blank),
        "decision": forms.DecisionForm(prefix="decision", **blank),
        "moment": forms.MomentForm(prefix="moment", **blank),
        "step": forms.OwnStepForm(prefix="step", **blank),
        "playbook": playbook_form(incident, **blank),
        "stand_down": forms.StandDownForm(prefix="stand_down", data={"outcome": "resolved"}, **blank),
        "reopen": forms.ReasonForm(prefix="reopen", **blank),
    }


def playbook_form(incident: Incident, **given: Any) -> forms.PlaybookForm:
    """The playbooks of the library, in the incident's language first."""
    used = incident.playbook.scenario if incident.playbook else ""
    form = forms.PlaybookForm(prefix="playbook", data={"playbook": used}, **given)
    form.playbook.choices = [SelectChoice(each.scenario, each.title) for each in library.playbooks(incident.language)]
    return form


def statement_form(room: Room, draft: room_texts.Draft, **given: Any) -> forms.StatementForm:
    """The form of one channel's text; `given` may hold what was sent."""
    default = str(room_texts.CADENCE[room.incident.severity])
    proposed = {"text": draft.text, "promise": default}
    sent = given or {"formdata": None}
    form = forms.StatementForm(prefix=f"statement-{draft.channel}", data=proposed, **sent)
    form.promise.choices = promise_choices(room)
    return form


def promise_choices(room: Room) -> list[SelectChoice]:
    """Minutes and words, none last; `data-words` is the time as the text says it."""
    lengths = ((minutes, timedelta(minutes=minutes)) for minutes in room_texts.PROMISES)
    timed = [
        SelectChoice(
            str(minutes),
            locale.duration(length),
            {"data-words": room_texts.promise_words(room.incident, minutes, room.now)},
        )
        for minutes, length in lengths
    ]
    return [*timed, SelectChoice("", _("no promise"))]
