"""Letters that people typed: made fit to draw, shortened, cut. Nothing is ever lost without a sign."""

import re
import unicodedata
from collections.abc import Callable, Sequence

DASH = "\u2013"
"""What stands where words are expected and there are none: chats refuse a blank label or cell."""

_NEW_LINE = re.compile(r"\r\n?|\x85|\u2028|\u2029")
_NOT_DRAWABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_JOINER = "\u200d"
_STRAIGHT = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "\xa0": " "})
_WEB = re.compile(r"(https?://|mailto:)[^\s<>\"]+", re.IGNORECASE)


def drawable(text: str) -> str:
    """The text with one kind of new line, and a visible sign for each letter that no screen can show."""
    return _NOT_DRAWABLE.sub("\ufffd", _NEW_LINE.sub("\n", text))


def straight(text: str) -> str:
    """The text with the plain quotation marks and spaces that a keyboard has, as commands are written."""
    return text.translate(_STRAIGHT)


def web_link(link: str | None) -> str | None:
    """The link when it leads to the web or to a mailbox, else None: no other may be followed."""
    return link if link and _WEB.fullmatch(link) else None


def unit(letter: str) -> int:
    """How many UTF-16 units a letter takes: what both chats count."""
    return 2 if letter > "\uffff" else 1


def units(text: str) -> int:
    """How many UTF-16 units a text takes."""
    return len(text) if text.isascii() else sum(map(unit, text))


def short(text: str, most: int) -> str:
    """The text as a label of at most `most` units; three dots say that more was there. Never blank."""
    text = drawable(text)
    if not text.strip():
        return DASH
    if units(text) <= most:
        return text
    return cut(text, most - 1)[0].rstrip() + "…"


def cut(
    text: str, most: int, weights: Sequence[int] | None = None, letter: Callable[[str], int] = unit
) -> tuple[str, ...]:
    """The text in pieces that join to the same text again, none heavier than `most`.

    `weights` holds one weight for each letter; without it `letter` weighs. A cut falls after a new
    line or a space where there is one, and never inside a letter made of several signs.
    """
    weights = [letter(sign) for sign in text] if weights is None else weights
    pieces: list[str] = []
    start = weight = 0
    for at in range(len(text)):
        weight += weights[at]
        while weight > most and at > start:
            end = _good_end(text, start, at)
            pieces.append(text[start:end])
            start, weight = end, sum(weights[end : at + 1])
    return (*pieces, text[start:]) if text[start:] else tuple(pieces)


def _good_end(text: str, start: int, at: int) -> int:
    """The best place to cut between `start` and `at`, above `start`."""
    middle = (start + at) // 2
    for space in ("\n", " "):
        found = text.rfind(space, middle, at)
        if found > start:
            return found + 1
    whole = at
    while whole > start and _belongs_to_the_sign_before(text, whole):
        whole -= 1
    return whole if whole > start else at


def _belongs_to_the_sign_before(text: str, at: int) -> bool:
    sign = text[at]
    return (
        unicodedata.category(sign).startswith("M")
        or sign == _JOINER
        or text[at - 1] == _JOINER
        or "\U0001f3fb" <= sign <= "\U0001f3ff"
    )
