"""Cleaning: what each cleaner mends, that nothing else changes, and the way back to the raw text."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import cleaners as c
from pipeline.text.cleaners import clean_text
from pipeline.text.datelines import find_dateline

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("cleaner", "raw", "clean"),
    [
        (c.make_newlines(), "甲\r\n乙\r丙\u2028丁", "甲\n乙\n丙\n丁"),
        (c.make_strip_invisible(), "标\u200b注\ufeff工\u00ad具\x00", "标注工具"),
        (c.make_strip_invisible(), "甲\t乙\n丙", "甲\t乙\n丙"),
        (c.make_fold_spaces(), f"纪实{NBSP * 5} 余姚", "纪实 余姚"),
        (c.make_fold_spaces(), "\u3000\u3000第一段", "第一段"),
        (c.make_fold_spaces(), "a b", "a b"),
        (c.make_fold_lines(), f"甲\n{NBSP}\n\n  乙\n", "甲\n乙"),
        (c.make_fold_lines(), "\n\n甲", "甲"),
        (c.make_drop_lines(), "正文\n回上页\n【关闭窗口】", "正文\n【关闭窗口】"),
        (c.make_drop_lines(), "正文\n字号：[大 中 小]\n完", "正文\n完"),
        (c.make_drop_lines(), "正文\n字号：[大] [中] [小]\n完", "正文\n完"),
        (c.make_drop_lines(), "请按回上页键", "请按回上页键"),
        (c.make_fold_width(), "１２．５％ａ，", "12.5%a,"),
    ],
)
def test_cleaner(cleaner: c.Cleaner, raw: str, clean: str) -> None:
    assert clean_text(raw, [cleaner])[0] == clean


@given(st.text(f"标注12 .\n\r\t{NBSP}\u3000\u200b回上页", max_size=60))
def test_cleaning_changes_nothing_but_space_and_navigation_and_is_done_after_once(raw: str) -> None:
    text, offsets = clean_text(raw)
    assert clean_text(text)[0] == text
    assert text == text.strip()
    for position, char in enumerate(text):
        if not char.isspace():
            start, end = offsets.to_raw(position, position + 1)
            assert raw[start:end] == char


def test_the_seed_document_comes_out_clean_and_can_be_found_again_in_the_raw_text(seed_file: Path) -> None:
    raw = seed_file.read_text(encoding="utf-8")
    text, offsets = clean_text(raw)
    assert NBSP not in text
    assert "\n\n" not in text
    assert "回上页" not in text
    assert text.endswith("编辑:夏丽霞")
    for surface in ("426日", "20207月", "4.3万件", "98.46%"):  # lost characters stay lost: that is for the numbers
        start = text.index(surface)
        raw_start, raw_end = offsets.to_raw(start, start + len(surface))
        assert raw[raw_start:raw_end] == surface


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("标题\n20220426\n正文", "2022-04-26"),
        ("标题\n2022年4月6日 09:30 来源：本报\n正文", "2022-04-06"),
        ("发布时间：2022-04-06 10:00:00\n正文", "2022-04-06"),
        ("标题\n2022年4月6日,我市召开会议。", None),  # a sentence is no dateline
        ("标题\n20221399\n正文", None),
        ("电话\n05746271\n正文", None),
        ("\n".join(["正文"] * 20 + ["20220426"]), None),
    ],
)
def test_dateline(text: str, date: str | None) -> None:
    assert find_dateline(text) == date
