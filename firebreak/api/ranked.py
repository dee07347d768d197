"""A ranking in the words of an answer; `firebreak match` says the same."""

from __future__ import annotations

from collections.abc import Sequence

from firebreak.api import answers
from firebreak.domain.playbooks import Playbook
from firebreak.domain.reports import Match, Ranking, Reason, Report
from firebreak.web import reasons, words

DIGITS = 6


def told(ranking: Ranking, playbooks: Sequence[Playbook], report: Report) -> answers.Matches:
    """Every playbook with its score, the first few with their reasons in the reader's language."""
    titles = {each.scenario: each.title for each in playbooks}
    matches = [_match(each, titles[each.scenario], report) for each in ranking.matches]
    return answers.Matches(matches=matches, none=round(ranking.none, DIGITS), question=_question(ranking.question))


def _match(found: Match, title: str, report: Report) -> answers.Match:
    why = [_reason(reason, report) for reason in found.reasons]
    fit = reasons.fit(found.score)
    return answers.Match(
        scenario=found.scenario, title=title, score=round(found.score, DIGITS), fit=fit, reasons=why
    )  # fmt: skip


def _reason(reason: Reason, report: Report) -> answers.Reason:
    text = reasons.phrase(reason, report.began_at)
    return answers.Reason(code=reason.code, text=text, weight=round(reason.weight, DIGITS), facts=dict(reason.facts))


def _question(asked: str | None) -> answers.Question | None:
    return answers.Question(id=asked, text=words.word("question", asked)) if asked else None
