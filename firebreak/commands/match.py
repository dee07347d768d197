"""`firebreak match`: rank the playbooks for reports that come as lines of JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from firebreak.domain import channels
from firebreak.domain.hours import StaffedHours, default_hours
from firebreak.domain.playbooks import LANGUAGES
from firebreak.domain.reports import Report
from firebreak.domain.words import detect

if TYPE_CHECKING:
    from flask import Flask

_KEYS = "keys: id, text, and optionally lang, channels, started_local, timezone"


class BadLine(ValueError):
    """A line that is no report; its text says what to do."""


@click.command()
@click.option("--jsonl", is_flag=True, required=True, help="Read a report a line from standard input, as JSON.")
def match(jsonl: bool) -> None:
    """Rank the playbooks for each report.

    A line in is a line out, in the same order: {"id": ..., "text": ...} with lang, channels, started_local (such as
    2026-11-21T23:40) and timezone if they are known. A line that cannot be read gets an "error" of its own.
    """
    from firebreak import create_app, maintenance

    with _closed(create_app()) as app:
        with app.app_context():
            maintenance.migrate()
        for line in sys.stdin.buffer:
            if line.strip():
                click.echo(json.dumps(_answer(app, line), ensure_ascii=False))


@contextmanager
def _closed(app: Flask) -> Iterator[Flask]:
    from firebreak.store import db

    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


def _answer(app: Flask, line: bytes) -> dict[str, Any]:
    given: Any = None
    try:
        given = json.loads(line)
        return {"id": _asked(given).get("id"), **_matches(app, given)}
    except (ValueError, RecursionError) as error:
        told = str(error) if isinstance(error, BadLine) else f"this line is no JSON object; {_KEYS}"
        return {"id": given.get("id") if isinstance(given, dict) else None, "error": told}


def _asked(given: Any) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise BadLine(f"this line is no JSON object; {_KEYS}")
    if not isinstance(given.get("text"), str):
        raise BadLine('"text" is missing, or no text: it is what somebody saw')
    return given


def _matches(app: Flask, given: Mapping[str, Any]) -> dict[str, Any]:
    from firebreak import library, trained
    from firebreak.api import ranked
    from firebreak.domain.matching import rank

    report, hours = _report(given), _hours(given)
    # The words of the reasons are those of a page asked for in the language of the report.
    with app.test_request_context(
        base_url="http://desk.invalid/", headers={"Accept-Language": report.language or "en"}
    ):
        playbooks = library.playbooks(report.language)
        return ranked.told(rank(report, playbooks, trained.table(), hours), playbooks, report).model_dump(mode="json")


def _report(given: Mapping[str, Any]) -> Report:
    text = given["text"]
    language = given["lang"] if given.get("lang") in LANGUAGES else detect(text)
    return Report(text, _channels(given.get("channels")), _began(given), language=language)


def _channels(named: Any) -> tuple[str, ...]:
    """A place that the desk does not know counts as `other`, as in the opening form."""
    if named is None:
        return ()
    if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
        raise BadLine('"channels" is no list of names, such as ["x", "facebook"]')
    return tuple(dict.fromkeys(channels.canonical(each) or "other" for each in named))


def _began(given: Mapping[str, Any]) -> datetime | None:
    told = given.get("started_local")
    if told is None:
        return None
    try:
        at = datetime.fromisoformat(told)
        return at if at.tzinfo else at.replace(tzinfo=_zone(given))
    except (TypeError, ValueError):
        raise BadLine('"started_local" is no time such as 2026-11-21T23:40') from None


def _zone(given: Mapping[str, Any]) -> ZoneInfo:
    try:
        return ZoneInfo(given.get("timezone") or "UTC")
    except (TypeError, ValueError, OSError, ZoneInfoNotFoundError):
        raise BadLine('"timezone" is no name of a zone, such as Europe/Paris') from None


def _hours(given: Mapping[str, Any]) -> StaffedHours:
    """Office hours where the report was written; without a country there are no public holidays."""
    return StaffedHours(str(_zone(given)), "", MappingProxyType(dict(default_hours().weekly)))
