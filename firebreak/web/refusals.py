"""Every `Refused` as a sentence that says what to do, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from firebreak.domain.refusal import Refused
from firebreak.web import locale, words

Facts = Mapping[str, Any]


def sentence(refused: Refused) -> str:
    """What is wrong and what to do. A code without words of its own still says that nothing was saved."""
    tell = SENTENCES.get(refused.code)
    return tell(refused.facts) if tell else _("This cannot be done (%(code)s). Nothing was saved.", code=refused.code)


def _field(facts: Facts) -> str:
    return words.word("field", facts.get("field", ""))


def _bad_character(facts: Facts) -> str:
    return _(
        "%(field)s holds a character no database keeps (%(code)s) at position %(position)d. Delete it and try again.",
        field=_field(facts), code=facts["code"], position=facts["position"],
    )  # fmt: skip


def _too_long(facts: Facts) -> str:
    return _(
        "%(field)s is %(length)d characters long; at most %(longest)d fit. Shorten it, or attach it as a file.",
        field=_field(facts), length=facts["length"], longest=facts["longest"],
    )  # fmt: skip


def _required(facts: Facts) -> str:
    return _("%(field)s: write something here.", field=_field(facts))


def _in_future(facts: Facts) -> str:
    return _(
        "%(at)s has not come yet. Give a time that has passed, or leave it empty for now.", at=locale.when(facts["at"])
    )


def _before_opening(facts: Facts) -> str:
    at, opened = locale.when(facts["at"]), locale.when(facts["opened"])
    return _("It was opened at %(opened)s and cannot be over before (%(at)s).", opened=opened, at=at)


def _too_early(facts: Facts) -> str:
    return _("%(at)s is too long ago. Check the year.", at=locale.when(facts["at"]))


def _began_after_noticed(facts: Facts) -> str:
    began, noticed = locale.when(facts["began"]), locale.when(facts["noticed"])
    return _(
        "It cannot begin (%(began)s) after it was noticed (%(noticed)s). Change one of them.",
        began=began,
        noticed=noticed,
    )


def _promise_before_statement(facts: Facts) -> str:
    return _(
        "The next update must come after the statement, posted %(at)s. Choose a later time.",
        at=locale.when(facts["at"]),
    )


def _critical_steps_open(facts: Facts) -> str:
    return ngettext(
        "%(num)d critical step is still open. Finish it, or say why you stand down without it.",
        "%(num)d critical steps are still open. Finish them, or say why you stand down without them.",
        len(facts["steps"]),
    )


def _cannot_work(facts: Facts) -> str:
    return _("This person has no account that may work incidents. Choose somebody else.")


def _unknown_reference(facts: Facts) -> str:
    return _("There is no incident %(reference)s. References look like FB-2026-014.", reference=facts["reference"])


def _file_type(facts: Facts) -> str:
    types = ", ".join(facts["types"])
    return _("A file is of a kind we do not keep. Send pictures, films, PDF or plain text (%(types)s).", types=types)


def _actions_incomplete(facts: Facts) -> str:
    return ngettext(
        "%(num)d open action has no owner or no date. Give it both, or close it, and agree then.",
        "%(num)d open actions have no owner or no date. Give them both, or close them, and agree then.",
        len(facts["actions"]),
    )


SENTENCES: Mapping[str, Callable[[Facts], str]] = {
    "action_closed": lambda facts: _("This action is closed. Strike its closing out in the log to open it again."),
    "action_incomplete": lambda facts: _("The review is agreed: an action keeps an owner and a date."),
    "actions_incomplete": _actions_incomplete,
    "already_open": lambda facts: _("This incident is already open."),
    "already_set_up": lambda facts: _("Somebody has set this desk up already. Sign in, or ask for an invitation."),
    "already_struck": lambda facts: _("Entry %(entry)d was already struck out.", entry=facts["entry"]),
    "answer_emptied": lambda facts: _("To take an answer back, open its entry in the log and strike it out."),
    "bad_address": lambda facts: _("The link must start with http:// or https://. Paste it from the address bar."),
    "bad_character": _bad_character,
    "bad_playbook_name": lambda facts: _(
        "A playbook is named by small letters, digits and hyphens, like night-porter, and by one of the languages."
    ),
    "began_after_noticed": _began_after_noticed,
    "choose_option": lambda facts: _("Choose one of the options first."),
    "critical_steps_open": _critical_steps_open,
    "disabled": lambda facts: _("This account is disabled. Enable it first."),
    "due_not_ahead": lambda facts: _("Give a length of time from now, such as 30m or 2h."),
    "duplicate_of_itself": lambda facts: _(
        "An incident cannot be a duplicate of itself. Give the other one's reference."
    ),
    "duplicate_of_what": lambda facts: _(
        "For a duplicate, give the other incident's reference; otherwise leave it empty."
    ),
    "email_taken": lambda facts: _("Another account has this address. Look for it under People."),
    "empty_file": lambda facts: _("A file is empty. Choose it again, or leave it out."),
    "file_type": _file_type,
    "in_future": _in_future,
    "key_reused": lambda facts: _(
        "This Idempotency-Key has opened %(reference)s with another request. Take a new key.",
        reference=facts["reference"],
    ),
    "last_administrator": lambda facts: _("This is the last administrator. Make somebody else administrator first."),
    "link_over": lambda facts: _("This link no longer works. Ask for a new one."),
    "no_person": lambda facts: _("There is no person behind this token. Say who leads: an account or its address."),
    "not_correctable": lambda facts: _(
        "This part of entry %(entry)d cannot be corrected. Add a note instead.", entry=facts["entry"]
    ),
    "not_mendable": lambda facts: _(
        "Entry %(entry)d cannot be changed. Add a note that says what was wrong.", entry=facts["entry"]
    ),
    "playbook_changed": lambda facts: _(
        "Somebody has saved this playbook since you opened it. Nothing was saved: look at both texts first."
    ),
    "playbook_unreadable": lambda facts: _(
        "The desk cannot read the file of this playbook (%(why)s). Ask whoever runs the desk.", why=facts["why"]
    ),
    "playbook_unwritable": lambda facts: _(
        "The desk cannot write %(path)s (%(why)s). Nothing was saved: ask whoever runs the desk.",
        path=facts["path"],
        why=facts["why"],
    ),
    "promise_before_statement": _promise_before_statement,
    "promise_too_far": lambda facts: _(
        "The next update is promised too far ahead: at most %(days)d days. Check the date.", days=facts["days"]
    ),
    "required": _required,
    "review_agreed": lambda facts: _("The review was agreed. Open it again to add to it."),
    "review_too_early": lambda facts: _(
        "The review is written after standing down. Stand %(reference)s down first.", reference=facts["reference"]
    ),
    "stood_down": lambda facts: _(
        "%(reference)s was stood down. Open it again to work on it.", reference=facts["reference"]
    ),
    "too_early": _too_early,
    "before_opening": _before_opening,
    "too_long": _too_long,
    "unknown_access": lambda facts: _("Choose one from the list."),
    "unknown_action": lambda facts: _("This action is no longer in the review. Look at the review again."),
    "unknown_entry": lambda facts: _("There is no entry %(entry)s in this log.", entry=facts["entry"]),
    "cannot_work": _cannot_work,
    "unknown_playbook": lambda facts: _(
        "There is no playbook %(scenario)s. Look in the list of playbooks.", scenario=facts["scenario"]
    ),
    "unknown_reference": _unknown_reference,
    "unknown_step": lambda facts: _("This step is no longer in the checklist. Look at the checklist again."),
    "unknown_word": lambda facts: _("%(field)s: choose one from the list.", field=_field(facts)),
}
