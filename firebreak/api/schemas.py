"""What a request may say. Unknown fields are refused, and nothing is guessed: "1" is no number, and 1 no text.

What a model cannot say (a time that has not come yet, a reason that is missing) is left to the rules, which refuse.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from firebreak.domain.channels import CHANNELS
from firebreak.domain.separating import QUESTIONS
from firebreak.store.log import REFERENCE

LARGEST = 2**31 - 1
PAGE, LONGEST_PAGE = 50, 200
LOG_PAGE, LONGEST_LOG_PAGE = 500, 1000
LONGEST_SEARCH = 1000

Severity = Literal["critical", "serious", "minor", "watch"]
Language = Literal["en", "fr", "zh"]
State = Literal["open", "stood_down"]
Outcome = Literal["resolved", "false_alarm", "opened_by_mistake", "duplicate"]


def _utc(at: datetime) -> datetime:
    """In UTC; what lies beyond all calendars is left to the rules, which refuse the year."""
    if at.year < 1900 or at.year > 9000:
        return at.replace(year=1900 if at.year < 1900 else 9000, month=1, day=1, tzinfo=UTC)
    return at.astimezone(UTC)


def _digits(value: object) -> object:
    """Numbers in an address are digits only; Pydantic would also take 1_000 and 1.0."""
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) < 20 else "no number"
    return value


def _whole(value: object) -> object:
    """JSON knows one kind of number: 30.0 is 30."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _question(asked: str) -> str:
    if asked not in QUESTIONS:
        raise ValueError("no such question: send back the id of one that a match has asked")
    return asked


When = Annotated[
    AwareDatetime,
    AfterValidator(_utc),
    Field(description="ISO 8601 with an offset.", examples=["2026-11-21T23:40:00+01:00"]),
]
Text = Annotated[str, Field(min_length=1)]
Number = Annotated[int, BeforeValidator(_digits)]
QuestionId = Annotated[str, AfterValidator(_question), WithJsonSchema({"type": "string", "enum": list(QUESTIONS)})]
Channel = Annotated[
    str,
    Field(min_length=1, max_length=200, description=f"One of {', '.join(CHANNELS)}, or a name or host of one."),
]
Scenario = Annotated[str, Field(min_length=1, max_length=200, examples=["weekend-firestorm"])]


class Wish(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Asked(Wish):
    """What somebody, or a program that listens, has seen."""

    text: Annotated[Text, Field(description="What is happening, in any of the desk's languages.")]
    channels: list[Channel] | None = Field(None, max_length=50, description="Left out: those that the text names.")
    began_at: When | None = None
    language: Language | None = Field(None, description="Left out: by Accept-Language, else the desk's.")
    answers: dict[QuestionId, bool] | None = Field(None, max_length=50, description="To questions a match has asked.")


class NewIncident(Asked):
    """An incident to open."""

    title: str | None = Field(None, description="Left out: taken from the text.")
    noticed_at: When | None = Field(None, description="Left out: now.")
    severity: Severity | None = Field(None, description="Left out: as the playbook proposes.")
    scenario: Scenario | None = Field(
        None, description='The playbook to start with, or "none". Left out: the best fit, where the desk is sure of it.'
    )
    exercise: bool | None = Field(None, description="An exercise. Left out: the real thing.")


class ChosenPlaybook(Wish):
    """The playbook to go on with. Ticks are kept by step id."""

    scenario: Scenario


class StepChange(Wish):
    """A tick, or its undoing."""

    state: Literal["done", "not-applicable", "open"]
    reason: str | None = Field(None, description="Needed for not-applicable; a note otherwise.")
    choice: str | None = Field(None, description="For done: which option of a decision was taken.")
    at: When | None = Field(None, description="When it happened, for done and not-applicable. Left out: now.")


class Note(Wish):
    """Something seen or thought, in Markdown."""

    text: Text
    at: When | None = None


class NewStatement(Wish):
    """A text that was posted in public."""

    channel: Channel
    text: Text
    url: str | None = Field(None, description="Where it can be read.")
    at: When | None = Field(None, description="When it was posted. Left out: now.")
    next_update_at: When | None = Field(None, description="When the text promises the next one: starts a clock.")


class Moment(Wish):
    """When it happened. Left out: now."""

    at: When | None = None


class Lead(Wish):
    """Who leads from now on."""

    person: (
        Annotated[int, Field(ge=1, le=LARGEST), BeforeValidator(_whole)]
        | Annotated[str, Field(min_length=1, max_length=320)]
        | None
    ) = Field(None, description="An account's number or email address. Left out: the person behind the token.")


class SeverityChange(Wish):
    """How grave it is now. Lowering it needs a reason."""

    severity: Severity
    reason: str | None = None


class StandDown(Wish):
    """It is over."""

    outcome: Outcome
    reason: str | None = Field(None, description="Needed while critical steps are open.")
    duplicate_of: str | None = Field(None, description="For the outcome duplicate: the other one's reference.")


class Reopening(Wish):
    """It is not over."""

    reason: Text


class Query(BaseModel):
    """The query of an address."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ListQuery(Query):
    """Which incidents, and how many at once."""

    q: str | None = Field(
        None,
        max_length=LONGEST_SEARCH,
        description='Words that all have to be somewhere in the incident\'s title or log; "words in quotes" in that '
        "order. The last one may be the beginning of a word. Without letters or digits nothing is found.",
    )
    state: State | None = None
    severity: Severity | None = None
    scenario: str | None = Field(None, pattern=r"^[a-z0-9-]{1,200}$", examples=["weekend-firestorm"])
    channel: str | None = Field(None, pattern=f"^({'|'.join(CHANNELS)})$", description="A channel that is affected.")
    person: Annotated[int, Field(ge=1, le=LARGEST), BeforeValidator(_digits)] | None = Field(
        None, description="An account that holds any role."
    )
    exercise: Literal["only", "without"] | None = Field(None, description="Exercises only, or none of them.")
    limit: Number = Field(PAGE, ge=1, le=LONGEST_PAGE)
    after: str | None = Field(None, pattern=f"^{REFERENCE.pattern}$", description="`next` of the page before.")


class LogQuery(Query):
    """Which entries, and how many at once."""

    after: Number = Field(0, ge=0, le=LARGEST, description="The number of the last entry already read.")
    limit: Number = Field(LOG_PAGE, ge=1, le=LONGEST_LOG_PAGE)
