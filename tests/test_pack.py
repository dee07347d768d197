"""The scenario-planning pack: what its hash covers, the jobs of the worker, and the PDF as a reader finds it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from pypdf import PageObject, PdfReader

from firebreak import pack, printing, printjobs, prints, system
from firebreak.commands.pack import pack as pack_command
from firebreak.config import HOME
from firebreak.domain.playbooks import Playbook
from firebreak.notify.worker import Worker
from firebreak.store import jobs, settings
from firebreak.workflow import incidents, people, record
from tests.house import shipped
from tests.stories import ADA, MINUTE, NOW, OSCAR, SEEN, playbook

DATA = HOME / "tests" / "data" / "playbooks"
HOUSE = HOME / "playbooks"
ROSA = SimpleNamespace(id=2, name="Rosa", email="rosa@example.org", phone="+33 6 1", zone="", access="responder")
OSCAR_WATCHES = SimpleNamespace(
    id=3, name="Oscar", email="o@example.org", phone="", zone="Asia/Tokyo", access="observer"
)
CHANNELS = [{"channel": "x", "owner": 2, "address": "@us"}, {"channel": "weibo", "owner": None, "address": ""}]
SETTINGS = {**settings.DEFAULTS, "zone": "Europe/Paris", "channels": CHANNELS, "brands": ["Maison Lune"]}


def packed(**changed: Any) -> pack.Pack:
    told = {
        "playbooks": [playbook()],
        "people": [ROSA, OSCAR_WATCHES],
        "settings": SETTINGS,
        "language": "en",
        "now": NOW,
    }
    return pack.assemble(**{**told, **changed})


# --- what is in it ---------------------------------------------------------------------------------

OTHERS: dict[str, dict[str, Any]] = {
    "a playbook": {"playbooks": [playbook(clocks="clocks: {acknowledge: {serious: 5m}}\n")]},
    "a phone": {"people": [SimpleNamespace(**{**vars(ROSA), "phone": "+33 6 2"}), OSCAR_WATCHES]},
    "a person": {"people": [ROSA]},
    "an owner": {"settings": {**SETTINGS, "channels": [{**CHANNELS[0], "owner": 3}, CHANNELS[1]]}},
    "a brand": {"settings": {**SETTINGS, "brands": []}},
    "the language": {"language": "fr"},
}


@pytest.mark.parametrize("changed", OTHERS.values(), ids=OTHERS)
def test_another_content_is_another_hash(changed: dict[str, Any]) -> None:
    assert packed(**changed).hash != packed().hash


@pytest.mark.parametrize(
    "changed", [{"now": NOW + timedelta(days=3)}, {"settings": {**SETTINGS, "mail_password": "secret"}}]
)
def test_what_is_not_printed_does_not_change_the_hash(changed: dict[str, Any]) -> None:
    assert packed(**changed).hash == packed().hash


def test_the_version_is_the_day_at_the_desk_and_the_head_of_the_hash() -> None:
    made = packed(now=datetime.fromisoformat("2026-03-07T23:30:00+00:00"))
    assert made.version == f"2026-03-08-{made.hash[:8]}"


def test_a_caller_has_the_channels_they_own_and_a_channel_its_owner() -> None:
    made = packed()
    assert [caller.channels for caller in made.callers] == [("x",), ()]
    assert [channel.owner for channel in made.channels] == ["Rosa", ""]


def test_the_roles_to_fill_are_those_that_the_playbooks_give_work_to() -> None:
    assert packed().roles == ("lead", "channel", "legal")


# --- jobs ------------------------------------------------------------------------------------------

PARAMS = {"scenarios": ["storm"], "language": "en", "paper": "A4"}


def ask(by: int = ADA) -> int:
    return jobs.ask("note", PARAMS, by, NOW)


def test_a_second_tap_asks_for_nothing_new(inside: Flask) -> None:
    assert ask() == ask() != ask(by=OSCAR)


def test_of_two_workers_one_gets_the_job(inside: Flask) -> None:
    ask()
    won: list[Any] = []

    def take() -> None:
        with inside.app_context():
            won.append(jobs.claim(NOW))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([job for job in won if job]) == 1


def test_a_job_whose_worker_died_is_taken_over_and_the_dead_one_may_not_write(inside: Flask) -> None:
    ask()
    first, none = jobs.claim(NOW), jobs.claim(NOW + MINUTE)
    second = jobs.claim(NOW + jobs.LEASE)
    assert first and second and none is None
    assert not jobs.finish(first, "0" * 64, "late", 1, 1, NOW) and jobs.report(second, 40, NOW)


def test_a_job_that_kills_its_workers_is_given_up(inside: Flask) -> None:
    number = ask()
    for attempt in range(jobs.MOST_TRIES):
        assert jobs.claim(NOW + attempt * jobs.LEASE)
    assert jobs.claim(NOW + jobs.MOST_TRIES * jobs.LEASE) is None
    job = jobs.find(number)
    assert job and (job.state, job.reason) == ("failed", jobs.WORKER_DIED)


def test_progress_prolongs_the_lease(inside: Flask) -> None:
    ask()
    job = jobs.claim(NOW)
    assert job and jobs.report(job, 10, NOW + 2 * MINUTE) and jobs.claim(NOW + jobs.LEASE) is None


def test_a_job_is_kept_for_a_week(inside: Flask) -> None:
    number = ask()
    jobs.forget(NOW + jobs.KEPT - MINUTE)
    kept = jobs.find(number)
    jobs.forget(NOW + jobs.KEPT)
    assert kept and jobs.find(number) is None


def test_what_was_made_before_a_person_was_erased_goes_with_them(inside: Flask) -> None:
    number = ask()
    people.erase(OSCAR, ADA, NOW + MINUTE)
    jobs.forget(NOW + 2 * MINUTE)
    assert jobs.find(number) is None


def test_what_was_made_before_a_text_was_erased_goes_with_it(inside: Flask) -> None:
    reference = incidents.open_incident(SEEN, ADA, NOW).reference
    number = ask()
    record.erase(reference, [1], "", ADA, NOW + MINUTE)
    jobs.forget(NOW + 2 * MINUTE)
    assert jobs.find(number) is None


def test_a_file_that_no_job_names_is_swept_after_a_while(inside: Flask) -> None:
    sha256 = prints.keep(b"%PDF-1.7")
    there = datetime.fromtimestamp(prints.path_of(sha256).stat().st_mtime, tz=NOW.tzinfo)
    prints.sweep([], there + MINUTE)
    prints.sweep([sha256], there + timedelta(days=1))
    assert prints.path_of(sha256).exists()
    prints.sweep([], there + timedelta(days=1))
    assert not prints.path_of(sha256).exists()


NOTE = "<!doctype html><html lang=en><title>Note</title><body><h1>A note</h1><p>{}"


@pytest.fixture
def printer(inside: Flask) -> printjobs.Printer:
    """A worker's printer at NOW, that also knows how to print a note."""
    inside.extensions[prints.MAKERS]["note"] = lambda params, now, tighter: prints.Draft(NOTE.format(now), "note", 1)
    return printjobs.Printer(lambda: NOW)


@pytest.mark.pdf
def test_the_worker_makes_what_was_asked_for_and_keeps_it_by_its_hash(printer: printjobs.Printer) -> None:
    number = ask()
    assert (printer(), printer()) == (True, False)
    job = jobs.find(number)
    assert job and job.result and (job.state, job.progress, job.name, job.pages) == ("done", 100, "note", 1)
    assert prints.path_of(job.result).read_bytes().startswith(b"%PDF") and job.size > 1000


def test_without_the_machines_libraries_the_job_fails_and_names_them(
    printer: printjobs.Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "missing", lambda group: ["libpango-1.0-0"])
    number = ask()
    printer()
    job = jobs.find(number)
    assert job and job.state == "failed" and "apt-get install libpango-1.0-0" in str(job.reason)


@pytest.mark.parametrize(
    ("error", "reason"), [(prints.Gone("x"), "gone"), (KeyError("x"), "fault"), (OSError(), "not_")]
)
def test_a_job_that_cannot_be_done_says_why(
    inside: Flask, printer: printjobs.Printer, error: Exception, reason: str
) -> None:
    def broken(*_: Any) -> Any:
        raise error

    inside.extensions[prints.MAKERS]["note"] = broken
    number = ask()
    printer()
    assert str(getattr(jobs.find(number), "reason", "")).startswith(reason)


@pytest.mark.pdf
def test_one_round_of_the_worker_makes_what_waits(inside: Flask, printer: printjobs.Printer) -> None:
    number = ask()
    Worker(inside, lambda *_: [], lambda: NOW, printer).once()
    assert getattr(jobs.find(number), "state", "") == "done"


def test_a_running_worker_does_its_chores_beside_its_clocks(inside: Flask) -> None:
    done = threading.Event()
    worker = Worker(inside, lambda *_: [], chore=lambda: done.set() or False)  # type: ignore[func-returns-value]
    thread = threading.Thread(target=worker.run)
    thread.start()
    assert done.wait(20)
    worker.stop()
    thread.join()


@pytest.mark.pdf
@pytest.mark.one_database
def test_a_part_that_is_too_long_is_set_tighter_until_it_fits(inside: Flask) -> None:
    lines = {0: 200, 1: 100, 2: 10}

    def draft(params: Any, now: datetime, tighter: Any) -> prints.Draft:
        text = "<p>line" * lines[tighter.get("part", 0)]
        return prints.Draft(NOTE.format(f"<div id=part>{text}</div>"), "note", 1, {"part": 1})

    inside.extensions[prints.MAKERS]["note"] = draft
    assert printjobs.make("note", {}, NOW).pages == 1


# --- the PDF ---------------------------------------------------------------------------------------


@dataclass
class Printed:
    """A pack as a reader finds it. `places`: title of a bookmark -> number of its page, from 0."""

    reader: PdfReader
    log: str

    @property
    def places(self) -> dict[str, int]:
        def walk(items: Any) -> Iterator[tuple[str, int]]:
            for item in items:
                if isinstance(item, list):
                    yield from walk(item)
                else:
                    yield item.title, self.reader.get_destination_page_number(item)

        return dict(walk(self.reader.outline))

    @property
    def texts(self) -> list[str]:
        """What stands on each page, without spaces: lines break anywhere."""
        return [re.sub(r"\s", "", page.extract_text()) for page in self.reader.pages]


Print = Callable[..., Printed]


@pytest.fixture(scope="module")
def print_pack(tmp_path_factory: pytest.TempPathFactory) -> Print:
    """`print_pack("zh", folder=DATA, paper="A4", scenario=None)`, by the command, each made once."""
    known: dict[Any, Printed] = {}

    def make(language: str, folder: Path = DATA, paper: str = "A4", scenario: str = "") -> Printed:
        key = (language, folder, paper, scenario)
        if key not in known:
            known[key] = printed(tmp_path_factory.mktemp("pack"), *key)
        return known[key]

    return make


def printed(home: Path, language: str, folder: Path, paper: str, scenario: str) -> Printed:
    import logging

    said: list[str] = []
    hearer = logging.Handler(logging.WARNING)
    hearer.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    what = ["--scenario", scenario] if scenario else ["--all"]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("FIREBREAK_INSTANCE", home), ("FIREBREAK_PLAYBOOKS", folder)):
            patch.setenv(name, str(value))
        patch.delenv("DATABASE_URL", raising=False)
        logging.getLogger("weasyprint").addHandler(hearer)
        words = [*what, "--lang", language, "--paper", paper, "--output", str(home / "pack.pdf")]
        done = CliRunner().invoke(pack_command, words)
        logging.getLogger("weasyprint").removeHandler(hearer)
    assert done.exit_code == 0, done.output
    return Printed(PdfReader(home / "pack.pdf"), "\n".join(said))


def fonts(pages: list[PageObject]) -> dict[str, bool]:
    """Name of each font -> whether its letters are in the file."""
    found: dict[str, bool] = {}
    for page in pages:
        for font in page["/Resources"].get("/Font", {}).values():  # type: ignore[union-attr]
            facts = font.get_object()
            inner = facts["/DescendantFonts"][0].get_object() if "/DescendantFonts" in facts else facts
            files = set(inner.get("/FontDescriptor", {})) & {"/FontFile", "/FontFile2", "/FontFile3"}
            found[str(facts["/BaseFont"])] = bool(files)
    return found


LANGUAGES = ["en", "fr", "zh"]


@pytest.mark.pdf
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_is_missing_and_every_font_is_in_the_file(print_pack: Print, language: str) -> None:
    made = print_pack(language)
    assert made.log == "" and set(fonts(list(made.reader.pages)).values()) == {True}


@pytest.mark.pdf
def test_chinese_is_set_in_a_chinese_font(print_pack: Print) -> None:
    assert any("CJK-SC" in name.replace("CJKsc", "CJK-SC") for name in fonts(list(print_pack("zh").reader.pages)))


@pytest.mark.pdf
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_tagged_and_says_its_language_and_title(print_pack: Print, language: str) -> None:
    root = print_pack(language).reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root
    assert str(root["/Lang"]).startswith(language) and root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()


@pytest.mark.pdf
@pytest.mark.parametrize(("paper", "size"), [("A4", (595, 842)), ("Letter", (612, 792))])
def test_it_is_as_large_as_the_paper(print_pack: Print, paper: str, size: tuple[int, int]) -> None:
    pages = print_pack("en", HOUSE, paper, "weekend-firestorm").reader.pages
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pages} == {size}


@pytest.mark.pdf
def test_every_page_that_is_not_empty_is_numbered_and_names_the_version(print_pack: Print) -> None:
    made = print_pack("en", HOUSE, "A4", "weekend-firestorm")
    assert made.reader.metadata and made.reader.metadata.title
    version, count = made.reader.metadata.title.rpartition(" · ")[2], len(made.texts)
    lacking = [n for n, text in enumerate(made.texts, 1) if text and not (f"{n}/{count}" in text and version in text)]
    assert lacking == []


@pytest.mark.pdf
def test_bookmarks_lead_to_every_part(print_pack: Print) -> None:
    places = print_pack("en", HOUSE, "A4", "weekend-firestorm").places
    parts = ["Scenario-planning pack", "Call list", "Which scenario is it?", "Weekend firestorm"]
    order = [places[part] for part in (*parts, "Weekend firestorm: long form", "Blank log")]
    assert order == sorted(order) and all(a < b for a, b in pairwise(order))


def two_pages(made: Printed, book: Playbook) -> None:
    sheet, long = made.places[book.title], made.places[f"{book.title}: long form"]
    assert long - sheet == 2
    pages = made.texts[sheet : sheet + 2]
    assert [step.id for step in book.steps if sum(squeezed(step.title) in page for page in pages) != 1] == []


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.pdf
@pytest.mark.parametrize("paper", pack.PAPERS)
def test_the_sheet_of_the_weekend_is_two_pages_with_every_step_once(print_pack: Print, paper: str) -> None:
    two_pages(print_pack("en", HOUSE, paper, "weekend-firestorm"), shipped("en", "weekend-firestorm"))


@pytest.mark.pdf
@pytest.mark.long
@pytest.mark.parametrize("scenario", sorted(path.stem for path in (HOUSE / "en").glob("*.md")))
@pytest.mark.parametrize(("language", "paper"), [("en", "A4"), ("en", "Letter"), ("fr", "Letter"), ("zh", "Letter")])
def test_every_sheet_of_the_house_is_two_pages(print_pack: Print, language: str, paper: str, scenario: str) -> None:
    two_pages(print_pack(language, HOUSE, paper), shipped(language, scenario))


@pytest.mark.pdf
def test_a_sheet_begins_on_the_front_of_a_leaf(print_pack: Print) -> None:
    assert print_pack("en", HOUSE, "A4", "weekend-firestorm").places["Weekend firestorm"] % 2 == 0


@pytest.mark.pdf
@pytest.mark.parametrize("paper", pack.PAPERS)
def test_no_step_of_the_long_form_is_split_over_two_pages(print_pack: Print, paper: str) -> None:
    made, book = print_pack("en", HOUSE, paper, "weekend-firestorm"), shipped("en", "weekend-firestorm")
    pages = made.texts[made.places["Weekend firestorm: long form"] :]
    whole = [step for step in book.steps if any(on_page(step, page) for page in pages)]
    assert [step.id for step in book.steps if step not in whole] == []


def on_page(step: Any, page: str) -> bool:
    """Whether the step's title, the last words of its guidance and its last option stand on this page."""
    ends = [step.title, step.guidance[-20:], *(option.consequence[-20:] for option in step.options)]
    return all(re.sub(r"\W", "", end) in re.sub(r"\W", "", page) for end in ends)


@pytest.mark.pdf
def test_names_of_scenarios_that_nobody_wrote_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIREBREAK_INSTANCE", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    words = ["--scenario", "nothing", "--output", str(tmp_path / "x.pdf")]
    done = CliRunner().invoke(pack_command, words)
    assert done.exit_code == 1 and "there is no playbook nothing" in done.output


def test_either_scenarios_or_all_of_them(tmp_path: Path) -> None:
    for words in ([], ["--all", "--scenario", "x"]):
        assert CliRunner().invoke(pack_command, [*words, "--output", str(tmp_path / "x.pdf")]).exit_code == 2


def test_a_pack_names_no_emoji_font() -> None:
    for sheet in ("pack.css", "pack-letter.css", "playbook.css"):
        rules = re.sub(r"/\*.*?\*/", "", (HOME / "static" / "css" / sheet).read_text(), flags=re.DOTALL)
        assert "emoji" not in rules.lower()


def test_a_print_counts_the_pages_of_a_part() -> None:
    pages = [SimpleNamespace(anchors=anchors) for anchors in ({"a": 0}, {"a": 0, "b": 0}, {"b": 0})]
    assert printing.lengths(SimpleNamespace(pages=pages)) == {"a": 2, "b": 2}
