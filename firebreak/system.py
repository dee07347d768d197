"""What this machine still lacks, as names of Debian and Ubuntu packages.

Standard library only and no import of the rest of Firebreak: set-up runs this file with the system's Python before
any environment exists (``python3 -P firebreak/system.py GROUP…``).

Groups: ``pdf`` (printing), ``pdf-tools`` (reading PDFs in tests), ``browser`` (Chromium for tests), ``postgres``
(a server for tests).
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
BROWSERS = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")


@dataclass(frozen=True)
class Need:
    """A Debian package, the group that needs it, and how to see that the machine already has what it brings."""

    package: str
    group: str
    present: Callable[[], bool]


def missing(group: str) -> list[str]:
    """Names of the Debian packages ``group`` still lacks, empty when none. ``KeyError``: no such group."""
    needs = [need for need in NEEDS if need.group == group]
    if not needs:
        raise KeyError(group)
    return [need.package for need in needs if not need.present()]


def browser() -> str | None:
    """Path of a Chromium or Chrome that tests can drive, or None. ``FIREBREAK_BROWSER`` names one outright."""
    named = os.environ.get("FIREBREAK_BROWSER")
    installed = [path for name in BROWSERS if (path := shutil.which(name)) and not _is_snap(path)]
    return next((path for path in [named, *installed, *_downloaded_browsers()] if path), None)


def postgres_bin() -> Path | None:
    """Folder of the newest PostgreSQL server programs (``initdb``, ``postgres``), or None."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    found = shutil.which("initdb")
    folders += [Path(found).resolve().parent] if found else []
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def _library(soname: str) -> Callable[[], bool]:
    return lambda: _loads(soname)


def _loads(soname: str) -> bool:
    # find_library() would start ldconfig and a compiler; loading by name asks the question that printing asks.
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def _program(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


def _font(pattern: str) -> Callable[[], bool]:
    return lambda: any(re.search(pattern, name, re.IGNORECASE) for name in _font_files())


def _font_files() -> list[str]:
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    return [name for folder in folders for _, _, names in os.walk(folder) for name in names]


def _is_snap(path: str) -> bool:
    """Ubuntu's chromium-browser is a script that only asks for the snap, whose sandbox hides /tmp from tests."""
    with Path(path).open("rb") as program:
        return b"/snap/" in program.read(4096)


def _downloaded_browsers() -> list[str]:
    """Chromium as Playwright downloads it, newest first: the way on Ubuntu, where apt has no Chromium of its own."""
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or "~/.cache/ms-playwright"
    found = Path(folder).expanduser().glob("chromium-*/chrome-linux*/chrome")
    return [str(path) for path in sorted(found, key=_version, reverse=True)]


def _version(path: Path) -> int:
    return int((re.findall(r"\d+", path.as_posix().replace("linux64", "")) or ["0"])[-1])


NEEDS = (
    Need("libpango-1.0-0", "pdf", _library("libpango-1.0.so.0")),
    Need("libpangoft2-1.0-0", "pdf", _library("libpangoft2-1.0.so.0")),
    Need("libharfbuzz-subset0", "pdf", _library("libharfbuzz-subset.so.0")),
    Need("fonts-dejavu-core", "pdf", _font("DejaVuSans")),
    Need("fonts-noto-cjk", "pdf", _font("CJK|wqy|SourceHan|uming|ukai|DroidSansFallback")),
    Need("poppler-utils", "pdf-tools", _program("pdftotext")),
    Need("chromium", "browser", lambda: browser() is not None),
    Need("libatomic1", "browser", _library("libatomic.so.1")),  # Playwright's own Node needs it
    Need("postgresql", "postgres", lambda: postgres_bin() is not None),
)


if __name__ == "__main__":
    print(" ".join(package for group in sys.argv[1:] for package in missing(group)))
