"""Where to go after a form: only to pages of ours."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request


def is_ours(target: str) -> bool:
    """Whether this is a path of ours. `//host`, `/\\host` and control characters lead elsewhere in browsers."""
    plain = not any(letter < "!" or letter == "\\" for letter in target)
    return plain and target.startswith("/") and not target.startswith("//")


def back(default: str = "/") -> str:
    """The form's `next` when it is ours, else `default`."""
    target = request.form.get("next") or request.args.get("next") or ""
    return target if is_ours(target) else default


def path_of(address: str) -> str:
    """Path and query of a full address of ours; "" for any other."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return path if parts.netloc == request.host and is_ours(path) else ""
