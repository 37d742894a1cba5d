"""Agreement between annotators of the same texts: how often two, or more, people saw the same.

    strict F1 = 2 · agreed / (spans of A + spans of B), agreed: same start, end and label
    overlap F1: the same with one-to-one pairs that have the same label and overlap
    kappa = (observed − chance) / (1 − chance), over characters, the categories being the labels and "none"
    alpha: Krippendorff's, nominal, over characters, for any number of annotators and with gaps
    value agreement: share of the strictly agreed numbers that have the same value

F1 has no reference side, so A against B is B against A. Undefined is None. kappa and alpha count the many characters
that nobody marked as agreement, and are high for that reason; F1 does not. Of partly annotated records only what both
are annotated for is compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.core.labels import NUMBERS, LabelScheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.errors import InputError, MissingPartError, Problem
from pipeline.metrics.errors import SpanError, span_errors
from pipeline.metrics.matching import match_spans, overlap_pairs
from pipeline.metrics.values import same_value

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Annotator:
    """One annotator's records.

    name (str): what to call them.
    records (Mapping[str, Record]): their records by id.
    """

    name: str
    records: Mapping[str, Record]


@dataclass(slots=True)
class Agreed:
    """Counts of agreement, of a label or a layer.

    strict (int): spans that are the same on both sides.
    overlap (int): one-to-one pairs of the same label that overlap, the same ones among them.
    first, second (int): spans of either side.
    """

    strict: int = 0
    overlap: int = 0
    first: int = 0
    second: int = 0

    def add(self, other: Agreed) -> None:
        """Count the other's spans too."""
        self.strict += other.strict
        self.overlap += other.overlap
        self.first += other.first
        self.second += other.second

    def to_json(self) -> dict[str, Any]:
        """RETURNS (dict): both F1 and all counts."""
        total = self.first + self.second
        return {
            "strict_f1": 2 * self.strict / total if total else None,
            "overlap_f1": 2 * self.overlap / total if total else None,
            "strict": self.strict,
            "overlap": self.overlap,
            "first": self.first,
            "second": self.second,
        }


@dataclass(slots=True)
class LayerAgreement:
    """Agreement of two annotators on one layer.

    labels (dict[str, Agreed]): counts of each label.
    confusion (Codes): characters by the first's and the second's category; 0 is none.
    same_values, values (int): strictly agreed numbers with the same value, and all of them.
    """

    labels: dict[str, Agreed]
    confusion: Codes
    same_values: int = 0
    values: int = 0

    def to_json(self, *, with_values: bool) -> dict[str, Any]:
        """RETURNS (dict): F1, kappa and values of the layer, and "per_label"."""
        total = Agreed()
        for counts in self.labels.values():
            total.add(counts)
        data = total.to_json() | {"kappa": cohen_kappa(self.confusion)}
        if with_values:
            rate = self.same_values / self.values if self.values else None
            data["values"] = {"rate": rate, "same": self.same_values, "compared": self.values}
        per_label = {name: counts.to_json() for name, counts in self.labels.items() if counts.first or counts.second}
        return data | {"per_label": per_label}


@dataclass(slots=True)
class PairAgreement:
    """Agreement of two annotators.

    first, second (str): their names.
    documents, characters (int): what both annotated.
    layers (dict[str, LayerAgreement]): each layer.
    errors (list[tuple[str, SpanError]]): every disagreement with its layer; "gold" is the first, "pred" the second.
    """

    first: str
    second: str
    documents: int = 0
    characters: int = 0
    layers: dict[str, LayerAgreement] = field(default_factory=dict)
    errors: list[tuple[str, SpanError]] = field(default_factory=list)


def cohen_kappa(confusion: Codes) -> float | None:
    """Cohen's kappa of a table of counts.

    confusion (ndarray): categories of the first by categories of the second.
    RETURNS (float | None): 1 for perfect agreement, 0 for chance; None without units, or if only one category occurs.
    """
    total = int(confusion.sum())
    if not total:
        return None
    observed = int(np.trace(confusion)) / total
    chance = int(confusion.sum(axis=1) @ confusion.sum(axis=0)) / total**2
    return None if chance == 1 else (observed - chance) / (1 - chance)


def krippendorff_alpha(value_counts: Codes) -> float | None:
    """Krippendorff's alpha for nominal categories.

    value_counts (ndarray): units by categories: how many annotators gave the unit this category.
    RETURNS (float | None): 1 for perfect agreement, 0 for chance; None if only one category occurs, or no unit has two.
    RAISES (MissingPartError): if the package `krippendorff` is not there.
    """
    try:
        import krippendorff
    except ImportError as error:
        remedy = (
            "pip install 'biaozhu[agreement]' (GPL-3.0, therefore no part of the core), or leave it out: --no-alpha"
        )
        raise MissingPartError(
            Problem("E640", "Krippendorff's alpha needs the krippendorff package", remedy)
        ) from error
    paired = value_counts[value_counts.sum(axis=1) >= 2]
    if np.count_nonzero(paired.sum(axis=0)) < 2:
        return None
    return float(krippendorff.alpha(value_counts=paired, level_of_measurement="nominal"))


def compare_annotators(first: Annotator, second: Annotator, scheme: LabelScheme) -> PairAgreement:
    """Compare two annotators on the documents that both annotated.

    first, second (Annotator): the annotators.
    scheme (LabelScheme): labels and layers.
    RETURNS (PairAgreement): counts, and every disagreement in its document.
    RAISES (InputError): if a document has another text on the other side, or none is shared.
    """
    pair = PairAgreement(first.name, second.name)
    for layer in scheme.layers:
        names = scheme.names(layer)
        size = len(names) + 1
        pair.layers[layer] = LayerAgreement({name: Agreed() for name in names}, np.zeros((size, size), dtype=np.int64))
    for name, one in first.records.items():
        other = second.records.get(name)
        if other is None:
            continue
        _check_texts(one, other, second.name)
        pair.documents += 1
        pair.characters += len(one.text)
        for layer in scheme.layers:
            _add_layer(pair, one, other, layer, scheme)
    if not pair.documents:
        message = f"{first.name} and {second.name} have no document in common"
        raise InputError(Problem("E641", message, "documents are the same when their ids are"))
    return pair


def _check_texts(one: Record, other: Record, name: str) -> None:
    if one.text != other.text:
        remedy = "agreement is measured on one text; annotate the same cleaned document"
        raise InputError(Problem("E642", f"{name} annotated another text", remedy, record_id=one.id))


def _add_layer(pair: PairAgreement, one: Record, other: Record, layer: str, scheme: LabelScheme) -> None:
    counts = pair.layers[layer]
    known = scheme.annotated(one.meta) & scheme.annotated(other.meta) & set(scheme.names(layer))
    left, right = (tuple(span for span in record.spans if span.label in known) for record in (one, other))
    matching = match_spans(left, right)
    same = [(a, b) for a, b in matching.exact if a.label == b.label]
    for label in known:
        ours, theirs = ([span for span in side if span.label == label] for side in (left, right))
        strict = {span.key for span in ours} & {span.key for span in theirs}
        overlap = overlap_pairs(
            [span for span in ours if span.key not in strict], [span for span in theirs if span.key not in strict]
        )
        counts.labels[label].add(Agreed(len(strict), len(strict) + len(overlap), len(ours), len(theirs)))
    if layer == NUMBERS:
        counts.values += len(same)
        counts.same_values += sum(same_value(a, b) for a, b in same)
    if known:
        names = scheme.names(layer)
        size = len(names) + 1
        cells = categories(left, len(one.text), names) * size + categories(right, len(one.text), names)
        counts.confusion += np.bincount(cells, minlength=size * size).reshape(size, size)
    errors = span_errors(one, matching, with_values=layer == NUMBERS)
    pair.errors += sorted(((layer, error) for error in errors), key=lambda item: item[1].place[1])


def categories(spans: Sequence[CharSpan], length: int, names: Sequence[str]) -> Codes:
    """RETURNS (ndarray): for each character the number of its label in `names`, from 1; 0 where there is no span."""
    codes = np.zeros(length, dtype=np.int64)
    for span in spans:
        codes[span.start : span.end] = names.index(span.label) + 1
    return codes


def alpha_of_layer(annotators: Sequence[Annotator], layer: str, scheme: LabelScheme) -> float | None:
    """RETURNS (float | None): Krippendorff's alpha of all annotators over the characters of one layer."""
    names = scheme.names(layer)
    parts: list[Codes] = []
    for record_id in dict.fromkeys(name for annotator in annotators for name in annotator.records):
        versions = [annotator.records[record_id] for annotator in annotators if record_id in annotator.records]
        known = frozenset(names).intersection(*(scheme.annotated(record.meta) for record in versions))
        if len(versions) < 2 or not known:
            continue
        table = np.zeros((len(versions[0].text), len(names) + 1), dtype=np.int64)
        for record in versions:
            spans = [span for span in record.spans if span.label in known]
            table[np.arange(len(table)), categories(spans, len(table), names)] += 1
        parts.append(table)
    return krippendorff_alpha(np.concatenate(parts)) if parts else None


def measure_agreement(annotators: Sequence[Annotator], scheme: LabelScheme, *, alpha: bool = True) -> dict[str, Any]:
    """Compare all annotators, two by two and together.

    annotators (Sequence[Annotator]): two or more.
    scheme (LabelScheme): labels and layers.
    alpha (bool): also Krippendorff's alpha.
    RETURNS (dict): "annotators", "pairs" (F1, kappa, values, every disagreement) and "alpha" by layer.
    RAISES (InputError): if two annotators share no document, or have different texts of one.
    """
    pairs = [
        compare_annotators(one, other, scheme)
        for place, one in enumerate(annotators)
        for other in annotators[place + 1 :]
    ]
    return {
        "annotators": [annotator.name for annotator in annotators],
        "scheme": scheme.name,
        "pairs": [_pair_to_json(pair) for pair in pairs],
        "alpha": {layer: alpha_of_layer(annotators, layer, scheme) for layer in scheme.layers} if alpha else None,
    }


def _pair_to_json(pair: PairAgreement) -> dict[str, Any]:
    return {
        "first": pair.first,
        "second": pair.second,
        "documents": pair.documents,
        "characters": pair.characters,
        "layers": {name: layer.to_json(with_values=name == NUMBERS) for name, layer in pair.layers.items()},
        "disagreements": [_disagreement(layer, error) for layer, error in pair.errors],
    }


_KINDS = {"missed": "only_first", "spurious": "only_second"}


def _disagreement(layer: str, error: SpanError) -> dict[str, Any]:
    data = error.to_json()
    first, second = data.pop("gold"), data.pop("pred")
    kind = _KINDS.get(error.kind, error.kind.replace("_short", "").replace("_long", "").replace("_shifted", ""))
    return data | {"kind": kind, "layer": layer, "first": first, "second": second}
