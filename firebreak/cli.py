"""The `firebreak` command. Every command is a file in `firebreak.commands`; errors of set-up are one line each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

import click

from firebreak.commands import COMMANDS

if TYPE_CHECKING:
    from flask import Flask


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


def main(app: Flask | None = None) -> None:
    """Run a command; one that can take an application that is there already gets `app` as its object."""
    with plainly():
        firebreak(obj=app)


@contextmanager
def plainly() -> Iterator[None]:
    """A mistake in the configuration, or no database, is one clear line and exit status 2."""
    try:
        yield
    except Exception as error:
        told = _told(error)
        if told is None:
            raise
        click.echo(f"firebreak: {told}", err=True)
        sys.exit(2)


def _told(error: Exception) -> str | None:
    """The line for what the person at the shell can mend; None for a mistake of ours."""
    from firebreak.config import ConfigError  # only now: importing these takes as long as starting to serve
    from firebreak.store import faults

    if faults.code(error):
        return f"the database cannot be used: {faults.line(error)}"
    if isinstance(error, OSError) and error.errno in faults.NO_ROOM:
        return f"{error.filename or 'the disk'}: {error.strerror}. Free some space, then try again"
    return str(error) if isinstance(error, ConfigError) else None
