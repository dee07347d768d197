"""A desk at a fixed night, and programs that come to it with a token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from firebreak.workflow import tokens
from tests.conftest import NOW

TEXT = "Moms are furious about our ad. It is trending, and nobody is at work."
API = "/api/v1"


@dataclass
class Watch:
    """The time of the desk, moved by hand."""

    now: datetime = NOW

    def wait(self, **length: int) -> None:
        self.now += timedelta(**length)


@dataclass
class Program:
    """Something that calls the API."""

    app: Flask
    token: str
    headers: dict[str, str] = field(default_factory=dict)

    def _send(self, method: str, path: str, headers: dict[str, str], **more: Any) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.token}"} | self.headers | headers
        return self.app.test_client().open(API + path, method=method, headers=sent, **more)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._send("GET", path, headers)

    def post(self, path: str, body: Any = None, key: str = "", **headers: str) -> TestResponse:
        headers |= {"Idempotency-Key": key} if key else {}
        return self._send("POST", path, headers, **({} if body is None else {"json": body}))

    def raw(self, path: str, data: bytes, media_type: str) -> TestResponse:
        return self._send("POST", path, {}, data=data, content_type=media_type)

    def opened(self, **more: Any) -> str:
        """The path of a new incident."""
        answer = self.post("/incidents", {"text": TEXT, "scenario": "weekend-firestorm", **more})
        assert answer.status_code == 201, answer.json
        return f"/incidents/{answer.json['reference']}"


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def app(desk: Callable[..., Flask], watch: Watch) -> Flask:
    return desk({"CLOCK": lambda: watch.now})


@pytest.fixture
def program(app: Flask) -> Callable[..., Program]:
    """`program()` is a responder of the desk's own; with an access, or a person (account id) behind it."""

    def make(access: str = "responder", person: int | None = None, name: str = "bridge") -> Program:
        with app.app_context():
            return Program(app, tokens.add(name, access, person, None, NOW))

    return make


@pytest.fixture
def bridge(program: Callable[..., Program]) -> Program:
    return program()
