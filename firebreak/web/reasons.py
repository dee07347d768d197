"""Why a playbook fits, in words: the reasons of a ranking hold codes (`firebreak.domain.reports.Reason`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import format_datetime, format_percent
from flask_babel import gettext as _

from firebreak import library
from firebreak.domain.model import NONE
from firebreak.domain.reports import Match, Reason
from firebreak.web import here, locale, words

MOST_WORDS = 6
LEAST, MOST = 0.01, 0.99
A_WEEK = timedelta(days=6)


def fit(score: float) -> str:
    """A share of belief, 0 to 1, as a word."""
    if score >= 0.6:
        return _("very likely")
    if score >= 0.35:
        return _("likely")
    return _("possible") if score >= 0.15 else _("unlikely")


def percent(score: float) -> str:
    """A share of belief as a percentage; nothing is quite certain, and nothing quite out of the question."""
    if score > MOST:
        return f"> {format_percent(MOST)}"
    return f"< {format_percent(LEAST)}" if score < LEAST else format_percent(score)


def speaking_for(match: Match, began: datetime | None) -> list[str]:
    """What speaks for a match, the heaviest first; `began` is what the report says, None for "don't know"."""
    return [phrase(reason, began) for reason in match.reasons if reason.code != "against"]


def speaking_against(match: Match) -> list[str]:
    """What speaks against a match, and for which rival."""
    return [phrase(reason) for reason in match.reasons if reason.code == "against"]


def calm(match: Match) -> str:
    """The words that speak for no crisis rather than for this match, quoted; "" for none."""
    calmest = (reason.facts for reason in match.reasons if reason.facts.get("rival") == NONE)
    return next((_quoted(facts["words"]) for facts in calmest), "")


def phrase(reason: Reason, began: datetime | None = None) -> str:
    """One reason: "began Saturday 02:10, at the weekend"; "words: “moms”, “offended”"; "on Facebook"."""
    facts = reason.facts
    if reason.code == "off_hours":
        return _off_hours(reason, began)
    if reason.code == "channel":
        return _("on %(channel)s", channel=words.word("channel", facts["channel"]))
    if reason.code == "answer":
        return _answered(facts["question"], "yes" if facts["answer"] else "no")
    if reason.code == "against":
        return _against(facts["rival"], _quoted(facts["words"]))
    return _by_words(reason.code, _quoted(facts["words"]))


def _by_words(code: str, quoted: str) -> str:
    if code == "strong":
        return _("strong words: %(words)s", words=quoted)
    if code == "words":
        return _("words: %(words)s", words=quoted)
    return _("as in other reports of this kind: %(words)s", words=quoted)


def _answered(question: str, answer: str) -> str:
    asked, said = words.word("question", question), words.word("answer", answer)
    return _("you answered: %(question)s %(answer)s", question=asked, answer=said)


def _against(rival: str, quoted: str) -> str:
    if rival == NONE:
        return _("speaks for no crisis: %(words)s", words=quoted)
    return _("speaks for “%(playbook)s” instead: %(words)s", playbook=scenario_title(rival), words=quoted)


def scenario_title(scenario: str) -> str:
    """The title of the playbook on offer, in the reader's language; the scenario where there is none."""
    playbook = library.get(locale.language(), scenario)
    return playbook.title if playbook else scenario


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
