"""Feature sources: by table, and laws that all of them keep."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.labels import ENTITIES, default_scheme
from pipeline.errors import InputError, MissingPartError
from pipeline.nlp.docs import make_char_doc
from pipeline.nlp.features.batch import FeatureSource, StoredSource, TextBatch, describe, fold, make_batch
from pipeline.nlp.features.characters import char_classes, make_char_classes, make_char_ngrams
from pipeline.nlp.features.known_names import KNOWN
from pipeline.nlp.features.lexicons import make_dictionary, make_lexicon
from pipeline.nlp.features.matching import find_entries, make_entries
from pipeline.nlp.features.names import make_brackets, make_name_parts
from pipeline.nlp.features.number_marks import make_number_marks
from pipeline.nlp.features.repetition import make_repetition
from pipeline.nlp.features.words import make_words

VOCAB = spacy.blank("zh").vocab
SOURCES = {
    "chars": make_char_ngrams,
    "classes": make_char_classes,
    "words": make_words,
    "dictionary": make_dictionary,
    "names": make_name_parts,
    "brackets": make_brackets,
    "repetition": make_repetition,
    "numbers": make_number_marks,
}
TEXTS = ("宁波市人民政府“全链条”２０２４年，", "", "a", "\n", "王小明　来到《宁波日报》社。王小明说", "😀第１名")


def batch_of(*texts: str) -> TextBatch:
    return make_batch([make_char_doc(VOCAB, text) for text in texts])


@pytest.mark.parametrize("name", SOURCES)
def test_features_of_a_text_do_not_depend_on_its_neighbours(name: str) -> None:
    source: FeatureSource = SOURCES[name]()
    together = batch_of(*TEXTS)
    codes = source(together)
    assert codes.shape[0] == len(together)
    assert codes.dtype == np.uint64
    for text, (start, end) in zip(TEXTS, together.ranges.tolist(), strict=True):
        alone = batch_of(text)
        first = int(alone.starts[0])
        np.testing.assert_array_equal(codes[start:end], source(alone)[first : first + len(text)])


@pytest.mark.parametrize("name", SOURCES)
def test_a_batch_may_be_empty(name: str) -> None:
    assert describe(batch_of(), {name: SOURCES[name]()}).shape[0] == 8


def test_order_and_company_of_sources_do_not_change_a_code() -> None:
    batch = batch_of(*TEXTS)
    chars, classes = make_char_ngrams(), make_char_classes()
    both = describe(batch, {"a": chars, "b": classes})
    turned = describe(batch, {"b": classes, "a": chars})
    width = chars(batch).shape[1]
    np.testing.assert_array_equal(both[:, :width], turned[:, -width:])
    assert not np.array_equal(describe(batch, {"c": chars}), both[:, :width])


def test_width_is_folded_one_to_one() -> None:
    assert fold("２０２４年　ＡＢ\xa0（") == "2024年 AB ("
    ngrams = make_char_ngrams()
    np.testing.assert_array_equal(ngrams(batch_of("２０２４年")), ngrams(batch_of("2024年")))


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("7", "3", True),
        ("七", "百", True),
        ("宁", "波", True),
        ("7", "七", False),
        ("《", "》", False),
        ("a", "A", False),
    ],
)
def test_character_classes(left: str, right: str, same: bool) -> None:
    codes = char_classes(np.array([ord(left), ord(right)], dtype=np.uint64))
    assert (codes[0] == codes[1]) is np.bool_(same)


def test_longest_entries_are_found_at_every_place() -> None:
    entries = make_entries(["宁波", "宁波市", "市政府", "波"], [1, 2, 3, 4], shortest=2)
    batch = batch_of("在宁波市政府")
    best, bits = find_entries(batch.chars, entries)
    rows = [(int(value) // 32, int(value) % 32) for value in best[8:14].ravel()]
    table = [rows[place : place + 3] for place in range(0, 18, 3)]
    none = (0, 0)
    assert table == [
        [none, none, none],
        [(3, 2), none, none],
        [none, (2, 1), (3, 2)],
        [(3, 3), (3, 2), none],
        [none, none, (3, 3)],
        [none, (3, 3), none],
    ]
    assert bits[8] == 0
    assert bits[9] == 0b11


@given(
    st.text(alphabet="甲乙丙\ud800𠮷\0", max_size=12),
    st.lists(st.text(alphabet="甲乙丙𠮷", min_size=1, max_size=4), min_size=1, max_size=6),
    st.integers(1, 3),
)
def test_entries_are_found_as_by_looking_everywhere(text: str, words: list[str], shortest: int) -> None:
    groups = [1 + number % 3 for number in range(len(words))]
    chars = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    best = np.zeros((len(text), 3), dtype=np.uint64)
    first = {word: groups[words.index(word)] for word in words}  # of the same word the first counts
    for word, group in first.items():
        for start in range(len(text)):
            if len(word) >= shortest and text.startswith(word, start):
                value, end = 32 * len(word) + group, start + len(word)
                for places, place in (([start], 0), ([end - 1], 1), (range(start + 1, end - 1), 2)):
                    for row in places:
                        best[row, place] = max(best[row, place], value)
    found, _ = find_entries(chars, make_entries(words, groups, shortest=shortest))
    np.testing.assert_array_equal(found, best)


def test_repetition_counts_the_longest_stretch_that_comes_back() -> None:
    codes = make_repetition()(batch_of("王小明说，王小明"))
    assert codes[8:16, 0].tolist() == [3, 2, 0, 0, 0, 3, 2, 0]
    assert codes[8:16, 1].tolist() == [0, 2, 3, 0, 0, 0, 2, 3]


def test_brackets_say_what_a_character_stands_in() -> None:
    codes = make_brackets()(batch_of("见《民法典》和“二”，《未完"))
    inside = (codes[8:, 0] > 0).tolist()
    assert [index for index, flag in enumerate(inside) if flag] == [2, 3, 4, 8]


def test_user_lexicon_travels_with_the_model(tmp_path: Path) -> None:
    file = tmp_path / "firms.txt"
    file.write_text("余姚铁皮石斛\n海天\n", encoding="utf-8")
    source = make_lexicon(lists={"firms": str(file)})
    assert isinstance(source, StoredSource)
    batch = batch_of("买海天的余姚铁皮石斛")
    before = source(batch)
    source.to_disk(tmp_path / "stored")
    file.unlink()
    again = make_lexicon(lists={"firms": str(file)})
    with pytest.raises(MissingPartError, match="E521"):
        again(batch)
    assert isinstance(again, StoredSource)
    again.from_disk(tmp_path / "stored")
    np.testing.assert_array_equal(again(batch), before)


def test_too_many_lists_are_an_error() -> None:
    with pytest.raises(InputError, match="E523"):
        make_lexicon(lists={str(number): "x" for number in range(17)})


@pytest.mark.slow
def test_a_million_entries_load_in_seconds(tmp_path: Path) -> None:
    words = [f"{chr(0x4E00 + number // 1000)}{chr(0x4E00 + number % 1000)}公司" for number in range(1_000_000)]
    file = tmp_path / "million.txt"
    file.write_text("\n".join(words), encoding="utf-8")
    source = make_lexicon(lists={"firms": str(file)})
    assert isinstance(source, StoredSource)
    source.to_disk(tmp_path / "stored")
    empty = make_lexicon(lists={"firms": "gone"})
    assert isinstance(empty, StoredSource)
    started = time.perf_counter()
    empty.from_disk(tmp_path / "stored")
    assert time.perf_counter() - started < 5
    assert source(batch_of(f"在{words[-1]}里"))[9, 0] > 0


def test_number_marks_show_place_and_label() -> None:
    batch = batch_of("共4.3万件商标")  # "4.3万件 trademarks in all"
    codes = make_number_marks()(batch)[batch.starts[0] :]
    assert (codes[:7, 0] > 0).tolist() == [False, True, True, True, True, True, False]
    inside, other = codes[2, 0], batch_of("共5月3日商标")
    assert codes[3, 0] == inside  # both inside one QUANTITY
    assert make_number_marks()(other)[other.starts[0] + 2, 0] != inside  # inside a DATE


def test_known_names_have_one_label_each() -> None:
    names = [name for text in KNOWN.values() for name in text.split()]
    assert len(names) == len(set(names))
    assert min(map(len, names)) > 1
    assert set(KNOWN) < set(default_scheme().names(ENTITIES))
