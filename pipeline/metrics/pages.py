"""What every HTML page of ours is made with: one Jinja environment that escapes everything, and our own files.

A page is self-contained: styles and scripts are files beside the templates, put into the page as they are.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def page_environment(package: str) -> Environment:
    """RETURNS (Environment): templates of a package's folder `templates`; text is escaped, an unknown name an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(package, "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


def own_file(package: str, name: str) -> str:
    """RETURNS (str): a style or script of a package's folder `templates`."""
    return files(package).joinpath("templates", name).read_text(encoding="utf-8")
