"""The check of playbooks as an author runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from firebreak import config, playbook_check
from firebreak.commands.playbooks import playbooks
from firebreak.domain.playbooks import LANGUAGES
from tests.house import shipped

HOUSE = config.HOME / "playbooks"
REVIEWED = date(2026, 11, 22)
SCENARIOS = {
    *("angry-backlash", "weekend-firestorm", "employee-leak", "employee-misconduct", "hijacked-campaign"),
    *("ignored-complaint", "hostile-exchange", "undisclosed-voice", "bought-followers", "automation-misfire"),
    *("misdirected-post", "account-takeover", "unwelcome-intrusion", "influencer-fallout", "promotion-gone-wrong"),
    *("false-rumour", "product-safety", "data-exposure", "executive-remarks", "service-outage", "mixed-messages"),
}
Check = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Runs `firebreak playbooks …` on an instance of its own."""
    monkeypatch.setenv("FIREBREAK_INSTANCE", str(tmp_path / "instance"))
    return lambda *arguments: CliRunner().invoke(playbooks, list(map(str, arguments)))


def drifted() -> str:
    """A French playbook whose first step has another role than in the other languages."""
    return house("fr/angry-backlash.md").replace("role=channel due=5m", "role=lead due=5m")


def own(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / "instance" / "playbooks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def house(name: str) -> str:
    return (HOUSE / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_scenario_is_written_in_every_language(language: str) -> None:
    assert {path.stem for path in (HOUSE / language).glob("*.md")} == SCENARIOS


EVERY = [(language, scenario) for language in LANGUAGES for scenario in sorted(SCENARIOS)]
PLATFORMS = {"zh": ["weibo", "wechat", "douyin", "xiaohongshu"]}
ELSEWHERE = ["x", "facebook", "instagram", "tiktok", "youtube", "linkedin"]


@pytest.mark.parametrize(("language", "scenario"), EVERY)
def test_a_playbook_of_the_house_has_what_a_team_needs(language: str, scenario: str) -> None:
    playbook = shipped(language, scenario)
    assert 18 <= len(playbook.steps) <= 30 and any(step.decision for step in playbook.steps)
    assert [text.platform for text in playbook.statements] == PLATFORMS.get(language, ELSEWHERE)
    assert len(playbook.sources) >= 4 and len(playbook.review_questions) >= 8


def test_the_house_has_nothing_to_mend() -> None:
    assert [str(problem) for problem in playbook_check.findings(HOUSE, HOUSE, REVIEWED)] == []


def test_nothing_to_mend_is_exit_status_0(run: Check) -> None:
    assert run("check", HOUSE / "en" / "angry-backlash.md").exit_code == 0


def test_an_error_is_exit_status_1_with_file_line_and_cure(run: Check, tmp_path: Path) -> None:
    path = own(tmp_path, "en/angry-backlash.md", house("en/angry-backlash.md").replace(" role=channel due=5m", ""))
    done = run("check")
    assert done.exit_code == 1 and f"{path}:" in done.output and "Say whose it is: role=lead" in done.output


@pytest.mark.parametrize(("arguments", "status"), [((), 0), (("--strict",), 1)])
def test_a_warning_fails_only_when_strict(run: Check, tmp_path: Path, arguments: tuple[str, ...], status: int) -> None:
    own(tmp_path, "fr/angry-backlash.md", drifted())
    done = run("check", *arguments)
    assert done.exit_code == status and "role lead, in en/angry-backlash channel" in done.output


def test_findings_come_as_json_for_programs(run: Check, tmp_path: Path) -> None:
    path = own(tmp_path, "en/angry-backlash.md", "no playbook")
    answer = json.loads(run("check", "--json", path).output)
    assert answer["good"] is False
    assert answer["findings"][0] == {
        "path": str(path),
        "line": 1,
        "code": "no-front-matter",
        "message": "the file has no front matter",
        "cure": "Begin the file with a line ---, the keys, and a line ---",
        "level": "error",
    }


def test_one_file_is_told_only_what_concerns_it(run: Check, tmp_path: Path) -> None:
    own(tmp_path, "en/angry-backlash.md", "no playbook")
    path = own(tmp_path, "en/employee-leak.md", house("en/employee-leak.md"))
    assert run("check", path).output.strip() == "every playbook is in good order"


def test_a_language_is_checked_by_its_folder(run: Check, tmp_path: Path) -> None:
    own(tmp_path, "en/angry-backlash.md", "no playbook")
    path = own(tmp_path, "fr/employee-leak.md", "no playbook")
    assert [line.split(":")[0] for line in run("check", path.parent).output.splitlines()[:-1]] == [str(path)]


def test_a_file_of_ones_own_may_use_what_the_house_has(run: Check, tmp_path: Path) -> None:
    text = house("en/angry-backlash.md").replace("scenario: angry-backlash", "scenario: my-fire")
    assert run("check", "--strict", own(tmp_path, "en/my-fire.md", text)).exit_code == 0


def test_a_file_that_lies_anywhere_is_checked_by_itself(run: Check, tmp_path: Path) -> None:
    path = tmp_path / "draft.md"
    path.write_text(house("en/angry-backlash.md"), encoding="utf-8")
    assert run("check", "--strict", path).exit_code == 0


def test_a_broken_file_that_lies_anywhere_is_told(run: Check, tmp_path: Path) -> None:
    (tmp_path / "draft.md").write_bytes(b"\xff")
    assert "error: the file is not UTF-8 text" in run("check", tmp_path / "draft.md").output


def test_a_skeleton_is_written_into_the_desks_own_folder_and_passes(run: Check, tmp_path: Path) -> None:
    assert run("new", "my-fire", "--lang", "zh", "--title", "火").exit_code == 0
    assert run("check", "--strict", tmp_path / "instance/playbooks/zh/my-fire.md").exit_code == 0


def test_a_skeleton_of_a_scenario_that_exists_has_its_plan(run: Check, tmp_path: Path) -> None:
    path = tmp_path / "fr" / "employee-leak.md"
    assert run("new", "employee-leak", "--lang", "fr", "-o", path).exit_code == 0
    assert run("check", "--strict", path).exit_code == 0 and "#market-disclosure" in path.read_text("utf-8")


@pytest.mark.parametrize("name", ["../evil", "Angry", "a--b", "a" * 65, "own-1/x", "汉"])
def test_a_skeleton_with_an_impossible_name_is_refused(run: Check, name: str) -> None:
    done = run("new", name, "--lang", "en")
    assert done.exit_code == 1 and "small letters, digits, single hyphens" in done.output


def test_a_skeleton_never_overwrites(run: Check, tmp_path: Path) -> None:
    path = own(tmp_path, "en/my-fire.md", "mine")
    assert run("new", "my-fire", "--lang", "en").exit_code == 1 and path.read_text() == "mine"


def test_playbooks_are_listed_as_json(run: Check, tmp_path: Path) -> None:
    own(tmp_path, "fr/angry-backlash.md", drifted())
    rows = {(row["scenario"], row["language"]): row for row in json.loads(run("list", "--json").output)}
    row = rows["angry-backlash", "fr"]
    assert (row["title"], row["steps"], row["statements"], row["warnings"]) == ("Vague d’indignation", 30, 6, 1)


@pytest.mark.parametrize("name", ["en/odd\udcff.md", "en/fragments/odd\udcff.md", "en/odd\nname.md"])
def test_a_name_that_no_page_can_show_stops_nothing_else(run: Check, tmp_path: Path, name: str) -> None:
    own(tmp_path, name, "---\nIn no order.")
    answer = run("check", tmp_path / "instance/playbooks")
    assert answer.exit_code == 1 and "odd\\" in answer.output


def test_a_link_that_leads_to_itself_is_told(run: Check, tmp_path: Path) -> None:
    path = own(tmp_path, "en/fire.md", "")
    path.unlink()
    path.symlink_to(path)
    assert "cannot be read: Too many levels of symbolic links" in run("check", path.parent).output
