"""One call of a Web API method: what was asked for, by whom, and how it is refused."""

import json
from dataclasses import dataclass
from typing import Any

from tests.fakes.slack.app import App
from tests.fakes.slack.channels import Channel
from tests.fakes.slack.scopes import CHANNEL_SCOPES
from tests.fakes.slack.triggers import Triggers
from tests.fakes.slack.users import User
from tests.fakes.slack.workspace import Json, Workspace


class Refuse(Exception):
    """`ok: false`, with this error and whatever else Slack adds."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.answer: Json = {"ok": False, "error": error, **more}


def invalid(error: str, problems: list[str]) -> Refuse:
    """A refusal that says what is wrong where, as Slack does for blocks and arguments."""
    messages = [f"[ERROR] {problem}" for problem in problems]
    return Refuse(error, errors=problems, response_metadata={"messages": messages})


@dataclass(frozen=True, kw_only=True)
class Call:
    """The arguments of a call, and everything that it may reach. `base`: the peer's own address."""

    method: str
    args: Json
    workspace: Workspace
    app: App
    triggers: Triggers
    base: str

    def text(self, name: str, default: str = "") -> str:
        """An argument as text."""
        value = self.args.get(name)
        return default if value is None else str(value)

    def needed(self, name: str) -> str:
        """An argument that has to be there. Raises Refuse."""
        if self.args.get(name) in (None, ""):
            raise invalid("invalid_arguments", [f"missing required field: {name}"])
        return str(self.args[name])

    def flag(self, name: str, *, default: bool = False) -> bool:
        """An argument that is true or false, in one of the ways in which forms say so."""
        value = self.args.get(name)
        return default if value is None else value in (True, 1, "1", "true", "True")

    def json(self, name: str) -> Any:
        """An argument that is JSON, sent as such or as text. Raises Refuse."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise Refuse("invalid_blocks_format" if name == "blocks" else "invalid_arguments") from None

    def need_scope(self, *scopes: str) -> None:
        """Refuse a token that has none of these scopes."""
        if not set(scopes) & set(self.app.scopes):
            provided = ",".join(self.app.scopes)
            raise Refuse("missing_scope", needed=",".join(scopes), provided=provided)

    def user(self, name: str = "user") -> User:
        """The user that an argument names. Raises Refuse."""
        return self.user_with(self.needed(name))

    def user_with(self, user: str) -> User:
        """The user with this id. Raises Refuse."""
        found: User | None = self.workspace.users.get(user)
        if found is None:
            raise Refuse("user_not_found")
        return found

    def channel(self, to: str = "", name: str = "channel") -> Channel:
        """The conversation that an argument names, if the app knows of it. `to`: what for. Raises Refuse.

        A private conversation that the app is not in does not exist for it.
        """
        found: Channel | None = self.workspace.channels.get(self.needed(name))
        if found is None or found.deleted:
            raise Refuse("channel_not_found")
        if to:
            self.need_scope(CHANNEL_SCOPES[to][found.kind])
        if found.kind != "public" and self.me not in found.members:
            raise Refuse("channel_not_found")
        return found

    def channel_inside(self, to: str = "") -> Channel:
        """A channel that the app is a member of, neither direct nor archived. Raises Refuse."""
        found = self.channel(to)
        if found.kind == "im":
            raise Refuse("method_not_supported_for_channel_type")
        if self.me not in found.members:
            raise Refuse("not_in_channel")
        if found.archived:
            raise Refuse("is_archived")
        return found

    def page(self, items: list[Any], default: int = 100, most: int = 1000) -> tuple[list[Any], Json]:
        """One page of many, and what leads to the next. Raises Refuse."""
        limit, cursor = self.text("limit", str(default)), self.text("cursor", "0")
        if not limit.isdecimal() or not 1 <= int(limit) <= most:
            raise Refuse("invalid_limit")
        if not cursor.isdecimal():
            raise Refuse("invalid_cursor")
        end = int(cursor) + int(limit)
        return items[int(cursor) : end], {"next_cursor": str(end) if end < len(items) else ""}

    @property
    def me(self) -> str:
        """The id of the app's bot user."""
        return self.app.bot.id
