"""What the bot answered to an invoke, as Teams' client takes it: shown, or "Something went wrong".

https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model, "Response format";
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.teams import cards, dialogs, posts
from tests.fakes.teams.delivering import Delivery
from tests.fakes.teams.dialogs import Dialog
from tests.fakes.teams.posts import Post
from tests.fakes.teams.tenancy import Json, Tenancy

_MESSAGE = "application/vnd.microsoft.activity.message"
_CARD = "application/vnd.microsoft.card.adaptive"
_SIZES = {"small", "medium", "large"}


class Nonsense(Exception):
    """Teams' client would not understand this answer; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Toast:
    """A short text that one person saw for a moment."""

    person: str
    text: str
    sequence: int


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Takes the bot's answers. `mistakes` collects those that Teams would not understand."""

    tenancy: Tenancy
    mistakes: list[str]

    def to_press(self, person: str, post: Post, got: Delivery) -> str | None:
        """Show the answer to Action.Execute: nothing, a text, or another card for this person alone.

        Gives what the person was told when it did not work.
        """
        return self._taken(got, lambda: self._press(person, post, _json(got)))

    def to_dialog(self, dialog: Dialog, got: Delivery) -> str | None:
        """Show the answer to task/fetch, or to task/submit in a dialog that is open: no body closes it.

        Gives what the person was told when it did not work.
        """
        return self._taken(got, lambda: self._task(dialog, got))

    def _taken(self, got: Delivery, take: Callable[[], None]) -> str | None:
        name = got.activity["name"]
        if got.trouble:
            if got.trouble == "timeout":
                self.mistakes.append(f"{name} was not answered in time")
            return got.trouble
        try:
            take()
        except Nonsense as nonsense:
            self.mistakes.append(f"response to {name}: {nonsense}: {got.body}")
            return "nonsense"
        return None

    def _press(self, person: str, post: Post, body: Json) -> None:
        if set(body) != {"statusCode", "type", "value"}:
            raise Nonsense("it holds statusCode, type and value")
        if body["statusCode"] != 200:
            raise Nonsense("its statusCode says that it did not work")
        if body["type"] == _MESSAGE and isinstance(body["value"], str):
            self._toast(person, body["value"])
        elif body["type"] == _CARD:
            activity = {"attachments": [{"contentType": cards.TYPE, "content": _card(body["value"])}]}
            posts.change(self.tenancy, post, post.seen_by(person)[-1].activity | activity, only_for=person)
        else:
            raise Nonsense(f"an answer of type {body['type']}")

    def _toast(self, person: str, text: str) -> None:
        if text:
            toast = Toast(person=person, text=text, sequence=self.tenancy.changed())
            self.tenancy.toasts.append(toast)

    def _task(self, dialog: Dialog, got: Delivery) -> None:
        if not got.body:
            if not dialog.shown:
                raise Nonsense("a button that opens a dialog got none")
            dialogs.close(self.tenancy, dialog)
            return
        task = _json(got).get("task")
        if set(_json(got)) != {"task"} or not isinstance(task, dict) or set(task) != {"type", "value"}:
            raise Nonsense("it holds a task with type and value")
        if task["type"] == "continue":
            dialogs.show(self.tenancy, dialog, _info(task["value"]))
        elif task["type"] == "message" and isinstance(task["value"], str) and task["value"]:
            dialogs.show(self.tenancy, dialog, {"text": task["value"]})
        else:
            raise Nonsense(f"a task of type {task['type']}")


def _json(got: Delivery) -> Json:
    if not got.content_type.startswith("application/json"):
        raise Nonsense(f"its content type is {got.content_type or 'missing'}")
    if not isinstance(got.body, dict):
        raise Nonsense("it is no JSON object")
    return got.body


def _info(value: Any) -> Json:
    """What a dialog shows, looked at."""
    if not isinstance(value, dict) or set(value) - {"title", "height", "width", "card"}:
        raise Nonsense("a dialog holds title, height, width and card")
    if not isinstance(value.get("title", ""), str):
        raise Nonsense("a title is a text")
    for name in ("height", "width"):
        if name in value and value[name] not in _SIZES and not isinstance(value[name], int):
            raise Nonsense(f"{name} is a number, small, medium or large")
    attachment = value.get("card")
    if not isinstance(attachment, dict) or attachment.get("contentType") != cards.TYPE:
        raise Nonsense("a dialog's card is an attachment")
    card = _card(attachment.get("content"))
    if any(action["type"] == "Action.Execute" for action in cards.actions(card)):
        raise Nonsense("a dialog sends nothing by Action.Execute")
    return value


def _card(card: Any) -> Json:
    found = cards.problems(card)
    if found:
        raise Nonsense(f"a card that Teams refuses: {found}")
    if cards.size(card) > cards.MOST_BYTES:
        raise Nonsense(f"a card of {cards.size(card)} bytes")
    return dict(card)
