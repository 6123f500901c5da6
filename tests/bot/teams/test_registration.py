"""Each setting of the registration that is missing or mixed up is told by its name, with where to copy it."""

import pytest

from bot.check import Beware, Wrong
from bot.settings import Settings
from bot.teams.registration import application, emulator, is_meant, other_tenants, secret, tenant

APP = "6f1c2b7e-3b1c-4a55-9a3e-1f2e3d4c5b6a"
HOME = "0d5f0f3c-2a31-4f6e-8d8e-7a6b5c4d3e2f"
NORTHMERE = "11111111-2222-3333-4444-555555555555"
SALTMARSH = "99999999-2222-3333-4444-555555555555"


def settings(**changed):
    return Settings(
        **{
            "microsoft_app_id": APP,
            "microsoft_app_password": "aB3~of-the-bot",
            "microsoft_app_tenant_id": HOME,
            **changed,
        }
    )


@pytest.mark.parametrize(
    ("look", "found"),
    [
        (application, "The application has an id, and belongs to one tenant."),
        (tenant, "The tenant has an id. Its people may talk to the bot, and their addresses are believed."),
        (other_tenants, "People of no other tenant may talk to the bot."),
        (secret, "There is a secret."),
    ],
)
def test_registration_as_microsoft_shows_it_is_well(look, found):
    assert look(settings()) == found


@pytest.mark.parametrize(
    ("look", "changed", "found", "do"),
    [
        (application, {"microsoft_app_id": ""}, "MicrosoftAppId is not set.", "Application (client) ID"),
        (
            application, {"microsoft_app_id": "critical-friend"}, "MicrosoftAppId is not an application id.",
            "Application (client) ID",
        ),
        (
            tenant, {"microsoft_app_tenant_id": ""}, "MicrosoftAppTenantId is not set.",
            "Directory (tenant) ID",
        ),
        (
            tenant, {"microsoft_app_tenant_id": "northmere.example"},
            "MicrosoftAppTenantId is not a tenant's id, though it may be its name.", "Directory (tenant) ID",
        ),
        (
            tenant, {"microsoft_app_tenant_id": APP.upper()}, "MicrosoftAppTenantId is the application's id.",
            "Directory (tenant) ID",
        ),
        (secret, {"microsoft_app_password": ""}, "MicrosoftAppPassword is not set.", "Copy the Value"),
        (
            secret, {"microsoft_app_password": NORTHMERE},
            "MicrosoftAppPassword is the id of a secret, not the secret.", "Copy the Value",
        ),
        (other_tenants, {"teams_tenants": "northmere"}, "'northmere' is not a tenant's id.", "by their ids"),
        (
            other_tenants, {"teams_tenants": NORTHMERE, "trusted": f"teams:{SALTMARSH}"},
            f"CRITICAL_FRIEND_TRUSTED names {SALTMARSH}, whose people may not talk to the bot.",
            "CRITICAL_FRIEND_TEAMS_TENANTS",
        ),
    ],
)  # fmt: skip
def test_setting_that_is_missing_or_mixed_up_is_wrong_and_says_where_to_copy_it(look, changed, found, do):
    with pytest.raises(Wrong) as wrong:
        look(settings(**changed))

    assert wrong.value.found == found
    assert do in wrong.value.do
    assert "aB3~" not in repr(wrong.value)


def test_managed_identity_needs_no_secret():
    msi = settings(microsoft_app_type="UserAssignedMSI", microsoft_app_password="")

    assert application(msi) == "The application has an id, and a managed identity for a secret."
    assert secret(msi) == "None is needed with a managed identity."


def test_other_tenants_are_counted_and_the_own_one_is_not_among_them():
    named = settings(
        teams_tenants=f"{NORTHMERE.upper()}, {SALTMARSH}, {HOME}",
        trusted=f"teams:{NORTHMERE}, teams:{HOME}, slack:T0NORTHMERE",
    )

    assert other_tenants(named) == "Other tenants whose people may: 2. Addresses are believed of 1."


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_emulator_is_never_well(host):
    with pytest.raises(Beware) as beware:
        emulator(Settings(teams_emulator=True, host=host))

    assert "IS ON" in beware.value.found
    assert "lets in the whole network" in beware.value.found


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "bot.example"])  # noqa: S104 - refused
def test_emulator_that_others_can_reach_is_wrong(host):
    with pytest.raises(Wrong) as wrong:
        emulator(Settings(teams_emulator=True, host=host))

    assert "serve does not start" in wrong.value.found


@pytest.mark.parametrize("name", ["slack_bot_token", "slack_app_token", "slack_signing_secret"])
def test_emulator_beside_slack_is_wrong(name):
    with pytest.raises(Wrong) as wrong:
        emulator(Settings(teams_emulator=True, **{name: "x"}))

    assert (type(wrong.value), "beside Slack" in wrong.value.found) == (Wrong, True)


def test_emulator_of_a_registered_bot_is_wrong():
    with pytest.raises(Wrong) as wrong:
        emulator(settings(teams_emulator=True))

    assert not isinstance(wrong.value, Beware)
    assert wrong.value.do == "Take CRITICAL_FRIEND_TEAMS_EMULATOR out."


@pytest.mark.parametrize(
    ("set_up", "meant"),
    [
        ({}, False), ({"slack_bot_token": "xoxb-1"}, False), ({"teams_emulator": True}, True),
        ({"microsoft_app_id": APP}, True), ({"microsoft_app_password": "x"}, True),
        ({"microsoft_app_tenant_id": HOME}, True),
    ],
)  # fmt: skip
def test_teams_is_meant_as_soon_as_anything_of_it_is_set(set_up, meant):
    assert is_meant(Settings(**set_up)) is meant
