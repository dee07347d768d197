"""The forms of the room's page, as they are before anybody has typed into them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from firebreak import library
from firebreak.domain.incidents import Incident
from firebreak.web import forms, locale, room_texts
from firebreak.web.room_view import Room


def fresh_forms(incident: Incident) -> dict[str, forms.PageForm]:
    """The forms of the page, each under a prefix of its own so that ids differ."""
    blank = {"formdata": None}
    return {
        "title": forms.TitleForm(prefix="title", data={"title": incident.title}, **blank),
        "severity": forms.SeverityForm(prefix="severity", data={"severity": incident.severity}, **blank),
        "note": forms.NoteForm(prefix="note", **blank),
        "decision": forms.DecisionForm(prefix="decision", **blank),
        "moment": forms.MomentForm(prefix="moment", **blank),
        "step": forms.OwnStepForm(prefix="step", **blank),
        "playbook": playbook_form(incident, **blank),
        "stand_down": forms.StandDownForm(prefix="stand_down", data={"outcome": "resolved"}, **blank),
        "reopen": forms.ReasonForm(prefix="reopen", **blank),
    }


def playbook_form(incident: Incident, **given: Any) -> forms.PlaybookForm:
    """The playbooks of the library, in the incident's language first."""
    used = incident.playbook.scenario if incident.playbook else ""
    form = forms.PlaybookForm(prefix="playbook", data={"playbook": used}, **given)
    form.playbook.choices = [SelectChoice(each.scenario, each.title) for each in library.playbooks(incident.language)]
    return form


def statement_form(room: Room, draft: room_texts.Draft, **given: Any) -> forms.StatementForm:
    """The form of one channel's text; `given` may hold what was sent."""
    default = str(room_texts.CADENCE[room.incident.severity])
    proposed = {"text": draft.text, "promise": default}
    sent = given or {"formdata": None}
    form = forms.StatementForm(prefix=f"statement-{draft.channel}", data=proposed, **sent)
    form.promise.choices = promise_choices(room)
    return form


def promise_choices(room: Room) -> list[SelectChoice]:
    """Minutes and words, none last; `data-words` is the time as the text says it."""
    lengths = ((minutes, timedelta(minutes=minutes)) for minutes in room_texts.PROMISES)
    timed = [
        SelectChoice(
            str(minutes),
            locale.duration(length),
            {"data-words": room_texts.promise_words(room.incident, minutes, room.now)},
        )
        for minutes, length in lengths
    ]
    return [*timed, SelectChoice("", _("no promise"))]
