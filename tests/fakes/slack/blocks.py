"""Blocks on their way in: refused or taken, given ids where they have none, and read as words."""

import copy
import html
import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any

from tests.drawn import walk
from tests.fakes.slack import refusals
from tests.fakes.slack.call import Refuse, invalid
from tests.fakes.slack.workspace import Json

_INTERACTIVE = {
    "button", "checkboxes", "datepicker", "datetimepicker", "multi_static_select", "multi_users_select",
    "number_input", "overflow", "plain_text_input", "radio_buttons", "static_select", "timepicker",
    "url_text_input", "email_text_input", "users_select", "conversations_select", "channels_select",
}  # fmt: skip


def check_message(text: str, blocks: Any, *, silent: bool) -> None:
    """Refuse what Slack refuses in a message. `silent`: it may say nothing, as an edit of its metadata."""
    if blocks:
        problems = refusals.of_message(blocks)
        if problems:
            raise invalid("invalid_blocks", problems)
        if refusals.too_long(blocks):
            raise Refuse("msg_blocks_too_long")
    elif not text.strip() and not silent:
        raise Refuse("no_text")


def check_metadata(metadata: Any) -> None:
    """Refuse metadata of another shape than Slack's."""
    error = refusals.of_metadata(metadata)
    if error:
        raise Refuse(error)


def check_view(view: Any, kind: str) -> Json:
    """A view, with ids everywhere. Raises Refuse where Slack refuses it."""
    problems = refusals.of_view(view, kind)
    if problems:
        raise invalid("invalid_arguments", problems)
    return dict(view) | {"blocks": with_ids(view["blocks"])}


def with_ids(blocks: list[Json]) -> list[Json]:
    """The same blocks; Slack gives an id to each block and control that came without."""
    made: list[Json] = copy.deepcopy(blocks)
    for block in made:
        block.setdefault("block_id", secrets.token_urlsafe(3))
        for part in walk(block):
            if part.get("type") in _INTERACTIVE:
                part.setdefault("action_id", secrets.token_urlsafe(3))
    return made


def controls(blocks: list[Json]) -> Iterator[tuple[str, Json]]:
    """Everything that can be pressed or chosen, with the id of its block; inputs are not."""
    for block in blocks:
        if block["type"] in {"actions", "section"}:
            for part in [*block.get("elements", ()), *[block.get("accessory")]]:
                if part and part.get("type") in _INTERACTIVE:
                    yield block["block_id"], part


def words(said: Json) -> str:
    """What people read: the blocks in words, or the text where there are none. No labels of buttons."""
    blocks = said.get("blocks")
    if not blocks:
        return unescaped(said.get("text") or "")
    return "\n\n".join(found for found in map(_block_words, blocks) if found)


def view_words(view: Json) -> str:
    """What people read on a view: title, words, labels, hints, choices, and errors at its inputs."""
    errors = view.get("errors", {})
    parts = [view.get("title", {}).get("text", "")]
    for block in view["blocks"]:
        parts.append(_input_words(block) if block["type"] == "input" else _block_words(block))
        parts.append(errors.get(block.get("block_id"), ""))
    return "\n".join(part for part in parts if part)


def unescaped(text: str) -> str:
    """Slack's own markup as people read it."""
    shown = re.sub(r"<(?:[^<>|]*\|)([^<>]*)>", r"\1", text)
    return html.unescape(re.sub(r"<([^<>]*)>", r"\1", shown))


def _input_words(block: Json) -> str:
    element = block["element"]
    groups = element.get("option_groups") or [element]
    options = [option["text"]["text"] for group in groups for option in group.get("options") or ()]
    texts = [block["label"]["text"], block.get("hint", {}).get("text", ""), _known(element), *options]
    return "\n".join(text for text in texts if text)


def _known(element: Json) -> str:
    for name in ("initial_value", "initial_date"):
        if element.get(name):
            return str(element[name])
    return ""


def _block_words(block: Json) -> str:
    return _WORDS.get(block["type"], _no_words)(block)


def _no_words(_block: Json) -> str:
    return ""


def _rich_text_words(block: Json) -> str:
    return "\n".join(_rich_words(element) for element in block["elements"])


def _table_words(block: Json) -> str:
    return "\n".join("; ".join(map(_cell_words, row)) for row in block["rows"])


def _section_words(block: Json) -> str:
    parts = [block["text"]] if "text" in block else []
    return "\n".join(_object_words(part) for part in [*parts, *block.get("fields", ())])


def _context_words(block: Json) -> str:
    return " ".join(_object_words(part) for part in block["elements"] if "text" in part)


_WORDS: dict[str, Callable[[Json], str]] = {
    "rich_text": _rich_text_words,
    "table": _table_words,
    "section": _section_words,
    "context": _context_words,
    "header": lambda block: str(block["text"]["text"]),
    "markdown": lambda block: str(block["text"]),
    "image": lambda block: str(block.get("alt_text", "")),
}


def _object_words(text: Json) -> str:
    return unescaped(text["text"]) if text["type"] == "mrkdwn" else str(text["text"])


def _cell_words(cell: Json) -> str:
    return str(cell["text"]) if cell["type"] == "raw_text" else _block_words(cell)


def _rich_words(element: Json) -> str:
    match element["type"]:
        case "rich_text_list":
            ordered = element["style"] == "ordered"
            first = element.get("offset", 0) + 1
            marks = [f"{n}. " if ordered else "- " for n in range(first, first + len(element["elements"]))]
            lines = map(_rich_words, element["elements"])
            return "\n".join(mark + line for mark, line in zip(marks, lines, strict=True))
        case _:
            return "".join(map(_part_words, element["elements"]))


def _part_words(part: Json) -> str:
    match part["type"]:
        case "user":
            return f"@{part['user_id']}"
        case "channel":
            return f"#{part['channel_id']}"
        case "emoji":
            return f":{part['name']}:"
        case "link":
            return str(part.get("text") or part["url"])
    return str(part.get("text", ""))
