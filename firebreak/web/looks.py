"""How a browser shows the desk: light or dark, and whether single keys do things.

Both belong to the machine one sits at, not to the account: a phone in bed is dark, the laptop at the office is not. So
they are cookies, set by a form of the account page, and hold nothing about anybody.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Flask, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice

from firebreak.web.forms import PageForm

THEME, KEYS = "firebreak_theme", "firebreak_keys"
THEMES = ("light", "dark")
KEPT = timedelta(days=365)

blueprint = Blueprint("looks", __name__)


class LooksForm(PageForm):
    theme = RadioField(
        _l("Light or dark"),
        choices=[
            SelectChoice("", _l("As this device is set")),
            SelectChoice("light", _l("Light")),
            SelectChoice("dark", _l("Dark")),
        ],
    )
    keys = BooleanField(_l("Single keys do things, such as n for a note"))


def init_app(app: Flask) -> None:
    """Templates get `theme()` ("", "light" or "dark"), `keys_on()` and `looks_form()`."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(theme=theme, keys_on=keys_on, looks_form=looks_form)


def theme() -> str:
    """What this browser's reader chose; "" follows the device."""
    chosen = request.cookies.get(THEME, "")
    return chosen if chosen in THEMES else ""


def keys_on() -> bool:
    """Whether keys work; people who speak to their machine turn them off (WCAG 2.1.4)."""
    return request.cookies.get(KEYS) != "off"


def looks_form() -> LooksForm:
    """The form as this browser is set."""
    return LooksForm(formdata=None, data={"theme": theme(), "keys": keys_on()})


@blueprint.post("/account/looks")
def choose() -> ResponseReturnValue:
    """Keep the choice in this browser for a year."""
    form = LooksForm()
    flash(_("Saved for this browser."))
    answer = redirect(url_for("account.index"), 303)
    kept = {"max_age": KEPT, "httponly": True, "samesite": "Lax", "secure": current_app.config["FIREBREAK"].https_only}
    answer.set_cookie(THEME, form.theme.data if form.theme.data in THEMES else "", **kept)
    answer.set_cookie(KEYS, "on" if form.keys.data else "off", **kept)
    return answer
