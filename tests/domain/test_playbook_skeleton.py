from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from firebreak.domain import playbook_health
from firebreak.domain.playbook_fragments import Fragment
from firebreak.domain.playbook_parser import parse
from firebreak.domain.playbook_skeleton import skeleton
from firebreak.domain.playbooks import LANGUAGES, Playbook

HOME = Path(__file__).parents[2]
TODAY = date(2026, 11, 22)


def form(language: str) -> str:
    return (HOME / "firebreak" / "skeletons" / f"{language}.md").read_text("utf-8")


def fragments(language: str) -> dict[str, Fragment]:
    shelf = HOME / "playbooks" / language / "fragments"
    return {path.stem: Fragment(path.name, path.read_text("utf-8").strip()) for path in shelf.glob("*.md")}


def begun(language: str, title: str = "Big fire", like: Playbook | None = None) -> Playbook:
    text = skeleton(form(language), "big-fire", language, title, TODAY, like)
    return parse(text, f"playbooks/{language}/big-fire.md", fragments(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_playbook_is_in_good_order_from_its_first_moment(language: str) -> None:
    playbook = begun(language)
    findings = playbook_health.findings([playbook], TODAY, {"angry-backlash"})
    assert not playbook.warnings and not findings and playbook.reviewed == TODAY


def test_the_forms_of_all_languages_are_one_plan() -> None:
    assert playbook_health.findings([begun(each) for each in LANGUAGES], TODAY, {"angry-backlash"}) == []


def test_a_title_may_hold_whatever_a_person_types() -> None:
    assert begun("fr", 'Feu : "grand" # et {noir} $x').title == 'Feu : "grand" # et {noir} $x'


@pytest.mark.parametrize("language", ["fr", "zh"])
def test_a_scenario_written_elsewhere_lends_its_plan(language: str) -> None:
    source = (HOME / "playbooks/en/employee-leak.md").read_bytes()
    first = parse(source.replace(b"employee-leak\n", b"big-fire\n", 1), "playbooks/en/big-fire.md", fragments("en"))
    second = begun(language, like=first)
    assert [step.id for step in second.steps] == [step.id for step in first.steps]
    assert not playbook_health.findings(
        [first, second], TODAY, {each.scenario for each in first.neighbours} | {"angry-backlash"}
    )
