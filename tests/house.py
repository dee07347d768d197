"""The playbooks the house ships, read as the desk reads them."""

from __future__ import annotations

from functools import cache

from firebreak import config, playbook_files
from firebreak.domain.playbooks import Playbook

HOUSE = config.HOME / "playbooks"


@cache
def shipped(language: str, scenario: str) -> Playbook:
    """One playbook of the house."""
    look = playbook_files.read((HOUSE,), playbook_files.Look(), scenario)
    found = {each.key: each for each in look.files.values()}[f"{language}/{scenario}.md"]
    assert found.playbook, found.problems
    return found.playbook
