"""The form that opens an incident, and what the desk proposes while it is filled."""

from __future__ import annotations

import re
from hashlib import sha256
from secrets import token_urlsafe

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from firebreak import library
from firebreak.domain import channels, markdown
from firebreak.domain.deciding.opening import Opening
from firebreak.domain.playbooks import Playbook
from firebreak.domain.refusal import Refused
from firebreak.domain.reports import Report
from firebreak.store import queries
from firebreak.web import desk, here, locale, questions, words
from firebreak.web.advice import Advice
from firebreak.web.forms import PageForm, WhenField

MOST_READ = 100_000
"""Letters of a report that are looked at for advice: of what a form may hold, it would take many seconds."""

NO_PLAYBOOK, ANOTHER = "none", "another"
_BETWEEN_PLACES = re.compile(r"[,;，；、/\n]|\s(?:and|et)\s|和")


class OpeningForm(PageForm):
    """`playbook` is a scenario, `another`, `none`, or "" for the best fit. `auto` is the scenario the desk ticked by
    itself, `seen` the channels it has ticked: neither is done twice against a person's will. `suggest` is the button
    that asked for advice, and may answer a question; `answers` are those given before."""

    report = TextAreaField(_l("What is happening?"))
    began_at = WhenField(_l("When did it begin?"))
    noticed_at = WhenField(_l("When did we notice?"))
    channels = SelectMultipleField(
        _l("Where?"),
        choices=lambda: words.choices("channel", *_most_used_first()),
        widget=ListWidget(),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    places = StringField(_l("Other places"))
    language = SelectField(
        _l("Working language"),
        choices=lambda: words.choices("language"),
        default=locale.language,
        validate_choice=False,
    )
    severity = SelectField(
        _l("Severity"),
        choices=lambda: [SelectChoice("", _("As proposed")), *words.choices("severity")],
        validate_choice=False,
    )
    title = StringField(_l("Title"))
    exercise = BooleanField(_l("This is an exercise"))
    playbook = StringField(_l("Playbook"))
    another = SelectField(_l("Another playbook"), choices=lambda: _all_playbooks(), validate_choice=False)
    key = HiddenField(default=lambda: token_urlsafe(16))
    auto = HiddenField()
    seen = HiddenField()
    answers = HiddenField()
    suggest = HiddenField()

    def tick_found(self) -> None:
        """Tick the channels the text speaks of, each once: what a person then unticks stays unticked."""
        found = channels.find(f"{(self.report.data or '')[:MOST_READ]}\n{self.places.data or ''}")
        seen = {code for code in (self.seen.data or "").split(",") if code in channels.CHANNELS}
        ticked = [code for code in self.channels.data or () if code in channels.CHANNELS]
        self.channels.data = [*ticked, *(code for code in found if code not in seen and code not in ticked)]
        self.seen.data = ",".join(sorted(seen | set(found)))

    def take_answer(self) -> None:
        """Keep what a button answers beside what was answered before."""
        given = questions.settle(questions.read(self.answers.data), self.suggest.data)
        self.answers.data = questions.written(given)

    def answered(self) -> dict[str, str]:
        """Every question a person has answered, and how."""
        return questions.read(self.answers.data)

    def where(self) -> tuple[str, ...]:
        """The codes of every place named; a name nobody knows counts as `other`."""
        codes = (channels.canonical(place) or "other" for place in self._places())
        return tuple(dict.fromkeys([*(self.channels.data or ()), *codes]))

    def _places(self) -> list[str]:
        return [place.strip() for place in _BETWEEN_PLACES.split(self.places.data or "") if place.strip()]

    def text(self) -> str:
        """The report, with the places that no code can hold."""
        unknown = [place for place in self._places() if not channels.canonical(place)]
        said = self.report.data or ""
        also = _("Also seen on: %(places)s", places=_(", ").join(unknown))  # an f-string would hide it from pybabel
        return f"{said}\n\n{also}" if unknown and said.strip() else said

    def sighting(self) -> Report:
        """What the matcher is asked about."""
        noticed = self.noticed_at.data or here.now()
        read = (self.report.data or "")[:MOST_READ]
        told = questions.told(self.answered())
        return Report(read, self.where(), self.began_at.data, noticed, self.language.data, told)

    def tick_playbook(self, advice: Advice) -> None:
        """Tick what the desk would take, unless a person has chosen."""
        if (self.playbook.data or "") in ("", self.auto.data):
            self.playbook.data = self.auto.data = advice.picked or NO_PLAYBOOK
        else:
            self.auto.data = ""
            self._keep_in_sight(advice)

    def _keep_in_sight(self, advice: Advice) -> None:
        """What a person chose and the desk no longer shows becomes another playbook: unseen, it would be lost."""
        chosen, shown = self.playbook.data, {fit.playbook.scenario for fit in advice.fits}
        if chosen not in shown and library.get(self.language.data, chosen):
            self.playbook.data, self.another.data = ANOTHER, chosen

    def chosen(self, advice: Advice) -> Playbook | None:
        """The playbook to start with, in the working language: as ticked, or the best fit where none was shown yet."""
        wish = self.playbook.data or advice.picked
        scenario = self.another.data if wish == ANOTHER else wish
        return library.get(self.language.data, scenario) if scenario != NO_PLAYBOOK else None

    def propose(self, advice: Advice) -> None:
        """Show what an empty severity means, and that an empty title is proposed."""
        proposed = _("Proposed: %(severity)s", severity=words.word("severity", advice.severity))
        self.severity.choices[0] = SelectChoice("", proposed)
        self.title.render_kw = {"placeholder": advice.title}

    def opening(self, advice: Advice) -> Opening:
        """What the workflow is asked to open."""
        report, at = self.text(), self.began_at.data or self.noticed_at.data or here.now()
        playbook = self.chosen(advice)
        return Opening(
            report=report,
            title=self.title.data or "",
            severity=self.severity.data or (playbook.severity if playbook else advice.severity),
            language=self.language.data or "",
            channels=self.where(),
            began_at=self.began_at.data,
            noticed_at=self.noticed_at.data,
            exercise=bool(self.exercise.data),
            cover=desk.staffed_hours(here.desk()).cover(at),
            matches=advice.scores,
            none=advice.none,
            answers=questions.told(self.answered()),
            html=markdown.render(report),
        )

    def key_for(self, person: int) -> str:
        """The same for a second tap on the same button; another once the text was changed and is sent again."""
        return sha256(f"{self.key.data}\0{person}\0{self.report.data}".encode("utf-8", "replace")).hexdigest()

    def refuse(self, refused: Refused) -> None:
        """A time is refused without its field: it is the one that holds that time."""
        at = refused.facts.get("began") or refused.facts.get("at")
        if at and "field" not in refused.facts:
            refused.facts["field"] = "began_at" if at == self.began_at.data else "noticed_at"
        super().refuse(refused)


def _most_used_first() -> list[str]:
    """The channels of the desk's settings, then those its incidents were on most, then the rest."""
    own = [row.get("channel") for row in here.desk()["channels"]]
    ranked = dict.fromkeys([*own, *queries.channels_by_use(), *channels.CHANNELS])
    return [code for code in ranked if code in channels.CHANNELS]


def _all_playbooks() -> list[SelectChoice]:
    offered = sorted(library.playbooks(locale.language()), key=lambda playbook: playbook.title)
    return [SelectChoice(playbook.scenario, playbook.title) for playbook in offered]
