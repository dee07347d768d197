"""`firebreak tokens`: how other programs come in, from the shell."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from firebreak.commands.desk import desk
from firebreak.store.accounts import ACCESS

REFUSALS = {
    "disabled": "this account is disabled; enable it first",
    "required": "a name is needed, so that the log can say which program it was",
    "too_long": "the name is too long",
    "bad_character": "the name holds a character that no database keeps",
}


@click.group()
def tokens() -> None:
    """Add, list and revoke tokens of the API."""


@tokens.command()
@click.option("--name", required=True, help="Which program it is for; the log calls it that.")
@click.option("--role", "access", required=True, type=click.Choice(ACCESS), help="What it may do.")
@click.option("--person", "email", help="The address of the person behind it. It ends with their account.")
def add(name: str, access: str, email: str | None) -> None:
    """Print a new token, this once: only its hash is kept."""
    from firebreak.workflow import tokens as workflow

    with desk(REFUSALS):
        token = workflow.add(name, access, _id_of(email) if email else None, None, datetime.now(UTC))
    click.echo(token)
    click.echo("Copy it now: it is not shown again. Send it as: Authorization: Bearer …", err=True)


def _id_of(email: str) -> int:
    from firebreak.store import people

    found = people.by_email(email.strip())
    if found is None:
        raise click.ClickException(f"nobody has the address {email}")
    return found.id


@tokens.command(name="list")
def list_tokens() -> None:
    """Every token, one a line: number, access, state, when it was last used, name."""
    from firebreak.store import tokens as store

    with desk(REFUSALS):
        for token, works in store.every():
            state = "works" if works else "revoked" if token.revoked_at else "ended"
            used = token.last_used_at.strftime("%Y-%m-%d %H:%M UTC") if token.last_used_at else "never used"
            click.echo(f"{token.id:4} {token.access:14} {state:8} {used:21} {token.name}")


@tokens.command()
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
def revoke(number: int) -> None:
    """Let the token of this number (see the list) in no more."""
    from firebreak.workflow import tokens as workflow

    with desk(REFUSALS):
        try:
            workflow.revoke(number, None, datetime.now(UTC))
        except LookupError:
            raise click.ClickException(f"there is no token {number}; see firebreak tokens list") from None
        click.echo("Revoked.")
