"""Playbook files come and go, break and heal; the desk keeps what was last good."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from firebreak import config, library, playbook_files, store
from firebreak.store import db, engine, versions

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
TEXT = """---
title: {title}
scenario: {scenario}
language: {language}
severity: serious
summary: Something burns.
roles: {{lead: Decides.}}
owner: Mei Lin
reviewed: 2026-11-21
---
## First 15 minutes
- [ ] Look {{#look role=lead due=5m .critical}}
"""

Write = Callable[..., Path]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Flask]]:
    """Makes an app on the same folders and database, as a restart or another process would."""
    started = []

    def make(database: str = "") -> Flask:
        app = Flask("firebreak")
        found = config.Config(instance=tmp_path / "instance", playbooks=tmp_path / "playbooks")
        app.config.update(FIREBREAK=found, MIGRATIONS="migrations")
        app.config["SQLALCHEMY_DATABASE_URI"] = database or f"sqlite:///{tmp_path / 'desk.sqlite'}"
        store.init_app(app)
        started.append(app)
        return app

    (tmp_path / "playbooks").mkdir()
    yield make
    for app in started:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def desk(start: Callable[[], Flask]) -> Iterator[Flask]:
    app = start()
    with app.app_context():
        engine.make(db.engine)
        db.create_all()
        yield app


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to(
        text: str = "", scenario: str = "fire", language: str = "en", title: str = "Fire", overlay: bool = False
    ) -> Path:
        folder = tmp_path / ("instance/playbooks" if overlay else "playbooks") / language
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{scenario}.md"
        path.write_text(text or TEXT.format(scenario=scenario, language=language, title=title), encoding="utf-8")
        return path

    return to


def titles(language: str | None = None) -> list[str]:
    return [playbook.title for playbook in library.playbooks(language)]


def test_a_playbook_is_offered_in_the_language_asked_for(desk: Flask, write: Write) -> None:
    write(title="Fire"), write(title="Feu", language="fr")
    assert (titles("fr"), titles("zh"), titles()) == (["Feu"], ["Fire"], ["Fire"])


def test_a_scenario_written_in_one_language_only_is_offered_to_everybody(desk: Flask, write: Write) -> None:
    write(title="火灾", language="zh")
    assert titles("fr") == ["火灾"]


def test_a_scenario_nobody_wrote_is_none(desk: Flask, write: Write) -> None:
    write()
    assert library.get("en", "flood") is None


def test_an_edited_file_is_picked_up_without_a_restart(desk: Flask, write: Write) -> None:
    write(), titles()
    write(title="Great fire")
    library.refresh(NOW)
    assert titles() == ["Great fire"]


def test_an_edit_shows_by_itself_once_the_next_look_is_due(
    desk: Flask, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(), titles()
    write(title="Great fire")
    monkeypatch.setattr(desk.extensions["library"], "_next_look", 0.0)
    assert titles() == ["Great fire"]


def test_a_deleted_file_is_no_longer_offered(desk: Flask, write: Write) -> None:
    path = write()
    titles()
    path.unlink()
    library.refresh(NOW)
    assert titles() == []


def test_the_instance_folder_overlays_the_house_file_by_file(desk: Flask, write: Write) -> None:
    write(), write(scenario="flood", title="Flood")
    write(title="Our fire", overlay=True)
    assert titles() == ["Our fire", "Flood"]


def test_taking_an_overlay_away_brings_the_house_file_back(desk: Flask, write: Write) -> None:
    write()
    path = write(title="Our fire", overlay=True)
    titles(), path.unlink(), library.refresh(NOW)
    assert titles() == ["Fire"]


def test_nothing_is_parsed_again_while_nothing_changed(
    desk: Flask, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write()
    before = library.playbooks()
    monkeypatch.setattr(playbook_files, "parse", None)
    library.refresh(NOW)
    assert library.playbooks() is before


# --- broken files ----------------------------------------------------------------------------------


def test_a_broken_file_leaves_its_last_good_version_in_use(desk: Flask, write: Write) -> None:
    write(), titles()
    write("no playbook")
    library.refresh(NOW)
    assert (titles(), [problem.code for problem in library.problems()]) == (["Fire"], ["no-front-matter"])


def test_a_broken_file_is_named_with_its_line_and_a_cure(desk: Flask, write: Write) -> None:
    path = write(TEXT.format(scenario="fire", language="en", title="Fire").replace("due=5m", "due=soon"))
    problem = library.problems()[0]
    assert (problem.path, problem.line, bool(problem.cure)) == (path.as_posix(), 12, True)


def test_the_last_good_version_survives_a_restart(desk: Flask, write: Write, start: Callable[[], Flask]) -> None:
    write(), titles()
    write("no playbook")
    with start().app_context():
        assert titles() == ["Fire"]


def test_a_process_that_missed_the_last_good_version_uses_it_all_the_same(
    desk: Flask, write: Write, start: Callable[[], Flask]
) -> None:
    write(), titles()
    write(title="Great fire")
    with start().app_context():
        titles()
    write("no playbook")
    library.refresh(NOW)
    assert titles() == ["Great fire"]


def test_a_mended_file_is_used_again_and_no_longer_listed(desk: Flask, write: Write) -> None:
    write("no playbook"), titles()
    write(title="Mended")
    library.refresh(NOW)
    assert (titles(), library.problems()) == (["Mended"], ())


def test_an_overlay_that_was_never_good_leaves_the_house_file_in_use(desk: Flask, write: Write) -> None:
    write(), write("no playbook", overlay=True)
    assert (titles(), len(library.problems())) == (["Fire"], 1)


def _as_folder(path: Path) -> None:
    path.unlink(), path.mkdir()


def _as_pipe(path: Path) -> None:
    path.unlink(), os.mkfifo(path)


def _as_link_out(path: Path) -> None:
    outside = path.parents[2] / "secret.md"
    path.rename(outside), path.symlink_to(outside)


def _as_dangling_link(path: Path) -> None:
    path.unlink(), path.symlink_to(path.with_name("nowhere.md"))


ODD_FILES = {
    "unreadable-folder": _as_folder,
    "unreadable-pipe": _as_pipe,
    "unreadable-link-out": _as_link_out,
    "unreadable-dangling": _as_dangling_link,
    "not-utf8": lambda path: path.write_bytes(b"\xff\xfe\0"),
    "too-big": lambda path: path.write_bytes(b"a" * 5_000_000),
    "no-front-matter": lambda path: path.write_bytes(b""),
    "nul": lambda path: path.write_bytes(b"---\0"),
}


@pytest.mark.parametrize("code", ODD_FILES)
def test_an_odd_file_becomes_one_problem_and_stops_nothing(desk: Flask, write: Write, code: str) -> None:
    ODD_FILES[code](write(scenario="odd"))
    write()
    assert titles() == ["Fire"]
    assert [code.startswith(problem.code) for problem in library.problems()] == [True]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_nobody_may_read_becomes_a_problem_until_its_mode_is_mended(desk: Flask, write: Write) -> None:
    path = write()
    path.chmod(0)
    assert [problem.code for problem in library.problems()] == ["unreadable"]
    path.chmod(0o644)
    library.refresh(NOW)
    assert titles() == ["Fire"]


def test_what_an_editor_leaves_behind_is_no_playbook(desk: Flask, write: Write) -> None:
    for name in (".fire", "fire.md~", "notes"):
        write("scratch", scenario=name).rename(write().with_name(name))
    assert (titles(), library.problems()) == (["Fire"], ())


def test_a_missing_folder_is_a_problem_and_takes_nothing_away(desk: Flask, write: Write) -> None:
    path = write()
    titles()
    path.parents[1].rename(path.parents[2] / "elsewhere")
    library.refresh(NOW)
    assert (titles(), [problem.code for problem in library.problems()]) == (["Fire"], ["no-folder"])


# --- versions --------------------------------------------------------------------------------------


def test_an_old_version_can_still_be_read_after_its_file_changed(desk: Flask, write: Write) -> None:
    old = sha256(write().read_bytes()).hexdigest()
    titles(), write(title="Great fire"), library.refresh(NOW)
    found = library.version(old)
    assert found and found.title == "Fire"


@pytest.mark.parametrize("hash", ["", "0" * 64, "\0", "../../etc/passwd", "é" * 64])
def test_an_unknown_version_is_none(desk: Flask, hash: str) -> None:
    assert library.version(hash) is None


def test_a_version_is_saved_once(desk: Flask, write: Write) -> None:
    hash = sha256(write().read_bytes()).hexdigest()
    library.refresh(NOW), write(title="Great fire"), library.refresh(NOW), write(), library.refresh(NOW)
    assert versions.in_use() == {"en/fire.md": hash}


def test_the_library_works_from_files_while_the_database_is_away(write: Write, start: Callable[..., Flask]) -> None:
    write()
    with start("sqlite:////nowhere/desk.sqlite").app_context():
        assert titles() == ["Fire"]


def test_what_could_not_be_saved_is_saved_later(desk: Flask, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write()
    with monkeypatch.context() as away:
        away.setattr(library.versions, "use", _away)
        titles()
    monkeypatch.setattr(desk.extensions["library"], "_next_save", 0.0)
    library.refresh(NOW)
    assert list(versions.in_use()) == ["en/fire.md"]


def _away(*_: object) -> None:
    raise OperationalError("INSERT", {}, Exception("database is locked"))


def test_many_threads_may_ask_at_once(desk: Flask, write: Write) -> None:
    write()
    seen: list[list[str]] = []

    def ask() -> None:
        with desk.app_context():
            seen.append(titles())

    threads = [Thread(target=ask) for _ in range(8)]
    [thread.start() for thread in threads], [thread.join() for thread in threads]
    assert seen == [["Fire"]] * 8
