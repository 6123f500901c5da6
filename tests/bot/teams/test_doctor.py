"""The doctor in Teams: every wrong thing is told in plain words, by itself, and without a secret."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.check import State, examine
from bot.clock import Clock
from bot.settings import Settings
from bot.teams.cloud import PUBLIC
from bot.teams.doctor import checks
from tests.fakes.teams import Peer

WELL = {
    "Teams app": "The application has an id, and belongs to one tenant.",
    "Teams tenant": "The tenant has an id. Its people may talk to the bot, and their addresses are believed.",
    "Teams others": "People of no other tenant may talk to the bot.",
    "Teams secret": "There is a secret.",
    "Teams token": "Microsoft gives the bot a token.",
    "Teams keys": "The keys that Teams signs with can be fetched.",
    "Teams service": "Teams can be called, at 127.0.0.1.",
    "Teams clock": "This machine's clock and Microsoft's agree.",
}
NOWHERE = "http://127.0.0.1:9"
LATER = "Microsoft is out of order, or asks for patience. Try again in a minute."


class WrongClock(Clock):
    def wall(self):
        return super().wall() - timedelta(hours=1)


@pytest.fixture
async def peer():
    """Whether Teams can be reached is asked at no address in particular: any answer will do."""
    async with Peer() as peer:
        yield peer
        peer.mistakes[:] = [one for one in peer.mistakes if one != "GET /: Teams has no such address"]


@pytest.fixture
def cloud(peer):
    return replace(PUBLIC, login=peer.base, metadata=peer.metadata_url, services=(peer.base,))


@pytest.fixture
def settings(peer):
    return Settings(
        microsoft_app_id=peer.app.id,
        microsoft_app_password=peer.app.password,
        microsoft_app_tenant_id=peer.app.tenant,
    )


async def findings(settings, cloud, clock=None, seconds=5.0):
    found = await asyncio.to_thread(examine, checks(settings, clock or Clock(), cloud), seconds)
    assert not settings.microsoft_app_password or settings.microsoft_app_password not in repr(found)
    assert "eyJ" not in repr(found)  # so every token begins
    return {finding.name: finding for finding in found}


def well(found):
    return {name: one.found for name, one in found.items() if one.state is State.WELL}


def expected(*names):
    """What is found well where the checks named are not."""
    return {name: sentence for name, sentence in WELL.items() if name not in names}


async def test_registration_as_documented_is_well_and_what_cannot_be_seen_is_said(settings, cloud):
    found = await findings(settings, cloud)

    assert well(found) == WELL
    [unseen] = [one for one in found.values() if one.state is not State.WELL]
    assert (unseen.name, unseen.state) == ("Teams way in", State.UNKNOWN)
    assert all(part in unseen.found for part in ("/api/messages", "127.0.0.1 port 8080", "cannot be seen"))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"microsoft_app_password": "another"}, "The secret is wrong (AADSTS7000215)."),
        (
            {"microsoft_app_id": "00000000-0000-4000-8000-000000000000"},
            "The tenant does not know this application (AADSTS700016).",
        ),
        (
            {"microsoft_app_tenant_id": "00000000-0000-4000-8000-000000000000"},
            "There is no such tenant (AADSTS90002).",
        ),
    ],
)
async def test_registration_that_microsoft_does_not_take_is_wrong_with_its_code(
    settings, cloud, changed, says
):
    found = await findings(settings.model_copy(update=changed), cloud)

    assert (found["Teams token"].state, found["Teams token"].found) == (State.WRONG, says)
    assert found["Teams token"].do
    assert well(found) == expected("Teams token")


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("Teams app", "microsoft_app_id"),
        ("Teams tenant", "microsoft_app_tenant_id"),
        ("Teams secret", "microsoft_app_password"),
    ],
)
async def test_setting_that_is_missing_is_told_once_and_nothing_is_sent(peer, settings, cloud, name, setting):
    found = await findings(settings.model_copy(update={setting: ""}), cloud)

    assert found[name].state is State.WRONG
    assert found["Teams token"].state is State.UNKNOWN
    assert well(found) == expected(name, "Teams token")
    assert peer.called("login") == []


async def test_login_that_is_out_of_order_is_told_so(peer, settings, cloud):
    peer.unkind.login_down(status=503)
    found = await findings(settings, cloud)

    assert (found["Teams token"].found, found["Teams token"].do) == (
        "Microsoft gives no token now (HTTP 503).", LATER,
    )  # fmt: skip
    assert well(found) == expected("Teams token")


async def test_login_that_cannot_be_reached_is_named_with_its_host(settings, cloud):
    found = await findings(settings, replace(cloud, login=NOWHERE))

    assert found["Teams token"].found == "Microsoft's login cannot be reached (ConnectError)."
    assert "127.0.0.1" in found["Teams token"].do
    assert well(found) == expected("Teams token")


async def test_keys_that_cannot_be_reached_leave_the_clock_unknown(settings, cloud):
    found = await findings(settings, replace(cloud, metadata=f"{NOWHERE}/openid"))

    assert found["Teams keys"].found == "What Teams signs with cannot be reached (ConnectError)."
    assert found["Teams clock"].state is State.UNKNOWN
    assert well(found) == expected("Teams keys", "Teams clock")


@pytest.mark.parametrize("status", [404, 503])
async def test_keys_that_are_not_given_out_are_wrong(peer, settings, cloud, status):
    peer.unkind.status("keys", status=status)
    found = await findings(settings, cloud)

    assert found["Teams keys"].state is State.WRONG
    assert well(found) == expected("Teams keys")


async def test_keys_that_speak_for_another_channel_are_wrong(peer, settings, cloud):
    peer.keys.rotate(endorsements=("webchat",))
    found = await findings(settings, cloud)

    assert found["Teams keys"].found == "What answers in Microsoft's place has no key that Teams signs with."
    assert well(found) == expected("Teams keys")


async def test_metadata_that_leads_nowhere_is_wrong(settings, cloud):
    found = await findings(settings, replace(cloud, metadata=f"{cloud.login}/v1/.well-known/keys"))

    assert found["Teams keys"].state is State.WRONG
    assert well(found) == expected("Teams keys")


async def test_service_that_cannot_be_reached_is_wrong(settings, cloud):
    found = await findings(settings, replace(cloud, services=("https://*.invalid", NOWHERE)))

    assert found["Teams service"].found == "Teams cannot be reached (ConnectError)."
    assert well(found) == expected("Teams service")


async def test_clock_that_is_wrong_is_told_in_minutes(settings, cloud):
    found = await findings(settings, cloud, WrongClock())

    assert found["Teams clock"].found == "This machine's clock and Microsoft's are 60 minutes apart."
    assert well(found) == expected("Teams clock")


async def test_login_that_hangs_holds_up_nobody(peer, settings, cloud):
    peer.unkind.slow("login", seconds=2)
    found = await findings(settings, cloud, seconds=1)

    assert found["Teams token"].found == "There was no answer in time."
    assert well(found) == expected("Teams token")


async def test_managed_identity_on_a_machine_that_has_none_is_wrong(peer, settings, cloud, monkeypatch):
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", NOWHERE)
    msi = settings.model_copy(update={"microsoft_app_type": "UserAssignedMSI", "microsoft_app_password": ""})
    found = await findings(msi, cloud)

    assert "Nobody gives this machine a token" in found["Teams token"].found
    assert "managed identity" in found["Teams token"].do
    assert peer.called("login") == []


async def test_managed_identity_that_azure_lent_is_well(peer, settings, cloud, monkeypatch):
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", peer.base)
    msi = settings.model_copy(update={"microsoft_app_type": "UserAssignedMSI", "microsoft_app_password": ""})
    found = await findings(msi, cloud)

    assert found["Teams token"].found == "Azure gives the bot a token."
    assert [one.state for one in found.values() if one.name != "Teams way in"] == [State.WELL] * 8


async def test_emulator_is_all_that_is_looked_at_while_it_is_on(peer, cloud):
    found = await findings(Settings(teams_emulator=True), cloud)

    assert {name: one.state for name, one in found.items()} == {"Teams emulator": State.CARE}
    assert peer.calls == []
