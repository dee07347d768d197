"""The floors: the least that a page, a page with one row, and one durable row cost with the libraries the desk uses.

Served by `firebreak.serve` with the same gunicorn settings, on the same kind of database, with the same durability.
"""

from __future__ import annotations

import os
from typing import Any

from flask import Flask, Response, render_template
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ row.title }}</title></head>
<body><h1>{{ row.title }}</h1><p>{{ row.text }}</p></body></html>"""
TEXT = "Moms are furious about the new advert, and it is the third time this year. " * 9


class Base(DeclarativeBase):
    """The base of the one table."""


db = SQLAlchemy(model_class=Base)


class Row(db.Model):  # type: ignore[name-defined, misc]
    """A title of 60 signs and a text of 680."""

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    text: Mapped[str]


def create_app(url: str = "") -> Flask:
    """The database is that of `url` or of DATABASE_URL; on SQLite, WAL with synchronous=FULL, as the desk has it."""
    app = Flask("floors")
    app.config["SQLALCHEMY_DATABASE_URI"] = url or os.environ["DATABASE_URL"]
    app.jinja_loader = DictLoader({"row.html": PAGE})  # compiled once, as a file would be
    db.init_app(app)
    app.add_url_rule("/hello", view_func=hello)
    app.add_url_rule("/row/<int:id>", view_func=row)
    app.add_url_rule("/insert", view_func=insert, methods=["POST"])
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _durable)
    return app


def _durable(connection: Any, _record: object) -> None:
    for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def hello() -> str:
    return "hello"


def row(id: int) -> str:
    return render_template("row.html", row=db.get_or_404(Row, id))


def insert() -> Response:
    db.session.add(Row(title="A title of some sixty signs, as an incident of a desk has it.", text=TEXT))
    db.session.commit()
    return Response(status=303, headers={"Location": "/hello"})


def seed(app: Flask) -> None:
    """The table, with a thousand rows."""
    with app.app_context():
        db.create_all()
        title = "A title of some sixty signs, as an incident of a desk has it."
        db.session.add_all(Row(title=title, text=TEXT) for _ in range(1000))
        db.session.commit()
        db.engine.dispose()
