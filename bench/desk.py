"""One database: seed it, serve it, measure every operation on it, then its start, its memory, its bytes, its waking."""

from __future__ import annotations

import gzip
import http.client
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import median
from uuid import uuid4

from flask import Flask

from bench import client, floors, lighthouse, measure, operations, seeds, servers, table, waking
from bench.measure import Bench, Effort, Result
from bench.operations import FLOORS, INSERT, Operation, Person
from bench.places import Place
from bench.servers import Server
from bench.table import Line
from firebreak import create_app

Env = Mapping[str, str]
CONCURRENCIES = (1, 16)
LISTS = (100, 10_000, 100_000)
STATIC = re.compile(r'(?:href|src)="(/static/[^"#]+)')
OPENINGS = 12_000
ROOMS = 32
"""Rooms that are ticked in turn, at least: each has some thirty steps."""
FIRST_PAGE = 60_000
START, MEMORY = 0.9, 180
LIST_GROWTH = 1.3
WAKES = ((200, 250, 1000), (1000, 500, 3000))
"""Open rooms, and the most milliseconds (p99) until each has heard, and until each has the row."""


def run(place: Place, parts: Sequence[str], effort: Effort, quick: bool) -> None:
    """Print every figure of one database."""
    print({"sqlite": "SQLite, one process", "postgres": "PostgreSQL, two processes"}[place.kind], flush=True)
    app = _seeded(place)
    env = {"FIREBREAK_INSTANCE": str(place.instance), "DATABASE_URL": place.desk_url}
    floor_env = {"DATABASE_URL": place.floor_url}
    if "operations" in parts:
        _operations(app, place, env, floor_env, effort, quick)
    if "start" in parts:
        _starts(env, floor_env, 2 if quick else 5)
        _memory_and_bytes(app, env)
    if "wake" in parts:
        _wakes(app, env, WAKES[:1] if quick else WAKES)
    if "lighthouse" in parts and place.kind == "sqlite" and not quick:
        _lighthouse(app, env)
    print(flush=True)


def _seeded(place: Place) -> Flask:
    """The desk's application in this process, to seed with, and the floors' table."""
    place.instance.mkdir()
    app = create_app(instance=place.instance, database_url=place.desk_url)
    seeds.people_of(app)
    with app.app_context():
        seeds.open_room(100)
    seeds.leave(app)
    floors.seed(floors.create_app(place.floor_url))
    return app


# --- operations ------------------------------------------------------------------------------------


def _operations(app: Flask, place: Place, env: Env, floor_env: Env, effort: Effort, quick: bool) -> None:
    with (
        servers.running(servers.desk(env, "--no-worker")) as desk,
        servers.running(servers.floor(floor_env)) as floor,
    ):
        bench = Bench(desk, floor, effort, place.cpu)
        person = Person(desk.port, seeds.cookie(app, 1))
        print(table.HEAD)
        _floors(bench)
        for operation in _of_the_room(app, person, effort):
            _measure(bench, operation)
        _lists(app, bench, person, LISTS[:2] if quick else LISTS)


def _measure(bench: Bench, operation: Operation) -> list[Result]:
    found = [bench.measure(operation, concurrency) for concurrency in CONCURRENCIES]
    for result in found:
        print(table.line(result), flush=True)
    return found


def _floors(bench: Bench) -> None:
    for name, operation in FLOORS.items():
        for concurrency in CONCURRENCIES:
            print(table.line(bench.floor(operation, concurrency), f"floor: {name}"), flush=True)


def _of_the_room(app: Flask, person: Person, effort: Effort) -> Iterator[Operation]:
    short, long, ticks = _rooms(app, effort)
    yield Operation("sign-in page", [operations.get("/sign-in")])
    yield Operation("nothing new (204)", [person.get(_changes(*short))], status=204, must=0.65)
    yield Operation("room, 100 entries", [person.get(f"/incidents/{short[0]}")], must=0.25, aim=0.35)
    yield Operation("room, 100 entries, gzip", [person.get(f"/incidents/{short[0]}", **{"Accept-Encoding": "gzip"})])
    yield Operation("room, 2,000 entries", [person.get(f"/incidents/{long[0]}")])
    wishes = [person.tick(reference, step) for reference, step in ticks]
    yield Operation("tick a step", wishes, INSERT, 303, must=0.25, aim=0.40, once=True)
    wishes = [person.open(uuid4().hex) for _ in range(OPENINGS)]
    yield Operation("open an incident", wishes, INSERT, 303, once=True)


def _changes(reference: str, seq: int) -> str:
    return f"/incidents/{reference}/changes?after={seq}"


def _rooms(app: Flask, effort: Effort) -> tuple[tuple[str, int], tuple[str, int], list[tuple[str, str]]]:
    """The rooms with 100 and 2,000 entries (reference, newest entry), and steps enough for every slice."""
    with app.app_context():
        short, long = seeds.open_room(100), seeds.open_room(2000)
        rooms = max(ROOMS, int(effort.slices * effort.seconds * 2 * 10))
        ticks = seeds.steps_of([seeds.open_room(0) for _ in range(rooms)])
        found = (short, seeds.newest(short)), (long, seeds.newest(long)), ticks
    seeds.leave(app)
    return found


def _lists(app: Flask, bench: Bench, person: Person, sizes: Sequence[int]) -> None:
    first = None
    for size in sizes:
        with app.app_context():
            seeds.fill(size)
        seeds.leave(app)
        found = _measure(bench, Operation(f"list of {size:,}", [person.get("/incidents")]))
        first = first or found[0]
        if size > LISTS[0]:
            growth = found[0].percentile(0.5) / first.percentile(0.5)
            print(
                Line(f"  p50 against the list of {LISTS[0]}", f"{growth:.2f}", f"{LIST_GROWTH}", growth <= LIST_GROWTH)
            )
            words = [person.get(f"/incidents?q={one}+{two}") for one, two in pairwise(seeds.WORDS)]
            _measure(bench, Operation(f"search in {size:,}", words, within=20 if size == LISTS[1] else 0))


# --- start, memory, bytes --------------------------------------------------------------------------


def _starts(env: Env, floor_env: Env, times: int) -> None:
    """Second starts: the instance is there, and the caches of the disk are warm."""
    desk, floor, stops = list[float](), list[float](), list[float]()
    for _ in range(times):
        server = servers.desk(env)
        desk.append(server.started)
        stops.append(server.stop())
        server = servers.floor(floor_env)
        floor.append(server.started)
        server.stop()
    told = f"{median(desk):.2f} s, floor {median(floor):.2f} s"
    print(Line("start to the first answer", told, f"{START} s", median(desk) <= START))
    print(Line("Ctrl-C to the end", f"{median(stops):.2f} s"), flush=True)


def _memory_and_bytes(app: Flask, env: Env) -> None:
    with servers.running(servers.desk(env, "--no-worker", "--processes", "2")) as desk:
        person = Person(desk.port, seeds.cookie(app, 1))
        with app.app_context():
            room = f"/incidents/{seeds.open_room(100)}"
        seeds.leave(app)
        load = client.Load(desk.port, 16, 2.0, [person.get(room), person.get("/incidents")])
        fresh = desk.memory()
        measure.asked(load)
        used = desk.memory()
        told = f"{fresh:.0f} MiB, after some pages {used:.0f} MiB"
        print(Line("memory (PSS) of two web processes and their parents", told, f"{MEMORY} MiB", used <= MEMORY))
        for name, path in (("sign-in", "/sign-in"), ("list", "/incidents"), ("room, 100 entries", room)):
            cookie = "" if name == "sign-in" else person.cookie
            size = _weight(desk, path, cookie)
            print(Line(f"first page over the wire: {name}", f"{size:,} bytes", f"{FIRST_PAGE:,}", size < FIRST_PAGE))


def _weight(desk: Server, path: str, cookie: str) -> int:
    """Bytes of a page with its style, script and pictures, as a browser asks for them."""
    page = _packed(desk, path, cookie)
    named = set(STATIC.findall(gzip.decompress(page).decode()))
    return len(page) + sum(len(_packed(desk, name.replace("&amp;", "&"), cookie)) for name in named)


def _packed(desk: Server, path: str, cookie: str) -> bytes:
    link = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=30)
    link.request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
    answer = link.getresponse().read()
    link.close()
    return answer


# --- waking ----------------------------------------------------------------------------------------


def _wakes(app: Flask, env: Env, sizes: Sequence[tuple[int, int, int]]) -> None:
    most = max(size for size, _, _ in sizes)
    with servers.running(servers.desk({**env, "FIREBREAK_STREAMS": str(most)}, "--no-worker")) as desk:
        people = [Person(desk.port, seeds.cookie(app, number)) for number in range(seeds.PEOPLE)]
        for size, heard, shown in sizes:
            _wake(app, desk, [people[number % len(people)] for number in range(size)], heard, shown)


def _wake(app: Flask, desk: Server, people: Sequence[Person], heard: int, shown: int) -> None:
    with app.app_context():
        reference = seeds.open_room(100)
        newest, steps = seeds.newest(reference), seeds.steps_of([reference])[:5]
    seeds.leave(app)
    rooms = {
        "port": desk.port,
        "streams": [each.get("/live", Accept="text/event-stream") for each in people],
        "fetches": [each.get(f"/incidents/{reference}/changes?after={{seq}}", Connection="close") for each in people],
        "ticks": [people[0].tick(*step) for step in steps],
        "seq": newest,
    }
    woken = waking.Woken(**measure.ask("bench.waking", rooms))
    told = f"{woken.open} of {len(people)} streams open, {woken.missed} missed, {woken.wrong} wrong"
    print(Line(f"waking {len(people):,} open rooms, 5 ticks", told, "all", not (woken.missed or woken.wrong)))
    for name, found, most in (("  heard", woken.events, heard), ("  row there", woken.rows, shown)):
        middle, last = _percentile(found, 0.5), _percentile(found, 0.99)
        print(Line(name, f"p50 {middle:.0f} ms, p99 {last:.0f} ms", f"{most} ms", last <= most), flush=True)


def _percentile(found: Sequence[float], share: float) -> float:
    return sorted(found)[min(len(found) - 1, int(share * len(found)))] if found else float("inf")


# --- Lighthouse ------------------------------------------------------------------------------------


def _lighthouse(app: Flask, env: Env) -> None:
    """Without streams: a page that never ends loading is no page to Lighthouse."""
    with servers.running(servers.desk({**env, "FIREBREAK_STREAMS": "0"}, "--no-worker")) as desk:
        with app.app_context():
            room = f"/incidents/{seeds.open_room(100)}"
        seeds.leave(app)
        cookie = Person(desk.port, seeds.cookie(app, 1)).cookie
        pages = (("sign-in", "/sign-in"), ("list", "/incidents"), ("room", room), ("review", f"{room}/review"))
        for name, path in pages:
            print(lighthouse.line(name, f"http://127.0.0.1:{desk.port}{path}", "" if name == "sign-in" else cookie))
