"""PDFs that were made: kept in the instance's `prints` folder by the SHA-256 of their bytes, for as long as a job
names them. They hold names and phone numbers, so only the desk's own user may read them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app

UNNAMED_FOR = timedelta(hours=1)
"""How long a file may be there without a job that names it: its job is about to."""

MAKERS = "firebreak.prints"
"""The app's extension of that name: kind -> Maker, put there by the pages that know how to fill it."""


class Gone(LookupError):
    """What was to be printed is no longer there."""


@dataclass(frozen=True)
class Draft:
    """A print as HTML. `name` is that of its file, without folder and ending; `pages` a guess, for the progress;
    `most` the pages that the part with this id may take (see `printing.lengths`)."""

    html: str
    name: str
    pages: int
    most: Mapping[str, int] = field(default_factory=dict)


Maker = Callable[[Mapping[str, Any], datetime, Mapping[str, int]], Draft]
"""Called with what was asked for, the time, and how often each part turned out too long: it is to be set tighter.
Gone when what was asked for is no longer there."""


def folder() -> Path:
    """Where the bytes are."""
    return Path(current_app.config["FIREBREAK"].instance) / "prints"


def path_of(sha256: str) -> Path:
    """The place of a PDF; ValueError for anything but a hash."""
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise ValueError("not a sha256")
    return folder() / f"{sha256}.pdf"


def keep(content: bytes) -> str:
    """Put the bytes in their place, whole or not at all; their hash."""
    sha256 = hashlib.sha256(content).hexdigest()
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path_of(sha256).with_suffix(f".{os.getpid()}")
    part.touch(mode=0o600)
    try:
        part.write_bytes(content)
        part.replace(path_of(sha256))
    finally:
        part.unlink(missing_ok=True)
    return sha256


def sweep(named: Collection[str], now: datetime) -> None:
    """Remove what no job names any more."""
    for path in folder().iterdir() if folder().exists() else ():
        if path.stem not in named and path.stat().st_mtime < (now - UNNAMED_FOR).timestamp():
            path.unlink(missing_ok=True)
