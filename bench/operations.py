"""What is measured on one database: requests, the floor each is held against, and what it must reach."""

from __future__ import annotations

import http.client
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

ROW, INSERT = "one-row page", "one INSERT"


@dataclass
class Operation:
    """`must` is the least share of the floor's rate, `aim` the wished one; `within` the most milliseconds at the middle
    of the answers. `once`: a request counts once; `used` of them are spent."""

    name: str
    requests: list[str]
    floor: str = ROW
    status: int = 200
    must: float = 0.0
    aim: float = 0.0
    within: float = 0.0
    once: bool = False
    used: int = 0

    def take(self, count: int) -> list[str]:
        """Requests for one run; of those that count once, the next ones."""
        return self.requests[self.used : self.used + count] if self.once else self.requests


def get(path: str, cookie: str = "", **headers: str) -> str:
    more = {"Host": "127.0.0.1", **({"Cookie": cookie} if cookie else {}), **headers}
    return f"GET {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in more.items()) + "\r\n"


def post(path: str, cookie: str = "", **fields: str) -> str:
    body = urlencode(fields)
    head = {"Host": "127.0.0.1", "Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    head |= {"Cookie": cookie} if cookie else {}
    return f"POST {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in head.items()) + f"\r\n{body}"


@dataclass
class Person:
    """A browser that has seen a page: its cookie and the token of its forms."""

    port: int
    cookie: str
    token: str = field(default="")

    def __post_init__(self) -> None:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        link.request("GET", "/incidents", headers={"Cookie": self.cookie})
        answer = link.getresponse()
        page, kept = answer.read().decode(), answer.getheader("Set-Cookie")
        link.close()
        assert answer.status == 200, answer.status
        self.cookie = kept.split(";")[0] if kept else self.cookie
        self.token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]

    def get(self, path: str, **headers: str) -> str:
        return get(path, self.cookie, **headers)

    def post(self, path: str, **fields: str) -> str:
        return post(path, self.cookie, csrf_token=self.token, **fields)

    def tick(self, reference: str, step: str) -> str:
        return self.post(f"/incidents/{reference}/steps/{step}/done")

    def open(self, key: str) -> str:
        report = "Moms are furious about the new advert: #hashtag and petition on Instagram since noon."
        return self.post("/incidents/new", report=report, key=key, language="en", open="1")


FLOORS = {
    "hello": Operation("Flask hello", [get("/hello")]),
    ROW: Operation("one row by ORM in a template", [get(f"/row/{number}") for number in range(1, 100)]),
    INSERT: Operation("one durable INSERT by ORM", [post("/insert")], status=303),
}
