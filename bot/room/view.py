"""What one person may see of the room, and nothing else: the whole of it, or what is new."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from bot.room import forms, messages, people, places, unkindness
from bot.room.chat import Chat

Json: TypeAlias = dict[str, Any]

BOT = "Critical Friend"


def of(chat: Chat, person: people.Person, zone: ZoneInfo, since: int = 0) -> Json:
    """What a person sees. `since`: messages only that changed, or came in sight, after it."""
    names = {one.id: one.name for one in people.every(chat)}
    return {
        "seq": chat.sequence(),
        "began": chat.began(),
        "me": asdict(person) | {"direct": person.direct},
        "people": everybody(chat),
        "unkind": asdict(unkindness.now(chat)),
        "places": [_place(chat, one, person, names) for one in places.seen_by(chat, person.id)],
        "messages": [_message(one, names, zone) for one in messages.seen_by(chat, person.id, since)],
        "forms": [_form(one) for one in forms.open_for(chat, person.id)],
    }


def everybody(chat: Chat) -> list[Json]:
    """Who one can be."""
    return [{"id": one.id, "name": one.name, "council": one.council} for one in people.every(chat)]


def clock(now: datetime, following: datetime | None, zone: ZoneInfo) -> Json:
    """The time in the programme's zone, and when something is next due."""
    return {
        "now": now.astimezone(zone).isoformat(timespec="seconds"),
        "words": moment_in_words(now, zone),
        "zone": zone.key,
        "next": following.astimezone(zone).isoformat(timespec="seconds") if following else None,
        "next_words": moment_in_words(following, zone) if following else None,
    }


def moment_in_words(moment: datetime, zone: ZoneInfo) -> str:
    """Like "Monday 6 July 2026, 9.05am"."""
    local = moment.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B %Y}, {time_in_words(local)}"


def time_in_words(local: datetime) -> str:
    """Like "9am" or "5.45pm"."""
    minutes = f".{local:%M}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"


def _place(chat: Chat, place: places.Room, person: people.Person, names: Mapping[str, str]) -> Json:
    return {
        "address": place.address,
        "title": place.title,
        "topic": place.topic,
        "key": place.key,
        "direct": place.direct,
        "archived": place.archived,
        "unread": places.unread(chat, place.address, person.id),
        "members": [names[account] for account in places.members(chat, place.address) if account in names],
    }


def _message(message: messages.Message, names: Mapping[str, str], zone: ZoneInfo) -> Json:
    local = message.at.astimezone(zone)
    return {
        "id": message.id,
        "place": message.place,
        "author": message.author,
        "name": names.get(message.author, message.author) if message.author else BOT,
        "html": message.html,
        "plain": message.plain,
        "at": local.isoformat(timespec="seconds"),
        "day": f"{local:%A} {local.day} {local:%B}",
        "time": time_in_words(local),
        "edited": message.edited,
        "pinned": message.pinned,
        "only_me": message.only_for is not None,
        "buttons": [
            {
                "id": f"{message.version}.{number}",
                "label": button.label,
                "main": button.main,
                "opens_form": button.opens_form,
            }
            for number, button in enumerate(message.buttons)
        ],
    }


def _form(form: forms.OpenForm) -> Json:
    return {"id": form.id, "place": form.place, "title": form.title, "html": form.html, "fields": form.fields}
