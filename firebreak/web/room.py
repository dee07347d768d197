"""The incident room: the page, and the parts every view of it shares. The views are in room_*.py, by subject."""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from firebreak.store import log
from firebreak.web import forms, here, locale, room_page
from firebreak.web.room_view import Room

blueprint = Blueprint("room", __name__, url_prefix="/incidents/<reference>")
SUBJECTS = ("steps", "record", "people", "state", "entries", "changes")


def init_app(app: Flask) -> None:
    """Register the room with all its views."""
    for subject in SUBJECTS:
        import_module(f"firebreak.web.room_{subject}")
    app.register_blueprint(blueprint)
    app.jinja_env.filters["zone_label"] = locale.zone_label
    app.jinja_env.filters["with_tokens"] = room_page.with_tokens


@blueprint.get("")
def show(reference: str) -> ResponseReturnValue:
    """The room. Whoever has the same language, zone, clock and access is shown the same for some seconds."""
    asked = room_page.Asked(request.args.get("show", ""), request.args.get("before", type=int))
    page = room_page.kept(reference, asked) or room_page.made(find(reference), asked)
    return render_template("incidents/room.html", page=page)


def find(reference: str) -> Room:
    """The room of an incident; 404 when there is none. References are not case-sensitive to a person."""
    came = here.arrival()
    incident = (came and log.known(reference, came.hash)) or log.load(reference)
    if incident is None or not incident.seq:
        abort(404)
    return Room(incident, here.now())


def page(reference: str, **wrong: forms.PageForm) -> ResponseReturnValue:
    """The room with a form that was sent and not accepted, shown with its errors (status 422)."""
    page = room_page.rendered(find(reference), room_page.Asked(), wrong)
    return render_template("incidents/room.html", page=page, wrong=next(iter(wrong.values()), None)), 422


def back(reference: str, anchor: str = "") -> ResponseReturnValue:
    """To the room, after something was done."""
    return redirect(url_for("room.show", reference=reference, _anchor=anchor or None), 303)
