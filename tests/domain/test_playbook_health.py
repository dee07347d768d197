from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from firebreak.domain import playbook_health
from firebreak.domain.playbook_parser import parse
from firebreak.domain.playbook_words import SECTIONS
from firebreak.domain.playbooks import Playbook

TODAY = date(2026, 11, 22)
HEAD = """---
title: Fire
scenario: fire
language: {language}
severity: serious
summary: Something burns.
clocks:
  acknowledge: {{serious: 15m}}
  fire-brigade: {{title: Told, from: noticed, limit: 1h}}
roles: {{lead: Decides.}}
owner: Mei Lin
reviewed: 2026-11-21
---
"""
WRITTEN = {"first-15-minutes", "first-hour", "following-days", "not-this"}
REST = "".join(f"## Words {{#{id}}}\n" for id in SECTIONS if id not in WRITTEN)
BODY = """## First 15 minutes
- [ ] Look {#look role=lead due=5m .critical}
- [ ] Choose {#choose role=lead due=10m .decision}
  - **In** — in {#in}
  - **Out** — out {#out}
## First hour
- [ ] Call {#fire-brigade role=lead due=1h}
## Not this {#not-this}
[Fire](fire.md)
"""


def book(language: str = "en", old: str = "", new: str = "") -> Playbook:
    text = HEAD.format(language=language) + BODY + REST
    assert old in text
    return parse(text.replace(old, new), f"playbooks/{language}/fire.md")


def told(*playbooks: Playbook, today: date = TODAY) -> list[tuple[str, int, str]]:
    return [(each.path, each.line, each.message) for each in playbook_health.findings(playbooks, today)]


def test_a_whole_young_playbook_alone_has_nothing_to_mend() -> None:
    assert told(book()) == []


def test_three_languages_that_agree_have_nothing_to_mend() -> None:
    assert told(book("en"), book("fr"), book("zh")) == []


def test_a_missing_section_is_told() -> None:
    assert told(book(old="## Words {#posture}\n")) == [("playbooks/en/fire.md", 1, "the section posture is missing")]


@pytest.mark.parametrize(("today", "stale"), [(date(2027, 11, 21), False), (date(2027, 11, 22), True)])
def test_a_review_older_than_a_year_is_told_at_its_line(today: date, stale: bool) -> None:
    assert [line for _path, line, _message in told(book(), today=today)] == [12] * stale


def test_a_reference_to_no_playbook_is_told_at_its_line() -> None:
    message = "no playbook has the scenario 'flood'"
    assert told(book(old="(fire.md)", new="(flood.md)")) == [("playbooks/en/fire.md", 22, message)]


def test_a_scenario_known_from_elsewhere_is_no_dead_reference() -> None:
    playbook = book(old="(fire.md)", new="(flood.md)")
    assert playbook_health.findings([playbook], TODAY, {"flood"}) == []


def test_a_playbook_that_says_what_it_is_not_names_what_to_use_instead() -> None:
    assert told(book(old="[Fire](fire.md)", new="Nothing.")) == [
        ("playbooks/en/fire.md", 21, "it links to no other scenario")
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("due=5m", "due=6m", 15, "the step look: due 6m, in en/fire 5m"),
        (" .critical", "", 15, "the step look: critical no, in en/fire yes"),
        ("{#out}", "{#away}", 16, "the step choose: options in, away, in en/fire in, out"),
        ("- [ ] Look {#look role=lead due=5m .critical}\n", "", 14, "en/fire has the step look too"),
        ("{#look", "{#see", 15, "en/fire has no step see"),
        ("{serious: 15m}", "{serious: 20m}", 7, "the clock acknowledge: serious 20m, in en/fire serious 15m"),
        ("limit: 1h", "limit: 2h", 7, "the clock fire-brigade: 2h from noticed, in en/fire 1h from noticed"),
        ("severity: serious", "severity: minor", 5, "the severity is minor, in en/fire serious"),
        ("due=5m .critical", "due=5m .critical only=zh", 15, "the step look is only for zh"),
    ],
)
def test_what_has_drifted_is_told_at_its_line(old: str, new: str, line: int, message: str) -> None:
    assert ("playbooks/fr/fire.md", line, message) in told(book("en"), book("fr", old, new))


def test_a_step_that_one_country_needs_says_so_and_is_no_drift() -> None:
    more = "- [ ] Ask {#ask role=lead due=5m only=fr}\n- [ ] Look {#look"
    assert told(book("en"), book("fr", "- [ ] Look {#look", more), book("zh")) == []


def test_a_step_of_two_languages_is_missed_in_the_second_and_not_in_the_third() -> None:
    more = '- [ ] Ask {#ask role=lead due=5m only="en fr"}\n- [ ] Look {#look'
    found = told(book("en", "- [ ] Look {#look", more), book("fr"), book("zh"))
    assert found == [("playbooks/fr/fire.md", 14, "en/fire has the step ask too")]


def test_a_clock_of_the_law_goes_with_a_step_that_only_one_country_has() -> None:
    here = book("fr", "{#fire-brigade role=lead due=1h}", "{#fire-brigade role=lead due=1h only=fr}")
    there = book("en", "  fire-brigade: {title: Told, from: noticed, limit: 1h}\n", "")
    other = parse(there.source.replace("- [ ] Call {#fire-brigade role=lead due=1h}\n", ""), "playbooks/en/fire.md")
    assert told(other, here) == []


def test_languages_are_compared_with_each_other_where_english_is_not_written() -> None:
    assert told(book("fr"), book("zh", "due=5m", "due=6m"))[0][2] == "the step look: due 6m, in fr/fire 5m"


def test_the_languages_of_an_unknown_only_are_an_error() -> None:
    with pytest.raises(ValueError, match="no playbook has the language 'de'"):
        book("en", "due=5m", "due=5m only=de")


def test_the_findings_name_files_as_an_author_finds_them() -> None:
    assert Path(told(book(old="## Words {#posture}\n"))[0][0]).name == "fire.md"


def test_no_more_is_told_of_one_playbook_than_a_person_can_use() -> None:
    text = HEAD.format(language="en") + BODY + " ".join(f"[a](a-{number}.md)" for number in range(500))
    assert len(playbook_health.findings([parse(text, "playbooks/en/fire.md")], TODAY)) == 100
