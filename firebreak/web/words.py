"""Codes into words, in the reader's language. The log, the database and refusals hold codes only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from firebreak.web import questions

Words = Mapping[str, Any]

SEVERITIES: Words = {"critical": _l("Critical"), "serious": _l("Serious"), "minor": _l("Minor"), "watch": _l("Watch")}
SEVERITY_MEANINGS: Words = {
    "critical": _l("people harmed, data, crime, an account lost, or a national trend"),
    "serious": _l("we are at fault or a community is hurt, on several platforms"),
    "minor": _l("contained, on one platform"),
    "watch": _l("a rumour or a single complaint: pages nobody"),
}
ROLES: Words = {
    "lead": _l("Incident lead"),
    "channel": _l("Channel manager"),
    "monitor": _l("Monitoring"),
    "legal": _l("Legal"),
    "spokesperson": _l("Spokesperson"),
    "scribe": _l("Scribe"),
    "care": _l("Customer care"),
    "paid": _l("Paid media"),
    "executive": _l("Executive sponsor"),
    "security": _l("IT and security"),
    "hr": _l("Human resources"),
    "partner": _l("Partners and agency"),
}
PHASES: Words = {
    "first-15-minutes": _l("First 15 minutes"),
    "first-hour": _l("First hour"),
    "first-day": _l("First day"),
    "following-days": _l("Following days"),
    "stand-down": _l("Stand down"),
}
CHANNELS: Words = {
    "x": "X",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "tiktok": "TikTok",
    "youtube": "YouTube",
    "linkedin": "LinkedIn",
    "weibo": _l("Weibo"),
    "wechat": _l("WeChat"),
    "douyin": _l("Douyin"),
    "xiaohongshu": _l("Xiaohongshu (RedNote)"),
    "bilibili": _l("Bilibili"),
    "zhihu": _l("Zhihu"),
    "reddit": "Reddit",
    "threads": "Threads",
    "blog": _l("Blogs"),
    "reviews": _l("Review sites"),
    "press": _l("Press"),
    "email": _l("E-mail"),
    "web": _l("Website"),
    "other": _l("Elsewhere"),
}
MOMENTS: Words = {
    "began": _l("Began"),
    "noticed": _l("Noticed"),
    "opened": _l("Opened"),
    "acknowledged": _l("Somebody took the lead"),
    "first_response": _l("First public word"),
    "withdrew": _l("Withdrawn"),
    "apologised": _l("Apologised"),
    "contained": _l("Contained"),
    "stood_down": _l("Stood down"),
    "reviewed": _l("Review agreed"),
}
MOMENT_BUTTONS: Words = {
    "withdrew": _l("We took it down"),
    "apologised": _l("We apologised"),
    "contained": _l("It is contained"),
}
CLOCKS: Words = {
    "acknowledge": _l("Somebody takes the lead"),
    "first_response": _l("First public word"),
    "next_update": _l("Next public update"),
    "contain": _l("Contained"),
}
CLOCK_STATUSES: Words = {
    "running": _l("running"),
    "warning": _l("nearly due"),
    "breached": _l("overdue"),
    "met": _l("met"),
    "late": _l("late"),
    "not_applicable": _l("not applicable"),
    "invalid": _l("ends before it starts"),
}
STEP_STATES: Words = {"open": _l("Open"), "done": _l("Done"), "not_applicable": _l("Not applicable")}
STATES: Words = {"open": _l("Open"), "stood_down": _l("Stood down")}
OUTCOMES: Words = {
    "resolved": _l("Resolved"),
    "false_alarm": _l("False alarm"),
    "opened_by_mistake": _l("Opened by mistake"),
    "duplicate": _l("Duplicate of another incident"),
}
ACCESS: Words = {
    "observer": _l("Observer"),
    "responder": _l("Responder"),
    "approver": _l("Approver"),
    "administrator": _l("Administrator"),
}
ACCESS_MEANINGS: Words = {
    "observer": _l("Observer: reads"),
    "responder": _l("Responder: opens and works incidents"),
    "approver": _l("Approver: as a responder"),
    "administrator": _l("Administrator: also people and settings"),
}
ENTRY_KINDS: Words = {
    "incident:opened": _l("Incident opened"),
    "incident:retitled": _l("Renamed"),
    "incident:stood_down": _l("Stood down"),
    "incident:reopened": _l("Opened again"),
    "severity:changed": _l("Severity changed"),
    "channel:added": _l("Channel added"),
    "playbook:chosen": _l("Playbook chosen"),
    "suggestion:declined": _l("Suggestion declined"),
    "step:added": _l("Step added"),
    "step:done": _l("Step done"),
    "step:not_applicable": _l("Step not applicable"),
    "step:reopened": _l("Step opened again"),
    "step:assigned": _l("Step assigned"),
    "role:assigned": _l("Role taken"),
    "role:released": _l("Role released"),
    "moment:recorded": _l("Moment recorded"),
    "note:added": _l("Note"),
    "decision:made": _l("Decision"),
    "statement:posted": _l("Posted in public"),
    "clock:set": _l("Clock set"),
    "clock:warned": _l("Clock nearly due"),
    "clock:breached": _l("Clock overdue"),
    "entry:corrected": _l("Entry corrected"),
    "entry:struck": _l("Entry struck out"),
    "entry:erased": _l("Entry erased"),
    "brief:written": _l("Known and not known"),
    "review:answered": _l("Answer of the review"),
    "playbook:judged": _l("Right playbook named"),
    "review:agreed": _l("Review agreed"),
    "review:reopened": _l("Review opened again"),
    "action:added": _l("Action added"),
    "action:changed": _l("Action changed"),
    "action:closed": _l("Action closed"),
}
COVERS: Words = {
    "staffed": _l("in staffed hours"),
    "night": _l("at night"),
    "weekend": _l("at the weekend"),
    "holiday": _l("on a public holiday"),
}
LANGUAGES: Words = {"en": "English", "fr": "Français", "zh": "中文"}
FIELDS: Words = {
    "at": _l("When it happened"),
    "text": _l("Text"),
    "title": _l("Title"),
    "report": _l("What is happening"),
    "reason": _l("Reason"),
    "note": _l("Note"),
    "question": _l("Question"),
    "options": _l("Options"),
    "chosen": _l("Chosen"),
    "why": _l("Why"),
    "url": _l("Link"),
    "names": _l("File names"),
    "began_at": _l("Began"),
    "noticed_at": _l("Noticed"),
    "next_update_at": _l("Next update"),
    "channel": _l("Channel"),
    "choice": _l("Choice"),
    "name": _l("Name"),
    "email": _l("Email"),
    "phone": _l("Telephone"),
    "access": _l("Access"),
    "answer": _l("Answer"),
    "what": _l("What is to change"),
    "owner": _l("Owner"),
    "due": _l("Due date"),
    "known": _l("What we know"),
    "unknown": _l("What we do not know yet"),
    "next": _l("What comes next"),
    "outcome": _l("Outcome"),
    "scenario": _l("Playbook"),
}

GROUPS: Mapping[str, Words] = MappingProxyType(
    {
        "severity": SEVERITIES,
        "severity_meaning": SEVERITY_MEANINGS,
        "role": ROLES,
        "phase": PHASES,
        "channel": CHANNELS,
        "moment": MOMENTS,
        "moment_button": MOMENT_BUTTONS,
        "clock": CLOCKS,
        "clock_status": CLOCK_STATUSES,
        "step_state": STEP_STATES,
        "state": STATES,
        "outcome": OUTCOMES,
        "access": ACCESS,
        "access_meaning": ACCESS_MEANINGS,
        "entry": ENTRY_KINDS,
        "cover": COVERS,
        "language": LANGUAGES,
        "field": FIELDS,
        "question": questions.TEXTS,
        "answer": questions.ANSWERS,
    }
)


def word(group: str, code: Any) -> str:
    """The word for a code of one of GROUPS; the code itself where there is none, so that nothing old breaks a page."""
    return str(GROUPS[group].get(str(code), code))


def listed(group: str, codes: Iterable[Any]) -> str:
    """The words of several codes, one after another."""
    return str(_(", ")).join(word(group, code) for code in codes)


def choices(group: str, *codes: str) -> list[SelectChoice]:
    """Code and word for a select, in the order of the group or of `codes`."""
    return [SelectChoice(code, word(group, code)) for code in codes or GROUPS[group]]


def clock_name(clock: str, step_title: str = "") -> str:
    """What a clock waits for, of an id such as `first_response:x` or `step:regulator-told`."""
    subject, _colon, part = clock.partition(":")
    if subject == "first_response" and part:
        return _("First word on %(channel)s", channel=word("channel", part))
    return step_title or part if subject == "step" else word("clock", subject)


def init_app(app: Flask) -> None:
    """Give templates `word` and `clock_name`."""
    app.jinja_env.globals.update(word=word, listed=listed, clock_name=clock_name)
