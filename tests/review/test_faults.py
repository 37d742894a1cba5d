"""What goes wrong with a server: nothing is lost or doubled, and the message says what to do, without the token."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record, read_records, write_records
from pipeline.core.spans import CharSpan
from pipeline.errors import BiaozhuError, InputError
from pipeline.review import push as push_module
from pipeline.review.pull import pull
from pipeline.review.push import push
from pipeline.review.server import Project, Server, ServerError, connect
from tests.review.studio import LI, Proxy, Studio, script

pytestmark = pytest.mark.label_studio
SCHEME = default_scheme()
EXPIRED = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJ0b2tlbl90eXBlIjoicmVmcmVzaCIsImV4cCI6MTYwMDAwMDAwMCwiaWF0IjoxNTAwMDAwMDAwfQ."
    "c2lnbmF0dXJl"
)


def some_records(count: int = 12) -> list[Record]:
    # 3个项目在余姚开工: three projects begin in Yuyao
    text = "3个项目在余姚开工"
    spans = (CharSpan(0, 2, "QUANTITY", "3 个"), CharSpan(5, 7, "GPE"))
    return [Record(f"r{number:02}", f"{text}{number}", spans) for number in range(count)]


def ids(records: list[Record]) -> list[str]:
    return [record.id for record in records]


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_module, "BATCH", 4)


def test_server_that_is_down_is_named(studio: Studio) -> None:
    url = f"http://127.0.0.1:{script.free_port()}"
    with (
        Server(url, studio.token(), pauses=()) as server,
        pytest.raises(ServerError, match=rf"E702.*{url}.*start the server"),
    ):
        server.check()


@pytest.mark.parametrize("token", ["0" * 40, EXPIRED], ids=["unknown", "expired"])
def test_refused_token_is_never_shown(studio: Studio, token: str, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ServerError, match=r"E703.*LABEL_STUDIO_API_KEY") as caught:
        connect({"LABEL_STUDIO_URL": studio.url, "LABEL_STUDIO_API_KEY": token})
    assert token not in str(caught.value) + caplog.text
    assert not caught.value.again


def test_environment_without_token_says_what_to_set() -> None:
    with pytest.raises(BiaozhuError, match=r"E701.*LABEL_STUDIO_API_KEY"):
        connect({"LABEL_STUDIO_URL": "http://127.0.0.1:1"})


@pytest.mark.parametrize("fault", ["500", "late", "cut"])
def test_push_goes_on_after_a_failed_import(
    studio: Studio, proxy: Proxy, project: str, small_batches: None, fault: str
) -> None:
    seen: list[str] = []

    def once(method: str, path: str) -> str | None:
        if method == "POST" and path.endswith("/import"):
            seen.append(path)
            return fault if len(seen) == 2 else None
        return None

    proxy.fault = once
    records = some_records()
    push(studio.server(url=proxy.url), records, SCHEME, project=project, model_version="v1")
    assert studio.ids(project) == ids(records)


def test_token_that_expires_in_the_middle_of_push_and_pull(
    studio: Studio, proxy: Proxy, project: str, small_batches: None, tmp_path: Path
) -> None:
    records = some_records()
    imports: list[str] = []

    def expires(method: str, path: str) -> str | None:
        imports.extend([path] if path.endswith("/import") else [])
        return "401" if len(imports) > 1 else None

    proxy.fault = expires
    with pytest.raises(ServerError, match=r"E703.*LABEL_STUDIO_API_KEY"):
        push(studio.server(url=proxy.url), records, SCHEME, project=project, model_version="v1")
    assert studio.ids(project) == ids(records)[:4]
    done = push(studio.server(), records, SCHEME, project=project, model_version="v1")
    assert (done.imported, done.known, studio.ids(project)) == (8, 4, ids(records))

    studio.annotate(project, records[0], by=LI)
    proxy.fault = lambda method, path: "401" if "fields=all" in path else None
    with pytest.raises(ServerError, match=r"E703"):
        pull(studio.server(url=proxy.url), project, tmp_path / "review", SCHEME)
    assert not (tmp_path / "review").exists()
    assert pull(studio.server(), project, tmp_path / "review", SCHEME).annotations == 1


def test_push_that_times_out_while_the_server_works_doubles_nothing(
    studio: Studio, proxy: Proxy, project: str, small_batches: None
) -> None:
    push(studio.server(), some_records(1), SCHEME, project=project, model_version="v1")
    seen: list[str] = []

    def slow(method: str, path: str) -> str | None:
        if method == "POST" and path.endswith("/import"):
            seen.append(path)
            return "slow" if len(seen) == 1 else None
        return None

    proxy.fault, proxy.delay = slow, 3.5
    records = some_records()
    push(studio.server(url=proxy.url, timeout=3), records, SCHEME, project=project, model_version="v1")
    # The slow import may have arrived after the one that replaced it: a further push leaves each record once.
    threading.Event().wait(1.0)
    push(studio.server(), records, SCHEME, project=project, model_version="v1")
    assert studio.ids(project) == ids(records)


def test_reading_is_tried_again(studio: Studio, proxy: Proxy, project: str, tmp_path: Path) -> None:
    records = some_records(3)
    push(studio.server(), records, SCHEME, project=project, model_version="v1")
    studio.annotate(project, records[0], by=LI)
    failures = {"/api/tasks/": 2}

    def fault(method: str, path: str) -> str | None:
        place = path.partition("?")[0]
        if failures.get(place, 0):
            failures[place] -= 1
            return "500" if failures[place] else "cut"
        return None

    proxy.fault = fault
    assert pull(studio.server(url=proxy.url), project, tmp_path, SCHEME).annotations == 1


def test_pull_that_fails_leaves_the_folder_as_it_was(
    studio: Studio, proxy: Proxy, project: str, tmp_path: Path
) -> None:
    records = some_records(3)
    push(studio.server(), records, SCHEME, project=project, model_version="v1")
    studio.annotate(project, records[0], by=LI)
    pull(studio.server(), project, tmp_path, SCHEME)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    studio.annotate(project, records[1], by=LI)
    proxy.fault = lambda method, path: "500" if "fields=all" in path else None
    with pytest.raises(ServerError, match=r"E705.*run this again"):
        pull(studio.server(url=proxy.url), project, tmp_path, SCHEME)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert pull(studio.server(), project, tmp_path, SCHEME).annotations == 1


def test_slow_server_is_reported(studio: Studio, proxy: Proxy) -> None:
    proxy.fault, proxy.delay = (lambda method, path: "slow"), 1.0
    with (
        Server(proxy.url, studio.token(), timeout=0.2, pauses=()) as server,
        pytest.raises(ServerError, match=r"E704.*no answer in time"),
    ):
        server.check()


def test_address_of_another_server_is_reported(studio: Studio, project: str) -> None:
    with pytest.raises(ServerError, match=r"E70[58]"):
        studio.server(url=f"{studio.url}/nothing").check()


def test_push_killed_on_our_side_goes_on(
    studio: Studio, project: str, small_batches: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = some_records()
    whole = Server.import_tasks
    calls: list[int] = []

    def interrupted(self: Server, project: Project, tasks: Sequence[Mapping[str, Any]]) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(self, project, tasks)

    monkeypatch.setattr(Server, "import_tasks", interrupted)
    with pytest.raises(KeyboardInterrupt):
        push(studio.server(), records, SCHEME, project=project, model_version="v1")
    assert len(studio.ids(project)) == 4
    done = push(studio.server(), records, SCHEME, project=project, model_version="v1")
    assert (done.imported, done.known) == (8, 4)
    assert studio.ids(project) == ids(records)


def test_server_killed_in_the_middle_of_push_and_pull(
    own_studio: Studio, project: str, small_batches: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = some_records(40)
    whole_import, whole_read = Server.import_tasks, Server._read_chunk
    calls: list[str] = []

    def killing_import(self: Server, project: Project, tasks: Sequence[Mapping[str, Any]]) -> int:
        calls.append("import")
        if len(calls) == 3:
            threading.Timer(0.02, own_studio.stop, kwargs={"kill": True}).start()
        return whole_import(self, project, tasks)

    monkeypatch.setattr(Server, "import_tasks", killing_import)
    with pytest.raises(ServerError, match=r"E702.*start the server"):
        push(own_studio.server(), records, SCHEME, project=project, model_version="v1")
    monkeypatch.setattr(Server, "import_tasks", whole_import)
    own_studio.start()
    push(own_studio.server(), records, SCHEME, project=project, model_version="v1")
    assert own_studio.ids(project) == ids(records)
    place = own_studio.server().find_project(project)
    assert place is not None
    assert len(own_studio.server().predicted_tasks(place, "v1")) == len(records)

    for record in records[:3]:
        own_studio.annotate(project, record, by=LI)

    def killing_read(self: Server, project: Project, numbers: Sequence[int]) -> list[dict[str, Any]]:
        own_studio.stop(kill=True)
        return whole_read(self, project, numbers)

    monkeypatch.setattr(Server, "_read_chunk", killing_read)
    folder = tmp_path / "review"
    with pytest.raises(ServerError, match="E702"):
        pull(own_studio.server(), project, folder, SCHEME)
    assert not folder.exists()
    monkeypatch.setattr(Server, "_read_chunk", whole_read)
    own_studio.start()
    assert pull(own_studio.server(), project, folder, SCHEME).annotations == 3


def test_task_deleted_on_the_server(studio: Studio, project: str, tmp_path: Path) -> None:
    records = some_records(3)
    push(studio.server(), records, SCHEME, project=project, model_version="v1")
    for record in records[:2]:
        studio.annotate(project, record, by=LI)
    pull(studio.server(), project, tmp_path, SCHEME)
    studio.server().delete_task(studio.task_of(project, "r00"))
    done = pull(studio.server(), project, tmp_path, SCHEME)
    assert done.gone == 1
    (path,) = tmp_path.glob("annotator-*.jsonl")
    assert ids(read_records(path)) == ["r00", "r01"]
    assert push(studio.server(), records, SCHEME, project=project, model_version="v1").imported == 1
    assert sorted(studio.ids(project)) == ids(records)


def test_label_renamed_on_the_server(studio: Studio, project: str, tmp_path: Path) -> None:
    records = some_records(2)
    push(studio.server(), records, SCHEME, project=project, model_version="v1")
    studio.annotate(project, records[0], by=LI)
    place = studio.server().find_project(project)
    assert place is not None
    studio.server().update_form(place, place.form.replace('alias="GPE"', 'alias="PLACE"'))
    with pytest.raises(InputError, match=r"E711.*lacks GPE.*PLACE.*rename the labels back"):
        push(studio.server(), records, SCHEME, project=project, model_version="v2")
    task = studio.task_of(project, "r01")
    region = {"start": 5, "end": 7, "text": "余姚", "labels": ["PLACE"]}
    result = [{"id": "a", "from_name": "entities", "to_name": "text", "type": "labels", "value": region}]
    studio.sdk(LI).annotations.create(task, result=result)
    done = pull(studio.server(), project, tmp_path, SCHEME)
    assert done.annotations == 1
    assert "E716" in str(done.problems[0])
    assert "rename it back" in str(done.problems[0])
    push(studio.server(), records, SCHEME, project=project, model_version="v2", update_form=True)
    assert studio.ids(project) == ["r00", "r01"]


def test_text_that_changed_is_refused(studio: Studio, project: str) -> None:
    push(studio.server(), some_records(1), SCHEME, project=project, model_version="v1")
    other = [Record("r00", "另一篇")]  # another text
    with pytest.raises(InputError, match=r"record r00.*E712"):
        push(studio.server(), other, SCHEME, project=project, model_version="v1")


def test_commands_end_with_2_and_no_trace(
    cli: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_records(tmp_path / "p.jsonl", some_records(1))
    monkeypatch.setenv("LABEL_STUDIO_URL", f"http://127.0.0.1:{script.free_port()}")
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "secret-token")
    monkeypatch.setattr("pipeline.review.server.PAUSES", ())
    result = cli("review", "push", tmp_path / "p.jsonl")
    assert result.exit_code == 2
    assert "E702" in result.output
    assert "secret-token" not in result.output
