"""The web process: makes the application once, sets the instance up in a fork, then becomes gunicorn.

Importing is most of a start. Done here, before gunicorn forks, it is paid once for set-up and every web process, and
its memory is shared by all of them. The set-up runs in a fork of its own, so that no connection, thread or listener of
it reaches the processes that serve; on the second core the first page is made ready meanwhile.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from firebreak.serve import READY

if TYPE_CHECKING:
    from flask import Flask

FIRST_PAGE = "security/login_user.html"


def main(setup: list[str], options: list[str]) -> None:
    """``setup``: words of a ``firebreak`` command, or none; ``options``: gunicorn's arguments. Exits with the first's
    status when it fails."""
    gc.disable()  # nothing of what is imported is garbage, and looking for it is a fifth of a start
    app = set_up(setup) if setup else None
    os.kill(os.getppid(), READY)
    print(f"Firebreak is on {os.environ['FIREBREAK_ADDRESS']} (Ctrl-C stops it)", file=sys.stderr, flush=True)
    gc.freeze()  # a collection would write into every page of memory that the web processes share
    gc.enable()
    become_gunicorn(options, app)


def set_up(words: list[str]) -> Flask:
    """The application, after a ``firebreak`` command in a copy of this process has succeeded."""
    from firebreak import cli, create_app

    with cli.plainly():
        app = create_app()
    pid = os.fork()
    if not pid:
        sys.argv = ["firebreak", *words]
        cli.main(app)
        sys.exit(0)
    make_ready(app)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status:
        sys.exit(status)
    return app


def make_ready(app: Flask) -> None:
    """Load what the first page needs. Opens no connection: it would be shared by all web processes."""
    from firebreak import store

    import_module("gunicorn.workers.gthread")
    store.make_ready()
    app.jinja_env.get_template(FIRST_PAGE)


def become_gunicorn(options: list[str], app: Flask | None) -> None:
    """Serve ``app``; None: what the options name."""
    from gunicorn.app.wsgiapp import WSGIApplication

    class Server(WSGIApplication):  # type: ignore[misc]
        def load(self) -> Flask:
            return app or super().load()

    sys.argv = ["gunicorn", *options]
    Server("%(prog)s [OPTIONS] [APP_MODULE]", prog="gunicorn").run()


if __name__ == "__main__":
    main(sys.argv[1].split(), sys.argv[2:])
