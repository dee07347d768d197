"""Mail through a real server: who gets it, what it says, and what happens when it is refused."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from firebreak.domain.deciding.opening import Opening
from firebreak.notify.worker import MOST_TRIES
from firebreak.workflow import incidents, record, roles, steps
from tests.house import shipped
from tests.notify.desk import MINUTE, NOW, Desk, Mailbox

DAY = timedelta(days=1)


def test_administrators_hear_of_an_opening_and_the_opener_does_not(desk: Desk, box: Mailbox) -> None:
    ana = desk.person("Ana Ruiz", "administrator")
    desk.person("Ben Okafor", "administrator")
    desk.person("Cleo Martin")
    desk.open(ana)
    desk.work()
    assert (box.to, desk.results()) == (["ben@example.org"], {("opened", "sent", None)})


def test_who_looks_after_an_affected_channel_hears_of_an_opening(desk: Desk, box: Mailbox) -> None:
    owner, other = desk.person("Cleo Martin"), desk.person("Dan Wu")
    desk.set(channels=[{"channel": "x", "owner": owner, "address": ""}, {"channel": "tiktok", "owner": other}])
    desk.open(None, channels=("x", "facebook"))
    desk.work()
    assert box.to == ["cleo@example.org"]


def test_an_opening_says_what_where_since_when_and_links_to_the_room(desk: Desk, box: Mailbox) -> None:
    desk.person("Ben Okafor", "administrator", zone="Europe/Paris")
    desk.open(desk.person("Ana Ruiz"), severity="critical", channels=("x", "blog"), began_at=NOW - 90 * MINUTE)
    desk.work()
    assert box.subjects == ["FB-2026-001 · Opened, Critical – Mums angry at the sling advert"]
    for part in ("Ana Ruiz opened", "Sat, Nov 21, 2026, 23:10 UTC+1", "X, Blogs", "> Mums", "/incidents/FB-2026-001"):
        assert part in box.text


def test_a_warning_names_the_clock_and_the_due_time_in_the_readers_zone(desk: Desk, box: Mailbox) -> None:
    desk.person("Ben Okafor", "administrator", zone="Asia/Shanghai", clock="12h")
    reference = desk.open(None).reference
    roles.assign(reference, "lead", desk.person("Cleo Martin"), 2, NOW)
    desk.work()
    desk.work(45 * MINUTE)
    assert "FB-2026-001 · 75 %: First public word, due 7:10 AM UTC+8 – Mums" in box.subjects[-2]
    assert box.to[-2:] == ["ben@example.org", "cleo@example.org"]


def test_several_clocks_that_ring_at_once_are_one_message_to_each_person(desk: Desk, box: Mailbox) -> None:
    desk.person("Ben Okafor", "administrator")
    desk.open(None, channels=("x", "facebook"))
    desk.work()
    desk.work(2 * DAY)
    assert len(box.mails) == 2
    assert "and 4 more" in box.subjects[1]
    assert box.text.count("Overdue: ") == 5


def test_a_breach_is_told_once_however_often_the_worker_looks(desk: Desk, box: Mailbox) -> None:
    desk.person("Ben Okafor", "administrator")
    desk.open(None)
    for _ in range(3):
        desk.work(15 * MINUTE)
    assert [row.kind for row in desk.deliveries()] == ["warned", "breached", "opened"]


def test_taking_a_role_tells_nobody_and_handing_it_over_tells_both(desk: Desk, box: Mailbox) -> None:
    ana, ben, dan = (desk.person(name) for name in ("Ana Ruiz", "Ben Okafor", "Dan Wu"))
    reference = desk.open(ana).reference
    roles.assign(reference, "lead", ana, ana, NOW)
    desk.work()
    assert box.to == []
    roles.assign(reference, "lead", ben, dan, NOW)
    desk.work()
    assert sorted(box.to) == ["ana@example.org", "ben@example.org"]
    assert "Incident lead: Ben Okafor has taken over from Ana Ruiz. Recorded by Dan Wu." in box.text


def test_a_watch_tells_nobody_until_it_is_escalated(desk: Desk, box: Mailbox) -> None:
    desk.person("Ben Okafor", "administrator")
    reference = desk.open(None, severity="watch").reference
    desk.work()
    desk.work(2 * DAY)
    assert (box.mails, desk.deliveries()) == ([], [])
    incidents.change_severity(reference, "critical", "", desk.person("Ana Ruiz"), desk.now)
    desk.work()
    assert box.subjects[0] == "FB-2026-001 · Raised from Watch to Critical – Mums angry at the sling advert"


def test_an_escalation_before_the_worker_looked_does_not_tell_of_the_watch(desk: Desk, box: Mailbox) -> None:
    desk.person("Ben Okafor", "administrator")
    reference = desk.open(None, severity="watch").reference
    incidents.change_severity(reference, "minor", "", desk.person("Ana Ruiz"), NOW)
    desk.work()
    assert [row.kind for row in desk.deliveries()] == ["severity"]


def test_an_exercise_says_so_first(desk: Desk, box: Mailbox) -> None:
    desk.person("Ben Okafor", "administrator")
    desk.open(None, exercise=True)
    desk.work()
    assert box.subjects[0].startswith("EXERCISE · FB-2026-001")
    assert box.text.startswith("EXERCISE – this is not a real incident.")


def test_open_critical_steps_are_listed(desk: Desk, box: Mailbox) -> None:
    desk.person("Ben Okafor", "administrator")
    reference = desk.open(None).reference
    steps.add(reference, "Pause every scheduled post", "channel", 10 * MINUTE, "first-hour", True, 1, NOW)
    desk.work()
    assert "- Pause every scheduled post (Channel manager, due Sat, Nov 21, 2026, 22:20 UTC)" in box.text


def test_a_message_is_in_the_language_of_its_reader(desk: Desk, box: Mailbox, tmp_path: Path) -> None:
    folder = tmp_path / "translations/fr/LC_MESSAGES"
    folder.mkdir(parents=True)
    catalog = Catalog(locale="fr")
    catalog.add("Opened, %(severity)s", "Ouvert, %(severity)s", flags=["python-format"])
    catalog.add("%(day)s, %(time)s", "%(day)s à %(time)s", flags=["python-format"])
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalog)
    desk.person("Chloé Bernard", "administrator", language="fr", email="chloe@example.org")
    desk.open(None)
    desk.work()
    assert "Ouvert, " in box.subjects[0]
    assert "sam. 21 nov. 2026 à 22:10 UTC" in box.text


@pytest.mark.parametrize("title", ["Angry\nBcc: all@example.org", "Angry\r\nBcc: all@example.org", "A\u2028Bcc: x@y.z"])
def test_a_title_cannot_add_a_header_or_a_line(desk: Desk, box: Mailbox, title: str) -> None:
    desk.person("Ben Okafor\nBcc: spy@example.org", "administrator")
    desk.open(None, report="Storm", title=title)
    desk.work()
    assert (box.to, box.mails[0]["Bcc"]) == (["ben@example.org"], None)
    assert not any(line.startswith("Bcc:") for line in box.text.splitlines())


def test_hostile_and_foreign_letters_arrive_as_text(desk: Desk, box: Mailbox) -> None:
    desk.person("Zoë 王", "administrator", email="zoe@example.org")
    desk.open(
        None, title="<script>🔥 妈妈们\u202e =1+1 {{ 7*7 }}", report="> not us\n\n-- \nThe room: https://evil.example"
    )
    desk.work()
    assert box.subjects[0].endswith("<script>🔥 妈妈们 =1+1 {{ 7*7 }}")
    assert "> The room: https://evil.example" in box.text


def test_every_try_has_the_same_message_id_and_another_person_another(desk: Desk, box: Mailbox) -> None:
    desk.person("Ana Ruiz", "administrator")
    desk.person("Ben Okafor", "administrator")
    box.answer = "451 later"
    desk.open(None)
    desk.work()
    desk.work(MINUTE)
    ids = [str(mail["Message-ID"]) for mail in box.mails]
    assert (len(ids), len(set(ids))) == (4, 2)


def test_a_refusal_for_now_is_tried_again_later_and_later_and_at_last_given_up(desk: Desk, box: Mailbox) -> None:
    desk.person("Ben Okafor", "administrator")
    box.answer = "451 try ben@example.org later"
    incidents.stand_down(desk.open(None).reference, "false_alarm", "", 1, NOW)
    desk.work()
    assert desk.results() == {("opened", "pending", "refused 451 try … later")}
    for _ in range(MOST_TRIES + 2):
        desk.work(DAY)
    assert [(row.state, row.tries) for row in desk.deliveries()] == [("failed", MOST_TRIES)]


def test_nothing_is_tried_before_its_time(desk: Desk, box: Mailbox) -> None:
    desk.person("Ben Okafor", "administrator")
    box.answer = "451 later"
    desk.open(None)
    desk.work()
    desk.work(MINUTE / 2)
    assert len(box.mails) == 1


def test_a_refusal_for_good_is_not_tried_again(desk: Desk, box: Mailbox) -> None:
    desk.person("Ben Okafor", "administrator")
    box.answer = "554 5.7.1 spam"
    incidents.stand_down(desk.open(None).reference, "false_alarm", "", 1, NOW)
    desk.work()
    desk.work(DAY)
    assert (len(box.mails), desk.results()) == (1, {("opened", "failed", "refused 554 5.7.1 spam")})


def test_without_a_mail_server_the_room_can_say_so(desk: Desk) -> None:
    desk.person("Ben Okafor", "administrator")
    desk.open(None)
    desk.work()
    assert desk.results() == {("opened", "skipped", "no_mail_server")}


def test_a_mail_server_that_is_away_is_tried_again(desk: Desk, box: Mailbox) -> None:
    desk.person("Ben Okafor", "administrator")
    desk.set(mail_port=1)
    desk.open(None)
    desk.work()
    assert [(row.state, (row.reason or "").split()[0]) for row in desk.deliveries()] == [("pending", "unreachable")]


def test_disabled_and_erased_people_get_nothing(desk: Desk, box: Mailbox) -> None:
    desk.person("Ana Ruiz", "administrator", active=False)
    desk.person("", "administrator", active=False, erased_at=NOW, email="erased-2")
    desk.open(None)
    desk.work()
    assert (box.to, desk.deliveries()) == ([], [])


def test_somebody_erased_while_a_message_waits_gets_nothing(desk: Desk, box: Mailbox) -> None:
    ben = desk.person("Ben Okafor", "administrator")
    box.answer = "451 later"
    desk.open(None)
    desk.work()
    desk.change(ben, erased_at=NOW, active=False, name="", email="erased-1")
    desk.work(MINUTE)
    assert (len(box.mails), desk.results()) == (1, {("opened", "skipped", "person_disabled")})


def test_what_was_erased_meanwhile_is_not_sent(desk: Desk, box: Mailbox) -> None:
    desk.person("Ben Okafor", "administrator")
    reference = desk.open(None, report="Dana Wolf wrote it").reference
    record.erase(reference, [1], "asked", 1, NOW)
    desk.work()
    assert "Dana" not in box.subjects[0] + box.text


def test_steps_have_the_titles_of_the_playbook_version_in_use(desk: Desk, box: Mailbox) -> None:
    playbook = shipped("en", "angry-backlash")
    step = next(step for step in playbook.steps if step.critical)
    desk.person("Ben Okafor", "administrator")
    incidents.open_incident(Opening("A storm"), None, NOW, playbook=playbook)
    desk.work()
    assert f"- {step.title[:60]}" in box.text
