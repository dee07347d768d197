"""`firebreak people`: accounts from the shell."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime

import click

from firebreak.commands.desk import desk
from firebreak.store.accounts import ACCESS

REFUSALS = {
    "email_taken": "another account has this address",
    "last_administrator": "this is the last administrator; make somebody else administrator first",
    "disabled": "this account is disabled; enable it first",
    "required": "a name and an address are needed",
}


def _id_of(email: str) -> int:
    from firebreak.store import people as store

    found = store.by_email(email.strip())
    if found is None:
        raise click.ClickException(f"nobody has the address {email}")
    return found.id


@click.group()
def people() -> None:
    """Add, list, disable, enable and erase people; make links for new passwords."""


@people.command()
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", "access", required=True, type=click.Choice(ACCESS), help="What they may do.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input; otherwise print a link.")
def add(email: str, name: str, access: str, password_stdin: bool) -> None:
    """Add a person. Without a password, prints an invitation with which they choose one."""
    from firebreak.workflow import people as workflow

    with desk(REFUSALS):
        address, password = _address(email), _password(name, email) if password_stdin else None
        id = workflow.add(
            email=address, name=name, access=access, actor=None, now=datetime.now(UTC), password_hash=password
        )
        click.echo(f"{address} is {access}.")
        if password is None:
            _print_link(id, "invitation")


def _address(email: str) -> str:
    from firebreak.web import addresses

    try:
        return addresses.normal(email)
    except ValueError as error:
        raise click.ClickException(f"{email} is not an address: {error}") from None


def _password(name: str, email: str) -> str:
    """The hash of the first line of standard input."""
    from flask import current_app

    from firebreak.web import passwords

    typed = sys.stdin.readline().rstrip("\r\n")
    with current_app.test_request_context():
        problem = passwords.problem(typed, name, email)
    if problem:
        raise click.ClickException(problem)
    return passwords.hashed(typed)


@people.command(name="list")
def list_people() -> None:
    """Everybody, one a line: access, state, address, name."""
    from firebreak.store import queries

    with desk(REFUSALS):
        for person in queries.people():
            state = "active" if person.active else "disabled"
            click.echo(f"{person.access:14} {state:9} {person.email:40} {person.name}")


@people.command()
@click.argument("email")
@click.option("--base", default="http://127.0.0.1:5000", show_default=True, help="Where the desk is reached.")
def link(email: str, base: str) -> None:
    """Print a link with which this person chooses a new password."""
    with desk(REFUSALS):
        _print_link(_id_of(email), "reset", base)


def _print_link(id: int, purpose: str, base: str = "http://127.0.0.1:5000") -> None:
    from flask import current_app, url_for

    from firebreak.workflow import people as workflow

    token = workflow.issue_link(id, purpose, None, datetime.now(UTC))
    with current_app.test_request_context():
        path = url_for("links.use", token=token)
    start = current_app.config["FIREBREAK"].public_url or base.rstrip("/")
    hours = int(workflow.LASTS[purpose].total_seconds() // 3600)
    click.echo(f"Choose a password here (once, within {hours} hours):\n  {start}{path}")


def _each(name: str, help: str, wish: str, done: str) -> click.Command:
    """A command that does one thing to one person."""

    @people.command(name=name, help=help)
    @click.argument("email")
    def command(email: str) -> None:
        from firebreak.workflow import people as workflow

        with desk(REFUSALS):
            act: Callable[[int, int | None, datetime], None] = getattr(workflow, wish)
            act(_id_of(email), None, datetime.now(UTC))
            click.echo(done)

    return command


disable = _each("disable", "Sign this person out everywhere and let them in no more.", "disable", "Disabled.")
enable = _each("enable", "Let this person in again.", "enable", "Enabled.")
erase = _each("erase", "Forget who this person was; what they did stays in the log.", "erase", "Erased.")
reset_second_step = _each(
    "reset-second-step", "Take the second step off this account.", "reset_second_step", "Their password is enough now."
)
