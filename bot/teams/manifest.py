"""What Teams is told about the app: its package, with the manifest, the command lists and the icons.

A test walks bot/teams and fails when the code uses what is not asked for here, or when something
asked for here is not used. https://developer.microsoft.com/json-schemas/teams/v1.22/MicrosoftTeams.schema.json
"""

import io
import json
import re
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from bot.about import LONG, NAME, SHORT
from handlers.command import Contents
from handlers.commands import COMMANDS

PACKAGE: Final = "critical-friend-teams.zip"
ENDPOINT: Final = "/api/messages"

SCOPES: Final[Mapping[str, str]] = {"personal": "personal", "groupChat": "groupChat", "channel": "team"}
"""The kinds of conversation that are heard, as activities name them, and the scope of the app for each."""

PERMISSIONS: Final[Mapping[str, str]] = {
    "create_personal": "messageTeamMembers",
    "member": "identity",
    "members": "identity",
}
"""The calls of the transport that need a permission, and which. None of them is Microsoft Graph's."""

IN_PERSON: Final = (
    "home", "next", "status", "scoping", "note", "summary", "invite", "reach", "new", "help",
)  # fmt: skip
"""What is offered in a personal chat: at most ten, the most used first."""

IN_COMPANY: Final = (
    "status", "next", "team", "dates", "kloe", "notes", "summary", "task", "use this channel as team room",
    "help",
)  # fmt: skip
"""What is offered in a channel or a group chat."""

_ICONS: Final = Path(__file__).parent / "icons"
_GUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
_VERSION: Final = re.compile(r"(0|[1-9]\d{0,4})(\.(0|[1-9]\d{0,4})){2}")

PUBLISHER: Final = "Critical Friend contributors"
LONGEST_NAME: Final = 32
"""Letters in the name of whoever runs the bot."""

_HOW: Final = (
    "In your personal chat with it just write, for example help. In a channel or a group chat write "
    f"@{NAME} first; it is given only what names it."
)


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Who runs the bot, as Teams shows it beside the app. The pages are https; one may be all three."""

    name: str
    website: str
    privacy: str
    terms: str


class NotOurs(Exception):
    """A file of the package's name is there, and is not this app's package."""


def is_guid(text: str) -> bool:
    """Whether this is written as Microsoft writes the id of an application or a tenant."""
    return _GUID.fullmatch(text) is not None


def is_version(text: str) -> bool:
    """Whether this is a version as Teams writes one."""
    return _VERSION.fullmatch(text) is not None


def own_version() -> str:
    """The version of the bot, which the app has unless another is asked for."""
    return version("critical-friend")


def app_id(bot: str) -> str:
    """The app's own id in Teams: always the same for one registration, so that a new package updates it."""
    return str(uuid.uuid5(uuid.UUID(bot), PACKAGE))


def manifest(bot: str, owner: Owner, numbered: str) -> dict[str, Any]:
    """The manifest. `bot`: MicrosoftAppId; `numbered`: the app's version, higher with each package."""
    return {
        "$schema": "https://developer.microsoft.com/json-schemas/teams/v1.22/MicrosoftTeams.schema.json",
        "manifestVersion": "1.22",
        "version": numbered,
        "id": app_id(bot),
        "developer": {
            "name": owner.name,
            "websiteUrl": owner.website,
            "privacyUrl": owner.privacy,
            "termsOfUseUrl": owner.terms,
        },
        "name": {"short": NAME, "full": f"{NAME}: peer challenges, carried in chat"},
        "description": {"short": SHORT, "full": f"{LONG}\n\n{_HOW}"},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#123b3d",
        "bots": [_bot(bot)],
        "permissions": sorted(set(PERMISSIONS.values())),
        "validDomains": [],
        "defaultInstallScope": "personal",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot"},
    }


def _bot(bot: str) -> dict[str, Any]:
    in_company = [scope for scope in SCOPES.values() if scope != "personal"]
    return {
        "botId": bot.lower(),
        "scopes": list(SCOPES.values()),
        "isNotificationOnly": False,
        "supportsFiles": False,
        "supportsCalling": False,
        "supportsVideo": False,
        "commandLists": [
            {"scopes": ["personal"], "commands": _listed(IN_PERSON)},
            {"scopes": in_company, "commands": _listed(IN_COMPANY)},
        ],
    }


def _listed(lines: tuple[str, ...]) -> list[dict[str, str]]:
    contents = Contents(COMMANDS)
    found = [(line, contents.find(line)) for line in lines]
    return [{"title": line, "description": one.command.help} for line, one in found if one]


def package(bot: str, owner: Owner, numbered: str) -> bytes:
    """The zip to upload: the same bytes each time."""
    made = json.dumps(manifest(bot, owner, numbered), indent=2, ensure_ascii=False) + "\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as folder:
        folder.writestr(_entry("manifest.json"), made.encode())
        for icon in ("color.png", "outline.png"):
            folder.writestr(_entry(icon), (_ICONS / icon).read_bytes())
    return packed.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    """Without the time, the machine and the person that made it."""
    entry = zipfile.ZipInfo(name, _LONG_AGO)
    entry.create_system, entry.external_attr = 3, 0o644 << 16
    return entry


def write(folder: Path, bot: str, owner: Owner, numbered: str) -> Path:
    """Write the package into a folder, over an older one of the same app only. Raises NotOurs, OSError."""
    file = folder / PACKAGE
    if file.exists() and _packed(file) != app_id(bot):
        raise NotOurs(PACKAGE)
    file.write_bytes(package(bot, owner, numbered))
    return file


def _packed(file: Path) -> str | None:
    """The app's id in a package; None for anything else."""
    try:
        with zipfile.ZipFile(file) as folder:
            return str(json.loads(folder.read("manifest.json"))["id"])
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None
