"""One entry of the log: reading it, correcting, striking out, erasing for good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from firebreak.domain.deciding.mending import CORRECTABLE_CODES
from firebreak.domain.events import SHAPES, Entry, EventKind
from firebreak.domain.text import moment, stamp
from firebreak.web import forms, here, room, room_log
from firebreak.web.access import current_person, needs
from firebreak.web.room import blueprint
from firebreak.web.room_log import LogRow
from firebreak.web.room_view import Room
from firebreak.workflow import record

TYPED = (
    *("title", "report", "text", "url", "note", "reason", "question", "options", "chosen", "why"),
    *("answer", "what", "known", "unknown", "next"),
)


@blueprint.get("/log/<int:seq>")
def entry(reference: str, seq: int) -> ResponseReturnValue:
    """One entry, with what mended it."""
    return _page(reference, seq)


def _page(reference: str, seq: int, **wrong: forms.PageForm) -> ResponseReturnValue:
    found, row = _found(reference, seq)
    shown = {"correct": correction_form(row, formdata=None), "strike": forms.ReasonForm(prefix="strike", formdata=None)}
    html = render_template("incidents/entry.html", room=found, incident=found.incident, row=row, forms=shown | wrong)
    return (html, 422) if wrong else html


def _found(reference: str, seq: int) -> tuple[Room, LogRow]:
    found = room.find(reference)
    row = room_log.row(found.incident, seq)
    return (found, row) if row else abort(404)


# --- correcting ------------------------------------------------------------------------------------


def correction_form(row: LogRow, **given: Any) -> forms.CorrectionForm:
    """Fields for what this entry may say differently, holding what it says now."""
    event, keys = row.entry.event, correctable(row.entry)
    values: dict[str, Any] = {f"new_{key}": _value(key, event.data.get(key)) for key in keys}
    timed = event.kind is not EventKind.INCIDENT_OPENED
    return forms.correction_form(keys, timed, "correct", values | {"at": event.at}, **given)


def correctable(entry: Entry) -> list[str]:
    """Times and channel first, then what was typed (of an erased entry nothing is left to correct)."""
    shape = SHAPES[entry.event.kind]
    codes = [key for key in CORRECTABLE_CODES if key in shape.codes]
    return codes + [key for key in TYPED if key in shape.body and not entry.erased]


def _value(key: str, value: Any) -> Any:
    return moment(value) if key in forms.TIME_CODES else value


@blueprint.post("/log/<int:seq>/correct")
@needs("responder")
def correct(reference: str, seq: int) -> ResponseReturnValue:
    """Only what differs is recorded; what was written first stays visible."""
    _room, row = _found(reference, seq)
    form, who = correction_form(row), current_person().id

    def wish() -> object:
        codes, body = _changes(form, row.entry)
        return record.correct(
            reference, seq, form.reason.data, who, here.now(), at=_new_time(form, row.entry), codes=codes, body=body
        )

    if not forms.attempt(form, wish):
        return _page(reference, seq, correct=form)
    return redirect(url_for("room.entry", reference=reference, seq=seq), 303)


def _changes(form: forms.CorrectionForm, entry: Entry) -> tuple[dict[str, Any], dict[str, Any]]:
    """Codes and typed texts that differ from what the entry says now."""
    wanted: Mapping[str, Any] = {key: _stored(key, form[f"new_{key}"].data) for key in correctable(entry)}
    event = entry.event
    changed = {key: value for key, value in wanted.items() if not _same(key, value, event.data.get(key))}
    codes = {key: value for key, value in changed.items() if key in CORRECTABLE_CODES}
    return codes, {key: value for key, value in changed.items() if key not in codes}


def _stored(key: str, value: Any) -> Any:
    if key in forms.TIME_CODES:
        return stamp(value) if value else None
    return (value or "").replace("\r\n", "\n")


def _same(key: str, new: Any, old: Any) -> bool:
    """A form shows whole minutes: a time within the same minute was not changed."""
    if key not in forms.TIME_CODES or not new or not old:
        return new == old or (not new and not old)
    return _minute(datetime.fromisoformat(new)) == _minute(datetime.fromisoformat(old))


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _new_time(form: forms.CorrectionForm, entry: Entry) -> datetime | None:
    at = form.at.data if form.at else None
    return at if at and _minute(at) != _minute(entry.event.at) else None


# --- striking and erasing --------------------------------------------------------------------------


@blueprint.post("/log/<int:seq>/strike")
@needs("responder")
def strike(reference: str, seq: int) -> ResponseReturnValue:
    """It no longer counts; it stays readable."""
    _found(reference, seq)
    form, who = forms.ReasonForm(prefix="strike"), current_person().id
    if not forms.attempt(form, lambda: record.strike(reference, seq, form.reason.data, who, here.now())):
        return _page(reference, seq, strike=form)
    return redirect(url_for("room.entry", reference=reference, seq=seq), 303)


@blueprint.get("/log/<int:seq>/erase")
@needs("administrator")
def confirm_erasure(reference: str, seq: int) -> ResponseReturnValue:
    """Asks once more: this is for good."""
    found, row = _found(reference, seq)
    form = forms.ReasonForm(prefix="erase", formdata=None)
    return render_template("incidents/erase.html", room=found, incident=found.incident, row=row, form=form)


@blueprint.post("/log/<int:seq>/erase")
@needs("administrator")
def erase(reference: str, seq: int) -> ResponseReturnValue:
    """What was typed is gone; that there was an entry stays."""
    found, row = _found(reference, seq)
    form, who = forms.ReasonForm(prefix="erase"), current_person().id
    if not forms.attempt(form, lambda: record.erase(reference, [seq], form.reason.data or "", who, here.now())):
        return render_template("incidents/erase.html", room=found, incident=found.incident, row=row, form=form), 422
    flash(_("Entry %(seq)d was erased.", seq=seq))
    return redirect(url_for("room.entry", reference=reference, seq=seq), 303)
