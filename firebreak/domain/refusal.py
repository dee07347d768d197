"""The one exception by which a rule says no."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A wish that the rules do not allow. `code` is stable; pages and the API turn it into words."""

    def __init__(self, code: str, /, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        facts = ", ".join(f"{key}={value}" for key, value in self.facts.items())
        return f"{self.code} ({facts})" if facts else self.code
