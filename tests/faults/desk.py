"""`firebreak serve` as people run it, its processes by name, and people with a real sign-in."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

from tests.conftest import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
# The cast of the tests has hashes made with this salt.
SECRETS = {"secret_key": "k" * 48, "password_salt": "salt", "totp_secret": "t" * 48}
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
LOST = (OSError, HTTPException)
"""What a client meets when the server is killed under it."""

T = TypeVar("T")


def until(look: Callable[[], T], seconds: float = 60.0) -> T:
    """What `look` answers, as soon as it is something."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds:.0f} s in vain")


@dataclass
class Answer:
    status: int
    text: str
    headers: dict[str, str]


@dataclass
class Person:
    """A browser: cookies, the token of its forms, one connection kept open."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    language: str = "en"
    link: HTTPConnection | None = None

    def copy(self) -> Person:
        """The same person in another tab."""
        return Person(self.port, dict(self.cookies), self.token, self.language)

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, **fields: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        return self.ask("POST", path, urlencode({"csrf_token": self.token, **named}))

    def ask(self, method: str, path: str, body: str | bytes = "", kind: str = "") -> Answer:
        """One request. A connection that was closed while it lay idle is opened anew before, never after."""
        if self.link and self.link.sock and select.select([self.link.sock], [], [], 0)[0]:
            self.close()
        self.link = self.link or HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            self.link.request(method, path, body or None, self._headers(body, kind))
            answer = self.link.getresponse()
            text = answer.read().decode()
        except LOST:
            self.close()
            raise
        self._remember(answer.headers.get_all("Set-Cookie") or [])
        if answer.headers.get("Connection") == "close":
            self.close()
        return Answer(answer.status, text, dict(answer.headers))

    def _headers(self, body: str | bytes, kind: str) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Content-Type": kind or "application/x-www-form-urlencoded"} if body else {}
        return {"Cookie": cookies, "Accept-Language": self.language, **sent}

    def _remember(self, cookies: list[str]) -> None:
        for each in cookies:
            name, _, value = each.partition(";")[0].partition("=")
            self.cookies[name] = value

    def close(self) -> None:
        if self.link:
            self.link.close()
        self.link = None

    def sign_in(self, name: str) -> Person:
        """By the form, with the password."""
        self.token = self._token("/sign-in")
        done = self.post("/sign-in", email=f"{name}@example.org", password=PASSWORD)
        assert done.status in (302, 303), done.text
        self.token = self._token("/account/")
        return self

    def _token(self, path: str) -> str:
        page = self.get(path)
        found = TOKEN.search(page.text)
        assert found, (page.status, page.text)
        return unescape(found.group(1))


@dataclass
class RealDesk:
    """A desk in its own processes. `start` may be called again after `kill`: it comes back on the same port."""

    instance: Path
    database: str
    environ: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    people: list[Person] = field(default_factory=list)

    def __enter__(self) -> RealDesk:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def told(self) -> str:
        """What it has said so far."""
        return (self.instance / "said").read_text()

    def start(self) -> RealDesk:
        self.instance.mkdir(exist_ok=True, parents=True)
        (self.instance / "secrets.json").write_text(json.dumps(SECRETS))
        environ = {**os.environ, "FIREBREAK_INSTANCE": str(self.instance), "DATABASE_URL": self.database}
        with (self.instance / "said").open("ab") as said:
            command = [sys.executable, "-m", "firebreak", "serve", "--port", str(self.port)]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env={**environ, **self.environ}, stdout=said, stderr=said
            )
        self.port = self.port or int(until(lambda: re.search(r"Firebreak is on http://[^:]+:(\d+)", self.told))[1])
        self.ready()
        return self

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `firebreak …` on this desk."""
        environ = {**os.environ, "FIREBREAK_INSTANCE": str(self.instance), "DATABASE_URL": self.database}
        command = [sys.executable, "-m", "firebreak", *words]
        return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)

    def ready(self) -> None:
        """Wait until it answers, whatever it answers."""
        until(self.answers)

    def answers(self) -> bool:
        stranger = Person(self.port)
        try:
            return stranger.get("/healthz").status in (200, 503)
        except LOST:
            return False
        finally:
            stranger.close()

    def stranger(self, language: str = "en") -> Person:
        """Somebody whom the desk does not know; their browser speaks this language."""
        self.people.append(Person(self.port, language=language))
        return self.people[-1]

    def person(self, name: str) -> Person:
        """Somebody of the cast, signed in."""
        return self.stranger().sign_in(name)

    def stop(self) -> int:
        """As by Ctrl-C; the exit status."""
        assert self.process
        for person in self.people:
            person.close()
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)

    # --- its processes ---

    def pids(self) -> dict[str, list[int]]:
        """parent, master (gunicorn's), web (the processes that answer) and worker (`firebreak watch`)."""
        assert self.process
        parent = self.process.pid
        masters = [pid for pid in children(parent) if "watch" not in command_of(pid)]
        return {
            "parent": [parent],
            "master": masters,
            "web": [pid for master in masters for pid in children(master)],
            "worker": [pid for pid in children(parent) if pid not in masters],
        }

    def kill(self, *names: str) -> None:
        """SIGKILL the processes so named, or all; returns when they are gone."""
        found = self.pids()
        ended = [pid for name in names or found for pid in found[name]]
        for pid in ended:
            os.kill(pid, signal.SIGKILL)
        if not names or "parent" in names:
            assert self.process
            self.process.wait()
        until(lambda: not any(running(pid) for pid in ended))


def children(pid: int) -> list[int]:
    """Ids of the processes that this one started."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def command_of(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except FileNotFoundError:
        return []


def running(pid: int) -> bool:
    """Whether it runs; one that ended and was not collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
