"""What people type, as Slack's own client sends it: people, channels and addresses become markup."""

import html
import re
from collections.abc import Callable

from tests.fakes.slack.users import User
from tests.fakes.slack.workspace import Workspace

_URL = re.compile(r"https?://[^\s<>]+")
_EMAIL = re.compile(r"(?<![\w.@+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_BROADCAST = re.compile(r"(?<!\w)@(here|channel|everyone)\b")


def sent(workspace: Workspace, text: str) -> str:
    """The text of a message event: `&amp;`, `<@U…>`, `<#C…|name>`, `<mailto:…|…>`, `<https…>`."""
    found = _people(workspace, _linked(html.escape(text, quote=False)), lambda user: f"<@{user.id}>")
    return _BROADCAST.sub(r"<!\1>", _channels(workspace, found))


def commanded(workspace: Workspace, text: str, *, escaped: bool) -> str:
    """The text of a slash command. `escaped` (should_escape): people, channels and links become markup."""
    found = html.escape(text, quote=False)
    if not escaped:
        return _people(workspace, found, lambda user: f"@{user.handle}")
    found = _people(workspace, _linked(found), lambda user: f"<@{user.id}|{user.handle}>")
    return _channels(workspace, found)


def _linked(text: str) -> str:
    found = _URL.sub(lambda one: f"<{one[0]}>", text)
    return _EMAIL.sub(lambda one: f"<mailto:{one[0]}|{one[0]}>", found)


def mentioned(text: str) -> list[str]:
    """The ids of the users mentioned in a sent text."""
    return re.findall(r"<@(U\w+)(?:\|[^>]*)?>", text)


def _people(workspace: Workspace, text: str, write: Callable[[User], str]) -> str:
    """Longest names first; a name or a handle after @, in capitals or not."""
    names: dict[str, User] = {}
    for user in workspace.users.values():
        if not user.deleted:
            names.setdefault(user.handle.casefold(), user)
            names.setdefault(html.escape(user.name, quote=False).casefold(), user)
    every = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    pattern = rf"(?<![\w<])@({every})(?![\w-])"
    return re.sub(pattern, lambda one: write(names[one[1].casefold()]), text, flags=re.IGNORECASE)


def _channels(workspace: Workspace, text: str) -> str:
    names = {one.name: one for one in workspace.channels.values() if one.kind != "im" and not one.deleted}
    every = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    if not every:
        return text
    return re.sub(rf"(?<!\w)#({every})(?![\w-])", lambda one: f"<#{names[one[1]].id}|{one[1]}>", text)
