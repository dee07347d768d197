"""When the facts of an incident have come to fit another playbook better, and when nothing is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from firebreak import trained
from firebreak.domain import refitting
from firebreak.domain.deciding import closing, mending, opening, record
from firebreak.domain.deciding.opening import Opening
from firebreak.domain.playbooks import Playbook
from firebreak.domain.refitting import LEAST, Known, Standing, moved
from firebreak.domain.reports import Match, Ranking
from tests.house import shipped
from tests.stories import MINUTE, Story

REPORT = "Mothers are offended by our new advert"
HACKED = "Our account was hacked: somebody changed the password at night, posts scams and has locked us out"
HARM = "Three children are in hospital after eating our yoghurt: the batch is contaminated, the authority recalls it"
SHELF = ("account-takeover", "angry-backlash", "product-safety", "service-outage")


@pytest.fixture(scope="module")
def shelf() -> list[Playbook]:
    return [shipped("en", scenario) for scenario in SHELF]


@pytest.fixture
def story(shelf: list[Playbook]) -> Story:
    """An angry backlash, opened with its playbook."""
    told = Story()
    told.do(opening.open_incident, Opening(REPORT, channels=("x",)))
    told.do(opening.choose_playbook, shelf[1])
    return told.wait(MINUTE)


def note(story: Story, text: str, actor: int = 1) -> int:
    return story.wait(MINUTE).do(record.add_note, text, "", [], actor=actor)[0].seq


def better(story: Story, shelf: list[Playbook]) -> str | None:
    incident = story.incident
    now, then = refitting.known(incident), refitting.known(refitting.at_choice(incident))
    match = refitting.better(now, then, incident, shelf, trained.table(), None)
    return match.scenario if match else None


def standing(shares: Mapping[str, float], none: float = 0.0, agreeing: tuple[str, ...] = ()) -> Standing:
    ordered = sorted(shares.items(), key=lambda pair: -pair[1])
    return Standing(Ranking(tuple(Match(scenario, share, ()) for scenario, share in ordered), none), agreeing)


# --- the rule --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fire", "flood", "none", "best"),
    [
        (0.40, 0.26, 0.0, "fire"),
        (0.39, 0.10, 0.0, None),
        (0.44, 0.30, 0.0, None),
        (0.45, 0.05, 0.5, None),
        (0.45, 0.05, 0.4, "fire"),
    ],
)
def test_another_playbook_must_be_sure_clearly_ahead_and_about_a_crisis(
    fire: float, flood: float, none: float, best: str | None
) -> None:
    assert standing({"fire": fire, "flood": flood}, none).best("flood", ()) == best


def test_one_that_was_declined_is_not_suggested_again_but_another_may_be() -> None:
    now = standing({"fire": 0.5, "storm": 0.41, "flood": 0.05})
    assert (now.best("flood", {"fire"}), now.best("flood", {"fire", "storm"})) == ("storm", None)


def test_where_none_was_chosen_a_sure_one_is_suggested() -> None:
    assert standing({"fire": 0.5, "flood": 0.45}).best(None, ()) == "fire"


def test_the_severity_breaks_a_near_tie_and_no_more() -> None:
    near, far = {"fire": 0.42, "flood": 0.29}, {"fire": 0.42, "flood": 0.33}
    assert standing(near).best("flood", ()) is None
    assert standing(near, agreeing=("fire",)).best("flood", ()) == "fire"
    assert standing(far, agreeing=("fire",)).best("flood", ()) is None


def test_one_that_was_as_clear_when_another_was_chosen_is_not_brought_up_again() -> None:
    then, now = standing({"fire": 0.6, "flood": 0.2}), standing({"fire": 0.7, "flood": 0.15})
    assert not moved(now, then, "fire", "flood")
    assert moved(standing({"fire": 0.9, "flood": 0.05}), then, "fire", "flood")
    assert moved(now, standing({"fire": 0.3, "flood": 0.4}), "fire", "flood")


def test_next_to_nothing_and_nothing_are_the_same() -> None:
    then, now = standing({"fire": 0.99, "flood": LEAST}), standing({"fire": 1.0, "flood": 0.0})
    assert not moved(now, then, "fire", "flood")


# --- what is asked ---------------------------------------------------------------------------------


def test_a_note_that_tells_another_story_suggests_its_playbook(story: Story, shelf: list[Playbook]) -> None:
    assert better(story, shelf) is None
    note(story, HACKED)
    assert better(story, shelf) == "account-takeover"


def test_a_note_about_the_work_suggests_nothing(story: Story, shelf: list[Playbook]) -> None:
    note(story, "Called the agency, they are looking into it")
    assert better(story, shelf) is None


def test_a_note_struck_out_speaks_no_more(story: Story, shelf: list[Playbook]) -> None:
    seq = note(story, HACKED)
    story.do(mending.strike, seq, "Another account")
    assert better(story, shelf) is None


def test_a_corrected_report_is_ranked_as_it_reads_now(story: Story, shelf: list[Playbook]) -> None:
    story.do(mending.correct, 1, "We know more", body={"report": HACKED})
    assert better(story, shelf) == "account-takeover"


def test_after_the_change_and_after_keeping_nothing_more_is_said(story: Story, shelf: list[Playbook]) -> None:
    note(story, HACKED)
    kept = replace(story, entries=list(story.entries))
    kept.do(opening.decline_suggestion, "account-takeover", SHELF)
    story.do(opening.choose_playbook, shelf[0])
    assert (better(kept, shelf), better(story, shelf)) == (None, None)


def test_a_closed_incident_is_left_alone(story: Story, shelf: list[Playbook]) -> None:
    note(story, HACKED)
    story.do(closing.stand_down, "resolved", "Over")
    assert better(story, shelf) is None


def test_a_playbook_that_is_on_offer_no_more_is_not_compared(story: Story, shelf: list[Playbook]) -> None:
    note(story, HACKED)
    assert better(story, [shelf[0], shelf[2]]) is None


def test_the_reasons_come_with_it(story: Story, shelf: list[Playbook]) -> None:
    note(story, HARM)
    now, then = refitting.known(story.incident), refitting.known(refitting.at_choice(story.incident))
    match = refitting.better(now, then, story.incident, shelf, trained.table(), None)
    assert match and match.scenario == "product-safety" and match.reasons


# --- what was known --------------------------------------------------------------------------------


def known(story: Story) -> Known:
    return refitting.known(story.incident)


def test_the_notes_follow_the_report_the_newest_last(story: Story) -> None:
    note(story, "First")
    note(story, "Second")
    assert known(story).report.text == f"{REPORT}\nFirst\nSecond"


def test_a_title_of_one_s_own_is_read_and_one_made_of_the_report_is_not(story: Story) -> None:
    assert known(story).report.text == REPORT
    story.do(opening.retitle, "Stroller advert")
    assert known(story).report.text == f"Stroller advert\n{REPORT}"


def test_of_many_notes_the_newest_are_read_and_half_of_a_long_report(story: Story) -> None:
    story.do(mending.correct, 1, "All of it", body={"report": "r" * 20_000})
    note(story, "o" * 5_000)
    note(story, "n" * 3_000)
    text = known(story).report.text
    assert len(text) == refitting.MOST_READ
    assert (text.count("r"), text.count("n")) == (4_000, 3_000) and text.endswith("n" * 3_000)


def test_what_only_some_may_read_and_what_the_desk_wrote_is_left_out(story: Story) -> None:
    note(story, "For the lawyers")
    limited = replace(story.incident.facts[-1], audience="legal")
    facts = (*story.incident.facts[:-1], limited)
    assert refitting.known(replace(story.incident, facts=facts)).report.text == REPORT


def test_an_erased_note_is_not_ranked(story: Story) -> None:
    seq = note(story, HACKED)
    story.do(mending.erase, [seq], "Personal data")
    assert known(story).report.text == REPORT


def test_channels_times_and_answers_of_the_opening_go_with_it(shelf: list[Playbook]) -> None:
    told = Story()
    told.do(opening.open_incident, Opening(REPORT, channels=("x",), answers={"own-account": True}))
    told.do(opening.add_channel, "tiktok")
    report = known(told).report
    assert (report.channels, report.noticed_at, report.answers) == (("x", "tiktok"), told.now, {"own-account": True})
