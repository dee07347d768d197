"""`firebreak review`: the review of an incident as PDF."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from firebreak.domain.playbooks import LANGUAGES


@click.command()
@click.argument("reference")
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The PDF to write."
)
@click.option(
    "--lang", "language", type=click.Choice(LANGUAGES), help="The language of the page; the desk's if left out."
)
def review(reference: str, output: Path, language: str | None) -> None:
    """Print the review of an incident, such as FB-2026-014."""
    from firebreak import create_app, printing, printjobs, prints
    from firebreak.store import db, queries

    with create_app().app_context():
        try:
            params = {"reference": reference, "language": language or queries.settings()["language"]}
            made = printjobs.make("review", params, datetime.now(UTC))
            output.write_bytes(made.content)
        except prints.Gone:
            raise click.ClickException(f"there is no incident {reference}; references look like FB-2026-014") from None
        except (printing.PdfUnavailable, OSError) as error:
            raise click.ClickException(str(error)) from None
        finally:
            db.engine.dispose()
    click.echo(f"wrote {output}, {made.pages} pages")
