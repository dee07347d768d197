"""The webhook, received by a real server that checks the signature with the standard's own library."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from firebreak.notify.webhook import _harmless
from firebreak.workflow import incidents, roles
from tests.notify.desk import MINUTE, SECRET, Desk, Hook

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def today(desk: Desk) -> None:
    """A receiver refuses a timestamp that is not of these minutes."""
    desk.now = datetime.now(UTC)


def received(hook: Hook, number: int = -1) -> Any:
    headers, body = hook.calls[number]
    return Webhook(SECRET).verify(body, headers)


def closed_opening(desk: Desk, **more: Any) -> str:
    """An incident that rings no clocks later."""
    reference = desk.open(None, **more).reference
    incidents.stand_down(reference, "false_alarm", "", 1, desk.now)
    return reference


def test_an_opening_is_posted_with_a_signature_that_verifies(desk: Desk, hook: Hook) -> None:
    desk.open(desk.person("Ana Ruiz"), severity="critical", channels=("x",))
    desk.work()
    told = received(hook)
    assert (told["type"], told["data"]["reference"]) == ("incident.opened", "FB-2026-001")
    assert told["data"]["url"] == "https://desk.example.org/incidents/FB-2026-001"
    assert hook.calls[0][0]["webhook-id"].startswith("outbox-1-webhook-")


def test_entries_carry_codes_and_nothing_that_was_typed(desk: Desk, hook: Hook) -> None:
    desk.open(None, report="Dana Wolf wrote it", title="A storm", exercise=True)
    desk.work()
    data = received(hook)["data"]
    assert (data["title"], data["exercise"]) == ("A storm", True)
    assert data["entries"][0]["kind"] == "incident:opened"
    assert "Dana" not in json.dumps(data)


def test_hand_over_warning_breach_and_escalation_have_types_of_their_own(desk: Desk, hook: Hook) -> None:
    reference = desk.open(None).reference
    roles.assign(reference, "lead", desk.person("Ben Okafor"), desk.person("Ana Ruiz"), desk.now)
    incidents.change_severity(reference, "critical", "", 1, desk.now)
    desk.work()
    desk.work(23 * MINUTE)
    desk.work(8 * MINUTE)
    types = [json.loads(body)["type"] for _, body in hook.calls]
    assert types[:3] == ["incident.opened", "incident.handed_over", "severity.raised"]
    assert types[3:] == ["clock.warned", "clock.breached"]


def test_a_watch_is_not_posted(desk: Desk, hook: Hook) -> None:
    desk.open(None, severity="watch")
    desk.work()
    assert hook.calls == []


@pytest.mark.parametrize("status", [400, 404, 410])
def test_an_answer_that_says_no_is_final(desk: Desk, hook: Hook, status: int) -> None:
    hook.status = status
    closed_opening(desk)
    desk.work()
    desk.work(DAY)
    assert (len(hook.calls), desk.results()) == (1, {("opened", "failed", f"answered {status}")})


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_an_answer_that_says_later_is_tried_again_with_the_same_id(desk: Desk, hook: Hook, status: int) -> None:
    hook.status = status
    closed_opening(desk)
    desk.work()
    hook.status = 200
    desk.work(MINUTE)
    assert len({headers["webhook-id"] for headers, _ in hook.calls}) == 1
    assert (len(hook.calls), desk.results()) == (2, {("opened", "sent", None)})


def test_a_redirect_is_not_followed(desk: Desk, hook: Hook) -> None:
    hook.status, hook.location = 307, hook.url
    closed_opening(desk)
    desk.work()
    assert (len(hook.calls), desk.results()) == (1, {("opened", "pending", "answered 307")})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"webhook_secret": ""}, "bad_secret"),
        ({"webhook_secret": "whsec_x"}, "bad_secret"),
        ({"webhook_url": "ftp://hooks.example.org/"}, "bad_url"),
        ({"webhook_url": "http://127.0.0.1/a\r\nX-Evil: 1"}, "bad_url"),
        ({"webhook_url": "http://169.254.169.254/latest/meta-data"}, "forbidden_address"),
        ({"webhook_url": "http://[::ffff:169.254.169.254]/"}, "forbidden_address"),
        ({"webhook_url": "http://[fe80::1]/"}, "forbidden_address"),
    ],
)
def test_a_hook_that_must_not_or_cannot_be_called_is_given_up(
    desk: Desk, hook: Hook, changes: dict[str, str], reason: str
) -> None:
    desk.set(**changes)
    closed_opening(desk)
    desk.work()
    assert (hook.calls, desk.results()) == ([], {("opened", "failed", reason)})


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "192.168.1.4", "::1", "fd12::1"])
def test_private_addresses_can_be_shut_off(address: str) -> None:
    assert (_harmless(ip_address(address), True), _harmless(ip_address(address), False)) == (True, False)
