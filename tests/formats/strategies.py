"""Hypothesis strategies: records whose layers are flat, over texts that tease every format."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

from pipeline.core.labels import ENTITIES, NUMBERS, default_scheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan

VALUES = {
    "QUANTITY": ("43000 件", ">20 名", "3..5 个"),
    "MONEY": ("1650000000 CNY", "5000 CNY/吨"),
    "PERCENT": ("98.46 %", "1.2 pp"),
    "ORDINAL": ("10 名", "1"),
    "CARDINAL": ("3:1", "9.5"),
    "DATE": ("2021 end", "P1W", None),
    "TIME": ("T09:30", None),
}
TRICKY = "中文件a1 \t\n\r\\|[]{}\"'#%-_,，。：\u00a0\u3000\u2028𠮷é😀"
PLAIN = "中文件余姚年a1，。%"


def texts(alphabet: str) -> st.SearchStrategy[str]:
    """RETURNS: texts with at least one character that is no white space."""
    drawn = st.lists(st.sampled_from(list(alphabet)) | st.sampled_from(["[[", "]]", "%%%", "\n%%%"]), max_size=30)
    return drawn.map("".join).filter(lambda text: bool(text.strip()))


@st.composite
def records(
    draw: st.DrawFn,
    alphabet: str = TRICKY,
    *,
    layers: tuple[str, ...] = (NUMBERS, ENTITIES),
    values: bool = True,
    meta: bool = True,
    one_line: bool = False,
) -> Record:
    """RETURNS: a record; spans of one layer never overlap, those of two layers may cross."""
    text = draw(texts(alphabet))
    if one_line:
        text = "".join(text.splitlines()) or "文"
    spans: list[CharSpan] = []
    for layer in layers:
        cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
        for start, end in pairwise(cuts):
            if draw(st.booleans()):
                label = draw(st.sampled_from(default_scheme().names(layer)))
                value = draw(st.sampled_from(VALUES[label])) if values and layer == NUMBERS else None
                spans.append(CharSpan(start, end, label, value))
    found = {"date": draw(st.sampled_from(["2024-03-15", None])), "field": "农业"} if meta else {}
    record_id = draw(st.sampled_from(["a", "r-1", "余姚/01", "a b", "..", "100%"]))
    return Record(record_id, text, meta=found).with_spans(spans)


def corpora() -> st.SearchStrategy[list[Record]]:
    """RETURNS: one to three records with ids of their own."""
    return st.lists(records(), min_size=1, max_size=3, unique_by=lambda record: record.id)
