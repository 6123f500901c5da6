"""A file belongs to one process at a time, and to nobody once that process is gone."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from store.sole import InUse, held

ROOT = Path(__file__).parents[2]
_HOLDS = """
import sys
from store.sole import held
with held(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "bot.sqlite3"


@pytest.fixture
def holder(file):
    """A process that holds the file."""
    held = subprocess.Popen(
        [sys.executable, "-c", _HOLDS, f"sqlite:///{file}"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert held.stdout.readline() == "held\n"
    yield held
    held.kill()
    held.communicate()


def _is_free(url):
    try:
        with held(url):
            return True
    except InUse:
        return False


def test_file_that_another_process_holds_is_refused_until_that_ends(file, holder):
    while_it_lives = _is_free(f"sqlite:///{file}")
    holder.communicate("")

    assert (while_it_lives, _is_free(f"sqlite:///{file}")) == (False, True)


def test_process_that_is_killed_holds_nothing(file, holder):
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()

    assert _is_free(f"sqlite:///{file}")


def test_file_is_the_same_by_another_path(file, holder, tmp_path, monkeypatch):
    link = tmp_path / "link.sqlite3"
    link.symlink_to(file)
    monkeypatch.chdir(tmp_path)

    assert [_is_free(url) for url in (f"sqlite:///{link}", "sqlite:///bot.sqlite3")] == [False, False]


def test_server_is_for_any_number(tmp_path):
    with ExitStack() as several:
        for _ in range(2):
            several.enter_context(held("postgresql://jo@db.example/name"))


def test_lock_is_for_its_owner_alone(file):
    with held(f"sqlite:///{file}"):
        assert file.with_name("bot.sqlite3.lock").stat().st_mode & 0o777 == 0o600
