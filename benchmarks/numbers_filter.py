"""Does the trained filter of numbers get better when it sees what a CRF thinks of the same text?

    python -m benchmarks.numbers_filter                      # about ten minutes of one thread
    python -m benchmarks.numbers_filter --views FILE         # keep what the CRFs said, to try other features on it

Five systems on the candidates of the number grammar: the grammar alone; the filter as the component has it; the filter
with added features from a CRF of entities (configs/ner.cfg without augmentation), from the same CRF taught the number
layer as its tags, and from both. A sixth, which knows the gold, says what any filter over these candidates could reach.

The gold's train split is scored by five-fold cross-validation, its documents dealt as in numbers_measure.py; dev is
scored by what learned from all of train. No CRF speaks of a document that it learned from: within the documents that a
filter learns from, three CRFs of two thirds each speak of the third left out, and the CRF of all of them speaks of the
documents that are judged. Scores are strict span + label F1 and the same with values; differences are to the filter as
it is, with paired bootstrap intervals (95 %) and p of approximate randomisation, over documents.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.core.labels import ENTITIES, NUMBERS, default_scheme
from pipeline.core.progress import quiet
from pipeline.core.records import Record, read_records
from pipeline.core.spans import CharSpan
from pipeline.core.values import is_value
from pipeline.metrics.significance import Difference, compare_stats
from pipeline.metrics.stats import DocStats
from pipeline.nlp.crf.component import CrfEntities
from pipeline.nlp.crf.lattice import span_probabilities, tag_marginals
from pipeline.nlp.crf.tags import inside_spans, outside, spans_to_tags, tags_to_spans
from pipeline.nlp.docs import make_char_doc
from pipeline.nlp.features.batch import make_batch, sentence_rows
from pipeline.nlp.numbers_features import candidate_features
from pipeline.nlp.numbers_filter import DROP, fit_filter
from pipeline.nlp.suspects import make_gold_doc
from pipeline.nlp.training import build_nlp, read_training_config
from pipeline.numbers import Candidate, find_candidates

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).parent / "results"
SCHEME = default_scheme()
VOCAB = Vocab()
LABELS = SCHEME.names(NUMBERS)
FOLDS = 5
INNER = 3
GRAMMAR, FILTER, PERFECT = "grammar", "filter", "a filter that knows the gold"
SYSTEMS: dict[str, tuple[str, ...]] = {
    FILTER: (),
    "filter + entity CRF": (ENTITIES,),
    "filter + number CRF": (NUMBERS,),
    "filter + both": (ENTITIES, NUMBERS),
}
"""The layers whose CRFs each filter sees."""
METRICS = ("strict.f1", "values.number.f1")
EDGES = (-8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 8)
PACKAGES = ("biaozhu", "spacy", "numpy", "numba", "scikit-learn")
Split = tuple[list[int], list[int]]
"""Places of the documents that are learned from, and of those that are judged."""


# ---- what CRFs say --------------------------------------------------------------------------------------------------


class Names(NamedTuple):
    """What a CRF of entities says of a candidate.

    first, last (float): probability that its first and last character is in an entity.
    before, after (float): probability that an entity runs across its start, and across its end.
    label (str): the likeliest label there.
    cut (str): how the first entity found there lies: none, same, around (it), within (it) or across (a border).
    """

    first: float
    last: float
    before: float
    after: float
    label: str
    cut: str


class Tags(NamedTuple):
    """What a CRF of numbers says of a candidate.

    exact (list[float]): for each label the probability that exactly this span is a number of it.
    start, end (float): probability of the tag at its start and end, if the grammar is right.
    free_start, free_end (float): probability that its first and last character is in no number.
    """

    exact: list[float]
    start: float
    end: float
    free_start: float
    free_end: float


View = Names | Tags
Views = list[View]
"""A document's candidates, as one CRF sees them."""


def read_names(crf: CrfEntities, doc: Doc, items: Sequence[Candidate]) -> Views:
    """RETURNS (Views): what a CRF of entities says of a document's candidates."""
    model = crf.model
    assert model is not None
    batch = make_batch([doc])
    start, end = batch.ranges[0].tolist()
    chains = np.array(sentence_rows(batch.chars, start, end), dtype=np.int64).reshape(-1, 2)
    scores = crf.scores(batch, chains)
    found = tag_marginals(scores, model.transitions, chains)[start:end]
    spans = tags_to_spans(model.decode(scores, chains)[0][start:end], model.labels)
    count = len(model.labels)
    # Tags are B, S, O, E, I: what goes on before a character is E and I, what goes on after it B and I.
    goes_back = found[:, 2 * count + 1 :].sum(axis=1)
    goes_on = found[:, :count].sum(axis=1) + found[:, 3 * count + 1 :].sum(axis=1)
    tags = [tag for tag in range(found.shape[1]) if tag != outside(model.labels)]
    masses = found[:, tags].reshape(len(found), 4, count).sum(axis=1)
    views: Views = []
    for item in items:
        first, last = item.start, item.end - 1
        label = model.labels[int((masses[first] + masses[last]).argmax())]
        at_first, at_last = (float(masses[at].sum()) for at in (first, last))
        cut = _cut(item, spans)
        views.append(Names(at_first, at_last, float(goes_back[first]), float(goes_on[last]), label, cut))
    return views


def _cut(item: Candidate, spans: Sequence[tuple[int, int, str]]) -> str:
    for start, end, _ in spans:
        if start < item.end and item.start < end:
            if (start, end) == (item.start, item.end):
                return "same"
            if start <= item.start and item.end <= end:
                return "around"
            return "within" if item.start <= start and end <= item.end else "across"
    return "none"


def read_tags(crf: CrfEntities, doc: Doc, items: Sequence[Candidate]) -> Views:
    """RETURNS (Views): what a CRF of numbers says of a document's candidates."""
    model = crf.model
    assert model is not None
    batch = make_batch([doc])
    start, end = batch.ranges[0].tolist()
    grammar = [item.label for item in items]
    paths = {label: _path(items, [label] * len(items), len(batch), start, model.labels) for label in LABELS}
    own = _path(items, grammar, len(batch), start, model.labels)
    keep = inside_spans(own[start:end], model.labels)  # no candidate is cut between two chains
    chains = np.array(sentence_rows(batch.chars, start, end, keep), dtype=np.int64).reshape(-1, 2)
    scores = crf.scores(batch, chains)
    found = tag_marginals(scores, model.transitions, chains)
    exact = {label: span_probabilities(scores, model.transitions, path, chains) for label, path in paths.items()}
    free = found[:, outside(model.labels)]
    views: Views = []
    for item in items:
        first, last = start + item.start, start + item.end - 1
        ends = (found[first, own[first]], found[last, own[last]], free[first], free[last])
        views.append(Tags([float(exact[label][first]) for label in LABELS], *map(float, ends)))
    return views


def _path(
    items: Sequence[Candidate], labels: Sequence[str], rows: int, first: int, known: Sequence[str]
) -> NDArray[np.int16]:
    """RETURNS: the tags of a batch of so many rows, whose only document starts at row `first`."""
    spans = [CharSpan(first + item.start, first + item.end, label) for item, label in zip(items, labels, strict=True)]
    return spans_to_tags(spans, rows, known)


READERS: dict[str, tuple[type[Names | Tags], Callable[[CrfEntities, Doc, Sequence[Candidate]], Views]]] = {
    ENTITIES: (Names, read_names),
    NUMBERS: (Tags, read_tags),
}


# ---- features -------------------------------------------------------------------------------------------------------


def add_features(text: str, items: Sequence[Candidate], views: Sequence[Views]) -> list[list[str]]:
    """RETURNS (list): the filter's own features of a document's candidates, and those of the views."""
    described = candidate_features(text, items)
    for view in views:
        for features, item, said in zip(described, items, view, strict=True):
            features.extend(_name_features(item, said) if isinstance(said, Names) else _tag_features(item, said))
    return described


def _name_features(item: Candidate, said: Names) -> list[str]:
    rule = f"{item.rule}{'+' if item.keep else '-'}"
    label = said.label if max(said.first, said.last) > 0.5 else "none"
    return [
        *(step for name in ("first", "last", "before", "after") for step in _steps(name, _odds(getattr(said, name)))),
        f"entity:{label}",
        f"cut:{said.cut}",
        f"rule+entity:{rule}|{label}",
        f"rule+cut:{rule}|{said.cut}",
        f"entity+cut:{label}|{said.cut}",
    ]


def _tag_features(item: Candidate, said: Tags) -> list[str]:
    rule = f"{item.rule}{'+' if item.keep else '-'}"
    mine = _odds(said.exact[LABELS.index(item.label)])
    best = LABELS[int(np.argmax(said.exact))]
    choice = best if sum(said.exact) > 0.5 else "none"
    return [
        *_steps("exact", mine),
        *_steps(f"exact{item.keep}", mine),
        *_steps("any", _odds(sum(said.exact))),
        *(
            step
            for name in ("start", "end", "free_start", "free_end")
            for step in _steps(name, _odds(getattr(said, name)))
        ),
        f"best:{best}|{item.label}",
        f"choice:{choice}|{item.label}|{item.keep}",
        f"rule+choice:{rule}|{choice}",
        f"rule+exact:{rule}|{round(mine / 2)}",
    ]


def _odds(probability: float) -> float:
    kept = min(max(probability, 1e-5), 1 - 1e-5)
    return float(np.log(kept / (1 - kept)))


def _steps(name: str, odds: float) -> list[str]:
    """RETURNS: one feature for every edge that log-odds lie beyond, so that weights add up to a curve."""
    return [f"{name}>{edge}" for edge in EDGES if odds > edge]


# ---- learning -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Corpus:
    """Gold, and the grammar's candidates.

    records (list[Record]): train, then dev.
    docs (list[Doc]): their texts alone; gold (dict): with the spans of each layer as entities.
    items (list[list[Candidate]]): candidates.
    splits (list[Split]): the folds of train, and all of train with dev.
    """

    records: list[Record]
    docs: list[Doc]
    gold: dict[str, list[Doc]]
    items: list[list[Candidate]]
    splits: list[Split]


def read_corpus(folder: Path, step: int) -> Corpus:
    """RETURNS (Corpus): every so many-th document of train and dev."""
    train, dev = (read_records(folder / f"{name}.jsonl")[::step] for name in ("train", "dev"))
    records = [*train, *dev]
    places = list(range(len(train)))
    splits = [([at for at in places if at % FOLDS != fold], places[fold::FOLDS]) for fold in range(FOLDS)]
    return Corpus(
        records,
        [make_char_doc(VOCAB, record.text) for record in records],
        {layer: [make_gold_doc(record, SCHEME.names(layer), VOCAB) for record in records] for layer in READERS},
        [find_candidates(record.text, record.date) for record in records],
        [*splits, (places, list(range(len(train), len(records))))],
    )


def make_views(corpus: Corpus, layer: str, epochs: int) -> list[list[Views]]:
    """RETURNS (list): for every split the views of all documents in it, in the order of learned and judged ones."""
    config_path = ROOT / "configs" / "ner.cfg"
    overrides = {
        "nlp.pipeline": ["entities"],
        "components.entities.augment": None,
        "components.entities.max_iterations": epochs,
    }
    crf = build_nlp(read_training_config(config_path, overrides), config_path).get_pipe("entities")
    assert isinstance(crf, CrfEntities)
    _, read = READERS[layer]

    def learn_and_read(learned: Sequence[int], asked: Sequence[int]) -> dict[int, Views]:
        with quiet():
            crf.fit([corpus.gold[layer][at] for at in learned], labels=SCHEME.names(layer))
        return {at: read(crf, corpus.docs[at], corpus.items[at]) for at in asked}

    found = []
    for number, (learned, judged) in enumerate(corpus.splits, 1):
        views = learn_and_read(learned, judged)
        for inner in range(INNER):
            rest = [at for place, at in enumerate(learned) if place % INNER != inner]
            views |= learn_and_read(rest, learned[inner::INNER])
        found.append([views[at] for at in (*learned, *judged)])
        print(f"{layer}: split {number} of {len(corpus.splits)}", file=sys.stderr, flush=True)
    return found


def filter_split(corpus: Corpus, number: int, views: Sequence[Sequence[Views]]) -> dict[int, list[CharSpan]]:
    """Fit the filter of one split.

    corpus (Corpus): the gold.
    number (int): the split.
    views (Sequence[Sequence[Views]]): what each CRF that it sees says of the split's documents.
    RETURNS (dict[int, list[CharSpan]]): the numbers of every document that is judged.
    """
    learned, judged = corpus.splits[number]
    described = [
        add_features(corpus.records[at].text, corpus.items[at], [view[place] for view in views])
        for place, at in enumerate((*learned, *judged))
    ]
    classes = [label for at in learned for label in _gold_labels(corpus, at)]
    known = [features for document in described[: len(learned)] for features in document]
    fitted = fit_filter(known, classes, strength=1.0, min_count=1, prune=1e-3)
    found: dict[int, list[CharSpan]] = {}
    for at, document in zip(judged, described[len(learned) :], strict=True):
        best = fitted.probabilities(document).argmax(axis=1).tolist() if document else []
        found[at] = _spans(corpus.items[at], [fitted.classes[column] for column in best])
    return found


def _gold_labels(corpus: Corpus, at: int) -> list[str]:
    gold = {(span.start, span.end): span.label for span in corpus.records[at].spans if span.label in LABELS}
    return [gold.get((item.start, item.end), DROP) for item in corpus.items[at]]


def _spans(items: Sequence[Candidate], labels: Sequence[str]) -> list[CharSpan]:
    """RETURNS: candidates with the labels decided, and their values where a new label can have them."""
    found = []
    for item, label in zip(items, labels, strict=True):
        if label != DROP:
            fits = item.label == label or (item.value is not None and is_value(item.value, label))
            found.append(CharSpan(item.start, item.end, label, item.value if fits else None))
    return found


def run_systems(corpus: Corpus, views: Mapping[str, list[list[Views]]]) -> dict[str, list[dict[int, list[CharSpan]]]]:
    """RETURNS (dict): for each system and split the numbers of the documents that are judged."""
    judged = [places for _, places in corpus.splits]
    items = corpus.items
    kept = {at: [item.label if item.keep else DROP for item in items[at]] for places in judged for at in places}
    found = {GRAMMAR: [{at: _spans(items[at], kept[at]) for at in places} for places in judged]}
    for system, layers in SYSTEMS.items():
        found[system] = [
            filter_split(corpus, number, [views[layer][number] for layer in layers]) for number in range(FOLDS + 1)
        ]
    found[PERFECT] = [{at: _spans(items[at], _gold_labels(corpus, at)) for at in places} for places in judged]
    return found


# ---- scores ---------------------------------------------------------------------------------------------------------


def count_numbers(corpus: Corpus, found: Mapping[int, Sequence[CharSpan]]) -> DocStats:
    """RETURNS (DocStats): right, gold and found numbers of every document, by span and label and with the value."""
    places = sorted(found, key=lambda at: corpus.records[at].id)
    table = np.zeros((len(places), 2, 3), dtype=np.int64)
    for row, at in enumerate(places):
        gold = {span.key: span.value for span in corpus.records[at].spans if span.label in LABELS}
        pred = {span.key: span.value for span in found[at]}
        both = gold.keys() & pred.keys()
        values = sum(gold[key] == pred[key] for key in both)
        table[row] = [[len(both), len(gold), len(pred)], [values, len(gold), len(pred)]]
    return DocStats(tuple(corpus.records[at].id for at in places), ("label:number", "number"), table)


def make_rows(corpus: Corpus, found: Mapping[str, list[dict[int, list[CharSpan]]]]) -> list[str]:
    """RETURNS (list[str]): the rows of the table, train by its folds and dev."""
    rows = []
    for name, chosen in ((f"train, {FOLDS}-fold", slice(0, FOLDS)), ("dev", slice(FOLDS, None))):
        stats = {
            system: count_numbers(corpus, {at: spans for split in splits[chosen] for at, spans in split.items()})
            for system, splits in found.items()
        }
        for system, table in stats.items():
            right, gold, pred = table.total("label:number")
            value = table.total("number")[0]
            cells = [right / pred, right / gold, 2 * right / (gold + pred), 2 * value / (gold + pred)]
            against = [] if system == FILTER else compare_stats(stats[FILTER], table, METRICS)
            differences = [_difference(item) for item in against] or ["", ""]
            rows.append(f"| {' | '.join([name, system, *(f'{cell:.4f}' for cell in cells), *differences])} |")
    return rows


def _difference(item: Difference) -> str:
    low, high = item.interval or (float("nan"), float("nan"))
    return f"{item.difference or 0.0:+.4f} [{low:+.4f}, {high:+.4f}] p {item.p_randomisation or 0.0:.3f}"


# ---- output ---------------------------------------------------------------------------------------------------------


def load_views(corpus: Corpus, epochs: int, path: Path | None) -> dict[str, list[list[Views]]]:
    """RETURNS (dict): for each layer what `make_views` gives; kept in a file, and read from it, if one is named."""
    if path is not None and path.is_file():
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {
            layer: [[[READERS[layer][0](*view) for view in document] for document in split] for split in splits]
            for layer, splits in stored.items()
        }
    views = {layer: make_views(corpus, layer, epochs) for layer in READERS}
    if path is not None:
        path.write_text(json.dumps(views), encoding="utf-8")
    return views


def main() -> None:
    """Run everything, print the table and store it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, default=ROOT / "annotations" / "gold")
    parser.add_argument("--epochs", type=int, default=4, help="passes of every CRF over its gold")
    parser.add_argument("--step", type=int, default=1, help="use every so many-th document")
    parser.add_argument("--views", type=Path, help="file that keeps what the CRFs said")
    options = parser.parse_args()
    started = time.process_time()
    corpus = read_corpus(options.gold, options.step)
    views = load_views(corpus, options.epochs, options.views)
    trained = time.process_time()
    rows = make_rows(corpus, run_systems(corpus, views))
    head = "| set | system | P | R | strict F1 | value F1 | strict F1 − filter | value F1 − filter |"
    facts = {name: importlib.metadata.version(name) for name in PACKAGES} | {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "documents": len(corpus.records),
        "epochs": options.epochs,
        "CPU seconds of the CRFs": round(trained - started),
        "of the filters": round(time.process_time() - trained),
    }
    said = ", ".join(f"{key} {value}" for key, value in facts.items())
    report = "\n".join(["# Filter of numbers, with and without a CRF", "", head, f"|{'---|' * 8}", *rows, "", said, ""])
    print(report)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "numbers_filter.md").write_text(report, encoding="utf-8")


if __name__ == "__main__":
    main()
