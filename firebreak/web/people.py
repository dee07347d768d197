"""People: who has an account and what they may do. For administrators."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, RadioField, StringField

from firebreak.domain.refusal import Refused
from firebreak.store import people as store
from firebreak.store import queries
from firebreak.store.accounts import Account
from firebreak.web import mailing, refusals, words
from firebreak.web.access import current_person, fresh, has_second_step, needs
from firebreak.web.addresses import address
from firebreak.web.forms import PageForm, attempt
from firebreak.web.here import desk, now
from firebreak.web.links import address_of, send_by_mail
from firebreak.workflow import people as workflow

LARGEST = 2**31 - 1
blueprint = Blueprint("people", __name__, url_prefix="/people")


class PersonForm(PageForm):
    name = StringField(_l("Name"), render_kw={"autocomplete": "off"})
    email = EmailField(_l("Email"), validators=[address], render_kw={"autocomplete": "off"})


class AddForm(PersonForm):
    access = RadioField(_l("May"), choices=lambda: words.choices("access_meaning"), default="responder")


class AccessForm(PageForm):
    access = RadioField(_l("May"), choices=lambda: words.choices("access_meaning"))


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


def _person(id: int) -> Account:
    """404 also for a number that no column holds."""
    return (store.get(id) if id <= LARGEST else None) or abort(404)


@blueprint.get("")
@needs("administrator")
def index() -> ResponseReturnValue:
    return render_template("people/index.html", people=queries.people(), has_second_step=has_second_step)


@blueprint.route("/add", methods=["GET", "POST"])
@needs("administrator")
@fresh
def add() -> ResponseReturnValue:
    """A new person, with an invitation to choose a password."""
    form = AddForm()
    made: list[int] = []
    if request.method == "POST" and attempt(form, lambda: made.append(_add(form))):
        return _show_link(store.get_new(made[0]) or abort(404), "invitation")
    return render_template("people/add.html", form=form)


def _add(form: AddForm) -> int:
    who = {"email": form.email.data, "name": form.name.data or "", "access": form.access.data}
    return workflow.add(**who, actor=current_person().id, now=now())


@blueprint.route("/<int:id>", methods=["GET", "POST"])
@needs("administrator")
@fresh
def show(id: int) -> ResponseReturnValue:
    """One person: name and address here, everything else by the buttons below."""
    person = _person(id)
    form = PersonForm(obj=person)
    if request.method == "POST" and attempt(form, lambda: _change(id, form)):
        return _saved(id)
    access = AccessForm(obj=person)
    facts = {"second_step": has_second_step(person), "can_mail": mailing.possible(desk())}
    return render_template("people/show.html", person=person, form=form, access=access, **facts)


def _change(id: int, form: PersonForm) -> None:
    values = {"name": form.name.data or "", "email": form.email.data}
    workflow.change_details(id, values, current_person().id, now())


def _saved(id: int) -> ResponseReturnValue:
    flash(_("Saved."))
    return redirect(url_for("people.show", id=id), 303)


@blueprint.post("/<int:id>/access")
@needs("administrator")
@fresh
def access(id: int) -> ResponseReturnValue:
    form = AccessForm()
    return _do(id, lambda: workflow.give_access(id, form.access.data or "", current_person().id, now()))


@blueprint.post("/<int:id>/disable")
@needs("administrator")
@fresh
def disable(id: int) -> ResponseReturnValue:
    return _do(id, lambda: workflow.disable(id, current_person().id, now()))


@blueprint.post("/<int:id>/enable")
@needs("administrator")
@fresh
def enable(id: int) -> ResponseReturnValue:
    return _do(id, lambda: workflow.enable(id, current_person().id, now()))


@blueprint.post("/<int:id>/reset-second-step")
@needs("administrator")
@fresh
def reset_second_step(id: int) -> ResponseReturnValue:
    return _do(id, lambda: workflow.reset_second_step(id, current_person().id, now()))


@blueprint.route("/<int:id>/erase", methods=["GET", "POST"])
@needs("administrator")
@fresh
def erase(id: int) -> ResponseReturnValue:
    """Asked for on a page of its own, since it cannot be taken back."""
    person = _person(id)
    if request.method == "GET":
        return render_template("people/erase.html", person=person)
    name = person.name
    try:
        workflow.erase(id, current_person().id, now())
    except Refused as refused:
        flash(refusals.sentence(refused), "error")
        return redirect(url_for("people.show", id=id), 303)
    flash(_("%(name)s is erased.", name=name))
    return redirect(url_for("people.index"), 303)


@blueprint.post("/<int:id>/link")
@needs("administrator")
@fresh
def link(id: int) -> ResponseReturnValue:
    """A link with which the person chooses a new password."""
    person = _person(id)
    try:
        return _show_link(person, "reset" if person.password else "invitation")
    except Refused as refused:
        flash(refusals.sentence(refused), "error")
        return redirect(url_for("people.show", id=id), 303)


def _show_link(person: Account, purpose: str) -> ResponseReturnValue:
    """The page that shows a link, this once; where the desk has mail, it goes out as well."""
    where = address_of(workflow.issue_link(person.id, purpose, current_person().id, now()))
    can_mail = mailing.possible(desk())
    problem = send_by_mail(person, purpose, where) if can_mail else ""
    facts = {"address": where, "lasts": workflow.LASTS[purpose], "mailed": can_mail, "problem": problem}
    return render_template("people/link.html", person=person, **facts)


def _do(id: int, wish: Callable[[], object]) -> ResponseReturnValue:
    _person(id)
    try:
        wish()
    except Refused as refused:
        flash(refusals.sentence(refused), "error")
        return redirect(url_for("people.show", id=id), 303)
    return _saved(id)
