"""`critical-friend serve`: what it refuses, and how it begins and ends."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest

from bot.ending import Ending
from bot.house import House
from bot.house import house as house_of
from bot.pace import begin
from bot.serve import opened, real_store, serve
from bot.settings import Settings
from bot.slack.manifest import manifest
from bot.surface import CannotServe
from handlers.programme import found_programme
from store.address import read
from store.session import Store
from tests.fakes import database
from tests.fakes.slack import Peer

ROOT = Path(__file__).parents[2]
SLACK = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "a secret"}


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


@pytest.fixture
def rehearsed(tmp_path):
    """The address of a rehearsal's database."""
    url = database.fresh(tmp_path)
    with closing(Store(url)) as store:
        store.work(begin)
    return url


def settings(folder, **of) -> Settings:
    return Settings(**{"data": folder, **SLACK, **of})


@pytest.fixture
def prepared(tmp_path):
    """The address of a database with a programme in it."""
    url = database.fresh(tmp_path)
    with closing(Store(url)) as store:
        store.work(lambda session: found_programme(session, "a code"))
    return url


# Refusals


async def test_serve_without_any_chat_names_the_settings(tmp_path):
    with pytest.raises(CannotServe, match=r"SLACK_BOT_TOKEN.*SLACK_APP_TOKEN.*SLACK_SIGNING_SECRET"):
        await serve(Settings(data=tmp_path, slack_bot_token="", slack_signing_secret=""))

    assert list(tmp_path.iterdir()) == []


async def test_serve_without_a_database_names_the_command_and_makes_none(tmp_path):
    with pytest.raises(CannotServe, match=r"no database yet.*critical-friend database"):
        await serve(settings(tmp_path))

    assert list(tmp_path.iterdir()) == []


async def test_serve_over_an_old_schema_names_the_command(tmp_path):
    (tmp_path / "critical-friend.sqlite3").touch()
    with pytest.raises(CannotServe, match="critical-friend database"):
        await serve(settings(tmp_path))


def test_database_of_a_rehearsal_is_refused(tmp_path, rehearsed):
    with pytest.raises(CannotServe, match="rehearsal"):
        real_store(settings(tmp_path, database=rehearsed))


def test_database_of_a_real_programme_is_taken(tmp_path, prepared):
    real_store(settings(tmp_path, database=prepared)).close()


WRONG = [
    ({"slack_bot_token": ""}, "SLACK_BOT_TOKEN is missing"),
    ({"slack_bot_token": " "}, "SLACK_BOT_TOKEN is missing"),
    ({"slack_signing_secret": ""}, "SLACK_SIGNING_SECRET"),
    ({"slack_signing_secret": " "}, "SLACK_SIGNING_SECRET"),
    ({"slack_api_url": "http://slack.example/api/"}, "SLACK_API_URL"),
    ({"slack_api_url": "http://127.0.0.1:1/api/"}, "does not answer"),
]


@pytest.mark.parametrize(("of", "sentence"), WRONG)
async def test_slack_that_is_set_up_wrongly_is_told(tmp_path, of, sentence):
    with pytest.raises(CannotServe, match=sentence):
        async with opened(settings(tmp_path, **of)):
            raise AssertionError("it opened")


async def test_token_that_slack_refuses_is_told(tmp_path):
    async with Peer(manifest=manifest("http://bot.example")) as peer:
        with pytest.raises(CannotServe, match="invalid_auth"):
            async with opened(settings(tmp_path, slack_api_url=peer.api_url)):
                raise AssertionError("it opened")


async def test_app_token_that_slack_refuses_is_told(tmp_path, house):
    async with Peer(manifest=manifest()) as peer:
        of = {
            "slack_bot_token": peer.app.bot_token,
            "slack_app_token": "xapp-1",
            "slack_api_url": peer.api_url,
        }
        async with opened(settings(tmp_path, **of)) as surfaces:
            served = _served(house, surfaces)
            with pytest.raises(CannotServe, match=r"SLACK_APP_TOKEN.*invalid_auth"):
                async with served.hearing():
                    raise AssertionError("it heard")
            served.bot.ear.close()


@pytest.mark.parametrize("trouble", ["drop_before", "status", "too_many"])
async def test_connection_that_slack_does_not_open_now_is_told(tmp_path, house, trouble):
    async with Peer(manifest=manifest()) as peer:
        of = {"slack_app_token": peer.app.app_token, "slack_bot_token": peer.app.bot_token}
        async with opened(settings(tmp_path, slack_api_url=peer.api_url, **of)) as surfaces:
            served = _served(house, surfaces)
            getattr(peer.unkind, trouble)("apps.connections.open", times=None)
            with pytest.raises(CannotServe, match="Slack does not open a connection just now"):
                async with served.hearing():
                    raise AssertionError("it heard")
            served.bot.ear.close()


async def test_port_that_is_taken_is_told(tmp_path, prepared):
    async with Peer(manifest=manifest("http://bot.example")) as peer:
        of = {"slack_bot_token": peer.app.bot_token, "slack_api_url": peer.api_url}
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(CannotServe, match=f"127.0.0.1 port {port}"):
                await serve(settings(tmp_path, database=prepared, port=port, **of))


async def test_figures_on_the_chats_own_port_are_refused_by_name(tmp_path, prepared, free_port):
    async with Peer(manifest=manifest("http://bot.example")) as peer:
        of = {"slack_bot_token": peer.app.bot_token, "slack_api_url": peer.api_url}
        with pytest.raises(CannotServe, match="CRITICAL_FRIEND_METRICS_PORT is CRITICAL_FRIEND_PORT too"):
            await serve(settings(tmp_path, database=prepared, port=free_port, metrics_port=free_port, **of))


def test_refusal_is_one_line_and_no_traceback(tmp_path):
    result = _run(tmp_path, "", "8080", "serve")

    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "critical-friend database" in result.stderr


def test_setting_of_the_wrong_kind_is_told_by_its_name(tmp_path):
    result = _run(tmp_path, "", "many", "serve")

    assert result.returncode == 1
    assert result.stderr.startswith("CRITICAL_FRIEND_PORT: ")


async def test_start_is_told_in_one_line_with_no_secret(tmp_path, prepared, free_port, logged, monkeypatch):
    ends = []
    monkeypatch.setattr(Ending, "listen", lambda _, then: ends.append(then))
    async with Peer(manifest=manifest("http://bot.example")) as peer:
        of = {"slack_bot_token": peer.app.bot_token, "slack_api_url": peer.api_url}
        begun = asyncio.create_task(serve(settings(tmp_path, database=prepared, port=free_port, **of)))
        async with asyncio.timeout(20):
            while "serving" not in logged.getvalue():  # noqa: ASYNC110 - a log tells nobody that it grew
                await asyncio.sleep(0.05)
        ends[0]()
        await begun
    [line] = [json.loads(line) for line in logged.getvalue().splitlines()]

    assert line.pop("timestamp")
    assert line == {
        "event": "serving",
        "level": "info",
        "version": version("critical-friend"),
        "chats": ["slack"],
        "listens": {"chats": f"127.0.0.1 port {free_port}"},
        "database": read(prepared).get_backend_name(),
    }


def _served(of, surfaces) -> House:
    return house_of(of.store, of.desk, surfaces, of.clock)


async def test_own_workspace_is_trusted_beside_those_that_are_named(house):
    async with Peer(manifest=manifest("http://bot.example")) as peer:
        of = {"slack_bot_token": peer.app.bot_token, "slack_api_url": peer.api_url}
        async with opened(Settings(**{**SLACK, **of})) as surfaces:
            served = _served(house, surfaces)
            served.bot.ear.close()

    assert served.bot.ear.desk.trusted == house.desk.trusted | {("slack", "T0NORTHMERE")}


# A process


def _environment(folder, api_url, port, token, secret):
    return {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "CRITICAL_FRIEND_DATA": str(folder),
        "CRITICAL_FRIEND_PORT": str(port), "SLACK_API_URL": api_url, "SLACK_BOT_TOKEN": token,
        "SLACK_SIGNING_SECRET": secret,
    }  # fmt: skip


def _run(folder, api_url, port, *command):
    env = _environment(folder, api_url, port, "xoxb-1", "a secret")
    return subprocess.run(
        [sys.executable, "-m", "bot", *command], cwd=folder, env=env, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


def test_command_that_serves_nobody_waits_for_no_chats_sdk():
    look = "import sys, bot.cli; print(*{'aiohttp', 'botbuilder', 'slack_bolt'} & {*sys.modules})"
    found = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)

    assert found.stdout.split() == []
