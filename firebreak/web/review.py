"""The review of an incident: reading, answering, agreeing, opening again, and its print."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from firebreak import prints, system
from firebreak.store import jobs, log, queries
from firebreak.web import forms, here, locale, review_forms, review_words, room
from firebreak.web.access import current_person, may, needs
from firebreak.web.review_view import Review
from firebreak.web.room_view import Room
from firebreak.workflow import review as workflow

blueprint = Blueprint("review", __name__, url_prefix="/incidents/<reference>/review")
KIND = "review"
PAGES = 6
"""About how long a review is on paper, for the progress shown."""


def init_app(app: Flask) -> None:
    """The pages of the review; the worker learns how to fill its PDF."""
    app.register_blueprint(blueprint)
    app.extensions.setdefault(prints.MAKERS, {})[KIND] = draft
    app.jinja_env.globals["review_words"] = review_words


@blueprint.get("")
def show(reference: str) -> ResponseReturnValue:
    """The review: readable at any time, answerable after standing down."""
    return page(reference)


def page(reference: str, **wrong: forms.PageForm) -> ResponseReturnValue:
    """The review; `wrong` holds a form that was sent and not accepted (status 422)."""
    review = Review(room.find(reference))
    shown = _fresh_forms(review) | wrong
    facts = {"room": review.room, "incident": review.incident, "forms": shown, "wrong": next(iter(wrong), "")}
    html = render_template("review/show.html", review=review, link=_link(reference), **facts)
    return (html, 422) if wrong else html


def _link(reference: str) -> Any:
    """Entry number -> where it is read."""
    return lambda seq: url_for("room.entry", reference=reference, seq=seq)


def _fresh_forms(review: Review) -> dict[str, forms.PageForm]:
    mine = review.mine(current_person().id)
    return {
        "answers": review_forms.answers_form(review.question_texts, mine, formdata=None),
        "judge": review_forms.judge_form(review.incident, formdata=None),
        "action": review_forms.action_form(review.room, formdata=None),
        "agree": review_forms.AgreeForm(prefix="agree", formdata=None),
        "reopen": forms.ReasonForm(prefix="reopen", formdata=None),
    }


def back(reference: str, anchor: str = "") -> ResponseReturnValue:
    """To the review, after something was done."""
    return redirect(url_for("review.show", reference=reference, _anchor=anchor or None), 303)


# --- writing ---------------------------------------------------------------------------------------


@blueprint.post("/answers")
@needs("responder")
def answer(reference: str) -> ResponseReturnValue:
    """What this person answers; each answer that changed is an entry."""
    found, who = Review(room.find(reference)), current_person().id
    form = review_forms.answers_form(found.question_texts, found.mine(who))
    sent = {code: form[code].data or "" for code in found.question_texts if form[code].name in request.form}
    if not forms.attempt(form, lambda: workflow.answer(reference, sent, who, here.now())):
        return page(reference, answers=form)
    flash(_("Your answers are in the log."))
    return back(reference, "questions")


@blueprint.post("/playbook")
@needs("responder")
def judge(reference: str) -> ResponseReturnValue:
    """Which playbook would have been right: the last one said counts."""
    form, who = review_forms.judge_form(room.find(reference).incident), current_person().id
    if not forms.attempt(form, lambda: workflow.judge(reference, form.scenario.data or "", who, here.now())):
        return page(reference, judge=form)
    flash(_("It is in the log, and counts in how often the first suggestion is right."))
    return back(reference, "right-playbook")


@blueprint.post("/actions")
@needs("responder")
def add_action(reference: str) -> ResponseReturnValue:
    """Something to change, with owner and date or to be given them later."""
    form, who = review_forms.action_form(room.find(reference)), current_person().id
    wished = forms.attempt(form, lambda: workflow.add_action(reference, *form.wish, who, here.now()))
    return back(reference, "actions") if wished else page(reference, action=form)


@blueprint.post("/agree")
@needs("responder")
def agree(reference: str) -> ResponseReturnValue:
    """The person here signs it."""
    room.find(reference)
    form, who = review_forms.AgreeForm(prefix="agree"), current_person().id
    wished = forms.attempt(form, lambda: workflow.agree(reference, form.note.data or "", who, here.now()))
    return back(reference, "agreement") if wished else page(reference, agree=form)


@blueprint.post("/reopen")
@needs("responder")
def reopen(reference: str) -> ResponseReturnValue:
    """Something was missing or wrong."""
    room.find(reference)
    form, who = forms.ReasonForm(prefix="reopen"), current_person().id
    wished = forms.attempt(form, lambda: workflow.reopen(reference, form.reason.data or "", who, here.now()))
    return back(reference, "agreement") if wished else page(reference, reopen=form)


# --- on paper --------------------------------------------------------------------------------------


@blueprint.get("/print")
def print_page(reference: str) -> ResponseReturnValue:
    """The review as one page, for a browser's print."""
    return print_html(room.find(reference), locale.language(), on_screen=True)


def print_html(found: Room, language: str, on_screen: bool = False) -> str:
    """The review on A4 in a language, with the head of the log that it was made from."""
    review, incident = Review(found), found.incident
    head = queries.hash_at(incident.reference, incident.seq)
    public = current_app.config["FIREBREAK"].public_url
    link = _link(incident.reference) if on_screen else _printed_link(incident.reference, public)
    facts = {"room": found, "incident": incident, "head": head, "on_screen": on_screen}
    with force_locale(locale.LOCALES[language]):
        tag = locale.HTML_LANGUAGES[language]
        return render_template("review/print.html", review=review, link=link, tag=tag, **facts)


def _printed_link(reference: str, public: str) -> Any:
    """Paper has no room to go to: the full address where the desk has one, else the line of the table."""
    return lambda seq: f"{public}{url_for('room.entry', reference=reference, seq=seq)}" if public else ""


def draft(params: Mapping[str, Any], now: datetime, tighter: Mapping[str, int]) -> prints.Draft:
    """The review for the worker (see `prints.Maker`). A request context has to be open."""
    incident = log.load(str(params["reference"]))
    if incident is None or not incident.seq:
        raise prints.Gone("there is no such incident any more")
    html = print_html(Room(incident, now), str(params["language"]))
    return prints.Draft(html, f"review-{incident.reference}", PAGES)


@blueprint.post("/pdf")
def ask_for_pdf(reference: str) -> ResponseReturnValue:
    """The worker makes it."""
    found = room.find(reference)
    params = {"reference": found.incident.reference, "seq": found.incident.seq, "language": locale.language()}
    id = jobs.ask(KIND, params, current_person().id, here.now())
    return redirect(url_for("review.pdf", reference=reference, id=id), 303)


@blueprint.get("/pdf/<int:id>")
def pdf(reference: str, id: int) -> ResponseReturnValue:
    """How far the PDF is; looks again by itself until it is there."""
    found = room.find(reference)
    job = _job(reference, id)
    facts = {"room": found, "incident": found.incident, "job": job, "lacking": system.missing("pdf")}
    return render_template("review/pdf.html", **facts), {"Refresh": "2"} if job.undone else {}


@blueprint.get("/pdf/<int:id>/file")
def download(reference: str, id: int) -> ResponseReturnValue:
    """The PDF."""
    found = _job(reference, id)
    if found.result is None or not prints.path_of(found.result).exists():
        abort(404)
    path, name = prints.path_of(found.result), f"{found.name}.pdf"
    return send_file(path, "application/pdf", as_attachment=True, download_name=name, etag=False)


def _job(reference: str, id: int) -> jobs.Job:
    """The job, when it is this incident's and the person here may see it."""
    found = jobs.find(id)
    ours = found is not None and found.kind == KIND and found.params.get("reference") == reference
    return found if found and ours and may("observer") else abort(404)
