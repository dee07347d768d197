"""`firebreak watch`: the worker that rings clocks and sends messages. Safe to run more than once."""

from __future__ import annotations

import logging
import signal

import click

from firebreak import create_app
from firebreak.notify.worker import Worker, first_line
from firebreak.printjobs import Printer
from firebreak.store import outbox
from firebreak.workflow.tick import tick


@click.command()
@click.option("--once", is_flag=True, help="One round, then end: for a timer instead of a running worker.")
def watch(once: bool) -> None:
    """Ring the clocks, send what is due and make PDFs, until told to stop."""
    logging.basicConfig(format="%(asctime)s worker: %(message)s", datefmt="%H:%M:%S", level=logging.WARNING)
    worker = Worker(create_app(), tick, chore=Printer())
    if once:
        _once(worker)
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: worker.stop())
    worker.run()


def _once(worker: Worker) -> None:
    try:
        worker.once()
    except outbox.UNUSABLE as error:
        raise click.ClickException(f"the database cannot be used: {first_line(error)}") from None
