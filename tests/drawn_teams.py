"""What Teams accepts, checked on what was drawn: the schema, the size, and nothing that reads Markdown."""

import json
from typing import Any

from tests.drawn import shape_problems, walk


def assert_teams_card(card: dict[str, Any]) -> None:
    assert len(json.dumps(card, ensure_ascii=False).encode("utf-16-le")) <= 80_000
    assert card["body"]
    for part in walk(card):
        assert part.get("type") not in ("TextBlock", "FactSet", "Fact")
        if part.get("type") == "ActionSet":
            assert 1 <= len(part["actions"]) <= 6
        if part.get("type") == "Action.Execute":
            assert part["fallback"]["type"] == "Action.Submit"
        if part.get("type") == "TextRun":
            assert part["text"]
            assert "\n" not in part["text"]
    ids = [part["id"] for part in walk(card) if "id" in part]
    assert len(ids) == len(set(ids))
    published = {key: value for key, value in card.items() if key != "msteams"}
    assert shape_problems("adaptive-card-1.5.0.schema.json", _without_pickers(published)) == []


def _without_pickers(value: Any) -> Any:
    """The same without the search for people, which Teams documents beside the published schema."""
    if isinstance(value, dict):
        assert value.get("choices.data", _PEOPLE) == _PEOPLE
        return {key: _without_pickers(one) for key, one in value.items() if key != "choices.data"}
    return [_without_pickers(one) for one in value] if isinstance(value, list) else value


_PEOPLE = {"type": "Data.Query", "dataset": "graph.microsoft.com/users"}
