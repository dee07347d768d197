"""Colours that can be told apart: every pair that a page may show, in both themes (WCAG 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re

import pytest

from firebreak.config import HOME

GROUNDS = ("paper", "surface", "sunken")
TEXTS = [
    *(
        (ink, ground)
        for ink in ("ink", "soft", "accent", "accent-strong", "danger", "warn", "ok")
        for ground in GROUNDS
    ),
    *((f"{tone}", f"{tone}-soft") for tone in ("ok", "warn", "danger", "accent")),
    *(("ink", f"{tone}-soft") for tone in ("ok", "warn", "danger", "accent")),
    *(("soft", ground) for ground in ("accent-soft", "warn-soft")),
    *(("accent", ground) for ground in ("accent-soft", "warn-soft", "danger-soft")),
    ("warn", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-danger", "danger"),
    ("on-ok", "ok-fill"),
    ("surface", "ink"),
    ("stripe", "stripe-ground"),
]
MARKS = [
    (mark, ground) for mark in ("edge", "focus", "warn-fill", "ember", "ok-fill") for ground in ("paper", "surface")
]


def colours(theme: str) -> dict[str, tuple[float, ...]]:
    """Name -> its red, green and blue, 0 to 1; the dark theme goes over the light one, as on the page."""
    found: dict[str, tuple[float, ...]] = {}
    for sheet in ("tokens", "dark")[: 2 if theme == "dark" else 1]:
        plain = (HOME / f"static/css/{sheet}.css").read_text("utf-8").partition("@media")[0]
        for name, digits in re.findall(r"--([a-z-]+): #([0-9a-f]{3,6})\b", plain, re.I):
            full = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
            found[name] = tuple(int(full[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return found


def light(colour: tuple[float, ...]) -> float:
    """Relative luminance."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(theme: str, one: str, other: str) -> float:
    known = colours(theme)
    darker, lighter = sorted((light(known[one]), light(known[other])))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_is_legible_on_its_ground(theme: str) -> None:
    assert {pair: ratio(theme, *pair) for pair in TEXTS if ratio(theme, *pair) < 4.5} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_edge_and_mark_can_be_seen(theme: str) -> None:
    assert {pair: round(ratio(theme, *pair), 2) for pair in MARKS if ratio(theme, *pair) < 3} == {}
