"""The desk's settings, a page for each group. For administrators."""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from firebreak.web import mailing
from firebreak.web.access import current_person, fresh, needs
from firebreak.web.here import desk, now
from firebreak.web.settings_forms import ChannelsForm, DeskForm, MailForm, WebhookForm
from firebreak.workflow import settings as workflow

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


def init_app(app: Flask) -> None:
    import_module("firebreak.web.tokens")  # its views join ours
    app.register_blueprint(blueprint)


def _keep(values: dict[str, object], endpoint: str) -> ResponseReturnValue:
    changed = workflow.change(values, current_person().id, now())
    flash(_("Saved.") if changed else _("Nothing was changed."))
    return redirect(url_for(endpoint), 303)


@blueprint.route("", methods=["GET", "POST"])
@needs("administrator")
@fresh
def index() -> ResponseReturnValue:
    form = DeskForm(desk())
    if request.method == "POST" and form.validate():
        return _keep(form.values(), "settings.index")
    return render_template("settings/index.html", form=form)


@blueprint.route("/channels", methods=["GET", "POST"])
@needs("administrator")
@fresh
def channels() -> ResponseReturnValue:
    """The button "another row" sends the form too: what was typed comes back with a row more, and nothing is kept."""
    form = ChannelsForm(desk())
    adding = "add" in request.form
    if request.method == "POST" and not adding and form.validate():
        return _keep(form.values(), "settings.channels")
    if adding or request.method == "GET":
        form.spare()
    return render_template("settings/channels.html", form=form)


@blueprint.route("/mail", methods=["GET", "POST"])
@needs("administrator")
@fresh
def mail() -> ResponseReturnValue:
    form = MailForm(data=desk())
    if request.method == "POST" and form.validate():
        return _keep(form.values(), "settings.mail")
    facts = {"has_password": bool(desk()["mail_password"]), "can_mail": mailing.possible(desk())}
    return render_template("settings/mail.html", form=form, **facts)


@blueprint.post("/mail/test")
@needs("administrator")
@fresh
def mail_test() -> ResponseReturnValue:
    """A test mail to oneself, with the settings as they are kept; the server's own words when it fails."""
    person = current_person()
    subject = _("Test mail from %(desk)s", desk=desk()["desk_name"])
    body = _("This desk can send mail. It was asked to by %(name)s.", name=person.name)
    problem = mailing.send(person.name, person.email, subject, body)
    if problem:
        flash(_("The test mail could not be sent: %(problem)s", problem=problem), "error")
    else:
        flash(_("The mail server took the test mail for %(email)s.", email=person.email))
    return redirect(url_for("settings.mail"), 303)


@blueprint.route("/webhook", methods=["GET", "POST"])
@needs("administrator")
@fresh
def webhook() -> ResponseReturnValue:
    """The first address brings a secret with it, shown this once."""
    form = WebhookForm(data=desk())
    if request.method == "POST" and form.validate():
        answer = _keep(form.values(), "settings.webhook")
        return _new_secret() if form.webhook_url.data and not desk()["webhook_secret"] else answer
    return render_template("settings/webhook.html", form=form, has_secret=bool(desk()["webhook_secret"]))


@blueprint.post("/webhook/secret")
@needs("administrator")
@fresh
def webhook_secret() -> ResponseReturnValue:
    return _new_secret()


def _new_secret() -> ResponseReturnValue:
    secret = workflow.new_webhook_secret(current_person().id, now())
    return render_template("settings/webhook_secret.html", secret=secret)
