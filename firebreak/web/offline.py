"""Reading when the network is bad: the app manifest, the service worker, and what it may keep on a device.

The worker (static/js/worker/) keeps nothing that passes by. It asks for each page itself, with the header ASK, and
stores an answer only when that says so: see `_may_be_kept`. Which pages it asks for is said by `plan`. Every page names
its account by an opaque word, so that no copy is ever shown to another one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from functools import lru_cache

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request, session, url_for
from flask.sessions import SessionMixin
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from firebreak.config import HOME
from firebreak.domain.incidents import Incident
from firebreak.store import audiences, log, queries
from firebreak.web import here, locale, offline_plan
from firebreak.web.access import current_person, signed_in
from firebreak.web.background import in_background
from firebreak.web.sessions import PatientSessions

blueprint = Blueprint("offline", __name__)
ASK = "X-Firebreak-Offline"
"""Of a request: `ask`, this is the worker. Of an answer: `keep`, it may be stored on this device."""
WHO = "X-Firebreak-Account"
"""Of a page: whose it is; NOBODY when nobody is signed in."""
NOBODY = "none"
NAMING = frozenset({"incidents.index", "calls.index", "offline.page"})
"""Pages that show the titles of incidents, and nothing else of their entries."""
KEPT = NAMING | {"room.show", "playbooks.read", "playbooks.version", "playbooks.sheet"}
"""Pages that may be kept. Everything else never is: settings, people, accounts, evidence, exports, the API."""
REFERENCE = re.compile(rf"\b{log.REFERENCE.pattern}\b")
PARTS = ("whose", "keep", "show")
"""The files that make the worker."""
GROUND = "#1c1b19"
"""Behind the icon while the desk starts, and the icon's own."""


class Sessions(PatientSessions):
    """A worker's request leaves the session alone: its answer may come after a sign-out, and would take that back."""

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        return not asked() and not in_background() and super().should_set_cookie(app, session)


def init_app(app: Flask) -> None:
    """The addresses; whose each page is, in its headers; `offline_on` for templates."""
    app.session_interface = Sessions()
    app.register_blueprint(blueprint)
    app.before_request(_leave_messages)
    app.after_request(_mark)
    app.jinja_env.globals.update(offline_on=on)


def on() -> bool:
    """Whether this desk lets browsers keep pages (FIREBREAK_OFFLINE)."""
    return bool(current_app.config["FIREBREAK"].offline)


def asked() -> bool:
    """Whether this request is the worker's own: nobody looks at its answer now, so it is no visit."""
    return request.headers.get(ASK) == "ask"


def account() -> str:
    """Whose copies these are: a word that says nothing, and is another one after a change of what a person may see
    or how it is shown."""
    if not signed_in():
        return NOBODY
    one = current_person()
    seen_as = (one.id, one.fs_uniquifier, one.access, locale.language(), one.zone or here.desk()["zone"], one.clock)
    return hmac.digest(str(current_app.secret_key).encode(), repr(seen_as).encode(), "sha256").hex()[:24]


def _leave_messages() -> None:
    """What is flashed is for the page that a person sees next, not for a copy of another one."""
    if asked():
        session.pop("_flashes", None)


def _mark(response: Response) -> Response:
    # A page for a broken desk knows nobody: it must not look like a sign-out.
    told = response.mimetype == "text/html" and response.status_code not in (204, 303) and response.status_code < 500
    if told and on():
        response.headers[WHO] = account()
        if asked() and _may_be_kept(response):
            response.headers[ASK] = "keep"
    return response


def _may_be_kept(response: Response) -> bool:
    """A whole page of one of KEPT for somebody signed in, that shows nothing of a limited audience."""
    plain = request.method == "GET" and response.status_code == 200 and not request.query_string
    if not plain or request.endpoint not in KEPT or not signed_in():
        return False
    if request.endpoint == "room.show":
        return not audiences.limited({str((request.view_args or {})["reference"]).upper()})
    named = set(REFERENCE.findall(response.get_data(as_text=True))) if request.endpoint in NAMING else set()
    return not audiences.limited(named, audiences.TITLES)


# --- addresses -------------------------------------------------------------------------------------


@lru_cache
def version() -> str:
    """Of everything that shows a page: another one, and all copies go."""
    digest = hashlib.sha256()
    for path in sorted([*(HOME / "static").rglob("*.*"), *(HOME / "templates").rglob("*.html")]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@blueprint.get("/sw.js")
def worker() -> ResponseReturnValue:
    """The service worker; where copies are switched off, one that deletes them and goes. Open to everybody, so that
    the latter reaches browsers that are signed out."""
    parts = PARTS if on() else ("off",)
    source = "\n".join((HOME / "static" / "js" / "worker" / f"{part}.js").read_text("utf-8") for part in parts)
    kind = {"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-cache"}
    return f'"use strict";\nconst VERSION = {json.dumps(version())};\n{source}', 200, kind


@blueprint.get("/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    """What a phone shows of the desk on its home screen. Strangers are not told the desk's name."""
    name = here.desk()["desk_name"] if signed_in() else "Firebreak"
    body = {
        "id": "/",
        "name": name,
        "short_name": name if len(name) <= 12 else "Firebreak",
        "description": _("A desk for social-media crises"),
        "lang": locale.HTML_LANGUAGES[locale.language()],
        "start_url": url_for("incidents.index"),
        "scope": "/",
        "display": "standalone",
        "theme_color": GROUND,
        "background_color": GROUND,
        "icons": list(_icons()),
    }
    kind = {"Content-Type": "application/manifest+json", "Cache-Control": "private, no-cache"}
    return json.dumps(body, ensure_ascii=False), 200, kind


def _icons() -> list[dict[str, str]]:
    shapes = {"icon": "any", "icon-maskable": "maskable"}
    return [
        {
            "src": url_for("static", filename=f"icons/{shape}-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for shape, purpose in shapes.items()
        for size in (192, 512)
    ]


@blueprint.get("/offline.json")
def plan() -> ResponseReturnValue:
    """What to keep: {"account", "version", "pages": [{"address", "mark"}]}. A page whose mark is the same has not
    changed; what is not listed is to be deleted."""
    if not on():
        abort(404)
    pages = offline_plan.pages(_incidents(), here.now())
    body = [{"address": each.address, "mark": each.mark} for each in pages]
    return {"account": account(), "version": version(), "pages": body}


@blueprint.get("/offline")
def page() -> ResponseReturnValue:
    """What the worker shows for a page that is not kept: those that are."""
    if not on():
        abort(404)
    incidents = _incidents()
    pages = [each for each in offline_plan.pages(incidents, here.now()) if each.title]
    return render_template("offline/index.html", pages=pages, incidents=incidents)


def _incidents() -> list[Incident]:
    """The open incidents that may be kept, newest first."""
    rows = queries.incidents(state="open", limit=offline_plan.MOST)
    hidden = audiences.limited([row.reference for row in rows])
    return log.load_all(row.reference for row in rows if row.reference not in hidden)
