"""From the first sign-in to a first exercise, in five steps. Whether a step is done is read from the desk itself.

The desk's setting `first_steps` holds only what the data cannot tell: steps that were put off or confirmed, and `all`
for a panel put away. What one browser has put away is in its session.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask, abort, current_app, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from firebreak import library
from firebreak.domain.incidents import Incident
from firebreak.domain.playbooks import Playbook
from firebreak.store import first_steps as store
from firebreak.store import log
from firebreak.store.settings import DEFAULTS
from firebreak.web import access, going, here, locale
from firebreak.web.access import needs
from firebreak.web.first_report import REPORTS, WHERE
from firebreak.web.opening_form import OpeningForm
from firebreak.web.rendered import Kept
from firebreak.workflow import settings as workflow

blueprint = Blueprint("first_steps", __name__, url_prefix="/first-steps")
STEPS = ("desk", "people", "telling", "playbook", "exercise")
MAY_BE_SETTLED = ("desk", "people", "telling")
AWAY = "all"
PREFERRED = "weekend-firestorm"
MOST_SILENT = 200
_SILENT = "firebreak_first_steps"


def init_app(app: Flask) -> None:
    """The page; `first_steps(mark)` and `first_hints(reference)` for the panels on the list and in the room."""
    app.register_blueprint(blueprint)
    app.extensions[_SILENT] = Kept[bool](MOST_SILENT, weight=lambda _yes: 1)
    app.jinja_env.globals.update(first_steps=panel, first_hints=hints)


@dataclass(frozen=True)
class Step:
    """One of STEPS. `by_word`: settled by somebody's word, not by the data."""

    name: str
    done: bool
    by_word: bool = False


@dataclass(frozen=True)
class Guide:
    """What the panel shows: an administrator's `steps`, or, where there are none, the two lines for everybody else."""

    steps: tuple[Step, ...]
    standing: store.Standing
    playbook: Playbook | None

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def next(self) -> str:
        """The first step that waits; "" when none does."""
        return next((step.name for step in self.steps if not step.done), "")


def panel(mark: str) -> Guide | None:
    """The guide while it has something to say; None once it is done or was put away. That it has nothing to say is
    kept for a list that shows the same (`mark`): a desk in use is not asked again for every page."""
    if AWAY in here.desk()["first_steps"] or session.get("first_steps") == AWAY:
        return None
    silent, came = current_app.extensions[_SILENT], here.arrival()
    key = (mark, came and came.desk, access.may("administrator"), here.moment())
    if silent.get(key):
        return None
    found = guide()
    waits = found.next if found.steps else (found.standing.running or not found.standing.played)
    return found if waits else silent.put(key, True) and None


def guide() -> Guide:
    """Every step as it stands."""
    standing = store.standing()
    steps = tuple(_step(name, standing) for name in STEPS) if access.may("administrator") else ()
    return Guide(steps, standing, _to_read())


def _step(name: str, standing: store.Standing) -> Step:
    told = name in here.desk()["first_steps"]
    done = _done(name, standing)
    return Step(name, done or (told and name != "desk"), by_word=told and not done)


def _done(name: str, standing: store.Standing) -> bool:
    """What the desk's own data say; usual hours need somebody's word that they are right."""
    desk = here.desk()
    if name == "desk":
        known = desk["desk_name"] != DEFAULTS["desk_name"] and desk["zone"] != DEFAULTS["zone"]
        return known and (desk["staffed"] != DEFAULTS["staffed"] or "desk" in desk["first_steps"])
    if name == "telling":
        return bool(desk["mail_host"] or desk["webhook_url"]) or standing.unreachable == 0
    said = "playbook" in desk["first_steps"] or standing.played
    return {"people": standing.people > 1, "playbook": said, "exercise": standing.exercise is not None}[name]


def _to_read() -> Playbook | None:
    """The playbook to begin with, in the reader's language or the next best."""
    shelf = library.playbooks(locale.language())
    return next((each for each in shelf if each.scenario == PREFERRED), next(iter(shelf), None))


# --- pages -----------------------------------------------------------------------------------------


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The guide as a page of its own, also when the panel was put away."""
    return render_template("first_steps/index.html", guide=guide(), away=AWAY in here.desk()["first_steps"])


@blueprint.post("/<step>/settled")
@needs("administrator")
def settle(step: str) -> ResponseReturnValue:
    """A person's word: alone for now, put off, these hours are right."""
    if step not in MAY_BE_SETTLED:
        abort(404)
    _note(step)
    return redirect(going.back(url_for("incidents.index")), 303)


@blueprint.post("/playbook")
@needs("administrator")
def read() -> ResponseReturnValue:
    """To the first playbook. A page that is only read leaves no trace, so the way there does."""
    playbook = _to_read() or abort(404)
    _note("playbook")
    return redirect(url_for("playbooks.read", language=playbook.language, scenario=playbook.scenario), 303)


@blueprint.post("/away")
def put_away() -> ResponseReturnValue:
    """An administrator puts the panel away for the desk, anybody else for this browser."""
    if access.may("administrator"):
        _note(AWAY)
    else:
        session["first_steps"] = AWAY
    return redirect(url_for("incidents.index"), 303)


@blueprint.post("/hints/away")
def put_hints_away() -> ResponseReturnValue:
    session.pop("first_exercise", None)
    return redirect(going.back(url_for("incidents.index")), 303)


def _note(word: str) -> None:
    noted = here.desk()["first_steps"]
    workflow.change({"first_steps": sorted({*noted, word})}, access.current_person().id, here.now())


# --- the first exercise ----------------------------------------------------------------------------


def fill(form: OpeningForm) -> None:
    """A report to practise with, in the reader's language, and the mark of an exercise."""
    form.report.data = REPORTS[locale.language()]
    form.channels.data = list(WHERE[locale.language()])
    form.exercise.data = True


def is_first_exercise(form: OpeningForm) -> bool:
    """Whether this form, not yet sent, would open the desk's first exercise."""
    return bool(form.exercise.data) and AWAY not in here.desk()["first_steps"] and store.standing().exercise is None


def show_hints(reference: str) -> None:
    """Who opened the first exercise sees three hints in its room, until they are put away."""
    session["first_exercise"] = reference


@dataclass(frozen=True)
class Hints:
    """What has been tried in the first exercise."""

    ticked: bool
    said: bool


def hints(reference: str) -> Hints | None:
    """The hints of a room. Nothing is asked of the database for a room that has none."""
    if session.get("first_exercise") != reference:
        return None
    incident = log.load(reference)
    return _tried(incident) if incident and incident.state == "open" else None


def _tried(incident: Incident) -> Hints:
    return Hints(any(step.state != "open" for step in incident.steps.values()), bool(incident.statements))
