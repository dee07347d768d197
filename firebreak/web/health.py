"""Whether the desk answers, for a proxy or a watchdog."""

from __future__ import annotations

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue

from firebreak.store import queries

blueprint = Blueprint("health", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
def check() -> ResponseReturnValue:
    """200 and "ok" when the database answers; an error page otherwise. Needs no sign-in and tells nothing else."""
    queries.settings()
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
