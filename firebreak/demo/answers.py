"""Which question of a playbook's review a story's answer belongs to: stories name what is asked, reviews number it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from firebreak.domain.deciding.review import ALWAYS, GENERIC
from firebreak.domain.incidents import Incident

ASKED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "angry-backlash": (
            *("first_seen", "minutes", "defended", "same", "sentence", "ran"),
            *("hurt_group", "unreached", "deleted", "luck", "change"),
        ),
        "employee-leak": (
            *("first_seen", "minutes", "staff_first", "line_true", "name_guessed", "legal_first"),
            *("access", "same", "takedown", "why_outside", "luck", "change"),
        ),
        "weekend-firestorm": (
            *("minutes", "rota", "silent_phone", "first_word", "published", "night_numbers"),
            *("hand_over", "same", "denial", "luck", "change"),
        ),
    }
)
"""The subjects of the questions, in the order in which a playbook lists them; the same in every language."""


def codes_of(incident: Incident, listed: int) -> dict[str, str]:
    """Subject -> code of the question. A playbook that asks otherwise is left with the house's own questions."""
    always = {code: code for code in ALWAYS}
    asked = ASKED.get(incident.playbook.scenario, ()) if incident.playbook else ()
    if len(asked) == listed and listed:
        return always | {subject: f"q{number}" for number, subject in enumerate(asked, 1)}
    return always if listed else always | {code: code for code in GENERIC}
