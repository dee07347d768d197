from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak import trained
from firebreak.domain import matching
from firebreak.domain.hours import StaffedHours, default_hours
from firebreak.domain.model import NONE
from firebreak.domain.playbook_parser import parse
from firebreak.domain.playbooks import Playbook
from firebreak.domain.reports import Match, Ranking, Report
from tests.house import shipped

SATURDAY_NIGHT = datetime(2026, 11, 21, 2, 10, tzinfo=UTC)
TUESDAY_MORNING = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)

REPORTS = [
    ("angry-backlash", "Moms are furious about the new stroller advert. They say it mocks them and call for a boycott"),
    (
        "angry-backlash",
        "ppl ofended by our billboard in the metro, a petiton is going round, 'pull that ad' everywhere",
    ),
    ("angry-backlash", "Everyone on tiktok says the Lumen Soap spot is racist. Two big accounts demand an apology"),
    (
        "angry-backlash",
        "The slogan on the Harrow & Pike t-shirt is called sexist and tone deaf, comments full of shame on you",
    ),
    ("angry-backlash", "community outraged at our Diwali post, insulting to their faith, asking us to take this down"),
    (
        "executive-remarks",
        "getting dragged for the CEO's remark. People hate it, calls to boycott Brisa Yogurt, agency says wait",
    ),
    (
        "angry-backlash",
        "GREAT. the new campaign is 'out of touch' says half of twitter, the other half is just angry. ratioed",
    ),
    (
        "angry-backlash",
        "Saturday 22:00: people offended by our Ramadan advert, boycott tag growing, the whole team is here",
    ),
    ("angry-backlash", "Les clientes sont furieuses contre la pub Brisa, c'est sexiste, appel au boycott sur X"),
    ("angry-backlash", "网友说新广告侮辱女性，评论区都在骂我们，要抵制露芒"),
    ("employee-leak", "A confidential memo about the layoffs was leaked to a newspaper, screenshots are on twitter"),
    (
        "employee-leak",
        "Someone inside posted our internal slack on reddit, the plant closure is in it, a journalist called",
    ),
    ("employee-leak", "journalist from the Courier has a copy of the recording of yesterday's all-hands, deadline 5pm"),
    (
        "employee-leak",
        "A former employee sent the price list and internal emails to a reporter. whistleblower thread on X",
    ),
    ("employee-leak", "leaked: draft of the merger announcement, embargo is Thursday, already on a forum"),
    ("employee-leak", "une note interne sur les licenciements a fuité, un journaliste appelle"),
    (
        "weekend-firestorm",
        "Saturday night, alone on call: hundreds of replies about the sling video, nobody has answered",
    ),
    (
        "weekend-firestorm",
        "woke up to thousands of tweets, it started friday night, office closed until monday, we are silent",
    ),
    (
        "weekend-firestorm",
        "Sunday 3am. trending. no one is answering at the agency, cant reach anyone, backlash blowing up",
    ),
    (
        "weekend-firestorm",
        "bank holiday and top trend for the insulting poster, nobody was watching all day, no reply from us",
    ),
    (
        "weekend-firestorm",
        "Easter sunday, everyone is off, boycott tag viral since last night, nobody noticed for 14 hours",
    ),
    (
        "weekend-firestorm",
        "the sticker advert is exploding overnight, not a word from us since saturday, all out of office",
    ),
]
CALM = [
    "A customer asks on Facebook whether the blue kettle comes in red, thanks us for the quick delivery",
    "Weekly numbers: mentions flat, sentiment stable, two compliments on the shop in Lyon",
    "Trade magazine would like a quote about packaging by Friday, friendly journalist",
    "Somebody wants to know the opening hours on Saturday",
    "Our new advert is well received, parents love the video, lots of hearts",
    "No boycott, nobody angry, all quiet",
    "one parcel late, customer was upset, care refunded her, she says thanks",
    "Une cliente demande les horaires du samedi, merci",
    "顾客咨询营业时间，一切正常",
    "ok",
    "",
    " \n\t",
    "🔥😡😡🔥",
    "?!…",
]
STORMS = [
    "mothers are furious about our advert, insulting they say, calls to boycott us",
    "people angry and offended by the poster, hashtag trending",
    "网友被冒犯了，要求道歉，要抵制我们",
]


def playbook(scenario: str, words: str, *, extra: str = "", recognise: str = "", language: str = "en") -> Playbook:
    front = f"title: {scenario}\nscenario: {scenario}\nlanguage: {language}\nseverity: serious\nsummary: A plan."
    signals = f"signals:\n  words: [{words}]\n{extra}"
    people = "roles:\n  lead: Decides.\nowner: Head of care\nreviewed: 2026-11-21"
    steps = "## First 15 minutes\n\n- [ ] Look {#look role=lead due=5m .critical}\n"
    text = f"---\n{front}\n{signals}\n{people}\n---\n\n## How to recognise it {{#recognise}}\n\n{recognise}\n\n{steps}"
    return parse(text, path=f"playbooks/{language}/{scenario}.md")


def house(language: str) -> list[Playbook]:
    return [shipped(language, scenario) for scenario in trained.table().classes if scenario != NONE]


@pytest.fixture(scope="module")
def shelf() -> list[Playbook]:
    return house("en")


def rank(report: Report, playbooks: Sequence[Playbook], hours: StaffedHours | None = None) -> Ranking:
    return matching.rank(report, playbooks, trained.table(), hours)


def first(ranking: Ranking) -> str:
    """What the desk would be told: the best scenario, or none."""
    return "none" if ranking.none >= 0.5 else ranking.matches[0].scenario


def match(ranking: Ranking, scenario: str) -> Match:
    return next(each for each in ranking.matches if each.scenario == scenario)


def without(text: str, words: list[str]) -> str:
    gone = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.sub(gone if not gone.isascii() else rf"\b(?:{gone})\b", " ", text, flags=re.IGNORECASE)


@pytest.mark.parametrize("scenario, text", REPORTS)
def test_a_report_finds_its_playbook(shelf: list[Playbook], scenario: str, text: str) -> None:
    assert first(rank(Report(text), shelf)) == scenario


@pytest.mark.parametrize("text", CALM)
def test_a_calm_message_is_left_alone(shelf: list[Playbook], text: str) -> None:
    assert rank(Report(text, ("x",), SATURDAY_NIGHT), shelf, default_hours()).none >= 0.5


@pytest.mark.parametrize("text", [text for _scenario, text in REPORTS])
def test_removing_the_named_words_lowers_the_score(shelf: list[Playbook], text: str) -> None:
    for told in rank(Report(text), shelf).matches:
        for reason in (each for each in told.reasons if each.weight > 0):
            cut = rank(Report(without(text, reason.facts["words"])), shelf)
            assert match(cut, told.scenario).score < told.score


def test_removing_words_against_raises_the_score(shelf: list[Playbook]) -> None:
    text = "boycott calls and people furious about the leaked picture"
    told = match(rank(Report(text), shelf), "angry-backlash")
    against = next(reason for reason in told.reasons if reason.code == "against")
    assert "leaked" in against.facts["words"] and against.weight < 0
    assert match(rank(Report(without(text, against.facts["words"])), shelf), "angry-backlash").score > told.score


@pytest.mark.parametrize("text", STORMS)
def test_the_hour_raises_a_weekend_storm_but_does_not_make_one(shelf: list[Playbook], text: str) -> None:
    by_day = rank(Report(text, began_at=TUESDAY_MORNING), shelf, default_hours())
    by_night = rank(Report(text, began_at=SATURDAY_NIGHT), shelf, default_hours())
    assert match(by_night, "weekend-firestorm").score > match(by_day, "weekend-firestorm").score
    assert first(by_day) == first(by_night) == "angry-backlash"


@pytest.mark.parametrize("text", STORMS)
def test_a_storm_nobody_answered_at_night_is_a_weekend_storm(shelf: list[Playbook], text: str) -> None:
    absent = "Nobody has answered them yet" if text.isascii() else "公司没人值班"
    report = Report(f"{text}. {absent}", began_at=SATURDAY_NIGHT)
    assert first(rank(report, shelf, default_hours())) == "weekend-firestorm"


def test_a_leak_at_night_that_nobody_answered_is_still_a_leak(shelf: list[Playbook]) -> None:
    text = "leaked memo about the layoffs is on a forum, nobody has answered the journalist"
    assert first(rank(Report(text, began_at=SATURDAY_NIGHT), shelf, default_hours())) == "employee-leak"


def test_the_time_is_a_reason_with_its_cover(shelf: list[Playbook]) -> None:
    report = Report("trending since last night, nobody has answered", began_at=SATURDAY_NIGHT)
    reasons = match(rank(report, shelf, default_hours()), "weekend-firestorm").reasons
    facts = next(reason.facts for reason in reasons if reason.code == "off_hours")
    assert facts == {"cover": "weekend", "at": SATURDAY_NIGHT}


def test_noticing_in_office_hours_says_nothing_about_the_beginning(shelf: list[Playbook]) -> None:
    report = Report("trending since saturday, nobody noticed", noticed_at=TUESDAY_MORNING)
    assert rank(report, shelf, default_hours()) == rank(Report(report.text), shelf)


def test_a_channel_counts_when_it_tells_playbooks_apart() -> None:
    books = [playbook("rumour", "fake", extra="  channels: [wechat]"), playbook("outage", "down, fake")]
    told = match(rank(Report("a fake story", ("wechat",)), books), "rumour")
    assert [reason.facts for reason in told.reasons if reason.code == "channel"] == [{"channel": "wechat"}]
    assert told.score > match(rank(Report("a fake story"), books), "rumour").score


def test_strong_words_weigh_more_and_phrases_bend() -> None:
    books = [playbook("one", '"pull the ad"'), playbook("two", "other", extra='  strong: ["stop the presses"]')]
    scores = rank(Report("they are pulling those ads, stopping the press"), books).matches
    assert [each.scenario for each in scores] == ["two", "one"]
    assert scores[1].reasons[0].facts == {"words": ["pulling those ads"]}


@pytest.mark.parametrize("text", ["boycot", "BOYCOTTT!", "byocott", "Boycötts"])
def test_one_slip_in_a_long_word_is_forgiven(text: str) -> None:
    assert rank(Report(text), [playbook("storm", "boycott")]).matches[0].reasons


@pytest.mark.parametrize("text", ["angy", "no boycott", "sans boycott", "没有 boycott", "hoycott"])
def test_short_slips_and_denied_words_do_not_count(text: str) -> None:
    assert rank(Report(text), [playbook("storm", "boycott, angry")]).matches[0].score == pytest.approx(0)


def test_the_description_helps_where_no_signal_does() -> None:
    books = [playbook("outage", "down", recognise="- Customers cannot log in to the app"), playbook("rumour", "fake")]
    best = rank(Report("customers cannot log in"), books).matches[0]
    assert (best.scenario, [reason.code for reason in best.reasons]) == ("outage", ["similar"])


def test_a_signal_is_found_in_another_language() -> None:
    found = rank(Report("全网抵制", language="zh"), [playbook("storm", "boycott")]).matches[0]
    assert found.reasons[0].facts == {"words": ["抵制"]}


def test_playbooks_of_one_scenario_count_as_one() -> None:
    books = [playbook("storm", "boycott"), playbook("storm", "scandaleux", language="fr"), playbook("leak", "memo")]
    ranking = rank(Report("c'est scandaleux, boycott"), books)
    assert [each.scenario for each in ranking.matches] == ["storm", "leak"]


def test_without_playbooks_all_is_none() -> None:
    assert rank(Report("boycott"), []) == Ranking((), 1.0)


def test_ties_go_by_name_whatever_the_order() -> None:
    books = [playbook(name, "boycott") for name in ("beta", "alpha", "gamma")]
    ranking = rank(Report("boycott"), books)
    assert [each.scenario for each in ranking.matches] == ["alpha", "beta", "gamma"]
    assert ranking == rank(Report("boycott"), books[::-1])


def test_an_edited_playbook_counts_at_once() -> None:
    assert rank(Report("kettle"), [playbook("storm", "boycott")]).none == pytest.approx(1)
    assert rank(Report("kettle"), [playbook("storm", "kettle")]).none < 0.9


def test_the_end_of_a_very_long_paste_is_read(shelf: list[Playbook]) -> None:
    text = "lorem " * 20_000 + "leaked memo, confidential document, whistleblower"
    assert first(rank(Report(text), shelf)) == "employee-leak"


@settings(max_examples=50, deadline=None)
@given(st.text(st.sampled_from("abé没人 boycott\U0001f525'’\n.ßİ"), max_size=80))
def test_any_text_gets_shares_of_one_whole(shelf: list[Playbook], text: str) -> None:
    ranking = rank(Report(text), shelf)
    assert sum(each.score for each in ranking.matches) + ranking.none == pytest.approx(1)
    assert all(0 <= each.score <= 1 for each in ranking.matches)


PAIRED = [
    (
        "fr",
        "Des milliers de commentaires furieux sous notre pub, appel au boycott",
        "personne de chez nous n'a répondu depuis hier soir",
        "toute l'équipe répond depuis une heure",
    ),
    (
        "zh",
        "新广告被骂上热搜，几千条评论说我们侮辱女性，要抵制",
        "公司没人值班，一句话都没人回",
        "团队都在，正在逐条回复",
    ),
    (
        "en",
        "thousands of furious comments under the advert, they say it mocks mothers, boycott tag trending",
        "nobody was watching all night and no one has answered",
        "the whole team is here and answering",
    ),
]  # fmt: skip


@pytest.mark.parametrize("language, storm, absent, present", PAIRED)
def test_a_storm_becomes_one_that_nobody_saw_by_the_absence_alone(
    language: str, storm: str, absent: str, present: str
) -> None:  # fmt: skip
    books = house(language)
    told = [
        first(rank(Report(f"{storm}, {seen}", began_at=SATURDAY_NIGHT, language=language), books, default_hours()))
        for seen in (absent, present)
    ]
    assert told[0] == "weekend-firestorm" and told[1] != "weekend-firestorm"


@pytest.mark.parametrize("language, storm", [(language, storm) for language, storm, _absent, _present in PAIRED])
def test_the_same_words_score_higher_at_the_weekend(language: str, storm: str) -> None:
    books = house(language)
    told = [
        match(rank(Report(storm, began_at=at, language=language), books, default_hours()), "weekend-firestorm").score
        for at in (SATURDAY_NIGHT, TUESDAY_MORNING)
    ]
    assert told[0] > told[1]


def test_an_answer_settles_two_close_playbooks(shelf: list[Playbook]) -> None:
    text = "somebody posted the salary list with our logo on instagram this morning, colleagues are furious"
    told = {answer: rank(Report(text, answers={"own_account": answer}), shelf) for answer in (True, False)}
    assert match(told[True], "employee-leak").score < match(told[False], "employee-leak").score
    assert match(told[True], "misdirected-post").score > match(told[False], "misdirected-post").score


def test_a_question_is_asked_only_where_two_are_close(shelf: list[Playbook]) -> None:
    assert (
        rank(Report("our account was hacked, the password was changed, crypto links everywhere"), shelf).question
        is None
    )
    unclear = [
        "was it a hacker or the intern who insulted a customer from our account",
        "the bot or a hacker posted insults on our page",
        "somebody posted the salary list with our logo on instagram this morning, colleagues are furious",
    ]
    assert any(rank(Report(text), shelf).question for text in unclear)


def test_a_scenario_nobody_trained_is_found_by_its_signals_beside_all_the_others(shelf: list[Playbook]) -> None:
    own = playbook("night-noise", 'lorries, "engines at night", neighbours')
    ranking = rank(Report("the neighbours film our lorries, engines at night again, angry posts"), [*shelf, own])
    assert ranking.matches[0].scenario == "night-noise"


def test_a_scenario_nobody_trained_is_found_by_its_example_lines_alone(shelf: list[Playbook]) -> None:
    lines = (
        '["The drone show over the harbour was cancelled, ferry crowds boo", "harbour drones grounded by wind again"]'
    )
    own = playbook("drone-show", "zzz", extra=f"  examples: {lines}\n")
    ranking = rank(Report("drones over the harbour grounded by wind, the ferry crowd boos"), [*shelf, own])
    assert ranking.matches[0].scenario == "drone-show"
    assert "harbour" in " ".join(ranking.matches[0].reasons[0].facts["words"])


NOISY = [
    ("account-takeover", "en", "OUR ACCOUNT WAS HACKED!!! PASSWORD CHANGED, CRYPTO LINKS EVERYWHERE, NOT US"),
    ("account-takeover", "en", "our acc0unt was hackd , passw0rd chnged, crvpto links every where, n0t us"),
    (
        "account-takeover",
        "fr",
        "notre compte a ete pirate cette nuit, mot de passe change, ils publient des liens crypto",
    ),
    ("account-takeover", "zh", "我哋個官方帳號俾人盜咗，密碼改咗入唔返，不停出虛擬幣廣告"),
    ("account-takeover", "zh", "官号被盗了 password 改了 login 不进去 一直在发 crypto 广告"),
    ("service-outage", "zh", "系統當機，用戶登入唔到，付唔到款，全部癱瘓"),
    (
        "service-outage",
        "fr",
        "appli en panne depuis 9h, impossible de se connecter ni de payer, page d'erreur pour tout le monde",
    ),
]


@pytest.mark.parametrize("scenario, language, text", NOISY)
def test_hurry_noise_and_other_scripts_do_not_hide_it(scenario: str, language: str, text: str) -> None:
    books = house(language)
    assert first(rank(Report(text, language=language), books)) == scenario


def test_a_hundred_kilobytes_are_read_as_fast_as_their_head_and_tail(shelf: list[Playbook]) -> None:
    paste = "> they say the battery caught fire and a child was burned, recall it now\n" * 1400
    assert first(rank(Report(paste), shelf)) == "product-safety"
