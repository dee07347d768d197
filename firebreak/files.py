"""Evidence files: bytes kept by content hash in the instance folder, their facts in the database."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

from flask import current_app

from firebreak.domain import media
from firebreak.domain.refusal import Refused
from firebreak.store import evidence as table

CHUNK = 1 << 20


def folder() -> Path:
    """Where the bytes are."""
    return Path(current_app.config["FIREBREAK"].instance) / "files"


def path_of(sha256: str) -> Path:
    """The place of a file's bytes; ValueError for anything but a hash."""
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise ValueError("not a sha256")
    return folder() / sha256[:2] / sha256


def keep(stream: BinaryIO, now: datetime) -> dict[str, Any]:
    """Store the bytes and return {sha256, size, type}. Refuses empty files and types we do not take."""
    folder().mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder(), delete=False) as part:
        try:
            facts = _copy(stream, part)
            os.fsync(part.fileno())
            _place(Path(part.name), path_of(facts["sha256"]))
        finally:
            Path(part.name).unlink(missing_ok=True)
    table.remember(facts["sha256"], facts["size"], facts["type"], now)
    return facts


def _copy(stream: BinaryIO, part: Any) -> dict[str, Any]:
    found, size, head = hashlib.sha256(), 0, b""
    while chunk := stream.read(CHUNK):
        head = head or chunk[:4096]
        found.update(chunk)
        size += len(chunk)
        part.write(chunk)
    part.flush()
    if not size:
        raise Refused("empty_file", field="files")
    return {"sha256": found.hexdigest(), "size": size, "type": media.media_type(head)}


def _place(part: Path, place: Path) -> None:
    """The folder is written too: a name that only memory holds would be lost with the current, and its entry not."""
    place.parent.mkdir(exist_ok=True)
    if not place.exists():
        part.replace(place)
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def erase_if_unused(sha256: str, now: datetime) -> bool:
    """Remove the bytes when no entry that still has its body names them; whether they were removed."""
    if table.is_named(sha256):
        return False
    path_of(sha256).unlink(missing_ok=True)
    table.mark_erased(sha256, now)
    return True
