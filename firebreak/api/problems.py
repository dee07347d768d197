"""What went wrong, as `application/problem+json` (RFC 9457): in words of the reader's language, with a code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, NotFound

from firebreak.domain.refusal import Refused
from firebreak.store import faults
from firebreak.web import errors, outage, refusals
from firebreak.web.access import for_programs

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 50

CODES: Mapping[int, str] = {
    400: "bad_request",
    401: "no_token",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    409: "refused",
    413: "too_large",
    415: "not_json",
    422: "malformed",
    429: "too_many_requests",
    500: "fault",
    503: "away",
}
TITLES: Mapping[int, Any] = {
    **errors.TITLES,
    401: _l("A token is needed"),
    422: _l("This is not what the address takes"),
    429: _l("Too many requests"),
    500: _l("The desk made a mistake"),
    503: _l("The desk cannot reach its records"),
}
DETAILS: Mapping[int, Any] = {
    400: _l("The request could not be read."),
    401: _l("Send a token that works: Authorization: Bearer firebreak_…. Sessions of the pages do not count here."),
    403: _l("This token may not do this. Use one with more access."),
    404: _l("There is nothing at this address. Look in the document at /api/v1/openapi.json."),
    405: _l("This address does not take this method; the header Allow says which it takes."),
    409: _l("A rule of the desk says no; the code says which. Nothing was saved."),
    413: _l("At most 1 MB can be sent. Nothing was saved."),
    415: _l("Send JSON, as application/json. Nothing was saved."),
    422: _l("The request does not have the form that the document describes. Nothing was saved."),
    429: _l("Wait as long as the header Retry-After says, then try again."),
    500: _l("Nothing saved before is lost. Try again; if it goes on, tell who runs this server the time."),
    503: _l(
        "The database is busy or away, or the disk is full. Nothing was saved by this request; try again in a moment."
    ),
}


class Problem(BaseModel):
    """RFC 9457, with `code` for programs and `facts` beside the words."""

    model_config = ConfigDict(extra="forbid")
    type: str = Field(description="A reference to the kind of problem, on the readable page of this document.")
    title: str = Field(description="The kind of problem in a few words, in the language asked for.")
    status: int
    detail: str = Field(description="What is wrong and what to do, in the language asked for.")
    code: str = Field(description="Stable; for programs.", examples=["stood_down"])
    facts: dict[str, Any] = Field(description="What the words are made of: fields, limits, times.")


class Wrong(Exception):
    """An answer that is a problem, raised by the API itself."""

    def __init__(self, status: int, code: str = "", detail: str = "", /, **facts: Any) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.facts = facts
        self.headers: dict[str, str] = {}


def answer(status: int, code: str = "", detail: str = "", facts: Mapping[str, Any] | None = None) -> Response:
    """A response that is a problem; words by status where none are given."""
    code = code or CODES.get(status, "refused")
    problem = Problem(
        type=f"/api#problem-{code}",
        title=str(TITLES.get(status, TITLES[400])),
        status=status,
        detail=detail or str(DETAILS.get(status, DETAILS[400])),
        code=code,
        facts={name: _plain(value) for name, value in (facts or {}).items()},
    )
    return current_app.response_class(problem.model_dump_json(), status, mimetype=MEDIA_TYPE)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


# --- from exceptions -------------------------------------------------------------------------------


def init_app(app: Flask, blueprint: Blueprint) -> None:
    """Problems for the whole API, also for addresses and methods that it does not have."""
    blueprint.register_error_handler(Wrong, wrong)
    blueprint.register_error_handler(Refused, refused)
    blueprint.register_error_handler(HTTPException, http_error)
    blueprint.register_error_handler(InternalServerError, http_error)
    blueprint.register_error_handler(exc.SQLAlchemyError, not_saved)
    blueprint.register_error_handler(OSError, not_saved)
    app.register_error_handler(NotFound, http_error)
    app.register_error_handler(MethodNotAllowed, http_error)


def wrong(error: Wrong) -> ResponseReturnValue:
    """As it was raised."""
    response = answer(error.status, error.code, error.detail, error.facts)
    response.headers.update(error.headers)
    return response


def refused(error: Refused) -> ResponseReturnValue:
    """A rule says no: 409, with the rule's own words."""
    return answer(409, error.code, refusals.sentence(error), error.facts)


def http_error(error: HTTPException) -> ResponseReturnValue:
    """An error of HTTP; pages keep their own."""
    if not for_programs():
        return errors.http_error(error)
    if error.code is None or error.code < 400:
        return error
    if error.code >= 500:
        current_app.logger.error("the API failed at %s", request.path, exc_info=error.__cause__ or error)
    try:
        response = answer(error.code)
    except exc.SQLAlchemyError as away:  # the words ask for the desk's language
        return not_saved(away)
    allowed = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    response.headers.update(allowed)
    return response


def not_saved(error: exc.SQLAlchemyError | OSError) -> ResponseReturnValue:
    """503 while the database is busy, full or away, or the disk full; 500 for a fault of ours."""
    cause = ("full" if error.errno in faults.NO_ROOM else "") if isinstance(error, OSError) else faults.code(error)
    current_app.logger.error("the API could not read or save: %s", error, exc_info=None if cause else error)
    outage.ask_nobody()
    detail = str(outage.UNSURE) if faults.unsure(error) else ""
    response = answer(503, "", detail, {"cause": cause}) if cause else answer(500)
    response.headers.update(outage.RETRY if cause else {})
    return response


def malformed(error: ValidationError) -> Wrong:
    """422: where the request departs from the document, at most MOST_ERRORS places."""
    found = [
        {"field": _place(each["loc"]), "code": each["type"], "detail": each["msg"]}
        for each in error.errors(include_url=False, include_context=False, include_input=False)[:MOST_ERRORS]
    ]
    fields = ", ".join(dict.fromkeys(each["field"] for each in found if each["field"]))
    words = _("Look at: %(fields)s. Nothing was saved.", fields=fields) if fields else ""
    return Wrong(422, "malformed", words, errors=found)


def _place(loc: tuple[int | str, ...]) -> str:
    """ "channels.0": the field and the place in its list. Pydantic also names the kind that was tried."""
    return ".".join(str(part) for place, part in enumerate(loc) if place == 0 or isinstance(part, int))


def no_incident(reference: str) -> Wrong:
    """404 for a reference that names nothing."""
    words = refusals.sentence(Refused("unknown_reference", reference=reference))
    return Wrong(404, "unknown_reference", words, reference=reference)
