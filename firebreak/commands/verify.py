"""`firebreak verify` and `firebreak rebuild`: is the record whole, and the lists made anew from it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from firebreak import create_app, export, maintenance
from firebreak.store import db


@click.command()
@click.option("--quiet", is_flag=True, help="Say only what is broken.")
@click.option(
    "--against",
    "heads",
    multiple=True,
    metavar="HASH|FILE",
    help="The head on an older print, or an export: is all of it still there?",
)
def verify(quiet: bool, heads: tuple[str, ...]) -> None:
    """Walk every log and check its chain. Exit status 1 when anything is broken.

    A log whose end was cut off with care, or that was written anew, is whole in itself: only a head written down
    elsewhere (--against, at least 16 signs of it) or an export (--against FILE) shows it.
    """
    broken = 0
    with _desk():
        for head in heads:
            broken += _differs(Path(head)) if Path(head).is_file() else _lost(head)
        for finding in maintenance.verify():
            broken += bool(finding.broken)
            if finding.broken or not quiet:
                click.echo(_line(finding))
    sys.exit(1 if broken else 0)


@contextmanager
def _desk() -> Iterator[None]:
    """The desk; its connections are closed at the end."""
    with create_app().app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def _lost(head: str) -> bool:
    found = maintenance.entry_of(head) if len(head) >= 16 else None
    click.echo(f"{head[:16]}  {'is ' + found if found else 'BROKEN: no entry has this hash: the tail was cut'}")
    return found is None


def _differs(file: Path) -> bool:
    """Holds an export against this desk. One that was changed itself proves nothing, and is told as broken too."""
    try:
        made, changed = export.read(file)
        faults = [*changed, *export.faults(made)]
    except export.NoExport as error:
        raise click.ClickException(str(error)) from None
    known = {entry["seq"]: entry["hash"] for entry in made["entries"]}
    wrong = f"the file itself was changed: {faults[0]}" if faults else maintenance.against(made["reference"], known)
    click.echo(f"{made['reference']}  {file}  {f'BROKEN: {wrong}' if wrong else f'all {len(known)} entries are there'}")
    return bool(wrong)


def _line(finding: maintenance.Finding) -> str:
    state = f"BROKEN: {finding.broken}" if finding.broken else "in order"
    erased = f", {finding.erased} erased" if finding.erased else ""
    return f"{finding.stream}  {finding.entries} entries{erased}  {finding.head[:16]}  {state}"


@click.command()
def rebuild() -> None:
    """Write the lists and figures anew from the log."""
    with _desk():
        click.echo(f"{maintenance.rebuild(datetime.now(UTC))} incidents rebuilt")
