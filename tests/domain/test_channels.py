from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.domain.channels import CHANNELS, PLATFORM_LIMITS, canonical, find


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("twitter", "x"),
        ("X.com", "x"),
        ("推特", "x"),
        ("Insta", "instagram"),
        ("fb", "facebook"),
        ("微博", "weibo"),
        ("公众号", "wechat"),
        ("抖音", "douyin"),
        ("小红书", "xiaohongshu"),
        ("B站", "bilibili"),
        ("la  presse", "press"),
        ("m.facebook.com", "facebook"),
    ],
)
def test_a_channel_answers_to_its_names(name: str, code: str) -> None:
    assert canonical(name) == code


def test_every_code_is_its_own_name() -> None:
    assert [canonical(code) for code in CHANNELS] == list(CHANNELS)


def test_a_name_nobody_uses_is_no_channel() -> None:
    assert [canonical(name) for name in ("", "myspace", "netflix.com", "com")] == [None] * 4


def test_limits_are_kept_for_the_platforms_that_have_one() -> None:
    assert PLATFORM_LIMITS["x"] == 280
    assert "email" not in PLATFORM_LIMITS


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Moms are angry on Twitter, then Facebook and twitter again", ["x", "facebook"]),
        ("see https://x.com/ana/status/1 and youtu.be/abc", ["x", "youtube"]),
        ("在facebook上，然后上了微博热搜", ["facebook", "weibo"]),
        ("微信公众号和小红书都有", ["wechat", "xiaohongshu"]),
        ("it spreads on X and on threads", ["x", "threads"]),
        ("https://example.com/facebook-is-down", []),
        ("netflix.com, ana@facebook.com, generation X, the threads of a sock", []),
        ("Bloggers and JOURNALISTS write to us by e-mail", ["blog", "press", "email"]),
    ],
)
def test_channels_are_found_in_a_report(text: str, codes: list[str]) -> None:
    assert find(text) == codes


@settings(max_examples=50)
@given(st.text())
def test_any_text_names_only_known_channels(text: str) -> None:
    assert set(find(text)) <= set(CHANNELS)
