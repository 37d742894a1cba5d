"""Slices: the same strict score on parts of the material.

A document slice (field, register, any key of `meta`, density) holds whole documents. A span slice (length, surface)
holds spans: precision is over the predicted spans in it, recall over the gold spans in it; a strictly right pair lies
in the same slice on both sides, since its text is the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from pipeline.core.records import Record

SPAN_SLICES = ("length", "surface")
NO_SLICE = "none"
"""The part of documents whose meta lacks the key."""
LENGTHS = ((1, "1"), (2, "2"), (4, "3–4"), (8, "5–8"))
DENSITIES = ((1.0, "under 1"), (2.0, "1 to 2"), (4.0, "2 to 4"))

Surfaces = Mapping[str, Collection[str]]
"""For each layer the surfaces of the spans that training has seen."""


def length_slice(length: int) -> str:
    """RETURNS (str): class of a span's length in characters."""
    return next((name for limit, name in LENGTHS if length <= limit), "9 and more")


def density_slice(record: Record, spans: int) -> str:
    """RETURNS (str): class of gold spans in 100 characters of text."""
    density = 100 * spans / max(1, len(record.text))
    return next((name for limit, name in DENSITIES if density < limit), "4 and more") + " in 100 characters"


def document_slice(record: Record, key: str, spans: int) -> str:
    """Name the part a document belongs to.

    record (Record): the gold document.
    key (str): "density", or a key of its meta.
    spans (int): how many gold spans of the layer it has.
    RETURNS (str): the part; "none" if meta has no such key.
    """
    if key == "density":
        return density_slice(record, spans)
    value = record.meta.get(key)
    return NO_SLICE if value is None else " ".join(str(value).split()) or NO_SLICE


def train_surfaces(records: Iterable[Record], layer_of: Mapping[str, str]) -> dict[str, set[str]]:
    """RETURNS (dict[str, set[str]]): for each layer the surfaces of its spans."""
    seen: dict[str, set[str]] = {layer: set() for layer in layer_of.values()}
    for record in records:
        for span in record.spans:
            if (layer := layer_of.get(span.label)) is not None:
                seen[layer].add(record.surface(span))
    return seen
