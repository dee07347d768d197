"""One webhook: JSON, signed as Standard Webhooks say (https://www.standardwebhooks.com)."""

from __future__ import annotations

import binascii
import ipaddress
import json
import socket
import ssl
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import SplitResult, urlsplit

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from firebreak.notify.messages import coded, one_line
from firebreak.notify.notice import Notice, SendError

TIMEOUT = 10.0
HEADERS = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Firebreak", "Connection": "close"}
WORTH_ANOTHER_TRY = frozenset({408, 425, 429})
TYPES = {
    "opened": "incident.opened",
    "severity": "severity.raised",
    "hand_over": "incident.handed_over",
    "breached": "clock.breached",
    "warned": "clock.warned",
}
# Where clouds keep the keys of a machine, beside the link-local addresses.
METADATA = frozenset(map(ipaddress.ip_address, ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254")))
EMBEDDING = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def send(notice: Notice, now: datetime) -> None:
    """POST it. A 2xx answer is success; redirects are not followed. SendError says why not."""
    url = _parts(notice.settings.get("webhook_url", ""))
    body = json.dumps(payload(notice), ensure_ascii=False)
    headers = HEADERS | _signed(notice, body, now)
    private = bool(notice.settings["webhook_private"])
    try:
        status = _post(url, _allowed(url, private), body.encode(), headers)
    except ssl.SSLError as error:
        raise SendError(f"no_tls {one_line(str(error), 160)}", permanent=False) from None
    except (OSError, HTTPException) as error:
        raise SendError(f"unreachable {one_line(str(error), 160)}", permanent=False) from None
    if not 200 <= status < 300:
        raise SendError(f"answered {status}", permanent=400 <= status < 500 and status not in WORTH_ANOTHER_TRY)


def check(url: str, private: bool) -> None:
    """SendError when this address may not be called; OSError when its name is not known."""
    _allowed(_parts(url), private)


def payload(notice: Notice) -> dict[str, Any]:
    """What a receiver gets: codes of the entries, never what was typed in them, beside the title."""
    incident = notice.incident
    data = {
        "reference": incident.reference,
        "title": incident.title,
        "severity": incident.severity,
        "state": incident.state,
        "exercise": incident.exercise,
        "url": notice.url,
        "entries": [coded(entry) for entry in notice.entries],
    }
    at = notice.entries[-1].recorded_at if notice.entries else notice.delivery.created_at
    return {"type": TYPES[notice.delivery.kind], "timestamp": at.isoformat(), "data": data}


def _signed(notice: Notice, body: str, now: datetime) -> dict[str, str]:
    """The three headers; the timestamp is that of this try, the id the same at every try."""
    try:
        signature = Webhook(notice.settings.get("webhook_secret") or "").sign(notice.id, now, body)
    except (EmptyWebhookSecretError, binascii.Error, ValueError):
        raise SendError("bad_secret", permanent=True) from None
    return {"webhook-id": notice.id, "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}


def _parts(url: str) -> SplitResult:
    if not url:
        raise SendError("no_webhook", permanent=True)
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(ord(letter) <= 32 or ord(letter) >= 127 for letter in url):
        raise SendError("bad_url", permanent=True)
    return parts


def _port(url: SplitResult) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _allowed(url: SplitResult, private: bool) -> str:
    """An address behind the name that may be called. The connection goes to it, so a second look-up cannot differ."""
    try:
        found = socket.getaddrinfo(url.hostname, _port(url), type=socket.SOCK_STREAM)
    except UnicodeError:
        raise SendError("bad_url", permanent=True) from None
    addresses = [str(row[4][0]) for row in found]
    if not all(_harmless(ipaddress.ip_address(address.partition("%")[0]), private) for address in addresses):
        raise SendError("forbidden_address", permanent=True)
    return addresses[0]


def _harmless(address: Address, private: bool) -> bool:
    plain = _inner(address)
    if plain in METADATA or plain.is_link_local or plain.is_multicast or plain.is_unspecified:
        return False
    return private or plain.is_global


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does: mapped, compatible, 6to4, or behind NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if int(address) > 1 and any(address in network for network in EMBEDDING):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _post(url: SplitResult, address: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer; its body is left unread."""
    connection = HTTPConnection(url.hostname or "", _port(url), timeout=TIMEOUT)
    connection.sock = _socket(url, address)
    try:
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        connection.request("POST", path, body, headers | {"Host": url.netloc.rpartition("@")[2]})
        return connection.getresponse().status
    finally:
        connection.close()


def _socket(url: SplitResult, address: str) -> socket.socket:
    plain = socket.create_connection((address, _port(url)), timeout=TIMEOUT)
    if url.scheme == "http":
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=url.hostname)
    except BaseException:
        plain.close()
        raise
