"""Sessions in a signed cookie, as Flask has them, which also survive a clock that was set back.

itsdangerous calls a cookie from the future expired, if only by a second: every correction of the machine's clock would
sign somebody out, and a big one everybody.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any, Literal, overload

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_decode, bytes_to_int

RENEWED = 60
"""Seconds."""


class PatientSigner(TimestampSigner):
    """A signature counts for `max_age` seconds, before its time as after it."""

    @overload
    def unsign(
        self, signed_value: str | bytes, max_age: int | None = None, return_timestamp: Literal[False] = False
    ) -> bytes: ...

    @overload
    def unsign(
        self, signed_value: str | bytes, max_age: int | None = None, return_timestamp: Literal[True] = True
    ) -> tuple[bytes, datetime]: ...

    def unsign(self, signed_value: Any, max_age: int | None = None, return_timestamp: bool = False) -> Any:
        value, signed_at = super().unsign(signed_value, return_timestamp=True)
        age = self.get_timestamp() - int(signed_at.timestamp())
        if max_age is not None and abs(age) > max_age:
            raise SignatureExpired(f"Signature age {age}, of {max_age} seconds", value, signed_at)
        return (value, signed_at) if return_timestamp else value


class PatientSessions(SecureCookieSessionInterface):
    """Flask's, with that signer."""

    def __init__(self) -> None:
        self._made: tuple[object, URLSafeTimedSerializer] | None = None

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """As Flask's. It remembers when the cookie was signed, which stands in its second part from the end."""
        found = super().open_session(app, request)
        if found:
            signed = request.cookies.get(self.get_cookie_name(app), "").split(".")[-2]
            found.signed_at = bytes_to_int(base64_decode(signed))  # type: ignore[attr-defined]
        return found

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """The twelve hours begin anew with each page: within a minute, the cookie that is there does as well."""
        age = time.time() - getattr(session, "signed_at", 0)
        return session.modified or (super().should_set_cookie(app, session) and not 0 <= age < RENEWED)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Made once for each key."""
        if self._made and self._made[0] == app.secret_key:
            return self._made[1]
        made = super().get_signing_serializer(app)
        if made is not None:
            made.signer = PatientSigner
            self._made = (app.secret_key, made)
        return made
