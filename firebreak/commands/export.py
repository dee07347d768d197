"""`firebreak export`: one incident, whole, as a zip."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from firebreak import create_app


@click.command()
@click.argument("reference")
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The zip to write."
)
def export(reference: str, output: Path) -> None:
    """Write the incident REFERENCE (FB-2026-014) with its log, state and evidence to a zip."""
    from firebreak import export as work
    from firebreak.store import db

    part = output.with_name(output.name + ".part")
    with create_app().app_context():
        try:
            with part.open("wb") as target:
                made = work.write(target, reference.upper(), datetime.now(UTC))
            part.replace(output)
        except LookupError:
            raise click.ClickException(f"there is no incident {reference}") from None
        except OSError as error:
            raise click.ClickException(f"cannot write {output}: {error.strerror}") from None
        finally:
            part.unlink(missing_ok=True)
            db.session.remove()
            db.engine.dispose()
    marked = ", an exercise" if made["exercise"] else ""
    click.echo(f"wrote {output}: {made['reference']}{marked}, {made['head']['seq']} entries")
    click.echo(f"head {made['head']['hash']}; hold it against this desk: firebreak verify --against {output}")
