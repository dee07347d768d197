"""Choosing a password: one rule wherever it is set. Length is what counts; the rest keeps out the first guesses."""

from __future__ import annotations

import unicodedata

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import hash_password
from wtforms import PasswordField

from firebreak.web.forms import PageForm

SHORTEST = 12
LONGEST = 500
DIFFERENT = 5
TELLING = 4
"""A word of the person counts as a hint from this many letters on."""


class NewPasswordForm(PageForm):
    """A new password, typed twice. `about` holds words of the person, which make poor passwords."""

    password = PasswordField(_l("New password"), render_kw={"autocomplete": "new-password", "maxlength": LONGEST})
    again = PasswordField(_l("The same again"), render_kw={"autocomplete": "new-password", "maxlength": LONGEST})

    def validate(self, *args: object, about: tuple[str, ...] = (), **kwargs: object) -> bool:
        """As usual, with the rule on top."""
        in_order = bool(super().validate(*args, **kwargs))
        what = problem(self.password.data or "", *about)
        if what:
            self.password.errors = [what]
        elif self.password.data != self.again.data:
            self.again.errors = [_("The two passwords differ.")]
        return in_order and not what and not self.again.errors

    @property
    def hash(self) -> str:
        """The password as it is kept."""
        return hashed(self.password.data)


def problem(password: str, *about: str) -> str:
    """What speaks against a password, in words; "" when it will do."""
    if len(password) < SHORTEST:
        return _(
            "Use at least %(count)d characters. Four or five words in a row are easy to keep in mind.", count=SHORTEST
        )
    if len(password) > LONGEST:
        return _("Use at most %(count)d characters.", count=LONGEST)
    if len(set(password)) < DIFFERENT:
        return _("Use more different characters.")
    parts = (word for text in about for word in text.replace("@", " ").replace(".", " ").split())
    words = {word.lower() for word in (*about, *parts)}
    rest = password.lower()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "") if len(word) >= TELLING else rest
    return _("Use something other than your name or address.") if len(rest) < SHORTEST - TELLING else ""


def hashed(password: str) -> str:
    """Argon2, of the normal form that Flask-Security compares. Slow by design: never call it in a transaction."""
    return str(hash_password(unicodedata.normalize("NFKD", password)))
