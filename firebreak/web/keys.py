"""The list of keys. What a key does, the page says itself: `data-key` on the link, button or field it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

blueprint = Blueprint("keys", __name__)

SHEET: Sequence[tuple[Any, Sequence[tuple[Sequence[str], Any]]]] = (
    (
        _l("Everywhere"),
        (
            (("?",), _l("this list")),
            (("/",), _l("search")),
            (("c",), _l("open an incident")),
            (("g i",), _l("go to the incidents")),
            (("g a",), _l("go to the actions")),
            (("g p",), _l("go to the playbooks")),
            (("g e",), _l("go to the people")),
            (("g s",), _l("go to the settings")),
            (("g m",), _l("go to my account")),
            (("Esc",), _l("close what is open")),
        ),
    ),
    (
        _l("In lists and checklists"),
        (
            (("j", "↓"), _l("next line")),
            (("k", "↑"), _l("line before")),
            (("Enter",), _l("open or tick the line")),
            (("o",), _l("open the step")),
            (("x",), _l("tick the step")),
            (("u",), _l("undo the tick, while it is offered")),
        ),
    ),
    (
        _l("In an incident"),
        (
            (("n",), _l("write a note")),
            (("s",), _l("say something in public")),
            (("l",), _l("the log")),
            (("t",), _l("the clocks")),
            (("w",), _l("the next step")),
            (("b",), _l("one page for the executive")),
            (("r",), _l("the review")),
        ),
    ),
)
"""Groups of keys and what they do; two keys one after the other are written with a space."""


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/help/keys")
def show() -> ResponseReturnValue:
    """The list as a page; the `?` sheet shows its middle part."""
    return render_template("help/keys.html", groups=SHEET)
