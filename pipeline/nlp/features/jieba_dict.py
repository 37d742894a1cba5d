"""jieba's dictionary as data: 349,000 words with counts and parts of speech, read without loading jieba."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

from pipeline.errors import MissingPartError, Problem


@cache
def read_dictionary() -> tuple[tuple[str, int, str], ...]:
    """RETURNS (tuple): (word, count, tag) in the order of the file. RAISES (MissingPartError): without jieba."""
    spec = importlib.util.find_spec("jieba")
    if spec is None or spec.origin is None:
        raise MissingPartError(Problem("E522", "jieba's dictionary is not installed", "pip install jieba"))
    text = (Path(spec.origin).parent / "dict.txt").read_text(encoding="utf-8")
    rows = (line.split(" ") for line in text.splitlines())
    return tuple((word, int(count), tag) for word, count, tag in rows)
