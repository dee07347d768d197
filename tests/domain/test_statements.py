from __future__ import annotations

import pytest

from firebreak.domain.statements import PLACEHOLDERS, SAMPLES, count, fill, limit, placeholders


def test_placeholders_are_named_with_or_without_spaces() -> None:
    assert placeholders("{{brand}} says {{ subject }}, {{ Nobody }} {not} {{one") == {"brand", "subject", "Nobody"}


def test_filling_replaces_what_is_known_and_leaves_the_rest_visible() -> None:
    assert fill("{{ brand }}: {{ link }}", {"brand": "Maison Lune"}) == "Maison Lune: {{ link }}"


@pytest.mark.parametrize("typed", ["{{ link }}", r"\1 \g<0>", "{% raw %}", "{{ 7*7 }}"])
def test_a_value_is_never_read_as_a_template(typed: str) -> None:
    assert fill("{{ brand }}", {"brand": typed, "link": "no"}) == typed


def test_every_placeholder_has_a_sample() -> None:
    assert set(SAMPLES) == PLACEHOLDERS


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("a" * 280, 280),
        ("é", 1),
        ("e\u0301", 1),
        ("你好", 4),
        ("“—”", 3),
        ("😀", 2),
        ("👩‍👩‍👧", 2),
        ("🇫🇷", 2),
        ("see https://example.com/a/very/long/path/that/nobody/would/ever/type/by/hand.", 28),
        ("见https://t.cn/a。", 27),
        ("example.com", 23),
        ("e.g. this", 9),
    ],
)
def test_x_counts_links_as_23_and_wide_letters_as_two(text: str, length: int) -> None:
    assert count("x", text) == length


def test_other_platforms_count_characters() -> None:
    assert count("weibo", "你好 https://example.com") == 22


@pytest.mark.parametrize(("platform", "length"), [("linkedin", 5), ("tiktok", 6), ("youtube", 12)])
def test_tiktok_counts_utf_16_units_and_youtube_bytes(platform: str, length: int) -> None:
    assert count(platform, "e\u0301té你😀") == length


def test_half_a_character_is_counted_too() -> None:
    assert (count("youtube", "\ud83d"), count("tiktok", "\ud83d")) == (3, 1)


def test_a_channel_without_a_known_limit_has_none() -> None:
    assert (limit("x"), limit("email")) == (280, None)
