"""The score stage: cases worked out by hand, files that do not fit, signatures, streaming."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record, read_records, write_records
from pipeline.core.spans import CharSpan
from pipeline.errors import InputError
from pipeline.metrics.pairs import PairedFiles
from pipeline.stages.score import ScoreOptions, make_score, score_files

CASES = Path(__file__).parent.parent / "metrics" / "cases"


def value_at(data: Any, path: str) -> Any:
    for key in path.split("."):
        data = data[key]
    return data


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_cases_worked_out_by_hand(case: str) -> None:
    folder = CASES / case
    found = score_files(
        folder / "gold.jsonl", folder / "pred.jsonl", scheme=default_scheme(), options=ScoreOptions(resamples=0)
    )
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for path, value in expected.items():
        assert value_at(found, path) == (pytest.approx(value) if isinstance(value, float) else value), path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    text = "余姚市和宁波市"
    gold = [
        Record("a", text, (CharSpan(0, 3, "GPE"),), meta={"field": "news"}),
        Record("b", text, (CharSpan(4, 7, "GPE"),), meta={"field": "law"}),
        Record("c", text, (CharSpan(0, 3, "GPE"), CharSpan(4, 7, "GPE")), meta={"field": "news"}),
    ]
    pred = [Record(item.id, text, (CharSpan(0, 3, "GPE"),)) for item in gold]
    write_records(tmp_path / "gold.jsonl", gold)
    write_records(tmp_path / "pred.jsonl", pred)
    return tmp_path / "gold.jsonl", tmp_path / "pred.jsonl"


def test_the_stage_writes_scores_and_errors(files: tuple[Path, Path], tmp_path: Path) -> None:
    train = str(files[0])
    make_score(
        gold=str(files[0]),
        predictions=str(files[1]),
        output=str(tmp_path / "out/scores.json"),
        errors=str(tmp_path / "out/errors.jsonl"),
        train=train,
    )()
    scores = json.loads((tmp_path / "out/scores.json").read_text(encoding="utf-8"))
    errors = [json.loads(line) for line in (tmp_path / "out/errors.jsonl").read_text(encoding="utf-8").splitlines()]
    assert scores["layers"]["entities"]["strict"]["correct"] == 2
    assert list(scores["layers"]["entities"]["slices"]["surface"]) == ["in training"]
    kinds = [(error["kind"], error["id"]) for error in errors]
    assert kinds == [("spurious", "b"), ("missed", "b"), ("missed", "c")]
    assert errors[-1]["gold"]["surface"] == "宁波市"
    low, high = scores["layers"]["entities"]["intervals"]["strict"]["f1"]
    assert low <= scores["layers"]["entities"]["strict"]["f1"] <= high


def test_order_of_files_and_lines_changes_nothing(files: tuple[Path, Path], tmp_path: Path) -> None:
    expected = score_files(*files, scheme=default_scheme())
    for place, path in enumerate(files):
        write_records(tmp_path / f"{place}.jsonl", reversed(read_records(path)))
    assert score_files(tmp_path / "0.jsonl", tmp_path / "1.jsonl", scheme=default_scheme()) == expected
    assert score_files(tmp_path / "0.jsonl", files[1], scheme=default_scheme()) == expected


@pytest.mark.parametrize(
    ("slices", "expected"), [(None, ["density", "field", "length"]), ([], []), (["field"], ["field"])]
)
def test_slices_are_those_that_are_asked_for(
    files: tuple[Path, Path], slices: list[str] | None, expected: list[str]
) -> None:
    found = score_files(*files, scheme=default_scheme(), options=ScoreOptions(slices=slices))
    assert sorted(found["layers"]["entities"].get("slices", {})) == expected


def test_gold_without_prediction_is_refused_by_name(files: tuple[Path, Path]) -> None:
    write_records(files[1], read_records(files[1])[1:])
    with pytest.raises(InputError, match=r"gold.jsonl:1 \(record a\): \[E601\]"):
        score_files(*files, scheme=default_scheme())


def test_many_lacking_predictions_are_told_shortly(tmp_path: Path) -> None:
    write_records(tmp_path / "gold.jsonl", (Record(f"d{n}", "字") for n in range(30)))
    write_records(tmp_path / "pred.jsonl", [Record("x", "字")])
    with pytest.raises(InputError, match="and 20 problems more") as caught:
        list(PairedFiles(tmp_path / "gold.jsonl", tmp_path / "pred.jsonl"))
    assert len(caught.value.problems) == 11


def test_predictions_without_gold_are_counted(files: tuple[Path, Path]) -> None:
    write_records(files[1], [Record("z", "字", (CharSpan(0, 1, "ORG"),)), *read_records(files[1])])
    found = score_files(*files, scheme=default_scheme())
    assert (found["documents"], found["unscored"]) == (3, 1)
    assert found["layers"]["entities"]["strict"]["predicted"] == 3


def test_another_text_is_refused_with_its_place(files: tuple[Path, Path]) -> None:
    first, *others = read_records(files[1])
    write_records(files[1], [Record(first.id, "余姚县和宁波市", first.spans), *others])
    with pytest.raises(InputError, match=r"E603.*at character 2: '县和宁波市'"):
        score_files(*files, scheme=default_scheme())


def test_an_id_that_stands_twice_is_refused(files: tuple[Path, Path]) -> None:
    records = read_records(files[0])
    write_records(files[0], [*records, records[0]])
    with pytest.raises(InputError, match=r"E601|E120"):
        score_files(*files, scheme=default_scheme())


def test_an_id_that_stands_twice_in_both_files_is_refused(files: tuple[Path, Path]) -> None:
    for path in files:
        records = read_records(path)
        write_records(path, [*records, records[0]])
    with pytest.raises(InputError, match="E120"):
        score_files(*files, scheme=default_scheme())


def test_a_subset_has_a_signature_of_its_own(files: tuple[Path, Path]) -> None:
    everything = score_files(*files, scheme=default_scheme())
    news = score_files(*files, scheme=default_scheme(), options=ScoreOptions(["entities"], where={"field": "news"}))
    assert (news["documents"], news["signature"]["subset"]) == (2, "field=news")
    assert news["signature"]["gold"] != everything["signature"]["gold"]
    assert list(news["layers"]) == ["entities"]


@pytest.mark.parametrize(
    ("options", "code"),
    [({"where": {"field": "sport"}}, "E607"), ({"layers": ["nouns"]}, "E608")],
)
def test_what_selects_nothing_is_refused(files: tuple[Path, Path], options: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError, match=code):
        score_files(*files, scheme=default_scheme(), options=ScoreOptions(**options))


PEAK = """
import sys
from pathlib import Path
from pipeline.core.labels import default_scheme
from pipeline.stages.score import score_files
score_files(Path(sys.argv[1]), Path(sys.argv[1]), scheme=default_scheme())
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux's /proc")
def test_memory_is_bounded_when_files_are_streamed(tmp_path: Path) -> None:
    spans = tuple(CharSpan(start, start + 2, "ORG") for start in range(0, 40, 4))
    peaks = []
    for count in (1_500, 15_000):
        path = tmp_path / f"{count}.jsonl"
        write_records(path, (Record(f"d{number}", "字" * 60, spans) for number in range(count)))
        done = subprocess.run([sys.executable, "-c", PEAK, str(path)], capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout))
    assert peaks[1] <= 1.2 * peaks[0]


def test_failed_scoring_leaves_earlier_outputs(files: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "errors.jsonl").write_text("earlier\n", encoding="utf-8")
    write_records(files[1], read_records(files[1])[:1])
    with pytest.raises(InputError):
        score_files(*files, scheme=default_scheme(), errors=tmp_path / "errors.jsonl")
    assert (tmp_path / "errors.jsonl").read_text(encoding="utf-8") == "earlier\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["errors.jsonl", "gold.jsonl", "pred.jsonl"]
