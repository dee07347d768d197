"""Who does what and who was told: taking, assigning, handing over and releasing roles."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from firebreak.domain.deciding.steps import ROLES
from firebreak.store import queries
from firebreak.web import forms, here, room, words
from firebreak.web.access import current_person, needs
from firebreak.web.room import blueprint
from firebreak.web.room_view import Room
from firebreak.workflow import roles


@blueprint.get("/told")
def told(reference: str) -> ResponseReturnValue:
    """Who was told by mail or webhook, and whether it arrived."""
    found = room.find(reference)
    sent = queries.deliveries(found.incident.reference)
    return render_template("incidents/told.html", incident=found.incident, deliveries=sent, names=found.names)


@blueprint.get("/roles/<role>")
def role(reference: str, role: str) -> ResponseReturnValue:
    """One role: who holds it, and giving it to somebody."""
    return _page(reference, role)


def _page(reference: str, role: str, form: forms.RoleForm | None = None) -> ResponseReturnValue:
    found = room.find(reference)
    row = next((row for row in found.roles if row.role == role), None) or abort(404)
    form, wrong = form or role_form(found, role, formdata=None), form
    html = render_template("incidents/role.html", room=found, incident=found.incident, row=row, form=form)
    return (html, 422) if wrong else html


def role_form(found: Room, role: str, **given: Any) -> forms.RoleForm:
    """Everybody who may work on incidents but its holder. The person here is proposed for a free role; who hands over
    chooses, or the role would go to the first of the alphabet at a slip of the thumb."""
    held = found.incident.roles.get(role)
    form = forms.RoleForm(prefix="role", data={"person": None if held else current_person().id}, **given)
    others = [SelectChoice(str(each.id), each.name) for each in found.people if each.id != held]
    nobody = [SelectChoice("", _("Choose a person"))] if held and others else []
    form.person.choices = [*nobody, *others]
    return form


@blueprint.post("/roles/<role>/take")
@needs("responder")
def take_role(reference: str, role: str) -> ResponseReturnValue:
    """The person here does it from now. One tap, unless somebody took it since the page was shown."""
    holder, me = _known(reference, role).incident.roles.get(role), current_person().id
    if holder not in (None, me) and request.form.get("instead") != str(holder):
        name = room.find(reference).name(holder)
        flash(_("%(name)s has it already: %(role)s.", name=name, role=words.word("role", role)), "info")
        return redirect(url_for("room.role", reference=reference, role=role), 303)
    roles.assign(reference, role, me, me, here.now())
    flash(_("You are now: %(role)s.", role=words.word("role", role)))
    return room.back(reference)


@blueprint.post("/roles/<role>")
@needs("responder")
def assign_role(reference: str, role: str) -> ResponseReturnValue:
    """Given to a person; a hand-over when somebody else held it."""
    form, who = role_form(_known(reference, role), role), current_person().id
    wish = lambda: roles.assign(reference, role, form.person.data, who, here.now(), form.at.data)  # noqa: E731
    return room.back(reference, "people") if forms.attempt(form, wish) else _page(reference, role, form)


@blueprint.post("/roles/<role>/release")
@needs("responder")
def release_role(reference: str, role: str) -> ResponseReturnValue:
    """Nobody holds it any more."""
    _known(reference, role)
    roles.release(reference, role, current_person().id, here.now())
    return room.back(reference, "people")


def _known(reference: str, role: str) -> Room:
    """The room, when there is such a role in it; 404 otherwise."""
    if role not in ROLES:
        abort(404)
    return room.find(reference)
