"""A desk in its own processes on this test's database; real clients; nothing of it is left behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from firebreak.domain.incidents import Incident
from firebreak.workflow import incidents
from tests.conftest import Desk
from tests.faults.desk import RealDesk
from tests.faults.storm import COUNT
from tests.stories import ADA, NOW, SEEN, STEPS, playbook

LISTED = "".join(f"- [ ] Step {n} {{#step-{n} role=lead due=1h}}\n" for n in range(COUNT))


@pytest.fixture
def incident(inside: Flask) -> Incident:
    """FB-2026-001 with a long checklist."""
    return incidents.open_incident(SEEN, ADA, NOW, playbook=playbook(steps=LISTED + STEPS))


@pytest.fixture
def real(incident: Incident, database: str, tmp_path: Path, desk: Desk) -> Iterator[RealDesk]:
    """Running, with the cast and one incident."""
    with RealDesk(tmp_path / "real", database) as started:
        yield started
