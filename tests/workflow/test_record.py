from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask

from firebreak import files
from firebreak.domain.refusal import Refused
from firebreak.domain.text import stamp
from firebreak.store import evidence, log
from firebreak.workflow import incidents, record
from tests.stories import ADA, HOUR, MINUTE, NOW, REFERENCE, SEEN

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16


@pytest.fixture(autouse=True)
def incident(inside: Flask) -> None:
    incidents.open_incident(SEEN, ADA, NOW)


def event(seq: int) -> dict[str, object]:
    """What entry `seq` says, as stored."""
    log._cache.clear()
    found = log.load(REFERENCE)
    fact = found.fact(seq) if found else None
    assert fact is not None
    return dict(fact.event.data)


def test_a_note_keeps_its_words_and_a_safe_rendering() -> None:
    note = event(record.add_note(REFERENCE, "**Hot** <script>alert(1)</script>", ADA, NOW).seq)
    assert note["text"] == "**Hot** <script>alert(1)</script>"
    assert "<strong>Hot</strong>" in str(note["html"]) and "<script" not in str(note["html"])


@pytest.mark.parametrize("text", ["\0", "half \ud83d", "x" * 1_000_001])
def test_what_no_database_keeps_is_refused_and_not_an_error(text: str) -> None:
    for wish in (
        lambda: record.add_note(REFERENCE, text, ADA, NOW),
        lambda: record.make_decision(REFERENCE, "What?", "", "This", text, ADA, NOW),
        lambda: record.correct(REFERENCE, 1, "Reason", ADA, NOW, body={"report": text}),
    ):
        with pytest.raises(Refused):
            wish()


def test_a_file_is_kept_by_its_content_and_named_by_the_note() -> None:
    note = event(record.add_note(REFERENCE, "", ADA, NOW, uploads=[("../../étrange.png", BytesIO(PNG))]).seq)
    (file,) = note["files"]  # type: ignore[misc]
    assert (file["size"], file["type"], note["names"]) == (len(PNG), "image/png", ["../../étrange.png"])
    assert files.path_of(file["sha256"]).read_bytes() == PNG


def test_the_same_file_twice_is_stored_once() -> None:
    for name in ("a.png", "b.png"):
        record.add_note(REFERENCE, "", ADA, NOW, uploads=[(name, BytesIO(PNG))])
    assert len([path for path in files.folder().rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(("content", "code"), [(b"", "empty_file"), (b"MZ\x90\0", "file_type")])
def test_a_refused_file_leaves_neither_note_nor_bytes(content: bytes, code: str) -> None:
    before = log.load(REFERENCE)
    with pytest.raises(Refused, match=code):
        record.add_note(REFERENCE, "Look", ADA, NOW, uploads=[("a.png", BytesIO(content))])
    assert log.load(REFERENCE) == before
    assert [path for path in files.folder().rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["", "../etc/passwd", "0" * 63, "G" * 64, "A" * 64])
def test_only_a_hash_names_a_file(name: str) -> None:
    with pytest.raises(ValueError, match="not a sha256"):
        files.path_of(name)


def test_an_erased_file_that_comes_again_is_there_again() -> None:
    seq = record.add_note(REFERENCE, "", ADA, NOW, uploads=[("a.png", BytesIO(PNG))]).seq
    sha256 = event(seq)["files"][0]["sha256"]  # type: ignore[index]
    record.erase(REFERENCE, [seq], "", ADA, NOW)
    record.add_note(REFERENCE, "", ADA, NOW, uploads=[("a.png", BytesIO(PNG))])
    found = evidence.find(sha256)
    assert found is not None and found.erased_at is None
    assert files.path_of(sha256).exists()


def test_a_statement_with_a_promise_starts_a_clock() -> None:
    said = record.post_statement(REFERENCE, "x", "We know", "", ADA, NOW, next_update_at=NOW + HOUR)
    assert said.clocks["next_update"].due == NOW + HOUR


def test_a_corrected_note_is_rendered_again() -> None:
    seq = record.add_note(REFERENCE, "*One*", ADA, NOW).seq
    corrected = record.correct(REFERENCE, seq, "Typo", ADA, NOW, body={"text": "*Two*"})
    mend = corrected.facts[-1].event.data["body"]
    assert (mend["text"], "<em>Two</em>" in mend["html"]) == ("*Two*", True)


def test_the_original_stays_beside_its_correction() -> None:
    seq = record.add_note(REFERENCE, "One", ADA, NOW).seq
    record.correct(REFERENCE, seq, "Typo", ADA, NOW, body={"text": "Two"})
    assert event(seq)["text"] == "One"


def test_a_corrected_noticing_moves_the_clocks() -> None:
    moved = record.correct(REFERENCE, 1, "Seen earlier", ADA, NOW, codes={"noticed_at": stamp(NOW - MINUTE)})
    assert moved.clocks["first_response"].due == NOW - MINUTE + HOUR


def test_a_struck_statement_no_longer_answers() -> None:
    said = record.post_statement(REFERENCE, "x", "We know", "", ADA, NOW).statements[0]
    assert "first_response" not in record.strike(REFERENCE, said.seq, "Never out", ADA, NOW).moments


def test_a_decision_is_kept_with_its_why() -> None:
    made = event(record.make_decision(REFERENCE, "Pull it?", "yes, no", "yes", "It *hurts*", ADA, NOW).seq)
    assert (made["chosen"], "<em>hurts</em>" in str(made["html"])) == ("yes", True)


def test_an_erased_entry_says_so_and_names_nobody() -> None:
    seq = record.add_note(REFERENCE, "Rosa Diaz", ADA, NOW).seq
    erased = record.erase(REFERENCE, [seq], "Asked for", ADA, NOW)
    assert (event(seq), erased.facts[-1].event.data["targets"]) == ({"files": []}, [seq])


def test_erasing_again_changes_nothing() -> None:
    record.erase(REFERENCE, [1], "", ADA, NOW)
    before = log.load(REFERENCE)
    assert record.erase(REFERENCE, [1], "", ADA, NOW) == before


def test_a_moment_is_recorded_by_a_button() -> None:
    assert record.record_moment(REFERENCE, "contained", ADA, NOW).moments["contained"] == NOW
