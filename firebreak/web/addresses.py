"""Addresses of mail."""

from __future__ import annotations

import re

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from wtforms import Field, Form
from wtforms.validators import ValidationError

# Reserved names that companies use within their own network. The library refuses them, a mail server does not.
INTERNAL = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*(local|localhost|test)")


def normal(text: str) -> str:
    """The address as it is kept, in small letters. ValueError when mail could not go there."""
    local, _at, domain = text.strip().lower().rpartition("@")
    own = domain if INTERNAL.fullmatch(domain) else ""
    found = validate_email(
        f"{local}@{'example.org' if own else domain}", check_deliverability=False, globally_deliverable=False
    )
    return f"{found.local_part}@{own or found.domain}"


def address(_form: Form, field: Field) -> None:
    """A validator that leaves the address in its normal form."""
    try:
        field.data = normal(field.data or "")
    except EmailNotValidError:
        raise ValidationError(_("Write an address like ada@example.org.")) from None
