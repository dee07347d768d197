"""The database stops and starts again under a running desk: pages say so, and nothing has to be restarted."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests import postgres
from tests.faults.desk import Answer, Person, RealDesk, until
from tests.faults.storm import ROOM

TYPED = "We have seen your posts.\nWe speak again at 05:00."
PAGES = (
    "/incidents",
    ROOM,
    f"{ROOM}/brief",
    "/playbooks",
    "/account",
    "/people",
    "/settings",
    "/sign-in",
    "/incidents/new",
)


@pytest.fixture
def server(database: str, request: pytest.FixtureRequest) -> postgres.Cluster:
    if not database.startswith("postgresql"):
        pytest.skip("SQLite has no server")
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    return cluster


@contextmanager
def stopped(cluster: postgres.Cluster) -> Iterator[None]:
    cluster.halt()
    try:
        yield
    finally:
        cluster.resume()


def at_once(person: Person, path: str, number: int = 12) -> list[int]:
    """So many tabs ask together; their statuses."""
    tabs = [person.copy() for _ in range(number)]
    with ThreadPoolExecutor(number) as pool:
        answers = list(pool.map(lambda tab: tab.get(path).status, tabs))
    for tab in tabs:
        tab.close()
    return answers


def says_that_it_is_away(answer: Answer) -> bool:
    return (answer.status, answer.headers.get("Retry-After")) == (503, "5") and "does not answer" in answer.text


def test_a_database_that_stops_is_said_and_its_return_needs_nobody(server: postgres.Cluster, real: RealDesk) -> None:
    ada, stranger = real.person("ada"), real.stranger(language="zh-CN,zh;q=0.9")
    assert set(at_once(ada, ROOM)) == {200}  # so that many connections lie in the pool
    with stopped(server):
        assert [path for path in PAGES if not says_that_it_is_away(ada.get(path))] == []
        kept = ada.post(f"{ROOM}/notes", note_text=TYPED)
        assert (kept.status, "Nothing was saved" in kept.text, TYPED in kept.text) == (503, True, True)
        assert stranger.get("/healthz").text == "database: away\n"
        assert 'lang="zh-Hans"' in stranger.get("/sign-in").text
        assert [ada.get(path).status for path in ("/api/v1/incidents", "/nowhere")] == [503, 503]
        assert ada.get("/static/css/base.css").status == 200
        until(lambda: "worker: the database cannot be used" in real.told)
    assert set(at_once(ada, ROOM, 24)) == {200}
    assert ada.post(f"{ROOM}/notes", note_text=TYPED).status == 303
    until(lambda: "worker: the database is back" in real.told)
    with stopped(server):
        pass  # a restart that nobody saw: the next change meets only connections that have died
    assert ada.post(f"{ROOM}/notes", note_text="after the restart").status == 303
