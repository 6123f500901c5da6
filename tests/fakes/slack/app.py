"""The app as the workspace installed it: its manifest, tokens, scopes, bot and signing secret."""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack import users
from tests.fakes.slack.users import User
from tests.fakes.slack.workspace import Json, Workspace

ID = "A0CRITICAL"


@dataclass(kw_only=True)
class App:
    """An app made from a manifest. `dead` is the error that its bot token meets now, if any."""

    manifest: Json
    bot: User
    bot_token: str = field(default_factory=lambda: f"xoxb-1-2-{secrets.token_hex(12)}")
    app_token: str = field(default_factory=lambda: f"xapp-1-{ID}-3-{secrets.token_hex(12)}")
    secret: str = field(default_factory=lambda: secrets.token_hex(16))
    dead: str | None = None

    @property
    def scopes(self) -> list[str]:
        """What the bot token may do."""
        return list(self._part("oauth_config", "scopes").get("bot", []))

    @property
    def events(self) -> list[str]:
        """The events that it subscribed to."""
        return list(self._part("settings", "event_subscriptions").get("bot_events", []))

    @property
    def interactive(self) -> bool:
        """Whether presses and forms reach it."""
        return bool(self._part("settings", "interactivity").get("is_enabled"))

    @property
    def by_socket(self) -> bool:
        """Whether it is reached over Socket Mode, and no other way."""
        return bool(self._part("settings").get("socket_mode_enabled"))

    @property
    def home(self) -> Json:
        """Which tabs of its App Home are there."""
        return self._part("features", "app_home")

    def command(self, name: str) -> Json | None:
        """A slash command as it was declared."""
        commands = self._part("features").get("slash_commands") or []
        return next((one for one in commands if one["command"] == name), None)

    def request_url(self, kind: str) -> str | None:
        """Where HTTP requests of this kind go, as the manifest says."""
        part = {"events_api": "event_subscriptions", "interactive": "interactivity"}.get(kind)
        return self._part("settings", part).get("request_url") if part else None

    def sign(self, body: bytes) -> dict[str, str]:
        """The headers that prove a request to be Slack's (version v0)."""
        at = str(int(time.time()))
        proof = hmac.new(self.secret.encode(), b"v0:%s:%s" % (at.encode(), body), hashlib.sha256)
        return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={proof.hexdigest()}"}

    def _part(self, *names: str) -> Any:
        found: Any = self.manifest
        for name in names:
            found = found.get(name) or {}
        return found


def install(workspace: Workspace, manifest: Json) -> App:
    """Install an app; its bot is a user of the workspace from then on."""
    shown = manifest.get("features", {}).get("bot_user", {}).get("display_name", "Critical Friend")
    users.add(workspace, "Slackbot", bot="B0SLACKBOT")
    bot = users.add(workspace, shown, bot=workspace.id("B"))
    slackbot = next(one for one in workspace.users.values() if one.bot == "B0SLACKBOT")
    workspace.users[users.SLACKBOT] = users.replace(workspace.users.pop(slackbot.id), id=users.SLACKBOT)
    return App(manifest=manifest, bot=bot)
