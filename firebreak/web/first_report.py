"""What there is to practise with before anything happened: a report in each language, and where it is seen."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

REPORTS: Mapping[str, str] = MappingProxyType(
    {
        "en": "It is Saturday night and the office is closed. Our new advert laughs at people who take the bus, and "
        "since ten o'clock hundreds on X are furious: “so we are losers?”. A video of a nurse on her way to a night "
        "shift has 40,000 views. Nobody of ours has answered yet. Two people ask whether we have been hacked.",
        "fr": "Samedi soir, bureau fermé. Notre nouvelle publicité se moque de ceux qui prennent le bus et, depuis "
        "22 h, c'est un bad buzz sur X : « donc on est des ratés ? ». La vidéo d'une infirmière qui part à sa garde de "
        "nuit compte 40 000 vues. Personne chez nous n'a encore répondu. Deux personnes demandent si le compte est "
        "piraté.",
        "zh": "周六深夜，公司没人值班。我们的新广告嘲笑坐公交的人，十点以后微博上骂声一片：“坐公交就是失败者？”"
        "一位护士去上夜班的视频已有四万播放。我们还没有人回应，有两个人问是不是账号被盗了。",
    }
)
WHERE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"en": ("x", "tiktok"), "fr": ("x", "tiktok"), "zh": ("weibo", "douyin")}
)
