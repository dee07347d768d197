"""Which playbooks fit a report, and opening an incident with the one that does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from flask import url_for

from firebreak import library, trained
from firebreak.api import answers, auth, ranked, shown
from firebreak.api.operations import operation
from firebreak.api.schemas import Asked, NewIncident
from firebreak.domain import channels, markdown
from firebreak.domain.deciding.opening import Opening
from firebreak.domain.matching import rank
from firebreak.domain.playbooks import Playbook
from firebreak.domain.refusal import Refused
from firebreak.domain.reports import Report
from firebreak.web import advice, desk, here, locale
from firebreak.workflow import incidents as workflow

NO_PLAYBOOK = "none"


@operation("POST", "/match", access="observer", body=Asked, answer=answers.Matches, refuses=True)
def match(body: Asked) -> answers.Matches:
    """The playbooks that fit a report, with a score and the reasons. Changes nothing."""
    report = _report(body)
    playbooks = library.playbooks(report.language)
    return ranked.told(rank(report, playbooks, trained.table(), desk.staffed_hours(here.desk())), playbooks, report)


def _report(body: Asked) -> Report:
    """What the matcher is asked about; an incident may have been noticed before now."""
    where = codes(body.channels) if body.channels is not None else tuple(channels.find(body.text))
    noticed = body.noticed_at if isinstance(body, NewIncident) else None
    language = body.language or locale.language()
    return Report(body.text, where, body.began_at, noticed or here.now(), language, body.answers or {})


def codes(names: Iterable[str]) -> tuple[str, ...]:
    """The codes of channels by any of their names. Refused: unknown_word."""
    return tuple(dict.fromkeys(code(name, "channels") for name in names))


def code(name: str, field: str) -> str:
    """The code of a channel by any of its names. Refused: unknown_word."""
    found = channels.canonical(name)
    if found is None:
        raise Refused("unknown_word", field=field, word=name, words=list(channels.CHANNELS))
    return found


# --- opening ---------------------------------------------------------------------------------------


@operation(
    "POST", "/incidents", access="responder", body=NewIncident, answer=answers.Incident,
    refuses=True, keyed=True, status=201,
)  # fmt: skip
def open_incident(body: NewIncident, key: str) -> tuple[answers.Incident, Mapping[str, str]]:
    """Open an incident.

    With an Idempotency-Key the same request again opens nothing, and is answered as before.
    """
    report = _report(body)
    advised = advice.advise(report)
    playbook = _playbook(body, report, advised)
    holder = auth.holder()
    opened = workflow.open_incident(
        _opening(body, report, advised, playbook), holder.actor, here.now(), _key(holder.id, key), playbook, _sent(body)
    )
    return shown.as_opened(opened), {"Location": url_for("api.show_incident", reference=opened.reference)}


def _playbook(body: NewIncident, report: Report, advised: advice.Advice) -> Playbook | None:
    scenario = advised.picked if body.scenario is None else body.scenario
    return None if scenario in ("", NO_PLAYBOOK) else find_playbook(report.language, scenario)


def find_playbook(language: str | None, scenario: str) -> Playbook:
    """The playbook of a scenario, in the language or the next best. Refused: unknown_playbook."""
    found = library.get(language, scenario)
    if found is None:
        raise Refused("unknown_playbook", field="scenario", scenario=scenario)
    return found


def _opening(
    body: NewIncident, report: Report, advised: advice.Advice, playbook: Playbook | None
) -> Opening:  # fmt: skip
    at = body.began_at or body.noticed_at or here.now()
    return Opening(
        report=body.text,
        title=body.title or "",
        severity=body.severity or (playbook.severity if playbook else advised.severity),
        language=report.language or "",
        channels=report.channels,
        began_at=body.began_at,
        noticed_at=body.noticed_at,
        exercise=bool(body.exercise),
        cover=desk.staffed_hours(here.desk()).cover(at),
        matches=advised.scores,
        none=advised.none,
        answers=report.answers,
        html=markdown.render(body.text),
    )


def _key(token: int, key: str) -> str:
    """Each token has keys of its own, and none of them is a form's."""
    return hashlib.sha256(f"api\0{token}\0{key}".encode()).hexdigest() if key else ""


def _sent(body: NewIncident) -> str:
    """What was asked for, as a hash: the words themselves can be erased."""
    return hashlib.sha256(body.model_dump_json().encode()).hexdigest()
