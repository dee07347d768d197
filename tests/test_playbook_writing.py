"""Playbooks written on the desk: into its own folder, whole or not at all, never over somebody else's words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa
from flask import Flask

from firebreak import config, library, playbook_writing, store
from firebreak.domain.playbooks import PlaybookError
from firebreak.domain.refusal import Refused
from firebreak.store import db, engine
from firebreak.store.versions import PlaybookVersion

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
ROSA = 7
TEXT = """---
title: {title}
scenario: fire
language: en
severity: serious
summary: Something burns.
roles: {{lead: Decides.}}
owner: Mei Lin
reviewed: 2026-11-21
---
## First 15 minutes
- [ ] Look {{#look role=lead due=5m .critical}}

  {{include=calm}}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Path]:
    """A desk whose house has one playbook, `fire`, and one fragment, `calm`; gives its instance folder."""
    shelf = tmp_path / "house" / "en"
    (shelf / "fragments").mkdir(parents=True)
    (shelf / "fragments" / "calm.md").write_text("Sit down.")
    (shelf / "fire.md").write_text(text())
    app = Flask("firebreak")
    found = config.Config(instance=tmp_path / "instance", playbooks=tmp_path / "house")
    app.config.update(FIREBREAK=found, MIGRATIONS="migrations")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'desk.sqlite'}"
    store.init_app(app)
    with app.app_context():
        engine.make(db.engine)
        db.create_all()
        yield tmp_path / "instance"
        db.engine.dispose()


def text(title: str = "Fire") -> str:
    return TEXT.format(title=title)


def seen(scenario: str = "fire") -> str:
    """The hash of what the file says now."""
    found = playbook_writing.written("en", scenario)
    return found.hash if found else ""


def save(title: str = "Great fire", before: str | None = None, scenario: str = "fire") -> None:
    words = text(title).replace("scenario: fire", f"scenario: {scenario}")
    playbook_writing.save(words, "en", scenario, seen(scenario) if before is None else before, ROSA, NOW)


def test_what_a_file_says_is_told_without_its_fragments(desk: Path) -> None:
    found = playbook_writing.written("en", "fire")
    assert found == playbook_writing.Written(text(), sha256(text().encode()).hexdigest(), own=False)


def test_a_saved_text_lies_in_the_desks_own_folder_and_is_used_at_once(desk: Path) -> None:
    save("Great fire")
    assert (desk / "playbooks/en/fire.md").read_text() == text("Great fire")
    found = library.get("en", "fire")
    assert found and found.title == "Great fire" and library.is_own(found)


def test_the_house_is_never_written(desk: Path) -> None:
    save("Great fire")
    assert (desk.parent / "house/en/fire.md").read_text() == text()


def test_a_version_knows_who_saved_it(desk: Path) -> None:
    save("Great fire")
    with db.engine.connect() as connection:
        who = connection.execute(sa.select(PlaybookVersion.saved_by).order_by(PlaybookVersion.saved_at)).scalars().all()
    assert ROSA in who


def test_a_new_scenario_may_be_written(desk: Path) -> None:
    save("Flood", scenario="flood")
    assert [each.scenario for each in library.every()] == ["fire", "flood"]


def test_nobody_writes_over_what_they_have_not_seen(desk: Path) -> None:
    old = seen()
    save("By Rosa", old)
    with pytest.raises(Refused, match="playbook_changed"):
        save("By Paul", old)
    assert (desk / "playbooks/en/fire.md").read_text() == text("By Rosa")


def test_of_many_who_save_at_once_one_is_taken(desk: Path) -> None:
    old, taken = seen(), []

    def try_it(title: str, app: Flask) -> None:
        with app.app_context():
            try:
                playbook_writing.save(text(title), "en", "fire", old, ROSA, NOW)
                taken.append(title)
            except Refused:
                pass

    from flask import current_app

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    threads = [Thread(target=try_it, args=(f"Fire {n}", app)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [text(title) for title in taken] == [(desk / "playbooks/en/fire.md").read_text()]


def test_a_text_with_errors_is_refused_and_changes_nothing(desk: Path) -> None:
    with pytest.raises(PlaybookError, match="the step has no role"):
        playbook_writing.save(text().replace("role=lead ", ""), "en", "fire", seen(), ROSA, NOW)
    assert not (desk / "playbooks").exists()


@pytest.mark.parametrize("name", ["../evil", "..", "a/b", "Fire", "", "fire.md", "x" * 65])
def test_a_name_that_no_file_may_have_is_refused(desk: Path, name: str) -> None:
    with pytest.raises(Refused, match="bad_playbook_name"):
        playbook_writing.save(text(), "en", name, "", ROSA, NOW)


def test_a_language_nobody_reads_is_refused(desk: Path) -> None:
    with pytest.raises(Refused, match="bad_playbook_name"):
        playbook_writing.save(text(), "../..", "fire", "", ROSA, NOW)


def test_a_text_must_be_the_playbook_it_is_saved_as(desk: Path) -> None:
    with pytest.raises(PlaybookError, match="the path says 'flood'"):
        playbook_writing.save(text(), "en", "flood", "", ROSA, NOW)


def test_a_folder_nobody_may_write_is_a_refusal_that_says_so(desk: Path) -> None:
    desk.mkdir()
    (desk / "playbooks").write_text("a file where the folder should be")
    with pytest.raises(Refused, match="playbook_unwritable"):
        save()


def test_the_line_ends_of_a_browser_become_those_of_a_file(desk: Path) -> None:
    playbook_writing.save(text("Great fire").replace("\n", "\r\n"), "en", "fire", seen(), ROSA, NOW)
    assert (desk / "playbooks/en/fire.md").read_bytes() == text("Great fire").encode()


def test_the_house_file_is_in_use_again_when_the_own_one_is_dropped(desk: Path) -> None:
    save("Great fire")
    playbook_writing.drop_own("en", "fire", seen(), ROSA, NOW)
    assert [each.title for each in library.every()] == ["Fire"]


def test_a_dropped_version_can_still_be_read(desk: Path) -> None:
    save("Great fire")
    hash = library.every()[0].hash
    playbook_writing.drop_own("en", "fire", seen(), ROSA, NOW)
    found = library.version(hash)
    assert found and found.title == "Great fire"


def test_an_edit_of_a_fragment_serves_the_playbooks_that_include_it(desk: Path) -> None:
    before = library.every()[0]
    (desk.parent / "house/en/fragments/calm.md").write_text("Stand up.")
    library.refresh(NOW)
    assert (before.steps[0].guidance, library.every()[0].steps[0].guidance) == ("Sit down.", "Stand up.")


def test_a_fragment_of_the_desk_goes_before_that_of_the_house(desk: Path) -> None:
    (desk / "playbooks/en/fragments").mkdir(parents=True)
    (desk / "playbooks/en/fragments/calm.md").write_text("Run.")
    assert library.every()[0].steps[0].guidance == "Run."


def test_a_draft_is_what_the_text_would_be_with_all_that_is_to_mend(desk: Path) -> None:
    draft = playbook_writing.draft(text(), "en", "fire", date(2030, 1, 1))
    assert draft.playbook and draft.playbook.steps[0].guidance == "Sit down."
    assert {"missing-section", "stale-review"} <= {problem.code for problem in draft.problems}


def test_a_draft_of_a_broken_text_has_its_errors(desk: Path) -> None:
    draft = playbook_writing.draft(b"\xff", "en", "fire", TODAY)
    assert draft.playbook is None and [problem.code for problem in draft.problems] == ["not-utf8"]


def test_a_draft_is_told_only_what_it_brings(desk: Path) -> None:
    save("Flood", scenario="flood")
    paths = {problem.path for problem in playbook_writing.draft(text(), "en", "fire", TODAY).problems}
    assert {Path(path).name for path in paths} == {"fire.md"}


@pytest.mark.parametrize(
    ("words", "name"),
    [(text(), ("en", "fire")), ("language: 'fr'\nscenario: a-b\n", ("fr", "a-b")), ("no head", None), (b"\xff", None)],
)
def test_a_text_names_its_place_in_its_head(words: str | bytes, name: tuple[str, str] | None) -> None:
    assert playbook_writing.named(words) == name


def test_a_skeleton_follows_the_plan_that_is_in_use(desk: Path) -> None:
    assert "{#look role=lead due=5m .critical}" in playbook_writing.skeleton("fr", "fire", "Feu", TODAY)
