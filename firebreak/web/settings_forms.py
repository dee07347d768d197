"""The forms of the desk's settings. They hand over values as `firebreak.store.settings` keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parseaddr
from typing import Any

from babel.dates import get_day_names
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FormField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
)  # fmt: skip
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, ValidationError

from firebreak.domain import hours
from firebreak.domain.refusal import Refused
from firebreak.domain.text import clean
from firebreak.notify.notice import SendError
from firebreak.notify.words import reason
from firebreak.store import queries
from firebreak.web import choices, refusals, words
from firebreak.web.forms import PageForm

MOST_CHANNELS = 60
SECURITIES = [
    SelectChoice("starttls", _l("STARTTLS (port 587)")),
    SelectChoice("tls", _l("TLS (port 465)")),
    SelectChoice("none", _l("None")),
]


def typed(_form: PageForm, field: Field) -> None:
    """A validator: a text of a sensible length that a database can keep, without blanks around it."""
    try:
        field.data = clean(field.data, "text", 5000).strip()
    except Refused as refused:
        raise ValidationError(refusals.sentence(refused)) from None


class DeskForm(PageForm):
    """`values` is what is stored; the hours of a weekday are `hours_0` (Monday) to `hours_6`."""

    desk_name = StringField(_l("Name of the desk"), validators=[typed])
    brands = TextAreaField(
        _l("Brand names"), validators=[typed], description=_l("One a line: names, products, handles.")
    )
    language = SelectField(
        _l("Language"), choices=choices.languages, description=_l("For people who have not chosen one.")
    )
    zone = SelectField(_l("Time zone"), choices=choices.zones)
    country = SelectField(
        _l("Country"), choices=choices.countries, description=_l("Its public holidays are not staffed.")
    )
    two_factor_required = BooleanField(_l("Everybody must sign in with a second step"))
    hours_0, hours_1, hours_2, hours_3, hours_4, hours_5, hours_6 = (
        StringField(validators=[typed]) for _day in range(7)
    )

    def __init__(self, stored: dict[str, Any]) -> None:
        staffed = {f"hours_{day}": text for day, text in enumerate(stored["staffed"])}
        super().__init__(data={**stored, **staffed, "brands": "\n".join(stored["brands"])})
        for day, name in get_day_names("wide", locale=get_locale()).items():
            self[f"hours_{day}"].label.text = name

    @property
    def week(self) -> list[Field]:
        """The seven fields of hours, Monday first."""
        return [self[f"hours_{day}"] for day in range(7)]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Hours that cannot be read are said at their day."""
        in_order = bool(super().validate(*args, **kwargs))
        for field in self.week:
            try:
                field.data = hours.spell_day(hours.parse_day(field.data or ""))
            except hours.BadHours as bad:
                field.errors = [_hours_wrong(bad)]
                in_order = False
        return in_order

    def values(self) -> dict[str, Any]:
        names = ("language", "zone", "country", "two_factor_required")
        brands = list(dict.fromkeys(line.strip() for line in self.brands.data.splitlines() if line.strip()))
        kept = {name: self[name].data for name in names}
        staffed = [field.data for field in self.week]
        return {**kept, "desk_name": self.desk_name.data or "Firebreak", "brands": brands, "staffed": staffed}


def _hours_wrong(bad: hours.BadHours) -> str:
    if bad.code == "hours_backwards":
        return _("%(text)s: the end is not after the start. Hours over midnight belong to two days.", text=bad.text)
    if bad.code == "hours_overlap":
        return _("%(text)s: these hours overlap.", text=bad.text)
    return _("%(text)s: write hours like 09:00-12:30, 14:00-18:00, or leave the day empty.", text=bad.text)


class ChannelRow(PageForm):
    channel = SelectField(_l("Channel"), choices=lambda: [SelectChoice("", _("None")), *words.choices("channel")])
    owner = SelectField(_l("Owner"), coerce=int, choices=lambda: [SelectChoice(0, _("Nobody")), *_owners()])
    address = StringField(_l("Page or account"), validators=[typed])


def _owners() -> list[SelectChoice]:
    return [SelectChoice(person.id, person.name) for person in queries.people(only_active=True)]


class Rows(FieldList):  # type: ignore[misc]
    """Rows numbered as our page numbers them: of other numbers, WTForms fails on some."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        numbered = re.compile(re.escape(prefix) + r"-([0-9]{1,3})-")
        return (int(found[1]) for found in map(numbered.match, formdata) if found)


class ChannelsForm(PageForm):
    """A row for each channel and one to spare; rows without a channel are left out."""

    rows = Rows(FormField(ChannelRow), max_entries=MOST_CHANNELS)

    def __init__(self, stored: dict[str, Any]) -> None:
        known = {choice.value for choice in _owners()}
        rows = [{**row, "owner": row["owner"] if row["owner"] in known else 0} for row in stored["channels"]]
        super().__init__(data={"rows": rows})

    def spare(self) -> None:
        """One more empty row."""
        if len(self.rows) < MOST_CHANNELS:
            self.rows.append_entry()

    def values(self) -> dict[str, Any]:
        rows = [row.data for row in self.rows if row.data["channel"]]
        kept = [{"channel": r["channel"], "owner": r["owner"] or None, "address": r["address"]} for r in rows]
        return {"channels": kept}


class MailForm(PageForm):
    """The password is never shown again; left empty, the one that is kept stays."""

    mail_host = StringField(_l("Mail server"), validators=[typed], description=_l("Such as smtp.example.org."))
    mail_port = IntegerField(_l("Port"), validators=[NumberRange(1, 65535, _l("A number from 1 to 65535."))])
    mail_security = SelectField(_l("Encryption"), choices=SECURITIES)
    mail_user = StringField(_l("User name"), validators=[typed], render_kw={"autocomplete": "off"})
    mail_password = PasswordField(_l("Password"), render_kw={"autocomplete": "new-password"})
    mail_sender = StringField(_l("Sender"), validators=[typed], description=_l("Such as Desk <desk@example.org>."))

    def validate_mail_sender(self, field: Field) -> None:
        """Found out now, not at the first alarm."""
        if field.data and "@" not in parseaddr(field.data)[1]:
            raise ValidationError(_("Write an address such as Desk <desk@example.org>."))

    def values(self) -> dict[str, Any]:
        """Without a user name there is no password to keep."""
        kept: dict[str, Any] = dict(self.data)
        if kept["mail_user"] and not kept["mail_password"]:
            del kept["mail_password"]
        return kept


class WebhookForm(PageForm):
    webhook_url = URLField(
        _l("Address"), validators=[typed], description=_l("https:// is best; leave it empty for none.")
    )
    webhook_private = BooleanField(
        _l("The receiver is in our own network"),
        description=_l("Allows private and local addresses. Addresses that give out a cloud's keys stay forbidden."),
    )

    def validate_webhook_url(self, field: Field) -> None:
        """The address is looked at again each time something is sent."""
        from firebreak.notify import webhook  # only now: it brings what sends, and web processes do not send

        if not field.data:
            return
        try:
            webhook.check(field.data, bool(self.webhook_private.data))
        except SendError as error:
            raise ValidationError(_sentence(error)) from None
        except OSError:
            raise ValidationError(_("No such host is known. Check the address.")) from None

    def values(self) -> dict[str, Any]:
        return dict(self.data)


def _sentence(error: SendError) -> str:
    if error.reason == "bad_url":
        return _("Write a full address that starts with https:// or http://.")
    if error.reason == "forbidden_address":
        return _("This address is private or reserved. Tick the box below if the receiver is in your own network.")
    return reason(error.reason)
