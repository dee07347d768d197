"""A full disk, a locked database, a wrong address: one clear error, and nothing half written."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError, OperationalError

from firebreak import backup, cli, config, create_app, files, maintenance, signals
from firebreak.config import ConfigError
from firebreak.domain.incidents import Incident
from firebreak.store import db, log
from firebreak.workflow import incidents, record, steps
from tests.conftest import CHEAP, Desk, SignIn, send
from tests.stories import ADA, NOW, REFERENCE, SEEN, playbook


@pytest.fixture
def incident(inside: Flask) -> Incident:
    return incidents.open_incident(SEEN, ADA, NOW, playbook=playbook())


def rows() -> dict[str, list[str]]:
    with db.engine.connect() as connection:
        return {t.name: sorted(str(tuple(row)) for row in connection.execute(sa.select(t))) for t in backup.tables()}


@contextmanager
def nothing_written() -> Iterator[None]:
    """Inside, something fails; afterwards every table is as before, and nobody was told of anything."""
    before, heard = rows(), []

    def listen(_stream: str, **more: Any) -> None:
        heard.append(more)

    with signals.event_recorded.connected_to(listen):
        yield
    log._cache.clear()
    assert (rows(), heard) == (before, [])


def sqlite_only() -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("a file of one's own is what this fault needs")


@contextmanager
def full_disk() -> Iterator[None]:
    """No page more than the file has now, on every connection."""

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    db.engine.dispose()
    sa.event.listen(db.engine, "connect", limit)
    yield
    sa.event.remove(db.engine, "connect", limit)
    db.engine.dispose()


@contextmanager
def locked() -> Iterator[None]:
    """Another program writes and does not end; nobody here waits long."""

    def impatient(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute("PRAGMA busy_timeout=1")

    db.engine.dispose()
    sa.event.listen(db.engine, "connect", impatient)
    other = sqlite3.connect(str(db.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.close()
    sa.event.remove(db.engine, "connect", impatient)
    db.engine.dispose()


# --- the disk and the lock -------------------------------------------------------------------------


def test_a_full_disk_refuses_the_note_and_keeps_what_was_there(incident: Incident) -> None:
    sqlite_only()
    with nothing_written(), full_disk(), pytest.raises(OperationalError, match="full"):
        record.add_note(REFERENCE, "x" * 900_000, ADA, NOW)
    assert log.load(REFERENCE) == incident


def test_a_full_disk_opens_no_half_incident(incident: Incident) -> None:
    sqlite_only()
    with nothing_written(), full_disk(), pytest.raises(OperationalError, match="full"):
        incidents.open_incident(replace(SEEN, report="x" * 900_000), ADA, NOW, key="tap")
    assert incidents.open_incident(SEEN, ADA, NOW, key="tap").reference == "FB-2026-002"


def test_a_disk_that_has_room_again_takes_the_next_tick(incident: Incident) -> None:
    sqlite_only()
    with full_disk(), pytest.raises(OperationalError):
        record.add_note(REFERENCE, "x" * 900_000, ADA, NOW)
    assert steps.finish(REFERENCE, "name-lead", ADA, NOW).seq == incident.seq + 1


def test_a_locked_database_refuses_the_tick_and_can_still_be_read(incident: Incident) -> None:
    sqlite_only()
    with nothing_written(), locked():
        with pytest.raises(OperationalError, match="locked"):
            steps.finish(REFERENCE, "name-lead", ADA, NOW)
        assert log.load(REFERENCE) == incident


def test_a_page_says_that_another_program_holds_the_database(
    incident: Incident, client: FlaskClient, sign_in: SignIn
) -> None:
    sqlite_only()
    rosa = sign_in(client, "rosa")
    with locked():
        answer = send(rosa, f"/incidents/{REFERENCE}/notes", **{"note-text": "Still here"})
    told = ("Another program holds" in answer.text, "Still here" in answer.text)
    assert (answer.status_code, answer.headers["Retry-After"], *told) == (503, "5", True, True)


def test_a_row_locked_by_another_program_makes_postgresql_give_up_in_time(incident: Incident) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite locks the whole file")

    def impatient(connection: Any, *_: object) -> None:
        connection.execute("SET lock_timeout = '50ms'")
        connection.commit()

    db.engine.dispose()
    sa.event.listen(db.engine, "connect", impatient)
    with nothing_written(), db.engine.connect() as other:
        other.execute(sa.text("SELECT * FROM stream FOR UPDATE"))
        with pytest.raises(OperationalError, match="lock timeout"):
            steps.finish(REFERENCE, "name-lead", ADA, NOW)


def test_a_file_that_does_not_fit_leaves_no_part_behind(incident: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless:
        def read(self, size: int) -> bytes:
            raise OSError(28, "No space left on device")

    with nothing_written(), pytest.raises(OSError, match="No space left"):
        record.add_note(REFERENCE, "With a picture", ADA, NOW, uploads=[("a.png", Endless())])  # type: ignore[list-item]
    assert [path for path in files.folder().rglob("*") if path.is_file()] == []


def test_a_page_is_clear_when_the_database_is_gone(desk: Desk, tmp_path: Path) -> None:
    app = create_app(CHEAP, instance=tmp_path / "other", database_url=f"sqlite:///{tmp_path}/nowhere/desk.sqlite")
    with app.app_context(), pytest.raises(DBAPIError):
        log.load(REFERENCE)


# --- the configuration -----------------------------------------------------------------------------


def complaint(**settings: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        app = create_app(CHEAP, **settings)
        with app.app_context():
            maintenance.migrate()
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://localhost/desk",
        "nonsense",
        "postgresql://localhost:port/desk",
        "postgresql+asyncpg://localhost/desk",
        "postgresql+psycopg2://localhost/desk",
        "sqlite+aiosqlite:///desk.sqlite",
        "sqlite://",
        "sqlite:///:memory:",
        "http://example.org",
    ],
)
def test_an_address_of_no_database_we_know_is_one_clear_line(tmp_path: Path, url: str) -> None:
    assert complaint(instance=tmp_path, database_url=url).startswith("DATABASE_URL must start with postgresql://")


def test_a_server_that_is_not_there_is_one_clear_line_without_the_password(tmp_path: Path) -> None:
    told = complaint(instance=tmp_path, database_url="postgresql://desk:secret@127.0.0.1:1/desk")
    assert "Check DATABASE_URL" in told and "secret" not in told


@pytest.mark.parametrize("command", [["verify"], ["rebuild"], ["erase", "Rosa"], ["backup", "desk.zip"]])
def test_every_command_says_in_one_line_that_the_database_is_away(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FIREBREAK_INSTANCE", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgresql://desk:secret@127.0.0.1:1/desk")
    monkeypatch.setattr(sys, "argv", ["firebreak", *command])
    with pytest.raises(SystemExit, match="2"):
        cli.main()
    told = capsys.readouterr().err
    assert (told.count("\n"), "Check DATABASE_URL" in told, "secret" in told) == (1, True, False)


def test_a_folder_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    assert "Check DATABASE_URL" in complaint(instance=tmp_path, database_url=f"sqlite:///{tmp_path}/nowhere/x.sqlite")


def test_a_file_that_is_no_database_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite").write_text("This is a letter, not a database. " * 100)
    assert "not a database" in complaint(instance=tmp_path, database_url=f"sqlite:///{tmp_path}/x.sqlite")


def test_an_instance_that_is_a_file_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "FIREBREAK_INSTANCE" in complaint(instance=tmp_path / "file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_instance_without_the_right_to_write_is_one_clear_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "Permission denied" in complaint(instance=tmp_path / "desk")
    tmp_path.chmod(0o700)


def test_an_instance_where_nobody_may_write_is_one_clear_line() -> None:
    assert "Choose another folder with FIREBREAK_INSTANCE" in complaint(instance=Path("/proc/desk"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FIREBREAK_TRUSTED_PROXIES", "many"),
        ("FIREBREAK_TRUSTED_PROXIES", "-1"),
        ("FIREBREAK_SECURE_COOKIES", "perhaps"),
        ("FIREBREAK_UPLOAD_MB", "0"),
        ("FIREBREAK_PUBLIC_URL", "desk.example.org"),
        ("FIREBREAK_PUBLIC_URL", "javascript:alert(1)"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"^{name}: "):
        config.read({name: value})


def test_what_is_asked_for_in_code_wins_over_the_environment(tmp_path: Path) -> None:
    found = config.read(
        {"FIREBREAK_INSTANCE": "/elsewhere", "DATABASE_URL": "sqlite:////x"}, instance=tmp_path, database_url=""
    )
    assert (found.instance, found.database_url) == (tmp_path, "")


def test_damaged_secrets_are_one_clear_line_and_never_made_anew(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text('{"secret_')
    assert "restore it from a backup" in complaint(instance=tmp_path)
    assert (tmp_path / "secrets.json").read_text() == '{"secret_'


def test_secrets_are_made_once_for_their_owner_only(tmp_path: Path) -> None:
    found = config.read({}, instance=tmp_path)
    assert config.prepare(found) == config.prepare(found)
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
