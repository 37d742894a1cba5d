"""Stage convert: records from one format to another, with a word about everything that could not be kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.core.labels import LabelScheme, default_scheme, read_scheme
from pipeline.core.progress import counted, logger, track
from pipeline.errors import ConfigError, Problem
from pipeline.formats.base import Conversion, Format, Note
from pipeline.registry import registry


def make_convert(
    *, source: str, target: str, read: str, write: str, repair: bool = False, labels: str | None = None
) -> Callable[[], None]:
    """Make the stage that converts a file.

    source (str): file to read.
    target (str): file to write.
    read, write (str): names of formats, such as "jsonl" and "inline".
    repair (bool): mend what can be mended instead of refusing it.
    labels (str | None): label scheme .cfg; None for the default.
    RETURNS (Callable): the stage.
    """

    def run() -> None:
        scheme = default_scheme() if labels is None else read_scheme(Path(labels))
        count, notes = convert_file(
            Path(source), Path(target), read=read, write=write, scheme=scheme, layers=None, repair=repair
        )
        for note in notes:
            logger.warning("%s", note)
        logger.info("convert: %s → %s", counted(count, "document"), target)

    return run


def format_names() -> tuple[str, ...]:
    """RETURNS (tuple[str, ...]): short names of all registered formats."""
    return tuple(sorted(name.removeprefix("biaozhu.").removesuffix(".v1") for name in registry.formats.get_all()))


def find_format(name: str) -> Format:
    """RETURNS (Format): the format of a short name, in any case, with - or _, or of a full name.

    RAISES (ConfigError): if there is none.
    """
    full = name if "." in name else f"biaozhu.{name.lower().replace('-', '_')}.v1"
    if full not in registry.formats:
        raise ConfigError(Problem("E820", f"there is no format {name!r}", f"there are: {', '.join(format_names())}"))
    found: Format = registry.formats.get(full)()
    return found


def convert_file(
    source: Path,
    target: Path,
    *,
    read: str,
    write: str,
    scheme: LabelScheme,
    layers: Sequence[str] | None,
    repair: bool,
) -> tuple[int, list[Note]]:
    """Convert a file.

    source, target (Path): the files; folders for brat.
    read, write (str): names of their formats.
    scheme (LabelScheme): tells the layer of a label.
    layers (Sequence[str] | None): convert these layers only.
    repair (bool): mend what can be mended instead of refusing it.
    RETURNS (tuple): how many records, and what was lost, mended or assumed.
    RAISES (InputError): if the source is broken. RAISES (ConfigError): unknown format or layer.
    """
    if unknown := sorted(set(layers or ()) - set(scheme.layers)):
        message = f"the scheme {scheme.name} has no layer {', '.join(unknown)}"
        raise ConfigError(Problem("E821", message, f"there are: {', '.join(scheme.layers)}"))
    conversion = Conversion(scheme, repair, None if layers is None else tuple(layers))
    reader, writer = find_format(read), find_format(write)
    records = (conversion.wanted(record) for record in track(reader.read(source, conversion), "converting"))
    count = writer.write(target, records, conversion)
    return count, sorted(conversion.notes.values(), key=lambda note: (note.kind, note.what))
