from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from flask import Flask

from firebreak import files, maintenance
from firebreak.config import HOME
from firebreak.domain.incidents import Incident
from firebreak.maintenance import Finding
from firebreak.store import chain, db, log, models, reading, triggers, uses
from firebreak.store.engine import WRITES
from firebreak.workflow import incidents, people, record, steps
from tests.stories import ADA, NOW, OSCAR, REFERENCE, SEEN, playbook

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16


@pytest.fixture
def incident(inside: Flask) -> Incident:
    incidents.open_incident(SEEN, ADA, NOW, playbook=playbook())
    return record.add_note(REFERENCE, "Rosa Diaz rang", ADA, NOW)


def found(stream: str = REFERENCE) -> Finding:
    return next(finding for finding in maintenance.verify() if finding.stream == stream)


@contextmanager
def behind_its_back() -> Iterator[Any]:
    """A connection of somebody who may do anything to the database, the triggers taken away."""
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        triggers.drop(connection)
        yield lambda sql, **values: connection.execute(sa.text(sql), values)
        triggers.create(connection)


# --- verify ----------------------------------------------------------------------------------------


def test_an_untouched_log_is_in_order(incident: Incident) -> None:
    assert [finding.broken for finding in maintenance.verify()] == ["", ""]
    assert (found().entries, found().erased) == (incident.seq, 0)


@pytest.mark.parametrize(
    ("sql", "broken"),
    [
        ("UPDATE entry SET actor = 99 WHERE stream = :s AND seq = 2", "entry 2: its header"),
        ("UPDATE entry SET codes = '{}' WHERE stream = :s AND seq = 3", "entry 3: its header"),
        ("UPDATE entry SET hash = :h WHERE stream = :s AND seq = 2", "entry 2: its header"),
        ("UPDATE entry_body SET body = '{}' WHERE {first}", "entry 1: its text was changed"),
        ("UPDATE entry_body SET body = NULL WHERE {first}", "entry 1: its text is gone"),
        ("UPDATE entry_body SET body = NULL, salt = NULL WHERE {first}", "the log does not say so"),
        ("DELETE FROM entry_body WHERE {first}", "the log does not say so"),
        ("UPDATE stream SET seq = seq - 1 WHERE name = :s", "the tail was cut"),
        ("UPDATE stream SET hash = :h WHERE name = :s", "the tail was cut"),
        ("DELETE FROM stream WHERE name = :s", "without a stream"),
        ("UPDATE incident SET state = 'stood_down' WHERE reference = :s", "run `firebreak rebuild`"),
        ("DELETE FROM incident WHERE reference = :s", "run `firebreak rebuild`"),
    ],
)  # fmt: skip
def test_what_was_changed_is_found(incident: Incident, sql: str, broken: str) -> None:
    first = "entry_id = (SELECT id FROM entry WHERE stream = :s AND seq = 1)"
    with behind_its_back() as run:
        run(sql.replace("{first}", first), **{"s": REFERENCE} | ({"h": "0" * 64} if ":h" in sql else {}))
    assert broken in found().broken


@pytest.mark.parametrize(
    ("seq", "broken"), [("3", "entry 3 is missing"), ("(SELECT seq FROM stream WHERE name = :s)", "the tail was cut")]
)
def test_a_removed_entry_is_found(incident: Incident, seq: str, broken: str) -> None:
    gone = f"(SELECT id FROM entry WHERE stream = :s AND seq = {seq})"
    with behind_its_back() as run:
        run(f"DELETE FROM entry_body WHERE entry_id = {gone}", s=REFERENCE)
        run(f"DELETE FROM entry WHERE id = {gone}", s=REFERENCE)
    assert broken in found().broken


def test_two_entries_that_changed_places_are_found(incident: Incident) -> None:
    with behind_its_back() as run:
        for now, then in ((2, 100), (3, 2), (100, 3)):
            run(f"UPDATE entry SET seq = {then} WHERE stream = :s AND seq = {now}", s=REFERENCE)
    assert "entry 2: its header or its place" in found().broken


def test_an_erased_text_is_erased_and_not_broken(incident: Incident) -> None:
    record.erase(REFERENCE, [1, incident.seq], "Asked for", ADA, NOW)
    assert (found().broken, found().erased) == ("", 2)


def test_an_erased_person_is_not_broken_either(incident: Incident) -> None:
    people.erase(OSCAR, ADA, NOW)
    assert (found("desk").broken, found("desk").erased > 0) == ("", True)


def test_a_head_on_an_older_print_finds_a_tail_cut_with_care(incident: Incident) -> None:
    head = found().head
    assert maintenance.entry_of(head[:16]) == f"{REFERENCE}#{incident.seq}"
    with behind_its_back() as run:
        run("DELETE FROM entry_body WHERE entry_id = (SELECT max(id) FROM entry)")
        run("DELETE FROM entry WHERE id = (SELECT max(id) FROM entry)")
        last = run("SELECT hash FROM entry WHERE stream = :s ORDER BY seq DESC LIMIT 1", s=REFERENCE).scalar()
        run("UPDATE stream SET seq = seq - 1, hash = :h WHERE name = :s", h=last, s=REFERENCE)
    maintenance.rebuild(NOW)
    assert (found().broken, maintenance.entry_of(head[:16])) == ("", None)


# --- rebuild ---------------------------------------------------------------------------------------


def test_what_verify_says_of_the_lists_rebuild_puts_right(incident: Incident) -> None:
    with behind_its_back() as run:
        run("DELETE FROM incident")
    assert (maintenance.rebuild(NOW), found().broken) == (1, "")


# --- erasing ---------------------------------------------------------------------------------------


def test_words_are_found_in_whatever_case(incident: Incident) -> None:
    for word in ("rosa diaz", "ROSA", "  Diaz "):
        assert maintenance.mentions([word]) == {REFERENCE: [incident.seq]}


def test_the_words_of_the_format_are_not_what_people_typed(incident: Incident) -> None:
    for word in ("text", "html", "names", "report", '"', "{", "", " "):
        assert maintenance.mentions([word]) == {}


WRITTEN = (
    ('She "Rosa" D', '"rosa"'),
    ("a\\b", "a\\b"),
    ("Zoe\u0301", "zo\u00e9"),
    ("Stra\u00dfe", "STRASSE"),
    ("李娜", "李娜"),
)


def test_words_are_found_however_they_were_written(inside: Flask) -> None:
    for typed, word in WRITTEN:
        reference = incidents.open_incident(replace(SEEN, report=typed), ADA, NOW).reference
        assert maintenance.mentions([word]) == {reference: [1]}


def test_names_of_accounts_are_left_to_the_erasing_of_accounts(inside: Flask) -> None:
    assert maintenance.mentions(["oscar@example.org"]) == {}


def test_what_was_erased_is_in_no_table(incident: Incident) -> None:
    steps.finish(REFERENCE, "name-lead", ADA, NOW, note="Rosa Diaz leads")
    record.erase(REFERENCE, maintenance.mentions(["Diaz"])[REFERENCE], "", ADA, NOW)
    with db.engine.connect() as connection:
        kept = [str(row) for table in db.metadata.sorted_tables for row in connection.execute(sa.select(table))]
    assert not any("Diaz" in row for row in kept)


def test_what_was_erased_is_not_in_the_database_file(incident: Incident) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL leaves this to VACUUM")
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    record.erase(REFERENCE, [incident.seq], "", ADA, NOW)
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"Diaz" not in Path(str(db.engine.url.database)).read_bytes()


def test_a_file_named_twice_stays_until_both_notes_are_erased(incident: Incident) -> None:
    first, second = (record.add_note(REFERENCE, "", ADA, NOW, uploads=[("a.png", BytesIO(PNG))]).seq for _ in range(2))
    sha256 = log.load(REFERENCE).fact(first).event.data["files"][0]["sha256"]  # type: ignore[union-attr]
    record.erase(REFERENCE, [first], "", ADA, NOW)
    assert files.path_of(sha256).exists()
    record.erase(REFERENCE, [second], "", ADA, NOW)
    assert not files.path_of(sha256).exists()


def test_a_file_named_twice_in_one_note_is_erased_with_it(incident: Incident) -> None:
    uploads = [("a.png", BytesIO(PNG)), ("b.png", BytesIO(PNG))]
    seq = record.add_note(REFERENCE, "", ADA, NOW, uploads=uploads).seq
    record.erase(REFERENCE, [seq, seq], "", ADA, NOW)
    assert [path for path in files.folder().rglob("*") if path.is_file()] == []


def test_a_salt_goes_with_its_text(incident: Incident) -> None:
    record.erase(REFERENCE, [1], "", ADA, NOW)
    with db.engine.connect() as connection:
        entry = next(reading.entries(connection, REFERENCE))
        salt = connection.execute(
            sa.select(models.EntryBody.salt).where(models.EntryBody.entry_id == entry.id)
        ).scalar()
    assert (entry.erased, salt) == (True, None)
    assert found().head != chain.GENESIS


def test_the_newest_version_is_the_one_that_alembic_would_reach() -> None:
    script = ScriptDirectory(str(HOME / "migrations"))
    assert maintenance.newest(HOME / "migrations") == script.get_current_head()


def test_a_database_with_incidents_learns_which_playbooks_they_used(incident: Incident) -> None:
    used = sa.select(uses.IncidentPlaybook.__table__)
    step = ScriptDirectory(str(HOME / "migrations")).get_revision("b7d65a80fbc3").module
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        before = connection.execute(used).all()
        with Operations.context(MigrationContext.configure(connection)):
            step.downgrade()
            step.upgrade()
        assert before and connection.execute(used).all() == before
