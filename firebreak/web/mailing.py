"""Mail that a page sends by itself: links that work once, and the test of the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from firebreak.notify import words
from firebreak.notify.notice import SendError
from firebreak.web.here import desk, now


def possible(settings: Mapping[str, Any]) -> bool:
    """Whether the desk has a mail server and a sender."""
    return bool(settings["mail_host"] and (settings["mail_sender"] or settings["mail_user"]))


def send(name: str, address: str, subject: str, body: str) -> str:
    """Send it now; what went wrong, in words with the server's own answer, or "" when it was handed over."""
    from firebreak.notify import mail  # only now: it brings what sends, and few pages do

    try:
        mail.post(mail.letter(name, address, subject, body, desk(), now()), desk())
    except SendError as error:
        return words.reason(error.reason)
    return ""
