"""Holding statements: filling placeholders and counting characters as the platforms do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from unicodedata import normalize

from firebreak.domain.channels import PLATFORM_LIMITS

PLACEHOLDERS = frozenset({"brand", "subject", "next_update", "link", "spokesperson", "channel"})
SAMPLES: Mapping[str, str] = {
    "brand": "Maison Lune",
    "subject": "our new advert",
    "next_update": "Sunday 09:30",
    "link": "https://example.com/statement",
    "spokesperson": "Claire Fontaine",
    "channel": "Facebook",
}
"""Values of ordinary length, to tell whether a statement will fit once filled."""

_PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")

# https://github.com/twitter/twitter-text/blob/master/config/v3.json: a link weighs 23 however long it is, these
# code points weigh 1, an emoji 2 however many code points make it, and anything else 2.
_LINK_WEIGHT = 23
_LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_DOMAINS = "com|net|org|info|io|co|app|dev|shop|news|be|ca|ch|cn|de|eu|fr|uk"
_LINK = re.compile(
    rf"https?://[!-~]*[\w/=&#%~+-]|(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:{_DOMAINS})(?![\w-])(?:/[!-~]*[\w/=&#%~+-])?",
    re.ASCII | re.IGNORECASE,
)
# https://developers.tiktok.com/doc/content-posting-api-reference-direct-post: UTF-16 units;
# https://developers.google.com/youtube/v3/docs/videos: bytes.
_UNITS = {"tiktok": ("utf-16-le", 2), "youtube": ("utf-8", 1)}
_PICTURE = "[\u231a-\u27bf\u2b05-\u2b55\U0001f004-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]?"
_EMOJI = re.compile(
    rf"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_PICTURE}(?:\u200d(?:{_PICTURE}|[\u2640\u2642]\ufe0f?))*"
)


def placeholders(text: str) -> set[str]:
    """The names between double braces, known or not."""
    return {name.strip() for name in _PLACEHOLDER.findall(text)}


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with each `{{ name }}` replaced by its value; a name without a value stays visible."""
    return _PLACEHOLDER.sub(lambda match: values.get(match.group(1).strip(), match.group()), text)


def limit(platform: str) -> int | None:
    """The most characters one post may hold there; None where no limit is known."""
    return PLATFORM_LIMITS.get(platform)


def count(platform: str, text: str) -> int:
    """How long the platform finds the text: code points, on X weighted, elsewhere in the units the platform names.

    static/js/count-text.js does the same while a text is written.
    """
    composed = normalize("NFC", text)
    if platform == "x":
        return _weight(composed)
    encoding, size = _UNITS.get(platform, ("utf-32-le", 4))
    return len(composed.encode(encoding, "surrogatepass")) // size


def _weight(text: str) -> int:
    unlinked, links = _LINK.subn("", text)
    plain, emoji = _EMOJI.subn("", unlinked)
    return _LINK_WEIGHT * links + 2 * emoji + sum(1 if _is_light(ord(letter)) else 2 for letter in plain)


def _is_light(point: int) -> bool:
    return any(first <= point <= last for first, last in _LIGHT)
