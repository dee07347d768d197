"""The playbooks of the house: how long their check and their loading take, in processes of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from statistics import median
from time import perf_counter

from bench.table import Line
from firebreak import config

CHECK, LOAD = 2.0, 1.0  # seconds
LOADING = """
from time import perf_counter
from firebreak import config, playbook_files
before = perf_counter()
look = playbook_files.read((config.HOME / "playbooks",), playbook_files.Look())
print(perf_counter() - before, len(look.files))
"""


def run(times: int) -> None:
    """Print the figures; Python's own start stands beside them."""
    check = [sys.executable, "-m", "firebreak", "playbooks", "check", str(config.HOME / "playbooks")]
    loads = [_output([sys.executable, "-c", LOADING]).split() for _ in range(times)]
    load, files = median(float(seconds) for seconds, _files in loads), loads[0][1]
    checked, empty = _seconds(check, times), _seconds([sys.executable, "-c", "pass"], times)
    print(Line("Python alone, start to end", f"{empty:.2f} s"))
    print(Line(f"check of {files} playbooks, start to end", f"{checked:.2f} s", f"< {CHECK:.0f} s", checked < CHECK))
    print(Line(f"loading {files} playbooks, readers included", f"{load:.2f} s", f"< {LOAD:.0f} s", load < LOAD))


def _seconds(command: Sequence[str], times: int) -> float:
    """The middle of several runs."""
    taken = []
    for _ in range(times):
        before = perf_counter()
        _output(command)
        taken.append(perf_counter() - before)
    return median(taken)


def _output(command: Sequence[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=config.HOME).stdout
