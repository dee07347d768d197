"""Whether the desk answers and can work, for a proxy or a watchdog. Needs no sign-in and tells nothing else."""

from __future__ import annotations

from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from firebreak.store import faults, queries
from firebreak.web import here, machine_notice

blueprint = Blueprint("health", __name__)
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
def check() -> ResponseReturnValue:
    """200 and "ok" while pages can be read, else 503 and a line; after "ok" a line for each thing that is wrong.

    With `?strict` such a line is a 503 too: for a watchdog that looks at the status only. A proxy must not ask so,
    or it would take away a desk that can still be read.
    """
    try:
        queries.settings()
        wrong = _wrong()
    except SQLAlchemyError as error:
        return f"database: {faults.code(error) or 'fault'}\n", 503, PLAIN
    status = 503 if wrong and "strict" in request.args else 200
    return "\n".join(["ok" if status == 200 else "not ok", *wrong, ""]), status, PLAIN


def _wrong() -> list[str]:
    """disk, clock and worker, where something is amiss."""
    machine = machine_notice.look()
    told = []
    if machine.free is not None:
        told.append(f"disk: {machine.free // 1_000_000} MB free")
    if machine.behind:
        told.append(f"clock: {machine.behind.total_seconds():.0f} s behind the log")
    if queries.worker_is_silent(here.now()):
        told.append("worker: silent")
    return told
