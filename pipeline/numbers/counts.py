"""Whether a Chinese numeral with a unit counts something, or is an article, a slogan, or part of a name.

What the grammar alone decides here is the baseline; the trained filter sees the same candidates and may overrule it.
"""

from __future__ import annotations

import re

from pipeline.numbers.units import Unit

DIGITS = frozenset("0123456789０１２３４５６７８９")
QUOTES = frozenset("“「『‘《")
# 河两岸 are two banks, the 两岸 of the Strait a name; 办了三期 are three courses, 机场三期 a phase.
_TELLING = {
    "号": re.compile(r"(?!)"),
    "期": re.compile(r"(?:(?:办|出刊|培训班)[^，。；,;\n期]{0,5}|视频|节目|简报|讲座|[^0-9分]分)\Z"),
    "岸": re.compile(r"[江河湖溪渠川]\Z"),
}
_LINES = frozenset("路线")
_NEW_LINES = ("开通", "新增", "新开", "共", "分")
_SESSIONS = (
    "会议", "全会", "全国", "中央", "人大", "政协", "一中", "二中", "三中", "四中",
    "五中", "六中", "七中", "省", "市委", "历次",
)  # fmt: skip
_CLASS = re.compile("[十百千万亿]+[吨米千瓦兆标箱]*级")  # 万吨级, 百万千瓦级: how big such things are
_WHICH_TERM = frozenset("新上下每这本各前")  # 新一届政府, the new government
_ASSEMBLIES = frozenset("大协届会委")
# 老两口 is an old couple, 最后一公里 the last mile.
_NOT_BEFORE = {"口": ("老", "小"), "公里": ("最后",)}
_NEVER: tuple[str, ...] = ()
_POINTING = frozenset("每这那這某哪")
_PLACES = frozenset("省市县縣乡鄉镇鎮村区區地州层")
_OUTPUT = ("生产", "国内", "GDP", "工业", "增加值", "产值")
# 一 + counter is an article (一项工作, a task) unless a word in front counts, or the unit is one that is never vague.
_COUNTING = (
    "仅", "只", "只有", "唯有", "就", "各", "共", "达", "至少", "不到", "不足", "超过", "近", "约", "增加", "减少",
    "最多", "仅有", "增至", "唯一",
    "另有", "其中", "仅此",
)  # fmt: skip
_REAL_ONES = frozenset("倍成番级岁等户审亩斤吨米人死伤男女国楼") | {"年级", "周岁", "公斤", "公里"}


def rule_of(text: str, start: int, unit: Unit) -> str:
    """RETURNS (str): the rule's name: the kind of unit, with "cn-" for Chinese numerals and "cn1-" for 一."""
    if unit.kind in ("money", "percent") or text[start] in DIGITS:
        return unit.kind
    alone = text.startswith("一", start) and text.startswith(unit.word, start + 1)
    return f"cn1-{unit.kind}" if alone else f"cn-{unit.kind}"


def is_count(text: str, start: int, end: int, unit: Unit) -> bool:
    """RETURNS (bool): whether the amount at a place counts, as far as the grammar can say."""
    rule = rule_of(text, start, unit)
    is_code = text[start] == "0" and text[start + 1] in DIGITS  # 01星, 08席位
    if is_code or (unit.word in _LINES and rule == "counter"):
        return not is_code and is_bus_line(text, start, end, unit)
    if unit.word in _TELLING:
        return rule != "cn1-counter" and _TELLING[unit.word].search(text, max(0, start - 12), start) is not None
    if not rule.startswith("cn"):
        return rule != "money" or not _is_vague_money(text, start, end)
    if text[start - 1 : start] in QUOTES or _is_repeated(text, start, end) or _CLASS.fullmatch(text, start, end):
        return False
    if text.endswith(_NOT_BEFORE.get(unit.word, _NEVER), 0, start):
        return False
    is_told = not rule.startswith("cn1") or text.endswith(_COUNTING, 0, start)
    is_one = unit.word in _REAL_ONES and not _is_any(text, start, end, unit)
    return is_told or is_one or is_session(text, start, end, unit)


def _is_any(text: str, start: int, end: int, unit: Unit) -> bool:
    """每一亩 (every mu), 这一国, 县乡一级 (at county level), 一户人家 (a household)."""
    if text[start - 1 : start] in _POINTING and start:
        return True
    if unit.word == "级":
        return text[start - 1 : start] in _PLACES
    return unit.word in ("户", "戶") and text.startswith("人家", end)


def _is_vague_money(text: str, start: int, end: int) -> bool:
    """一块 (a piece) and 万元GDP (per 10,000 yuan of GDP)."""
    if text.startswith("一分", start) and text[start - 1 : start] == "每":
        return True
    if text.startswith("一分钱", start):  # not one cent: 不收一分钱, 一分钱不要
        return text[end : end + 1] in ("不", "没", "也", "都") or any(
            char in text[max(0, start - 4) : start] for char in "不没未无"
        )
    if end - start != 2 or text[start] not in "一万亿":
        return False
    return text.startswith("一块", start) or text.startswith(_OUTPUT, end)


def is_session(text: str, start: int, end: int, unit: Unit) -> bool:
    """RETURNS (bool): whether the amount is a place in a sequence of sessions: 十四届全国人大一次会议."""
    if unit.word == "届":
        return text.startswith(_SESSIONS, end) and text[start - 1 : start] not in _WHICH_TERM
    return unit.word == "次" and text.startswith(("会议", "全会"), end) and text[start - 1 : start] in _ASSEMBLIES


def is_bus_line(text: str, start: int, end: int, unit: Unit) -> bool:
    """RETURNS (bool): whether the amount names a line: 5路公交车, 公交5路, 9路末班车; not 开通3路公交."""
    return (
        unit.word == "路"
        and not text.endswith(_NEW_LINES, 0, start)
        and (
            text.startswith(("公交", "末班", "首班", "电车", "汽车"), end)
            or text.endswith(("公交", "公交车"), 0, start)
        )
    )


def _is_repeated(text: str, start: int, end: int) -> bool:
    """一户一户 (house by house)."""
    surface = text[start:end]
    return text.startswith(surface, end) or text.endswith(surface, 0, start)
