"""Leaves out the tests of what FIREBREAK_SKIP names (browser, postgres, pdf), and says so where nobody misses it."""

from __future__ import annotations

import os

import pytest


def skipped() -> set[str]:
    return set(filter(None, os.environ.get("FIREBREAK_SKIP", "").split(",")))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for group in skipped():
            if item.get_closest_marker(group):
                item.add_marker(pytest.mark.skip(reason=f"FIREBREAK_SKIP={group}"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for group in sorted(skipped()):
        terminalreporter.write_sep("!", f"NOT TESTED: {group} (FIREBREAK_SKIP)", red=True, bold=True)
