"""Backup and restore, rehearsed: onto an empty desk, onto the other kind of database, and from what is damaged."""

from __future__ import annotations

import json
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from firebreak import backup as work
from firebreak import create_app, files, maintenance
from firebreak.backup import BackupError
from firebreak.domain.incidents import Incident
from firebreak.store import db, log
from firebreak.workflow import incidents, record, steps
from tests import postgres
from tests.conftest import CHEAP, PASSWORD
from tests.stories import ADA, NOW, REFERENCE, ROSA, SEEN, playbook

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16


@pytest.fixture
def incident(inside: Flask) -> Incident:
    incidents.open_incident(SEEN, ADA, NOW, playbook=playbook())
    record.add_note(REFERENCE, "Écran 👩‍👩‍👧 \u2028 =1+1", ADA, NOW, uploads=[("é.png", BytesIO(PNG))])
    record.erase(REFERENCE, [1], "", ADA, NOW)
    return steps.finish(REFERENCE, "name-lead", ROSA, NOW)


@pytest.fixture
def saved(incident: Incident, tmp_path: Path) -> Path:
    work.backup(tmp_path / "saved.zip")
    return tmp_path / "saved.zip"


@contextmanager
def another_desk(url: str, folder: Path) -> Iterator[Flask]:
    """A desk that is empty but for its tables."""
    app = create_app(CHEAP, instance=folder, database_url=url)
    with app.app_context():
        maintenance.migrate()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Flask]:
    with another_desk("", tmp_path / "elsewhere") as app:
        yield app


def rows() -> dict[str, list[str]]:
    """Every row that is worth keeping, in a form that both databases share."""
    with db.engine.connect() as connection:
        return {t.name: sorted(str(tuple(row)) for row in connection.execute(sa.select(t))) for t in work.tables()}


def in_order() -> bool:
    return not any(finding.broken for finding in maintenance.verify())


def changed(zip: Path, change: Callable[..., bytes | None], *more: tuple[str, bytes]) -> Path:
    """A copy with other contents; None leaves a member out."""
    copy = zip.with_name("changed.zip")
    with zipfile.ZipFile(zip) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            if (content := change(name, old.read(name))) is not None:
                new.writestr(name, content)
        for name, content in more:
            new.writestr(name, content)
    return copy


# --- the rehearsal ---------------------------------------------------------------------------------


def test_after_a_restore_all_is_there_in_order_and_the_old_password_works(
    incident: Incident, saved: Path, elsewhere: Flask
) -> None:
    work.restore(saved)
    log._cache.clear()
    assert (log.load(REFERENCE), in_order()) == (incident, True)
    restarted = create_app(CHEAP, instance=elsewhere.config["FIREBREAK"].instance, database_url="")
    assert signs_in(restarted)


def signs_in(app: Flask) -> bool:
    """By the account's own check: what is restored are hash, salt and secrets."""
    from flask_security.utils import verify_password

    from firebreak.store.accounts import Account

    with app.app_context():
        account = db.session.scalar(sa.select(Account).where(Account.email == "rosa@example.org"))
        good = account is not None and verify_password(PASSWORD, account.password)
        db.session.remove()
        db.engine.dispose()
    return bool(good)


def test_every_row_comes_back_as_it_was(app: Flask, saved: Path, elsewhere: Flask) -> None:
    work.restore(saved)
    there = rows()
    with app.app_context():
        assert rows() == there


def test_files_come_back_by_their_content(saved: Path, elsewhere: Flask) -> None:
    work.restore(saved)
    assert [path.read_bytes() for path in files.folder().rglob("*") if path.is_file()] == [PNG]


def test_work_goes_on_after_a_restore(saved: Path, elsewhere: Flask) -> None:
    work.restore(saved)
    assert incidents.open_incident(SEEN, ADA, NOW).reference == "FB-2026-002"
    steps.finish(REFERENCE, "pause-scheduled", ADA, NOW)
    assert in_order()


@pytest.mark.postgres
def test_a_desk_moves_from_sqlite_to_postgresql_and_back(cluster: postgres.Cluster, tmp_path: Path) -> None:
    with another_desk("", tmp_path / "first"):
        incidents.open_incident(SEEN, ADA, NOW, playbook=playbook())
        told = steps.finish(REFERENCE, "name-lead", ROSA, NOW.replace(microsecond=7))
        work.backup(tmp_path / "one.zip")
    with another_desk(cluster.new_database(), tmp_path / "second"):
        work.restore(tmp_path / "one.zip")
        assert (log.load(REFERENCE), in_order()) == (told, True)
        told = steps.finish(REFERENCE, "pause-scheduled", ROSA, NOW)
        assert incidents.open_incident(SEEN, ADA, NOW).reference == "FB-2026-002"
        work.backup(tmp_path / "two.zip")
    with another_desk("", tmp_path / "third"):
        work.restore(tmp_path / "two.zip")
        assert (log.load(REFERENCE), in_order()) == (told, True)


def test_a_backup_while_others_write_is_whole(app: Flask, incident: Incident, tmp_path: Path, elsewhere: Flask) -> None:
    stop = Event()

    def write() -> None:
        with app.app_context():
            while not stop.is_set():
                record.add_note(REFERENCE, "Another note", ADA, NOW)

    writer = Thread(target=write)
    writer.start()
    try:
        with app.app_context():
            counts = [work.backup(tmp_path / f"{number}.zip")["entry"] for number in range(3)]
    finally:
        stop.set()
        writer.join()
    assert counts == sorted(counts)
    work.restore(tmp_path / "2.zip")
    assert in_order()


# --- what a restore refuses ------------------------------------------------------------------------


def refused(zip: Path, **more: Any) -> str:
    before = rows()
    with pytest.raises(BackupError) as caught:
        work.restore(zip, **more)
    assert (rows(), "\n" in str(caught.value)) == (before, False)
    return str(caught.value)


def test_a_desk_with_a_record_is_not_overwritten_by_mistake(saved: Path) -> None:
    steps.finish(REFERENCE, "pause-scheduled", ADA, NOW)
    assert "add --replace" in refused(saved)


def test_a_refused_restore_leaves_the_playbooks_alone(app: Flask, incident: Incident, tmp_path: Path) -> None:
    own = app.config["FIREBREAK"].instance / "playbooks" / "en" / "own.md"
    own.parent.mkdir(parents=True)
    own.write_text("old")
    work.backup(tmp_path / "saved.zip")
    own.write_text("new")
    refused(tmp_path / "saved.zip")
    assert own.read_text() == "new"


def test_with_replace_the_backup_takes_the_place_of_the_record(incident: Incident, saved: Path) -> None:
    record.add_note(REFERENCE, "Too late", ADA, NOW)
    work.restore(saved, replace=True)
    assert (log.load(REFERENCE), in_order()) == (incident, True)


def test_a_damaged_zip_is_refused_wherever_the_damage_is(saved: Path, elsewhere: Flask) -> None:
    whole = saved.read_bytes()
    for place in range(64, len(whole), len(whole) // 12):
        saved.write_bytes(whole[:place] + b"\xff" * 64 + whole[place + 64 :])
        refused(saved)


def test_a_part_of_a_zip_is_refused(saved: Path, elsewhere: Flask) -> None:
    whole = saved.read_bytes()
    for share in (0.0, 0.3, 0.9):
        saved.write_bytes(whole[: int(len(whole) * share)])
        refused(saved)


def test_a_backup_with_a_part_missing_is_refused(saved: Path, elsewhere: Flask) -> None:
    for lost in ("manifest.json", "tables/entry.jsonl", "tables/account.jsonl", "instance/secrets.json"):
        refused(changed(saved, lambda name, content, lost=lost: None if name == lost else content))  # type: ignore[misc]


def test_a_backup_of_another_make_is_refused(saved: Path, elsewhere: Flask) -> None:
    for other in ({"format": 99}, {"format": 1, "revision": "older", "rows": {}}, [], None):
        text = json.dumps(other).encode()
        refused(changed(saved, lambda name, content, text=text: text if name == "manifest.json" else content))  # type: ignore[misc]


TAMPERED = [
    ("entry", b'"actor": 1', b'"actor": 2'),
    ("entry_body", "Écran".encode(), b"Other"),
    ("entry", b'"seq": 1,', b'"sea": 1,'),
    ("entry", b'"id"', b"}"),
    ("stream", b'"seq": ', b'"seq": 1'),
    ("entry", b'"recorded_at": "20', b'"recorded_at": "soon 20'),
]


def test_a_record_that_was_tampered_with_is_refused(saved: Path, elsewhere: Flask) -> None:
    for table, old, new in TAMPERED:

        def tamper(name: str, content: bytes, change: tuple[str, bytes, bytes] = (table, old, new)) -> bytes:
            return content.replace(*change[1:]) if name == f"tables/{change[0]}.jsonl" else content

        refused(changed(saved, tamper))


def test_a_file_that_is_not_what_its_name_says_is_refused(saved: Path, elsewhere: Flask) -> None:
    refused(changed(saved, lambda name, content: b"evil" if name.startswith("instance/files/") else content))


OUTSIDE = (
    "instance/files/../../evil",
    "instance/playbooks/../evil.md",
    "/etc/evil",
    "instance/playbooks/en/../../evil",
)


def test_a_backup_writes_nowhere_but_in_its_folders(
    saved: Path, elsewhere: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in OUTSIDE:
        with suppress(BackupError):
            work.restore(changed(saved, lambda _name, content: content, (name, b"evil")), replace=True)
    assert [path for path in tmp_path.rglob("*evil*") if path.is_file()] == []


# --- the file itself -------------------------------------------------------------------------------


def test_a_backup_is_readable_by_its_owner_only(saved: Path) -> None:
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


def test_a_backup_replaces_an_older_one_whole(saved: Path) -> None:
    work.backup(saved)
    with zipfile.ZipFile(saved) as archive:
        assert archive.testzip() is None
    assert not saved.with_name("saved.zip.part").exists()


def test_a_folder_that_is_not_there_is_one_clear_line(incident: Incident, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"cannot write .*No such file or directory"):
        work.backup(tmp_path / "nowhere" / "saved.zip")


def test_a_full_disk_keeps_the_older_backup(incident: Incident, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    (tmp_path / "saved.zip").write_text("older")
    (tmp_path / "saved.zip.part").symlink_to("/dev/full")
    with pytest.raises(BackupError, match="No space left"):
        work.backup(tmp_path / "saved.zip")
    assert (tmp_path / "saved.zip").read_text() == "older"


def test_half_an_upload_is_not_backed_up(app: Flask, incident: Incident, tmp_path: Path) -> None:
    shutil.copy(__file__, files.folder() / "tmpabcdef")
    work.backup(tmp_path / "saved.zip")
    with zipfile.ZipFile(tmp_path / "saved.zip") as archive:
        assert not any("tmpabcdef" in name for name in archive.namelist())
