"""`firebreak playbooks`: check, list and print playbooks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from firebreak import config, playbook_files
from firebreak.domain.playbooks import LANGUAGES, Problem


@click.group()
def playbooks() -> None:
    """Check, list and print playbooks."""


@playbooks.command()
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
def check(path: Path | None) -> None:
    """Look at every playbook, or at one file or folder. Exit status 1 when one is broken."""
    folders = [path] if path else _folders()
    found = [problem for folder in folders for problem in playbook_files.check(folder.absolute())]
    for problem in found:
        click.echo(_line(problem))
    broken = any(problem.level == "error" for problem in found)
    click.echo("every playbook is in good order" if not found else f"{len(found)} to mend or improve", err=True)
    sys.exit(1 if broken else 0)


def _line(problem: Problem) -> str:
    return f"{problem.path}:{problem.line}: {problem.level}: {problem.message}. {problem.cure}"


def _folders() -> list[Path]:
    read = config.read()
    return [folder for folder in (read.playbooks, read.instance / "playbooks") if folder.exists()]


@playbooks.command(name="list")
def list_() -> None:
    """Every playbook in use, one a line."""
    from firebreak import library

    with _desk():
        for each in library.every():
            name = f"{each.language}/{each.scenario}"
            click.echo(f"{name:32} {each.severity:9} {len(each.steps):3} steps  reviewed {each.reviewed}  {each.title}")


@playbooks.command()
@click.argument("name", metavar="LANGUAGE/SCENARIO")
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The PDF to write."
)
def pdf(name: str, output: Path) -> None:
    """Print the two-page action sheet of a playbook."""
    from firebreak import printing

    try:
        output.write_bytes(printing.pdf(sheet(name)))
    except (printing.PdfUnavailable, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"wrote {output}")


def sheet(name: str) -> str:
    """The HTML of the sheet of `en/angry-backlash`."""
    from firebreak import library
    from firebreak.web.playbooks import sheet_html

    language, _slash, scenario = name.partition("/")
    with _desk():
        found = library.get(language, scenario) if language in LANGUAGES else None
        if found is None:
            raise click.ClickException(f"there is no playbook {name}; see firebreak playbooks list")
        return sheet_html(found)


@contextmanager
def _desk() -> Iterator[None]:
    """The desk as a page sees it, at an address where nothing is; its connections are closed at the end."""
    from firebreak import create_app
    from firebreak.store import db

    with create_app().test_request_context(base_url="http://desk.invalid/"):
        try:
            yield
        finally:
            db.engine.dispose()
