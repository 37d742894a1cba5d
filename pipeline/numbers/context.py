"""What the words around a number say about it: 约 (about), 超过 (over), 不足 (less than), 以上 (and more), …

`modifier_of` reads the words before and after a span. A bound beats "~" wherever it stands; a bound in front beats one
behind; 近 before a length of time means the last one and is no modifier there.
"""

from __future__ import annotations

import re

_BEFORE = """
>= 不低于 不少于 不小于 至少 最少 起码 不下于 不下 不低於 不少於 少则 达到或优于 达到或超过 达到或好于 优于或达到
>= 少说 少说有 不短于 大于等于 大于或等于 不晚于 优于或等于
<= 不要超过 别超过 勿超过 不得多于 不能超过 不可超过 不应超过 不宜超过 没超过 不超过 不高于 不多于 不大于 最多 至多
<= 上限 上限为 上限是 最高可处 最高可达 最高处
<= 不超 不長於 不长于 不超過 不高於 不多於 小于等于 小于或等于 最长不超过 最高不超过 不迟于 不得超过 不得高于 多则
<= 顶多 低于或等于 未超过
<= 不得高于 不得超出 不得大于
> 站稳 升破 就过了 税收过 收入过 产值过
> 超过 超過 已过 均过 都过 超出 超 突破 跨过 迈上 迈过 越过 站上 高于 多于 大于 逾 已破 双破 早已超过 冲破 优于
> 年过 年逾 年已过 破
> 长于 大於 高於 多於 冲上 跨上 高达逾 超越 突破了 超过了 远超 跃上 踏上 登上 已超
< 跌破 不足 不到 低于 少于 小于 未满 不满 未到 不及 短于 未达 低於 少於 小於 不滿 未滿 弱于 劣于 未达到 尚不足 不达 劣
~ 约 約 大约 大約 约为 约有 约占 约达 近 将近 接近 大概 左右约 差不多 逼近 几近 近乎 约合 约计 近达 约需 约在
~ 預計約 将近有 估计 约等于 大概要 大概得 大概有 大约要 大约有 大约需要 约需要 大概需要 约莫 大致 約為 約有 約佔
~ 近占 年近 年届 几乎 幾乎
"""
_AFTER = """
>= 以上 及以上 或以上 （含）以上 (含)以上 （及以上） 及其以上 起步
<= 为限 為限 范围内 范围以内 以下 及以下 或以下 以内 之内 以內 （含）以下 （含）以内 之內
< 不到 不足
~ 左右 上下 前后 许 上下浮动
"""
_NOT_BEFORE = (
    "附近", "最近", "临近", "靠近", "邻近", "就近", "新近", "亲近", "远近", "制约", "节约", "条约",
    "合约", "公约", "预约", "签约", "簽約", "履约", "契约", "违约", "纽约", "集约", "协约", "北约", "商超",
    "相约", "赶超", "反超", "英超", "中超", "打破", "击破", "爆破", "攻破", "侦破", "告破", "看破", "道破", "磨破",
    "摔破", "踩破",
)  # fmt: skip
_LOOSE_BEFORE = re.compile(
    "(?P<least>至少|最少|起码|少说)[^，。；、,;：:\\n0-9的]{1,3}\\Z"
    "|(?P<about>大概|大约|约莫|差不多|(?<![公条合签契履纽北节预违])约)(?:只|就|还|共|可|已经?)?(?:有|要|需要?|得|能|含|发电|可达|合|相当于|需|花|用|值|占)\\Z"
    "|(?P<almost>几乎|幾乎)(?:占[到了]?|达到?|有|是|用了|相当于|增加了)\\Z"
)
_SHARE_OF = re.compile(
    "(?P<about>约[占为合][^，。；、,;\\n]{1,22}的|(?<![公条合签契履纽北节])约[^，。；、,;\\n》]{1,9}的)\\Z"
    "|(?P<less>不足|不及|不到)[^，。；、,;\\n]{1,9}的\\Z"
    "|(?P<most>不得?超过|不得?高于)[^，。；、,;\\n]{1,14}的?\\Z"
    "|(?P<least>不得?低于|不得?少于)[^，。；、,;\\n]{1,14}的?\\Z"
    "|(?P<more>超过)(?:[^，。；、,;\\n]{1,9}的|总[数量额])\\Z"
)
# 超过全市七成; but 增速超过全省1.2个百分点 is by as much, no more.
_OF_ALL = re.compile("(?:(?P<more>超过)|(?P<about>约占|约为))全[国省市县区州旗球]\\Z")
_NOT_PASSED = frozenset("通经不没未透渡")  # 进度过六成, over sixty per cent, but 通过30%的议案
_MEASURED = frozenset("量额值数汇模入收产")
_SCALES = frozenset("百千万亿")
_LASTING = ("中断", "持续", "历时", "长达", "用时", "耗时", "时隔")
# 缩短近10天 (by about ten days), but 缩短近五年来的差距 (of the last five years)
_SHIFTING = ("缩短", "延长", "提前", "推迟", "节省", "减少", "压缩", "缩减", "耽误", "早", "晚")
_MARKS = {"least": ">=", "most": "<=", "about": "~", "almost": "~", "less": "<", "more": ">"}

_NOT_AFTER = {"上下": frozenset("游级联层班车学功文"), "左右": frozenset("两岸手邻翼"), "许": frozenset("多可")}

_NUMERAL_NEXT = re.compile("[0-9０-９一二两三四五六七八九十百千万亿半]")
_NOT_LOOSE = frozenset("，。、；,;（(的 \n") | {""}
_AFTER_MORE = frozenset("，。；、,;.）)高厚长深宽重远来的\n") | {""}


def _marks(table: str) -> dict[str, str]:
    """RETURNS (dict): the modifier of every word; a line of a table is a modifier and its words."""
    rows = (line.split() for line in table.strip().split("\n"))
    return {word: mark for mark, *words in rows for word in words}


_BEFORE_OF = _marks(_BEFORE)
_AFTER_OF = _marks(_AFTER)
_BEFORE_LAST = frozenset(word[-1] for word in _BEFORE_OF)
_AFTER_FIRST = frozenset(word[0] for word in _AFTER_OF)
_TELLING_BEFORE = _BEFORE_LAST | frozenset("了的有要得留备过")
_TELLING_AFTER = _AFTER_FIRST | frozenset("内內多强还出有")
_BEFORE_SIZES = tuple(sorted({len(word) for word in _BEFORE_OF}, reverse=True))
_AFTER_SIZES = tuple(sorted({len(word) for word in _AFTER_OF}, reverse=True))


def modifier_before(text: str, start: int) -> str:
    """RETURNS (str): the modifier that the words right before a place mean, or ""."""
    last = text[start - 1 : start]
    if last == "了":
        start -= 1
        last = text[start - 1 : start]
    if last not in _BEFORE_LAST or not last:
        return ""
    for size in _BEFORE_SIZES:
        if start >= size:
            mark = _BEFORE_OF.get(text[start - size : start])
            if mark is not None:
                is_word = size == 1 or text[start - size] == "约"  # 签约, 签约有3家
                return "" if is_word and text.startswith(_NOT_BEFORE, max(0, start - size - 1)) else mark
    return ""


def modifier_after(text: str, end: int) -> str:
    """RETURNS (str): the modifier that the words right after a place mean, or ""."""
    if text[end : end + 1] not in _AFTER_FIRST:
        return ""
    for size in _AFTER_SIZES:
        mark = _AFTER_OF.get(text[end : end + size])
        if mark == "<" and _NUMERAL_NEXT.match(text, end + size):
            return ""  # 有5所不足60人: five schools have fewer than 60
        if mark is not None:
            return "" if text[end + size : end + size + 1] in _NOT_AFTER.get(text[end : end + size], ()) else mark
    return ""


def modifier_of(text: str, start: int, end: int, *, inside: str = "", label: str = "") -> str:
    """Read the modifier of a number from the words around it.

    text (str): the text.
    start (int), end (int): the number.
    inside (str): the modifier that 多, 余 or 几 inside the number means.
    label (str): its label; before a DATE 近 means the last one, and 内 behind a length of time is a limit.
    RETURNS (str): "", or one of the modifiers of a canonical value.
    """
    last = text[start - 1 : start]
    if last not in _TELLING_BEFORE and text[end : end + 1] not in _TELLING_AFTER and not _is_told(text, start, label):
        return inside
    before = modifier_before(text, start)
    if before == "~" and last == "近" and label == "DATE" and not _is_stretch(text, start - 1, end):
        before = ""
    elif not before and label == "PERCENT":
        passed = last == "过" and text[start - 2 : start - 1] not in _NOT_PASSED
        before = ">" if passed else _searched(_SHARE_OF, text, start, 28)
        if not before and text[end - 1] not in "点點":
            before = _searched(_OF_ALL, text, start, 4)
    elif not before and last == "过" and _is_passed(text, start, end):
        before = ">"
    elif not before and last == "的" and label == "QUANTITY":
        before = _searched(_SHARE_OF, text, start, 14)
    if not before and last not in _NOT_LOOSE:
        before = _searched(_LOOSE_BEFORE, text, start, 6)
    after = modifier_after(text, end)
    if not after:
        after = _short_after(text, end, label)
    for mark in (before, inside, after):
        if mark and mark != "~":
            return mark
    return before or inside or after


def _is_stretch(text: str, start: int, end: int) -> bool:
    """Whether 近 at a place is about how long something lasts or by how much it shifts, and not the last such time."""
    if text[start - 1 : start] == "了":
        start -= 1
    return text.endswith(_LASTING, 0, start) or (text.endswith(_SHIFTING, 0, start) and text[end : end + 1] != "来")


def _is_passed(text: str, start: int, end: int) -> bool:
    """Whether 过 in front of an amount means more than it: 业务量过4亿件, 产值过百亿元; not 看过百遍."""
    return text[start - 2 : start - 1] in _MEASURED and not _SCALES.isdisjoint(text[start:end])


def _is_told(text: str, start: int, label: str) -> bool:
    """Whether 至少 or 不超过 stands a few words before the number: 至少造成14人死亡, 不超过投资额两成."""
    near = text[max(0, start - 5) : start]
    return "少" in near or (
        label == "PERCENT" and ("超" in near or "约" in near or "不" in text[max(0, start - 16) : start])
    )


def _searched(pattern: re.Pattern[str], text: str, start: int, size: int) -> str:
    match = pattern.search(text, max(0, start - size), start)
    return "" if match is None or match.lastgroup is None else _MARKS[match.lastgroup]


def _short_after(text: str, end: int, label: str) -> str:
    """内 behind a length of time; 多 and 强 behind a number where nothing follows that they could belong to."""
    char = text[end : end + 1]
    if label in ("DATE", "TIME") and char and char in "内內":
        return "<="
    if char == "强" and label == "PERCENT":
        return ">"
    if char == "多" and (text[end + 1 : end + 2] in _AFTER_MORE or text[end - 1] in "成倍年天月时"):
        return ">"
    return ">" if text.startswith(("还多", "出头", "出頭", "有余", "有餘"), end) else ""
