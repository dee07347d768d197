"""Fixtures: a desk, a mail server, a webhook. Tests that are about the database override `kind` to run on both."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from firebreak.store import db, wakeups
from tests import postgres
from tests.notify.desk import SECRET, Desk, Hook, Mailbox, mail_server, make_app, make_tables

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


def prepare(url: str, folder: Path) -> str:
    with make_app(url, folder).app_context():
        make_tables()
        db.engine.dispose()
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "desk.sqlite"
    prepare(f"sqlite:///{path}", path.parent)
    return path


@pytest.fixture(scope="session")
def postgres_template(cluster: postgres.Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    return prepare(cluster.new_database(), tmp_path_factory.mktemp("template")).rpartition("/")[2]


@pytest.fixture
def kind() -> str:
    """Overridden by tests that run on both databases."""
    return "sqlite"


@pytest.fixture
def database_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if kind == "sqlite":
        return f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), tmp_path)}"
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    return cluster.new_database(request.getfixturevalue("postgres_template"))


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    app = make_app(database_url, tmp_path)
    with app.app_context():
        yield Desk(app)
        wakeups.end()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def box(desk: Desk) -> Iterator[Mailbox]:
    """The desk's mail server."""
    box = Mailbox()
    with mail_server(box) as port:
        sender = "Desk <desk@example.org>"
        desk.set(mail_host="127.0.0.1", mail_port=port, mail_security="none", mail_sender=sender)
        yield box


@pytest.fixture
def hook(desk: Desk) -> Iterator[Hook]:
    """The desk's webhook."""
    with Hook().listening() as hook:
        desk.set(webhook_url=hook.url, webhook_secret=SECRET, webhook_private=True)
        yield hook
