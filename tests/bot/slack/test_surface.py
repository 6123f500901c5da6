"""Slack as people meet it: what they do is heard once and answered once, over HTTP and Socket Mode."""

import asyncio
import json
import time
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.slack import listening
from bot.slack.answers import Answers
from bot.slack.manifest import manifest
from handlers.message import Account
from store.heard import Heard
from store.person import Person, PersonAccount
from tests.bot.served import HANGING_UP, hung_up
from tests.bot.slack.served import in_slack
from tests.fakes.slack.channels import Stay
from tests.handlers.chat_rooms import members


def _heard(slack):
    """Every act of a person's that was heard."""
    return slack.house.ask(select(Heard).where(Heard.answer.is_not(None)).order_by(Heard.id))


def _person(slack, user):
    """Who somebody is to the programme."""
    return slack.house.ask(select(Person).join(PersonAccount).where(PersonAccount.account == user.id))[0]


def _outcomes(slack):
    return [heard.outcome for heard in _heard(slack)]


def _templates(slack):
    return [heard.answer["template"] for heard in _heard(slack)]


async def _says(slack, user, text):
    await slack.peer.say(user, slack.peer.direct(user), text)
    await slack.rest()


# Typed


async def test_word_in_the_direct_conversation_is_answered_there(slack):
    await _says(slack, slack.jo, "help")

    [answer] = slack.of_the_bot(slack.jo, slack.peer.direct(slack.jo))
    [heard] = _heard(slack)
    assert answer.metadata["event_payload"]["key"] == heard.id
    assert not answer.only_me
    assert heard.handed_over_at is not None


async def test_chatter_is_not_answered(slack):
    team = await slack.team_room(slack.ruth, slack.jo)
    await slack.peer.say(slack.jo, team, "Shall we meet at ten?")
    await slack.rest()

    assert (_heard(slack), slack.of_the_bot(slack.jo, team)) == ([], [])


async def test_mention_in_a_channel_is_answered_there_for_the_asker_alone(slack):
    team = await slack.team_room(slack.ruth, slack.jo)
    await slack.peer.say(slack.jo, team, "@Critical Friend help")
    await slack.rest()

    [answer] = slack.of_the_bot(slack.jo, team)
    assert answer.only_me
    assert slack.of_the_bot(slack.ruth) == []


@pytest.mark.parametrize("by_socket", [False, True])
async def test_mention_that_arrives_as_two_events_is_heard_once(house, by_socket, monkeypatch):
    asked = manifest(None if by_socket else "http://bot.example")
    asked["settings"]["event_subscriptions"]["bot_events"].append("message.groups")
    monkeypatch.setattr("tests.bot.slack.served.manifest", lambda _: asked)
    async with in_slack(house, by_socket=by_socket) as slack:
        team = await slack.team_room(slack.ruth, slack.jo)
        act = await slack.peer.say(slack.jo, team, "@Critical Friend help")
        await slack.rest()

        assert len(act.deliveries) == 2
        assert len(_heard(slack)) == len(slack.of_the_bot(slack.jo, team)) == 1


@pytest.mark.parametrize("during", [True, False])
async def test_event_delivered_again_is_answered_once(slack, during):
    slack.peer.unkind.redeliver("events_api", copies=2, during=during)
    await _says(slack, slack.jo, "help")

    assert len(_heard(slack)) == len(slack.of_the_bot(slack.jo)) == 1


async def test_edited_message_is_not_heard_again(slack):
    await _says(slack, slack.jo, "help")
    [first] = [shown for shown in slack.peer.messages(slack.jo) if shown.author == slack.jo.id]
    await slack.peer.edit(slack.jo, first, "status")
    await slack.rest()

    assert len(_heard(slack)) == 1


async def test_acts_of_one_account_are_answered_in_their_order(slack):
    direct = slack.peer.direct(slack.jo)
    texts = ["help", "status", "team", "next", "help"]
    await asyncio.gather(*(slack.peer.say(slack.jo, direct, text) for text in texts))
    await slack.rest()

    keys = [shown.metadata["event_payload"]["key"] for shown in slack.of_the_bot(slack.jo, direct)]
    assert keys == sorted(keys)
    assert len(keys) == 5


# Commands


async def test_command_is_answered_for_the_asker_where_the_bot_is_not(slack):
    corridor = slack.peer.add_channel("corridor", slack.ruth, slack.jo)
    act = await slack.peer.slash(slack.jo, corridor, "help")
    await slack.rest()

    [answer] = slack.of_the_bot(slack.jo, corridor)
    assert (act.trouble, answer.only_me, slack.of_the_bot(slack.ruth)) == (None, True, [])
    assert slack.peer.called("chat.postMessage") == slack.peer.called("chat.postEphemeral") == []


async def test_command_between_two_people_is_not_in_the_direct_conversation(slack):
    between = slack.peer.direct_between(slack.jo, slack.ruth)
    await slack.peer.slash(slack.jo, between, "help")
    await slack.rest()

    [heard] = _heard(slack)
    [answer] = slack.of_the_bot(slack.jo, between)
    assert (heard.direct, answer.only_me) == (False, True)


async def test_command_with_the_bot_is_answered_with_a_message(slack):
    direct = slack.peer.direct(slack.jo)
    await slack.peer.slash(slack.jo, direct, "help")
    await slack.rest()

    [answer] = slack.of_the_bot(slack.jo, direct)
    assert not answer.only_me


async def test_person_named_in_a_command_is_meant_by_their_account(slack):
    dana = slack.peer.add_person("Dana Reed (Northmere)", email="dana@peers.example")
    await slack.peer.slash(slack.jo, slack.peer.direct(slack.jo), f"invite @{dana.handle} as peer")
    await slack.rest()

    assert _person(slack, dana).email == "dana@peers.example"


# Buttons and forms


async def _opened(slack, user, text="kloe add", channel=None):
    """A form, opened by a command."""
    act = await slack.peer.slash(user, channel or slack.peer.direct(user), text)
    await slack.rest()
    assert act.trouble is None
    return slack.peer.form(user)


async def test_form_is_opened_and_sent_in(slack):
    form = await _opened(slack, slack.jo)
    act = await slack.peer.submit(slack.jo, {"text": "Is early help soon enough?"})
    await slack.rest()

    assert (act.trouble, slack.peer.form(slack.jo)) == (None, None)
    assert [one["name"] for one in form.fields] == ["text"]
    [answer] = slack.of_the_bot(slack.jo)
    assert "Is early help soon enough?" in answer.plain
    assert all(heard.handed_over_at for heard in _heard(slack))


async def test_form_with_a_mistake_stays_open_with_the_words_at_the_field(slack):
    direct = slack.peer.direct(slack.helen)
    form = await _opened(slack, slack.helen, "say back")
    assert form is not None
    act = await slack.peer.submit(slack.helen, {"text": "not like this", "day": "2026-11-09"})
    await slack.rest()

    assert act.trouble is None
    assert list(slack.peer.form(slack.helen).errors) == ["field:1:text"]
    assert slack.of_the_bot(slack.helen, direct) == []

    await slack.peer.submit(slack.helen, {"text": "like this", "day": "2026-11-09"})
    await slack.rest()
    assert (slack.peer.form(slack.helen), len(slack.of_the_bot(slack.helen, direct))) == (None, 1)


async def test_press_opens_the_form_of_its_button(slack):
    await _says(slack, slack.helen, "say back hello")
    [waiting] = slack.of_the_bot(slack.helen)
    await slack.peer.press(slack.helen, waiting, waiting.labels[0])
    await slack.rest()

    assert {one["name"]: one["value"] for one in slack.peer.form(slack.helen).fields}["text"] == "hello"


async def test_form_asked_for_in_a_channel_is_answered_there_for_the_asker_alone(slack):
    corridor = slack.peer.add_channel("corridor", slack.ruth, slack.jo)
    await _opened(slack, slack.jo, channel=corridor)
    await slack.peer.submit(slack.jo, {"text": "Is early help soon enough?"})
    await slack.rest()

    [answer] = slack.of_the_bot(slack.jo)
    assert (answer.channel, answer.only_me) == (corridor.id, True)


async def test_form_sent_in_after_the_challenge_moved_on_has_one_answer(slack):
    await _says(slack, slack.jo, "kloe add Is early help soon enough?")
    await _opened(slack, slack.jo, "kloe edit 1")
    await _says(slack, slack.ruth, "kloe drop 1 nobody asked")
    before = len(slack.of_the_bot(slack.jo))
    act = await slack.peer.submit(slack.jo, {"text": "Is it now?"})
    await slack.rest()

    assert act.trouble is None
    shown = len(slack.of_the_bot(slack.jo)) - before
    at_fields = len(slack.peer.form(slack.jo).errors) if slack.peer.form(slack.jo) else 0
    assert shown + at_fields == 1
    assert _outcomes(slack).count("broken") == 0


async def test_two_people_who_press_at_once_are_each_answered(slack):
    team = await slack.team_room(slack.ruth, slack.jo)
    await asyncio.gather(
        slack.peer.say(slack.ruth, team, "@Critical Friend ready"),
        slack.peer.say(slack.jo, team, "@Critical Friend ready"),
    )
    await slack.rest()

    assert sorted(_templates(slack)) == ["already_ready", "ready_to_contact"]
    assert [len(slack.of_the_bot(user, team)) for user in (slack.ruth, slack.jo)] == [1, 1]


async def test_press_in_the_apps_home_is_answered_in_the_direct_conversation(slack):
    await slack.surface.platform.home(slack.jo.id, slack.house.desk.words.card(
        "no_such_command", {"near": [{"line": "help", "label": "help"}]}, {}), "key")  # fmt: skip
    await slack.peer.press(slack.jo, slack.peer.home(slack.jo), "help")
    await slack.rest()

    [answer] = slack.of_the_bot(slack.jo, slack.peer.direct(slack.jo))
    assert not answer.only_me


async def test_press_on_an_answer_that_only_the_asker_sees_is_answered_beside_it(slack):
    corridor = slack.peer.add_channel("corridor", slack.ruth, slack.jo)
    await slack.peer.slash(slack.jo, corridor, "hepl")
    await slack.rest()
    [first] = slack.of_the_bot(slack.jo, corridor)
    await slack.peer.press(slack.jo, first, "help")
    await slack.rest()

    _, second = slack.of_the_bot(slack.jo, corridor)
    assert second.only_me


STRANGE = [
    {"type": "button", "action_id": "phrase:0", "value": "not ours"},
    {"type": "button", "action_id": "another", "value": '{"phrase":"help","hidden":{}}'},
    {"type": "button", "action_id": "phrase:0"},
]


@pytest.mark.parametrize("element", STRANGE)
async def test_button_that_is_none_of_ours_has_one_plain_answer(slack, element):
    direct = slack.peer.direct(slack.jo)
    block = {"type": "actions", "elements": [{**element, "text": {"type": "plain_text", "text": "Press"}}]}
    await slack.surface.platform.line.call("chat.postMessage", channel=direct.id, text="x", blocks=[block])
    [message] = slack.of_the_bot(slack.jo, direct)
    act = await slack.peer.press(slack.jo, message, "Press")
    await slack.rest()

    assert (act.trouble, _templates(slack)) == (None, ["strange_card"])
    assert len(slack.of_the_bot(slack.jo, direct)) == 2


# Late


async def test_command_whose_answer_is_late_is_answered_by_its_response_url(slack, monkeypatch):
    monkeypatch.setattr(listening, "RESPONSE_SECONDS", 0.1)
    corridor = slack.peer.add_channel("corridor", slack.ruth, slack.jo)
    slow = asyncio.create_task(slack.served.bot.ear.work_at_once(lambda _session: time.sleep(0.5)))
    act = await slack.peer.slash(slack.jo, corridor, "help")

    assert (act.trouble, act.deliveries[0].body) == (None, None)
    assert slack.of_the_bot(slack.jo) == []
    await slow
    await slack.rest()
    [answer] = slack.of_the_bot(slack.jo, corridor)
    assert answer.only_me
    assert len(slack.peer.called("response_url")) == 1


async def test_trigger_that_came_late_leaves_the_form_behind_a_button(slack):
    slack.peer.unkind.error("expired_trigger_id", "views.open")
    corridor = slack.peer.add_channel("corridor", slack.ruth, slack.jo)
    assert await _opened(slack, slack.jo, channel=corridor) is None

    [waiting] = slack.of_the_bot(slack.jo, corridor)
    await slack.peer.press(slack.jo, waiting, waiting.labels[0])
    await slack.rest()
    assert slack.peer.form(slack.jo)


# Who is who


async def test_guest_is_the_person_with_their_address(slack):
    guest = slack.peer.add_person("Dana Reed", email="jo@programme.example", guest="single")
    await _says(slack, guest, "help")

    assert _person(slack, guest).name == "Jo"


async def test_person_from_another_workspace_is_nobody_known_whatever_their_name_and_address(slack):
    team = await slack.team_room(slack.ruth, slack.jo)
    stranger = slack.peer.add_person("Jo", email="jo@programme.example", team="T0STRANGERS")
    await slack.peer.join(stranger, team, by=slack.ruth)
    await slack.peer.say(stranger, team, "@Critical Friend status")
    await slack.rest()

    assert slack.house.one(PersonAccount, account=stranger.id).tenant == "T0STRANGERS"
    assert _person(slack, stranger).email is None
    assert _outcomes(slack)[-1] == "refused"


async def test_other_bot_is_not_heard(slack):
    team = await slack.team_room(slack.ruth, slack.jo)
    robot = slack.peer.add_bot("Robot")
    await slack.peer.join(robot, team, by=slack.ruth)
    await slack.peer.say(robot, team, "@Critical Friend help")
    await slack.rest()

    assert _heard(slack) == []


async def test_message_of_somebody_who_cannot_be_looked_up_is_delivered_again(slack):
    slack.peer.unkind.status("users.info")
    await _says(slack, slack.jo, "help")

    assert len(_heard(slack)) == len(slack.of_the_bot(slack.jo)) == 1


async def test_message_of_somebody_who_is_there_no_more_is_taken_in_once(slack):
    slack.peer.unkind.error("user_not_found", "users.info", times=None)
    await _says(slack, slack.jo, "help")

    assert [one.taken for one in slack.peer.deliverer.deliveries] == [True]
    assert slack.of_the_bot(slack.jo) == []


async def test_message_that_names_half_the_workspace_asks_for_twenty_people(slack):
    names = " ".join(f"@{slack.peer.add_person(f'Peer{number} Reed').name}" for number in range(30))
    await _says(slack, slack.jo, f"help {names}")

    assert len(slack.peer.called("users.info")) == 21


async def test_command_of_somebody_who_cannot_be_looked_up_is_told_to_try_again(slack):
    slack.peer.unkind.status("users.info", times=None)
    corridor = slack.peer.add_channel("corridor", slack.ruth, slack.jo)
    act = await slack.peer.slash(slack.jo, corridor, "ready")
    await slack.rest()

    [answer] = slack.of_the_bot(slack.jo, corridor)
    assert (act.trouble, answer.plain) == (None, slack.house.answer("try_again", {"chat": "slack"}).plain)
    assert _heard(slack) == []


# Trouble


async def test_act_that_took_effect_is_never_told_to_have_saved_nothing(slack, monkeypatch):
    corridor = slack.peer.add_channel("corridor", slack.ruth, slack.jo)

    usual, breaks = Answers.hand_over, [LookupError]

    async def broken_once(*of):
        if breaks:
            raise breaks.pop()
        await usual(*of)

    monkeypatch.setattr(Answers, "hand_over", broken_once)
    act = await slack.peer.slash(slack.jo, corridor, "ready")
    await slack.rest()

    assert (act.trouble, _outcomes(slack), slack.of_the_bot(slack.jo)) == (None, ["done"], [])


async def test_answer_on_a_connection_that_broke_is_brought_by_the_postman(house):
    async with in_slack(house, by_socket=True) as slack:
        corridor = slack.peer.add_channel("corridor", slack.ruth, slack.jo)
        busy = asyncio.create_task(slack.served.bot.ear.work_at_once(lambda _session: time.sleep(0.4)))
        asked = asyncio.create_task(slack.peer.slash(slack.jo, corridor, "help"))
        await asyncio.sleep(0.2)
        await slack.peer.sockets.cut()
        await busy
        await asked
        await slack.deliver()

        assert len(slack.of_the_bot(slack.jo)) == 1
        assert len(_heard(slack)) == 1


@pytest.mark.parametrize("how", HANGING_UP)
async def test_answer_that_nobody_listens_to_any_more_is_brought_by_the_postman(house, how):
    async with in_slack(house) as slack:
        corridor = slack.peer.add_channel("corridor", slack.ruth, slack.jo)
        act = await slack.peer.slash(slack.jo, corridor, "hepl")
        await slack.rest()
        payload = {**act.deliveries[0].payload, "trigger_id": "1.2.another"}
        body = urlencode(payload).encode()
        await hung_up(slack.served.app, "/slack/events", slack.peer.app.sign(body), body, how)
        await slack.deliver()

        assert len(slack.of_the_bot(slack.jo, slack.peer.direct(slack.jo))) == 1


async def test_answer_that_did_not_arrive_is_brought_by_the_postman(slack):
    slack.peer.unkind.drop_before("chat.postMessage")
    await _says(slack, slack.jo, "help")
    assert slack.of_the_bot(slack.jo) == []
    await slack.deliver()

    assert len(slack.of_the_bot(slack.jo, slack.peer.direct(slack.jo))) == 1


async def test_answer_that_arrived_before_the_line_dropped_is_not_said_twice(slack):
    slack.peer.unkind.drop_after("chat.postMessage")
    await _says(slack, slack.jo, "help")
    await slack.deliver()

    assert len(slack.of_the_bot(slack.jo)) == 1


async def test_whisper_that_did_not_arrive_is_brought_to_the_direct_conversation(slack):
    team = await slack.team_room(slack.ruth, slack.jo)
    slack.peer.unkind.error("channel_not_found", "chat.postEphemeral")
    await slack.peer.say(slack.jo, team, "@Critical Friend help")
    await slack.deliver()

    assert slack.of_the_bot(slack.jo, team) == []
    assert len(slack.of_the_bot(slack.jo, slack.peer.direct(slack.jo))) == 1


async def test_revoked_token_loses_nothing_that_was_said(slack):
    slack.peer.unkind.error("token_revoked", times=None)
    corridor = slack.peer.add_channel("corridor", slack.ruth, slack.jo)
    act = await slack.peer.slash(slack.jo, corridor, "ready")
    await slack.rest()

    [answer] = slack.of_the_bot(slack.jo, corridor)
    assert (act.trouble, answer.plain) == (None, slack.house.answer("try_again", {"chat": "slack"}).plain)
    assert _heard(slack) == []


async def test_token_that_is_taken_away_is_logged_and_taken_in(slack, logged):
    await slack.peer.uninstall()
    await slack.rest()

    assert logged.getvalue().count("slack_cut_the_bot_off") == 2
    assert all(one.taken for one in slack.peer.deliverer.deliveries)


# What happens


async def test_change_that_could_not_be_written_down_is_delivered_again(slack, monkeypatch):
    told, fails = [], [OperationalError("x", {}, Exception())]

    def departed(platform, tenant, address, account):
        if fails:
            raise fails.pop()
        told.append((platform, tenant, address, account))

    monkeypatch.setitem(slack.served.bot.ear.desk.happenings, "departed", departed)
    team = await slack.team_room(slack.ruth, slack.helen)
    monkeypatch.setattr("store.session._TRIES", 1)
    await slack.peer.leave(slack.helen, team)
    await slack.rest()

    helen = Account(
        platform="slack", tenant=slack.peer.workspace.team, id=slack.helen.id, name="Helen",
        email="helen@programme.example",
    )  # fmt: skip
    assert told == [("slack", slack.peer.workspace.team, team.id, helen)]
    assert [one.taken for one in slack.peer.deliverer.deliveries[-2:]] == [False, True]


async def test_event_that_nobody_listens_to_is_taken_in(http):
    event = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "team_rename", "name": "Another"}}
    response = await http.sends(json.dumps(event).encode(), "application/json")

    assert response.status_code == 200


async def test_person_who_changed_is_known_by_their_new_name_at_once(slack):
    await _says(slack, slack.jo, "help")
    await slack.peer.change(slack.jo, name="Jo Baker")

    assert _person(slack, slack.jo).name == "Jo Baker"


async def _changes_heard(slack):
    """How many changes of somebody's profile were written down."""
    return len(slack.house.ask(select(Heard).where(Heard.outcome == "happened")))


async def test_new_status_is_no_news(slack):
    await _says(slack, slack.jo, "help")
    for title in ("In a meeting", "Back", "Away"):
        await slack.peer.change(slack.jo, title=title)

    assert await _changes_heard(slack) == 0
    await slack.peer.change(slack.jo, deleted=True)
    assert not slack.house.one(PersonAccount, account=slack.jo.id).active


async def test_change_of_somebody_who_never_met_the_bot_is_let_go_unasked(slack):
    await slack.peer.change(slack.peer.add_person("Tom Reed", email="tom@dunford.example"), name="Tom Hale")
    await slack.rest()

    assert (slack.peer.called("users.info"), await _changes_heard(slack)) == ([], 0)


# The connection of Socket Mode


@pytest.fixture
async def by_socket(house, monkeypatch):
    """A connection that is looked after every second."""
    monkeypatch.setattr("bot.slack.socket._PING_SECONDS", 1)
    async with in_slack(house, by_socket=True) as found:
        yield found


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_connection_that_slack_ends_is_opened_again(by_socket, reason):
    await by_socket.peer.sockets.disconnect(reason)
    await by_socket.peer.sockets.connected()
    await _says(by_socket, by_socket.jo, "help")

    assert len(by_socket.of_the_bot(by_socket.jo)) == 1


async def test_connection_that_breaks_is_opened_again(by_socket):
    await by_socket.peer.sockets.cut()
    await by_socket.peer.sockets.connected(seconds=15)
    await _says(by_socket, by_socket.jo, "help")

    assert len(by_socket.of_the_bot(by_socket.jo)) == 1


async def test_whoever_came_while_the_connection_was_away_is_found_when_it_is_back(by_socket, monkeypatch):
    peer, owen = by_socket.peer, by_socket.peer.add_person("Owen Hale", email="owen@peers.example")
    channel = await by_socket.team_room(by_socket.ruth)
    unheard = Stay(user=owen.id, joined=peer.workspace.changed())
    peer.workspace.channels[channel.id].stays.append(unheard)
    looked, look = asyncio.Event(), by_socket.surface.platform.members

    async def seen(place):
        looked.set()
        return await look(place)

    monkeypatch.setattr(by_socket.surface.platform, "members", seen)
    await peer.sockets.cut()
    await asyncio.wait_for(looked.wait(), 15)
    await by_socket.rest()

    assert members(by_socket.house)["Owen Hale"] == "stranger"


async def test_connection_is_closed_at_the_end(house):
    async with in_slack(house, by_socket=True) as slack:
        peer = slack.peer
        assert len(peer.sockets.open) == 1
        await slack.surface.stop(1)
        await asyncio.sleep(0.1)
        assert peer.sockets.open == []


async def test_message_while_the_connection_is_away_is_heard_when_it_is_back(by_socket):
    await by_socket.peer.sockets.cut()
    direct = by_socket.peer.direct(by_socket.jo)
    said = asyncio.create_task(by_socket.peer.say(by_socket.jo, direct, "help"))
    await by_socket.peer.sockets.connected(seconds=15)
    await said
    await by_socket.rest()

    assert len(by_socket.of_the_bot(by_socket.jo)) == 1
