"""The only place that knows SQL. Importing it opens nothing; `init_app` binds it to a database."""

from __future__ import annotations

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, configure_mappers

from firebreak.store import engine


class Base(DeclarativeBase):
    """The base of every table."""


class Database(SQLAlchemy):
    """Flask-SQLAlchemy's. What a page has read is let go after the page is made; when the server died meanwhile, that
    fails, and must not take the answer back: the change that it tells of may be saved."""

    def _teardown_session(self, error: BaseException | None) -> None:
        try:
            super()._teardown_session(error)
        except DBAPIError:
            self.session.registry.clear()


db = Database(model_class=Base)


def init_app(app: Flask) -> None:
    """Bind the database and its pragmas to the app."""
    from firebreak.store import finding, models, presence, search, uses, versions, wakeups  # noqa: F401  (tables register themselves)  # noqa: F401

    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine.options(app.config["SQLALCHEMY_DATABASE_URI"]))
    db.init_app(app)
    with app.app_context():
        engine.prepare(db.engine)
    wakeups.init_app(app)


def make_ready() -> None:
    """Do now what the first query would: connects nothing."""
    configure_mappers()
