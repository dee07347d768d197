"""The export: the same as the database field by field, checked by anybody, and held against the desk later on."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from firebreak import csvs, export, files, maintenance
from firebreak.commands.export import export as export_command
from firebreak.commands.verify import verify
from firebreak.domain.text import stamp
from firebreak.store import chain, db, log, models, queries
from firebreak.workflow import incidents, people, record, roles, steps
from tests.stories import ADA, MINUTE, NOW, OSCAR, REFERENCE, ROSA, SEEN, playbook
from tests.test_maintenance import behind_its_back

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
FORMULAS = ("=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", "\r=1")


@pytest.fixture
def later(now: datetime) -> datetime:
    return now + timedelta(hours=3)


@pytest.fixture
def incident(inside: Flask) -> Any:
    """A night with a bit of everything: a playbook, ticks, a statement, a file, a correction, a strike, an erasure."""
    incidents.open_incident(SEEN, ADA, NOW, playbook=playbook())
    roles.assign(REFERENCE, "lead", ROSA, ROSA, NOW + MINUTE)
    steps.finish(REFERENCE, "pause-scheduled", ROSA, NOW + 2 * MINUTE, note="=all of them")
    record.add_note(REFERENCE, "Seen **here**", ADA, NOW + 3 * MINUTE, uploads=[("shot.png", io.BytesIO(PNG))])
    wrong = record.add_note(REFERENCE, "Rosa Diaz rang", ADA, NOW + 4 * MINUTE).seq
    record.post_statement(REFERENCE, "x", "We hear you.", "https://example.org/1", ROSA, NOW + 5 * MINUTE)
    record.correct(REFERENCE, 1, "misread", ADA, NOW + 6 * MINUTE, body={"report": "Mothers are furious"})
    record.strike(REFERENCE, wrong, "not ours", ADA, NOW + 7 * MINUTE)
    return record.erase(REFERENCE, [wrong], "asked for", ADA, NOW + 8 * MINUTE)


@pytest.fixture
def made(incident: Any, later: datetime) -> export.Document:
    return json.loads(json.dumps(export.document(REFERENCE, later)))


@pytest.fixture
def archive(incident: Any, later: datetime, tmp_path: Path) -> Path:
    path = tmp_path / "incident.zip"
    with path.open("wb") as target:
        export.write(target, REFERENCE, later)
    return path


def rows() -> list[Any]:
    """The log as the database has it."""
    query = sa.select(models.table(models.Entry), models.EntryBody.salt, models.EntryBody.body)
    query = query.outerjoin(models.EntryBody, models.EntryBody.entry_id == models.Entry.id)
    with db.engine.connect() as connection:
        return list(connection.execute(query.where(models.Entry.stream == REFERENCE).order_by(models.Entry.seq)))


# --- what is in it ---------------------------------------------------------------------------------


def test_every_entry_is_as_the_database_has_it_field_by_field(made: export.Document) -> None:
    names = queries.names()
    for row, entry in zip(rows(), made["entries"], strict=True):
        same = {name: getattr(row, name) for name in ("seq", "kind", "version", "actor", "codes", "audience", "salt")}
        same |= {"digest": row.digest, "hash": row.hash, "at": stamp(row.at), "recorded_at": stamp(row.recorded_at)}
        same |= {"body": json.loads(row.body) if row.body else None, "body_text": row.body, "erased": row.body is None}
        same |= {"actor_name": names.get(row.actor), "header_text": chain.header(dict(row._mapping))}
        assert entry == same


def test_the_head_is_the_one_that_the_stream_names(made: export.Document) -> None:
    with db.engine.connect() as connection:
        head = connection.execute(sa.select(models.Stream).where(models.Stream.name == REFERENCE)).one()
    assert made["head"] == {"seq": head.seq, "hash": head.hash}


def test_the_state_is_what_the_log_adds_up_to(made: export.Document) -> None:
    folded = log.load(REFERENCE)
    state = made["state"]
    assert folded and state["report"] == "Mothers are furious" and state["roles"] == {"lead": ROSA}
    assert state["moments"] == {name: stamp(at) for name, at in folded.moments.items()}
    assert (state["steps"]["pause-scheduled"]["state"], state["steps"]["pause-scheduled"]["by"]) == ("done", ROSA)
    assert state["steps"]["pause-scheduled"]["title"] == "Pause every scheduled post"
    assert state["clocks"]["acknowledge"]["status"] == "met" and state["statements"][0]["text"] == "We hear you."


@pytest.mark.one_database
def test_the_document_is_what_the_schema_says(made: export.Document) -> None:
    schema = json.loads(export.SCHEMA_FILE.read_text())
    errors = jsonschema_rs.validator_for(schema, validate_formats=True).iter_errors(made)
    assert [error.message for error in errors] == []


@pytest.mark.one_database
def test_the_schema_allows_no_entry_without_its_hash(made: export.Document) -> None:
    del made["entries"][0]["hash"]
    schema = json.loads(export.SCHEMA_FILE.read_text())
    assert not jsonschema_rs.validator_for(schema).is_valid(made)


def test_anybody_can_check_the_chain_with_sha256_alone(made: export.Document) -> None:
    previous = "0" * 64
    for entry in made["entries"]:
        if not entry["erased"]:
            assert hashlib.sha256((entry["salt"] + entry["body_text"]).encode()).hexdigest() == entry["digest"]
        previous = hashlib.sha256((previous + entry["header_text"] + entry["digest"]).encode()).hexdigest()
        assert previous == entry["hash"]
    assert previous == made["head"]["hash"]


def test_what_was_erased_is_in_no_part_of_it(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        parts = [opened.read(name) for name in opened.namelist()]
    assert not any(b"Diaz" in part for part in parts)


@pytest.mark.one_database
def test_the_manifest_names_every_file_with_its_sum(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        manifest = json.loads(opened.read("manifest.json"))
        sums = {name: hashlib.sha256(opened.read(name)).hexdigest() for name in opened.namelist()}
    del sums["manifest.json"]
    assert {row["path"]: row["sha256"] for row in manifest["files"]} == sums
    assert set(sums) > {"incident.json", "log.csv", "export.schema.json"} and any(
        n.startswith("playbooks/") for n in sums
    )


@pytest.mark.one_database
def test_evidence_is_in_it_with_the_name_it_had(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        rows = json.loads(opened.read("manifest.json"))["files"]
        row = next(row for row in rows if row["path"].startswith("files/"))
        assert (row["names"], opened.read(row["path"])) == (["shot.png"], PNG)


@pytest.mark.one_database
def test_evidence_whose_bytes_are_gone_is_told_as_missing(incident: Any, later: datetime) -> None:
    files.path_of(hashlib.sha256(PNG).hexdigest()).unlink()
    target = io.BytesIO()
    export.write(target, REFERENCE, later)
    with zipfile.ZipFile(target) as opened:
        row = json.loads(opened.read("manifest.json"))["files"][-1]
        assert row["missing"] and row["path"] not in opened.namelist()


@pytest.mark.one_database
@pytest.mark.parametrize("reference", ["FB-2026-999", "desk", "", "../etc"])
def test_there_is_no_export_of_what_is_no_incident(inside: Flask, reference: str) -> None:
    with pytest.raises(LookupError):
        export.document(reference, NOW)


# --- spreadsheets ----------------------------------------------------------------------------------


def read_csv(content: bytes) -> list[dict[str, str]]:
    text = content.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert csvs.cell(text) == f"'{text}"


@pytest.mark.parametrize(("value", "text"), [("a=b", "a=b"), (None, ""), (True, "yes"), (7, "7"), (" =1", " =1")])
def test_other_cells_stay_as_they_are(value: Any, text: str) -> None:
    assert csvs.cell(value) == text


@pytest.mark.one_database
def test_the_log_as_a_table_has_a_line_for_each_entry(made: export.Document) -> None:
    lines = read_csv(csvs.log(made))
    assert [int(line["seq"]) for line in lines] == [entry["seq"] for entry in made["entries"]]
    assert [line["at"] for line in lines] == [entry["at"] for entry in made["entries"]]
    assert next(line["text"] for line in lines if line["kind"] == "step:done") == "'=all of them"


@pytest.mark.one_database
def test_the_table_says_what_was_mended_by_what(made: export.Document) -> None:
    lines = {line["seq"]: line for line in read_csv(csvs.log(made))}
    assert lines["1"]["mended"].startswith("corrected by ")
    gone = next(line for line in lines.values() if "struck by" in line["mended"])
    assert "erased by" in gone["mended"] and gone["text"] == "[erased]"


def test_the_list_has_moments_and_marks_exercises(inside: Flask) -> None:
    from dataclasses import replace

    incidents.open_incident(replace(SEEN, title="=1+1", exercise=True), ADA, NOW)
    moments = queries.moments([REFERENCE])[REFERENCE]
    line = read_csv(csvs.incidents([(queries.incidents()[0], moments)], queries.names()))[0]
    assert (line["title"], line["exercise"], line["noticed_at"]) == ("'=1+1", "yes", NOW.isoformat())


# --- holding it against the desk -------------------------------------------------------------------


def change_text(made: export.Document) -> None:
    made["entries"][0]["body"]["report"] = "Nobody is angry"


def change_hashed_text(made: export.Document) -> None:
    made["entries"][0]["body_text"] = made["entries"][0]["body_text"].replace("angry", "happy")


def change_header(made: export.Document) -> None:
    made["entries"][2]["actor"] = OSCAR


def take_one_out(made: export.Document) -> None:
    del made["entries"][3]


def cut_the_tail(made: export.Document) -> None:
    made["entries"].pop()


def change_hash(made: export.Document) -> None:
    made["entries"][-1]["hash"] = "0" * 64


CHANGES = [change_text, change_hashed_text, change_header, take_one_out, cut_the_tail, change_hash]


@pytest.mark.one_database
@pytest.mark.parametrize("change", CHANGES)
def test_a_document_that_was_changed_says_so(made: export.Document, change: Callable[[export.Document], None]) -> None:
    changed = deepcopy(made)
    change(changed)
    assert (export.faults(made), export.faults(changed) != []) == ([], True)


def known(made: export.Document) -> dict[int, str]:
    return {entry["seq"]: entry["hash"] for entry in made["entries"]}


def test_a_log_that_has_grown_since_is_in_order(made: export.Document) -> None:
    record.add_note(REFERENCE, "One more", ADA, NOW + 9 * MINUTE)
    assert maintenance.against(REFERENCE, known(made)) == ""


def test_an_erasure_since_then_is_no_matter(made: export.Document) -> None:
    record.erase(REFERENCE, [1], "", ADA, NOW + 9 * MINUTE)
    assert maintenance.against(REFERENCE, known(made)) == ""


def test_a_tail_that_was_cut_with_care_is_found(made: export.Document) -> None:
    last = made["head"]["seq"]
    with behind_its_back() as run:
        which = "(SELECT id FROM entry WHERE stream = :s AND seq = :n)"
        run(f"DELETE FROM entry_body WHERE entry_id = {which}", s=REFERENCE, n=last)
        run(f"DELETE FROM entry WHERE id = {which}", s=REFERENCE, n=last)
        run("UPDATE stream SET seq = :n, hash = :h WHERE name = :s", n=last - 1, h=known(made)[last - 1], s=REFERENCE)
    assert maintenance.against(REFERENCE, known(made)) == f"the tail was cut: entry {last} and what followed are gone"


def rewrite_chain(seq: int) -> None:
    """Another actor in entry `seq`, and every hash from there on made anew, the head's too."""
    with db.engine.connect() as connection:
        stored = [dict(row._mapping) for row in connection.execute(sa.select(models.table(models.Entry)))]
    chained = sorted((row for row in stored if row["stream"] == REFERENCE), key=lambda row: row["seq"])
    previous = chain.GENESIS
    with behind_its_back() as run:
        for row in chained:
            row["actor"] = OSCAR if row["seq"] == seq else row["actor"]
            previous = chain.link(previous, row)
            run("UPDATE entry SET actor = :a, hash = :h WHERE id = :i", a=row["actor"], h=previous, i=row["id"])
        run("UPDATE stream SET hash = :h WHERE name = :s", h=previous, s=REFERENCE)


def test_a_chain_that_was_written_anew_is_whole_in_itself_and_found(made: export.Document) -> None:
    rewrite_chain(3)
    assert [finding.broken for finding in maintenance.verify() if finding.stream == REFERENCE] == [""]
    assert "entry 3 was rewritten" in maintenance.against(REFERENCE, known(made))


def test_an_incident_that_is_not_here_is_found_missing(inside: Flask) -> None:
    assert maintenance.against(REFERENCE, {1: "0" * 64}) == "there is no such log here"


# --- from the shell --------------------------------------------------------------------------------


@pytest.fixture
def shell(incident: Any, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs a command on this test's desk."""
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("FIREBREAK_INSTANCE", str(tmp_path))
    return lambda command, *words: CliRunner().invoke(command, [str(word) for word in words])


@pytest.mark.one_database
def test_what_the_command_wrote_is_found_in_order(shell: Callable[..., Any], tmp_path: Path) -> None:
    target = tmp_path / "out.zip"
    done = shell(export_command, REFERENCE.lower(), "--output", target)
    assert done.exit_code == 0, done.output
    checked = shell(verify, "--against", target)
    assert (checked.exit_code, "entries are there" in checked.output) == (0, True)


@pytest.mark.one_database
def test_the_command_names_an_incident_that_it_does_not_know(shell: Callable[..., Any], tmp_path: Path) -> None:
    done = shell(export_command, "FB-1999-001", "--output", tmp_path / "out.zip")
    assert done.exit_code == 1 and "there is no incident FB-1999-001" in done.output
    assert not (tmp_path / "out.zip").exists() and not (tmp_path / "out.zip.part").exists()


@pytest.mark.one_database
def test_a_rewritten_desk_fails_against_the_file(shell: Callable[..., Any], archive: Path) -> None:
    rewrite_chain(2)
    done = shell(verify, "--quiet", "--against", archive)
    assert (done.exit_code, "BROKEN: entry 2 was rewritten" in done.output) == (1, True)


@pytest.mark.one_database
def test_a_file_that_was_changed_proves_nothing(shell: Callable[..., Any], made: Any, tmp_path: Path) -> None:
    change_header(made)
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(made))
    done = shell(verify, "--quiet", "--against", changed)
    assert (done.exit_code, "the file itself was changed: entry 3" in done.output) == (1, True)


@pytest.mark.one_database
def test_evidence_that_was_exchanged_in_the_zip_is_found(shell: Callable[..., Any], archive: Path) -> None:
    other = archive.with_name("other.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"another" if name.startswith("files/") else old.read(name))
    assert "was changed or taken out" in shell(verify, "--quiet", "--against", other).output


@pytest.mark.one_database
@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"PK\x03\x04", b"\xff\xfe", b'{"format": "firebreak-incident"}']
)
def test_any_other_file_is_told_from_an_export(shell: Callable[..., Any], tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other").write_bytes(content)
    done = shell(verify, "--against", tmp_path / "other")
    assert done.exit_code == 1 and "is no export of an incident" in done.output


def test_an_erased_person_is_exported_by_the_name_they_have_now(incident: Any, later: datetime) -> None:
    people.erase(ROSA, ADA, NOW + 9 * MINUTE)
    db.session.remove()
    assert "Rosa" not in json.dumps(export.document(REFERENCE, later)["people"])
