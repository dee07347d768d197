"""The checklist of the room: one page a step, ticking, setting aside, opening again, giving to people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from wtforms.fields.choices import SelectChoice

from firebreak.domain.incidents import Step
from firebreak.domain.playbooks import Step as Listed
from firebreak.store import queries
from firebreak.web import forms, here, locale, playbooks, room, room_log, told
from firebreak.web.access import current_person, needs
from firebreak.web.room import blueprint
from firebreak.web.room_view import Room
from firebreak.workflow import steps


@blueprint.get("/steps/<step>")
def step(reference: str, step: str) -> ResponseReturnValue:
    """One step: what to do, how, and its history."""
    return _page(reference, step)


def _page(reference: str, step: str, **wrong: forms.PageForm) -> ResponseReturnValue:
    """The step's page; `wrong` is a form that was not accepted (status 422)."""
    found = room.find(reference)
    if step not in found.incident.steps:
        abort(404)
    facts = _facts(found, found.incident.steps[step])
    facts["forms"] |= wrong
    html = render_template("incidents/step.html", room=found, incident=found.incident, **facts)
    return (html, 422) if wrong else html


def _facts(found: Room, step: Step) -> dict[str, Any]:
    listed = found.playbook.step(step.id) if found.playbook and not step.own else None
    guidance = Markup(playbooks.prose(found.playbook.language)(listed.guidance)) if found.playbook and listed else ""
    history = [fact for fact in reversed(found.incident.facts) if fact.event.data.get("step") == step.id]
    blank = {"formdata": None}
    return {
        "row": found.row(step),
        "listed": listed,
        "guidance": guidance,
        "history": room_log.rows(found.incident, history),
        "forms": {
            "done": done_form(step, listed, **blank),
            "aside": forms.StepReasonForm(prefix="aside", **blank),
            "again": forms.StepReasonForm(prefix="again", **blank),
            "person": person_form(found, step, **blank),
        },
    }


def done_form(step: Step, listed: Listed | None, **given: Any) -> forms.StepDoneForm:
    """The form of ticking, with the options of a decision."""
    form = forms.StepDoneForm(prefix="done", **given)
    titles = {option.id: option.title for option in listed.options} if listed else {}
    form.choice.choices = [SelectChoice(option, titles.get(option, option)) for option in step.options]
    return form


def person_form(found: Room, step: Step, **given: Any) -> forms.StepPersonForm:
    """Everybody who can take the step, and nobody."""
    form = forms.StepPersonForm(prefix="person", data={"person": step.person or 0}, **given)
    form.person.choices = [
        SelectChoice("0", _("Whoever has the role")),
        *(SelectChoice(str(each.id), each.name) for each in found.people),
    ]
    return form


def _known(reference: str, step: str) -> Step:
    known = room.find(reference).incident.steps.get(step)
    return known or abort(404)


def _done_back(reference: str, step: str) -> ResponseReturnValue:
    """Back to the line of the checklist, or to the step's page when it was ticked there. A script stays where it is."""
    if told.by_script():
        return told.answer()
    if request.form.get("stay"):
        return redirect(url_for("room.step", reference=reference, step=step), 303)
    return room.back(reference, f"step-{step}")


@blueprint.post("/steps/<step>/done")
@needs("responder")
def finish_step(reference: str, step: str) -> ResponseReturnValue:
    """Tick. The checklist's own button sends nothing but the step."""
    before, who = _known(reference, step), current_person().id
    form = done_form(before, None)

    def wish() -> None:
        choice, note = form.choice.data or "", form.note.data or ""
        found = steps.finish(reference, step, who, here.now(), at=form.at.data, choice=choice, note=note)
        _say_already(before, found.steps[step], who)

    if forms.attempt(form, wish):
        return _done_back(reference, step)
    form.choice.choices = done_form(_known(reference, step), _listed(reference, step)).choice.choices
    return _page(reference, step, done=form)


def _say_already(before: Step, after: Step, who: int) -> None:
    """The second person to tick a step learns that nothing was added, and whose tick stands: also when both saw it
    open and tapped in the same moment."""
    if after.at is None or (after.by == who and after.seq != before.seq):
        return
    name, when = queries.names([after.by]).get(after.by or 0, "Firebreak"), locale.when_short(after.at)
    flash(_("Already done by %(name)s, %(when)s. Nothing was added.", name=name, when=when), "info")


def _listed(reference: str, step: str) -> Listed | None:
    playbook = room.find(reference).playbook
    return playbook.step(step) if playbook else None


@blueprint.post("/steps/<step>/not-applicable")
@needs("responder")
def set_aside_step(reference: str, step: str) -> ResponseReturnValue:
    """Not applicable here, and why."""
    _known(reference, step)
    form, who = forms.StepReasonForm(prefix="aside"), current_person().id
    if forms.attempt(form, lambda: steps.set_aside(reference, step, form.reason.data, who, here.now(), form.at.data)):
        return _done_back(reference, step)
    return _page(reference, step, aside=form)


@blueprint.post("/steps/<step>/reopen")
@needs("responder")
def reopen_step(reference: str, step: str) -> ResponseReturnValue:
    """Open again; the earlier tick stays in the log."""
    _known(reference, step)
    form, who = forms.StepReasonForm(prefix="again"), current_person().id
    if forms.attempt(form, lambda: steps.reopen(reference, step, form.reason.data or "", who, here.now())):
        return _done_back(reference, step)
    return _page(reference, step, again=form)


@blueprint.post("/steps/<step>/take")
@needs("responder")
def take_step(reference: str, step: str) -> ResponseReturnValue:
    """The person here does it."""
    _known(reference, step)
    steps.assign(reference, step, current_person().id, current_person().id, here.now())
    return _done_back(reference, step)


@blueprint.post("/steps/<step>/assign")
@needs("responder")
def assign_step(reference: str, step: str) -> ResponseReturnValue:
    """Given to a person, or back to the role."""
    form = person_form(room.find(reference), _known(reference, step))
    who = current_person().id
    if forms.attempt(form, lambda: steps.assign(reference, step, form.person.data or None, who, here.now())):
        return _done_back(reference, step)
    return _page(reference, step, person=form)


@blueprint.post("/steps")
@needs("responder")
def add_step(reference: str) -> ResponseReturnValue:
    """A step of one's own."""
    room.find(reference)
    form, who = forms.OwnStepForm(prefix="step"), current_person().id

    def wish() -> object:
        due = form.due.data or timedelta(0)
        about = (form.title.data, form.role.data, due, form.phase.data, form.critical.data)
        return steps.add(reference, *about, who, here.now())

    if not forms.attempt(form, wish):
        return room.page(reference, step=form)
    flash(_("The step is on the checklist."))
    return room.back(reference, "checklist")
