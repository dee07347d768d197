"""The list of incidents, and the form that opens one."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from firebreak.web import access, first_steps, here, lists, narrowing
from firebreak.web.access import needs
from firebreak.web.advice import Advice, advise
from firebreak.web.forms import attempt
from firebreak.web.opening_form import OpeningForm
from firebreak.workflow import incidents as workflow

blueprint = Blueprint("incidents", __name__, url_prefix="/incidents")


def init_app(app: Flask) -> None:
    """The pages under /incidents; the desk's first page leads there."""
    app.register_blueprint(blueprint)
    lists.init_app(app)
    app.add_url_rule("/", "home", lambda: redirect(url_for("incidents.index")))


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Fifty incidents a page. `part` is the list alone, for a page that is open: 204 while its `mark` still holds."""
    page = lists.listed(narrowing.asked(), request.args.get("before", ""))
    part = "part" in request.args
    if part and request.args.get("mark") == page.mark:
        return "", 204
    return render_template("incidents/_list.html" if part else "incidents/index.html", **lists.facts(page))


# --- opening ---------------------------------------------------------------------------------------


@blueprint.route("/new", methods=["GET", "POST"])
@needs("responder")
def new() -> ResponseReturnValue:
    """The form; its Suggest button brings it back with advice and everything that was typed."""
    form = OpeningForm()
    if request.method == "GET" and "practice" in request.args:
        first_steps.fill(form)
        return _form_page(form, advise(form.sighting()))
    if request.method == "GET":
        return _form_page(form, Advice())
    form.take_answer()
    form.tick_found()
    advice = advise(form.sighting())
    first = first_steps.is_first_exercise(form)
    opened: list[str] = []
    if "suggest" not in request.form and attempt(form, lambda: opened.append(_open(form, advice))):
        if first:
            first_steps.show_hints(opened[0])
        return redirect(url_for("room.show", reference=opened[0]), 303)
    return _form_page(form, advice)


def _open(form: OpeningForm, advice: Advice) -> str:
    actor = access.current_person().id
    opening, playbook = form.opening(advice), form.chosen(advice)
    return workflow.open_incident(opening, actor, here.now(), form.key_for(actor), playbook).reference


def _form_page(form: OpeningForm, advice: Advice) -> ResponseReturnValue:
    form.propose(advice)
    if advice.fits or form.playbook.data:
        form.tick_playbook(advice)
    return render_template("incidents/new.html", form=form, advice=advice), 422 if form.errors else 200


@blueprint.post("/suggest")
@needs("responder")
def suggest() -> ResponseReturnValue:
    """The advice alone, for the page to put beside what is being typed."""
    form = OpeningForm()
    form.take_answer()
    form.tick_found()
    advice = advise(form.sighting())
    form.tick_playbook(advice)
    return render_template("incidents/_suggestions.html", form=form, advice=advice)
