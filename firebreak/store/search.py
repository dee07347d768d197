"""The search projection: what every text is found by, kept with the log and rebuilt from it.

`search_text` has one row for each entry in which something was typed, as it reads now (struck ones left out), and one
for the heading of its incident (entry 0). `search_words` has the words: FTS5 without content on SQLite, `tsvector` with
a GIN index on PostgreSQL. Both go by `id`, made of the incident's number and the entry's, so that the newest come last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Index
from sqlalchemy.orm import Mapped, mapped_column

from firebreak.domain import search
from firebreak.domain.events import EVERYBODY, Entry, Event, EventKind
from firebreak.domain.folding import MENDS, effective
from firebreak.domain.incidents import Incident
from firebreak.store import Base, models, versions
from firebreak.store.projections import number
from firebreak.store.types import BigId, text

K = EventKind
SHIFT = 20
"""Bits for the entry in an id: later ones than a million are not found."""
HEADING = "heading"
TITLING = frozenset({K.INCIDENT_OPENED, K.INCIDENT_RETITLED, K.PLAYBOOK_CHOSEN})
TYPED = (
    *("report", "text", "url", "note", "reason", "question", "options", "chosen", "why"),
    *("answer", "what", "known", "unknown", "next", "names"),
)
"""What is found of an entry, in this order. An incident's title is in its heading, a step's is its own."""
LIMITED = sa.text(f"audience <> '{EVERYBODY}'")
_TITLE = re.compile(r"^title:[ \t]*(.+)$", re.MULTILINE)

Row = dict[str, Any]
Rows = dict[int, Row]


class SearchText(Base):
    """What an entry says, to show where words were found."""

    __tablename__ = "search_text"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    reference: Mapped[text]
    kind: Mapped[text]
    audience: Mapped[text]
    text: Mapped[text]


@cache
def tell_index() -> None:
    """Tell Alembic of the index that only some rows are in. Spelling it out loads PostgreSQL's dialect, which is a
    twentieth of a start, and nothing else on SQLite needs it."""
    Index("search_text_limited", models.table(SearchText).c.id, sqlite_where=LIMITED, postgresql_where=LIMITED)


def id_of(reference: str, seq: int = 0) -> int:
    """The id of an entry's words; of the heading for entry 0."""
    return (number(reference) << SHIFT) | seq


def seq_of(id: int) -> int:
    """The entry behind an id; 0 for the heading."""
    return id & ((1 << SHIFT) - 1)


# --- what is to be found ---------------------------------------------------------------------------


def rows_of(incident: Incident, playbook: str = "") -> Rows:
    """Id -> row, for all of an incident. `playbook` is the title of the one in use."""
    rows = [_heading(incident, playbook), *_texts(effective(incident.facts))] if incident.seq else []
    return {row["id"]: row for row in rows}


def _heading(incident: Incident, playbook: str) -> Row:
    scenario = incident.playbook.scenario if incident.playbook else ""
    said = "\n".join(filter(None, (incident.title, incident.reference, scenario, playbook)))
    return _row(incident.reference, 0, HEADING, said)


def _texts(entries: Iterable[Entry]) -> list[Row]:
    rows = (_row(each.stream, each.seq, str(each.event.kind), said(each.event)) for each in entries if _kept(each))
    return [row for row in rows if row["text"]]


def _kept(entry: Entry) -> bool:
    return entry.event.kind not in MENDS and entry.seq < 1 << SHIFT


def _row(reference: str, seq: int, kind: str, said: str) -> Row:
    shared = {"reference": reference, "audience": EVERYBODY}
    return {"id": id_of(reference, seq), "kind": kind, "text": said, **shared}


def said(event: Event) -> str:
    """What somebody typed in an entry, one text a line; "" for nothing."""
    keys = ("title", *TYPED) if event.kind is K.STEP_ADDED else TYPED
    return "\n".join(_plain(event.data[key]) for key in keys if event.data.get(key))


def _plain(value: Any) -> str:
    """A list of options or of file names has one a line."""
    if isinstance(value, Mapping):
        value = list(value.values())
    return "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def playbook_title(connection: Connection, incident: Incident) -> str:
    """The title in the text of the playbook in use, as it was saved; "" for none."""
    if incident.playbook is None:
        return ""
    kept = versions.PlaybookVersion
    source = connection.execute(sa.select(kept.source).where(kept.hash == incident.playbook.hash)).scalar()
    found = _TITLE.search(source or "")
    return found[1].strip(" \"'\r") if found else ""


# --- keeping it ------------------------------------------------------------------------------------


def write(connection: Connection, incident: Incident, entries: Iterable[Entry]) -> None:
    """Keep what these new entries say. Without typed text it costs nothing; a mend looks the whole incident over."""
    entries = list(entries)
    kinds = {entry.event.kind for entry in entries}
    if kinds & MENDS:
        rewrite(connection, incident)
        if K.ENTRY_ERASED in kinds:
            forget(connection)
        return
    fresh = _texts(entries)
    if kinds & TITLING:
        fresh.append(_heading(incident, playbook_title(connection, incident)))
        _remove(connection, _stored(connection, incident.reference, only=0))
    _add(connection, fresh)


def rewrite(connection: Connection, incident: Incident) -> None:
    """Bring the rows of one incident to what its log says, by difference."""
    old = _stored(connection, incident.reference)
    new = rows_of(incident, playbook_title(connection, incident))
    _remove(connection, {id: row for id, row in old.items() if new.get(id) != row})
    _add(connection, [row for id, row in new.items() if old.get(id) != row])


def _stored(connection: Connection, reference: str, only: int | None = None) -> Rows:
    table = models.table(SearchText)
    first = id_of(reference)
    last = first + (only if only is not None else (1 << SHIFT) - 1)
    rows = connection.execute(sa.select(table).where(table.c.id.between(first, last))).mappings()
    return {row["id"]: dict(row) for row in rows}


def _add(connection: Connection, rows: list[Row]) -> None:
    if rows:
        connection.execute(sa.insert(models.table(SearchText)), rows)
        connection.execute(_of(connection, ADDING), [_words(connection, row) for row in rows])


def _remove(connection: Connection, rows: Rows) -> None:
    """FTS5 without content has to be told what it is to forget: the very words that were put in."""
    if rows:
        connection.execute(_of(connection, REMOVING), [_words(connection, row) for row in rows.values()])
        connection.execute(sa.delete(models.table(SearchText)).where(SearchText.id.in_(rows)))


def sweep(connection: Connection) -> None:
    """Before every incident is renewed: all of it where nobody else writes meanwhile, else what has no log."""
    table = models.table(SearchText)
    lost = sa.true() if connection.dialect.name == "sqlite" else table.c.reference.not_in(sa.select(models.Stream.name))
    connection.execute(sa.delete(table).where(lost))
    connection.execute(_of(connection, SWEEPING))


def renew(connection: Connection, incident: Incident) -> None:
    """Throw the rows of one incident away and write them anew: its texts may be taken apart in another way today."""
    _remove(connection, _stored(connection, incident.reference))
    _add(connection, list(rows_of(incident, playbook_title(connection, incident)).values()))


def forget(connection: Connection) -> None:
    """FTS5 only marks words as removed: have it write anew what is left, so that erased ones leave the file."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO search_words(search_words) VALUES ('optimize')")


def is_missing(connection: Connection) -> bool:
    """Whether there are incidents, and nothing to find them by: after an update, or a restored backup."""
    nothing = sa.not_(sa.exists(sa.select(SearchText.id)))
    return connection.execute(sa.select(models.IncidentRow.reference).where(nothing).limit(1)).first() is not None


# --- two databases ---------------------------------------------------------------------------------

MAKING = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_words USING fts5(words, content='', columnsize=0, tokenize='ascii', prefix='2 3')",
    ),
    "postgresql": (
        "CREATE TABLE search_words (id bigint PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX search_words_index ON search_words USING gin (words) WITH (gin_pending_list_limit = 256)",
    ),
}
"""What the migration runs. Words come in folded and apart, so the plainest tokeniser is right."""
ADDING = {
    "sqlite": "INSERT INTO search_words(rowid, words) VALUES (:id, :words)",
    "postgresql": "INSERT INTO search_words(id, words) VALUES (:id, CAST(:words AS tsvector))",
}
REMOVING = {
    "sqlite": "INSERT INTO search_words(search_words, rowid, words) VALUES ('delete', :id, :words)",
    "postgresql": "DELETE FROM search_words WHERE id = :id",
}
SWEEPING = {
    "sqlite": "INSERT INTO search_words(search_words) VALUES ('delete-all')",
    "postgresql": "DELETE FROM search_words WHERE id NOT IN (SELECT id FROM search_text)",
}


def _of(connection: Connection, statements: Mapping[str, str]) -> sa.TextClause:
    return sa.text(statements[connection.dialect.name])


def _words(connection: Connection, row: Row) -> Row:
    words = search.terms(row["text"])
    told = " ".join(words) if connection.dialect.name == "sqlite" else _vector(words)
    return {"id": row["id"], "words": told}


def _vector(words: list[str]) -> str:
    """As PostgreSQL writes a tsvector: 'word':1,7. Words are letters, digits and signs, so nothing is escaped."""
    places: dict[str, list[str]] = {}
    for place, word in enumerate(words, 1):
        places.setdefault(word, []).append(str(min(place, 16_383)))
    return " ".join(f"'{word}':{','.join(at[:255])}" for word, at in places.items())
