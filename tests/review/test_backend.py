"""The live backend: its contract, its limits, retraining, and a real Label Studio connected to it."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record, read_records, write_records
from pipeline.errors import InputError, MissingPartError
from pipeline.formats.label_studio import results_to_spans
from pipeline.review.backend.app import Limits, check_host, credentials, make_app
from pipeline.review.backend.model import Predictor, load
from pipeline.review.backend.training import Inbox, Trainer, TrainingPlan
from pipeline.review.push import make_task, push
from tests.conftest import ROOT
from tests.review.studio import LI, Studio, script

SCHEME = default_scheme()
GOLD = read_records(ROOT / "annotations" / "gold" / "dev.jsonl")[:8]
SMALL = (
    "--components.entities.max_iterations",
    "1",
    "--components.entities.augment.copies",
    "0",
)
LOGIN = ("studio", "open sesame")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """RETURNS (Path): a folder with tiny.jsonl and a model trained on it for one pass."""
    folder = tmp_path_factory.mktemp("tiny")
    write_records(folder / "tiny.jsonl", GOLD)
    paths = ("--paths.train", str(folder / "tiny.jsonl"), "--paths.dev", str(folder / "tiny.jsonl"))
    command = [sys.executable, "-m", "pipeline", "-q", "train", str(ROOT / "configs" / "ner.cfg"), *paths, *SMALL]
    subprocess.run([*command, "--output", str(folder / "run")], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def predictor(tiny: Path) -> Predictor:
    return Predictor(load(tiny / "run" / "model-best"), SCHEME, max_chars=2000)


class Client:
    """Asks an app in this process."""

    def __init__(self, app: Any, login: tuple[str, str] | None = None) -> None:
        self._app = app
        self._auth = login

    def ask(self, method: str, path: str, body: object = None, content: bytes | None = None) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://backend", auth=self._auth) as client:
                if content is not None:
                    return await client.request(method, path, content=content)
                return await client.request(method, path, json=body)

        import anyio

        return anyio.run(run)


def tasks_of(*texts: str) -> list[dict[str, Any]]:
    return [{"id": number, "data": {"text": text, "record_id": f"r{number}"}} for number, text in enumerate(texts)]


@pytest.mark.slow
def test_contract(predictor: Predictor) -> None:
    client = Client(make_app(predictor, None))
    version = predictor.loaded.version
    assert client.ask("GET", "/health").json() == {"status": "UP", "model_version": version, "training": "none"}
    setup = client.ask("POST", "/setup", {"project": "1.2", "schema": "<View/>", "access_token": "t"})
    assert setup.json() == {"model_version": version}
    # 𠮷 and an emoji stand before the number: offsets are code points
    texts = ["𠮷😀截至2022年,占98.46%。", "", GOLD[0].text]
    results = client.ask("POST", "/predict", {"tasks": tasks_of(*texts)}).json()["results"]
    assert [item["model_version"] for item in results] == [version] * 3
    values = [span.value for span in results_to_spans(results[0]["result"], texts[0])]
    assert "98.46 %" in values
    assert results[1]["result"] == []
    assert results[2]["result"]
    assert 0 < results[2]["score"] <= 1


@pytest.mark.slow
def test_a_task_is_answered_well_under_a_second(predictor: Predictor) -> None:
    client = Client(make_app(predictor, None))
    times = []
    for record in GOLD:
        started = time.perf_counter()
        assert client.ask("POST", "/predict", {"tasks": tasks_of(record.text)}).status_code == 200
        times.append(time.perf_counter() - started)
    assert sorted(times)[len(times) // 2] < 0.8


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"not json", 400),
        (b"[1]", 400),
        (b'{"tasks": 3}', 400),
        (b'{"tasks": [{"id": 1}]}', 400),
        (b'{"tasks": [{"data": {"text": "3", "words": [1]}}]}', 400),
        (b'{"tasks": [{"data": {"text": "\\ud800"}}]}', 400),
        (b"[" * 100_000, 400),
        (b" " * 300_000, 413),
        (json.dumps({"tasks": tasks_of(*["x"] * 6)}).encode(), 413),
    ],
    ids=["no-json", "no-object", "no-list", "no-text", "words", "surrogate", "deep", "too-large", "too-many"],
)
def test_what_does_not_fit_is_refused(predictor: Predictor, content: bytes, status: int) -> None:
    client = Client(make_app(predictor, None, limits=Limits(body=200_000, tasks=5)))
    answer = client.ask("POST", "/predict", content=content)
    assert answer.status_code == status
    assert answer.json()["error"]


@pytest.mark.slow
def test_text_beyond_the_limit_gets_an_empty_prediction(
    predictor: Predictor, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.core.progress.logger.propagate", True)
    results = predictor.predict(tasks_of("3家" * 2000, "3家店"))
    assert [bool(item["result"]) for item in results] == [False, True]
    assert "4000 characters, over --max-chars" in caplog.text


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/predict", "/setup", "/webhook"])
@pytest.mark.parametrize("login", [None, ("studio", "wrong"), ("", "")], ids=["none", "wrong", "empty"])
def test_password_is_asked_for(predictor: Predictor, path: str, login: tuple[str, str] | None) -> None:
    app = make_app(predictor, None, login=LOGIN)
    refused = Client(app, login).ask("POST", path, {"tasks": []})
    assert refused.status_code == 401
    assert "sesame" not in refused.text
    assert Client(app, LOGIN).ask("POST", path, {"tasks": []}).status_code == 200
    assert Client(app).ask("GET", "/health").status_code == 200


def test_outside_needs_a_password() -> None:
    assert credentials({}) is None
    with pytest.raises(MissingPartError, match="E733"):
        credentials({"BIAOZHU_BACKEND_USER": "a"})
    check_host("127.0.0.1", None)
    check_host("0.0.0.0", LOGIN)
    with pytest.raises(MissingPartError, match=r"E734.*BIAOZHU_BACKEND_PASSWORD"):
        check_host("0.0.0.0", None)


def annotated(record: Record, *, number: int = 1, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    task = {"id": 5, **make_task(record, SCHEME, "v1")}
    annotation = {"id": number, "completed_by": 1, "result": task["predictions"][0]["result"], **options}
    return task, annotation


@pytest.fixture
def trainer(tmp_path: Path, tiny: Path, predictor: Predictor) -> Iterator[Trainer]:
    write_records(tmp_path / "train.jsonl", GOLD[:4])
    write_records(tmp_path / "dev.jsonl", GOLD[4:])
    plan = TrainingPlan(
        ROOT / "configs" / "ner.cfg", tmp_path / "train.jsonl", tmp_path / "dev.jsonl", tmp_path / "live"
    )
    made = Trainer(
        plan, Inbox(tmp_path / "live" / "annotations.jsonl", SCHEME), lambda: predictor.loaded, lambda _: None
    )
    yield made
    made.stop()


@pytest.mark.slow
def test_webhooks_fill_the_inbox_and_dev_stays_out(trainer: Trainer, predictor: Predictor, tmp_path: Path) -> None:
    client = Client(make_app(predictor, trainer))
    new = Record("new", "余姚有3家店", ())
    for number, record in enumerate([new, GOLD[0].with_spans([]), GOLD[5]], 1):
        task, annotation = annotated(record, number=number)
        event = {"action": "ANNOTATION_CREATED", "task": task, "annotation": annotation}
        assert client.ask("POST", "/webhook", event).json()["record"] == record.id
    trainer._write_corpus(tmp_path / "corpus.jsonl")
    corpus = {record.id: record for record in read_records(tmp_path / "corpus.jsonl")}
    assert set(corpus) == {"new", *(record.id for record in GOLD[:4])}
    assert corpus[GOLD[0].id].spans == ()
    client.ask("POST", "/webhook", {"action": "ANNOTATIONS_DELETED", "annotations": [{"id": 1}]})
    assert {record.id for record in trainer.inbox.records()} == {GOLD[0].id, GOLD[5].id}
    kept = Inbox(tmp_path / "live" / "annotations.jsonl", SCHEME)
    assert kept.records() == trainer.inbox.records()


@pytest.mark.slow
def test_webhook_with_a_broken_annotation_is_refused(trainer: Trainer, predictor: Predictor) -> None:
    client = Client(make_app(predictor, trainer))
    task, annotation = annotated(GOLD[0])
    annotation["result"][0]["value"]["end"] = 10**6
    event = {"action": "ANNOTATION_CREATED", "task": task, "annotation": annotation}
    assert client.ask("POST", "/webhook", event).status_code == 422
    assert client.ask("POST", "/webhook", {"action": "ANNOTATION_CREATED"}).status_code == 400
    events: list[dict[str, Any]] = [{"task": {}, "annotation": {}}, {"task": task, "annotation": {"id": "x"}}]
    for broken in events:
        assert client.ask("POST", "/webhook", {"action": "ANNOTATION_UPDATED", **broken}).status_code == 422
    assert client.ask("POST", "/webhook", {"action": "ANNOTATIONS_DELETED", "annotations": [3]}).status_code == 400
    assert client.ask("POST", "/webhook", {"action": "PROJECT_UPDATED"}).json()["status"] == "ignored"


@pytest.mark.slow
@pytest.mark.parametrize(("verdict", "state"), [(False, "refused"), (None, "failed")])
def test_a_model_that_is_not_better_does_not_answer(
    trainer: Trainer, monkeypatch: pytest.MonkeyPatch, verdict: bool | None, state: str
) -> None:
    swapped: list[object] = []
    trainer.swap = swapped.append

    def ask(self: Trainer, *arguments: str) -> tuple[bool, str]:
        if arguments[0] != "gate":
            return True, ""
        if verdict is None:
            raise InputError()
        return verdict, "numbers: strict.f1 fell"

    monkeypatch.setattr(Trainer, "_ask", ask)
    assert trainer.start()
    assert trainer._thread is not None
    trainer._thread.join()
    assert trainer.job.state == state
    assert swapped == []


@pytest.mark.label_studio
def test_real_label_studio_connected(studio: Studio, project: str, tiny: Path, tmp_path: Path) -> None:
    """Connect, predict a task live, take an annotation, retrain without blocking, swap, predict anew."""
    port = script.free_port()
    (tmp_path / "gate.cfg").write_text(
        '[gate]\nalpha = 0.05\ntrials = 10\nseed = 0\nmin_support = 1\n\n[rules]\n\n[rules.any]\nlayer = "*"\n'
        'metric = "strict.f1"\nminimum = 0.1\n'
    )
    (tmp_path / "ner.cfg").write_text(_small_config())
    gold = str(tiny / "tiny.jsonl")
    command = [sys.executable, "-m", "pipeline", "review", "serve", "--model", str(tiny / "run" / "model-best")]
    command += ["--port", str(port), "--config", str(tmp_path / "ner.cfg"), "--train", gold, "--dev", gold]
    command += ["--gate", str(tmp_path / "gate.cfg"), "--folder", str(tmp_path / "live")]
    environment = {**script._environment(tmp_path), "BIAOZHU_BACKEND_USER": "studio", "BIAOZHU_BACKEND_PASSWORD": "pw"}
    log = (tmp_path / "serve.log").open("wb")
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        script.wait_until_healthy(process, port)
        first = _health(port)["model_version"]
        new = Record("live", "𠮷野家3家店在余姚开业,占98.46%")
        push(studio.server(), [new], SCHEME, project=project, model_version="empty")
        sdk = studio.sdk()
        place = studio.server().find_project(project)
        assert place is not None
        backend = sdk.ml.create(
            project=place.id,
            url=f"http://studio:pw@127.0.0.1:{port}",
            title="biaozhu",
            is_interactive=True,
        )
        assert sdk.ml.get(backend.id).state == "CO"
        task = studio.task_of(project, "live")
        started = time.perf_counter()
        answer = httpx.post(
            f"{studio.url}/api/ml/{backend.id}/interactive-annotating",
            json={"task": task},
            headers={"Authorization": f"Token {studio.token()}"},
        )
        assert time.perf_counter() - started < 3
        assert answer.json()["data"]["model_version"] == first
        assert "98.46 %" in answer.text

        studio.annotate(project, new, by=LI)
        _wait((tmp_path / "live" / "annotations.jsonl").is_file)
        assert [record.id for record in read_records(tmp_path / "live" / "annotations.jsonl")] == ["live"]

        sdk.ml.train(backend.id)
        slowest = 0.0
        while _health(port)["training"] == "running":
            started = time.perf_counter()
            body = {"tasks": tasks_of("3家店")}
            code = base64.b64encode(b"studio:pw").decode()
            answered = httpx.post(
                f"http://127.0.0.1:{port}/predict", json=body, headers={"Authorization": f"Basic {code}"}
            )
            slowest = max(slowest, time.perf_counter() - started)
            assert answered.status_code == 200
            time.sleep(0.2)
        health = _health(port)
        assert health["training"] == "passed", (tmp_path / "serve.log").read_text()
        assert health["model_version"] != first
        assert slowest < 3  # training takes half a minute and both cores
    finally:
        process.terminate()
        process.wait(20)
        log.close()
    said = (tmp_path / "serve.log").read_text()
    assert studio.token() not in said
    assert "pw" not in said


def _small_config() -> str:
    text = (ROOT / "configs" / "ner.cfg").read_text(encoding="utf-8")
    for name, value in (("max_iterations", 1), ("copies", 0)):
        text, count = re.subn(rf"^{name} = \d+$", f"{name} = {value}", text, flags=re.MULTILINE)
        assert count == 1
    return text


def _health(port: int) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"http://127.0.0.1:{port}/health", timeout=1).json()
    return found


def _wait(there: Any, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.05)
