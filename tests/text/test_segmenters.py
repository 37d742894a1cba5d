"""Segmenters: offsets of their words, alignment that never guesses, and a missing model that says how to get one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ConfigError, InputError, MissingPartError
from pipeline.text import segmenters
from pipeline.text.pkuseg_models import convert_features, train_pkuseg
from pipeline.text.segmenters import Segmenter, words_to_offsets

SENTENCE = "市民  在网上申请了3件商标。\n"  # residents applied for three trademarks online


def words(segmenter: Segmenter, text: str) -> list[str]:
    return [text[start:end] for start, end in segmenter(text)]


@pytest.mark.parametrize("make", [segmenters.make_char, segmenters.make_jieba, segmenters.make_rjieba])
def test_words_cover_the_text_but_its_white_space(make: Callable[[], Segmenter]) -> None:
    segmenter = make()
    assert "".join(words(segmenter, SENTENCE)) == "".join(SENTENCE.split())
    assert segmenter("") == ()


def test_char_words_are_single_characters() -> None:
    assert words(segmenters.make_char(), "𠮷 野家") == ["𠮷", "野", "家"]


@given(st.text("标注工具 3件a.\n\u3000", max_size=30))
def test_rjieba_never_changes_the_text(text: str) -> None:
    assert "".join(words(segmenters.make_rjieba(), text)) == "".join(text.split())


@pytest.mark.parametrize("bad", [["标", "具"], ["标注"], ["标注", "工", "工具"]])
def test_words_that_do_not_fit_the_text_are_refused(bad: list[str]) -> None:
    with pytest.raises(ValueError, match="the segmenter"):
        words_to_offsets("标注工具", bad)


def test_a_missing_pkuseg_model_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(MissingPartError, match=r"E211.*biaozhu models get pkuseg"):
        segmenters.make_pkuseg(model=str(tmp_path))


def test_a_pkuseg_model_with_a_pickle_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "weights.npz").write_bytes(b"")
    (tmp_path / "features.pkl").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(ConfigError, match="E212"):
        segmenters.make_pkuseg(model=str(tmp_path))


@pytest.mark.parametrize(
    "pickled", [b"cos\nsystem\n(S'true'\ntR.", b"", b"}."], ids=["calls os.system", "empty", "no tables"]
)
def test_features_that_are_no_plain_tables_are_refused(pickled: bytes) -> None:
    with pytest.raises(InputError, match="E213"):
        convert_features(pickled)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # spacy-pkuseg forks and uses old numpy spellings
def test_a_trained_pkuseg_model_segments(tmp_path: Path) -> None:
    lines = ["市民 在 网上 申请 了 商标 。", "法院 在 网上 开庭 。", "市民 申请 了 专利 。"] * 8
    (tmp_path / "segmented.txt").write_text("\n".join(lines), encoding="utf-8")
    log = train_pkuseg(tmp_path / "segmented.txt", tmp_path / "model", iterations=5)
    assert "iter" in log
    segmenter = segmenters.make_pkuseg(model=str(tmp_path / "model"))
    assert words(segmenter, "法院 在网上\n开庭。") == ["法院", "在", "网上", "开庭", "。"]


def test_too_little_segmented_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "segmented.txt").write_text("没有空格\n" * 20, encoding="utf-8")
    with pytest.raises(InputError, match="E216"):
        train_pkuseg(tmp_path / "segmented.txt", tmp_path / "model")
