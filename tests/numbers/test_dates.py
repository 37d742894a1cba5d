"""Dates, durations and times: their extent and what they are resolved to."""

from __future__ import annotations

import pytest

from pipeline.numbers import find_numbers

DATE = "2022-04-26"  # a Tuesday

TABLE = [
    ("2020年7月", [("2020年7月", "2020-07")]),
    ("2022年4月26日", [("2022年4月26日", "2022-04-26")]),
    ("4月26日", [("4月26日", "2022-04-26")]),
    ("二〇二二年四月二十六日", [("二〇二二年四月二十六日", "2022-04-26")]),
    ("１９９８年", [("１９９８年", "1998")]),
    ("2024-07-18", [("2024-07-18", "2024-07-18")]),
    ("2023/11/27", [("2023/11/27", "2023-11-27")]),
    ("2019—2021年", [("2019—2021年", "2019/2021")]),
    ("9月8日至11日", [("9月8日至11日", "2022-09-08/2022-09-11")]),
    ("1—3月", [("1—3月", "2022-01/2022-03")]),
    ("去年底", [("去年底", "2021 end")]),
    ("今年2月", [("今年2月", "2022-02")]),
    ("上月", [("上月", "2022-03")]),
    ("本月底", [("本月底", "2022-04 end")]),
    ("昨天", [("昨天", "2022-04-25")]),
    ("上周五", [("上周五", "2022-04-22")]),
    ("上半年", [("上半年", "2022-40")]),
    ("2021年前三季度", [("2021年前三季度", "2021-33/2021-35")]),
    ("今年一季度", [("今年一季度", "2022-33")]),
    ("2021年1至8月", [("2021年1至8月", "2021-01/2021-08")]),
    ("十四五期间", [("十四五期间", "2021/2025")]),
    ("“十三五”时期", [("十三五", "2016/2020")]),
    ("“十四五”规划", []),
    ("上世纪90年代", [("上世纪90年代", "199X")]),
    ("近年来", [("近年", None)]),
    ("目前当前同期", []),
    ("一周", [("一周", "P1W")]),
    ("三天", [("三天", "P3D")]),
    ("近三年", [("三年", "P3Y")]),
    ("两年半", [("两年半", "P2.5Y")]),
    ("10至15天", [("10至15天", "P10D..P15D")]),
    ("四十多年", [("四十多年", ">P40Y")]),
    ("七八年", [("七八年", "P7Y..P8Y")]),
    ("三个工作日", [("三个工作日", "P3D")]),
    ("上午9时30分", [("上午9时30分", "T09:30")]),
    ("下午3时", [("下午3时", "T15")]),
    ("8:30—16:30", [("8:30—16:30", "T08:30/T16:30")]),
    ("0—24时", [("0—24时", "T00/T24")]),
    ("两小时", [("两小时", "PT2H")]),
    ("2小时42分钟", [("2小时42分钟", "PT2H42M")]),
    ("一个半小时", [("一个半小时", "PT1.5H")]),
    ("24小时内", [("24小时", "<=PT24H")]),
    ("六个月至一年二个月", [("六个月至一年二个月", "P6M..P1Y2M")]),
    ("8月1日至次日", [("8月1日至次日", "2022-08-01/2022-08-02")]),
    ("去年底至今年初", [("去年底至今年初", "2021 end/2022 start")]),
    ("3月1日至今天", [("3月1日", "2022-03-01"), ("今天", "2022-04-26")]),
    ("五分三十秒", [("五分三十秒", "PT5M30S")]),
    ("五分半钟", [("五分半钟", "PT5.5M")]),
    ("两年零三个月", [("两年零三个月", "P2Y3M")]),
    ("4分30秒", [("4分30秒", "PT4M30S")]),
]


def found(text: str, date: str | None) -> list[tuple[str, str | None]]:
    return [(text[span.start : span.end], span.value) for span in find_numbers(text, date)]


@pytest.mark.parametrize(("text", "expected"), TABLE, ids=[text for text, _ in TABLE])
def test_date_has_extent_and_value(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert found(text, DATE) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4月26日", "XXXX-04-26"),
        ("去年", None),
        ("今年2月", None),
        ("上半年", None),
        ("26日", "XXXX-XX-26"),
        ("2020年", "2020"),
    ],
)
def test_date_without_document_date_keeps_what_is_written(text: str, value: str | None) -> None:
    assert found(text, None) == [(text, value)]


LOSSY = [
    ("426日是", "426日", "2022-04-26"),
    ("自20207月起", "20207月", "2020-07"),
    ("\n20220426\n", "20220426", "2022-04-26"),
    ("2019810日", "2019810日", "2019-08-10"),
    ("20201115日", "20201115日", "2020-11-15"),
    ("2022-0905", "2022-0905", "2022-09-05"),
    ("20207月30日", "20207月30日", "2020-07-30"),
    ("20203月至5月", "20203月至5月", "2020-03/2020-05"),
    ("69日", "69日", "2022-06-09"),
]


@pytest.mark.parametrize(("text", "surface", "value"), LOSSY, ids=[text.strip() for text, _, _ in LOSSY])
def test_lossy_date_has_the_only_reading_that_fits(text: str, surface: str, value: str) -> None:
    assert found(text, DATE) == [(surface, value)]


def test_lossy_date_with_two_readings_keeps_both_in_meta() -> None:
    (span,) = find_numbers("111日", None)
    assert span.value is None
    assert span.meta["readings"] == ["XXXX-01-11", "XXXX-11-01"]


def test_lossy_date_with_two_readings_is_settled_by_the_document_date() -> None:
    (span,) = find_numbers("111日", "2022-01-13")
    assert span.value == "2022-01-11"


def test_date_of_a_dateline_is_today() -> None:
    assert found("本报北京１月１２日讯今天在北京召开", "1998-01-15") == [
        ("１月１２日", "1998-01-12"),
        ("今天", "1998-01-12"),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [("１９９７年出口比上年增长", "1996"), ("去年出口比上年增长", "1996")],
)
def test_date_of_last_year_counts_from_the_year_of_its_sentence(text: str, value: str) -> None:
    assert found(text, "1998-03-15")[-1] == ("上年", value)
