"""What a person has before them: messages and a dialog, and what can be pressed on each."""

from dataclasses import dataclass

from tests.fakes.teams.dialogs import Dialog
from tests.fakes.teams.posts import Post
from tests.fakes.teams.tenancy import Json


@dataclass(frozen=True, kw_only=True)
class Control:
    """A button. `kind`: "execute", "submit", "fetch" (it opens a dialog) or "link"."""

    label: str
    kind: str
    action: Json
    card: Json


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A message as one person sees it. `author` is None for the bot; `thread` is its first message's id.

    `formatted` are the parts of it that Teams reads as Markdown or markup: nothing typed belongs there.
    """

    id: str
    place: str
    thread: str | None
    author: str | None
    plain: str
    cards: list[Json]
    controls: list[Control]
    mentions: list[str]
    formatted: list[str]
    edited: bool
    sequence: int
    post: Post

    @property
    def labels(self) -> list[str]:
        """The labels of what can be pressed."""
        return [control.label for control in self.controls]


@dataclass(frozen=True, kw_only=True)
class Screen:
    """The dialog as one person sees it. `fields` are the inputs; `card` is None where it is a mere text.

    `formatted` are the parts of it that Teams reads as Markdown.
    """

    title: str
    plain: str
    card: Json | None
    fields: list[Json]
    formatted: list[str]
    controls: list[Control]
    dialog: Dialog
    sequence: int

    @property
    def labels(self) -> list[str]:
        """The labels of what can be pressed."""
        return [control.label for control in self.controls]
