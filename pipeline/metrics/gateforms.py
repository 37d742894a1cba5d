"""A verdict in the forms that people and CI servers read: a text table, Markdown, JUnit XML."""

from __future__ import annotations

from xml.etree import ElementTree

from pipeline.metrics.gate import FAIL, SHOWN, Check, Verdict

_MARKS = {"pass": "✅", "fail": "❌", "shown": "➖"}
_HEAD = ("layer", "metric", "now", "baseline", "change", "p", "support", "")


def number(value: float | None, digits: int = 3) -> str:
    """RETURNS (str): the number rounded for reading, "–" for None."""
    return "–" if value is None else f"{value:.{digits}f}"


def _row(check: Check) -> tuple[str, ...]:
    change = "–" if check.drop is None else f"{0.0 - check.drop:+.3f}"
    return (
        check.layer,
        check.metric,
        number(check.current),
        number(check.baseline),
        change,
        number(check.p),
        str(check.support),
    )


def verdict_to_text(verdict: Verdict) -> str:
    """RETURNS (str): a table for the terminal, and one sentence why."""
    rows = [_HEAD, *((*_row(check), check.status) for check in verdict.checks)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if column in (0, 1, 7) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join([*lines, "", verdict.sentence])


def verdict_to_markdown(verdict: Verdict) -> str:
    """RETURNS (str): for a job summary or a comment on a pull request; what failed first, the rest folded."""
    mark = _MARKS["pass" if verdict.passed else "fail"]
    parts = [f"## {mark} Scores\n\n{_escape(verdict.sentence)}\n"]
    if verdict.failed:
        parts.append(_table(verdict.failed))
        parts += [f"- **{_escape(f'{c.layer} {c.metric}')}** {_escape(c.reason)}" for c in verdict.failed]
        parts.append("")
    others = [check for check in verdict.checks if check.status != FAIL]
    if others:
        parts.append(f"<details><summary>{len(others)} metrics that keep their limits or are only shown</summary>\n")
        parts.append(_table(others))
        parts.append("</details>\n")
    return "\n".join(parts)


def _table(checks: tuple[Check, ...] | list[Check]) -> str:
    lines = ["| " + " | ".join(_HEAD) + " |", "|---|---|--:|--:|--:|--:|--:|---|"]
    lines += [
        "| " + " | ".join((*(_escape(cell) for cell in _row(check)), _MARKS[check.status])) + " |" for check in checks
    ]
    return "\n".join(lines) + "\n"


def _escape(text: str) -> str:
    for char, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "\\|"), ("`", "\\`")):
        text = text.replace(char, safe)
    return text


def verdict_to_junit(verdict: Verdict) -> str:
    """RETURNS (str): JUnit XML; a check is a test case, what is only shown is skipped."""
    counts = {
        "tests": str(len(verdict.checks)),
        "failures": str(len(verdict.failed)),
        "skipped": str(sum(check.status == SHOWN for check in verdict.checks)),
    }
    root = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(root, "testsuite", {"name": "biaozhu gate", "errors": "0"} | counts)
    for check in verdict.checks:
        case = ElementTree.SubElement(suite, "testcase", {"classname": check.layer, "name": check.metric})
        if check.status == FAIL:
            ElementTree.SubElement(case, "failure", {"message": check.reason})
        elif check.status == SHOWN:
            ElementTree.SubElement(case, "skipped", {"message": check.reason})
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"
