"""The scenario-planning pack: what to put in, the page for a browser's print, and the PDF that the worker makes.

It holds phone numbers, so it is for people who work on incidents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import RadioField, SelectMultipleField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from firebreak import library, pack, prints, system
from firebreak.domain.playbooks import Playbook
from firebreak.pack import PAPERS, Pack
from firebreak.store import jobs, queries
from firebreak.web import choices, here, locale, playbook_sheet, playbooks
from firebreak.web.access import current_person, needs
from firebreak.web.forms import PageForm

blueprint = Blueprint("pack", __name__, url_prefix="/pack")
KIND = "pack"
DENSITIES = playbook_sheet.DENSITIES
MOST_ON = {"A4": (playbook_sheet.ROOMY, playbook_sheet.DENSE), "Letter": (5200, 6800)}
"""Letters up to which a sheet is first set roomy, or dense (see `playbook_sheet.ROOMY`). One that turns out too long is
set tighter, and everything is laid out again."""
LETTERS_A_PAGE = 2600
LOOK_AGAIN = "2"
"""Seconds after which the page of a PDF being made is asked for again."""
AROUND = 5
"""Pages of the pack that are about no single scenario."""


def init_app(app: Flask) -> None:
    """The pages under /pack; the worker learns how to fill a pack."""
    app.register_blueprint(blueprint)
    app.extensions.setdefault(prints.MAKERS, {})[KIND] = draft


class PackForm(PageForm):
    scenarios = SelectMultipleField(
        _l("Scenarios"), choices=lambda: _scenarios(), widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )  # fmt: skip
    language = RadioField(_l("Language"), choices=lambda: choices.languages())
    paper = RadioField(_l("Paper"), choices=[SelectChoice(paper, paper) for paper in PAPERS], default=PAPERS[0])

    def validate_scenarios(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise ValidationError(_("Choose at least one scenario."))

    @property
    def params(self) -> dict[str, Any]:
        return {"scenarios": self.scenarios.data, "language": self.language.data, "paper": self.paper.data}


def _scenarios() -> list[SelectChoice]:
    offered = library.playbooks(locale.language())
    return [SelectChoice(each.scenario, each.title) for each in sorted(offered, key=lambda each: each.title)]


# --- pages -----------------------------------------------------------------------------------------


@blueprint.route("", methods=["GET", "POST"])
@needs("responder")
def index() -> ResponseReturnValue:
    """What to put in. The button "pdf" asks the worker for a PDF; the other shows the page to print."""
    every = [choice.value for choice in _scenarios()]
    form = PackForm(data={"scenarios": every, "language": locale.language(), "paper": PAPERS[0]})
    if request.method == "POST" and form.validate():
        return redirect(_wanted(form.params), 303)
    facts = {"jobs": jobs.recent(KIND), "names": queries.names(), "lacking": system.missing("pdf")}
    return render_template("pack/index.html", form=form, **facts), 422 if form.errors else 200


def _wanted(params: dict[str, Any]) -> str:
    if "page" in request.form:
        return url_for("pack.print_page", **params)
    return url_for("pack.job", id=jobs.ask(KIND, params, current_person().id, here.now()))


@blueprint.get("/print")
@needs("responder")
def print_page() -> ResponseReturnValue:
    """The pack as one page, for a browser's print: works on any machine. Without scenarios: all of them."""
    args = request.args
    language, paper = args.get("language", locale.language()), args.get("paper", PAPERS[0])
    found = chosen(language, args.getlist("scenarios"))
    if not found or language not in locale.LANGUAGES or paper not in PAPERS:
        abort(404)
    return html(assembled(found, language, here.now()), paper, {}, on_screen=True)


@blueprint.get("/jobs/<int:id>")
@needs("responder")
def job(id: int) -> ResponseReturnValue:
    """How far the PDF is; looks again by itself until it is there."""
    found = _job(id)
    page = render_template("pack/job.html", job=found, failure=failure(found.reason))
    return page, {"Refresh": LOOK_AGAIN} if found.undone else {}


@blueprint.get("/jobs/<int:id>/pdf")
@needs("responder")
def download(id: int) -> ResponseReturnValue:
    """The PDF."""
    found = _job(id)
    if found.result is None or not prints.path_of(found.result).exists():
        abort(404)
    name = f"{found.name}.pdf"
    return send_file(
        prints.path_of(found.result), "application/pdf", as_attachment=True, download_name=name, etag=False
    )


FAILURES: Mapping[str, Any] = {
    "no_pdf": _l("This machine cannot make PDFs yet."),
    "gone": _l("None of these scenarios has a playbook any more. Choose others."),
    "not_kept": _l("The PDF could not be kept. Is the disk full?"),
    "broke_off": _l("The worker was stopped each time it made this PDF. Ask for it again."),
    "fault": _l("An error of this desk; the worker's log says which. The page to print works without the worker."),
}


def failure(reason: str | None) -> str:
    """Why there is no PDF, in words, with the detail that was kept; "" for none."""
    code, _space, detail = (reason or "").partition(" ")
    words = str(FAILURES.get(code, code))
    return f"{words} ({detail})" if detail else words


def _job(id: int) -> jobs.Job:
    found = jobs.find(id)
    return found if found and found.kind == KIND else abort(404)


# --- filling it ------------------------------------------------------------------------------------


def chosen(language: str, scenarios: Sequence[str]) -> list[Playbook]:
    """The playbooks of these scenarios, or of all when none is named; what is no longer there is left out."""
    offered = library.playbooks(language)
    return [each for each in offered if not scenarios or each.scenario in scenarios]


def assembled(found: Sequence[Playbook], language: str, now: datetime) -> Pack:
    """The pack of these playbooks with today's people and settings."""
    return pack.assemble(found, queries.people(only_active=True), queries.settings(), language, now)


def draft(params: Mapping[str, Any], now: datetime, tighter: Mapping[str, int]) -> prints.Draft:
    """The pack for the worker (see `prints.Maker`). A request context has to be open."""
    language, paper = str(params["language"]), str(params["paper"])
    found = chosen(language, params["scenarios"])
    if not found:
        raise prints.Gone("none of these scenarios has a playbook any more")
    made = assembled(found, language, now)
    pages = AROUND + sum(2 + len(each.source) // LETTERS_A_PAGE for each in found)
    most = {f"sheet-{each.scenario}": 2 for each in found}
    return prints.Draft(html(made, paper, tighter), f"firebreak-pack-{made.version}-{language}", pages, most)


def html(made: Pack, paper: str, tighter: Mapping[str, int], on_screen: bool = False) -> str:
    """The whole pack; each scenario is in the language of its playbook."""
    scenarios = [(each, _scenario(each, paper, tighter.get(f"sheet-{each.scenario}", 0))) for each in made.playbooks]
    signs = {each.scenario: _by_section(each) for each in made.playbooks}
    with force_locale(locale.LOCALES[made.language]):
        facts = {"pack": made, "paper": paper, "scenarios": scenarios, "signs": signs, "on_screen": on_screen}
        return render_template("pack/print.html", **facts)


def _by_section(playbook: Playbook) -> dict[str | None, playbooks.Chapter]:
    return {each.section.id: each for each in playbooks.chapters(playbook, playbooks.ON_PAPER)}


def _scenario(playbook: Playbook, paper: str, tighter: int) -> Markup:
    """Its action sheet and its long form. `tighter`: how many times it was found to be too long for two pages."""
    parts = playbook_sheet.parts(playbook)
    start = sum(playbook_sheet.letters(playbook) > most for most in MOST_ON[paper])
    parts["density"] = DENSITIES[min(start + tighter, len(DENSITIES) - 1)]
    every = list(playbooks.chapters(playbook, playbooks.ON_PAPER))
    with force_locale(locale.LOCALES[playbook.language]):
        return Markup(render_template("pack/_scenario.html", **parts, every=every, guidance=playbooks.ON_PAPER))
