"""The document's date, where the text itself says it on a line of its own.

Local news pages put a publication line above the article: `2022-04-26`, `2022年4月26日 09:30`, `20220426`. Only such a
line near the top counts, so that a date within a sentence never becomes the document's date.
"""

from __future__ import annotations

import re
from datetime import date

_LINES_READ = 12
_DATE = re.compile(
    r"""\s*(?:发布(?:时间|日期)|时间|日期)?[:：]?\s*
        (?P<year>(?:19|20)\d\d)\s*(?:年|[-/.]|(?=\d{4}\b))\s*
        (?P<month>\d{1,2}?)\s*(?:月|[-/.]|(?=\d{2}\b))\s*
        (?P<day>\d{1,2})\s*日?
        (?:\s+\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?
        (?:\s+(?:来源|作者|编辑)[:：].*)?\s*""",
    re.VERBOSE,
)


def find_dateline(text: str) -> str | None:
    """RETURNS (str | None): the ISO date of the first publication line in the first lines of a text, if it has one."""
    for line in [line for line in text.splitlines() if line.strip()][:_LINES_READ]:
        match = _DATE.fullmatch(line)
        if match is None:
            continue
        try:
            return date(int(match["year"]), int(match["month"]), int(match["day"])).isoformat()
        except ValueError:  # 20221399: digits, but no day of the calendar
            continue
    return None
