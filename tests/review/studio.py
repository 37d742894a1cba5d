"""A real Label Studio for the tests, and a proxy in front of it that fails on demand."""

from __future__ import annotations

import http.client
import importlib.util
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record
from pipeline.formats.label_studio import spans_to_results
from pipeline.review.server import Server

ROOT = Path(__file__).resolve().parent.parent.parent
ADMIN, LI, WANG = "admin@example.com", "li@example.com", "wang@example.com"


def _load_script() -> ModuleType:
    name = "label_studio_script"
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / "label_studio.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


script = _load_script()


def missing(what: str, remedy: str) -> NoReturn:
    """Say that a real part is not there: a skip here, a failure in CI, where it has to be."""
    message = f"{what} is not there; {remedy}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@dataclass
class Studio:
    """A running server on a copy of the prepared database."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    accounts: dict[str, dict[str, str]] = field(default_factory=dict)
    servers: dict[tuple[object, ...], Server] = field(default_factory=dict)

    @classmethod
    def launch(cls, folder: Path) -> Studio:
        if not script.is_prepared():
            missing("Label Studio", "run: python scripts/label_studio.py prepare")
        script.copy_database(folder)
        studio = cls(folder, script.free_port(), accounts=script.accounts(folder))
        studio.start()
        return studio

    def start(self) -> None:
        self.process = script.start(self.folder, self.port)
        script.wait_until_healthy(self.process, self.port)

    def stop(self, *, kill: bool = False) -> None:
        if self.process is not None:
            script.stop(self.process, kill=kill)
            self.process = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def token(self, name: str = ADMIN) -> str:
        return self.accounts[name]["token"]

    def environ(self, name: str = ADMIN) -> dict[str, str]:
        return {"LABEL_STUDIO_URL": self.url, "LABEL_STUDIO_API_KEY": self.token(name)}

    def server(self, name: str = ADMIN, *, url: str | None = None, timeout: float = 30) -> Server:
        key = (name, url, timeout)
        if key not in self.servers:
            self.servers[key] = Server(url or self.url, self.token(name), timeout=timeout, pauses=(0.05, 0.1))
        return self.servers[key]

    def close(self, *, kill: bool = False) -> None:
        for server in self.servers.values():
            server.close()
        self.stop(kill=kill)

    def sdk(self, name: str = ADMIN) -> Any:
        return self.server(name)._sdk

    def user_id(self, name: str) -> int:
        return int(self.sdk(name).users.whoami().id)

    def annotate(self, project: str, record: Record, *, by: str, **options: Any) -> int:
        """Submit a record's spans as an annotation, as the labelling page does. RETURNS (int): its number."""
        task = self.task_of(project, record.id)
        results = spans_to_results(record, default_scheme())
        made = self.sdk(by).annotations.create(task, result=results, **{"lead_time": 10.0, **options})
        return int(made.id)

    def task_of(self, project: str, record_id: str) -> int:
        server = self.server()
        place = server.find_project(project)
        assert place is not None
        return next(info.id for info in server.tasks(place) if info.record_id == record_id)

    def ids(self, project: str) -> list[str]:
        """RETURNS (list[str]): record ids of all tasks, sorted; a doubled one stands there twice."""
        server = self.server()
        place = server.find_project(project)
        return sorted(info.record_id for info in server.tasks(place)) if place else []


class Proxy:
    """Forwards to a server; `fault(method, path)` may name what goes wrong with a request.

    "500", "401": not forwarded, answered with this. "late": carried out, then answered 502, as a gateway does whose
    patience ends. "cut": the connection breaks. "slow": answered after `delay` seconds.
    """

    def __init__(self, target: str) -> None:
        self.fault: Callable[[str, str], str | None] = lambda method, path: None
        self.delay = 1.0
        self.seen: list[tuple[str, str]] = []
        host = urlsplit(target).netloc
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                proxy.seen.append((self.command, self.path))
                fault = proxy.fault(self.command, self.path)
                if fault in {"500", "401"}:
                    self.answer(int(fault), b"{}")
                    return
                if fault == "cut":
                    self.close_connection = True
                    return
                if fault == "slow":
                    time.sleep(proxy.delay)
                connection = http.client.HTTPConnection(host, timeout=60)
                headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                data = answer.read()
                connection.close()
                if fault == "late":
                    self.answer(502, b"{}")
                else:
                    self.answer(answer.status, data, answer.getheader("Content-Type") or "application/json")

            def answer(self, status: int, data: bytes, kind: str = "application/json") -> None:
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        for method in ("GET", "POST", "PATCH", "DELETE"):
            setattr(Handler, f"do_{method}", Handler.handle_any)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
