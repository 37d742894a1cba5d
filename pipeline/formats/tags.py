"""Tag schemes: spans ↔ one tag a token, in BIO (IOB2), BIOES, BMES and BILUO.

A set of flat spans is exactly one legal sequence of tags, and a legal sequence exactly one set of flat spans. What is
illegal is refused; `repair` reads it as seqeval's lenient mode does: a tag that continues nothing opens a span.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

OUTSIDE = "O"


@dataclass(frozen=True, slots=True)
class TagScheme:
    """The letters of a tag scheme.

    name (str): "bio", "bioes", "bmes" or "biluo".
    begin, inside (str): first token of a span, and each further one.
    end (str | None): last token of a longer span; None where `inside` serves.
    single (str | None): a span of one token; None where `begin` serves.
    """

    name: str
    begin: str
    inside: str
    end: str | None
    single: str | None

    @property
    def letters(self) -> tuple[str, ...]:
        """RETURNS (tuple[str, ...]): all letters before the hyphen."""
        return tuple(letter for letter in (self.begin, self.inside, self.end, self.single) if letter)


SCHEMES = {
    scheme.name: scheme
    for scheme in (
        TagScheme("bio", "B", "I", None, None),
        TagScheme("bioes", "B", "I", "E", "S"),
        TagScheme("bmes", "B", "M", "E", "S"),
        TagScheme("biluo", "B", "I", "L", "U"),
    )
}

TokenSpan = tuple[int, int, str]
"""First token, one past the last token, label."""


def spans_to_tags(spans: Iterable[TokenSpan], length: int, scheme: TagScheme) -> list[str]:
    """RETURNS (list[str]): a tag a token, for spans that do not overlap."""
    tags = [OUTSIDE] * length
    for start, end, label in spans:
        letters = [scheme.begin] + [scheme.inside] * (end - start - 1)
        if end - start == 1:
            letters = [scheme.single or scheme.begin]
        elif scheme.end:
            letters[-1] = scheme.end
        tags[start:end] = [f"{letter}-{label}" for letter in letters]
    return tags


def tags_to_spans(tags: Sequence[str], scheme: TagScheme) -> tuple[list[TokenSpan], list[tuple[int, str]]]:
    """Read tags as spans, illegal ones as well as it goes.

    tags (Sequence[str]): a tag a token.
    scheme (TagScheme): their scheme.
    RETURNS (tuple): the spans, and (token, what is wrong) of every illegal tag; without any, the spans are exact.
    """
    spans: list[TokenSpan] = []
    problems: list[tuple[int, str]] = []
    start, label = -1, ""  # the open span; start < 0: none

    def close(place: int, why: str) -> None:
        nonlocal start
        if start >= 0:
            spans.append((start, place, label))
            if scheme.end and why:
                problems.append((place - 1, f"{tags[place - 1]} is not closed by {scheme.end}-{label}: {why}"))
        start = -1

    for place, tag in enumerate(tags):
        letter, hyphen, name = tag.partition("-")
        if tag == OUTSIDE:
            close(place, "O follows")
        elif letter not in scheme.letters or not hyphen or not name:
            problems.append(
                (place, f"{tag!r} is no tag of {scheme.name}: O or {'-, '.join(scheme.letters)}- and a label")
            )
            close(place, "")
        elif letter in (scheme.begin, scheme.single):
            close(place, f"{tag} follows")
            start, label = place, name
            if letter == scheme.single:
                close(place + 1, "")
        else:
            if start < 0 or name != label:
                before = tags[place - 1] if place else "the start"
                problems.append((place, f"{tag} continues nothing after {before}"))
                close(place, "")
                start, label = place, name
            if letter == scheme.end:
                close(place + 1, "")
    close(len(tags), "the text ends")
    return spans, problems
