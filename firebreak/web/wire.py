"""What goes over the wire: style, script and pictures by the hash of their bytes and kept for a year; texts compressed.

A compressed page's length tells how well what a stranger made it say fits the secrets beside it (BREACH). So every one
is longer by a random number of bytes, and session cookies, SameSite=Lax, do not travel with requests of other sites.
"""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache
from gzip import GzipFile
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request

MARK = "v"
FOR_A_YEAR = "public, max-age=31536000, immutable"
LEAST = 2000
"""Bytes under which compressing costs more than it saves."""
LEVEL = 3
ONCE = 9
"""Levels of gzip: for a page, each time it is asked for; for a file, once in the life of a process."""
PADDING = 100
TEXTS = frozenset(
    {
        *("text/html", "text/css", "text/javascript", "text/plain", "text/csv", "image/svg+xml"),
        *("application/json", "application/problem+json", "application/manifest+json"),
    }
)


def init_app(app: Flask) -> None:
    """Registered first, so that it sees an answer last."""
    app.url_defaults(_by_content)
    app.after_request(_pack)


def _by_content(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and (mark := _mark(str(current_app.static_folder), values.get("filename", ""))):
        values.setdefault(MARK, mark)


@lru_cache(maxsize=512)
def _mark(folder: str, name: str) -> str:
    """The first signs of the hash of a file; "" for none. Files do not change under a running desk."""
    path = Path(folder, name)
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""


def _pack(response: Response) -> Response:
    if request.endpoint == "static":
        _keep(response)
    if response.mimetype not in TEXTS or response.status_code in (204, 206, 304):
        return response
    response.vary.add("Accept-Encoding")
    if "Content-Encoding" in response.headers or request.accept_encodings.quality("gzip") <= 0:
        return response
    return _file(response) if request.endpoint == "static" else _page(response)


def _keep(response: Response) -> None:
    """A year for an address that names these very bytes; any other is asked for anew each time."""
    name = (request.view_args or {}).get("filename", "")
    found = response.status_code in (200, 304) and _mark(str(current_app.static_folder), name)
    if found and request.args.get(MARK) == found:
        response.headers["Cache-Control"] = FOR_A_YEAR


def _file(response: Response) -> Response:
    if response.status_code != 200:
        return response
    packed = _packed(str(current_app.static_folder), (request.view_args or {})["filename"])
    response.close()
    response.direct_passthrough = False
    _replace(response, packed)
    response.set_etag(response.get_etag()[0] or "", weak=True)
    return response


@lru_cache(maxsize=512)
def _packed(folder: str, name: str) -> bytes:
    return _gzip(Path(folder, name).read_bytes(), ONCE)


def _page(response: Response) -> Response:
    """What is streamed stays as it is: an open stream of events, a file of evidence."""
    if response.is_streamed or response.direct_passthrough or (response.content_length or 0) < LEAST:
        return response
    _replace(response, _gzip(response.get_data(), LEVEL, b"a" * secrets.randbelow(PADDING)))
    return response


def _gzip(content: bytes, level: int, padding: bytes = b"") -> bytes:
    """The padding stands where gzip has the name of a file, which nobody reads."""
    packed = BytesIO()
    with GzipFile(padding, "wb", level, packed, mtime=0) as file:
        file.write(content)
    return packed.getvalue()


def _replace(response: Response, packed: bytes) -> None:
    response.set_data(packed)
    response.headers["Content-Encoding"] = "gzip"
