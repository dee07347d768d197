"""Triggers that make the log append-only, for both databases. Migrations and tests run the same text.

SQLite's INSERT OR REPLACE deletes without firing DELETE triggers unless recursive_triggers is on, so a
BEFORE INSERT trigger refuses a taken id or (stream, seq) as well.
"""

from __future__ import annotations

from sqlalchemy import Connection

SQLITE = [
    "CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
    "CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
    "CREATE TRIGGER entry_no_replace BEFORE INSERT ON entry WHEN EXISTS (SELECT 1 FROM entry WHERE id = NEW.id"
    " OR (stream = NEW.stream AND seq = NEW.seq)) BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
    "CREATE TRIGGER entry_body_no_delete BEFORE DELETE ON entry_body"
    " BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
    "CREATE TRIGGER entry_body_only_empty BEFORE UPDATE ON entry_body WHEN NEW.entry_id IS NOT OLD.entry_id"
    " OR NEW.body IS NOT NULL OR NEW.salt IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a body may only be emptied'); END",
    "CREATE TRIGGER entry_body_no_replace BEFORE INSERT ON entry_body WHEN EXISTS"
    " (SELECT 1 FROM entry_body WHERE entry_id = NEW.entry_id)"
    " BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
]

POSTGRESQL = [
    "CREATE FUNCTION log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$",
    "CREATE FUNCTION body_only_emptied() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN IF NEW.entry_id <> OLD.entry_id OR NEW.body IS NOT NULL OR NEW.salt IS NOT NULL THEN"
    " RAISE EXCEPTION 'a body may only be emptied'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER entry_no_change BEFORE UPDATE OR DELETE ON entry"
    " FOR EACH ROW EXECUTE FUNCTION log_is_append_only()",
    "CREATE TRIGGER entry_no_truncate BEFORE TRUNCATE ON entry EXECUTE FUNCTION log_is_append_only()",
    "CREATE TRIGGER entry_body_only_empty BEFORE UPDATE ON entry_body"
    " FOR EACH ROW EXECUTE FUNCTION body_only_emptied()",
    "CREATE TRIGGER entry_body_no_delete BEFORE DELETE ON entry_body"
    " FOR EACH ROW EXECUTE FUNCTION log_is_append_only()",
    "CREATE TRIGGER entry_body_no_truncate BEFORE TRUNCATE ON entry_body EXECUTE FUNCTION log_is_append_only()",
]

DROPS = {
    "postgresql": ["DROP FUNCTION log_is_append_only CASCADE", "DROP FUNCTION body_only_emptied CASCADE"],
    "sqlite": [f"DROP TRIGGER {line.split()[2]}" for line in SQLITE],
}


def create(connection: Connection) -> None:
    """Guard the log."""
    for line in POSTGRESQL if connection.dialect.name == "postgresql" else SQLITE:
        connection.exec_driver_sql(line)


def drop(connection: Connection) -> None:
    """Take the guard away, for a downgrade or a restore only."""
    for line in DROPS[connection.dialect.name]:
        connection.exec_driver_sql(line)
