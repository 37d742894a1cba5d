"""Numbers without a unit: scores, changes (由12增至15), years (2025全球…), counts before a longer noun (五部门)."""

from __future__ import annotations

import re

from pipeline.numbers.counts import DIGITS, QUOTES
from pipeline.numbers.numerals import Numeral, negative
from pipeline.numbers.reading import Reading

_CJK = re.compile("[\u4e00-\u9fff“《]")
_YEAR = re.compile(r"(?:19[5-9]|20[0-4])[0-9]|[12１２][09０９][0-9０-９]{2}")
_YEARS = re.compile(r"20[0-4][0-9][-－—–~～至](?P<last>20[0-4][0-9])(?![0-9０-９.\-/])")
_CUE_BEFORE = re.compile(
    r"(?:得分|比分|指数|得分为|系数|增至|升至|降至|减至|增加到|减少到|上升到|下降到|提高到|升到|降到|评分|分别为|达到|达|为|至|到|收于|报|报收|点位|第|总分|得|值|超过|突破|不足|超|约|只有|仅有|仅|跌破|升破|低于|高于|破|逾)\Z"
)
_NOUNS = (
    "部门",
    "方面",
    "省市",
    "省份",
    "省区",
    "城市",
    "片区",
    "领域",
    "环节",
    "板块",
    "单位",
    "地市",
    "县市",
    "大洲",
    "兄弟",
    "姐妹",
)
# What a web page counts of itself: 浏览次数：2746, 转发 326.
_COUNTER_BEFORE = re.compile(
    "(?:浏览|瀏覽|阅读|閱讀|点击|點擊|点赞|评论|转发|收藏|访问)(?:量|数|數|次数|次數|人数)?"
    "[ \xa0\u3000]*[:：]?[ \xa0\u3000]*\\Z"
)
_COUNTER_AFTER = frozenset("\xa0\n 　)）]】") | {""}
_AGE_BEFORE = ("年近", "年过", "年逾", "年满", "年届", "年已", "已过", "已年过", "今年", "高龄")
_AGE_AFTER = ("出头", "开外", "高龄", "有余", "寿辰", "大寿", "华诞")
_TENS = frozenset("十二三四五六七八九")
_BEFORE_DECIMAL = (
    "工业",
    "版本",
    "版",
    "第",
    "比",
    "见",
    "表",
    "图",
    "条",
    "款",
    "之",
    "时代",
    "教育",
    "互联网",
    "金融",
    "行动",
    "计划",
)
_LIST = re.compile(r"[、.．)）\]】](?![0-9])")
_BIG = frozenset("万亿萬億")
_NOT_MANY = frozenset({"一多", "两多", "三多"})
_NO_NUMBERS = frozenset({"亿万", "万亿"})
_MORE_THAN = ("超", "超过", "逾", "近", "达", "破", "突破", "约", "过", "上", "不足", "不到", "有", "是", "的")
_BEFORE_COUNT = frozenset("，。、；：！？（“ \n\u3000") | {""}
_BEFORE_BIG = frozenset("两二三四五六七八九十")
_NOT_BEFORE_YEAR = frozenset("-－第_")
_BEFORE_LIST = frozenset("\n（([【\u3000 。；") | {""}
_ENDS = frozenset("，。、；,;）)\n增升降减提的和上下") | {""}
_CLASSED = ("夫", "企业", "产业", "集群", "园区")  # 百亿企业: companies of a class, no count
_BOUNDS = ("以上", "以下", "左右", "以内", "之间")


def read_bare(text: str, start: int, end: int, numeral: Numeral, *, sign: str = "") -> Reading:
    """Read a numeral that no unit follows.

    text (str): the text.
    start (int), end (int): the numeral.
    numeral (Numeral): its value.
    sign (str): "-" or "".
    RETURNS (Reading): a candidate; `keep` only where its surroundings say that it counts something.
    """
    low, high, modifier = numeral
    if low is None:
        keep = _CJK.match(text, end) is not None
        return Reading(start, end, "CARDINAL", None, modifier, keep, "bare-scale")
    body = (negative(low) if sign else low) if high is None else f"{low}..{high}"
    reading = Reading(start, end, "CARDINAL", body, modifier, False, "bare")
    if text[start] in DIGITS:
        return _arabic(text, reading)
    return reading._replace(rule="bare-cn") if sign else _chinese(text, reading)


def _chinese(text: str, reading: Reading) -> Reading:
    start, end = reading.start, reading.end
    surface = text[start:end]
    quoted = text[start - 1 : start] in QUOTES
    is_scaled = surface[-1] in _BIG or (reading.inside and surface not in _NOT_MANY)
    if len(surface) > 1 and is_scaled and surface not in _NO_NUMBERS:
        told = bool(reading.inside) or text.endswith(_MORE_THAN, 0, start)
        keep = not quoted and (_CJK.match(text, end) is not None or told) and not text.startswith(_CLASSED, end)
        return reading._replace(keep=keep, rule="bare-scale")
    if "十" in surface and surface[-1] in "十一二三四五六七八九" and _is_age(text, start, end):
        return reading._replace(keep=True, rule="age")
    if text.startswith("大", end) and surface in _BEFORE_BIG and _CJK.match(text, end + 1):
        return reading._replace(keep=not quoted and surface != "十", rule="bare-big")
    if text.startswith(_NOUNS, end) and not quoted:
        return reading._replace(keep=len(surface) <= 2 and surface != "一", rule="bare-noun")
    return reading._replace(rule="bare-cn")


def _is_age(text: str, start: int, end: int) -> bool:
    """年近七十 (nearly seventy years old), 七十出头."""
    return text[start] in _TENS and (text.endswith(_AGE_BEFORE, 0, start) or text.startswith(_AGE_AFTER, end))


def _arabic(text: str, reading: Reading) -> Reading:
    start, end = reading.start, reading.end
    surface, following, before = text[start:end], text[end : end + 1], text[start - 1 : start]
    season = _YEARS.match(text, start)
    if season is not None:
        return reading._replace(
            end=season.end(), label="DATE", body=f"{surface}/{season['last']}", keep=True, rule="year"
        )
    if surface[-1] in _BIG or reading.inside:
        is_more = following == "+"  # 10万+
        inside = ">" if is_more else reading.inside
        return reading._replace(end=end + is_more, inside=inside, keep=True, rule="bare-scale")
    if following in _COUNTER_AFTER and _COUNTER_BEFORE.search(text, max(0, start - 12), start):
        return reading._replace(keep=True, rule="bare-counter")
    if _YEAR.fullmatch(surface) and (following == "" or _CJK.match(following)) and following != "号":
        keep = not (before.isascii() and before.isalnum()) and before not in _NOT_BEFORE_YEAR
        return reading._replace(label="DATE", body=reading.body and reading.body.lstrip("-"), keep=keep, rule="year")
    if _LIST.match(text, end) and before in _BEFORE_LIST:
        return reading._replace(rule="list")
    return _by_context(text, reading)


def _by_context(text: str, reading: Reading) -> Reading:
    """Keep digits that the words around say are a number: 12部门, 转发 326, 指数为0.978, 由12增至15."""
    start, end = reading.start, reading.end
    surface, following, before = text[start:end], text[end : end + 1], text[start - 1 : start]
    if (
        len(surface) <= 3
        and surface.isdigit()
        and (text.startswith(_NOUNS, end) or (following == "大" and _CJK.match(text, end + 1)))
    ):
        return reading._replace(keep=_CJK.match(before or " ") is not None or before in _BEFORE_COUNT, rule="bare-noun")
    if text.startswith(_AGE_AFTER, end) and surface.isdigit():
        return reading._replace(keep=len(surface) <= 3, rule="age")
    if "." in surface and following in _ENDS and "\u4e00" <= before <= "\u9fff":
        return reading._replace(keep=not text.endswith(_BEFORE_DECIMAL, 0, start), rule="bare-decimal")
    cue = following in _ENDS and _CUE_BEFORE.search(text, max(0, start - 4), start) is not None
    return reading._replace(keep=cue or text.startswith(_BOUNDS, end))
