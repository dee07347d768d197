"""One-time links: an invitation, a new password from an administrator, a new password by mail."""

from __future__ import annotations

import logging
from threading import Thread

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField

from firebreak import config
from firebreak.store import people as store
from firebreak.store.accounts import Account
from firebreak.web import mailing
from firebreak.web.forms import PageForm, attempt
from firebreak.web.here import desk, now
from firebreak.web.locale import LOCALES, duration
from firebreak.web.passwords import NewPasswordForm
from firebreak.workflow import people as workflow

log = logging.getLogger(__name__)
blueprint = Blueprint("links", __name__)


class ForgottenForm(PageForm):
    email = EmailField(_l("Email"), render_kw={"autocomplete": "username"})


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


# --- making and sending ----------------------------------------------------------------------------


def address_of(token: str, endpoint: str = "links.use") -> str:
    """The full address of a link: by the desk's public address, else as the administrator here reached the desk."""
    public = current_app.config["FIREBREAK"].public_url
    return f"{public}{url_for(endpoint, token=token)}" if public else url_for(endpoint, token=token, _external=True)


def send_by_mail(person: Account, purpose: str, address: str) -> str:
    """Mail a link in the receiver's language; what went wrong, or ""."""
    language = person.language or desk()["language"]
    with force_locale(LOCALES.get(language, "en")):
        subject = _("Choose your password for %(desk)s", desk=desk()["desk_name"])
        facts = {"person": person, "purpose": purpose, "address": address, "desk_name": desk()["desk_name"]}
        body = render_template("people/link_mail.txt", **facts, lasts=duration(workflow.LASTS[purpose]))
    return mailing.send(person.name, person.email, subject, body)


def _send_in_background(email: str) -> None:
    """Whether there is such an account shows neither in the answer nor in the time it takes."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    start = config.address(current_app.config["FIREBREAK"]) + url_for("links.use", token="-").removesuffix("-")
    Thread(target=_send_forgotten, args=(app, email, start), name="forgotten", daemon=True).start()


def _send_forgotten(app: Flask, email: str, start: str) -> None:
    try:
        with app.app_context():
            person = store.by_email(email)
            if person and person.active:
                token = workflow.issue_link(person.id, "forgotten", None, now())
                problem = send_by_mail(person, "forgotten", start + token)
                log.log(
                    logging.WARNING if problem else logging.INFO, "a link for a new password: %s", problem or "sent"
                )
    except Exception:
        log.exception("a link for a new password could not be sent")


# --- pages -----------------------------------------------------------------------------------------


@blueprint.route("/link/<token>", methods=["GET", "POST"])
def use(token: str) -> ResponseReturnValue:
    """Choose a password. Looking does not use a link up: mail programs look at links by themselves."""
    link = store.link(workflow.fingerprint(token), now())
    person = store.get(link.account_id) if link and link.account_id else None
    if link is None or person is None or not person.active:
        return render_template("security/link_over.html"), 410
    form = NewPasswordForm()
    if request.method == "POST" and form.validate(about=(person.name, person.email)):
        kept = form.hash
        if attempt(form, lambda: workflow.redeem_link(token, kept, now())):
            flash(_("Your password is set. Sign in with it."))
            return redirect(url_for("security.login"), 303)
    return render_template("security/choose_password.html", form=form, person=person, link=link)


@blueprint.route("/forgotten", methods=["GET", "POST"])
def forgotten() -> ResponseReturnValue:
    """Ask for a link by mail. The answer is the same for every address, and takes the same time."""
    form = ForgottenForm()
    can_mail = mailing.possible(desk())
    if request.method != "POST" or not can_mail:
        return render_template("security/forgotten.html", form=form, can_mail=can_mail)
    _send_in_background((form.email.data or "").strip())
    return render_template("security/forgotten_sent.html", lasts=workflow.LASTS["forgotten"])
