"""One desk for each test: the real app on a fresh database with a cast of four, on SQLite and on PostgreSQL.

The schema is made once by the real migrations, in a template that every test gets a copy of. Passwords are hashed
with cheap parameters; signing in sets the session as Flask-Security would, without the form.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from firebreak import create_app, maintenance
from firebreak.store import db, wakeups
from firebreak.store.accounts import Account
from tests import postgres
from tests.skipping import pytest_collection_modifyitems, pytest_terminal_summary, skipped  # noqa: F401  (hooks)

NOW = datetime(2026, 3, 7, 21, 40, tzinfo=UTC)
PASSWORD = "four words in a row"
CAST = {"ada": "administrator", "rosa": "responder", "oscar": "observer", "paul": "approver"}
CHEAP: dict[str, Any] = {
    "TESTING": True,
    "SECURITY_PASSWORD_SALT": "salt",
    "LIVE_SECONDS": 0,
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {"argon2__rounds": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1},
}
Desk = Callable[..., Flask]
SignIn = Callable[[FlaskClient, str], FlaskClient]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "one_database: about pages alone, so one kind of database is enough")
    config.addinivalue_line("markers", "long_on_postgres: takes long, so on PostgreSQL in the long matrix only")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that uses a database runs on each of FIREBREAK_TEST_DATABASES, or on the first (`one_database`)."""
    if "database" in metafunc.fixturenames:
        wanted = os.environ.get("FIREBREAK_TEST_DATABASES", "sqlite,postgres").split(",")
        if metafunc.definition.get_closest_marker("one_database"):
            wanted = wanted[:1]
        marks = {"postgres": [pytest.mark.postgres], "sqlite": []}
        if metafunc.definition.get_closest_marker("long_on_postgres"):
            marks["postgres"].append(pytest.mark.long)
        metafunc.parametrize("database", [pytest.param(name, marks=marks[name]) for name in wanted], indirect=True)


# --- databases -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Kind of database -> URL of a migrated one, made at the first call."""
    made: dict[str, str] = {}

    def url(kind: str, empty: Callable[[], str]) -> str:
        if kind not in made:
            made[kind] = empty()
            _migrate(made[kind], tmp_path_factory.mktemp("template"))
        return made[kind]

    return url  # type: ignore[return-value]


def _migrate(url: str, instance: Path) -> None:
    app = create_app(CHEAP, instance=instance, database_url=url)
    with app.app_context():
        maintenance.migrate()
        _add_cast(app)
        wakeups.end()
        db.engine.dispose()


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    if "postgres" in skipped():
        pytest.skip("FIREBREAK_SKIP=postgres")
    running = postgres.start()
    yield running
    running.stop()


@pytest.fixture
def database(
    request: pytest.FixtureRequest, template: Callable[[str, Callable[[], str]], str], tmp_path: Path
) -> Iterator[str]:
    """The URL of a database of this test's own, with the cast in it."""
    if request.param == "postgres":
        cluster: postgres.Cluster = request.getfixturevalue("cluster")
        url = cluster.new_database(template("postgres", cluster.new_database).rsplit("/", 1)[1])
        yield url
        cluster.drop(url)
        return
    folder: Path = request.getfixturevalue("tmp_path_factory").getbasetemp()
    source = template("sqlite", lambda: f"sqlite:///{folder / 'template.sqlite'}")
    shutil.copy(source.removeprefix("sqlite:///"), tmp_path / "desk.sqlite")
    yield f"sqlite:///{tmp_path / 'desk.sqlite'}"


# --- the cast --------------------------------------------------------------------------------------


def _add_cast(app: Flask) -> None:
    from firebreak.web.passwords import hashed
    from firebreak.workflow import people

    kept = hashed(PASSWORD)
    for name, access in CAST.items():
        who = {"email": f"{name}@example.org", "name": name.capitalize(), "access": access}
        people.add(**who, actor=None, now=NOW, password_hash=kept)


@pytest.fixture
def now() -> datetime:
    """A Saturday night."""
    return NOW


# --- the app ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled once for all tests: it takes longer than most of them."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def desk(database: str, tmp_path: Path, compiled: FileSystemBytecodeCache) -> Iterator[Desk]:
    """Makes apps on this test's database: `desk()`, or with Flask settings and `config.Config` fields of one's own."""
    apps: list[Flask] = []

    def make(overrides: dict[str, Any] | None = None, **settings: Any) -> Flask:
        app = create_app({**CHEAP, **(overrides or {})}, instance=tmp_path, database_url=database, **settings)
        app.jinja_env.bytecode_cache = compiled
        apps.append(app)
        return app

    yield make
    for app in apps:
        with app.app_context():
            db.session.remove()
            wakeups.end()
            db.engine.dispose()


@pytest.fixture
def app(desk: Desk) -> Flask:
    """The desk as it comes, with the cast of four."""
    return desk()


@pytest.fixture
def empty(app: Flask) -> Flask:
    """The desk before anybody has an account."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.delete(Account))
    return app


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    """The desk with its context open, for tests that call workflow and store themselves."""
    with app.app_context():
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in with. Forms are sent with `csrf` (see `token`)."""
    return app.test_client()


@pytest.fixture
def person(app: Flask) -> Callable[[str], Account]:
    """Name in small letters -> the account as it is now."""

    def find(name: str) -> Account:
        with app.app_context():
            found = db.session.scalar(sa.select(Account).where(Account.email == f"{name}@example.org"))
            assert found is not None
            return found

    return find


@pytest.fixture
def sign_in(app: Flask, person: Callable[[str], Account]) -> SignIn:
    """`sign_in(client, "rosa")`: the session that the sign-in page would have left, without its hashing."""

    def start(client: FlaskClient, name: str) -> FlaskClient:
        with client.session_transaction() as session:
            session.update(_user_id=person(name).fs_uniquifier, _fresh=True, fs_cc="set", fs_paa=time.time())
            session.permanent = True
        return client

    return start


def token(client: FlaskClient) -> str:
    """The CSRF token of this browser's session."""
    from flask import g
    from flask_wtf.csrf import generate_csrf

    with client.application.test_request_context(), client.session_transaction() as session:
        from flask import session as current

        current.update(session)
        made = generate_csrf()
        session["csrf_token"] = current["csrf_token"]
        g.pop("csrf_token", None)
    return str(made)


def send(client: FlaskClient, path: str, follow: bool = False, **fields: Any) -> Any:
    """POST a form with its CSRF token."""
    return client.post(path, data={"csrf_token": token(client), **fields}, follow_redirects=follow)
