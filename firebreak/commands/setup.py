"""`firebreak setup`: instance folder, secrets and database, made or brought up to date."""

from __future__ import annotations

import click
from flask import Flask

from firebreak import create_app, maintenance


@click.command()
@click.option(
    "--base",
    default="http://127.0.0.1:5000",
    envvar="FIREBREAK_ADDRESS",
    help="Address under which the set-up link is reached.",
)
@click.option("--link", is_flag=True, help="Print a set-up link when nobody has an account yet.")
@click.pass_obj
def setup(app: Flask | None, base: str, link: bool) -> None:
    """Make or update the instance: folder, secrets, database."""
    app = app or create_app()
    with app.app_context():
        maintenance.migrate()
        if link:
            _print_link(app, base)


def _print_link(app: Flask, base: str) -> None:
    from firebreak.web.setup import first_link

    found = first_link(app, base)
    if found:
        click.echo(f"Nobody has an account yet. Make the first administrator here (once, within 24 hours):\n  {found}")
