"""The playbook library."""

from __future__ import annotations

from firebreak import library
from firebreak.api import answers, shown
from firebreak.api.operations import operation
from firebreak.api.problems import Wrong
from firebreak.domain.playbooks import LANGUAGES


@operation("GET", "/playbooks", access="observer", answer=answers.Playbooks)
def list_playbooks() -> answers.Playbooks:
    """Every playbook in every language it was written in."""
    return answers.Playbooks(playbooks=[shown.playbook_line(each) for each in library.every()])


@operation("GET", "/playbooks/<language>/<scenario>", access="observer", answer=answers.Playbook)
def show_playbook(language: str, scenario: str) -> answers.Playbook:
    """A playbook, in the language or the next best (the answer says which)."""
    found = library.get(language, scenario) if language in LANGUAGES else None
    if found is None:
        raise Wrong(404, "unknown_playbook", language=language, scenario=scenario)
    return shown.playbook(found)
