"""Why a playbook fits, in words: the reasons of a ranking hold codes (`firebreak.domain.matching.Reason`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import format_datetime
from flask_babel import gettext as _

from firebreak.domain.matching import Match, Reason
from firebreak.web import here, locale, words

MOST_WORDS = 6
A_WEEK = timedelta(days=6)


def fit(score: float) -> str:
    """A share of belief, 0 to 1, as a word."""
    if score >= 0.6:
        return _("very likely")
    if score >= 0.35:
        return _("likely")
    return _("possible") if score >= 0.15 else _("unlikely")


def phrases(match: Match, began: datetime | None) -> list[str]:
    """The reasons of a match, the heaviest first; `began` is what the report says, None for "don't know"."""
    return [phrase(reason, began) for reason in match.reasons]


def phrase(reason: Reason, began: datetime | None = None) -> str:
    """One reason: "began Saturday 02:10, at the weekend"; "words: “moms”, “offended”"; "on Facebook"."""
    if reason.code == "off_hours":
        return _off_hours(reason, began)
    if reason.code == "channel":
        return _("on %(channel)s", channel=words.word("channel", reason.facts["channel"]))
    return _by_words(reason.code, _quoted(reason.facts["words"]))


def _by_words(code: str, quoted: str) -> str:
    if code == "against":
        return _("against it: %(words)s", words=quoted)
    if code == "strong":
        return _("strong words: %(words)s", words=quoted)
    return _("words: %(words)s", words=quoted) if code == "words" else _("as it describes: %(words)s", words=quoted)


def _quoted(found: Sequence[str]) -> str:
    quoted = _(", ").join(_("“%(word)s”", word=word) for word in found[:MOST_WORDS])
    return quoted + (" …" if len(found) > MOST_WORDS else "")


def _off_hours(reason: Reason, began: datetime | None) -> str:
    at, cover = reason.facts["at"], words.word("cover", reason.facts["cover"])
    if at == began:
        return _("began %(time)s, %(cover)s", time=_day_and_time(at), cover=cover)
    return _("noticed %(time)s, %(cover)s", time=_day_and_time(at), cover=cover)


def _day_and_time(at: datetime) -> str:
    """A weekday says more than a date, for a week."""
    if abs(here.now() - at) > A_WEEK:
        return locale.when_short(at)
    return f"{format_datetime(at, 'EEEE')} {locale.clock_time(at)}"
