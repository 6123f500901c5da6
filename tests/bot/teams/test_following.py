"""What happens in Teams by itself has its effect in the rooms of a challenge."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.teams import following
from store.challenge import Challenge
from store.person import Person, PersonAccount
from store.room import Room, RoomMember


def _state(teams, kind="liaison"):
    return teams.house.one(Room, kind=kind).state


def _inside(teams, kind="liaison"):
    """The accounts of those who are known to be in a room."""
    room = teams.house.one(Room, kind=kind)
    found = teams.house.ask(select(RoomMember.person_id).where(RoomMember.room_id == room.id))
    accounts = teams.house.ask(select(PersonAccount).where(PersonAccount.person_id.in_(found)))
    return {one.name for one in accounts}


@pytest.fixture
async def room(teams):
    return await teams.room("liaison")


# Channels and teams


async def test_channel_that_is_deleted_is_lost_and_one_that_is_restored_is_back(teams, room):
    await teams.peer.delete(teams.jo, room)
    await teams.rest()
    assert _state(teams) == "lost"

    await teams.peer.restore(teams.jo, room)
    await teams.rest()
    assert _state(teams) == "bound"


async def test_archived_team_loses_its_rooms_until_it_is_back(teams, room):
    await teams.peer.archive(teams.jo, teams.team)
    await teams.rest()
    assert _state(teams) == "lost"

    await teams.peer.unarchive(teams.jo, teams.team)
    await teams.rest()
    assert _state(teams) == "bound"


async def test_bot_that_is_taken_out_of_a_team_has_lost_its_rooms_until_it_is_added_again(teams, room):
    await teams.peer.remove_from(teams.team, by=teams.jo)
    await teams.rest()
    assert _state(teams) == "lost"

    await teams.peer.install_in(teams.team, by=teams.jo)
    await teams.rest()
    assert _state(teams) == "bound"


async def test_renamed_channel_is_the_same_room(teams, room):
    await teams.peer.rename(teams.jo, room, "Exampleshire with the council")

    assert teams.house.one(Room, kind="liaison").title == "Exampleshire with the council"


async def test_whoever_joins_the_team_is_in_its_rooms_and_whoever_leaves_is_out(teams, room):
    dana = teams.peer.add_person("Dana Reed", email="dana@peers.example")
    await teams.peer.join(dana, teams.team, by=teams.jo)
    await teams.rest()
    assert "Dana Reed" in _inside(teams)

    await teams.peer.leave(dana, teams.team, by=teams.jo)
    await teams.rest()
    assert "Dana Reed" not in _inside(teams)


async def test_team_without_a_room_is_not_looked_into(teams):
    before = len(teams.peer.called("pagedmembers"))
    await teams.peer.join(teams.peer.add_person("Dana Reed"), teams.team, by=teams.jo)
    await teams.rest()

    assert len(teams.peer.called("pagedmembers")) == before


# Private channels and group chats


@pytest.fixture(params=["chat", "private"])
async def apart(request, teams):
    """A room with members of its own."""
    if request.param == "chat":
        place = teams.peer.add_chat("Exampleshire", teams.jo, teams.helen)
    else:
        place = teams.peer.add_channel(teams.team, "Exampleshire", teams.jo, teams.helen, private=True)
    await teams.peer.install_in(place, by=teams.jo)
    await teams.peer.say(teams.jo, place, "@Critical Friend help")
    await teams.bound_at(teams.peer.app.tenant, place.id, "liaison")
    await teams.rest()
    return place


async def test_whoever_comes_into_a_room_is_inside_and_whoever_goes_is_not(teams, apart):
    await teams.peer.join(teams.ruth, apart, by=teams.jo)
    await teams.rest()
    assert "Ruth" in _inside(teams)

    await teams.peer.leave(teams.ruth, apart, by=teams.jo)
    await teams.rest()
    members = teams.house.ask(select(RoomMember).join(Room).where(Room.kind == "liaison"))
    ruth = teams.house.one(PersonAccount, account=teams.ruth.object_id).person_id
    assert {one.state for one in members if one.person_id == ruth} <= {"left"}


async def test_bot_that_is_taken_out_of_a_room_has_lost_it_until_it_is_added_again(teams, apart):
    await teams.peer.remove_from(apart, by=teams.jo)
    await teams.rest()
    assert _state(teams) == "lost"

    await teams.peer.install_in(apart, by=teams.jo)
    await teams.rest()
    assert _state(teams) == "bound"


# Who is in the team while Teams does not tell


@pytest.fixture
async def peers(teams):
    return await teams.room("team")


def _says_to_team(teams, words):
    def unit(session, post):
        room = session.scalars(select(Room).where(Room.kind == "team")).one()
        challenge = session.get_one(Challenge, room.challenge_id)
        post.to_room(room, "for_team", {"text": words}, key=words, challenge=challenge)

    teams.house.post(unit)


async def _posted(teams, person, place):
    while await teams.served.bot.postman.deliver():
        teams.served.bot.ear.woken.clear()
    return [shown.plain for shown in teams.of_the_bot(person, place)]


@pytest.mark.parametrize(
    ("trouble", "of"), [("too_many", {"seconds": 1}), ("status", {"status": 502}), ("drop_after", {})]
)
async def test_stranger_in_the_team_is_seen_though_teams_was_out_of_order(teams, peers, trouble, of):
    getattr(teams.peer.unkind, trouble)("pagedmembers", **of)
    dana = teams.peer.add_person("Dana Reed", email="dana@council.example")
    await teams.peer.join(dana, teams.team, by=teams.jo)
    await teams.rest()

    assert "Dana Reed" in _inside(teams, "team")


async def test_nothing_is_posted_to_the_team_before_it_is_known_who_joined(teams, peers):
    teams.peer.unkind.slow("pagedmembers", seconds=1, times=None)
    dana = teams.peer.add_person("Dana Reed", email="dana@council.example")
    await teams.peer.join(dana, teams.team, by=teams.jo)
    _says_to_team(teams, "secret")
    before = await _posted(teams, dana, peers)
    await teams.rest()

    assert (before, await _posted(teams, dana, peers)) == ([], [])
    assert "Dana Reed" in _inside(teams, "team")


async def test_what_waited_is_posted_once_it_is_known_that_only_the_team_is_inside(teams, peers):
    for person in (teams.ruth, teams.jo, teams.helen):
        await teams.peer.leave(person, teams.team)
    await teams.rest()
    teams.peer.unkind.too_many("pagedmembers", seconds=1)
    await teams.peer.join(teams.ruth, teams.team)
    _says_to_team(teams, "secret")
    before = await _posted(teams, teams.ruth, peers)
    await teams.rest()

    assert (before, ["secret" in one for one in await _posted(teams, teams.ruth, peers)]) == ([], [True])


# Installed or not


async def test_person_who_takes_the_app_away_cannot_be_written_to_until_they_add_it_again(teams):
    await teams.peer.say(teams.jo, teams.peer.direct(teams.jo), "help")
    await teams.peer.uninstall(teams.jo)
    assert not teams.house.one(PersonAccount, account=teams.jo.object_id).reachable

    await teams.peer.install(teams.jo)
    await teams.rest()
    assert teams.house.one(PersonAccount, account=teams.jo.object_id).reachable


TROUBLES = [("too_many", {"seconds": 1}), ("status", {"status": 502}), ("status", {"status": 500})]


@pytest.mark.parametrize(("trouble", "of"), TROUBLES)
async def test_person_known_here_who_adds_the_app_in_a_bad_moment_is_reachable_at_once(teams, trouble, of):
    await teams.peer.say(teams.jo, teams.peer.direct(teams.jo), "help")
    await teams.rest()
    await teams.peer.uninstall(teams.jo)
    teams.surface.platform.people._known.clear()
    getattr(teams.peer.unkind, trouble)("member", times=None, **of)
    await teams.peer.install(teams.jo)

    assert teams.house.one(PersonAccount, account=teams.jo.object_id).reachable


@pytest.fixture
def dana(teams):
    """Somebody whom the programme knows by their address alone."""
    person = Person(programme_id=1, name="Dana Reed", email="dana@peers.example")
    teams.house.change(lambda session: session.add(person))
    return teams.peer.add_person("Dana Reed", email="dana@peers.example")


async def test_person_who_adds_the_app_is_greeted_once(teams, dana):
    for _ in range(2):
        await teams.peer.install(dana)
        await teams.peer.uninstall(dana)
    await teams.peer.install(dana)
    await teams.deliver()

    assert len(teams.of_the_bot(dana)) == 1


@pytest.fixture
def soon(monkeypatch):
    """Who added the app is asked again without delay."""
    monkeypatch.setattr(following, "LATER", (0.01, 0.01))


@pytest.mark.parametrize(("trouble", "of"), TROUBLES)
async def test_person_who_adds_the_app_in_a_bad_moment_is_greeted_later(teams, soon, dana, trouble, of):
    getattr(teams.peer.unkind, trouble)("member", times=2, **of)
    await teams.peer.install(dana)
    await teams.deliver()

    assert len(teams.of_the_bot(dana)) == 1


async def test_person_who_takes_the_app_away_again_is_not_asked_for_any_more(teams, soon, dana):
    teams.peer.unkind.status("member", times=2)
    before = len(teams.peer.called("member"))
    await teams.peer.install(dana)
    await teams.peer.uninstall(dana)
    await teams.rest()

    assert len(teams.peer.called("member")) == before + 2


async def test_app_that_is_installed_for_everybody_remembers_only_who_is_known(teams):
    before = teams.house.ask(select(Person.name))
    users = [teams.peer.add_person(f"Person {number}", email=f"{number}@a.example") for number in range(5)]
    for user in users:
        await teams.peer.install(user)
    await teams.deliver()

    assert teams.house.ask(select(Person.name)) == before
    assert [teams.of_the_bot(user) for user in users] == [[]] * 5


@pytest.mark.parametrize("during", [True, False])
async def test_event_delivered_again_has_one_effect(teams, dana, during):
    teams.peer.unkind.redeliver("event", copies=2, during=during)
    await teams.peer.install(dana)
    await teams.deliver()

    assert len(teams.of_the_bot(dana)) == 1


# Trouble


async def test_change_that_could_not_be_written_down_is_logged_and_looked_at(
    teams, room, monkeypatch, logged
):
    def renamed(platform, tenant, address, title):
        raise OperationalError("x", {}, Exception())

    monkeypatch.setitem(teams.served.bot.ear.desk.happenings, "room_renamed", renamed)
    before = len(teams.peer.called("pagedmembers"))
    monkeypatch.setattr("store.session._TRIES", 1)
    await teams.peer.rename(teams.jo, room, "Another")
    await teams.rest()

    assert "change_not_followed" in logged.getvalue()
    assert len(teams.peer.called("pagedmembers")) > before
    assert teams.peer.deliverer.deliveries[-1].status == 202


async def test_person_whom_teams_does_not_tell_of_is_found_by_looking(teams, apart):
    await teams.peer.join(teams.ruth, apart, by=teams.jo)
    await teams.rest()
    teams.surface.platform.people._known.clear()
    await teams.peer.leave(teams.ruth, apart, by=teams.jo)
    await teams.rest()

    members = teams.house.ask(select(RoomMember).join(Room).where(Room.kind == "liaison"))
    ruth = teams.house.one(PersonAccount, account=teams.ruth.object_id).person_id
    assert {one.state for one in members if one.person_id == ruth} <= {"left"}


async def test_app_that_an_administrator_adds_or_removes_for_somebody_leaves_them_their_chat(teams):
    await teams.peer.say(teams.jo, teams.peer.direct(teams.jo), "help")
    await teams.rest()
    for action in ("add", "remove", "add"):
        told = teams.peer.activity(
            teams.ruth, teams.peer.direct(teams.jo), type="installationUpdate", action=action, text=None
        )
        await teams.peer.post(told)
        await teams.rest()

    jos = teams.peer.direct(teams.jo).id
    chats = [await teams.surface.platform.direct(one.object_id) for one in (teams.jo, teams.ruth)]
    assert (chats[0], chats[1] == jos) == (jos, False)


async def test_app_that_an_administrator_adds_for_somebody_new_makes_their_chat_nobody_elses(teams):
    chat = teams.peer.direct(teams.peer.add_person("Dana Reed", email="dana@peers.example"))
    told = teams.peer.activity(teams.ruth, chat, type="installationUpdate", action="add", text=None)
    await teams.peer.post(told)
    await teams.rest()

    assert await teams.surface.platform.direct(teams.ruth.object_id) != chat.id
