"""The web process: imports the application once, sets the instance up in a fork, then becomes gunicorn.

Importing is most of a start. Done here, before gunicorn forks, it is paid once for set-up and every web process. The
set-up runs in a fork of its own, so that no connection, thread or listener of it reaches the processes that serve.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

from gunicorn.app.wsgiapp import run

from firebreak.serve import READY


def main(setup: list[str], options: list[str]) -> None:
    """``setup``: words of a ``firebreak`` command, or none; ``options``: gunicorn's arguments. Exits with the first's
    status when it fails."""
    if setup:
        for part in import_module("firebreak.web").PARTS:
            import_module(f"firebreak.web.{part}")
        import_module("firebreak.api.reference")
        status = in_a_fork(setup)
        if status:
            sys.exit(status)
    os.kill(os.getppid(), READY)
    print(f"Firebreak is on {os.environ['FIREBREAK_ADDRESS']} (Ctrl-C stops it)", file=sys.stderr, flush=True)
    sys.argv = ["gunicorn", *options]
    run(prog="gunicorn")


def in_a_fork(words: list[str]) -> int:
    """Run a ``firebreak`` command in a copy of this process; answers its exit status."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    from firebreak.cli import main as firebreak

    sys.argv = ["firebreak", *words]
    firebreak()
    sys.exit(0)


if __name__ == "__main__":
    main(sys.argv[1].split(), sys.argv[2:])
