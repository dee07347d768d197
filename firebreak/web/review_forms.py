"""Forms of the review, its actions, and the executive's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextInput

from firebreak import library
from firebreak.domain.incidents import Action, Incident
from firebreak.domain.model import NONE
from firebreak.web import locale
from firebreak.web.forms import PageForm
from firebreak.web.reasons import scenario_title
from firebreak.web.review_words import OUTCOMES
from firebreak.web.room_view import Room

NOBODY = 0


class DayField(Field):  # type: ignore[misc]
    """A date without a time; `data` is a date, None when left empty."""

    widget = TextInput()
    widget.input_type = "date"

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """ValueError becomes the field's error."""
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = parse_day(valuelist[0].strip())


def parse_day(text: str) -> date:
    """ "2026-11-28" as a date. ValueError says how to write it."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        raise ValueError(_("Write the date like 2026-11-28.")) from None


class ActionForm(PageForm):
    """`owner` 0 is nobody yet."""

    what = StringField(_l("What is to change"))
    owner = SelectField(_l("Owner"), coerce=int, choices=[])
    due = DayField(_l("Due date"))

    @property
    def wish(self) -> tuple[str, int | None, date | None]:
        return self.what.data or "", self.owner.data or None, self.due.data


class CloseForm(PageForm):
    outcome = RadioField(
        _l("Outcome"), choices=lambda: [SelectChoice(*each) for each in OUTCOMES.items()], default="done"
    )
    note = TextAreaField(_l("Note"), description=_l("Needed when it is dropped."))


class JudgeForm(PageForm):
    """Which playbook would have been right."""

    scenario = SelectField(_l("Playbook"), choices=[], validate_choice=False)


class AgreeForm(PageForm):
    note = TextAreaField(_l("Note"))


class BriefForm(PageForm):
    known = TextAreaField(_l("What we know"))
    unknown = TextAreaField(_l("What we do not know yet"))
    next = TextAreaField(_l("What comes next"))


def action_form(room: Room, action: Action | None = None, **given: Any) -> ActionForm:
    """Everybody active, and who owns it now."""
    values = {"what": action.what, "owner": action.owner or NOBODY, "due": action.due} if action else {}
    form = ActionForm(prefix="action", data=values, **given)
    people = {person.id: person.name for person in room.people}
    if action and action.owner:
        people.setdefault(action.owner, room.name(action.owner))
    form.owner.choices = [
        SelectChoice(str(NOBODY), _("nobody yet")),
        *(SelectChoice(str(i), n) for i, n in people.items()),
    ]
    return form


def judge_form(incident: Incident, **given: Any) -> JudgeForm:
    """The one that was used on top, then the rest of the library by title, then none of them."""
    used = incident.playbook.scenario if incident.playbook else ""
    form = JudgeForm(prefix="judge", data={"scenario": incident.judged or used}, **given)
    rest = {each.scenario: each.title for each in library.playbooks(locale.language()) if each.scenario != used}
    titles = dict(sorted(rest.items(), key=lambda pair: pair[1]))
    own = {used: _("%(title)s (the one used)", title=scenario_title(used))} if used else {"": _("Choose a playbook")}
    named = {**own, **titles, NONE: _("None of them")}
    form.scenario.choices = [SelectChoice(scenario, title) for scenario, title in named.items()]
    return form


def answers_form(questions: Mapping[str, str], mine: Mapping[str, str], **given: Any) -> PageForm:
    """A field for each question (code -> words), holding what this person answered."""
    fields = {code: TextAreaField(text) for code, text in questions.items()}
    made: type[PageForm] = type("Answers", (PageForm,), fields)
    return made(prefix="review", data=mine, **given)
