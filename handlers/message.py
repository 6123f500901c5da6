"""What passes between a chat and the handlers: who said what, what happened, and what is answered.

Every value here is plain and frozen. A chat makes a :class:`Said` or a :class:`Happened`;
a handler returns a :class:`Reply` or raises a :class:`Refused`; `words` turns either into a
:class:`Card` or a :class:`Form`, and a chat draws that. Nothing here knows which chat it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

Facts: TypeAlias = Mapping[str, Any]
"""What a template may say: only JSON values (text, numbers, booleans, lists, dicts, None)."""


# What comes in


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who a chat says somebody is. The key is (platform, tenant, id), never the display name.

    `guest`: the chat did not check their e-mail address. Whoever it invited by that address is none.
    """

    platform: str
    tenant: str
    id: str
    name: str
    email: str | None = None
    guest: bool = False


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something was said: a direct conversation with the bot, or a room.

    `kind` says what the chat calls a room: a "channel" or a "chat", of a group.
    """

    platform: str
    tenant: str
    address: str
    direct: bool
    kind: str = "channel"


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """What somebody did in a chat that may deliver one press under several ids.

    `who` and `button` name it in the chat's own words; no button where it was no press. The same after
    `since` is the same press. `at` and `since` are moments of the machine's clock.
    """

    who: str
    button: str | None
    at: datetime
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Said:
    """A person addressed the bot: typed, pressed a button or sent a form in.

    `text` is always a typed phrase without the chat's own prefix ("kloe add …"); a press or a
    submission is a phrase too. `fields` holds a form's values, None when no form was sent in.
    `hidden` is what the button or form carried. `can_open_form` says whether the chat could
    open a form in answer to this very act. `not_found` names the fields in which somebody was picked
    whom the chat does not show the bot. `attached`: files or pictures came with it, which nobody reads.
    """

    id: str
    at: datetime
    by: Account
    place: Place
    text: str
    fields: Mapping[str, Any] | None = None
    hidden: Facts = field(default_factory=dict)
    mentions: tuple[Account, ...] = ()
    gathered: Mapping[str, Any] = field(default_factory=dict)
    not_found: frozenset[str] = frozenset()
    can_open_form: bool = False
    attached: bool = False
    tried_again: bool = False  # the same id after a mistake is another try, not a second delivery
    pressed: Pressed | None = None


@dataclass(frozen=True, kw_only=True)
class Happened:
    """The world changed: a room was made, a message arrived, somebody left, an outbox row failed."""

    id: str
    at: datetime
    kind: str
    facts: Facts = field(default_factory=dict)


# What a handler answers


@dataclass(frozen=True)
class Reply:
    """The one answer to whoever asked: a template's name and its facts.

    `to` is "asker" (only they see it) or "room" (everybody in the place where it was said).
    `hidden` travels with every button of the card.
    """

    template: str
    facts: Facts = field(default_factory=dict)
    to: str = "asker"
    hidden: Facts = field(default_factory=dict)


class Refused(Exception):
    """Nothing was done, and the person is told why and what to do next.

    Subclasses carry their facts as keyword arguments; the template of the same name in
    snake case (``NotYourPart`` → ``not_your_part.md.j2``) holds the sentence. `at_field` names
    the form field at fault, and rebuilds the form with what was typed. `to` says who sees it, as in `Reply`.
    `asks`: only that field, which could be left empty before, can answer it.
    """

    to = "asker"
    asks = False

    def __init__(self, *, at_field: str | None = None, **facts: Any) -> None:
        super().__init__(facts)
        self.facts: dict[str, Any] = facts
        self.at_field = at_field


# What a chat draws


@dataclass(frozen=True)
class Run:
    """Letters in one style. `text` may hold anything a person typed, new lines too: draw it as typed.

    `link` is an address written in a template, never by a person.
    """

    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    link: str | None = None


Runs: TypeAlias = tuple[Run, ...]


@dataclass(frozen=True)
class Heading:
    runs: Runs
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    runs: Runs


@dataclass(frozen=True)
class Bullets:
    items: tuple[Runs, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Quote:
    runs: Runs


@dataclass(frozen=True)
class Table:
    """Rows of equal length. `head` may be empty."""

    head: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]


@dataclass(frozen=True)
class Divider:
    pass


Block: TypeAlias = Heading | Paragraph | Bullets | Quote | Table | Divider


@dataclass(frozen=True, kw_only=True)
class Button:
    """A press is the typed `phrase`, with `hidden` beside it. `opens_form`: the press opens a form.

    `under` is the heading of the card that it belongs to: a chat may draw it there, or at the end.
    """

    label: str
    phrase: str
    hidden: Facts = field(default_factory=dict)
    main: bool = False
    opens_form: bool = False
    under: str = ""


@dataclass(frozen=True, kw_only=True)
class Card:
    """A message ready to be drawn. `plain` is the whole of it as plain text, for notifications."""

    blocks: tuple[Block, ...]
    plain: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question of a form.

    `kind` is one of "text" (a line), "long" (several lines), "number", "date", "person" (a name, or
    an account that was picked: then it is among the mentions as well), "choice" (one of
    `choices`) or "choices" (several). `limit` counts characters. `value` is what is already
    known or was typed (text; a list of values for "choices"; an ISO date for "date"), and
    `error` is the plain sentence to show at the field.
    """

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    limit: int = 3000
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    value: Any = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form ready to be drawn. Sending it in says `phrase`, with the fields and `hidden`."""

    title: str
    phrase: str
    fields: tuple[Field, ...]
    submit: str
    hidden: Facts = field(default_factory=dict)
    intro: tuple[Block, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Trace:
    """What came of an act, for logs and figures: no word of it, and nobody's name.

    `outcome`: done, refused, form, broken, not_saved (the database could not), again (it was heard before)
    or not_heard. `phrase`: the command's, or "answer"; None where there was none. `reference`: what people
    quote where the bot made a mistake.
    """

    outcome: str
    phrase: str | None = None
    reference: str | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the chat must now show: the form (with errors at its fields) where there is one, else the card.

    Beside a form, the card is what to show where the form cannot be opened after all. `to` is
    "asker" or "room". `again` says that this is the stored answer to something already
    answered, which is handed over by whoever heard it first: a chat shows nothing more than its
    response. `broken`: by no fault of theirs nothing was saved, so that what was typed into a form must
    not be lost with it. `elsewhere` draws the card as it is read elsewhere than where it was asked for.
    """

    said: str
    card: Card | None = None
    form: Form | None = None
    to: str = "asker"
    again: bool = False
    broken: bool = False
    elsewhere: Callable[[], Card] | None = field(default=None, compare=False)
    trace: Trace | None = field(default=None, compare=False)
