from datetime import UTC, datetime

from sqlalchemy import select

from bot.platform import Gone
from handlers.post import Post
from store.challenge import Challenge
from store.outbox import Outgoing
from store.person import Person
from store.programme import Programme
from store.room import RoomMember
from tests.conftest import talk
from tests.handlers.team_begun import BEGUN, CONFIRMED, READY


async def test_stand_down_takes_role_room_and_what_waited(room):
    rehearsal, client = room
    await talk(client, CONFIRMED + 'Ruth in team: Hello\nDana sees "Hello"\n')
    await rehearsal.bot.ear.work(lambda session: _queue_for(session, rehearsal, "Dana O'Neil"))
    await talk(
        client,
        """
Jo: stand down dana
Jo sees "Dana O'Neil is no longer peer in Exampleshire"
Jo sees "The team now lacks 3 peers."
Dana sees "You no longer have a part in this peer challenge (peer)"
Ruth in team: Only for us
Dana never sees "Only for us"
Dana: team
Dana sees "You have no part in a challenge yet"
Jo: stand down dana
Jo sees "Dana O'Neil has no such part"
""",
    )
    assert await rehearsal.bot.ear.work(_states) == {"waits": "withdrawn", "stood_down": "sent"}


def _queue_for(session, rehearsal, name):
    desk, now = rehearsal.bot.ear.desk, rehearsal.clock.now()
    programme = session.scalars(select(Programme)).one()
    post = Post(session=session, programme=programme, words=desk.words, shapes=desk.shapes, now=now)
    person = session.scalars(select(Person).where(Person.name == name)).one()
    challenge = session.scalars(select(Challenge)).one()
    facts = {"challenge": "Exampleshire", "role": "peer"}
    later = datetime(2026, 7, 8, 9, 0, tzinfo=UTC)
    post.to_person(person, "you_are_appointed", facts, key="waits", challenge=challenge, not_before=later)


def _states(session):
    rows = session.scalars(
        select(Outgoing).where(Outgoing.template.in_(("you_are_appointed", "you_stood_down")))
    )
    return {
        row.key.partition(":")[0]: row.state
        for row in rows
        if row.key == "waits" or row.template == "you_stood_down"
    }


async def test_stand_down_before_ready_tells_nobody(room):
    _, client = room
    await talk(
        client,
        BEGUN
        + """
Jo: invite @Dana from saltmarsh as peer
Jo: stand down dana
Jo sees "Dana O'Neil is no longer invited as peer in Exampleshire"
Jo: ready
Dana never sees "Exampleshire"
""",
    )


async def test_stand_down_in_the_evening_still_says_goodbye_in_the_morning(room):
    _, client = room
    await talk(
        client,
        CONFIRMED
        + """
at 2026-07-06 19:00
Jo: stand down dana
at 2026-07-07 08:00
Dana sees "You no longer have a part"
""",
    )


async def test_stand_down_the_only_lead_peer_is_allowed_and_offers_reserves(room):
    _, client = room
    await talk(
        client,
        CONFIRMED
        + """
Jo: invite @Amir from wexborough as peer for front door
Amir presses "Available"
Jo: stand down martin
Jo sees "The team now lacks 1 lead peer."
Jo sees "Amir Farah (Wexborough): available as peer for front door"
Jo presses "Confirm Amir Farah"
Jo sees "Amir Farah is lead peer in Exampleshire"
Jo presses "Confirm Amir Farah"
Jo sees "Amir Farah is lead peer in Exampleshire already"
""",
    )


async def test_stand_down_by_the_manager_tells_the_coordinator_of_the_gap(room):
    _, client = room
    await talk(
        client,
        CONFIRMED
        + """
Ruth: stand down dana
Jo sees "Ruth Ellis stood Dana O'Neil down as peer"
Jo sees "The team now lacks 3 peers."
Ruth: stand down @Jo
Ruth sees "Jo Baker is project coordinator for the whole programme"
Martin: stand down ruth
Martin sees "I can't do stand down for you"
Ruth: stand down nobody
Ruth sees "I know nobody called nobody"
Ruth: stand down
Ruth fills "Stand down": name=martin; role=peer
Ruth sees "Martin Reed has no such part"
""",
    )


async def test_stand_down_somebody_with_open_tasks_gives_them_back(room):
    _, client = room
    await talk(
        client,
        CONFIRMED
        + """
Jo: task dana "read the plan" by 20 oct
Jo: stand down dana
Jo sees "1 open task went back"
""",
    )


async def test_stand_down_where_the_chat_cannot_remove_holds_the_team_room_until_a_person_has(
    room, monkeypatch
):
    rehearsal, client = room
    await talk(client, CONFIRMED)

    async def cannot(place, account):
        raise Gone("not an admin")

    platform = rehearsal.bot.postman._platforms["room"]
    monkeypatch.setattr(platform, "remove", cannot)
    await talk(
        client,
        """
Jo: stand down dana
Ruth sees "Dana O'Neil no longer has a part there but can still read the peer team room"
Ruth sees "I post nothing in the team room"
Jo: task ruth "read the plan" by 20 jul
at 2026-07-07 09:00
Ruth sees "Dana O'Neil no longer has a part there but can still read"
""",
    )
    assert await rehearsal.bot.ear.work(_held_in_team_room) == {"ready"}
    await talk(
        client,
        """
Ruth: removed amir
Ruth sees "amir does not have to be taken out of a room"
Ruth presses "Removed"
Ruth sees "I am looking who is in the peer team room now"
Ruth sees "Dana O'Neil is still in the peer team room. So I have posted nothing there."
Dana leaves team
Ruth: removed dana
Ruth sees "somebody has done it already"
""",
    )
    assert await rehearsal.bot.ear.work(_held_in_team_room) == set()
    states = await rehearsal.bot.ear.work(lambda session: set(session.scalars(select(RoomMember.state))))
    assert states == {"inside"}


def _held_in_team_room(session):
    rows = session.scalars(select(Outgoing).where(Outgoing.op == "post", Outgoing.state == "ready"))
    return {row.state for row in rows if row.room and row.room.kind == "team"}


async def test_confirm_again_after_standing_down_brings_back_in(room):
    _, client = room
    await talk(
        client,
        READY
        + """
Jo: confirm @Dana from saltmarsh as peer
Jo: stand down dana
Jo: confirm @Dana as peer
Ruth in team: Welcome back
Dana sees "Welcome back"
""",
    )


async def test_person_without_an_account_comes_into_the_rooms_once_they_have_one(room):
    _, client = room
    await talk(
        client,
        CONFIRMED
        + """
Jo: confirm lucy from dunford as peer
Jo fills "Appoint": name=Lucy Ash; email=lucy@dunford.example
Jo sees "Lucy Ash is peer in Exampleshire"
person "Lucy Ash", email="lucy@dunford.example"
Lucy: team
Lucy sees "peer: Dana O'Neil (Saltmarsh); Lucy Ash (Dunford)"
Jo: task jo "book rooms" by 20 oct
Ruth in team: Hello Lucy
Lucy sees "Hello Lucy"
""",
    )


async def test_stand_down_on_a_friday_evening_asks_for_the_removal_once_on_monday(room, monkeypatch):
    rehearsal, client = room
    await talk(client, CONFIRMED + "at 2026-07-10 19:00\n")

    async def cannot(place, account):
        raise Gone("not an admin")

    monkeypatch.setattr(rehearsal.bot.postman._platforms["room"], "remove", cannot)
    await talk(
        client,
        """
Jo: stand down dana
at 2026-07-12 12:00
Ruth never sees "can still read the peer team room"
at 2026-07-13 09:30
Ruth sees "can still read the peer team room"
""",
    )
    assert await rehearsal.bot.ear.work(_removals_asked) == ["sent"]


async def test_stand_down_on_a_friday_evening_asks_nobody_once_the_person_is_out(room, monkeypatch):
    rehearsal, client = room
    await talk(client, CONFIRMED + "at 2026-07-10 19:00\n")

    async def cannot(place, account):
        raise Gone("not an admin")

    monkeypatch.setattr(rehearsal.bot.postman._platforms["room"], "remove", cannot)
    await talk(client, "Jo: stand down dana\nDana leaves team\n")
    assert await rehearsal.bot.ear.work(_removals_asked) == ["withdrawn"]


def _removals_asked(session):
    rows = session.scalars(select(Outgoing).where(Outgoing.template == "stuck_in_room"))
    return [row.state for row in rows]


async def test_stand_down_in_quiet_hours_says_when_somebody_hears_of_it(room):
    _, client = room
    await talk(
        client,
        CONFIRMED
        + """
at 2026-07-12 06:00
Jo: stand down dana
Jo sees "Dana O'Neil hears of it on Monday 13 July at 8am: if that is too late, please tell Dana O'Neil"
at 2026-07-13 10:00
Jo: stand down martin
Jo never sees "Martin Reed hears of it"
""",
    )
