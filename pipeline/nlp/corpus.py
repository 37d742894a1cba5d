"""The corpus reader of training configs: `biaozhu.GoldCorpus.v1` streams Examples from records.

What a record is not annotated for (`meta.layers`, `meta.labels`) travels in `doc.user_data` of the reference, so that
a component does not learn it as "not there".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from pipeline.core.labels import LabelScheme, default_scheme, entity_scheme, read_scheme
from pipeline.core.records import Record, iter_records
from pipeline.core.resources import default_file
from pipeline.core.spans import CharSpan
from pipeline.errors import ConfigError, Problem
from pipeline.nlp.docs import carry_meta, record_to_doc


def make_gold_corpus(
    *,
    path: str | Path | None,
    scheme: str | Path | None = None,
    labels: Sequence[str] | None = None,
    outermost: bool = False,
    hold_out: int = 0,
    block: int = 1,
    held_out: bool = False,
    limit: int = 0,
) -> Callable[[Language], Iterator[Example]]:
    """Make a corpus reader. Registered as `biaozhu.GoldCorpus.v1`.

    path (str | Path | None): a .jsonl file of gold records.
    scheme (str | Path | None): label scheme file; the default scheme if none is named.
    labels (Sequence[str] | None): instead of a scheme file, the labels of a public set; all of them are entities.
    outermost (bool): of entities that overlap keep the longer one; otherwise they are an error.
    hold_out (int): leave out every block of that number (10: the tenth, the twentieth, …), where a set has no dev of
        its own; 0 means none.
    block (int): records in a block. Where records are the sentences of documents, single ones would be judged by names
        that their neighbours have shown; blocks of hundreds keep most documents whole.
    held_out (bool): read only what `hold_out` leaves out.
    limit (int): read at most this many records; 0 means all.
    RETURNS (Callable[[Language], Iterator[Example]]): the reader.
    RAISES (ConfigError): if `held_out` is asked for without `hold_out`, or for a block of no records.
    """
    if held_out and not hold_out:
        raise ConfigError(Problem("E528", "held_out without hold_out reads nothing", "set hold_out, such as 10"))
    if block < 1:
        raise ConfigError(Problem("E528", f"a block of {block} records", "set block to 1 or more, such as 500"))
    chosen = load_scheme(scheme) if labels is None else entity_scheme(labels)

    def read(nlp: Language) -> Iterator[Example]:
        if path is None:
            raise ConfigError(Problem("E511", "the corpus has no path", "set paths.train and paths.dev"))
        records = (record for _, record in iter_records(Path(path)))
        if hold_out:
            records = (record for at, record in enumerate(records) if is_held_out(at, hold_out, block) == held_out)
        for record in islice(records, limit or None):
            yield record_to_example(keep_outermost(record) if outermost else record, nlp, chosen)

    return read


def is_held_out(at: int, hold_out: int, block: int = 1) -> bool:
    """RETURNS (bool): whether the record at a place (0 is the first) is in every `hold_out`-th block of `block`."""
    return at // block % hold_out == hold_out - 1


def record_to_example(record: Record, nlp: Language, scheme: LabelScheme) -> Example:
    """RETURNS (Example): the record's gold as reference beside an unannotated Doc of the nlp object's tokenizer."""
    predicted: Doc = nlp.make_doc(record.text)
    carry_meta(predicted, record)
    return Example(predicted, record_to_doc(record, nlp.vocab, scheme))


def keep_outermost(record: Record) -> Record:
    """RETURNS (Record): the record without spans that overlap a longer one."""
    kept: list[CharSpan] = []
    for span in sorted(record.spans, key=lambda span: (span.start - span.end, span.start, span.label)):
        if not any(span.overlaps(other) for other in kept):
            kept.append(span)
    return record.with_spans(kept)


def load_scheme(path: str | Path | None) -> LabelScheme:
    """RETURNS (LabelScheme): the scheme of a file, looked up here and among the default files; default for None."""
    if path is None:
        return default_scheme()
    file = Path(path)
    if not file.is_file():
        try:
            file = default_file(str(path))
        except FileNotFoundError:
            file = Path(path)  # the reader's own message names it
    return read_scheme(file)
