"""Word segmentation: precision and recall on word spans, and recall of the words that training has not seen.

A predicted word is right when gold has a word at the same offsets. This is the SIGHAN bakeoff's measure (score.pl)
computed on character offsets; white space that stands between words belongs to none. Recall of out-of-vocabulary words
is over gold words whose form is not in the vocabulary, None where there are none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pipeline.metrics.prf import Counts, strict_counts

Word = tuple[int, int]
"""Start and end of a word, half-open."""


def segmentation_prf(gold_words: Iterable[Word], pred_words: Iterable[Word]) -> Counts:
    """Score the words of one document; counts of several documents are added.

    gold_words (Iterable[Word]): offsets of the gold words.
    pred_words (Iterable[Word]): offsets of the predicted words.
    RETURNS (Counts): with precision, recall and f1.
    """
    gold, pred = {tuple(word) for word in gold_words}, {tuple(word) for word in pred_words}
    return strict_counts(len(gold & pred), len(gold), len(pred))


def oov_recall(
    text: str, gold_words: Iterable[Word], pred_words: Iterable[Word], vocabulary: Collection[str]
) -> Counts:
    """Count gold words outside the vocabulary and how many of them were found.

    text (str): the document.
    gold_words (Iterable[Word]): offsets of the gold words.
    pred_words (Iterable[Word]): offsets of the predicted words.
    vocabulary (Collection[str]): word forms of the training text; a set or frozenset, for speed.
    RETURNS (Counts): its recall is the out-of-vocabulary recall; its precision means nothing.
    """
    unseen = {(start, end) for start, end in gold_words if text[start:end] not in vocabulary}
    found = len(unseen & {(start, end) for start, end in pred_words})
    return strict_counts(found, len(unseen), found)
