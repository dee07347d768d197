"""What was said, decided and seen, and the mending of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

from firebreak import files
from firebreak.domain import markdown
from firebreak.domain.deciding import mending
from firebreak.domain.deciding import record as decide
from firebreak.domain.incidents import Incident
from firebreak.store import log

Upload = tuple[str, BinaryIO]


def post_statement(
    reference: str, channel: str, text: str, url: str, actor: int, now: datetime, *,
    at: datetime | None = None, next_update_at: datetime | None = None,
) -> Incident:  # fmt: skip
    wish = partial(
        decide.post_statement, channel=channel, text=text, url=url, actor=actor, now=now, at=at,
        next_update_at=next_update_at,
    )  # fmt: skip
    return log.record(reference, now, wish)


def add_note(
    reference: str, text: str, actor: int, now: datetime, *, uploads: Sequence[Upload] = (), at: datetime | None = None
) -> Incident:
    """A note, its files stored by content first: bytes without an entry are harmless, an entry without bytes is not."""
    kept = [(files.keep(stream, now), name) for name, stream in uploads]
    wish = partial(decide.add_note, text=text, html=markdown.render(text), files=kept, actor=actor, now=now, at=at)
    return log.record(reference, now, wish)


def make_decision(
    reference: str, question: str, options: str, chosen: str, why: str, actor: int, now: datetime,
    at: datetime | None = None,
) -> Incident:  # fmt: skip
    wish = partial(
        decide.make_decision, question=question, options=options, chosen=chosen, why=why,
        html=markdown.render(why), actor=actor, now=now, at=at,
    )  # fmt: skip
    return log.record(reference, now, wish)


def record_moment(
    reference: str, moment: str, actor: int, now: datetime, *, at: datetime | None = None, note: str = ""
) -> Incident:
    return log.record(
        reference, now, partial(decide.record_moment, moment=moment, actor=actor, now=now, at=at, note=note)
    )


def correct(
    reference: str, seq: int, reason: str, actor: int, now: datetime, *, at: datetime | None = None,
    codes: Mapping[str, Any] | None = None, body: Mapping[str, Any] | None = None,
) -> Incident:  # fmt: skip
    """Another time, other typed text, or other began/noticed times; Markdown texts are rendered again."""
    body = dict(body or {})
    source = next((key for key in ("text", "why", "report") if key in body), None)
    with log.changing(reference, now) as change:
        entry = change.incident.fact(seq)
        if source and entry and "html" in entry.event.data:
            body["html"] = markdown.render(body[source])
        change.record(mending.correct(change.incident, seq, reason, actor, now, at=at, codes=codes, body=body))
    return change.incident


def strike(reference: str, seq: int, reason: str, actor: int, now: datetime) -> Incident:
    return log.record(reference, now, partial(mending.strike, seq=seq, reason=reason, actor=actor, now=now))


def erase(reference: str, seqs: Iterable[int], reason: str, actor: int | None, now: datetime) -> Incident:
    """Empty what was typed in these entries, for good; files that nothing else names lose their bytes."""
    with log.changing(reference, now) as change:
        events = mending.erase(change.incident, seqs, reason, actor, now)
        for event in events:
            change.empty_bodies(event.data["targets"])
        hashes = _files(change.incident, events[0].data["targets"]) if events else []
        change.record(events)
    for sha256 in hashes:
        files.erase_if_unused(sha256, now)
    return change.incident


def _files(incident: Incident, seqs: Iterable[int]) -> list[str]:
    facts = (incident.fact(seq) for seq in seqs)
    return [file["sha256"] for fact in facts if fact for file in fact.event.data.get("files", ())]
