"""The only place that knows SQL. Importing it opens nothing; `init_app` binds it to a database."""

from __future__ import annotations

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase

from firebreak.store import engine


class Base(DeclarativeBase):
    """The base of every table."""


db = SQLAlchemy(model_class=Base)


def init_app(app: Flask) -> None:
    """Bind the database and its pragmas to the app."""
    from firebreak.store import models  # noqa: F401  (tables register themselves)

    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine.options(app.config["SQLALCHEMY_DATABASE_URI"]))
    db.init_app(app)
    with app.app_context():
        engine.prepare(db.engine)
