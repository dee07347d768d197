"""The one question that separates two scenarios that are close, and what its answer speaks against.

Each scenario has a hallmark: a plain question whose yes means this scenario and no other. Where one of two scenarios is
always posted from the desk's own account, and the other never, that is asked instead: anybody can see it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

OWN_ACCOUNT = "own_account"

HALLMARKS: Mapping[str, str] = {
    "account-takeover": "strangers_hold_it",
    "angry-backlash": "offended",
    "automation-misfire": "machine",
    "bought-followers": "false_numbers",
    "data-exposure": "data_seen",
    "employee-leak": "inside_paper",
    "employee-misconduct": "one_of_ours_did",
    "executive-remarks": "leader_said",
    "false-rumour": "untrue",
    "hijacked-campaign": "asked_to_join",
    "hostile-exchange": "quarrelling",
    "ignored-complaint": "waited_long",
    "influencer-fallout": "paid_face",
    "misdirected-post": "meant_elsewhere",
    "mixed-messages": "two_versions",
    "product-safety": "can_hurt",
    "promotion-gone-wrong": "promise_unkept",
    "service-outage": "not_working",
    "undisclosed-voice": "hid_who",
    "unwelcome-intrusion": "pushed_in",
    "weekend-firestorm": "nobody_there",
}
"""The question that only this scenario answers with yes."""

QUESTIONS = (OWN_ACCOUNT, *HALLMARKS.values())

_FROM_OURS = frozenset(
    ("misdirected-post", "account-takeover", "automation-misfire", "hostile-exchange", "unwelcome-intrusion")
)
_NEVER_FROM_OURS = frozenset(
    (
        *("employee-leak", "employee-misconduct", "executive-remarks", "influencer-fallout", "false-rumour"),
        *("service-outage", "data-exposure", "ignored-complaint", "product-safety", "bought-followers"),
    )
)
_SCENARIO_OF = {question: scenario for scenario, question in HALLMARKS.items()}
_CLOSE = 0.3
_LEAST = 0.1


def question(best: Sequence[tuple[str, float]], answers: Mapping[str, bool]) -> str | None:
    """The question that settles the first two of these scenarios and scores, if they are close and it is still open."""
    if len(best) < 2 or best[1][1] < max(_LEAST, _CLOSE * best[0][1]):
        return None
    (first, _), (second, _) = best[:2]
    asked = OWN_ACCOUNT if _by_account(first, second) else HALLMARKS.get(first) or HALLMARKS.get(second)
    return None if asked is None or asked in answers else asked


def against(scenario: str, answers: Mapping[str, bool]) -> int:
    """How many of the answers speak against a scenario."""
    return sum(_contradicts(scenario, asked, answer) for asked, answer in answers.items())


def backs(scenario: str, asked: str, answer: bool) -> bool:
    """Whether an answer speaks for a scenario: it is what the scenario would have answered, and others not."""
    if asked == OWN_ACCOUNT:
        return scenario in (_FROM_OURS if answer else _NEVER_FROM_OURS)
    return answer and HALLMARKS.get(scenario) == asked


def _contradicts(scenario: str, asked: str, answer: bool) -> bool:
    if asked == OWN_ACCOUNT:
        return scenario in (_NEVER_FROM_OURS if answer else _FROM_OURS)
    if asked not in _SCENARIO_OF:
        return False
    return answer != (_SCENARIO_OF[asked] == scenario)


def _by_account(first: str, second: str) -> bool:
    return (first in _FROM_OURS and second in _NEVER_FROM_OURS) or (first in _NEVER_FROM_OURS and second in _FROM_OURS)
