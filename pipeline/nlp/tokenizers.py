"""The tokenizer of one token a code point: `biaozhu.CharTokenizer.v1`.

Gold is character offsets, and a span that a segmenter cuts through cannot be said in its words; so models work on
characters and take word boundaries as features.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.nlp.docs import make_char_doc


class CharTokenizer:
    """Makes a Doc of one token a code point; white space is a token too, so offsets are token indices."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """RETURNS (Doc): the Doc of a text."""
        return make_char_doc(self.vocab, text)

    def to_bytes(self, **kwargs: Any) -> bytes:
        """RETURNS (bytes): nothing, since there is no state."""
        return b""

    def from_bytes(self, data: bytes, **kwargs: Any) -> CharTokenizer:
        """RETURNS (CharTokenizer): itself."""
        return self

    def to_disk(self, path: str | Path, **kwargs: Any) -> None:
        """Write nothing, since there is no state."""

    def from_disk(self, path: str | Path, **kwargs: Any) -> CharTokenizer:
        """RETURNS (CharTokenizer): itself."""
        return self


def make_char_tokenizer() -> Callable[[Language], CharTokenizer]:
    """RETURNS (Callable): builds the character tokenizer of an nlp object. Registered as `biaozhu.CharTokenizer.v1`."""

    def build(nlp: Language) -> CharTokenizer:
        return CharTokenizer(nlp.vocab)

    return build
