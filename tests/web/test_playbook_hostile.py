"""A playbook whose every field is hostile, and people who may not write: nothing is run, nothing leads elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import NOW, Desk, SignIn, send, token
from tests.web import shelf

pytestmark = pytest.mark.one_database

BAD = "<img src=x onerror=alert(1)>{{ 7*191 }}{{ config }}{% if 1 %}\"'"
QUOTED = BAD.replace("'", "''")
HOSTILE = f"""---
title: '{QUOTED}'
scenario: hostile
language: en
severity: critical
summary: '{QUOTED}'
signals: {{words: ['{QUOTED}'], strong: ['{QUOTED}']}}
clocks: {{look: {{title: '{QUOTED}', from: noticed, limit: 2h}}}}
roles: {{lead: '{QUOTED}'}}
approval: {{critical: [lead]}}
deputies: {{lead: '{QUOTED}'}}
owner: '{QUOTED}'
deputy: '{QUOTED}'
reviewed: 2026-11-01
sources: [{{title: '{QUOTED}', url: 'https://example.org/"onclick=alert(1)<img'}}]
---
{BAD} [a](javascript:alert(1)) [b](data:text/html,x) [c](//evil.example) <javascript:alert(1)> ![d](https://evil.example/x)

## {BAD}
{BAD} [weekend](weekend-firestorm.md) [e](hostile.md"onclick=alert)

## First 15 minutes
- [ ] {BAD} {{#look role=lead due=5m .critical .decision}}

  {BAD}

  - **{BAD}** - {BAD} {{#pull}}
  - **Keep** - {BAD} {{#keep}}

## Holding statements
### X <b>{{platform=x}}
> <img src=x onerror=alert(1)> {{{{ subject }}}}
"""
BOOK = "/playbooks/en/hostile"
PAGES = ("/playbooks", "/playbooks?q=onerror", BOOK, f"{BOOK}/edit", f"{BOOK}/print", f"{BOOK}/history", f"{BOOK}/drop")
ELSEWHERE = (
    *("/playbooks/health", "/playbooks/matching", "/playbooks/new"),
    *("/incidents/new?text=onerror", "/playbooks/format"),
)
WRITING = (f"{BOOK}/edit", f"{BOOK}/preview", f"{BOOK}/drop", "/playbooks/new", "/playbooks/import/accept")


@pytest.fixture
def app(desk: Desk, tmp_path: Path) -> Flask:
    own = tmp_path / "playbooks/en/hostile.md"
    own.parent.mkdir(parents=True)
    own.write_text(HOSTILE)
    return desk({"CLOCK": lambda: NOW}, playbooks=shelf.write(tmp_path / "shipped" / "playbooks"))


@pytest.fixture
def ada(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, "ada")


def harmless(page: str) -> bool:
    """Whether nothing of it became an element, an attribute, an address or a value."""
    alive = r"<img|<[^>]* on[a-z]+=[^>]*alert|(href|src)=.?(javascript|data)|1337|SECRET_KEY"
    return not re.search(alive, page)


@pytest.mark.parametrize("path", PAGES + ELSEWHERE)
def test_what_a_playbook_says_is_only_ever_shown(ada: FlaskClient, path: str) -> None:
    answer = ada.get(path)
    assert answer.status_code == 200 and harmless(answer.text)
    assert path in ELSEWHERE or "7*191" in answer.text


@pytest.mark.parametrize(
    "text", [HOSTILE, HOSTILE.replace("role=lead", "role='<img src=x>'"), BAD, f"---\n{BAD}: {BAD}\n---\n"]
)
def test_a_preview_shows_it_too(ada: FlaskClient, text: str) -> None:
    assert harmless(send(ada, f"{BOOK}/preview", text=text, seen="").text)
    assert harmless(send(ada, f"{BOOK}/edit", text=text, seen="", save="1").text)
    assert harmless(send(ada, "/playbooks/import/accept", text=text, seen="").text)


@pytest.mark.parametrize("name", ["oscar", "rosa"])
def test_who_may_not_write_is_refused_everywhere(client: FlaskClient, sign_in: SignIn, name: str) -> None:
    person = sign_in(client, name)
    assert {send(person, path, text=HOSTILE).status_code for path in WRITING} == {403}
    assert {person.get(path).status_code for path in (*WRITING[:1], *WRITING[2:4], "/playbooks/import")} == {403}


def test_an_approver_brings_nothing_in(client: FlaskClient, sign_in: SignIn) -> None:
    paul = sign_in(client, "paul")
    assert send(paul, "/playbooks/import/accept", text=HOSTILE, seen="").status_code == 403


@pytest.mark.parametrize("path", WRITING)
def test_nothing_is_taken_without_the_token(ada: FlaskClient, path: str) -> None:
    token(ada)
    assert ada.post(path, data={"text": HOSTILE}).status_code == 400


@pytest.mark.parametrize(
    "place", ["en/..%2f..%2fx", "../en/x", "en/A", "en/x.md", "en/.lock", "de/x", "en/a%00", "en/fragments%2fcalm"]
)
@pytest.mark.parametrize("page", ["edit", "drop", "history", "print"])
def test_a_name_that_no_file_may_have_leads_nowhere(ada: FlaskClient, place: str, page: str) -> None:
    assert ada.get(f"/playbooks/{place}/{page}").status_code == 404


@pytest.mark.parametrize("hash", ["x", "0" * 64, "..%2f..%2fsecrets.json", "é" * 64])
def test_a_hash_of_nothing_leads_nowhere(ada: FlaskClient, hash: str) -> None:
    assert ada.get(f"/playbooks/versions/{hash}").status_code == 404
    assert ada.get(f"{BOOK}/history/{hash}/{hash}").status_code == 404


@pytest.mark.parametrize("query", ["a" * 5000, "a " * 3000, '"' * 3000, "\\", "(((", "%00", "字" * 2000, "{{7*7}}"])
def test_any_search_is_answered(ada: FlaskClient, query: str) -> None:
    assert ada.get("/playbooks", query_string={"q": query}).status_code == 200
