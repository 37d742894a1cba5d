"""The tags of the lattice: O and B, I, E, S for each label, which of them may follow each other, and spans ↔ tags.

Tag 0 is O; label number k has B = 4k + 1, I = 4k + 2, E = 4k + 3, S = 4k + 4. A path starts in an opening tag (O, B, S),
ends in a closing tag (O, E, S), goes from any closing tag to any opening tag, and within a label from B or I to I or E.
So every legal path is a set of flat spans, and every set of flat spans is exactly one path.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.core.spans import CharSpan

OUTSIDE = 0
UNKNOWN = -1
"""In gold: this position may carry any tag that its mask allows."""

Tags = NDArray[np.int16]
Mask = NDArray[np.bool_]


def tag_count(labels: Sequence[str]) -> int:
    """RETURNS (int): how many tags there are for these labels."""
    return 4 * len(labels) + 1


def tag_names(labels: Sequence[str]) -> list[str]:
    """RETURNS (list[str]): "O", "B-ORG", … by tag number."""
    return ["O", *(f"{part}-{label}" for label in labels for part in "BIES")]


def spans_to_tags(spans: Iterable[CharSpan], length: int, labels: Sequence[str]) -> Tags:
    """RETURNS (Tags): one tag a character; spans with labels not among `labels` are left out."""
    tags = np.zeros(length, dtype=np.int16)
    numbers = {label: number for number, label in enumerate(labels)}
    for span in spans:
        if span.label in numbers:
            base = 4 * numbers[span.label]
            if span.end - span.start == 1:
                tags[span.start] = base + 4
            else:
                tags[span.start : span.end] = base + 2
                tags[span.start] = base + 1
                tags[span.end - 1] = base + 3
    return tags


def tags_to_spans(tags: Tags, labels: Sequence[str]) -> list[tuple[int, int, str]]:
    """RETURNS (list): (start, end, label) of a legal path, in text order."""
    parts = (tags - 1) % 4
    inside = tags > OUTSIDE
    starts = np.flatnonzero(inside & ((parts == 0) | (parts == 3)))
    ends = np.flatnonzero(inside & (parts >= 2)) + 1
    return [
        (int(start), int(end), labels[(int(tags[start]) - 1) // 4]) for start, end in zip(starts, ends, strict=True)
    ]


def allowed_mask(tags: Tags, labels: Sequence[str], known: frozenset[str]) -> Mask:
    """What a partly annotated document allows at each character.

    tags (Tags): its gold tags.
    labels (Sequence[str]): all labels of the model.
    known (frozenset[str]): the labels it is annotated for.
    RETURNS (Mask): (characters, tags); a character inside a gold span allows its own tag only, any other allows O and
        every tag of a label that was not annotated.
    """
    open_tags = np.ones(tag_count(labels), dtype=np.bool_)
    for number, label in enumerate(labels):
        if label in known:
            open_tags[4 * number + 1 : 4 * number + 5] = False
    mask = np.zeros((len(tags), len(open_tags)), dtype=np.bool_)
    outside = tags == OUTSIDE
    mask[outside] = open_tags
    mask[np.flatnonzero(~outside), tags[~outside]] = True
    return mask
