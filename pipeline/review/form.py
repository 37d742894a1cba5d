"""The form that annotators fill in: a label scheme as Label Studio's labelling config, and back.

One Labels control a layer, named like the layer, so that layers may overlap; labels are shown with their Chinese names
and stored as they are in records. Spans of the numbers layer have a TextArea for their canonical value. Selection goes
by symbol: by word it would grow to what the browser takes for a word, which is wrong in Chinese.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping

from pipeline.core.labels import LabelScheme
from pipeline.formats.label_studio import RECORD_ID, TEXT, VALUE, has_values, layer_controls

READINGS = "readings"
VALUE_HINT = "规范值 value: 43000 件 · 1650000000 CNY · 98.46 % · 2022-04-26 · >20 名"
_STYLE = (
    ".lsf-htx-richtext { font-size: 16px; line-height: 2; white-space: pre-wrap; } "
    ".controls { position: sticky; top: 0; z-index: 5; background: var(--color-neutral-background, white); }"
)


def make_form(scheme: LabelScheme, *, readings: bool = False) -> str:
    """Write the labelling config of a scheme.

    scheme (LabelScheme): labels with layers, Chinese names, hints, colours and hotkeys.
    readings (bool): show above the text what each annotator said, for a project that settles conflicts.
    RETURNS (str): XML, always the same for the same scheme.
    """
    view = ET.Element("View")
    ET.SubElement(view, "Style").text = _STYLE
    ET.SubElement(view, "Header", value=f"${RECORD_ID}", size="5")
    if readings:
        ET.SubElement(view, "Text", name=READINGS, value=f"${READINGS}", selectionEnabled="false")
    controls = ET.SubElement(view, "View", className="controls")
    for layer, names in layer_controls(scheme).items():
        control = ET.SubElement(controls, "Labels", name=layer, toName=TEXT, choice="single")
        for name in names:
            label = scheme.get(name)
            assert label is not None
            attributes = {
                "value": f"{label.zh} {name}" if label.zh else name,
                "alias": name,
                "hint": label.hint,
                "background": label.color,
                "hotkey": label.hotkey,
            }
            ET.SubElement(control, "Label", {key: value for key, value in attributes.items() if value})
        if has_values(layer):
            # visibleWhen does nothing on a control for regions, only on a View around it
            shown = ET.SubElement(controls, "View", visibleWhen="region-selected", whenTagName=layer)
            ET.SubElement(
                shown,
                "TextArea",
                name=VALUE,
                toName=TEXT,
                perRegion="true",
                maxSubmissions="1",
                editable="true",
                rows="1",
                placeholder=VALUE_HINT,
            )
    ET.SubElement(view, "Text", name=TEXT, value=f"${TEXT}", granularity="symbol", saveTextResult="yes")
    ET.indent(view)
    return ET.tostring(view, encoding="unicode") + "\n"


def form_labels(form: str) -> dict[str, frozenset[str]]:
    """Read which labels a labelling config offers.

    form (str): the XML of any project.
    RETURNS (dict): stored label names by control name; empty if it is no XML.
    """
    try:
        # The config comes from the team's own server; expat refuses entity expansion bombs since 2.4.1.
        root = ET.fromstring(form)  # noqa: S314
    except ET.ParseError:
        return {}
    return {
        str(control.get("name")): frozenset(
            str(label.get("alias") or label.get("value")) for label in control.iter("Label")
        )
        for control in root.iter("Labels")
    }


def form_differences(form: str, scheme: LabelScheme) -> list[str]:
    """Compare a project's form with what a scheme needs.

    form (str): the project's XML.
    scheme (LabelScheme): the scheme.
    RETURNS (list[str]): what is missing or foreign, in words; empty if annotations of the form fit the scheme.
    """
    found: Mapping[str, frozenset[str]] = form_labels(form)
    differences = []
    for layer, names in layer_controls(scheme).items():
        there, wanted = found.get(layer, frozenset()), frozenset(names)
        if missing := sorted(wanted - there):
            differences.append(f"{layer} lacks {', '.join(missing)}")
        if foreign := sorted(there - wanted):
            differences.append(f"{layer} has {', '.join(foreign)}, which the scheme {scheme.name} does not know")
    return differences
