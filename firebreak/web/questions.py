"""The questions that tell two scenarios apart, in plain words, and the answers of a form.

In a form an answer is `own_account:yes`, `:no` or `:unknown`; `own_account:` takes it back. Several stand in one field,
with commas between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

TEXTS: Mapping[str, Any] = {
    "own_account": _l("Was it posted from our own account?"),
    "strangers_hold_it": _l("Is a stranger using our account, or pretending to be us?"),
    "offended": _l("Are people hurt or insulted by something we published ourselves?"),
    "machine": _l("Did a machine of ours do it: a bot, an automatic reply, a scheduled post?"),
    "false_numbers": _l("Do people say that our followers, likes, views or stars were bought?"),
    "data_seen": _l("Did people's personal data get into the wrong hands, or may they have?"),
    "inside_paper": _l("Did something from inside the company get out: a memo, a chat, a recording, a plan?"),
    "one_of_ours_did": _l("Is it about how one of our employees behaved, at work or in private?"),
    "leader_said": _l("Is it about something the boss, an owner or another leader said or wrote?"),
    "untrue": _l("Is something untrue about us going round?"),
    "asked_to_join": _l("Did we ask people to join in (a hashtag, a contest, a vote), and they turned it against us?"),
    "quarrelling": _l("Did somebody speaking for us argue with people or insult them in public?"),
    "waited_long": _l("Did a customer ask us for help and get no real answer?"),
    "paid_face": _l("Is it about an influencer, an ambassador or a star who stands for us?"),
    "meant_elsewhere": _l("Did one of us post it by mistake: on the wrong account, to the wrong people, too early?"),
    "two_versions": _l("Have we said two different things: the site one, the shop or the hotline another?"),
    "can_hurt": _l("Can a product or a place of ours hurt people or make them ill?"),
    "promise_unkept": _l("Did we promise people an offer, a price or a prize, and then not keep it?"),
    "not_working": _l("Is something of ours down or broken for many: the site, the app, payments, deliveries?"),
    "hid_who": _l("Did somebody of ours praise us or attack others without saying who they are?"),
    "pushed_in": _l("Did we push in where nobody wanted us: a tragedy, a trend, somebody's inbox?"),
    "nobody_there": _l("Did it grow while none of us was there to see it or answer?"),
}
"""By the ids of `firebreak.domain.separating`. A yes means one scenario and no other."""

ANSWERS: Mapping[str, Any] = {"yes": _l("Yes"), "no": _l("No"), "unknown": _l("Don't know")}


def read(field: str | None) -> dict[str, str]:
    """The answers in a field, by question; what is no question or no answer is passed over."""
    pairs = (each.partition(":") for each in (field or "").split(","))
    return {question: code for question, _colon, code in pairs if question in TEXTS and code in ANSWERS}


def settle(given: Mapping[str, str], pressed: str | None) -> dict[str, str]:
    """The answers after a button was pressed; any other button leaves them as they are."""
    question, _colon, code = (pressed or "").partition(":")
    kept = {each: before for each, before in given.items() if each != question}
    return {**kept, question: code} if question in TEXTS and code in ANSWERS else kept


def written(given: Mapping[str, str]) -> str:
    """The answers as `read` reads them."""
    return ",".join(f"{question}:{code}" for question, code in given.items())


def told(given: Mapping[str, str]) -> dict[str, bool]:
    """What the matcher learns from them: of a question that nobody could answer, nothing."""
    return {question: code == "yes" for question, code in given.items() if code != "unknown"}
