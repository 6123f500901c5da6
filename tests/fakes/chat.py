"""What every local chat in these tests has: things that people cannot do, and things that appear to them."""

from dataclasses import dataclass


class Cannot(Exception):
    """The chat's own client would not let this person do that."""


@dataclass(kw_only=True)
class Stay:
    """Somebody's time in a place, in the chat's own numbers."""

    user: str
    joined: int
    left: int | None = None


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something that became visible to somebody: kind "message", "form", "home", "toast" or "room".

    `place` is where it stands (a form, a home and a toast have none); `author` is None for the bot;
    `message` is the message's own id; `title` is the name of the room, or the title of the form.
    """

    sequence: int
    kind: str
    place: str | None
    author: str | None
    plain: str
    message: str | None = None
    title: str = ""


def seen_at(stays: list[Stay], user: str, changes: list[int], number: int, gone: int | None) -> int | None:
    """When the version with this number, among `changes`, first came in sight of a user; None for never.

    They see each version posted while they are in and, on coming in, the newest version of all that
    was there before; `gone` is when the message was deleted.
    """
    later = [one for one in changes if one > number]
    moments = []
    for stay in stays:
        if stay.user != user or (stay.left is not None and number >= stay.left):
            continue
        replaced = later and later[0] < stay.joined
        if number > stay.joined:
            moments.append(number)
        elif not replaced and (gone is None or gone > stay.joined):
            moments.append(stay.joined)
    return min(moments, default=None)
