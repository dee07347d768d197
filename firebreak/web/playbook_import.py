"""One playbook brought in by an administrator: shown with what the check finds, and kept only once it is accepted.

Between the two the text travels in the page; the desk has stored nothing.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from firebreak.domain.playbook_page import with_newlines
from firebreak.domain.playbooks import PlaybookError
from firebreak.domain.refusal import Refused
from firebreak.web import here, playbook_drafts, refusals
from firebreak.web.access import current_person, needs
from firebreak.web.playbook_drafts import Name, Sheet
from firebreak.web.playbook_forms import ImportForm
from firebreak.web.playbooks import blueprint

NAMELESS = Name("en", "unnamed")
"""Under which a text is looked at that does not say what it is."""


@blueprint.route("/import", methods=["GET", "POST"])
@needs("administrator")
def bring() -> ResponseReturnValue:
    """The form for a file; then the page that shows what it would be."""
    form = ImportForm()
    if request.method == "POST" and form.validate():
        return _show(with_newlines(form.content.decode("utf-8")))
    html = render_template("playbooks/import.html", form=form)
    return (html, 422) if form.errors else html


@blueprint.post("/import/accept")
@needs("administrator")
def accept() -> ResponseReturnValue:
    """Checks again what was shown, and keeps it."""
    from firebreak import playbook_writing

    text = with_newlines(request.form.get("text", ""))
    named = playbook_writing.named(text)
    if not named:
        return _show(text, _("Nothing was saved: the file does not say which playbook it is."))
    try:
        playbook = playbook_writing.save(text, *named, request.form.get("seen", ""), current_person().id, here.now())
    except PlaybookError:
        return _show(text, _("Nothing was saved: the file has errors."))
    except Refused as refused:
        return _show(text, refusals.sentence(refused))
    flash(_("Brought in, and in use from now on. Open incidents keep the version they have."))
    return redirect(url_for("playbooks.read", language=playbook.language, scenario=playbook.scenario), 303)


def _show(text: str, refused: str = "") -> ResponseReturnValue:
    """What the file would be, and which file it would go before."""
    from firebreak import playbook_writing

    name = Name(*(playbook_writing.named(text) or NAMELESS))
    written = playbook_drafts.found(name)
    sheet = Sheet(name, text, written.hash if written else "", written)
    replaced = sheet.conflict() if written else {"newest": None, "groups": ()}
    facts = sheet.page() | sheet.checked() | replaced
    html = render_template("playbooks/import_check.html", **facts, refused=refused)
    return (html, 422) if refused or not sheet.draft.playbook else html
