"""Dates in digits with marks between them: 2024-07-18, 2024.8.26, 2025-10- 28, 2022-0905, 1999.08-2002.02."""

from __future__ import annotations

import re

from pipeline.numbers.anchor import Anchor, Found, is_day, small_number

_D = "[0-9０-９]"
_M2, _D2 = "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
_YEAR = rf"(?P<y>[12１２]{_D}{{3}})"
_ISO = re.compile(
    rf"{_YEAR}(?:(?P<sep>[-－/／.．])(?P<m>{_D}{{1,2}})(?P=sep)(?P<d>{_D}{{1,2}})|-(?P<md>[0-9]{{4}}))(?!{_D})"
)
# A web page put one blank beside a dash, or in place of both behind 日期: 2025-10- 28, 日期:2023 0628.
_SPLIT = re.compile(rf"(?P<y>(?:19|20)[0-9]{{2}})(?: -|- )(?P<m>{_M2})-(?P<d>{_D2})(?![0-9])")
_SPLIT_LATE = re.compile(rf"(?P<y>(?:19|20)[0-9]{{2}})-(?P<m>{_M2})(?: -|- )(?P<d>{_D2})(?![0-9])")
_JOINED = re.compile(rf"(?P<y>(?:19|20)[0-9]{{2}}) (?P<m>{_M2})(?P<d>{_D2})(?![ ]?[0-9])")
_NAMED = ("日期:", "时间:", "日期：", "时间：", "日期: ", "时间: ")
_MONTH_RANGE = re.compile(
    r"(?P<y>(?:19|20)[0-9]{2})[./](?P<m>0[1-9]|1[0-2])[-—–~～至]+(?P<last>(?:19|20)[0-9]{2})(?:[./](?P<m2>0[1-9]|1[0-2]))?"
    r"(?![0-9./万亿年])"
)


def match_iso(text: str, start: int, anchor: Anchor) -> Found | None:
    """RETURNS (Found | None): a date in digits: 2024-07-18, 2023/11/27, 2024.8.26, 2022-0905."""
    match = _ISO.match(text, start) or _SPLIT.match(text, start) or _SPLIT_LATE.match(text, start)
    if match is None and text.endswith(_NAMED, 0, start):
        match = _JOINED.match(text, start)
    if match is None:
        return _months_of_resume(text, start)
    joined = match.groupdict().get("md")
    year = small_number(match["y"])
    month, day = (small_number(part) for part in ((joined[:2], joined[2:]) if joined else (match["m"], match["d"])))
    if year is None or month is None or day is None or not 1 <= month <= 12 or not is_day(year, month, day):
        return None
    anchor.mention(year, month, day)
    return Found(match.end(), f"{year:04d}-{month:02d}-{day:02d}")


def _months_of_resume(text: str, start: int) -> Found | None:
    """RETURNS (Found | None): 1999.08-2002.02, 2008.03-2009: months as résumés write them."""
    match = _MONTH_RANGE.match(text, start)
    if match is None:
        return None
    last = match["last"] if match["m2"] is None else f"{match['last']}-{match['m2']}"
    return Found(match.end(), f"{match['y']}-{match['m']}/{last}")
