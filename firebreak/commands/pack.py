"""`firebreak pack`: the scenario-planning pack as a PDF, without server and worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from firebreak.domain.playbooks import LANGUAGES
from firebreak.pack import PAPERS


@click.command()
@click.option("--scenario", "scenarios", multiple=True, metavar="S", help="A scenario; may be given several times.")
@click.option("--all", "every", is_flag=True, help="Every scenario there is.")
@click.option("--lang", "language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--paper", type=click.Choice(PAPERS, case_sensitive=False), default=PAPERS[0], show_default=True)
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The PDF to write."
)
def pack(scenarios: tuple[str, ...], every: bool, language: str, paper: str, output: Path) -> None:
    """Print the scenario-planning pack: cover, call list, action sheets, long forms, blank log."""
    from firebreak import printing, printjobs

    if bool(scenarios) == every:
        raise click.UsageError("name scenarios with --scenario, or take them with --all")
    with _desk():
        params = {"scenarios": list(_known(scenarios, language)), "language": language, "paper": paper}
        try:
            made = printjobs.make("pack", params, datetime.now(UTC))
            output.write_bytes(made.content)
        except (printing.PdfUnavailable, LookupError, OSError) as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"wrote {output}: {made.pages} pages, {made.name}")


def _known(scenarios: tuple[str, ...], language: str) -> tuple[str, ...]:
    from firebreak import library

    unknown = [scenario for scenario in scenarios if library.get(language, scenario) is None]
    if unknown:
        raise click.ClickException(f"there is no playbook {', '.join(unknown)}; see firebreak playbooks list")
    return scenarios


@contextmanager
def _desk() -> Iterator[None]:
    """The app with its database up to date; its connections are closed at the end."""
    from firebreak import create_app, maintenance
    from firebreak.store import db

    with create_app().app_context():
        maintenance.migrate()
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()
