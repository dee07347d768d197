"""The desk, for commands that change it: its database up to date, and refusals as one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from firebreak import create_app, maintenance
from firebreak.domain.refusal import Refused
from firebreak.store import db


@contextmanager
def desk(refusals: Mapping[str, str]) -> Iterator[None]:
    """The app's context; `refusals` says each code of `Refused` in words for the shell."""
    try:
        with create_app().app_context():
            maintenance.migrate()
            try:
                yield
            finally:
                db.session.remove()
                db.engine.dispose()
    except Refused as refused:
        raise click.ClickException(refusals.get(refused.code, str(refused))) from None
