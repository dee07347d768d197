"""`firebreak verify` and `firebreak rebuild`: is the record whole, and the lists made anew from it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from firebreak import create_app, maintenance


@click.command()
@click.option("--quiet", is_flag=True, help="Say only what is broken.")
def verify(quiet: bool) -> None:
    """Walk every log and check its chain. Exit status 1 when anything is broken."""
    broken = 0
    with create_app().app_context():
        for finding in maintenance.verify():
            broken += bool(finding.broken)
            if finding.broken or not quiet:
                click.echo(_line(finding))
    sys.exit(1 if broken else 0)


def _line(finding: maintenance.Finding) -> str:
    state = f"BROKEN: {finding.broken}" if finding.broken else "in order"
    erased = f", {finding.erased} erased" if finding.erased else ""
    return f"{finding.stream}  {finding.entries} entries{erased}  {finding.head[:16]}  {state}"


@click.command()
def rebuild() -> None:
    """Write the lists and figures anew from the log."""
    with create_app().app_context():
        click.echo(f"{maintenance.rebuild(datetime.now(UTC))} incidents rebuilt")
