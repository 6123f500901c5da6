"""What was asked in a room and is answered elsewhere says which room that was."""

from dataclasses import replace

from sqlalchemy.orm import Session

from handlers.command import Contents
from handlers.message import Card, Facts, Place
from handlers.words import Words
from store.challenge import Challenge
from store.room import room_at


def facts(session: Session, place: Place) -> Facts:
    """Where something was said, kept with its answer; nothing of a direct conversation."""
    if place.direct:
        return {}
    room = room_at(session, place.platform, place.tenant, place.address)
    challenge = session.get(Challenge, room.challenge_id) if room and room.challenge_id else None
    named = {"room": room.kind if room else "", "challenge": challenge.name if challenge else ""}
    return {"asked_in": {**named, "place": place.kind, "chat": place.platform}}


def elsewhere(words: Words, contents: Contents, kept: Facts, card: Card) -> Card:
    """The card of an answer that was kept, as it is read elsewhere than where it was asked for.

    A button that counts only where it was asked for is there as words to say in that place.
    """
    where = kept.get("asked_in")
    if where is None:
        return card
    lines = [button.phrase for button in card.buttons if contents.needs(button.phrase)]
    parts = [words.card("asked_in", where), card]
    if lines:
        parts.append(words.card("say_it_there", {"lines": lines, **where}))
    return replace(
        card,
        blocks=tuple(block for part in parts for block in part.blocks),
        plain="\n\n".join(part.plain for part in parts),
        buttons=tuple(button for button in card.buttons if button.phrase not in lines),
    )
