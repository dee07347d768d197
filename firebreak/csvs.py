"""Tables for a spreadsheet: UTF-8 with a byte order mark, ISO times, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from firebreak.store.models import IncidentRow

BOM = "\ufeff"
RUNS = ("=", "+", "-", "@", "\t", "\r")
"""What begins a formula in one spreadsheet or another."""
LOG = ("reference", "exercise", "seq", "at", "recorded_at", "kind", "actor", "codes", "text", "mended", "hash")
MOMENTS = (
    *("began", "noticed", "opened", "acknowledged", "first_response", "withdrew", "apologised", "contained"),
    *("stood_down", "reviewed"),
)
LIST = (
    *("reference", "title", "state", "outcome", "severity", "scenario", "language", "exercise", "lead", "opened_by"),
    *(f"{moment}_at" for moment in MOMENTS),
    *("open_critical", "breached", "entries"),
)
SUGGESTIONS = ("scenario", "language", "incidents", "first", "within", "left_alone")


def cell(value: Any) -> str:
    """The value as text; a leading apostrophe where it would begin a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if text.startswith(RUNS) else text


def table(head: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A CSV file with these columns; what a row lacks stays empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([cell(row.get(name)) for name in head] for row in rows)
    return (BOM + out.getvalue()).encode()


def log(made: Mapping[str, Any]) -> bytes:
    """The log of an export (see `firebreak.export.document`): each entry as it was written, and what mended it."""
    mends = _mends(made["entries"])
    common = {"reference": made["reference"], "exercise": made["exercise"]}
    return table(LOG, (common | _line(entry, mends.get(entry["seq"], [])) for entry in made["entries"]))


def _line(entry: Mapping[str, Any], mends: list[str]) -> dict[str, Any]:
    kept = {key: entry[key] for key in ("seq", "at", "recorded_at", "kind", "hash")}
    actor = "Firebreak" if entry["actor"] is None else entry["actor_name"] or f"#{entry['actor']}"
    text = "[erased]" if entry["erased"] else "\n".join(_texts(entry["body"]))
    return kept | {"actor": actor, "codes": _codes(entry["codes"]), "text": text, "mended": "; ".join(mends)}


def _codes(codes: Mapping[str, Any]) -> str:
    """The short ones, as key=value: lists and tables of codes are in the JSON."""
    return "; ".join(f"{key}={value}" for key, value in codes.items() if isinstance(value, str | int | float))


def _texts(body: Mapping[str, Any]) -> Iterable[str]:
    """What was typed, the HTML made of it left out."""
    for key, value in body.items():
        if isinstance(value, dict):
            yield from _texts(value)
        elif key != "html" and value:
            yield ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _mends(entries: Iterable[Mapping[str, Any]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for entry in entries:
        verb = {"entry:corrected": "corrected", "entry:struck": "struck", "entry:erased": "erased"}.get(entry["kind"])
        for target in (entry["codes"].get("targets") or [entry["codes"].get("target")]) if verb else ():
            found.setdefault(target, []).append(f"{verb} by {entry['seq']}")
    return found


def incidents(rows: Iterable[tuple[IncidentRow, Mapping[str, datetime]]], names: Mapping[int, str]) -> bytes:
    """The list of incidents: one a line, with its moments (moment -> time)."""
    return table(LIST, (_incident(row, moments, names) for row, moments in rows))


def _incident(row: IncidentRow, moments: Mapping[str, datetime], names: Mapping[int, str]) -> dict[str, Any]:
    kept = {name: getattr(row, name) for name in LIST if hasattr(row, name)}
    people = {name: names.get(getattr(row, name) or 0, "") for name in ("lead", "opened_by")}
    return kept | people | {f"{moment}_at": moments.get(moment) for moment in MOMENTS} | {"entries": row.head_seq}


def suggestions(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """How often suggestions were right: counts by scenario and language, one of each a line."""
    return table(SUGGESTIONS, rows)
