"""The words of deliveries, in the reader's language. Those of incidents are template globals (`word`, `clock_name`)."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

KINDS = {
    "opened": _l("Incident opened"),
    "severity": _l("Severity raised"),
    "hand_over": _l("Role handed over"),
    "warned": _l("Three quarters of a limit used"),
    "breached": _l("Limit exceeded"),
}
SENT_BY = {"mail": _l("Mail"), "webhook": _l("Webhook")}
STATES = {
    "pending": _l("waiting"),
    "sending": _l("being sent"),
    "sent": _l("sent"),
    "failed": _l("failed"),
    "skipped": _l("not sent"),
}
REASONS = {
    "no_mail_server": _l("no mail server set"),
    "no_sender": _l("no sender address set"),
    "no_address": _l("no address"),
    "bad_address": _l("the address cannot be written to"),
    "person_disabled": _l("person disabled"),
    "login_refused": _l("the mail server refused the sign-in"),
    "no_tls": _l("no safe connection"),
    "unreachable": _l("cannot be reached"),
    "refused": _l("refused"),
    "no_webhook": _l("no webhook set"),
    "bad_url": _l("the webhook's address is not usable"),
    "bad_secret": _l("the webhook's secret is missing or damaged"),
    "forbidden_address": _l("the webhook's address is not allowed"),
    "answered": _l("answered with an error"),
    "broke_off": _l("sending broke off each time"),
    "fault": _l("an error of this desk, see its log"),
}


def reason(stored: str | None) -> str:
    """A stored reason (a code, perhaps with a detail) in words; "" for none."""
    code, _space, detail = (stored or "").partition(" ")
    words = str(REASONS.get(code, code))
    return str(_("%(reason)s: %(detail)s", reason=words, detail=detail)) if detail else words
