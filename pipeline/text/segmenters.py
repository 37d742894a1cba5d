"""Word segmenters behind one face: from a text to the offsets of its words.

White space belongs to no word. The words of a segmenter need not agree with gold spans; `metrics.audit` reports which
spans a segmenter cannot represent, and nothing downstream ever moves a span to fit a word.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path

from pipeline.errors import ConfigError, MissingPartError, Problem

Words = tuple[tuple[int, int], ...]
Segmenter = Callable[[str], Words]
"""From a text to its words: offsets in code points, half-open, in order, without overlaps."""

_NO_SPACE = re.compile(r"\S")


def words_to_offsets(text: str, words: Iterable[str]) -> Words:
    """Find words in the text they were cut from.

    text (str): the text.
    words (Iterable[str]): its words in order; those that are white space are passed over.
    RETURNS (Words): their offsets.
    RAISES (ValueError): if a word does not stand where the words before it end, white space aside.
    """
    offsets = []
    position = 0
    for word in words:
        if not word.strip():
            continue
        start = text.find(word, position)
        if start < 0 or text[position:start].strip():
            raise ValueError(
                f"the segmenter changed the text: {word!r} is not at {position} of {text[position:][:20]!r}"
            )
        position = start + len(word)
        offsets.append((start, position))
    if text[position:].strip():
        raise ValueError(f"the segmenter lost {text[position:][:20]!r}")
    return tuple(offsets)


def make_char() -> Segmenter:
    """RETURNS (Segmenter): every character is a word; what gold spans are measured in."""
    return lambda text: tuple(match.span() for match in _NO_SPACE.finditer(text))


def make_jieba(*, hmm: bool = True) -> Segmenter:
    """Make a segmenter of jieba (pure Python, dictionary and HMM).

    hmm (bool): guess words that are not in its dictionary.
    RETURNS (Segmenter): the segmenter; its dictionary is loaded with the first text.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba 0.42.1: invalid escapes and pkg_resources, in its own source
        import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    return lambda text: words_to_offsets(text, tokenizer.cut(text, HMM=hmm))


def make_rjieba(*, hmm: bool = True) -> Segmenter:
    """Make a segmenter of rjieba (jieba in Rust, several times faster).

    hmm (bool): guess words that are not in its dictionary.
    RETURNS (Segmenter): the segmenter.
    """
    import rjieba

    return lambda text: words_to_offsets(text, rjieba.cut(text, hmm=hmm))


def make_pkuseg(*, model: str) -> Segmenter:
    """Make a segmenter of spacy-pkuseg (a CRF trained on segmented text).

    model (str): folder of a pkuseg model: features.msgpack and weights.npz.
    RETURNS (Segmenter): the segmenter.
    RAISES (MissingPartError): if the folder holds no model. Without a path, spacy-pkuseg would try to download one.
    RAISES (ConfigError): if the folder holds a pickle instead of features.msgpack.
    """
    folder = Path(model)
    if not (folder / "weights.npz").is_file():
        raise MissingPartError(
            Problem(
                "E211",
                "no pkuseg model here",
                "`biaozhu models get pkuseg` fetches one, `biaozhu models train pkuseg SEGMENTED.txt` trains one",
                folder,
            )
        )
    if not (folder / "features.msgpack").is_file():
        raise ConfigError(
            Problem(
                "E212",
                "this pkuseg model keeps its features as a pickle, which is never loaded",
                "`biaozhu models get pkuseg` converts the public one safely",
                folder,
            )
        )
    import spacy_pkuseg

    segmenter = spacy_pkuseg.pkuseg(str(folder), user_dict="default")
    return lambda text: words_to_offsets(text, segmenter.cut(text))
