"""The list of incidents, and the form that opens one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from firebreak import library
from firebreak.store import queries
from firebreak.store.models import IncidentRow
from firebreak.web import access, here, locale
from firebreak.web.access import needs
from firebreak.web.advice import Advice, advise
from firebreak.web.forms import attempt
from firebreak.web.opening_form import OpeningForm
from firebreak.workflow import incidents as workflow

blueprint = Blueprint("incidents", __name__, url_prefix="/incidents")
STATES = ("open", "stood_down")
LARGEST = 2**31 - 1
"""The number of a row is a 32-bit integer on PostgreSQL."""
_CURSOR = re.compile(r"(open|stood_down)-([0-9]{1,10})")


def init_app(app: Flask) -> None:
    """The pages under /incidents; the desk's first page leads there."""
    app.register_blueprint(blueprint)
    app.add_url_rule("/", "home", lambda: redirect(url_for("incidents.index")))


@dataclass(frozen=True)
class Line:
    """An incident in the list. Times are None where it has no such moment."""

    row: IncidentRow
    began: datetime | None
    noticed: datetime | None
    first_response: datetime | None
    lead: str
    scenario: str

    @property
    def silent_since(self) -> datetime | None:
        """Since when nobody has said a word in public; None once somebody has, and when it was stood down."""
        waiting = self.row.state == "open" and not self.first_response
        return self.began or self.noticed if waiting else None


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Open incidents first, then newest; fifty a page."""
    state = request.args.get("state", "")
    if state and state not in STATES:
        abort(404)
    rows, following = _page(state, request.args.get("before", ""))
    return render_template("incidents/index.html", lines=_lines(rows), state=state, following=following)


def _page(state: str, before: str) -> tuple[Sequence[IncidentRow], str]:
    """The rows of a page, and the cursor of the next; "" when there is none. A cursor names the last row seen."""
    cursor = _CURSOR.fullmatch(before)
    at, number = (cursor[1], min(int(cursor[2]), LARGEST)) if cursor else ("", None)
    states = [state] if state else list(STATES[STATES.index(at) :] if at else STATES)
    rows: list[IncidentRow] = []
    for each in states:
        wanted = queries.PAGE + 1 - len(rows)
        rows += queries.incidents(state=each, before=number if each == at else None, limit=wanted) if wanted else []
    shown = rows[: queries.PAGE]
    return shown, f"{shown[-1].state}-{shown[-1].number}" if len(rows) > len(shown) else ""


def _lines(rows: Sequence[IncidentRow]) -> list[Line]:
    moments = queries.moments(row.reference for row in rows)
    names = queries.names(row.lead for row in rows)
    titles = {playbook.scenario: playbook.title for playbook in library.playbooks(locale.language())}
    return [_line(row, moments.get(row.reference, {}), names, titles) for row in rows]


def _line(row: IncidentRow, moments: dict[str, datetime], names: dict[int, str], titles: dict[str, str]) -> Line:
    return Line(
        row=row,
        began=moments.get("began"),
        noticed=moments.get("noticed"),
        first_response=moments.get("first_response"),
        lead=names.get(row.lead or 0, ""),
        scenario=titles.get(row.scenario or "", row.scenario or ""),
    )


# --- opening ---------------------------------------------------------------------------------------


@blueprint.route("/new", methods=["GET", "POST"])
@needs("responder")
def new() -> ResponseReturnValue:
    """The form; its Suggest button brings it back with advice and everything that was typed."""
    form = OpeningForm()
    if request.method == "GET":
        return _form_page(form, Advice())
    form.tick_found()
    advice = advise(form.sighting())
    opened: list[str] = []
    if "suggest" not in request.form and attempt(form, lambda: opened.append(_open(form, advice))):
        return redirect(url_for("room.show", reference=opened[0]), 303)
    return _form_page(form, advice)


def _open(form: OpeningForm, advice: Advice) -> str:
    actor = access.current_person().id
    opening, playbook = form.opening(advice), form.chosen(advice)
    return workflow.open_incident(opening, actor, here.now(), form.key_for(actor), playbook).reference


def _form_page(form: OpeningForm, advice: Advice) -> ResponseReturnValue:
    form.propose(advice)
    if advice.fits:
        form.tick_playbook(advice)
    return render_template("incidents/new.html", form=form, advice=advice), 422 if form.errors else 200


@blueprint.post("/suggest")
@needs("responder")
def suggest() -> ResponseReturnValue:
    """The advice alone, for the page to put beside what is being typed."""
    form = OpeningForm()
    form.tick_found()
    advice = advise(form.sighting())
    form.tick_playbook(advice)
    return render_template("incidents/_suggestions.html", form=form, advice=advice)
