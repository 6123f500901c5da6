"""What is answered to an invoke: a dialog, or a few words at the card. Pure: plain dicts.

https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots
"""

from typing import Any, Final

from bot.about import NAME
from bot.teams.activities import CARD
from bot.teams.draw import cards
from bot.teams.draw_form import task
from bot.teams.transport import Json
from handlers.message import Card, Form

CLOSED: Final[Json] = {}
"""The dialog closes."""

_WORDS: Final = "application/vnd.microsoft.activity.message"


def words_at_card(text: str) -> Json:
    """A few words under the card, for whoever pressed. Where there are none, Teams says that it failed."""
    return {"statusCode": 200, "type": _WORDS, "value": text}


def with_form(form: Form, number: str) -> Json:
    """A dialog with a form, whose number comes back with what is filled in. Raises ValueError as `task`."""
    asked = task(form)
    for action in asked["card"]["content"]["actions"]:
        action["data"]["form"] = number
    return _dialog(asked)


def with_card(card: Card) -> Json | None:
    """A dialog with a card; None where it is too long for one. Its buttons come back as task/submit."""
    drawn = cards(card)
    if len(drawn) > 1:
        return None
    content = _submitting(drawn[0])
    return _dialog(
        {
            "title": NAME,
            "height": "medium",
            "width": "medium",
            "card": {"contentType": CARD, "content": content},
        }
    )


def _dialog(asked: Json) -> Json:
    return {"task": {"type": "continue", "value": asked}}


def _submitting(content: Any) -> Any:
    """A card whose buttons are all sent in: a dialog knows no Action.Execute, and is one already."""
    if isinstance(content, list):
        return [_submitting(one) for one in content]
    if not isinstance(content, dict):
        return content
    if content.get("type") == "Action.Execute":
        return content["fallback"]
    if content.get("type") == "Action.Submit":
        return {**content, "data": {name: one for name, one in content["data"].items() if name != "msteams"}}
    return {name: _submitting(one) for name, one in content.items()}
