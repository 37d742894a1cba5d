"""The systems that `benchmarks/ner.py` compares: each is trained on records and tags plain texts."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.core.records import Record

Key = tuple[int, int, str]
Tagger = Callable[[Sequence[str]], list[set[Key]]]
LAC: dict[str, Any] = {"@misc": "biaozhu.LacVectors.v1"}
TUNED = LAC | {"tuned": True}
MANY = 20_000
"""Sentences of a set that is large."""
SOME = 8_000
"""Sentences from which three trainings no longer end in a quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a method is trained on.

    name (str): what the table calls the set.
    config (Path): biaozhu's config of the set; overrides (dict): what is set in it, the paths among them.
    train, dev (Sequence[Record]): the same gold for the other methods.
    """

    name: str
    config: Path
    overrides: dict[str, Any]
    train: Sequence[Record] = ()
    dev: Sequence[Record] = ()
    seed: int = 0


def train_biaozhu(task: Task) -> Tagger:
    """RETURNS (Tagger): the model of a training config."""
    from pipeline.stages.extract import load_model
    from pipeline.stages.train import train_model

    with tempfile.TemporaryDirectory() as folder:
        train_model(task.config, Path(folder), overrides=task.overrides | {"training.seed": task.seed})
        nlp = load_model(Path(folder) / "model-best")

    def tag(texts: Sequence[str]) -> list[set[Key]]:
        docs = nlp.pipe(texts, batch_size=256)
        return [{(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents} for doc in docs]

    return tag


def ngram_features(text: str) -> list[list[str]]:
    """RETURNS (list): what CRFsuite gets: one, two and three characters in a window of two."""
    padded = f"\0\0{text}\0\0"
    rows = []
    for at in range(2, len(padded) - 2):
        window = padded[at - 2 : at + 3]
        row = [f"{size}{first}{window[first : first + size]}" for size in (1, 2, 3) for first in range(6 - size)]
        rows.append([*row, "bias"])
    return rows


def to_tags(record: Record) -> list[str]:
    """RETURNS (list[str]): BIOES tags of a record."""
    tags = ["O"] * len(record.text)
    for span in record.spans:
        tags[span.start : span.end] = [f"I-{span.label}"] * (span.end - span.start)
        tags[span.end - 1] = f"E-{span.label}"
        tags[span.start] = ("S-" if span.end - span.start == 1 else "B-") + span.label
    return tags


def to_spans(tags: Sequence[str]) -> set[Key]:
    """RETURNS (set): spans of BIOES tags; broken ones are dropped."""
    found, start = set(), -1
    for at, tag in enumerate(tags):
        part, _, label = tag.partition("-")
        if part in {"B", "S"}:
            start = at
        if part in {"E", "S"} and start >= 0 and tags[start][2:] == label:
            found.add((start, at + 1, label))
        if part in {"O", "E", "S"}:
            start = -1
    return found


def train_crfsuite(task: Task) -> Tagger:
    """RETURNS (Tagger): CRFsuite with character n-grams (L-BFGS, c1 0.1, c2 0.1, 100 iterations)."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(verbose=False)
    for record in task.train:
        if record.text:
            trainer.append(ngram_features(record.text), to_tags(record))
    trainer.set_params({"c1": 0.1, "c2": 0.1, "max_iterations": 100})
    tagger = pycrfsuite.Tagger()
    with tempfile.TemporaryDirectory() as folder:
        trainer.train(f"{folder}/model")
        tagger.open_inmemory(Path(folder, "model").read_bytes())
    return lambda texts: [to_spans(tagger.tag(ngram_features(text))) if text else set() for text in texts]


def train_spacy(task: Task) -> Tagger:
    """RETURNS (Tagger): spaCy's default CPU config over characters, trained with its own loop."""
    with tempfile.TemporaryDirectory() as folder:
        nlp = _train_spacy_in(Path(folder), task)
    return lambda texts: [
        {(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents} for doc in nlp.pipe(texts, batch_size=256)
    ]


def _train_spacy_in(folder: Path, task: Task) -> Any:
    import spacy
    from spacy.cli.init_config import init_config
    from spacy.tokens import DocBin
    from spacy.training.initialize import init_nlp
    from spacy.training.loop import train as loop

    from pipeline.core.labels import entity_scheme
    from pipeline.nlp.corpus import keep_outermost
    from pipeline.nlp.docs import record_to_doc

    labels = sorted({span.label for record in task.train for span in record.spans})
    vocab = spacy.blank("zh").vocab
    for name, records in (("train", task.train), ("dev", task.dev)):
        flat = [keep_outermost(record) for record in records if record.text]  # CLUENER nests a few
        docs = [record_to_doc(record, vocab, entity_scheme(labels)) for record in flat]
        DocBin(docs=docs).to_disk(folder / f"{name}.spacy")
    config = init_config(lang="zh", pipeline=["ner"], optimize="efficiency", gpu=False, silent=True)
    config["nlp"]["tokenizer"] = {"@tokenizers": "biaozhu.CharTokenizer.v1"}
    config["initialize"].pop("tokenizer", None)
    config["paths"] |= {"train": str(folder / "train.spacy"), "dev": str(folder / "dev.spacy")}
    config["system"]["seed"] = task.seed
    config["training"]["max_steps"] = 8000
    (folder / "out").mkdir()
    loop(init_nlp(config), folder / "out", stdout=sys.stderr)
    return spacy.load(folder / "out/model-best")


def train_biaozhu_lac(task: Task) -> Tagger:
    """RETURNS (Tagger): the same config with LAC's hidden layer as vectors."""
    return train_biaozhu(_with(task, {"vectors": {"lac": LAC}}))


def train_biaozhu_tuned(task: Task) -> Tagger:
    """RETURNS (Tagger): with LAC's layers learning along: more features left out, eight passes.

    As many trainings are averaged, and as many passes made, as a quarter of an hour holds: three on small sets, two on
    CLUENER, one of three passes on MSRA.
    """
    if task.config.stem == "ner":  # the project's own gold has a config for it
        return train_biaozhu(replace(task, config=task.config.with_name("ner-lac-tuned.cfg")))
    size = len(task.train)
    settings = {
        "runs": 1 if size > MANY else 2 if size > SOME else 3,
        "dropout": 0.5,
        "max_iterations": 3 if size > MANY else 8,
    }
    return train_biaozhu(_with(task, {"vectors": {"lac": TUNED}} | settings))


def train_biaozhu_stacked(task: Task, model: Path) -> Tagger:
    """RETURNS (Tagger): with LAC's hidden layer and the marginals of another model."""
    stacked = {"@misc": "biaozhu.ModelMarginals.v1", "path": str(model)}
    return train_biaozhu(_with(task, {"vectors": {"lac": LAC, "stacked": stacked}}))


def _with(task: Task, settings: dict[str, Any]) -> Task:
    """RETURNS (Task): the task with settings of its entity component."""
    overrides = {f"components.entities.{name}": value for name, value in settings.items()}
    return replace(task, overrides=task.overrides | overrides)


METHODS: dict[str, Callable[[Task], Tagger]] = {
    "biaozhu": train_biaozhu,
    "biaozhu + LAC": train_biaozhu_lac,
    "biaozhu + tuned LAC": train_biaozhu_tuned,
    "crfsuite": train_crfsuite,
    "spacy": train_spacy,
}
