"""Times of day: 上午9时30分, 8:30—16:30, 下午4时至晚8时."""

from __future__ import annotations

import re

from pipeline.numbers.anchor import Found, small_number

_D = "[0-9０-９]"
_N = f"(?:{_D}{{1,2}}|[零〇一二两兩三四五六七八九十]{{1,3}})"
PERIODS = (
    "上午|下午|晚上|晚间|早上|早晨|大清早|清早|清晨|凌晨|中午|午后|夜间|深夜|傍晚|夜里|午夜|半夜|今晚|当晚|昨晚|明晚|今晨|次晨|晚|早|"
    "上晝|下晝|晚間|早間|早间"
)
_CLOCK = re.compile(
    rf"(?P<p>{PERIODS})?[ \xa0]?(?:(?P<h>{_D}{{1,2}})[:：](?P<m>{_D}{{2}})(?:[:：](?P<s>{_D}{{2}}))?(?!{_D})"
    rf"|(?P<hh>{_N})(?:(?=[-－—–―~～至到]{_D}{{1,2}}[时時点點])|(?P<u>[时時点點])(?!间|間|候|代|期|速|段|效|评|分|赞|空|差|[0-9０-９]*[个個]))"
    rf"(?:(?P<half>半)|(?P<qq>[一三])刻|整|钟|鐘|[零]?(?P<mm>{_N})分(?!之|钟|鐘)(?:(?P<ss>{_N})秒)?|(?P<m0>[0-9０-９]{{2}})(?![0-9０-９.]))?)"
)
_CONNECTOR = re.compile(r" ?(?:——|[-－—–―~～〜至到]) ?")
_AFTER_NOON = frozenset({"下午", "晚上", "晚间", "午后", "傍晚", "今晚", "当晚", "昨晚", "明晚", "晚", "下晝", "晚間"})
_MIDNIGHT = frozenset({"晚上", "晚", "夜里", "半夜", "深夜", "午夜", "夜间", "今晚", "当晚", "昨晚", "晚间"})
_BEFORE_HOUR = frozenset(")）" + "".join(word[-1] for word in PERIODS.split("|")))
_NIGHT = frozenset({"夜间", "深夜", "夜里", "半夜"})
# 今晚（3月3日）9点30分: a date in brackets may stand between the period and the hour.
_PERIOD_BEFORE = re.compile(rf"(?P<p>{PERIODS})(?:（[^（）\n]{{1,12}}）|\([^()\n]{{1,12}}\))?\Z")
_A_BIT = re.compile("[早晚]一[点點](?![0-9零一二三四五六七八九十半整钟鐘多])")


def match_clock(text: str, start: int) -> Found | None:
    """RETURNS (Found | None): a time of day or a range of two. A bare 三点 (three points) is none."""
    match = None if _A_BIT.match(text, start) else _CLOCK.match(text, start)
    before = None
    if match is not None and match["p"] is None and text[start - 1 : start] in _BEFORE_HOUR and start:
        before = _PERIOD_BEFORE.search(text, max(0, start - 17), start)
    period = None if match is None else match["p"] or (before["p"] if before else None)
    value = None if match is None else _value(match, period)
    if match is None or value is None:
        return None
    connector = _CONNECTOR.match(text, match.end())
    second = None if connector is None else _CLOCK.match(text, connector.end())
    if second is not None and (second["u"] is not None) == (match["h"] is None):
        last = _value(second, second["p"] or period)
        if match["u"] is None and match["h"] is None and not _is_told(match, second):
            return None  # 9~11点 may be points of an index
        if last is not None:
            return Found(second.end(), f"{value}/{last}", "time")
    # A bare hour in front of a connector (0—24时) is a time only together with the second one.
    if match["h"] is None and match["u"] is None:
        return None
    return Found(match.end(), value, "time" if before is None else "told")


def _is_told(first: re.Match[str], second: re.Match[str]) -> bool:
    if second["u"] is None or second["u"] in "时時" or first["p"] or second["p"] or second["half"] or second["mm"]:
        return True
    return second.group().endswith(("钟", "鐘", "整"))


def _value(match: re.Match[str], period: str | None) -> str | None:
    hour = small_number(match["h"] or match["hh"])
    if hour is None or hour > 24 or not _is_clock(match, period):
        return None
    minute = match["m"] or match["mm"] or match["m0"]
    second = match["s"] or match["ss"]
    if hour == 12 and period in _MIDNIGHT:
        return "T24" if minute is None and not match["half"] else f"T00:{small_number(minute or '30'):02d}"
    if ((period in _AFTER_NOON or (period in _NIGHT and hour >= 6)) and hour < 12) or (period == "中午" and hour < 4):
        hour += 12
    fields = [hour]
    if match["half"]:
        fields.append(30)
    elif match["qq"]:
        fields.append(15 if match["qq"] == "一" else 45)
    for part in (minute, second):
        if part is not None:
            number = small_number(part)
            if number is None or number > 59:
                return None
            fields.append(number)
    if hour == 24 and any(fields[1:]):
        return None
    return "T" + ":".join(f"{field:02d}" for field in fields)


def _is_clock(match: re.Match[str], period: str | None) -> bool:
    """Whether the words make a time of day: Chinese 三点 and 三时 need a period of the day or minutes."""
    if (
        match["h"] is not None
        or match["u"] is None
        or period is not None
        or match["half"]
        or match["qq"]
        or match["mm"]
    ):
        return True
    return (
        match["hh"].isascii()
        or match["hh"][0] in "０１２３４５６７８９"
        or match.group().endswith(("整", "钟", "鐘"))
        or match["hh"] == "零"
    )
