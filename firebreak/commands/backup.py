"""`firebreak backup FILE` and `firebreak restore FILE`."""

from __future__ import annotations

from pathlib import Path

import click

from firebreak import backup as work
from firebreak import create_app, maintenance


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write database, files and secrets to FILE (a zip), while the desk runs."""
    with create_app().app_context():
        try:
            counts = work.backup(file)
        except work.BackupError as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"{counts['stream']} logs, {counts['entry']} entries and {counts['account']} people are in {file}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Even if this desk has a record already: it is thrown away.")
def restore(file: Path, replace: bool) -> None:
    """Put a backup in the place of this desk's database and files. All of it, or nothing."""
    with create_app().app_context():
        maintenance.migrate()
        try:
            counts = work.restore(file, replace)
        except work.BackupError as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"{counts['stream']} logs, {counts['entry']} entries and {counts['account']} people are back.")
    click.echo("Restart `firebreak serve` so that sign-in uses the restored secrets.")
