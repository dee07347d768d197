"""`firebreak tokens`, as somebody types it."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from firebreak import create_app
from firebreak.commands.tokens import tokens as command
from tests.conftest import Desk

pytestmark = pytest.mark.one_database


@pytest.fixture
def shell(desk: Desk, database: str, tmp_path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Runs `firebreak tokens …` on this test's desk."""
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("FIREBREAK_INSTANCE", str(tmp_path))
    return lambda *words: CliRunner().invoke(command, words)


def lines(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def status(token: str) -> int:
    app: Flask = create_app()
    answer = app.test_client().get("/api/v1/incidents", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code


def test_a_token_is_printed_alone_and_works_until_it_is_revoked(shell) -> None:  # type: ignore[no-untyped-def]
    (token,) = lines(shell("add", "--name", "Monitor", "--role", "observer"))
    assert status(token) == 200
    assert lines(shell("revoke", "1")) == ["Revoked."]
    assert status(token) == 401


def test_the_list_has_a_line_a_token(shell) -> None:  # type: ignore[no-untyped-def]
    shell("add", "--name", "Monitor", "--role", "observer", "--person", "Rosa@example.org")
    (line,) = lines(shell("list"))
    assert line.split() == ["1", "observer", "works", "never", "used", "Monitor"]


def test_mistakes_are_one_line(shell) -> None:  # type: ignore[no-untyped-def]
    results = [
        shell("revoke", "7"),
        shell("add", "--name", " ", "--role", "observer"),
        shell("add", "--name", "x", "--role", "observer", "--person", "nobody@example.org"),
    ]
    assert [(each.exit_code, len(each.stderr.splitlines())) for each in results] == [(1, 1)] * 3
