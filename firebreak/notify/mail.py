"""Mail, through the desk's own mail server."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Any
from urllib.parse import urlsplit

from firebreak.notify.messages import Message, one_line, render
from firebreak.notify.notice import Notice, SendError

TIMEOUT = 15.0
DETAIL_LENGTH = 160


def send(notice: Notice, now: datetime) -> None:
    """Hand the message to the mail server. SendError says why not."""
    settings = notice.settings
    if not settings.get("mail_host"):
        raise SendError("no_mail_server", permanent=True)
    post(compose(notice, render(notice, now), now), settings)


def post(mail: EmailMessage, settings: Mapping[str, Any]) -> None:
    """Hand any mail to the desk's mail server, now. SendError says why not."""
    with _connected(settings) as server:
        _hand_over(server, mail)


def letter(
    name: str, address: str, subject: str, body: str, settings: Mapping[str, Any], now: datetime
) -> EmailMessage:
    """A mail to one person that is not about an incident. SendError when the sender or the address cannot be used."""
    words = Message(one_line(subject, 200), body)
    return _mail(_address(name, address), words, settings, now, make_msgid(domain=_sender(settings).domain))


def compose(notice: Notice, words: Message, now: datetime) -> EmailMessage:
    """The mail. Its Message-ID is the same at every try; the mails of one incident make one thread."""
    domain = urlsplit(notice.url).hostname or "localhost"
    mail = _mail(_receiver(notice), words, notice.settings, now, f"<{notice.id}@{domain}>")
    mail["References"] = f"<{notice.incident.reference.lower()}@{domain}>"
    return mail


def _mail(to: Address, words: Message, settings: Mapping[str, Any], now: datetime, id: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _sender(settings)
    mail["To"] = to
    mail["Subject"] = words.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(words.body, charset="utf-8")
    return mail


def _sender(settings: Mapping[str, Any]) -> Address:
    name, address = parseaddr(one_line(settings.get("mail_sender") or settings.get("mail_user") or "", 500))
    if "@" not in address:
        raise SendError("no_sender", permanent=True)
    return _address(name or settings.get("desk_name", ""), address)


def _receiver(notice: Notice) -> Address:
    if notice.person is None or "@" not in notice.person.email:
        raise SendError("no_address", permanent=True)
    return _address(notice.person.name, notice.person.email)


def _address(name: str, address: str) -> Address:
    try:
        return Address(one_line(name, 100), addr_spec=address)
    except (HeaderParseError, ValueError, IndexError):
        raise SendError("bad_address", permanent=True) from None


@contextmanager
def _connected(settings: Mapping[str, Any]) -> Iterator[smtplib.SMTP]:
    """A server that is ready to take mail. What goes wrong before that may be mended, so it is tried again."""
    try:
        server = _server(settings)
    except smtplib.SMTPAuthenticationError as error:
        raise SendError(f"login_refused {error.smtp_code}", permanent=False) from None
    except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
        raise SendError(f"no_tls {_tidy(str(error))}", permanent=False) from None
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise SendError(f"unreachable {_tidy(str(error))}", permanent=False) from None
    try:
        yield server
    finally:
        server.close()


def _server(settings: Mapping[str, Any]) -> smtplib.SMTP:
    host, port, security = settings["mail_host"], int(settings["mail_port"]), settings["mail_security"]
    context = ssl.create_default_context()
    if security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT)
    try:
        _sign_in(server, settings, context)
    except BaseException:
        server.close()
        raise
    return server


def _sign_in(server: smtplib.SMTP, settings: Mapping[str, Any], context: ssl.SSLContext) -> None:
    if settings["mail_security"] == "starttls":
        server.starttls(context=context)
    if settings.get("mail_user") and settings.get("mail_password"):
        server.login(settings["mail_user"], settings["mail_password"])


def _hand_over(server: smtplib.SMTP, mail: EmailMessage) -> None:
    try:
        server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        raise _refused(code, text) from None
    except smtplib.SMTPResponseException as error:
        # A refused sender is a setting to be put right, not a fault of this mail.
        raise _refused(error.smtp_code, error.smtp_error, isinstance(error, smtplib.SMTPSenderRefused)) from None
    except smtplib.SMTPNotSupportedError:
        raise SendError("bad_address", permanent=True) from None
    except (OSError, smtplib.SMTPException) as error:
        raise SendError(f"unreachable {_tidy(str(error))}", permanent=False) from None


def _refused(code: int, text: bytes | str, mendable: bool = False) -> SendError:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return SendError(f"refused {code} {_tidy(said)}".rstrip(), permanent=code >= 500 and not mendable)


def _tidy(text: str) -> str:
    """A detail fit to keep: one line, short, and without addresses, since an erased person must not live on in it."""
    return one_line(re.sub(r"\S+@\S+", "…", text), DETAIL_LENGTH)
