"""An address of the API: what it takes and gives, said once, for the request that is checked and for the document."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ValidationError

from firebreak.api import auth
from firebreak.api.problems import Wrong, malformed

Model = TypeVar("Model", bound=BaseModel)
View = Callable[..., BaseModel | tuple[BaseModel, Mapping[str, str]]]
LARGEST_BODY = 1_000_000
LONGEST_KEY = 200
KEY = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True)
class Operation:
    """`path` in Flask's way; `refuses`: rules may say no (409); `keyed`: it takes an Idempotency-Key."""

    method: str
    path: str
    view: View
    answer: type[BaseModel]
    access: str
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    refuses: bool = False
    keyed: bool = False
    status: int = 200

    @property
    def name(self) -> str:
        return self.view.__name__

    @property
    def may_be_empty(self) -> bool:
        """Whether a request without a body says enough."""
        return self.body is not None and not any(field.is_required() for field in self.body.model_fields.values())

    @property
    def statuses(self) -> list[int]:
        """Everything it may answer but for success."""
        found = [401, 403, 429, 500, 503]
        found += [404] if "<" in self.path else []
        found += [409] if self.refuses else []
        found += [413, 415] if self.body else []
        found += [422] if self.body or self.query else []
        return sorted(found)


OPERATIONS: list[Operation] = []


def operation(method: str, path: str, **about: Any) -> Callable[[View], View]:
    """Make a view an operation. It gets the variable parts of its path, and `body`, `query` or `key` as asked for."""

    def decorate(view: View) -> View:
        OPERATIONS.append(Operation(method, path, view, **about))
        return view

    return decorate


def register(blueprint: Blueprint) -> None:
    """Give the blueprint every operation."""
    for each in OPERATIONS:
        blueprint.add_url_rule(each.path, each.name, _served(each), methods=[each.method])


def _served(operation: Operation) -> Callable[..., ResponseReturnValue]:
    def view(**parts: str) -> ResponseReturnValue:
        auth.demand(operation.access)
        given = operation.view(**parts, **_asked(operation))
        shown, headers = given if isinstance(given, tuple) else (given, MappingProxyType[str, str]({}))
        response = current_app.response_class(shown.model_dump_json(), operation.status, mimetype="application/json")
        response.headers.update(headers)
        return response

    return view


def _asked(operation: Operation) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    if operation.query:
        asked["query"] = _query(operation.query)
    if operation.body:
        asked["body"] = _body(operation.body, operation.may_be_empty)
    if operation.keyed:
        asked["key"] = _key()
    return asked


def _query(model: type[Model]) -> Model:
    """A name that is given twice is a list, which no field takes."""
    given = {name: values[0] if len(values) == 1 else values for name, values in request.args.lists()}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise malformed(error) from None


def _body(model: type[Model], may_be_empty: bool) -> Model:
    """413, 415, or 422 with every place that is wrong."""
    request.max_content_length = LARGEST_BODY
    raw = request.get_data()
    if not raw and may_be_empty:
        raw = b"{}"
    elif request.mimetype != "application/json":
        raise Wrong(415, given=request.mimetype)
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise malformed(error) from None


def _key() -> str:
    """The Idempotency-Key; "" for none."""
    key: str = request.headers.get("Idempotency-Key", "")
    if "Idempotency-Key" in request.headers and not KEY.fullmatch(key):
        facts = {"field": "Idempotency-Key", "code": "string_pattern_mismatch", "detail": f"1 to {LONGEST_KEY} signs"}
        raise Wrong(422, errors=[facts])
    return key
