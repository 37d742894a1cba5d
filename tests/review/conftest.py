"""Fixtures of the review tests: one real Label Studio a session, and a proxy that fails on demand."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.review.studio import Proxy, Studio

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """YIELDS (Studio): the real server, started once."""
    running = Studio.launch(tmp_path_factory.mktemp("label-studio"))
    yield running
    running.close()


@pytest.fixture
def own_studio(tmp_path: Path) -> Iterator[Studio]:
    """YIELDS (Studio): a real server for one test, which may kill it."""
    running = Studio.launch(tmp_path / "label-studio")
    yield running
    running.close(kill=True)


@pytest.fixture
def project() -> str:
    """RETURNS (str): a title that no other test uses."""
    return f"project {next(_numbers)}"


@pytest.fixture
def proxy(studio: Studio) -> Iterator[Proxy]:
    """YIELDS (Proxy): a proxy in front of the server."""
    running = Proxy(studio.url)
    yield running
    running.close()


@pytest.fixture
def as_admin(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """RETURNS (Callable): puts an address and the administrator's token into the environment."""

    def use(url: str = studio.url) -> None:
        monkeypatch.setenv("LABEL_STUDIO_URL", url)
        monkeypatch.setenv("LABEL_STUDIO_API_KEY", studio.token())

    use()
    return use
