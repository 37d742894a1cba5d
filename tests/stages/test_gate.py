"""The gate: what fails, what is only shown, and the forms of its answer."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from pipeline.core.jsonl import write_json
from pipeline.core.labels import default_scheme
from pipeline.core.records import Record, write_records
from pipeline.core.spans import CharSpan
from pipeline.errors import ConfigError, InputError, VerdictError
from pipeline.metrics.gateforms import verdict_to_junit, verdict_to_markdown, verdict_to_text
from pipeline.stages.gate import gate_files, make_gate
from pipeline.stages.score import ScoreOptions, score_files

TEXT = "字" * 100
GOLD = tuple(CharSpan(start, start + 5, "ORG" if start % 20 else "GPE") for start in range(0, 100, 10))


def make_scores(folder: Path, name: str, keep: int, documents: int = 12, lost: str = "") -> Path:
    """Scores of a system that finds so many of ten spans in every document (none of the label `lost`)."""
    gold = [Record(f"d{number}", TEXT, GOLD, meta={"field": f"f{number % 2}"}) for number in range(documents)]
    pred = [Record(item.id, TEXT, tuple(span for span in GOLD[:keep] if span.label != lost)) for item in gold]
    write_records(folder / "gold.jsonl", gold)
    write_records(folder / "pred.jsonl", pred)
    path = folder / f"{name}.json"
    options = ScoreOptions(resamples=0)
    write_json(
        path, score_files(folder / "gold.jsonl", folder / "pred.jsonl", scheme=default_scheme(), options=options)
    )
    return path


def make_config(folder: Path, *rules: dict[str, Any], **gate: Any) -> Path:
    lines = ["[gate]", *(f"{key} = {json.dumps(value)}" for key, value in gate.items()), "", "[rules]"]
    for number, rule in enumerate(rules):
        lines += ["", f"[rules.r{number}]", *(f"{key} = {json.dumps(value)}" for key, value in rule.items())]
    path = folder / "gate.cfg"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


F1 = {"layer": "entities", "metric": "strict.f1"}


@pytest.mark.parametrize(
    ("sides", "rule", "passed", "reason"),
    [
        pytest.param((9, 9), {"max_drop": 0.0}, True, "did not fall", id="the same"),
        pytest.param((9, 8), {"max_drop": 0.0}, True, "did not fall", id="better"),
        pytest.param((8, 9), {"max_drop": 0.0}, False, "is significant", id="worse everywhere"),
        pytest.param((8, 9), {"max_drop": 0.1}, True, "within its limits", id="within the soft limit"),
        pytest.param((5, 9), {"hard_drop": 0.1}, False, "more than the hard limit", id="beyond the hard limit"),
        pytest.param((5, 9), {"hard_drop": 0.5}, True, "within its limits", id="within the hard limit"),
        pytest.param((8, 8), {"minimum": 0.95}, False, "below its minimum", id="below the minimum"),
        pytest.param((8, 8), {"minimum": 0.5}, True, "did not fall", id="above the minimum"),
        pytest.param((0, 9), {"hard_drop": 0.1}, False, "more than the hard limit", id="nothing found"),
    ],
)
def test_one_rule(tmp_path: Path, sides: tuple[int, int], rule: dict[str, Any], passed: bool, reason: str) -> None:
    config = make_config(tmp_path, F1 | rule)
    now, before = sides
    verdict = gate_files(make_scores(tmp_path, "now", now), make_scores(tmp_path, "before", before), config)
    assert verdict.passed is passed
    assert reason in verdict.checks[0].reason


def test_a_drop_that_is_not_significant_passes(tmp_path: Path) -> None:
    before = make_scores(tmp_path, "before", 9, documents=3)
    config = make_config(tmp_path, F1 | {"max_drop": 0.0})
    (check,) = gate_files(make_scores(tmp_path, "now", 8, documents=3), before, config).checks
    assert (check.status, check.p is not None and check.p > 0.05) == ("pass", True)
    assert "not significant" in check.reason


def test_labels_with_little_support_are_shown_and_not_judged(tmp_path: Path) -> None:
    rule = {"layer": "entities", "metric": "strict.per_label.*.f1", "hard_drop": 0.01}
    config = make_config(tmp_path, rule, min_support=61)
    now = make_scores(tmp_path, "now", 10, lost="GPE")
    verdict = gate_files(now, make_scores(tmp_path, "before", 10), config)
    gpe = next(check for check in verdict.checks if check.metric.endswith("GPE.f1"))
    assert (gpe.status, gpe.support, gpe.current) == ("shown", 60, 0.0)
    assert verdict.passed
    judged = make_config(tmp_path, rule, min_support=60)
    assert "GPE.f1 fell by 1.000" in gate_files(now, tmp_path / "before.json", judged).sentence


def test_an_undefined_metric_that_was_defined_fails(tmp_path: Path) -> None:
    config = make_config(tmp_path, {"layer": "entities", "metric": "strict.precision", "hard_drop": 0.5})
    verdict = gate_files(make_scores(tmp_path, "now", 0), make_scores(tmp_path, "before", 9), config)
    assert "is undefined, was 1.000" in verdict.sentence


def test_an_undefined_metric_keeps_no_minimum(tmp_path: Path) -> None:
    config = make_config(tmp_path, {"layer": "entities", "metric": "strict.precision", "minimum": 0.5})
    verdict = gate_files(make_scores(tmp_path, "now", 0), make_scores(tmp_path, "before", 0), config)
    assert "cannot reach its minimum 0.500" in verdict.sentence


def test_labels_without_any_span_are_left_out_of_a_pattern(tmp_path: Path) -> None:
    config = make_config(tmp_path, {"layer": "entities", "metric": "strict.per_label.*.f1", "minimum": 0.1})
    scores = make_scores(tmp_path, "now", 9)
    labels = [check.metric.split(".")[2] for check in gate_files(scores, scores, config).checks]
    assert labels == ["ORG", "GPE"]


def test_a_gate_that_can_judge_nothing_says_so(tmp_path: Path) -> None:
    config = make_config(tmp_path, F1 | {"minimum": 0.9}, min_support=10_000)
    scores = make_scores(tmp_path, "now", 3)
    assert "judged nothing" in gate_files(scores, scores, config).sentence


def test_slices_are_judged(tmp_path: Path) -> None:
    config = make_config(tmp_path, {"layer": "entities", "metric": "slices.field.*.recall", "minimum": 0.95})
    verdict = gate_files(make_scores(tmp_path, "now", 9), make_scores(tmp_path, "before", 9), config)
    assert [(check.metric, check.status) for check in verdict.checks] == [
        ("slices.field.f0.recall", "fail"),
        ("slices.field.f1.recall", "fail"),
    ]


def test_the_first_rule_of_a_metric_wins(tmp_path: Path) -> None:
    config = make_config(
        tmp_path,
        {"layer": "entities", "metric": "strict.per_label.ORG.f1", "minimum": 0.0},
        {"layer": "*", "metric": "strict.per_label.*.f1", "minimum": 1.0},
    )
    verdict = gate_files(make_scores(tmp_path, "now", 9), make_scores(tmp_path, "before", 9), config)
    assert [check.rule for check in verdict.checks if check.metric.endswith("ORG.f1")] == ["r0"]


def test_other_signatures_are_never_compared(tmp_path: Path) -> None:
    now = make_scores(tmp_path, "now", 9)
    before = make_scores(tmp_path, "before", 9, documents=11)
    with pytest.raises(InputError, match="E610") as caught:
        gate_files(now, before)
    assert [problem.message.split(":")[0] for problem in caught.value.problems] == ["gold", "documents"]
    assert "rebuild the baseline" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[gate]\nalpha = 0.05\n", "rules"),
        ('[rules]\n[rules.a]\nmetric = "strict.f1"\n', "sets neither"),
        ('[rules]\n[rules.a]\nmetric = "strict.f1"\nminimun = 0.5\n', "minimun"),
        ('[rules]\n[rules.a]\nmetric = "strict.f1"\nminimum = "high"\n', "no number"),
        ('[rules]\n[rules.a]\nmetric = "strict.f9"\nminimum = 0.5\n', "strict.f9"),
        ('[rules]\n[rules.a]\nmetric = "strict.f1"\nminimum = 95\n', "no number from 0 to 1"),
        ('[rules]\n[rules.a]\nmetric = "strict.f1"\nminimum = NaN\n', "no number from 0 to 1"),
        ("[rules]\n[rules.a]\nmetric = 3\nminimum = 0.5\n", "are names"),
        ('[gate]\nalpha = "x"\n[rules]\n[rules.a]\nmetric = "strict.f1"\nminimum = 0.5\n', "alpha"),
        ('[gate]\ntrials = 0\n[rules]\n[rules.a]\nmetric = "strict.f1"\nminimum = 0.5\n', "1 or more"),
    ],
)
def test_a_wrong_config_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    scores = make_scores(tmp_path, "now", 9)
    (tmp_path / "gate.cfg").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=reason):
        gate_files(scores, scores, tmp_path / "gate.cfg")


def test_what_is_no_score_file_is_refused(tmp_path: Path) -> None:
    write_json(tmp_path / "other.json", {"f1": 1})
    with pytest.raises(InputError, match="E604"):
        gate_files(tmp_path / "other.json", tmp_path / "other.json")


def test_broken_counts_are_refused(tmp_path: Path) -> None:
    data = json.loads(make_scores(tmp_path, "now", 9).read_text(encoding="utf-8"))
    broken = copy.deepcopy(data)
    broken["per_document"]["entities"]["d0"] = "label:ORG=many"
    write_json(tmp_path / "broken.json", broken)
    with pytest.raises(InputError, match="E605"):
        gate_files(tmp_path / "broken.json", tmp_path / "now.json")


def test_the_stage_writes_its_answer_and_raises_a_verdict_of_no(tmp_path: Path) -> None:
    now, before = make_scores(tmp_path, "now", 4), make_scores(tmp_path, "before", 9)
    config = make_config(tmp_path, F1 | {"hard_drop": 0.1})
    with pytest.raises(VerdictError, match="The gate fails"):
        make_gate(
            scores=str(now),
            baseline=str(before),
            output=str(tmp_path / "gate.json"),
            config=str(config),
            junit=str(tmp_path / "gate.xml"),
            markdown=str(tmp_path / "g.md"),
        )()
    assert json.loads((tmp_path / "gate.json").read_text(encoding="utf-8"))["passed"] is False
    suite = ElementTree.parse(tmp_path / "gate.xml").getroot()
    assert (suite.tag, suite.get("tests"), suite.get("failures")) == ("testsuites", "1", "1")
    assert suite.find("testsuite/testcase/failure") is not None
    assert (tmp_path / "g.md").read_text(encoding="utf-8").startswith("## ❌ Scores")


def test_the_default_config_judges_a_score_file_against_itself(tmp_path: Path) -> None:
    scores = make_scores(tmp_path, "now", 9)
    verdict = gate_files(scores, scores)
    assert verdict.passed
    assert verdict.sentence.startswith("The gate passes")
    text, page = verdict_to_text(verdict), verdict_to_markdown(verdict)
    assert "strict.f1" in text
    assert "| entities | strict.f1 |" in page
    assert 'name="strict.f1"' in verdict_to_junit(verdict)


def test_markdown_and_xml_escape_names(tmp_path: Path) -> None:
    now = json.loads(make_scores(tmp_path, "now", 9).read_text(encoding="utf-8"))
    evil = "<script>|`"
    now["layers"]["entities"]["slices"]["field"][evil] = now["layers"]["entities"]["slices"]["field"].pop("f0")
    for lines in now["per_document"].values():
        for key in lines:
            lines[key] = lines[key].replace("slice:field=f0", f"slice:field={evil}")
    write_json(tmp_path / "evil.json", now)
    config = make_config(tmp_path, {"metric": "slices.field.*.f1", "layer": "entities", "minimum": 1.0})
    verdict = gate_files(tmp_path / "evil.json", tmp_path / "evil.json", config)
    assert "<script>" not in verdict_to_markdown(verdict)
    assert "<script>" not in verdict_to_junit(verdict)


def test_a_first_run_without_baseline_passes_and_says_how_to_make_one(tmp_path: Path) -> None:
    scores, baseline, output = tmp_path / "scores.json", tmp_path / "baseline.json", tmp_path / "gate.json"
    make_gate(scores=str(scores), baseline=str(baseline), output=str(output), may_lack_baseline=True)()
    verdict = json.loads(output.read_text(encoding="utf-8"))
    assert verdict["passed"]
    assert f"cp {scores} {baseline}" in verdict["sentence"]
    with pytest.raises(InputError, match="E101"):
        make_gate(scores=str(scores), baseline=str(baseline), output=str(output))()
