"""The versions of a playbook: which there were, which incidents used them, and what changed from one to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from firebreak import library
from firebreak.domain import playbook_difference, wording
from firebreak.domain.playbook_difference import Fact, Item, Part
from firebreak.domain.playbooks import LANGUAGES, Playbook
from firebreak.domain.wording import Pieces
from firebreak.store import uses, versions
from firebreak.store.versions import Saved
from firebreak.web import here, locale
from firebreak.web.playbooks import blueprint, current_hash
from firebreak.web.words import clock_name, listed, word

PARTS: Mapping[str, Any] = {
    "head": _l("What it is"),
    "steps": _l("Steps"),
    "clocks": _l("Clocks"),
    "approval": _l("Approval"),
    "statements": _l("Holding statements"),
    "sections": _l("Sections"),
    "roles": _l("Roles"),
    "deputies": _l("Deputies"),
    "signals": _l("Words it is recognised by"),
    "sources": _l("Sources"),
}
NAMES: Mapping[str, Any] = {
    "title": _l("Title"),
    "summary": _l("Summary"),
    "owner": _l("Owner"),
    "deputy": _l("Deputy"),
    "severity": _l("Severity"),
    "reviewed": _l("Last reviewed"),
    "role": _l("Role"),
    "due": _l("Within"),
    "critical": _l("Critical step"),
    "phase": _l("Phase"),
    "decision": _l("Decision"),
    "only": _l("Only in"),
    "guidance": _l("Guidance"),
    "options": _l("Options"),
    "limit": _l("Limit"),
    "start": _l("Counts from"),
    "roles": _l("Who approves"),
    "text": _l("Text"),
    "strong": _l("Strong signs"),
    "words": _l("Words"),
    "against": _l("Signs against"),
    "examples": _l("Example reports"),
    "channels": _l("Channels"),
    "times": _l("Times"),
}


# --- the versions ----------------------------------------------------------------------------------


@blueprint.get("/<language>/<scenario>/history")
def history(language: str, scenario: str) -> ResponseReturnValue:
    """Every version that was ever in good order; two of them chosen by `old` and `new` are compared."""
    saved = _saved(language, scenario)
    old, new = request.args.get("old", ""), request.args.get("new", "")
    if old and new:
        place = {"language": language, "scenario": scenario, "old": old, "new": new}
        return redirect(url_for("playbooks.difference", **place), 303)  # type: ignore[arg-type]
    return render_template(
        "playbooks/history.html",
        language=language,
        scenario=scenario,
        title=_title(language, scenario, saved),
        saved=saved,
        current=current_hash(language, scenario),
        uses=uses.by_version(language, scenario),
        names=here.names(),
    )


def _saved(language: str, scenario: str) -> list[Saved]:
    library.every()  # a look at the folders keeps what is new in them
    found = versions.saved(f"{language}/{scenario}.md") if language in LANGUAGES else []
    return found or abort(404)


def _title(language: str, scenario: str, saved: list[Saved]) -> str:
    playbook = library.version(current_hash(language, scenario) or saved[0].hash)
    return playbook.title if playbook else scenario


# --- what changed ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """An item as it is shown. `own`: the heading is the author's, in the playbook's language. Facts are label, value
    before and after ("" for none); words label and pieces."""

    kind: str
    heading: str
    own: bool
    facts: tuple[tuple[str, str, str], ...]
    words: tuple[tuple[str, Pieces], ...]


@blueprint.get("/<language>/<scenario>/history/<old>/<new>")
def difference(language: str, scenario: str, old: str, new: str) -> ResponseReturnValue:
    """What changed from one version to another, part by part; line by line where one can no longer be read."""
    saved = _saved(language, scenario)
    times = {each.hash: each for each in saved}
    if old not in times or new not in times:
        abort(404)
    before, after = library.version(old), library.version(new)
    return render_template(
        "playbooks/difference.html",
        language=language,
        scenario=scenario,
        title=_title(language, scenario, saved),
        old=times[old],
        new=times[new],
        current=current_hash(language, scenario),
        readable=before is not None and after is not None,
        parts=tuple(_parts(before, after)) if before and after else (),
        groups=wording.lines(_source(old), _source(new)),
    )


def _source(hash: str) -> str:
    kept = versions.load(hash)
    return kept.source if kept else ""


def _parts(before: Playbook, after: Playbook) -> Iterator[tuple[str, tuple[Change, ...]]]:
    for part in playbook_difference.difference(before, after):
        yield str(PARTS[part.name]), tuple(_change(part, item) for item in part.items)


def _change(part: Part, item: Item) -> Change:
    heading, own = _heading(part.name, item)
    facts = tuple((str(NAMES[fact.name]), _value(fact, fact.before), _value(fact, fact.after)) for fact in item.facts)
    words = tuple((_label(part.name, item, each.name), each.pieces) for each in item.words)
    return Change(item.kind, heading, own, tuple(fact for fact in facts if fact[1] or fact[2]), words)


def _heading(part: str, item: Item) -> tuple[str, bool]:
    """The words for an item, and whether they are its author's."""
    key = item.key[0]
    if part in ("head", "signals"):
        return str(NAMES[key]), False
    if part == "clocks":
        name = clock_name(key, item.title)
        return (f"{name} · {word('severity', item.key[1])}", False) if len(item.key) > 1 else (name, bool(item.title))
    if part in ("approval", "roles", "deputies"):
        return word("severity" if part == "approval" else "role", key), False
    return (item.title, True) if item.title else (_("Beginning"), False)


def _label(part: str, item: Item, name: str) -> str:
    """What a text is, where its heading does not say so."""
    told = part in ("head", "signals", "roles", "deputies") or (part == "sections" and name == "text")
    return "" if told or (item.kind != "changed" and name == "text") else str(NAMES[name])


def _value(fact: Fact, value: Any) -> str:
    """A value in words; "" for none, and for a mark that a new step does not have."""
    if value is None or (value is False and None in (fact.before, fact.after)):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, timedelta):
        return locale.duration(value)
    if isinstance(value, date):
        return format_date(value, "long")
    if isinstance(value, tuple):
        group = "language" if fact.name == "only" else "role"
        nobody = "" if None in (fact.before, fact.after) else _("nobody")
        return listed(group, value) or ("" if fact.name == "only" else nobody)
    group = {"start": "moment"}.get(fact.name, fact.name)
    return word(group, value)
