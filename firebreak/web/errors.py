"""Pages for what goes wrong. They say what happened and what to do, and give back what was typed.

Passwords, codes and tokens are never given back. Pages for a database or a desk that does not work ask the database
nothing: no account, no settings.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException, InternalServerError

from firebreak.domain.refusal import Refused
from firebreak.web import locale, refusals, words

NEVER_SHOWN = ("password", "token", "secret", "passcode", "code", "csrf")
"""A field whose name holds one of these is not given back."""

PASSWORD_FIELDS = frozenset({"old", "again"})
"""Nor is a field of this very name: the old password, and the new one repeated."""

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
A_LINE = 40
TYPED = frozenset({"text", "note", "reason", "report", "question", "options", "chosen", "why", "title", "url"})

TITLES: Mapping[int, Any] = {
    400: _l("This could not be understood"),
    401: _l("Sign in to go on"),
    403: _l("This is not yours to do"),
    404: _l("There is nothing here"),
    405: _l("This address does not take that"),
    409: _l("This cannot be done now"),
    413: _l("Too big to be sent"),
    415: _l("This address does not take that"),
    429: _l("Too many tries"),
}
TEXTS: Mapping[int, Any] = {
    400: _l("Go back, look at what you sent, and send it again."),
    401: _l("Your session has ended, and nothing was saved. Sign in, then send it again: what you typed is below."),
    403: _l("Your account may not do this. Ask an administrator of the desk, or go back."),
    404: _l("The address is wrong, or what was here is gone. Look in the list of incidents."),
    405: _l("Go back to the page you came from and use its buttons."),
    429: _l("Wait a minute, then try again."),
}


@dataclass(frozen=True)
class Kept:
    """A field that was sent: shown to be read and changed when it was `typed`, carried along otherwise."""

    name: str
    value: str
    label: str
    typed: bool


def init_app(app: Flask) -> None:
    """A page for every error."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(CSRFError, session_ended)
    app.register_error_handler(Refused, refused)
    app.register_error_handler(InternalServerError, broken)
    app.register_error_handler(OSError, no_room)
    for away in (exc.OperationalError, exc.InterfaceError, exc.InternalError, exc.DatabaseError, exc.TimeoutError):
        app.register_error_handler(away, not_saved)


def kept() -> list[Kept]:
    """What was typed into the form that failed, in its order."""
    try:
        sent = list(request.form.items(multi=True))
    except HTTPException:
        return []
    return [_kept(name, value) for name, value in sent if not _secret(name)]


def _secret(name: str) -> bool:
    return name in PASSWORD_FIELDS or any(word in name.lower() for word in NEVER_SHOWN)


def _kept(name: str, value: str) -> Kept:
    field = name.rsplit("-", 1)[-1].removeprefix("new_")
    typed = bool(value.strip()) and (field in TYPED or "\n" in value or len(value) > A_LINE)
    return Kept(name, value, words.word("field", field), typed)


def _has_files() -> bool:
    return (request.content_type or "").startswith("multipart/form-data")


# --- pages that know who is here -------------------------------------------------------------------


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Any error of HTTP with a page of its own; redirects and answers made elsewhere pass through."""
    if error.response is not None or error.code is None or error.code < 400:
        return error
    if error.code >= 500:
        return broken(error)
    return _page(error.code, str(TITLES.get(error.code, error.name)), _text(error.code))


def _text(code: int) -> str:
    reference = (request.view_args or {}).get("reference")
    if code == 404 and reference:
        return _(
            "There is no incident %(reference)s, or nothing of it at this address. References look like FB-2026-014.",
            reference=reference,
        )
    if code == 413:
        size = current_app.config["MAX_CONTENT_LENGTH"] // (1024 * 1024)
        return _(
            "At most %(size)d MB can be sent at once. Nothing was saved. Go back: your text is still there. Send less.",
            size=size,
        )
    return str(TEXTS.get(code, _("Go back and try again.")))


def session_ended(error: CSRFError) -> ResponseReturnValue:
    """The form's token is too old. The same form again, with a fresh one."""
    text = _("Your session was renewed, so nothing was saved yet. What you typed is below: send it again.")
    return _page(400, _("Send it once more"), text, again=True)


def refused(error: Refused) -> ResponseReturnValue:
    """A rule says no, where no form could be shown again."""
    return _page(409, str(TITLES[409]), refusals.sentence(error))


def _page(code: int, title: str, text: str, again: bool = False) -> ResponseReturnValue:
    fields = kept() if request.method == "POST" else []
    again = again or (code == 401 and request.method == "POST")
    back = request.referrer if request.referrer and request.referrer.startswith(request.host_url) else ""
    facts = {
        "title": title,
        "text": text,
        "fields": fields,
        "again": again,
        "files": _has_files(),
        "back": back,
        "code": code,
    }
    return render_template("errors/page.html", **facts), code


# --- pages that ask the database nothing -----------------------------------------------------------


def not_saved(error: exc.SQLAlchemyError) -> ResponseReturnValue:
    """The database is locked, full or away. A fault of ours (a constraint, a wrong statement) is another page."""
    if isinstance(error, (exc.IntegrityError, exc.ProgrammingError, exc.DataError, exc.NotSupportedError)):
        return broken(error)
    current_app.logger.error("the database did not answer: %s", error)
    title = _l("Not saved") if request.method == "POST" else _l("The desk cannot reach its records")
    return _plain(
        503,
        title,
        _l("Nothing that was saved before is lost. The database is busy, full or away; try again in a moment."),
    )


def no_room(error: OSError) -> ResponseReturnValue:
    """The disk is full; other faults of the system are faults of ours."""
    if error.errno not in NO_ROOM:
        return broken(error)
    current_app.logger.error("the disk takes no more: %s", error)
    return _plain(
        503,
        _l("Not saved"),
        _l("The desk's disk is full. Nothing saved before is lost. Tell who runs this server, then try again."),
    )


def broken(error: Exception) -> ResponseReturnValue:
    """A fault of ours."""
    if not isinstance(error, HTTPException):
        current_app.logger.error("a page failed", exc_info=error)
    return _plain(
        500,
        _l("The desk made a mistake"),
        _l("Nothing saved before is lost. Try again; if it goes on, tell who runs this server the time."),
    )


def _plain(code: int, title: Any, text: Any) -> ResponseReturnValue:
    """A page in the browser's language, since nobody can be asked for the account's."""
    language = session.get("language") or request.accept_languages.best_match(list(locale.LANGUAGES)) or "en"
    with force_locale(locale.LOCALES.get(language, "en")):
        facts = {"title": str(title), "text": str(text), "fields": kept(), "files": _has_files()}
        html = render_template(
            "errors/plain.html", language=locale.HTML_LANGUAGES.get(language, "en"), code=code, **facts
        )
    return html, code, {"Retry-After": "5"} if code == 503 else {}
