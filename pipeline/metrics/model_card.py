"""The model card: one page that says what a model is for, what it learned from, how good it is and where it ends.

Written from the manifest of a training run and, where there is one, the score file of a test split; every number on it
is in one of those two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.metrics.tables import percent

FEW = 30
"""A label with fewer gold spans than this in training is named among the limits."""
WEAK = 0.5
"""So is one whose strict F1 is below this."""
_RATES = ("precision", "recall", "f1")


def model_card(manifest: Mapping[str, Any], scores: Mapping[str, Any] | None = None) -> str:
    """Write the card.

    manifest (Mapping): what the train stage wrote.
    scores (Mapping | None): the score file of documents that took no part in training.
    RETURNS (str): Markdown, with the front matter that model hubs read.
    """
    card = manifest.get("card", {})
    name = str(card.get("name") or "A biaozhu model")
    parts = [
        _front_matter(manifest, scores),
        f"# {name}\n\n{card.get('description') or _described(manifest)}",
        _use(),
        _labels(manifest),
        _data(manifest),
        *_score_parts(manifest, scores),
        _speed(manifest),
        _limits(manifest, scores, card),
        f"## Licence\n\n{_licence(card)}",
        _made(manifest),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _best_layers(manifest: Mapping[str, Any], scores: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The layers of the test scores where there are any, else of dev."""
    if scores is not None:
        return dict(scores["layers"])
    return dict((manifest.get("dev") or {}).get("layers", {}))


def _front_matter(manifest: Mapping[str, Any], scores: Mapping[str, Any] | None) -> str:
    card = manifest.get("card", {})
    lines = ["---", "language: zh", "library_name: spacy"]
    lines.append(f"license: {_quoted(card['license']) if card.get('license') else 'unknown'}")
    lines += ["tags:", "- spacy", "- token-classification", "- chinese", "- biaozhu"]
    layers = _best_layers(manifest, scores)
    if layers:
        lines += ["model-index:", f"- name: {_quoted(card.get('name') or 'biaozhu')}", "  results:"]
    for layer, data in layers.items():
        kind = "test" if scores is not None else "dev"
        lines += ["  - task:", f"      name: {layer} ({kind}, strict)", "      type: token-classification"]
        lines.append("    metrics:")
        for rate in _RATES:
            if data["strict"][rate] is not None:
                lines += [f"    - name: {rate}", f"      type: {rate}", f"      value: {data['strict'][rate]:.4f}"]
    return "\n".join([*lines, "---"])


def _quoted(value: object) -> str:
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _described(manifest: Mapping[str, Any]) -> str:
    pipes = ", ".join(f"`{item['name']}` ({item['factory']})" for item in manifest.get("components", []))
    return (
        f"A spaCy pipeline over the characters of Chinese text, with the components {pipes}. Made with biaozhu "
        f"{manifest['biaozhu']}."
    )


def _use() -> str:
    return (
        "## Use\n\nThe model is the folder `model-best` beside this file: "
        "`biaozhu extract TEXT… --model model-best`, or `spacy.load` with biaozhu installed. Entities are in "
        '`doc.ents`, numbers with their values in `doc.spans["numbers"]`.'
    )


def _labels(manifest: Mapping[str, Any]) -> str:
    rows = [(item["name"], ", ".join(item["labels"])) for item in manifest.get("components", []) if item["labels"]]
    return f"## Labels\n\n{_table(('component', 'labels'), rows)}" if rows else ""


def _data(manifest: Mapping[str, Any]) -> str:
    rows = []
    for name, item in manifest["data"].items():
        if "records" in item:
            spans = sum(item["labels"].values())
            rows.append((name, f"{item['records']:,}", f"{item['characters']:,}", f"{spans:,}", item["sha256"][:12]))
    text = f"## Data\n\n{_table(('split', 'documents', 'characters', 'spans', 'SHA-256'), rows)}"
    labels = manifest["data"].get("train", {}).get("labels")
    if labels:
        text += "\n\nGold spans in train: " + ", ".join(f"{label} {count}" for label, count in labels.items()) + "."
    return text


def _score_parts(manifest: Mapping[str, Any], scores: Mapping[str, Any] | None) -> Iterable[str]:
    if scores is not None:
        signature = scores["signature"]
        yield (
            f"## Scores\n\nOn {scores['documents']} documents that took no part in training (gold "
            f"{signature['gold']}, {signature['scheme']}).\n\n{_layers(scores['layers'])}"
        )
    dev = manifest.get("dev")
    if dev:
        yield (
            f"## Scores on dev\n\nOn {dev['documents']} documents that chose the weights and calibrated the "
            f"probabilities, so these are likely a little too good.\n\n{_layers(dev['layers'])}"
        )
    if scores is None and not dev:
        yield "## Scores\n\nThis model has not been scored."


def _layers(layers: Mapping[str, Any]) -> str:
    parts = []
    for name, layer in layers.items():
        strict = layer["strict"]
        intervals = layer.get("intervals", {}).get("strict") or {}
        rows = [
            _score_row(label, row, (intervals.get("per_label") or {}).get(label, {}))
            for label, row in strict["per_label"].items()
            if row["support"] or row["predicted"]
        ]
        rows.append(_score_row("**all (micro)**", strict, intervals))
        heads = (name, "precision", "recall", "F1", "F1, 95 % interval", "gold", "found")
        text = f"Layer {name}, strict (same start, end and label), in %:\n\n{_table(heads, rows)}"
        if layer.get("value_accuracy") is not None:
            text += f"\n\nOf the numbers found right, {percent(layer['value_accuracy'])} % have the right value."
        parts.append(text)
    return "\n\n".join(parts)


def _score_row(name: str, row: Mapping[str, Any], intervals: Mapping[str, Any]) -> tuple[str, ...]:
    low_high = intervals.get("f1")
    shown = "–" if low_high is None else f"{percent(low_high[0])} to {percent(low_high[1])}"
    return (name, *(percent(row[rate]) for rate in _RATES), shown, str(row["support"]), str(row["predicted"]))


def _speed(manifest: Mapping[str, Any]) -> str:
    speed = (manifest.get("dev") or {}).get("characters_per_second")
    if not speed:
        return ""
    size = manifest["model"]["best"]["bytes"] / 1e6
    return (
        f"## Speed and size\n\nReads {speed:,} characters a second in one process (dev, {manifest['platform']}, "
        f"{manifest['cpus']} processors). {size:,.1f} MB on disk. Trained in {manifest['seconds']:,.0f} s."
    )


def _limits(manifest: Mapping[str, Any], scores: Mapping[str, Any] | None, card: Mapping[str, Any]) -> str:
    lines = [str(card["limits"])] if card.get("limits") else []
    lines.append("Learned from the documents above; other kinds of text give other, most likely lower scores.")
    lines.append("Entities are flat: of nested names the outermost one is found.")
    counts = manifest["data"].get("train", {}).get("labels", {})
    if few := [f"{label} ({count})" for label, count in counts.items() if count < FEW]:
        lines.append(f"Seldom seen in training, so seldom found: {', '.join(few)}.")
    if weak := list(_weak(_best_layers(manifest, scores).values())):
        lines.append(f"Strict F1 below {percent(WEAK)} %: {', '.join(weak)}.")
    lines.append("A probability is calibrated on dev; it says how often such a span was right there.")
    return "## Limits\n\n" + "\n".join(f"* {line}" for line in lines)


def _weak(layers: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for layer in layers:
        for label, row in layer["strict"]["per_label"].items():
            if row["support"] and (row["f1"] or 0.0) < WEAK:
                yield label


def _licence(card: Mapping[str, Any]) -> str:
    if card.get("license"):
        return f"{card['license']}."
    return (
        "Not stated. Name one in the training config, `[card] license = …`; it must fit the licences of the gold and "
        "of any pretrained weights."
    )


def _made(manifest: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in manifest["versions"].items())
    commit = manifest.get("git") or "not in a repository"
    changed = " with changes" if manifest.get("git_changed") else ""
    return (
        f"## How it was made\n\nSeed {manifest['seed']}, code at {commit}{changed}, finished {manifest['finished']}. "
        f"The same config, data, versions and seed give the same bytes (SHA-256 of the model folder "
        f"{manifest['model']['best']['sha256'][:12]}). Config and all else: `manifest.json`.\n\n{versions}."
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])
