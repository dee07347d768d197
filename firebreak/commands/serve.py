"""`firebreak serve`: the web server with the worker beside it."""

from __future__ import annotations

import sys

import click

from firebreak import serve as server


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--processes", type=click.IntRange(1, 64), help="Web processes: 1 on SQLite, 2 on PostgreSQL by default.")
@click.option("--threads", default=server.THREADS, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--worker/--no-worker", default=True, help="Run `firebreak watch` beside it.")
def serve(host: str, port: int, processes: int | None, threads: int, worker: bool) -> None:
    """Serve the desk until Ctrl-C."""
    watch = server.WATCH if worker else None
    sys.exit(server.serve(host, port, processes=processes, threads=threads, watch=watch, setup=("setup", "--link")))
