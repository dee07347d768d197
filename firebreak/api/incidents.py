"""Incidents: the list, one of them, its log."""

from __future__ import annotations

from firebreak.api import answers, shown
from firebreak.api.operations import operation
from firebreak.api.problems import no_incident
from firebreak.api.schemas import LARGEST, ListQuery, LogQuery
from firebreak.domain.incidents import Incident
from firebreak.domain.search import parse
from firebreak.store import finding, log, queries
from firebreak.store.projections import number

ONE = "/incidents/<reference>"


def find(reference: str) -> Incident:
    """The incident as of now; a problem, 404, when there is none."""
    found = log.load(reference)
    if found is None or not found.seq:
        raise no_incident(reference)
    return found


@operation("GET", "/incidents", access="observer", query=ListQuery, answer=answers.Incidents)
def list_incidents(query: ListQuery) -> answers.Incidents:
    """Incidents, the newest first."""
    before = min(number(query.after), LARGEST) if query.after else None
    rows = finding.incidents(_wanted(query), before, query.limit + 1)
    page = rows[: query.limit]
    names = queries.names(row.lead for row in page)
    following = page[-1].reference if len(rows) > len(page) else None
    return answers.Incidents(incidents=[shown.line(row, names) for row in page], next=following)


def _wanted(query: ListQuery) -> finding.Wanted:
    plain = query.model_dump(include={"state", "severity", "scenario", "channel", "person"}, exclude_none=True)
    exercise = None if query.exercise is None else query.exercise == "only"
    return finding.Wanted(**plain, exercise=exercise, terms=None if query.q is None else parse(query.q))


@operation("GET", ONE, access="observer", answer=answers.Incident)
def show_incident(reference: str) -> answers.Incident:
    """All of an incident but its log."""
    return shown.incident(find(reference))


@operation("GET", f"{ONE}/log", access="observer", query=LogQuery, answer=answers.Log)
def read_log(reference: str, query: LogQuery) -> answers.Log:
    """The log from an entry on, oldest first. Poll it with the last number that you have."""
    found = find(reference)
    page = found.facts[query.after : query.after + query.limit]
    return answers.Log(entries=shown.entries(found, page), more=query.after + len(page) < found.seq)
