"""What the settings say about the bot's registration with Microsoft, looked at without calling anybody."""

from typing import Final

from bot.check import Beware, Wrong
from bot.settings import Settings
from bot.teams.cloud import is_loopback
from bot.teams.manifest import is_guid

_OVERVIEW: Final = "from the Overview of the bot's app registration in Entra"
_COPY_APP: Final = f"Copy the Application (client) ID {_OVERVIEW}."
_COPY_TENANT: Final = f"Copy the Directory (tenant) ID {_OVERVIEW}."
_COPY_VALUE: Final = "Copy the Value of a client secret, from Certificates & secrets of the app registration."


def is_meant(settings: Settings) -> bool:
    """Whether anything of Teams is set, though perhaps not enough."""
    return bool(
        settings.microsoft_app_id
        or settings.microsoft_app_password
        or settings.microsoft_app_tenant_id
        or settings.teams_emulator
    )


def emulator(settings: Settings) -> str:
    """Raise Beware: nobody is asked who they are. Raises Wrong where other machines could come in."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    if not is_loopback(f"http://{host}"):
        raise Wrong(
            "CRITICAL_FRIEND_TEAMS_EMULATOR is on, and CRITICAL_FRIEND_HOST is none of 127.0.0.1, ::1 and "
            "localhost: where other machines come in, anybody can speak as anybody. serve does not start.",
            "Take CRITICAL_FRIEND_HOST out, or switch the emulator off.",
        )
    if settings.microsoft_app_id:
        raise Wrong(
            "CRITICAL_FRIEND_TEAMS_EMULATOR is on for a bot that is registered with Microsoft: whoever "
            "comes in through this machine's web server could speak as anybody.",
            "Take CRITICAL_FRIEND_TEAMS_EMULATOR out.",
        )
    if settings.slack_bot_token or settings.slack_app_token or settings.slack_signing_secret:
        raise Wrong(
            "CRITICAL_FRIEND_TEAMS_EMULATOR is on beside Slack: whoever comes in through this machine's web "
            "server could speak as anybody.",
            "Take CRITICAL_FRIEND_TEAMS_EMULATOR out, or try the emulator without any of Slack's settings.",
        )
    raise Beware(
        "CRITICAL_FRIEND_TEAMS_EMULATOR IS ON: whatever runs on this machine can speak as anybody, and so "
        "can whoever it lets in: Microsoft's Agents Playground lets in the whole network.",
        "It is for trying the bot out, behind a firewall, never beside a real programme's database. "
        "Switch it off for Teams.",
    )


def application(settings: Settings) -> str:
    """Look at the application's id and type. Raises Wrong."""
    app = settings.microsoft_app_id
    if not is_guid(app):
        raise Wrong(f"MicrosoftAppId is {'not an application id' if app else 'not set'}.", _COPY_APP)
    if settings.microsoft_app_type == "UserAssignedMSI":
        return "The application has an id, and a managed identity for a secret."
    return "The application has an id, and belongs to one tenant."


def tenant(settings: Settings) -> str:
    """Look at the tenant's id. Raises Wrong."""
    found = settings.microsoft_app_tenant_id
    if not found:
        raise Wrong("MicrosoftAppTenantId is not set.", _COPY_TENANT)
    if not is_guid(found):
        raise Wrong("MicrosoftAppTenantId is not a tenant's id, though it may be its name.", _COPY_TENANT)
    if found.lower() == settings.microsoft_app_id.lower():
        raise Wrong("MicrosoftAppTenantId is the application's id.", _COPY_TENANT)
    return "The tenant has an id. Its people may talk to the bot, and their addresses are believed."


def other_tenants(settings: Settings) -> str:
    """Look at the further tenants whose people may talk to the bot; guests need none. Raises Wrong."""
    own = {settings.microsoft_app_tenant_id.lower()}
    allowed = settings.teams_allowed - own
    believed = {found.lower() for chat, found in settings.trusted_tenants if chat == "teams"} - own
    for found in sorted(allowed | believed):
        if not is_guid(found):
            raise Wrong(
                f"{found[:80]!r} is not a tenant's id.",
                "Name tenants by their ids in CRITICAL_FRIEND_TEAMS_TENANTS and CRITICAL_FRIEND_TRUSTED.",
            )
    if believed - allowed:
        raise Wrong(
            f"CRITICAL_FRIEND_TRUSTED names {min(believed - allowed)}, whose people may not talk to the bot.",
            "Name that tenant in CRITICAL_FRIEND_TEAMS_TENANTS too, or take it out.",
        )
    if not allowed:
        return "People of no other tenant may talk to the bot."
    return f"Other tenants whose people may: {len(allowed)}. Addresses are believed of {len(believed)}."


def secret(settings: Settings) -> str:
    """Look at the client secret. Raises Wrong."""
    if settings.microsoft_app_type == "UserAssignedMSI":
        return "None is needed with a managed identity."
    if not settings.microsoft_app_password:
        raise Wrong("MicrosoftAppPassword is not set.", _COPY_VALUE)
    if is_guid(settings.microsoft_app_password):
        raise Wrong(
            "MicrosoftAppPassword is the id of a secret, not the secret.",
            f"{_COPY_VALUE} It is shown once: make another when it is gone.",
        )
    return "There is a secret."
