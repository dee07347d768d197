"""One incident as a file that stands on its own: every entry with what its hash was made of, the folded state, and
the evidence. docs/export.schema.json describes the JSON; `faults` is how anybody may check it.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from firebreak import csvs, files, library
from firebreak.config import HOME
from firebreak.domain import clocks, media
from firebreak.domain.events import EventKind
from firebreak.domain.folding import replay
from firebreak.domain.incidents import Incident
from firebreak.domain.text import stamp
from firebreak.store import chain, exporting, queries, versions
from firebreak.store.exporting import Stored

SCHEMA = 1
FORMAT = "firebreak-incident"
SCHEMA_FILE = HOME / "docs" / "export.schema.json"
HEADER = ("seq", "kind", "version", "at", "recorded_at", "actor", "audience", "codes")
Document = dict[str, Any]


class NoExport(ValueError):
    """A file that is no export of an incident. Its text is one line that says why."""


# --- writing ---------------------------------------------------------------------------------------


def document(reference: str, now: datetime) -> Document:
    """The incident as plain JSON values. LookupError when there is no such incident."""
    stored = exporting.stored(reference)
    if stored is None or not stored.entries or not reference.startswith("FB-"):
        raise LookupError(reference)
    incident = replay(stored.entries, reference)
    names = queries.names()
    return {
        "format": FORMAT,
        "schema": SCHEMA,
        "exported_at": stamp(now),
        "reference": reference,
        "exercise": incident.exercise,
        "head": {"seq": stored.head[0], "hash": stored.head[1]},
        "people": {str(id): names[id] for id in sorted(_ids(stored, incident)) if id in names},
        "state": _state(incident, now),
        "entries": [_entry(row, names) for row in stored.rows],
    }


def _ids(stored: Stored, incident: Incident) -> set[int]:
    """Everybody whom the record names by number."""
    named = [row["actor"] for row in stored.rows]
    named += [row["codes"].get(key) for row in stored.rows for key in ("person", "previous", "owner")]
    return {id for id in (*named, *incident.roles.values()) if isinstance(id, int)}


def _entry(row: Mapping[str, Any], names: Mapping[int, str]) -> dict[str, Any]:
    header = {key: row[key] for key in HEADER} | {"at": stamp(row["at"]), "recorded_at": stamp(row["recorded_at"])}
    return header | {
        "actor_name": names.get(row["actor"]),
        "body": None if row["body"] is None else json.loads(row["body"]),
        "erased": row["body"] is None,
        "salt": row["salt"],
        "body_text": row["body"],
        "header_text": chain.header(dict(row)),
        "digest": row["digest"],
        "hash": row["hash"],
    }


def _state(incident: Incident, now: datetime) -> dict[str, Any]:
    """What the log adds up to: the folded incident, with clocks as they stand and steps with their titles."""
    state: dict[str, Any] = plain(incident)
    for reading in clocks.readings(incident, now):
        state["clocks"][reading.clock.id] |= {"status": reading.status, "stopped_at": plain(reading.stopped_at)}
    for id, title in _titles(incident).items():
        if id in state["steps"]:
            state["steps"][id]["title"] = state["steps"][id]["title"] or title
    return state


def _titles(incident: Incident) -> dict[str, str]:
    found = (library.version(hash) for hash in _playbooks(incident))
    return {step.id: step.title for playbook in found if playbook for step in playbook.steps}


def _playbooks(incident: Incident) -> list[str]:
    """The hashes of the playbook versions that it used, first to last."""
    chosen = (fact.event.data["hash"] for fact in incident.facts if fact.event.kind is EventKind.PLAYBOOK_CHOSEN)
    return list(dict.fromkeys(chosen))


def plain(value: Any) -> Any:
    """A value of the domain as JSON has it: times ISO 8601 in UTC, lengths in seconds, sets sorted."""
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value) if each.name != "facts"}
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return [plain(part) for part in value] if isinstance(value, tuple | list) else value


def write(target: IO[bytes], reference: str, now: datetime) -> Document:
    """The zip: incident.json, log.csv, the playbooks used, the evidence, the schema, and a manifest of SHA-256 sums."""
    made = document(reference, now)
    rows: list[dict[str, Any]] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in _texts(made):
            archive.writestr(path, content)
            rows.append({"path": path, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)})
        for row in _evidence(made):
            if not row["missing"]:
                archive.write(files.path_of(row["sha256"]), row["path"])
            rows.append(row)
        manifest = {"format": FORMAT, "schema": SCHEMA, "reference": reference, "head": made["head"], "files": rows}
        archive.writestr("manifest.json", _json(manifest))
    return made


def _texts(made: Document) -> Iterator[tuple[str, bytes]]:
    yield "incident.json", _json(made)
    yield "log.csv", csvs.log(made)
    yield "export.schema.json", SCHEMA_FILE.read_bytes()
    chosen = [each["codes"]["hash"] for each in made["entries"] if each["kind"] == EventKind.PLAYBOOK_CHOSEN]
    for version in filter(None, map(versions.load, dict.fromkeys(chosen))):
        yield f"playbooks/{version.hash}.md", version.source.encode()


def _evidence(made: Document) -> list[dict[str, Any]]:
    """The files that entries with a body name, each once; `missing` when the bytes are gone from this desk."""
    found: dict[str, dict[str, Any]] = {}
    for entry in made["entries"]:
        for file, name in zip(entry["codes"].get("files", ()), (entry["body"] or {}).get("names", ()), strict=False):
            row = found.setdefault(file["sha256"], _file_row(file))
            row["names"].append(name)
            row["entries"].append(entry["seq"])
    return list(found.values())


def _file_row(file: Mapping[str, Any]) -> dict[str, Any]:
    sha256, kind = file["sha256"], file["type"]
    path = f"files/{sha256}.{media.EXTENSIONS.get(kind, 'bin')}"
    row = {"path": path, "sha256": sha256, "size": file["size"], "type": kind, "names": [], "entries": []}
    return row | {"missing": not files.path_of(sha256).exists()}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


# --- reading ---------------------------------------------------------------------------------------


def read(path: Path) -> tuple[Document, list[str]]:
    """The document in an export, zip or JSON, and which files of the zip are not what its manifest says."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return _known(json.loads(archive.read("incident.json"))), _changed(archive)
        return _known(json.loads(path.read_bytes())), []
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise NoExport(f"{path} is no export of an incident: {error}") from None


def _known(made: Any) -> Document:
    if not isinstance(made, dict) or made.get("format") != FORMAT or made.get("schema") != SCHEMA:
        raise ValueError(f"it is not of the format {FORMAT}, schema {SCHEMA}")
    return made


def _changed(archive: zipfile.ZipFile) -> list[str]:
    rows = [row for row in json.loads(archive.read("manifest.json"))["files"] if not row.get("missing")]
    inside = set(archive.namelist())
    kept = {row["path"]: row["path"] in inside and _sum(archive, row["path"]) == row["sha256"] for row in rows}
    return [f"{path} was changed or taken out" for path, right in kept.items() if not right]


def _sum(archive: zipfile.ZipFile, path: str) -> str:
    with archive.open(path) as member:
        return hashlib.file_digest(member, "sha256").hexdigest()  # type: ignore[arg-type]


def faults(made: Document) -> list[str]:
    """What is wrong in the document itself: no database is asked. Each entry's hash is
    sha256(hash before ‖ header_text ‖ digest), its digest sha256(salt ‖ body_text); the first goes on from 64 zeros."""
    previous = chain.GENESIS
    for count, entry in enumerate(made["entries"], 1):
        wrong = _fault(entry, count, previous, made["reference"])
        if wrong:
            return [f"entry {count}: {wrong}"]
        previous = entry["hash"]
    whole = made["head"] == {"seq": len(made["entries"]), "hash": previous}
    return [] if whole else ["its tail was cut: the head names another entry"]


def _fault(entry: Mapping[str, Any], count: int, previous: str, reference: str) -> str:
    header = json.loads(entry["header_text"])
    if header != {key: entry[key] for key in HEADER} | {"stream": reference} or header["seq"] != count:
        return "its header was changed"
    if hashlib.sha256((previous + entry["header_text"] + entry["digest"]).encode()).hexdigest() != entry["hash"]:
        return "its place in the chain was changed"
    if entry["erased"]:
        return "" if entry["body"] is None and entry["body_text"] is None else "its text was changed"
    told = chain.digest(entry["salt"], entry["body_text"])
    return "" if told == entry["digest"] and json.loads(entry["body_text"]) == entry["body"] else "its text was changed"
