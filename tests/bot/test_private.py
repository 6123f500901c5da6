"""What people wrote lies where only the bot's own user can read it."""

import os
import stat

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.private import make_database, make_folder
from bot.rehearsal import Rehearsal, room_desk
from bot.settings import Settings


def rights(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def _usual_rights():
    """Everybody may read what is made, as on most machines."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.parametrize("command", ["database", "claim"])
def test_database_that_a_command_makes_is_for_its_owner_alone(tmp_path, monkeypatch, command):
    monkeypatch.setenv("CRITICAL_FRIEND_DATA", str(tmp_path / "far" / "data"))

    CliRunner().invoke(app, [command])

    made = tmp_path / "far" / "data"
    assert rights(made) == 0o700
    assert {rights(file) for file in made.glob("critical-friend.sqlite3*")} == {0o600}


async def test_rehearsal_is_for_its_owner_alone(tmp_path):
    folder = tmp_path / "demo"
    rehearsal = Rehearsal(folder, room_desk(Settings()))
    kept = {file.name: rights(file) for file in folder.glob("*.sqlite3*")}
    rehearsal.close()

    assert rights(folder) == 0o700
    assert kept.keys() >= {"critical-friend.sqlite3", "critical-friend.sqlite3-wal", "room.sqlite3"}
    assert set(kept.values()) == {0o600}


def test_folder_and_database_that_are_there_keep_the_rights_they_were_given(tmp_path):
    file = tmp_path / "critical-friend.sqlite3"
    file.touch()
    tmp_path.chmod(0o750)
    file.chmod(0o640)

    make_folder(tmp_path)
    make_database(f"sqlite:///{file}")

    assert (rights(tmp_path), rights(file)) == (0o750, 0o640)


@pytest.mark.parametrize(
    "url",
    ["sqlite://", "sqlite:///:memory:", "postgresql://friend@db.example/friend", "sqlite:////no/where.db"],
)
def test_database_that_is_no_file_of_ours_is_left_to_itself(tmp_path, monkeypatch, url):
    monkeypatch.chdir(tmp_path)

    make_database(url)

    assert list(tmp_path.iterdir()) == []
