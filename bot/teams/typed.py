"""Teams' text as the person typed it. Pure.

Whoever is mentioned stands between <at> and </at>, and is said beside the text in an entity. What
somebody typed as <at> themselves comes as &lt;at&gt;, so these marks are always Teams' own.
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/channel-and-group-conversations
"""

import html
import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.about import NAME
from bot.letters import straight
from bot.teams.transport import Json

_AT = re.compile(r"(<at(?:\s[^<>]*)?>[^<>]*</at>)")
_MARKS = re.compile(r"<[^<>]*>")
_BOT = "\x00"
_BLANKS = " \t\xa0"
_AFTER_BOT = re.compile(rf"^[{_BLANKS}]*[:,]?[{_BLANKS}]*")
_PREFIX = re.compile(rf"^(?:@{NAME}\b|{NAME}\b|/challenge(?!\S))[:,]?\s*")


@dataclass(frozen=True, kw_only=True)
class Mention:
    """Somebody or something named in a text: its id (None: the bot itself), and the words standing for it."""

    user: str | None
    label: str


def mentions(activity: Json) -> tuple[Mention, ...]:
    """Whom Teams says that an activity mentions, in their order."""
    return tuple(_mentions(activity.get("entities"), str(activity["recipient"]["id"])))


def _mentions(entities: object, bot: str) -> Iterator[Mention]:
    for entity in entities if isinstance(entities, list) else ():
        about = entity.get("mentioned") if isinstance(entity, dict) else None
        if isinstance(about, dict) and entity.get("type") == "mention" and isinstance(about.get("id"), str):
            user = None if about["id"] == bot else about["id"]
            yield Mention(user=user, label=_label(str(entity.get("text") or about.get("name") or "")))


def typed(text: str, mentioned: Sequence[Mention], names: Mapping[str, str]) -> str:
    """The text, with people as @ and their name, and without the bot's own mention.

    The bot's name, or the command of other chats, says nothing more where it begins the text. `names`
    holds the name for each id; whatever else is mentioned keeps the words that stood for it.
    """
    left: dict[str, deque[Mention]] = defaultdict(deque)
    for mention in mentioned:
        left[mention.label].append(mention)
    parts = (_spelt(part, left, names) for part in _AT.split(text.replace(_BOT, "")))
    return _PREFIX.sub("", straight(_without_bot("".join(parts))).strip(), count=1)


def _without_bot(text: str) -> str:
    """The text with a blank for the bot, and for the blanks and the colon or comma about it."""
    before, *after = text.split(_BOT)
    if not after:
        return text
    parts = [before, *(_AFTER_BOT.sub("", part, count=1) for part in after)]
    return " ".join([*(part.rstrip(_BLANKS) for part in parts[:-1]), parts[-1]])


def _spelt(part: str, left: Mapping[str, deque[Mention]], names: Mapping[str, str]) -> str:
    """A part of the text as somebody would type it; a mention is taken out of those that are `left`."""
    if not _AT.fullmatch(part):
        return html.unescape(part).replace(_BOT, "")
    label = _label(part)
    if not left[label]:
        return label
    found = left[label].popleft()
    return _BOT if found.user is None else f"@{names.get(found.user) or label}"


def _label(marked: str) -> str:
    return html.unescape(_MARKS.sub("", marked)).strip().removeprefix("@")
