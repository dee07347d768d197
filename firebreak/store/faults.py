"""What is wrong with the database, as one of a few codes: for pages, commands and the worker's log."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
    TimeoutError,
)

OURS = (IntegrityError, ProgrammingError, DataError, NotSupportedError)
"""Faults of a statement, and so of ours: the database itself works."""

# The lower byte of an extended SQLite code is its kind: see https://sqlite.org/rescode.html
SQLITE: Mapping[int, str] = MappingProxyType(
    {
        sqlite3.SQLITE_BUSY: "busy",
        sqlite3.SQLITE_LOCKED: "busy",
        sqlite3.SQLITE_FULL: "full",
        sqlite3.SQLITE_READONLY: "read_only",
        sqlite3.SQLITE_PERM: "read_only",
        sqlite3.SQLITE_CANTOPEN: "missing",
        sqlite3.SQLITE_CORRUPT: "damaged",
        sqlite3.SQLITE_NOTADB: "damaged",
        sqlite3.SQLITE_IOERR: "disk",
    }
)
# https://www.postgresql.org/docs/current/errcodes-appendix.html; the first two characters are a class.
POSTGRESQL: Mapping[str, str] = MappingProxyType(
    {
        "53100": "full",
        "53200": "busy",
        "53300": "crowded",
        "25006": "read_only",
        "55P03": "busy",
        "57014": "busy",
        "40001": "busy",
        "40P01": "busy",
        "58": "disk",
        "XX001": "damaged",
        "XX002": "damaged",
        "3D": "missing",
        "28": "refused",
    }
)
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG})
"""An OSError of a disk that takes no more."""


IN_COMMIT = "firebreak_in_commit"
"""An attribute that `store.engine` puts on such an error."""


def code(error: BaseException) -> str:
    """busy, full, read_only, missing, damaged, disk, crowded, refused or away; "" for a fault of ours."""
    if isinstance(error, TimeoutError):
        return "crowded"
    if isinstance(error, OURS) or not isinstance(error, SQLAlchemyError):
        return ""
    if not isinstance(error, DBAPIError):
        return "away"
    return _sqlite(error.orig) if isinstance(error.orig, sqlite3.Error) else _postgresql(error.orig)


def _sqlite(error: BaseException) -> str:
    number = getattr(error, "sqlite_errorcode", None)
    known = SQLITE.get(number & 0xFF) if number is not None else None
    return known or ("missing" if "no such table" in str(error) else "away")


def _postgresql(error: BaseException | None) -> str:
    state = getattr(error, "sqlstate", None) or ""
    return POSTGRESQL.get(state) or POSTGRESQL.get(state[:2]) or "away"


def unsure(error: BaseException) -> bool:
    """Whether the connection was lost while a commit was on its way: nobody knows whether it counts."""
    return bool(getattr(error, IN_COMMIT, False))


CURES: Mapping[str, str] = MappingProxyType(
    {
        "busy": "another program holds it; end that program, or try again",
        "full": "the disk is full; free some space, nothing has to be restarted",
        "read_only": "it may not be written; give the desk's user the right to write the file and its folder",
        "missing": "check DATABASE_URL and FIREBREAK_INSTANCE; or restore a backup; `firebreak setup` makes a new desk",
        "damaged": "it is damaged; stop the desk, keep the file, and restore the last backup",
        "disk": "the disk does not work as it should; look at the machine's own log",
        "crowded": "all connections are taken; allow more, or run fewer processes",
        "refused": "it does not let the desk in; check user and password in DATABASE_URL",
        "away": "it does not answer; start it, nothing else has to be restarted. Check DATABASE_URL",
    }
)
"""What the person at the shell can do."""


def line(error: BaseException) -> str:
    """One line: what the driver said, and what to do."""
    said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0].rstrip(". ")
    cure = CURES.get(code(error), "")
    return f"{said}. {cure[:1].upper()}{cure[1:]}" if cure else said
