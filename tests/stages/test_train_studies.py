"""Learning curves and searches: what they train on, what they write, and how they are shown."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline.core.records import write_records
from pipeline.errors import ConfigError, InputError
from pipeline.metrics.training_plots import FORM_CURVE, check_form, curve_plots, tuning_plot
from pipeline.registry import registry
from pipeline.stages.train_curve import sample, spread, train_curve
from pipeline.stages.tune import read_space, tune
from tests.conftest import ROOT
from tests.nlp.helpers import make_records

TUNE = """
[tune]
metric = "entities.strict.f1"

[tune.space]

[tune.space.passes]
setting = "components.entities.max_iterations"
low = 1
high = 4

[tune.space.l2]
setting = "components.entities.l2"
low = 0.01
high = 10.0
log = true
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """RETURNS (Path): a config of a small CRF, with its gold and a space to search."""
    monkeypatch.chdir(tmp_path)
    write_records(tmp_path / "train.jsonl", make_records())
    write_records(tmp_path / "dev.jsonl", make_records()[:6])
    text = (ROOT / "tests" / "stages" / "small.cfg").read_text(encoding="utf-8")
    (tmp_path / "small.cfg").write_text(text + TUNE, encoding="utf-8")
    return tmp_path / "small.cfg"


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.75, 1.0])
def test_samples_are_nested_and_keep_the_order(share: float) -> None:
    records = make_records()
    part = sample(records, share, 3)
    assert len(part) == max(1, round(share * len(records)))
    assert [record for record in records if record in part] == part
    assert {record.id for record in part} <= {record.id for record in sample(records, min(1.0, share + 0.2), 3)}
    assert part == sample(records, share, 3)


def test_samples_differ_by_seed() -> None:
    samples = {tuple(record.id for record in sample(make_records(), 0.3, seed)) for seed in range(5)}
    assert len(samples) > 1


@pytest.mark.parametrize(
    ("values", "mean", "sd"),
    [
        pytest.param([0.5, 0.7], 0.6, 0.02**0.5, id="two"),
        pytest.param([0.5], 0.5, None, id="one has no spread"),
        pytest.param([None, 0.4], 0.4, None, id="undefined is passed over"),
        pytest.param([None], None, None, id="nothing defined"),
    ],
)
def test_spread(values: list[float | None], mean: float | None, sd: float | None) -> None:
    found = spread(values)
    assert found["mean"] == (None if mean is None else pytest.approx(mean))
    assert found["sd"] == (None if sd is None else pytest.approx(sd))
    assert found["values"] == values


def test_curve_counts_documents_and_spans_and_draws_each_layer(config: Path, cli: Callable[..., Result]) -> None:
    result = cli("train-curve", config, "--output", "curve", "--seeds", 2, "--shares", "50,100")
    assert result.exit_code == 0, result.output
    data = json.loads(Path("curve/curve.json").read_text(encoding="utf-8"))
    assert data["form"] == FORM_CURVE
    assert [point["documents"] for point in data["layers"]["entities"]] == [5, 10]
    assert data["layers"]["entities"][1]["spans"] == sum(len(record.spans) for record in make_records())
    assert len(data["runs"]) == 4
    full = data["layers"]["entities"][1]["f1"]
    assert full["min"] <= full["mean"] <= full["max"]
    assert full["values"] == [run["layers"]["entities"]["f1"] for run in data["runs"] if run["share"] == 1]
    svg = Path("curve/curve-entities.svg").read_text(encoding="utf-8")
    assert ET.fromstring(svg).tag.endswith("svg")
    assert "100 %" in result.output


def test_curve_at_all_of_the_gold_is_the_training_of_that_seed(config: Path) -> None:
    from pipeline.stages.train import train_model

    data = train_curve(config, Path("curve"), overrides={}, shares=[1.0], seeds=[5])
    manifest = train_model(config, Path("out"), overrides={"training.seed": 5})
    assert data["runs"][0]["layers"]["entities"]["f1"] == manifest["dev"]["layers"]["entities"]["strict"]["f1"]


@pytest.mark.parametrize("shares", [[], [0.0], [1.5]], ids=["none", "zero", "above one"])
def test_curve_refuses_shares_that_are_none(shares: list[float], config: Path) -> None:
    with pytest.raises(ConfigError, match="E533"):
        train_curve(config, Path("curve"), overrides={}, shares=shares)


def test_search_starts_with_the_config_and_writes_one_that_trains(config: Path, cli: Callable[..., Result]) -> None:
    pytest.importorskip("optuna", reason='Optuna is not installed: pip install "biaozhu[tune]"')
    result = cli("tune", config, "--output", "tune", "--trials", 4)
    assert result.exit_code == 0, result.output
    data = json.loads(Path("tune/tune.json").read_text(encoding="utf-8"))
    assert [trial["number"] for trial in data["trials"]] == [0, 1, 2, 3]
    assert data["trials"][0]["settings"] == {"components.entities.max_iterations": 3, "components.entities.l2": 0.1}
    best = data["best"]
    assert best["value"] == max(trial["value"] for trial in data["trials"])
    assert cli("train", "tune/best.cfg", "--output", "out").exit_code == 0
    manifest = json.loads(Path("out/manifest.json").read_text(encoding="utf-8"))
    assert manifest["dev"]["layers"]["entities"]["strict"]["f1"] == pytest.approx(best["value"])
    assert "${training.seed}" in Path("tune/best.cfg").read_text(encoding="utf-8")
    assert "[tune" not in manifest["config"]
    assert ET.fromstring(Path("tune/tune.svg").read_text(encoding="utf-8")).tag.endswith("svg")


def test_search_goes_on_where_it_was(config: Path) -> None:
    pytest.importorskip("optuna", reason='Optuna is not installed: pip install "biaozhu[tune]"')
    tune(config, Path("parts"), overrides={}, trials=2)
    parts = tune(config, Path("parts"), overrides={}, trials=5)
    whole = tune(config, Path("whole"), overrides={}, trials=5)
    assert [trial["settings"] for trial in parts["trials"]] == [trial["settings"] for trial in whole["trials"]]
    assert [trial["value"] for trial in parts["trials"]] == [trial["value"] for trial in whole["trials"]]
    again = tune(config, Path("parts"), overrides={}, trials=5)
    assert len(again["trials"]) == 5


def test_search_keeps_to_its_budget(config: Path) -> None:
    pytest.importorskip("optuna", reason='Optuna is not installed: pip install "biaozhu[tune]"')
    with pytest.raises(ConfigError, match="E536"):
        tune(config, Path("tune"), overrides={}, trials=3, minutes=0)
    assert tune(config, Path("tune"), overrides={}, trials=1)["best"]["number"] == 0
    assert len(tune(config, Path("tune"), overrides={}, trials=9, minutes=0)["trials"]) == 1


def test_search_of_other_gold_is_refused(config: Path) -> None:
    pytest.importorskip("optuna", reason='Optuna is not installed: pip install "biaozhu[tune]"')
    tune(config, Path("tune"), overrides={}, trials=1)
    write_records(Path("dev.jsonl"), make_records()[:3])
    with pytest.raises(ConfigError, match="E538"):
        tune(config, Path("tune"), overrides={}, trials=2)


def test_unknown_metric_is_said_with_those_there_are(config: Path) -> None:
    pytest.importorskip("optuna", reason='Optuna is not installed: pip install "biaozhu[tune]"')
    with pytest.raises(ConfigError, match=r"E539.*entities\.strict\.f1"):
        tune(config, Path("tune"), overrides={"tune.metric": "people.f1"}, trials=1)


@pytest.mark.parametrize(
    ("space", "code"),
    [
        pytest.param(None, "E534", id="no space"),
        pytest.param({"a": {"low": 1, "high": 2}}, "E535", id="no setting"),
        pytest.param({"a": {"setting": "x.y.z", "low": 1, "high": 2}}, "E535", id="unknown block"),
        pytest.param({"a": {"setting": "training.seed"}}, "E535", id="no range"),
        pytest.param({"a": {"setting": "training.seed", "low": 2, "high": 1}}, "E535", id="empty range"),
        pytest.param({"a": {"setting": "training.seed", "low": 0, "high": 1, "log": True}}, "E535", id="log of zero"),
        pytest.param({"a": {"setting": "training.seed", "choices": []}}, "E535", id="no choices"),
        pytest.param({"a": {"setting": "training.seed", "lows": 1}}, "E535", id="unknown key"),
    ],
)
def test_space_that_cannot_be_searched_is_refused(space: object, code: str) -> None:
    with pytest.raises(ConfigError, match=code):
        read_space({"space": space}, {"training": {"seed": 0}}, Path("x.cfg"))


@pytest.mark.parametrize("name", ["ner.cfg", "ner-spacy.cfg", "ner-transformer.cfg"])
def test_shipped_configs_have_a_space_to_search(name: str) -> None:
    from pipeline.nlp.training import read_training_config

    path = ROOT / "configs" / name
    config = read_training_config(path, {})
    assert len(read_space(config["tune"], config, path)) >= 2


def test_stages_resolve_by_name() -> None:
    for name in ("train_curve", "tune"):
        stage = registry.stages.get(f"biaozhu.{name}.v1")(config="a.cfg", output="b")
        assert callable(stage)


def test_report_shows_curve_and_search(config: Path) -> None:
    from pipeline.core.jsonl import write_json
    from pipeline.core.labels import default_scheme
    from pipeline.metrics.training_plots import FORM_TUNING
    from pipeline.stages.score import score_files

    curve = train_curve(config, Path("curve"), overrides={}, shares=[0.5, 1.0], seeds=[0])
    trials = [{"number": number, "value": 0.5 + number / 10, "settings": {}} for number in range(3)]
    write_json(Path("tune.json"), {"form": FORM_TUNING, "metric": "entities.strict.f1", "trials": trials})
    write_json(Path("scores.json"), score_files(Path("dev.jsonl"), Path("dev.jsonl"), scheme=default_scheme()))
    make = registry.stages.get("biaozhu.report.v1")
    files = {"gold": "dev.jsonl", "predictions": "dev.jsonl", "scores": "scores.json"}
    make(**files, curve="curve/curve.json", tuning="tune.json", output="report.html")()
    page = Path("report.html").read_text(encoding="utf-8")
    assert "Scores by amount of gold, entities" in page
    assert "best so far" in page
    assert set(curve_plots(curve)) == set(curve["layers"])
    with pytest.raises(InputError, match="E632"):
        make(**files, curve="tune.json", output="report.html")()


def test_plots_of_nothing() -> None:
    assert tuning_plot({"metric": "entities.strict.f1", "trials": []}) is None
    with pytest.raises(InputError, match="E632"):
        check_form([], FORM_CURVE, Path("x.json"))
