"""What Slack refuses in blocks and views, its published schemas' silence included.

Each problem is a sentence with a JSON pointer, as in `response_metadata.messages`. Limits from
docs.slack.dev, reference/block-kit; lengths count UTF-16 units. That all blocks of a message
together hold some 13,000 letters of JSON ("msg_blocks_too_long") is undocumented: slackapi/bolt-js
issue 2509 measured it.
"""

import functools
import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from bot.letters import units
from tests.drawn import shape, validator, walk
from tests.fakes.slack.elements import of_element
from tests.fakes.slack.limits import Problems, at_most, count, nothing, text
from tests.fakes.slack.workspace import Json

_ANYWHERE = {"actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video"}
_HOLDS = {
    "message": _ANYWHERE | {"table", "markdown", "file", "context_actions"},
    "modal": _ANYWHERE | {"alert"},
    "home": _ANYWHERE | {"alert"},
}
_MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
_LONGEST_JSON, _LONGEST_TABLE = 13_000, 10_000


def of_message(blocks: Any) -> list[str]:
    """Everything wrong with the blocks of a message; empty when Slack takes it."""
    if not isinstance(blocks, list):
        return ["must be an array [json-pointer:/blocks]"]
    found = [*_of_blocks(blocks, "message", "/blocks"), *_of_tables(blocks)]
    return _told(found) or _by_schema("slack-blocks.schema.json", blocks, "/blocks")


def too_long(blocks: list[Json]) -> bool:
    """Whether the blocks of a message are too much together; tables have a limit of their own."""
    texts = [json.dumps(block, ensure_ascii=False) for block in blocks if block.get("type") != "table"]
    return sum(map(units, texts)) > _LONGEST_JSON


def of_view(view: Any, kind: str) -> list[str]:
    """Everything wrong with a view. `kind`: "modal" or "home"."""
    if not isinstance(view, dict) or not isinstance(view.get("blocks"), list):
        return ["missing required field: blocks [json-pointer:/view]"]
    if view.get("type") != kind:
        return ["must provide a valid view type [json-pointer:/view/type]"]
    found = [*_of_frame(view), *_of_blocks(view["blocks"], kind, "/view/blocks")]
    return _told(found) or (_by_schema("slack-view.schema.json", view, "/view") if view["blocks"] else [])


def of_metadata(metadata: Any) -> str | None:
    """The error for a message's metadata, if it has one."""
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload", "entities"}:
        return "invalid_metadata_format"
    if not metadata:
        return None
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not re.fullmatch(r"[A-Za-z0-9_]{1,255}", kind):
        return "invalid_metadata_format"
    if not isinstance(payload, dict) or any(value is None for value in payload.values()):
        return "invalid_metadata_format"
    return "metadata_too_large" if len(json.dumps(payload)) > 16_000 else None


def inputs(view: Json) -> dict[str, Json]:
    """The input blocks of a view by their ids."""
    return {block["block_id"]: block for block in view["blocks"] if block["type"] == "input"}


def _told(found: list[tuple[str, str]]) -> list[str]:
    return [f"{what} [json-pointer:{where}]" for where, what in found]


def _by_schema(name: str, value: Any, where: str) -> list[str]:
    paths = _paths_at_fault(name, json.dumps(shape(value)))
    return [f"failed to match all allowed schemas [json-pointer:{where}/{path}]" for path in paths]


@functools.lru_cache(maxsize=1000)
def _paths_at_fault(name: str, value: str) -> list[str]:
    """What a schema finds wrong; of many messages of the same shape, it is asked about one."""
    schema = validator(name)
    errors = schema.iter_errors(json.loads(value)) if schema else ()
    return ["/".join(map(str, error.path)) for error in errors][:3]


def _of_frame(view: Json) -> Problems:
    for name in ("title", "submit", "close"):
        if name in view or (name == "title" and view["type"] == "modal"):
            yield from text(view.get(name) or {}, 24, f"/view/{name}", plain=True)
    for name, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        yield from at_most(view.get(name, ""), most, f"/view/{name}")
    asks = any(isinstance(block, dict) and block.get("type") == "input" for block in view["blocks"])
    if asks and view["type"] == "modal" and "submit" not in view:
        yield "/view", "missing required field: submit"


def _of_blocks(blocks: list[Any], kind: str, where: str) -> Problems:
    if len(blocks) > _MOST_BLOCKS[kind]:
        yield where, f"no more than {_MOST_BLOCKS[kind]} items allowed"
    if not blocks and kind == "message":
        yield where, "no fewer than 1 items allowed"
    for number, block in enumerate(blocks):
        here = f"{where}/{number}"
        if not isinstance(block, dict) or block.get("type") not in _HOLDS[kind]:
            yield here, f"unsupported type: {block.get('type') if isinstance(block, dict) else block}"
            continue
        yield from at_most(block.get("block_id", "x"), 255, f"{here}/block_id", least=1)
        yield from _BLOCKS.get(block["type"], nothing)(block, here)
    ids = Counter(block.get("block_id") for block in blocks if isinstance(block, dict))
    for block_id in (one for one, times in ids.items() if one and times > 1):
        yield where, f"block_id {block_id} already exists"


def _of_tables(blocks: list[Any]) -> Problems:
    tables = [block for block in blocks if isinstance(block, dict) and block.get("type") == "table"]
    if len(tables) > 1:
        yield "/blocks", "only_one_table_allowed"
    texts = [part["text"] for part in walk(tables) if isinstance(part.get("text"), str)]
    if sum(map(units, texts)) > _LONGEST_TABLE:
        yield "/blocks", f"table must hold at most {_LONGEST_TABLE} characters"


def _section(block: Json, where: str) -> Problems:
    if "text" not in block and "fields" not in block:
        yield where, "missing required field: text"
    if "text" in block:
        yield from text(block["text"], 3000, f"{where}/text")
    if "fields" in block:
        yield from count(block["fields"], 1, 10, f"{where}/fields")
        for number, field in enumerate(block["fields"]):
            yield from text(field, 2000, f"{where}/fields/{number}")
    if "accessory" in block:
        yield from of_element(block["accessory"], f"{where}/accessory")


def _header(block: Json, where: str) -> Problems:
    yield from text(block.get("text"), 150, f"{where}/text", plain=True)


def _context(block: Json, where: str) -> Problems:
    yield from count(block.get("elements"), 1, 10, f"{where}/elements")


def _actions(block: Json, where: str) -> Problems:
    elements = block.get("elements")
    yield from count(elements, 1, 25, f"{where}/elements")
    for number, element in enumerate(elements if isinstance(elements, list) else ()):
        yield from of_element(element, f"{where}/elements/{number}")
    ids = Counter(one.get("action_id") for one in elements or () if isinstance(one, dict))
    for action_id in (one for one, times in ids.items() if one and times > 1):
        yield f"{where}/elements", f"action_id {action_id} already exists"


def _input(block: Json, where: str) -> Problems:
    yield from text(block.get("label"), 2000, f"{where}/label", plain=True)
    if "hint" in block:
        yield from text(block["hint"], 2000, f"{where}/hint", plain=True)
    element = block.get("element") or {}
    if element.get("type") == "button":
        yield f"{where}/element", "unsupported type: button"
    yield from of_element(element, f"{where}/element")


def _table(block: Json, where: str) -> Problems:
    rows = block.get("rows")
    yield from count(rows, 1, 100, f"{where}/rows")
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        here = f"{where}/rows/{number}"
        yield from count(row, 1, 20, here)
        if len(row) != len(rows[0]):
            yield here, f"must have {len(rows[0])} cells"
        for column, cell in enumerate(row):
            words = "".join(part["text"] for part in walk(cell) if isinstance(part.get("text"), str))
            if not words and not any(part.get("type") in _SHOWS_WITHOUT_TEXT for part in walk(cell)):
                yield f"{here}/{column}", "must be more than 0 characters"
    if "column_settings" in block:
        yield from count(block["column_settings"], 0, 20, f"{where}/column_settings")


_SHOWS_WITHOUT_TEXT = {"user", "channel", "emoji", "link", "usergroup", "broadcast", "date", "raw_number"}


def _rich_text(block: Json, where: str) -> Problems:
    yield from count(block.get("elements"), 1, 10_000, f"{where}/elements")
    for part in walk(block):
        if part.get("type") == "text" and not part.get("text"):
            yield where, "must be more than 0 characters"


def _markdown(block: Json, where: str) -> Problems:
    yield from at_most(block.get("text"), 12_000, f"{where}/text", least=1)


_BLOCKS: dict[str, Callable[[Json, str], Problems]] = {
    "actions": _actions,
    "context": _context,
    "header": _header,
    "input": _input,
    "markdown": _markdown,
    "rich_text": _rich_text,
    "section": _section,
    "table": _table,
}
