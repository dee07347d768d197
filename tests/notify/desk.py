"""A desk with its database, people and a mail server on loopback, and nothing of the pages."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_server
from typing import Any

import sqlalchemy as sa
from aiosmtpd.controller import Controller
from flask import Flask
from flask_babel import Babel

from firebreak import notify, store
from firebreak.config import HOME, Config
from firebreak.domain.deciding.opening import Opening
from firebreak.domain.incidents import Incident
from firebreak.notify.worker import Worker
from firebreak.store import db, engine, models, queries, search, settings, triggers
from firebreak.store.accounts import Account
from firebreak.web import words
from firebreak.workflow import incidents
from firebreak.workflow.tick import tick

NOW = datetime(2026, 11, 21, 22, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def make_app(url: str, folder: Path, translations: Path | None = None) -> Flask:
    app = Flask("firebreak", template_folder=str(HOME / "templates"))
    config = Config(instance=folder, database_url=url, public_url="https://desk.example.org")
    where = str(translations or folder / "translations")
    app.config.update(SQLALCHEMY_DATABASE_URI=url, MIGRATIONS="", FIREBREAK=config, BABEL_TRANSLATION_DIRECTORIES=where)
    Babel(app)
    for part in (store, notify, words):
        part.init_app(app)
    return app


def make_tables() -> None:
    engine.make(db.engine)
    with db.engine.begin() as connection:
        db.metadatas[None].create_all(connection)
        triggers.create(connection)
        for statement in search.MAKING[connection.dialect.name]:
            connection.exec_driver_sql(statement)


class Desk:
    """`now` is what its workers take for the time."""

    def __init__(self, app: Flask) -> None:
        self.app, self.now = app, NOW

    def worker(self) -> Worker:
        return Worker(self.app, tick, lambda: self.now)

    def work(self, later: timedelta = timedelta()) -> None:
        self.now += later
        self.worker().once()

    def set(self, **values: Any) -> None:
        with db.engine.begin() as connection:
            settings.write(connection, values)

    def person(self, name: str, access: str = "responder", **more: Any) -> int:
        email = f"{name.partition(' ')[0].lower()}@example.org"
        values = {"email": email, "name": name, "access": access, "active": True, "created_at": NOW, "clock": "24h"}
        values |= {"fs_uniquifier": name, "phone": "", "zone": "", "language": ""} | more
        with db.engine.begin() as connection:
            return int(connection.execute(sa.insert(Account).values(values)).inserted_primary_key[0])

    def change(self, person: int, **values: Any) -> None:
        with db.engine.begin() as connection:
            connection.execute(sa.update(Account).where(Account.id == person).values(values))

    def open(self, actor: int | None, report: str = "Mums angry at the sling advert", **more: Any) -> Incident:
        return incidents.open_incident(Opening(report=report, **more), actor, self.now)

    def deliveries(self) -> list[models.Delivery]:
        with self.app.app_context():
            references = db.session.scalars(sa.select(models.IncidentRow.reference)).all()
            return [row for reference in references for row in queries.deliveries(reference)]

    def results(self) -> set[tuple[str, str, str | None]]:
        return {(row.kind, row.state, row.reason) for row in self.deliveries()}


class Mailbox:
    """A mail server. `answer` is what it says to a message; `held` keeps it from answering."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.to: list[str] = []
        self.answer, self.held, self.arrived = "250 OK", False, threading.Event()

    async def take(self, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        self.to += envelope.rcpt_tos
        self.arrived.set()
        while self.held:
            await asyncio.sleep(0.01)
        return self.answer

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails]

    @property
    def text(self) -> str:
        return str(self.mails[-1].get_content())


class _Handler:
    """aiosmtpd reads every attribute of its handler, so the mailbox is not one itself."""

    def __init__(self, box: Mailbox) -> None:
        self.box = box

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return await self.box.take(envelope)


@contextmanager
def mail_server(box: Mailbox) -> Iterator[int]:
    with create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    controller = Controller(_Handler(box), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        box.held = False
        controller.stop()


class Hook:
    """A receiver of webhooks. `status` is its answer."""

    def __init__(self) -> None:
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.status, self.location = 204, ""
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.calls.append((dict(self.headers), body))
                self.send_response(hook.status)
                if hook.location:
                    self.send_header("Location", hook.location)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/hook?desk=1"

    @contextmanager
    def listening(self) -> Iterator[Hook]:
        self.thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()
