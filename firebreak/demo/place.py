"""Where a demonstration lives: a folder of its own, marked, so that no real desk is ever written over."""

from __future__ import annotations

import json
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from firebreak.config import DEMO_MARK, HOME

FOLDER = HOME / "instance-demo"
MADE = ("firebreak.sqlite", "firebreak.sqlite-wal", "firebreak.sqlite-shm", "secrets.json", DEMO_MARK)
REAL_DESK = ("DATABASE_URL", "FIREBREAK_INSTANCE")
OF_THE_REAL_DESK = ("FIREBREAK_PUBLIC_URL", "FIREBREAK_TRUSTED_PROXIES", "FIREBREAK_SECURE_COOKIES", *REAL_DESK)
"""Variables that describe how the real desk is reached; a demonstration is on this machine only."""


class NotADemo(RuntimeError):
    """A place that must not be touched; one line that says why and what to do."""


def check(folder: Path) -> None:
    """NotADemo unless the folder is missing, empty, or a demonstration of ours."""
    if os.environ.get("DATABASE_URL"):
        raise NotADemo("DATABASE_URL names the database of a desk; run this without it: env -u DATABASE_URL …")
    if folder.exists() and not folder.is_dir():
        raise NotADemo(f"{folder} is no folder; choose another with --instance")
    if folder.exists() and any(folder.iterdir()) and not is_demo(folder):
        raise NotADemo(f"{folder} holds something that is not a demonstration; choose another with --instance")


def is_demo(folder: Path) -> bool:
    return (folder / DEMO_MARK).is_file()


def told(folder: Path) -> dict[str, Any]:
    """What the mark says: language, and the time up to which the story goes; {} when it cannot be read."""
    try:
        return dict(json.loads((folder / DEMO_MARK).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def make(folder: Path, language: str, now: datetime) -> None:
    """An empty demonstration; what an earlier one left is deleted, and nothing else."""
    check(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if is_demo(folder):
        _clear(folder)
    mark = {"demonstration": True, "language": language, "now": now.isoformat(), "whole": False}
    (folder / DEMO_MARK).write_text(json.dumps(mark), encoding="utf-8")


def _clear(folder: Path) -> None:
    for name in MADE:
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "files", ignore_errors=True)


def finished(folder: Path) -> None:
    """Mark the story as told to its end."""
    (folder / DEMO_MARK).write_text(json.dumps({**told(folder), "whole": True}), encoding="utf-8")


def is_whole(folder: Path) -> bool:
    """Whether a story was told there to its end."""
    return bool(told(folder).get("whole"))


def forget_the_real_desk() -> None:
    """Take the variables of the real desk out of this process and its children."""
    for name in OF_THE_REAL_DESK:
        os.environ.pop(name, None)
