"""The first administrator, by a link that the server prints while nobody has an account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, SelectField, StringField

from firebreak.store import people as store
from firebreak.web import choices
from firebreak.web.addresses import address
from firebreak.web.forms import attempt
from firebreak.web.here import now
from firebreak.web.locale import language
from firebreak.web.passwords import NewPasswordForm
from firebreak.web.settings_forms import typed
from firebreak.workflow import people as workflow

blueprint = Blueprint("setup", __name__)


class SetupForm(NewPasswordForm):
    name = StringField(_l("Your name"), render_kw={"autocomplete": "name"})
    email = EmailField(_l("Your email"), validators=[address], render_kw={"autocomplete": "username"})
    desk_name = StringField(_l("Name of the desk"), validators=[typed], default="Firebreak")
    language = SelectField(_l("Language"), choices=choices.languages)
    zone = SelectField(_l("Time zone"), choices=choices.zones, default="UTC")
    country = SelectField(_l("Country, for public holidays"), choices=choices.countries)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


def first_link(app: Flask, base: str = "http://127.0.0.1:5000") -> str | None:
    """A fresh set-up link, good for 24 hours, which voids the one before; None once somebody has an account.

    It starts with the public address when one is set, else with `base`.
    """
    with app.app_context():
        if not store.nobody_yet():
            return None
        token = workflow.issue_link(None, "setup", None, datetime.now(UTC))
    with app.test_request_context():
        path = url_for("setup.first", token=token)
    return (app.config["FIREBREAK"].public_url or base.rstrip("/")) + path


@blueprint.route("/setup/<token>", methods=["GET", "POST"])
def first(token: str) -> ResponseReturnValue:
    """The page behind the link; 410 when the link is used, old, or not the newest."""
    link = store.link(workflow.fingerprint(token), now())
    if link is None or link.purpose != "setup" or not store.nobody_yet():
        return render_template("security/link_over.html"), 410
    form = SetupForm(language=language())
    about = (form.name.data or "", form.email.data or "")
    if request.method == "POST" and form.validate(about=about) and attempt(form, _wish(form, token, form.hash)):
        flash(_("Your desk is ready. Sign in."))
        return redirect(url_for("security.login"), 303)
    return render_template("setup/first.html", form=form)


def _wish(form: SetupForm, token: str, password_hash: str) -> Callable[[], int]:
    shared = {"language": form.language.data, "zone": form.zone.data}
    desk = {"desk_name": form.desk_name.data.strip() or "Firebreak", "country": form.country.data, **shared}
    who = {"email": form.email.data, "name": form.name.data or "", "password_hash": password_hash}
    return lambda: workflow.first(token, **who, **shared, desk=desk, now=now())
