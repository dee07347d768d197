"""The places where a crisis is seen and answered: one list of codes, with the names people use for them.

A limit is that of one post, in what the platform counts (see `statements.count`): weighted characters on X, UTF-16
units on TikTok, UTF-8 bytes of a description on YouTube, characters elsewhere. docs/sources.md says of each where it
comes from. X, Instagram, TikTok, YouTube, LinkedIn, WeChat and Threads are confirmed by the platform itself; Facebook,
Weibo and Xiaohongshu only by others; Douyin and Bilibili by nobody we trust. They change, and the composer's own count
decides, so a review of a playbook checks them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Channel:
    """One channel. A text names it by its code or `names` anywhere, by `short` ones only after "on", "sur", "在".

    `aliases` are too common to be looked for in a text; they count where a channel is asked for.
    """

    code: str
    limit: int | None = None
    names: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


_CHANNELS = (
    Channel(
        "x",
        280,
        names=("twitter", "tweet", "tweets", "tweeted", "推特"),
        short=("x",),
        hosts=("x.com", "twitter.com", "t.co"),
    ),
    Channel("facebook", 63206, names=("fb", "脸书", "臉書"), hosts=("facebook.com", "fb.com", "fb.me", "fb.watch")),
    Channel("instagram", 2200, names=("insta",), short=("ig",), hosts=("instagram.com", "instagr.am")),
    Channel("tiktok", 2200, names=("tik tok",), hosts=("tiktok.com",)),
    Channel("youtube", 5000, names=("油管",), short=("yt",), hosts=("youtube.com", "youtu.be")),
    Channel("linkedin", 3000, names=("linked in", "领英"), hosts=("linkedin.com", "lnkd.in")),
    Channel("weibo", 2000, names=("微博",), hosts=("weibo.com", "weibo.cn", "t.cn")),
    Channel(
        "wechat",
        20000,
        names=("weixin", "微信", "公众号", "微信公众号", "朋友圈", "视频号"),
        hosts=("weixin.qq.com", "wechat.com"),
    ),
    Channel("douyin", 1000, names=("抖音",), hosts=("douyin.com", "iesdouyin.com")),
    Channel(
        "xiaohongshu",
        1000,
        names=("小红书", "rednote", "red note", "little red book", "xhs"),
        hosts=("xiaohongshu.com", "xhslink.com"),
    ),
    Channel("bilibili", 2000, names=("哔哩哔哩", "b站"), hosts=("bilibili.com", "b23.tv")),
    Channel("zhihu", names=("知乎",), hosts=("zhihu.com",)),
    Channel("reddit", names=("subreddit",), hosts=("reddit.com", "redd.it")),
    Channel("threads", 500, short=("threads",), hosts=("threads.net", "threads.com")),
    Channel(
        "blog",
        names=("blogs", "blogger", "bloggers", "blogueur", "blogueuse", "blogueurs", "blogueuses", "博客", "博主"),
        hosts=("blogspot.com", "medium.com", "substack.com", "tumblr.com", "wordpress.com"),
    ),
    Channel(
        "reviews",
        names=(
            "google reviews",
            "customer reviews",
            "avis clients",
            "avis google",
            "trustpilot",
            "大众点评",
            "黑猫投诉",
        ),
        aliases=("review", "avis", "评价", "点评"),
        hosts=("trustpilot.com", "tripadvisor.com", "tripadvisor.fr", "yelp.com", "dianping.com", "tousu.sina.com.cn"),
    ),
    Channel(
        "press",
        names=(
            *("the press", "la presse", "journalist", "journalists", "journaliste", "journalistes"),
            *("reporter", "reporters", "记者", "媒体"),
        ),
        aliases=("presse", "media", "médias", "newspaper", "newspapers", "报纸", "新闻"),
    ),
    Channel("email", names=("emails", "e-mail", "e-mails", "courriel", "courriels", "邮件"), aliases=("mail", "邮箱")),
    Channel("web", names=("website", "web site", "site web", "官网"), aliases=("site", "网站")),
    Channel("other", aliases=("autre", "其他", "其它")),
)
_COMMON_WORDS = {"threads", "reviews", "press", "web", "other", "x"}

CHANNELS: tuple[str, ...] = tuple(channel.code for channel in _CHANNELS)
PLATFORM_LIMITS: dict[str, int] = {channel.code: channel.limit for channel in _CHANNELS if channel.limit}

_NAMES = {name: c.code for c in _CHANNELS for name in (c.code, *c.names) if name not in _COMMON_WORDS}
_SHORT = {name: c.code for c in _CHANNELS for name in c.short}
_ASKED = {name: c.code for c in _CHANNELS for name in (c.code, *c.names, *c.short, *c.aliases)}
_HOSTS = {host: c.code for c in _CHANNELS for host in c.hosts}

_PLACE = r"(?:\b(?:on|via|sur)\s|[在上到]\s?)"
_LINK = re.compile(r"(?<![\w@.-])(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?![a-z0-9_-])(?::[0-9]+)?(?:/[!-~]*)?")
_ADDRESS = re.compile(rf"(?<![\w.+-])[\w.+-]+@[\w.-]+|{_LINK.pattern}")


def canonical(text: str) -> str | None:
    """The code of the channel of that code, name, alias or host; None for a name nobody uses."""
    name = " ".join(text.casefold().split())
    return _ASKED.get(name) or _host_code(name)


def find(text: str) -> list[str]:
    """The codes of the channels a free text speaks of or links to, in the order they appear."""
    lowered = text.lower()
    words = _ADDRESS.sub(lambda address: " " * len(address.group()), lowered)
    found = sorted([*_linked(lowered), *_named(_NAME, _NAMES, words), *_named(_SHORT_NAME, _SHORT, words)])
    return list(dict.fromkeys(code for _, code in found))


def _linked(text: str) -> Iterator[tuple[int, str]]:
    for link in _LINK.finditer(text):
        if code := _host_code(link.group(1)):
            yield link.start(), code


def _host_code(host: str) -> str | None:
    """The channel of a host or of the domain above it: m.facebook.com is Facebook, netflix.com is not X."""
    parts = host.split(".")
    tails = (".".join(parts[start:]) for start in range(max(0, len(parts) - 4), len(parts) - 1))
    return next((_HOSTS[tail] for tail in tails if tail in _HOSTS), None)


def _named(pattern: re.Pattern[str], codes: dict[str, str], text: str) -> Iterator[tuple[int, str]]:
    for match in pattern.finditer(text):
        yield match.start(1), codes[match.group(1)]


def _bounded(name: str) -> str:
    """The name as a pattern. Han needs no word boundary: 在facebook上, 上了微博热搜."""
    before = r"(?<![a-zà-ÿ0-9_-])" if name[0].isascii() else ""
    after = r"(?![a-zà-ÿ0-9_-])" if name[-1].isascii() else ""
    return before + re.escape(name) + after


def _either(names: dict[str, str]) -> str:
    return "(" + "|".join(_bounded(name) for name in sorted(names, key=len, reverse=True)) + ")"


_NAME = re.compile(_either(_NAMES))
_SHORT_NAME = re.compile(_PLACE + _either(_SHORT))
