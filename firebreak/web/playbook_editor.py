"""Writing playbooks in the browser: the editor with its check and preview, a new one, and back to the shipped one.

Nothing is kept before Save; what was typed comes back whatever happens to it.
"""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from firebreak import library
from firebreak.domain.playbooks import PlaybookError
from firebreak.domain.refusal import Refused
from firebreak.web import here, locale, playbook_drafts, refusals, words
from firebreak.web.access import current_person, needs
from firebreak.web.playbook_drafts import Name, Sheet
from firebreak.web.playbook_forms import NewForm
from firebreak.web.playbooks import blueprint

# --- the editor ------------------------------------------------------------------------------------


@blueprint.route("/<language>/<scenario>/edit", methods=["GET", "POST"])
@needs("approver")
def edit(language: str, scenario: str) -> ResponseReturnValue:
    """The text in a form. One that is not there yet begins with a skeleton; Check shows it again, Save keeps it."""
    name = _name(language, scenario)
    if request.method == "GET":
        return _page(playbook_drafts.opened(name, request.args.get("title", "")))
    sheet = playbook_drafts.sent(name)
    if "take" in request.form:
        flash(_("This is the playbook as it is now. What you had typed is gone."), "info")
        return redirect(url_for("playbooks.edit", language=language, scenario=scenario), 303)
    return _page(sheet) if "check" in request.form else _save(sheet)


@blueprint.post("/<language>/<scenario>/preview")
@needs("approver")
def preview(language: str, scenario: str) -> ResponseReturnValue:
    """What is beside the text, for the text as it is now: a piece of a page for the script."""
    return render_template("playbooks/_checked.html", **playbook_drafts.sent(_name(language, scenario)).checked())


def _save(sheet: Sheet) -> ResponseReturnValue:
    from firebreak import playbook_writing

    name = sheet.name
    try:
        playbook_writing.save(sheet.text, *name, sheet.seen, current_person().id, here.now())
    except PlaybookError:
        return _page(sheet, refused=_("Nothing was saved yet: mend the errors first. What you typed is all here."))
    except Refused as refused:
        return _page(sheet, refused=refusals.sentence(refused), changed=refused.code == "playbook_changed")
    flash(_("Saved, and in use from now on. Open incidents keep the version they have."))
    return redirect(url_for("playbooks.edit", language=name.language, scenario=name.scenario), 303)


def _page(sheet: Sheet, refused: str = "", changed: bool = False) -> ResponseReturnValue:
    """`changed`: somebody else saved meanwhile, and both texts are shown."""
    facts = sheet.page() | sheet.checked() | (sheet.conflict() if changed else {})
    html = render_template("playbooks/edit.html", **facts, refused=refused, changed=changed)
    return (html, 409 if changed else 422) if refused else html


def _name(language: str, scenario: str) -> Name:
    return playbook_drafts.name(language, scenario) or abort(404)


@blueprint.get("/format")
def format_document() -> ResponseReturnValue:
    """The document on the format, as it is among the documents of the source."""
    parts = playbook_drafts.format_document()
    return render_template("playbooks/format.html", parts=parts) if parts else abort(404)


# --- a new one -------------------------------------------------------------------------------------


@blueprint.route("/new", methods=["GET", "POST"])
@needs("approver")
def new() -> ResponseReturnValue:
    """What it is about, and its skeleton in the editor."""
    asked = {"language": request.args.get("language", locale.language()), "scenario": request.args.get("scenario", "")}
    form = NewForm(data=asked)
    if request.method == "POST" and form.validate():
        return _begin(form)
    html = render_template("playbooks/new.html", form=form)
    return (html, 422) if form.errors else html


def _begin(form: NewForm) -> ResponseReturnValue:
    language, scenario, title = form.language.data or "", form.slug, (form.title.data or "").strip()
    if playbook_drafts.opened(Name(language, scenario), title).written:
        spoken = words.word("language", language)
        flash(_("This playbook is written in %(language)s already: here it is.", language=spoken), "info")
        title = ""
    return redirect(url_for("playbooks.edit", language=language, scenario=scenario, title=title or None), 303)


# --- back to the shipped one -----------------------------------------------------------------------


@blueprint.route("/<language>/<scenario>/drop", methods=["GET", "POST"])
@needs("approver")
def drop(language: str, scenario: str) -> ResponseReturnValue:
    """Takes the desk's own file away, asked for on a page of its own."""
    sheet = playbook_drafts.opened(_name(language, scenario))
    if not (sheet.written and sheet.written.own):
        abort(404)
    return _dropped(sheet) if request.method == "POST" else _ask_to_drop(sheet)


def _ask_to_drop(sheet: Sheet, refused: str = "") -> ResponseReturnValue:
    html = render_template("playbooks/drop.html", **sheet.page(), **sheet.shipped(), sheet=sheet, refused=refused)
    return (html, 409) if refused else html


def _dropped(sheet: Sheet) -> ResponseReturnValue:
    from firebreak import playbook_writing

    language, scenario = sheet.name
    try:
        playbook_writing.drop_own(language, scenario, request.form.get("seen", ""), current_person().id, here.now())
    except Refused as refused:
        return _ask_to_drop(sheet, refusals.sentence(refused))
    if library.get(language, scenario) is None:
        flash(_("The playbook is taken away."))
        return redirect(url_for("playbooks.index"), 303)
    flash(_("The shipped playbook is in use again."))
    return redirect(url_for("playbooks.read", language=language, scenario=scenario), 303)
