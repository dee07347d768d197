"""What an open page hears of the others: one stream of wake-ups for each browser, and who else is in the room.

The stream carries numbers only, so what a reader may see is decided where it is fetched. It holds no connection to the
database, ends after ten minutes and at every change of people or settings: whoever may still read comes back at once.
"""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import user_logged_out

from firebreak import live
from firebreak.store import log, presence
from firebreak.web import here
from firebreak.web.access import current_person

BEAT = 10.0
"""Seconds after which a quiet stream says that it is there. A page that has heard nothing for longer looks itself."""
LENGTH = 600.0
"""Seconds that a stream lasts, give or take a tenth, so that not all of them come back at once."""
RETRY = 2000
"""Milliseconds until a browser comes back to a stream that broke."""
MOST_NAMES = 8

blueprint = Blueprint("live", __name__)


def init_app(app: Flask) -> None:
    """Register both, and end the streams of whoever signs out."""
    app.register_blueprint(blueprint)
    user_logged_out.connect(_signed_out, app)


def _signed_out(app: Flask, user: Any, **_more: Any) -> None:
    live.call("out", str(user.id))


# --- the stream ------------------------------------------------------------------------------------


@blueprint.get("/live")
def stream() -> ResponseReturnValue:
    """Server-sent events: `hello` (look at everything), `changed` (reference and number), `here` (reference), `beat`.

    503 when there is no place: the page asks by itself every few seconds then, and tries again later.
    """
    wire = request.environ.get("gunicorn.socket")
    listening = live.hub().join(current_person().id, partial(_has_left, wire))
    if listening is None:
        return "", 503, {"Retry-After": "30", "Content-Type": "text/plain"}
    length = current_app.config.get("LIVE_SECONDS", LENGTH) * random.uniform(0.9, 1.1)
    answer = Response(_events(listening, time.monotonic() + length), mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    answer.call_on_close(partial(_end, listening, wire))
    return answer


def _has_left(wire: socket.socket | None) -> bool:
    """Whether the browser has closed its end: otherwise nobody knows before the next line is written."""
    try:
        return wire is not None and wire.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def _end(listening: live.Listening, wire: socket.socket | None) -> None:
    """Give the place back, and hang up: a connection kept for another request would hold up the end of the process."""
    listening.close()
    try:
        if wire is not None:
            wire.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # the browser was first


def _events(listening: live.Listening, until: float) -> Iterator[str]:
    yield f"retry: {RETRY}\n\n"
    while (left := until - time.monotonic()) > 0:
        wake = listening.take(min(BEAT, left))
        if listening.over:
            return
        yield from _told(wake, listening.hub.sound)
        if log.DESK in wake.changed:
            yield f"retry: {random.randint(50, RETRY)}\n\n"
            return
    yield "retry: 50\n\n"


def _told(wake: live.Wake, sound: bool) -> Iterator[str]:
    """No beat while the database is away: then the pages are to say so."""
    if wake.anything:
        yield _event("hello", "now")
    for stream, seq in wake.changed.items():
        if stream != log.DESK:
            yield _event("changed", f"{stream} {seq}")
    yield from (_event("here", reference) for reference in wake.here)
    if not wake:
        yield _event("beat", "now") if sound else ": the database is away\n\n"


def _event(kind: str, data: str) -> str:
    return f"event: {kind}\ndata: {data}\n\n"


# --- who else is here ------------------------------------------------------------------------------


@blueprint.post("/incidents/<reference>/here")
def here_too(reference: str) -> ResponseReturnValue:
    """Sent every 25 s by a page that can be seen, answered with the element `#here`; with `gone` when it is hidden."""
    person = current_person().id
    if request.form.get("gone"):
        _tell_if(presence.leave(reference, person), reference)
        return "", 204
    return _or_404(lambda: _come(reference, person))


def _come(reference: str, person: int) -> str:
    _tell_if(presence.come(reference, person, here.now()), reference)
    names = presence.others(reference, person, here.now())
    return render_template("live/here.html", names=names[:MOST_NAMES], more=len(names[MOST_NAMES:]))


def _tell_if(news: bool, reference: str) -> None:
    if news:
        live.call("here", reference)


def _or_404(wish: Callable[[], str]) -> str:
    try:
        return wish()
    except LookupError:
        abort(404)
