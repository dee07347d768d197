"""Forms: what a person may send. They hand over domain values: aware UTC datetimes, timedeltas, codes.

The page writes its own CSRF field, and the app checks it for every request, so a form has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
    validators,
)  # fmt: skip
from wtforms.widgets import TextInput

from firebreak.domain import durations
from firebreak.domain.refusal import Refused
from firebreak.web import locale, refusals, room_texts, words

WRITTEN = "%Y-%m-%dT%H:%M"
_SECONDS = re.compile(r"(?<=:[0-9]{2}):[0-9]{2}(\.[0-9]{1,6})?$")
_MINUTES = re.compile(r"[0-9]{1,5}")


class WhenField(Field):  # type: ignore[misc]
    """A `datetime-local` in the reader's zone; `data` is aware UTC, None when left empty."""

    widget = TextInput()
    widget.input_type = "datetime-local"

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.astimezone(locale.zone()).strftime(WRITTEN) if self.data else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Seconds are dropped; ValueError becomes the field's error."""
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = parse_when(valuelist[0].strip())


def parse_when(text: str) -> datetime:
    """ "2026-11-21T22:43" or "2026-11-21 22:43" in the reader's zone, as aware UTC. ValueError says how to write it."""
    try:
        written = datetime.strptime(_SECONDS.sub("", text.replace(" ", "T")), WRITTEN)  # noqa: DTZ007
        return written.replace(tzinfo=locale.zone()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(_("Write the date and time like 2026-11-21 22:43.")) from None


class DurationField(Field):  # type: ignore[misc]
    """A length of time as people write it: 30m, 2h, 1h30m, 3d. `data` is a timedelta."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return durations.spell(self.data) if self.data else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """A length beyond what a calendar holds is refused as one that cannot be read."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = durations.parse(valuelist[0].replace(" ", "").lower())
        except (ValueError, OverflowError):
            raise ValueError(_("Write a length of time like 30m, 2h, 1h30m or 3d.")) from None


class PageForm(FlaskForm):  # type: ignore[misc]
    """A form that can be told why its wish was refused."""

    form_errors: list[str]

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        csrf = False

    def process(self, *args: Any, **kwargs: Any) -> None:
        """A text that was not sent at all is an empty one."""
        super().process(*args, **kwargs)
        for field in self:
            if isinstance(field, StringField) and field.data is None:
                field.data = ""

    def refuse(self, refused: Refused) -> None:
        """Put the reason at the field it concerns, else above the form."""
        field = refused.facts.get("field") or {"in_future": "at", "too_early": "at"}.get(refused.code)
        place = next((name for name in (field, f"new_{field}") if name in self), None)
        if place:
            self[place].errors = [*self[place].errors, refusals.sentence(refused)]
        else:
            self.form_errors = [*self.form_errors, refusals.sentence(refused)]


def attempt(form: PageForm, wish: Callable[[], object]) -> bool:
    """Whether the form was in order and the wish was granted; if not, the form holds the reasons."""
    if not form.validate():
        return False
    try:
        wish()
    except Refused as refused:
        form.refuse(refused)
        return False
    return True


class TimedForm(PageForm):
    """A form for something that may have happened earlier."""

    at = WhenField(_l("When it happened"))


class TitleForm(PageForm):
    title = StringField(_l("Title"))


class SeverityForm(TimedForm):
    severity = RadioField(_l("Severity"), choices=lambda: words.choices("severity"))
    reason = StringField(_l("Why"), description=_l("Needed when you lower it. Do not lower it in the first hour."))


class RoleForm(TimedForm):
    person = SelectField(_l("Person"), coerce=lambda id: int(id) if id else None, choices=[])

    def validate_person(self, field: Field) -> None:
        """Where nobody is proposed, somebody has to be chosen."""
        if field.data is None:
            raise validators.ValidationError(_("Choose who takes it."))


class MomentForm(TimedForm):
    note = StringField(_l("Note"))


class StepDoneForm(TimedForm):
    choice = RadioField(_l("Choice"), choices=[], validators=[validators.Optional()], validate_choice=False)
    note = TextAreaField(_l("Note"))


class StepReasonForm(TimedForm):
    reason = TextAreaField(_l("Reason"))


class StepPersonForm(PageForm):
    """0 gives the step back to the role."""

    person = SelectField(_l("Person"), coerce=int, choices=[])


class OwnStepForm(PageForm):
    title = StringField(_l("What is to be done"))
    role = SelectField(_l("Whose job"), choices=lambda: words.choices("role"), default="lead")
    due = DurationField(
        _l("Due in"),
        default=timedelta(minutes=30),
        description=_l("Like 30m, 2h or 1d."),
        validators=[validators.InputRequired()],
    )
    phase = SelectField(_l("Part of the checklist"), choices=lambda: words.choices("phase"), default="first-hour")
    critical = BooleanField(_l("Critical: standing down asks for it"))


class NoteForm(TimedForm):
    text = TextAreaField(_l("Note"))
    files = MultipleFileField(_l("Files"))


class DecisionForm(TimedForm):
    question = StringField(_l("What had to be decided?"))
    options = TextAreaField(_l("What could be done"))
    chosen = StringField(_l("What was chosen"))
    why = TextAreaField(_l("Why"))


class StatementForm(TimedForm):
    """`promise` is minutes from the posting, or "" for none; a time in `next_update_at` goes before it."""

    text = TextAreaField(_l("Text"))
    url = URLField(_l("Link to the post"))
    promise = RadioField(_l("Next update"), default="", validate_choice=False)
    next_update_at = WhenField(_l("Or at"))
    as_it_is = BooleanField(_l("It was really posted like this"))

    def validate_text(self, field: Field) -> None:
        """A marker that nobody replaced is pointed out once; a true record is never blocked."""
        left = room_texts.marks(field.data or "")
        if left and not self.as_it_is.data:
            raise validators.ValidationError(
                _("The text still says %(marks)s. Replace it, or tick that it was really posted like this.", marks=left)
            )

    def promised(self, now: datetime) -> datetime | None:
        """When the statement says the next word comes; a posting still to come is refused later on."""
        if self.next_update_at.data or not _MINUTES.fullmatch(str(self.promise.data or "")):
            return self.next_update_at.data
        return min(self.at.data or now, now) + timedelta(minutes=min(int(self.promise.data), 60 * 24 * 30))


class PlaybookForm(PageForm):
    playbook = SelectField(_l("Playbook"), choices=[])


class StandDownForm(TimedForm):
    outcome = RadioField(_l("Outcome"), choices=lambda: words.choices("outcome"))
    duplicate_of = StringField(_l("Duplicate of"), description=_l("Its reference, like FB-2026-014."))
    reason = TextAreaField(_l("Reason"))


class ReasonForm(PageForm):
    reason = TextAreaField(_l("Reason"))


class CorrectionForm(TimedForm):
    """Made for one entry by `correction_form`: only the fields that this entry has."""

    reason = TextAreaField(_l("Why is it corrected?"))


LONG_TEXTS = frozenset({"text", "report", "why", "options", "note", "reason", "answer", "known", "unknown", "next"})
TIME_CODES = ("began_at", "noticed_at", "next_update_at")


def correction_form(keys: Sequence[str], timed: bool, prefix: str, values: Any, **given: Any) -> CorrectionForm:
    """A form with a field for each key of an entry, holding `values`; `timed` when its time may change too."""

    fields: dict[str, Any] = {f"new_{key}": _field_for(key) for key in keys}
    made: type[CorrectionForm] = type("Form", (CorrectionForm,), fields | ({} if timed else {"at": None}))
    return made(prefix=prefix, data=values, **given)


def _field_for(key: str) -> Any:
    label = words.word("field", key)
    if key == "channel":
        return SelectField(label, choices=words.choices("channel"))
    if key in TIME_CODES:
        return WhenField(label)
    return TextAreaField(label) if key in LONG_TEXTS else StringField(label)
