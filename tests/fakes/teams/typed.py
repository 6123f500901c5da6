"""What people type, as Teams' own client sends it: escaped, with mentions between `<at>` and `</at>`.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/channel-and-group-conversations
"""

import html
import re

from tests.fakes.teams.app import App
from tests.fakes.teams.tenancy import Json, Tenancy


def sent(tenancy: Tenancy, app: App, text: str) -> Json:
    """The text, HTML and mentions of a message: `@Name` of somebody, or of the bot, becomes a mention.

    After a mention the client puts a space that does not break, and at the end a new line.
    """
    mentions: list[Json] = []
    accounts = {app.name: app.account} | {
        one.name: {"id": one.id, "name": one.name} for one in tenancy.people.values()
    }
    names = {html.escape(name, quote=False).casefold(): account for name, account in accounts.items()}
    every = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))

    def mention(found: re.Match[str]) -> str:
        account = names[found[1].casefold()]
        written = f"<at>{html.escape(account['name'], quote=False)}</at>"
        mentions.append({"type": "mention", "mentioned": account, "text": written})
        return written + ("&nbsp;" if found[2] else "")

    escaped = html.escape(text, quote=False)
    said = re.sub(rf"(?<![\w<])@({every})(?![\w-])( ?)", mention, escaped, flags=re.IGNORECASE)
    lines = "".join(f"<p>{line or '&nbsp;'}</p>" for line in said.split("\n"))
    return {"text": f"{said}\n" if mentions else said, "html": lines, "mentions": mentions}


def shown(text: str) -> str:
    """A message's text as people read it."""
    return html.unescape(re.sub(r"<at\b[^>]*>(.*?)</at>", r"@\1", text)).replace("\u00a0", " ").strip()


def mentions_bot(app: App, mentions: list[Json]) -> bool:
    """Whether the bot is mentioned, without which it hears nothing in a channel or group chat."""
    return any(one["mentioned"]["id"] == app.bot for one in mentions)
