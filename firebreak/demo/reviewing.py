"""The lines of a story that come after an incident: answers of the review, actions, the agreement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from firebreak.demo.answers import codes_of
from firebreak.demo.story import Beat, Story, after
from firebreak.domain.incidents import Incident
from firebreak.workflow import review


class Reviewing:
    """What `telling.Teller` does once an incident is stood down. It keeps the state that is named here."""

    story: Story
    clock: datetime
    people: dict[str, int]
    marks: dict[tuple[str, str], Any]
    known: dict[str, Incident]

    def incident(self, beat: Beat) -> Incident:
        """The incident of a line, as it is now."""
        return self.known[beat.incident]

    def _reference(self, beat: Beat) -> str:
        return self.known[beat.incident].reference

    def _answer(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident:
        incident = self.incident(beat)
        codes = codes_of(incident, len(review.questions_listed(incident)))
        wanted = {codes[topic]: text for topic, text in words["answer"].items() if topic in codes}
        return review.answer(incident.reference, wanted, by, self.clock)

    def _action(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident:
        due = after(words["due"], self.clock, self.story.zone).astimezone(self.story.zone).date()
        owner = self.people[words["owner"]]
        return review.add_action(self._reference(beat), words["action"], owner, due, by, self.clock)

    def _close(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident:
        action, outcome = self.marks[beat.incident, words["close"]], words.get("outcome", "done")
        told = (self._reference(beat), action, outcome, words.get("why", ""), by, self.clock)
        return review.close_action(*told)

    def _agree(self, beat: Beat, words: Mapping[str, Any], by: int) -> Incident:
        return review.agree(self._reference(beat), words["agree"], by, self.clock)
