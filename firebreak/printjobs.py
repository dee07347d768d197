"""Making the PDFs that pages asked for. Run by the worker, in a thread of its own; a web process never does it.

A print is laid out once; parts that took more pages than they may (an action sheet has two) are set tighter and all
is laid out again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app

from firebreak import printing, prints
from firebreak.printing import PdfUnavailable, Told
from firebreak.store import jobs
from firebreak.store.jobs import Job
from firebreak.store.outbox import UNUSABLE

LAYOUTS = 3
LAID_OUT = 90
"""Percent done when the last page is laid out; the rest is writing."""
TIDY_EVERY = timedelta(minutes=1)
REPORT_EVERY = timedelta(seconds=1)

log = logging.getLogger(__name__)


class Lost(Exception):
    """Another worker has the job, or nobody wants it any more."""


@dataclass(frozen=True)
class Made:
    """A PDF, the name for its file (without ending), and its number of pages."""

    content: bytes
    name: str
    pages: int


def make(kind: str, params: Mapping[str, Any], now: datetime, told: Callable[[int], None] | None = None) -> Made:
    """The PDF of a kind that a page has registered. `told` hears percents. prints.Gone when it cannot be."""
    maker: prints.Maker = current_app.extensions[prints.MAKERS][kind]
    tighter: dict[str, int] = {}
    for _attempt in range(LAYOUTS):
        with current_app.test_request_context(base_url=printing.BASE):
            draft = maker(params, now, tighter)
        document = printing.layout(draft.html, told=_counting(draft.pages, told))
        long = _too_long(document, draft)
        if not long:
            break
        tighter |= {id: tighter.get(id, 0) + 1 for id in long}
    else:
        log.warning("%s: still longer than allowed: %s", draft.name, ", ".join(long))
    return Made(printing.written(document), draft.name, len(document.pages))


def _too_long(document: Any, draft: prints.Draft) -> list[str]:
    lengths = printing.lengths(document)
    return [id for id, most in draft.most.items() if lengths.get(id, 0) > most]


def _counting(pages: int, told: Callable[[int], None] | None) -> Told | None:
    if told is None:
        return None
    return lambda page: told(min(LAID_OUT, LAID_OUT * page // max(1, pages)))


class Printer:
    """What the worker does again and again: one PDF at a time. `clock` gives aware UTC."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.clock = clock
        self.tidied: datetime | None = None

    def __call__(self) -> bool:
        """Make the oldest PDF that is wanted; False when there was none. An app context has to be open."""
        self._tidy(self.clock())
        job = jobs.claim(self.clock())
        if job is None:
            return False
        try:
            self._make(job)
        except Lost:
            log.warning("print %d was taken over or is no longer wanted", job.id)
        return True

    def _make(self, job: Job) -> None:
        try:
            made = make(job.kind, job.params, self.clock(), _Reporter(job, self.clock))
            sha256 = prints.keep(made.content)
        except PdfUnavailable as error:
            jobs.fail(job, f"no_pdf {error}", self.clock())
        except prints.Gone:
            jobs.fail(job, "gone", self.clock())
        except OSError as error:
            jobs.fail(job, f"not_kept {error.strerror or error}", self.clock())
        except (UNUSABLE, Lost):
            raise
        except Exception:
            log.exception("print %d could not be made", job.id)
            jobs.fail(job, "fault", self.clock())
        else:
            jobs.finish(job, sha256, made.name, made.pages, len(made.content), self.clock())

    def _tidy(self, now: datetime) -> None:
        if self.tidied is None or now - self.tidied >= TIDY_EVERY:
            jobs.forget(now)
            prints.sweep(jobs.results(), now)
            self.tidied = now


class _Reporter:
    """Writes the percents of a job, at most one a second and never backwards. Raises Lost."""

    def __init__(self, job: Job, clock: Callable[[], datetime]) -> None:
        self.job, self.clock = job, clock
        self.last, self.most = clock(), 0

    def __call__(self, percent: int) -> None:
        now = self.clock()
        self.most = max(self.most, percent)
        if now - self.last >= REPORT_EVERY:
            self.last = now
            if not jobs.report(self.job, self.most, now):
                raise Lost
