"""What an act lets the app do for a moment: open one view, and answer a few times.

docs.slack.dev: a trigger_id expires three seconds after the act and is good for one view; a
response_url is good for five messages within thirty minutes.
"""

import secrets
from dataclasses import dataclass, field

from tests.fakes.slack.workspace import Json, Workspace

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 1800.0
RESPONSES = 5


class Spent(Exception):
    """A trigger or a response_url is not good for this any more; `error` is what Slack calls it."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(kw_only=True)
class Trigger:
    """Leave to show one view to a user."""

    user: str
    made: float
    used: bool = False


@dataclass(kw_only=True)
class ResponseUrl:
    """Leave to answer where somebody acted. `source`: the message they pressed a button of."""

    user: str
    channel: str
    made: float
    source: str | None = None
    source_only_for: str | None = None
    uses: int = 0


@dataclass(kw_only=True)
class Triggers:
    """Every trigger and response_url that was ever given out."""

    workspace: Workspace
    triggers: dict[str, Trigger] = field(default_factory=dict)
    urls: dict[str, ResponseUrl] = field(default_factory=dict)

    def trigger(self, user: str) -> str:
        """A fresh trigger_id."""
        made = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**9)}.{secrets.token_hex(16)}"
        self.triggers[made] = Trigger(user=user, made=self.workspace.clock())
        return made

    def response_url(self, **of: str | None) -> str:
        """The last part of a fresh response_url."""
        made = f"{self.workspace.team}/{secrets.randbelow(10**12)}/{secrets.token_urlsafe(18)}"
        self.urls[made] = ResponseUrl(made=self.workspace.clock(), **of)
        return made

    def exchange(self, found: Json) -> Trigger:
        """Use up the trigger of a call. Raises Spent."""
        trigger = self.triggers.get(str(found.get("trigger_id")))
        if trigger is None:
            raise Spent("invalid_trigger_id")
        if trigger.used:
            raise Spent("exchanged_trigger_id")
        if self.workspace.clock() - trigger.made > TRIGGER_SECONDS:
            raise Spent("expired_trigger_id")
        trigger.used = True
        return trigger

    def answer(self, name: str) -> ResponseUrl:
        """The response_url of this name, still good. Raises Spent."""
        url = self.urls.get(name)
        if url is None:
            raise Spent("invalid_url")
        if self.workspace.clock() - url.made > RESPONSE_SECONDS:
            raise Spent("expired_url")
        if url.uses >= RESPONSES:
            raise Spent("used_url")
        return url
