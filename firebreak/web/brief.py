"""One page for the executive: what, since when, known and not known, what we said, clocks, what is open, what next."""

from __future__ import annotations

import re
from functools import cached_property

from flask import Blueprint, Flask, Response, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from firebreak.domain.clocks import Reading
from firebreak.domain.incidents import Incident, Statement
from firebreak.notify.messages import one_line
from firebreak.web import forms, here, review_forms, room, words
from firebreak.web.access import current_person, needs
from firebreak.web.room_view import Room
from firebreak.workflow import review as workflow

blueprint = Blueprint("brief", __name__, url_prefix="/incidents/<reference>")
REPORT_LENGTH, SAID_LENGTH = 420, 260
MOST_SAID, MOST_STEPS, MOST_CLOCKS = 4, 8, 7
"""What one page of A4 holds; the rest is counted."""


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


class Brief:
    """What the page and its text ask for."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.incident: Incident = room.incident
        self.written = room.incident.brief

    @property
    def what(self) -> str:
        """The beginning of the report."""
        return shortened(self.incident.report, REPORT_LENGTH)

    @cached_property
    def said(self) -> list[Statement]:
        """What was posted last, newest first."""
        return sorted(self.incident.statements, key=lambda each: (each.at, each.seq), reverse=True)

    @property
    def clocks(self) -> list[Reading]:
        """Those that ask for something first, then what was late, then what was met."""
        late = [each for each in self.room.settled if each.status in ("late", "breached")]
        met = [each for each in self.room.settled if each.status == "met"]
        return [*self.room.running, *late, *met][:MOST_CLOCKS]

    @cached_property
    def next_update(self) -> Reading | None:
        """The public promise that is still to be kept."""
        return next((each for each in self.room.running if each.clock.id == "next_update"), None)

    def clock_line(self, reading: Reading) -> str:
        return words.clock_name(reading.clock.id, self.room.clock_step(reading.clock.id))

    @property
    def address(self) -> str:
        """Where the room is."""
        public = current_app.config["FIREBREAK"].public_url
        path = url_for("room.show", reference=self.incident.reference)
        return f"{public}{path}" if public else url_for("room.show", reference=self.incident.reference, _external=True)


def shortened(text: str, longest: int) -> str:
    """The beginning of a text on one line, cut at a word."""
    return one_line(text, longest)


@blueprint.get("/brief")
def show(reference: str) -> ResponseReturnValue:
    """The page: one side of A4."""
    return page(reference)


def page(reference: str, wrong: review_forms.BriefForm | None = None) -> ResponseReturnValue:
    brief = Brief(room.find(reference))
    form = wrong or review_forms.BriefForm(prefix="brief", obj=brief.written, formdata=None)
    html = render_template("brief/show.html", **_facts(brief), form=form, wrong=bool(wrong), plain=plain(brief))
    return (html, 422) if wrong else html


def _facts(brief: Brief) -> dict[str, object]:
    limits = {"most_said": MOST_SAID, "most_steps": MOST_STEPS, "said_length": SAID_LENGTH}
    return {"brief": brief, "room": brief.room, "incident": brief.incident, "shortened": shortened, **limits}


@blueprint.get("/brief.txt")
def text(reference: str) -> ResponseReturnValue:
    """The same as plain text, for a mail or a chat."""
    return Response(plain(Brief(room.find(reference))), content_type="text/plain; charset=utf-8")


def plain(brief: Brief) -> str:
    """The page as lines of text; what people typed is on single lines without control letters."""
    lines = render_template("brief/brief.txt", **_facts(brief))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", lines)).strip() + "\n"


@blueprint.post("/brief")
@needs("responder")
def write(reference: str) -> ResponseReturnValue:
    """What is known, what is not, what comes next."""
    room.find(reference)
    form, who = review_forms.BriefForm(prefix="brief"), current_person().id

    def wish() -> object:
        told = (form.known.data or "", form.unknown.data or "", form.next.data or "")
        return workflow.write_brief(reference, *told, who, here.now())

    if not forms.attempt(form, wish):
        return page(reference, form)
    return redirect(url_for("brief.show", reference=reference), 303)
