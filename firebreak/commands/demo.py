"""`firebreak demo`: a desk with a month behind it, in a place of its own."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask

from firebreak import serve as server
from firebreak.demo import place

LANGUAGES = ("en", "fr", "zh")
PORT = 5050
"""Not the port of the real desk, which may be running."""
SYLLABLES = tuple(first + second for first in "bdfgklmnprstvz" for second in "aeiou")
"""Eight of them make a password of 49 bits that can be read out to a room."""


@click.command()
@click.option("--lang", "language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option(
    "--instance",
    "folder",
    type=click.Path(path_type=Path),
    default=place.FOLDER,
    show_default="instance-demo in the checkout",
    help="Folder of the demonstration; nothing but a demonstration may be in it.",
)
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--again", is_flag=True, help="Tell the month anew, without asking, where a demonstration was made before."
)
@click.option("--no-serve", is_flag=True, help="Make it and end.")
@click.option("--now", "ends", metavar="ISO", help="The time up to which the month is told, instead of this minute.")
def demo(language: str, folder: Path, port: int, again: bool, no_serve: bool, ends: str | None) -> None:
    """Make a demonstration: a believable month of an invented company's desk, and serve it.

    It lives apart from the real desk, whose database and folder it never touches. Nothing is sent to anybody.
    """
    now = _time(ends)
    folder = folder.absolute()
    try:
        place.check(folder)
        _port_is_free(port, no_serve)
    except (place.NotADemo, server.PortBusy) as error:
        raise click.ClickException(str(error)) from None
    place.forget_the_real_desk()
    address = f"http://127.0.0.1:{port}"
    if again or not place.is_whole(folder) or _renew(folder):
        _say_how(folder, language, address, _tell(folder, language, now))
    else:
        _print_link(folder, address)
    if not no_serve:
        sys.exit(server.serve(port=port, instance=folder, setup=("setup",)))


def _time(text: str | None) -> datetime:
    """The end of the story to the second, aware; without a zone it is taken as UTC."""
    try:
        found = datetime.fromisoformat(text) if text else datetime.now(UTC)
    except ValueError:
        raise click.BadParameter(f"{text} is no time such as 2026-11-22T21:40+00:00", param_hint="--now") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)


def _port_is_free(port: int, no_serve: bool) -> None:
    """Found out before the month is told, and before one that is being served is told anew."""
    if not no_serve:
        server.listen("127.0.0.1", port).close()


def _renew(folder: Path) -> bool:
    known = place.told(folder)
    question = f"{folder} holds a demonstration ({known.get('language')}, up to {known.get('now')}). Tell it anew?"
    return click.confirm(question, default=True)


def _tell(folder: Path, language: str, now: datetime) -> str:
    """Make folder, database and month; the password of everybody in it, which is kept nowhere."""
    from firebreak.demo import telling

    place.make(folder, language, now)
    click.echo("Telling the month …", err=True)
    password = "-".join(secrets.choice(SYLLABLES) + secrets.choice(SYLLABLES) for _part in range(4))
    with _desk(folder) as app:
        telling.tell(app, language, now, password)
    place.finished(folder)
    return password


@contextmanager
def _desk(folder: Path) -> Iterator[Flask]:
    """The demonstration's app in its context, its database up to date; its connections are closed at the end."""
    from firebreak import create_app, maintenance
    from firebreak.store import db

    app = create_app(instance=folder, database_url="")
    with app.app_context():
        maintenance.migrate()
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def _say_how(folder: Path, language: str, address: str, password: str) -> None:
    from firebreak.demo import story

    click.echo(f"The demonstration is in {folder}. Nothing in it is real, and nothing is sent.")
    click.echo(f"Sign in on {address} as any of these, with the password {password} (shown this once):")
    for person in story.read(language)["person"]:
        click.echo(f"  {person['email']:34} {person['access']:14} {person['name']}")


def _print_link(folder: Path, address: str) -> None:
    """A way in where the password may be lost: a link for the administrator."""
    from firebreak.demo import story
    from firebreak.store import people as store
    from firebreak.workflow import people

    first = story.read(place.told(folder)["language"])["person"][0]
    with _desk(folder):
        found = store.by_email(first["email"])
        token = people.issue_link(found.id, "reset", None, datetime.now(UTC)) if found else ""
    click.echo(f"The demonstration in {folder} stays as it is, with the password that was shown when it was made.")
    if token:
        click.echo(f"Another password for {first['email']} (once, within 24 hours):\n  {address}/link/{token}")
