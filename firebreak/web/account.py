"""One's own account: how one is named and reached, the password, the second step."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Flask, Response, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import verify_password
from flask_security.proxies import _security as security
from wtforms import PasswordField, RadioField, SelectField, StringField, TelField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from firebreak.store.accounts import Account
from firebreak.web import choices
from firebreak.web.access import current_person, fresh, has_second_step
from firebreak.web.forms import PageForm, attempt
from firebreak.web.here import desk, now
from firebreak.web.passwords import NewPasswordForm
from firebreak.workflow import people as workflow

blueprint = Blueprint("account", __name__, url_prefix="/account")
SECRET = "second_step_secret"
CODES = 8
CLOCKS = [SelectChoice("24h", _l("24 hours, 22:43")), SelectChoice("12h", _l("12 hours, 10:43 PM"))]


class DetailsForm(PageForm):
    name = StringField(_l("Name"), render_kw={"autocomplete": "name"})
    phone = TelField(
        _l("Telephone"), description=_l("For colleagues in an incident."), render_kw={"autocomplete": "tel"}
    )
    language = SelectField(_l("Language"), choices=lambda: choices.languages(_("As in the browser")))
    zone = SelectField(_l("Time zone"), choices=lambda: choices.zones(_("That of the desk")))
    clock = RadioField(_l("Clock format"), choices=CLOCKS)


class PasswordForm(NewPasswordForm):
    old = PasswordField(_l("Password until now"), render_kw={"autocomplete": "current-password"})

    def validate_old(self, field: PasswordField) -> None:
        """The error is told at the field."""
        if not verify_password(_normal(field.data), current_person().password or ""):
            raise ValidationError(_("This is not your password."))


class SecondStepForm(PageForm):
    code = StringField(_l("Code"), render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 12})

    def validate_code(self, field: StringField) -> None:
        """The error is told at the field."""
        token = "".join((field.data or "").split())
        if not token or not security.totp_factory.verify_totp(token, session[SECRET], current_person(), window=30):
            raise ValidationError(_("This code does not fit. Check the clock of your telephone and try the next one."))


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


def _normal(password: str | None) -> str:
    return str(security.password_util.normalize(password or ""))


@blueprint.route("", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    person = current_person()
    form = DetailsForm(obj=person)
    if request.method == "POST" and attempt(form, lambda: _change(person, form)):
        session["language"] = form.language.data or ""
        flash(_("Saved."))
        return redirect(url_for("account.index"), 303)
    return render_template("account/index.html", form=form, person=person, second_step=has_second_step(person))


def _change(person: Account, form: PageForm) -> None:
    workflow.change_details(person.id, {name: value or "" for name, value in form.data.items()}, person.id, now())


@blueprint.route("/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    """A new password; every other session of the person ends, this one goes on."""
    person = current_person()
    form = PasswordForm()
    if request.method == "POST" and form.validate(about=(person.name, person.email)):
        session["_user_id"] = workflow.set_password(person.id, form.hash, person.id, now())
        flash(_("Your password is changed. You are signed out everywhere else."))
        return redirect(url_for("account.index"), 303)
    return render_template("account/password.html", form=form)


# --- the second step -------------------------------------------------------------------------------


@blueprint.route("/second-step", methods=["GET", "POST"])
@fresh
def second_step() -> ResponseReturnValue:
    """Set an authenticator up: its secret waits in the session, sealed, until a code proves that it works."""
    person = current_person()
    if SECRET not in session:
        session[SECRET] = security.totp_factory.generate_totp_secret()
    form = SecondStepForm()
    if request.method == "POST" and form.validate():
        codes = security.totp_factory.generate_recovery_codes(CODES)
        workflow.set_second_step(person.id, session.pop(SECRET), codes, person.id, now())
        return render_template("account/recovery_codes.html", codes=codes)
    key = security.totp_factory.get_totp_pretty_key(session[SECRET])
    facts = {"required": desk()["two_factor_required"], "already": has_second_step(person)}
    return render_template("account/second_step.html", form=form, key=key, **facts)


@blueprint.get("/second-step.svg")
@fresh
def qr_code() -> ResponseReturnValue:
    """The secret being set up, as a picture of its own: the content policy forbids pictures inside the page."""
    import qrcode
    from qrcode.image.svg import SvgPathFillImage

    if SECRET not in session:
        abort(404)
    uri = security.totp_factory.get_totp_uri(current_person().email, session[SECRET])
    picture = BytesIO()
    qrcode.make(uri, image_factory=SvgPathFillImage, box_size=16).save(picture)
    return Response(picture.getvalue(), mimetype="image/svg+xml")


@blueprint.post("/second-step/remove")
@fresh
def remove_second_step() -> ResponseReturnValue:
    if desk()["two_factor_required"]:
        abort(403)
    workflow.reset_second_step(current_person().id, current_person().id, now())
    flash(_("From now on your password is enough."))
    return redirect(url_for("account.index"), 303)


@blueprint.post("/recovery-codes")
@fresh
def recovery_codes() -> ResponseReturnValue:
    """New recovery codes, shown this once."""
    if not has_second_step(current_person()):
        abort(404)
    codes = security.totp_factory.generate_recovery_codes(CODES)
    workflow.set_recovery_codes(current_person().id, codes, current_person().id, now())
    return render_template("account/recovery_codes.html", codes=codes)
