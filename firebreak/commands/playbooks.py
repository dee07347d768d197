"""`firebreak playbooks`: check, list, begin and print playbooks."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from firebreak import config, playbook_check
from firebreak.domain.playbooks import LANGUAGES, Playbook, Problem
from firebreak.domain.refusal import Refused

FILE = click.Path(dir_okay=False, path_type=Path)
as_json = click.option("--json", "as_json", is_flag=True, help="Answer with JSON, for programs.")


@click.group()
def playbooks() -> None:
    """Check, list, begin and print playbooks."""


@playbooks.command()
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Exit status 1 for warnings too.")
@as_json
def check(path: Path | None, strict: bool, as_json: bool) -> None:
    """Look at every playbook, or at one file or folder. Exit status 1 when one is broken."""
    found = _findings(path)
    broken = any(problem.level == "error" for problem in found)
    if as_json:
        click.echo(json.dumps({"good": not broken, "findings": [asdict(each) for each in found]}, ensure_ascii=False))
    else:
        _tell(found)
    sys.exit(1 if broken or (strict and found) else 0)


def _findings(path: Path | None) -> list[Problem]:
    """Without a path all playbooks are looked at, those of the desk's own folder over those of the house."""
    read = config.read()
    house, own = read.playbooks.absolute(), (read.instance / "playbooks").absolute()
    if path is None:
        folders = (house, own) if own.is_dir() else (house,)
        scopes = [playbook_check.Scope(folders, folder) for folder in folders]
        return [problem for each in scopes for problem in playbook_check.in_scope(each, _today())]
    return playbook_check.findings(path.resolve(), house, _today())


def _today() -> date:
    return datetime.now(UTC).date()


def _tell(found: list[Problem]) -> None:
    for problem in found:
        click.echo(f"{problem.path}:{problem.line}: {problem.level}: {problem.message}. {problem.cure}")
    click.echo(f"{len(found)} to mend or improve" if found else "every playbook is in good order", err=True)


@playbooks.command(name="list")
@as_json
def list_(as_json: bool) -> None:
    """Every playbook in use, one a line."""
    from firebreak import library

    with _desk():
        every, found = library.every(), library.findings(_today())
    if as_json:
        click.echo(json.dumps([_row(each, found) for each in every], ensure_ascii=False, indent=1))
        return
    for each in every:
        facts = f"{each.severity:9} {len(each.steps):3} steps  reviewed {each.reviewed}"
        click.echo(f"{each.name:32} {facts}  {each.title}")


def _row(playbook: Playbook, findings: tuple[Problem, ...]) -> dict[str, Any]:
    file = playbook.places.of(1)[0]
    return {
        "scenario": playbook.scenario,
        "language": playbook.language,
        "title": playbook.title,
        "severity": playbook.severity,
        "reviewed": playbook.reviewed.isoformat(),
        "steps": len(playbook.steps),
        "statements": len(playbook.statements),
        "warnings": sum(problem.path == file for problem in findings),
        "hash": playbook.hash,
        "file": file,
    }


@playbooks.command()
@click.argument("scenario")
@click.option("--lang", "-l", "language", type=click.Choice(LANGUAGES), required=True, help="The language to write in.")
@click.option("--title", help="Its title; else the scenario's name.")
@click.option("--output", "-o", type=FILE, help="The file to write; else one in the desk's own folder.")
def new(scenario: str, language: str, title: str | None, output: Path | None) -> None:
    """Begin a playbook: a whole skeleton that passes the check, to be filled with your own words.

    Where the scenario is written in another language, its steps, roles and clocks are taken from there.
    """
    from firebreak import playbook_writing

    read = config.read()
    path = output or read.instance / "playbooks" / language / f"{scenario}.md"
    try:
        text = playbook_writing.skeleton_beside(read, language, scenario, title or "", _today())
        playbook_writing.write_new(path, text)
    except Refused:
        raise click.ClickException(f"{scenario!r} is no name: small letters, digits, single hyphens") from None
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror or error}") from None
    click.echo(f"wrote {path}")


@playbooks.command()
@click.argument("name", metavar="LANGUAGE/SCENARIO")
@click.option("--output", "-o", type=FILE, required=True, help="The PDF to write.")
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
    from firebreak.web import playbook_sheet

    language, _slash, scenario = name.partition("/")
    with _desk():
        found = library.get(language, scenario) if language in LANGUAGES else None
        if found is None:
            raise click.ClickException(f"there is no playbook {name}; see firebreak playbooks list")
        return playbook_sheet.html(found)


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
