"""Teams as `serve` opens it: what it refuses, beside Slack and alone, and the emulator."""

import contextlib
import time
from functools import partial

import httpx
import pytest

from bot import serve
from bot.hear import Ear
from bot.settings import Settings
from bot.slack.manifest import manifest
from bot.surface import CannotServe
from bot.teams import surface as teams
from store.reference import ConversationReference
from tests.bot.teams.activity import activity
from tests.bot.teams.in_teams import cloud, settings
from tests.bot.teams.microsoft import APP, SECRET, TENANT, Leading, Microsoft
from tests.fakes import slack
from tests.fakes.house import BEGINS
from tests.fakes.teams import Peer

REGISTERED = {
    "microsoft_app_id": APP, "microsoft_app_tenant_id": TENANT, "microsoft_app_password": SECRET,
}  # fmt: skip
EMULATOR = {"teams_emulator": True}


@pytest.fixture
async def peer():
    async with Peer() as peer:
        yield peer


def _opened(peer, **of):
    return teams.opened(settings(peer, **of), cloud(peer), Leading(peer.base))


# Settings

WRONG = [
    ({"microsoft_app_id": ""}, "MicrosoftAppId is not set"),
    ({"microsoft_app_id": "critical-friend"}, "MicrosoftAppId is not an application id"),
    ({"microsoft_app_tenant_id": ""}, "MicrosoftAppTenantId is not set"),
    ({"microsoft_app_tenant_id": "northmere.example"}, "MicrosoftAppTenantId is not a tenant's id"),
    ({"microsoft_app_tenant_id": APP}, "MicrosoftAppTenantId is the application's id"),
    ({"microsoft_app_password": ""}, "MicrosoftAppPassword is not set"),
    ({"microsoft_app_password": " "}, "MicrosoftAppPassword is not set"),
    ({"microsoft_app_password": APP}, "MicrosoftAppPassword is the id of a secret"),
    (EMULATOR, "CRITICAL_FRIEND_TEAMS_EMULATOR is on for a bot that is registered"),
]


@pytest.mark.parametrize(("of", "sentence"), WRONG)
async def test_teams_that_is_set_up_wrongly_is_told(of, sentence):
    with pytest.raises(CannotServe, match=sentence):
        async with serve.opened(Settings(**{**REGISTERED, **of})):
            raise AssertionError("it opened")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "bot.example"])  # noqa: S104 - refused
async def test_emulator_that_others_could_reach_is_refused(host):
    with pytest.raises(CannotServe, match=r"CRITICAL_FRIEND_HOST is none of 127\.0\.0\.1, ::1 and localhost"):
        async with serve.opened(Settings(**EMULATOR, host=host)):
            raise AssertionError("it opened")


SET_UP = [{"microsoft_app_id": APP}, {"microsoft_app_password": SECRET}, EMULATOR]


@pytest.mark.parametrize("of", SET_UP)
def test_any_setting_of_teams_says_that_there_is_a_teams(of):
    assert teams.is_set_up(Settings(**of))


async def test_nothing_set_up_names_the_settings_of_both_chats(tmp_path):
    with pytest.raises(CannotServe, match=r"SLACK_BOT_TOKEN.*MicrosoftAppId.*MicrosoftAppPassword"):
        await serve.serve(Settings(data=tmp_path))


# Microsoft


async def test_own_tenant_is_trusted(peer):
    async with _opened(peer) as surface:
        assert surface.trusted == {("teams", peer.app.tenant)}


async def test_secret_that_microsoft_refuses_is_told(peer):
    with pytest.raises(CannotServe, match=r"does not accept MicrosoftAppPassword \(.*doctor"):
        async with _opened(peer, microsoft_app_password="another"):
            raise AssertionError("it opened")


async def test_login_that_does_not_answer_is_told(peer):
    peer.unkind.login_down(times=None)
    with pytest.raises(CannotServe, match="login"):
        async with _opened(peer):
            raise AssertionError("it opened")


async def test_keys_that_cannot_be_fetched_are_told(peer):
    peer.unkind.status("keys", times=None)
    with pytest.raises(CannotServe, match="signing keys cannot be fetched"):
        async with _opened(peer):
            raise AssertionError("it opened")


async def test_registration_that_ended_is_trouble():
    async with (
        Microsoft() as microsoft,
        teams.opened(Settings(**REGISTERED), microsoft.cloud, microsoft.http) as surface,
    ):
        microsoft.login_status = 400
        surface._transport._tokens._since = 0
        surface._transport._tokens.forget()
        assert await surface.trouble() not in {None, "no_answer"}


# Both chats


async def test_slack_and_teams_are_served_side_by_side(house, peer, monkeypatch):
    async with slack.Peer(manifest=manifest("http://bot.example")) as other:
        both = settings(
            peer, slack_bot_token=other.app.bot_token, slack_signing_secret="a secret",
            slack_api_url=other.api_url,
        )  # fmt: skip
        found = partial(teams.opened, cloud=cloud(peer), http=Leading(peer.base))
        monkeypatch.setattr(serve.teams, "opened", found)
        async with serve.opened(both) as surfaces:
            served = serve.house(house.store, house.desk, surfaces, house.clock)
            served.bot.ear.close()

    assert [surface.name for surface in surfaces] == ["slack", "teams"]
    assert [route.path for route in served.app.routes] == [
        "/healthz",
        "/readyz",
        "/slack/events",
        "/api/messages",
    ]


# The emulator


@pytest.fixture
async def emulated(house, peer):
    """Posts to a bot that takes unsigned activities: headers, and who sends them."""
    async with teams.opened(Settings(**EMULATOR)) as surface:
        served = serve.house(house.store, house.desk, [surface], house.clock)

        async def post(sent, client=("127.0.0.1", 1), **headers):
            transport = httpx.ASGITransport(app=served.app, client=client)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as web:
                return (await web.post("/api/messages", json=sent, headers=headers)).status_code

        async with served.hearing():
            yield post
            await surface.rest(5)
        served.bot.ear.close()


HERE = {"serviceUrl": "http://localhost:56150/_connector"}


async def test_emulator_says_loudly_that_it_is_on(logged, emulated):
    assert "EMULATOR_ON" in logged.getvalue()
    assert '"level": "critical"' in logged.getvalue()


async def test_unsigned_activity_from_here_is_taken(emulated):
    assert await emulated(activity(type="typing", **HERE)) == 202


@pytest.mark.parametrize("client", [("192.168.1.9", 1), ("2001:db8::1", 1), None])
async def test_unsigned_activity_from_elsewhere_is_not_taken(emulated, client):
    assert await emulated(activity(type="typing", **HERE), client=client) == 401


async def test_unsigned_activity_that_came_through_a_proxy_is_not_taken(emulated):
    assert await emulated(activity(type="typing", **HERE), **{"X-Forwarded-For": "192.0.2.1"}) == 401


async def test_unsigned_activity_that_names_another_service_is_not_taken(emulated):
    assert await emulated(activity(type="typing")) == 401


@pytest.mark.parametrize(
    ("service_url", "refused"),
    [("https://smba.trafficmanager.net/uk/", True), ("http://localhost:56150/_connector", False)],
)
async def test_emulator_begins_only_with_a_database_that_was_in_no_real_teams(house, service_url, refused):
    row = ConversationReference(
        platform="teams", address="a:1", tenant=TENANT, kind="personal", service_url=service_url, since=BEGINS
    )
    house.change(lambda session: session.add(row))
    ear = Ear(house.store, house.desk, house.clock)
    async with teams.opened(Settings(**EMULATOR)) as surface:
        with pytest.raises(CannotServe, match="real Teams") if refused else contextlib.nullcontext():
            await surface.start(ear)
        await surface.stop(1)
    ear.close()


async def test_nothing_is_asked_of_microsoft_for_the_emulator():
    began = time.monotonic()
    async with teams.opened(Settings(**EMULATOR)) as surface:
        assert (await surface.trouble(), surface.trusted) == (None, frozenset())
    assert time.monotonic() - began < 5
