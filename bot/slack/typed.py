"""Slack's text as the person typed it. Pure.

In the text of a message or a command Slack writes `&`, `<` and `>` as entities, and puts people,
channels, links and dates between angle brackets: docs.slack.dev, "Formatting message text". What
somebody typed as `<@U1>` themselves comes as `&lt;@U1&gt;`, so brackets are always Slack's own.
"""

import re
from collections.abc import Iterable, Mapping

from bot.letters import straight
from bot.slack.manifest import COMMAND

_BRACKETS = re.compile(r"<([^<>]*)>")
_COMMAND = re.compile(rf"^{COMMAND}(?!\S)\s*", re.IGNORECASE)
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def mentioned(text: str, bot: str) -> tuple[str, ...]:
    """The ids of the people named in a text, each once, in its order, without the bot's own."""
    names = (found[1:].partition("|")[0] for found in _BRACKETS.findall(text) if found.startswith("@"))
    return tuple(dict.fromkeys(name for name in names if name and name != bot))


def typed(text: str, bot: str, names: Mapping[str, str]) -> str:
    """The text, with people as @ and their name, and without the bot's own mention.

    Where the command stands in a message it says nothing more: Slack passes it on as words.
    `names` holds the name for each id; somebody unknown keeps what Slack wrote.
    """
    bare = re.sub(rf"[ \t]*<@{re.escape(bot)}(\|[^<>]*)?>[ \t]*[:,]?[ \t]*", " ", text)
    plain = _BRACKETS.sub(lambda found: _spelt(found[1], names), bare)
    for entity, letter in _ENTITIES:
        plain = plain.replace(entity, letter)
    return _COMMAND.sub("", straight(plain).strip(), count=1)


def mentions_bot(text: str, bot: str) -> bool:
    """Whether a text names the bot."""
    return re.search(rf"<@{re.escape(bot)}(\||>)", text) is not None


def _spelt(inside: str, names: Mapping[str, str]) -> str:
    """What stands between angle brackets, as a person would type it."""
    what, _, label = inside.partition("|")
    match what[:1]:
        case "@":
            return f"@{names.get(what[1:]) or label or what[1:]}"
        case "#":
            return f"#{label or what[1:]}"
        case "!":
            return _special(what[1:], label)
    return _link(what, label)


def _special(what: str, label: str) -> str:
    """@here and its like; a group of people, by its name; a date, as it is shown."""
    if label:
        return label
    return "" if "^" in what else f"@{what}"


def _link(address: str, label: str) -> str:
    """An address as it was typed; one that stands behind other words comes after them."""
    if label in _ways_to_type(address) or address.startswith("tel:"):
        return label
    return f"{label} {address.removeprefix('mailto:')}".lstrip()


def _ways_to_type(address: str) -> Iterable[str]:
    """What people type so that Slack makes this address of it: without its scheme or last stroke."""
    bare = re.sub(r"^(https?://|mailto:)", "", address)
    return {address, bare, bare.rstrip("/"), address.rstrip("/")}
