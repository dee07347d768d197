"""Pages for what goes wrong. They say what happened and what to do, and give back what was typed (`kept`).

Pages for a database or a desk that does not work are in `outage`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from firebreak.domain.refusal import Refused
from firebreak.web import refusals
from firebreak.web.kept import has_files, kept
from firebreak.web.outage import broken, not_saved

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


def init_app(app: Flask) -> None:
    """A page for every error of a request; `outage` has those of the desk."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(CSRFError, session_ended)
    app.register_error_handler(Refused, refused)


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Any error of HTTP with a page of its own; redirects and answers made elsewhere pass through."""
    if error.response is not None or error.code is None or error.code < 400:
        return error
    if error.code >= 500:
        return broken(error)
    try:
        return _page(error.code, str(TITLES.get(error.code, error.name)), _text(error.code))
    except SQLAlchemyError as away:  # the page, and even its words, ask who is here
        return not_saved(away)


def _text(code: int) -> str:
    reference = (request.view_args or {}).get("reference")
    if code == 404 and reference:
        return _(
            "There is no incident %(reference)s, or nothing of it at this address. References look like FB-2026-014.",
            reference=reference,
        )
    if code == 413:
        size = (request.max_content_length or 0) // (1024 * 1024)
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
        "files": has_files(),
        "back": back,
        "code": code,
    }
    return render_template("errors/page.html", **facts), code
