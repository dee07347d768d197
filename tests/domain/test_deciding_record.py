from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from firebreak.domain.deciding import closing, record
from firebreak.domain.refusal import Refused
from tests.stories import DAY, HOUR, MINUTE, NOW, Story, opened


@pytest.fixture
def story() -> Story:
    return opened()


def refusal(wish: Any, *words: Any, **more: Any) -> str:
    with pytest.raises(Refused) as caught:
        wish(*words, **more)
    return caught.value.code


def test_the_earliest_statement_is_the_first_response(story: Story) -> None:
    story.wait(HOUR).do(record.post_statement, "x", "We know", "https://x.com/1")
    story.do(record.post_statement, "facebook", "We know", "", at=NOW + MINUTE)
    assert story.incident.moments["first_response"] == NOW + MINUTE


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//example.org", "ftp://example.org", "http://[::1", "https://"]
)
def test_an_address_that_no_browser_should_follow_is_refused(story: Story, url: str) -> None:
    assert refusal(story.do, record.post_statement, "x", "We know", url) == "bad_address"


def test_an_address_is_kept_as_typed(story: Story) -> None:
    story.do(record.post_statement, "x", "We know", " https://例え.jp/?q=<b> ")
    assert story.incident.statements[0].url == "https://例え.jp/?q=<b>"


def test_a_statement_is_on_a_known_channel_and_has_words(story: Story) -> None:
    assert refusal(story.do, record.post_statement, "myspace", "We know", "") == "unknown_word"
    assert refusal(story.do, record.post_statement, "x", " ", "") == "required"


@pytest.mark.parametrize("before", [HOUR, 0 * HOUR])
def test_a_promise_lies_after_its_statement(story: Story, before: Any) -> None:
    code = refusal(story.do, record.post_statement, "x", "We know", "", next_update_at=NOW - before)
    assert code == "promise_before_statement"


@pytest.mark.parametrize("promise", [NOW + 367 * DAY, datetime(9999, 12, 31, 23, 59, tzinfo=UTC)])
def test_a_promise_for_another_year_is_refused(story: Story, promise: datetime) -> None:
    assert refusal(story.do, record.post_statement, "x", "We know", "", next_update_at=promise) == "promise_too_far"


def test_a_note_needs_words_or_a_file(story: Story) -> None:
    assert refusal(story.do, record.add_note, "", "", ()) == "required"
    file = ({"sha256": "0" * 64, "size": 1, "type": "image/png"}, "capture.png")
    note = story.do(record.add_note, "", "", [file])[0].event
    assert (note.codes["files"], note.body["names"]) == ([file[0]], ["capture.png"])


def test_a_file_name_that_no_database_keeps_is_refused(story: Story) -> None:
    file = ({"sha256": "0" * 64, "size": 1, "type": "image/png"}, "\udcff.png")
    assert refusal(story.do, record.add_note, "", "", [file]) == "bad_character"


def test_a_decision_tells_question_options_choice_and_why(story: Story) -> None:
    made = story.do(record.make_decision, "Pull it?", "yes\nno", "yes", "Because", "<p>Because</p>")[0].event
    assert made.body["options"] == "yes\nno" and made.codes == {}
    assert refusal(story.do, record.make_decision, "Pull it?", "", "yes", "", "") == "required"


def test_only_an_earlier_moment_is_news(story: Story) -> None:
    story.wait(HOUR).do(record.record_moment, "withdrew")
    assert story.do(record.record_moment, "withdrew") == []
    story.do(record.record_moment, "withdrew", at=NOW)
    assert story.incident.moments["withdrew"] == NOW


@pytest.mark.parametrize("moment", ["opened", "noticed", "stood_down", "first_response", "nonsense"])
def test_moments_that_follow_from_other_entries_have_no_button(story: Story, moment: str) -> None:
    assert refusal(story.do, record.record_moment, moment) == "unknown_word"


def test_what_happened_can_be_added_after_the_stand_down(story: Story) -> None:
    story.do(closing.stand_down, "resolved", "Over")
    for wish in (
        (record.post_statement, "x", "Thanks", ""),
        (record.add_note, "Late", "", ()),
        (record.record_moment, "contained"),
    ):
        assert story.do(*wish)


def test_a_withdrawal_needs_an_open_incident(story: Story) -> None:
    story.do(closing.stand_down, "resolved", "Over")
    assert refusal(story.do, record.record_moment, "withdrew") == "stood_down"


@pytest.mark.parametrize(
    "text", ["=cmd|'/C calc'!A0", "\u202eevil", "🔥" * 1000, "<img src=x onerror=alert(1)>", "x" * 1_000_000]
)
def test_a_note_is_kept_as_typed(story: Story, text: str) -> None:
    assert story.do(record.add_note, text, "", ())[0].event.data["text"] == text
