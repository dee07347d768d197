"""Signing in, by Flask-Security: the password, the second step, the session and asking for the password again.

Whatever changes an account (passwords, links, setting the second step up) is a page of ours that makes one workflow
call, so that each change and its entry in the desk's log are one transaction.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, g, request, session
from flask_babel import lazy_gettext as _l
from flask_security import Security, SQLAlchemyUserDatastore, user_authenticated
from flask_security.forms import LoginForm, TwoFactorRescueForm, TwoFactorVerifyCodeForm, VerifyForm
from flask_security.mail_util import MailUtil
from flask_security.recovery_codes import MfRecoveryCodesUtil, MfRecoveryForm
from flask_security.totp import Totp
from flask_security.utils import set_request_attr
from flask_wtf import CSRFProtect
from passlib.totp import TokenError
from wtforms import EmailField, PasswordField, RadioField, StringField

from firebreak.store import arrivals, db, rates
from firebreak.store.accounts import Account, Role
from firebreak.store.log import REFERENCE
from firebreak.web import here
from firebreak.workflow import people as workflow

SESSION = timedelta(hours=12)
SECOND_STEP_WINDOW = 30
"""Seconds by which a telephone's clock may be wrong."""
WHOLE = frozenset({"security", "account"})
"""Blueprints whose pages read and write the account that is signed in; all others only look at it."""
CODE_KEPT = 4 * SECOND_STEP_WINDOW
"""Seconds for which a used code is remembered."""

SETTINGS: dict[str, Any] = {
    "WTF_CSRF_TIME_LIMIT": None,
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__rounds": 3,
        "argon2__memory_cost": 64 * 1024,
        "argon2__parallelism": 4,
    },
    "SECURITY_PASSWORD_LENGTH_MIN": 12,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_TWO_FACTOR": True,
    "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
    "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
    "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": SECOND_STEP_WINDOW,
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
    "SECURITY_TOTP_ISSUER": "Firebreak",
    "SECURITY_LOGIN_URL": "/sign-in",
    "SECURITY_LOGOUT_URL": "/sign-out",
    "SECURITY_VERIFY_URL": "/confirm-password",
    "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
    "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery",
    "SECURITY_POST_LOGOUT_VIEW": "security.login",
    "SECURITY_LOGOUT_CSRF": True,
    "SECURITY_STATIC_FOLDER": None,
    "SECURITY_CLI_USERS_NAME": None,
    "SECURITY_CLI_ROLES_NAME": None,
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": (_l("The email address or the password is wrong."), "error"),
    "SECURITY_MSG_INVALID_PASSWORD": (_l("This is not your password."), "error"),
    "SECURITY_MSG_PASSWORD_NOT_PROVIDED": (_l("Enter your password."), "error"),
    "SECURITY_MSG_TWO_FACTOR_INVALID_TOKEN": (
        _l("This code is wrong or was used already. Wait for the next one."),
        "error",
    ),
    "SECURITY_MSG_INVALID_RECOVERY_CODE": (_l("This is not one of your unused recovery codes."), "error"),
    "SECURITY_MSG_TWO_FACTOR_PERMISSION_DENIED": (_l("Sign in again: that took too long."), "error"),
    "SECURITY_MSG_TWO_FACTOR_LOGIN_SUCCESSFUL": (_l("You are signed in."), "success"),
    "SECURITY_MSG_REAUTHENTICATION_SUCCESSFUL": (_l("Thank you."), "success"),
    "SECURITY_MSG_INVALID_REDIRECT": (_l("That address is not one of this desk."), "error"),
}
"""A form stays good as long as its session (WTF_CSRF_TIME_LIMIT): people leave a page open through a night."""


class SignInForm(LoginForm):
    """Without "remember me": a session lasts 12 hours from the last page."""

    email = EmailField(_l("Email"), render_kw={"autocomplete": "username"})
    password = PasswordField(_l("Password"), render_kw={"autocomplete": "current-password"})
    remember = None

    def validate(self, **kwargs: Any) -> bool:
        """An empty form is told the same as a wrong one. PostgreSQL fails on a NUL, which no address holds."""
        self.email.data = (self.email.data or "").strip().replace("\0", "\ufffd")
        self.password.data = self.password.data or ""
        return bool(super().validate(**kwargs))


class PasswordAgainForm(VerifyForm):
    password = PasswordField(_l("Password"), render_kw={"autocomplete": "current-password"})

    def validate(self, **kwargs: Any) -> bool:
        self.password.data = self.password.data or ""
        return bool(super().validate(**kwargs))


class SecondStepForm(TwoFactorVerifyCodeForm):
    code = StringField(_l("Code"), render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 12})

    def validate(self, **kwargs: Any) -> bool:
        """Telephones show the code in two groups: a space between them is no mistake."""
        self.code.data = "".join((self.code.data or "").split())
        return bool(super().validate(**kwargs))


class RecoveryForm(MfRecoveryForm):
    code = StringField(_l("Recovery code"), render_kw={"autocomplete": "off", "maxlength": 40})

    def validate(self, **kwargs: Any) -> bool:
        self.code.data = (self.code.data or "").strip().lower()
        return bool(super().validate(**kwargs))


class RescueForm(TwoFactorRescueForm):
    """Not shown: recovery codes have a page, and an administrator can take the second step off."""

    help_setup = RadioField(choices=[])


class OnceOnlyTotp(Totp):
    """A code counts once: the last counter of each person is kept as long as its code would be good."""

    def get_last_counter(self, user: Any) -> int | None:
        found = rates.get(f"totp {user.id}", datetime.now(UTC), CODE_KEPT)
        return found[0] if found else None

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        if not rates.advance(f"totp {user.id}", tmatch.counter, CODE_KEPT, datetime.now(UTC)):
            raise TokenError("used in this very moment")


class RecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes are kept as fingerprints; using one is a change in the desk's log."""

    def check_recovery_code(self, user: Any, code: str) -> bool:
        """Uses the code up at once: between a check and a later removal it would count twice."""
        return workflow.use_recovery_code(user.id, code, here.now())

    def delete_recovery_code(self, user: Any, code: str) -> bool:
        return True


class Addresses(MailUtil):
    """An address at the sign-in is only looked up; what may be an address is decided where one is given."""

    def normalize(self, email: str) -> str:
        return email.strip()


def init_app(app: Flask) -> None:
    """CSRF for every form, and Flask-Security on our accounts."""
    for name, value in SETTINGS.items():
        app.config.setdefault(name, value)
    app.permanent_session_lifetime = SESSION  # Flask's own default of a month is set already
    CSRFProtect(app)
    security = Security(
        app,
        SQLAlchemyUserDatastore(db, Account, Role),  # type: ignore[arg-type]
        login_form=SignInForm,
        verify_form=PasswordAgainForm,
        two_factor_verify_code_form=SecondStepForm,
        two_factor_rescue_form=RescueForm,
        mf_recovery_form=RecoveryForm,
        mail_util_cls=Addresses,
        totp_cls=OnceOnlyTotp,
        mf_recovery_codes_util_cls=RecoveryCodes,
    )
    security.want_json(lambda request: False)
    # Else even a style sheet would ask the database who is here: the page that says it is away needs them.
    security.principal.identity_loaders.clear()
    app.login_manager.request_loader(lambda request: None)  # type: ignore[attr-defined]
    app.login_manager.user_loader(_arrived)  # type: ignore[attr-defined]
    user_authenticated.connect(_signed_in, app)


def _arrived(session_id: str) -> Account | None:
    """As Flask-Security's own loader, but the statement that finds the account brings what pages ask next."""
    reference = str((request.view_args or {}).get("reference", ""))
    stream, whole = reference if REFERENCE.fullmatch(reference) else "", request.blueprint in WHOLE
    came = arrivals.arrive(session_id, stream, whole)
    if came is None or not came.account.active:
        return None
    g.arrival = came
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return came.account


def _signed_in(app: Flask, user: Account, **_more: Any) -> None:
    """The session slides: each answer starts the twelve hours anew. It keeps the language, for when nobody can ask."""
    session.permanent = True
    session["language"] = user.language or session.get("language", "")
