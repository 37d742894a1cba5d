"""Names that any newspaper reader knows, by label: a gazetteer beside jieba's dictionary.

They stand in known_names.txt: a label, a colon, names with blanks between them, over as many lines as it takes. A name
has one label, the usual one; what is mostly a word of the language is left out. A match is a hint for the CRF, no more.
"""

from __future__ import annotations

from importlib.resources import files


def _read() -> dict[str, str]:
    """RETURNS (dict): the names of every label, the labels in the order in which the file first has them."""
    found: dict[str, str] = {}
    text = (files(__package__) / "known_names.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        label, _, names = line.partition(": ")
        found[label] = f"{found[label]} {names}" if label in found else names
    return found


KNOWN = _read()
"""Label → names, separated by blanks. The order gives the groups their numbers, so new labels go to the end."""
