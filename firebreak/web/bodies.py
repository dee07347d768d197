"""What a request may carry: a form of bounded size, and nothing that no database keeps.

Werkzeug bounds only forms with files, and hands on undecodable bytes in their escaped form. Flask-WTF and
Flask-Security would also read JSON, whose values need not be texts.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import IO, Any
from urllib.parse import parse_qsl

from flask import Flask, Request, abort, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from firebreak.domain.text import clean
from firebreak.web.access import for_programs

URLENCODED = "application/x-www-form-urlencoded"
FORMS = frozenset({"", URLENCODED, "multipart/form-data"})
CHUNK = 1 << 16
PLAYBOOK_FORM = 3 * 1024 * 1024
"""Bytes of a form with a playbook in it: a Chinese letter may be sent as nine."""
BOUNDS = dict.fromkeys(
    ("playbooks.edit", "playbooks.preview", "playbooks.bring", "playbooks.accept"),
    PLAYBOOK_FORM,
)
"""Endpoint -> the most bytes of a request, where that is less than elsewhere."""
_SURROGATE = re.compile(b"%ED%[AB][0-9A-F]%[89AB][0-9A-F]", re.IGNORECASE)


class FormParser(FormDataParser):
    """Werkzeug's, with the same bounds for every form. Refused: bad_character, for a lone surrogate."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, Any]]:
        if mimetype != URLENCODED:
            return super().parse(stream, mimetype, content_length, options)
        body = _read(stream, self.max_form_memory_size)
        if self.max_form_parts and body.count(b"&") >= self.max_form_parts:
            raise RequestEntityTooLarge
        return stream, self.cls(_fields(body)), self.cls()


def _read(stream: IO[bytes], most: int | None) -> bytes:
    """All of it, unless it is more than `most` bytes (None: any number)."""
    body = bytearray()
    while chunk := stream.read(CHUNK):
        body += chunk
        if most is not None and len(body) > most:
            raise RequestEntityTooLarge
    return bytes(body)


def _fields(body: bytes) -> list[tuple[str, str]]:
    text = body.decode("utf-8", "replace")
    if _SURROGATE.search(body):
        with suppress(UnicodeDecodeError):
            for name, value in parse_qsl(text, keep_blank_values=True, errors="surrogatepass"):
                clean(value, name.rsplit("-", 1)[-1], len(value))
    return parse_qsl(text, keep_blank_values=True, errors="werkzeug.url_quote")


class DeskRequest(Request):
    """A request whose form `FormParser` reads."""

    form_data_parser_class = FormParser


def init_app(app: Flask) -> None:
    """Bound every form; refuse whatever else is sent."""
    app.request_class = DeskRequest
    app.before_request(_forms_only)
    app.before_request(_bound)


def _forms_only() -> None:
    """Pages take forms. 415 for JSON and the rest; the API looks at what it is sent itself."""
    if not for_programs() and request.mimetype not in FORMS and request.method not in ("GET", "HEAD", "OPTIONS"):
        abort(415)


def _bound() -> None:
    """Before anything of the form is read."""
    if request.endpoint in BOUNDS:
        request.max_content_length = BOUNDS[request.endpoint]
