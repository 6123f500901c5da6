"""The doctor in Slack: every wrong thing is told in plain words, by itself, and without a secret."""

import asyncio
from datetime import timedelta

import pytest

from bot.check import State, examine
from bot.clock import Clock
from bot.settings import Settings
from bot.slack.doctor import checks
from bot.slack.manifest import manifest, scopes
from tests.fakes.slack import Peer

WELL = {
    "Slack address": "Slack is called at 127.0.0.1.",
    "Slack token": "Slack takes it, for the workspace Northmere Peer Challenges.",
    "Slack scopes": "All are granted, and none that is not needed.",
    "Slack app": "The app is A0CRITICAL.",
    "Slack name": "The app is called Critical Friend.",
    "Slack clock": "This machine's clock and Slack's agree.",
    "Slack way in": "Socket Mode opens: no public address is needed.",
}
AN_HOUR = timedelta(hours=1)


class WrongClock(Clock):
    def wall(self):
        return super().wall() - AN_HOUR


@pytest.fixture
async def peer():
    async with Peer(manifest=manifest()) as peer:
        yield peer


@pytest.fixture
def settings(peer):
    return Settings(
        slack_bot_token=peer.app.bot_token, slack_app_token=peer.app.app_token, slack_api_url=peer.api_url
    )


async def findings(settings, clock=None, seconds=5.0):
    found = await asyncio.to_thread(examine, checks(settings, clock or Clock()), seconds)
    secrets = (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
    assert not any(secret and secret in repr(found) for secret in secrets)
    return {finding.name: finding for finding in found}


def others(found, *names):
    """What was found well beside the checks named."""
    return {name: one.found for name, one in found.items() if name not in names and one.state is State.WELL}


def expected(*names):
    return {name: sentence for name, sentence in WELL.items() if name not in names}


async def test_app_as_in_the_manifest_is_well(settings):
    assert others(await findings(settings)) == WELL


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("token_revoked", "Install the app again"),
        ("account_inactive", "Install it again"),
        ("token_expired", "Switch token rotation off"),
        ("invalid_auth", "Bot User OAuth Token"),
        ("ekm_access_denied", "Bot User OAuth Token"),
    ],
)
async def test_token_that_slack_does_not_take_is_wrong_and_the_rest_is_not_guessed(
    peer, settings, error, says
):
    peer.revoke(error)
    found = await findings(settings)

    assert found["Slack token"].state is State.WRONG
    assert error in found["Slack token"].found
    assert says in found["Slack token"].do
    unknown = ("Slack scopes", "Slack app", "Slack name")
    assert [found[name].state for name in unknown] == [State.UNKNOWN] * 3
    assert others(found) == expected("Slack token", *unknown)


@pytest.mark.parametrize("token", ["xapp-1", "xoxp-1", "something"])
async def test_token_of_another_kind_is_wrong(settings, token):
    found = await findings(settings.model_copy(update={"slack_bot_token": token}))

    assert found["Slack token"].found == "SLACK_BOT_TOKEN is not a bot's token."


async def test_scopes_that_are_missing_are_named_with_the_way_to_get_them(peer, settings):
    peer.app.manifest["oauth_config"]["scopes"]["bot"] = [
        scope for scope in scopes() if scope not in {"pins:write", "im:write"}
    ]
    found = await findings(settings)

    assert found["Slack scopes"].found == "Not granted: im:write, pins:write."
    assert "manifest" in found["Slack scopes"].do
    assert others(found) == expected("Slack scopes")


async def test_scopes_that_are_not_needed_are_named_but_not_wrong(peer, settings):
    peer.app.manifest["oauth_config"]["scopes"]["bot"] = [*scopes(), "files:read", "admin"]
    found = await findings(settings)

    assert found["Slack scopes"].state is State.WELL
    assert found["Slack scopes"].found.endswith("better taken away: admin, files:read.")


async def test_app_of_another_name_is_wrong(peer, settings):
    await peer.change(peer.app.bot, name="Northmere Bot")
    found = await findings(settings)

    assert found["Slack name"].found == "The app is called 'Northmere Bot' in Slack."
    assert others(found) == expected("Slack name")


async def test_clock_that_is_wrong_is_told_in_minutes(settings):
    found = await findings(settings, WrongClock())

    assert found["Slack clock"].found == "This machine's clock and Slack's are 60 minutes apart."
    assert others(found) == expected("Slack clock")


async def test_socket_mode_that_is_off_is_wrong(peer, settings):
    peer.app.manifest["settings"]["socket_mode_enabled"] = False
    found = await findings(settings)

    assert found["Slack way in"].state is State.WRONG
    assert "Switch Socket Mode on" in found["Slack way in"].do
    assert others(found) == expected("Slack way in")


@pytest.mark.parametrize(
    ("error", "says"), [("missing_scope", "connections:write"), ("invalid_auth", "xapp-")]
)
async def test_app_token_that_slack_does_not_take_is_wrong(peer, settings, error, says):
    peer.unkind.error(error, "apps.connections.open")
    found = await findings(settings)

    assert error in found["Slack way in"].found
    assert says in found["Slack way in"].do


async def test_app_token_of_another_kind_is_wrong(peer, settings):
    found = await findings(settings.model_copy(update={"slack_app_token": peer.app.bot_token}))

    assert found["Slack way in"].found == "SLACK_APP_TOKEN is not an app-level token."


async def test_app_token_of_another_app_is_wrong(peer, settings):
    peer.app.app_token = "xapp-1-A0NORTHMERE-3-c0ffee"
    found = await findings(settings.model_copy(update={"slack_app_token": peer.app.app_token}))

    assert found["Slack app"].state is State.WRONG
    assert "another app (A0NORTHMERE) than SLACK_BOT_TOKEN (A0CRITICAL)" in found["Slack app"].found
    assert others(found) == expected("Slack app")


async def test_app_without_an_app_token_is_named(peer, settings):
    found = await findings(settings.model_copy(update={"slack_app_token": ""}))

    assert found["Slack app"].found == "The app is A0CRITICAL."


@pytest.mark.parametrize(
    ("secret", "state"), [("", State.WRONG), ("xoxb-1", State.WRONG), ("8f742231b10e8888", State.WELL)]
)
async def test_way_in_over_http_is_the_signing_secret(peer, settings, secret, state):
    over_http = {"slack_app_token": "", "slack_signing_secret": secret}
    found = await findings(settings.model_copy(update=over_http))

    assert found["Slack way in"].state is state
    assert "SLACK_SIGNING_SECRET" in found["Slack way in"].do or state is State.WELL
    assert peer.called("apps.connections.open") == []


@pytest.mark.parametrize("url", ["http://slack.example/api/", "slack.com/api/", "ftp://slack.com/api/", ""])
async def test_address_that_is_not_https_is_wrong_and_gets_no_token(settings, url):
    found = await findings(settings.model_copy(update={"slack_api_url": url}))

    assert found["Slack address"].found == "SLACK_API_URL is not an https address."
    assert others(found) == {}
    assert {one.state for name, one in found.items() if name != "Slack address"} == {State.UNKNOWN}


async def test_address_without_api_is_wrong(peer, settings):
    found = await findings(settings.model_copy(update={"slack_api_url": f"{peer.base}/"}))

    assert found["Slack address"].found == "SLACK_API_URL does not end in /api/."


async def test_slack_out_of_order_is_told_once(peer, settings):
    peer.unkind.status(status=503, times=None)
    found = await findings(settings)

    assert found["Slack token"].found == "Slack does not take it (HTTP 503)."
    assert {name: one.do for name, one in found.items() if one.state is State.WRONG} == dict.fromkeys(
        ["Slack token", "Slack way in"],
        "Slack is out of order, or asks for patience. Try again in a minute.",
    )


async def test_line_that_drops_is_told_once(peer, settings):
    peer.unkind.drop_before(times=None)
    found = await findings(settings)

    assert "Slack cannot be reached" in found["Slack token"].found
    assert [name for name, one in found.items() if one.state is State.WRONG] == ["Slack token"]


async def test_slack_that_hangs_holds_up_nobody(peer, settings):
    peer.unkind.slow("auth.test", seconds=1)
    found = await findings(settings, seconds=0.5)

    assert found["Slack token"].found == "There was no answer in time."
    unknown = ("Slack scopes", "Slack app", "Slack name", "Slack clock")
    assert others(found) == expected("Slack token", *unknown)
    await asyncio.sleep(1)
