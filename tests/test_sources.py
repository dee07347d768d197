"""docs/sources.md says where every mistake of the seeds landed, and each of those places exists."""

from __future__ import annotations

import re

import pytest

from firebreak import config, playbook_files
from tests.house import HOUSE

DOCUMENT = (config.HOME / "docs" / "sources.md").read_text(encoding="utf-8")
MISTAKES = re.findall(r"(?m)^\| H(\d+) \| [^|]+ \| (S\d-\d+) \| [^|]+ \|$", DOCUMENT)
DEMANDS = re.findall(r"(?m)^\| (\d+) \| [^|]+ \| [^|]+ \|$", DOCUMENT)
PLACES = sorted(set(re.findall(r"`([a-z-]+)#([a-z0-9-]+)`", DOCUMENT)) - {("scenario", "id")})
FRAGMENTS = sorted(set(re.findall(r"`fragments/([a-z-]+)`", DOCUMENT)))
SCENARIOS = sorted({scenario for scenario, _ in PLACES})
NO_PLAYBOOK = "-"
SHARED = playbook_files.read((HOUSE,), playbook_files.Look(), NO_PLAYBOOK).fragments("en")


def test_each_of_the_35_mistakes_landed_once() -> None:
    assert [int(number) for number, _ in MISTAKES] == list(range(1, 36))


def test_the_seeds_name_seven_six_eight_four_and_ten() -> None:
    wanted = [f"S{seed}-{each}" for seed, many in enumerate((7, 6, 8, 4, 10)) for each in range(1, many + 1)]
    assert [seed for _, seed in MISTAKES] == wanted


def test_each_of_the_64_demands_is_there_once() -> None:
    assert [int(number) for number in DEMANDS] == list(range(1, 65))


def test_every_scenario_is_named() -> None:
    assert {path.stem for path in (HOUSE / "en").glob("*.md")} == set(SCENARIOS)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_steps_and_sections_named_exist(scenario: str) -> None:
    path = HOUSE / "en" / f"{scenario}.md"
    playbook = playbook_files.parse(path.read_bytes(), playbook_files.shown(path), SHARED)
    ids = {step.id for step in playbook.steps} | {section.id for section in playbook.sections}
    assert [id for named, id in PLACES if named == scenario and id not in ids] == []


def test_the_fragments_named_exist() -> None:
    assert FRAGMENTS and set(FRAGMENTS) <= set(SHARED)
