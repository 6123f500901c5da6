"""Teams as people meet it: what they do is heard once and answered once."""

import asyncio
import json
import time

import pytest
from sqlalchemy import select, update

from bot.teams import listening
from bot.teams.answers import Answers
from store.heard import Heard
from store.person import Person, PersonAccount
from store.reference import ConversationReference
from tests.bot.served import HANGING_UP, hung_up
from tests.bot.teams.served import in_teams
from tests.fakes.teams import ELSEWHERE


def _heard(teams):
    """Every act of a person's that was heard."""
    return teams.house.ask(select(Heard).where(Heard.answer.is_not(None)).order_by(Heard.at, Heard.id))


def _templates(teams):
    return [heard.answer["template"] for heard in _heard(teams)]


def _outcomes(teams):
    return [heard.outcome for heard in _heard(teams)]


def _person(teams, user):
    """Who somebody is to the programme."""
    [found] = teams.house.ask(
        select(Person).join(PersonAccount).where(PersonAccount.account == user.object_id)
    )
    return found


def _try_again(teams):
    return teams.house.answer("try_again", {"chat": "teams"}).plain


async def _says(teams, user, text, place=None, **of):
    act = await teams.peer.say(user, place or teams.peer.direct(user), text, **of)
    await teams.rest()
    return act


async def _presses(teams, user, where, what, **of):
    act = await teams.peer.press(user, where, what, **of)
    await teams.rest()
    return act


# Typed


async def test_word_in_the_personal_chat_is_answered_there(teams):
    act = await _says(teams, teams.jo, "help")

    [answer] = teams.of_the_bot(teams.jo)
    [heard] = _heard(teams)
    assert (act.trouble, heard.direct, heard.handed_over_at is not None) == (None, True, True)
    assert heard.answer["template"] == "help"
    assert answer.plain


async def test_chatter_is_not_answered(teams):
    room = await teams.room()
    await _says(teams, teams.jo, "Shall we meet at ten?", room)

    assert (_heard(teams), teams.of_the_bot(teams.jo, room)) == ([], [])


async def test_mention_in_a_channel_is_answered_in_the_personal_chat(teams):
    room = await teams.room()
    await _says(teams, teams.jo, "@Critical Friend help", room)

    assert teams.of_the_bot(teams.ruth, room) == []
    assert len(teams.of_the_bot(teams.jo)) == 1
    [heard] = _heard(teams)
    assert (heard.direct, heard.place) == (False, room.id)


async def test_mention_in_a_group_chat_is_answered_in_the_personal_chat(teams):
    chat = teams.peer.add_chat("Exampleshire", teams.jo, teams.ruth)
    await teams.peer.install_in(chat, by=teams.jo)
    await _says(teams, teams.jo, "@Critical Friend help", chat)

    assert teams.of_the_bot(teams.ruth, chat) == []
    assert len(teams.of_the_bot(teams.jo)) == 1


async def test_channel_that_becomes_a_room_is_looked_into_again(teams):
    """Somebody may have come between the look before it was bound and that it was."""
    await teams.rest()  # what follows from the app being added is done
    channel, asked = teams.peer.general(teams.team), len(teams.peer.called("pagedmembers"))
    await _says(teams, teams.ruth, "@Critical Friend use this channel as liaison room", channel)

    assert len(teams.peer.called("pagedmembers")) == asked + 2


async def test_channel_with_more_people_than_a_room_may_have_is_refused_with_nobody_written_down(
    teams, monkeypatch
):
    before = teams.house.ask(select(Person.name))
    monkeypatch.setattr("bot.teams.people.MOST_INSIDE", 5)
    for number in range(9):
        await teams.peer.join(teams.peer.add_person(f"Officer {number}"), teams.team, by=teams.jo)
    await _says(
        teams, teams.ruth, "@Critical Friend use this channel as liaison room", teams.peer.general(teams.team)
    )

    assert _templates(teams) == ["too_many_inside"]
    assert teams.house.ask(select(Person.name)) == before


async def test_answer_to_a_room_stands_in_its_thread(teams):
    channel = teams.peer.general(teams.team)
    await _says(teams, teams.ruth, "@Critical Friend use this channel as liaison room", channel)

    assert _templates(teams) == ["room_bound"]
    [asked, answer] = teams.peer.messages(teams.jo, channel)[-2:]
    assert answer.thread == asked.id
    assert teams.of_the_bot(teams.ruth) == []


@pytest.mark.parametrize("during", [True, False])
async def test_message_delivered_again_is_answered_once(teams, during):
    teams.peer.unkind.redeliver("message", copies=2, during=during)
    await _says(teams, teams.jo, "help")

    assert len(_heard(teams)) == len(teams.of_the_bot(teams.jo)) == 1


async def test_message_whose_response_was_lost_is_answered_once(teams):
    teams.peer.unkind.unheard("message")
    await _says(teams, teams.jo, "help")

    assert len(_heard(teams)) == len(teams.of_the_bot(teams.jo)) == 1


async def test_acts_of_one_account_are_answered_in_their_order(teams):
    direct = teams.peer.direct(teams.jo)
    await asyncio.gather(*(teams.peer.say(teams.jo, direct, "kloe add " + sign) for sign in "abcde"))
    await teams.rest()

    said = [shown.plain.rpartition(" ")[2] for shown in teams.peer.messages(teams.jo) if shown.author]
    kept = [heard.answer["facts"]["number"] for heard in _heard(teams)]
    assert (said, kept) == (["a", "b", "c", "d", "e"], [1, 2, 3, 4, 5])


async def test_person_named_in_a_message_is_meant_by_their_account(teams):
    dana = teams.peer.add_person("Dana Reed (Northmere)", email="dana@peers.example")
    await teams.peer.join(dana, teams.team, by=teams.jo)
    await _says(teams, teams.jo, f"@Critical Friend invite @{dana.name} as peer", await teams.room("liaison"))

    assert _person(teams, dana).email == "dana@peers.example"


HOSTILE = [
    "note front door strength <at>Everyone</at> &lt;script&gt;",
    "kloe add [click](https://evil.example) **bold** <b>x</b>",
    "help " + "<at>" * 200,
    "kloe add {{ 7*7 }} \u202e reversed \x07",
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_words_are_answered_plainly_and_drawn_as_typed(teams, text):
    act = await _says(teams, teams.jo, text)

    [answer] = teams.of_the_bot(teams.jo)
    assert (act.trouble, answer.formatted, answer.mentions) == (None, [], [])
    assert "broken" not in _outcomes(teams)


@pytest.mark.parametrize("kind", ["messageReaction", "typing", "messageUpdate", "endOfConversation", "new"])
async def test_activity_of_another_kind_is_taken_in_and_not_heard(teams, kind):
    activity = teams.peer.activity(teams.jo, teams.peer.direct(teams.jo), text="help", type=kind)
    response = await teams.peer.post(activity)
    await teams.rest()

    assert (response.status_code, _heard(teams), teams.of_the_bot(teams.jo)) == (202, [], [])


@pytest.mark.parametrize(
    ("part", "status"), [({"recipient": {}}, 400), ({"recipient": None}, 400), ({"from": "jo"}, 202)]
)
async def test_activity_of_a_strange_shape_is_not_heard(teams, part, status):
    response = await teams.peer.post(
        teams.peer.activity(teams.jo, teams.peer.direct(teams.jo), text="help", **part)
    )

    assert (response.status_code, _heard(teams)) == (status, [])


# Buttons


async def _card(teams, user, text="hepl"):
    """A card with a button in somebody's personal chat."""
    await _says(teams, user, text)
    return teams.of_the_bot(user)[-1]


async def test_press_in_the_personal_chat_is_answered_there(teams):
    card = await _card(teams, teams.jo)
    act = await _presses(teams, teams.jo, card, "help")

    assert (act.trouble, _templates(teams)) == (None, ["no_such_command", "help"])
    assert len(teams.of_the_bot(teams.jo)) == 2
    assert teams.peer.toasts(teams.jo) == [teams.house.answer("answered_there", {"where": "here"}).plain]


async def test_press_of_an_old_client_is_answered_the_same(teams):
    card = await _card(teams, teams.jo)
    act = await _presses(teams, teams.jo, card, "help", old_client=True)

    assert (act.trouble, _templates(teams)) == (None, ["no_such_command", "help"])
    assert len(teams.of_the_bot(teams.jo)) == 2


async def _card_in(teams, room, *buttons):
    """A card of a template with a button, in a room."""
    card = teams.house.answer(
        "no_such_command", {"near": [{"line": line, "label": line} for line in buttons]}
    )
    await teams.surface.platform.post(room.id, card, "key")
    return teams.of_the_bot(teams.jo, room)[-1]


async def test_press_in_a_room_is_answered_in_the_personal_chat_and_says_so(teams):
    room = await teams.room()
    act = await _presses(teams, teams.jo, await _card_in(teams, room, "help"), "help")

    assert act.trouble is None
    assert (len(teams.of_the_bot(teams.ruth, room)), len(teams.of_the_bot(teams.jo))) == (1, 1)
    assert teams.peer.toasts(teams.jo) == [teams.house.answer("answered_there", {"where": "personal"}).plain]


async def test_press_is_by_whoever_pressed(teams):
    room = await teams.room()
    card = await _card_in(teams, room, "help")
    for user in (teams.jo, teams.ruth):
        await _presses(teams, user, card, "help")

    assert [len(teams.of_the_bot(user)) for user in (teams.jo, teams.ruth, teams.helen)] == [1, 1, 0]


async def test_two_people_who_press_at_once_are_each_answered(teams):
    room = await teams.room()
    card = await _card_in(teams, room, "ready")
    await asyncio.gather(*(teams.peer.press(user, card, "ready") for user in (teams.ruth, teams.jo)))
    await teams.rest()

    assert sorted(_templates(teams)) == ["already_ready", "ready_to_contact"]
    assert [len(teams.of_the_bot(user)) for user in (teams.ruth, teams.jo)] == [1, 1]


@pytest.mark.parametrize("during", [True, False])
async def test_press_that_teams_repeats_has_one_effect_and_the_same_response(teams, during):
    card = await _card(teams, teams.jo, "hepl")
    teams.peer.unkind.redeliver("invoke", copies=2, during=during)
    act = await _presses(teams, teams.jo, card, "help")

    assert [one.body for one in act.deliveries] == [act.deliveries[0].body] * 3
    assert _templates(teams) == ["no_such_command", "help"]
    assert len(teams.of_the_bot(teams.jo)) == 2


STRANGE = [
    {"type": "Action.Execute", "verb": "phrase", "data": {"phrase": "help", "hidden": "none"}},
    {"type": "Action.Execute", "verb": "phrase", "data": {"phrase": "help", "hidden": {"challenge": "7"}}},
    {"type": "Action.Execute", "verb": "another", "data": {"phrase": "help", "hidden": {}}},
    {"type": "Action.Execute", "verb": "phrase"},
]


@pytest.mark.parametrize("action", STRANGE)
async def test_press_on_a_card_that_is_none_of_ours_has_one_plain_answer(teams, action):
    place, value = teams.peer.direct(teams.jo), {"action": action, "trigger": "manual"}
    act = await teams.peer.invoke(teams.jo, place, "adaptiveCard/action", value)
    await teams.rest()

    assert (act.trouble, _templates(teams), len(teams.of_the_bot(teams.jo))) == (None, ["strange_card"], 1)


async def test_press_of_an_old_client_on_a_card_that_is_none_of_ours_has_one_plain_answer(teams):
    place, value = teams.peer.direct(teams.jo), {"phrase": 7, "hidden": {}}
    await teams.peer.post(teams.peer.activity(teams.jo, place, text="", value=value))
    await teams.rest()

    assert (_templates(teams), len(teams.of_the_bot(teams.jo))) == (["strange_card"], 1)


@pytest.mark.parametrize("name", ["composeExtension/query", "signin/verifyState", "fileConsent/invoke", "x"])
async def test_invoke_that_is_not_ours_is_answered_501(teams, name):
    act = await teams.peer.invoke(teams.jo, teams.peer.direct(teams.jo), name, {})

    assert (act.deliveries[0].status, _heard(teams)) == (501, [])


# Late


async def test_press_whose_answer_is_late_says_so_and_is_answered_by_a_message(teams, monkeypatch):
    card = await _card(teams, teams.jo)
    monkeypatch.setattr(listening, "RESPONSE_SECONDS", 0.1)
    slow = asyncio.create_task(teams.served.bot.ear.work_at_once(lambda _session: time.sleep(0.5)))
    act = await teams.peer.press(teams.jo, card, "help")

    assert act.trouble is None
    assert teams.peer.toasts(teams.jo) == [teams.house.answer("answer_follows").plain]
    assert len(teams.of_the_bot(teams.jo)) == 1
    await slow
    await teams.rest()
    assert len(teams.of_the_bot(teams.jo)) == 2


# Who is who


async def test_guest_is_the_person_with_the_address_they_were_invited_by(teams):
    guest = teams.peer.add_person("Dana Reed", email="jo@programme.example", guest=True)
    await teams.peer.install(guest)
    await _says(teams, guest, "help")

    assert _person(teams, guest).name == "Jo"


async def test_person_of_another_tenant_whom_teams_calls_a_guest_is_nobody_known(house):
    async with in_teams(house, tenants=ELSEWHERE) as teams:
        mallory = teams.peer.add_person("Mallory", email="helen@programme.example", tenant=ELSEWHERE)
        mallory = await teams.peer.change(mallory, role="guest")
        chat = teams.peer.add_chat("Exampleshire", teams.jo, mallory)
        await teams.peer.install_in(chat, by=teams.jo)
        await _says(teams, mallory, "@Critical Friend status", chat)

    assert (_person(teams, mallory).name, _outcomes(teams)) == ("Mallory", ["refused"])


async def test_message_of_somebody_unknown_who_cannot_be_looked_up_is_told_to_try_again(teams):
    teams.forget(teams.jo)
    teams.silence()
    act = await _says(teams, teams.jo, "ready")

    [answer] = teams.of_the_bot(teams.jo)
    assert (act.trouble, answer.plain) == (None, _try_again(teams))
    assert _heard(teams) == []


async def test_message_of_somebody_unknown_who_cannot_even_be_told_so_has_no_effect_and_is_logged(
    teams, logged
):
    teams.forget(teams.jo)
    teams.silence()
    teams.peer.unkind.status("send", times=None)
    act = await _says(teams, teams.jo, "ready")
    await teams.deliver()

    assert (act.trouble, _heard(teams), teams.of_the_bot(teams.jo)) == (None, [], [])
    assert "not_heard" in logged.getvalue()


async def test_press_of_somebody_unknown_who_cannot_be_looked_up_is_told_at_the_card(teams):
    card = await _card(teams, teams.jo)
    teams.forget(teams.jo)
    teams.silence()
    act = await _presses(teams, teams.jo, card, "help")

    assert (act.trouble, teams.peer.toasts(teams.jo)) == (
        None,
        [_try_again(teams)],
    )
    assert len(_heard(teams)) == len(teams.of_the_bot(teams.jo)) == 1


@pytest.mark.parametrize("trouble", ["too_many", "drop_before", "drop_after", "status"])
async def test_message_of_somebody_known_is_heard_while_teams_tells_nobody(teams, trouble):
    teams.surface.platform.people._known.clear()
    getattr(teams.peer.unkind, trouble)("member", times=None)
    await _says(teams, teams.jo, "help")

    assert (_templates(teams), len(teams.of_the_bot(teams.jo))) == (["help"], 1)
    assert _person(teams, teams.jo).name == "Jo"


async def test_press_of_somebody_known_is_heard_while_teams_tells_nobody(teams):
    card = await _card(teams, teams.jo)
    teams.silence()
    await _presses(teams, teams.jo, card, "help")

    assert _templates(teams)[1:] == ["help"]


async def test_message_that_names_somebody_is_not_guessed_at_while_teams_tells_nobody(teams):
    room = await teams.room("liaison")
    teams.silence()
    await _says(teams, teams.jo, "@Critical Friend confirm @Ruth as peer", room)

    assert _heard(teams) == []
    assert [shown.plain for shown in teams.of_the_bot(teams.jo)] == [_try_again(teams)]


async def test_somebody_known_in_another_tenant_is_nobody_known_while_teams_tells_nobody(teams):
    mine = PersonAccount.account == teams.jo.object_id
    elsewhere = update(PersonAccount).where(mine).values(tenant=ELSEWHERE)
    teams.house.change(lambda session: session.execute(elsewhere))
    teams.silence()
    await _says(teams, teams.jo, "help")

    assert _heard(teams) == []


async def test_person_whose_id_in_entra_an_activity_leaves_out_is_the_same(teams):
    personal = teams.peer.direct(teams.jo)
    room = await teams.room()
    for place, text in ((personal, "help"), (room, "<at>Critical Friend</at> help")):
        told = teams.peer.activity(teams.jo, place, text=text)
        told["from"].pop("aadObjectId")
        told["entities"] = [_mention(told)]
        await teams.peer.post(told)
        await teams.rest()

    [chat] = teams.house.ask(select(ConversationReference).filter_by(address=personal.id))
    assert (chat.account, len(teams.of_the_bot(teams.jo))) == (teams.jo.object_id, 2)
    assert _outcomes(teams) == ["done", "done"]


def _mention(told):
    """The bot, mentioned."""
    return {"type": "mention", "text": "<at>Critical Friend</at>", "mentioned": told["recipient"]}


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"conversationType": "personal"},
        {"conversationType": "community", "isGroup": False},
    ],
)
async def test_private_answer_never_stands_in_a_channel_whatever_is_told_of_its_kind(teams, told):
    room = await teams.room()
    activity = teams.peer.activity(teams.jo, room, text="<at>Critical Friend</at> help")
    for name in ("conversationType", "isGroup"):
        activity["conversation"].pop(name)
    activity["conversation"] |= told
    activity["entities"] = [_mention(activity)]
    await teams.peer.post(activity)
    await teams.rest()

    assert teams.of_the_bot(teams.ruth, room) == []
    assert len(teams.of_the_bot(teams.jo)) == 1


# Trouble


async def test_act_that_took_effect_is_never_told_to_have_saved_nothing(teams, monkeypatch):
    card = await _card(teams, teams.jo)

    usual, breaks = Answers.hand_over, [LookupError]

    async def broken_once(*of):
        if breaks:
            raise breaks.pop()
        await usual(*of)

    monkeypatch.setattr(Answers, "hand_over", broken_once)
    act = await _presses(teams, teams.jo, card, "help")

    assert (act.trouble, _outcomes(teams)[-1]) == (None, "done")
    assert [one.plain for one in teams.of_the_bot(teams.jo)] == [card.plain]
    assert teams.peer.toasts(teams.jo) == [teams.house.answer("answer_follows").plain]


async def test_answer_that_did_not_arrive_is_brought_by_the_postman(teams):
    await teams.deliver()
    before = len(teams.of_the_bot(teams.jo))
    teams.peer.unkind.drop_before("send")
    await _says(teams, teams.jo, "help")
    assert len(teams.of_the_bot(teams.jo)) == before
    await teams.deliver()

    assert len(teams.of_the_bot(teams.jo)) == before + 1


@pytest.mark.parametrize("how", HANGING_UP)
async def test_answer_in_a_dialog_that_nobody_waits_for_any_more_is_brought_by_the_postman(teams, how):
    await teams.deliver()
    before = len(teams.of_the_bot(teams.jo))
    pressed = {"phrase": "help", "hidden": {}}
    asked = teams.peer.activity(
        teams.jo, teams.peer.direct(teams.jo), type="invoke", name="task/fetch", value={"data": pressed}
    )
    headers = teams.peer.deliverer.headers(asked)
    await hung_up(teams.served.app, "/api/messages", headers, json.dumps(asked).encode(), how)
    assert len(teams.of_the_bot(teams.jo)) == before
    await teams.deliver()

    assert len(teams.of_the_bot(teams.jo)) == before + 1


async def test_answer_for_somebody_who_blocked_the_bot_says_in_the_room_how_to_get_it(teams):
    room = await teams.room()
    await teams.deliver()
    teams.peer.block(teams.jo)
    await _says(teams, teams.jo, "@Critical Friend help", room)

    told = teams.of_the_bot(teams.ruth, room)[-1]
    assert told.plain == teams.house.answer("cannot_write").plain
    before = len(teams.of_the_bot(teams.jo))
    teams.peer.block(teams.jo, blocked=False)
    await teams.peer.install(teams.jo)
    await teams.deliver()
    assert len(teams.of_the_bot(teams.jo)) == before + 1


async def test_press_of_somebody_who_blocked_the_bot_says_at_the_card_how_to_get_the_answer(teams):
    room = await teams.room()
    card = await _card_in(teams, room, "help")
    teams.peer.block(teams.jo)
    act = await _presses(teams, teams.jo, card, "help")

    assert (act.trouble, teams.peer.toasts(teams.jo)) == (None, [teams.house.answer("cannot_write").plain])
    assert len(teams.of_the_bot(teams.ruth, room)) == 1


# The way in


async def test_flood_of_blanks_stops_nobody(teams):
    """The event loop's own work comes in small pieces meanwhile, so that everybody else is answered."""
    flood = teams.peer.activity(teams.helen, teams.peer.direct(teams.helen), text="x" + "\xa0" * 90_000 + "y")
    stood = []

    async def beat():
        while True:
            begun = time.thread_time()
            await asyncio.sleep(0.01)
            stood.append(time.thread_time() - begun)

    beating = asyncio.create_task(beat())
    response = await teams.peer.post(flood)
    await teams.rest()
    await asyncio.sleep(0.05)
    beating.cancel()

    assert (response.status_code, max(stood) < 1) == (202, True)


async def test_surface_that_has_not_begun_takes_nothing(teams):
    activity = teams.peer.activity(teams.jo, teams.peer.direct(teams.jo), text="help")
    await teams.surface.stop(1)

    assert (await teams.peer.post(activity)).status_code == 503


async def test_request_that_is_too_large_is_read_no_further(teams):
    response = await teams.peer.deliverer.post(b"x" * 1_000_001, {})

    assert response.status_code == 413


async def test_request_that_is_not_of_teams_is_not_heard(teams):
    activity = teams.peer.activity(teams.jo, teams.peer.direct(teams.jo), text="help")
    response = await teams.peer.post(activity, headers={"Authorization": "Bearer mine"})

    assert (response.status_code, _heard(teams)) == (401, [])


async def test_chat_in_order_has_no_trouble(teams):
    assert await teams.surface.trouble() is None
