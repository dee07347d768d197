"""A disk that is full or may only be read, and a database file that is gone, damaged or brought back."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import pytest
from flask import Flask

from firebreak.store import db
from tests import postgres
from tests.faults.desk import Person, RealDesk
from tests.faults.storm import ROOM

TYPED = "We have seen your posts.\nWe speak again at 05:00."
PAGES = ("/incidents", ROOM, f"{ROOM}/brief", "/playbooks", "/account", "/incidents/new", "/pack")
FORM = "multipart/form-data; boundary=part"


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """A disk of its own at `place`, a folder that is made and stays."""
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


@pytest.fixture
def moved(tmp_path: Path, database: str, incident: object, inside: Flask) -> Iterator[RealDesk]:
    """A desk all of which lies on the small disk."""
    if not database.startswith("sqlite"):
        pytest.skip("the server of PostgreSQL has a disk of its own")
    db.engine.dispose()
    with small_disk(tmp_path / "real", "12m") as place:
        shutil.copy(database.removeprefix("sqlite:///"), place / "firebreak.sqlite")
        with RealDesk(place, "") as started:
            yield started


def fill(folder: Path) -> Path:
    """Take all the room there is."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as out:
        try:
            while out.write(b"x" * 4096):
                pass
        except OSError:
            return filler
    raise AssertionError("the disk has no end")


def upload(person: Person, content: bytes) -> int:
    """A note with a file; the status."""
    fields = f'--part\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{person.token}\r\n'
    file = '--part\r\nContent-Disposition: form-data; name="note-files"; filename="a.txt"\r\n\r\n'
    return person.ask("POST", f"{ROOM}/notes", (fields + file).encode() + content + b"\r\n--part--\r\n", FORM).status


def test_a_full_disk_is_said_and_room_made_is_enough(moved: RealDesk) -> None:
    ada, folder = moved.person("ada"), moved.instance
    filler = fill(folder)
    for _ in range(3):  # what is left in the database's own pages
        refused = ada.post(f"{ROOM}/notes", note_text=TYPED + "x" * 200_000)
    assert (refused.status, "The disk of the desk is full" in refused.text, TYPED in refused.text) == (503, True, True)
    assert [path for path in PAGES if ada.get(path).status != 200] == []
    assert "disk: 0 MB free" in ada.get("/healthz").text
    assert ada.get("/healthz?strict").status == 503
    assert "The disk of the desk is nearly full" in ada.get("/incidents").text
    assert upload(ada, b"text " * 100_000) == 503
    assert [path for path in (folder / "files").rglob("*") if path.is_file()] == []
    done = moved.command("backup", str(folder / "desk.zip"))
    assert (done.returncode, "No space left" in done.stderr, done.stderr.count("\n")) == (1, True, 1)
    assert list(folder.glob("desk.zip*")) == []
    filler.unlink()
    assert ada.post(f"{ROOM}/notes", note_text=TYPED).status == 303
    assert upload(ada, b"text " * 1000) == 303
    assert "BROKEN" not in moved.command("verify").stdout


@pytest.mark.one_database
def test_a_disk_that_turns_read_only_is_said(moved: RealDesk) -> None:
    ada = moved.person("ada")
    subprocess.run(["mount", "-o", "remount,ro", moved.instance], check=False)
    refused = ada.post(f"{ROOM}/notes", note_text=TYPED)
    subprocess.run(["mount", "-o", "remount,rw", moved.instance], check=True)
    assert TYPED in refused.text or refused.status == 303
    assert ada.post(f"{ROOM}/notes", note_text=TYPED).status == 303


@pytest.mark.one_database
def test_a_database_file_that_is_gone_or_damaged_is_said_and_comes_back(real: RealDesk, database: str) -> None:
    ada, file = real.person("ada"), Path(database.removeprefix("sqlite:///"))
    away = file.with_suffix(".away")
    file.rename(away)
    assert "not where they should be" in ada.get(ROOM).text
    assert ada.get("/healthz").status == 503
    gone = real.command("verify")
    assert (gone.returncode, gone.stderr.count("\n"), file.exists()) == (2, 1, False)
    file.write_text("This is a letter, not a database. " * 200)
    damaged = ada.post(f"{ROOM}/notes", note_text=TYPED)
    assert ("damaged" in damaged.text, TYPED in damaged.text) == (True, True)
    assert "It is damaged" in real.command("verify").stderr
    file.unlink()
    away.rename(file)
    assert ada.post(f"{ROOM}/notes", note_text=TYPED).status == 303


# --- PostgreSQL ------------------------------------------------------------------------------------


@pytest.fixture
def tight(incident: object, inside: Flask, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The small disk that this test's database lies on."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite is on the disk of the desk")
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    name = str(db.engine.url.database)
    db.engine.dispose()
    with small_disk(cluster.folder / "small", "20m") as place:
        shutil.chown(place, cluster.folder.owner())
        cluster.run(f"CREATE TABLESPACE small LOCATION '{place}'")
        move(cluster, name, "small")
        yield place
        move(cluster, name, "pg_default")
        cluster.run("DROP TABLESPACE small")


def move(cluster: postgres.Cluster, name: str, space: str) -> None:
    """Nobody may be connected meanwhile."""
    cluster.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    cluster.run(f'ALTER DATABASE "{name}" SET TABLESPACE "{space}"')


@pytest.mark.long_on_postgres
def test_a_full_disk_of_postgresql_is_said_and_room_made_is_enough(tight: Path, real: RealDesk) -> None:
    ada = real.person("ada")
    filler = fill(tight)
    refused = [ada.post(f"{ROOM}/notes", note_text=TYPED + token_hex(60_000)) for _ in range(8)]
    assert (refused[-1].status, "The disk of the desk is full" in refused[-1].text) == (503, True)
    assert TYPED in refused[-1].text
    assert [path for path in PAGES if ada.get(path).status != 200] == []
    filler.unlink()
    assert ada.post(f"{ROOM}/notes", note_text=TYPED).status == 303
    assert "BROKEN" not in real.command("verify").stdout
