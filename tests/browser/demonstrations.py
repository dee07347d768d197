"""Demonstrations to look at: a desk with a month behind it, in one language, served."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import serving


@dataclass
class Demonstration:
    """Where it is, in which language, its folder, and how its people sign in (their emails by access)."""

    language: str
    address: str
    instance: Path
    emails: dict[str, str]
    password: str

    def sign_in(self, context: BrowserContext, access: str = "administrator") -> Page:
        """A page of a browser where nobody was signed in, after the sign-in."""
        page = context.new_page()
        page.goto(f"{self.address}/sign-in")
        page.locator("input[type=email]").fill(self.emails[access])
        page.locator("input[type=password]").fill(self.password)
        page.locator("main form button").last.click()
        page.wait_for_load_state()
        return page


@contextmanager
def demonstration(language: str, folder: Path) -> Iterator[Demonstration]:
    """Made and served; stopped at the end as by Ctrl-C."""
    instance = folder / "instance"
    command = [sys.executable, "-m", "firebreak", "demo", "--lang", language, "--instance", str(instance), "--no-serve"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    password, people = re.search(r"password (\S+) ", said), re.findall(r"(\S+@\S+)\s+(\w+)", said)
    assert password and people
    emails = {access: email for email, access in reversed(people)}
    with serving(folder) as desk:
        yield Demonstration(language, desk.address, instance, emails, password[1])
