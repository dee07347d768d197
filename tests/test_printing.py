"""The action sheet on paper: two pages, legible, and made of nothing but our own files."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from firebreak import printing, system
from firebreak.commands.playbooks import playbooks
from firebreak.config import HOME

BASE = "http://desk.invalid/"
FILES = sorted((HOME / "playbooks").glob("*/*.md"), key=lambda path: path.stat().st_size, reverse=True)
LANGUAGES = ("en", "fr", "zh")
FULLEST = [path for language in LANGUAGES for path in [each for each in FILES if each.parent.name == language][:4]]
OTHERS = [pytest.param(path, marks=pytest.mark.long) for path in FILES if path not in FULLEST]


@pytest.fixture
def print_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], PdfReader]:
    monkeypatch.setenv("FIREBREAK_INSTANCE", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def to_pdf(name: str) -> PdfReader:
        target = tmp_path / "sheet.pdf"
        done = CliRunner().invoke(playbooks, ["pdf", name, "--output", str(target)])
        assert done.exit_code == 0, done.output
        return PdfReader(target)

    return to_pdf


@pytest.mark.pdf
@pytest.mark.parametrize("path", [*FULLEST, *OTHERS], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_sheet_of_every_playbook_of_the_house_is_two_pages(
    print_sheet: Callable[[str], PdfReader], path: Path
) -> None:
    assert len(print_sheet(f"{path.parent.name}/{path.stem}").pages) == 2


@pytest.mark.pdf
def test_no_letter_is_missing_and_none_is_below_eight_points(
    print_sheet: Callable[[str], PdfReader], caplog: pytest.LogCaptureFixture
) -> None:
    sizes: set[float] = set()
    for page in print_sheet("en/weekend-firestorm").pages:
        page.extract_text(
            visitor_text=lambda text, cm, tm, font, size: text.strip() and sizes.add(abs(size * tm[3] * cm[3]))
        )
    assert min(sizes) > 7.9 and "notdef" not in caplog.text


def test_no_rule_of_the_sheet_asks_for_type_below_eight_points() -> None:
    css = (HOME / "static" / "css" / "playbook.css").read_text()
    assert min(float(size) for size in re.findall(r"(?:--type: |font-size: )([\d.]+)pt", css)) >= 8


@pytest.mark.pdf
def test_a_print_loads_our_own_style_sheet() -> None:
    html = '<link rel="stylesheet" href="/static/css/playbook.css"><body class="sheet">Hello'
    assert len(printing.pdf(html)) != len(printing.pdf(html.replace("playbook.css", "nothing.css")))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data",
        f"{BASE}static/../pyproject.toml",
        f"{BASE}static/%2e%2e/pyproject.toml",
        f"{BASE}instance/secrets.json",
        f"{BASE}static/",
        "https://desk.invalid/static/css/playbook.css",
        "http://desk.invalid:8080/static/css/playbook.css",
    ],
)
def test_a_print_reads_nothing_but_our_static_files(url: str) -> None:
    with pytest.raises(ValueError, match="may not load"):
        printing.static_file(url, BASE)


def test_a_machine_without_pango_says_which_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "missing", lambda group: ["libpango-1.0-0"])
    with pytest.raises(printing.PdfUnavailable, match=r"apt-get install libpango-1\.0-0"):
        printing.pdf("<p>Hello")


# --- the other commands ----------------------------------------------------------------------------


def test_check_finds_every_playbook_of_the_house_in_good_order() -> None:
    done = CliRunner().invoke(playbooks, ["check", str(HOME / "playbooks")])
    assert (done.exit_code, "error" in done.output) == (0, False)


def test_check_names_file_line_and_cure_of_a_broken_one(tmp_path: Path) -> None:
    path = tmp_path / "bad.md"
    path.write_text("no playbook")
    done = CliRunner().invoke(playbooks, ["check", str(path)])
    assert done.exit_code == 1 and f"{path}:1: error: " in done.output


def test_an_unknown_playbook_cannot_be_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIREBREAK_INSTANCE", str(tmp_path))
    done = CliRunner().invoke(playbooks, ["pdf", "en/nothing", "--output", str(tmp_path / "x.pdf")])
    assert done.exit_code == 1 and "there is no playbook en/nothing" in done.output
