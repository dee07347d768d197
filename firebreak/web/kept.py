"""What was typed into a form that failed, to be given back. Passwords, codes and tokens never are."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.exceptions import HTTPException

from firebreak.web import words

NEVER_SHOWN = ("password", "token", "secret", "passcode", "code", "csrf")
"""A field whose name holds one of these is not given back."""

PASSWORD_FIELDS = frozenset({"old", "again"})
"""Nor is a field of this very name: the old password, and the new one repeated."""

A_LINE = 40
TYPED = frozenset({"text", "note", "reason", "report", "question", "options", "chosen", "why", "title", "url"})
CARRIED = frozenset({"seen", "over"})
"""The hash of the file that somebody saw: long as it is, nobody typed it."""


@dataclass(frozen=True)
class Kept:
    """A field that was sent: shown to be read and changed when it was `typed`, carried along otherwise."""

    name: str
    value: str
    label: str
    typed: bool


def kept() -> list[Kept]:
    """What was typed into the form that failed, in its order. Nothing when it was the reading that failed."""
    try:
        sent = list(request.form.items(multi=True))
    except (HTTPException, OSError):
        return []
    return [_kept(name, value) for name, value in sent if not _secret(name)]


def _secret(name: str) -> bool:
    return name in PASSWORD_FIELDS or any(word in name.lower() for word in NEVER_SHOWN)


def _kept(name: str, value: str) -> Kept:
    field = name.rsplit("-", 1)[-1].removeprefix("new_")
    written = field in TYPED or "\n" in value or len(value) > A_LINE
    typed = bool(value.strip()) and field not in CARRIED and written
    return Kept(name, value, words.word("field", field), typed)


def has_files() -> bool:
    return (request.content_type or "").startswith("multipart/form-data")
