"""The label scheme: which labels there are, and in which layer each of them is.

A label belongs to exactly one layer, so a span needs no layer field. The scheme is a .cfg file (`configs/labels.cfg` is
the default) with one block a label; the order of the file is the order of tables, forms and colours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from confection import Config

from pipeline.core.jsonl import read_text
from pipeline.core.resources import default_file
from pipeline.core.spans import CharSpan
from pipeline.errors import ConfigError, Problem

NUMBERS = "numbers"
ENTITIES = "entities"


@dataclass(frozen=True, slots=True)
class Label:
    """One label.

    name (str): as it stands in spans, such as "QUANTITY".
    layer (str): its layer; layer "numbers" is the one whose spans have values.
    zh (str): Chinese name, for annotators.
    hint (str): one line that says what it is for.
    color (str): CSS colour in reports and forms.
    hotkey (str): key in the review form.
    """

    name: str
    layer: str
    zh: str = ""
    hint: str = ""
    color: str = "#888888"
    hotkey: str = ""


@dataclass(frozen=True, slots=True)
class LabelScheme:
    """An ordered set of labels.

    name (str): the scheme's name, part of every score's signature.
    labels (tuple[Label, ...]): labels in their order.
    """

    name: str
    labels: tuple[Label, ...]

    @property
    def layers(self) -> tuple[str, ...]:
        """RETURNS (tuple[str, ...]): layer names in order of first appearance."""
        return tuple(dict.fromkeys(label.layer for label in self.labels))

    def names(self, layer: str | None = None) -> tuple[str, ...]:
        """RETURNS (tuple[str, ...]): label names, of one layer or of all."""
        return tuple(label.name for label in self.labels if layer in (None, label.layer))

    def get(self, name: str) -> Label | None:
        """RETURNS (Label | None): the label of this name."""
        return next((label for label in self.labels if label.name == name), None)

    def layer_of(self, name: str) -> str | None:
        """RETURNS (str | None): the layer of a label; None for a label that the scheme does not have."""
        label = self.get(name)
        return None if label is None else label.layer

    def in_layer(self, spans: Iterable[CharSpan], layer: str) -> tuple[CharSpan, ...]:
        """RETURNS (tuple[CharSpan, ...]): the spans whose label is in the layer."""
        names = frozenset(self.names(layer))
        return tuple(span for span in spans if span.label in names)

    def annotated(self, meta: Mapping[str, Any]) -> frozenset[str]:
        """Tell what a record is annotated for, so that a label nobody looked for is no error of anyone.

        meta (Mapping[str, Any]): the record's meta; "layers" and "labels" each narrow the whole scheme, both together
            narrow it twice; null or absent narrows nothing, an empty list leaves nothing.
        RETURNS (frozenset[str]): the labels whose absence in this record means something.
        RAISES (ValueError): if one is no list of names, or names what the scheme does not have.
        """
        found = frozenset(self.names())
        for key, known in (("layers", self.layers), ("labels", self.names())):
            wanted = meta.get(key)
            if wanted is None:
                continue
            if not isinstance(wanted, list | tuple) or not all(isinstance(name, str) for name in wanted):
                raise ValueError(f"meta.{key} is a list of names")
            if unknown := sorted(set(wanted) - set(known)):
                have = f"the scheme {self.name} has {', '.join(known)}"
                raise ValueError(f"meta.{key} names {', '.join(unknown)}; {have}")
            found &= set(wanted) if key == "labels" else {n for name in wanted for n in self.names(name)}
        return found

    @property
    def fingerprint(self) -> str:
        """RETURNS (str): short hash of names and layers; colours and hints do not change it."""
        content = ";".join(f"{label.layer}:{label.name}" for label in sorted(self.labels, key=lambda item: item.name))
        return hashlib.sha256(content.encode()).hexdigest()[:12]


def read_scheme(path: Path) -> LabelScheme:
    """Read a label scheme.

    path (Path): a .cfg file with [scheme] name = … and one block [labels.NAME] a label; or, as in the configs of
        public sets, [labels] names = [...], which are all entities.
    RETURNS (LabelScheme): the scheme.
    RAISES (ConfigError): if the file is no label scheme. RAISES (InputError): if it cannot be read.
    """
    text = read_text(path)
    try:
        config = Config().from_str(text)
        blocks = config["labels"]
        if isinstance(blocks.get("names"), list):
            return entity_scheme([str(name) for name in blocks["names"]], name=path.stem)
        labels = tuple(Label(name=name, **block) for name, block in blocks.items())
        name = config.get("scheme", {}).get("name", path.stem)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            Problem("E121", f"not a label scheme: {error}", 'one block [labels.NAME] a label, with layer = "…"', path)
        ) from error
    return LabelScheme(str(name), labels)


def entity_scheme(labels: Iterable[str], *, name: str = "public") -> LabelScheme:
    """RETURNS (LabelScheme): a scheme of entities only."""
    return LabelScheme(name, tuple(Label(label, ENTITIES) for label in labels))


@cache
def default_scheme() -> LabelScheme:
    """RETURNS (LabelScheme): the scheme of the guidelines, `configs/labels.cfg`."""
    return read_scheme(default_file("configs/labels.cfg"))
