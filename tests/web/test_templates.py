"""The laws of templates: each parses, no inline script or style, one for each kind of entry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from firebreak.config import HOME
from firebreak.domain.events import EventKind

TEMPLATES = sorted((HOME / "templates").rglob("*.html"))
DESK_KINDS = ("person:", "access:", "account:", "link:", "settings:", "token:")
INCIDENT_KINDS = [kind for kind in EventKind if not kind.startswith(DESK_KINDS)]
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle=|\son[a-z]+=\"|javascript:", re.I)


def _name(path: Path) -> str:
    return str(path.relative_to(HOME / "templates"))


def test_every_template_parses(app):
    assert [app.jinja_env.get_template(_name(path)) for path in TEMPLATES]


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_no_template_holds_inline_script_or_style(path):
    assert INLINE.findall(path.read_text("utf-8")) == []


@pytest.mark.parametrize("kind", INCIDENT_KINDS)
def test_every_kind_of_entry_has_a_template(kind):
    assert (HOME / "templates/entries" / f"{kind.replace(':', '_')}.html").exists()


@pytest.mark.parametrize("kind", INCIDENT_KINDS)
def test_every_kind_of_entry_has_a_name(kind):
    from firebreak.web.words import ENTRY_KINDS

    assert kind in ENTRY_KINDS


def test_every_icon_asked_for_is_in_the_sprite():
    sprite = (HOME / "static/icons.svg").read_text("utf-8")
    asked = {name for path in TEMPLATES for name in re.findall(r'icon\("([a-z-]+)"\)', path.read_text("utf-8"))}
    assert {name for name in asked if f'id="{name}"' not in sprite} == set()


def test_the_frame_hides_nothing_that_a_view_hands_to_its_page():
    """What is set at the top of a frame is seen in its blocks, in place of what the view has given."""
    frame = (HOME / "templates/base.html").read_text("utf-8")
    assert re.findall(r"\{%-? set (\w+)", frame) == ["here"]
