"""The OpenAPI document, and a page of it to read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, jsonify, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from firebreak.api import problems
from firebreak.api.document import document as openapi
from firebreak.domain import markdown
from firebreak.web import refusals

blueprint = Blueprint("reference", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/api/v1/openapi.json")
def document() -> ResponseReturnValue:
    """The document, open to all: it tells nothing that the source does not, and tools read it before a token."""
    return jsonify(openapi())


@blueprint.get("/api")
def page() -> ResponseReturnValue:
    """The same to read: addresses, what they take and give, and what may go wrong."""
    found = openapi()
    return render_template(
        "api/reference.html",
        document=found,
        operations=list(_operations(found)),
        schemas=found["components"]["schemas"],
        kind=kind,
        prose=lambda text: Markup(markdown.render(text)),
        problem_words={code: problems.DETAILS[status] for status, code in problems.CODES.items()},
        refusals=sorted(refusals.SENTENCES),
    )


def _operations(found: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of each."""
    start = found["servers"][0]["url"]
    return [
        (method.upper(), start + path, each)
        for path, methods in found["paths"].items()
        for method, each in methods.items()
    ]


def kind(schema: dict[str, Any]) -> list[tuple[str, str]]:
    """A schema in a few words, each with the name of the model it leads to ("" for none)."""
    if "$ref" in schema:
        model = schema["$ref"].rsplit("/", 1)[1]
        return [(model, model)]
    if "anyOf" in schema:
        kinds = [kind(each) for each in schema["anyOf"]]
        return [word for place, words in enumerate(kinds) for word in ([(" | ", "")] if place else []) + words]
    if "enum" in schema:
        return [(" | ".join(f'"{word}"' for word in schema["enum"]), "")]
    if "const" in schema:
        return [(f'"{schema["const"]}"', "")]
    return _plain(schema)


def _plain(schema: dict[str, Any]) -> list[tuple[str, str]]:
    if schema.get("type") == "array":
        return [*kind(schema["items"]), ("[]", "")]
    if isinstance(schema.get("additionalProperties"), dict):
        return [("{name: ", ""), *kind(schema["additionalProperties"]), ("}", "")]
    return [(schema.get("format") or schema.get("type", "any"), "")]
