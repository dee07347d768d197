"""The JSON API at /api/v1: the same workflow calls as the pages, for programs with a token.

`operations` says what each address takes and gives; `document` makes the OpenAPI document of the same words.
"""

from __future__ import annotations

from flask import Blueprint, Flask

from firebreak.web.access import API


def init_app(app: Flask) -> None:
    """Register every operation, the problems they answer, and the document with its readable page."""
    from firebreak.api import auth, operations, problems, reference

    blueprint = Blueprint("api", __name__, url_prefix=API.rstrip("/"))
    operations.register(blueprint)
    blueprint.before_request(auth.need)
    problems.init_app(app, blueprint)
    app.register_blueprint(blueprint)
    app.extensions["csrf"].exempt(blueprint)  # no cookie opens anything there
    reference.init_app(app)
