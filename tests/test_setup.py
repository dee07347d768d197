"""The two set-up commands and the parent of the two processes, as real processes."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import sleep
from urllib.request import urlopen

import pytest

from firebreak import serve, system

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ["requirements.lock", "requirements-dev.lock"]
TINY = """
def app(environ, start):
    start("200 OK", [("Content-Type", "text/plain")])
    return [str(__import__("os").getppid()).encode()]
"""
LAUNCH = """
import sys
from firebreak.serve import serve
raise SystemExit(serve(port=int(sys.argv[1]), app="tiny:app", watch=[sys.executable, "-c", sys.argv[2]]))
"""
SLEEPS = "import time; print('watching', __import__('os').getpid(), flush=True); time.sleep(600)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + SLEEPS
FAILS = "print('fell', flush=True); raise SystemExit(3)"


class Desk:
    """A parent with a tiny page and a worker that runs ``watch``; its first lines are read before it is used."""

    def __init__(self, folder: Path, watch: str, port: int = 0) -> None:
        (folder / "tiny.py").write_text(TINY)
        env = {**os.environ, "PYTHONPATH": f"{folder}:{ROOT}"}
        command = [sys.executable, "-c", LAUNCH, str(port), watch]
        self.parent = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.first = self.parent.stderr.readline() if self.parent.stderr else ""

    def line(self) -> str:
        return self.parent.stdout.readline().strip() if self.parent.stdout else ""

    def page(self) -> str:
        with urlopen(re.findall(r"http://\S+", self.first)[0], timeout=20) as answer:
            return str(answer.read().decode())

    def end(self, number: int) -> int:
        self.parent.send_signal(number)
        return self.parent.wait(timeout=3)

    def close(self) -> None:
        if self.parent.poll() is None:
            self.parent.terminate()
        self.parent.communicate(timeout=10)


@pytest.fixture
def desks() -> Iterator[list[Desk]]:
    started: list[Desk] = []
    yield started
    for desk in started:
        desk.close()


def running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def requirements(lock: str) -> list[str]:
    return re.findall(r"^[^\s#].*?(?=^[^\s#]|\Z)", (ROOT / lock).read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_requirement_has_a_version_and_hashes(lock: str) -> None:
    assert [text for text in requirements(lock) if "==" not in text or "--hash=sha256:" not in text] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_files_hold_no_addresses(lock: str) -> None:
    assert not re.search(r"://|--(extra-)?index|--find-links", (ROOT / lock).read_text())


def test_the_lock_of_the_tests_holds_the_lock_of_the_desk() -> None:
    names = [{text.split()[0] for text in requirements(lock)} for lock in LOCKS]
    assert names[0] <= names[1]


def test_the_lock_holds_the_build_backend() -> None:
    assert any(text.startswith("setuptools==") for text in requirements("requirements.lock"))


def test_every_make_target_a_person_calls_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text()
    explained = set(re.findall(r"^([a-z-]+):.* ## ", makefile, re.MULTILINE))
    assert explained >= {"help", "install", "run", "test", "test-all", "lint", "lock", "messages", "clean"}


def test_continuous_integration_runs_the_test_command_of_the_readme() -> None:
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert (ROOT / ".ci/run").read_text().rstrip().endswith("exec make test")


@pytest.mark.parametrize("group", ["pdf", "pdf-tools", "browser", "postgres"])
def test_missing_packages_are_named_as_apt_knows_them(group: str) -> None:
    known = {need.package for need in system.NEEDS if need.group == group}
    assert set(system.missing(group)) <= known
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", package) for package in known)


def test_an_unknown_group_of_packages_is_refused() -> None:
    with pytest.raises(KeyError):
        system.missing("fax")


def test_missing_packages_are_told_without_the_environment() -> None:
    command = ["python3", "-I", str(ROOT / "firebreak/system.py"), "pdf", "browser", "postgres"]
    assert subprocess.run(command, capture_output=True, text=True, cwd="/").returncode == 0


def test_ubuntus_snap_stub_is_no_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stub = tmp_path / "chromium-browser"
    stub.write_text("#!/bin/sh\nexec /snap/bin/chromium\n")
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.delenv("FIREBREAK_BROWSER", raising=False)
    assert system.browser() is None


@pytest.mark.parametrize(
    ("environ", "processes"),
    [
        ({}, 1),
        ({"DATABASE_URL": "sqlite:///desk.db", "WEB_CONCURRENCY": "4"}, 1),
        ({"DATABASE_URL": "postgresql+psycopg://desk@db/desk"}, 2),
        ({"DATABASE_URL": "postgresql+psycopg://desk@db/desk", "WEB_CONCURRENCY": "4"}, 4),
    ],
)
def test_only_postgresql_is_served_by_several_processes(environ: dict[str, str], processes: int) -> None:
    assert serve.processes_for(environ) == processes


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_stops_the_parent_and_all_its_children(tmp_path: Path, desks: list[Desk], number: int) -> None:
    desks.append(desk := Desk(tmp_path, SLEEPS))
    children = [int(desk.page()), int(desk.line().split()[1])]
    assert desk.end(number) == 0
    assert not any(running(child) for child in children)


def test_a_worker_that_will_not_end_is_killed(tmp_path: Path, desks: list[Desk]) -> None:
    desks.append(desk := Desk(tmp_path, DEAF))
    worker = int(desk.line().split()[1])
    assert (desk.end(signal.SIGTERM), running(worker)) == (0, False)


def test_a_parent_killed_outright_takes_its_children_along(tmp_path: Path, desks: list[Desk]) -> None:
    desks.append(desk := Desk(tmp_path, SLEEPS))
    watches = [os.pidfd_open(int(desk.page())), os.pidfd_open(int(desk.line().split()[1]))]
    desk.end(signal.SIGKILL)
    assert all(select.select([watch], [], [], 5)[0] for watch in watches)


def test_a_worker_that_falls_is_started_again(tmp_path: Path, desks: list[Desk]) -> None:
    desks.append(desk := Desk(tmp_path, FAILS))
    assert [desk.line(), desk.line()] == ["fell", "fell"]


def test_the_pause_before_a_restart_grows_to_half_a_minute_and_a_steady_life_ends_it() -> None:
    worker = serve.Child(["true"])
    assert [serve.pause(worker, now=1.0) for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert serve.pause(worker, now=serve.STEADY + 1) == 0


def test_the_end_of_the_web_server_ends_everything_with_its_status(tmp_path: Path, desks: list[Desk]) -> None:
    desks.append(desk := Desk(tmp_path, SLEEPS))
    worker = int(desk.line().split()[1])
    os.kill(int(desk.page()), signal.SIGTERM)
    assert (desk.parent.wait(timeout=10), running(worker)) == (0, False)


def test_a_killed_web_server_is_started_again_on_the_same_port(tmp_path: Path, desks: list[Desk]) -> None:
    desks.append(desk := Desk(tmp_path, SLEEPS))
    before = int(desk.page())
    os.kill(before, signal.SIGKILL)
    while running(before):
        sleep(0.02)
    assert int(desk.page()) not in (before, 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [("DATABASE_URL", "mysql://desk@db/desk"), ("FIREBREAK_INSTANCE", "/proc/desk"), ("FIREBREAK_UPLOAD_MB", "many")],
)
def test_a_setting_that_cannot_work_is_told_in_one_line(name: str, value: str) -> None:
    command = [sys.executable, "-m", "firebreak", "serve", "--port", "0"]
    told = subprocess.run(command, env={**os.environ, name: value}, cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 2
    assert re.fullmatch(rf"firebreak: .*({name}|{value}).*\n", told.stderr)


def test_a_busy_port_is_told_in_one_line(tmp_path: Path, desks: list[Desk]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        desks.append(desk := Desk(tmp_path, SLEEPS, taken.getsockname()[1]))
        assert desk.parent.wait(timeout=10) == 1
    assert re.fullmatch(r"firebreak: cannot listen on 127.0.0.1 port \d+: address already in use .*\n", desk.first)
    assert desk.parent.stderr is not None and desk.parent.stderr.read() == ""


@pytest.mark.parametrize(("threads", "streams"), [(1064, 1000), (64, 32), (1, 0)])
def test_open_pages_never_take_all_threads(
    threads: int, streams: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[dict[str, str]] = []
    monkeypatch.delenv("FIREBREAK_STREAMS", raising=False)
    monkeypatch.setattr(serve, "supervise", lambda web, worker, env: told.append(env) or 0)
    serve.serve(port=0, threads=threads)
    assert told[0]["FIREBREAK_STREAMS"] == str(streams)
