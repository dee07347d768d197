"""What is asked of every page: axe-core's rules for WCAG 2.2 AA, and those that axe-core does not know (audits.js)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
MORE = ("label-content-name-mismatch", "css-orientation-lock", "table-fake-caption", "td-has-header")
"""axe-core calls these experimental; they are right here."""
OPTIONS = {
    "runOnly": RULES,
    "rules": {rule: {"enabled": True} for rule in MORE},
    "resultTypes": ["violations"],
}
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
AUDITS = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def wrongs(page: Page, only_colours: bool = False) -> list[str]:
    """What axe-core found on the page, one line an element."""
    found: Any = Axe().run(page, options=COLOURS if only_colours else OPTIONS).response["violations"]
    return [f"{each['id']}: {node['html'][:200]} {node['target']}" for each in found for node in each["nodes"]]


def more_wrongs(page: Page) -> list[str]:
    """What else is wrong, one line an element: it does not depend on the theme."""
    return [*_asked(page, "beyond"), *_asked(page, "spaced")]


def too_small(page: Page) -> list[str]:
    """Controls that a thumb would miss."""
    return _asked(page, "small")


def unseen(page: Page) -> list[str]:
    """The element that has the focus, where that can not be seen."""
    return _asked(page, "hidden")


def _asked(page: Page, audit: str) -> list[str]:
    return list(page.evaluate(f"({AUDITS}).{audit}()"))
