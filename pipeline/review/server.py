"""A Label Studio server over its SDK: few calls, every failure one of our errors, no token in any of them.

Address and token come from LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY and from nowhere else. Reading is tried again
when a connection breaks or the server answers 5xx; writing is not, since a request whose answer got lost may have been
carried out: who writes looks what is there and goes on from it (`push`).
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from pipeline.core.progress import logger
from pipeline.errors import BiaozhuError, InputError, MissingPartError, Problem
from pipeline.formats.label_studio import RECORD_ID, TEXT

T = TypeVar("T")
URL = "LABEL_STUDIO_URL"
API_KEY = "LABEL_STUDIO_API_KEY"
PAUSES = (0.5, 2.0, 5.0)
"""Seconds before reading is tried again."""

_CHUNK = 100
_PAGE = 1000


class ServerError(BiaozhuError):
    """The server cannot be reached or does not do what it was asked; what was done before stands.

    `again` says whether the same call may succeed later.
    """

    def __init__(self, problem: Problem, *, again: bool = False) -> None:
        super().__init__(problem)
        self.again = again


@dataclass(frozen=True, slots=True)
class Project:
    """A project on the server.

    id (int): its number.
    title (str): its title.
    form (str): its labelling config, XML.
    tasks (int): how many tasks it has.
    """

    id: int
    title: str
    form: str
    tasks: int


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """What is known of a task without reading it.

    id (int): its number on the server.
    record_id (str): the record it was made from.
    text (str): hash of its text (`text_hash`).
    updated_at (str): when it, or one of its annotations, last changed.
    annotations (int): how many annotations it has, cancelled ones included.
    """

    id: int
    record_id: str
    text: str
    updated_at: str
    annotations: int


class Server:
    """A Label Studio server.

    url (str): its address.
    api_key (str): a legacy token or a personal access token.
    timeout (float): seconds that one answer may take.
    pauses (Sequence[float]): seconds to wait before each further try at reading.
    """

    def __init__(self, url: str, api_key: str, *, timeout: float = 60.0, pauses: Sequence[float] = PAUSES) -> None:
        self.url = url.rstrip("/")
        self._pauses = tuple(pauses)
        self._secret = api_key
        with self._translated("connecting"):
            self._http, self._sdk = _make_sdk(self.url, api_key, timeout)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def check(self) -> str:
        """RETURNS (str): the name of the account the token belongs to. RAISES (ServerError): if anything is wrong."""
        me = self._read("asking who the token belongs to", self._sdk.users.whoami)
        return str(me.email)

    def users(self) -> dict[int, str]:
        """RETURNS (dict[int, str]): names of the accounts by number."""
        found = self._read("listing accounts", self._sdk.users.list)
        return {int(user.id): str(user.email) for user in found}

    def find_project(self, title: str) -> Project | None:
        """RETURNS (Project | None): the project of this title. RAISES (InputError): if there are several."""
        found = self._read("looking for the project", lambda: list(self._sdk.projects.list(title=title, page_size=100)))
        exact = [item for item in found if item.title == title]
        if len(exact) > 1:
            numbers = ", ".join(str(item.id) for item in exact)
            raise InputError(
                Problem("E706", f"several projects are called {title!r}: {numbers}", "rename all but one of them")
            )
        return self.project(int(exact[0].id)) if exact else None

    def project(self, number: int) -> Project:
        """RETURNS (Project): the project of this number."""
        item = self._read("reading the project", lambda: self._sdk.projects.get(number))
        return Project(number, str(item.title), str(item.label_config), int(item.task_number or 0))

    def create_project(self, title: str, form: str, *, annotators: int = 1, description: str = "") -> Project:
        """Create a project.

        title (str): its title, 3 to 50 characters.
        form (str): its labelling config.
        annotators (int): how many people shall annotate each task.
        description (str): what it is for.
        RETURNS (Project): the project.
        """
        if not 3 <= len(title) <= 50:
            raise InputError(Problem("E707", f"{title!r} is no title", "a project's title has 3 to 50 characters"))
        with self._translated("creating the project"):
            item = self._sdk.projects.create(
                title=title, label_config=form, description=description, maximum_annotations=annotators
            )
        return Project(int(item.id), title, form, 0)

    def update_form(self, project: Project, form: str) -> None:
        """Give a project another labelling config. RAISES (ServerError): if annotations stand in its way."""
        with self._translated("updating the form"):
            self._sdk.projects.update(project.id, label_config=form)

    def tasks(self, project: Project) -> list[TaskInfo]:
        """RETURNS (list[TaskInfo]): all tasks of a project, oldest first."""
        found: dict[int, TaskInfo] = {}
        for item in self._rows(project, "data,updated_at,total_annotations,cancelled_annotations"):
            data = item.data or {}
            found[item.id] = TaskInfo(
                item.id,
                str(data.get(RECORD_ID, "")),
                text_hash(str(data.get(TEXT, ""))),
                item.updated_at.isoformat(),
                int(item.total_annotations or 0) + int(item.cancelled_annotations or 0),
            )
        return [found[number] for number in sorted(found)]

    def predicted_tasks(self, project: Project, model_version: str) -> frozenset[int]:
        """RETURNS (frozenset[int]): numbers of the tasks that have a prediction of this version."""
        # The server fills predictions_model_versions only where a filter names it; its filter knows only substrings.
        column = "filter:tasks:predictions_model_versions"
        item = {"filter": column, "operator": "contains", "type": "List", "value": model_version}
        query = json.dumps({"filters": {"conjunction": "and", "items": [item]}})
        rows = self._rows(project, "predictions_model_versions", query)
        return frozenset(row.id for row in rows if model_version in str(row.predictions_model_versions).split(","))

    def _rows(self, project: Project, include: str, query: str | None = None) -> Iterator[Any]:
        """All pages of the data manager's list, one after the other."""
        for page in itertools.count(1):
            items = self._read("listing tasks", functools.partial(self._task_page, project, page, include, query))
            yield from items
            if len(items) < _PAGE:
                return

    def _task_page(self, project: Project, page: int, include: str, query: str | None) -> list[Any]:
        from label_studio_sdk.core.api_error import ApiError

        try:
            answer = self._sdk.tasks.list(
                project=project.id, page=page, page_size=_PAGE, fields="task_only", include=f"id,{include}", query=query
            )
        except ApiError as error:
            if error.status_code == 404 and page > 1:  # one past the last page
                return []
            raise
        return list(answer.items or [])

    def read_tasks(self, project: Project, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
        """Read tasks whole.

        project (Project): their project.
        numbers (Sequence[int]): which tasks; those that are gone by then are left out.
        YIELDS (dict): task with data, annotations, predictions and drafts.
        """
        for start in range(0, len(numbers), _CHUNK):
            chunk = numbers[start : start + _CHUNK]
            yield from self._read("reading tasks", functools.partial(self._read_chunk, project, chunk))

    def _read_chunk(self, project: Project, numbers: Sequence[int]) -> list[dict[str, Any]]:
        query = json.dumps({"selectedItems": {"all": False, "included": list(numbers)}})
        answer = self._sdk.tasks.list(project=project.id, page=1, page_size=_CHUNK, fields="all", query=query)
        return [item.model_dump(mode="json") for item in answer.items or []]

    def import_tasks(self, project: Project, tasks: Sequence[Mapping[str, Any]]) -> int:
        """Import tasks with their predictions. RETURNS (int): how many the server took."""
        with self._translated("importing tasks"):
            answer = self._sdk.projects.import_tasks(project.id, request=list(tasks))
        return int(answer.task_count or 0)

    def import_predictions(self, project: Project, predictions: Sequence[Mapping[str, Any]]) -> None:
        """Give tasks that stand further predictions; each names its "task"."""
        with self._translated("adding predictions"):
            self._sdk.projects.import_predictions(project.id, request=list(predictions))

    def delete_task(self, number: int) -> None:
        """Delete a task with all that belongs to it."""
        with self._translated("deleting a task"):
            self._sdk.tasks.delete(str(number))

    def pause(self) -> None:
        """Wait as long as before a second try."""
        time.sleep(self._pauses[0] if self._pauses else 0.5)

    def show_version(self, project: Project, model_version: str) -> None:
        """Let annotators start from the predictions of this version."""
        with self._translated("choosing the predictions to show"):
            self._sdk.projects.update(project.id, model_version=model_version, show_collab_predictions=True)

    def _read(self, what: str, call: Callable[[], T]) -> T:
        """Call, and call again after a pause if that may help."""
        for pause in (*self._pauses, None):
            try:
                with self._translated(what):
                    return call()
            except ServerError as error:
                if pause is None or not error.again:
                    raise
                logger.info("%s: no answer yet, again in %g s", what, pause)
                time.sleep(pause)
        raise AssertionError("unreachable")

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        """Turn what SDK and connection raise into a `ServerError`."""
        import httpx
        from label_studio_sdk.core.api_error import ApiError

        try:
            yield
        except ApiError as error:
            raise self._refused(what, error) from None
        except httpx.TimeoutException:
            problem = Problem("E704", f"{what}: no answer in time", "see whether the server is busy; run this again")
            raise ServerError(problem, again=True) from None
        except (httpx.TransportError, httpx.InvalidURL) as error:
            problem = Problem(
                "E702",
                f"{what}: no connection to {self.url} ({type(error).__name__})",
                f"start the server, check {URL}",
            )
            raise ServerError(problem, again=isinstance(error, httpx.TransportError)) from None
        except (json.JSONDecodeError, KeyError) as error:
            problem = Problem("E705", f"{what}: the answer is cut off or none of Label Studio's", f"check {URL}")
            raise ServerError(problem, again=True) from error

    def _refused(self, what: str, error: Any) -> ServerError:
        status = error.status_code
        if status in (401, 403):
            remedy = f"take a new token from Account & Settings and set {API_KEY}"
            return ServerError(Problem("E703", f"{what}: the server refuses the token ({status})", remedy))
        if status == 404:
            return ServerError(Problem("E708", f"{what}: not there (404)", f"was it deleted? does {URL} end right?"))
        if status is not None and status < 500 and status not in (408, 429):
            detail = " ".join(json.dumps(error.body, ensure_ascii=False, default=str).split())[:300]
            detail = detail.replace(self._secret, "***")
            return ServerError(Problem("E709", f"{what}: refused ({status}): {detail}", "mend it and run this again"))
        return ServerError(
            Problem("E705", f"{what}: the server failed ({status})", "look into the server's log; run this again"),
            again=True,
        )


def text_hash(text: str) -> str:
    """RETURNS (str): short hash of a text."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def connect(environ: Mapping[str, str] | None = None, *, timeout: float = 60.0) -> Server:
    """Connect to the server that the environment names.

    environ (Mapping | None): where LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY stand; the process's own by default.
    timeout (float): seconds that one answer may take.
    RETURNS (Server): the server, its token checked.
    RAISES (BiaozhuError): if one of them is not set, or the server cannot be reached or refuses the token.
    """
    values = os.environ if environ is None else environ
    missing = [name for name in (URL, API_KEY) if not values.get(name)]
    if missing:
        remedy = "set it in the environment, not in a file; the token is in Label Studio's Account & Settings"
        raise MissingPartError(Problem("E701", f"{' and '.join(missing)} not set", remedy))
    server = Server(values[URL], values[API_KEY].strip(), timeout=timeout, pauses=PAUSES)
    try:
        server.check()
    except BaseException:
        server.close()
        raise
    return server


def _make_sdk(url: str, api_key: str, timeout: float) -> tuple[Any, Any]:
    """RETURNS (tuple): the connection and the SDK upon it."""
    try:
        import httpx
        from label_studio_sdk import LabelStudio
    except ImportError as error:
        remedy = "pip install 'biaozhu[labelstudio]'"
        raise MissingPartError(Problem("E700", "label-studio-sdk is not installed", remedy)) from error
    # The SDK would repeat a POST after a 5xx: an import that was carried out all the same would stand there twice.
    # A client of our own, so that it can be closed.
    client = httpx.Client(timeout=timeout, follow_redirects=True)
    make: Any = LabelStudio
    try:
        return client, make(base_url=url, api_key=api_key, timeout=timeout, max_retries=0, httpx_client=client)
    except BaseException:
        client.close()
        raise
