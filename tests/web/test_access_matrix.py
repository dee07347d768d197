"""Who may reach what: every endpoint of the desk, by every access. A new endpoint fails here until it is listed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.conftest import NOW, SignIn, token

pytestmark = pytest.mark.one_database

NOBODY, OBSERVER, RESPONDER, APPROVER = "nobody", "observer", "responder", "approver"
ADMINISTRATOR, UNUSED = "administrator", "unused"
"""The least access that an endpoint takes; `unused`: a page of Flask-Security that is not there for anybody."""

ENDPOINTS = {
    NOBODY: """static health.check language.switch setup.first links.use links.forgotten
        security.login security.two_factor_token_validation security.mf_recovery reference.document
        offline.worker offline.manifest""",
    OBSERVER: """home incidents.index playbooks.index playbooks.read playbooks.sheet playbooks.version
        playbooks.health playbooks.history playbooks.difference playbooks.format_document
        room.show room.changes room.told room.entry room.step room.role room.download security.logout security.verify
        account.index account.password account.qr_code account.second_step account.remove_second_step
        account.recovery_codes looks.choose keys.show
        review.show review.print_page review.ask_for_pdf review.pdf review.download
        actions.index actions.show brief.show brief.text reference.page
        offline.plan offline.page first_steps.index first_steps.put_away first_steps.put_hints_away
        export.listed export.whole export.record export.log
        live.stream live.here_too""",
    RESPONDER: """incidents.new incidents.suggest room.add_note room.add_step room.assign_role room.assign_step
        room.change_severity room.choose_playbook room.correct room.escalate room.finish_step room.make_decision
        room.post_statement room.prepare_statement room.record_moment room.release_role room.reopen room.reopen_step
        room.retitle room.set_aside_step room.stand_down room.strike room.take_role room.take_step room.keep_playbook
        review.answer review.judge review.add_action review.agree review.reopen actions.change actions.close brief.write
        pack.index pack.print_page pack.job pack.download calls.index""",
    APPROVER: """playbooks.edit playbooks.preview playbooks.new playbooks.drop
        playbooks.matching playbooks.matching_table""",
    ADMINISTRATOR: """people.index people.add people.show people.access people.disable people.enable people.erase
        people.link people.reset_second_step settings.index settings.channels settings.mail settings.mail_test
        settings.webhook settings.webhook_secret settings.tokens settings.revoke_token
        room.confirm_erasure room.erase first_steps.settle first_steps.read
        playbooks.bring playbooks.accept""",
    UNUSED: """security.mf_recovery_codes security.tf_select security.two_factor_rescue security.two_factor_setup
        security.two_factor_setup_validate""",
}
LEAST = {endpoint: least for least, endpoints in ENDPOINTS.items() for endpoint in endpoints.split()}
RANKS = {"nobody": 0, "observer": 1, "responder": 2, "approver": 3, "administrator": 4}
NAMES = {"observer": "oscar", "responder": "rosa", "approver": "paul", "administrator": "ada"}


@pytest.fixture
def app(desk: Callable[..., Flask]) -> Flask:
    """The desk at a fixed time."""
    return desk({"CLOCK": lambda: NOW})


def _pages(app: Flask) -> list[Rule]:
    """What people's browsers may ask for; programs come with tokens of their own."""
    return [rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith("api.")]


def requests(app: Flask, parts: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and path of everything that is listed."""
    for rule in filter(lambda rule: rule.endpoint in LEAST, _pages(app)):
        with app.test_request_context():
            path = url_for(rule.endpoint, **{name: parts[name] for name in rule.arguments})
        yield from ((rule.endpoint, method, path) for method in sorted(rule.methods & {"GET", "POST"}))


def answer_to(client: FlaskClient, method: str, path: str) -> TestResponse:
    if method == "GET":
        return client.get(path, buffered=True)
    return client.post(path, data={"csrf_token": token(client)})


def verdict(answer: TestResponse) -> str:
    """`in`, or how it was refused."""
    place = answer.location or ""
    to_sign_in = place.startswith("/sign-in?next=") or (place == "/sign-in" and answer.request.path == "/")
    turned_away = answer.status_code == 401 or to_sign_in
    if turned_away or answer.status_code == 403:
        return "sign in" if turned_away else "forbidden"
    return "in" if answer.status_code < 500 and answer.status_code != 405 else str(answer.status_code)


def expected(endpoint: str, access: str) -> str:
    least = LEAST[endpoint]
    if least == UNUSED or RANKS[access] >= RANKS[least]:
        return "in"
    return "sign in" if access == NOBODY else "forbidden"


def test_the_matrix_lists_every_endpoint(app: Flask) -> None:
    assert {rule.endpoint for rule in _pages(app)} - set(LEAST) == set()


@pytest.mark.parametrize("access", RANKS)
def test_a_session_opens_nothing_that_is_for_programs(app: Flask, sign_in: SignIn, access: str) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")]
    client = app.test_client() if access == NOBODY else sign_in(app.test_client(), NAMES[access])
    with app.test_request_context():
        asked = [
            (url_for(r.endpoint, **dict.fromkeys(r.arguments, "x")), method) for r in rules for method in r.methods
        ]
    answers = {client.open(path, method=method).status_code for path, method in asked if method != "OPTIONS"}
    assert answers <= {401}


@pytest.mark.parametrize("access", RANKS)
def test_every_endpoint_is_open_to_exactly_those_it_is_for(
    app: Flask, sign_in: SignIn, parts: dict[str, Any], access: str
) -> None:
    found, wanted = {}, {}
    for endpoint, method, path in requests(app, parts):
        client = app.test_client()
        if access != NOBODY:
            sign_in(client, NAMES[access])
        found[endpoint, method] = verdict(answer_to(client, method, path))
        wanted[endpoint, method] = expected(endpoint, access)
    assert found == wanted


@pytest.mark.parametrize("access", RANKS)
def test_pages_that_we_do_not_use_are_there_for_nobody(
    app: Flask, sign_in: SignIn, parts: dict[str, Any], access: str
) -> None:
    client = app.test_client()
    if access != NOBODY:
        sign_in(client, NAMES[access])
    unused = [(method, path) for name, method, path in requests(app, parts) if LEAST[name] == UNUSED]
    assert {answer_to(client, *each).status_code for each in unused} == {404}


@pytest.mark.parametrize("access", ["nobody", "administrator"])
def test_no_form_is_taken_without_its_token(app: Flask, sign_in: SignIn, parts: dict[str, Any], access: str) -> None:
    client, posts = app.test_client(), [each for each in requests(app, parts) if each[1] == "POST"]
    if access != NOBODY:
        sign_in(client, NAMES[access])
    answers = {name: client.post(path, data={"name": "x"}).status_code for name, _method, path in posts}
    assert set(answers.values()) <= {400, 401, 404}
    assert {name for name, status in answers.items() if status == 404} == set(ENDPOINTS[UNUSED].split())
