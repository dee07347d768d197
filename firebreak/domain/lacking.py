"""Words that people used in their reports and that the signals of the playbook they needed do not have.

A candidate is a word, two words in a row, or two to four Chinese signs, where no signal of the playbook stands. It is
telling when the reports that used the playbook have it, and others seldom: the log-odds against the reports of other
playbooks in the same language, whose count begins with what the example reports say of it (Monroe, Colaresi and Quinn
2008, "Fightin' Words"). Accounts, addresses and numbers are never named, nor are the names in `unsaid`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import exp, log, sqrt

from firebreak.domain.candidates import Candidate, candidates, is_chinese, is_one_word, loose_ends
from firebreak.domain.evidence import GAINS, Hit, Index, Span, index_of, read
from firebreak.domain.hits import Suggested
from firebreak.domain.model import Model, Row
from firebreak.domain.playbooks import Playbook
from firebreak.domain.words import fold

MOST, MOST_OF_ONE = 12, 6
"""Words named for a playbook, and those of them that only one report has."""

_FEWEST = 2
_TELLING, _LEAST_ODDS = 4.0, 1.5
_RIVALS = 4
"""So many scenarios for which a word says more, and it says little."""
_EXAMPLES = 50.0
"""Reports that what the examples say weighs as much as."""
_RAREST, _LEAST = 32_000, 1e-4
"""The rarity of what is rarest in a table, and the share of the examples that have it."""
_LANGUAGES = 3
_UNKNOWN = 0.003
"""The share of a word that the table does not have. It leaves out what is rare, and what tells little."""
_STYLE = re.compile(
    r"^(?:signals:.*[{,][ \t]*|[ \t]+)words:(?:[ \t]*(?P<list>\[)|[ \t]*\n(?P<indent>[ \t]*)-)", re.MULTILINE
)


@dataclass(frozen=True)
class Word:
    """A word or phrase that a playbook's signals lack, in so many of the reports that used it."""

    text: str
    reports: int


@dataclass(frozen=True)
class Lacking:
    """What the signals of a playbook lack, the most telling first."""

    playbook: Playbook
    words: tuple[Word, ...]


@dataclass(frozen=True)
class _Report:
    """A report, cut: every candidate in it, and those of them (`open`) that stand where no signal stands."""

    missed: bool
    said: frozenset[str]
    open: Mapping[str, Candidate]


@dataclass(frozen=True)
class _Gathered:
    """A candidate in all the reports that used a playbook: as most often typed, in how many, and at how many ends it
    may go on there."""

    key: str
    text: str
    reports: int
    loose: int


@dataclass(frozen=True)
class _Desk:
    """What candidates are held against: the playbooks' signals, the example reports, words never to be named, and in
    how many of all `reports` in the language each is said."""

    index: Index
    model: Model
    unsaid: frozenset[str]
    said: Mapping[str, int]
    reports: int


def lacking(
    told: Sequence[Suggested],
    offered: Mapping[str, Sequence[Playbook]],
    model: Model,
    unsaid: Collection[str] = (),
) -> list[Lacking]:
    """For each playbook that was used: the words its signals lack; those with none are left out.

    `offered`: language -> one playbook a scenario, as reports in it are matched; `unsaid`: words, in any case.
    """
    found: list[Lacking] = []
    for language, playbooks in offered.items():
        mine = [each for each in told if each.language == language and each.report and not each.exercise]
        found += _in_one_language(mine, playbooks, model, frozenset(map(fold, unsaid)))
    return sorted(found, key=lambda each: (-len(each.words), each.playbook.scenario, each.playbook.language))


def _in_one_language(
    told: Iterable[Suggested], playbooks: Sequence[Playbook], model: Model, unsaid: frozenset[str]
) -> Iterator[Lacking]:
    index, cut = index_of(playbooks), defaultdict[str, list[_Report]](list)
    for each in told:
        if each.used is not None:
            cut[each.used].append(_cut(each, index))
    every = [report for reports in cut.values() for report in reports]
    said = Counter(key for report in every for key in report.said)
    desk = _Desk(index, model, unsaid, said, len(every))
    for playbook in playbooks:
        words = tuple(islice(_telling(playbook.scenario, cut.get(playbook.scenario, []), desk), MOST))
        if words:
            yield Lacking(playbook, words)


def _telling(scenario: str, mine: Sequence[_Report], desk: _Desk) -> Iterator[Word]:
    """The most telling candidates first, each for the places that none before it has taken."""
    taken: list[list[Span]] = [[] for _report in mine]
    singles = 0
    for each in _ranked(scenario, mine, desk):
        fresh = [place for place, report in enumerate(mine) if _stands(report, each.key, taken[place])]
        single = len(fresh) == 1
        if not fresh or (single and (singles == MOST_OF_ONE or not mine[fresh[0]].missed)):
            continue
        if not _is_signal(desk.index, scenario, each.text):
            singles += single
            yield Word(each.text, len(fresh))
            for place in fresh:
                taken[place].extend(mine[place].open[each.key].spans)


def _ranked(scenario: str, mine: Sequence[_Report], desk: _Desk) -> list[_Gathered]:
    """The candidates that are telling, the most telling first; of equals those the examples know, then the longer."""
    ranked = []
    for each in _gathered(mine):
        row = desk.model.row(_feature(each.text, desk.model))
        if _worth(each, row, desk.unsaid) and not _speaks_elsewhere(row, scenario, desk.model):
            odds = _log_odds(each, mine, desk)
            telling = odds * sqrt(each.reports)
            if odds >= _LEAST_ODDS and telling >= _TELLING:
                ranked.append(((-telling, row is None, -len(each.text), each.key), each))
    return [each for _order, each in sorted(ranked, key=lambda pair: pair[0])]


def _worth(each: _Gathered, row: Row | None, unsaid: frozenset[str]) -> bool:
    """Whether a candidate is looked at. Signs or words that stand together once may do so by chance."""
    seldom = each.reports < _FEWEST
    by_chance = each.loose > 0 or (seldom and not is_one_word(each.text))
    too_loose = each.loose > 1 and seldom
    return not too_loose and not (by_chance and row is None) and unsaid.isdisjoint(map(fold, each.text.split()))


def _speaks_elsewhere(row: Row | None, scenario: str, model: Model) -> bool:
    """Whether the examples say that a word speaks for others rather than for this scenario."""
    if row is None or scenario not in model.classes:
        return False
    mine = row[model.classes.index(scenario)]
    return mine <= 0 or sum(other > mine for other in row[:-1]) >= _RIVALS


def _log_odds(each: _Gathered, mine: Sequence[_Report], desk: _Desk) -> float:
    """By how much a candidate is likelier in these reports than in all others."""
    share = _share(each.text, desk.model)
    elsewhere = desk.said[each.key] - sum(each.key in report.said for report in mine)
    here = _odds(each.reports, len(mine), share, 1.0)
    return here - _odds(elsewhere, desk.reports - len(mine), share, _EXAMPLES)


def _odds(count: int, of: int, share: float, weight: float) -> float:
    """The logarithm of the odds of a candidate in so many reports, with `weight` reports in which it has its share."""
    return log((count + weight * share) / (of - count + weight * (1 - share)))


# --- reports ---------------------------------------------------------------------------------------


def _cut(told: Suggested, index: Index) -> _Report:
    """A report whose `open` has nothing that the signals of its playbook find."""
    said = candidates(told.report)
    covered = [span for hit in _hits(index, told.used or "", told.report) for span in hit.spans]
    left = {key: each._replace(spans=_clear(each.spans, covered)) for key, each in said.items()}
    return _Report(told.missed, frozenset(said), {key: each for key, each in left.items() if each.spans})


def _hits(index: Index, scenario: str, text: str) -> Iterator[Hit]:
    """What the signals of a scenario find in a text."""
    for hit in read(index, text) if scenario in index.scenarios else ():
        if hit.target == index.scenarios.index(scenario) and hit.kind in GAINS:
            yield hit


def _is_signal(index: Index, scenario: str, text: str) -> bool:
    """Whether the signals know these words or a part of them: "no boycott" is `boycott`, denied."""
    return any(True for said in (text, *_parts(text)) for _hit in _hits(index, scenario, said))


def _stands(report: _Report, key: str, taken: Sequence[Span]) -> bool:
    return key in report.open and bool(_clear(report.open[key].spans, taken))


def _clear(spans: Iterable[Span], covered: Sequence[Span]) -> tuple[Span, ...]:
    if not covered:
        return tuple(spans)
    return tuple((start, end) for start, end in spans if not any(start < to and at < end for at, to in covered))


def _gathered(mine: Sequence[_Report]) -> Iterator[_Gathered]:
    """What stands in two reports, or in one that was a miss."""
    found: dict[str, list[tuple[Candidate, bool]]] = defaultdict(list)
    for report in mine:
        for key, each in report.open.items():
            found[key].append((each, report.missed))
    for key, told in found.items():
        missed = any(missed for _each, missed in told)
        if len(told) < _FEWEST and not missed:
            continue
        typed = Counter(each.shown for each, _missed in told)
        text = min(typed, key=lambda shown: (-typed[shown], shown))
        loose = loose_ends([each for each, _missed in told])
        yield _Gathered(key, text, len(told), loose)


# --- what the examples say -------------------------------------------------------------------------


def _share(text: str, model: Model) -> float:
    """The share of the examples of its language that have these words; at most that of their parts."""
    row = model.row(_feature(text, model))
    if row is not None:
        rarity = row[-1] / _RAREST
        return min(_LANGUAGES * exp(1 - rarity * (1 - log(_LEAST))), 0.9)
    return min((_share(part, model) for part in _parts(text)), default=_UNKNOWN)


def _parts(text: str) -> Sequence[str]:
    if not is_one_word(text) and not is_chinese(text):
        return text.split()
    return [text[at : at + 2] for at in range(len(text) - 1)] if is_chinese(text) and len(text) > 2 else ()


def _feature(text: str, model: Model) -> str:
    """As `firebreak.domain.features` names it."""
    if is_chinese(text):
        return text.translate(model.simplified)
    return fold(text) + " " * is_one_word(text)


# --- to copy ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Copy:
    """The words as YAML for the front matter. `where`: `list` goes right behind `words: [`, `lines` go below `words:`,
    and `key` is for signals that have no words yet."""

    where: str
    text: str


def to_copy(lacking: Lacking) -> Copy:
    """In the style in which this playbook writes its signals."""
    quoted = [f'"{word.text}"' for word in lacking.words]
    style = _STYLE.search(lacking.playbook.source)
    if style is None:
        return Copy("key", f"  words: [{', '.join(quoted)}]")
    if style["list"]:
        return Copy("list", "".join(f"{word}, " for word in quoted).rstrip())
    return Copy("lines", "\n".join(f"{style['indent']}- {word}" for word in quoted))
