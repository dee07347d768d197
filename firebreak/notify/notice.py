"""What a channel is given to send, and how it says that it could not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from firebreak.domain.events import Entry
from firebreak.domain.incidents import Incident
from firebreak.store.outbox import Leased, Person


class SendError(Exception):
    """It could not be sent. `reason` is a code of `words.REASONS`, then perhaps a space and a detail.

    `permanent` when trying again cannot help.
    """

    def __init__(self, reason: str, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


@dataclass(frozen=True)
class Notice:
    """One delivery with all it takes to word it: the incident as it is now, and the entries that it tells of."""

    delivery: Leased
    incident: Incident
    entries: Sequence[Entry]
    person: Person | None
    people: Mapping[int, Person]
    settings: Mapping[str, Any]
    url: str
    steps: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The same at every try, so that a receiver can drop a second copy; another one on every other desk.

        The key alone would come again after the database was begun anew. A full stop would end a webhook's id.
        """
        return f"{self.delivery.key.strip(':').replace(':', '-')}-{int(self.delivery.created_at.timestamp())}"
