"""The spaCy component `biaozhu_numbers`: numbers with values, by the grammar and a trained filter over its candidates.

It needs Docs of one token a code point, takes the document's date from `doc.user_data["date"]` and writes
`doc.spans["numbers"]` with parallel lists of values and probabilities in `attrs`. Untrained it is the grammar alone;
`initialize` fits the filter, which drops what context says is no number and settles the label.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import srsly
from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.scorer import Scorer
from spacy.tokens import Doc
from spacy.training import Example

from pipeline.core.labels import NUMBERS
from pipeline.core.progress import logger
from pipeline.core.spans import CharSpan
from pipeline.core.values import is_value
from pipeline.errors import InputError, Problem
from pipeline.nlp.docs import is_char_doc, set_numbers
from pipeline.nlp.numbers_features import candidate_features
from pipeline.nlp.numbers_filter import DROP, NumberFilter, fit_filter
from pipeline.numbers import Candidate, find_candidates

LABELS = ("QUANTITY", "MONEY", "PERCENT", "ORDINAL", "CARDINAL", "DATE", "TIME")


class Numbers(Pipe):
    """Finds numbers. See `make_numbers` for the settings."""

    def __init__(self, *, name: str, strength: float, min_count: int, prune: float) -> None:
        self.name = name
        self.strength = strength
        self.min_count = min_count
        self.prune = prune
        self.filter: NumberFilter | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """RETURNS (tuple[str, ...]): the labels it gives."""
        return LABELS

    def __call__(self, doc: Doc) -> Doc:
        """RETURNS (Doc): the Doc with numbers."""
        check_char_docs([doc])
        set_numbers(doc, self.find(doc.text, doc.user_data.get("date")))
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 64) -> Iterator[Doc]:
        """YIELDS (Doc): the Docs with numbers."""
        docs = iter(stream)
        while batch := list(islice(docs, batch_size)):
            check_char_docs(batch)
            found = self.find_all([(doc.text, doc.user_data.get("date")) for doc in batch])
            for doc, spans in zip(batch, found, strict=True):
                set_numbers(doc, spans)
                yield doc

    def find(self, text: str, date: str | None = None) -> list[CharSpan]:
        """Find the numbers of a text.

        text (str): any text.
        date (str | None): the document's date, ISO.
        RETURNS (list[CharSpan]): flat, in text order, with values; with probabilities if the filter is trained.
        """
        return self.find_all([(text, date)])[0]

    def find_all(self, texts: Sequence[tuple[str, str | None]]) -> list[list[CharSpan]]:
        """RETURNS (list[list[CharSpan]]): the numbers of several texts with their dates, filtered in one go."""
        candidates = [find_candidates(text, date) for text, date in texts]
        if self.filter is None or not any(candidates):
            return [[_span(item, item.label, None) for item in items if item.keep] for items in candidates]
        described = [
            features
            for (text, _), items in zip(texts, candidates, strict=True)
            for features in candidate_features(text, items)
        ]
        probabilities = self.filter.probabilities(described)
        best = probabilities.argmax(axis=1).tolist()
        scores = probabilities.max(axis=1).tolist()
        decided = zip(best, scores, strict=True)
        classes = self.filter.classes
        return [
            [
                _span(item, classes[column], score)
                for item, (column, score) in zip(items, islice(decided, len(items)), strict=True)
                if classes[column] != DROP
            ]
            for items in candidates
        ]

    def initialize(
        self, get_examples: Callable[[], Iterable[Example]], *, nlp: Language | None = None, **options: Any
    ) -> None:
        """Fit the filter on gold; records that are not annotated for numbers are left out.

        get_examples (Callable): gives the gold.
        nlp (Language | None): the nlp object, as spaCy passes it.
        """
        self.fit([example.reference for example in get_examples()])

    def fit(self, docs: Sequence[Doc]) -> None:
        """Fit the filter on gold Docs; without one annotated number the grammar stays alone."""
        docs = [doc for doc in docs if _is_annotated(doc)]
        check_char_docs(docs)
        described: list[list[str]] = []
        classes: list[str] = []
        for doc in docs:
            gold = {(span.start_char, span.end_char): span.label_ for span in doc.spans[NUMBERS]}
            known = _known_labels(doc)
            candidates = [
                item
                for item in find_candidates(doc.text, doc.user_data.get("date"))
                if item.label in known or (item.start, item.end) in gold
            ]
            described += candidate_features(doc.text, candidates)
            classes += [gold.get((item.start, item.end), DROP) for item in candidates]
        if len(set(classes)) < 2:
            logger.warning("no numbers to learn from: %s stays the grammar alone", self.name)
            self.filter = None
            return
        self.filter = fit_filter(described, classes, strength=self.strength, min_count=self.min_count, prune=self.prune)
        logger.info("%s: %d candidates, %d features", self.name, len(classes), len(self.filter.names))

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """RETURNS (dict): spaCy's `spans_numbers_p`, `spans_numbers_r`, `spans_numbers_f` and `…_per_type`."""
        kept = [example for example in examples if _is_annotated(example.reference)]
        scores: dict[str, Any] = Scorer.score_spans(
            kept,
            f"spans_{NUMBERS}",
            getter=lambda doc, _: [span for span in doc.spans.get(NUMBERS, ()) if span.label_ in _known_labels(doc)],
            has_annotation=lambda doc: NUMBERS in doc.spans,
            allow_overlap=True,
        )
        return scores

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """RETURNS (bytes): the weights of the filter."""
        content: dict[str, Any] = {}
        if self.filter is not None:
            content = {
                "classes": list(self.filter.classes),
                "names": list(self.filter.names),
                "weights": self.filter.weights.astype("<f4").tobytes(),
            }
        packed: bytes = srsly.msgpack_dumps(content)
        return packed

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "Numbers":
        """RETURNS (Numbers): itself, with the weights that `to_bytes` wrote."""
        content = srsly.msgpack_loads(data)
        self.filter = None
        if content:
            weights = np.frombuffer(content["weights"], dtype="<f4").reshape(len(content["names"]), -1)
            self.filter = NumberFilter(tuple(content["classes"]), tuple(content["names"]), weights.astype(np.float32))
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the weights into a folder."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "filter.msgpack").write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "Numbers":
        """RETURNS (Numbers): itself, as `to_disk` wrote it."""
        return self.from_bytes((Path(path) / "filter.msgpack").read_bytes())


def make_numbers(nlp: Language, name: str, strength: float, min_count: int, prune: float) -> Numbers:
    """Make the component. Registered as `biaozhu_numbers`.

    nlp (Language): the nlp object.
    name (str): the component's name.
    strength (float): how freely the filter fits its gold (scikit-learn's C).
    min_count (int): features seen less often are not used.
    prune (float): features with smaller weights are removed after training.
    RETURNS (Numbers): the component.
    """
    return Numbers(name=name, strength=strength, min_count=min_count, prune=prune)


Language.factory(
    "biaozhu_numbers",
    assigns=["doc.spans"],
    default_config={"strength": 1.0, "min_count": 1, "prune": 1e-3},
    default_score_weights={"spans_numbers_f": 1.0, "spans_numbers_p": 0.0, "spans_numbers_r": 0.0},
    func=make_numbers,
)


def check_char_docs(docs: Iterable[Doc]) -> None:
    """RAISES (InputError): if a Doc is not of one token a code point."""
    if not all(is_char_doc(doc) for doc in docs):
        raise InputError(
            Problem(
                "E315",
                "numbers are found by characters, but the tokenizer makes longer tokens",
                'set [nlp.tokenizer] @tokenizers = "biaozhu.CharTokenizer.v1"',
            )
        )


def _is_annotated(doc: Doc) -> bool:
    layers = doc.user_data.get("layers")
    return NUMBERS in doc.spans and (not isinstance(layers, list) or NUMBERS in layers)


def _known_labels(doc: Doc) -> frozenset[str]:
    """The labels the Doc is annotated for; what nobody looked for is no negative."""
    names = doc.user_data.get("labels")
    return frozenset(LABELS if names is None else names)


def _span(candidate: Candidate, label: str, score: float | None) -> CharSpan:
    value = candidate.value
    if label != candidate.label and value is not None and not is_value(value, label):
        value = None
    return CharSpan(candidate.start, candidate.end, label, value, score, candidate.meta)
