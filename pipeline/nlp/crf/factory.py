"""The spaCy factory `biaozhu_crf`: the settings of the component, with their defaults."""

from typing import Any

from spacy.language import Language

from pipeline.errors import ConfigError, Problem
from pipeline.nlp.crf.component import CrfEntities
from pipeline.nlp.crf.trainer import FitOptions


def make_crf(  # noqa: PLR0917 - spaCy passes by name
    nlp: Language,
    name: str,
    features: dict[str, Any],
    vectors: dict[str, Any],
    augment: Any,
    max_iterations: int,
    rate: float,
    l2: float,
    dropout: float,
    average_from: float,
    vector_rate: float,
    vector_window: int,
    runs: int,
    batch: int,
    min_count: int,
    prune: float,
    seed: int,
) -> CrfEntities:
    """Make the component. Registered as `biaozhu_crf`.

    nlp (Language): the nlp object.
    name (str): the component's name.
    features (dict[str, FeatureSource]): feature sources by name; the names are part of the features' hashes.
    vectors (dict[str, VectorSource]): vector sources by name.
    augment (Augmenter | None): makes more gold from the gold, for training only.
    max_iterations (int): passes over the gold.
    rate (float): step size.
    l2 (float): strength of the penalty on large weights.
    dropout (float): share of features left out at random in training.
    average_from (float): share of the epochs after which weights are averaged.
    vector_rate (float): step size for the weights of vectors.
    vector_window (int): to how many characters on either side a character's vectors speak.
    runs (int): how many trainings with seeds of their own are averaged; each does `max_iterations` passes.
    batch (int): how many sentences share a step of a network that learns along.
    min_count (int): features seen less often are not used.
    prune (float): smaller weights are removed after training.
    seed (int): seed of order and dropout.
    RETURNS (CrfEntities): the component.
    RAISES (ConfigError): if there is to be no run, no pass or no sentence in a batch.
    """
    if min(max_iterations, runs, batch) < 1:
        said = f"max_iterations = {max_iterations}, runs = {runs}, batch = {batch}: nothing is learned"
        raise ConfigError(Problem("E531", said, "at least 1 each"))
    options = FitOptions(
        epochs=max_iterations,
        rate=rate,
        l2=l2,
        dropout=dropout,
        average_from=average_from,
        vector_rate=vector_rate,
        vector_window=vector_window,
        runs=runs,
        batch=batch,
        seed=seed,
    )
    return CrfEntities(
        name=name,
        sources=dict(features),
        vectors=dict(vectors),
        options=options,
        min_count=min_count,
        prune=prune,
        augment=augment,
    )


Language.factory(
    "biaozhu_crf",
    assigns=["doc.ents", "doc.spans"],
    default_config={
        "features": {},
        "vectors": {},
        "augment": None,
        "max_iterations": 15,
        "rate": 0.1,
        "l2": 0.1,
        "dropout": 0.1,
        "average_from": 0.4,
        "vector_rate": 0.02,
        "vector_window": 1,
        "runs": 1,
        "batch": 32,
        "min_count": 2,
        "prune": 1e-3,
        "seed": 0,
    },
    default_score_weights={"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0},
    func=make_crf,
)
