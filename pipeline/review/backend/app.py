"""Label Studio's ML backend contract as an ASGI app: health, setup, predict, webhook.

    GET  /health   {"status": "UP", …}, open to everybody, since it tells nothing
    POST /setup    {"model_version"}; Label Studio calls it often, with a token of its own that is not read or kept
    POST /predict  {"results": [{"result", "score", "model_version"}, …]}, one a task, in order
    POST /webhook  annotations that were created, updated or deleted; START_TRAINING starts a job and answers at once

Prediction runs in a thread, so the server answers /health meanwhile. Bodies beyond the limit are refused while they
arrive. With a user and a password set, all but /health ask for them (HTTP basic auth).
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.core.progress import logger
from pipeline.errors import BiaozhuError, MissingPartError, Problem

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from pipeline.review.backend.model import Predictor
    from pipeline.review.backend.training import Trainer

USER = "BIAOZHU_BACKEND_USER"
PASSWORD = "BIAOZHU_BACKEND_PASSWORD"  # noqa: S105  the name of a variable
_MALFORMED = (KeyError, TypeError, ValueError, AttributeError)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Limits:
    """What the backend accepts.

    body (int): bytes of one request.
    tasks (int): tasks of one request.
    """

    body: int = 20_000_000
    tasks: int = 500


def credentials(environ: Mapping[str, str]) -> tuple[str, str] | None:
    """RETURNS (tuple | None): user and password. RAISES (MissingPartError): if only one of them is set."""
    user, password = environ.get(USER, ""), environ.get(PASSWORD, "")
    if bool(user) != bool(password):
        raise MissingPartError(Problem("E733", f"only one of {USER} and {PASSWORD} is set", "set both or none"))
    return (user, password) if user else None


def check_host(host: str, login: tuple[str, str] | None) -> None:
    """RAISES (MissingPartError): if others could reach a backend that asks nobody for a password."""
    if login is None and host not in _LOOPBACK:
        remedy = f"set {USER} and {PASSWORD} in the environment"
        raise MissingPartError(Problem("E734", f"{host} is reachable from outside, and there is no password", remedy))


def make_app(
    predictor: Predictor,
    trainer: Trainer | None,
    *,
    login: tuple[str, str] | None = None,
    limits: Limits | None = None,
) -> Starlette:
    """Make the app.

    predictor (Predictor): answers.
    trainer (Trainer | None): retrains; None refuses START_TRAINING.
    login (tuple[str, str] | None): user and password that all but /health ask for.
    limits (Limits | None): what is accepted.
    RETURNS (Starlette): the ASGI app.
    RAISES (MissingPartError): if starlette is not installed.
    """
    try:
        from starlette.applications import Starlette
        from starlette.routing import Route
    except ImportError as error:
        raise MissingPartError(Problem("E735", "starlette is not installed", "pip install 'biaozhu[serve]'")) from error

    backend = _Backend(predictor, trainer, login, limits or Limits())

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        if trainer is not None:
            trainer.stop()

    routes = [
        Route("/", backend.health),
        Route("/health", backend.health),
        Route("/setup", backend.setup, methods=["POST"]),
        Route("/predict", backend.predict, methods=["POST"]),
        Route("/webhook", backend.webhook, methods=["POST"]),
        Route("/versions", backend.versions),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


class _RefusedError(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Backend:
    def __init__(
        self, predictor: Predictor, trainer: Trainer | None, login: tuple[str, str] | None, limits: Limits
    ) -> None:
        self._predictor = predictor
        self._trainer = trainer
        self._login = login
        self._limits = limits

    async def health(self, request: Request) -> Response:
        """RETURNS (Response): that the backend is there, its model's version and the state of retraining."""
        state = "none" if self._trainer is None else self._trainer.job.state
        return _json({"status": "UP", "model_version": self._predictor.loaded.version, "training": state})

    async def setup(self, request: Request) -> Response:
        """RETURNS (Response): the model's version."""
        try:
            await self._body(request)
        except _RefusedError as error:
            return _refuse(error)
        return _json({"model_version": self._predictor.loaded.version})

    async def versions(self, request: Request) -> Response:
        """RETURNS (Response): the one version that answers."""
        return _json({"versions": [self._predictor.loaded.version]})

    async def predict(self, request: Request) -> Response:
        """RETURNS (Response): a prediction a task, in order."""
        from starlette.concurrency import run_in_threadpool

        try:
            tasks = (await self._body(request)).get("tasks")
            if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
                raise _RefusedError(400, '"tasks" is a list of tasks')
            if len(tasks) > self._limits.tasks:
                raise _RefusedError(413, f"more than {self._limits.tasks} tasks; send them in parts")
            results = await run_in_threadpool(self._predictor.predict, tasks)
        except _RefusedError as error:
            return _refuse(error)
        except _MALFORMED as error:
            return _refuse(_RefusedError(400, f"a task is malformed: {error!r}"))
        except BiaozhuError as error:
            return _refuse(_RefusedError(400, str(error)))
        return _json({"results": results})

    async def webhook(self, request: Request) -> Response:
        """RETURNS (Response): what was done with the event."""
        from starlette.concurrency import run_in_threadpool

        try:
            event = await self._body(request)
            said = await run_in_threadpool(self._take, event)
        except _RefusedError as error:
            return _refuse(error)
        except _MALFORMED as error:
            return _refuse(_RefusedError(400, f"the event is malformed: {error!r}"))
        except BiaozhuError as error:
            # Label Studio shows no answer of a webhook to anybody, so the log has to say it.
            logger.warning("webhook: annotation left out: %s", error)
            return _refuse(_RefusedError(422, str(error)))
        return _json(said)

    def _take(self, event: Mapping[str, Any]) -> dict[str, Any]:
        action = event.get("action")
        if self._trainer is None:
            return {"status": "ignored", "why": "this backend does not train"}
        if action == "START_TRAINING":
            started = self._trainer.start()
            return {"status": "started" if started else "running", "job": str(self._trainer.job.number)}
        if action in ("ANNOTATION_CREATED", "ANNOTATION_UPDATED"):
            task, annotation = event.get("task"), event.get("annotation")
            if not isinstance(task, Mapping) or not isinstance(annotation, Mapping):
                raise _RefusedError(400, f'{action} needs "task" and "annotation"')
            return {"status": "taken", "record": self._trainer.inbox.take(task, annotation)}
        if action == "ANNOTATIONS_DELETED":
            for item in event.get("annotations") or []:
                self._trainer.inbox.drop(int(item["id"]))
            return {"status": "dropped"}
        return {"status": "ignored", "why": f"action {action!r}"}

    async def _body(self, request: Request) -> dict[str, Any]:
        self._check_login(request.headers.get("authorization", ""))
        data = bytearray()
        async for chunk in request.stream():
            data += chunk
            if len(data) > self._limits.body:
                raise _RefusedError(413, f"more than {self._limits.body} bytes")
        try:
            body = json.loads(data or b"{}")
        except (ValueError, RecursionError) as error:
            raise _RefusedError(400, "the body is no JSON") from error
        if not isinstance(body, dict):
            raise _RefusedError(400, "the body is no JSON object")
        return body

    def _check_login(self, header: str) -> None:
        if self._login is None:
            return
        kind, _, code = header.partition(" ")
        try:
            given = base64.b64decode(code, validate=True) if kind.lower() == "basic" else b""
        except binascii.Error:
            given = b""
        if not hmac.compare_digest(given, ":".join(self._login).encode()):
            raise _RefusedError(401, "user or password is wrong")


def _json(data: Any, status: int = 200) -> Response:
    from starlette.responses import JSONResponse

    return JSONResponse(data, status_code=status)


def _refuse(error: _RefusedError) -> Response:
    response = _json({"error": str(error)}, error.status)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="biaozhu"'
    return response
