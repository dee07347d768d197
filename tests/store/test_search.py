"""Texts are found in three languages, as they read now, and erased words are gone from the file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from firebreak import maintenance
from firebreak.domain.deciding.opening import Opening
from firebreak.domain.incidents import Incident
from firebreak.domain.search import parse
from firebreak.store import db, finding, models, search
from firebreak.store.engine import WRITES
from firebreak.workflow import incidents, record, review, steps
from tests.stories import ADA, HOUR, NOW, REFERENCE, ROSA, SEEN, playbook

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def incident(inside: Flask) -> Incident:
    return incidents.open_incident(SEEN, ADA, NOW, playbook=playbook())


def found(query: str) -> list[str]:
    db.session.rollback()
    return [row.reference for row in finding.incidents(finding.Wanted(terms=parse(query)))]


def entries(query: str) -> list[tuple[int, str]]:
    rows = finding.hits(parse(query), [row.number for row in finding.incidents(finding.Wanted())])
    return [(hit.seq, hit.kind) for hits in rows.values() for hit in hits]


def opened(report: str, title: str = "") -> str:
    return incidents.open_incident(Opening(report, title), ADA, NOW).reference


def note(text: str) -> int:
    return record.add_note(REFERENCE, text, ADA, NOW).seq


@pytest.mark.parametrize("query", ["annonce retiree", "l'Œuvre d'elodie", "ÉLODIE", "oeuv", '"a été retirée"'])
def test_french_is_found_without_its_accents(query: str) -> None:
    opened("L'annonce a été retirée, comme l'œuvre d'Élodie.")
    assert found(query) == [REFERENCE]


@pytest.mark.parametrize("query", ["道歉", "歉", "品牌必须道歉", "母亲 道歉", "必须", "iphone发布", "發佈"])
def test_chinese_is_found_inside_a_sentence(query: str) -> None:
    opened("母亲们说品牌必须道歉！我们发布iPhone了。臉書發佈")
    assert found(query) == [REFERENCE]


@pytest.mark.parametrize("query", ["亲品", "道歉必须", "iphone 17"])
def test_chinese_that_is_not_there_is_not_found(query: str) -> None:
    opened("母亲们说品牌必须道歉！我们发布iPhone了。")
    assert found(query) == []


@pytest.mark.parametrize("query", ["mothers ad", "ANGRY mothers", '"about the advert"', REFERENCE, "2026-001", "storm"])
def test_an_incident_is_found_by_its_words_its_number_and_its_playbook(incident: Incident, query: str) -> None:
    assert found(query) == [REFERENCE]


def test_words_may_stand_in_different_entries(incident: Incident) -> None:
    note("The bishop called")
    assert (found("bishop mothers "), found('"bishop mothers"')) == ([REFERENCE], [])


def test_every_kind_of_text_is_found(incident: Incident) -> None:
    record.make_decision(REFERENCE, "Whether", "Optional", "Chosenly", "Wherefore", ADA, NOW)
    record.post_statement(REFERENCE, "x", "Sorrowful", "https://example.org/posted", ADA, NOW)
    steps.add(REFERENCE, "Phone grandmother", "care", HOUR, "first-hour", True, ADA, NOW)
    incidents.stand_down(REFERENCE, "resolved", "Calm again", ADA, NOW)
    review.answer(REFERENCE, {"surprise": "Astonished"}, ROSA, NOW)
    words = ("whether", "optional", "chosenly", "wherefore", "sorrowful", "example.org", "grandmother", "astonished")
    assert {word: found(f"{word} ") for word in words} == {word: [REFERENCE] for word in words}


def test_a_hit_names_the_newest_entry_that_has_the_word(incident: Incident) -> None:
    note("bishop")
    newest = note("bishop again")
    assert entries("bishop") == [(newest, "note:added")]


def test_the_heading_is_no_hit_of_its_own(incident: Incident) -> None:
    assert entries("storm") == []


def test_an_older_title_is_no_longer_found(incident: Incident) -> None:
    incidents.retitle(REFERENCE, "A quiet day", ADA, NOW)
    row = finding.incidents(finding.Wanted(terms=parse("quiet")))[0]
    assert (row.title, found('"mothers are angry"')) == ("A quiet day", [REFERENCE])  # its report still says so


def test_what_was_corrected_is_found_as_it_reads_now(incident: Incident) -> None:
    seq = note("Mispeled")
    record.correct(REFERENCE, seq, "Typing", ADA, NOW, body={"text": "Misspelled"})
    assert (found("mispeled"), entries("misspelled")) == ([], [(seq, "note:added")])


def test_what_was_struck_out_is_not_found(incident: Incident) -> None:
    seq = note("Nonsense")
    record.strike(REFERENCE, seq, "Wrong", ADA, NOW)
    assert found("nonsense") == []


def test_what_was_erased_is_not_found(incident: Incident) -> None:
    seq = note("Elizaveta")
    record.correct(REFERENCE, seq, "Typing", ADA, NOW, body={"text": "Elisabeta"})
    record.erase(REFERENCE, [seq, seq + 1], "Asked for", ADA, NOW)
    assert (found("elizaveta"), found("elisabeta")) == ([], [])


def test_erased_words_leave_the_file(incident: Incident) -> None:
    seq = note("Elizaveta wrote to us")
    record.erase(REFERENCE, [seq], "Asked for", ADA, NOW)
    assert not held("elizaveta")


def held(word: str) -> bool:
    """Whether the database has the word somewhere, in whatever case."""
    if db.engine.dialect.name == "sqlite":
        path = str(db.engine.url.database)
        db.session.remove()
        db.engine.dispose()
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return word.encode() in Path(path).read_bytes().lower()
    everything = "SELECT count(*) FROM search_words, search_text WHERE words::text LIKE :word OR lower(text) LIKE :word"
    return bool(db.session.execute(sa.text(everything), {"word": f"%{word}%"}).scalar())


def test_limited_texts_are_not_found(incident: Incident) -> None:
    seq = note("Confidential")
    limit = sa.update(search.SearchText).where(search.SearchText.id == search.id_of(REFERENCE, seq))
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        connection.execute(limit.values(audience="lawyers"))
    assert (found("confidential"), entries("confidential")) == ([], [])


def test_a_very_long_text_is_kept_and_found(incident: Incident) -> None:
    note("first " + "一二三四五六七八九十" * 30_000)
    assert (found("first"), found("五六七八")) == ([REFERENCE], [REFERENCE])


def test_a_desk_from_before_the_search_is_filled(incident: Incident) -> None:
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        search.sweep(connection)
        connection.execute(sa.delete(models.table(search.SearchText)))
        search.sweep(connection)
    assert found("mothers") == []
    db.session.remove()
    maintenance.migrate()
    assert found("mothers") == [REFERENCE]


def test_rebuilding_puts_words_in_anew(incident: Incident) -> None:
    seq = note("bishop")
    maintenance.rebuild(NOW)
    assert found("bishop") == [REFERENCE]
    record.strike(REFERENCE, seq, "Wrong", ADA, NOW)
    assert found("bishop") == []


@pytest.mark.parametrize(
    "query", ['"', "a*", "NEAR(a b)", "' OR 1=1 --", "\\", "a:*b & !c | (d", "x" * 100_000, "É" * 300]
)
def test_a_hostile_query_finds_nothing_and_harms_nothing(incident: Incident, query: str) -> None:
    assert found(query) == []
