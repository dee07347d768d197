"""An incident that has something of everything, for tests that go through all pages and forms; a reader of pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from firebreak import library
from firebreak.domain.deciding.opening import Opening
from firebreak.workflow import incidents, record
from tests.conftest import NOW, SignIn

Page = Callable[[str], str]


@pytest.fixture
def parts(app: Flask) -> dict[str, Any]:
    """An incident with a note and a file, and a word for each variable part of an address."""
    with app.app_context():
        playbook = library.get("en", "weekend-firestorm")
        start = NOW - timedelta(hours=1)
        told = Opening("Moms are furious", channels=("x",))
        reference = incidents.open_incident(told, 2, start, playbook=playbook).reference
        found = record.add_note(reference, "Seen", 2, start, uploads=[("seen.txt", BytesIO(b"Seen"))])
        note = found.facts[-1]
    known = {"reference": reference, "seq": note.seq, "sha256": note.event.data["files"][0]["sha256"]}
    known |= {"step": next(iter(found.steps)), "role": "lead", "channel": "x", "moment": "contained"}
    known |= {"language": "en", "scenario": "weekend-firestorm", "hash": found.playbook.hash}
    known |= {"old": found.playbook.hash, "new": found.playbook.hash}
    return known | {"id": 3, "action": "a-1", "token": "none", "filename": "css/base.css"}


@pytest.fixture
def room(parts: dict[str, Any]) -> str:
    """The path of that incident's room."""
    return f"/incidents/{parts['reference']}"


@pytest.fixture
def page(client: FlaskClient, sign_in: SignIn) -> Page:
    """Oscar, who only watches, signed in: `page("/playbooks")` is the text of a page that he may see."""
    sign_in(client, "oscar")

    def get(path: str) -> str:
        answer = client.get(path)
        assert answer.status_code == 200
        return answer.text

    return get
