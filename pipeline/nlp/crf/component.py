"""The spaCy component `biaozhu_crf`: entities by a linear-chain CRF over characters.

It needs Docs of one token a code point, learns inside `initialize` (or in `fit`, which shows every epoch), and writes
`doc.ents`, with the calibrated probability of each entity in `doc.spans["entities"].attrs["scores"]`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import srsly
from numpy.typing import NDArray
from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.scorer import Scorer
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import minibatch

from pipeline.core.progress import logger, track
from pipeline.core.spans import CharSpan
from pipeline.errors import InputError, MissingPartError, Problem
from pipeline.nlp.augment import Augmenter
from pipeline.nlp.crf.calibration import Calibration, fit_calibration
from pipeline.nlp.crf.dataset import Dataset, doc_batches, make_dataset
from pipeline.nlp.crf.lattice import tag_marginals
from pipeline.nlp.crf.model import CrfModel, model_from_bytes
from pipeline.nlp.crf.tags import outside, tags_to_spans
from pipeline.nlp.crf.trainer import Epoch, FitOptions, train_epochs
from pipeline.nlp.crf.weights import SparseWeights
from pipeline.nlp.docs import is_char_doc, set_entities
from pipeline.nlp.features.batch import (
    Codes,
    FeatureSource,
    StoredSource,
    TextBatch,
    describe,
    make_batch,
    sentence_rows,
)
from pipeline.nlp.features.vectors import (
    NetworkWeights,
    TunableSource,
    Vectors,
    VectorSource,
    join_vectors,
    split_tunable,
)

_BIASES = (-0.25, 0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5)
_WORTH = 0.01
OnEpoch = Callable[[Epoch], bool]
"""Called after every epoch with the component already using its weights; a true result stops training."""


class CrfEntities(Pipe):
    """Finds entities. See `factory.make_crf` for the settings."""

    def __init__(
        self,
        *,
        name: str,
        sources: dict[str, FeatureSource],
        options: FitOptions,
        min_count: int,
        prune: float,
        vectors: dict[str, VectorSource] | None = None,
        augment: Augmenter | None = None,
    ) -> None:
        self.name = name
        self.sources = sources
        self.vectors = vectors or {}
        self._fixed, self._tunable = split_tunable(self.vectors)
        self._network: tuple[NetworkWeights, VectorSource] | None = None
        self.options = options
        self.min_count = min_count
        self.prune = prune
        self.augment = augment
        self.model: CrfModel | None = None
        self.calibration = Calibration()
        self.bias = 0.0
        self.on_epoch: OnEpoch | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """RETURNS (tuple[str, ...]): the labels it has learned."""
        return () if self.model is None else self.model.labels

    def __call__(self, doc: Doc) -> Doc:
        """RETURNS (Doc): the Doc with entities."""
        self.annotate([doc])
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 64) -> Iterator[Doc]:
        """YIELDS (Doc): the Docs with entities, read in batches."""
        for docs in minibatch(stream, batch_size):  # type: ignore[no-untyped-call]
            self.annotate(docs)
            yield from docs

    def describe(self, batch: TextBatch) -> tuple[Codes, Vectors]:
        """RETURNS (tuple[Codes, Vectors]): the features and the vectors of a batch, those of a tuned network last."""
        codes, vectors = self._describe_fixed(batch)
        if self._tunable is not None:
            vectors = np.concatenate([vectors, self._tuned(self._tunable)(batch)], axis=1)
        return codes, vectors

    def _describe_fixed(self, batch: TextBatch) -> tuple[Codes, Vectors]:
        return describe(batch, self.sources), join_vectors(batch, self._fixed)

    def _tuned(self, source: TunableSource) -> VectorSource:
        """RETURNS (VectorSource): the network with the weights of the model in use."""
        weights = self._require_model().tuned
        if self._network is None or self._network[0] is not weights:  # a pruned model has the same
            self._network = (weights, source.tuned(weights))
        return self._network[1]

    def scores(self, batch: TextBatch, chunks: NDArray[np.int64]) -> NDArray[np.float32]:
        """RETURNS (NDArray): (rows, tags) scores of a batch; `chunks` are the (start, end) rows of its sentences."""
        return self._require_model().scores(*self.describe(batch), chunks)

    def marginals(self, batch: TextBatch) -> NDArray[np.float64]:
        """RETURNS (NDArray): (rows, tags) probability of every tag; 0 in the gaps between the texts."""
        chains = _chains(batch)
        return tag_marginals(self.scores(batch, chains), self._require_model().transitions, chains)  # type: ignore[no-any-return]

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Set the entities of some Docs, all in one go."""
        for doc, spans in zip(docs, self.predict(docs), strict=True):
            set_entities(doc, spans)

    def predict(self, docs: Sequence[Doc]) -> list[list[CharSpan]]:
        """RETURNS (list[list[CharSpan]]): the entities of every Doc, with calibrated probabilities."""
        return [spans for scored in self._scored(docs) for spans in self._decode(*scored)]

    def _scored(self, docs: Sequence[Doc]) -> Iterator[tuple[TextBatch, NDArray[np.int64], NDArray[np.float32]]]:
        """YIELDS (tuple): batches of bounded size, their chains, and the scores of their tags."""
        self._require_model()
        check_char_docs(docs)
        for group in doc_batches(docs):
            batch = make_batch(group)
            chains = _chains(batch)
            yield batch, chains, self.scores(batch, chains)

    def _decode(self, batch: TextBatch, chains: NDArray[np.int64], scores: NDArray[np.float32]) -> list[list[CharSpan]]:
        model = self._require_model()
        balanced = scores.copy()
        balanced[:, outside(model.labels)] -= np.float32(self.bias)
        path, probabilities = model.decode(balanced, chains)
        calibrated = self.calibration(probabilities)
        found = []
        for start, end in batch.ranges.tolist():
            spans = tags_to_spans(path[start:end], model.labels)
            found.append(
                [CharSpan(left, right, label, score=float(calibrated[start + left])) for left, right, label in spans]
            )
        return found

    def _require_model(self) -> CrfModel:
        if self.model is None:
            raise MissingPartError(
                Problem("E512", f"component {self.name!r} has not been trained", "train it, or load a trained model")
            )
        return self.model

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Sequence[str] | None = None,
    ) -> None:
        """Learn from gold.

        get_examples (Callable): gives the gold.
        nlp (Language | None): the nlp object, as spaCy passes it.
        labels (Sequence[str] | None): labels to learn; those that occur in the gold if not given.
        """
        self.fit([example.reference for example in get_examples()], labels=labels)

    def fit(self, docs: Sequence[Doc], *, labels: Sequence[str] | None = None) -> None:
        """Learn from gold Docs; `on_epoch` sees every epoch.

        docs (Sequence[Doc]): the gold.
        labels (Sequence[str] | None): labels to learn; those that occur if not given.
        RAISES (InputError): if there is not one annotated entity to learn from.
        """
        check_char_docs(docs)
        names = tuple(labels) if labels is not None else tuple(sorted({ent.label_ for doc in docs for ent in doc.ents}))
        if not names:
            raise InputError(Problem("E513", "the gold holds no entity to learn from", "check layers and labels"))
        if self.augment is not None:
            docs = [*docs, *self.augment(docs)]
        tunable = self._tunable
        data = make_dataset(
            docs,
            names,
            self._describe_fixed,
            min_count=self.min_count,
            read_inputs=None if tunable is None else tunable.inputs,
        )
        logger.info("%d features, %d weights", len(data.keys), len(data.problem.pair_tags))
        passes = self.options.epochs * self.options.runs
        epochs = train_epochs(data.problem, self.options, None if tunable is None else tunable.tuner)
        for epoch in track(epochs, f"training {self.name}", passes):
            self.model = _epoch_model(names, data, epoch)
            if self.on_epoch is not None and self.on_epoch(epoch):
                break
        self.use(self._require_model())

    def use(self, model: CrfModel) -> None:
        """Use these weights, without the negligible ones."""
        self.model = model.pruned(self.prune)

    def balance(self, examples: Sequence[Example]) -> None:
        """Choose how much is taken from the score of "no entity", so that F1 is best on examples not trained on.

        A CRF of few examples is careful: it finds less than it could at the same F1 cost. The middle of the best three
        neighbouring values is taken, so that one lucky value does not win, and a gain within the noise is not taken.
        """
        batches = list(self._scored([example.predicted for example in examples]))
        gold = [{(ent.start_char, ent.end_char, ent.label_) for ent in example.reference.ents} for example in examples]
        found = []
        for bias in _BIASES:
            self.bias = bias
            pred = [{span.key for span in spans} for batch in batches for spans in self._decode(*batch)]
            hits = sum(len(left & right) for left, right in zip(gold, pred, strict=True))
            found.append(2 * hits / max(1, sum(map(len, gold)) + sum(map(len, pred))))
        smooth = [sum(found[place - 1 : place + 2]) / 3 for place in range(1, len(found) - 1)]
        best = 1 + int(np.argmax(smooth))
        self.bias = _BIASES[best] if found[best] - found[_BIASES.index(0.0)] >= _WORTH else 0.0

    def calibrate(self, examples: Iterable[Example]) -> None:
        """Fit the probabilities to how often they come true on examples that were not trained on."""
        self.calibration = Calibration()
        examples = list(examples)
        found = self.predict([example.predicted for example in examples])
        scores, correct = [], []
        for example, spans in zip(examples, found, strict=True):
            gold = {(ent.start_char, ent.end_char, ent.label_) for ent in example.reference.ents}
            scores += [span.score or 0.0 for span in spans]
            correct += [span.key in gold for span in spans]
        self.calibration = fit_calibration(np.array(scores), np.array(correct, dtype=np.bool_))

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """RETURNS (dict): spaCy's `ents_p`, `ents_r`, `ents_f` and `ents_per_type`."""
        scores: dict[str, Any] = Scorer.score_spans(examples, "ents", **kwargs)
        return scores

    def _settings(self) -> dict[str, Any]:
        return {"bias": self.bias, "calibration": self.calibration.as_list()}

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """RETURNS (bytes): weights and calibration; content of sources only travels on disk."""
        data = self.model.to_bytes() if self.model is not None else b""
        packed: bytes = srsly.msgpack_dumps({"model": data} | self._settings())
        return packed

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "CrfEntities":
        """RETURNS (CrfEntities): itself, with the weights that `to_bytes` wrote."""
        content = srsly.msgpack_loads(data)
        self.model = model_from_bytes(content["model"]) if content["model"] else None
        self.bias = content["bias"]
        self.calibration = Calibration(*content["calibration"])
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write weights, calibration and what the sources hold into a folder."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        if self.model is not None:
            (folder / "crf.npz").write_bytes(self.model.to_bytes())
        srsly.write_json(folder / "crf.json", self._settings())
        for place, source in self._stored():
            source.to_disk(folder / place)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "CrfEntities":
        """RETURNS (CrfEntities): itself, as `to_disk` wrote it."""
        folder = Path(path)
        if (folder / "crf.npz").is_file():
            self.model = model_from_bytes((folder / "crf.npz").read_bytes())
        settings = srsly.read_json(folder / "crf.json")
        self.bias = settings["bias"]
        self.calibration = Calibration(*settings["calibration"])
        for place, source in self._stored():
            source.from_disk(folder / place)
        return self

    def _stored(self) -> Iterator[tuple[str, StoredSource]]:
        """YIELDS (tuple): folder inside the model and source, of all sources with content of their own."""
        for kind, sources in (("sources", self.sources), ("vectors", self.vectors)):
            for name, source in sources.items():
                if isinstance(source, StoredSource):
                    yield f"{kind}/{name}", source


def check_char_docs(docs: Iterable[Doc]) -> None:
    """RAISES (InputError): if a Doc is not of one token a code point."""
    if not all(is_char_doc(doc) for doc in docs):
        raise InputError(
            Problem(
                "E514",
                "the CRF reads characters, but the tokenizer makes longer tokens",
                'set [nlp.tokenizer] @tokenizers = "biaozhu.CharTokenizer.v1"',
            )
        )


def _chains(batch: TextBatch) -> NDArray[np.int64]:
    """RETURNS (NDArray): the chains of a batch, one for each sentence."""
    chains = [chain for start, end in batch.ranges.tolist() for chain in sentence_rows(batch.chars, start, end)]
    return np.array(chains, dtype=np.int64).reshape(-1, 2)


def _epoch_model(labels: tuple[str, ...], data: Dataset, epoch: Epoch) -> CrfModel:
    sparse = SparseWeights(data.keys, data.problem.offsets, data.problem.pair_tags, epoch.weights)
    return CrfModel(labels, sparse, epoch.transitions, epoch.vectors, epoch.tuned)
