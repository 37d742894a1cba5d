"""Clusters of words learned from unlabelled text of one's own: `biaozhu.Clusters.v1`.

Words that stand in the same company get the same cluster, so that what is learned of one helps with the others. Which
words are neighbours is counted in rjieba's words; positive pointwise mutual information, cut to a few dimensions by a
truncated singular value decomposition (Levy and Goldberg 2014), is clustered by k-means at several sizes. All of it is
scikit-learn's, seeded; the clusters travel with the trained model, so the text may be gone by then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.jsonl import read_text
from pipeline.core.progress import logger
from pipeline.errors import ConfigError, InputError, MissingPartError, Problem
from pipeline.nlp.features.batch import Codes, FeatureSource, TextBatch, fold, join

_DIMENSIONS, _WINDOW, _MOST_WORDS = 64, 2, 30_000
_UNKNOWN = 0

Table = dict[str, tuple[int, ...]]
"""The clusters of each word, one a size."""


class Clusters:
    """The clusters of the word that a character belongs to, and of the words to either side. They are learned when they
    are first needed; a trained model brings its own, whatever has become of the text since."""

    def __init__(self, text: Path, sizes: Sequence[int], *, min_count: int = 5, seed: int = 0) -> None:
        self._text = text
        self._sizes = tuple(sizes)
        self._min_count = min_count
        self._seed = seed
        self._table: Table | None = None

    def require(self) -> Table:
        """RETURNS (Table): the clusters of each word. RAISES (BiaozhuError): if the text tells none."""
        if self._table is None:
            if not self._text.exists():
                remedy = "mend the path (text = … of biaozhu.Clusters.v1), or load a trained model"
                raise MissingPartError(
                    Problem("E540", "the text to learn clusters of words from is not there", remedy, self._text)
                )
            self._table = _learn(self._text, self._sizes, self._min_count, self._seed)
        return self._table

    def __call__(self, batch: TextBatch) -> Codes:
        """RETURNS (Codes): per size the cluster with the place in the word, and with the clusters beside it."""
        table, count = self.require(), len(self._sizes)
        here = np.zeros((len(batch), count), dtype=np.uint64)
        before, after = np.zeros_like(here), np.zeros_like(here)
        place = np.zeros(len(batch), dtype=np.uint64)
        for text, start in zip(batch.texts, batch.starts.tolist(), strict=True):
            words = _words(text)
            lengths = np.array([len(word) for word in words], dtype=np.int64)
            known = np.array([table.get(word, (_UNKNOWN,) * count) for word in words], dtype=np.uint64)
            known = known.reshape(-1, count)
            rows = np.arange(start, start + len(text))
            here[rows] = np.repeat(known, lengths, axis=0)
            before[rows] = np.repeat(np.vstack([np.zeros((1, count), np.uint64), known])[: len(words)], lengths, axis=0)
            after[rows] = np.repeat(np.vstack([known, np.zeros((1, count), np.uint64)])[1:], lengths, axis=0)
            ends = start + np.cumsum(lengths)
            place[rows] = 2
            place[ends - 1] = 3
            begins = ends - lengths
            place[begins] = np.where(lengths == 1, 4, 1)
        return np.stack(
            [column for at in range(count) for column in _columns(here[:, at], before[:, at], after[:, at], place)],
            axis=1,
        )

    def to_disk(self, path: Path) -> None:
        """Write the clusters into a folder, one word a line."""
        rows = (f"{word}\t{' '.join(map(str, found))}" for word, found in sorted(self.require().items()))
        path.mkdir(parents=True, exist_ok=True)
        (path / "clusters.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8", newline="\n")

    def from_disk(self, path: Path) -> None:
        """Read the clusters from a folder."""
        table = {}
        for line in (path / "clusters.tsv").read_text(encoding="utf-8").split("\n"):
            word, tab, found = line.partition("\t")
            if tab:
                table[word] = tuple(map(int, found.split()))
        self._table = table


def _columns(here: Codes, before: Codes, after: Codes, place: Codes) -> list[Codes]:
    return [join(here, place), join(before, here, place), join(here, after, place), join(before, after, place)]


def make_clusters(*, text: str, sizes: Sequence[int] = (100, 500), min_count: int = 5, seed: int = 0) -> FeatureSource:
    """Make a source of clusters. Registered as `biaozhu.Clusters.v1`.

    text (str): path of a text file, or of a folder of .txt files; read when training first needs the clusters. A
        trained model brings its own.
    sizes (Sequence[int]): how many clusters, once for each number.
    min_count (int): rarer words have no cluster.
    seed (int): seed of the decomposition and of k-means.
    RETURNS (FeatureSource): the source.
    RAISES (ConfigError): if there is no size, or one below 2.
    """
    if not sizes or min(sizes) < 2:
        message = f"sizes = {list(sizes)}: there must be at least one, and each must be 2 or more"
        raise ConfigError(Problem("E541", message, "as in sizes = [100, 500]"))
    return Clusters(Path(text), sizes, min_count=min_count, seed=seed)


def _learn(path: Path, sizes: Sequence[int], min_count: int, seed: int) -> Table:
    files = sorted(path.glob("**/*.txt")) if path.is_dir() else [path]
    lines = (fold(line.strip()) for file in files for line in read_text(file).splitlines())
    words, vectors = learn_vectors((_words(line) for line in lines if line), min_count=min_count, seed=seed)
    if len(words) < 2 * max(sizes):
        raise InputError(
            Problem("E529", f"{len(words)} words are too few for {max(sizes)} clusters", "more text, or fewer", path)
        )
    logger.info("clusters of %d words from %s", len(words), path)
    found = [_cluster(vectors, size, seed) for size in sizes]
    return {word: tuple(int(labels[at]) + 1 for labels in found) for at, word in enumerate(words)}


def learn_vectors(
    sentences: Iterable[Sequence[str]], *, min_count: int, seed: int
) -> tuple[list[str], NDArray[np.float64]]:
    """Learn vectors of words from who stands beside whom.

    sentences (Iterable[Sequence[str]]): words.
    min_count (int): rarer words get none.
    seed (int): seed of the decomposition.
    RETURNS (tuple): the words, most frequent first, and their (words, dimensions) vectors of length 1; none if fewer
        than two words are frequent enough, or none of them stand together.
    """
    from scipy.sparse import coo_array
    from sklearn.preprocessing import normalize
    from sklearn.utils.extmath import randomized_svd

    held = [list(sentence) for sentence in sentences]
    counts = Counter(word for sentence in held for word in sentence)
    words = [word for word, count in counts.most_common(_MOST_WORDS) if count >= min_count and word.strip()]
    number = {word: at for at, word in enumerate(words)}
    pairs: Counter[tuple[int, int]] = Counter()
    for sentence in held:
        ids = [number.get(word, -1) for word in sentence]
        for at, left in enumerate(ids):
            for right in ids[at + 1 : at + 1 + _WINDOW]:
                if left >= 0 and right >= 0:
                    pairs[left, right] += 1
    if len(words) < 2 or not pairs:
        return [], np.zeros((0, 0))
    (left, right), data = np.array(list(pairs)).T, np.array(list(pairs.values()), dtype=np.float64)
    # Left and right company are told apart: twice as many columns as words.
    rows, columns = np.concatenate([left, right]), np.concatenate([right, left + len(words)])
    data = np.concatenate([data, data])
    by_row = np.bincount(rows, data, minlength=len(words))
    by_column = np.bincount(columns, data, minlength=2 * len(words)) ** 0.75
    information = np.log(data * by_column.sum() / (by_row[rows] * by_column[columns]))
    keep = information > 0
    matrix = coo_array((information[keep], (rows[keep], columns[keep])), shape=(len(words), 2 * len(words))).tocsr()
    size = min(_DIMENSIONS, len(words) - 1)
    left_vectors, strength, _ = randomized_svd(matrix, n_components=size, random_state=seed)
    return words, normalize(left_vectors * np.sqrt(strength))


def _cluster(vectors: NDArray[np.float64], size: int, seed: int) -> NDArray[np.int32]:
    from sklearn.cluster import MiniBatchKMeans

    made: Any = MiniBatchKMeans(size, random_state=seed, n_init=3, batch_size=4096)
    labels: NDArray[np.int32] = made.fit_predict(vectors)
    return labels


def _words(text: str) -> list[str]:
    import rjieba

    words: list[str] = rjieba.cut(text)
    return words
