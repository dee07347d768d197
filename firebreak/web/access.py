"""Who may do what: the one place for permissions.

Everything needs a sign-in unless its endpoint is named in OPEN; a view that changes or shows more carries
`@needs("responder")`. A desk that asks for a second step holds people at its set-up page until it is done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, abort, flash, g, has_request_context, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from flask_security.utils import check_and_update_authn_fresh

from firebreak.store.accounts import Account
from firebreak.web.going import path_of
from firebreak.web.here import desk

OPEN = frozenset(
    {
        "static",
        "health.check",
        "language.switch",
        "setup.first",
        "links.use",
        "links.forgotten",
        "security.login",
        "security.two_factor_token_validation",
        "security.mf_recovery",
        "reference.document",
        "offline.worker",
        "offline.manifest",
    }
)
"""Endpoints that need no sign-in."""

API = "/api/v1/"

BEFORE_SECOND_STEP = OPEN | {
    "security.logout",
    "security.verify",
    "account.second_step",
    "account.qr_code",
    "account.recovery_codes",
}
"""What a person may use who still has to set up the second step that the desk asks for."""

FRESH = timedelta(hours=1)
"""How long after a password its owner is trusted with pages marked `@fresh`; each such page prolongs it."""

P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)


def for_programs() -> bool:
    """Whether the request is for the JSON API. It knows tokens (`firebreak.api.auth`) and no sessions: a cookie must
    open nothing there, since nothing there asks for a form's token."""
    return has_request_context() and request.path.startswith(API)


def person_here() -> Account | None:
    """The account that is signed in; None when nobody is."""
    if for_programs():
        return None
    found = g.get("_login_user") or current_user._get_current_object()  # Flask-Login keeps who came in g
    return found if found is not None and found.is_authenticated else None


def signed_in() -> bool:
    """Whether somebody is signed in."""
    return person_here() is not None


def current_person() -> Account:
    """The account that is signed in; 401 when nobody is."""
    return person_here() or abort(401)


def may(access: str) -> bool:
    """Whether the person signed in has at least this access; False for nobody."""
    person = person_here()
    return person is not None and person.may(access)


def needs(access: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A view for people with at least this access; others get the 403 page."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not may(access):
                abort(403)
            return view(*args, **kwargs)

        return guarded

    return decorate


def fresh(view: Callable[P, R]) -> Callable[P, R]:
    """A view that asks for the password first when it was last given some time ago."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | ResponseReturnValue:
        if check_and_update_authn_fresh(FRESH, FRESH, "session"):
            return view(*args, **kwargs)
        flash(_("Enter your password again, since it was some time ago."), "info")
        return redirect(url_for("security.verify", next=_here()), 303)

    return guarded  # type: ignore[return-value]


def _here() -> str:
    """This page, or the page whose form was sent."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    return path_of(request.referrer or "") or "/"


def has_second_step(person: Account) -> bool:
    """Whether this person signs in with an authenticator code."""
    return bool(person.tf_primary_method and person.tf_totp_secret)


def init_app(app: Flask) -> None:
    """Guard every request; give templates `may`, `signed_in` and `current_person`."""
    app.before_request(_guard)
    app.jinja_env.globals.update(may=may, signed_in=signed_in, current_person=current_person)


def _guard() -> ResponseReturnValue | None:
    """An unknown address stays a 404, also for strangers: it tells nothing that the source does not."""
    if request.endpoint is None or request.endpoint in OPEN or for_programs():
        return None
    if request.endpoint.startswith("security.") and request.endpoint not in BEFORE_SECOND_STEP:
        abort(404)  # pages of Flask-Security that we do not use
    if not signed_in():
        return _to_sign_in()
    second_step = request.endpoint not in BEFORE_SECOND_STEP and desk()["two_factor_required"]
    if second_step and not has_second_step(current_person()):
        return redirect(url_for("account.second_step"), 303)
    return None


def _to_sign_in() -> ResponseReturnValue:
    """Pages go to the sign-in and back; a sent form is answered 401, whose page keeps what was typed."""
    if request.method not in ("GET", "HEAD"):
        abort(401)
    wanted = request.full_path.rstrip("?")
    return redirect(url_for("security.login", next=None if wanted == "/" else wanted), 303)
