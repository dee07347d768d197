"""The log cannot be changed by SQL either, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from firebreak.store import db, triggers
from firebreak.workflow import incidents
from tests.stories import ADA, NOW, SEEN

APPEND = "the log is append-only"
COPY = (
    "INSERT OR REPLACE INTO entry SELECT {id}, stream, {seq}, kind, version, at, recorded_at, 99, codes, audience,"
    " digest, hash FROM entry WHERE stream = 'FB-2026-001' AND seq = 1"
)


@pytest.fixture(autouse=True)
def incident(inside: Flask) -> Iterator[None]:
    incidents.open_incident(SEEN, ADA, NOW)
    yield


def run(sql: str) -> None:
    with db.engine.connect() as connection, connection.begin():
        connection.execute(sa.text(sql))


def refused(sql: str) -> str:
    with pytest.raises(DBAPIError) as caught:
        run(sql)
    return str(caught.value.orig)


def only(kind: str) -> None:
    if db.engine.dialect.name != kind:
        pytest.skip(f"{kind} alone has this statement")


@pytest.mark.parametrize("change", ["UPDATE entry SET actor = 99", "DELETE FROM entry", "DELETE FROM entry_body"])
def test_entries_are_neither_changed_nor_removed(change: str) -> None:
    assert APPEND in refused(change)


def test_insert_or_replace_does_not_get_round_it() -> None:
    only("sqlite")
    for id, seq in (("id", "seq"), ("id", "999"), ("999999", "seq")):
        assert APPEND in refused(COPY.format(id=id, seq=seq))
    assert APPEND in refused("INSERT OR REPLACE INTO entry_body SELECT entry_id, 'salt', '{}' FROM entry_body")


def test_the_log_is_not_truncated() -> None:
    only("postgresql")
    for tables in ("entry_body", "entry CASCADE", "entry, entry_body"):
        assert APPEND in refused(f"TRUNCATE {tables}")


def test_an_upsert_changes_nothing() -> None:
    only("postgresql")
    upsert = COPY.replace("INSERT OR REPLACE", "INSERT").format(id="id", seq="seq")
    assert APPEND in refused(f"{upsert} ON CONFLICT (id) DO UPDATE SET actor = 99")


def test_a_body_is_emptied_whole_or_not_at_all() -> None:
    for change in ("body = 'x'", "salt = 'x'", "body = NULL", "salt = NULL", "entry_id = entry_id + 1000"):
        assert "a body may only be emptied" in refused(f"UPDATE entry_body SET {change}")


def test_an_emptied_body_is_never_filled_again() -> None:
    run("UPDATE entry_body SET body = NULL, salt = NULL")
    for change in ("body = 'x'", "salt = 'x'", "body = 'x', salt = 'x'"):
        assert "a body may only be emptied" in refused(f"UPDATE entry_body SET {change}")


def test_what_a_downgrade_drops_can_be_made_again() -> None:
    with db.engine.connect() as connection, connection.begin():
        triggers.drop(connection)
        triggers.create(connection)
    assert APPEND in refused("DELETE FROM entry")
