"""Pages for a database, a disk or a desk that does not work. They say what happened, whether anything was saved, what
to do, and give back what was typed. They ask the database nothing: no account, no settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException, InternalServerError

from firebreak.store import faults
from firebreak.store.settings import DEFAULTS
from firebreak.web.kept import has_files, kept

RETRY = {"Retry-After": "5"}

NOT_SAVED, NOT_READ = _l("Not saved"), _l("The desk cannot reach its records")
HAPPENED: Mapping[str, Any] = {
    "busy": _l("Another program holds the desk's records, and they did not get free in time."),
    "full": _l("The disk of the desk is full."),
    "read_only": _l("The desk's records can only be read at the moment, not written."),
    "missing": _l("The desk's records are not where they should be."),
    "damaged": _l("The desk's records are damaged and cannot be read."),
    "disk": _l("The disk of the desk does not work as it should."),
    "crowded": _l("Too many people use the desk in this moment."),
    "refused": _l("The database does not let the desk in."),
    "away": _l("The desk's database does not answer."),
    "": _l("The desk made a mistake"),
}
WAIT = _l("Usually this passes within a minute: try again.")
TELL = _l("Tell the administrator of the desk. Write down on paper what happens meanwhile.")
MAKE_ROOM = _l("Reading still works. Tell the administrator of the desk to make room; then try again.")
READ_ON = _l("Reading still works. Tell the administrator of the desk; then try again.")
AGAIN = _l("Try again; if it goes on, tell the administrator of the desk the time.")
TO_DO: Mapping[str, Any] = {
    **dict.fromkeys(("busy", "crowded", "away"), WAIT),
    "full": MAKE_ROOM,
    "read_only": READ_ON,
    "": AGAIN,
}
NOTHING = _l("Nothing was saved by this. What you typed is below.")
UNSURE = _l("It stopped just while this was being saved. Look in the log whether it is there before you send it again.")
NOBODY_KNOWS = frozenset({"missing", "damaged", "disk"})
"""Faults after which nothing can be promised of what was saved before."""
BEFORE = _l("Nothing saved before is lost.")


def init_app(app: Flask) -> None:
    """A page for every error that is the desk's."""
    app.register_error_handler(InternalServerError, broken)
    app.register_error_handler(OSError, no_room)
    app.register_error_handler(exc.SQLAlchemyError, not_saved)


def not_saved(error: exc.SQLAlchemyError) -> ResponseReturnValue:
    """The database is locked, full or away. A fault of ours (a constraint, a wrong statement) is another page."""
    code = faults.code(error)
    if not code:
        return broken(error)
    current_app.logger.error("%s %s: %s", request.method, request.path, faults.line(error))
    return page(code, unsure=faults.unsure(error))


def no_room(error: OSError) -> ResponseReturnValue:
    """The disk takes no more; other faults of the system are faults of ours."""
    if error.errno not in faults.NO_ROOM:
        return broken(error)
    current_app.logger.error("%s %s: the disk takes no more: %s", request.method, request.path, error)
    return page("full")


def broken(error: Exception) -> ResponseReturnValue:
    """A fault of ours."""
    if not isinstance(error, HTTPException):
        current_app.logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return page("", 500)


def page(code: str, status: int = 503, unsure: bool = False) -> ResponseReturnValue:
    """What happened, by a code of `store.faults` ("": a fault of ours).

    `unsure`: the answer to the commit was lost, so that nobody knows whether it was saved.
    """
    ask_nobody()
    facts = {"code": code, "status": status, "fields": kept(), "files": has_files(), **_words(code, unsure)}
    html = render_template("errors/plain.html", **facts)
    return html, status, RETRY if status == 503 else {}


def ask_nobody() -> None:
    """From here on this request asks the database nothing: what is not known of account and desk yet stays unknown.

    The language is then the session's, which sign-in sets to the account's, else the browser's.
    """
    g.setdefault("_login_user", None)
    g.setdefault("desk", dict(DEFAULTS))


def _words(code: str, unsure: bool) -> dict[str, str]:
    writing = request.method not in ("GET", "HEAD")
    title = NOT_SAVED if writing else NOT_READ
    now = str(UNSURE if unsure else NOTHING) if writing and code else ""
    saved = f"{now} {'' if code in NOBODY_KNOWS else BEFORE}".strip()
    if not code:
        title = HAPPENED[""]
    told = {"happened": HAPPENED[code], "saved": saved, "to_do": TO_DO.get(code, TELL)}
    return {"title": str(title), **{name: str(text) for name, text in told.items()}}
