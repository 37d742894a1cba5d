"""Dates that start with a numeral: 2020年7月, 26日, 2024-07-18, 20世纪90年代, lossy ones (426日) and 10/31/1974."""

from __future__ import annotations

import re

from pipeline.numbers.anchor import Anchor
from pipeline.numbers.calendar_words import match_decade
from pipeline.numbers.counts import DIGITS
from pipeline.numbers.dates import match_date, match_day
from pipeline.numbers.iso import match_iso
from pipeline.numbers.lossy import OpenDate, match_lossy, match_slashed
from pipeline.numbers.reading import Reading

_ISO_NEXT = frozenset("-－/／.．")
_DAY_NEXT = frozenset("日号號-－—–―~～〜至到")
_LOSSY_NEXT = frozenset("年月日")
_SLASHES = frozenset("/／")
_PART_OF_CODE = frozenset("/／.．-")
_NOT_AFTER_DATE = frozenset("号號人家件个元.")
_TENS = frozenset("十廿卅")
_AS_DURATION_AFTER = re.compile("[以之]?[内內]|以上|以下|左右|的?时间|期限|后付|龄|游|自驾|行程|免")
_AS_DURATION_BEFORE = re.compile(
    "(?:为期|共|近|连续|历时|至少|超过|不少于|不超过|长达|仅|只|约|每|过去|未来|最长|停留|逾期|满|达|拘留|公示|放假|休|用|需"
    "|要|再过|用时|不足|前|后)\\Z"
)
_SINCE = ("距今", "距今约", "距今大约", "距今近", "距今已", "距今有", "距今已有")  # 距今约1800年: a length of time


def read_digit_date(text: str, start: int, numeral: re.Match[str], anchor: Anchor) -> Reading | None:
    """Read the date that a numeral begins.

    text (str): the text.
    start (int): where the numeral starts.
    numeral (Match): what `NUMERAL` matched there.
    anchor (Anchor): what incomplete dates are resolved against.
    RETURNS (Reading | None): the date; None if the numeral begins something else.
    """
    end = numeral.end()
    following = text[end : end + 1]
    if text[start] in DIGITS:
        reading = _read_iso(text, start, numeral, anchor) or _read_lossy(text, start, end, anchor)
        reading = reading or (_read_slashed(text, start, anchor) if following in _SLASHES else None)
        if reading is not None:
            return reading
    found = match_decade(text, start, anchor) if following == "世" or text.startswith("年代", end) else None
    if following == "年" and text.endswith(_SINCE, 0, start):
        return None
    found = found or match_date(text, start, anchor)
    if found is not None and found.end > end:
        return Reading(start, found.end, "DATE", found.value, "", True, "date")
    if following in _DAY_NEXT and "." not in numeral.group():
        return _read_day(text, start, numeral, anchor)
    return None


def _read_iso(text: str, start: int, numeral: re.Match[str], anchor: Anchor) -> Reading | None:
    following = text[numeral.end() : numeral.end() + 1]
    if following not in _ISO_NEXT and following != " " and "." not in numeral.group():
        return None
    found = match_iso(text, start, anchor)
    return None if found is None else Reading(start, found.end, "DATE", found.value, "", True, "iso")


def _read_lossy(text: str, start: int, end: int, anchor: Anchor) -> Reading | None:
    is_full = end - start == 8  # 20220426
    if end - start < 2 or not (is_full or text[end : end + 1] in _LOSSY_NEXT):
        return None
    if text[end : end + 1] == "日" and _counts_days(text, start, end, sure=end - start > 2):
        return None
    found = match_lossy(text, start, anchor)
    if found is None or (found.end == end and not is_full):
        return None
    return _open_date(start, found, not is_full or _stands_alone(text, start, found.end))


def _read_slashed(text: str, start: int, anchor: Anchor) -> Reading | None:
    if text[start - 1 : start] in _PART_OF_CODE:
        return None
    found = match_slashed(text, start, anchor)
    if found is None or not _stands_alone(text, start, found.end):
        return None
    # 12/24/36 may be lengths or sizes; the filter decides.
    return _open_date(start, found, text[found.end - 3] in DIGITS)


def _open_date(start: int, found: OpenDate, keep: bool) -> Reading:
    meta = {"readings": list(found.readings)} if found.readings else {}
    return Reading(start, found.end, "DATE", found.value, "", keep, "lossy", meta)


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isascii() and before.isalnum()) and after not in _NOT_AFTER_DATE


def _read_day(text: str, start: int, numeral: re.Match[str], anchor: Anchor) -> Reading | None:
    following = text[numeral.end()]
    if following == "日" and _is_duration(text, start, numeral):
        return None
    day = match_day(text, start, anchor)
    # 3号 may be a day, a building or a line; the filter decides.
    return None if day is None else Reading(start, day.end, "DATE", day.value, "", following not in "号號", "day")


def _is_duration(text: str, start: int, numeral: re.Match[str]) -> bool:
    """Whether 日 counts days: 十日内 (within ten days), 拘留十日, 两日."""
    surface = numeral.group()
    if surface[0] not in DIGITS and len(surface) < 3 and not _TENS.intersection(surface):
        return True
    return _counts_days(text, start, numeral.end(), sure=False)


def _counts_days(text: str, start: int, end: int, *, sure: bool) -> bool:
    """Whether the words around a number of days say that they are counted; `sure` heeds only those behind."""
    before = None if sure else _AS_DURATION_BEFORE.search(text, max(0, start - 4), start)
    return before is not None or _AS_DURATION_AFTER.match(text, end + 1) is not None
