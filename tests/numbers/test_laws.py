"""Laws for every text: spans are flat and inside, values parse, shifting and joining texts change nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.spans import overlapping_pairs
from pipeline.core.values import parse_value
from pipeline.numbers import find_candidates, find_numbers

PIECES = [
    "4.3万件", "第22个", "去年底", "426日", "16.5亿元", "98.46%", "三成", "统一", "一项", "两国", "3至5个", "3∶1",
    "翻一番", "约", "超过", "以上", "左右", "，", "、", "和", "的", "2022年", "4月26日", "上午9时30分", "近三年",
    "百分之", "百", "千", "万", "亿", "点", "两", "半", "几", "多", "余", "-", "—", "至", "/", ":", ".", "5", "９",
    "０", "零", "一", "十", "年", "月", "日", "时", "分", "元", "块", "米", "个", "成", "折", "倍", "番", "“",
    "”", "（", "）", " ", "\u3000", "￥", "Ⅲ类", "农历", "正月初一", "当天", "上", "前", "首", "每", "A", "PM2.5",
    "https://a.cn/1", "4.3 万件", "三百 五十", "又", "三分之一", "1/2", "上万", "15k元", "今明两年", "第三周",
    "周一至周五", "闰", "大半年", "個半小時", ".5", "大前天", "30分半", "兆", "k", "今晚（",
    "2月30日", "今年2月30日", "31日", "2021年2月29日", "次日", "当日", "那天", "那年",
    "这一年", "周三", "将于", "下年", "10/31/1974", "3/4/2015",
    "前三季度", "到2025年", "前15个月", "零下190日", "1—5月", "公元1年1月1日", "电，",
    "周日", "前一天", "同一天", "这个冬天", "周一至周五", "下一年", "前年", "上周",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
dates = st.sampled_from([None, "2022-04-26", "2024-02-29", "1998-01-15", "1000-01-01", "2999-12-31"])


@settings(max_examples=400, deadline=None)
@given(texts, dates)
def test_candidates_are_flat_inside_and_have_canonical_values(text: str, date: str | None) -> None:
    last = 0
    for item in find_candidates(text, date):
        assert last <= item.start < item.end <= len(text)
        assert text[item.start : item.end] == text[item.start : item.end].strip()
        if item.value is not None:
            assert str(parse_value(item.value, item.label)) == item.value
        last = item.end


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40), dates)
def test_find_numbers_takes_any_text(text: str, date: str | None) -> None:
    assert not overlapping_pairs(find_numbers(text, date))


@settings(max_examples=150, deadline=None)
@given(texts)
def test_every_prefix_and_suffix_terminates(text: str) -> None:
    for cut in range(len(text)):
        find_numbers(text[:cut])
        find_numbers(text[cut:])


@settings(max_examples=200, deadline=None)
@given(texts)
def test_a_line_in_front_shifts_the_spans(text: str) -> None:
    def keys(line: str) -> list[tuple[int, int, str, str | None]]:
        spans = find_numbers(line + text)
        return [(span.start - len(line), span.end - len(line), span.label, span.value) for span in spans]

    assert keys("一行前言\n") == keys("\n")


# Calendar words carry a year or month from one sentence to the next; everything else ends with its sentence.
TIMELESS = [piece for piece in PIECES if not any(char in piece for char in "年月日天周历农闰今晚时点秒分/")]
sentences = st.lists(st.sampled_from(TIMELESS), max_size=8).map("".join)


@settings(max_examples=300, deadline=None)
@given(sentences, sentences, st.sampled_from(["。", "\n"]))
def test_joining_two_texts_joins_their_spans(first: str, second: str, mark: str) -> None:
    def keys(text: str, shift: int = 0) -> list[tuple[int, int, str, str | None]]:
        return [(span.start + shift, span.end + shift, span.label, span.value) for span in find_numbers(text)]

    assert keys(first + mark + second) == keys(first + mark) + keys(mark + second, len(first))


@pytest.mark.parametrize("mark", ["。", "\n"])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("共4.3万件", "首件是3∶1"),
        ("约三成", "以上两国"),
        ("2019年", "2021年增长6.2%"),
        ("第一", "个百分点"),
        ("3", "5个"),
    ],
)
def test_joining_two_sentences_joins_their_numbers(first: str, second: str, mark: str) -> None:
    def keys(text: str, shift: int = 0) -> list[tuple[int, int, str, str | None]]:
        return [(span.start + shift, span.end + shift, span.label, span.value) for span in find_numbers(text)]

    assert keys(first + mark + second) == keys(first + mark) + keys(second, len(first) + 1)
