"""The settings page of the API's tokens: making one, which is shown once, and revoking."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from firebreak.store import queries
from firebreak.store import tokens as store
from firebreak.store.accounts import ACCESS
from firebreak.web import words
from firebreak.web.access import current_person, fresh, needs
from firebreak.web.forms import PageForm, attempt
from firebreak.web.here import now
from firebreak.web.settings import blueprint
from firebreak.workflow import tokens as workflow

LARGEST = 2**31 - 1


class TokenForm(PageForm):
    """Administrators are people: nothing that the API offers asks for more than a responder."""

    name = StringField(_l("Program"), description=_l("Which program it is for. The log calls it that."))
    access = SelectField(
        _l("Access"), choices=lambda: words.choices("access_meaning", *ACCESS[:2]), default="responder"
    )


@blueprint.route("/tokens", methods=["GET", "POST"])
@needs("administrator")
@fresh
def tokens() -> ResponseReturnValue:
    """Every token, and the form of a new one; the person who makes it stands behind it."""
    form, made = TokenForm(), list[str]()
    if request.method == "POST" and attempt(form, lambda: made.append(_add(form))):
        return render_template("settings/token.html", token=made[0], name=form.name.data)
    shown = {"tokens": store.every(), "names": queries.names()}
    html = render_template("settings/tokens.html", form=form, **shown)
    return html, 422 if form.errors or form.form_errors else 200


def _add(form: TokenForm) -> str:
    who = current_person().id
    return workflow.add(form.name.data, form.access.data, who, who, now())


@blueprint.post("/tokens/<int:id>/revoke")
@needs("administrator")
@fresh
def revoke_token(id: int) -> ResponseReturnValue:
    """It opens nothing from now on."""
    try:
        workflow.revoke(min(id, LARGEST), current_person().id, now())
    except LookupError:
        abort(404)
    flash(_("Revoked. Programs with this token are let in no more."))
    return redirect(url_for("settings.tokens"), 303)
