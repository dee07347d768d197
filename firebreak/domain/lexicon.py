"""Phrases that mean the same for every desk: a calm message, a team that is not there, and words across languages.

A desk may hold playbooks in one language and get reports in another: `SAME` lets a signal be found in all three.
"""

from __future__ import annotations

import re


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in re.split(r"[,\n]", text) if phrase.strip())


CALM = _phrases("""
    thanks, thank you, compliment, praise, friendly, nothing else, nothing urgent, nothing new, nothing unusual,
    nothing to report, all quiet, all good, all fine, quiet day, quiet week, routine, as usual, usual, for information,
    fyi, would like to know, wants to know, asking if, asked if, asking whether, asked whether, opening hours,
    positive comments, well received, no complaints, happy customers, job application, on schedule, as planned
    merci, rien à signaler, ras, calme, comme d'habitude, pour information, simple question, horaires, bien accueilli
    谢谢, 感谢, 正常, 没什么, 咨询, 表扬, 好评, 日常, 营业时间
""")

NOBODY = _phrases("""
    nobody answers, nobody is answering, nobody answered, nobody has answered, nobody replied, nobody replies,
    nobody responded, nobody watching, nobody was watching, nobody noticed, nobody saw, nobody there, nobody around,
    nobody at work, nobody in, nobody home, nobody on shift, nobody on duty, nobody on call, nobody awake,
    nobody was on, nobody picks up, nobody picked up, nobody here, nobody from us, nobody of us,
    nobody from our team, nobody of the team
    no one answers, no one answered, no one has answered, no one replied, no one responded, no one watching,
    no one was watching, no one noticed, no one saw, no one there, no one around, no one at work, no one in,
    no one on shift, no one on duty, no one on call, no one picks up, no one here, no one from us, none of us
    everyone is off, everyone off, everyone is away, everyone away, team is away, team is off, team off, team away,
    office closed, office is closed, out of office, until monday, till monday, cannot reach, can't reach,
    could not reach, unreachable, unattended, unmonitored, went unnoticed, went unseen, just woke up, woke up to
    i am alone, all alone, on my own, only me, just me here
    personne n'a répondu, personne n'a encore répondu, personne ne répond, personne n'a réagi, personne n'a vu,
    personne n'avait vu, personne ne surveille, personne ne surveillait, personne au bureau, personne d'astreinte,
    personne de garde, personne de chez nous, personne de l'équipe, personne chez nous, personne ne décroche,
    personne derrière, personne devant, personne sur le pont, injoignable, injoignables, jusqu'à lundi, avant lundi,
    bureaux fermés, en week-end, partie en week-end, parti en week-end, en congés, toute seule, tout seul, je suis seul,
    je suis seule, répondeur, au réveil, passé inaperçu, pas d'astreinte
    没人, 沒人, 没有人, 沒有人, 无人, 無人, 联系不上, 聯絡不上, 打不通, 不接电话, 放假, 休假, 下班, 值班就我,
    就我一个, 只有我, 只剩我, 我一个人, 关机, 找不到人, 等周一, 一觉醒来, 刚睡醒
""")
"""The team is not there."""

SILENT = _phrases("""
    not answered, not replied, not responded, not reacted, not said anything, not said a word, said nothing, unanswered,
    no answer, no answers, no reply, no response, not a word, silent, silence, nothing from us
    pas répondu, pas réagi, sans réponse, aucune réponse, pas un mot, rien dit
    没回复, 没有回复, 没回应, 没有回应, 没出声, 没发声, 一句没
""")
"""Nothing was said: it may be that the team is not there, or that it does not know what to say."""

SAME = tuple(
    _phrases(line)
    for line in """
    boycott, boycotter, boycottent, boycottons, appel au boycott, 抵制, 杯葛, 罢买
    backlash, tollé, levée de boucliers, 反弹, 众怒, 声讨
    bad buzz, shitstorm, firestorm, 炎上, 炸锅, 骂翻
    offended, choqués, choque, offensés, blessés, 冒犯, 被冒犯
    offensive, choquant, choquante, offensant
    insulting, insulte, insultant, insultée, 侮辱, 羞辱, 辱华
    furious, furieux, furieuse, furieuses, 愤怒, 憤怒, 气炸
    angry, colère, en colère, énervés, 生气, 骂我们, 被骂, 挨骂
    outrage, indignation, indignés, scandale, scandalisés, 众怒, 激起公愤
    racist, raciste, racisme, 种族歧视, 歧视
    sexist, sexiste, sexisme, 性别歧视, 物化女性
    disgusting, dégoûtant, honteux, 恶心, 噁心
    tone deaf, déconnecté, hors sol, 何不食肉糜
    bad taste, mauvais goût, 低俗
    mocking, se moque, moquerie, 嘲笑
    stereotype, cliché, clichés, 刻板印象
    petition, pétition, 请愿, 联署
    pull the ad, retirez la pub, retirer la pub, retirez la publicité, 撤广告, 下架广告
    take it down, supprimez, 下架, 删掉
    demand an apology, exigent des excuses, demandent des excuses, 要求道歉, 必须道歉
    advert, publicité, la pub, 广告, 廣告
    leaked, fuité, fuite, a fuité, 泄露, 外泄, 流出, 洩露, 爆料
    internal memo, note interne, 内部通知, 内部文件
    internal email, mail interne, mails internes, courriel interne, 内部邮件
    internal document, document interne, documents internes, 内部资料
    confidential, confidentiel, confidentielle, 机密, 保密
    screenshots of slack, captures slack, captures du slack, 内部群截图, 群聊截图
    recording, enregistrement, 录音, 錄音
    layoffs, licenciements, plan social, 裁员, 裁員
    former employee, ancien salarié, ex salarié, 前员工, 离职员工
    whistleblower, lanceur d'alerte, lanceuse d'alerte, 举报人, 吹哨人
    journalist, journaliste, 记者, 記者
    weekend, week-end, 周末, 週末
    saturday, samedi, 周六, 星期六
    sunday, dimanche, 周日, 星期天
    holiday, jour férié, 节假日, 国庆, 春节
    overnight, dans la nuit, cette nuit, 半夜, 凌晨, 深夜
    trending, tendances, 热搜, 熱搜
    viral, virale, 刷屏, 疯传
    hashtag, mot-dièse, 话题
    wrong account, mauvais compte, 发错号, 错号
    hacked, piraté, piratée, 被盗, 被黑
    outage, panne, 宕机, 崩了
    recall, rappel produit, 召回
""".strip().splitlines()
)
"""Groups of phrases that say the same in English, French and Chinese."""
