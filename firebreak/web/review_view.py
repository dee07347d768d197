"""An incident as its review shows it: picture, figures, questions with their answers, actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from flask_babel import get_locale
from flask_babel import gettext as _

from firebreak import library
from firebreak.domain import metrics, timeline
from firebreak.domain.clocks import Reading
from firebreak.domain.deciding.review import asked_by, questions
from firebreak.domain.events import EventKind
from firebreak.domain.incidents import Action, Answer, Incident
from firebreak.domain.model import NONE
from firebreak.domain.timeline import Mark, Timeline
from firebreak.domain.timeline_axis import Part
from firebreak.store import queries
from firebreak.web import here, locale, reasons, review_words, words
from firebreak.web.desk import staffed_hours
from firebreak.web.room_view import Room
from firebreak.workflow.review import questions_listed

LETTER, WIDE_LETTER = 5.6, 10.5
"""Units of the picture that a letter of its labels takes."""


@dataclass(frozen=True)
class FigureRow:
    """A figure with its words; `usual` over this desk's other incidents, "" or None where nothing is known."""

    figure: metrics.Figure
    title: str
    usual: timedelta | None
    motrin: str


@dataclass(frozen=True)
class Question:
    """One question and what people answered to it."""

    code: str
    text: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class ActionRow:
    """An action; `overdue` when its day is over and it is still open."""

    action: Action
    overdue: bool


class Review:
    """What the templates ask for. Everything is worked out on demand, once."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.incident: Incident = room.incident

    @cached_property
    def timeline(self) -> Timeline:
        return timeline.draw(self.incident, staffed_hours(here.desk()), str(locale.zone()), self.room.now)

    def says(self, mark: Mark) -> str:
        """What a mark stands for."""
        return review_words.mark(self.room, mark)

    def clock_name(self, reading: Reading) -> str:
        return words.clock_name(reading.clock.id, self.room.clock_step(reading.clock.id))

    @staticmethod
    def part_label(part: Part) -> str:
        """The name of a part of the axis, as long as it has room for; "" where it has none."""
        letter = WIDE_LETTER if str(get_locale()).startswith("zh") else LETTER
        names = (str(names[part.id]) for names in (review_words.PARTS, review_words.SHORT_PARTS))
        return next((name for name in names if len(name) * letter < part.width), "")

    @cached_property
    def figures(self) -> tuple[FigureRow, ...]:
        usual = metrics.usual(queries.earlier_moments(self.incident.reference))
        told = metrics.figures(self.incident, self.room.now)
        return tuple(
            FigureRow(each, str(review_words.FIGURES[each.id]), usual.get(each.id), _motrin(each.id)) for each in told
        )

    @property
    def compares(self) -> bool:
        """Whether this desk has enough incidents behind it to know what is usual."""
        return any(row.usual for row in self.figures)

    # --- questions ---

    @cached_property
    def question_texts(self) -> Mapping[str, str]:
        """Code -> words, in the order of asking; a playbook's are in its own language."""
        listed = questions_listed(self.incident)
        own = {f"q{number}": text for number, text in enumerate(listed, 1)}
        return {code: own.get(code) or str(review_words.QUESTIONS[code]) for code in questions(len(listed))}

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(Question(code, text, self._answers(code)) for code, text in self.question_texts.items())

    def _answers(self, code: str) -> tuple[Answer, ...]:
        asked = (asked_by(self.incident, code), code)
        return tuple(each for each in self.incident.answers if (each.playbook, each.question) == asked)

    @cached_property
    def earlier_answers(self) -> tuple[Question, ...]:
        """Answers to questions that the playbook in use does not ask: of another one, or of another version of it."""
        shown = {answer.seq for question in self.questions for answer in question.answers}
        left = [answer for answer in self.incident.answers if answer.seq not in shown]
        grouped: dict[tuple[str, str], list[Answer]] = {}
        for answer in left:
            grouped.setdefault((answer.playbook, answer.question), []).append(answer)
        return tuple(Question(code, _once_asked(hash, code), tuple(own)) for (hash, code), own in grouped.items())

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(bool(question.answers) for question in self.questions)

    def mine(self, person: int) -> dict[str, str]:
        """What this person answered, by question."""
        return {q.code: answer.text for q in self.questions for answer in q.answers if answer.by == person}

    # --- which playbook ---

    @cached_property
    def suggested(self) -> list[tuple[str, str]]:
        """What was suggested at the opening, best first: title, and how well it was found to fit."""
        opening = self.incident.facts[0].event.data
        titles = {each.scenario: each.title for each in library.playbooks(locale.language())}
        return [(titles.get(scenario, scenario), reasons.fit(score)) for scenario, score in opening["matches"][:3]]

    @cached_property
    def used(self) -> list[tuple[str, datetime, int]]:
        """The playbooks chosen, in order: title, when, entry."""
        facts = (fact for fact in self.incident.facts if fact.event.kind is EventKind.PLAYBOOK_CHOSEN)
        title = self.room.playbook_title
        return [(title(f.event.data["hash"], f.event.data["scenario"]), f.event.at, f.seq) for f in facts]

    @property
    def judged(self) -> str:
        """The playbook that would have been right, as somebody said here; "" while nobody has."""
        judged = self.incident.judged
        return _("None of them") if judged == NONE else self.room.named[judged] if judged else ""

    # --- actions ---

    @cached_property
    def actions(self) -> tuple[ActionRow, ...]:
        return tuple(ActionRow(each, overdue(each.due, each.outcome)) for each in self.incident.actions.values())

    @property
    def agreed(self) -> datetime | None:
        return self.incident.moments.get("reviewed")

    @property
    def can_be_written(self) -> bool:
        """After standing down, until it is agreed."""
        return not self.room.is_open and self.agreed is None


def _motrin(figure: str) -> str:
    return str(review_words.MOTRIN.get(figure, ""))


def _once_asked(version: str, code: str) -> str:
    """The words of a question of some version; its code where they are gone."""
    playbook = library.version(version) if version else None
    listed = playbook.review_questions if playbook else ()
    number = int(code[1:]) if code[0] == "q" and code[1:].isdigit() else 0
    return listed[number - 1] if 0 < number <= len(listed) else str(review_words.QUESTIONS.get(code, code))


def today() -> date:
    """The day it is at the desk: actions are due by its calendar."""
    return here.now().astimezone(ZoneInfo(staffed_hours(here.desk()).zone)).date()


def overdue(due: date | None, outcome: str | None = None) -> bool:
    return outcome is None and due is not None and due < today()
