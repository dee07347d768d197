from __future__ import annotations

from datetime import timedelta

from firebreak.domain import metrics
from firebreak.domain.deciding import closing, mending, record, roles
from tests.stories import ADA, HOUR, MINUTE, NOW, Story, opened, playbook


def figures(story: Story) -> dict[str, metrics.Figure]:
    return {figure.id: figure for figure in metrics.figures(story.incident, story.now)}


def told() -> Story:
    story = opened(playbook(), began_at=NOW - 3 * HOUR).wait(10 * MINUTE)
    story.do(roles.assign_role, "lead", ADA)
    story.wait(2 * HOUR).do(record.post_statement, "x", "We are here", "")
    return story


def test_each_figure_stands_beside_the_limit_it_ran_under() -> None:
    found = figures(told())
    assert (found["acknowledged"].length, found["acknowledged"].limit) == (10 * MINUTE, 15 * MINUTE)
    assert found["acknowledged"].status == "met"
    assert (found["first_response"].length, found["first_response"].status) == (130 * MINUTE, "late")


def test_what_has_no_limit_has_no_status() -> None:
    found = figures(told())
    assert (found["silence"].length, found["silence"].limit, found["silence"].status) == (310 * MINUTE, None, "")


def test_an_unknown_beginning_leaves_its_figures_open() -> None:
    found = figures(opened())
    assert found["noticed"].length is None and found["silence"].length is None


def test_what_did_not_happen_has_no_length_but_its_limit() -> None:
    contained = figures(told())["contained"]
    assert contained.length is None and contained.limit == 24 * HOUR and contained.status == "running"


def test_a_correction_changes_the_figure() -> None:
    story = told()
    said = story.incident.statements[0].seq
    story.do(mending.correct, said, "Wrong hour", at=NOW + 20 * MINUTE)
    assert figures(story)["first_response"].length == 20 * MINUTE
    assert figures(story)["first_response"].status == "met"


def test_a_moment_before_its_start_makes_no_length() -> None:
    story = opened().wait(HOUR)
    story.do(record.post_statement, "x", "Hello", "", at=NOW - HOUR)
    assert figures(story)["first_response"].length is None


def test_the_usual_length_is_the_median_of_enough_incidents() -> None:
    past = [{"noticed": NOW, "acknowledged": NOW + minutes * MINUTE} for minutes in (5, 90, 15)]
    assert metrics.usual(past) == {"acknowledged": timedelta(minutes=15)}
    assert metrics.usual(past[:2]) == {}


def test_standing_down_without_containing_says_overdue_past_the_limit() -> None:
    story = told().wait(30 * HOUR)
    story.do(closing.stand_down, "resolved", "Enough")
    assert figures(story)["contained"].status == "breached"
