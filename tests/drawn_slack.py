"""What Slack accepts, checked on what was drawn: its schema, its own models and its known limits."""

import re
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.letters import units
from tests.drawn import schema_problems, walk
from tests.fakes.slack import refusals

_READS_MARKUP = {"mrkdwn", "markdown", "section", "emoji", "user", "broadcast", "channel", "usergroup"}


def assert_slack_message(message: dict[str, Any]) -> None:
    assert set(message) == {"text", "blocks"}
    assert 1 <= units(message["text"]) <= 4000
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", message["text"])
    assert refusals.of_message(message["blocks"]) == []
    assert not refusals.too_long(message["blocks"])
    action_ids = [part["action_id"] for part in walk(message) if "action_id" in part]
    assert len(action_ids) == len(set(action_ids))
    _assert_slack_blocks(message["blocks"])
    assert schema_problems("slack-blocks.schema.json", message["blocks"]) == []


def assert_slack_view(view: dict[str, Any]) -> None:
    assert refusals.of_view(view, "modal") == []
    _assert_slack_blocks(view["blocks"])
    if view["blocks"]:
        View(**view).validate_json()
    assert schema_problems("slack-view.schema.json", view) == []


def assert_slack_home(view: dict[str, Any]) -> None:
    assert set(view) == {"type", "blocks"}
    assert view["type"] == "home"
    assert 1 <= len(view["blocks"]) <= 100
    assert not [block for block in view["blocks"] if block["type"] == "table"]
    action_ids = [part["action_id"] for part in walk(view) if "action_id" in part]
    assert len(action_ids) == len(set(action_ids))
    _assert_slack_blocks(view["blocks"])
    assert schema_problems("slack-view.schema.json", view) == []


def _assert_slack_blocks(blocks: list[dict[str, Any]]) -> None:
    """Typed text is never read as markup, and a piece leaves room for what is drawn around it."""
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
    for part in walk(blocks):
        kind = part.get("type")
        assert kind not in _READS_MARKUP
        if kind == "text":
            assert units(part["text"]) <= 3500
        if kind == "plain_text":
            assert part["emoji"] is False
