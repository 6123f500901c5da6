"""What a person has before them: messages, forms and homes, and what can be pressed on each."""

from dataclasses import dataclass, field

from tests.fakes.slack.views import View
from tests.fakes.slack.workspace import Json


@dataclass(frozen=True, kw_only=True)
class Control:
    """A button, menu or picker on a message, form or home."""

    action_id: str
    block_id: str
    label: str
    value: str | None
    element: Json


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A message as one person sees it. `author` is None for the bot; `only_me`: nobody else sees it."""

    ts: str
    channel: str
    author: str | None
    plain: str
    text: str
    blocks: list[Json]
    metadata: Json | None
    controls: list[Control]
    only_me: bool = False
    edited: bool = False
    pinned: bool = False
    sequence: int = 0
    files: list[Json] = field(default_factory=list)

    @property
    def place(self) -> str:
        """The channel, as any chat calls it."""
        return self.channel

    @property
    def labels(self) -> list[str]:
        """The labels of what can be pressed."""
        return [control.label for control in self.controls]


@dataclass(frozen=True, kw_only=True)
class Screen:
    """A modal or App Home as one person sees it. `fields` are the inputs, `errors` stand at them."""

    id: str
    title: str
    plain: str
    fields: list[Json]
    controls: list[Control]
    errors: dict[str, str]
    view: View
    sequence: int
