"""What the filter of numbers sees of a candidate: the rule that found it, its unit and numeral, the words around it.

Features are strings, so that a weight can be read ("rule+next1:cn1-counter|的"); their order means nothing. One
candidate is described by its own text window and its neighbours among the candidates, never by the whole document.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.numbers import Candidate

_SHAPES = str.maketrans("0123456789０１２３４５６７８９", "0" * 20)
_OPEN = "“「《‘『"
_CLOSE = "”」》’』"
_NEAR = 12


def candidate_features(text: str, candidates: Sequence[Candidate]) -> list[list[str]]:
    """Describe every candidate of a text.

    text (str): the text.
    candidates (Sequence[Candidate]): its candidates in text order.
    RETURNS (list[list[str]]): the features of each.
    """
    described = []
    before: Candidate | None = None
    for index, candidate in enumerate(candidates):
        after = candidates[index + 1] if index + 1 < len(candidates) else None
        features = _own_features(text, candidate)
        features.append(_neighbour("left", before, 0 if before is None else candidate.start - before.end))
        features.append(_neighbour("right", after, 0 if after is None else after.start - candidate.end))
        described.append(features)
        before = candidate
    return described


def _own_features(text: str, candidate: Candidate) -> list[str]:
    start, end, label, value, keep, rule, _ = candidate
    surface = text[start:end].translate(_SHAPES)
    unit = "" if value is None else value.rpartition(" ")[2] if " " in value else ""
    rule = f"{rule}{'+' if keep else '-'}"
    left = text[max(0, start - 3) : start]
    right = text[end : end + 3]
    left1, left2 = left[-1:], left[-2:]
    right1, right2 = right[:1], right[:2]
    first = surface[:1]
    return [
        "bias",
        f"rule:{rule}",
        f"label:{label}|{keep}",
        f"surface:{surface}",
        f"unit:{rule}|{unit}",
        f"first:{first}|{unit}",
        f"last1:{left1}",
        f"last2:{left2}",
        f"last3:{left}",
        f"next1:{right1}",
        f"next2:{right2}",
        f"next3:{right}",
        f"rule+last1:{rule}|{left1}",
        f"rule+last2:{rule}|{left2}",
        f"rule+next1:{rule}|{right1}",
        f"rule+next2:{rule}|{right2}",
        f"unit+last1:{first}|{unit}|{left1}",
        f"unit+next1:{first}|{unit}|{right1}",
        f"surface+last1:{surface}|{left1}",
        f"surface+next1:{surface}|{right1}",
        f"around:{rule}|{left1}|{right1}",
        f"quoted:{rule}|{_quoted(text, start, end)}",
    ]


def _quoted(text: str, start: int, end: int) -> str:
    """RETURNS: which side of a short quotation or title the candidate stands in, if it stands in one."""
    opened = max(text.rfind(mark, max(0, start - _NEAR), start) for mark in _OPEN)
    if opened < 0 or any(mark in text[opened:start] for mark in _CLOSE):
        return "no"
    closes = any(mark in text[end : end + _NEAR] for mark in _CLOSE)
    return f"{text[opened]}{closes}{opened == start - 1}"


def _neighbour(side: str, other: Candidate | None, distance: int) -> str:
    if other is None or distance > _NEAR:
        return f"{side}:none"
    return f"{side}:{other.rule}{'+' if other.keep else '-'}|{min(distance, 3)}"
