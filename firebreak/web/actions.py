"""Follow-up actions: the list over all incidents, and one action to be changed or closed."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from firebreak.domain.incidents import Action
from firebreak.store import queries
from firebreak.store.models import IncidentAction, IncidentRow
from firebreak.web import forms, here, review_forms, room
from firebreak.web.access import current_person, needs
from firebreak.web.review_view import overdue
from firebreak.web.room_view import Room
from firebreak.workflow import review as workflow

blueprint = Blueprint("actions", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@dataclass(frozen=True)
class Line:
    """An open action of the list, with its incident and the name of its owner ("" for nobody)."""

    action: IncidentAction
    incident: IncidentRow
    owner: str
    overdue: bool


@blueprint.get("/actions")
def index() -> ResponseReturnValue:
    """Everything that is still to change, the longest overdue first."""
    rows = queries.open_actions()
    names = queries.names(action.owner for action, _row in rows)
    lines = [Line(action, row, names.get(action.owner or 0, ""), overdue(action.due)) for action, row in rows]
    return render_template("review/actions.html", lines=lines)


@blueprint.get("/incidents/<reference>/actions/<action>")
def show(reference: str, action: str) -> ResponseReturnValue:
    """One action."""
    return _page(reference, action)


def _page(reference: str, action: str, **wrong: forms.PageForm) -> ResponseReturnValue:
    found, own = _found(reference, action)
    shown = {
        "change": review_forms.action_form(found, own, formdata=None),
        "close": review_forms.CloseForm(prefix="close", formdata=None),
    }
    facts = {"room": found, "incident": found.incident, "action": own, "overdue": overdue(own.due, own.outcome)}
    html = render_template("review/action.html", forms=shown | wrong, wrong=next(iter(wrong), ""), **facts)
    return (html, 422) if wrong else html


def _found(reference: str, action: str) -> tuple[Room, Action]:
    found = room.find(reference)
    own = found.incident.actions.get(action)
    return (found, own) if own else abort(404)


@blueprint.post("/incidents/<reference>/actions/<action>")
@needs("responder")
def change(reference: str, action: str) -> ResponseReturnValue:
    """Other words, another owner or date."""
    form, who = review_forms.action_form(*_found(reference, action)), current_person().id
    wished = forms.attempt(form, lambda: workflow.change_action(reference, action, *form.wish, who, here.now()))
    return _back(reference) if wished else _page(reference, action, change=form)


@blueprint.post("/incidents/<reference>/actions/<action>/close")
@needs("responder")
def close(reference: str, action: str) -> ResponseReturnValue:
    """Done, or dropped and why."""
    _found(reference, action)
    form, who = review_forms.CloseForm(prefix="close"), current_person().id

    def wish() -> object:
        return workflow.close_action(reference, action, form.outcome.data, form.note.data or "", who, here.now())

    if not forms.attempt(form, wish):
        return _page(reference, action, close=form)
    flash(_("The action is closed."))
    return _back(reference)


def _back(reference: str) -> ResponseReturnValue:
    return redirect(url_for("review.show", reference=reference, _anchor="actions"), 303)
