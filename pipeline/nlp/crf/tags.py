"""The tags of the lattice: B, S, O, E, I; which of them may follow each other, and spans ↔ tags.

With n labels, label k has B = k, S = n + k, E = 2n + 1 + k, I = 3n + 1 + k, and O = 2n stands between S and E. So the
tags that open (B, S, O) and the tags that close (S, O, E) are contiguous ranges, which the compiled loops like. A path
starts in an opening tag, ends in a closing one, goes from any closing tag to any opening tag, and within a label from
B or I to I or E. So every legal path is a set of flat spans, and every set of flat spans is exactly one path.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.core.spans import CharSpan

Tags = NDArray[np.int16]
Mask = NDArray[np.bool_]


def tag_count(labels: Sequence[str]) -> int:
    """RETURNS (int): how many tags there are for these labels."""
    return 4 * len(labels) + 1


def outside(labels: Sequence[str]) -> int:
    """RETURNS (int): the tag O."""
    return 2 * len(labels)


def spans_to_tags(spans: Iterable[CharSpan], length: int, labels: Sequence[str]) -> Tags:
    """RETURNS (Tags): one tag a character; spans with labels not among `labels` are left out."""
    count = len(labels)
    tags = np.full(length, 2 * count, dtype=np.int16)
    numbers = {label: number for number, label in enumerate(labels)}
    for span in spans:
        if (number := numbers.get(span.label)) is not None:
            tags[span.start : span.end] = 3 * count + 1 + number
            tags[span.start] = number
            tags[span.end - 1] = (count if span.end - span.start == 1 else 2 * count + 1) + number
    return tags


def tags_to_spans(tags: Tags, labels: Sequence[str]) -> list[tuple[int, int, str]]:
    """RETURNS (list): (start, end, label) of a legal path, in text order."""
    count = len(labels)
    starts = np.flatnonzero(tags < 2 * count)
    ends = np.flatnonzero(((tags >= count) & (tags < 2 * count)) | ((tags > 2 * count) & (tags <= 3 * count))) + 1
    return [(int(start), int(end), labels[int(tags[start]) % count]) for start, end in zip(starts, ends, strict=True)]


def inside_spans(tags: Tags, labels: Sequence[str]) -> Mask:
    """RETURNS (Mask): the characters whose span goes on with the next character (B and I)."""
    count = len(labels)
    goes_on: Mask = (tags < count) | (tags > 3 * count)
    return goes_on


def allowed_mask(tags: Tags, labels: Sequence[str], known: frozenset[str]) -> Mask:
    """What a partly annotated document allows at each character.

    tags (Tags): its gold tags.
    labels (Sequence[str]): all labels of the model.
    known (frozenset[str]): the labels it is annotated for.
    RETURNS (Mask): (characters, tags); a character inside a gold span allows its own tag only, any other allows O and
        every tag of a label that was not annotated.
    """
    count = len(labels)
    open_tags = np.ones(tag_count(labels), dtype=np.bool_)
    for number, label in enumerate(labels):
        if label in known:
            open_tags[[number, count + number, 2 * count + 1 + number, 3 * count + 1 + number]] = False
    mask = np.zeros((len(tags), len(open_tags)), dtype=np.bool_)
    free = tags == outside(labels)
    mask[free] = open_tags
    mask[np.flatnonzero(~free), tags[~free]] = True
    return mask
