"""The `firebreak` command. Every command is a file in `firebreak.commands`; errors of set-up are one line each."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from firebreak.commands import COMMANDS


class Lazy(click.Group):
    """Loads a command's module only when it is called, so that `firebreak serve` starts quickly."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        found: click.Command = getattr(import_module(f"firebreak.commands.{COMMANDS[name]}"), name)
        return found


@click.group(cls=Lazy)
def firebreak() -> None:
    """A desk for social-media crises."""


def main() -> None:
    """Run a command; a mistake in the configuration, or no database, is one clear line and exit status 2."""
    try:
        firebreak()
    except Exception as error:
        told = _told(error)
        if told is None:
            raise
        click.echo(f"firebreak: {told}", err=True)
        sys.exit(2)


def _told(error: Exception) -> str | None:
    """The line for what the person at the shell can mend; None for a mistake of ours."""
    from sqlalchemy.exc import OperationalError  # only now: importing these takes as long as starting to serve

    from firebreak.config import ConfigError

    if isinstance(error, OperationalError):
        why = str(error.orig).strip().splitlines()[0]
        return f"the database cannot be used: {why}. Check DATABASE_URL; `firebreak setup` makes what is missing"
    return str(error) if isinstance(error, ConfigError) else None
