"""One call to a chat: which of the platform's methods a call is, and the outcome of its answer."""

from bot.platform import CannotLook, Gone, Platform, RoomGone
from handlers.call import Call, Outcome
from handlers.message import Card


async def made(platform: Platform, call: Call, place: str | None) -> Outcome:
    """Make a call in this place, and tell what came of it. Raises what a platform raises."""
    match call.op:
        case "post":
            return await _posted(platform, call, str(place))
        case "edit":
            stands = await platform.edit(str(call.address), _card(call), call.key)
            return Outcome(call=call, kind="done", address=stands)
        case "find" | "find_room" | "look_up" | "look":
            return await _asked(platform, call, place)
        case "make_room":
            address = await platform.make_room(call.title, call.topic, call.key)
            return Outcome(call=call, kind="done", address=address)
    await _moved(platform, call)
    return Outcome(call=call, kind="done")


async def _asked(platform: Platform, call: Call, place: str | None) -> Outcome:
    """The chat is asked for something, and nothing is changed by it."""
    match call.op:
        case "look_up":
            account = await platform.look_up(str(call.email))
            return Outcome(call=call, kind="account", account=account)
        case "look":
            return Outcome(call=call, kind="seen", members=await platform.members(str(place)))
    address = await _found(platform, call, place)
    return Outcome(call=call, kind="done" if address else "absent", address=address)


async def _moved(platform: Platform, call: Call) -> None:
    """Somebody is brought in or taken out, a card is pinned, a page shown: twice is as good as once."""
    match call.op:
        case "home":
            await platform.home(str(call.account), _card(call), call.key)
        case "invite":
            await platform.invite(str(call.place), str(call.account))
        case "remove":
            await platform.remove(str(call.place), str(call.account))
        case "pin":
            await platform.pin(str(call.address))


async def _posted(platform: Platform, call: Call, place: str) -> Outcome:
    only_for = call.account if place == call.place else None
    address = await platform.post(place, _card(call), call.key, only_for, call.address)
    return Outcome(call=call, kind="done", address=address)


async def _found(platform: Platform, call: Call, place: str | None) -> str | None:
    if call.op == "find_room":
        return await platform.find_room(call.key, call.title)
    return await platform.find(call.key, str(place))


def is_for_direct(platform: Platform, call: Call) -> bool:
    """Whether the direct conversation with somebody is to be found first: it is for them alone."""
    if call.op not in {"post", "find"}:
        return False
    whispered = call.place is not None and call.account is not None
    return call.place is None or (whispered and not platform.whispers)


def _card(call: Call) -> Card:
    if call.card is None:
        raise ValueError(f"row {call.row} has no words")
    return call.card


def kind_of(gone: Gone) -> str:
    """What it comes to that something can never work."""
    if isinstance(gone, CannotLook):
        return "unknowable"
    return "room_gone" if isinstance(gone, RoomGone) else "never"
