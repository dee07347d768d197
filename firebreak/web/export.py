"""Downloads: an incident whole (zip), as JSON, its log as CSV; the list of incidents as CSV."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO

from flask import Blueprint, Flask, Response, abort
from flask.typing import ResponseReturnValue

from firebreak import csvs, export
from firebreak.store import finding, queries
from firebreak.store.finding import Wanted
from firebreak.store.models import IncidentRow
from firebreak.web import here
from firebreak.web.access import needs
from firebreak.web.narrowing import asked

blueprint = Blueprint("export", __name__, url_prefix="/incidents")
EXERCISE = "-exercise"
AT_ONCE = 500


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<reference>/export.zip")
@needs("observer")
def whole(reference: str) -> ResponseReturnValue:
    """Everything, with evidence and manifest."""
    target = TemporaryFile()  # noqa: SIM115  (closed with the answer)
    try:
        made = export.write(target, reference.upper(), here.now())
    except BaseException as error:
        target.close()
        if isinstance(error, LookupError):
            abort(404)
        raise
    length = target.tell()
    answer = _file(_chunks(target), "application/zip", _name(made, ".zip"))
    answer.content_length = length
    return answer


def _chunks(target: IO[bytes]) -> Iterator[bytes]:
    with target:
        target.seek(0)
        while chunk := target.read(1 << 16):
            yield chunk


@blueprint.get("/<reference>/export.json")
@needs("observer")
def record(reference: str) -> ResponseReturnValue:
    """The record alone."""
    made = _document(reference)
    return _file(json.dumps(made, ensure_ascii=False, indent=1).encode(), "application/json", _name(made, ".json"))


@blueprint.get("/<reference>/log.csv")
@needs("observer")
def log(reference: str) -> ResponseReturnValue:
    """The log for a spreadsheet."""
    made = _document(reference)
    return _file(csvs.log(made), "text/csv; charset=utf-8", _name(made, "-log.csv"))


@blueprint.get("/list.csv")
@needs("observer")
def listed() -> ResponseReturnValue:
    """The incidents of the list with the same filters, one a line; exercises say so in a column."""
    content = csvs.incidents(_all(asked().wanted), queries.names())
    return _file(content, "text/csv; charset=utf-8", f"firebreak-incidents-{here.now():%Y-%m-%d}.csv")


def _all(wanted: Wanted) -> Iterator[tuple[IncidentRow, Mapping[str, datetime]]]:
    """Page by page, the newest first."""
    before: int | None = None
    while rows := finding.incidents(wanted, before, AT_ONCE):
        moments = queries.moments(row.reference for row in rows)
        yield from ((row, moments.get(row.reference, {})) for row in rows)
        before = rows[-1].number


def _document(reference: str) -> export.Document:
    try:
        return export.document(reference.upper(), here.now())
    except LookupError:
        abort(404)


def _name(made: export.Document, ending: str) -> str:
    return f"{made['reference']}{EXERCISE if made['exercise'] else ''}{ending}"


def _file(content: bytes | Iterator[bytes], kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=kind, headers=headers)
