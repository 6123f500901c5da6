"""One call to a chat, and what came of it: what passes between the outbox and the postman."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.message import Account, Card


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call for a chat to make. `op` is a row's, or edit, find, find_room or look_up.

    `attempt`: which of the row's it is, so that one who comes late with an earlier one is known.
    `in_doubt`: the row may have been said or done before.
    `address`: where a card stands, or what does of one that could be posted in part only.
    `known`: of a look into a room, what was known of everybody before it.
    """

    row: int
    attempt: int = 0
    in_doubt: bool = False
    op: str
    key: str
    platform: str
    place: str | None = None
    account: str | None = None
    address: str | None = None
    card: Card | None = None
    email: str | None = None
    title: str = ""
    topic: str = ""
    known: Mapping[int, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a call.

    `kind`: done, uncertain, later (after `seconds`), never (`reason`), broken (a mistake of ours),
    room_gone (`reason`: archived, deleted, removed, public or crowded), absent (looked for and not found),
    unknowable (the chat cannot be asked), account (`account` belongs to the e-mail address), seen
    (`members` are in the room) or not_begun (given back before anything was asked). `refused`: of later, the
    kind of call that the chat lets nobody make for so long, wherever it goes. `rest`: seconds that the chat
    wants between this message and the next there. `address`: where it stands, or what does of a card that
    could be posted in part only.
    """

    call: Call
    kind: str
    address: str | None = None
    seconds: float = 0
    refused: str = ""
    rest: float = 0
    reason: str = ""
    account: Account | None = None
    members: tuple[Account, ...] = ()
