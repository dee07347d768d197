"""Every table. The log is `entry` + `entry_body`; projections can be rebuilt from it; the rest stands on its own."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from firebreak.store import Base, db
from firebreak.store.types import BigId, id_key, json_value, optional_text, optional_utc, text, utc


class Entry(Base):
    """A line of the log. Append-only: triggers refuse every change (see `firebreak.store.triggers`)."""

    __tablename__ = "entry"
    __table_args__ = (UniqueConstraint("stream", "seq"),)
    id: Mapped[id_key]
    stream: Mapped[text]
    seq: Mapped[int]
    kind: Mapped[text]
    version: Mapped[int]
    at: Mapped[utc]
    recorded_at: Mapped[utc]
    actor: Mapped[int | None]
    codes: Mapped[json_value]
    audience: Mapped[text]
    digest: Mapped[text]
    hash: Mapped[text]


class EntryBody(Base):
    """What a person typed, as canonical JSON. May only be emptied, salt and all."""

    __tablename__ = "entry_body"
    entry_id: Mapped[int] = mapped_column(BigId, ForeignKey("entry.id"), primary_key=True)
    salt: Mapped[optional_text]
    body: Mapped[optional_text]


class Stream(Base):
    """The head of each stream: its row is the lock, and the number the next reference is counted from."""

    __tablename__ = "stream"
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int]
    hash: Mapped[text]


class Counter(Base):
    """The last number given out in a year of the desk."""

    __tablename__ = "counter"
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[int]


class Opening(Base):
    """The key of a form that opened an incident, so that a double tap opens one; `sent` is a hash of what an API's
    client sent with it."""

    __tablename__ = "opening"
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    reference: Mapped[text]
    sent: Mapped[optional_text]


class IncidentRow(Base):
    """An incident for lists and figures."""

    __tablename__ = "incident"
    reference: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int]
    head_seq: Mapped[int]
    title: Mapped[text]
    state: Mapped[text]
    severity: Mapped[text]
    scenario: Mapped[optional_text]
    judged: Mapped[optional_text]
    language: Mapped[text]
    exercise: Mapped[bool]
    outcome: Mapped[optional_text]
    lead: Mapped[int | None]
    opened_by: Mapped[int | None]
    opened_at: Mapped[utc]
    next_due: Mapped[optional_utc]
    open_critical: Mapped[int]
    breached: Mapped[int]
    __table_args__ = (Index("incident_by_opening", "opened_at"), Index("incident_to_look_at", "next_due"))


class IncidentMoment(Base):
    """The moments of an incident, in force now."""

    __tablename__ = "incident_moment"
    reference: Mapped[str] = mapped_column(Text, primary_key=True)
    moment: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[utc]


class IncidentChannel(Base):
    """Affected channels, and the first public response on each."""

    __tablename__ = "incident_channel"
    reference: Mapped[str] = mapped_column(Text, primary_key=True)
    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int]
    first_response_at: Mapped[optional_utc]


class IncidentPerson(Base):
    """Who holds which role."""

    __tablename__ = "incident_person"
    reference: Mapped[str] = mapped_column(Text, primary_key=True)
    role: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int]
    person: Mapped[int]


class IncidentStep(Base):
    """The checklist, for "my steps" and figures."""

    __tablename__ = "incident_step"
    reference: Mapped[str] = mapped_column(Text, primary_key=True)
    step: Mapped[str] = mapped_column(Text, primary_key=True)
    role: Mapped[text]
    state: Mapped[text]
    critical: Mapped[bool]
    due: Mapped[utc]
    at: Mapped[optional_utc]
    person: Mapped[int | None]


class IncidentStatement(Base):
    """What was posted where and when (the words stay in the log)."""

    __tablename__ = "incident_statement"
    reference: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[text]
    at: Mapped[utc]
    next_update_at: Mapped[optional_utc]


class IncidentAction(Base):
    """What is to be changed after an incident; open while it has no outcome."""

    __tablename__ = "incident_action"
    reference: Mapped[str] = mapped_column(Text, primary_key=True)
    action: Mapped[str] = mapped_column(Text, primary_key=True)
    what: Mapped[text]
    owner: Mapped[int | None]
    due: Mapped[date | None]
    outcome: Mapped[optional_text]
    __table_args__ = (Index("incident_action_open", "outcome", "due"),)


class File(Base):
    """A file kept by content hash. `erased_at` when its bytes were removed."""

    __tablename__ = "file"
    sha256: Mapped[str] = mapped_column(Text, primary_key=True)
    size: Mapped[int]
    media_type: Mapped[text]
    stored_at: Mapped[utc]
    erased_at: Mapped[optional_utc]


class Outbox(Base):
    """One row a commit: entries `first_seq` to `last_seq` of a stream wait to be routed."""

    __tablename__ = "outbox"
    id: Mapped[id_key]
    stream: Mapped[text]
    first_seq: Mapped[int]
    last_seq: Mapped[int]
    created_at: Mapped[utc]
    routed_at: Mapped[optional_utc]
    __table_args__ = (Index("outbox_waiting", "routed_at"),)


class Delivery(Base):
    """One message to one person or hook. `key` lets a receiver drop a second copy."""

    __tablename__ = "delivery"
    id: Mapped[id_key]
    key: Mapped[str] = mapped_column(Text, unique=True)
    reference: Mapped[text]
    kind: Mapped[text]
    first_seq: Mapped[int]
    last_seq: Mapped[int]
    channel: Mapped[text]
    account_id: Mapped[int | None]
    state: Mapped[text]
    tries: Mapped[int]
    reason: Mapped[optional_text]
    created_at: Mapped[utc]
    next_try_at: Mapped[optional_utc]
    done_at: Mapped[optional_utc]
    __table_args__ = (Index("delivery_waiting", "state", "next_try_at"), Index("delivery_by_incident", "reference"))


class WorkerBeat(Base):
    """When each worker was last alive."""

    __tablename__ = "worker_beat"
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[utc]


class Setting(Base):
    """A setting of the desk, as JSON; `firebreak.store.settings` gives them names and defaults."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class OneTimeLink(Base):
    """A link that works once: the first administrator's set-up, or a new password. Only its hash is kept."""

    __tablename__ = "one_time_link"
    token_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    purpose: Mapped[text]
    account_id: Mapped[int | None]
    made_at: Mapped[utc]
    expires_at: Mapped[utc]
    used_at: Mapped[optional_utc]


class RateCount(Base):
    """A fixed-window counter of the rate limits, shared by every process."""

    __tablename__ = "rate_count"
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[int]
    expires_at: Mapped[utc]


class PrintJob(Base):
    """A PDF that the worker makes. `result` is the SHA-256 of the bytes in the instance's `prints` folder."""

    __tablename__ = "print_job"
    id: Mapped[id_key]
    kind: Mapped[text]
    params: Mapped[json_value]
    state: Mapped[text]
    progress: Mapped[int]
    tries: Mapped[int]
    lease_until: Mapped[optional_utc]
    result: Mapped[optional_text]
    name: Mapped[text]
    pages: Mapped[int]
    size: Mapped[int]
    reason: Mapped[optional_text]
    asked_by: Mapped[int | None]
    asked_at: Mapped[utc]
    done_at: Mapped[optional_utc]
    __table_args__ = (Index("print_job_waiting", "state", "id"),)


class ApiToken(Base):
    """A token of the API: only its hash is kept. `person` is the account behind it, None for one of the desk's own."""

    __tablename__ = "api_token"
    id: Mapped[id_key]
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[text]
    access: Mapped[text]
    person: Mapped[int | None]
    made_at: Mapped[utc]
    last_used_at: Mapped[optional_utc]
    revoked_at: Mapped[optional_utc]


def table(model: type[Base]) -> Any:
    """The Core table behind a model."""
    return db.metadatas[None].tables[model.__tablename__]
