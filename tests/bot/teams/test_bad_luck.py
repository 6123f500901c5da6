"""What goes wrong with Teams, and in it: nothing lost, nothing doubled, people told what they must do."""

import asyncio
import json
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from store.heard import Heard
from tests.fakes.staging import doubled, holds
from tests.fakes.teams import ELSEWHERE
from tests.fakes.teams_stage.house import teams_house
from tests.fakes.teams_stage.rooms import whole
from tests.fakes.unkind import first_time

OPENING = """
person "Jo Baker", council="Regional programme", email="jo@programme.example"
person "Ruth Ellis", council="Regional programme", email="ruth@programme.example"
person "Helen Marsh", council="Exampleshire County Council", email="helen@exampleshire.example"
person "Martin Lowe", council="Borough of Northmere", email="martin@northmere.example"
at 2026-07-06 09:30
Jo: claim rehearsal
Jo: new exampleshire lga_full 10-13 nov
Jo: confirm @Ruth from Regional programme as peer challenge manager
Jo: confirm @Martin from Northmere as lead peer
Jo: ready
"""
CHANGED = "after that card. Please read the newest draft first"
KEY_LINE = "Jo: kloe add Front door: are thresholds consistent?"


@pytest.fixture
async def teams(tmp_path):
    """Exampleshire is open: Ruth is challenge manager, Martin lead peer, and they have their team room."""
    async with teams_house(tmp_path) as house:
        await house.goes_on(OPENING)
        yield house


def _person(teams, who):
    return teams.stage.users[who]


def _heard(teams):
    return teams.store.work(lambda session: len(session.scalars(select(Heard.id)).all()))


def _from_jo(teams, **parts):
    """What Teams sends when Jo types something that has an effect."""
    jo = _person(teams, "Jo")
    return teams.peer.activity(jo, teams.peer.direct(jo), text="kloe add Is it soon enough?", **parts)


def _said_in(teams, place):
    """Everything that the bot ever sent to a conversation, as JSON."""
    return json.dumps([
        call.body for call in teams.peer.calls
        if place.id in (call.conversation or "") or place.id in json.dumps(call.body.get("channelData"))
    ])  # fmt: skip


# Whoever is not Teams


REFUSED = {
    "another audience": {"aud": "4d1a6f0e-0000-4000-8000-000000000000"},
    "the emulator's issuer": {"iss": "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"},
    "no more good": {"exp": int(time.time()) - 3600},
    "another service": {"serviceurl": "https://smba.else.example/teams/"},
    "no service": {"serviceurl": None},
}


@pytest.mark.parametrize("how", REFUSED)
async def test_token_that_is_not_good_is_refused_and_nothing_is_heard(teams, how):
    before = _heard(teams)
    response = await teams.peer.post(_from_jo(teams), **REFUSED[how])
    await teams.stage.rest()

    assert (response.status_code, _heard(teams)) == (401, before)


@pytest.mark.parametrize(
    "parts",
    [
        {"channelData": {"tenant": {"id": "0d000000-0000-4000-8000-00000000000d"}}},
        {"serviceUrl": "https://smba.else.example/teams/"},
        {"serviceUrl": None},
        {"channelId": "webchat"},
    ],
    ids=["tenant", "service", "no service", "channel"],
)
async def test_activity_from_elsewhere_is_refused_and_nothing_is_heard_or_called(teams, parts):
    before, calls = _heard(teams), len(teams.peer.calls)
    response = await teams.peer.post(_from_jo(teams, **parts))
    await teams.stage.rest()

    assert (response.status_code, _heard(teams), len(teams.peer.calls)) == (401, before, calls)


async def test_key_that_is_new_is_fetched_and_one_that_is_over_is_refused(teams):
    old = teams.peer.keys.newest
    teams.peer.keys.rotate()
    await teams.goes_on(KEY_LINE)
    claims = {"iss": teams.peer.issuer, "aud": teams.peer.app.id, "serviceurl": teams.peer.service_url}
    stray = teams.peer.keys.sign(claims, key=teams.peer.keys.stray())
    late = teams.peer.keys.sign(claims, key=old)
    refused = [
        await teams.peer.post(_from_jo(teams), headers={"Authorization": f"Bearer {token}"})
        for token in (stray, late)
    ]

    assert holds(teams, "Jo", "Key line of enquiry 1 added") == 1
    assert [one.status_code for one in refused] == [401, 401]


# Teams itself


async def test_storm_of_refusals_leaves_everybody_with_everything_once(teams):
    people = [
        teams.peer.add_person(f"Guest {n}", email=f"{n}@saltmarsh.example", guest=True) for n in range(20)
    ]
    await asyncio.gather(*(teams.peer.install(person) for person in people))
    await teams.stage.rest()
    for method in ("send", "create", "update"):
        teams.peer.unkind.too_many(method, seconds=30, times=None, when=first_time())
    await asyncio.gather(*(teams.peer.say(person, teams.peer.direct(person), "help") for person in people))
    await teams.goes_on(KEY_LINE)

    assert {len(teams.peer.plain(person)) for person in people} == {1}
    assert holds(teams, "Jo", "Key line of enquiry 1 added") == 1
    assert holds(teams, "Martin", "Evidence: Front door 0", teams.stage.room_of("Ruth", "team")) == 1
    assert doubled(teams) == []


async def test_same_activity_twice_at_once_is_heard_once_and_answered_once(teams):
    activity = _from_jo(teams)
    responses = await asyncio.gather(*(teams.peer.post(activity) for _ in range(3)))
    await teams.stage.rest()

    assert [one.status_code for one in responses] == [202, 202, 202]
    assert holds(teams, "Jo", "Key line of enquiry 1 added") == 1
    assert holds(teams, "Jo", "Key line of enquiry 2 added") == 0


async def test_room_held_back_for_thirty_seconds_waits_them_while_all_else_goes_on(teams):
    team = teams.stage.room_of("Ruth", "team")
    others = []
    teams.clock.while_waiting = lambda: others.append(
        (holds(teams, "Helen", "You have been named sponsor"), holds(teams, "Ruth", "Helen Marsh", team))
    )
    teams.peer.unkind.too_many(
        "update", seconds=30, when=lambda args: args["conversation"].startswith(team.id)
    )

    await teams.goes_on("Jo: confirm @Helen as sponsor")

    assert others[-1] == (1, 0)
    assert 20 < max(teams.clock.waits) <= 30
    assert holds(teams, "Ruth", "Helen Marsh", team) == 1
    assert doubled(teams) == []


# What people do to rooms, chats and the app


async def _remove(teams, ruth, place):
    await teams.peer.remove_from(whole(place), by=ruth)


async def _add(teams, ruth, place):
    await teams.peer.install_in(whole(place), by=ruth)


async def _archive(teams, ruth, place):
    await teams.peer.archive(ruth, whole(place))


async def _unarchive(teams, ruth, place):
    await teams.peer.unarchive(ruth, whole(place))


async def _delete(teams, ruth, place):
    await teams.peer.delete(ruth, whole(place))


async def _restore(teams, ruth, place):
    await teams.peer.restore(ruth, whole(place))


LOST = {
    "removed": ("I was taken out of the channel", _remove, _add),
    "archived": ("the channel was archived", _archive, _unarchive),
    "deleted": ("the channel was deleted", _delete, _restore),
}


@pytest.mark.parametrize("how", LOST)
async def test_lost_room_is_told_of_and_what_it_is_owed_waits_until_it_is_back(teams, how):
    why, lose, give_back = LOST[how]
    ruth, team = _person(teams, "Ruth"), teams.stage.room_of("Ruth", "team")

    await lose(teams, ruth, team)
    await teams.goes_on(KEY_LINE)
    meanwhile = [holds(teams, who, "Evidence: Front door") for who in ("Jo", "Ruth", "Martin")]
    told = [holds(teams, "Ruth", why), holds(teams, "Martin", why), holds(teams, "Jo", "is lost to me")]
    await give_back(teams, ruth, team)
    await teams.stage.rest()

    assert meanwhile == [0, 0, 0]
    assert told == [1, 0, 1]
    assert holds(teams, "Jo", "is lost to me") == 0
    assert holds(teams, "Martin", "Evidence: Front door 0", team) == 1
    assert doubled(teams) == []


async def test_room_lost_without_a_word_is_noticed_by_the_next_message_to_it(teams):
    ruth, team = _person(teams, "Ruth"), teams.stage.room_of("Ruth", "team")
    whole(team).bot = False
    await teams.goes_on(KEY_LINE)
    told = holds(teams, "Ruth", "I was taken out of the channel")
    await teams.peer.install_in(whole(team), by=ruth)
    await teams.stage.rest()

    assert told == 1
    assert holds(teams, "Martin", "Evidence: Front door 0", team) == 1
    assert doubled(teams) == []


def _sends_to(teams, chat):
    return sum(call.method == "send" and call.conversation == chat.id for call in teams.peer.calls)


async def test_chat_that_is_no_more_is_tried_once_and_its_person_listed(teams):
    chat = teams.peer.direct(_person(teams, "Martin"))
    teams.peer.unkind.refuse(
        status=404, code="ConversationNotFound", times=None,
        when=lambda args: args["conversation"] == chat.id or chat.id in json.dumps(args["body"]),
    )  # fmt: skip
    teams.peer.unkind.refuse("create", status=403, code="BotNotInConversationRoster", times=None)
    before = _sends_to(teams, chat)
    await teams.goes_on("""
Jo: task martin "read the position statement" by 20 jul
Jo: task martin "book the train" by 21 jul
at 2026-07-09 12:00
Jo: reach
Jo sees "Martin Lowe, lead peer, Northmere: not yet: Teams lets me write to them only once they have the app"
Jo: delivery
Jo sees "To be passed on by hand"
""")

    assert _sends_to(teams, chat) - before == 1


async def test_app_taken_away_and_added_again_brings_what_was_owed(teams):
    martin = _person(teams, "Martin")
    await teams.peer.uninstall(martin)
    await teams.goes_on("""
Jo: task martin "read the position statement" by 20 jul
Jo: reach
Jo sees "Martin Lowe, lead peer, Northmere: not yet"
at 2026-07-07 12:00
""")
    meanwhile = holds(teams, "Martin", "read the position statement", teams.peer.direct(martin))
    await teams.peer.install(martin)
    await teams.stage.rest()

    assert meanwhile == 0
    assert holds(teams, "Martin", "read the position statement", teams.peer.direct(martin)) == 1
    assert doubled(teams) == []


# What only some may read


async def test_what_the_asker_alone_may_see_is_in_nothing_that_is_sent_to_the_channel(teams):
    team = teams.stage.room_of("Ruth", "team")
    await teams.goes_on("""
Ruth in team: /challenge reach
Ruth sees "Exampleshire: who can be reached"
Martin never sees "Exampleshire: who can be reached"
Ruth in team: /challenge confirm
Ruth in team: /challenge nonsense
Ruth sees "I don't know that one"
""")
    sent = _said_in(teams, team)

    assert "Exampleshire: peer team room" in sent
    assert [words for words in ("can be reached in", "know that one", "Open: ") if words in sent] == []


async def test_note_typed_where_the_council_reads_is_answered_and_kept_nowhere(teams):
    await teams.goes_on("""
Jo: confirm @Helen as sponsor
Ruth opens "Exampleshire and us"
Helen enters "Exampleshire and us"
Ruth in "Exampleshire and us": /challenge use this channel as liaison room
Ruth in "Exampleshire and us": /challenge note front door strength Managers know their cases
Ruth sees "Please delete this now: the council can read here"
""")
    room = teams.stage.room_of("Ruth", "liaison")
    file = Path(str(teams.store.engine.url.database))
    kept = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))

    assert "Managers know" not in _said_in(teams, room)
    assert b"Managers know" not in kept


# Two at once, and late


async def test_form_sent_in_after_the_challenge_moved_on_changes_nothing_and_says_so(teams):
    await teams.goes_on(f"""
{KEY_LINE}
Jo in programme: /challenge kloe edit 1
Jo: kloe drop 1
Jo fills "Change a key line": text=Front door: is early help enough?
Jo sees "There is no key line 1"
Jo: status
""")
    assert holds(teams, "Jo", "early help") == 0


async def test_card_pressed_after_the_draft_moved_on_agrees_to_nothing_and_says_so(teams):
    await teams.goes_on("""
Jo: confirm @Helen as sponsor
Jo: kloe add Front door: are threshold decisions consistent?
at 2026-11-10 11:20
Martin: note front door strength Staff explain thresholds in the same way
at 2026-11-10 17:10
Ruth: summary
""")
    old, agree = next(
        (shown, control)
        for shown in teams.peer.messages(_person(teams, "Martin"))
        for control in shown.controls
        if control.label == "Agree"
    )
    await teams.goes_on("""
Martin: note front door consider Reasons are recorded unevenly
Ruth presses "Draft again from the notes"
""")
    await teams.stage.press_on("Martin", old, agree)
    await teams.stage.rest()
    await teams.goes_on('Ruth presses "Agree"')

    assert holds(teams, "Martin", CHANGED) == 1
    assert holds(teams, "Helen", "Emerging themes") == 0
    assert doubled(teams) == []


async def test_two_people_who_press_agree_at_once_release_the_message_once(teams):
    await teams.goes_on("""
Jo: confirm @Helen as sponsor
Jo: kloe add Front door: are threshold decisions consistent?
at 2026-11-10 11:20
Martin: note front door strength Staff explain thresholds in the same way
at 2026-11-10 17:10
Ruth: summary
""")
    answers = await asyncio.gather(teams.stage.press("Martin", "Agree"), teams.stage.press("Ruth", "Agree"))
    await teams.stage.rest()

    assert [one.answers for one in answers] == [1, 1]
    assert holds(teams, "Helen", "Emerging themes") == 1
    assert doubled(teams) == []


# From another organisation


async def test_whoever_is_of_an_allowed_tenant_of_their_own_takes_part(tmp_path):
    async with teams_house(tmp_path, federated="Saltmarsh") as teams:
        await teams.plays("team")
        dana = next(one for one in teams.stage.users.values() if one.name.startswith("Dana"))
        assert dana.tenant == ELSEWHERE
