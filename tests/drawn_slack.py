"""What Slack accepts, checked on what was drawn: its schema, its own models and its known limits."""

import re
from collections.abc import Callable
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.letters import units
from tests.drawn import schema_problems, walk

_READS_MARKUP = {"mrkdwn", "markdown", "section", "emoji", "user", "broadcast", "channel", "usergroup"}


def assert_slack_message(message: dict[str, Any]) -> None:
    assert set(message) == {"text", "blocks"}
    assert 1 <= units(message["text"]) <= 4000
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", message["text"])
    assert 1 <= len(message["blocks"]) <= 50
    assert sum(block["type"] == "table" for block in message["blocks"]) <= 1
    action_ids = [part["action_id"] for part in walk(message) if "action_id" in part]
    assert len(action_ids) == len(set(action_ids))
    _assert_slack_blocks(message["blocks"])
    assert schema_problems("slack-blocks.schema.json", message["blocks"]) == []


def assert_slack_view(view: dict[str, Any]) -> None:
    assert 1 <= units(view["title"]["text"]) <= 24
    assert 1 <= units(view["submit"]["text"]) <= 24
    assert len(view["blocks"]) <= 100
    assert len(view["private_metadata"]) <= 3000
    assert not [block for block in view["blocks"] if block["type"] == "table"]
    block_ids = [block["block_id"] for block in view["blocks"] if "block_id" in block]
    assert len(block_ids) == len(set(block_ids))
    _assert_slack_blocks(view["blocks"])
    if view["blocks"]:
        View(**view).validate_json()
    assert schema_problems("slack-view.schema.json", view) == []


def _assert_slack_blocks(blocks: list[dict[str, Any]]) -> None:
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
    for part in walk(blocks):
        kind = part.get("type", "option")
        assert kind not in _READS_MARKUP
        assert _KEEPS_LIMITS.get(kind, _anything)(part), part


def _anything(_part: dict[str, Any]) -> bool:
    return True


def _length(part: dict[str, Any]) -> int:
    return units(part["text"]["text"])


def _table(part: dict[str, Any]) -> bool:
    widths = {len(row) for row in part["rows"]}
    return 1 <= len(part["rows"]) <= 100 and len(widths) == 1 and 1 <= widths.pop() <= 20


def _menu(part: dict[str, Any]) -> bool:
    groups = part.get("option_groups", [part])
    return len(groups) <= 100 and all(1 <= len(group["options"]) <= 100 for group in groups)


def _option(part: dict[str, Any]) -> bool:
    return "value" not in part or (_length(part) <= 75 and units(part["value"]) <= 150)


_KEEPS_LIMITS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "text": lambda part: 1 <= units(part["text"]) <= 3500,
    "plain_text": lambda part: units(part["text"]) >= 1 and part["emoji"] is False,
    "header": lambda part: _length(part) <= 150,
    "button": lambda part: _length(part) <= 75 and units(part["value"]) <= 2000,
    "actions": lambda part: 1 <= len(part["elements"]) <= 25,
    "input": lambda part: all(
        units(part[name]["text"]) <= 2000 for name in ("label", "hint") if name in part
    ),
    "plain_text_input": lambda part: units(part.get("initial_value", "")) <= part["max_length"] <= 3000,
    "table": _table,
    "radio_buttons": lambda part: 1 <= len(part["options"]) <= 10,
    "checkboxes": lambda part: 1 <= len(part["options"]) <= 10,
    "static_select": _menu,
    "multi_static_select": _menu,
    "option": _option,
}
