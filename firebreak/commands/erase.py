"""`firebreak erase`: what was typed about one person, emptied for good."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from firebreak import create_app, maintenance
from firebreak.domain.refusal import Refused
from firebreak.workflow import record


@click.command()
@click.argument("words", nargs=-1)
@click.option("--entry", "entries", multiple=True, metavar="REFERENCE#SEQ", help="This entry, e.g. FB-2026-014#7.")
@click.option("--reason", default="", help="Why; kept in the log, so name nobody.")
@click.option("--yes", is_flag=True, help="Do it. Without this, only show what would be erased.")
def erase(words: tuple[str, ...], entries: tuple[str, ...], reason: str, yes: bool) -> None:
    """Erase every entry whose text holds one of WORDS (a name, an address), and the entries named.

    Times, numbers and the chain stay; the words do not come back. Make no backup of what must be gone, and delete
    old ones. An account is erased with `firebreak people erase EMAIL`.
    """
    with create_app().app_context():
        found = maintenance.mentions(list(words)) if words else {}
        for reference, seq in map(_parsed, entries):
            found.setdefault(reference, []).append(seq)
        for reference, seqs in found.items():
            _erase(reference, sorted(set(seqs)), reason, yes)
        if not found:
            click.echo("Nothing found.")
        elif not yes:
            click.echo("Nothing was erased. Add --yes to erase these for good.")


def _parsed(text: str) -> tuple[str, int]:
    reference, _, seq = text.partition("#")
    if not seq.isdecimal():
        raise click.BadParameter(f"{text} is not like FB-2026-014#7")
    return reference, int(seq)


def _erase(reference: str, seqs: list[int], reason: str, yes: bool) -> None:
    click.echo(f"{reference}: entries {', '.join(map(str, seqs))}")
    if not yes:
        return
    try:
        record.erase(reference, seqs, reason, None, datetime.now(UTC))
    except LookupError:
        raise click.ClickException(f"there is no incident {reference}") from None
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
