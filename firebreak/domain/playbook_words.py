"""The words by which a heading of a playbook is recognised, in each language.

A heading is compared without case, accents, spaces and punctuation, so "Don't" is "dont" and "À faire" "afaire".
"""

from __future__ import annotations

import re
from unicodedata import combining, normalize

_HEADINGS: dict[str, tuple[str, ...]] = {
    "recognise": (
        *("How to recognise it", "How to recognize it", "Recognise it", "Signs"),
        *("Comment la reconnaître", "Comment le reconnaître", "Reconnaître", "Signes"),
        *("如何识别", "怎样识别", "识别"),
    ),
    "not-this": (
        *("What it is not", "Not this", "What this is not"),
        *("Ce que ce n'est pas", "À ne pas confondre"),
        *("不属于此类", "不是什么", "不要混淆"),
    ),
    "severity": ("Severity", "How bad is it", "Gravité", "Niveau de gravité", "严重程度", "定级", "分级"),
    "first-questions": (
        *("First questions", "Questions to ask first", "Premières questions", "Les premières questions"),
        *("首要问题", "先问的问题", "第一批问题"),
    ),
    "first-15-minutes": (
        *("First 15 minutes", "The first 15 minutes", "First fifteen minutes"),
        *("15 premières minutes", "Les 15 premières minutes", "Premières 15 minutes", "Le premier quart d'heure"),
        *("前15分钟", "最初15分钟", "头15分钟", "前十五分钟", "首15分钟"),
    ),
    "first-hour": (
        *("First hour", "The first hour", "Première heure", "La première heure"),
        *("第一小时", "首小时", "前1小时", "第1小时", "第一个小时"),
    ),
    "first-day": (
        *("First day", "The first day", "First 24 hours", "Premier jour", "Le premier jour", "Première journée"),
        *("Les 24 premières heures", "第一天", "首日", "前24小时", "第1天"),
    ),
    "following-days": (
        *("Following days", "The following days", "Next days", "Jours suivants", "Les jours suivants"),
        *("随后几天", "后续几天", "接下来几天", "之后几天"),
    ),
    "stand-down": (
        *("Stand down", "Standing down", "Stand-down steps", "Levée de crise", "Sortie de crise", "Fin de crise"),
        *("解除响应", "解除", "结束响应", "收尾"),
    ),
    "tell": (
        *("Who must be told", "Who to tell", "Qui prévenir", "Qui doit être prévenu", "Qui informer"),
        *("必须通知谁", "需要通知的人", "通知对象", "通报对象"),
    ),
    "pause-list": ("Pause list", "What to pause", "À suspendre", "Liste des suspensions", "暂停清单", "需要暂停"),
    "statements": (
        *("Holding statements", "Holding statement", "Statements"),
        *("Communiqués d'attente", "Communiqué d'attente", "Déclarations d'attente", "Messages d'attente"),
        *("初步声明", "情况说明", "声明模板", "首份声明", "暂时声明"),
    ),
    "posture": ("Posture", "Our posture", "Notre posture", "应对姿态", "姿态", "态度"),
    "do": ("Do", "Dos", "Do this", "À faire", "Faire", "要做", "应该做", "应做"),
    "dont": (
        *("Don't", "Do not", "Don'ts", "À ne pas faire", "À éviter", "Ne pas faire"),
        *("不要做", "不该做", "不应做", "禁忌"),
    ),
    "escalation": ("Escalation", "When to escalate", "Escalade", "Quand escalader", "升级", "升级条件", "何时升级"),
    "cadence": ("Cadence", "Update cadence", "Rythme", "Rythme des points", "Cadence des points", "更新节奏", "节奏"),
    "stand-down-criteria": (
        *("Stand-down criteria", "When to stand down", "Critères de levée", "Critères de levée de crise"),
        *("Critères de sortie", "解除标准", "解除条件", "结束标准"),
    ),
    "review": (
        *("Review questions", "Questions for the review", "Review"),
        *(
            "Questions pour le RETEX",
            "Questions du RETEX",
            "RETEX",
            "Retour d'expérience",
            "Questions de retour d'expérience",
        ),
        *("复盘问题", "复盘"),
    ),
    "case": ("A real case", "Real case", "Case", "Un cas réel", "Cas réel", "真实案例", "案例"),
}

SECTIONS: tuple[str, ...] = tuple(_HEADINGS)


def section_id(title: str) -> str | None:
    """The id of the section with that heading in any language, or None."""
    return _BY_WORDS.get(_bare(title))


def _bare(title: str) -> str:
    letters = normalize("NFKD", title).casefold()
    return re.sub(r"[\W_]", "", "".join(letter for letter in letters if not combining(letter)))


_BY_WORDS = {_bare(words): id for id, headings in _HEADINGS.items() for words in headings}
