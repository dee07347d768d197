"""Lighthouse's marks for a page, when it is installed: `npm install --global lighthouse`, or LIGHTHOUSE=/path to it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from bench.table import Line
from firebreak import system

MARKS = ("performance", "accessibility", "best-practices")
LEAST = 95
FLAGS = "--headless=new --no-sandbox --disable-gpu"
MISSING = "not installed: npm install --global lighthouse, or LIGHTHOUSE=/path"


def line(name: str, url: str, cookie: str) -> Line:
    """The line of the table for one page."""
    program = os.environ.get("LIGHTHOUSE") or shutil.which("lighthouse")
    if not program:
        return Line(f"Lighthouse: {name}", MISSING)
    report = _report(program, url, cookie)
    marks = {mark: round(100 * (report["categories"][mark]["score"] or 0)) for mark in MARKS}
    told = ", ".join(f"{mark} {value}" for mark, value in marks.items())
    return Line(f"Lighthouse: {name}", told, f"{LEAST} each", min(marks.values()) >= LEAST)


def _report(program: str, url: str, cookie: str) -> dict:  # type: ignore[type-arg]
    with tempfile.TemporaryDirectory() as folder:
        told, headers = Path(folder) / "report.json", Path(folder) / "headers.json"
        headers.write_text(json.dumps({"Cookie": cookie} if cookie else {}))
        words = ["--quiet", f"--chrome-flags={FLAGS}", f"--only-categories={','.join(MARKS)}", "--preset=desktop"]
        words += ["--output=json", f"--output-path={told}", f"--extra-headers={headers}"]
        env = {**os.environ, "CHROME_PATH": system.browser() or ""}
        subprocess.run([program, url, *words], env=env, check=True, capture_output=True)
        found: dict = json.loads(told.read_text())  # type: ignore[type-arg]
        return found
