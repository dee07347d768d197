from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from firebreak import maintenance
from firebreak.domain.incidents import Incident
from firebreak.store import db, log, models, projections, queries
from firebreak.store.engine import WRITES
from firebreak.workflow import incidents, record, roles, steps
from tests.stories import ADA, HOUR, NOW, OTHER_STEPS, REFERENCE, ROSA, SEEN, playbook

pytestmark = pytest.mark.usefixtures("inside")


def stored() -> projections.Rows:
    """Every projection as it stands, keyed as `rows_of` keys it."""
    found: projections.Rows = {}
    with db.engine.connect() as connection:
        for model in projections.TABLES:
            table = models.table(model)
            keys = [column.name for column in table.primary_key.columns]
            rows = [dict(row) for row in connection.execute(sa.select(table)).mappings()]
            found[table.name] = {tuple(row[key] for key in keys): row for row in rows}
    return found | {"incident": {(key[0], key[0]): row for key, row in found["incident"].items()}}


def rows(model: Any) -> list[Any]:
    return list(stored()[models.table(model).name].values())


@pytest.fixture
def incident(inside: Flask) -> Incident:
    return incidents.open_incident(SEEN, ADA, NOW, playbook=playbook())


def test_the_rows_are_those_of_the_incident(incident: Incident) -> None:
    assert stored() == projections.rows_of(incident, NOW)


def test_a_list_shows_what_changed(incident: Incident) -> None:
    roles.assign(REFERENCE, "lead", ROSA, ADA, NOW)
    record.post_statement(REFERENCE, "x", "Sorry", "", ADA, NOW, next_update_at=NOW + HOUR)
    changed = incidents.change_severity(REFERENCE, "critical", "", ADA, NOW)
    assert stored() == projections.rows_of(changed, NOW)


def test_rows_that_are_no_longer_told_are_removed(incident: Incident) -> None:
    seq = roles.assign(REFERENCE, "lead", ROSA, ADA, NOW).seq
    record.strike(REFERENCE, seq, "A slip", ADA, NOW)
    assert rows(models.IncidentPerson) == []


def test_steps_of_the_former_playbook_leave_the_lists(incident: Incident) -> None:
    incidents.choose_playbook(REFERENCE, playbook("flood", OTHER_STEPS), ADA, NOW)
    assert {row["step"] for row in rows(models.IncidentStep)} == {"pause-scheduled", "call-lawyer"}


def test_an_erased_title_leaves_the_lists(incident: Incident) -> None:
    record.erase(REFERENCE, [1], "", ADA, NOW)
    assert [row["title"] for row in rows(models.IncidentRow)] == [""]


def test_rewriting_one_incident_touches_no_other(incident: Incident) -> None:
    incidents.open_incident(SEEN, ADA, NOW)
    before = stored()
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        projections.rewrite(connection, incident, NOW)
    assert stored() == before


def test_rebuilding_brings_back_what_was_spoilt(incident: Incident) -> None:
    steps.finish(REFERENCE, "pause-scheduled", ADA, NOW)
    before = stored()
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        connection.execute(sa.update(models.IncidentRow).values(state="stood_down", title="Other"))
        connection.execute(sa.delete(models.IncidentStep))
        connection.execute(sa.insert(models.IncidentChannel).values(reference="FB-1999-001", channel="x"))
    assert (maintenance.rebuild(NOW), stored()) == (1, before)


def test_references_are_sorted_as_numbers() -> None:
    assert projections.number("FB-2026-999") < projections.number("FB-2026-1000") < projections.number("FB-2027-001")


def test_the_hint_names_the_first_alarm(incident: Incident) -> None:
    first = min(clock.start + (clock.due - clock.start) * 0.75 for clock in incident.clocks.values())
    assert queries.due_incidents(first) == [REFERENCE]


def test_opening_leaves_no_old_view_behind_for_the_lists(incident: Incident) -> None:
    assert [row.reference for row in queries.incidents()] == [REFERENCE]


def test_an_incident_with_a_short_log_loads_from_its_rows(incident: Incident) -> None:
    assert log.load(REFERENCE) == incident
