"""`firebreak verify` and `firebreak rebuild`: is the record whole, and the lists made anew from it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from firebreak import create_app, maintenance


@click.command()
@click.option("--quiet", is_flag=True, help="Say only what is broken.")
@click.option(
    "--against", "heads", multiple=True, metavar="HASH", help="The head on an older print: is it still there?"
)
def verify(quiet: bool, heads: tuple[str, ...]) -> None:
    """Walk every log and check its chain. Exit status 1 when anything is broken.

    A log whose end was cut off with care is whole in itself: only a head written down elsewhere (--against, at least
    16 signs of it) shows that entries are gone.
    """
    broken = 0
    with create_app().app_context():
        for head in heads:
            broken += _lost(head)
        for finding in maintenance.verify():
            broken += bool(finding.broken)
            if finding.broken or not quiet:
                click.echo(_line(finding))
    sys.exit(1 if broken else 0)


def _lost(head: str) -> bool:
    found = maintenance.entry_of(head) if len(head) >= 16 else None
    click.echo(f"{head[:16]}  {'is ' + found if found else 'BROKEN: no entry has this hash: the tail was cut'}")
    return found is None


def _line(finding: maintenance.Finding) -> str:
    state = f"BROKEN: {finding.broken}" if finding.broken else "in order"
    erased = f", {finding.erased} erased" if finding.erased else ""
    return f"{finding.stream}  {finding.entries} entries{erased}  {finding.head[:16]}  {state}"


@click.command()
def rebuild() -> None:
    """Write the lists and figures anew from the log."""
    with create_app().app_context():
        click.echo(f"{maintenance.rebuild(datetime.now(UTC))} incidents rebuilt")
