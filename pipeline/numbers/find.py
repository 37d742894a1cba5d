"""Find every number of a text: `find_numbers`, and `find_candidates` for the trained filter.

One regex looks for the characters that can start a number; each start is read by one function of its kind, numerals
through a memo. Candidates are flat and in text order; `keep` is what the grammar alone decides about each. All offsets
are code points of the text as it is.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pipeline.core.records import FIRST_YEAR, LAST_YEAR, document_date
from pipeline.core.spans import CharSpan
from pipeline.errors import InputError, Problem
from pipeline.numbers.anchor import Anchor
from pipeline.numbers.common import read_common
from pipeline.numbers.context import modifier_after, modifier_of
from pipeline.numbers.counts import DIGITS
from pipeline.numbers.money import localize_all, read_code_money
from pipeline.numbers.ordinals import read_first, read_front, read_head, read_multiple, read_ordinal
from pipeline.numbers.quantities import read_number, read_plain
from pipeline.numbers.reading import Reading
from pipeline.numbers.share import join_ranges, share_units
from pipeline.numbers.when import read_word

_NUMBER_STARTS = DIGITS | frozenset(
    "〇○零一二三四五六七八九十百千万亿两兩廿卅卌萬億壹贰貳叁參肆伍陆陸柒捌玖拾佰仟几"
    "幾数數半负負￥¥$＄€£￡₩ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ"
    "-－−"
)
# character: (characters that may not stand before it, what must follow)
_WORD_STARTS = {
    "第": ("", "[0-9０-９〇零一二三四五六七八九十百千两兩]"),
    "首": ("榜部石翘俯昂回魁匪祸元", "[^都先要席相脑府领尔钢发创选倡善播映饰长演尾肯乌付]"),
    "前": ("目以之年提此战当日空眼跟门面先生午史", "[年天日0-9０-９一二三四五六七八九十百两兩几些]"),
    "翻": ("", "[番了近逾超0-9０-９一二三四五六七八九十两兩]"),
    "头": ("", "一[批个家位场条名届件回遭台站项份桩年课句针天节艘单次颗声杯局首座道炮车]"),
    "那": ("", "[天年]"),
    "大": ("", "年(?:初[一二三四五六七八九十]|三十)"),
    "正": ("改修更订匡", "月"),
    **dict.fromkeys("腊臘", ("", "月")),
    "冬": ("", "月(?:初|廿|二?十)"),
    **dict.fromkeys("闰閏", ("", "(?:[一二三四五六七八九十]|[0-9]{1,2})月")),
    **dict.fromkeys("阴旧陰", ("", "[历曆][闰閏正一二三四五六七八九十冬腊臘0-9]")),
    "去": ("过離离", "年|[春夏秋冬]"),
    "今": (
        "如",
        "[年天日儿夏春秋冬晚夜晨]|(?<![至迄当现]今)起(?![诉码草飞源床伏点])|[明后][两兩]|[个個](?:月|星期|礼拜|禮拜)|星期|礼拜|禮拜|週[一二三四五六日]",
    ),
    "昨": ("", "[天日晚夜晨，,从（(]"),
    "明": ("光清说证文", "[年天日晚]"),
    "后": ("此之以战先今前往产", "[年天]"),
    "後": ("此之以戰先今前往", "[年天]|(?<=大後)日(?![本語文軍報])"),
    "本": ("成样资基日版根", "[年月周週世]|季度|日(?![本元圆人语记报期志])"),
    "上": (
        "以网晚早马上迈站跨跃登冲踏",
        "[年月周週世午半百千万亿萬億]|[个個][月世周週星礼禮]|星期|礼拜|禮拜|[一个個]{0,2}季度|一[个個]?[年月周週]|上[周週]",
    ),
    "下": (
        "以线旗名手乡直地之如剩余留拿打攒省落接定签",
        "[月周週午半]|(?:(?<![\u4e00-\u9fff]下)|(?<=[至到在于和与及将]下))年(?=度|[0-9一二三四五六七八九十]{1,2}月|[初底末](?!期|级)|[^\u4e00-\u9fff]|$)|[个個][月世周週星礼禮]"
        "|星期|礼拜|禮拜|[一个個]{0,2}季度|一[个個]?[月周週]|一年(?![产均报终期代四多半])",
    ),
    **dict.fromkeys(
        "这這",
        (
            "",
            "[周週](?![围边岁])|[个個](?:月|星期|礼拜|禮拜|[周週](?=[一二三四五六日天末])|[春夏秋冬][天季])|一?(?:星期|礼拜|禮拜)|一[周週](?![围边岁密到全而])|一年(?!一度|[产均报终期代四度多半])",
        ),
    ),
    "当": ("应", "[年月天日晚夜]"),
    "當": ("應", "[年月天日]"),
    "同": ("不相共是", "[年月日]|一(?:天(?![空生线平花天])|日(?![期程本元]))"),
    "次": ("首每一多两再人0123456789本", "[年月日]"),
    "翌": ("", "[年日]"),
    "来": ("年以近", "年"),
    "來": ("年以近", "年"),
    "全": ("健安完齐", "年"),
    "近": ("附临最", "年|日|些年"),
    "连": ("大", "日(?![本报報语語常期用元子])"),
    # letters of a currency: USD 5, RMB300, HK$12
    "U": ("A-Za-z", "S(?:D ?|\\$)[0-9]"),
    "R": ("A-Za-z", "MB ?[0-9]"),
    "C": ("A-Za-z", "N[YH¥￥] ?[0-9]"),
    "H": ("A-Za-z", "K(?:D ?|D?\\$)[0-9]"),
    "E": ("A-Za-z", "UR ?[0-9]"),
    "G": ("A-Za-z", "BP ?[0-9]"),
    "J": ("A-Za-z", "PY ?[0-9]"),
    "M": ("A-Za-z", "OP(?: ?|\\$)[0-9]"),
    "N": ("A-Za-z", "T(?:D ?|D?\\$)[0-9]"),
    "T": ("A-Za-z", "WD ?[0-9]"),
    "历": ("农阳公", "年"),
    "往": ("以送来", "年(?!度)"),
    "农": ("", "[历曆][闰正一二三四五六七八九十冬腊0-9]"),
    "農": ("", "[历曆][閏正一二三四五六七八九十冬臘0-9]"),
    "歷": ("", "年"),
    "日": ("", "前"),
    "即": ("", "日"),
    "周": ("四一西东北商环《", "[一二三四五六日]"),
    "週": ("", "[一二三四五六日]"),
    "星": ("色级《", "期[一二三四五六日天]"),
    **dict.fromkeys("礼禮", ("", "拜[一二三四五六日天](?!堂)")),
    **dict.fromkeys("尋聽", ("", "日(?![本語文報後])")),
    "年": (
        "去今明近全历同当往多每连某老青少",
        "[初底末内中]|(?<=[鼠牛虎兔龙蛇马羊猴鸡狗猪]年)(?:[^级轻画货糕]|$)",
    ),
    "月": ("登绕揽奔", "[初底末]"),
    "岁": ("", "末"),
    "每": ("", "[个個]?(?:年(?![级轻])|月(?!球)|季度|星期)|天(?!然)|日(?![本元经邮])|[周週](?![岁年围边刊])"),
    "多": (
        "诸众许更最很太大好不",
        "年(?![轻龄级夜货生])|(?<![增产]多)(?:天(?![然线才文])|日(?![本元照语用程赛均渐益]))|个月(?![饼亮])",
    ),
    "常": ("经非时日平正通反异", "年(?![轻龄级])"),
    "公": ("", "元前?[0-9０-９一二三四五六七八九十两]"),
    "晚": ("每", "[上间間]?[0-9０-９零一二两兩三四五六七八九十]"),
    "早": ("", "[上晨间間]?[0-9０-９零一二两兩三四五六七八九十]"),
    "清": ("", "[晨早][0-9０-９零一二两兩三四五六七八九十]"),
    "凌": ("", "晨[0-9０-９零一二两兩三四五六七八九十]"),
    "中": ("", "午[0-9０-９零一二两兩三四五六七八九十]"),
    "午": ("上下中正", "[后夜][0-9０-９零一二两兩三四五六七八九十]"),
    "夜": ("", "[间里][0-9０-９零一二两兩三四五六七八九十]"),
    "深": ("", "夜[0-9０-９零一二两兩三四五六七八九十]"),
    "傍": ("", "晚[0-9０-９零一二两兩三四五六七八九十]"),
}


_URL = re.compile(r"(?:https?://|www\.)[\x21-\x7e]+")


def _start_pattern() -> re.Pattern[str]:
    """RETURNS (Pattern): one branch a character; each begins with it, so that `re` skips the others at once."""
    numbers = "|".join(map(re.escape, sorted(_NUMBER_STARTS)))
    words = "|".join(
        char + (f"(?<![{before}]{char})" if before else "") + f"(?={after})"
        for char, (before, after) in _WORD_STARTS.items()
    )
    return re.compile(f"{numbers}|{words}")


_START = _start_pattern()
_ASCII_DIGITS = frozenset("0123456789")
_DATELINE = re.compile(r"[日号]?(?:（[^）]{0,12}）)?(?:讯|電|电)")


class Candidate(NamedTuple):
    """A place that may be a number.

    start (int), end (int): code points, half-open.
    label (str): the label that the grammar gives it.
    value (str | None): canonical value.
    keep (bool): whether the grammar alone says that it is a number.
    rule (str): the rule that found it.
    meta (Mapping): both readings of an ambiguous date.
    """

    start: int
    end: int
    label: str
    value: str | None
    keep: bool
    rule: str
    meta: Mapping[str, Any] = {}


def find_candidates(text: str, date: str | None = None) -> list[Candidate]:
    """Find the places that may be numbers.

    text (str): any text.
    date (str | None): the document's date, ISO, against which relative dates are resolved.
    RETURNS (list[Candidate]): flat, in text order.
    RAISES (InputError): if the date is none.
    """
    return [
        Candidate(item.start, item.end, item.label, _value(text, item), item.keep, item.rule, item.meta)
        for item in _readings(text, date)
    ]


def find_numbers(text: str, date: str | None = None) -> list[CharSpan]:
    """Find the numbers of a text by the grammar alone.

    text (str): any text.
    date (str | None): the document's date, ISO, against which relative dates are resolved.
    RETURNS (list[CharSpan]): flat, in text order, with canonical values where one can be given; `meta["readings"]`
        holds both readings of a lossy date that stays ambiguous.
    """
    return [
        CharSpan(item.start, item.end, item.label, _value(text, item), None, item.meta)
        for item in _readings(text, date)
        if item.keep
    ]


def _readings(text: str, date: str | None) -> list[Reading]:
    anchor = Anchor(None if date is None else _day(date), text)
    found: list[Reading] = []
    urls = [match.span() for match in _URL.finditer(text)][::-1] if "http" in text or "www." in text else []
    position, search = 0, _START.search
    while (match := search(text, position)) is not None:
        start = match.start()
        while urls and urls[-1][1] <= start:
            urls.pop()
        if urls and urls[-1][0] <= start:
            position = urls[-1][1]
            continue
        anchor.here = start
        char = text[start]
        common = read_common(text, start) if char in _ASCII_DIGITS else None
        if common is not None:
            found.append(common)
            position = common.end
            continue
        if char in _NUMBER_STARTS:
            if char in _BIG and _SPLIT_SCALE.match(text, start):
                position = start + 1
                continue
            reading, position = read_number(text, start, anchor)
        else:
            reading, position = _read_word(text, start, anchor)
        # Some readings begin a character before their start (大半年, 個半小時, .5): only where that is still free.
        if reading is not None and (not found or found[-1].end <= reading.start):
            found.append(reading)
            if reading.rule == "date":
                _notice_dateline(text, reading, anchor)
    share_units(text, found)
    join_ranges(text, found)
    return localize_all(text, found)


def _day(date: str) -> datetime.date:
    try:
        return document_date(date)
    except ValueError as error:
        raise InputError(Problem("E317", f"{date!r} is no date of a document: {error}", "write YYYY-MM-DD")) from error


_QUARTER = re.compile("第[一二三四1-4１-４]季度")  # 第三季度: a calendar quarter, not the third of a sequence
_SPLIT_SCALE = re.compile(r"(?<=[0-9０-９][^\S\n])[万亿萬億]")  # 4.3 万件: half of a number has the wrong value
_READERS = {
    "第": read_ordinal, "首": read_first, "前": read_front, "翻": read_multiple, "头": read_head,
    **dict.fromkeys("URCHEGJMNT", read_code_money),
}  # fmt: skip


def _read_word(text: str, start: int, anchor: Anchor) -> tuple[Reading | None, int]:
    """RETURNS: what the word at a place starts, and where to go on."""
    char = text[start]
    if char == "上" and text[start + 1] in "百千万亿萬億":
        return _read_upwards(text, start, anchor)
    reader = None if char == "第" and _QUARTER.match(text, start) else _READERS.get(char)
    reading = None if reader is None else reader(text, start)
    if reading is None and not char.isascii() and (reader is None or char == "前"):
        reading = read_word(text, start, anchor)
    return reading, start + 1 if reading is None else reading.end


_BIG = frozenset("万亿萬億")
_MANY = frozenset({"成千", "成百"})  # 成千上万: by the thousands
_BEFORE_UPWARDS = frozenset("以之网早晚路马线地场台车船身千百")


def _read_upwards(text: str, start: int, anchor: Anchor) -> tuple[Reading | None, int]:
    """上百种, 上千人: a hundred kinds, a thousand people and more; 上 stays in front, as 约 and 超 do."""
    if text[start - 2 : start] in _MANY:
        return None, start + 2
    reading, end = read_number(text, start + 1, anchor)
    if reading is None and text[start + 1] in _BIG and text[start - 1 : start] not in _BEFORE_UPWARDS:
        reading, end = read_plain(text, start + 1)  # 上万户 are ten thousand households, 千家万户 are all of them
    is_calendar = reading is not None and reading.label in ("DATE", "TIME") and reading.rule != "duration"
    if reading is None or reading.end - start > 6 or is_calendar or reading.inside:
        return reading, end
    keep = reading.keep or reading.rule.startswith("bare")
    return reading._replace(inside=">=", keep=keep), end


def _notice_dateline(text: str, reading: Reading, anchor: Anchor) -> None:
    """A date right before 讯 or 电 (report of 12 January) is the day that 今天 means from there on."""
    if anchor.today is None or _DATELINE.match(text, reading.end) is None:
        return
    year, month, day = anchor.year, anchor.month, anchor.day
    if year is not None and month is not None and day is not None and FIRST_YEAR <= year <= LAST_YEAR:
        anchor.today = datetime.date(year, month, day)


_CALENDAR_RULES = frozenset({"date", "word", "lossy", "plan", "iso", "clock", "year", "day"})
_EVERY = ("每年的", "每月的", "每逢", "历年")
_EVERY_ENDS = frozenset("年逢的")
_RANK_RULES = frozenset({"front", "first", "ordinal", "ordinal-unit"})


def _value(text: str, reading: Reading) -> str | None:
    """RETURNS: the canonical value, with the modifier that the words around the number mean."""
    start, end, label, body, inside, _, rule, _ = reading
    if body is None:
        return None
    if rule in _RANK_RULES:
        return inside + body
    if rule in _CALENDAR_RULES:
        if text[start - 1 : start] in _EVERY_ENDS and text.endswith(_EVERY, 0, start):
            return None  # 每年的8月, 每逢15日: no one day
        return f"~{body}" if modifier_after(text, end) == "~" else body
    return modifier_of(text, start, end, inside=inside, label=label) + body
