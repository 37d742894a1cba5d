"""The model that answers: predictions for tasks, and its replacement while it works.

A model and its version are one pair that is swapped as a whole, so an answer never carries the version of another
model. spaCy's components are not made for several threads at once, so documents go through one at a time.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.core.labels import LabelScheme
from pipeline.core.progress import logger
from pipeline.core.records import Record
from pipeline.errors import MissingPartError, Problem
from pipeline.formats.label_studio import TEXT, spans_to_results, task_to_record

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model in memory.

    nlp (Language): the model.
    version (str): what predictions say they come from; differs between any two models.
    folder (Path): where it was loaded from.
    """

    nlp: Language
    version: str
    folder: Path


def load(folder: Path) -> Loaded:
    """Load a model folder.

    folder (Path): a folder that `train` wrote (model-best).
    RETURNS (Loaded): the model with its version, "biaozhu-" and a hash of its files.
    RAISES (MissingPartError): if there is no model, or it cannot be loaded.
    """
    import spacy

    if not (folder / "meta.json").is_file():
        remedy = "train one with `biaozhu train` or `biaozhu run`, or name its folder"
        raise MissingPartError(Problem("E730", "there is no model here", remedy, folder))
    try:
        nlp = spacy.load(folder)
    except (OSError, ValueError, KeyError, ImportError) as error:
        problem = Problem("E731", f"the model cannot be loaded: {error}", "train it again with this version", folder)
        raise MissingPartError(problem) from error
    return Loaded(nlp, f"biaozhu-{_hash(folder)}", folder)


def _hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


class Predictor:
    """Answers for tasks with the model it holds.

    loaded (Loaded): the first model.
    scheme (LabelScheme): the form's labels.
    max_chars (int): documents that are longer get an empty prediction, which the log says.
    """

    def __init__(self, loaded: Loaded, scheme: LabelScheme, *, max_chars: int) -> None:
        self.scheme = scheme
        self.max_chars = max_chars
        self._loaded = loaded
        self._busy = threading.Lock()
        self.predict([{"id": 0, "data": {TEXT: "2022年余姚有3家店"}}])  # compiles what numba compiles at first use

    @property
    def loaded(self) -> Loaded:
        """RETURNS (Loaded): the model that answers at the moment."""
        return self._loaded

    def swap(self, loaded: Loaded) -> None:
        """Answer with another model from now on."""
        self._loaded = loaded

    def predict(self, tasks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Predict.

        tasks (Sequence[Mapping]): tasks as Label Studio sends them.
        RETURNS (list[dict]): a prediction a task, in order.
        RAISES (InputError): if a task has no text.
        """
        loaded = self._loaded
        return [self._predict_record(loaded, task_to_record(task)) for task in tasks]

    def _predict_record(self, loaded: Loaded, record: Record) -> dict[str, Any]:
        from pipeline.nlp.docs import carry_meta, doc_to_record

        if len(record.text) > self.max_chars:
            logger.warning("record %s: %d characters, over --max-chars: no prediction", record.id, len(record.text))
            return {"result": [], "model_version": loaded.version}
        with self._busy:
            doc = loaded.nlp.make_doc(record.text)
            carry_meta(doc, record)
            found = doc_to_record(loaded.nlp(doc), record)
        spans = [span for span in found.spans if self.scheme.layer_of(span.label) is not None]
        scores = [span.score for span in spans if span.score is not None]
        prediction: dict[str, Any] = {
            "result": spans_to_results(found.with_spans(spans), self.scheme),
            "model_version": loaded.version,
        }
        if scores:
            prediction["score"] = min(scores)
        return prediction
