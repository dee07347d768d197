from __future__ import annotations

from datetime import date

import pytest

from firebreak.domain.deciding import brief, closing, mending, review
from firebreak.domain.deciding.opening import choose_playbook
from firebreak.domain.refusal import Refused
from tests.stories import ADA, DAY, HOUR, OTHER_STEPS, PAUL, ROSA, Story, opened, playbook

FRIDAY = date(2026, 3, 20)


def stood_down() -> Story:
    story = opened(playbook()).wait(HOUR)
    story.do(closing.stand_down, "resolved", "It is over")
    return story.wait(DAY)


def refusal(story: Story, decide: object, *wish: object, **more: object) -> Refused:
    with pytest.raises(Refused) as caught:
        story.do(decide, *wish, **more)
    return caught.value


def test_a_playbook_s_own_questions_replace_the_house_s_and_two_are_always_asked() -> None:
    assert review.questions(2) == ("q1", "q2", "right_playbook", "surprise")
    assert review.questions(0) == (*review.GENERIC, "right_playbook", "surprise")


def test_nothing_is_written_before_standing_down() -> None:
    story = opened()
    for decide, *wish in (
        (review.answer, {"surprise": "All"}, 0),
        (review.add_action, "A", 1, FRIDAY),
        (review.agree, ""),
    ):
        assert refusal(story, decide, *wish).code == "review_too_early"


def test_a_later_answer_of_the_same_person_takes_the_place_of_the_earlier() -> None:
    story = stood_down()
    story.do(review.answer, {"q1": "An hour"}, 1, actor=ADA)
    story.do(review.answer, {"q1": "Two hours"}, 1, actor=ROSA)
    story.do(review.answer, {"q1": "Three hours"}, 1, actor=ADA)
    assert [(each.by, each.text) for each in story.incident.answers] == [(ROSA, "Two hours"), (ADA, "Three hours")]


def test_the_same_answer_again_adds_nothing_and_an_empty_one_is_no_answer() -> None:
    story = stood_down()
    story.do(review.answer, {"q1": " An hour \n"}, 1)
    assert story.do(review.answer, {"q1": "An hour", "surprise": " "}, 1) == []


def test_an_answer_is_taken_back_by_striking_it_and_the_earlier_one_counts_again() -> None:
    story = stood_down()
    story.do(review.answer, {"q1": "An hour"}, 1)
    (later,) = story.do(review.answer, {"q1": "A day"}, 1)
    assert refusal(story, review.answer, {"q1": ""}, 1).code == "answer_emptied"
    story.do(mending.strike, later.seq, "Guessed")
    assert [each.text for each in story.incident.answers] == ["An hour"]


def test_the_last_judgement_of_the_right_playbook_counts_and_striking_it_brings_the_earlier_back() -> None:
    story = stood_down()
    story.do(review.judge, "flood", {"flood"}, actor=ROSA)
    (later,) = story.do(review.judge, "none", {"flood"}, actor=ADA)
    assert story.incident.judged == "none"
    story.do(mending.strike, later.seq, "By mistake")
    assert story.incident.judged == "flood"


def test_only_a_playbook_of_the_library_one_that_was_used_or_none_is_judged_right() -> None:
    assert refusal(stood_down(), review.judge, "fire", {"flood"}).facts["field"] == "scenario"
    assert stood_down().do(review.judge, "storm", {"flood"}) != []


def test_the_same_judgement_again_adds_nothing() -> None:
    story = stood_down()
    story.do(review.judge, "storm", ())
    assert story.do(review.judge, "storm", ()) == []


def test_the_right_playbook_is_judged_with_the_review_and_not_before_or_after() -> None:
    assert refusal(opened(playbook()), review.judge, "storm", ()).code == "review_too_early"
    story = stood_down()
    story.do(review.agree, "")
    assert refusal(story, review.judge, "storm", ()).code == "review_agreed"


def test_an_unknown_question_is_refused() -> None:
    assert refusal(stood_down(), review.answer, {"q2": "What?"}, 1).code == "unknown_word"


def test_the_first_question_of_another_playbook_is_another_question() -> None:
    story = stood_down()
    story.do(review.answer, {"q1": "An hour", "surprise": "All"}, 1)
    story.do(closing.reopen, "Again")
    story.do(choose_playbook, playbook("flood", OTHER_STEPS))
    story.do(closing.stand_down, "resolved", "Over")
    assert review.answer_of(story.incident, "q1", ADA) is None
    assert review.answer_of(story.incident, "surprise", ADA) is not None


@pytest.mark.parametrize(("owner", "due"), [(None, FRIDAY), (ROSA, None), (None, None)])
def test_a_review_is_not_agreed_while_an_open_action_lacks_owner_or_date(owner: int | None, due: date | None) -> None:
    story = stood_down()
    story.do(review.add_action, "Night numbers", owner, due)
    assert refusal(story, review.agree, "").facts["actions"] == ["a-1"]
    story.do(review.close_action, "a-1", "dropped", "Not needed")
    story.do(review.agree, "", actor=PAUL)
    assert (story.incident.agreed_by, story.incident.moments["reviewed"]) == (PAUL, story.now)


def test_an_agreed_review_takes_nothing_new_until_it_is_opened_again() -> None:
    story = stood_down()
    story.do(review.agree, "")
    assert refusal(story, review.answer, {"surprise": "All"}, 0).code == "review_agreed"
    assert refusal(story, review.add_action, "A", 1, FRIDAY).code == "review_agreed"
    assert refusal(story, review.reopen_review, " ").code == "required"
    story.do(review.reopen_review, "More came")
    assert story.do(review.add_action, "A", 1, FRIDAY)


def test_an_incident_opened_again_is_no_longer_reviewed() -> None:
    story = stood_down()
    story.do(review.agree, "")
    story.do(closing.reopen, "It burns again")
    assert "reviewed" not in story.incident.moments and story.incident.agreed_by is None


def test_an_action_of_an_agreed_review_moves_but_keeps_owner_and_date() -> None:
    story = stood_down()
    story.do(review.add_action, "Night numbers", ROSA, FRIDAY)
    story.do(review.agree, "")
    assert refusal(story, review.change_action, "a-1", "Night numbers", None, FRIDAY).code == "action_incomplete"
    story.do(review.change_action, "a-1", "Night numbers", PAUL, date(2026, 4, 1))
    assert (story.incident.actions["a-1"].owner, story.incident.actions["a-1"].due) == (PAUL, date(2026, 4, 1))


def test_the_same_action_again_adds_nothing() -> None:
    story = stood_down()
    story.do(review.add_action, "Night numbers", ROSA, FRIDAY)
    assert story.do(review.change_action, "a-1", "Night numbers ", ROSA, FRIDAY) == []


def test_a_closed_action_is_changed_no_more_until_its_closing_is_struck_out() -> None:
    story = stood_down()
    story.do(review.add_action, "Night numbers", ROSA, FRIDAY)
    (closed,) = story.do(review.close_action, "a-1", "done", "")
    assert story.do(review.close_action, "a-1", "done", "") == []
    assert refusal(story, review.change_action, "a-1", "Other", ROSA, FRIDAY).code == "action_closed"
    story.do(mending.strike, closed.seq, "Not yet")
    assert story.incident.actions["a-1"].outcome is None


def test_a_number_of_an_action_is_never_given_twice() -> None:
    story = stood_down()
    (first,) = story.do(review.add_action, "Night numbers", ROSA, FRIDAY)
    story.do(review.change_action, "a-1", "Numbers", PAUL, FRIDAY)
    story.do(mending.strike, first.seq, "Twice")
    story.do(review.add_action, "A drill", ROSA, FRIDAY)
    assert list(story.incident.actions) == ["a-2"]
    assert refusal(story, review.change_action, "a-1", "Other", ROSA, FRIDAY).code == "unknown_action"


def test_what_was_typed_in_a_review_can_be_erased_and_the_rest_stays() -> None:
    story = stood_down()
    (answered,) = story.do(review.answer, {"surprise": "Karl did it"}, 0)
    (added,) = story.do(review.add_action, "Speak with Karl", ROSA, FRIDAY)
    story.do(mending.erase, [answered.seq, added.seq], "")
    assert story.incident.answers[0].text == "" and story.incident.actions["a-1"].what == ""
    assert story.incident.actions["a-1"].owner == ROSA


def test_the_newest_lines_for_the_executive_count() -> None:
    story = opened()
    story.do(brief.write_brief, "The advert ran", "Who approved it", "")
    assert story.do(brief.write_brief, "The advert ran ", "Who approved it", "") == []
    story.do(brief.write_brief, "The advert ran", "", "A call at ten")
    assert story.incident.brief and story.incident.brief.next == "A call at ten"
    assert refusal(story, brief.write_brief, " ", "", "").code == "required"
