"""The app manifest asks Slack for what the code uses, nothing more and nothing less."""

import json
from unittest.mock import Mock

import pytest
from typer.testing import CliRunner

from bot.cli_manifest import app
from bot.slack import bolt
from bot.slack.manifest import EVENTS, METHODS, manifest, scopes
from tests.drawn import schema_problems
from tests.fakes.slack.scopes import CHANNEL_SCOPES, EVENT_SCOPES, METHOD_SCOPES
from tests.slack_code import methods_called

SCHEMA = "slack-app-manifest-2.0.0.schema.json"
CHANNELS = {
    "conversations.create": ("manage", "private"),
    "conversations.history": ("history", "private", "im"),
    "conversations.info": ("read", "private", "public"),
    "conversations.invite": ("manage", "private"),
    "conversations.kick": ("manage", "private"),
    "conversations.members": ("read", "private", "public"),
    "conversations.open": ("manage", "im"),
    "conversations.setPurpose": ("manage", "private"),
    "conversations.setTopic": ("manage", "private"),
    "users.conversations": ("read", "private"),
}
"""What the bot does to which kinds of conversation: the scope of a method follows from the kind."""
OF_THE_APP = {"apps.connections.open"}  # called with the app-level token, which has a scope of its own


def printed(*options):
    result = CliRunner().invoke(app, ["slack", *options])
    return result.exit_code, result.output


@pytest.mark.parametrize("address", [None, "https://bot.example"])
def test_manifest_keeps_the_published_schema(address):
    assert schema_problems(SCHEMA, manifest(address)) == []


def test_manifest_asks_for_the_methods_that_the_code_calls():
    assert methods_called() - OF_THE_APP == set(METHODS)


def test_manifest_asks_for_the_events_that_the_code_hears():
    heard = Mock()
    bolt._listen(heard, Mock(), Mock())

    assert sorted(call.args[0] for call in heard.event.call_args_list) == sorted(
        {name.partition(".")[0] for name in EVENTS}
    )


def test_scopes_of_the_methods_are_those_that_slack_checks():
    of_channels = {
        method: {CHANNEL_SCOPES[what][kind] for kind in kinds} for method, (what, *kinds) in CHANNELS.items()
    }
    checked = {**{method: {scope} for method, scope in METHOD_SCOPES.items()}, **of_channels}
    addresses = {"users.info": {"users:read", "users:read.email"}}  # without it a user has no address

    assert {method: set(wanted) for method, wanted in METHODS.items()} == {
        method: {**checked, **addresses}.get(method, set()) for method in METHODS
    }


def test_scopes_of_the_events_are_those_that_slack_checks():
    assert {name: set(EVENT_SCOPES[name]) for name in EVENTS} == {
        name: set(wanted) for name, wanted in EVENTS.items()
    }


def test_manifest_for_socket_mode_names_no_address():
    code, output = printed("--socket")

    assert (code, json.loads(output)) == (0, manifest())
    assert "http" not in output
    assert json.loads(output)["settings"]["socket_mode_enabled"]


def test_manifest_beside_an_app_token_is_for_socket_mode(monkeypatch):
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")

    assert printed() == printed("--socket")


def test_manifest_for_http_names_the_address_three_times():
    code, output = printed("--url", "https://bot.example/")
    made = json.loads(output)

    assert code == 0
    assert [
        made["settings"]["event_subscriptions"]["request_url"],
        made["settings"]["interactivity"]["request_url"],
        made["features"]["slash_commands"][0]["url"],
    ] == ["https://bot.example/slack/events"] * 3
    assert not made["settings"]["socket_mode_enabled"]


@pytest.mark.parametrize(
    "options", [(), ("--socket", "--url", "https://bot.example"), ("--url", "bot.example")]
)
def test_manifest_without_one_way_in_is_refused(options):
    code, output = printed(*options)

    assert code == 1
    assert "https://" in output


def test_people_can_write_to_the_bot_and_open_its_home():
    assert manifest()["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


def test_scopes_are_those_of_the_docs():
    assert scopes() == (
        "app_mentions:read",
        "channels:read",
        "chat:write",
        "commands",
        "groups:history",
        "groups:read",
        "groups:write",
        "im:history",
        "im:write",
        "pins:write",
        "users:read",
        "users:read.email",
    )
