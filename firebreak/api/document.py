"""The OpenAPI document, made from the operations and the very models that check requests and fill answers."""

from __future__ import annotations

import re
from functools import lru_cache
from http import HTTPStatus
from inspect import getdoc
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from firebreak.api import incidents, matching, playbooks, work  # noqa: F401  (what they hold registers itself)
from firebreak.api.operations import LONGEST_KEY, OPERATIONS, Operation
from firebreak.api.problems import CODES, MEDIA_TYPE, Problem
from firebreak.api.schemas import Language
from firebreak.domain.deciding.record import BUTTON_MOMENTS
from firebreak.store.log import REFERENCE
from firebreak.web.access import API

REF = "#/components/schemas/{model}"
VERSION = "1.0.0"
ABOUT = """Open incidents, work them and read their logs from other programs.

Send a token with every request: `Authorization: Bearer firebreak_…`. Administrators make tokens in the settings, or
with `firebreak tokens add`. Times are ISO 8601 with an offset; what goes wrong is told as `application/problem+json`
in the language of `Accept-Language` (en, fr, zh), with a code that stays."""
PARTS: dict[str, dict[str, Any]] = {
    "reference": {"type": "string", "pattern": f"^{REFERENCE.pattern}$", "examples": ["FB-2026-014"]},
    "step": {"type": "string", "minLength": 1, "examples": ["pause-scheduled"]},
    "moment": {"type": "string", "enum": list(BUTTON_MOMENTS)},
    "language": {"type": "string", "enum": list(get_args(Language))},
    "scenario": {"type": "string", "minLength": 1, "examples": ["weekend-firestorm"]},
}
HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    429: {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}},
    503: {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}},
}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """OpenAPI 3.1."""
    paths: dict[str, dict[str, Any]] = {}
    for each in OPERATIONS:
        paths.setdefault(_path(each), {})[each.method.lower()] = _operation(each)
    bearer = {"type": "http", "scheme": "bearer", "description": "A token of this desk."}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Firebreak", "version": VERSION, "description": ABOUT},
        "servers": [{"url": API.rstrip("/")}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "responses": {str(status): _problem(status) for status in sorted(CODES)},
            "securitySchemes": {"token": bearer},
        },
    }


def _path(operation: Operation) -> str:
    return operation.path.replace("<", "{").replace(">", "}")


def _schemas() -> dict[str, Any]:
    given: list[type[BaseModel]] = [Problem, *(each.answer for each in OPERATIONS)]
    taken = [each.body for each in OPERATIONS if each.body]
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [(each, "serialization") for each in dict.fromkeys(given)]
    wanted += [(each, "validation") for each in dict.fromkeys(taken)]
    _names, found = models_json_schema(wanted, ref_template=REF)
    schemas: dict[str, Any] = found["$defs"]
    return schemas


def _operation(operation: Operation) -> dict[str, Any]:
    first, _blank, rest = (getdoc(operation.view) or "").partition("\n")
    about = {"operationId": operation.name, "summary": first, "description": _needs(operation, rest)}
    answers = {str(operation.status): _success(operation)}
    answers |= {str(status): {"$ref": f"#/components/responses/{status}"} for status in operation.statuses}
    body = {"requestBody": _body(operation)} if operation.body else {}
    return {**about, "parameters": _parameters(operation), **body, "responses": answers}


def _needs(operation: Operation, rest: str) -> str:
    return "\n\n".join(filter(None, [rest.strip(), f"Access: {operation.access}."]))


def _body(operation: Operation) -> dict[str, Any]:
    assert operation.body
    schema = {"$ref": REF.format(model=operation.body.__name__)}
    return {"required": not operation.may_be_empty, "content": {"application/json": {"schema": schema}}}


def _success(operation: Operation) -> dict[str, Any]:
    schema = {"$ref": REF.format(model=operation.answer.__name__)}
    found = {"description": "As asked.", "content": {"application/json": {"schema": schema}}}
    location = {"Location": {"schema": {"type": "string"}, "description": "The address of what was made."}}
    return found | ({"headers": location} if operation.status == 201 else {})


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": REF.format(model="Problem")}
    found = {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": schema}}}
    return found | ({"headers": HEADERS[status]} if status in HEADERS else {})


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    parts = [
        {"name": name, "in": "path", "required": True, "schema": PARTS[name]}
        for name in re.findall(r"<(\w+)>", operation.path)
    ]
    return parts + _query(operation) + ([_KEY] if operation.keyed else [])


def _query(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    fields = operation.query.model_json_schema()["properties"]
    return [{"name": name, "in": "query", "required": False, "schema": _set(field)} for name, field in fields.items()]


def _set(field: dict[str, Any]) -> dict[str, Any]:
    """An address has no null: a parameter is left out instead."""
    kinds = [kind for kind in field.get("anyOf", ()) if kind.get("type") != "null"]
    kept = {name: value for name, value in field.items() if name not in ("anyOf", "title")}
    kept = {name: value for name, value in kept.items() if (name, value) != ("default", None)}
    return {**(kinds[0] if kinds else {}), **kept}


_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Any text of your own, a UUID for instance. Keys belong to the token and never run out.",
    "schema": {"type": "string", "pattern": f"^[!-~]{{1,{LONGEST_KEY}}}$"},
}
