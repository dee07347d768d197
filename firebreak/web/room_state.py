"""The incident as a whole: its name, how grave it is, its playbook, standing down and opening again."""

from __future__ import annotations

from flask import abort, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from firebreak import library
from firebreak.web import forms, here, room, room_forms
from firebreak.web.access import current_person, needs
from firebreak.web.room import blueprint
from firebreak.workflow import incidents


@blueprint.post("/title")
@needs("responder")
def retitle(reference: str) -> ResponseReturnValue:
    """Another title; the old one stays in the log."""
    room.find(reference)
    form, who = forms.TitleForm(prefix="title"), current_person().id
    wished = forms.attempt(form, lambda: incidents.retitle(reference, form.title.data, who, here.now()))
    return room.back(reference) if wished else room.page(reference, title=form)


@blueprint.post("/severity")
@needs("responder")
def change_severity(reference: str) -> ResponseReturnValue:
    """Graver or less grave; lowering needs a reason."""
    room.find(reference)
    form, who = forms.SeverityForm(prefix="severity"), current_person().id

    def wish() -> object:
        said = (form.severity.data, form.reason.data or "", who, here.now())
        return incidents.change_severity(reference, *said, at=form.at.data)

    return room.back(reference) if forms.attempt(form, wish) else room.page(reference, severity=form)


@blueprint.post("/escalate")
@needs("responder")
def escalate(reference: str) -> ResponseReturnValue:
    """A watch turns serious: people are told. One tap."""
    room.find(reference)
    incidents.change_severity(reference, "serious", "", current_person().id, here.now())
    flash(_("Serious now. The people of the roles and the administrators are being told."))
    return room.back(reference)


@blueprint.post("/playbook")
@needs("responder")
def choose_playbook(reference: str) -> ResponseReturnValue:
    """Another playbook from now on. No tick is lost."""
    found = room.find(reference)
    form, who = room_forms.playbook_form(found.incident), current_person().id
    playbook = library.get(found.incident.language, form.playbook.data or "")
    if playbook is None:
        abort(404)
    if not forms.attempt(form, lambda: incidents.choose_playbook(reference, playbook, who, here.now())):
        return room.page(reference, playbook=form)
    flash(_("Playbook in use: %(title)s. Everything ticked so far is kept.", title=playbook.title))
    return room.back(reference, "checklist")


@blueprint.post("/playbook/keep")
@needs("responder")
def keep_playbook(reference: str) -> ResponseReturnValue:
    """The playbook in use stays: the one that was suggested is not suggested here again."""
    room.find(reference)
    incidents.decline_suggestion(reference, request.form.get("scenario", ""), current_person().id, here.now())
    return room.back(reference)


@blueprint.post("/stand-down")
@needs("responder")
def stand_down(reference: str) -> ResponseReturnValue:
    """Over. Refused while critical steps are open, unless a reason is given."""
    room.find(reference)
    form, who = forms.StandDownForm(prefix="stand_down"), current_person().id

    def wish() -> object:
        other = (form.duplicate_of.data or "").strip().upper() or None
        said = (form.outcome.data, form.reason.data or "", who, here.now())
        return incidents.stand_down(reference, *said, duplicate_of=other, at=form.at.data)

    return room.back(reference) if forms.attempt(form, wish) else room.page(reference, stand_down=form)


@blueprint.post("/reopen")
@needs("responder")
def reopen(reference: str) -> ResponseReturnValue:
    """Open again, and why."""
    room.find(reference)
    form, who = forms.ReasonForm(prefix="reopen"), current_person().id
    wished = forms.attempt(form, lambda: incidents.reopen(reference, form.reason.data, who, here.now()))
    return room.back(reference) if wished else room.page(reference, reopen=form)
