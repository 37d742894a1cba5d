#!/usr/bin/env python3
"""A Label Studio server for the tests, and for a first try on one's own computer.

    python scripts/label_studio.py prepare           install it (own venv, about 1 GB) and build an empty database
    python scripts/label_studio.py start DIR         serve from DIR; the first start copies the prepared database
    python scripts/label_studio.py accounts          print name, password and token of the prepared accounts

Everything is in `.cache/label-studio`, or where BIAOZHU_LABEL_STUDIO_CACHE points. Migrations take most of a minute on
a new database, so it is built once and copied. Standard library only: it runs before anything is installed. The server
listens on 127.0.0.1 and makes no call to the outside.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

VERSION = "1.23.2"
PEOPLE = ("admin@example.com", "li@example.com", "wang@example.com")
"""The accounts of the prepared database: an administrator and two annotators."""

_FILES = ("label_studio.sqlite3", ".env", "accounts.json")
_SETTINGS = {
    "COLLECT_ANALYTICS": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "LATEST_VERSION_CHECK": "false",
    "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
    "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
    # Backends and webhooks of this computer are what the tests connect to the server.
    "ML_BLOCK_LOCAL_IP": "false",
    "SSRF_PROTECTION_ENABLED": "false",
}
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")


def cache_folder() -> Path:
    """RETURNS (Path): where the server and its prepared database are kept."""
    named = os.environ.get("BIAOZHU_LABEL_STUDIO_CACHE")
    return Path(named) if named else Path(__file__).resolve().parent.parent / ".cache" / "label-studio"


def program() -> Path:
    """RETURNS (Path): the server's executable."""
    return cache_folder() / "venv" / "bin" / "label-studio"


def is_prepared() -> bool:
    """RETURNS (bool): whether server and database stand, in the version that is asked for."""
    marker = cache_folder() / "prepared"
    return program().is_file() and marker.is_file() and marker.read_text() == VERSION


def prepare() -> None:
    """Install the server and build the database, unless both stand. An interrupted one starts over."""
    cache = cache_folder()
    if is_prepared():
        print(f"label-studio {VERSION} is prepared in {cache}")
        return
    cache.mkdir(parents=True, exist_ok=True)
    if not _is_installed():
        print(f"installing label-studio {VERSION} in {cache} (a minute or two, 1 GB)", flush=True)
        shutil.rmtree(cache / "venv", ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(cache / "venv")], check=True)
        pip = [str(cache / "venv" / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install"]
        subprocess.run([*pip, "--quiet", f"label-studio=={VERSION}"], check=True)
    print("building the database (most of a minute)", flush=True)
    folder = cache / "database"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    people = {name: {"password": secrets.token_urlsafe(12), "token": secrets.token_hex(20)} for name in PEOPLE}
    (folder / "accounts.json").touch(mode=0o600)
    (folder / "accounts.json").write_text(json.dumps(people))
    first, *others = PEOPLE
    port = free_port()
    server = start(folder, port, username=first, **people[first])
    try:
        wait_until_healthy(server, port, seconds=300)
    finally:
        stop(server)
    for name in others:
        arguments = ["--username", name, "--password", people[name]["password"], "--user-token", people[name]["token"]]
        command = [str(program()), "init", "-b", *arguments, "--data-dir", str(folder)]
        with (folder / "server.log").open("ab") as log:
            subprocess.run(command, env=_environment(folder), check=True, stdout=log, stderr=log, cwd=folder)
    (cache / "prepared").write_text(VERSION)
    print(f"label-studio {VERSION} is prepared in {cache}")


def _is_installed() -> bool:
    python = cache_folder() / "venv" / "bin" / "python"
    if not python.is_file() or not program().is_file():
        return False
    asked = "import importlib.metadata as m; print(m.version('label-studio'))"
    done = subprocess.run([str(python), "-c", asked], capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip() == VERSION


def copy_database(folder: Path) -> None:
    """Put the prepared database into a folder that has none."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / _FILES[0]).exists():
        for name in _FILES:
            if (cache_folder() / "database" / name).exists():
                shutil.copy2(cache_folder() / "database" / name, folder / name)


def accounts(folder: Path | None = None) -> dict[str, dict[str, str]]:
    """RETURNS (dict): password and token of each account, by name."""
    data: dict[str, dict[str, str]] = json.loads(
        ((folder or cache_folder() / "database") / "accounts.json").read_text()
    )
    return data


def _environment(folder: Path) -> dict[str, str]:
    """The server reads bare names such as DEBUG and PORT too, so it gets nothing but what it needs."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, **_SETTINGS, "LABEL_STUDIO_BASE_DATA_DIR": str(folder)}


def start(
    folder: Path, port: int, *, username: str = "", password: str = "", token: str = ""
) -> subprocess.Popen[bytes]:
    """Start the server; its output goes to server.log in the folder.

    folder (Path): its data.
    port (int): where it listens, on 127.0.0.1.
    username, password, token (str): the first account, for a new database.
    RETURNS (Popen): the process, leader of its own process group.
    """
    environment = _environment(folder)
    if username:
        environment |= {
            "LABEL_STUDIO_USERNAME": username,
            "LABEL_STUDIO_PASSWORD": password,
            "LABEL_STUDIO_USER_TOKEN": token,
        }
    command = [str(program()), "start", "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port)]
    with (folder / "server.log").open("ab") as log:
        return subprocess.Popen(
            [*command, "--enable-legacy-api-token"],
            env=environment,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            cwd=folder,
            start_new_session=True,
        )


def wait_until_healthy(server: subprocess.Popen[bytes], port: int, *, seconds: float = 120) -> None:
    """Wait for /health. RAISES (RuntimeError): if the server ends, or is not there in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with code {server.returncode}; see server.log")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the server is not there after {seconds:.0f} s; see server.log")


def stop(server: subprocess.Popen[bytes], *, kill: bool = False) -> None:
    """End the server that `start` started, and its children: by its process group, at once if `kill`."""
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGKILL if kill else signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(20)


def free_port() -> int:
    """RETURNS (int): a port of 127.0.0.1 that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(folder: Path, port: int) -> int:
    copy_database(folder)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends the server too
    server = start(folder, port)
    try:
        wait_until_healthy(server, port)
        print(
            f"http://127.0.0.1:{port} — accounts: python scripts/label_studio.py accounts; Ctrl+C ends it", flush=True
        )
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        stop(server)


def main() -> int:
    """RETURNS (int): exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("prepare")
    commands.add_parser("accounts")
    serve = commands.add_parser("start")
    serve.add_argument("folder", type=Path)
    serve.add_argument("--port", type=int, default=8080)
    options = parser.parse_args()
    if options.command == "prepare":
        prepare()
        return 0
    if not is_prepared():
        print("error: there is no server yet; run: python scripts/label_studio.py prepare", file=sys.stderr)
        return 2
    if options.command == "accounts":
        for name, account in accounts().items():
            print(f"{name}  password {account['password']}  token {account['token']}")
        return 0
    return _serve(options.folder.resolve(), options.port)


if __name__ == "__main__":
    sys.exit(main())
