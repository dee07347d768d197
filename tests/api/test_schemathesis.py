"""Schemathesis on the whole API: no fault, no answer that the document does not promise, nothing malformed taken."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from firebreak.api import auth
from firebreak.api.document import document
from tests.api.conftest import Program

pytestmark = pytest.mark.one_database
OPERATIONS = [(path, method) for path, methods in document()["paths"].items() for method in methods]
BOUNDED = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def schema(app: Flask, bridge: Program, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The document as a program with a token gets it; there is one incident."""
    monkeypatch.setattr(auth, "REQUESTS", 1_000_000)
    bridge.opened()
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, headers=authorized(bridge))


def authorized(program: Program) -> dict[str, str]:
    """Schemathesis asks for gzip, and over WSGI does not undo it."""
    return {"Authorization": f"Bearer {program.token}", "Accept-Encoding": "identity"}


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_one_that_the_document_promises(schema: Any, bridge: Program, path: str, method: str) -> None:
    operation = schema[path][method.upper()]

    def look(case: Any) -> None:
        case.call_and_validate(headers=authorized(bridge))

    def look_at_one(case: Any) -> None:
        """Most made-up references name nothing: take the incident that there is."""
        if "reference" in case.path_parameters:
            case.path_parameters["reference"] = "FB-2026-001"
        look(case)

    BOUNDED(given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))(look_at_one))()
    BOUNDED(given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))(look))()
